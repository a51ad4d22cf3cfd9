"""A watch after a wave: who was refused what we took gets back exactly that, and it is remembered as a need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from uc_guard.apply.denials import read_denials
from uc_guard.apply.record import RESTORE, as_json, read_record
from uc_guard.apply.settle import announce, settle
from uc_guard.model.plan import Row
from uc_guard.model.privilege import EVERYONE, implied
from uc_guard.plan.verify_world import chain

if TYPE_CHECKING:
    from uc_guard.apply.denials import Denied
    from uc_guard.apply.journal import Journal
    from uc_guard.apply.record import Record
    from uc_guard.apply.settle import Patience
    from uc_guard.apply.standing import Hand, Standing

_SKEW = timedelta(hours=1)
"""How far our clock may be ahead of the workspace's; a refusal before the run does no harm, one that is missed does."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A privilege given back.

    Attributes:
        row: The row that stands now: the principal refused, and exactly the privilege and securable that were named.
        because: The refusal.
        took: The row of ours that had carried it.
    """

    row: Row
    because: Denied
    took: Row


@dataclass(frozen=True, slots=True)
class Watched:
    """What one look found.

    Attributes:
        restored: What was given back.
        others: Refusals that have nothing to do with us.
        blind: Sources that could not be read, a sentence each.
    """

    restored: tuple[Restored, ...]
    others: tuple[Denied, ...]
    blind: tuple[str, ...]


def watch(journal: Journal, standing: Standing, hand: Hand, patience: Patience) -> Watched:
    """Look once for refusals since the run in a journal began, and give back what it took. Once more does no harm.

    UC: a refusal names only the first privilege that is missing, so the next look may find the next one.

    Raises:
        NotApplied: where the workspace does not show a change in time.
        WorkspaceError: where no source of refusals can be read, or the workspace refuses to give back.
    """
    record = read_record(journal.path, journal.lines)
    denials, blind = read_denials(standing.workspace, datetime.fromisoformat(record.since) - _SKEW)
    standing.forget()
    restored: list[Restored] = []
    others: list[Denied] = []
    for denied in denials:
        if denied.id in record.denials:
            continue
        took = _taken(record, denied, standing)
        if took is None:
            journal.write("denial", id=denied.id, ours=False, **_evidence(denied))
            others.append(denied)
            continue
        row = Row(denied.principal, denied.privilege, denied.securable_type, denied.securable)
        _give(journal, row, standing, hand, patience)
        # The denial counts as seen only when its privilege stands again: a crash before comes back to it.
        journal.write("denial", id=denied.id, ours=True, row=as_json([row])[0], **_evidence(denied))
        restored.append(Restored(row, denied, took))
    return Watched(tuple(restored), tuple(others), blind)


def watch_for(
    journal: Journal,
    standing: Standing,
    hand: Hand,
    patience: Patience,
    *,
    seconds: float,
    every_s: float = 60.0,
) -> Watched:
    """Look again and again for a while; ends early where something was given back.

    Args:
        journal: Of the run.
        standing: What stands in the workspace, and where refusals are read.
        hand: What changes it.
        patience: How long a change may take, and the clock.
        seconds: How long to look; 0 = once.
        every_s: Seconds between two looks.
    """
    end = patience.clock() + seconds
    others: tuple[Denied, ...] = ()
    while True:
        seen = watch(journal, standing, hand, patience)
        others += seen.others
        left = end - patience.clock()
        if seen.restored or left <= 0:
            return Watched(seen.restored, others, seen.blind)
        patience.sleep(min(every_s, left))


def taken(record: Record) -> tuple[Row, ...]:
    """Give the rows that are gone by what was done, or announced, up to now; in order."""
    gone: dict[Row, None] = {}
    for each in record.intents:
        gone.update(dict.fromkeys(each.remove))
        for row in each.add:
            gone.pop(row, None)
    return tuple(gone)


def _give(journal: Journal, row: Row, standing: Standing, hand: Hand, patience: Patience) -> None:
    intent = announce(journal, standing, (row.securable_type, row.securable), (row,), (), RESTORE)
    settle(journal, intent, standing, hand, patience)


def _taken(record: Record, denied: Denied, standing: Standing) -> Row | None:
    """Give the row that we took and that had given what was refused; None where there is none."""
    circle = standing.circle((denied.principal, EVERYONE))
    site = (denied.securable_type, denied.securable)
    ways = chain(site)
    for row in taken(record):
        at = (row.securable_type, row.securable)
        gave = implied(row.privilege, row.securable_type, denied.securable_type)
        if row.grantee.casefold() in circle and at in ways and denied.privilege in gave:
            return row
    return None


def _evidence(denied: Denied) -> dict[str, str]:
    return {"principal": denied.principal, "at_event": denied.at.isoformat(), "said": denied.said}
