"""Parts of a log that an earlier run has turned into rows, recognised by a digest of all that they hold."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from uc_guard.usage import kept

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = [
    "statement_id", "principal", "session_id", "text", "status", "error", "compute", "catalog", "schema", "parameters",
    "started_at",
]  # fmt: skip


class KeptPart(msgspec.Struct, array_like=True):
    """A part of a log as rows.

    Attributes:
        templates: Templates by number.
        rows: The rows as `rows.ROWS` has them, without `part`; an Arrow stream.
        computes: Distinct `principal` and `compute`; an Arrow stream.
        texts: `index`, `text` and `parameters` of those rows that had to be read by their text; an Arrow stream.
    """

    templates: list[str]
    rows: bytes
    computes: bytes
    texts: bytes


def digest(statements: pl.DataFrame, seeds: tuple[int, int]) -> str:
    """Give a digest of a part: the same for the same rows in the same order.

    Args:
        statements: By contract `statements`.
        seeds: Known to nobody who writes statements.
    """
    place = pl.int_range(pl.len(), dtype=pl.UInt32)
    rows = statements.select(*_COLUMNS, place)
    sums = [rows.hash_rows(seed).sum() for seed in seeds]
    return f"{statements.height:x}-{sums[0]:016x}{sums[1]:016x}"


def load(folder: Path, name: str) -> KeptPart | None:
    """Give a part that was kept; None where there is none that can be trusted."""
    payload = kept.load(folder / "parts" / name)
    try:
        return None if payload is None else msgspec.msgpack.decode(payload, type=KeptPart)
    except msgspec.DecodeError:
        return None


def store(folder: Path, name: str, part: KeptPart) -> None:
    """Keep a part."""
    kept.store(folder / "parts" / name, msgspec.msgpack.encode(part))


def forget(folder: Path, names: set[str]) -> None:
    """Remove all parts but these."""
    for path in (folder / "parts").glob("*"):
        if path.name not in names:
            path.unlink(missing_ok=True)


def frame_bytes(frame: pl.DataFrame) -> bytes:
    """Give a frame as bytes."""
    stream = io.BytesIO()
    frame.write_ipc(stream, compression="lz4")
    return stream.getvalue()


def bytes_frame(data: bytes) -> pl.DataFrame:
    """Give the frame that these bytes are."""
    return pl.read_ipc(io.BytesIO(data))
