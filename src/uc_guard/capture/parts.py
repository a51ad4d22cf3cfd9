"""Part files of sources: rows go beside their names and are renamed when they are whole."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from uc_guard.capture.fields import FIELDS, picked
from uc_guard.disk import sync

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


FLUSH_ROWS = 50_000
BESIDE = ".partial"
NONE = "none.json"
"""A file that says that a source was read and holds nothing."""


class Part:
    """The files that one piece of work fills, one a source; nobody sees them before `commit`."""

    def __init__(self, home: Path, name: str) -> None:
        """Begin a piece.

        Args:
            home: The folder of all sources.
            name: Name of its files, without ending.
        """
        self._home = home
        self._name = name
        self._rows: dict[str, list[tuple[str | None, ...]]] = {}
        self._writers: dict[str, Any] = {}
        self.counts: dict[str, int] = {}

    def add(self, source: str, row: Mapping[str, object]) -> None:
        """Add a row to a source; only its FIELDS are kept."""
        rows = self._rows.setdefault(source, [])
        rows.append(picked(source, row))
        self.counts[source] = self.counts.get(source, 0) + 1
        if len(rows) >= FLUSH_ROWS:
            self._flush(source)

    def add_frame(self, source: str, frame: pl.DataFrame) -> None:
        """Add rows to a source as they are."""
        self.counts[source] = self.counts.get(source, 0) + frame.height
        self._write(source, frame)

    def commit(self, sources: tuple[str, ...]) -> None:
        """Put the files under their names; a file of this name in a source that got no row is taken away."""
        for source in [*self._rows]:
            self._flush(source)
        for source, writer in self._writers.items():
            writer.close()
            sync(self._beside(source))
            folder = self._home / source
            folder.mkdir(exist_ok=True)
            self._beside(source).replace(folder / f"{self._name}.parquet")
            sync(folder)
        for source in sources:
            if source not in self._writers:
                (self._home / source / f"{self._name}.parquet").unlink(missing_ok=True)
        self._writers = {}

    def discard(self) -> None:
        """Take away what was written."""
        for source, writer in self._writers.items():
            writer.close()
            self._beside(source).unlink(missing_ok=True)
        self._writers = {}

    def _flush(self, source: str) -> None:
        rows, self._rows[source] = self._rows[source], []
        if rows:
            self._write(source, pl.DataFrame(rows, dict.fromkeys(FIELDS[source], pl.String), orient="row"))

    def _write(self, source: str, frame: pl.DataFrame) -> None:
        parquet: Any = import_module("pyarrow.parquet")  # comes with whatever reads a workspace, which is optional
        rows: Any = cast("Any", frame).to_arrow(compat_level=pl.CompatLevel.oldest())
        if source not in self._writers:
            self._beside(source).parent.mkdir(exist_ok=True)
            self._writers[source] = parquet.ParquetWriter(self._beside(source), rows.schema, compression="zstd")
        self._writers[source].write_table(rows)

    def _beside(self, source: str) -> Path:
        return self._home / BESIDE / f"{source}-{self._name}.parquet"


def rows_of(home: Path, source: str) -> pl.DataFrame:
    """Give the rows of a source that was listed; none where it was not."""
    files = sorted((home / source).glob("*.parquet"))
    empty = pl.DataFrame(schema=dict.fromkeys(FIELDS[source], pl.String))
    return pl.concat([empty, *(pl.read_parquet(file) for file in files)])


def drop_part(home: Path, source: str, name: str) -> None:
    """Take away the file of a piece."""
    (home / source / f"{name}.parquet").unlink(missing_ok=True)


def mark_read(home: Path, source: str, *, read: bool) -> None:
    """Leave the mark of a source that was read and holds nothing, where that is so."""
    folder = home / source
    if read and not any(folder.glob("*.parquet")):
        folder.mkdir(exist_ok=True)
        (folder / NONE).write_text("[]\n", encoding="utf-8")
    else:
        (folder / NONE).unlink(missing_ok=True)
