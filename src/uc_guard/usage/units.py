"""Units: a source in a state, and what is so of it; each is read once, and again only where that could differ."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.sql.packed import PackedAnswer, PackedFact, unpack, unpack_change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from uc_guard.sql.reading import State, Task
    from uc_guard.sql.resolve.session import Change
    from uc_guard.usage.sources import Source, Sources
    from uc_guard.usage.states import Places

    ReadTasks = Callable[[Sequence[Task]], list[PackedAnswer]]

_LOW = 2**32 - 1
UNIT = (pl.col("source").cast(pl.Int64) * 2**32 + pl.col("place").cast(pl.Int64)).alias("unit")
"""The number of a unit, from those of its source and state."""


class Units:
    """What is so of each unit.

    Attributes:
        facts: The distinct facts.
        frame: `unit` and `fact`, its index; null where the literals of the source matter.
    """

    def __init__(self, sources: Sources, places: Places, read: ReadTasks, facts: Facts) -> None:
        self._sources = sources
        self._places = places
        self._read = read
        self._taken = self._told = 0
        self.facts = facts
        self.frame = pl.DataFrame(schema={"unit": pl.Int64, "fact": pl.Int32})
        self._changing = pl.DataFrame(schema={"fact": pl.Int32, "change": pl.UInt32})
        # What is so in each namespace but those in which it has to be asked again.
        self._shared = pl.DataFrame(schema={"source": pl.Int64, "behind": pl.Int32, "fact": pl.Int32})
        self._asked = pl.DataFrame(
            schema={"source": pl.Int64, "behind": pl.Int32, "in_catalog": pl.String, "in_schema": pl.String}
        )

    def read(self, units: pl.Series) -> None:
        """Read those units that are not known."""
        new = units.rename("unit").to_frame().unique().join(self.frame, on="unit", how="anti").sort("unit")
        if new.is_empty():
            return
        unit = pl.col("unit")
        new = new.with_columns(source=unit // 2**32, place=unit % 2**32).join(self._places.frame(), on="place")
        known = new.join(self._shared, on=["source", "behind"])
        asked = known.join(self._asked, on=["source", "behind"]).filter(
            pl.col("in_catalog").is_null() | pl.col("in_catalog").eq_missing(pl.col("catalog")),
            pl.col("in_schema").is_null() | pl.col("in_schema").eq_missing(pl.col("schema")),
        )
        known = known.join(asked.select("unit"), on="unit", how="anti").select(self.frame.columns)
        self.frame = pl.concat([self.frame, known])
        self._ask(new.join(known, on="unit", how="anti").sort("unit")["unit"].to_list())

    def take(self, answers: Mapping[Source, PackedAnswer]) -> set[int]:
        """Take what was read of sources in no namespace at all; those that were taken before are left out.

        Args:
            answers: By source; others are read when they are asked for.

        Returns:
            The templates of which some literal matters.
        """
        place = self._places.number(None, None)
        new = range(self._taken, len(self._sources.all))
        self._taken, before = new.stop, self.frame.height
        self._learn((n, (place,), answer) for n in new if (answer := answers.get(self._sources.all[n])))
        blind = self.frame.slice(before).filter(pl.col("fact").is_null())
        return {*blind.select(pl.col("unit") // 2**32).to_series()}

    def _ask(self, units: list[int]) -> None:
        by_source: dict[int, list[int]] = {}
        for unit in units:
            by_source.setdefault(unit >> 32, []).append(unit & _LOW)
        states = self._places.states
        tasks = [
            self._sources.all[source].task(*(states[place] for place in places)) for source, places in by_source.items()
        ]
        self._learn(zip(by_source, by_source.values(), self._read(tasks), strict=True))

    def _learn(self, told: Iterable[tuple[int, Sequence[int], PackedAnswer]]) -> None:
        """Take answers: each with its source, and the places in which that was asked for."""
        # Lists of columns, and one loop over what can be hundreds of thousands of answers.
        found: tuple[list[int], list[int | None]] = [], []
        shared: tuple[list[int], list[int], list[int]] = [], [], []
        asked: tuple[list[int], list[int], list[str | None], list[str | None]] = [], [], [], []
        number, behind = self.facts.number, self._places.behind
        for source, places, answer in told:
            for place, fact in zip(places, answer.facts, strict=True):
                found[0].append(source << 32 | place)
                found[1].append(None if fact is None else number(fact))
            for n, fact, namespaces in answer.shared:
                shared[0].append(source)
                shared[1].append(behind[places[n]])
                shared[2].append(number(fact))
                for catalog, schema in namespaces:
                    asked[0].append(source)
                    asked[1].append(behind[places[n]])
                    asked[2].append(catalog)
                    asked[3].append(schema)
        self.frame = _more(self.frame, found)
        self._shared = _more(self._shared, shared)
        self._asked = _more(self._asked, asked)

    def blind(self) -> set[int]:
        """Give the templates of which some literal matters: here, or where they made a view that is read here."""
        units: list[int] = self.frame.filter(pl.col("fact").is_null())["unit"].to_list()
        states: list[State] = [self._places.states[unit & _LOW] for unit in units]
        views = {change.key() for state in states for change in state.changes if change.kind == "view"}
        made = [n for n, all_ in self.facts.changes.items() if views and any(change.key() in views for change in all_)]
        units += self.frame.filter(pl.col("fact").is_in(made))["unit"].to_list() if made else []
        return {unit >> 32 for unit in units if self._sources.all[unit >> 32].is_template}

    def changes(self) -> pl.DataFrame:
        """Give `unit` and each `change` that it makes, by number."""
        number = self._places.changes.number
        new = list(islice(self.facts.changes.items(), self._told, None))
        self._told += len(new)
        facts = [fact for fact, changes in new for _ in changes]
        self._changing = _more(self._changing, (facts, [number(change) for _, changes in new for change in changes]))
        return self.frame.join(self._changing, on="fact").select("unit", "change")


class Facts:
    """The distinct facts, each with its number.

    Attributes:
        all: The facts.
        packed: The same, as bytes.
        changes: What each of those that change something in a session changes.
    """

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self.all: list[PackedFact] = []
        self.packed: list[bytes] = []
        self.changes: dict[int, tuple[Change, ...]] = {}

    def number(self, packed: bytes) -> int:
        """Give the number of a fact."""
        known = self._numbers.get(packed)
        if known is None:
            known = self._numbers[packed] = len(self.all)
            fact = unpack(packed)
            self.all.append(fact)
            self.packed.append(packed)
            if fact.changes:
                self.changes[known] = tuple(map(unpack_change, fact.changes))
        return known


def _more(frame: pl.DataFrame, columns: Sequence[Sequence[object]]) -> pl.DataFrame:
    return pl.concat([frame, pl.DataFrame(dict(zip(frame.columns, columns, strict=True)), frame.schema)])
