"""Parts of a log that an earlier run has turned into rows, recognised by a digest of all that they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
import polars as pl

from uc_guard.usage import kept
from uc_guard.usage.rows import COLUMNS

if TYPE_CHECKING:
    from pathlib import Path


_Payload = tuple[list[str], list[bytes], bytes, memoryview, memoryview, memoryview]


class KeptRows(NamedTuple):
    """A part of a log as rows.

    Attributes:
        templates: Templates by number.
        facts: Facts by number, packed.
        objects: A digest of the catalog that they hold for.
        rows: The rows as `rows.ROWS` has them, without `part`.
        computes: Distinct `principal` and `compute`.
        texts: `index`, `text` and `parameters` of those rows that had to be read by their text.
    """

    templates: list[str]
    facts: list[bytes]
    objects: bytes
    rows: pl.DataFrame
    computes: pl.DataFrame
    texts: pl.DataFrame


def digest(statements: pl.DataFrame, seeds: tuple[int, int]) -> str:
    """Give a digest of a part: the same for the same rows in the same order.

    Args:
        statements: By contract `statements`.
        seeds: Known to nobody who writes statements.
    """
    place = pl.int_range(pl.len(), dtype=pl.UInt32)
    rows = statements.select(*COLUMNS, place)
    sums = [rows.hash_rows(seed).sum() for seed in seeds]
    return f"{statements.height:x}-{sums[0]:016x}{sums[1]:016x}"


def load(folder: Path, name: str) -> KeptRows | None:
    """Give a part that was kept; None where there is none that can be trusted."""
    payload = kept.load(folder / "parts" / name)
    if payload is None:
        return None
    try:
        templates, facts, objects, *frames = msgspec.msgpack.decode(payload, type=_Payload)
    except msgspec.DecodeError:
        return None
    return KeptRows(templates, facts, objects, *map(kept.frame_of, frames))


def store(folder: Path, name: str, part: KeptRows) -> None:
    """Keep a part."""
    payload = msgspec.msgpack.encode([*part[:3], *map(kept.frame_bytes, part[3:])])
    kept.store(folder / "parts" / name, payload)


def forget(folder: Path, names: set[str]) -> None:
    """Remove all parts but these."""
    for path in (folder / "parts").glob("*"):
        if path.name not in names:
            path.unlink(missing_ok=True)
