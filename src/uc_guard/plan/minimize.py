"""The smallest plan: the subjects keep what they may need, and as little else as can be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.model.plan import Objective, Plan
from uc_guard.pause import no_collecting
from uc_guard.plan.baseline import baseline
from uc_guard.plan.basis import basis
from uc_guard.plan.certify import certify, explain_coming, name_rows, prove, testify, witness
from uc_guard.plan.covers import POSITION, held_positions
from uc_guard.plan.decide import decide, stripped
from uc_guard.plan.excess import excess
from uc_guard.plan.gaps import find_gaps
from uc_guard.plan.heldback import hold_back
from uc_guard.plan.leaving import leave, name_changes, warn_of_changes
from uc_guard.plan.order import arrange, invert, state
from uc_guard.plan.prepare import prepare
from uc_guard.plan.reasons import STAYS

if TYPE_CHECKING:
    from uc_guard.model.plan import Held
    from uc_guard.model.settings import Settings
    from uc_guard.plan.decide import Case, Decision
    from uc_guard.plan.prepare import Brief
    from uc_guard.snapshot import Snapshot


@no_collecting()
def minimize(  # noqa: PLR0913, PLR0917 - the facts of an audit, one frame each, and who and how
    snapshot: Snapshot,
    needs: pl.DataFrame,
    opaque: pl.DataFrame,
    coverage: pl.DataFrame,
    subjects: tuple[str, ...],
    settings: Settings,
    shortfalls: pl.DataFrame | None = None,
) -> Plan:
    """Plan the smallest change that leaves the subjects what they need or may need.

    Args:
        snapshot: The workspace.
        needs: Frame NEEDS, of every principal.
        opaque: Frame OPAQUE.
        coverage: Frame COVERAGE.
        subjects: Principals under audit; a group among them is told of in a warning, and not judged.
        settings: How cautiously, and what is never touched.
        shortfalls: Frame SHORTFALLS; read only where `grant_missing` is set.

    Returns:
        The plan; its statements are empty where nothing is to be done.
    """
    with ThreadPoolExecutor(1) as beside:
        digest = beside.submit(baseline, snapshot)  # a second for a million rows, of which the rest knows nothing
        missing = shortfalls if shortfalls is not None and settings.grant_missing else tables.SHORTFALLS.empty()
        brief = prepare(snapshot, needs.select(*tables.NEEDS.columns), opaque, coverage, missing, subjects, settings)
        case, gone = leave(brief.case, snapshot, brief.judged, settings)
        decision = decide(case, settings)
        again = stripped(case.estate, decision.going, decision.staying)
        told = testify(case.estate, pl.concat([decision.staying, decision.coming]), brief.proofs)
        proofs = prove(case.estate, decision.going, brief.may, snapshot)
        coming = explain_coming(case.estate, decision.coming, told)
        lines = arrange(case.estate, proofs, coming, again.with_columns(why=pl.lit(STAYS)))
        statements = state(case.estate, lines, find_gaps(case.estate, decision, lines, case.needed))
        changes = name_changes(case.estate, gone)
        witnesses = witness(case.estate, told)
        after = _after(case, decision, len(gone), len(statements))
        return Plan(
            mode=settings.mode,
            subjects=case.estate.subjects,
            since=snapshot.manifest.since.isoformat(),
            until=snapshot.manifest.until.isoformat(),
            baseline=digest.result(),
            statements=statements,
            inverse=invert(statements, name_rows(case.estate, again)),
            memberships=changes,
            certificates=certify(case.estate, proofs, snapshot),
            witnesses=witnesses,
            held=_held(brief, case, decision),
            before=Objective(excess(brief.case.estate, case.today, case.may), 0, 0),
            after=after,
            bound=_bound(after, decision),
            optimal=decision.is_proved,
            stable_extra=_stable_extra(case, settings, after.excess),
            warnings=(*brief.warnings, *warn_of_changes(snapshot, changes)),
            basis=basis(snapshot, needs, statements, witnesses, case.estate.subjects),
        )


def _after(case: Case, decision: Decision, ended: int, statements: int) -> Objective:
    changes = decision.going.height + decision.coming.height + ended
    return Objective(_excess_after(case, decision), changes, statements)


def _excess_after(case: Case, decision: Decision) -> float:
    rows = pl.concat([decision.staying, decision.coming])
    return excess(case.estate, held_positions(case.estate, rows).select(POSITION), case.may)


def _bound(after: Objective, decision: Decision) -> Objective:
    """Give what no plan can beat: the excess is always the least, and so are the removals; the rest is the cover's."""
    rows, statements = decision.slack
    return replace(after, changes=after.changes - rows, statements=after.statements - statements)


def _stable_extra(case: Case, settings: Settings, reached: float) -> float:
    if settings.mode != "stable":
        return 0.0
    return reached - _excess_after(case, decide(case, replace(settings, mode="tight")))


def _held(brief: Brief, case: Case, decision: Decision) -> tuple[Held, ...]:
    own = case.estate.acts.join(brief.judged, on="q", how="semi")
    staying = decision.rows.join(decision.staying.select("r"), on="r", how="semi")
    rows = hold_back(case.estate.within(own), staying, case.needed, brief.may)
    return (*brief.refused, *rows)
