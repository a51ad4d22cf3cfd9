"""Proof for each row: a certificate for one that goes, a witness for one that stays or comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.plan import Certificate, Row, Witness
from uc_guard.model.privilege import PRIVILEGES
from uc_guard.plan.covers import POSITION, fits, has_future, held_positions, probes
from uc_guard.plan.excess import spell_out, tally
from uc_guard.plan.refuse import is_unseen

if TYPE_CHECKING:
    from uc_guard.plan.estate import Estate
    from uc_guard.snapshot import Snapshot


def name_rows(estate: Estate, rows: pl.DataFrame) -> list[Row]:
    """Give rows (`g`, `v`, `s`) by name, in their order."""
    named = estate.named(rows).with_columns(grantee=estate.grantees.gather(rows["g"]))
    return [Row(*row) for row in named.select("grantee", "privilege", "securable_type", "securable").iter_rows()]


def certify(estate: Estate, going: pl.DataFrame, may: pl.DataFrame, snapshot: Snapshot) -> tuple[Certificate, ...]:
    """Give the certificate of each row that goes, sorted by row.

    Args:
        estate: The estate, with the memberships that stay.
        going: `r`, `g`, `v`, `s`.
        may: What the subjects need or may need.
        snapshot: For the sources at hand and the statements judged.
    """
    going = going.sort("g", "v", "s")  # numbers sort as the names do
    gives = _gives(estate, going)
    facts = going.with_columns(future=has_future(estate, going))
    for part, on in (
        (gives.group_by("r").agg(reach=pl.col("pairs").sum()), "r"),
        (_served(estate, going, may), "r"),
        (_unseen(estate, gives, snapshot), "r"),
        (_behind(estate, snapshot), "g"),
    ):
        facts = facts.join(part, on=on, how="left", maintain_order="left")
    facts = facts.with_columns(pl.col("reach", "needed").fill_null(0))
    columns = facts.select("g", "subjects", "reach", "future", "needed", "unseen", "statements")
    shared: dict[int, tuple[str, ...]] = {}
    found = [
        Certificate(row, shared.setdefault(g, tuple(subjects)), reach, future, needed, tuple(hidden or ()), statements)
        for row, (g, subjects, reach, future, needed, hidden, statements) in zip(
            name_rows(estate, facts), columns.iter_rows(), strict=True
        )
    ]
    return tuple(found)


def witness(estate: Estate, rows: pl.DataFrame, needed: pl.DataFrame) -> tuple[Witness, ...]:
    """Give one witness for each row that serves a need: the firmest and most used; sorted by row."""
    given = held_positions(estate, rows)
    served = probes(estate, needed).join(given, on=POSITION).select("t", "r")
    facts = needed.with_row_index("t").join(served, on="t").drop("t")
    # The need on the row's own securable tells most; then a must, then the most used.
    facts = facts.join(rows.select("r", "g", at_v="v", at_s="s"), on="r")
    facts = facts.with_columns(own=(pl.col("at_v") == pl.col("v")) & (pl.col("at_s") == pl.col("s")))
    order = ["r", "must", "own", "uses", "q", "v", "s"]
    best = facts.sort(order, descending=[False, True, True, True, False, False, False])
    best = best.unique("r", keep="first").sort("g", "at_v", "at_s")
    named = estate.named(best.drop("at_v", "at_s"))
    subjects = pl.Series(estate.subjects, dtype=pl.String).gather(best["q"])
    columns = named.with_columns(
        subject=subjects,
        certainty=pl.when("must").then(pl.lit("must")).otherwise(pl.lit("may")),
        ids=pl.col("witnesses").list.sort().list.head(3),
    ).select("subject", "privilege", "securable_type", "securable", "certainty", "reason", "ids")
    at = name_rows(estate, best.select("g", v="at_v", s="at_s"))
    found = [
        Witness(row, subject, privilege, securable_type, securable, certainty, reason, tuple(ids))
        for row, (subject, privilege, securable_type, securable, certainty, reason, ids) in zip(
            at, columns.iter_rows(), strict=True
        )
    ]
    return tuple(found)


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
    served = probes(estate, pairs).join(held_positions(estate, rows), on=POSITION).select("t", "r")
    facts = pairs.with_row_index("t").join(served, on="t").select("r", "v", "s").unique()
    return facts.group_by("r").agg(needed=pl.len().cast(pl.Int64))


def _unseen(estate: Estate, gives: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    hidden = [v for v, word in enumerate(estate.words) if word in PRIVILEGES and is_unseen(word, snapshot)]
    found = gives.filter(pl.col("v").is_in(hidden)).select("r", "v").unique()
    named = found.with_columns(unseen=pl.Series(estate.words, dtype=pl.String).gather(found["v"]))
    return named.group_by("r").agg(pl.col("unseen").sort())
