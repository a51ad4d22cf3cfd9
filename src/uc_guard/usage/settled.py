"""Rows that need not be read again: what they use follows from their own part of the log, which an earlier run read."""

from __future__ import annotations

import polars as pl

_FACT, _SESSION = pl.col("fact"), pl.col("session")


def is_open(rows: pl.DataFrame) -> pl.Series:
    """Tell which rows are to be read: those without a fact, and all of each session that is not settled as a whole.

    Args:
        rows: As `Rows` has them, without statements that have several rows.
    """
    if rows["fact"].null_count() == rows.height:
        return pl.repeat(value=True, n=rows.height, dtype=pl.Boolean, eager=True)
    unknown = rows.filter(_FACT.is_null())["session"]
    sessions = pl.concat([_in_several_parts(rows), unknown]).unique().drop_nulls()
    return rows.select(_FACT.is_null() | _SESSION.is_in(sessions.implode()).fill_null(value=False)).to_series()


def settled(rows: pl.DataFrame) -> pl.DataFrame:
    """Take the facts from rows whose sessions stand in several parts: a later log can hold some of these alone.

    Args:
        rows: `part`, `session` and `fact`.
    """
    reaches = _SESSION.is_in(_in_several_parts(rows).implode()).fill_null(value=False)
    return rows.with_columns(fact=pl.when(~reaches).then(_FACT))


def _in_several_parts(rows: pl.DataFrame) -> pl.Series:
    """Give the sessions that stand in several parts."""
    seen = rows.select("session", "part").unique()["session"]
    return seen.filter(seen.is_duplicated()).drop_nulls().unique()
