"""The log of a snapshot, its lineage and its audit events, as usage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.events import read_events
from uc_guard.pause import no_collecting
from uc_guard.usage.statements import ReadLog, parts_of, read_statements
from uc_guard.usage.summary import (
    event_opaque,
    event_usage,
    lineage_usage,
    opaque_of,
    outcomes_of,
    tells_of_a_use,
    usage_of,
)

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from uc_guard.snapshot import Snapshot
    from uc_guard.sql.extract import Catalog
    from uc_guard.usage.statements import FramePart, Progress


@dataclass(frozen=True, slots=True)
class Reading:
    """What a log says.

    Attributes:
        usage: Frame by contract `usage`: what was understood.
        opaque: Frame by contract `opaque`: what was not.
        outcomes: One row a principal: statements, understood, opaque, denied, failed (counts); reasons, computes
            (lists); first_at, last_at.
    """

    usage: pl.DataFrame
    opaque: pl.DataFrame
    outcomes: pl.DataFrame


@no_collecting()
def read_log(
    snapshot: Snapshot, catalog: Catalog, progress: Progress | None = None, cache: Path | None = None
) -> Reading:
    """Read every statement, lineage row and file event of a snapshot.

    Args:
        snapshot: The workspace.
        catalog: Its tables, views and functions, for the extraction.
        progress: Called with (what, done, total) now and then.
        cache: Folder in which readings are kept from run to run; None = nothing is kept.
    """
    with _read(snapshot, catalog, progress, cache) as read:
        return reading_of(snapshot, read)


@no_collecting()
def read_whole(
    snapshot: Snapshot, catalog: Catalog, progress: Progress | None = None, cache: Path | None = None
) -> ReadLog:
    """Read every statement of a snapshot, each by itself; arguments as for `read_log`."""
    with _read(snapshot, catalog, progress, cache) as read:
        return read


def part_of(read: ReadLog, snapshot: Snapshot) -> ReadLog:
    """Give what was read of the statements in the window of a snapshot; each keeps what its session did before."""
    window = pl.col("at").is_between(snapshot.manifest.since, snapshot.manifest.until, closed="left")
    found = replace(read.found, rows=read.found.rows.filter(window))
    return ReadLog(found, snapshot.frame("statements").select("principal", "compute").unique())


def reading_of(snapshot: Snapshot, read: ReadLog) -> Reading:
    """Give what the statements of a snapshot, its lineage and its file events say."""
    events, unnamed = read_events(snapshot)
    told = summarize(read, snapshot.frame("table_lineage"))
    usage = pl.concat([told.usage, event_usage(events)])
    return Reading(usage.sort(tables.USAGE.key), pl.concat([told.opaque, event_opaque(unnamed)]), told.outcomes)


@no_collecting()
def summarize(read: ReadLog, lineage: pl.DataFrame) -> Reading:
    """Give what statements and their lineage say."""
    rows, facts = read.found.rows, read.found.facts
    unclear = rows.filter(pl.col("fact").is_in([n for n, fact in enumerate(facts) if fact.opaque]))
    # What the platform's lineage knows of a statement closes it, whatever its text hides.
    told = lineage.filter(tells_of_a_use()).select(id="statement_id").unique()
    dark = unclear.join(told, on="id", how="anti") if told.height else unclear
    outcomes = outcomes_of(rows, dark, read.computes, facts)
    opaque = opaque_of(dark, facts).drop("witnessed_at")
    usage = usage_of(rows, facts).drop("witnessed_at")  # the largest comes last: beside it, nothing need be worked out
    if lineage.height:
        understood = rows.select(statement_id="id").join(
            unclear.select(statement_id="id"), on="statement_id", how="anti"
        )
        usage = pl.concat([usage, lineage_usage(lineage, understood)]).sort(tables.USAGE.key)
    return Reading(usage, opaque, outcomes)


def _read(
    snapshot: Snapshot, catalog: Catalog, progress: Progress | None, cache: Path | None
) -> AbstractContextManager[ReadLog]:
    return read_statements(_cut(snapshot.frame("statements"), by_day=cache is not None), catalog, cache, progress)


def _cut(statements: pl.DataFrame, *, by_day: bool) -> list[FramePart]:
    """Cut a frame: into the days that a later run will see again, or just so that each is small."""
    days = [statements]
    if by_day:
        day = pl.col("started_at").dt.date().alias("day")
        days = statements.sort("started_at", "statement_id").with_columns(day).partition_by("day", include_key=False)
        days.reverse()  # the latest is new, most often, and read in other processes while the others are loaded
    return [part for day in days for part in parts_of(day)]
