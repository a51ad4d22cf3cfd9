"""The pipeline on one page: from a snapshot to what is held, what is used, and the plan between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from uc_guard.access.compare import compare
from uc_guard.access.creep import creep
from uc_guard.access.effective import World, world
from uc_guard.access.ledger import ledger
from uc_guard.access.required import required, unknown_bodies
from uc_guard.access.sensitivity import sensitive
from uc_guard.bodies import known_objects, read_bodies
from uc_guard.errors import NothingToJudge
from uc_guard.model.settings import Settings
from uc_guard.plan.applied import applied
from uc_guard.plan.minimize import minimize
from uc_guard.plan.verify import Verdict, verify
from uc_guard.subjects import select_subjects
from uc_guard.usage.log import read_log

if TYPE_CHECKING:
    from pathlib import Path

    from uc_guard.access.compare import Facts
    from uc_guard.model.plan import Plan
    from uc_guard.snapshot import Snapshot
    from uc_guard.usage.log import Reading
    from uc_guard.usage.statements import Progress


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found; frames follow the contracts in `uc_guard.tables`.

    `holdings`, `exposures`, `shortfalls` and `coverage` are worked out when they are first asked for.

    Attributes:
        snapshot: What was audited.
        settings: How.
        subjects: The principals under audit, sorted.
        usage: What every principal of the log used.
        opaque: What of the log was not understood.
        bodies: What the bodies of views and routines read.
        needs: What the subjects and the owners behind them need, or may need.
        facts: What they hold, can read, lack, and how well their activity is known.
        ledger: How much each subject holds, used, may need, and holds after the plan.
        creep: The privilege creep index of each subject, today and after the plan.
        plan: The smallest safe plan.
        verdict: What the verifier says of it.
    """

    snapshot: Snapshot
    settings: Settings
    subjects: tuple[str, ...]
    usage: pl.DataFrame
    opaque: pl.DataFrame
    bodies: pl.DataFrame
    needs: pl.DataFrame
    facts: Facts
    ledger: pl.DataFrame
    creep: pl.DataFrame
    plan: Plan
    verdict: Verdict

    @property
    def holdings(self) -> pl.DataFrame:
        """What the subjects hold, and whether it was used."""
        return self.facts.holdings

    @property
    def exposures(self) -> pl.DataFrame:
        """Sensitive, protected or used columns that the subjects can read."""
        return self.facts.exposures

    @property
    def shortfalls(self) -> pl.DataFrame:
        """What the subjects were denied, or need and do not hold."""
        return self.facts.shortfalls

    @property
    def coverage(self) -> pl.DataFrame:
        """How well each subject's activity is known."""
        return self.facts.coverage

    def _repr_html_(self) -> str:
        from uc_guard.report.notebook import render_notebook  # noqa: PLC0415 - only where a notebook asks for it

        return render_notebook(self)


def audit(
    snapshot: Snapshot,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cache: Path | None = None,
    remembered: pl.DataFrame | None = None,
) -> Audit:
    """Audit the subjects of a snapshot and plan the smallest safe revocation.

    Args:
        snapshot: A workspace, from `uc_guard.read_folder` or `Snapshot.read`.
        settings: Who is judged and how cautiously; None = the defaults.
        progress: Called with (what, done, total) during long work.
        cache: Folder in which readings of statements are kept from run to run; None = nothing is kept.
        remembered: Contract USAGE: what is needed although the log does not tell, as refusals after an earlier plan
            have shown (`uc_guard.apply.remember`); None = nothing.

    Raises:
        NothingToJudge: when no principal is selected.
        UnknownName: when a selector names nobody.
    """
    settings = settings or Settings()
    subjects = select_subjects(snapshot, settings.subjects)
    if not subjects:
        raise NothingToJudge("the snapshot names no service principal; say who is meant with `--subject`")
    today = world(snapshot)
    reading, needs, opaque, bodies = evidence(snapshot, subjects, progress, cache, remembered, today)
    facts = compare(snapshot, subjects, reading, needs, opaque, today)
    plan = minimize(snapshot, needs, opaque, facts.coverage, subjects, settings, facts.shortfalls)
    verdict = verify(plan, snapshot, needs, opaque, settings, facts.shortfalls)
    then = world(applied(snapshot, plan))
    return Audit(
        snapshot=snapshot,
        settings=settings,
        subjects=subjects,
        usage=reading.usage,
        opaque=opaque,
        bodies=bodies,
        needs=needs,
        facts=facts,
        ledger=ledger(today, then, needs, subjects),
        creep=creep(today, then, needs, subjects, sensitive(snapshot, settings.sensitive_tags)),
        plan=plan,
        verdict=verdict,
    )


def recheck(
    plan: Plan,
    snapshot: Snapshot,
    settings: Settings,
    progress: Progress | None = None,
    remembered: pl.DataFrame | None = None,
) -> Verdict:
    """Verify a plan against a snapshot, with needs read anew from its log."""
    today = world(snapshot)
    reading, needs, opaque, _ = evidence(snapshot, plan.subjects, progress, None, remembered, today)
    facts = compare(snapshot, plan.subjects, reading, needs, opaque, today)
    return verify(plan, snapshot, needs, opaque, settings, facts.shortfalls)


class Evidence(NamedTuple):
    """What the log tells.

    Attributes:
        reading: What it says.
        needs: What everybody needs by it.
        opaque: What nobody understood.
        bodies: What the bodies of views and routines read.
    """

    reading: Reading
    needs: pl.DataFrame
    opaque: pl.DataFrame
    bodies: pl.DataFrame


def evidence(
    snapshot: Snapshot,
    subjects: tuple[str, ...],
    progress: Progress | None = None,
    cache: Path | None = None,
    remembered: pl.DataFrame | None = None,
    home: World | None = None,
) -> Evidence:
    """Read the log of a snapshot; what is remembered is needed, too, and not told as used."""
    catalog = known_objects(snapshot)
    reading = read_log(snapshot, catalog, progress, cache)
    return evidence_of(snapshot, subjects, reading, read_bodies(snapshot, catalog), remembered, home)


def evidence_of(
    snapshot: Snapshot,
    subjects: tuple[str, ...],
    reading: Reading,
    bodies: pl.DataFrame,
    remembered: pl.DataFrame | None = None,
    home: World | None = None,
) -> Evidence:
    """Give what follows from a log that was read; `home` is the snapshot's world, where the caller has it already."""
    home = home or world(snapshot)
    usage = reading.usage if remembered is None else pl.concat([reading.usage, remembered])
    needs = required(usage, reading.opaque, bodies, snapshot, subjects, home)
    blind = unknown_bodies(reading.usage, reading.opaque, bodies, snapshot, home)
    return Evidence(reading, needs, pl.concat([reading.opaque, blind]), bodies)
