"""Holdings in words: spelt once for each row, way and served need, and only joined for each holding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard.access.required import unobservable
from uc_guard.model.privilege import ALL_PRIVILEGES, EVERYONE, OWNER, PRIVILEGES

if TYPE_CHECKING:
    from uc_guard.snapshot import Snapshot


def say_rows(rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Add `named` (the row in words), `quiet` and `unserved` (the verdict where it serves no need, and why), `open`.

    `open` is the sentence where its holder could have used anything.
    """
    spoken = pl.col("by").str.replace_all("_", " ")
    kind = pl.col("at_type").str.replace_all("_", " ").str.to_lowercase()
    doubt = _doubt(snapshot)
    return rows.with_columns(
        named=pl.format("{} on {} {}, ", spoken, kind, pl.col("at")),
        quiet=pl.when(doubt.is_not_null()).then(pl.lit("unknown")).otherwise(pl.lit("unused")),
        unserved=pl.when(doubt.is_not_null())
        .then(pl.format(": not judged: {}", doubt))
        .otherwise(pl.format(": none of the {} it gives was needed", "reach")),
        open=pl.format(": none surely needed, {} of the {} it gives may have been", "reach", "reach"),
    )


def say_ways(ways: pl.DataFrame) -> pl.DataFrame:
    """Add `origin` and `comes` (how what the group is granted comes), and `owns` (how what it owns does)."""
    chain = pl.col("path").list.slice(1).list.join(" in ")
    direct = pl.col("path").list.len() == 1
    origin = (
        pl.when(direct)
        .then(pl.lit("direct"))
        .when(pl.col("path").list.contains(EVERYONE))
        .then(pl.lit("everyone"))
        .otherwise(pl.lit("group"))
    )
    comes = (
        pl.when(pl.col("origin") == "everyone")
        .then(pl.lit("granted to everybody in the account"))
        .when(pl.col("origin") == "group")
        .then(pl.format("through group {}", chain))
        .otherwise(pl.lit("granted directly"))
    )
    owns = pl.when(direct).then(pl.lit("as its owner")).otherwise(pl.format("owned by group {}", chain))
    return ways.with_columns(origin=origin).with_columns(comes=comes, owns=owns)


def say_served(served: pl.DataFrame) -> pl.DataFrame:
    """Add `verdict` and `said` to what rows are needed for: `reach`, `reach_used`, `reach_may`, `idle_days`."""
    count = pl.format("{} of the {} it gives", "reach_used", "reach")
    days = pl.format("{} days before the window's end", pl.col("idle_days").fill_null(0))
    may = pl.format(": none surely needed, {} of the {} it gives may have been", "reach_may", "reach")
    sure = pl.col("reach_used") > 0
    return served.with_columns(
        verdict=pl.when(sure).then(pl.lit("used")).otherwise(pl.lit("held")),
        said=pl.when(sure).then(pl.format(": {} needed, last {}", count, days)).otherwise(may),
    )


def _doubt(snapshot: Snapshot) -> pl.Expr:
    """Give why nothing is said of a row that serves no need."""
    lacking = [name for name in ("grants", "members", "objects", "statements") if not snapshot.has(name)]
    if not (snapshot.has("table_lineage") or snapshot.has("access_events")):
        lacking.append("table_lineage or access_events")
    return (
        pl.when(~pl.col("by").is_in([*PRIVILEGES, ALL_PRIVILEGES, OWNER]))
        .then(pl.lit("nobody knows this privilege"))
        .when(pl.col("by").is_in(list(unobservable(snapshot))))
        .then(pl.lit("no source at hand would show its use"))
        .when(pl.lit(bool(lacking)))
        .then(pl.lit("the snapshot lacks " + ", ".join(lacking)))
    )
