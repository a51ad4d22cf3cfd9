"""A log as rows of numbers: each statement with the number of its template, and no text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import polars as pl

from uc_guard.model import denial
from uc_guard.usage.fingerprint import canonical, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PART = 125_000
"""Most rows of one part of a log."""

COLUMNS = (
    "statement_id", "principal", "session_id", "text", "status", "error", "compute", "catalog", "schema", "parameters",
    "started_at",
)  # fmt: skip
"""What is read of statements, of contract `statements`."""

OUTCOMES = ("ran", "denied", "failed")
_NAME = pl.Categorical
_NO_TEXT = pl.Series([None], dtype=pl.String)
ROWS: dict[str, Any] = {
    "part": pl.UInt32, "index": pl.UInt32, "source": pl.Int32, "principal": _NAME, "session": _NAME, "id": pl.String,
    "at": pl.Datetime("us", "UTC"), "outcome": pl.UInt8, "catalog": _NAME, "schema": _NAME, "fact": pl.Int32,
}  # fmt: skip


class Rows(NamedTuple):
    """A log without its texts.

    Attributes:
        rows: One row a statement: `part` and `index` (where it stands in the log), `source` (the number of its
            template; null where it has none), `principal`, `session`, `id`, `at`, `outcome` (an index of `OUTCOMES`),
            `catalog` and `schema` (as recorded), `fact` (what an earlier run has found; null where it is to be read).
        templates: The templates by number; some can have several.
        computes: Distinct `principal` and `compute`.
    """

    rows: pl.DataFrame
    templates: list[str]
    computes: pl.DataFrame


class Part(Protocol):
    """A part of a log, of bounded size."""

    @property
    def height(self) -> int:
        """Number of its rows."""
        ...

    def name(self, seeds: tuple[int, int]) -> str:
        """Give a digest of all that it holds."""
        ...

    def read(self) -> pl.DataFrame:
        """Give `COLUMNS` of its statements, the same rows in the same order each time."""
        ...


class Log:
    """Statements, in parts.

    Attributes:
        parts: The parts.
        kept: For some of them, by number, `index`, `text` and `parameters` of rows whose texts are at hand.
    """

    def __init__(self, parts: list[Part]) -> None:
        self.parts = parts
        self.kept: dict[int, pl.DataFrame] = {}

    def texts(self, wanted: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Give `text` and `parameters` of some rows.

        Args:
            wanted: Columns `part` and `index`.

        Yields:
            The rows of one part, with both columns added.
        """
        for (part, *_), rows in wanted.group_by("part", maintain_order=True):
            number = int(str(part))
            found = rows.join(self.kept[number], on="index") if number in self.kept else rows.clear()
            if found.height == rows.height:
                yield found
            else:
                frame = self.parts[number].read().select("text", "parameters")
                yield pl.concat([rows, frame[rows["index"].to_list()]], how="horizontal")


class Folder:
    """Turns parts of a log into rows, one after the other, and numbers their templates."""

    def __init__(self, seeds: tuple[int, int]) -> None:
        """Begin.

        Args:
            seeds: Of the hashes that stand for texts. SAFETY: nobody who writes statements may know them, or they could
                write two texts that pass for one.
        """
        self._seeds = seeds
        self._keys = pl.DataFrame(schema={"key": pl.UInt64, "source": pl.Int32, "is_known": pl.Boolean})
        self._numbers: dict[str, int] = {}
        self._templates: list[str] = []
        self._given: set[str] = set()
        self._rows: list[pl.DataFrame] = []
        self._computes: list[pl.DataFrame] = []

    def add(self, statements: pl.DataFrame) -> dict[str, int]:
        """Take the next part of the log; give those of its templates that were not given yet, with their numbers."""
        sources = self._sources(statements["text"])
        computes = statements.select(pl.col("principal").cast(_NAME), pl.col("compute").cast(_NAME)).unique()
        self._rows.append(
            statements.select(
                pl.lit(len(self._rows), pl.UInt32).alias("part"),
                pl.int_range(pl.len(), dtype=pl.UInt32).alias("index"),
                sources,
                pl.col("principal", "session_id").cast(_NAME),
                pl.col("statement_id").alias("id"),
                pl.col("started_at").alias("at"),
                _outcome(statements).alias("outcome"),
                pl.col("catalog", "schema").cast(_NAME),
                pl.lit(None, pl.Int32).alias("fact"),
            ).rename({"session_id": "session"})
        )
        self._computes.append(computes)
        return self._not_given(sources.drop_nulls().unique().sort())

    def texts(self, number: int, statements: pl.DataFrame, sources: set[int]) -> pl.DataFrame:
        """Give those rows of a part that have no template, or one of these: what `Log.kept` holds."""
        source, index = self._rows[number]["source"], self._rows[number]["index"]
        wanted = source.is_null() | source.is_in(list(sources))
        found = statements.select("text", "parameters").with_columns(index).filter(wanted)
        # INVARIANT: put together anew, or these few would hold on to the memory of all texts of the part.
        return found.with_columns(pl.concat_str(name, pl.lit("")) for name in ("text", "parameters"))

    def add_kept(
        self, templates: list[str], rows: pl.DataFrame, computes: pl.DataFrame, *, is_settled: bool = False
    ) -> dict[str, int]:
        """Take the next part as an earlier run has left it; give what `add` does.

        Args:
            templates: Templates by the numbers that `rows` has.
            rows: As `Rows` has them, without `part`.
            computes: As `Rows` has them.
            is_settled: Its templates need not be read: none is given, and one that other parts have too gets a number
                more.
        """
        if is_settled:
            numbers = pl.int_range(len(templates), dtype=pl.Int32, eager=True) + len(self._templates)
            self._templates += templates
        else:
            numbers = pl.Series([self._number(template) for template in templates], dtype=pl.Int32)
        part = pl.lit(len(self._rows), pl.UInt32).alias("part")
        self._rows.append(rows.select(part, pl.all()).with_columns(numbers.gather(rows["source"]).alias("source")))
        self._computes.append(computes)
        return {} if is_settled else self._not_given(numbers)

    def rows(self) -> Rows:
        """Give all that was added."""
        rows = pl.concat(self._rows) if self._rows else pl.DataFrame(schema=ROWS)
        computes = pl.concat(self._computes).unique() if self._computes else None
        empty = pl.DataFrame(schema={"principal": _NAME, "compute": _NAME})
        return Rows(rows, self._templates, empty if computes is None else computes)

    def _sources(self, texts: pl.Series) -> pl.Series:
        """Give the number of the template of each text, and number those that are new."""
        folded = fold(texts)
        keys = pl.DataFrame({"key": folded.hash(self._seeds[0])})
        known = keys.join(self._keys, on="key", how="left", maintain_order="left")
        unknown = known["is_known"].is_null()
        if not unknown.any():
            return known["source"]
        left = keys.filter(unknown)
        learnt = left.join(self._learn(folded.filter(unknown), left), on="key", how="left", maintain_order="left")
        return known["source"].scatter(unknown.arg_true(), learnt["source"])

    def _learn(self, folded: pl.Series, keys: pl.DataFrame) -> pl.DataFrame:
        """Number the templates of folded texts; give the number for each key."""
        both = keys.with_columns(folded.alias("folded"), check=folded.hash(self._seeds[1]))
        first_of = pl.col("folded").first(), (pl.col("check").min() == pl.col("check").max()).alias("is_one")
        new = both.lazy().group_by("key").agg(first_of).collect()
        template = canonical(new["folded"]).zip_with(new["is_one"], _NO_TEXT)
        sources = pl.Series([None if text is None else self._number(text) for text in template], dtype=pl.Int32)
        learnt = new.select("key", sources.alias("source"), is_known=True)
        self._keys = pl.concat([self._keys, learnt])
        return learnt

    def _number(self, template: str) -> int:
        known = self._numbers.setdefault(template, len(self._templates))
        if known == len(self._templates):
            self._templates.append(template)
        return known

    def _not_given(self, numbers: Iterable[int]) -> dict[str, int]:
        found = {template: n for n in numbers if (template := self._templates[n]) not in self._given}
        self._given.update(found)
        return found


def _outcome(statements: pl.DataFrame) -> pl.Series:
    """Give what came of each statement, an index of `OUTCOMES`."""
    failed = (statements["status"] == "FAILED").fill_null(value=False).arg_true()
    denied = statements["error"].gather(failed).str.contains(denial.DENIED).fill_null(value=False)
    ran = pl.repeat(OUTCOMES.index("ran"), statements.height, dtype=pl.UInt8, eager=True)
    codes = pl.Series([OUTCOMES.index("failed"), OUTCOMES.index("denied")], dtype=pl.UInt8)
    return ran.scatter(failed, codes.gather(denied.cast(pl.UInt32)))
