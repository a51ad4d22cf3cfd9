"""Reads a log: each template in each state that matters to it, until no statement is in another state than thought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.sql.packed import PackedFact, pack
from uc_guard.sql.reading import UNSAID
from uc_guard.usage.evidence import order_of
from uc_guard.usage.sources import Sources
from uc_guard.usage.states import Places, place_rows
from uc_guard.usage.units import UNIT, Facts, Units

if TYPE_CHECKING:
    from collections.abc import Mapping

    from uc_guard.sql.packed import PackedAnswer
    from uc_guard.usage.rows import Log, Rows
    from uc_guard.usage.sources import Source
    from uc_guard.usage.units import ReadTasks


@dataclass(frozen=True, slots=True)
class Found:
    """What is so of the statements of a log.

    Attributes:
        rows: One row a statement: `part`, `index`, `principal`, `session`, `id`, `at` and `outcome` as `Rows` has them,
            and `fact`, an index of `facts`.
        facts: The distinct facts.
        texts: `part`, `index`, `text` and `parameters` of those that had to be read by their text.
    """

    rows: pl.DataFrame
    facts: list[PackedFact]
    texts: pl.DataFrame


def read_rows(log: Log, folded: Rows, read: ReadTasks, answers: Mapping[Source, PackedAnswer], facts: Facts) -> Found:
    """Read what the rows of a log use.

    Args:
        log: The statements, for the texts that have to be read by themselves.
        folded: Their rows; of a session all or none.
        read: Reads tasks.
        answers: What was read in no namespace at all.
        facts: Numbers the facts.
    """
    return _Reading(log, folded, read, answers, facts).run()


class _Reading:
    def __init__(
        self, log: Log, folded: Rows, read: ReadTasks, answers: Mapping[Source, PackedAnswer], facts: Facts
    ) -> None:
        self._log = log
        self._sources = Sources(folded.templates)
        self._places = Places()
        self._units = Units(self._sources, self._places, read, facts)
        self._answers = answers
        self._blind = self._units.take(answers)
        base = self._places.recorded(folded.rows)
        self._base = base.rename("place")
        number = pl.int_range(folded.rows.height, dtype=pl.UInt32, eager=True)
        order = number.clone().scatter(order_of(folded.rows), number)
        self._rows = folded.rows.with_columns(place=base, order=order).with_row_index("row")

    def run(self) -> Found:
        self._read_texts(self._rows.filter(pl.col("source").is_null() | pl.col("source").is_in(list(self._blind))))
        self._read(None)
        # What changes sessions comes first: the others are then read once, in the state that they are really in.
        events = self._settle(self._events(self._rows.clear()))
        while self._place(events):
            self._read(None)
            settled = self._settle(events)
            if settled is events:
                break
            events = settled
        # Joined alone: the other columns need not be in memory twice.
        facts = self._rows.select(UNIT).join(self._units.frame, on="unit", how="left", maintain_order="left")["fact"]
        if facts.has_nulls():
            facts = facts.fill_null(self._units.facts.number(pack(UNSAID)))
        rows = self._rows.select("part", "index", "principal", "session", "id", "at", "outcome", facts)
        return Found(rows, self._units.facts.all, self._texts())

    def _texts(self) -> pl.DataFrame:
        known = self._sources.frame()
        return self._rows.join(known, on="source").select("part", "index", "text", "parameters")

    def _read(self, rows: pl.DataFrame | None) -> None:
        """Read the units of some rows, or of all; where the literals of a template matter, its texts by themselves."""
        while True:
            units = (self._rows if rows is None else rows).select(UNIT)["unit"]
            self._units.read(units)
            blind = self._units.blind()
            texts = self._rows.filter(pl.col("source").is_in(list(blind))) if blind else self._rows.clear()
            if texts.is_empty():
                return
            self._read_texts(texts)
            rows = None

    def _read_texts(self, rows: pl.DataFrame) -> None:
        """Let rows be read by their own text."""
        source = self._rows["source"]
        on = ["text", "parameters"]
        for found in self._log.texts(rows.select("part", "index", "row")):
            distinct = found.select(on).unique()
            numbers = pl.Series([self._sources.number(*values) for values in distinct.iter_rows()], dtype=pl.Int32)
            known = found.join(distinct.with_columns(source=numbers), on=on, nulls_equal=True)
            source = source.scatter(known["row"], known["source"])
        self._units.take(self._answers)
        self._rows = self._rows.with_columns(source)

    # ---- states

    def _settle(self, events: pl.DataFrame) -> pl.DataFrame:
        """Bring the rows that change sessions into the states that they leave to each other.

        Args:
            events: What rows changed when they were last brought into their states.

        Returns:
            What these rows change: `row`, `session`, `order`, `change`; `events` itself where that is still so.
        """
        while True:
            rows = self._changing()
            found = self._events(rows)
            if found.equals(events):
                return events
            # INVARIANT: each round settles at least one more row of each session, the first one that was not.
            events = found
            self._put(rows["row"], place_rows(rows, events, self._sources, self._places))
            self._read(self._changing())

    def _changing(self) -> pl.DataFrame:
        """Give the rows of sources that change sessions in some state."""
        sources = (self._units.changes()["unit"] // 2**32).cast(pl.Int32).unique()
        return self._rows.filter(pl.col("source").is_in(sources.implode()), pl.col("session").is_not_null())

    def _events(self, rows: pl.DataFrame) -> pl.DataFrame:
        # A statement that failed changed nothing.
        ran = rows.filter(pl.col("outcome") == 0).select("row", "session", "order", UNIT)
        return ran.join(self._units.changes(), on="unit").sort("row", "change")

    def _place(self, events: pl.DataFrame) -> bool:
        """Bring all rows into their states; tell whether one was in another."""
        rows = self._rows.select("row", "source", "session", "order", "catalog", "schema")
        rows = rows.join(events.select("session").unique(), on="session", how="semi")
        return self._put(self._rows["row"], place_rows(rows, events, self._sources, self._places))

    def _put(self, rows: pl.Series, moved: pl.DataFrame) -> bool:
        """Put rows into the states they are in by `moved`, and those it does not name into what the log records."""
        place = self._rows["place"].clone().scatter(rows, self._base.gather(rows))
        place = place.scatter(moved["row"], moved["place"])
        if place.equals(self._rows["place"]):
            return False
        self._rows = self._rows.with_columns(place)
        return True
