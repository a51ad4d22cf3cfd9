"""One sentence for people on why a row goes, stays or comes."""

from __future__ import annotations

import polars as pl

_CAUSES = {
    "used": "it is used",
    "usage-chain": "it is on the way to what is used",
    "co-requisite": "it goes with what is used",
    "via-view": "a view that it owns reads this",
    "via-routine": "a routine that it owns reads this",
    "opaque": "activity that was not understood in full may need it",
    "unobservable": "no source at hand would show its use",
    "denied": "it was denied",
    "needed": "it is used, and nothing gives it",
}

STAYS = "stays; REVOKE ALL PRIVILEGES may have taken it along"
"""Why a row that stays is granted again."""


def why_gone(word: pl.Expr) -> pl.Expr:
    """Say why a row of this privilege goes: from `reach`, `future` and `needed` of its certificate."""
    spoken = word.str.replace_all("_", " ", literal=True)
    later = pl.when("future").then(pl.lit(", nor what is made here later")).otherwise(pl.lit(""))
    yet = pl.when("future").then(pl.lit(", but not what is made here later")).otherwise(pl.lit(""))
    reach, needed = pl.col("reach"), pl.col("needed")
    few = pl.format(
        "only {} of the {} privileges that {} gives here may be needed; other rows keep them", needed, reach, spoken
    )
    return (
        pl.when((needed == 0) & (reach <= 1))
        .then(pl.format("was not used, and nothing shows that it may be needed{}", later))
        .when(needed == 0)
        .then(
            pl.format("none of the {} privileges that {} gives here was used or may be needed{}", reach, spoken, later)
        )
        .when(needed < reach)
        .then(few)
        .otherwise(pl.format("other rows keep all that {} gives here today{}", spoken, yet))
    )


def why_come(word: pl.Expr, grantee: pl.Expr) -> pl.Expr:
    """Say why a row of this privilege comes: from `subject`, `privilege`, `certainty`, `reason`, `ids` of its witness.

    All are null where no need explains it.
    """
    who = pl.when(pl.col("subject") == grantee).then(pl.lit("")).otherwise(pl.format("`{}` ", "subject"))
    verb = pl.when(pl.col("certainty") == "must").then(pl.lit("needs")).otherwise(pl.lit("may need"))
    needed = pl.col("privilege").str.replace_all("_", " ", literal=True)
    cause = pl.col("reason").replace(_CAUSES)
    ids = pl.when(pl.col("ids").list.len() > 0).then(pl.format(" ({})", pl.col("ids").list.join(", ")))
    told = pl.format("{}{} {}: {}{}", who, verb, needed, cause, ids.otherwise(pl.lit("")))
    plain = pl.format("keeps {} for what is needed", word.str.replace_all("_", " ", literal=True))
    return pl.when(pl.col("subject").is_null()).then(plain).otherwise(told)
