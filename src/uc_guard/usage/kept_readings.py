"""The file of readings: what texts were found to be in which states, as columns, since a run needs few of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
import polars as pl

from uc_guard.usage import kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

Namespaces = list[tuple[str | None, str | None]]
_TEXTS = {"key": pl.Binary(), "idle": pl.UInt16()}
_UNITS = {"key": pl.Binary(), "state": pl.Binary(), "fact": pl.UInt32()}
_SHARED = {"key": pl.Binary(), "behind": pl.Binary(), "fact": pl.UInt32(), "namespaces": pl.Binary()}
_NAMESPACES = msgspec.msgpack.Decoder(Namespaces)
_Payload = tuple[dict[str, bytes], memoryview, memoryview, memoryview, memoryview]


class Known(NamedTuple):
    """What is known of one text.

    Attributes:
        facts: By state a packed fact; None where the literals matter.
        shared: By what is behind a state a packed fact, and the namespaces in which it has to be asked again.
    """

    facts: dict[bytes, bytes | None]
    shared: dict[bytes, tuple[bytes, Namespaces]]


class Readings(NamedTuple):
    """What is in the file; texts, states, and what is behind these, are there by their digests.

    Attributes:
        objects: A digest of the objects that each word can name, for which all of it holds.
        facts: Packed facts, each once, Binary.
        texts: `key`, and for how many runs it was `idle`.
        units: `key`, `state` and `fact`, an index; null where the literals matter.
        shared: `key`, `behind`, `fact`, and `namespaces`, packed.
    """

    objects: dict[str, bytes] = {}  # noqa: RUF012 - never changed
    facts: pl.Series = pl.Series([], dtype=pl.Binary)
    texts: pl.DataFrame = pl.DataFrame(schema=_TEXTS)
    units: pl.DataFrame = pl.DataFrame(schema=_UNITS)
    shared: pl.DataFrame = pl.DataFrame(schema=_SHARED)

    def find(self, keys: Iterable[bytes]) -> dict[bytes, Known]:
        """Give what is known of some texts."""
        wanted = _keys(keys)
        if wanted.is_empty() or self.texts.is_empty():
            return {}
        found: dict[bytes, Known] = {}
        for key, state, fact in self._with_facts(self.units, wanted).iter_rows():
            found.setdefault(key, Known({}, {})).facts[state] = fact
        for key, behind, fact, namespaces in self._with_facts(self.shared, wanted).iter_rows():
            found[key].shared[behind] = fact, _NAMESPACES.decode(namespaces)
        return found

    def _with_facts(self, rows: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
        found = rows.join(wanted, on="key", how="semi")
        return found.with_columns(self.facts.gather(found["fact"]).alias("fact"))

    def after(self, used: set[bytes], new: Mapping[bytes, Known], most_idle: int) -> Readings:
        """Give what is to be in the file after a run for which all that was in it held.

        Args:
            used: Keys of texts that this run needed.
            new: What it has read, by key.
            most_idle: Runs after which a text that none of them needed is left out.
        """
        needed = _keys([*used, *new]).with_columns(idle=pl.lit(0, pl.UInt16))
        left = self.texts.with_columns(pl.col("idle") + 1).filter(pl.col("idle") <= most_idle)
        texts = pl.concat([needed, left.join(needed, on="key", how="anti")])
        units = [(key, state, fact) for key, known in new.items() for state, fact in known.facts.items()]
        shared = [
            (key, behind, fact, msgspec.msgpack.encode(namespaces))
            for key, known in new.items()
            for behind, (fact, namespaces) in known.shared.items()
        ]
        told = (
            _with_new(self._with_facts(old, texts), rows) for old, rows in ((self.units, units), (self.shared, shared))
        )
        return _numbered(self.objects, texts, *told)


def load(path: Path) -> Readings:
    """Give what the file holds; nothing where it cannot be trusted."""
    payload = kept.load(path)
    if payload is None:
        return Readings()
    try:
        objects, *frames = msgspec.msgpack.decode(payload, type=_Payload)
    except msgspec.DecodeError:
        return Readings()
    facts, *rows = map(kept.frame_of, frames)
    return Readings(objects, facts["fact"], *rows)


def store(path: Path, readings: Readings) -> None:
    """Write the file."""
    objects, facts, *rows = readings
    frames = [kept.frame_bytes(frame) for frame in (facts.alias("fact").to_frame(), *rows)]
    kept.store(path, msgspec.msgpack.encode((objects, *frames)))


def _keys(keys: Iterable[bytes]) -> pl.DataFrame:
    return pl.Series("key", list(dict.fromkeys(keys)), dtype=pl.Binary).to_frame()


def _with_new(old: pl.DataFrame, rows: Sequence[tuple[object, ...]]) -> pl.DataFrame:
    """Give old rows and new ones; these replace the old ones of the same text and state, their first two columns."""
    both = pl.concat([old, pl.DataFrame(rows, old.schema, orient="row")])
    return both.unique(old.columns[:2], keep="last", maintain_order=True)


def _numbered(objects: dict[str, bytes], texts: pl.DataFrame, units: pl.DataFrame, shared: pl.DataFrame) -> Readings:
    """Give readings whose rows hold their facts as readings that refer to them."""
    facts = pl.concat([units["fact"], shared["fact"]]).drop_nulls().unique(maintain_order=True)
    numbers = facts.to_frame().with_row_index("number")
    units, shared = (
        rows.join(numbers, on="fact", how="left", maintain_order="left").with_columns(fact="number").drop("number")
        for rows in (units, shared)
    )
    return Readings(objects, facts, texts, units, shared)
