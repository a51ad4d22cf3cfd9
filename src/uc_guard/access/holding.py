"""What subjects hold, by which row, and whether anything of it was used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.access.effective import PAIR, ROW, SECURABLE, World, covering, holders, implications, placed, reach
from uc_guard.access.required import unobservable
from uc_guard.model.privilege import ALL_PRIVILEGES, OWNER, PRIVILEGES, implied

if TYPE_CHECKING:
    from collections.abc import Collection

    from uc_guard.snapshot import Snapshot

_AT_ONCE = 500
_HELD = ("principal", *ROW)
_DERIVED = ("co-requisite", "usage-chain")


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
    names = sorted(subjects)
    # INVARIANT: beside the result, only the rows of a limited number of subjects are in memory at a time.
    batches = [names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE)]
    return pl.concat([tables.HOLDINGS.empty(), *(_batch(snapshot, home, part, needs, opaque) for part in batches)])


def _batch(
    snapshot: Snapshot, home: World, subjects: list[str], needs: pl.DataFrame, opaque: pl.DataFrame
) -> pl.DataFrame:
    rows = reach(home, holders(home, subjects))
    rows = _usable(rows, home).join(_served(home, subjects, needs), on=_HELD, how="left")
    anything = opaque.filter(pl.col("may").is_null())["principal"].unique()
    counts = [pl.col(name).fill_null(0).cast(pl.Int64) for name in ("reach_used", "reach_may", "uses")]
    rows = rows.with_columns(*counts).with_columns(
        reach_may=pl.when(pl.col("principal").is_in(anything.implode())).then("reach").otherwise("reach_may"),
        idle_days=(pl.lit(snapshot.manifest.until) - pl.col("last_at")).dt.total_days(),
    )
    rows = _judged(rows, snapshot)
    rows = rows.rename({"by": "privilege", "at_type": "securable_type", "at": "securable"})
    return (
        rows.with_columns(why=_why())
        .select(*tables.HOLDINGS.columns)
        .sort("principal", *SECURABLE, "privilege", "grantee")
    )


def _served(home: World, subjects: list[str], needs: pl.DataFrame) -> pl.DataFrame:
    """Count the needs that each row covers, with their evidence."""
    # INVARIANT: needs on securables that are no more are not counted: they are in no row's reach.
    own = needs.filter(pl.col("principal").is_in(subjects)).join(home.securables, on=SECURABLE, how="semi")
    covered = covering(home, own).join(own, on=PAIR)
    derived = pl.col("reason").is_in(_DERIVED)
    # A statement shows a privilege and what goes with it at once: on one securable the greatest count stands for all,
    # and what is derived adds nothing to what it is derived from.
    places = covered.group_by(*_HELD, *SECURABLE).agg(
        (pl.col("certainty") == "must").sum().alias("reach_used"),
        pl.len().alias("reach_may"),
        plain=pl.col("uses").filter(~derived).max().fill_null(0),
        derived=pl.col("uses").filter(derived).max().fill_null(0),
        first_at=pl.col("first_at").min(),
        last_at=pl.col("last_at").max(),
    )
    return places.group_by(_HELD).agg(
        pl.col("reach_used", "reach_may").sum(),
        pl.col("first_at").min(),
        pl.col("last_at").max(),
        uses=pl.max_horizontal(pl.col("plain").sum(), pl.col("derived").max()),
    )


def _usable(rows: pl.DataFrame, home: World) -> pl.DataFrame:
    """Add `usable`: USE CATALOG and USE SCHEMA stand on the way to at least one securable in the row's reach."""
    uses = implications(rows, pl.DataFrame({"securable_type": ["CATALOG", "SCHEMA"], "kind": ["", ""]}))
    uses = uses.filter(pl.col("privilege") == "USE_" + pl.col("securable_type")).drop("privilege", "kind")
    use = rows.select("principal", "by", "at_type", "at").join(uses, on=["by", "at_type"]).drop("by").unique()
    on_catalog = use.filter(pl.col("at_type") == "CATALOG")
    catalogs = on_catalog.filter(pl.col("securable_type") == "CATALOG").select("principal", catalog="at", into=True)
    through = on_catalog.filter(pl.col("securable_type") == "SCHEMA").select("principal", catalog="at", through=True)
    schemas = use.filter(pl.col("at_type") == "SCHEMA").select("principal", schema="at", schema_into=True)
    inside = _inside(rows, schemas, home)
    where = placed(rows.select(securable_type="at_type", securable="at").unique())
    where = where.rename({"securable_type": "at_type", "securable": "at"})
    found = rows.join(where, on=["at_type", "at"], how="left")
    for frame, on in ((catalogs, ["catalog"]), (through, ["catalog"]), (schemas, ["schema"])):
        found = found.join(frame, on=["principal", *on], how="left")
    found = found.join(inside, on=["principal", "by", "at_type", "at"], how="left")
    return found.with_columns(usable=_stands()).drop("catalog", "schema", "into", "through", "schema_into", "inside")


def _stands() -> pl.Expr:
    into, through, schema, inside = (
        pl.col(name).fill_null(value=False) for name in ("into", "through", "schema_into", "inside")
    )
    own = pl.col("by").is_in([name for name in (*PRIVILEGES, ALL_PRIVILEGES) if implied(name, "CATALOG", "CATALOG")])
    free = pl.col("by").is_in([name for name, row in PRIVILEGES.items() if not row.usage])
    at_catalog = (pl.col("at_type") == "CATALOG") & (own | (pl.col("by") == OWNER) | through | inside)
    below = (pl.col("at_type") != "CATALOG") & (schema | through)
    return (pl.col("reach") > 0) & (free | pl.col("catalog").is_null() | (into & (at_catalog | below)))


def _inside(rows: pl.DataFrame, schemas: pl.DataFrame, home: World) -> pl.DataFrame:
    """Give the rows on catalogs that reach something in a schema which the principal may use."""
    on_catalog = rows.filter(pl.col("at_type") == "CATALOG").select("principal", "by", "at_type", "at").unique()
    kinds = (
        home.securables.filter(pl.col("schema").is_not_null())
        .select("securable_type", "kind", "catalog", "schema")
        .unique()
    )
    gives = implications(on_catalog, kinds).select("by", "at_type", "securable_type", "kind").unique()
    full = gives.join(kinds, on=["securable_type", "kind"]).select("by", "at_type", "catalog", "schema").unique()
    hits = schemas.join(full, on="schema").select("principal", "by", "at_type", at="catalog", inside=True)
    return hits.unique().join(on_catalog, on=["principal", "by", "at_type", "at"], how="semi")


def _judged(rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Add `verdict`, and `doubt`: why nothing is said."""
    unseen = unobservable(snapshot)
    lacking = [name for name in ("grants", "members", "objects", "statements") if not snapshot.has(name)]
    if not (snapshot.has("table_lineage") or snapshot.has("access_events")):
        lacking.append("table_lineage or access_events")
    known = pl.col("by").is_in([*PRIVILEGES, ALL_PRIVILEGES, OWNER])
    doubt = (
        pl.when(~known)
        .then(pl.lit("nobody knows this privilege"))
        .when(pl.col("by").is_in(list(unseen)))
        .then(pl.lit("no source at hand would show its use"))
        .when(pl.lit(bool(lacking)))
        .then(pl.lit("the snapshot lacks " + ", ".join(lacking)))
    )
    verdict = (
        pl.when(pl.col("reach_used") > 0)
        .then(pl.lit("used"))
        .when(pl.col("reach_may") > 0)
        .then(pl.lit("held"))
        .when(doubt.is_not_null())
        .then(pl.lit("unknown"))
        .otherwise(pl.lit("unused"))
    )
    return rows.with_columns(verdict=verdict, doubt=doubt)


def _why() -> pl.Expr:
    """Say it in one sentence."""
    spoken = pl.col("privilege").str.replace_all("_", " ")
    kind = pl.col("securable_type").str.replace_all("_", " ").str.to_lowercase()
    chain = pl.col("path").list.slice(1).list.join(" in ")
    through_group = pl.col("path").list.len() > 1
    origin = (
        pl.when((pl.col("origin") == "owner") & through_group)
        .then(pl.format("owned by group {}", chain))
        .when(pl.col("origin") == "owner")
        .then(pl.lit("as its owner"))
        .when(pl.col("origin") == "everyone")
        .then(pl.lit("granted to everybody in the account"))
        .when(pl.col("origin") == "group")
        .then(pl.format("through group {}", chain))
        .otherwise(pl.lit("granted directly"))
    )
    count = pl.format("{} of the {} it gives", pl.col("reach_used"), pl.col("reach"))
    days = pl.format("{} days before the window's end", pl.col("idle_days").fill_null(0))
    said = (
        pl.when(pl.col("verdict") == "used")
        .then(pl.format("{} needed, last {}", count, days))
        .when(pl.col("verdict") == "held")
        .then(pl.format("none surely needed, {} of the {} it gives may have been", "reach_may", "reach"))
        .when(pl.col("verdict") == "unknown")
        .then(pl.format("not judged: {}", pl.col("doubt")))
        .otherwise(pl.format("none of the {} it gives was needed", "reach"))
    )
    return pl.format("{} on {} {}, {}: {}", spoken, kind, pl.col("securable"), origin, said)
