"""Files of the query history as usage, a part at a time, so that a log of any size fits into memory."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.errors import BadInput, Problem
from uc_guard.pause import no_collecting
from uc_guard.read.files import open_file, part_files
from uc_guard.read.logs import read_statements as read_history
from uc_guard.read.logs import read_used
from uc_guard.read.merge import merge
from uc_guard.usage.log import Reading, summarize
from uc_guard.usage.rows import COLUMNS, PART
from uc_guard.usage.statements import read_statements

if TYPE_CHECKING:
    from collections.abc import Iterable

    from uc_guard.read.files import Raw
    from uc_guard.read.parts import Part as ExportPart
    from uc_guard.sql.extract import Catalog
    from uc_guard.usage.statements import Progress

_SOURCE = "query_history"
_BLOCK = 2**23
"""Bytes of a file that one core hashes at a time."""


@no_collecting()
def read_usage(
    files: Path | str | Iterable[Path | str],
    catalog: Catalog,
    *,
    cache: Path | str | None = None,
    progress: Progress | None = None,
) -> Reading:
    """Read exports of the query history to usage.

    Args:
        files: One file or several, or a folder of part files, as Parquet, CSV, JSON or JSON lines: rows of
            `system.query.history`, or of the REST listing. One file a day lets a later run read only what is new.
        catalog: What names can mean.
        cache: Folder in which readings are kept from run to run; None = nothing is kept. It can hold texts of
            statements: whoever may read it reads them.
        progress: Called with (what, done, total) now and then.

    Returns:
        What the statements used, what was not understood, and what came of them.

    Raises:
        BadInput: with the problems of one part of a file that has any.
    """
    # The latest first: they are new, most often, and read in other processes while the others are loaded.
    parts = [part for path, name in reversed(_paths(files)) for part in _parts(path, name)]
    folder = None if cache is None else Path(cache)
    with read_statements(parts, catalog, folder, progress, lambda rows: _merged(parts, rows)) as read:
        return summarize(read, tables.TABLE_LINEAGE.empty())


def _paths(files: Path | str | Iterable[Path | str]) -> list[tuple[Path, str]]:
    """Give the files, and what each is called below the folder that was given."""
    given = [Path(files)] if isinstance(files, (str, Path)) else [Path(file) for file in files]
    found: list[tuple[Path, str]] = []
    for path in given:
        inside = part_files(path) if path.is_dir() else [path]
        if not inside or not inside[0].exists():
            problem = Problem(str(path), "", "no file of a known format", "Parquet, CSV or JSON", "check the path")
            raise BadInput((problem,))
        found += [(one, one.relative_to(path.parent).as_posix()) for one in inside]
    return found


@dataclass(frozen=True)
class _File:
    path: Path
    name: str

    @cached_property
    def digest(self) -> str:
        """A digest of the digests of its blocks, which all cores work out, and of the columns that its folders name."""
        starts = range(0, self.path.stat().st_size, _BLOCK)
        above = "/".join(folder for folder in self.name.split("/")[:-1] if "=" in folder)
        with ThreadPoolExecutor() as beside:
            return hashlib.sha256(b"".join([*beside.map(self._block, starts), above.encode()])).hexdigest()

    def _block(self, start: int) -> bytes:
        with self.path.open("rb") as file:
            file.seek(start)
            return hashlib.sha256(file.read(_BLOCK)).digest()


@dataclass(frozen=True, slots=True)
class _FilePart:
    """Some rows of a file.

    Attributes:
        file: The file.
        start: Its first row, from 0.
        height: Number of its rows.
    """

    file: _File
    start: int
    height: int

    def name(self, seeds: tuple[int, int]) -> str:
        """Give a digest of the file's bytes, and which part of it this is."""
        del seeds
        return f"{self.file.digest}-{self.start}-{PART}"

    def read(self) -> pl.DataFrame:
        """Give what is read of its statements."""
        return read_used(self._opened(), COLUMNS)

    def as_read(self) -> ExportPart:
        """Give its rows whole, with what a merge asks for."""
        (part,) = read_history(self._opened(), _SOURCE)
        return part

    def _opened(self) -> Raw:
        return open_file(self.file.path, self.file.name, (self.start, PART))


def _parts(path: Path, name: str) -> list[_FilePart]:
    file = _File(path, name)
    height = open_file(path, name).lazy.select(pl.len()).collect().item()
    return [_FilePart(file, start, min(PART, height - start)) for start in range(0, max(height, 1), PART)]


def _merged(parts: list[_FilePart], rows: pl.DataFrame) -> pl.DataFrame | None:
    """Give the statements that have several rows, each as one; None where there is none."""
    hashes = rows["id"].hash()
    if hashes.n_unique() == rows.height:
        return None
    ids = rows.filter(hashes.is_duplicated()).filter(pl.col("id").is_duplicated()).select("part", statement_id="id")
    found: list[ExportPart] = []
    for (number, *_), wanted in ids.group_by("part", maintain_order=True):
        part = parts[int(str(number))].as_read()
        found.append(replace(part, rows=part.rows.join(wanted, on="statement_id", how="semi")))
    frames, _, problems = merge(found)
    if problems:
        raise BadInput(tuple(problems))
    return frames["statements"] if found else None
