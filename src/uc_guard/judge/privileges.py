"""Facts about privilege rows: what is held, what is granted or declared, what files and workspace agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard.access.effective import SECURABLE, ancestors
from uc_guard.judge.facts import DECLARED, GRANT, HOLDING
from uc_guard.model.privilege import ALL_PRIVILEGES, CONTAINERS, EVERYONE, OWNER, PRIVILEGES, SECURABLE_TYPES, implied

if TYPE_CHECKING:
    from uc_guard.pipeline import Audit
    from uc_guard.snapshot import Snapshot

_ROW = ("grantee", "privilege", *SECURABLE)
_PAIR = ("principal", "privilege", *SECURABLE)
_GRANTS = ("sql", "terraform", "bundle")
_PATTERN = r"[*?%]|^<.*>$|^:\w"
_UNKNOWN = "unknown"


def holding_facts(found: Audit) -> pl.DataFrame:
    """Give what the principals under audit hold (table HOLDING)."""
    until = found.snapshot.manifest.until
    window = (until - found.snapshot.manifest.since).days
    granted = found.snapshot.frame("grants").select(
        *_ROW, granted_days=(pl.lit(until) - pl.col("granted_at")).dt.total_days()
    )
    rows = found.holdings.join(_covered(found.holdings), on=["principal", *_ROW], how="left")
    rows = rows.join(granted, on=_ROW, how="left").join(_planned(found), on=["principal", *_ROW], how="left")
    return classed(rows).with_columns(
        pl.col("planned").fill_null(value=False), window_days=pl.lit(window, pl.Int64)
    ).select(*HOLDING.columns)  # fmt: skip


def grant_facts(found: Audit | None, declared: pl.DataFrame | None) -> pl.DataFrame:
    """Give the rows that reach a principal under audit, and those that files declare (table GRANT).

    Args:
        found: An audit; None where no workspace is at hand.
        declared: Contract DECLARED; None where no file is.
    """
    said = pl.DataFrame(schema=GRANT.schema) if declared is None else _said(declared)
    if found is not None:
        stored = _stored(found).join(said, on=_PAIR, how="anti")
        reaches = _reaches(found)
        said = said.drop("reaches").join(reaches, on=_PAIR, how="left")
        said = pl.concat([said.select(*GRANT.columns), stored.select(*GRANT.columns)])
        said = _known(said, found.snapshot)
    return said.select(*GRANT.columns)


def declared_facts(declared: pl.DataFrame) -> pl.DataFrame:
    """Give what files and workspace say of the same rows (table DECLARED)."""
    return (
        classed(declared)
        .with_columns(declared=pl.col("path").is_not_null(), agent=pl.lit(None, pl.Boolean))
        .select(*DECLARED.columns)
    )


def classed(rows: pl.DataFrame) -> pl.DataFrame:
    """Add `class` and `container` to rows with `privilege` and `securable_type`."""
    families = {name: row.family for name, row in PRIVILEGES.items()} | {ALL_PRIVILEGES: "all", OWNER: "owner"}
    return rows.with_columns(
        pl.col("privilege").replace_strict(families, default=_UNKNOWN, return_dtype=pl.String).alias("class"),
        container=pl.col("securable_type").is_in(CONTAINERS),
    )


# -- what is held ------------------------------------------------------------------------------------------------------


def _covered(holdings: pl.DataFrame) -> pl.DataFrame:
    """Give the rows beside which another gives the same principal the same: `covered_by`, `covered_how`."""
    rows = holdings.filter(pl.col("privilege") != OWNER).select("principal", *_ROW, "origin").unique()
    up = ancestors(rows.select(SECURABLE).unique())
    other = rows.rename({"grantee": "by_grantee", "privilege": "by", "securable_type": "at_type", "securable": "at"})
    other = other.select("principal", "by_grantee", "by", "at_type", "at", by_origin="origin")
    pairs = rows.join(up, on=SECURABLE).join(other, on=["principal", "at_type", "at"])
    flows = pl.col("privilege").is_in([name for name, row in PRIVILEGES.items() if row.flows])
    in_all = pl.col("privilege").is_in([name for name, row in PRIVILEGES.items() if row.in_all])
    here = (pl.col("at_type") == pl.col("securable_type")) & (pl.col("at") == pl.col("securable"))
    same = pl.col("by") == pl.col("privilege")
    # Of two equal rows the one of the principal itself is the odd one; among groups, the one that sorts last.
    order = pl.when(pl.col("origin") == "direct").then(pl.lit("~")).otherwise(pl.col("grantee"))
    by_order = pl.when(pl.col("by_origin") == "direct").then(pl.lit("~")).otherwise(pl.col("by_grantee"))
    twin = here & same & (by_order < order)
    above = (~here & same & flows) | ((pl.col("by") == ALL_PRIVILEGES) & ~same & in_all & (here | flows))
    how = pl.when(twin).then(pl.lit("twin")).when(above).then(pl.lit("above"))
    through = pl.when(pl.col("by_origin") == "direct").then(pl.lit("granted to itself")).otherwise(
        pl.format("granted to {}", "by_grantee")
    )  # fmt: skip
    kind = pl.col("at_type").str.replace_all("_", " ").str.to_lowercase()
    text = pl.format("{} on {} {}, {}", pl.col("by").str.replace_all("_", " "), kind, "at", through)
    found = pairs.with_columns(covered_how=how, covered_by=text).filter(pl.col("covered_how").is_not_null())
    found = found.sort("principal", *_ROW, pl.col("covered_how") != "twin", "covered_by")
    return found.unique(["principal", *_ROW], keep="first", maintain_order=True).select(
        "principal", *_ROW, "covered_by", "covered_how"
    )


def _planned(found: Audit) -> pl.DataFrame:
    """Give the rows of holdings that the plan takes away."""
    gone = [
        (row.grantee, row.privilege, row.securable_type, row.securable)
        for statement in found.plan.statements
        if statement.verb == "REVOKE"
        for row in statement.rows
    ]
    revoked = pl.DataFrame(gone, schema=dict.fromkeys(_ROW, pl.String), orient="row").unique()
    rows = found.holdings.select("principal", *_ROW).join(revoked, on=_ROW, how="semi")
    return rows.unique().with_columns(planned=pl.lit(value=True))


# -- what is granted or declared ---------------------------------------------------------------------------------------


def _said(declared: pl.DataFrame) -> pl.DataFrame:
    """Give what files grant; a manifest says what an agent may use, which is no grant."""
    grants = (pl.col("privilege") != OWNER) & pl.col("origin").is_in(_GRANTS) & pl.col("path").is_not_null()
    flags = [pl.lit(None, pl.Boolean).alias(name) for name in ("agent", "principal_listed", "securable_listed")]
    return _described(declared.filter(grants).with_columns(*flags, reaches=pl.lit(None, pl.Int64)))


def _stored(found: Audit) -> pl.DataFrame:
    """Give the rows of the workspace that reach a principal under audit, by ownership excepted."""
    verdict = pl.col("verdict")
    yes, no = pl.lit(value=True), pl.lit(value=False)
    used = pl.when((verdict == "used").any()).then(yes).when((verdict == "unused").all()).then(no).otherwise(None)
    held = found.holdings.filter(pl.col("origin") != "owner")
    groups = held.group_by(*SECURABLE, "privilege", principal="grantee", maintain_order=True)
    rows = groups.agg(used=used, reaches=pl.col("principal").n_unique().cast(pl.Int64)).with_columns(granted=yes)
    empty = {name: dtype for name, dtype in GRANT.schema.items() if name not in rows.columns}
    return _described(rows.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in empty.items()))


def _reaches(found: Audit) -> pl.DataFrame:
    rows = found.holdings.group_by(*SECURABLE, "privilege", principal="grantee")
    return rows.agg(reaches=pl.col("principal").n_unique().cast(pl.Int64))


def _described(rows: pl.DataFrame) -> pl.DataFrame:
    kinds = rows.select("privilege", "securable_type").unique().rows()
    means = [(p, t, any(implied(p, t, on) for on in SECURABLE_TYPES)) for p, t in kinds]
    schema = {"privilege": pl.String, "securable_type": pl.String, "means": pl.Boolean}
    table = pl.DataFrame(means, schema=schema, orient="row")
    rows = classed(rows.drop("means", strict=False)).join(table, on=["privilege", "securable_type"], how="left")
    return rows.with_columns(
        everyone=pl.col("principal") == EVERYONE, wildcard=pl.col("principal").str.contains(_PATTERN)
    ).select(*GRANT.columns)  # fmt: skip


def _known(rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Tell whether grantees and securables are in the listings."""
    objects = snapshot.frame("objects").select(SECURABLE).unique()
    types = objects["securable_type"].unique()
    there = rows.select(SECURABLE).unique().join(objects.with_columns(there=True), on=SECURABLE, how="left")
    rows = rows.join(there, on=SECURABLE, how="left").with_columns(
        securable_listed=pl.when(pl.col("securable_type").is_in(types.implode())).then(
            pl.col("there").fill_null(value=False)
        )
    )
    if not snapshot.has("principals"):
        return rows
    named = [snapshot.frame("principals")["principal"], snapshot.frame("members")["group"]]
    people = pl.concat(named).unique()
    return rows.with_columns(principal_listed=pl.col("principal").is_in(people.implode()) | pl.col("everyone"))
