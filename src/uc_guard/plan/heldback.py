"""What is left alone although it is not surely needed, and what would free it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.plan import Held
from uc_guard.plan.certify import name_rows
from uc_guard.plan.covers import POSITION, fits, has_future, held_positions, probes

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
    served = probes(estate, needed).select(POSITION).unique()
    hit = given.select(POSITION).with_row_index("t").join(served, on=POSITION, how="semi")["t"]
    return pl.int_range(given.height, dtype=pl.UInt32, eager=True).is_in(hit.implode())


def _listed(estate: Estate, facts: pl.DataFrame) -> list[Held]:
    groups = facts.sort("q", "g", "reason", "r").with_columns(
        n=pl.int_range(pl.len()).over("q", "reason", "g"), of=pl.len().over("q", "reason", "g")
    )
    shared = groups.filter(pl.col("share").is_not_null())
    room = max(1, LISTED // max(1, shared.select("q", "g", "reason").n_unique()))
    shown = groups.filter(pl.col("share").is_null() | (pl.col("n") < room)).sort("q", "g", "v", "s", "reason")
    subjects = pl.Series(estate.subjects, dtype=pl.String).gather(shown["q"])
    named = shown.with_columns(
        subject=subjects,
        more=pl.when(pl.col("share").is_not_null() & (pl.col("n") == room - 1)).then(pl.col("of") - room),
    )
    columns = named.select("subject", "reason", "detail", "bystanders", "more", "witnesses")
    return [
        Held(subject, row, reason, _told(row.grantee, subject, (reason, detail, bystanders), more or 0), _few(ids))
        for row, (subject, reason, detail, bystanders, more, ids) in zip(
            name_rows(estate, shown), columns.iter_rows(), strict=True
        )
    ]  # fmt: skip


def _told(grantee: str, subject: str, why: tuple[str, str | None, int], more: int) -> str:
    reason, detail, bystanders = why
    texts = {
        "everyone": "every principal of the account has it",
        "shared-with-bystanders": f"`{grantee}` also has {bystanders} not under audit; "
        f"take `{subject}` out of it, or have its owner narrow it",
        "shared-with-held": f"`{grantee}` also has subjects that are left alone",
        "inert": "it gives nothing on this securable: to revoke it changes nothing",
        "redundant": "something that stays gives the same: to revoke it alone changes nothing",
    }
    text = detail or texts.get(reason, "only activity that was not understood in full may need it")
    if reason in texts:
        text = texts[reason]
    return f"{text}; so do {more} more rows of `{grantee}`" if more > 0 else text


def _few(ids: list[str] | None) -> tuple[str, ...]:
    return tuple(sorted(ids or [])[:3])
