"""Files of earlier runs: recognised by their head and checksum, replaced whole, and never trusted otherwise."""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path

import polars as pl

_MAGIC = b"uc_guard kept 1\n"
_SIZE = 32
_READERS = ("model", "read", "sql", "tables", "usage")
"""The folders of the package that decide what is kept: where their code changes, nothing is kept on."""


def load(path: Path) -> memoryview | None:
    """Give what `store` wrote; None where there is nothing, or something damaged, or of another version."""
    try:
        data = memoryview(path.read_bytes())  # of which nothing is copied: these are a hundred megabytes a night
    except OSError:
        return None
    head = _MAGIC + _versions()
    mark, payload = bytes(data[: len(head) + _SIZE]), data[len(head) + _SIZE :]
    return payload if mark.startswith(head) and mark[len(head) :] == _checksum(payload) else None


def store(path: Path, payload: bytes) -> None:
    """Write a file whole: at every instant the old one is there, or the new one.

    Only the owner may read it: it can hold texts of statements.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(_MAGIC + _versions() + _checksum(payload) + payload)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def frame_bytes(frame: pl.DataFrame) -> bytes:
    """Give a frame as part of a payload."""
    stream = io.BytesIO()
    frame.write_ipc(stream, compression="lz4")
    return stream.getvalue()


def frame_of(data: bytes | memoryview) -> pl.DataFrame:
    """Give the frame that `frame_bytes` took."""
    return pl.read_ipc(io.BytesIO(data))


def seeds(folder: Path) -> tuple[int, int]:
    """Give the seeds of the hashes by which texts are recognised in a folder; made at random when first asked.

    SAFETY: who knows them could write two statements that pass for one.
    """
    known = load(folder / "seeds")
    payload = b"" if known is None else bytes(known)
    if len(payload) != 16:
        payload = secrets.token_bytes(16)
        store(folder / "seeds", payload)
    return int.from_bytes(payload[:8], "little"), int.from_bytes(payload[8:], "little")


def _checksum(payload: bytes | memoryview) -> bytes:
    return hashlib.sha256(payload).digest()  # processors have instructions for it: it is the fastest at hand


@cache
def _versions() -> bytes:
    """Give a digest of everything that what is kept depends on: our readers and the libraries below them."""
    digest = hashlib.blake2b(digest_size=_SIZE)
    for name in ("sqlglot", "polars", "msgspec"):
        digest.update(f"{name} {version(name)}\n".encode())
    home = Path(__file__).parents[1]
    for file in sorted(file for name in _READERS for file in home.joinpath(name).rglob("*.py")):
        digest.update(file.relative_to(home).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.digest()
