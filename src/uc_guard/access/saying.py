"""Holdings in words: spelt once for each row, way and served need, and only joined for each holding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.access.effective import pair_code
from uc_guard.access.required import unobservable
from uc_guard.model.privilege import ALL_PRIVILEGES, EVERYONE, OWNER, PRIVILEGES

if TYPE_CHECKING:
    from uc_guard.access.stock import Stock
    from uc_guard.snapshot import Snapshot


@dataclass(frozen=True, slots=True, eq=False)
class Spelt:
    """A stock in words.

    Attributes:
        ways: The stock's, with `origin`, `anything` (the subject could have used all that it holds) and `start`.
        rows: The stock's, with `quiet` (the verdict where the row serves no need) and `i`: `texts` has the sentence of
            a way and a row that serves no need at `start` + `i`.
        inside: The stock's.
        served: The stock's, with `key` (the subject's and the row's number in one), `reach_may`, `idle_days`, `verdict`
            and `text`: where `texts` has the sentence.
        texts: The sentences. Members of a group share them: ten million holdings have a few millions.
    """

    ways: pl.DataFrame
    rows: pl.DataFrame
    inside: pl.DataFrame
    served: pl.DataFrame
    texts: pl.Series


def spell(plain: Stock, snapshot: Snapshot, opaque: pl.DataFrame) -> Spelt:
    """Put into words what holdings have in common."""
    anything = opaque.filter(pl.col("may").is_null())["principal"].unique()
    ways = _say_ways(plain.ways).with_columns(anything=pl.col("principal").is_in(anything.implode()))
    rows = _say_rows(plain.rows, snapshot).with_columns(i=pl.int_range(pl.len(), dtype=pl.Int64).over("g"))
    alike = ["g", "comes", "owns", "anything"]
    kinds = ways.select(alike).unique().join(rows.group_by("g").agg(n=pl.len().cast(pl.Int64)), on="g")
    kinds = kinds.with_columns(start=pl.col("n").cum_sum() - pl.col("n"))
    each = kinds.join(rows.select("g", "i", "r"), on="g").sort(pl.col("start") + pl.col("i"))
    each = pl.concat([each.select("comes", "owns", "anything"), rows[each["r"]]], how="horizontal")
    silent = each.select(_sentence(pl.when(_blind()).then("open").otherwise("unserved"))).to_series()
    served = _say_served(plain.served.join(rows, on="row").join(ways, on=["q", "g"]), snapshot)
    texts = pl.concat([silent, served.select(_sentence(pl.col("said"))).to_series()], rechunk=True)
    counts = ("reach_used", "reach_may", "uses", "first_at", "last_at", "idle_days", "verdict")
    served = served.select(pair_code("q", "r").alias("key"), "q", *counts, text=pl.int_range(pl.len()) + silent.len())
    ways = ways.join(kinds.select(*alike, "start"), on=alike, how="left", maintain_order="left")
    return Spelt(ways.drop("comes", "owns"), rows.drop("named", "unserved", "open"), plain.inside, served, texts)


def _sentence(said: pl.Expr) -> pl.Expr:
    comes = pl.when(pl.col("by") == OWNER).then("owns").otherwise("comes")
    return pl.concat_str("named", comes, said).alias("why")


def _blind() -> pl.Expr:
    return pl.col("anything") & (pl.col("reach") > 0)


def _say_rows(rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
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


def _say_ways(ways: pl.DataFrame) -> pl.DataFrame:
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


def _say_served(served: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Add `idle_days`, `verdict` and `said` to what rows are needed for; who could have used anything may need all."""
    served = served.with_columns(
        reach_may=pl.when("anything").then("reach").otherwise("reach_may"),
        idle_days=(pl.lit(snapshot.manifest.until) - pl.col("last_at")).dt.total_days(),
    )
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
