"""Uses to demands: who did what to which securable, surely or perhaps; paths led to what governs them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.access.behind import DEMAND, NOBODY_KNOWS, demands_behind, normalized
from uc_guard.access.effective import SECURABLE, World, can, placed
from uc_guard.access.operations import ANYTHING
from uc_guard.access.paths import resolve, storage_of
from uc_guard.model.privilege import UNGOVERNED

if TYPE_CHECKING:
    from uc_guard.snapshot import Snapshot

_AT_ONCE = 2_000_000

_UNKNOWN = {"unknown-table": ["TABLE"], "unknown-function": ["FUNCTION"], "unknown-procedure": ["FUNCTION"]}
"""What a name can be that nothing known has, by what was not understood."""

_ON_PATH = {
    ("READ_FILES", "VOLUME"): "READ_VOLUME",
    ("WRITE_FILES", "VOLUME"): "WRITE_VOLUME",
    ("READ_FILES", "TABLE"): "SELECT",
    ("WRITE_FILES", "TABLE"): "MODIFY",
    ("READ_VOLUME", "TABLE"): "SELECT",
    ("WRITE_VOLUME", "TABLE"): "MODIFY",
    ("READ_VOLUME", "EXTERNAL_LOCATION"): "READ_FILES",
    ("WRITE_VOLUME", "EXTERNAL_LOCATION"): "WRITE_FILES",
}


def demands_of(
    usage: pl.DataFrame, opaque: pl.DataFrame, bodies: pl.DataFrame, snapshot: Snapshot, world: World
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give what people, and the owners behind views and routines, did to what.

    Args:
        usage: Contract USAGE.
        opaque: Contract OPAQUE.
        bodies: What the bodies of views and routines do (contract BODIES).
        snapshot: The workspace.
        world: Its world.

    Returns:
        Demands (columns of `behind.DEMAND`), and the runs of bodies that could not be read.
    """
    asked = pl.concat([_used(usage), _spelled(opaque, world)])
    anyone = frozenset(opaque.filter(pl.col("may").is_null())["principal"])
    behind, blind = demands_behind(asked, bodies, snapshot, world, anyone)
    asked = _resolved(pl.concat([asked, _of_whom_it_may_be(behind, world)]), snapshot, world)
    return _governed(asked), blind.filter(pl.col("principal") != NOBODY_KNOWS)


def _of_whom_it_may_be(behind: pl.DataFrame, world: World) -> pl.DataFrame:
    """Lead what bodies of unknown owners do to all who can do it: any of them may be the owner."""
    unknown = behind.filter(pl.col("principal") == NOBODY_KNOWS)
    if unknown.is_empty():
        return behind
    does = unknown.select("action", *SECURABLE).unique()
    people = world.groups.select("principal").unique().sort("principal")
    privilege = pl.when(pl.col("action") == ANYTHING).then(pl.lit("SELECT")).otherwise("action")
    # INVARIANT: a part has a limited number of pairs.
    step = 1 + _AT_ONCE // does.height
    parts = [
        can(world, does.join(people.slice(start, step), how="cross").with_columns(privilege=privilege)).filter("can")
        for start in range(0, people.height, step)
    ]
    held = pl.concat(parts).select("principal", "action", *SECURABLE)
    led = unknown.drop("principal").join(held, on=["action", *SECURABLE])
    led = led.with_columns(certainty=pl.lit("may")).select(behind.columns)
    return pl.concat([behind.filter(pl.col("principal") != NOBODY_KNOWS), led])


def _used(usage: pl.DataFrame) -> pl.DataFrame:
    used = usage.filter(pl.col("outcome") != "denied").with_columns(
        used_type="securable_type", reason=pl.lit("used"), certainty=pl.lit("must")
    )
    used = normalized(used)
    # UC: an engine fetches credentials for the tables behind a view in the caller's name: no proof of a need there.
    proves_nothing = (pl.col("source") == "audit") & (pl.col("securable_type") == "TABLE")
    return used.with_columns(certainty=pl.when(proves_nothing).then(pl.lit("may")).otherwise("certainty")).select(
        *DEMAND
    )


def _spelled(opaque: pl.DataFrame, world: World) -> pl.DataFrame:
    """Give the names that opaque statements could spell, as everything that is known under each."""
    names = opaque.filter(pl.col("may").is_not_null()).explode("may", empty_as_null=False).rename({"may": "name"})
    could_be = pl.col("reason").replace_strict(_UNKNOWN, default=["TABLE", "FUNCTION", "VOLUME"]).alias("could_be")
    names = names.select("principal", "name", "first_at", "last_at", "witnesses", could_be, uses="statements")
    known = world.securables.select(*SECURABLE, name="securable")
    found = names.join(known, on="name")
    rest = names.join(known.select("name").unique(), on="name", how="anti")
    path = pl.col("name").str.contains("/", literal=True)
    paths = rest.filter(path).with_columns(securable_type=pl.lit("PATH"), securable="name")
    rest = placed(rest.filter(~path).with_columns(securable_type=pl.lit("TABLE"), securable="name"))
    rest = rest.filter(pl.col("schema").is_not_null())
    # It may be made there, be no more, or belong to a listing that the snapshot lacks.
    parts = [found, paths, rest.with_columns(securable_type=pl.lit("SCHEMA"), securable="schema")]
    parts.append(rest.with_columns(securable_type="could_be").explode("securable_type", empty_as_null=False))
    marked = {"action": pl.lit(ANYTHING), "certainty": pl.lit("may"), "reason": pl.lit("opaque")}
    return pl.concat([p.with_columns(**marked, used_type="securable_type").select(*DEMAND) for p in parts])


def _resolved(demands: pl.DataFrame, snapshot: Snapshot, world: World) -> pl.DataFrame:
    """Put what governs each path in its place."""
    paths = demands.filter(pl.col("securable_type") == "PATH")
    if not paths.height:
        return demands
    storage = storage_of(snapshot.frame("objects"), world.securables)
    # UC: what is made at a path is not there before, though it is when the snapshot is taken: the location is asked.
    makes = pl.col("action") == "CREATE"
    governs = pl.concat(
        [
            resolve(paths.filter(makes)["securable"].unique().sort(), replace(storage, inside={})).with_columns(
                makes=True
            ),
            resolve(paths.filter(~makes)["securable"].unique().sort(), storage).with_columns(makes=False),
        ]
    )
    action = pl.col("action").replace({"SELECT": "READ_FILES", "MODIFY": "WRITE_FILES"})
    led = (
        paths.drop("securable_type")
        .with_columns(action=action, makes=makes)
        .rename({"securable": "path"})
        .join(governs, on=["path", "makes"])
    )
    for (before, kind), after in _ON_PATH.items():
        hit = (pl.col("action") == before) & (pl.col("securable_type") == kind)
        led = led.with_columns(action=pl.when(hit).then(pl.lit(after)).otherwise("action"))
    container = pl.col("securable_type").is_in(["CATALOG", "SCHEMA"])
    led = led.with_columns(
        action=pl.when(container).then(pl.lit("METADATA")).otherwise("action"),
        used_type=pl.when(pl.col("action") == "CREATE").then("used_type").otherwise("securable_type"),
        certainty=pl.when("sure").then("certainty").otherwise(pl.lit("may")),
        reason=pl.when(pl.col("reason") == "used").then(pl.lit("path")).otherwise("reason"),
    )
    return pl.concat([demands.filter(pl.col("securable_type") != "PATH"), led.select(*DEMAND)])


def _governed(demands: pl.DataFrame) -> pl.DataFrame:
    """Leave out what asks for nothing: samples, the old metastore; an information schema asks for its catalog only."""
    where = placed(demands).filter(~pl.col("catalog").fill_null("").is_in(UNGOVERNED))
    # UC: `system.information_schema` is granted like any other schema; those of other catalogs filter their rows.
    own = pl.col("schema").fill_null("").str.ends_with(".information_schema") & (pl.col("catalog") != "system")
    catalogs = where.filter(own).with_columns(
        action=pl.lit("USE_CATALOG"),
        used_type=pl.lit("CATALOG"),
        securable_type=pl.lit("CATALOG"),
        securable="catalog",
    )
    return pl.concat([where.filter(~own.fill_null(value=False)).select(*DEMAND), catalogs.select(*DEMAND)])
