"""What is left alone although it is not surely needed, and what would free it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.plan import Held
from uc_guard.plan.certify import name_rows
from uc_guard.plan.covers import POSITION, fits, has_future, held_positions, located, probes

if TYPE_CHECKING:
    from uc_guard.plan.estate import Estate

LISTED = 50_000
"""About how many rows of shared grantees are listed; beyond it, the first of each grantee stand for the rest."""

_KEPT_BY = {"opaque": "opaque-activity", "unobservable": "unobservable"}


def hold_back(estate: Estate, rows: pl.DataFrame, needed: pl.DataFrame, may: pl.DataFrame) -> tuple[Held, ...]:
    """Give the rows that stay without being surely needed, for each judged subject that they reach; sorted.

    Args:
        estate: The estate of the judged subjects, with the memberships that stay.
        rows: Rows that stay: `r`, `g`, `v`, `s`, `share`, `doubt`, `detail`, `bystanders`.
        needed: What must stay usable: POSITION and EVIDENCE.
        may: What the subjects may need: POSITION and EVIDENCE; usable or not.
    """
    given = held_positions(estate, rows.select("r", "g", "v", "s"))
    evidence = may.select(*POSITION, "must", "witnesses", need="reason")
    facts = given.join(evidence, on=POSITION, how="left", maintain_order="left")
    single = ~has_future(estate, facts)
    facts = facts.with_columns(
        beyond=~(single & pl.col("must").is_not_null()),
        inert=single & ~fits(estate, facts),
        used=_serves(estate, facts, needed),
    ).join(rows.select("r", "g", "share", "doubt", "detail", "bystanders"), on="r", maintain_order="left")
    facts = facts.with_columns(reason=_reason()).filter(pl.col("reason").is_not_null())
    return tuple(_listed(estate, facts))


def _reason() -> pl.Expr:
    doubtful = pl.col("must").eq(other=False).fill_null(value=False)
    may = pl.col("need").replace_strict(_KEPT_BY, default="maybe-needed", return_dtype=pl.String)
    unused = pl.col("beyond") & ~pl.col("used")
    return (
        pl.when(pl.col("beyond") & pl.col("share").is_not_null()).then("share")
        .when(pl.col("beyond") & pl.col("doubt").is_not_null()).then("doubt")
        .when(doubtful & ~pl.col("beyond")).then(may)
        .when(unused & pl.col("inert")).then(pl.lit("inert"))
        .when(unused).then(pl.lit("redundant"))
    )  # fmt: skip


def _serves(estate: Estate, given: pl.DataFrame, needed: pl.DataFrame) -> pl.Series:
    return located(estate, given)["at"].is_in(probes(estate, needed)["at"].implode())


def _listed(estate: Estate, facts: pl.DataFrame) -> list[Held]:
    groups = facts.sort("q", "g", "reason", "r").with_columns(
        n=pl.int_range(pl.len()).over("q", "reason", "g"), of=pl.len().over("q", "reason", "g")
    )
    shared = groups.filter(pl.col("share").is_not_null())
    room = max(1, LISTED // max(1, shared.select("q", "g", "reason").n_unique()))
    shown = groups.filter(pl.col("share").is_null() | (pl.col("n") < room)).sort("q", "g", "v", "s", "reason")
    told = shown.with_columns(
        subject=pl.lit(pl.Series(estate.subjects, dtype=pl.String)).gather(pl.col("q")),
        grantee=pl.lit(estate.grantees).gather(pl.col("g")),
        more=pl.when(pl.col("share").is_not_null() & (pl.col("n") == room - 1)).then(pl.col("of") - room),
    ).select("subject", "reason", "witnesses", text=_told())
    return [
        Held(subject, row, reason, text, _few(ids))
        for row, (subject, reason, ids, text) in zip(name_rows(estate, shown), told.iter_rows(), strict=True)
    ]


def _told() -> pl.Expr:
    reason = pl.col("reason")
    shared = pl.format(
        "`{}` also has {} not under audit; take `{}` out of it, or have its owner narrow it",
        "grantee", "bystanders", "subject",
    )  # fmt: skip
    detail = pl.when(pl.col("detail") != "").then("detail")
    text = (
        pl.when(reason == "everyone").then(pl.lit("every principal of the account has it"))
        .when(reason == "shared-with-bystanders").then(shared)
        .when(reason == "shared-with-held").then(pl.format("`{}` also has subjects that are left alone", "grantee"))
        .when(reason == "inert")
        .then(pl.lit("it gives nothing on this securable: to revoke it changes nothing"))
        .when(reason == "redundant")
        .then(pl.lit("something that stays gives the same: to revoke it alone changes nothing"))
        .otherwise(detail.fill_null("only activity that was not understood in full may need it"))
    )  # fmt: skip
    more = pl.format("; so do {} more rows of `{}`", "more", "grantee")
    return pl.concat_str(text, pl.when(pl.col("more") > 0).then(more).otherwise(pl.lit("")))


def _few(ids: list[str] | None) -> tuple[str, ...]:
    return tuple(sorted(ids or [])[:3])
