"""The privilege creep index: how much of what a principal holds nothing needs, by weight, 0 to 100."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.access.effective import PAIR, SECURABLE, World, can, populations
from uc_guard.access.ledger import distinct_places
from uc_guard.model.privilege import PRIVILEGES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

POINTS: Mapping[str, int] = MappingProxyType(
    {"metadata": 1, "use": 1, "read": 2, "execute": 2, "file": 2, "create": 3, "write": 4, "admin": 8}
)
"""Points of one pair, by what its privilege lets one do."""

SENSITIVE = 4
"""A pair on a sensitive securable counts so many times."""

BASE = 20
"""Points that every principal is taken to hold and need besides: one idle right alone is little creep."""


def points_of(privilege: str) -> int:
    """Give the points of one pair; a privilege that is not known counts as one to read."""
    known = PRIVILEGES.get(privilege)
    if known is None:
        return POINTS["read"]
    return POINTS["write" if known.name.startswith("WRITE_") else known.family]


def creep(
    before: World, after: World, needs: pl.DataFrame, principals: Collection[str], sensitive: pl.DataFrame
) -> pl.DataFrame:
    """Give the index of each principal, today and once a plan has run.

    Args:
        before: The world today.
        after: The world once the plan has run.
        needs: Contract NEEDS.
        principals: Who is asked about.
        sensitive: The columns of SECURABLE: what counts more.

    Returns:
        Contract CREEP, one row for each principal, sorted.
    """
    asked = needs.filter(pl.col("principal").is_in(list(principals))).select(PAIR).unique()
    today = _points(before, asked, principals, sensitive)
    then = _points(after, asked, principals, sensitive).rename({"held": "held_after", "unused": "unused_after"})
    return (
        today.join(then, on="principal", maintain_order="left")
        .with_columns(index_before=_index("unused", "held"), index_after=_index("unused_after", "held_after"))
        .select(*tables.CREEP.columns)
    )


def estate_index(creep: pl.DataFrame) -> tuple[float, float]:
    """Give the index of all principals together, today and once the plan has run: their mean, by points."""
    unused, held, unused_after, held_after = creep.select(
        pl.col("unused", "held", "unused_after", "held_after").sum()
    ).row(0)
    base = BASE * max(creep.height, 1)
    return 100.0 * unused / (held + base), 100.0 * unused_after / (held_after + base)


def _points(world: World, needs: pl.DataFrame, principals: Collection[str], sensitive: pl.DataFrame) -> pl.DataFrame:
    """Give `principal`, `held` and `unused`, in points."""
    people = pl.DataFrame({"principal": sorted(set(principals))}, schema={"principal": pl.String})
    held = _weighed(_held(world, principals, sensitive), "held")
    # INVARIANT: a need of something that is no more is in nobody's reach.
    present = needs.join(world.securables, on=SECURABLE, how="semi")
    marked = sensitive.select(SECURABLE).unique().with_columns(marked=pl.lit(1, pl.Int64))
    needed = can(world, present).filter("can").join(marked, on=SECURABLE, how="left")
    needed = needed.with_columns(n=pl.lit(1, pl.Int64), marked=pl.col("marked").fill_null(0))
    found = people.join(held, on="principal", how="left").join(_weighed(needed, "needed"), on="principal", how="left")
    found = found.with_columns(pl.col("held", "needed").fill_null(0)).sort("principal")
    return found.select("principal", "held", unused=pl.col("held") - pl.col("needed"))


def _held(world: World, principals: Collection[str], sensitive: pl.DataFrame) -> pl.DataFrame:
    """Count the distinct pairs held, and those on sensitive securables: `principal`, `privilege`, `n`, `marked`."""
    on = ["at_type", "at", "on_type", "kind"]
    every = populations(world.securables).rename({"securable_type": "on_type"})
    some = populations(world.securables.join(sensitive, on=SECURABLE, how="semi"))
    some = some.rename({"securable_type": "on_type", "n": "marked"})
    counted = distinct_places(world, principals).join(every, on=on).join(some, on=on, how="left")
    return counted.with_columns(pl.col("n").cast(pl.Int64), pl.col("marked").cast(pl.Int64).fill_null(0))


def _weighed(pairs: pl.DataFrame, name: str) -> pl.DataFrame:
    """Sum the points of pairs (`principal`, `privilege`, `n`, `marked`) by principal."""
    words = pairs["privilege"].unique().sort().to_list()
    points = pl.DataFrame(
        {"privilege": words, "points": [points_of(word) for word in words]},
        schema={"privilege": pl.String, "points": pl.Int64},
    )
    weight = pl.col("points") * (pl.col("n") + (SENSITIVE - 1) * pl.col("marked"))
    return pairs.join(points, on="privilege").group_by("principal").agg(weight.sum().alias(name))


def _index(unused: str, held: str) -> pl.Expr:
    return 100.0 * pl.col(unused) / (pl.col(held) + BASE)
