"""The parts of a log that earlier runs have left: taken as rows that are settled, and left to the next run as found."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.usage import kept_rows
from uc_guard.usage.settled import settled

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path

    from uc_guard.usage.kept_rows import KeptRows
    from uc_guard.usage.reading import Found
    from uc_guard.usage.rows import Folder, Log, Part, Rows
    from uc_guard.usage.units import Facts


class KeptParts:
    """Parts in a folder, each under a digest of all that it holds."""

    def __init__(self, home: Path, seeds: tuple[int, int], objects: bytes) -> None:
        """Begin.

        Args:
            home: The folder.
            seeds: Of the hashes that the digests are made with.
            objects: A digest of all that names can mean now.
        """
        self._home = home
        self._seeds = seeds
        self._objects = objects
        self._names: list[str] = []
        self._settled: set[int] = set()

    @contextmanager
    def load(self, parts: Sequence[Part]) -> Generator[Iterator[KeptRows | None]]:
        """Give what is kept of each part, worked out ahead on other cores."""
        beside = ThreadPoolExecutor(2)
        try:
            yield map(self._named, beside.map(self._load, parts))
        finally:
            beside.shutdown(cancel_futures=True)

    def _load(self, part: Part) -> tuple[str, KeptRows | None]:
        name = part.name(self._seeds)
        return name, kept_rows.load(self._home, name)

    def _named(self, found: tuple[str, KeptRows | None]) -> KeptRows | None:
        self._names.append(found[0])
        return found[1]

    def add(self, number: int, known: KeptRows, folder: Folder, facts: Facts) -> dict[str, int]:
        """Add what is kept of a part to the rows; give the templates that have to be read."""
        if known.objects != self._objects:
            rows = known.rows.with_columns(fact=pl.lit(None, pl.Int32))
            return folder.add_kept(known.templates, rows, known.computes)
        numbers = pl.Series([facts.number(fact) for fact in known.facts], dtype=pl.Int32)
        rows = known.rows.with_columns(fact=numbers.gather(known.rows["fact"]))
        self._settled.add(number)
        return folder.add_kept(known.templates, rows, known.computes, is_settled=True)

    def save(self, folded: Rows, found: Found, facts: Facts, log: Log) -> None:
        """Keep the parts that are not kept as they are now, and forget those that this log does not have.

        Args:
            folded: All rows of the parts.
            found: What is so of them.
            facts: The facts, by the numbers that `found` has.
            log: The log, with the texts that were asked for.
        """
        asked = found.texts.partition_by("part", as_dict=True, include_key=False)
        none = found.texts.clear().drop("part")
        named = range(len(self._names))
        texts = {n: text for n in named if (text := self._texts(n, asked.get((n,), none), log)) is not None}
        kept_rows.forget(self._home, set(self._names))
        if not texts:
            return
        starts, known = self._known(folded.rows, found.rows)
        for number, text in texts.items():
            own = starts[number], starts[number + 1] - starts[number]
            rows = folded.rows.slice(*own).drop("part").with_columns(known.slice(*own).alias("fact"))
            by_source, sources = _renumbered(rows, "source")
            rows, numbers = _renumbered(by_source, "fact")
            part = kept_rows.KeptRows(
                templates=[folded.templates[source] for source in sources],
                facts=[facts.packed[one] for one in numbers],
                objects=self._objects,
                rows=rows,
                computes=folded.computes.join(rows.select("principal").unique(), on="principal", how="semi"),
                texts=text,
            )
            kept_rows.store(self._home, self._names[number], part)

    def _known(self, rows: pl.DataFrame, found: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
        """Give where each part starts in rows, which stand in their order, and the settled fact of each row."""
        starts = rows["part"].search_sorted(pl.int_range(len(self._names) + 1, eager=True))
        told = settled(found).filter(pl.col("part") < len(self._names))
        places = starts.gather(told["part"]) + told["index"]
        return starts, pl.repeat(None, rows.height, dtype=pl.Int32, eager=True).scatter(places, told["fact"])

    def _texts(self, number: int, asked: pl.DataFrame, log: Log) -> pl.DataFrame | None:
        """Give the texts to keep of a part; None where it is kept as it should be."""
        if number not in self._settled:
            return asked.sort("index")
        had = log.kept[number]
        if asked.join(had, on="index", how="anti").is_empty():
            return None
        return pl.concat([had.select(asked.columns), asked]).unique("index").sort("index")


def _renumbered(rows: pl.DataFrame, column: str) -> tuple[pl.DataFrame, list[int]]:
    """Number the values of a column from 0; give the rows, and the old number of each new one."""
    old = rows[column].drop_nulls().unique().sort()
    new = pl.DataFrame({column: old, "new": pl.int_range(len(old), dtype=pl.Int32, eager=True)})
    joined = rows.join(new, on=column, how="left", maintain_order="left")
    return joined.with_columns(pl.col("new").alias(column)).drop("new"), old.to_list()
