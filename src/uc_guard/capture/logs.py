"""Logs by SQL, a day at a time: days that are known are kept, unless rows came late."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import polars as pl

from uc_guard.capture.ledger import CUT, LIMITED, NOTED
from uc_guard.capture.parts import drop_part
from uc_guard.capture.rights import grant_text
from uc_guard.capture.systems import SYSTEMS, TAG_VIEWS, kept
from uc_guard.capture.tasks import Task
from uc_guard.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from uc_guard.capture.ledger import Ledger
    from uc_guard.capture.systems import Redactor, System
    from uc_guard.capture.tasks import Sink
    from uc_guard.workspace.queries import Queries

_DAY = timedelta(days=1)
_LACKING = re.compile(r"(?:UNRESOLVED_COLUMN|FIELD_NOT_FOUND).*?`([^`]+)`")

_GRAVE = frozenset({"executed_as"})
"""Columns whose absence puts uses down to the wrong principal."""


class Window(NamedTuple):
    """A stretch of time, half-open, in UTC."""

    since: datetime
    until: datetime

    def days(self) -> list[tuple[str, Window]]:
        """Give its days by name. The first is whole, so that it can be kept; the last ends where the window does."""
        first = self.since.replace(hour=0, minute=0, second=0, microsecond=0)
        starts = [first + _DAY * n for n in range(-((first - self.until) // _DAY))]
        return [(f"{day:%Y-%m-%d}", Window(day, min(day + _DAY, self.until))) for day in starts]

    def parameters(self) -> dict[str, object]:
        """Give what a query of it binds."""
        last = self.until - timedelta(microseconds=1)
        return {"since": self.since, "until": self.until, "first": self.since.date(), "last": last.date()}


class LogReader:
    """Reads one system table; threads may share it."""

    def __init__(self, source: str, queries: Queries, me: str, redactor: Redactor | None) -> None:
        """Read a system table.

        Args:
            source: The source that it fills.
            queries: Runs SQL.
            me: Who we are, for what is missing.
            redactor: Takes texts of statements and gives what may be kept of them; None = the texts.
        """
        self.source = source
        self.system: System = SYSTEMS[source]
        self.right = _read_right(self.system.table, me)
        self._queries = queries
        self._redactor = redactor
        self._without: frozenset[str] = frozenset()
        self._lock = Lock()

    def tasks(self, window: Window, home: Path, ledger: Ledger, late_days: int) -> list[Task]:
        """Give the tasks of the days that have to be read; days outside the window are taken away.

        Raises:
            WorkspaceError: where the table cannot be read.
        """
        days = dict(window.days())
        gone = set(ledger.pieces(self.source)) - days.keys()
        for day in gone:
            drop_part(home, self.source, day)
        ledger.forget(self.source, gone)
        pieces = ledger.pieces(self.source)
        fresh = {
            day for day in pieces if ledger.is_done(self.source, day, days[day].until)
        }  # fmt: skip
        if len(fresh) == len(days):
            return []
        counts = self._counts(Window(next(iter(days.values())).since, window.until))
        newest = max((piece.newest for piece in pieces.values() if piece.newest), default=window.since)
        settled = newest.replace(hour=0, minute=0, second=0, microsecond=0) - late_days * _DAY
        kept_days = {
            day for day, piece in pieces.items()
            if piece.done and days[day].since < settled and (piece.until or window.since) >= days[day].until
            and piece.counted == counts.get(day, 0)
        }  # fmt: skip
        return [self._task(day, days[day], counts.get(day, 0)) for day in days if day not in fresh | kept_days]

    def _task(self, day: str, span: Window, counted: int) -> Task:
        where = f"`{self.system.table}` on {day}"
        run = partial(self._read_day, span, counted)
        return Task(self.source, day, self.system.frames, (self.source,), run, where, self.right, span.until)

    def _counts(self, window: Window) -> dict[str, int]:
        found: dict[str, int] = {}
        for rows in self._queries.batches(self.system.counts(), window.parameters()):
            for day, n in frame_of(rows).select("day", "n").iter_rows():
                found[f"{day:%Y-%m-%d}" if isinstance(day, date) else str(day)[:10]] = int(n)
        return found

    def _read_day(self, span: Window, counted: int, sink: Sink) -> None:
        sink.counted = 0
        if not counted:
            return
        for rows in self._batches(span):
            sink.counted += rows.height
            self._put(rows, sink)
        if sink.counted < counted:
            said = f"{sink.counted} of {counted} rows came"
            sink.note(f"`{self.system.table}` on {span.since:%Y-%m-%d}", CUT, said)
        for column in sorted(self._without):
            said = f"without `{column}`, which this workspace does not have"
            sink.note(f"`{self.system.table}`", LIMITED if column in _GRAVE else NOTED, said)

    def _put(self, rows: pl.DataFrame, sink: Sink) -> None:
        nameless = rows.filter(pl.any_horizontal(pl.col(self.system.key).is_null())).height
        if nameless:
            said = f"rows without {' or '.join(self.system.key)} left out"
            sink.note(f"`{self.system.table}`", LIMITED, said)
            rows = rows.drop_nulls(self.system.key)
        newest = cast("datetime | None", rows[self.system.at].max())
        if newest is not None:
            newest = newest.replace(tzinfo=UTC) if newest.tzinfo is None else newest.astimezone(UTC)
            sink.newest = max(sink.newest or newest, newest)
        sink.add_frame(self.source, kept(self.source, rows, self._redactor))

    def _batches(self, span: Window) -> Iterator[pl.DataFrame]:
        while True:
            without = self._without
            started = False
            try:
                for rows in self._queries.batches(self.system.rows(without), span.parameters()):
                    started = True
                    yield frame_of(rows)
            except WorkspaceError as error:
                lacking = _LACKING.search(error.said)
                column = (lacking[1] if lacking else "").rsplit(".", 1)[-1].lower()
                if started or column not in self.system.optional or column in without:
                    raise
                with self._lock:
                    self._without |= {column}
            else:
                return


def frame_of(rows: Any) -> pl.DataFrame:  # noqa: ANN401 - an Arrow table; pyarrow is optional
    """Give Arrow rows as a frame."""
    found: Any = cast("Any", pl).from_arrow(rows)
    return cast("pl.DataFrame", found)


def tag_reading(queries: Queries, me: str) -> list[Task]:
    """Give the tasks that read tags by SQL."""
    return [
        Task(
            source, "all", ("tags",), (source,), partial(_tags, queries, source),
            f"`system.information_schema.{source}`",
            _read_right(f"system.information_schema.{source}", me),
        )
        for source in TAG_VIEWS
    ]  # fmt: skip


def _tags(queries: Queries, source: str, sink: Sink) -> None:
    columns = ", ".join((*TAG_VIEWS[source], "tag_name", "tag_value"))
    parameters: Mapping[str, object] = {}
    for rows in queries.batches(f"SELECT {columns} FROM system.information_schema.{source}", parameters):  # noqa: S608 - names of ours
        sink.add_frame(source, frame_of(rows))


def _read_right(table: str, me: str) -> str:
    """Give the GRANTs that let us read a system table."""
    catalog, schema, _ = table.split(".")
    wanted = (
        ("USE_CATALOG", "CATALOG", catalog),
        ("USE_SCHEMA", "SCHEMA", f"{catalog}.{schema}"),
        ("SELECT", "TABLE", table),
    )
    return " ".join(grant_text([privilege], kind, name, me) for privilege, kind, name in wanted)
