"""What subjects hold, by which row, and whether anything of it was used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.access.effective import World, pair_code
from uc_guard.access.saying import Spelt, spell
from uc_guard.access.stock import stock
from uc_guard.model.privilege import OWNER

if TYPE_CHECKING:
    from collections.abc import Collection

    from uc_guard.snapshot import Snapshot

_AT_ONCE = 250


def holdings(
    snapshot: Snapshot, home: World, subjects: Collection[str], needs: pl.DataFrame, opaque: pl.DataFrame
) -> pl.DataFrame:
    """Give every way in which the subjects hold a privilege (contract HOLDINGS).

    Args:
        snapshot: The workspace.
        home: Its world.
        subjects: The principals under audit.
        needs: Contract NEEDS.
        opaque: Contract OPAQUE: who could have used anything may have used all that it holds.
    """
    names = sorted(frozenset(subjects))
    whole = spell(stock(home, names, needs), snapshot, opaque)
    parts = [tables.HOLDINGS.empty()]
    for start in range(0, len(names), _AT_ONCE):
        # INVARIANT: beside the result, only the rows of a limited number of subjects are in memory at a time.
        now = pl.col("q").is_between(start, start + _AT_ONCE - 1)
        parts.append(_part(whole, whole.ways.filter(now), whole.served.filter(now)))
    return pl.concat(parts)


def _part(whole: Spelt, ways: pl.DataFrame, served: pl.DataFrame) -> pl.DataFrame:
    numbered = ways.select("q", "g").with_row_index("w")
    held = numbered.join(whole.rows.select("g", "r"), on="g").with_columns(key=pair_code("q", "r")).sort("key")
    rows, way = whole.rows[held["r"]], ways.drop("q", "g")[held["w"]]
    known = held.select("key").join(served.drop("q"), on="key", how="left", maintain_order="left")
    facts = pl.concat([held.select("q", usable=_usable(held, rows, whole.inside)), rows, way, known], how="horizontal")
    blind = pl.col("anything") & (pl.col("reach") > 0)
    return facts.select(
        "principal", "grantee", "path", "reach", "usable", "first_at", "last_at", "idle_days",
        pl.col("reach_used", "uses").fill_null(0),
        privilege="by", securable_type="at_type", securable="at",
        origin=pl.when(pl.col("by") == OWNER).then(pl.lit("owner")).otherwise("origin"),
        reach_may=pl.coalesce("reach_may", pl.when(blind).then("reach").otherwise(0)),
        verdict=pl.coalesce("verdict", pl.when(blind).then(pl.lit("held")).otherwise("quiet")),
        # Gathered, the sentences that holdings share are in memory once; any other way to choose would copy them.
        why=pl.lit(whole.texts).gather(pl.coalesce("text", pl.col("start") + pl.col("i"))),
    ).select(*tables.HOLDINGS.columns)  # fmt: skip


def _usable(held: pl.DataFrame, rows: pl.DataFrame, inside: pl.DataFrame) -> pl.Series:
    """Tell whether USE CATALOG and USE SCHEMA stand on the way to at least one securable in each row's reach."""
    facts = held.select("q").with_columns(
        rows.select("reach", "k", "m", "kc", "into", "through", "within", "free", "alone", "at_catalog")
    )
    schemas = facts.filter("within").select("q", "m").unique()
    reached = schemas.join(inside, on="m").select(pair_code("q", "kc")).unique().to_series()
    use = {
        name: pair_code("q", to).is_in(facts.filter(name).select(pair_code("q", to).unique()).to_series().implode())
        for name, to in (("into", "k"), ("through", "k"), ("within", "m"))
    }
    use["inside"] = pair_code("q", "kc").is_in(reached.implode())
    into, through, within, inner = (
        use[name].fill_null(value=False) for name in ("into", "through", "within", "inside")
    )
    below = pl.when("at_catalog").then(pl.col("alone") | through | inner).otherwise(within | through)
    stands = pl.col("free") | pl.col("k").is_null() | (into & below)
    return facts.select(usable=(pl.col("reach") > 0) & stands).to_series()
