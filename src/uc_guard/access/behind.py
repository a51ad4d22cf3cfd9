"""What stands behind a view or routine: whose rights its body runs with, and what those must therefore reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from uc_guard import tables
from uc_guard.access.effective import PAIR, SECURABLE, World, ancestors, can, holders, implications
from uc_guard.access.operations import ANYTHING
from uc_guard.model.privilege import normalize_type

if TYPE_CHECKING:
    from uc_guard.snapshot import Snapshot

_WORDS = ("principal", "action", "used_type", "securable_type", "securable", "certainty", "reason")
DEMAND: dict[str, Any] = {
    **dict.fromkeys(_WORDS, pl.String),
    "uses": pl.Int64,
    "first_at": tables.INSTANT,
    "last_at": tables.INSTANT,
    "witnesses": tables.NAMES,
}
"""A demand: somebody does something to a securable, surely or perhaps; types as grants know them, but for PATH."""

NOBODY_KNOWS = ""
"""Stands for the owner of a body where no listing tells it."""

EVIDENCE = ("uses", "first_at", "last_at", "witnesses")

_VIEWS = ("VIEW", "MATERIALIZED_VIEW", "METRIC_VIEW", "STREAMING_TABLE")
_RUNS_NOTHING = ("METADATA", "DROP", "ALTER", "MANAGE", "APPLY_TAG", "CREATE")
_DOES_TO = {"FUNCTION": "EXECUTE", "CONNECTION": "USE_CONNECTION", "CREDENTIAL": "ACCESS", "VOLUME": "READ_VOLUME"}
_RUN = ("principal", *SECURABLE, "certainty")


def demands_behind(
    demands: pl.DataFrame, bodies: pl.DataFrame, snapshot: Snapshot, world: World, anyone: frozenset[str] = frozenset()
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give what bodies demand, of their owners or of the caller, through any depth of views and routines.

    Args:
        demands: What people do (columns of DEMAND).
        bodies: What bodies do (contract BODIES).
        snapshot: The workspace: owners, rights, filters, masks, policies, dependencies.
        world: Its world.
        anyone: Principals that could have used anything: whatever body they can run may have run.

    Returns:
        Demands, and the runs of bodies that could not be read: `principal` (whose rights it ran with),
        `securable_type`, `securable`, `certainty` and evidence.
    """
    known = _bodies(snapshot, bodies)
    reads = _reads(snapshot, bodies)
    attached = _attached(snapshot, world)
    unread = known.join(reads.filter("read").select(SECURABLE), on=SECURABLE, how="anti")
    runs = pl.concat([_runs(demands, world), _runs_of_anyone(anyone, known, attached, world)])
    seen = pl.DataFrame(schema=dict.fromkeys(_RUN, pl.String))
    found: list[pl.DataFrame] = [pl.DataFrame(schema=DEMAND)]
    blind: list[pl.DataFrame] = []
    while True:
        ran = _attributed(runs, attached, known).join(seen, on=_RUN, how="anti")
        # INVARIANT: `seen` grows with each turn and is finite, so views that name each other end the loop.
        seen = pl.concat([seen, ran.select(_RUN)])
        blind.append(ran.join(unread.select(SECURABLE), on=SECURABLE, how="semi"))
        if not ran.height:
            return pl.concat(found), pl.concat(blind).select(*_RUN, *EVIDENCE)
        found.append(_demanded(ran, reads))
        runs = _runs(found[-1], world)


def _bodies(snapshot: Snapshot, bodies: pl.DataFrame) -> pl.DataFrame:
    """Give every view and routine that has a body: its owner, and whether it runs with the owner's rights."""
    objects = snapshot.frame("objects").select(*SECURABLE, "kind", "owner")
    views = snapshot.frame("views").select(securable_type=pl.lit("TABLE"), securable="view")
    routines = snapshot.frame("routines").select(
        "rights", "language", securable_type=pl.lit("FUNCTION"), securable="routine", routine="kind"
    )
    named = pl.concat([views, routines.select(SECURABLE), bodies.select(SECURABLE)]).unique()
    listed = objects.filter(
        pl.col("kind").is_in(_VIEWS) | ((pl.col("securable_type") == "FUNCTION") & (pl.col("kind") != "MODEL"))
    )
    everything = pl.concat([named, listed.select(SECURABLE)]).unique()
    frame = everything.join(objects, on=SECURABLE, how="left").join(routines, on=SECURABLE, how="left")
    # UC: only SQL reads tables; a Python function or a model has no rights of its own to spend.
    speaks_sql = pl.col("language").fill_null("SQL").str.to_uppercase() == "SQL"
    has_body = speaks_sql & (pl.col("routine").fill_null("") != "MODEL")
    # UC: but what it reaches by a credential or a connection, it reaches with its owner's rights.
    reaching = snapshot.frame("dependencies").filter(pl.col("on_type").is_in(["CREDENTIAL", "CONNECTION"]))
    reaches = pl.col("securable").is_in(reaching["securable"].implode()) & (pl.col("securable_type") == "FUNCTION")
    return frame.filter(has_body | reaches).select(
        *SECURABLE, "owner", definer=pl.col("rights").fill_null("DEFINER") == "DEFINER"
    )


def _reads(snapshot: Snapshot, bodies: pl.DataFrame) -> pl.DataFrame:
    """Give what each body does: `action`, `on_type`, `on_securable`; `read` where that is all it does."""
    listed = snapshot.frame("dependencies").select(
        pl.col("on_type").replace_strict(_DOES_TO, default="SELECT").alias("action"),
        "securable",
        "on_type",
        "on_securable",
        read=pl.lit(value=True),
    )
    # A dependency names a view or a routine without saying which: it is taken for both, and only one of them exists.
    listed = pl.concat([listed.with_columns(securable_type=pl.lit(kind)) for kind in ("TABLE", "FUNCTION")])
    dark = bodies.filter(~pl.col("understood") & pl.col("on_securable").is_null())
    partly = bodies.join(dark.select(SECURABLE).unique(), on=SECURABLE, how="semi")
    full = bodies.join(partly.select(SECURABLE).unique(), on=SECURABLE, how="anti")
    listed = listed.join(full.select(SECURABLE).unique(), on=SECURABLE, how="anti")
    columns = (*SECURABLE, "action", "on_type", "on_securable", "read")
    parts = [full.with_columns(read=pl.lit(value=True)), partly.with_columns(read=pl.lit(value=False)), listed]
    return pl.concat([part.select(columns) for part in parts]).unique()


def _attached(snapshot: Snapshot, world: World) -> pl.DataFrame:
    """Give the functions that run when a table is read: `at_type`, `at`, `function`, `sure`."""
    own = pl.concat(
        [snapshot.frame(name).select(at="table", function="function") for name in ("row_filters", "column_masks")]
    )
    own = own.select(pl.lit("TABLE").alias("at_type"), "at", "function", sure=pl.lit(value=True))
    policies = snapshot.frame("policies").filter(pl.col("function").is_not_null())
    policies = policies.select(at_type="securable_type", at="securable", function="function", sure=pl.lit(value=False))
    # A policy on the metastore stands on every catalog.
    catalogs = world.securables.filter(pl.col("securable_type") == "CATALOG").select(
        at_type="securable_type", at="securable"
    )
    everywhere = (
        policies.filter(pl.col("at_type") == "METASTORE").select("function", "sure").join(catalogs, how="cross")
    )
    return pl.concat([own, policies, everywhere.select(own.columns)]).unique()


def _runs(demands: pl.DataFrame, world: World) -> pl.DataFrame:
    """Give the demands that run what they name; what was not understood runs only what its principal may run."""
    runs = demands.filter(
        pl.col("securable_type").is_in(["TABLE", "FUNCTION"]) & ~pl.col("action").is_in(_RUNS_NOTHING)
    )
    perhaps = (pl.col("action") == ANYTHING).alias("perhaps")
    runs = runs.with_columns(
        perhaps,
        privilege=pl.when(pl.col("securable_type") == "TABLE").then(pl.lit("SELECT")).otherwise(pl.lit("EXECUTE")),
    )
    held = can(world, runs.filter("perhaps").select(PAIR).unique())
    refused = held.filter(~pl.col("can")).with_columns(perhaps=pl.lit(value=True))
    return runs.join(refused, on=[*PAIR, "perhaps"], how="anti").select(*_RUN, *EVIDENCE)


def _runs_of_anyone(anyone: frozenset[str], known: pl.DataFrame, attached: pl.DataFrame, world: World) -> pl.DataFrame:
    """Give the bodies that principals who could have used anything can run, without naming each with each."""
    if not anyone:
        return pl.DataFrame(schema={name: dtype for name, dtype in DEMAND.items() if name in (*_RUN, *EVIDENCE)})
    functions = attached.select(securable_type=pl.lit("FUNCTION"), securable="function").unique()
    held = holders(world, anyone).select("by", "at_type", "at").unique()
    places = ancestors(known.join(world.securables.select(*SECURABLE, "kind"), on=SECURABLE)).select(
        *SECURABLE, "kind", "at_type", "at"
    )
    gives = implications(held, places).filter(pl.col("privilege").is_in(["SELECT", "EXECUTE"]))
    reached = places.join(held, on=["at_type", "at"]).join(
        gives, on=["by", "at_type", "securable_type", "kind"], how="semi"
    )
    return pl.concat([functions, reached.select(SECURABLE)]).unique().select(
        principal=pl.lit(min(anyone)), securable_type="securable_type", securable="securable", certainty=pl.lit("may"),
        uses=pl.lit(0, pl.Int64), first_at=pl.lit(None, tables.INSTANT), last_at=pl.lit(None, tables.INSTANT),
        witnesses=pl.lit([], tables.NAMES),
    )  # fmt: skip


def _attributed(runs: pl.DataFrame, attached: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Give the runs of bodies, each under the principal whose rights it runs with; of one, the evidence together."""
    touched = ancestors(runs.filter(pl.col("securable_type") == "TABLE").select(SECURABLE).unique())
    touched = touched.join(attached, on=["at_type", "at"]).select(*SECURABLE, "function", "sure").unique()
    through = runs.join(touched, on=SECURABLE).with_columns(
        securable_type=pl.lit("FUNCTION"),
        securable="function",
        certainty=pl.when("sure").then("certainty").otherwise(pl.lit("may")),
    )
    ran = pl.concat([runs, through.select(runs.columns)]).join(known, on=SECURABLE)
    ran = ran.with_columns(principal=pl.when("definer").then("owner").otherwise("principal"))
    return together(ran.with_columns(pl.col("principal").fill_null(NOBODY_KNOWS)), _RUN)


def _demanded(ran: pl.DataFrame, reads: pl.DataFrame) -> pl.DataFrame:
    does = ran.join(reads, on=SECURABLE).filter(pl.col("on_securable").is_not_null())
    via = pl.when(pl.col("securable_type") == "TABLE").then(pl.lit("via-view")).otherwise(pl.lit("via-routine"))
    used = does.with_columns(
        reason=via,
        certainty=pl.when(pl.col("action").is_null()).then(pl.lit("may")).otherwise("certainty"),
        action=pl.col("action").fill_null(ANYTHING),
        used_type="on_type",
        securable_type="on_type",
        securable="on_securable",
    )
    return normalized(used).select(*DEMAND)


def normalized(demands: pl.DataFrame) -> pl.DataFrame:
    """Spell `securable_type` as grants know it; PATH stays."""
    types = demands["securable_type"].unique().to_list()
    spelled = {name: normalize_type(name) for name in types if name is not None}
    return demands.with_columns(pl.col("securable_type").replace(spelled))


def together(frame: pl.DataFrame, by: tuple[str, ...], *, same: bool = False) -> pl.DataFrame:
    """Put the evidence of rows that say the same together: uses, first, last, and the witnesses of the latest.

    Args:
        frame: Rows with evidence.
        by: The columns that say the same.
        same: The rows come from the same statements, so the greatest count stands for all; else counts add up.
    """
    rows = frame.select(*by, *EVIDENCE).with_columns(
        pl.col("witnesses").fill_null(pl.lit([], tables.NAMES)), several=pl.struct(by).is_duplicated()
    )
    # Most rows are alone in what they say: neither sorted nor grouped, they cost nothing.
    return pl.concat([rows.filter(~pl.col("several")).drop("several"), _grouped(rows.filter("several"), by, same=same)])


def _grouped(rows: pl.DataFrame, by: tuple[str, ...], *, same: bool) -> pl.DataFrame:
    return (
        rows.sort("last_at", "uses", pl.col("witnesses").list.join("\n"), descending=True, nulls_last=True)
        .group_by(by, maintain_order=True)
        .agg(
            pl.col("uses").max() if same else pl.col("uses").sum(),
            pl.col("first_at").min(),
            pl.col("last_at").max(),
            pl.col("witnesses").filter(pl.col("witnesses").list.len() > 0).first(),
        )
        .with_columns(pl.col("witnesses").fill_null(pl.lit([], tables.NAMES)))
    )
