"""One night on a page: finish what is open, give back what hurt, read, plan, check, take, watch, record."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from uc_guard.apply.journal import Journal, read_journal
from uc_guard.apply.record import read_record
from uc_guard.apply.remember import remembered
from uc_guard.apply.run import Options, begin, go_on, preview
from uc_guard.apply.standing import RestHand, Standing
from uc_guard.apply.watch import watch, watch_for
from uc_guard.capture.run import Options as Reading
from uc_guard.capture.run import capture
from uc_guard.capture.systems import end_of_logs
from uc_guard.errors import NotApplied, PlanRejected, WorkspaceError
from uc_guard.nightly.events import silent
from uc_guard.nightly.trend import agents_of, write_trend
from uc_guard.pipeline import audit
from uc_guard.plan.document import write_plan
from uc_guard.plan.render import render_inverse, render_sql
from uc_guard.report.applied import told_restored
from uc_guard.report.live import incomplete
from uc_guard.report.summary import summarize

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from uc_guard.apply.watch import Watched
    from uc_guard.model.settings import Settings
    from uc_guard.nightly.events import Log
    from uc_guard.pipeline import Audit
    from uc_guard.report.summary import Summary
    from uc_guard.workspace.connect import Workspace

JOURNAL = "journal"


@dataclass(frozen=True, slots=True)
class Orders:
    """What a night is to do.

    Attributes:
        home: Folder that keeps the runs, their journals and the record from night to night; lose it, and nights
            cannot be undone.
        scratch: Folder that keeps the snapshot and the cache; lose it, and the next night reads everything anew.
        settings: Who is judged, how cautiously, and what is never touched.
        days: Length of the window of the logs.
        execute: Run the plan; else it is only made.
        options: How the plan is run.
        reading: How the workspace is read.
        watch_s: Seconds to watch for refusals after each wave.
        look_back_days: Runs not older than this are watched again, since refusals come late.
    """

    home: Path
    scratch: Path
    settings: Settings
    days: int = 30
    execute: bool = False
    options: Options = field(default_factory=Options)
    reading: Reading = field(default_factory=Reading)
    watch_s: float = 0.0
    look_back_days: int = 14


@dataclass(frozen=True, slots=True)
class AgentNight:
    """One agent in a night: what people call it, and its privilege creep index before and after."""

    name: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Night:
    """What a night did; its attributes are the columns of the frame NIGHTS, but for these.

    Attributes:
        agents: The agents under audit.
        restored: What was given back, a sentence each.
        incomplete: What could not be read, a sentence each.
        stopped: Why it stopped before its end; empty where it did not.
        journal: The journal of its run; None where nothing was run.
    """

    at: datetime
    host: str
    since: datetime
    until: datetime
    executed: bool = False
    agents: tuple[AgentNight, ...] = ()
    planned: int = 0
    revoked: int = 0
    granted: int = 0
    restored: tuple[str, ...] = ()
    refused: int = 0
    left: int = 0
    spared: int = 0
    excess_before: float = 0.0
    excess_after: float = 0.0
    incomplete: tuple[str, ...] = ()
    stopped: str = ""
    journal: Path | None = None

    @property
    def needs_a_look(self) -> bool:
        """Whether somebody should look: something is left, was refused, given back, or not read."""
        waiting = self.planned and not self.executed
        return bool(self.restored or self.refused or self.left or self.stopped or self.incomplete or waiting)


def night(workspace: Workspace, orders: Orders, now: Callable[[], datetime], log: Log = silent) -> Night:
    """Do one night. The caller holds the lock of the workspace.

    Raises:
        PlanRejected: where the verifier refuses the plan; nothing is run then.
        NothingToJudge: where nobody is to be judged, or nothing could be read.
        WorkspaceError: where the workspace stays out of reach before anything is run.
    """
    at = now()
    until = end_of_logs(at)
    found = Night(at, workspace.host, until - timedelta(days=orders.days), until)
    standing = Standing(workspace)
    if orders.execute:
        found = _look_back(found, workspace, standing, orders, now, log)
    audited = _plan(found, workspace, orders, log)
    summary = summarize(audited)
    found = _judged(found, audited, summary)
    home = orders.home / "runs" / f"{at:%Y-%m-%dT%H-%M-%S}"
    home.mkdir(parents=True, exist_ok=True)
    write_plan(audited.plan, home / "plan.json")
    (home / "plan.sql").write_text(render_sql(audited.plan), "utf-8")
    (home / "undo.sql").write_text(render_inverse(audited.plan), "utf-8")
    if orders.execute and audited.plan.statements:
        found = _take(found, audited, workspace, standing, orders, home / JOURNAL, now, log)
    write_trend(orders.home / "trend", found, agents_of(audited, summary, found))
    log("night.finished", _told(found), "WARN" if found.needs_a_look else "INFO", revoked=found.revoked)
    return found


def journals(home: Path) -> tuple[Path, ...]:
    """Give the journals of all nights, oldest first."""
    return tuple(sorted(home.glob(f"runs/*/{JOURNAL}")))


# -- before: runs of nights gone by --------------------------------------------------------------------------------


def _look_back(
    found: Night, workspace: Workspace, standing: Standing, orders: Orders, now: Callable[[], datetime], log: Log
) -> Night:
    """Finish runs that died, and give back what earlier nights took and somebody was refused since."""
    hand = RestHand(workspace.rest)
    for path in journals(orders.home):
        with closing(Journal(path, now)) as book:
            if book.is_open:
                _finish(book, standing, orders, log)
            begun = [line for line in book.lines if line.kind == "begin"]
            if begun and found.at - datetime.fromisoformat(begun[-1].at) <= timedelta(days=orders.look_back_days):
                try:
                    seen = watch(book, standing, hand, orders.options.patience)
                except WorkspaceError as error:
                    log("watch.failed", f"refusals could not be read: {error}", "WARN")
                    found = replace(found, incomplete=(*found.incomplete, f"refusals: {error.said}"))
                else:
                    found = _restored(found, seen, log)
    return found


def _finish(book: Journal, standing: Standing, orders: Orders, log: Log) -> None:
    """Go on with a run that died; where the workspace has changed since, leave it as it is and plan anew."""
    try:
        done = go_on(book, standing, RestHand(standing.workspace.rest), orders.options)
        log("resume.finished", f"went on with {book.path}", left=len(done.left))
    except NotApplied as error:
        book.write("end", reason="given up: planned anew")
        log("resume.given-up", f"{book.path} is not gone on with: {str(error).splitlines()[0]}", "WARN")


# -- tonight -------------------------------------------------------------------------------------------------------


def _plan(found: Night, workspace: Workspace, orders: Orders, log: Log) -> Audit:
    log("capture.started", f"reading {workspace.host}", since=found.since.isoformat(), until=found.until.isoformat())
    snapshot = capture(workspace, orders.scratch / "snapshot", (found.since, found.until), found.at, orders.reading)
    rows = {source.name: source.rows for source in snapshot.manifest.sources}
    log("capture.finished", f"read {sum(rows.values()):,} rows", "INFO", **rows)
    for line in incomplete(snapshot):
        log("capture.incomplete", line, "WARN")
    needed = remembered(journals(orders.home))
    audited = audit(snapshot, orders.settings, cache=orders.scratch / "cache", remembered=needed)
    if not audited.verdict.ok:
        raise PlanRejected("; ".join(f"{each.code}: {each.sentence}" for each in audited.verdict.broken[:10]))
    statements = len(audited.plan.statements)
    log("plan.finished", f"planned {statements} statements", statements=statements, remembered=needed.height)
    return audited


def _judged(found: Night, audited: Audit, summary: Summary) -> Night:
    plan = audited.plan
    names = {line.principal: line.name for line in summary.agents}
    creep = audited.creep.select("principal", "index_before", "index_after").iter_rows()
    return replace(
        found,
        agents=tuple(AgentNight(names.get(who) or who, before, after) for who, before, after in creep),
        planned=sum(len(each.rows) for each in plan.statements if each.verb == "REVOKE"),
        excess_before=plan.before.excess,
        excess_after=plan.after.excess,
        incomplete=(*found.incomplete, *incomplete(audited.snapshot)),
    )


def _take(  # noqa: PLR0913, PLR0917 - the parts of a night
    found: Night,
    audited: Audit,
    workspace: Workspace,
    standing: Standing,
    orders: Orders,
    journal: Path,
    now: Callable[[], datetime],
    log: Log,
) -> Night:
    """Run the plan; whatever stops it is told, and what was done until then counts."""
    hand, patience = RestHand(workspace.rest), orders.options.patience
    seen: list[Watched] = []

    def between(wave: int) -> bool:
        log("wave.finished", f"wave {wave} is done", wave=wave)
        if orders.watch_s and wave:
            look = min(60.0, orders.watch_s)
            kept = watch_for(book, standing, hand, patience, seconds=orders.watch_s, every_s=look)
            seen.append(kept)
            return not kept.restored
        return True

    try:
        ready = preview(audited.plan, standing, orders.settings, orders.options)
        with closing(Journal(journal, now)) as book:
            begin(book, ready)
            found = replace(found, executed=True, journal=journal, spared=len(ready.spared))
            done = go_on(book, standing, hand, replace(orders.options, between=between))
            if not done.left:
                between(max((step.wave for step in ready.record.steps), default=0))
            found = replace(found, stopped=done.stopped)
    except (NotApplied, WorkspaceError) as error:
        log("apply.stopped", str(error), "ERROR")
        found = replace(found, stopped=str(error))
    for each in seen:
        found = _restored(found, each, log)
    return _rows(found)


def _rows(found: Night) -> Night:
    """Count what was seen to have been taken and given by tonight's run, what was refused, and what is left."""
    if found.journal is None:
        return found
    record = read_record(found.journal, read_journal(found.journal))
    mine = [each for each in record.intents if each.purpose == "apply" and each.line in record.done]
    return replace(
        found,
        revoked=sum(len(each.remove) for each in mine),
        granted=sum(len(each.add) for each in mine),
        refused=len(record.refused),
        left=len(record.left()),
    )


def _restored(found: Night, seen: Watched, log: Log) -> Night:
    given = tuple(told_restored(seen))
    for each in given:
        log("access.restored", each, "WARN")
    return replace(found, restored=(*found.restored, *given), incomplete=(*found.incomplete, *seen.blind))


def _told(found: Night) -> str:
    if not found.executed:
        return f"{found.planned} rows could go; nothing was changed"
    return f"{found.revoked} rows revoked, {found.granted} granted, {len(found.restored)} privileges given back"
