"""What must stay usable: needs that work today, USE on the way to them, and what rows in doubt lean on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.privilege import CONTAINERS
from uc_guard.plan.covers import POSITION, covered, fits, held_positions, owns
from uc_guard.plan.estate import CODE

if TYPE_CHECKING:
    from uc_guard.plan.estate import Estate

EVIDENCE = ("must", "reason", "uses", "witnesses")
"""What is known of a need beside its position."""


def may_need(estate: Estate, needs: pl.DataFrame, today: pl.DataFrame) -> pl.DataFrame:
    """Give what the subjects need or may need and can do today: `q`, `v`, `s` and the columns of EVIDENCE."""
    coded = _coded(estate, needs)
    return coded.filter(_can(estate, coded, today))


def not_explained(estate: Estate, needs: pl.DataFrame, today: pl.DataFrame) -> pl.DataFrame:
    """Give the needs that what is known does not allow, and that a row which nobody saw may: `q`, `v`, `s`.

    Those that are certain; and those that may be, where a part of what they take is known: what is known beside an
    unseen row looks as if nothing needed it.
    """
    coded = _coded(estate, needs)
    own = _can(estate, coded, today)
    way = _way(estate, coded)
    on_way = way.with_columns(can=_can(estate, way, today)).group_by("t").agg(pl.col("can").all(), any="can")
    on_way = on_way.select("t", "can", some=pl.col("any").list.any())
    facts = coded.with_row_index("t").with_columns(own=own).join(on_way, on="t", how="left", maintain_order="left")
    allowed = pl.col("own") & pl.col("can").fill_null(value=True)
    partly = pl.col("own") | pl.col("some").fill_null(value=False)
    return facts.filter(~allowed, pl.col("must") | partly).select(*POSITION, "must")


def kept_usable(estate: Estate, may: pl.DataFrame, today: pl.DataFrame) -> pl.DataFrame:
    """Give what must stay: the needs that are usable today and USE on the way to them; one row a position."""
    way = _way(estate, may)
    stuck = way.filter(~_can(estate, way, today))["t"].unique().implode()
    use = _of(may.with_row_index("t"), way.filter(~pl.col("t").is_in(stuck)), "usage-chain")
    return strongest(pl.concat([may.filter(~pl.int_range(may.height, eager=True, dtype=CODE).is_in(stuck)), use]))


def leant_on(estate: Estate, rows: pl.DataFrame, today: pl.DataFrame) -> pl.DataFrame:
    """Give the USE that rows in doubt need to go on working: `q`, `v`, `s` and EVIDENCE, each a may."""
    positions = held_positions(estate, rows).select(POSITION).unique()
    positions = positions.filter(estate.word("usage", positions["v"]))
    schemas = estate.places.with_row_index("k").filter(pl.col("securable_type") == "SCHEMA").select("k", s="up1")
    flowing = positions.filter(estate.word("flows", positions["v"]))
    inside = flowing.join(schemas, on="s").select("q", "v", s="k")
    targets = pl.concat([positions, inside]).unique()
    way = _way(estate, targets)
    stuck = way.filter(~_can(estate, way, today))["t"].unique().implode()
    way = way.filter(~pl.col("t").is_in(stuck)).select(POSITION).unique()
    return way.with_columns(
        must=pl.lit(value=False),
        reason=pl.lit("held-row"),
        uses=pl.lit(0, pl.Int64),
        witnesses=pl.lit([], pl.List(pl.String)),
    )


def approve(estate: Estate, shortfalls: pl.DataFrame) -> pl.DataFrame:
    """Give what was denied, or is missing, and is to be granted, with USE on the way: `q`, `v`, `s` and EVIDENCE."""
    numbers = pl.DataFrame({"principal": estate.subjects}, schema={"principal": pl.String}).with_row_index("q")
    own = shortfalls.join(numbers, on="principal").with_columns(must=pl.lit(value=True), reason="evidence")
    coded = estate.coded(own).select(*POSITION, *EVIDENCE)
    return strongest(pl.concat([coded, _of(coded.with_row_index("t"), _way(estate, coded), "usage-chain")]))


def strongest(needs: pl.DataFrame) -> pl.DataFrame:
    """Give one row a position: a must before a may, then the most used, then the first by name of its reason."""
    order = [*POSITION, "must", "uses", "reason", "ids"]
    ids = pl.col("witnesses").list.sort().list.join("\x00")
    ranked = needs.with_columns(ids=ids).sort(order, descending=[False, False, False, True, True, False, False])
    return ranked.unique(POSITION, keep="first", maintain_order=True).drop("ids")


def lifted(estate: Estate, kept: pl.DataFrame, bare: pl.DataFrame, today: pl.DataFrame, share: float) -> pl.DataFrame:
    """Give the schemas in which so much of what a privilege reaches is needed that a stable plan keeps it there.

    Args:
        estate: The estate.
        kept: Everything that must stay usable.
        bare: What of it no fixed row covers: a schema is lifted only where this leaves a choice.
        today: What the subjects' rows give today.
        share: The least share, 0 to 1.
    """
    leaves = kept.with_columns(up=estate.place("up1", kept["s"])).filter(fits(estate, kept), pl.col("up").is_not_null())
    leaves = leaves.filter(estate.word("flows", leaves["v"]))
    leaves = leaves.filter(estate.place("securable_type", leaves["up"]) == "SCHEMA")
    grouped = leaves.group_by("q", "v", s="up").agg(
        pl.len().alias("needed"), pl.col("must").any(), pl.col("uses").sum(), pl.col("witnesses").explode()
    )
    sizes = (
        estate.places.filter(pl.col("up1").is_not_null()).group_by("securable_type", "kind", s="up1").agg(n=pl.len())
    )
    sizes = sizes.join(estate.fits, on=["securable_type", "kind"]).group_by("s", "v").agg(pl.col("n").sum())
    choice = bare.select("q", "v", s=estate.place("up1", bare["s"]))
    enough = grouped.join(choice, on=POSITION, how="semi").join(sizes, on=["s", "v"])
    enough = enough.filter(pl.col("needed") >= share * pl.col("n"))
    few = pl.col("witnesses").list.drop_nulls().list.unique().list.sort().list.head(3)
    found = enough.filter(covered(estate, enough, today))
    return found.select(*POSITION, "must", reason=pl.lit("stable"), uses="uses", witnesses=few)


def _coded(estate: Estate, needs: pl.DataFrame) -> pl.DataFrame:
    numbers = pl.DataFrame({"principal": estate.subjects}, schema={"principal": pl.String}).with_row_index("q")
    own = needs.join(numbers, on="principal").drop("principal").with_columns(must=pl.col("certainty") == "must")
    return estate.coded(own).select(*POSITION, *EVIDENCE)


def _way(estate: Estate, targets: pl.DataFrame) -> pl.DataFrame:
    """Give USE on the way to each target: `t`, `q`, `v`, `s`; nothing for a privilege that works without."""
    usage = pl.lit(estate.privileges["usage"]).gather(pl.col("v"))
    wide = targets.lazy().select(POSITION).with_row_index("t").filter(usage)
    up = {name: pl.lit(estate.places[name]).gather(pl.col("s")) for name in ("up1", "up2", "securable_type")}
    found: list[pl.LazyFrame] = []
    for place in (pl.col("s"), up["up1"], up["up2"]):
        at = wide.with_columns(s=place).filter(pl.col("s").is_not_null()).with_columns(at=up["securable_type"])
        for kind in CONTAINERS:
            use = pl.lit(estate.words.index(f"USE_{kind}"), CODE)
            found.append(at.filter(pl.col("at") == kind).select("t", "q", "s", v=use).select("t", *POSITION))
    return pl.concat(found).collect()


def _can(estate: Estate, targets: pl.DataFrame, today: pl.DataFrame) -> pl.Series:
    return covered(estate, targets, today) | owns(estate, targets)


def _of(needs: pl.DataFrame, way: pl.DataFrame, reason: str) -> pl.DataFrame:
    evidence = needs.select("t", *EVIDENCE)
    return way.join(evidence, on="t").with_columns(reason=pl.lit(reason)).select(*POSITION, *EVIDENCE)
