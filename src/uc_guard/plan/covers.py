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
    wide = targets.select(POSITION).with_row_index("t")
    wide = wide.with_columns(
        estate.place("up1", wide["s"]),
        estate.place("up2", wide["s"]),
        estate.place("all_on", wide["s"]),
        estate.word("flows", wide["v"]),
        estate.word("in_all", wide["v"]),
    )
    everything = pl.lit(estate.all_word, CODE).alias("v")
    found = [] if above else [wide.select("t", *POSITION)]
    found.append(wide.filter("in_all", "all_on").select("t", "q", everything, "s"))
    for up in ("up1", "up2"):
        flowing = wide.filter(pl.col("flows"), pl.col(up).is_not_null()).with_columns(s=up)
        found += [flowing.select("t", *POSITION), flowing.filter("in_all").select("t", "q", everything, "s")]
    return pl.concat(found)


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
    wide = targets.select(POSITION).with_columns(
        estate.place("owner", targets["s"]).alias("g"),
        estate.place("securable_type", targets["s"]),
        estate.place("kind", targets["s"]),
    )
    wide = wide.with_row_index("t").filter(pl.col("g").is_not_null())
    given = wide.join(estate.acts, on=["q", "g"], how="semi").join(
        estate.owns, on=["v", "securable_type", "kind"], how="semi"
    )
    return pl.int_range(targets.height, dtype=CODE, eager=True).is_in(given["t"].implode())


def fits(estate: Estate, targets: pl.DataFrame) -> pl.Series:
    """Tell of each target whether the privilege means something on the securable itself."""
    return _kinds(estate, targets).join(estate.fits.with_columns(hit=True), on=["v", "securable_type", "kind"],
                                        how="left", maintain_order="left")["hit"].fill_null(value=False)  # fmt: skip


def has_future(estate: Estate, targets: pl.DataFrame) -> pl.Series:
    """Tell of each position whether it also gives something on what is made inside the securable later."""
    return _kinds(estate, targets).join(estate.futures.with_columns(hit=True), on=["v", "securable_type"],
                                        how="left", maintain_order="left")["hit"].fill_null(value=False)  # fmt: skip


def _kinds(estate: Estate, targets: pl.DataFrame) -> pl.DataFrame:
    columns = [estate.place("securable_type", targets["s"]), estate.place("kind", targets["s"])]
    return targets.select("v").with_columns(columns)
