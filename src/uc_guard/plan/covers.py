"""Which targets are covered by which positions: a target is a pair, a position is where a row gives a privilege."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard.plan.estate import CODE

if TYPE_CHECKING:
    from uc_guard.plan.estate import Estate

POSITION = ("q", "v", "s")
"""A privilege that a subject has on a securable: v stands on s, or on a container around it where v flows."""

_AT_ONCE = 2_000_000


def probes(estate: Estate, targets: pl.DataFrame, *, above: bool = False) -> pl.DataFrame:
    """Give every position that would cover each target.

    Args:
        estate: The estate.
        targets: `q`, `v`, `s`.
        above: Leave out the target's own position.

    Returns:
        `t` (number of the target's row), `q`, `v`, `s`: at most six rows for each target.
    """
    wide = targets.lazy().select(POSITION).with_row_index("t")
    at = {name: pl.lit(estate.places[name]).gather(pl.col("s")).alias(name) for name in ("up1", "up2", "all_on")}
    of = {name: pl.lit(estate.privileges[name]).gather(pl.col("v")).alias(name) for name in ("flows", "in_all")}
    wide = wide.with_columns(*at.values(), *of.values())
    everything = pl.lit(estate.all_word, CODE).alias("v")
    found = [] if above else [wide.select("t", *POSITION)]
    found.append(wide.filter("in_all", "all_on").select("t", "q", everything, "s"))
    for up in ("up1", "up2"):
        flowing = wide.filter(pl.col("flows"), pl.col(up).is_not_null()).with_columns(s=up)
        found += [flowing.select("t", *POSITION), flowing.filter("in_all").select("t", "q", everything, "s")]
    return pl.concat(found).collect()


def covered(estate: Estate, targets: pl.DataFrame, positions: pl.DataFrame, *, above: bool = False) -> pl.Series:
    """Tell of each target whether one of the positions covers it.

    Positions of ALL PRIVILEGES must be where it may stand, as `held_positions` gives them.
    """
    if not positions.height or not targets.height:
        return pl.repeat(value=False, n=targets.height, dtype=pl.Boolean, eager=True)
    parts: list[pl.Series] = []
    for start in range(0, targets.height, _AT_ONCE):
        part = targets.slice(start, _AT_ONCE)
        hits = probes(estate, part, above=above).join(positions, on=POSITION, how="semi")["t"].unique()
        parts.append(pl.int_range(part.height, dtype=CODE, eager=True).is_in(hits.implode()))
    return pl.concat(parts)


def held_positions(estate: Estate, rows: pl.DataFrame) -> pl.DataFrame:
    """Give the positions that rows give each subject: `q`, `v`, `s`, `r`; ALL PRIVILEGES where it gives something."""
    standing = (rows["v"] != estate.all_word) | estate.place("all_on", rows["s"])
    return estate.acts.join(rows.filter(standing).select("g", "r", "v", "s"), on="g").drop("g")


def owns(estate: Estate, targets: pl.DataFrame) -> pl.Series:
    """Tell of each target whether the subject has it by owning the securable."""
    wide = targets.lazy().select(POSITION).with_row_index("t")
    wide = wide.with_columns(g=pl.lit(estate.places["owner"]).gather(pl.col("s")), **_kinds(estate))
    wide = wide.filter(pl.col("g").is_not_null()).join(estate.acts.lazy(), on=["q", "g"], how="semi")
    given = wide.join(estate.owns.lazy(), on=["v", "securable_type", "kind"], how="semi").select("t").collect()["t"]
    return pl.int_range(targets.height, dtype=CODE, eager=True).is_in(given.implode())


def fits(estate: Estate, targets: pl.DataFrame) -> pl.Series:
    """Tell of each target whether the privilege means something on the securable itself."""
    return _found(estate, targets, estate.fits)


def has_future(estate: Estate, targets: pl.DataFrame) -> pl.Series:
    """Tell of each position whether it also gives something on what is made inside the securable later."""
    return _found(estate, targets, estate.futures)


def _found(estate: Estate, targets: pl.DataFrame, table: pl.DataFrame) -> pl.Series:
    """Tell of each target whether a table of privileges by kind of securable has it."""
    wide = targets.lazy().select("v", "s").with_columns(**_kinds(estate))
    hits = table.lazy().with_columns(hit=True)
    found = wide.join(hits, on=table.columns, how="left", maintain_order="left").select(
        pl.col("hit").fill_null(value=False)
    )
    return found.collect()["hit"]


def _kinds(estate: Estate) -> dict[str, pl.Expr]:
    return {name: pl.lit(estate.places[name]).gather(pl.col("s")) for name in ("securable_type", "kind")}
