"""Facts about statements to frames: what each principal used, what was not understood, what came of its statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from uc_guard import tables
from uc_guard.events import NO_NAME
from uc_guard.usage.beside import in_turn
from uc_guard.usage.evidence import gather, gather_placed, latest_first, placed
from uc_guard.usage.rows import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence, Sized

    from uc_guard.sql.packed import PackedFact

_USE = ["action", "securable_type", "securable"]
_BITS = 63
_EACH_BIT = [1 << n for n in range(_BITS)]
_USES = 2**32
"""More than there are uses, or opaque parts."""

_AT_ONCE = 250_000
"""So many rows, and those of one principal more, are counted together."""

_RANKS = [sorted(OUTCOMES).index(outcome) for outcome in OUTCOMES]


def usage_of(rows: pl.DataFrame, facts: list[PackedFact]) -> pl.DataFrame:
    """Give what statements used.

    Args:
        rows: `fact`, `principal`, `outcome`, `at`, `id`.
        facts: By number.

    Returns:
        Contract `usage`, sorted by its key, and `witnessed_at`.
    """
    told, uses, shapes = _uses(facts)
    steps, columns = told.select("fact", "shape", step=pl.col("use").cast(pl.Int64) * len(OUTCOMES)), _bits(shapes)
    who, person = _people(rows)
    parts = _some_people(rows.select("fact", "at", "id", "outcome", person=person))

    def named(part: pl.DataFrame) -> pl.DataFrame:
        counted = _counted(part, steps, columns)
        group, use = counted["group"], counted["group"] // len(OUTCOMES) % _USES
        return (
            counted.with_columns(
                uses.select(pl.all().gather(use)),
                principal=who.gather(group // (_USES * len(OUTCOMES))),
                outcome=pl.Series(sorted(OUTCOMES)).gather(group % len(OUTCOMES)),
                source=pl.lit("query_history"),
            )
            .rename({"n": "uses"})
            .select(*tables.USAGE.columns, "witnessed_at")
        )

    return pl.concat(in_turn(named, parts, threads=2))


def _some_people(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Give the rows of some people at a time, in the order of the numbers of the people (`person`)."""
    if rows.height <= _AT_ONCE:
        yield rows
        return
    people = rows.group_by("person").len().sort("person")
    part = (people["len"].cum_sum() // _AT_ONCE).alias("part")
    for first, last in (
        people.group_by(part)
        .agg(first=pl.col("person").min(), last=pl.col("person").max())
        .sort("part")
        .select("first", "last")
        .iter_rows()
    ):
        yield rows.filter(pl.col("person").is_between(first, last))


def _counted(rows: pl.DataFrame, steps: pl.DataFrame, shapes: _Shapes) -> pl.DataFrame:
    """Give the evidence of each group and its `columns`; a group is a principal, a use and an outcome."""
    rank = pl.lit(pl.Series(_RANKS, dtype=pl.Int64)).gather(pl.col("outcome"))
    # One number is what is grouped by and sorted by: in order of principal, then use, then outcome.
    number = pl.col("person").cast(pl.Int64) * _USES * len(OUTCOMES) + rank
    grouped = latest_first(rows).select("fact", "at", "id", group=number)
    held = placed(grouped.select("fact", "group"), steps)
    least, most = pl.col("shape").min().alias("list"), pl.col("shape").max().alias("most")
    counted = gather_placed(held, grouped, least, most)
    # Most groups have one shape; of the others, all their columns.
    several = counted.filter(pl.col("list") != pl.col("most")).select("group")
    joined, lists = _joined(held.select("group", "shape").join(several, on="group", how="semi").unique(), shapes)
    joined = joined.select("group", joined=pl.col("list") + len(shapes.lists))
    counted = counted.join(joined, on="group", how="left", maintain_order="left")
    which = counted.select(pl.coalesce("joined", "list")).to_series()
    return counted.with_columns(columns=pl.concat([shapes.lists, lists]).gather(which))


def _people(rows: pl.DataFrame) -> tuple[pl.Series, pl.Expr]:
    """Give the principals of rows, sorted, and the number of each row's, UInt32."""
    who = rows["principal"].unique().cast(pl.String).sort()
    return who, pl.col("principal").cast(pl.Enum(who)).to_physical().cast(pl.UInt32)


def _uses(facts: list[PackedFact]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Give the uses of each fact: `fact`, `use`, `shape`; what each use is, sorted; and what columns a `shape` has."""
    flat = [use for fact in facts for use in fact.uses]
    kinds: dict[tuple[str, ...], int] = {}
    lists: dict[tuple[str, ...], int] = {}
    kind = pl.Series([kinds.setdefault(use[:3], len(kinds)) for use in flat], dtype=pl.UInt32)
    columns = [None if use[3] is None else lists.setdefault(use[3], len(lists)) for use in flat]
    uses = pl.DataFrame(list(kinds), dict.fromkeys(_USE, pl.String), orient="row").with_row_index("kind").sort(_USE)
    number = uses.with_row_index("use").sort("kind")["use"]
    told = pl.DataFrame(
        {
            "fact": _repeated([fact.uses for fact in facts]),
            "use": number.gather(kind),
            "list": pl.Series(columns, dtype=pl.UInt32),
        }
    )
    shapes = told.drop_nulls("list").select("use", "list").unique(maintain_order=True).with_row_index("shape")
    told = told.join(shapes, on=["use", "list"], how="left").select("fact", "use", "shape")
    return told, uses.select(_USE), shapes.select("shape", "use", columns=_lists(list(lists)).gather(shapes["list"]))


def _lists(lists: list[tuple[str, ...]]) -> pl.Series:
    """Give tuples of names as lists, in their order."""
    # Flat, and gathered there: a list for each of so many would be made one by one.
    numbers = pl.int_range(len(lists), dtype=pl.Int32, eager=True).alias("list").to_frame()
    flat = _repeated(lists).alias("list").to_frame()
    names = pl.Series("names", [name for names in lists for name in names], dtype=pl.String)
    gathered = flat.with_columns(names).group_by("list", maintain_order=True).agg("names")
    found = numbers.join(gathered, on="list", how="left", maintain_order="left")
    return found.select(pl.col("names").fill_null(pl.lit([], tables.NAMES)))["names"]


def _repeated(each: Sequence[Sized]) -> pl.Series:
    """Give the place of each, as often as it has items, Int32."""
    counts = pl.Series([len(one) for one in each], dtype=pl.UInt32)
    return pl.int_range(len(each), dtype=pl.Int32, eager=True).repeat_by(counts).explode(empty_as_null=False)


class _Shapes(NamedTuple):
    """The columns of uses, as lists and as sets of bits.

    Attributes:
        lists: The columns of each shape.
        bits: Of each `shape` its `use`, and which columns it has: `bit` is a sum of bits, of those of one `word`.
        places: Of each use (`use`) its `columns`, with their `word`, and the one `bit` of each.
    """

    lists: pl.Series
    bits: pl.DataFrame
    places: pl.DataFrame


def _bits(shapes: pl.DataFrame) -> _Shapes:
    """Give shapes as sets of bits, which are joined faster than lists.

    Args:
        shapes: `shape` (from 0), `use`, `columns`.
    """
    named = shapes.explode("columns", empty_as_null=True, keep_nulls=False)
    places = named.select("use", "columns").drop_nulls().unique().sort("use", "columns")
    place = pl.int_range(pl.len()).over("use")
    places = places.with_columns(word=place // _BITS, bit=pl.lit(pl.Series(_EACH_BIT)).gather(place % _BITS))
    # A list without columns has no bit of the first word.
    no_bit = pl.col("word", "bit").fill_null(0)
    bits = named.join(places, on=["use", "columns"], how="left").with_columns(no_bit)
    return _Shapes(shapes["columns"], bits.group_by("shape", "use", "word").agg(pl.col("bit").sum()), places)


def _joined(rows: pl.DataFrame, shapes: _Shapes) -> tuple[pl.DataFrame, pl.Series]:
    """Give the columns of all shapes of each group.

    Args:
        rows: `group` and `shape`; all of a group are of one use.
        shapes: The shapes.

    Returns:
        `group` and `list`, the number of its columns among those given.
    """
    bits = rows.join(shapes.bits, on="shape")
    sets = bits.group_by("group", "word").agg(pl.col("use").first(), pl.col("bit").bitwise_or())
    distinct = sets.select("use", "word", "bit").unique().with_row_index("set")
    in_set = distinct.join(shapes.places, on=["use", "word"], suffix="_of_one")
    in_set = in_set.filter((pl.col("bit") & pl.col("bit_of_one")) != 0)
    named = in_set.sort("columns").group_by("set", maintain_order=True).agg("columns")
    named = distinct.join(named, on="set", how="left", maintain_order="left")
    lists = named.select(pl.col("columns").fill_null(pl.lit([], tables.NAMES)))["columns"]
    joined = sets.join(distinct, on=["use", "word", "bit"]).select("group", "word", list="set")
    if not joined["word"].max():
        return joined.select("group", "list"), lists
    is_wide = joined["group"].is_duplicated()
    wide = joined.filter(is_wide).select("group", columns=pl.lit(lists).gather(pl.col("list")))
    whole = wide.group_by("group").agg(pl.col("columns").explode(empty_as_null=False).sort())
    numbers = whole.select("group", list=pl.int_range(pl.len(), dtype=pl.UInt32) + len(lists))
    found = pl.concat([joined.filter(~is_wide).select("group", "list"), numbers])
    return found, pl.concat([lists, whole["columns"]])


def opaque_of(rows: pl.DataFrame, facts: list[PackedFact]) -> pl.DataFrame:
    """Give what of statements was not understood: contract `opaque`, and `witnessed_at`. What was denied used nothing.

    Args:
        rows: As `usage_of` takes them, without those that lineage knows.
        facts: By number.
    """
    parts: dict[tuple[str, tuple[str, ...] | None], int] = {}
    told = [(n, parts.setdefault(part, len(parts))) for n, fact in enumerate(facts) for part in fact.opaque]
    named = pl.DataFrame(list(parts), {"reason": pl.String, "may": tables.NAMES}, orient="row")
    pairs = pl.DataFrame(told, {"fact": pl.Int32, "part": pl.UInt32}, orient="row").unique()
    ran = rows.filter(pl.col("outcome") != OUTCOMES.index("denied")).join(pairs, on="fact", how="semi")
    ran = latest_first(ran)
    who, person = _people(ran)
    steps = pairs.select("fact", step=pl.col("part").cast(pl.Int64))
    counted = gather_placed(placed(ran.select("fact", group=person.cast(pl.Int64) * _USES), steps), ran)
    return (
        counted.with_columns(
            named.select(pl.all().gather(counted["group"] % _USES)), principal=who.gather(counted["group"] // _USES)
        )
        .rename({"n": "statements"})
        .select(*tables.OPAQUE.columns, "witnessed_at")
        .sort("principal", "reason", "first_at", "witnesses", "may")
    )


def _named(evidence: pl.DataFrame, count: str = "uses") -> pl.DataFrame:
    """Give evidence under the names of the contracts."""
    return evidence.rename({"n": count}).with_columns(pl.col("principal").cast(pl.String))


def outcomes_of(
    rows: pl.DataFrame, dark: pl.DataFrame, computes: pl.DataFrame, facts: list[PackedFact]
) -> pl.DataFrame:
    """Count per principal what came of its statements, and why some were not understood.

    Args:
        rows: As `usage_of` takes them.
        dark: Those that were not understood, and that lineage does not know.
        computes: Distinct `principal` and `compute`.
        facts: By number.
    """
    came = pl.col("outcome")
    counts = rows.group_by("principal").agg(
        statements=pl.len().cast(pl.Int64),
        denied=(came == OUTCOMES.index("denied")).sum().cast(pl.Int64),
        failed=(came == OUTCOMES.index("failed")).sum().cast(pl.Int64),
        first_at=pl.col("at").min(),
        last_at=pl.col("at").max(),
    )
    told = [(n, reason) for n, fact in enumerate(facts) for reason in sorted({part[0] for part in fact.opaque})]
    reasons = pl.DataFrame(told, {"fact": pl.Int32, "reason": pl.String}, orient="row")
    unclear = dark.group_by("principal").agg(opaque=pl.len().cast(pl.Int64))
    causes = (
        dark.group_by("fact", "principal")
        .agg(n=pl.len())
        .join(reasons, on="fact")
        .group_by("principal", "reason")
        .agg(pl.col("n").sum())
        .sort("principal", "n", "reason", descending=[False, True, False])
        .group_by("principal", maintain_order=True)
        .agg(reasons=pl.format("{}: {}", "reason", "n"))
    )
    places = computes.drop_nulls().cast(pl.String).group_by("principal").agg(pl.col("compute").unique().sort())
    return (
        counts.join(unclear, on="principal", how="left")
        .join(causes, on="principal", how="left")
        .with_columns(pl.col("principal").cast(pl.String))
        .join(places, on="principal", how="left")
        .select(
            "principal", "statements", "denied", "failed",
            pl.col("compute").fill_null([]).alias("computes"),
            "first_at", "last_at",
            pl.col("opaque").fill_null(0), pl.col("reasons").fill_null([]),
            (pl.col("statements") - pl.col("opaque").fill_null(0)).alias("understood"),
        )
        .sort("principal")
    )  # fmt: skip


def lineage_usage(lineage: pl.DataFrame, understood: pl.DataFrame) -> pl.DataFrame:
    """Give what lineage saw and no text told, by contract `usage`; arguments as for `lineage_uses`."""
    counted = _named(gather(latest_first(lineage_uses(lineage, understood)), ["principal", *_USE]))
    return counted.with_columns(
        columns=pl.lit(None, tables.NAMES), outcome=pl.lit("ran"), source=pl.lit("table_lineage")
    ).select(*tables.USAGE.columns)


def tells_of_a_use() -> pl.Expr:
    """Tell whether a row of lineage says who used what."""
    # UC: rows for what lies behind a view say direct_access = false; they are no need of the caller.
    ends = pl.any_horizontal(pl.col("source", "target").is_not_null())
    return pl.col("principal").is_not_null() & pl.col("direct").fill_null(value=True) & ends


def lineage_uses(lineage: pl.DataFrame, understood: pl.DataFrame) -> pl.DataFrame:
    """Give what each row of lineage saw and no text told: every direct row but those of what was understood.

    Args:
        lineage: By contract.
        understood: `statement_id` of the statements that were understood.

    Returns:
        `principal`, `action`, `securable_type`, `securable`, `id` (of the statement, or what stands for one), `at`.
    """
    rows = lineage.filter(tells_of_a_use()).join(understood.select("statement_id"), on="statement_id", how="anti")
    return pl.concat(
        [
            rows.filter(pl.col(side).is_not_null()).select(
                "principal",
                action=pl.lit(action),
                securable_type=pl.coalesce(f"{side}_type", pl.lit("TABLE")),
                securable=side,
                id=pl.coalesce("statement_id", pl.format("{}@{}", "entity_type", pl.col("at").dt.strftime("%FT%TZ"))),
                at="at",
            )
            for side, action in (("source", "SELECT"), ("target", "MODIFY"))
        ]
    )


def event_usage(events: pl.DataFrame) -> pl.DataFrame:
    """Give what audit events prove, by contract `usage`."""
    counted = _named(gather(latest_first(events), ["principal", *_USE, "outcome"]))
    named = counted.with_columns(columns=pl.lit(None, tables.NAMES), source=pl.lit("audit"))
    return named.select(*tables.USAGE.columns)


def event_opaque(unnamed: pl.DataFrame) -> pl.DataFrame:
    """Give the audit events that do not say what they were about, by contract `opaque`."""
    counted = _named(gather(latest_first(unnamed), ["principal", "may"]), "statements")
    return counted.with_columns(reason=pl.lit(NO_NAME)).select(*tables.OPAQUE.columns).sort("principal", "first_at")
