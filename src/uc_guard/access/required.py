"""Who needs what: from uses to privileges, co-requisites, USE on the way, and the owners behind views and routines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.access.behind import EVIDENCE, together
from uc_guard.access.demand import demands_of
from uc_guard.access.effective import PAIR, SECURABLE, World, can, holders, placed
from uc_guard.access.effective import world as world_of
from uc_guard.access.operations import Requirement, requirements
from uc_guard.model.privilege import ALL_PRIVILEGES, IN_SCHEMA, PRIVILEGES, Privilege

if TYPE_CHECKING:
    from collections.abc import Collection

    from uc_guard.snapshot import Snapshot

_SHOWN_BY = {"query_history": "statements", "audit": "access_events"}
_MATERIAL = ("read", "write", "file", "execute", "use")
_REASONS = ("used", "path", "co-requisite", "via-view", "via-routine", "usage-chain", "opaque", "unobservable", "gone")
_DERIVED = ("co-requisite", "usage-chain")


def required(
    usage: pl.DataFrame,
    opaque: pl.DataFrame,
    bodies: pl.DataFrame,
    snapshot: Snapshot,
    subjects: Collection[str] = (),
    home: World | None = None,
) -> pl.DataFrame:
    """Give what every principal needs, surely or perhaps.

    Args:
        usage: What was used (contract USAGE). What was denied is no need; what failed for another reason is.
        opaque: What was not understood (contract OPAQUE). Rows that could mean anything name no need: who has one
            could need all that it holds.
        bodies: What the bodies of views and routines do (contract BODIES).
        snapshot: The workspace.
        subjects: Principals for whom ALL PRIVILEGES is opened where no source would show that a part of it was used.
        home: The snapshot's world, where the caller has it already.

    Returns:
        Contract NEEDS, sorted by key. A need whose reason is `gone` names a securable that no listing has any more.
    """
    world = home or world_of(snapshot)
    demands, _ = demands_of(usage, opaque, bodies, snapshot, world)
    gone = _gone(demands.select(SECURABLE).unique(), snapshot)
    demands = _without_own(demands, gone)
    asked = _with_its_way(_direct(demands, gone, snapshot, world), world)
    direct = pl.concat([asked, _unobservable_needs(snapshot, world, subjects)])
    direct = pl.concat([direct, _co_requisites(direct, world)])
    needs = pl.concat([direct, _chain(direct)])
    return _settled(_marked_gone(needs, _gone(needs.select(SECURABLE).unique(), snapshot)))


def unknown_bodies(
    usage: pl.DataFrame, opaque: pl.DataFrame, bodies: pl.DataFrame, snapshot: Snapshot, home: World | None = None
) -> pl.DataFrame:
    """Give the owners of used views and routines whose body nobody could read: they could need anything.

    Args:
        usage: As in `required`.
        opaque: As in `required`.
        bodies: As in `required`.
        snapshot: The workspace.
        home: Its world, where the caller has it already.

    Returns:
        Contract OPAQUE, reason `body-unknown`; `may` is null.
    """
    _, blind = demands_of(usage, opaque, bodies, snapshot, home or world_of(snapshot))
    merged = together(blind, ("principal",)).with_columns(
        reason=pl.lit("body-unknown"),
        may=pl.lit(None, tables.NAMES),
        statements="uses",
        first_at=pl.col("first_at").fill_null(snapshot.manifest.since),
        last_at=pl.col("last_at").fill_null(snapshot.manifest.until),
    )
    return merged.select(*tables.OPAQUE.columns).sort("principal")


def unobservable(snapshot: Snapshot) -> frozenset[str]:
    """Give the privileges whose use none of the snapshot's sources would show: silence says nothing about them."""
    seen = {log for log, frame in _SHOWN_BY.items() if snapshot.has(frame)}
    return frozenset(row.name for row in PRIVILEGES.values() if not seen.intersection(row.seen_in))


# -- demands to needs ----------------------------------------------------------------------------------------------

_NEED = (*PAIR, "certainty", "reason", *EVIDENCE)


def _direct(demands: pl.DataFrame, gone: pl.DataFrame, snapshot: Snapshot, world: World) -> pl.DataFrame:
    """Give the privileges that the demands themselves ask for."""
    kinds = world.securables.select(*SECURABLE, "kind")
    asked = placed(demands.join(kinds, on=SECURABLE, how="left").with_columns(pl.col("kind").fill_null("")))
    # What is gone can be managed through its containers only.
    asked = asked.join(gone.with_columns(no_self=True), on=SECURABLE, how="left")
    asked = asked.with_columns(pl.col("no_self").fill_null(value=False)).with_row_index("demand")
    by = ("action", "used_type", "securable_type", "kind")
    asks = asked.join(_asks(asked.select(by).unique()), on=by)
    # UC: who made a thing owns it, and may have made it before the window: what is gone proves no MANAGE.
    owners = pl.col("no_self") & pl.col("action").is_in(["DROP", "ALTER", "MANAGE"])
    asks = asks.with_columns(always=pl.col("always") & ~owners)
    asks = _aimed(asks, snapshot, world)
    plain = asks.filter(pl.col("plain"))
    return pl.concat([plain.select(_NEED), _chosen(asks.filter(~pl.col("plain")), world), _strangers(asked, world)])


def _asks(kinds: pl.DataFrame) -> pl.DataFrame:
    rows = [
        (action, used, on_type, kind, number, way, order, ask.privilege, ask.place, r.always, r.doubt, _plain(r))
        for action, used, on_type, kind in kinds.rows()
        for number, r in enumerate(requirements(action, used, on_type, kind))
        for way, asks in enumerate(r.choices)
        for order, ask in enumerate(asks)
    ]
    words = dict.fromkeys(("action", "used_type", "securable_type", "kind"), pl.String)
    numbers = dict.fromkeys(("number", "way", "order"), pl.Int32)
    flags = dict.fromkeys(("always", "doubt", "plain"), pl.Boolean)
    schema = {**words, **numbers, "privilege": pl.String, "place": pl.String, **flags}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _plain(requirement: Requirement) -> bool:
    return requirement.always and not requirement.doubt and len(requirement.choices) == len(requirement.choices[0]) == 1


def _aimed(asks: pl.DataFrame, snapshot: Snapshot, world: World) -> pl.DataFrame:
    """Put the place where each privilege is asked into `securable_type` and `securable`."""
    place, kind = pl.col("place"), pl.col("securable_type")
    same = ((place == "schema") & (kind == "SCHEMA")) | ((place == "catalog") & (kind == "CATALOG"))
    target = (
        pl.when(place == "self")
        .then("securable")
        .when(place == "metastore")
        .then(pl.lit(_metastore(snapshot, world)))
        .when(place == "schema")
        .then("schema")
        .otherwise("catalog")
    )
    self_gone = (place == "self") & pl.col("no_self") & (pl.col("privilege") == "MANAGE")
    aimed = asks.filter(~same & ~self_gone).with_columns(
        securable=target, securable_type=pl.when(place == "self").then(kind).otherwise(place.str.to_uppercase())
    )
    return aimed.filter(pl.col("securable").is_not_null()).drop("place")


def _metastore(snapshot: Snapshot, world: World) -> str:
    named = world.securables.filter(pl.col("securable_type") == "METASTORE")["securable"].sort()
    return named[0] if named.len() else (snapshot.manifest.metastore or "metastore")


def _chosen(asks: pl.DataFrame, world: World) -> pl.DataFrame:
    """Decide between ways to meet a requirement by what is held: one way is sure, several are each possible."""
    answered = asks.join(can(world, asks.select(PAIR).unique()), on=PAIR, how="left")
    group = ["demand", "number"]
    held = (
        answered.filter("can").sort(*group, "way", "order").unique([*group, "way"], keep="first", maintain_order=True)
    )
    held = held.with_columns(several=pl.len().over(group) > 1)
    unsure = pl.col("doubt") | pl.col("several")
    held = held.with_columns(certainty=pl.when(unsure).then(pl.lit("may")).otherwise("certainty"))
    none = answered.filter("always").join(held.select(group).unique(), on=group, how="anti")
    none = none.sort(*group, "way", "order").unique(group, keep="first", maintain_order=True)
    return pl.concat([held.select(_NEED), none.select(_NEED)])


def _strangers(asked: pl.DataFrame, world: World) -> pl.DataFrame:
    """Give the privileges nobody knows that stand on what something not understood was done to."""
    known = [*PRIVILEGES, ALL_PRIVILEGES, "OWNER"]
    rows = world.rows.filter(~pl.col("by").is_in(known))
    rows = rows.select(privilege="by", securable_type="at_type", securable="at").unique()
    unclear = asked.filter(
        ~pl.col("action").is_in([*PRIVILEGES, "CREATE", "DROP", "ALTER", "METADATA", "MANAGE", "REFRESH"])
    )
    candidates = unclear.join(rows, on=SECURABLE).with_columns(certainty=pl.lit("may"))
    held = can(world, candidates.select(PAIR).unique()).filter("can")
    return candidates.join(held.select(PAIR), on=PAIR, how="semi").select(_NEED)


def _unobservable_needs(snapshot: Snapshot, world: World, subjects: Collection[str]) -> pl.DataFrame:
    """Open ALL PRIVILEGES where part of it would leave no trace in the sources at hand."""
    empty = pl.DataFrame(schema={name: tables.NEEDS.schema[name] for name in _NEED})
    # Without statements nothing is judged at all, so nothing needs to be opened.
    if not subjects or not snapshot.has("statements"):
        return empty
    opened = _hidden_privileges(snapshot, world)
    held = holders(world, subjects, [ALL_PRIVILEGES]).select("principal", "at_type", "at").unique()
    parts = [empty]
    for column, kind in (("securable", None), ("schema", "SCHEMA"), ("catalog", "CATALOG")):
        at = held.filter(pl.col("at_type") == kind) if kind else held
        inside = world.securables.join(opened, on=["securable_type", "kind"])
        inside = inside.with_columns(at=column, at_type=pl.lit(kind) if kind else pl.col("securable_type"))
        pairs = at.join(inside, on=["at_type", "at"]).select(PAIR).unique()
        parts.append(_undated(can(world, pairs).filter("can")))
    return pl.concat(parts).unique(PAIR, keep="first", maintain_order=True)


def _hidden_privileges(snapshot: Snapshot, world: World) -> pl.DataFrame:
    """Give what no source would show, for each kind of securable: `securable_type`, `kind`, `privilege`."""
    names = [name for name in sorted(unobservable(snapshot)) if _opened(PRIVILEGES[name])]
    kinds = world.securables.select("securable_type", "kind").unique().rows()
    hidden = [(on, kind, name) for on, kind in kinds for name in names if PRIVILEGES[name].applies(on, kind)]
    # UC: a model is loaded without a statement, and only the audit tells.
    if not snapshot.has(_SHOWN_BY["audit"]):
        hidden += [(on, kind, "EXECUTE") for on, kind in kinds if kind == "MODEL"]
    columns = ("securable_type", "kind", "privilege")
    return pl.DataFrame(hidden, schema=dict.fromkeys(columns, pl.String), orient="row")


def _opened(privilege: Privilege) -> bool:
    """Tell whether ALL PRIVILEGES is opened for it: what it lets one do stands on securables that a listing shows.

    UC: secrets and features are in no listing, and nobody knows a schema that has some from one that has none.
    """
    return privilege.in_all and privilege.family in _MATERIAL and "SCHEMA" not in privilege.on


def _undated(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.select(
        *PAIR,
        certainty=pl.lit("may"),
        reason=pl.lit("unobservable"),
        uses=pl.lit(0, pl.Int64),
        first_at=pl.lit(None, tables.INSTANT),
        last_at=pl.lit(None, tables.INSTANT),
        witnesses=pl.lit([], tables.NAMES),
    )


# -- what comes with a need ----------------------------------------------------------------------------------------


def _co_requisites(needs: pl.DataFrame, world: World) -> pl.DataFrame:
    """Give the privileges that the platform asks for together with another, on the same securable."""
    with_it = [(row.name, other) for row in PRIVILEGES.values() for other in row.with_it]
    others = pl.DataFrame(with_it, schema={"privilege": pl.String, "other": pl.String}, orient="row")
    reason = pl.when(_in_doubt()).then("reason").otherwise(pl.lit("co-requisite"))
    added = needs.join(others, on="privilege").with_columns(privilege="other", reason=reason)
    kinds = world.securables.select(*SECURABLE, "kind")
    added = added.join(kinds, on=SECURABLE, how="left").with_columns(pl.col("kind").fill_null(""))
    means = [
        (name, on_type, kind)
        for name, on_type, kind in added.select("privilege", "securable_type", "kind").unique().rows()
        if PRIVILEGES[name].applies(on_type, kind)
    ]
    on = ["privilege", "securable_type", "kind"]
    applies = pl.DataFrame(means, schema=dict.fromkeys(on, pl.String), orient="row")
    return added.join(applies, on=on, how="semi").select(_NEED)


def _in_doubt() -> pl.Expr:
    return pl.col("reason").is_in(["opaque", "unobservable"])


def _chain(needs: pl.DataFrame) -> pl.DataFrame:
    """Give USE CATALOG and USE SCHEMA on the way to every need."""
    free = pl.col("privilege").is_in([row.name for row in PRIVILEGES.values() if not row.usage])
    needs = needs.with_columns(certainty=pl.when(free).then(pl.lit("may")).otherwise("certainty"))
    needs = needs.with_columns(reason=pl.when(_in_doubt()).then("reason").otherwise(pl.lit("usage-chain")))
    own = (pl.col("privilege") == "USE_CATALOG") | (pl.col("privilege") == "USE_SCHEMA")
    by = ("principal", *SECURABLE, "certainty", "reason", "own")
    way = placed(together(needs.with_columns(own=own), by, same=True))
    parts: list[pl.DataFrame] = []
    for kind, column in (("CATALOG", "catalog"), ("SCHEMA", "schema")):
        itself = pl.col("own") & (pl.col("securable_type") == kind)
        there = way.filter(pl.col(column).is_not_null() & ~itself).with_columns(
            privilege=pl.lit(f"USE_{kind}"), securable_type=pl.lit(kind), securable=column
        )
        parts.append(together(there, (*PAIR, "certainty", "reason")).select(_NEED))
    return pl.concat(parts)


def _with_its_way(needs: pl.DataFrame, world: World) -> pl.DataFrame:
    """Lead MANAGE to the container where it is held, where USE on the way from there is not.

    UC: MANAGE on a catalog needs no USE there; on what lies inside, it does.
    """
    mine = needs.filter(pl.col("privilege") == "MANAGE")
    if mine.is_empty():
        return needs
    lifted = placed(mine)
    for kind, column in (("SCHEMA", "schema"), ("CATALOG", "catalog")):
        there = pl.col(column).is_not_null() & (pl.col("securable_type") != kind)
        way = lifted.filter(there).select("principal", securable_type=pl.lit(kind), securable=column).unique()
        asked = pl.concat([way.with_columns(privilege=pl.lit(word)) for word in ("MANAGE", f"USE_{kind}")])
        held = can(world, asked.select(PAIR)).filter("can")
        enters = held.filter(pl.col("privilege") != "MANAGE").select("principal", "securable")
        leads = held.filter(pl.col("privilege") == "MANAGE").join(enters, on=["principal", "securable"], how="anti")
        leads = leads.select("principal", pl.col("securable").alias(column), leads=pl.lit(value=True))
        lifted = lifted.join(leads, on=["principal", column], how="left")
        goes = there & pl.col("leads").fill_null(value=False)
        lifted = lifted.with_columns(
            securable=pl.when(goes).then(column).otherwise("securable"),
            securable_type=pl.when(goes).then(pl.lit(kind)).otherwise("securable_type"),
        ).drop("leads")
    return pl.concat([needs.filter(pl.col("privilege") != "MANAGE"), lifted.select(needs.columns)])


def _without_own(demands: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    """Leave out what somebody did to a securable of its own making that is no more. UC: the creator is the owner."""
    creates = pl.col("action") == "CREATE"
    made = demands.filter(creates).join(gone, on=SECURABLE, how="semi").select("principal", *SECURABLE).unique()
    marked = demands.join(made.with_columns(own=True), on=["principal", *SECURABLE], how="left")
    return marked.filter(creates | pl.col("own").is_null()).drop("own")


def _marked_gone(needs: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    marked = needs.join(gone.with_columns(gone=True), on=SECURABLE, how="left")
    return marked.with_columns(reason=pl.when(pl.col("gone")).then(pl.lit("gone")).otherwise("reason")).drop("gone")


def _gone(named: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Give the securables that should be listed, and are not: others of their type in their catalog are."""
    objects = snapshot.frame("objects").select(SECURABLE)
    granted = snapshot.frame("grants").select(SECURABLE)
    inside = pl.col("securable_type").is_in([*IN_SCHEMA, "SCHEMA"])
    listed = placed(objects).filter(inside).select("securable_type", "catalog").unique()
    missing = named.join(pl.concat([objects, granted]).unique(), on=SECURABLE, how="anti")
    columns = named.columns
    return placed(missing).join(listed, on=["securable_type", "catalog"], how="semi").select(columns)


def _settled(needs: pl.DataFrame) -> pl.DataFrame:
    """Give one row for each need: the surest and plainest reason leads, the evidence adds up."""
    several = pl.struct(PAIR).is_duplicated()
    settled = pl.concat([needs.filter(~several).select(_NEED), _merged(needs.filter(several))])
    return settled.select(*tables.NEEDS.columns).sort(PAIR)


def _merged(needs: pl.DataFrame) -> pl.DataFrame:
    rank = pl.col("reason").replace_strict({reason: i for i, reason in enumerate(_REASONS)}, return_dtype=pl.Int8)
    derived = pl.col("reason").is_in(_DERIVED)
    empty = pl.col("witnesses").list.len() == 0
    ordered = needs.with_columns(may=pl.col("certainty") == "may", rank=rank, derived=derived, empty=empty).sort(
        *PAIR, "may", "rank", "empty", "last_at", "uses", pl.col("witnesses").list.join("\n"),
        descending=[False] * 7 + [True] * 3, nulls_last=True,
    )  # fmt: skip
    plain = pl.col("uses").filter(~pl.col("derived")).sum()
    merged = ordered.group_by(PAIR, maintain_order=True).agg(
        pl.col("certainty", "reason", "witnesses").first(),
        # A statement that writes shows the co-requisite too: what is derived is no further use.
        uses=pl.max_horizontal(plain, pl.col("uses").filter("derived").max().fill_null(0)),
        first_at=pl.col("first_at").min(),
        last_at=pl.col("last_at").max(),
    )
    return merged.select(_NEED)
