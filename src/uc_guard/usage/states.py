"""The state of its session that each statement starts in, from what earlier ones of the session changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.name import split_name
from uc_guard.sql.reading import State
from uc_guard.sql.resolve.session import Change, TempView
from uc_guard.sql.second import words_in
from uc_guard.usage.sources import HIDES_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from uc_guard.usage.sources import Sources

_HIDES_NAMES = re.compile(HIDES_NAMES)
_ALL = "*"


class Places:
    """The distinct states, each with its number.

    Attributes:
        states: The states.
        behind: For each a number that is the same where the same changes are behind it.
        changes: The distinct changes.
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[str | None, str | None, int], int] = {}
        self._behind: dict[tuple[int, ...], int] = {}
        self.states: list[State] = []
        self.behind: list[int] = []
        self.changes = Changes()

    def number(self, catalog: str | None, schema: str | None, changes: tuple[int, ...] = ()) -> int:
        """Give the number of a state.

        Args:
            catalog: Current catalog.
            schema: Current schema.
            changes: Numbers of changes, sorted.
        """
        key = (catalog, schema, self._behind.setdefault(changes, len(self._behind)))
        if key not in self._numbers:
            self._numbers[key] = len(self.states)
            self.states.append(State(catalog, schema, tuple(self.changes.all[n] for n in changes)))
            self.behind.append(key[2])
        return self._numbers[key]

    def frame(self) -> pl.DataFrame:
        """Give `place`, its `catalog` and `schema`, and `behind`, which is the same where the same changes are."""
        schema = {"catalog": pl.String, "schema": pl.String, "behind": pl.Int32}
        return pl.DataFrame(list(self._numbers), schema, orient="row").with_columns(
            place=pl.int_range(pl.len(), dtype=pl.Int64)
        )

    def recorded(self, rows: pl.DataFrame) -> pl.Series:
        """Give the number of the state of each row as far as the log itself records it, Int32."""
        distinct = rows.select("catalog", "schema").unique()
        numbers = [self.number(*names) for names in distinct.iter_rows()]
        if len(numbers) == 1:
            return pl.repeat(numbers[0], rows.height, dtype=pl.Int32, eager=True)
        known = distinct.with_columns(place=pl.Series(numbers, dtype=pl.Int32))
        on = ["catalog", "schema"]
        return rows.select(on).join(known, on=on, how="left", nulls_equal=True, maintain_order="left")["place"]


class Changes:
    """The distinct changes, each with its number, and what they are called."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[object, ...], int] = {}
        self._things: dict[tuple[str, str], int] = {}
        self._behind: dict[str, set[str]] = {}
        self.all: list[Change] = []

    def number(self, change: Change) -> int:
        """Give the number of a change."""
        key = change.key()
        if key not in self._numbers:
            self._numbers[key] = len(self.all)
            self.all.append(change)
            self._things.setdefault((change.kind, change.name), len(self._things))
            word = _word(change)
            if word is not None:
                self._behind.setdefault(word, set()).update(_behind(change))
        return self._numbers[key]

    def frame(self) -> pl.DataFrame:
        """Give `change`, `thing` (the number of what it changes), `word` (its last name; null for the namespace)."""
        rows = [
            (n, self._things[change.kind, change.name], _word(change), change.is_there)
            for n, change in enumerate(self.all)
        ]
        return pl.DataFrame(
            rows, {"change": pl.UInt32, "thing": pl.UInt32, "word": pl.String, "is_there": pl.Boolean}, orient="row"
        )

    def words(self) -> dict[str, set[str]]:
        """Give the names of all things; with each, those that a use of it uses in turn."""
        names = {*self._behind, _ALL}
        return {name: _closure({name}, self._behind) & names for name in self._behind}


def _closure(names: set[str], behind: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += behind.get(name, ())
    return found


def _behind(change: Change) -> set[str]:
    """Give the names that a use of this uses in turn."""
    if not isinstance(change.value, TempView):
        return set()
    text = " ".join(change.value.tokens)
    return {_ALL} if _HIDES_NAMES.search(text) else words_in(text.lower())


def _word(change: Change) -> str | None:
    if change.kind == "namespace":
        return None
    return split_name(change.name)[-1] if change.kind in {"relation", "function"} else change.name


def place_rows(rows: pl.DataFrame, events: pl.DataFrame, sources: Sources, places: Places) -> pl.DataFrame:
    """Give the state of each statement that may name something that its session has changed before.

    Args:
        rows: Columns `row`, `source`, `session`, `order` (their place in time), `catalog`, `schema`; those of sessions
            with events.
        events: `row`, `session`, `order`, `change`: what the statements that ran change.
        sources: What the statements' texts are.
        places: Numbers the states.

    Returns:
        `row` and `place`, for those statements alone.
    """
    events = events.join(places.changes.frame(), on="change")
    named = pl.col("word").is_not_null()
    things = events.filter(named).select("session", "thing", "word").unique()
    asked = _asked(rows, things, sources, places.changes)
    found = _told(asked, events.filter(named), ["session", "thing"]).filter("is_there")
    # What the log records of the namespace wins; else every statement has one.
    is_open = pl.col("catalog").is_null() | pl.col("schema").is_null()
    moves = events.filter(~named)
    asked = rows.filter(is_open).join(moves.select("session").unique(), on="session", how="semi")
    spaces = _told(asked.select("row", "session", "order"), moves, ["session"])
    return _numbered(found.select("row", "change"), spaces.select("row", namespace="change"), rows, places)


def _told(asked: pl.DataFrame, events: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Give for each row asked for the last event before it, of those that have the same values in `by`."""
    pairs = events.select(by).unique().with_row_index("pair")
    # One number that sorts by what is asked for, and then by time.
    when = (pl.col("pair").cast(pl.Int64) * 2**32 + pl.col("order").cast(pl.Int64)).alias("when")
    told = events.join(pairs, on=by).select("change", "is_there", "pair", when).sort("when")
    wanted = asked.join(pairs, on=by).select("row", "pair", when).sort("when")
    found = wanted.join_asof(told, on="when", strategy="backward", allow_exact_matches=False, suffix="_told")
    return found.filter(pl.col("pair") == pl.col("pair_told")).select("row", "change", "is_there")


def _asked(rows: pl.DataFrame, things: pl.DataFrame, sources: Sources, changes: Changes) -> pl.DataFrame:
    """Give each row with each thing of its session that it may name."""
    columns = ["row", "session", "order"]
    mentions = _mentions(rows["source"].unique().to_list(), sources, changes)
    named = rows.join(mentions.filter(pl.col("word") != _ALL), on="source").select(*columns, "word")
    named = named.join(things, on=["session", "word"]).select(*columns, "thing")
    all_of = mentions.filter(pl.col("word") == _ALL)
    everything = rows.join(all_of, on="source", how="semi").select(columns)
    everything = everything.join(things.select("session", "thing"), on="session").select(*columns, "thing")
    return pl.concat([named, everything]).unique(["row", "thing"])


def _mentions(numbers: Sequence[int], sources: Sources, changes: Changes) -> pl.DataFrame:
    """Give `source` and each `word` that it may name a thing by; `*` where it may name any."""
    behind = changes.words()
    if not behind:
        return pl.DataFrame(schema={"source": pl.Int32, "word": pl.String})
    texts = sources.lowered().filter(pl.col("source").is_in(numbers))
    found: list[tuple[int, str]] = [(n, _ALL) for n in texts.filter("is_unclear")["source"]]
    words = sorted(behind)
    near = texts.filter(~pl.col("is_unclear") & pl.col("text").str.contains_any(words)).select("source", "text")
    for n, template in near.iter_rows():
        own = words_in(template) & behind.keys()
        found += [(n, word) for word in set[str]().union(*(behind[word] for word in own))]
    return pl.DataFrame(found, {"source": pl.Int32, "word": pl.String}, orient="row")


def _numbered(found: pl.DataFrame, spaces: pl.DataFrame, rows: pl.DataFrame, places: Places) -> pl.DataFrame:
    """Number the states that rows are in.

    Args:
        found: `row` and each `change` in force there.
        spaces: `row` and the `namespace` in force there, a change.
        rows: As `place_rows` takes them.
        places: Numbers the states.
    """
    numbers = pl.col("change").sort().cast(pl.String).str.join(",").alias("changes")
    states = found.group_by("row").agg(numbers).join(spaces, on="row", how="full", coalesce=True)
    states = states.join(rows.select("row", "catalog", "schema"), on="row")
    on = ["namespace", "changes", "catalog", "schema"]
    distinct = states.select(on).unique()
    place = pl.Series([_place(places, *values) for values in distinct.iter_rows()], dtype=pl.Int32)
    known = distinct.with_columns(place=place)
    return states.join(known, on=on, nulls_equal=True).select("row", "place")


def _place(places: Places, namespace: int | None, changes: str | None, catalog: str | None, schema: str | None) -> int:
    told: tuple[str | None, str | None] = (None, None)
    if namespace is not None:
        told = places.changes.all[namespace].value
    numbers = changes.split(",") if changes else ()
    return places.number(catalog or told[0], schema or told[1], tuple(map(int, numbers)))
