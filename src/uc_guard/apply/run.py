"""A plan run, or run on: what differs is told first, then wave by wave, each step announced, made and proved."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

from uc_guard.apply.drift import differences
from uc_guard.apply.guard import limit, spare
from uc_guard.apply.record import APPLY, Record, read_record
from uc_guard.apply.settle import Patience, announce, settle
from uc_guard.apply.steps import Waves, make_steps
from uc_guard.errors import NotApplied, Unavailable, Uncertain, WorkspaceError
from uc_guard.plan.document import encode_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from uc_guard.apply.guard import Spared
    from uc_guard.apply.journal import Journal
    from uc_guard.apply.standing import Hand, Standing
    from uc_guard.apply.steps import Step
    from uc_guard.model.plan import Plan
    from uc_guard.model.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """How a plan is run.

    Attributes:
        waves: How revokes are spread.
        max_revokes: Most rows that a run may revoke.
        patience: How long a change may take until the workspace shows it.
        between: Called after each wave but the last with its number; False stops the run there.
        progress: Called with (what, done, total).
    """

    waves: Waves = field(default_factory=Waves)
    max_revokes: int = 500
    patience: Patience = field(default_factory=Patience)
    between: Callable[[int], bool] | None = None
    progress: Callable[[str, int, int], None] | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would do.

    Attributes:
        record: What a journal would hold at its begin.
        spared: Statements that are left out.
        differences: What differs from what the plan leans on; a run is not begun where there is any.
        by_hand: Memberships that the plan ends and that no API of grants can; nothing that is needed waits for them.
    """

    record: Record
    spared: tuple[Spared, ...]
    differences: tuple[str, ...]
    by_hand: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did.

    Attributes:
        done: Steps that were seen to have taken, of the whole run.
        refused: Steps that the workspace refused, with its reason.
        left: Steps that are still to do; `resume` goes on with them.
        stopped: Why it stopped before its end; empty where it did not.
    """

    done: int
    refused: tuple[tuple[Step, str], ...]
    left: tuple[Step, ...]
    stopped: str = ""


def preview(plan: Plan, standing: Standing, settings: Settings, options: Options) -> Preview:
    """Say what a run of a plan would do. Changes nothing.

    Raises:
        NotApplied: where the plan cannot be run at all: made by an older version, over the limit, or in the way of
            what is protected.
        WorkspaceError: where the workspace cannot be read.
    """
    revoked = {row for each in plan.statements if each.verb == "REVOKE" for row in each.rows}
    if not revoked <= set(plan.basis.rows):
        raise NotApplied("the plan does not say what it leans on: it was made by an older version; plan again")
    limit(len(revoked), options.max_revokes)
    standing.forget()
    spared = spare(plan, standing, settings)
    steps = make_steps(plan, options.waves, frozenset(each.statement for each in spared))
    digest = blake2b(encode_plan(plan), digest_size=16).hexdigest()
    record = Record(standing.host, digest, "", plan.subjects, plan.basis, steps)
    by_hand = tuple(f"`{m.membership.member}` leaves `{m.membership.group}`: {m.reason}" for m in plan.memberships)
    return Preview(record, spared, differences(record, standing), by_hand)


def begin(journal: Journal, found: Preview) -> None:
    """Write down what is about to be run.

    Raises:
        NotApplied: where the workspace is not as the plan leans on it, or the journal holds a run that has not ended.
    """
    if found.differences:
        raise NotApplied(_drifted(found.differences))
    if journal.is_open:
        told = "holds a run that has not ended"
        raise NotApplied(f"{journal.path} {told}: `uc-guard resume` it or `uc-guard rollback` it first")
    record = found.record
    journal.write(
        "begin",
        host=record.host,
        plan=record.plan,
        subjects=record.subjects,
        basis=msgspec.to_builtins(record.basis),
        steps=msgspec.to_builtins(record.steps),
    )
    for each in found.spared:
        journal.write("spared", statement=msgspec.to_builtins(each.statement), reason=each.reason)


def go_on(journal: Journal, standing: Standing, hand: Hand, options: Options) -> Outcome:
    """Do what is left of the run in a journal.

    Raises:
        NotApplied: where the workspace is not as the plan leans on it, or does not show a change in time.
        WorkspaceError: where it refuses to give something: what would take is not begun then.
    """
    record = read_record(journal.path, journal.lines)
    if record.host != standing.host:
        raise NotApplied(f"the journal is of {record.host}, and this is {standing.host}; name its profile")
    if record.ended:
        raise NotApplied(f"the run in {journal.path} has come to its end; there is nothing to go on with")
    left = record.left()
    for place, step in enumerate(left):
        new_wave = place == 0 or step.wave != left[place - 1].wave
        if new_wave:
            if place and options.between is not None and not options.between(left[place - 1].wave):
                journal.write("stopped", reason="between waves")
                return outcome(journal, "it was stopped between two waves")
            standing.forget()
            if changed := differences(read_record(journal.path, journal.lines), standing):
                journal.write("stopped", reason="drift", differences=list(changed))
                raise NotApplied(_drifted(changed))
            journal.write("wave", number=step.wave)
        _take(journal, record, step, standing, hand, options)
        if options.progress is not None:
            options.progress("steps", len(record.steps) - len(left) + place + 1, len(record.steps))
    journal.write("end")
    return outcome(journal)


def outcome(journal: Journal, stopped: str = "") -> Outcome:
    """Say what was done by the run in a journal."""
    record = read_record(journal.path, journal.lines)
    steps = {step.number: step for step in record.steps}
    refused = tuple((steps[number], reason) for number, reason in sorted(record.refused.items()))
    left = record.left()
    return Outcome(len(record.steps) - len(left) - len(refused), refused, left, stopped)


def _take(journal: Journal, record: Record, step: Step, standing: Standing, hand: Hand, options: Options) -> None:
    """Do one step. Where a REVOKE is refused nothing is lost, so the run goes on; where a GRANT is, it stops."""
    try:
        intent = record.pending(step)
        if intent is None:
            intent = announce(journal, standing, step.site, step.add, step.remove, APPLY, step.number)
        settle(journal, intent, standing, hand, options.patience)
    except (Uncertain, Unavailable):
        raise
    except WorkspaceError as error:
        if step.add:
            journal.write("stopped", reason=str(error))
            raise
        journal.write("refused", step=step.number, reason=str(error))


def _drifted(found: tuple[str, ...]) -> str:
    shown = "\n".join(f"  {each}" for each in found[:20])
    more = f"\n  and {len(found) - 20} more" if len(found) > 20 else ""
    head = f"the workspace is not as the plan leans on it ({len(found)} differences); nothing more was changed"
    return f"{head}\n{shown}{more}\nplan again, with `--replan` or `uc-guard snapshot` and `uc-guard plan`"
