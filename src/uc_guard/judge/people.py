"""Facts about principals: who they are, what they lack, and what they could give themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard.access.effective import PAIR, SECURABLE, can, world
from uc_guard.access.escalation import escalations
from uc_guard.judge.facts import POWER, PRINCIPAL, SHORTFALL
from uc_guard.model.privilege import OWNER

if TYPE_CHECKING:
    from uc_guard.pipeline import Audit
    from uc_guard.snapshot import Snapshot

_BEHIND = ("via-view", "via-routine")


def principal_facts(found: Audit, exposure: pl.DataFrame) -> pl.DataFrame:
    """Give the principals under audit, and the people whose privileges service principals used (table PRINCIPAL).

    Args:
        found: An audit.
        exposure: Table EXPOSURE.
    """
    snapshot = found.snapshot
    until, since = snapshot.manifest.until, snapshot.manifest.since
    senders = _senders(snapshot)
    lent = senders.filter(pl.col("agents") > 0).select("principal")
    kinds = snapshot.frame("principals").select("principal", "kind", "active", "created_at")
    lent = lent.join(kinds.filter(pl.col("kind") == "USER"), on="principal", how="semi")
    people = pl.concat([_subjects(found), lent]).unique(maintain_order=True)
    rows = people.with_columns(subject=pl.col("principal").is_in(list(found.subjects)))
    own = found.snapshot.frame("objects").group_by(principal="owner").agg(owns=pl.len().cast(pl.Int64))
    bare = pl.col("sensitive") & pl.col("readable") & ~pl.col("masked")
    columns = exposure.filter(bare).group_by("principal").agg(sensitive=pl.len().cast(pl.Int64))
    denied = found.shortfalls.filter(pl.col("evidence") == "denied").group_by("principal")
    refused = denied.agg(denied_on=pl.struct(SECURABLE).n_unique().cast(pl.Int64))
    uses = found.usage.group_by("principal").agg(uses=pl.col("uses").sum())
    for frame in (kinds, _activity(found), uses, found.ledger.drop("used"), own, columns, refused, senders):
        rows = rows.join(frame, on="principal", how="left")
    # fmt: off
    counts = ("statements", "opaque", "denied", "denied_on", "uses", "held", "may", "after", "owns", "sensitive",
              "senders", "people", "agents", "clients")
    # fmt: on
    rows = rows.with_columns(pl.col(name).fill_null(0).cast(pl.Int64) for name in counts)
    share = pl.when(pl.col("statements") > 0).then(pl.col("opaque") / pl.col("statements")).otherwise(0.0)
    return rows.with_columns(
        pl.col("kind").fill_null("UNKNOWN"),
        opaque_share=share,
        age_days=(pl.lit(until) - pl.col("created_at")).dt.total_days(),
        idle_days=(pl.lit(until) - pl.col("last_at")).dt.total_days(),
        window_days=pl.lit((until - since).days, pl.Int64),
    ).select(*PRINCIPAL.columns)


def shortfall_facts(found: Audit) -> pl.DataFrame:
    """Give what principals were denied or lack, the owners behind views and routines too (table SHORTFALL)."""
    until = found.snapshot.manifest.until
    idle = (pl.lit(until) - pl.col("last_at")).dt.total_days()
    needed = found.needs.select(PAIR).unique().with_columns(ran=pl.lit(value=True))
    own = found.shortfalls.join(needed, on=PAIR, how="left", maintain_order="left")
    refused = own.filter(pl.col("evidence") == "denied").select(PAIR).with_columns(denied=pl.lit(value=True))
    own = own.join(refused, on=PAIR, how="left", maintain_order="left")
    own = own.with_columns(pl.col("ran", "denied").fill_null(value=False), idle_days=idle).select(*SHORTFALL.columns)
    behind = found.needs.filter(
        pl.col("reason").is_in(_BEHIND), pl.col("certainty") == "must", ~pl.col("principal").is_in(list(found.subjects))
    )
    complete = all(found.snapshot.has(name) for name in ("grants", "members", "objects"))
    if not complete or not behind.height:
        return own
    lacking = can(world(found.snapshot), behind.select(PAIR).unique()).filter(~pl.col("can"))
    rows = behind.join(lacking, on=PAIR, how="semi").with_columns(
        evidence=pl.lit("owner"), ran=pl.lit(value=True), denied=pl.lit(value=False), idle_days=idle
    )
    return pl.concat([own, rows.select(*SHORTFALL.columns)])


def power_facts(found: Audit) -> pl.DataFrame:
    """Give the ways in which principals could give themselves more (table POWER)."""
    home = world(found.snapshot)
    edges = escalations(found.snapshot, home, found.subjects)
    privilege = pl.when(pl.col("how") == "owner").then(pl.lit(OWNER)).when(pl.col("how") == "manage")
    through = pl.col("path").list.slice(1).list.join(" in ")
    wide = edges.with_columns(privilege=privilege.then(pl.lit("MANAGE")), through=through)
    return pl.concat([wide.select(*POWER.columns), _commands(found)]).unique(POWER.key).sort(POWER.key)


def _subjects(found: Audit) -> pl.DataFrame:
    return pl.DataFrame({"principal": list(found.subjects)}, schema={"principal": pl.String})


def _activity(found: Audit) -> pl.DataFrame:
    """Give counts of statements: those of the audit, and plain ones for people who are not under audit."""
    own = found.coverage.select("principal", "statements", "opaque", "denied", "last_at")
    logged = found.snapshot.frame("statements").group_by("principal").agg(
        statements=pl.len().cast(pl.Int64), last_at=pl.col("started_at").max()
    )  # fmt: skip
    others = logged.join(own, on="principal", how="anti").with_columns(
        opaque=pl.lit(0, pl.Int64), denied=pl.lit(0, pl.Int64)
    )
    return pl.concat([own, others.select(own.columns)])


def _senders(snapshot: Snapshot) -> pl.DataFrame:
    """Count who else sent the statements that ran with a principal's privileges, and by which clients."""
    sent = snapshot.frame("statements").select("principal", "submitter", "client")
    kinds = snapshot.frame("principals").select(submitter="principal", sender="kind")
    sent = sent.join(kinds, on="submitter", how="left")
    other = pl.col("submitter").is_not_null() & (pl.col("submitter") != pl.col("principal"))

    def number(kind: str) -> pl.Expr:
        return pl.col("submitter").filter(other & (pl.col("sender") == kind)).n_unique().cast(pl.Int64)

    return sent.group_by("principal").agg(
        senders=pl.col("submitter").filter(other).n_unique().cast(pl.Int64),
        people=number("USER"),
        agents=number("SERVICE_PRINCIPAL"),
        clients=pl.col("client").drop_nulls().n_unique().cast(pl.Int64),
    )


def _commands(found: Audit) -> pl.DataFrame:
    """Give the functions and tables of protections that a principal owns or manages."""
    snapshot = found.snapshot
    masks = snapshot.frame("column_masks").select("table", "function")
    filters = snapshot.frame("row_filters").select("table", "function")
    uses = pl.concat([masks, filters]).unique()
    policies = snapshot.frame("policies").select("function").drop_nulls()
    functions = pl.concat(
        [uses.select("table", "function"), policies.select(table=pl.lit("a policy"), function="function")]
    )
    guards = functions.group_by(securable="function").agg(inside=pl.col("table").n_unique().cast(pl.Int64))
    guarded = uses.group_by(securable="table").agg(inside=pl.len().cast(pl.Int64))
    places = pl.concat(
        [
            guards.with_columns(securable_type=pl.lit("FUNCTION"), how=pl.lit("function")),
            guarded.with_columns(securable_type=pl.lit("TABLE"), how=pl.lit("protection")),
        ]
    )
    if not places.height:
        return POWER.empty()
    return _commanded(found, places)


def _commanded(found: Audit, places: pl.DataFrame) -> pl.DataFrame:
    # INVARIANT: only those who own or manage something are asked about: never all principals by all securables.
    mighty = found.holdings.filter(pl.col("privilege").is_in([OWNER, "MANAGE"]))
    asked = (
        mighty.select("principal")
        .unique()
        .join(places.select(SECURABLE), how="cross")
        .with_columns(privilege=pl.lit("MANAGE"))
    )
    manages = can(world(found.snapshot), asked).filter("can").select("principal", *SECURABLE)
    owners = found.holdings.filter(pl.col("privilege") == OWNER).select("principal", *SECURABLE).unique()
    owners = owners.with_columns(privilege=pl.lit(OWNER))
    rows = manages.join(owners, on=["principal", *SECURABLE], how="left").join(places, on=SECURABLE)
    return rows.with_columns(pl.col("privilege").fill_null("MANAGE"), through=pl.lit("")).select(*POWER.columns)
