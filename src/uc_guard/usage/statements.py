"""A log's statements to facts: parts folded or taken from an earlier run, then read, then kept for the next."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from uc_guard.read.logs import known_parameters
from uc_guard.usage import kept, kept_rows
from uc_guard.usage.ahead import Ahead
from uc_guard.usage.beside import in_turn
from uc_guard.usage.kept_facts import KeptFacts
from uc_guard.usage.kept_parts import KeptParts
from uc_guard.usage.reading import Found, read_rows
from uc_guard.usage.rows import PART, Folder, Log, Rows
from uc_guard.usage.settled import is_open
from uc_guard.usage.units import Facts
from uc_guard.usage.workers import Readers

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

    from uc_guard.sql.extract import Catalog
    from uc_guard.usage.kept_rows import KeptRows
    from uc_guard.usage.rows import Part
    from uc_guard.usage.units import ReadTasks

    Progress = Callable[[str, int, int], None]


class ReadLog(NamedTuple):
    """What is so of a log's statements.

    Attributes:
        found: The rows and their facts.
        computes: Distinct `principal` and `compute`.
    """

    found: Found
    computes: pl.DataFrame


@dataclass(frozen=True, slots=True)
class FramePart:
    """Statements that are in memory already.

    Attributes:
        statements: By contract.
    """

    statements: pl.DataFrame

    @property
    def height(self) -> int:
        """Number of its rows."""
        return self.statements.height

    def name(self, seeds: tuple[int, int]) -> str:
        """Give a digest of its rows."""
        return kept_rows.digest(self.read(), seeds)

    def read(self) -> pl.DataFrame:
        """Give its statements."""
        return self.statements.with_columns(known_parameters())


def parts_of(statements: pl.DataFrame) -> list[FramePart]:
    """Cut statements that are in memory into parts of bounded size."""
    return [FramePart(statements.slice(start, PART)) for start in range(0, statements.height, PART)]


@contextmanager
def read_statements(
    parts: Sequence[Part],
    catalog: Catalog,
    cache: Path | None = None,
    progress: Progress | None = None,
    merged: Callable[[pl.DataFrame], pl.DataFrame | None] = lambda _: None,
) -> Generator[ReadLog]:
    """Read the statements of a log, for a block; what is kept for the next run is written beside the block.

    Args:
        parts: The log.
        catalog: What names can mean.
        cache: Folder in which readings are kept from run to run; None = nothing is kept.
        progress: Called with (what, done, total) now and then.
        merged: Takes the rows and gives, by contract, the statements that have several of them, each as one.
    """
    # INVARIANT: what only the reading needs is gone before the block begins.
    read, keep = _read_and_keep(parts, catalog, cache, progress, merged)
    with ThreadPoolExecutor(1) as beside:
        written = beside.submit(keep)
        yield read
        written.result()


def _read_and_keep(
    parts: Sequence[Part],
    catalog: Catalog,
    cache: Path | None,
    progress: Progress | None,
    merged: Callable[[pl.DataFrame], pl.DataFrame | None],
) -> tuple[ReadLog, Callable[[], None]]:
    """Give what is read, and what writes down what is kept of it."""
    log = Log([*parts])
    seeds = (secrets.randbits(64), secrets.randbits(64)) if cache is None else kept.seeds(cache)
    folder, facts = Folder(seeds), Facts()
    with Readers(catalog, progress and partial(progress, "templates read")) as readers:
        readings = None if cache is None else KeptFacts(cache / "facts", catalog, readers.begin)
        known = KeptParts(cache, seeds, readings.objects) if cache and readings else None
        ahead = Ahead((readings or readers).begin, facts)
        _fold(log, folder, known, facts, ahead, progress)
        folded = whole = folder.rows()
        if (again := merged(whole.rows)) is not None:
            log.parts.append(FramePart(again))
            folder.add(again)
            folded = _without_repeated(folder.rows(), len(parts))
        found = _read(log, folded, ahead, (readings or readers).read, facts)

    def keep() -> None:
        if known and readings:
            readings.save()
            known.save(whole, found, facts, log)

    return ReadLog(found, folded.computes), keep


def _fold(
    log: Log, folder: Folder, known: KeptParts | None, facts: Facts, ahead: Ahead, progress: Progress | None
) -> None:
    """Turn the parts into rows, or take those that an earlier run has left."""
    total, done = sum(part.height for part in log.parts), 0
    with known.load(log.parts) if known else nullcontext(repeat(None, len(log.parts))) as all_kept:
        opened = in_turn(_opened, zip(log.parts, all_kept, strict=True), threads=1)
        for number, found in enumerate(opened):
            if isinstance(found, pl.DataFrame):
                ahead.add(number, folder.add(found), partial(folder.texts, number, found), is_new=True)
            elif known:
                templates = known.add(number, found, folder, facts)
                ahead.add(number, templates, partial(_as_kept, found.texts), is_new=False)
            if progress:
                done += log.parts[number].height
                progress("rows folded", done, total)
    log.kept.update(ahead.end())


def _opened(given: tuple[Part, KeptRows | None]) -> KeptRows | pl.DataFrame:
    """Give what is kept of a part, or else its statements."""
    part, rows = given
    return part.read() if rows is None else rows


def _as_kept(texts: pl.DataFrame, blind: set[int]) -> pl.DataFrame:
    del blind  # an earlier run has asked for all that are needed
    return texts


def _read(log: Log, folded: Rows, ahead: Ahead, read: ReadTasks, facts: Facts) -> Found:
    """Read the rows that are not settled."""
    is_to_read = is_open(folded.rows)
    left = folded if is_to_read.all() else _renumbered(folded._replace(rows=folded.rows.filter(is_to_read)))
    ahead.read(left.templates)
    found = read_rows(log, left, read, ahead.answers, facts)
    if left is folded:
        return found
    settled = folded.rows.filter(~is_to_read).select(found.rows.columns)
    return replace(found, rows=pl.concat([settled, found.rows]))


def _renumbered(folded: Rows) -> Rows:
    """Leave out the templates that no row has, and give each of the others one number."""
    old: list[int] = folded.rows["source"].drop_nulls().unique().sort().to_list()
    numbers: dict[str, int] = {}
    new = [numbers.setdefault(folded.templates[n], len(numbers)) for n in old]
    number = pl.repeat(None, len(folded.templates), dtype=pl.Int32, eager=True)
    source = number.scatter(old, pl.Series(new, dtype=pl.Int32)).gather(folded.rows["source"])
    return folded._replace(rows=folded.rows.with_columns(source.alias("source")), templates=list(numbers))


def _without_repeated(folded: Rows, last: int) -> Rows:
    """Leave out the rows of statements that the last part has as one."""
    is_last = pl.col("part") == last
    merged, others = folded.rows.filter(is_last), folded.rows.filter(~is_last)
    return folded._replace(rows=pl.concat([others.join(merged, on="id", how="anti", maintain_order="left"), merged]))
