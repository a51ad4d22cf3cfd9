"""One change made and proved: announced on disk, done, and read again until the workspace shows it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from uc_guard.apply.record import Intent, as_json
from uc_guard.errors import NotApplied, Unavailable, Uncertain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from uc_guard.apply.journal import Journal
    from uc_guard.apply.standing import Hand, Site, Standing
    from uc_guard.model.plan import Row

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.2, 5.0
_AGAIN_AFTER = 4
"""Readings that may show the old state before a change is sent again."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a change may take until the workspace shows it.

    Attributes:
        settle_s: Seconds.
        clock: Gives the time in seconds.
        sleep: Waits.
    """

    settle_s: float = 60.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def announce(  # noqa: PLR0913, PLR0917 - what is changed, and why
    journal: Journal,
    standing: Standing,
    site: Site,
    add: Iterable[Row],
    remove: Iterable[Row],
    purpose: str,
    step: int = 0,
) -> Intent:
    """Write down what is about to be done, and what stood before, and give it."""
    given, taken = tuple(sorted(add)), tuple(sorted(remove))
    before = tuple(sorted(mine(standing.rows(site), frozenset(row.grantee for row in (*given, *taken)))))
    line = journal.write(
        "intent",
        purpose=purpose,
        step=step,
        securable_type=site[0],
        securable=site[1],
        add=as_json(given),
        remove=as_json(taken),
        before=as_json(before),
    )
    return Intent(line.number, purpose, step, *site, given, taken, before)


def mine(rows: frozenset[Row], grantees: frozenset[str]) -> frozenset[Row]:
    """Give the rows of these principals."""
    return frozenset(row for row in rows if row.grantee in grantees)


def settle(journal: Journal, intent: Intent, standing: Standing, hand: Hand, patience: Patience) -> None:
    """Make a change that was announced, until the workspace shows it; then write that down.

    To make it again does no harm, so a crash at any point is mended by calling this again.

    Raises:
        NotApplied: where the workspace does not show it in time.
        WorkspaceError: where the workspace refuses it.
    """
    end = patience.clock() + patience.settle_s
    wait, readings = _FIRST_WAIT_S, 0
    while True:
        now = mine(standing.rows(intent.site), intent.grantees)
        missing, extra = intent.after - now, now & frozenset(intent.remove)
        if not missing and not extra:
            journal.write("done", intent=intent.line, after=as_json(now))
            return
        if patience.clock() > end:
            told = f"{len(missing)} rows are missing and {len(extra)} too many"
            raise NotApplied(
                f"{intent.securable_type} `{intent.securable}` does not show the change after {patience.settle_s:g} s: "
                f"{told}; run `uc-guard resume {journal.path}` later"
            )
        if readings % _AGAIN_AFTER == 0:
            try:
                hand.change(intent.site, sorted(missing), sorted(extra))
            except (Uncertain, Unavailable):
                pass  # the next reading tells
            else:
                readings += 1
                continue  # most often the change shows at once
        readings += 1
        patience.sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT_S)
