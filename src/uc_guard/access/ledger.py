"""How much each principal holds: distinct (privilege, securable) pairs, however many rows give them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.access.effective import PAIR, SECURABLE, World, ancestors, can, holders, implications, populations

if TYPE_CHECKING:
    from collections.abc import Collection

_GIVEN = ("principal", "privilege", "on_type", "kind")


def held_pairs(world: World, principals: Collection[str]) -> pl.DataFrame:
    """Count the distinct pairs that each principal holds, by rows and by ownership.

    Returns:
        `principal`, `held`: one row for each principal asked about, sorted.
    """
    asked = pl.DataFrame({"principal": sorted(set(principals))}, schema={"principal": pl.String})
    counts = populations(world.securables).rename({"securable_type": "on_type"})
    distinct = distinct_places(world, principals).join(counts, on=["at_type", "at", "on_type", "kind"])
    held = distinct.group_by("principal").agg(held=pl.col("n").sum().cast(pl.Int64))
    return asked.join(held, on="principal", how="left").with_columns(pl.col("held").fill_null(0))


def distinct_places(world: World, principals: Collection[str]) -> pl.DataFrame:
    """Give where each principal holds which privilege on what kind of securable, none inside another.

    Returns:
        `principal`, `privilege`, `on_type`, `kind`, `at_type`, `at`: what stands at or inside each place, counted by
        `effective.populations`, are distinct pairs.
    """
    rows = holders(world, sorted(set(principals))).select("principal", "by", "at_type", "at").unique()
    counts = populations(world.securables).rename({"securable_type": "on_type"})
    gives = implications(rows, world.securables).rename({"securable_type": "on_type"})
    given = rows.join(gives, on=["by", "at_type"])
    given = given.join(counts, on=["at_type", "at", "on_type", "kind"], how="semi")
    places = given.select(*_GIVEN, "at_type", "at").unique()
    # A place whose container gives the same privilege on the same kind of securable adds nothing.
    above = ancestors(places.select(securable_type="at_type", securable="at").unique())
    above = above.filter((pl.col("at_type") != pl.col("securable_type")) | (pl.col("at") != pl.col("securable")))
    inner = places.join(above, left_on=["at_type", "at"], right_on=SECURABLE, suffix="_up")
    twice = inner.join(
        places, left_on=[*_GIVEN, "at_type_up", "at_up"], right_on=[*_GIVEN, "at_type", "at"], how="semi"
    )
    return places.join(twice, on=[*_GIVEN, "at_type", "at"], how="anti")


def ledger(before: World, after: World, needs: pl.DataFrame, principals: Collection[str]) -> pl.DataFrame:
    """Give the balance of each principal, in distinct pairs.

    Args:
        before: The world today.
        after: The world once a plan has run.
        needs: Contract NEEDS.
        principals: Who is asked about.

    Returns:
        Contract LEDGER.
    """
    asked = needs.filter(pl.col("principal").is_in(list(principals)))
    needed = can(before, asked.select(*PAIR, "certainty")).filter("can").unique(PAIR)
    counts = needed.group_by("principal").agg(
        used=(pl.col("certainty") == "must").sum().cast(pl.Int64), may=pl.len().cast(pl.Int64)
    )
    return (
        held_pairs(before, principals)
        .join(counts, on="principal", how="left")
        .join(held_pairs(after, principals).rename({"held": "after"}), on="principal")
        .with_columns(pl.col("used", "may").fill_null(0))
        .select(*tables.LEDGER.columns)
    )
