"""Who can do what, and by which row: membership, containers, ALL PRIVILEGES and ownership, joined upward."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.name import join_name, split_name
from uc_guard.model.privilege import EVERYONE, ON_METASTORE, OWNER, PRIVILEGES, implied, owned

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from uc_guard.snapshot import Snapshot

SECURABLE = ("securable_type", "securable")
PAIR = ("principal", "privilege", *SECURABLE)
"""The columns of a frame of pairs: does this principal have this privilege on this securable?"""
ROW = ("grantee", "by", "at_type", "at")
"""The columns that name a row: who holds it, the privilege as stored (OWNER for ownership), and where it stands."""

_PRINCIPALS_AT_ONCE = 1000
_NO_MEMBERS = pl.DataFrame(schema={"group": pl.String, "member": pl.String})


@dataclass(frozen=True, slots=True)
class World:
    """Grants, ownership and membership, ready to be asked.

    Attributes:
        securables: One row for each securable that is known or named by a grant, containers included:
            `securable_type`, `securable`, `kind` (empty = not known), `catalog` and `schema` (the containers on the
            way, a container itself included; null where there are none).
        rows: Every grant, and ownership as a row by OWNER: `grantee`, `by`, `at_type`, `at`, `granted_at`.
        groups: Every principal with every group that it is in, itself first: `principal`, `group`, `path`.
    """

    securables: pl.DataFrame
    rows: pl.DataFrame
    groups: pl.DataFrame


def world(snapshot: Snapshot) -> World:
    """Give the world of a snapshot; its principals are all that any of its frames names."""
    columns = (("principals", "principal"), ("statements", "principal"), ("table_lineage", "principal"))
    named = [snapshot.frame(frame).get_column(column) for frame, column in columns]
    return world_of(snapshot.frame("grants"), snapshot.frame("members"), snapshot.frame("objects"), named)


def world_of(
    grants: pl.DataFrame, members: pl.DataFrame, objects: pl.DataFrame, principals: Collection[pl.Series] = ()
) -> World:
    """Give the world of these frames; grantees, owners and members are principals too."""
    owners = objects.filter(pl.col("owner").is_not_null())
    rows = pl.concat(
        [
            grants.select("grantee", by="privilege", at_type="securable_type", at="securable", granted_at="granted_at"),
            owners.select(
                grantee="owner",
                by=pl.lit(OWNER),
                at_type="securable_type",
                at="securable",
                granted_at=pl.lit(None, grants.schema["granted_at"]),
            ),
        ]
    ).unique(ROW, keep="first", maintain_order=True)
    series = [rows["grantee"], members["group"], members["member"], *principals]
    everybody = pl.concat([s.rename("principal").cast(pl.String) for s in series]).drop_nulls().unique().sort()
    return World(_securables(objects, rows), rows, closure(members, everybody.to_frame()))


def closure(members: pl.DataFrame, principals: pl.DataFrame | None = None) -> pl.DataFrame:
    """Give every group that a principal is in, through any depth of nesting; cycles are harmless.

    Args:
        members: Direct memberships: `group`, `member`.
        principals: The principals asked about: `principal`; None = every member and group.

    Returns:
        `principal`, `group` (the principal itself included, and EVERYONE for everybody) and `path`: a shortest way,
        principal first, group last; among equals the one that sorts first.
    """
    if principals is None:
        principals = pl.concat([members.select(principal=column) for column in ("member", "group")])
    asked = principals.select(pl.col("principal").cast(pl.String)).unique()
    everyone = asked.filter(pl.col("principal") != EVERYONE).select(member="principal", into=pl.lit(EVERYONE))
    edges = pl.concat([members.select("member", into="group"), everyone]).unique()
    frontier = asked.select("principal", group="principal", path=pl.concat_list("principal"))
    reached = [frontier]
    while frontier.height:
        steps = frontier.join(edges, left_on="group", right_on="member").sort("principal", "into", "group")
        steps = steps.unique(["principal", "into"], keep="first", maintain_order=True)
        steps = steps.select("principal", group="into", path=pl.col("path").list.concat(pl.concat_list("into")))
        seen = pl.concat([level.select("principal", "group") for level in reached])
        frontier = steps.join(seen, on=["principal", "group"], how="anti")
        reached.append(frontier)
    return pl.concat(reached).sort("principal", pl.col("path").list.len(), "group")


def placed(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the containers on the way to each securable.

    Returns:
        The frame with `catalog` and `schema`, a container itself included; both null on the metastore's level.
    """
    names = frame.select(SECURABLE).unique().with_columns(parts=_parts("securable"))
    inside = ~pl.col("securable_type").is_in([*ON_METASTORE, "CATALOG", "SCHEMA"])
    leaf = inside & (pl.col("parts").list.len() >= 3)
    two = pl.col("parts").list.len() >= 2
    kind = pl.col("securable_type")
    of_parts = pl.col("parts").list.head(2).list.join(".")
    containers = names.select(
        *SECURABLE,
        catalog=pl.when(kind == "CATALOG")
        .then(pl.col("securable"))
        .when(leaf | ((kind == "SCHEMA") & two))
        .then(pl.col("parts").list.first()),
        schema=pl.when(kind == "SCHEMA").then(pl.col("securable")).when(leaf).then(of_parts),
    )
    return frame.join(containers, on=SECURABLE, how="left", maintain_order="left")


def ancestors(securables: pl.DataFrame) -> pl.DataFrame:
    """Give the places from which a row reaches each securable: itself, its schema, its catalog.

    Args:
        securables: `securable_type`, `securable` and any other columns.

    Returns:
        The columns given, `at_type` and `at`: one to three rows for each row given.
    """
    names = placed(securables.select(SECURABLE).unique())
    own = names.select(*SECURABLE, at_type="securable_type", at="securable")
    up = [
        names.filter(pl.col(column).is_not_null() & (pl.col("securable_type") != kind)).select(
            *SECURABLE, at_type=pl.lit(kind), at=column
        )
        for kind, column in (("SCHEMA", "schema"), ("CATALOG", "catalog"))
    ]
    return securables.join(pl.concat([own, *up]), on=SECURABLE)


def covering(world: World, pairs: pl.DataFrame) -> pl.DataFrame:
    """Give the rows that give each pair.

    Args:
        world: The world.
        pairs: `principal`, `privilege`, `securable_type`, `securable`.

    Returns:
        The distinct pairs with the columns of ROW; no row for a pair that nothing gives.
    """
    asked, rows = pairs.select(PAIR).unique(), world.rows.select(ROW)
    found = [pl.concat([asked[hits["t"]], rows[hits["r"]]], how="horizontal") for hits in given_by(world, asked)]
    return pl.concat([pl.DataFrame(schema=dict.fromkeys((*PAIR, *ROW), pl.String)), *found])


def given_by(world: World, pairs: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Give which row gives which pair, by parts: `t` and `r`, the row numbers in `pairs` and in the world's rows."""
    spots, people = _with_kind(world, _numbered(pairs, "spot", *SECURABLE)), _numbered(pairs, "p", "principal")
    asked = pairs.select(PAIR).with_row_index("t").join(spots, on=SECURABLE).join(people, on="principal")
    kinds = _numbered(asked, "d", "privilege", "securable_type", "kind")
    asked = asked.join(kinds, on=kinds.columns[1:]).select("t", "p", "d", "spot")
    up = ancestors(spots)
    places = _numbered(up, "a", "at_type", "at")
    up = up.join(places, on=["at_type", "at"]).select("spot", "a")
    ways = groups_of(world, people["principal"]).join(people, on="principal").select("p", grantee="group")
    groups = _numbered(ways, "g", "grantee")
    ways = ways.join(groups, on="grantee").select("p", "g")
    rows = world.rows.with_row_index("r").join(groups, on="grantee").join(places, on=["at_type", "at"])
    classes = _numbered(rows, "c", "by", "at_type")
    gives = implications(classes, kinds).join(classes, on=["by", "at_type"]).join(kinds, on=kinds.columns[1:])
    rows = rows.join(classes, on=["by", "at_type"]).filter(pl.col("c").is_in(gives["c"].implode()))
    rows, fits = rows.select("r", "g", "a", "c"), gives.select(pair_code("c", "d")).to_series().implode()
    for start in range(0, people.height, _PRINCIPALS_AT_ONCE):
        # INVARIANT: a part holds the rows of a limited number of principals, never all principals with all their rows.
        now = pl.col("p").is_between(start, start + _PRINCIPALS_AT_ONCE - 1)
        held = ways.filter(now).join(rows, on="g").select("r", "c", at=pair_code("p", "a"))
        hits = asked.filter(now).join(up, on="spot").select("t", "d", at=pair_code("p", "a")).join(held, on="at")
        yield hits.filter(pair_code("c", "d").is_in(fits)).select("t", "r")


def pair_code(first: str, second: str) -> pl.Expr:
    """Put two numbers of 32 bits into one of 64: a join on one number is several times faster than on two."""
    return pl.col(first).cast(pl.UInt64) * 2**32 + pl.col(second)


def _numbered(frame: pl.DataFrame, number: str, *columns: str) -> pl.DataFrame:
    return frame.select(columns).unique().with_row_index(number)


def can(world: World, pairs: pl.DataFrame) -> pl.DataFrame:
    """Add `can`: whether some row, or ownership of the securable, gives the pair. Order is kept."""
    hits = pl.concat([pl.Series(dtype=pl.UInt32), *(hits["t"].unique() for hits in given_by(world, pairs))])
    return pairs.with_columns(can=pl.int_range(pl.len(), dtype=pl.UInt32).is_in(hits.implode()))


def usable(world: World, pairs: pl.DataFrame) -> pl.DataFrame:
    """Add `can` and `usable`: whether USE CATALOG and USE SCHEMA stand on the way too. Order is kept."""
    spots, people = placed(_numbered(pairs, "spot", *SECURABLE)), _numbered(pairs, "p", "principal")
    way = pairs.select("principal", *SECURABLE).join(people, on="principal", how="left", maintain_order="left")
    way = way.join(spots, on=SECURABLE, how="left", maintain_order="left").select("p", "catalog", "schema")
    free = pl.col("privilege").is_in([p.name for p in PRIVILEGES.values() if not p.usage])
    stands = _stands(world, way, people, "CATALOG") & _stands(world, way, people, "SCHEMA")
    return can(world, pairs).with_columns(usable=pl.col("can") & (free | stands))


def _stands(world: World, way: pl.DataFrame, people: pl.DataFrame, kind: str) -> pl.Series:
    """Tell of each way whether USE stands on its container of this kind, or it has none."""
    column = kind.lower()
    places = _numbered(way.drop_nulls(column), "a", column)
    coded = way.select("p", column).join(places, on=column, how="left", maintain_order="left").select("p", "a")
    uses = coded.drop_nulls().unique().join(people, on="p").join(places.rename({column: "securable"}), on="a")
    uses = uses.with_columns(privilege=pl.lit(f"USE_{kind}"), securable_type=pl.lit(kind))
    given = can(world, uses).filter("can").select(pair_code("p", "a")).to_series()
    return coded.select(pl.col("a").is_null() | pair_code("p", "a").is_in(given.implode())).to_series()


def holders(world: World, principals: Collection[str], by: Collection[str] | None = None) -> pl.DataFrame:
    """Give every row that reaches these principals, or those by some privileges only.

    Returns:
        `principal`, the columns of ROW, `granted_at`, `origin` (direct, group, everyone or owner) and `path`.
    """
    groups = groups_of(world, pl.Series("principal", list(principals), pl.String))
    origin = (
        pl.when(pl.col("by") == OWNER)
        .then(pl.lit("owner"))
        .when(pl.col("path").list.len() == 1)
        .then(pl.lit("direct"))
        .when(pl.col("path").list.contains(EVERYONE))
        .then(pl.lit("everyone"))
        .otherwise(pl.lit("group"))
    )
    rows = world.rows if by is None else world.rows.filter(pl.col("by").is_in(list(by)))
    held = groups.join(rows, left_on="group", right_on="grantee").rename({"group": "grantee"})
    return held.select("principal", *ROW, "granted_at", "path", origin=origin)


def rows_at(world: World, principals: pl.Series, places: pl.DataFrame) -> pl.DataFrame:
    """Give the rows at these places (`at_type`, `at`) that reach these principals: `principal` and ROW."""
    groups = groups_of(world, principals)
    rows = world.rows.select(ROW).join(places, on=["at_type", "at"], how="semi")
    return groups.select("principal", grantee="group").join(rows, on="grantee")


def groups_of(world: World, principals: pl.Series) -> pl.DataFrame:
    """Give the groups of these principals, as `closure` does; one that nothing names is still one of EVERYONE."""
    asked = principals.alias("principal").unique().to_frame()
    strangers = asked.join(world.groups, on="principal", how="anti")
    known = world.groups.join(asked, on="principal", how="semi")
    return pl.concat([known, closure(_NO_MEMBERS, strangers)]) if strangers.height else known


def reach(world: World, rows: pl.DataFrame) -> pl.DataFrame:
    """Add `reach`: the number of (privilege, securable) pairs that each row gives today. Order is kept.

    Args:
        world: The world.
        rows: `by`, `at_type`, `at` and any other columns.
    """
    distinct = rows.select("by", "at_type", "at").unique()
    counts = populations(world.securables)
    gives = implications(distinct, counts).group_by("by", "at_type", "securable_type", "kind").len("given")
    total = (
        distinct.join(counts, on=["at_type", "at"])
        .join(gives, on=["by", "at_type", "securable_type", "kind"])
        .group_by("by", "at_type", "at")
        .agg(reach=(pl.col("n") * pl.col("given")).sum().cast(pl.Int64))
    )
    return rows.join(total, on=["by", "at_type", "at"], how="left", maintain_order="left").with_columns(
        pl.col("reach").fill_null(0)
    )


def populations(securables: pl.DataFrame) -> pl.DataFrame:
    """Count what stands at and inside each securable: `at_type`, `at`, `securable_type`, `kind`, `n`."""
    own = securables.select("securable_type", "kind", at_type="securable_type", at="securable", n=pl.lit(1, pl.UInt32))
    inside = [
        securables.filter(pl.col(column).is_not_null() & (pl.col("securable_type") != kind))
        .group_by("securable_type", "kind", pl.col(column).alias("at"))
        .len("n")
        .select("securable_type", "kind", at_type=pl.lit(kind), at="at", n=pl.col("n").cast(pl.UInt32))
        for kind, column in (("SCHEMA", "schema"), ("CATALOG", "catalog"))
    ]
    return pl.concat([own, *inside])


def implications(rows: pl.DataFrame, securables: pl.DataFrame) -> pl.DataFrame:
    """Give what each kind of row gives on each kind of securable.

    Args:
        rows: `by`, `at_type`.
        securables: `securable_type`, `kind`.

    Returns:
        `by`, `at_type`, `securable_type`, `kind`, `privilege`: small, whatever the number of grants and securables.
    """
    kinds = securables.select("securable_type", "kind").unique().rows()
    found = [
        (by, at_type, on_type, kind, privilege)
        for by, at_type in rows.select("by", "at_type").unique().rows()
        for on_type, kind in kinds
        for privilege in _gives(by, at_type, on_type, kind)
    ]
    columns = ("by", "at_type", "securable_type", "kind", "privilege")
    return pl.DataFrame(found, schema=dict.fromkeys(columns, pl.String), orient="row")


def _gives(by: str, at_type: str, on_type: str, kind: str) -> tuple[str, ...]:
    if by == OWNER:
        return owned(on_type, kind) if at_type == on_type else ()
    return implied(by, at_type, on_type, kind)


def _securables(objects: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    # A grant names what it stands on, and a name its containers: they exist although no listing of objects has them.
    known = objects.select(*SECURABLE, "kind")
    named = rows.select(securable_type="at_type", securable="at", kind=pl.lit(""))
    above = ancestors(pl.concat([known, named]).select(SECURABLE).unique()).select(
        securable_type="at_type", securable="at", kind=pl.lit("")
    )
    return placed(pl.concat([known, named, above]).unique(SECURABLE, keep="first", maintain_order=True))


def _with_kind(world: World, frame: pl.DataFrame) -> pl.DataFrame:
    kinds = world.securables.select(*SECURABLE, "kind")
    return frame.join(kinds, on=SECURABLE, how="left").with_columns(pl.col("kind").fill_null(""))


def _parts(column: str) -> pl.Expr:
    # Only a name that holds a backtick needs the slow way; its parts are joined again in canonical spelling.
    return (
        pl.when(pl.col(column).str.contains("`", literal=True))
        .then(pl.col(column).map_elements(_canonical_parts, return_dtype=pl.List(pl.String)))
        .otherwise(pl.col(column).str.split("."))
    )


def _canonical_parts(name: str) -> list[str]:
    if "`" not in name:
        return []  # the other branch of `_parts` answers; polars asks both
    try:
        return [join_name((part,)) for part in split_name(name)]
    except ValueError:
        return [name]
