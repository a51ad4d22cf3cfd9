"""The log of a snapshot, its lineage and its audit events, as usage."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.events import read_events
from uc_guard.usage.evidence import latest_first
from uc_guard.usage.reading import read_rows
from uc_guard.usage.rows import Folder, Log
from uc_guard.usage.summary import event_opaque, event_usage, lineage_usage, opaque_of, outcomes_of, usage_of
from uc_guard.usage.workers import Readers

if TYPE_CHECKING:
    from collections.abc import Callable

    from uc_guard.snapshot import Snapshot
    from uc_guard.sql.extract import Catalog

    Progress = Callable[[str, int, int], None]

_PART = 131_072


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


def read_log(snapshot: Snapshot, catalog: Catalog, progress: Progress | None = None) -> Reading:
    """Read every statement, lineage row and file event of a snapshot.

    Args:
        snapshot: The workspace.
        catalog: Its tables, views and functions, for the extraction.
        progress: Called with (what, done, total) now and then.
    """
    statements = snapshot.frame("statements")
    log = Log([_slice(statements, start) for start in range(0, statements.height, _PART)])
    folder = Folder((secrets.randbits(64), secrets.randbits(64)))
    for part in log.parts:
        folder.add(part())
    folded = folder.rows()
    with Readers(catalog) as readers:
        found = read_rows(log, folded, lambda tasks: readers.read(tasks, _told(progress, len(tasks))))
    rows, facts = latest_first(found.rows), found.facts
    lineage = snapshot.frame("table_lineage")
    unclear = rows.filter(pl.col("fact").is_in([n for n, fact in enumerate(facts) if fact.opaque]))
    understood = rows.select(statement_id="id").join(unclear.select(statement_id="id"), on="statement_id", how="anti")
    # What the platform's lineage knows of a statement closes it, whatever its text hides.
    dark = unclear.join(lineage.select(id="statement_id").unique(), on="id", how="anti")
    events, unnamed = read_events(snapshot)
    usage = pl.concat([usage_of(rows, facts), lineage_usage(lineage, understood), event_usage(events)])
    return Reading(
        usage=usage.sort(tables.USAGE.key),
        opaque=pl.concat([opaque_of(dark, facts), event_opaque(unnamed)]),
        outcomes=outcomes_of(rows, dark, folded.computes, facts),
    )


def _slice(statements: pl.DataFrame, start: int) -> Callable[[], pl.DataFrame]:
    return lambda: statements.slice(start, _PART)


def _told(progress: Progress | None, total: int) -> Callable[[int], None] | None:
    return None if progress is None else lambda done: progress("reading statements", done, total)
