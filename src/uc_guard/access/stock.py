"""What the holdings of many subjects have in common: groups, rows, reach and place, each in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.access.effective import PAIR, ROW, SECURABLE, World, given_by, groups_of, implications, reach
from uc_guard.model.privilege import ALL_PRIVILEGES, OWNER, PRIVILEGES, implied

if TYPE_CHECKING:
    from collections.abc import Collection

_DERIVED = ("co-requisite", "usage-chain")


@dataclass(frozen=True, slots=True, eq=False)
class Stock:
    """Everything that holdings are put together from.

    Attributes:
        ways: How each subject comes to each of its groups, itself first: `q` (the subject's place among the sorted),
            `g` (the group's number), `principal`, `path`.
        rows: The rows of these groups, numbered in the order of the result: `r`, `row` (its number in the world), `g`,
            the columns of ROW, `reach`; `k` and `m` (numbers of its catalog and schema), `kc` (of its catalog and what
            is stored there); `into`, `through`, `within` (it gives USE CATALOG, USE SCHEMA in the whole catalog, USE
            SCHEMA on its schema); `free` (no USE is asked for), `alone` (nor USE SCHEMA), `at_catalog`.
        inside: `m`, `kc`: the rows on catalogs that reach something in a schema.
        served: `q`, `row`: the needs that the row covers for that subject, and their evidence.
    """

    ways: pl.DataFrame
    rows: pl.DataFrame
    inside: pl.DataFrame
    served: pl.DataFrame


def stock(home: World, subjects: Collection[str], needs: pl.DataFrame) -> Stock:
    """Collect what the holdings of these subjects are put together from."""
    people = pl.DataFrame({"principal": sorted(subjects)}, schema={"principal": pl.String}).with_row_index("q")
    groups = groups_of(home, people["principal"]).join(people, on="principal")
    numbers = groups.select(grantee="group").unique().with_row_index("g")
    ways = groups.join(numbers, left_on="group", right_on="grantee").sort("q", "g")
    rows = home.rows.select(ROW).with_row_index("row").join(numbers, on="grantee")
    rows = reach(home, rows).sort("at_type", "at", "by", "grantee").with_row_index("r")
    rows, inside = _located(rows, home)
    return Stock(ways.select("q", "g", "principal", "path"), rows, inside, _served(home, people, needs))


def _located(rows: pl.DataFrame, home: World) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add what decides about USE on the way, and give what rows on catalogs reach in schemas."""
    places = home.securables
    for column, number in (("catalog", "k"), ("schema", "m")):
        places = places.join(places.select(column).drop_nulls().unique().with_row_index(number), on=column, how="left")
    classes = _classes(rows)
    place_code = pl.col("k") * pl.lit(max(classes.height, 1), pl.UInt32) + pl.col("c")
    at = places.select("k", "m", at_type="securable_type", at="securable")
    found = rows.join(at, on=["at_type", "at"], how="left", maintain_order="left")
    found = found.join(classes, on=["by", "at_type"], how="left", maintain_order="left")
    found = found.with_columns(kc=pl.when("at_catalog").then(place_code))
    kinds = places.filter(pl.col("m").is_not_null()).select("securable_type", "kind", "k", "m").unique()
    on_catalog = classes.filter("at_catalog")
    gives = implications(on_catalog, kinds).select("by", "at_type", "securable_type", "kind").unique()
    gives = gives.join(on_catalog.select("by", "at_type", "c"), on=["by", "at_type"])
    inside = gives.join(kinds, on=["securable_type", "kind"]).select("m", kc=place_code).unique()
    return found, inside


def _classes(rows: pl.DataFrame) -> pl.DataFrame:
    """Tell of each kind of row (`by`, `at_type`, numbered `c`) what USE it gives, and what USE it asks for."""
    classes = rows.select("by", "at_type").unique().with_row_index("c")
    uses = implications(classes, pl.DataFrame({"securable_type": ["CATALOG", "SCHEMA"], "kind": ["", ""]}))
    uses = uses.filter(pl.col("privilege") == "USE_" + pl.col("securable_type"))
    for name, at, on in (
        ("into", "CATALOG", "CATALOG"), ("through", "CATALOG", "SCHEMA"), ("within", "SCHEMA", "SCHEMA"),
    ):  # fmt: skip
        hit = uses.filter((pl.col("at_type") == at) & (pl.col("securable_type") == on)).select("by", "at_type").unique()
        classes = classes.join(hit.with_columns(pl.lit(value=True).alias(name)), on=["by", "at_type"], how="left")
    on_catalog = [name for name in (*PRIVILEGES, ALL_PRIVILEGES) if implied(name, "CATALOG", "CATALOG")]
    return classes.with_columns(
        pl.col("into", "through", "within").fill_null(value=False),
        free=pl.col("by").is_in([name for name, row in PRIVILEGES.items() if not row.usage]),
        alone=pl.col("by").is_in([*on_catalog, OWNER]),
        at_catalog=pl.col("at_type") == "CATALOG",
    )


def _served(home: World, people: pl.DataFrame, needs: pl.DataFrame) -> pl.DataFrame:
    """Count the needs that each row covers for each subject, with their evidence."""
    # INVARIANT: needs on securables that are no more are not counted: they are in no row's reach.
    own = needs.join(people, on="principal").join(home.securables, on=SECURABLE, how="semi")
    spots = own.select(SECURABLE).unique().with_row_index("spot")
    facts = own.join(spots, on=SECURABLE, how="left", maintain_order="left").with_row_index("t")
    facts = facts.select(
        "t", "q", "spot", "uses", "first_at", "last_at",
        must=pl.col("certainty") == "must", derived=pl.col("reason").is_in(_DERIVED),
    )  # fmt: skip
    found = [_counted(pl.DataFrame(schema={"t": pl.UInt32, "r": pl.UInt32}), facts)]
    return pl.concat([*found, *(_counted(hits, facts) for hits in given_by(home, own.select(PAIR)))])


def _counted(hits: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    plain = pl.col("uses").filter(~pl.col("derived"))
    derived = pl.col("uses").filter("derived")
    # A statement shows a privilege and what goes with it at once: on one securable the greatest count stands for all,
    # and what is derived adds nothing to what it is derived from.
    places = (
        hits.rename({"r": "row"})
        .join(facts, on="t")
        .group_by("q", "row", "spot")
        .agg(
            reach_used=pl.col("must").sum(),
            reach_may=pl.len(),
            plain=plain.max().fill_null(0),
            derived=derived.max().fill_null(0),
            first_at=pl.col("first_at").min(),
            last_at=pl.col("last_at").max(),
        )
    )
    return places.group_by("q", "row").agg(
        pl.col("reach_used", "reach_may").sum().cast(pl.Int64),
        pl.col("first_at").min(),
        pl.col("last_at").max(),
        uses=pl.max_horizontal(pl.col("plain").sum(), pl.col("derived").max()).cast(pl.Int64),
    )
