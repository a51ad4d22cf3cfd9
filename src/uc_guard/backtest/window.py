"""A window of the past to the plan that would have been made of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from uc_guard.access.compare import coverage, shortfalls
from uc_guard.access.effective import world
from uc_guard.pipeline import evidence_of
from uc_guard.plan.minimize import minimize
from uc_guard.plan.verify import verify
from uc_guard.read.folder import narrowed
from uc_guard.usage.log import part_of, reading_of

if TYPE_CHECKING:
    from datetime import datetime

    from uc_guard.model.plan import Plan
    from uc_guard.model.settings import Settings
    from uc_guard.snapshot import Snapshot
    from uc_guard.usage.statements import ReadLog

_DAY = timedelta(days=1)


class Past(NamedTuple):
    """What was known at the end of the windows.

    Attributes:
        snapshot: The workspace; its logs end there.
        read: The statements, as read; later ones too.
        bodies: What the bodies of views and routines do.
        subjects: The principals under audit.
        settings: How to judge.
    """

    snapshot: Snapshot
    read: ReadLog
    bodies: pl.DataFrame
    subjects: tuple[str, ...]
    settings: Settings


@dataclass(frozen=True, slots=True)
class Window:
    """A window, and the plan made of it.

    Attributes:
        days: Its length.
        since: Its start.
        log_since: Start of the log.
        plan: The plan; None where the window cannot be judged.
        reason: Why not; empty where it can.
    """

    days: int
    since: datetime
    log_since: datetime
    plan: Plan | None
    reason: str = ""

    @property
    def held(self) -> int:
        """Number of subjects that the plan leaves alone as a whole."""
        return len({held.subject for held in self.plan.held if held.row is None}) if self.plan else 0


def judge_window(past: Past, days: int) -> Window:
    """Plan as one would have at the end of the window, from the window alone."""
    manifest = past.snapshot.manifest
    # A log seldom begins at midnight: a window is covered where less than its first day is missing.
    since = max(manifest.since, manifest.until - days * _DAY)
    covered = (manifest.until - since) / _DAY
    if covered <= days - 1:
        return Window(days, since, manifest.since, None, f"the log before the hold-out covers {covered:.1f} days only")
    settings = past.settings
    part = _as_of_then(narrowed(past.snapshot, since, None))
    least = min(settings.min_window_days, int(covered))
    plan, broken = _planned(past, part, replace(settings, min_window_days=least))
    window = Window(days, since, manifest.since, plan)
    if broken:
        return replace(window, plan=None, reason=f"the verifier refuses its plan; please report it: {broken}")
    if window.held == len(past.subjects):
        reasons = ", ".join(sorted({held.reason for held in plan.held if held.row is None}))
        return replace(window, plan=None, reason=f"every subject is held as a whole ({reasons})")
    return window


def _as_of_then(part: Snapshot) -> Snapshot:
    """Leave out the grants known to be younger: whoever planned then did not see them."""
    grants = part.frame("grants")
    older = pl.col("granted_at").is_null() | (pl.col("granted_at") < part.manifest.until)
    return replace(part, frames={**part.frames, "grants": grants.filter(older)}) if part.has("grants") else part


def _planned(past: Past, part: Snapshot, settings: Settings) -> tuple[Plan, str]:
    """Give the plan, and what the verifier finds broken."""
    home = world(part)
    read = reading_of(part, part_of(past.read, part))
    reading, needs, opaque, _ = evidence_of(part, past.subjects, read, past.bodies, home=home)
    told = coverage(part, past.subjects, reading.outcomes, needs)
    short = shortfalls(part, home, past.subjects, needs, reading.usage)
    plan = minimize(part, needs, opaque, told, past.subjects, settings, short)
    verdict = verify(plan, part, needs, opaque, settings, short)
    return plan, "; ".join(broken.sentence for broken in verdict.broken[:1])
