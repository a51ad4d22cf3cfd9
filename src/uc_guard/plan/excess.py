"""Excess: how much the subjects hold outside what they may need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.privilege import ALL_PRIVILEGES, CONTAINERS, SECURABLE_TYPES, implied
from uc_guard.plan.covers import POSITION, covered, fits, has_future, located, owns
from uc_guard.plan.estate import CODE, UNIT

if TYPE_CHECKING:
    from uc_guard.plan.estate import Estate

_SUBJECTS_AT_ONCE = 1000


def excess(estate: Estate, positions: pl.DataFrame, may: pl.DataFrame) -> float:
    """Give the weight of all that the subjects hold outside what they may need.

    Each pair counts its securable's weight; each container in which a privilege will reach what is made later counts
    one.

    Args:
        estate: The estate.
        positions: `q`, `v`, `s`: what rows give.
        may: `q`, `v`, `s`: pairs that are or may be needed.
    """
    total, counts = 0, [pl.DataFrame(schema={"v": CODE, "s": CODE, "n": pl.UInt32})]
    contents = _contents(estate, ["owner"]).rename({"owner": "g"}).drop_nulls("g")
    for start in range(0, max(len(estate.subjects), 1), _SUBJECTS_AT_ONCE):
        # INVARIANT: a part holds the positions of a limited number of subjects.
        now = pl.col("q").is_between(start, start + _SUBJECTS_AT_ONCE - 1)
        part = located(estate, positions.filter(now).select(POSITION)).unique("at").select(POSITION)
        split = disjoint(estate, part)
        counts.append(split.group_by("v", "s").len("n"))
        total += _owned_beside(estate.within(estate.acts.filter(now)), split, contents)
        total -= _needed(estate, part, may.filter(now))
    held = pl.concat(counts).group_by("v", "s").agg(pl.col("n").sum())
    measured = held.join(tally(estate, held), on=["v", "s"])
    return (total + _sum(measured["weight"] * measured["n"].cast(pl.Int64))) / UNIT


def disjoint(estate: Estate, positions: pl.DataFrame) -> pl.DataFrame:
    """Split positions into ones that give nothing twice: none below another, ALL PRIVILEGES spelt out."""
    top = positions.filter(~covered(estate, positions, positions, above=True))
    is_all = pl.col("v") == estate.all_word
    plain = positions.filter(~is_all)
    spelt = spell_out(estate, top.filter(is_all)).select(POSITION)
    spelt = spelt.filter(~covered(estate, spelt, plain, above=True))
    # ALL PRIVILEGES below another one still gives what does not flow down to it.
    lower = positions.filter(is_all).join(top, on=POSITION, how="anti")
    own = spell_out(estate, lower).select(POSITION)
    own = own.filter(~covered(estate, own, top))
    return pl.concat([top.filter(~is_all), top.filter(is_all), spelt, own])


def spell_out(estate: Estate, positions: pl.DataFrame) -> pl.DataFrame:
    """Give the positions of every privilege that positions of ALL PRIVILEGES imply; other columns are kept."""
    implies = [
        (at_type, v)
        for at_type in estate.places["securable_type"].unique().sort()
        for v, word in enumerate(estate.words)
        if word != ALL_PRIVILEGES and any(word in implied(ALL_PRIVILEGES, at_type, on) for on in SECURABLE_TYPES)
    ]
    table = pl.DataFrame(implies, schema={"securable_type": pl.String, "v": CODE}, orient="row")
    typed = positions.drop("v").with_columns(estate.place("securable_type", positions["s"]))
    return typed.join(table, on="securable_type").drop("securable_type")


def tally(estate: Estate, positions: pl.DataFrame) -> pl.DataFrame:
    """Give what each distinct position (`v`, `s`) gives: `weight` in millionths, and `pairs`: listed today."""
    asked = positions.select("v", "s").unique()
    weight = (
        estate.place("weight", asked["s"]) * fits(estate, asked).cast(pl.Int64)
        + has_future(estate, asked).cast(pl.Int64) * UNIT
    )
    own = asked.with_columns(weight=weight, pairs=fits(estate, asked).cast(pl.Int64))
    flowing = asked.filter(estate.word("flows", asked["v"]))
    inside = flowing.join(_contents(estate, []), on="s")
    given = inside.join(estate.fits, on=["v", "securable_type", "kind"], how="semi")
    later = inside.filter(pl.col("securable_type").is_in(CONTAINERS))
    later = later.join(estate.futures, on=["v", "securable_type"], how="semi")
    parts = [
        own,
        given.select("v", "s", "weight", pl.col("listed").alias("pairs")),
        later.select("v", "s", weight=pl.col("n") * UNIT, pairs=pl.lit(0, pl.Int64)),
    ]
    return pl.concat(parts).group_by("v", "s").agg(pl.col("weight").sum(), pl.col("pairs").sum())


def _contents(estate: Estate, by: list[str]) -> pl.DataFrame:
    sizes = [pl.len().cast(pl.Int64).alias("n"), pl.col("listed").sum().cast(pl.Int64), pl.col("weight").sum()]
    found = [
        estate.places.filter(pl.col(up).is_not_null())
        .group_by(pl.col(up).alias("s"), "securable_type", "kind", *by)
        .agg(sizes)
        for up in ("up1", "up2")
    ]
    return pl.concat(found)


def _needed(estate: Estate, positions: pl.DataFrame, may: pl.DataFrame) -> int:
    pairs = may.select(POSITION).unique()
    pairs = pairs.filter(fits(estate, pairs))
    held = pairs.filter(covered(estate, pairs, positions) | owns(estate, pairs))
    return _sum(estate.place("weight", held["s"]))


def _owned_beside(estate: Estate, split: pl.DataFrame, contents: pl.DataFrame) -> int:
    """Give the weight of what ownership gives and no row does; `contents` are those of containers, by owner (`g`)."""
    owners = estate.acts.filter(pl.col("g").is_in(estate.places["owner"].drop_nulls().unique().implode()))
    if not owners.height:
        return 0
    kinds = ["securable_type", "kind"]
    owned = estate.places.filter(pl.col("owner").is_not_null()).with_columns(g="owner")
    each = owned.group_by("g", *kinds).agg(pl.col("weight").sum()).join(estate.owns, on=kinds)
    total = _sum(owners.join(each, on="g")["weight"])
    own = split.filter(owns(estate, split))
    flowing = split.filter(estate.word("flows", split["v"]))
    inside = flowing.join(owners.join(contents, on="g"), on=["q", "s"])
    inside = inside.join(estate.owns, on=["v", *kinds], how="semi")
    return total - _sum(estate.place("weight", own["s"])) - _sum(inside["weight"])


def _sum(weights: pl.Series) -> int:
    return int(weights.sum() or 0)
