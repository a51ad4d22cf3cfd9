"""A log as acts: each statement and event by itself, with what it used."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from uc_guard.events import read_events
from uc_guard.usage.rows import OUTCOMES
from uc_guard.usage.summary import lineage_uses

if TYPE_CHECKING:
    from uc_guard.snapshot import Snapshot
    from uc_guard.sql.packed import PackedFact
    from uc_guard.usage.statements import ReadLog

USE = ("action", "securable_type", "securable", "source")
"""What an act did, as in contract `usage`."""

_WHO = ("id", "principal")
_ACT = (*_WHO, "at", "outcome", "source", "opaque")


class Acts(NamedTuple):
    """What was done, act by act.

    Attributes:
        acts: One row an act: `act` (its number), `id`, `principal`, `at`, `outcome` (ran, denied, failed), `source`
            (query_history; table_lineage or audit where no statement of the log shows it), `opaque` (it was not
            understood in full).
        does: Which sets of uses an act made: `act`, `set`.
        sets: What is in a set: `set` and the columns of USE.
    """

    acts: pl.DataFrame
    does: pl.DataFrame
    sets: pl.DataFrame


def acts_of(snapshot: Snapshot, read: ReadLog) -> Acts:
    """Give the acts of the statements of a snapshot, of its lineage and of its file events.

    Args:
        snapshot: The workspace; of its lineage and events, all are told.
        read: Its statements, as read.
    """
    said, sets = _statements(read), _sets(read.found.facts)
    opaque = [number for number, fact in enumerate(read.found.facts) if fact.opaque]
    said = said.with_columns(opaque=pl.col("set").is_in(opaque))
    lineage = snapshot.frame("table_lineage")
    seen = lineage_uses(lineage, said.filter(~pl.col("opaque")).select(statement_id="id"))
    # As for usage: what lineage knows of a statement closes it, whatever its text hides.
    said = said.with_columns(
        opaque=pl.col("opaque") & ~pl.col("id").is_in(lineage["statement_id"].drop_nulls().implode())
    )
    events, unnamed = read_events(snapshot)
    lineage_acts = seen.with_columns(outcome=pl.lit("ran"), source=pl.lit("table_lineage"), opaque=pl.lit(value=False))
    events = events.with_columns(source=pl.lit("audit"), opaque=pl.lit(value=False))
    blind = unnamed.with_columns(outcome=pl.lit("ran"), source=pl.lit("audit"), opaque=pl.lit(value=True))
    parts = [frame.select(_ACT) for frame in (said, lineage_acts, events, blind)]
    acts = _together(pl.concat(parts)).with_row_index("act")
    others = pl.concat([frame.select(*_WHO, *USE) for frame in (lineage_acts, events)])
    named = others.select(USE).unique(maintain_order=True).with_row_index("set", offset=len(read.found.facts))
    did = [said.select(*_WHO, "set"), others.join(named, on=USE).select(*_WHO, "set")]
    does = pl.concat(did).join(acts.select("act", *_WHO), on=_WHO).select("act", "set").unique()
    return Acts(acts, does, pl.concat([sets, named.select(sets.columns)]))


def _statements(read: ReadLog) -> pl.DataFrame:
    words = pl.col("outcome").replace_strict(list(range(len(OUTCOMES))), list(OUTCOMES), return_dtype=pl.String)
    return read.found.rows.select(
        "id", pl.col("principal").cast(pl.String), "at", outcome=words,
        set=pl.col("fact").cast(pl.UInt32), source=pl.lit("query_history"),
    )  # fmt: skip


def _sets(facts: list[PackedFact]) -> pl.DataFrame:
    rows = [(number, *use[:3], "query_history") for number, fact in enumerate(facts) for use in fact.uses]
    schema = {"set": pl.UInt32, **dict.fromkeys(USE, pl.String)}
    return pl.DataFrame(rows, schema=schema, orient="row").unique()


def _together(acts: pl.DataFrame) -> pl.DataFrame:
    """Give one row an act: several rows of lineage or audit are one; what a statement's own row says of it leads."""
    order = pl.col("source").replace_strict({"query_history": 0, "table_lineage": 1, "audit": 2}, return_dtype=pl.Int8)
    ordered = acts.with_columns(order=order).sort(*_WHO, "order", "at", "outcome")
    whole = ordered.group_by(_WHO, maintain_order=True).agg(
        pl.col("at", "outcome", "source").first(), pl.col("opaque").any()
    )
    return whole.select(_ACT).sort("at", *_WHO)
