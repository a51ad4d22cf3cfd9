"""The query history by REST, a day at a time, where no SQL reads the system table."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.capture.fields import FIELDS, picked
from uc_guard.capture.ledger import LIMITED, NOTED, Gap
from uc_guard.capture.parts import FLUSH_ROWS, drop_part
from uc_guard.capture.systems import kept
from uc_guard.capture.tasks import Task
from uc_guard.workspace.rest import HISTORY

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from uc_guard.capture.ledger import Ledger
    from uc_guard.capture.logs import Window
    from uc_guard.capture.systems import Redactor
    from uc_guard.capture.tasks import Sink
    from uc_guard.workspace.rest import Rest

JOB, SOURCE = "history_by_rest", "query_history"
REACH_DAYS = 30
"""Days that the listing reaches back."""
_PAGE = 999


def history_tasks(
    rest: Rest, window: Window, home: Path, ledger: Ledger, redactor: Redactor | None, late_days: int
) -> list[Task]:
    """Give the tasks of the days that have to be read; days outside the window are taken away."""
    days = dict(window.days())
    gone = set(ledger.pieces(JOB)) - days.keys()
    for day in gone:
        drop_part(home, SOURCE, day)
    ledger.forget(JOB, gone)
    recent = {day for day, _ in [*days.items()][-1 - late_days :]}
    pieces = ledger.pieces(JOB)
    settled = {
        day for day, piece in pieces.items() if piece.done and day not in recent and piece.until == days[day].until
    }
    return [
        Task(
            JOB, day, ("statements",), (SOURCE,), partial(_read, rest, span, redactor), f"the query history of {day}",
            until=span.until,
        )
        for day, span in days.items() if day not in settled
    ]  # fmt: skip


def history_limits(window: Window, taken_at: datetime, *, admin: bool) -> list[Gap]:
    """Tell what the listing cannot hold."""
    told = [(NOTED, "it holds statements of SQL warehouses only; name a warehouse, to read the system table")]
    if (taken_at - window.since).total_seconds() > (REACH_DAYS + 1) * 86_400:
        told.append((LIMITED, f"it reaches back {REACH_DAYS} days only; name a warehouse, or a shorter window"))
    if not admin:
        told.append((LIMITED, "it shows the statements of others to admins of the workspace only, and we are none"))
    return [Gap(("statements",), "the query history by REST", kind, said) for kind, said in told]


def _read(rest: Rest, span: Window, redactor: Redactor | None, sink: Sink) -> None:
    asked = {
        "max_results": _PAGE,
        "filter_by.query_start_time_range.start_time_ms": int(span.since.timestamp() * 1000),
        "filter_by.query_start_time_range.end_time_ms": int(span.until.timestamp() * 1000),
    }
    rows: list[tuple[str | None, ...]] = []
    for row in rest.pages(HISTORY, "res", asked):
        if row.get("query_id") and row.get("query_start_time_ms"):
            rows.append(picked(SOURCE, {**row, "status": row.get("status") or "UNKNOWN"}))
        else:
            sink.note("the query history by REST", LIMITED, "statements without an id or a start left out")
        if len(rows) >= FLUSH_ROWS:
            _flush(rows, redactor, sink)
    _flush(rows, redactor, sink)


def _flush(rows: list[tuple[str | None, ...]], redactor: Redactor | None, sink: Sink) -> None:
    if rows:
        frame = pl.DataFrame(rows, dict.fromkeys(FIELDS[SOURCE], pl.String), orient="row")
        native = frame.rename({"query_text": "statement_text"})
        sink.add_frame(SOURCE, kept(SOURCE, native, redactor))
        rows.clear()
