"""Reads a log: each template in each state that matters to it, until no statement is in another state than thought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.sql.packed import PackedFact, pack
from uc_guard.sql.reading import UNSAID
from uc_guard.usage.sources import Sources
from uc_guard.usage.states import Places, place_rows
from uc_guard.usage.units import UNIT, Units

if TYPE_CHECKING:
    from uc_guard.usage.rows import Log, Rows
    from uc_guard.usage.units import Read


@dataclass(frozen=True, slots=True)
class Found:
    """What is so of the statements of a log.

    Attributes:
        rows: The rows of the log, with `fact`, an index of `facts`.
        facts: The distinct facts.
    """

    rows: pl.DataFrame
    facts: list[PackedFact]


def read_rows(log: Log, folded: Rows, read: Read) -> Found:
    """Read what the rows of a log use.

    Args:
        log: The statements, for the texts that have to be read by themselves.
        folded: Their rows.
        read: Reads tasks.
    """
    return _Reading(log, folded, read).run()


class _Reading:
    def __init__(self, log: Log, folded: Rows, read: Read) -> None:
        self._log = log
        self._sources = Sources(folded.templates)
        self._places = Places()
        self._units = Units(self._sources, self._places, read)
        base = self._places.recorded(folded.rows)
        self._base = base.rename("place")
        self._rows = folded.rows.with_columns(place=base).with_row_index("row")

    def run(self) -> Found:
        self._read_texts(self._rows.filter(pl.col("source").is_null()))
        self._read(None)
        # INVARIANT: each round settles at least one more statement of each session, the first one that was not.
        while True:
            # What changes sessions first: the others are then read once, in the state that they are really in.
            while self._move(changing := self._changing()):
                self._read(changing)
            if not self._move(None):
                break
            self._read(None)
        rows = self._rows.select(pl.exclude("row", "part", "index"), UNIT)
        rows = rows.join(self._units.frame, on="unit", how="left", maintain_order="left")
        if rows["fact"].has_nulls():
            rows = rows.with_columns(pl.col("fact").fill_null(self._units.facts.number(pack(UNSAID))))
        return Found(rows.drop("unit"), self._units.facts.all)

    def _read(self, sources: pl.Series | None) -> None:
        """Read the units of some sources; where the literals of a template matter, its texts by themselves."""
        while True:
            self._units.read(self._of(sources).select(UNIT)["unit"])
            blind = self._units.blind()
            rows = self._rows.filter(pl.col("source").is_in(list(blind))) if blind else self._rows.clear()
            if rows.is_empty():
                return
            texts = self._read_texts(rows)
            sources = None if sources is None else pl.concat([sources, texts])

    def _read_texts(self, rows: pl.DataFrame) -> pl.Series:
        """Let rows be read by their own text; give the sources that these are."""
        source = self._rows["source"]
        texts = [pl.Series([], dtype=pl.Int32)]
        for found in self._log.texts(rows.select("part", "index", "row")):
            on = ["text", "parameters"]
            distinct = found.select(on).unique()
            numbers = pl.Series([self._sources.number(*values) for values in distinct.iter_rows()], dtype=pl.Int32)
            known = found.join(distinct.with_columns(source=numbers), on=on, nulls_equal=True)
            source = source.scatter(known["row"], known["source"])
            texts.append(numbers)
        self._rows = self._rows.with_columns(source)
        return pl.concat(texts)

    def _of(self, sources: pl.Series | None) -> pl.DataFrame:
        return self._rows if sources is None else self._rows.filter(pl.col("source").is_in(sources.implode()))

    # ---- states

    def _changing(self) -> pl.Series:
        """Give the sources that change sessions in some state."""
        return (self._units.changes()["unit"] // 2**32).cast(pl.Int32).unique()

    def _move(self, sources: pl.Series | None) -> bool:
        """Put the rows of some sources into the state that the readings so far give; tell whether one was not in it."""
        # A statement that failed changed nothing.
        could = self._rows.filter(pl.col("outcome") == 0, pl.col("session").is_not_null())
        events = could.select("row", "session", "at", "id", UNIT).join(self._units.changes(), on="unit")
        rows = self._of(sources).join(events.select("session").unique(), on="session", how="semi")
        moved = place_rows(rows, events, self._sources, self._places)
        place = self._base.clone().scatter(moved["row"], moved["place"])
        if sources is not None:
            others = ~self._rows["source"].is_in(sources.implode())
            place = place.zip_with(~others, self._rows["place"])
        if place.equals(self._rows["place"]):
            return False
        self._rows = self._rows.with_columns(place)
        return True
