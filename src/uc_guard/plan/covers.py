"""Which targets are covered by which positions: a target is a pair, a position is where a row gives a privilege."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.privilege import CONTAINERS
from uc_guard.plan.estate import CODE

if TYPE_CHECKING:
    from uc_guard.plan.estate import Estate

POSITION = ("q", "v", "s")
"""A privilege that a subject has on a securable: v stands on s, or on a container around it where v flows."""

_AT_ONCE = 2_000_000


def located(estate: Estate, frame: pl.DataFrame) -> pl.DataFrame:
    """Add `at` to positions: the position as one number, since a join on one is several times faster than on three."""
    return frame.with_columns(at=_at(estate))


def probes(estate: Estate, targets: pl.DataFrame, *, above: bool = False) -> pl.DataFrame:
    """Give every position that would cover each target.

    Args:
        estate: The estate.
        targets: `q`, `v`, `s`.
        above: Leave out the target's own position.

    Returns:
        `t` (number of the target's row), `s` and `at` (see `located`): at most six rows for each target.
    """
    return _probed(estate, targets.lazy().select(POSITION).with_row_index("t"), above=above).collect()


def covered(estate: Estate, targets: pl.DataFrame, positions: pl.DataFrame, *, above: bool = False) -> pl.Series:
    """Tell of each target whether one of the positions covers it.

    Positions of ALL PRIVILEGES must be where it may stand, as `held_positions` gives them.
    """
    hit = pl.repeat(value=False, n=targets.height, dtype=pl.Boolean, eager=True)
    if not positions.height or not targets.height:
        return hit
    if above:
        # What covers from above is on a container, or ALL PRIVILEGES: most positions are neither, and need no look.
        around = pl.lit(estate.places["securable_type"].is_in(CONTAINERS)).gather(pl.col("s"))
        positions = positions.filter((pl.col("v") == estate.all_word) | around)
    asked = targets.lazy().select(POSITION).with_row_index("t")
    given = positions.lazy().select("q", at=_at(estate))
    parts = 1 + (targets.height + positions.height) // _AT_ONCE
    step = 1 + len(estate.subjects) // parts
    for start in range(0, len(estate.subjects), step):
        # INVARIANT: a part holds the probes of a limited number of subjects.
        now = pl.col("q").is_between(start, start + step - 1)
        found = _probed(estate, asked.filter(now), above=above).join(given.filter(now), on="at", how="semi")
        hit.scatter(found.select("t").collect()["t"], True)  # noqa: FBT003 - polars takes it by position
    return hit


def held_positions(estate: Estate, rows: pl.DataFrame) -> pl.DataFrame:
    """Give the positions that rows give each subject: `q`, `v`, `s`, `r`; ALL PRIVILEGES where it gives something."""
    standing = (rows["v"] != estate.all_word) | estate.place("all_on", rows["s"])
    return estate.acts.join(rows.filter(standing).select("g", "r", "v", "s"), on="g").drop("g")


def owns(estate: Estate, targets: pl.DataFrame) -> pl.Series:
    """Tell of each target whether the subject has it by owning the securable."""
    owner = pl.lit(estate.places["owner"]).gather(pl.col("s"))
    actor = pl.col("q").cast(pl.UInt64) * len(estate.grantees) + owner
    actors = estate.acts.select(pl.col("q").cast(pl.UInt64) * len(estate.grantees) + pl.col("g")).to_series()
    own = targets.select(own=actor.is_in(actors.implode()).fill_null(value=False))["own"]
    return own & _found(estate, targets, estate.owns) if own.any() else own


def fits(estate: Estate, targets: pl.DataFrame) -> pl.Series:
    """Tell of each target whether the privilege means something on the securable itself."""
    return _found(estate, targets, estate.fits)


def has_future(estate: Estate, targets: pl.DataFrame) -> pl.Series:
    """Tell of each position whether it also gives something on what is made inside the securable later."""
    return _found(estate, targets, estate.futures)


def _at(estate: Estate) -> pl.Expr:
    wide = pl.col("q").cast(pl.UInt64) * len(estate.words) + pl.col("v")
    return wide * estate.places.height + pl.col("s")


def _probed(estate: Estate, asked: pl.LazyFrame, *, above: bool) -> pl.LazyFrame:
    at = {name: pl.lit(estate.places[name]).gather(pl.col("s")).alias(name) for name in ("up1", "up2", "all_on")}
    of = {name: pl.lit(estate.privileges[name]).gather(pl.col("v")).alias(name) for name in ("flows", "in_all")}
    wide = asked.with_columns(*at.values(), *of.values())
    everything = pl.lit(estate.all_word, CODE).alias("v")
    found = [] if above else [wide.select("t", *POSITION)]
    found.append(wide.filter("in_all", "all_on").select("t", "q", everything, "s"))
    for up in ("up1", "up2"):
        flowing = wide.filter(pl.col("flows"), pl.col(up).is_not_null()).with_columns(s=up)
        found += [flowing.select("t", *POSITION), flowing.filter("in_all").select("t", "q", everything, "s")]
    return pl.concat([part.select("t", "s", at=_at(estate)) for part in found])


def _found(estate: Estate, targets: pl.DataFrame, table: pl.DataFrame) -> pl.Series:
    """Tell of each target whether a table of privileges by kind of securable has it."""
    kinds = estate.kinds.height
    hits = table.join(estate.kinds, on=table.columns[1:]).select(pl.col("v") * kinds + pl.col("z")).to_series()
    kind = pl.lit(estate.places["z"]).gather(pl.col("s"))
    return targets.select(hit=(pl.col("v") * kinds + kind).is_in(hits.implode()))["hit"]
