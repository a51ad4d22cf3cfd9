"""Proof for each row: a certificate for one that goes, a witness for one that stays or comes."""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.plan import Certificate, Row, Witness
from uc_guard.model.privilege import PRIVILEGES
from uc_guard.plan.covers import fits, has_future, held_positions, located, probes
from uc_guard.plan.estate import texts
from uc_guard.plan.excess import spell_out, tally
from uc_guard.plan.reasons import why_come, why_gone
from uc_guard.plan.refuse import is_unseen

if TYPE_CHECKING:
    from uc_guard.plan.estate import Estate
    from uc_guard.snapshot import Snapshot


def name_rows(estate: Estate, rows: pl.DataFrame) -> list[Row]:
    """Give rows (`g`, `v`, `s`) by name, in their order."""
    return list(starmap(Row, zip(*estate.spell(rows), strict=True)))


def prove(estate: Estate, going: pl.DataFrame, may: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Give what is to be said of each row that goes, sorted by row.

    Args:
        estate: The estate, with the memberships that stay.
        going: `r`, `g`, `v`, `s`.
        may: What the subjects need or may need.
        snapshot: For the sources at hand.

    Returns:
        `g`, `v`, `s`, `reach`, `future`, `needed`, `unseen` (as in Certificate; null = none) and `why`.
    """
    going = going.sort("g", "v", "s")  # numbers sort as the names do
    gives = _gives(estate, going)
    facts = going.with_columns(future=has_future(estate, going))
    for part in (
        gives.group_by("r").agg(reach=pl.col("pairs").sum()),
        _served(estate, going, may),
        _unseen(estate, gives, snapshot),
    ):
        facts = facts.join(part, on="r", how="left", maintain_order="left")
    facts = facts.with_columns(pl.col("reach", "needed").fill_null(0))
    return facts.with_columns(why=why_gone(pl.lit(estate.spelt).gather(pl.col("v"))))


def certify(estate: Estate, proofs: pl.DataFrame, snapshot: Snapshot) -> tuple[Certificate, ...]:
    """Give the certificate of each row that goes, in the order of what `prove` says of it."""
    behind = {g: (tuple(names), count) for g, names, count in _behind(estate, snapshot).iter_rows()}
    grantees = [behind[g] for g in proofs["g"].to_list()]
    columns = zip(
        name_rows(estate, proofs),
        [subjects for subjects, _ in grantees],
        *(proofs[column].to_list() for column in ("reach", "future", "needed")),
        [tuple(hidden or ()) for hidden in proofs["unseen"].to_list()],
        [statements for _, statements in grantees],
        strict=True,
    )
    return tuple(starmap(Certificate, columns))


def testify(estate: Estate, rows: pl.DataFrame, needed: pl.DataFrame) -> pl.DataFrame:
    """Give one need for each row that serves one: the firmest and most used; sorted by row.

    Returns:
        `r`, `g`, `v`, `s` of the row, and `subject`, `privilege`, `securable_type`, `securable`, `certainty`, `reason`
        and `ids` as in Witness.
    """
    given = located(estate, held_positions(estate, rows)).select("r", "at")
    served = probes(estate, needed).join(given, on="at").select("t", "r")
    facts = needed.with_row_index("t").join(served, on="t").drop("t")
    # The need on the row's own securable tells most; then a must, then the most used.
    facts = facts.join(rows.select("r", "g", at_v="v", at_s="s"), on="r")
    facts = facts.with_columns(own=(pl.col("at_v") == pl.col("v")) & (pl.col("at_s") == pl.col("s")))
    order = ["r", "must", "own", "uses", "q", "v", "s"]
    best = facts.sort(order, descending=[False, True, True, True, False, False, False])
    best = best.unique("r", keep="first").sort("g", "at_v", "at_s")
    return estate.named(best).select(
        "r",
        "g",
        "privilege",
        "securable_type",
        "securable",
        "reason",
        v="at_v",
        s="at_s",
        subject=pl.lit(pl.Series(estate.subjects, dtype=pl.String)).gather(pl.col("q")),
        certainty=pl.when("must").then(pl.lit("must")).otherwise(pl.lit("may")),
        ids=pl.col("witnesses").list.sort().list.head(3),
    )


def witness(estate: Estate, told: pl.DataFrame) -> tuple[Witness, ...]:
    """Give the witness of each row, in the order of what `testify` says of it."""
    columns = ("subject", "privilege", "securable_type", "securable", "certainty", "reason")
    spelled = [texts(told[column]) for column in columns]
    rows, ids = name_rows(estate, told), map(tuple, told["ids"].to_list())
    return tuple(starmap(Witness, zip(rows, *spelled, ids, strict=True)))


def explain_coming(estate: Estate, coming: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Add `why` to the rows that come, by what `testify` says of them."""
    known = coming.join(told.drop("g", "v", "s"), on="r", how="left", maintain_order="left")
    word, grantee = pl.lit(estate.spelt).gather(pl.col("v")), pl.lit(estate.grantees).gather(pl.col("g"))
    return known.select("g", "v", "s", why=why_come(word, grantee))


def _behind(estate: Estate, snapshot: Snapshot) -> pl.DataFrame:
    """Give the subjects behind each grantee, and how many statements of theirs the window has."""
    since, until = snapshot.manifest.since, snapshot.manifest.until
    inside = snapshot.frame("statements").filter(pl.col("started_at").is_between(since, until, closed="left"))
    counts = inside.group_by("principal").agg(statements=pl.len().cast(pl.Int64))
    numbers = pl.DataFrame({"principal": estate.subjects}, schema={"principal": pl.String}).with_row_index("q")
    known = numbers.join(counts, on="principal", how="left").with_columns(pl.col("statements").fill_null(0))
    return estate.acts.join(known, on="q").group_by("g").agg(
        pl.col("principal").sort().alias("subjects"), pl.col("statements").sum()
    )  # fmt: skip


def _gives(estate: Estate, rows: pl.DataFrame) -> pl.DataFrame:
    """Give the privileges that each row gives today (`r`, `v`) and the number of securables that it gives them on."""
    is_all = pl.col("v") == estate.all_word
    columns = ["r", "v", "s"]
    spelt = pl.concat([rows.filter(~is_all).select(columns), spell_out(estate, rows.filter(is_all)).select(columns)])
    return spelt.join(tally(estate, spelt), on=["v", "s"]).filter(pl.col("pairs") > 0)


def _served(estate: Estate, rows: pl.DataFrame, may: pl.DataFrame) -> pl.DataFrame:
    pairs = may.filter(fits(estate, may))
    given = located(estate, held_positions(estate, rows)).select("r", "at")
    served = probes(estate, pairs).join(given, on="at").select("t", "r")
    facts = pairs.with_row_index("t").join(served, on="t").select("r", "v", "s").unique()
    return facts.group_by("r").agg(needed=pl.len().cast(pl.Int64))


def _unseen(estate: Estate, gives: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    hidden = [v for v, word in enumerate(estate.words) if word in PRIVILEGES and is_unseen(word, snapshot)]
    found = gives.filter(pl.col("v").is_in(hidden)).select("r", "v").unique()
    named = found.with_columns(unseen=estate.spelt.gather(found["v"]))
    return named.group_by("r").agg(pl.col("unseen").sort())
