"""A capture from its first request to its snapshot: nothing is read twice, and what fails never stops the rest."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from uc_guard.capture import history, people, walk
from uc_guard.capture.fields import FIELDS
from uc_guard.capture.ledger import LIMITED, Gap, Piece, open_ledger
from uc_guard.capture.listings import inner_tasks, schema_tasks, top_tasks
from uc_guard.capture.logs import LogReader, Window, tag_reading
from uc_guard.capture.parts import BESIDE, mark_read
from uc_guard.capture.seen import hidden
from uc_guard.capture.systems import SYSTEMS, TAG_VIEWS
from uc_guard.capture.tasks import gap_of, run_tasks
from uc_guard.capture.told import corrected, sentence, told
from uc_guard.errors import BadInput, NothingToJudge, Problem, WorkspaceError
from uc_guard.read.exports import read_exports
from uc_guard.snapshot import Snapshot
from uc_guard.workspace.rest import ME

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from uc_guard.capture.ledger import Ledger
    from uc_guard.capture.systems import Redactor
    from uc_guard.capture.tasks import Progress, Task
    from uc_guard.workspace.connect import Workspace

_LOGS = (*SYSTEMS, history.JOB)
_SOURCES = {
    "tables": ("tables", "columns", "row_filters", "column_masks", "view_dependencies"),
    history.JOB: (history.SOURCE,),
}
"""The sources that a job fills, where it is not the one of its name."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a workspace is captured.

    Attributes:
        work: Folder of the sources; None = `<output>.sources` beside the output.
        workers: Requests at a time.
        redactor: Takes texts of statements and gives what may be kept of them; None = the texts. With one, messages
            of errors and values of parameters are not kept either.
        progress: Called with (what, done, total) now and then.
        late_days: Days before the newest row that are read again, since rows come late.
    """

    work: Path | None = None
    workers: int = 8
    redactor: Redactor | None = None
    progress: Progress | None = None
    late_days: int = 2


def capture(
    workspace: Workspace,
    output: Path,
    window: tuple[datetime, datetime],
    taken_at: datetime,
    options: Options | None = None,
) -> Snapshot:
    """Read a workspace, and write its snapshot.

    What cannot be read never stops it: the manifest then tells what is missing, and which GRANT would mend it. Run it
    again where it was cut short, and it goes on; where it came to its end, it reads grants and objects anew and of the
    logs what is new or came late.

    Args:
        workspace: The connection.
        output: Folder of the snapshot.
        window: Start and end of the logs, half-open, aware.
        taken_at: Now, aware.
        options: How.

    Raises:
        BadInput: where the window is none, or a folder holds something else.
        NothingToJudge: where nothing could be read.
    """
    how = options or Options()
    span = Window(*window)
    if span.since >= span.until:
        found = f"since {span.since:%Y-%m-%d %H:%M}, until {span.until:%Y-%m-%d %H:%M}"
        raise BadInput((Problem("window", "", found, "since before until", "correct it"),))
    home = how.work or output.with_name(f"{output.name}.sources")
    home.mkdir(parents=True, exist_ok=True)
    redacted = how.redactor is not None
    ledger = open_ledger(home, workspace.host, taken_at, span, _LOGS, redacted=redacted)
    _tidy(home, ledger)
    extra = _Reading(workspace, home, ledger, span, how).run()
    return _finished(workspace, output, home, ledger, span, extra)


class _Reading:
    """One capture: the phases in their order, each of which knows what those before it found."""

    def __init__(self, workspace: Workspace, home: Path, ledger: Ledger, window: Window, how: Options) -> None:
        self._workspace = workspace
        self._home = home
        self._ledger = ledger
        self._window = window
        self._how = how

    def run(self) -> list[Gap]:
        """Read everything; gives what is missing beside what the ledger knows."""
        rest, me, home = self._workspace.rest, self._workspace.me, self._home
        self._do([*top_tasks(rest, me), *people.people_tasks(self._workspace)])
        self._do(schema_tasks(rest, me, [one.name for one in walk.found(home, "catalogs")]))
        schemas = [(one.parts[0], one.parts[1]) for one in walk.found(home, "schemata")]
        self._do(inner_tasks(rest, me, schemas))
        logs, extra = self._logs()
        hanging = [*walk.grant_tasks(rest, me, home), *walk.policy_tasks(rest, me, home)]
        self._do([*logs, *hanging, *walk.binding_tasks(rest, me, home)])
        return extra

    def _do(self, tasks: Sequence[Task]) -> None:
        run_tasks(tasks, self._home, self._ledger, self._how.workers, self._how.progress)

    def _logs(self) -> tuple[list[Task], list[Gap]]:
        queries, me = self._workspace.queries, self._workspace.me
        if queries is None:
            return self._without_sql()
        tasks = tag_reading(queries, me)
        for source in SYSTEMS:
            reader = LogReader(source, queries, me, self._how.redactor)
            try:
                tasks += reader.tasks(self._window, self._home, self._ledger, self._how.late_days)
            except WorkspaceError as error:
                gap = gap_of(reader.system.frames, f"`{reader.system.table}`", error, reader.right)
                self._ledger.put(source, "counts", Piece(done=False, gaps=(gap,)))
        return tasks, []

    def _without_sql(self) -> tuple[list[Task], list[Gap]]:
        rest, window = self._workspace.rest, self._window
        how, ledger = self._how, self._ledger
        tasks = history.history_tasks(rest, window, self._home, ledger, how.redactor, how.late_days)
        tasks += walk.tag_tasks(rest, self._workspace.me, self._home)
        said = "only SQL reads it: name a warehouse"
        lacking = [
            Gap(SYSTEMS[source].frames, f"`{SYSTEMS[source].table}`", LIMITED, said) for source in list(SYSTEMS)[1:]
        ]
        lacking.append(Gap(("tags",), "tags of columns and volumes", LIMITED, said))
        limits = history.history_limits(window, ledger.started_at, admin=_is_admin(self._workspace))
        return tasks, [*limits, *lacking]


def _tidy(home: Path, ledger: Ledger) -> None:
    """Take away what no piece of the ledger wrote: files of an earlier capture, and what a crash left beside."""
    known: dict[str, set[str]] = {}
    for job in ledger.jobs():
        for source in _SOURCES.get(job, (job,)):
            known.setdefault(source, set()).update(ledger.pieces(job))
    shutil.rmtree(home / BESIDE, ignore_errors=True)
    for source in {*FIELDS, *SYSTEMS, *TAG_VIEWS}:
        for file in (home / source).glob("*"):
            if file.stem not in known.get(source, set()):
                file.unlink()


def _finished(
    workspace: Workspace, output: Path, home: Path, ledger: Ledger, window: Window, extra: list[Gap]
) -> Snapshot:
    read = {source: False for job in ledger.jobs() for source in _SOURCES.get(job, (job,))}
    for job in ledger.jobs():
        for source in _SOURCES.get(job, (job,)):
            read[source] |= any(piece.read for piece in ledger.pieces(job).values())
    for source, was in read.items():
        mark_read(home, source, read=was)
    gaps = [gap for job in ledger.jobs() for piece in ledger.pieces(job).values() for gap in piece.gaps]
    if not any(read[source] for source in read):
        raise NothingToJudge(f"nothing could be read: {sentence(gaps)}")
    snapshot = read_exports(home, since=window.since, until=window.until, taken_at=ledger.started_at)
    extra = [*extra, *hidden(snapshot, workspace)]
    snapshot = Snapshot(corrected(snapshot.manifest, [*gaps, *extra]), snapshot.frames)
    snapshot.write(output)
    ledger.finish(told(ledger, _SOURCES, extra))
    return snapshot


def _is_admin(workspace: Workspace) -> bool:
    try:
        me = workspace.rest.get(ME)
    except WorkspaceError:
        return False
    return any(str(group.get("display")) == "admins" for group in me.get("groups") or ())
