"""Who could give itself more: owners of containers, holders of MANAGE, grants by policy; and workspace bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard.access.effective import SECURABLE, World, groups_of, holders
from uc_guard.model.privilege import OWNER

if TYPE_CHECKING:
    from collections.abc import Collection

    from uc_guard.snapshot import Snapshot

_CONTAINERS = ("METASTORE", "CATALOG", "SCHEMA")


def escalations(snapshot: Snapshot, home: World, principals: Collection[str]) -> pl.DataFrame:
    """Give the ways in which principals could get more than they hold.

    Args:
        snapshot: The workspace.
        home: Its world.
        principals: The principals asked about.

    Returns:
        `principal`, `how` (`owner` of a container, `manage`, or `policy`: a GRANT policy, which no listing of grants
        shows), `securable_type`, `securable`, `path` and `inside`: the number of securables that it could open to
        itself.
    """
    rows = holders(home, principals)
    how = pl.when(pl.col("by") == OWNER).then(pl.lit("owner")).otherwise(pl.lit("manage"))
    owned = (pl.col("by") == OWNER) & pl.col("at_type").is_in(_CONTAINERS)
    edges = rows.filter(owned | (pl.col("by") == "MANAGE")).select(
        "principal", how.alias("how"), "path", securable_type="at_type", securable="at"
    )
    grants = snapshot.frame("policies").filter(pl.col("policy_type") == "GRANT")
    people = groups_of(home, pl.Series("principal", list(principals), pl.String))
    named = (
        grants.select(*SECURABLE, "except", group="to").explode("group", empty_as_null=False).join(people, on="group")
    )
    spared = named.select("principal", *SECURABLE, group="except").explode("group", empty_as_null=False)
    spared = spared.join(people.select("principal", "group"), on=["principal", "group"], how="semi")
    named = named.join(spared, on=["principal", *SECURABLE], how="anti").with_columns(how=pl.lit("policy"))
    columns = ["principal", "how", *SECURABLE, "path"]
    return _inside(pl.concat([edges.select(columns), named.select(columns)]), home).sort(columns[:4])


def bindings(snapshot: Snapshot, workspace_id: str) -> pl.DataFrame:
    """Tell which isolated securables a workspace may use.

    UC: an isolated catalog, location or credential is closed to every workspace that is not bound to it, whatever the
    grants say and whoever owns it.

    Returns:
        `securable_type`, `securable`, `bound` (null = not known) and `read_only`: one row for each securable that is
        isolated, or of which nobody knows.
    """
    objects = snapshot.frame("objects").filter(pl.col("isolated").fill_null(value=True))
    # Tables and the like are never isolated themselves: for them nothing is unknown.
    objects = objects.filter(pl.col("isolated") | pl.col("securable_type").is_in(["CATALOG", "EXTERNAL_LOCATION"]))
    own = snapshot.frame("bindings").filter(pl.col("workspace_id") == workspace_id)
    own = own.group_by(SECURABLE).agg(pl.col("read_only").all())
    found = objects.select(*SECURABLE, "isolated").join(own, on=SECURABLE, how="left", maintain_order="left")
    told = pl.lit(snapshot.has("bindings")) & pl.col("isolated").is_not_null()
    bound = pl.when(pl.col("read_only").is_not_null()).then(pl.lit(value=True)).when(told).then(pl.lit(value=False))
    return found.select(*SECURABLE, bound.alias("bound"), "read_only")


def _inside(edges: pl.DataFrame, home: World) -> pl.DataFrame:
    counts = [
        home.securables.filter(pl.col(column).is_not_null())
        .group_by(securable=pl.col(column))
        .agg(inside=pl.len().cast(pl.Int64))
        .with_columns(securable_type=pl.lit(kind))
        for kind, column in (("CATALOG", "catalog"), ("SCHEMA", "schema"))
    ]
    found = edges.join(pl.concat(counts), on=SECURABLE, how="left")
    everything = home.securables.height
    inside = pl.when(pl.col("securable_type") == "METASTORE").then(everything).otherwise(pl.col("inside").fill_null(1))
    return found.with_columns(inside=inside.cast(pl.Int64))
