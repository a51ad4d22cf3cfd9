"""A snapshot to a backtest: plans from windows of its past, held against what was done after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.access.effective import world
from uc_guard.backtest.advice import advise
from uc_guard.backtest.later import Later, blame, later_needs, unread
from uc_guard.backtest.outcome import Outcome, count_window, lost_needs, missing_needs
from uc_guard.backtest.window import Past, Window, judge_window
from uc_guard.bodies import known_objects, read_bodies
from uc_guard.errors import NothingToJudge
from uc_guard.model.settings import Settings
from uc_guard.read.folder import narrowed
from uc_guard.subjects import select_subjects
from uc_guard.usage.acts import acts_of
from uc_guard.usage.log import part_of, read_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from uc_guard.snapshot import Snapshot
    from uc_guard.usage.statements import Progress, ReadLog

HOLDOUT = timedelta(days=14)
WINDOWS = (7, 14, 30, 60, 90)


@dataclass(frozen=True, slots=True)
class Backtest:
    """What plans from the past would have denied later; frames follow the contracts in `uc_guard.tables`.

    Attributes:
        subjects: The principals under audit, sorted.
        since: Start of the log.
        cut: End of the windows, and start of the hold-out.
        until: End of the hold-out, exclusive.
        windows: Contract BACKTEST: one row for each window asked for.
        missing: Contract BACKTEST_MISSING: what each plan would have taken too early.
        recommended: The window to take, in days; None where nothing can be recommended.
        why: A sentence: why this one, or why none.
    """

    subjects: tuple[str, ...]
    since: datetime
    cut: datetime
    until: datetime
    windows: pl.DataFrame
    missing: pl.DataFrame
    recommended: int | None
    why: str


def backtest(
    snapshot: Snapshot,
    settings: Settings | None = None,
    *,
    holdout: timedelta = HOLDOUT,
    windows: Sequence[int] = WINDOWS,
    progress: Progress | None = None,
    cache: Path | None = None,
) -> Backtest:
    """Plan as of some time ago from windows of several lengths, and say what each plan would have denied since.

    The log is read once. Grants, groups and objects are those of the snapshot, but for grants known to be younger than
    the end of the windows.

    Args:
        snapshot: A workspace.
        settings: As for `uc_guard.audit`, with `min_window_days` lowered to each window; None = the defaults.
        holdout: How much of the end of the log is kept back.
        windows: Lengths of the windows, in whole days.
        progress: Called with (what, done, total) during long work.
        cache: Folder in which readings of statements are kept from run to run; None = nothing is kept.

    Raises:
        NothingToJudge: when no principal is selected, or the log is not longer than the hold-out.
        UnknownName: when a selector names nobody.
        ValueError: when a window or the hold-out is not positive.
    """
    settings = settings or Settings()
    lengths = sorted(set(windows))
    if holdout <= timedelta(0) or not lengths or lengths[0] < 1:
        raise ValueError("a hold-out and a window last longer than nothing, and at least one window is asked for")
    cut, subjects = _cut(snapshot, holdout), select_subjects(snapshot, settings.subjects)
    if not subjects:
        raise NothingToJudge("the snapshot names no service principal; say who is meant with `--subject`")
    catalog = known_objects(snapshot)
    read = read_whole(snapshot, catalog, progress, cache)
    bodies = read_bodies(snapshot, catalog)
    past = Past(narrowed(snapshot, None, cut), read, bodies, subjects, settings)
    judged: list[Window] = []
    for number, days in enumerate(lengths):
        judged.append(judge_window(past, days))
        if progress:
            progress("windows judged", number + 1, len(lengths))
    return _told(_later(snapshot, read, bodies, subjects, cut), judged, settings.min_window_days)


def _cut(snapshot: Snapshot, holdout: timedelta) -> datetime:
    manifest = snapshot.manifest
    cut = manifest.until - holdout
    if cut <= manifest.since:
        days = (manifest.until - manifest.since) / timedelta(days=1)
        raise NothingToJudge(
            f"the log covers {days:.1f} days, and the hold-out alone takes {holdout / timedelta(days=1):g}; give a "
            "longer log, or a shorter hold-out"
        )
    return cut


def _later(snapshot: Snapshot, read: ReadLog, bodies: pl.DataFrame, subjects: tuple[str, ...], cut: datetime) -> Later:
    part = narrowed(snapshot, cut, None)
    return Later(part, world(part), subjects, acts_of(part, part_of(read, part)), bodies)


def _told(later: Later, judged: list[Window], min_window_days: int) -> Backtest:
    """Hold the plans against what was done later."""
    needs = later_needs(later)
    lost = {window.days: lost_needs(later, needs, window) for window in judged if window.plan is not None}
    doubtful = needs.filter(~pl.col("usable"))
    wanted = pl.concat([doubtful, *lost.values()]).unique(maintain_order=True).with_row_index("need")
    found = Outcome(later, wanted, blame(later, wanted), unread(later))
    rows = [count_window(found, window, lost.get(window.days)) for window in judged]
    frame = tables.BACKTEST.frame(rows)
    missing = [missing_needs(found, window.days, lost[window.days]) for window in judged if window.days in lost]
    recommended, why = advise(frame, len(later.subjects), min_window_days)
    manifest = later.snapshot.manifest
    return Backtest(
        subjects=later.subjects,
        since=judged[0].log_since,
        cut=manifest.since,
        until=manifest.until,
        windows=frame,
        missing=pl.concat([tables.BACKTEST_MISSING.empty(), *missing]),
        recommended=recommended,
        why=why,
    )
