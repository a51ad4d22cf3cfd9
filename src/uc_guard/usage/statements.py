"""A log's statements to facts: parts folded or taken from an earlier run, then read, then kept for the next."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from uc_guard.usage import kept, kept_rows
from uc_guard.usage.ahead import Ahead
from uc_guard.usage.kept_facts import KeptFacts
from uc_guard.usage.pause import no_collecting
from uc_guard.usage.reading import Found, read_rows
from uc_guard.usage.rows import PART, Folder, Log, Rows
from uc_guard.usage.workers import Readers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from uc_guard.sql.extract import Catalog
    from uc_guard.usage.rows import Part

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
        return kept_rows.digest(self.statements, seeds)

    def read(self) -> pl.DataFrame:
        """Give its statements."""
        return self.statements


def parts_of(statements: pl.DataFrame) -> list[FramePart]:
    """Cut statements that are in memory into parts of bounded size."""
    return [FramePart(statements.slice(start, PART)) for start in range(0, statements.height, PART)]


@no_collecting()
def read_statements(
    parts: Sequence[Part],
    catalog: Catalog,
    cache: Path | None = None,
    progress: Progress | None = None,
    merged: Callable[[pl.DataFrame], pl.DataFrame | None] = lambda _: None,
) -> ReadLog:
    """Read the statements of a log.

    Args:
        parts: The log.
        catalog: What names can mean.
        cache: Folder in which readings are kept from run to run; None = nothing is kept.
        progress: Called with (what, done, total) now and then.
        merged: Takes the rows and gives, by contract, the statements that have several of them, each as one.
    """
    log = Log([*parts])
    seeds = (secrets.randbits(64), secrets.randbits(64)) if cache is None else kept.seeds(cache)
    with Readers(catalog, progress and partial(progress, "templates read")) as readers:
        facts = None if cache is None else KeptFacts(cache / "facts", catalog, readers.begin)
        ahead = Ahead(facts.begin if facts else readers.begin)
        parts_read = _folded(log, seeds, ahead, cache, progress)
        folder = parts_read.folder
        folded = whole = folder.rows()
        if (again := merged(whole.rows)) is not None:
            log.parts.append(FramePart(again))
            folder.add(again)
            folded = _without_repeated(folder.rows(), len(parts))
        found = read_rows(log, folded, facts.read if facts else readers.read, ahead.answers)
    if cache is not None and facts is not None:
        facts.save()
        _keep(cache, whole, found, parts_read, log)
    return ReadLog(found, folded.computes)


def _without_repeated(folded: Rows, last: int) -> Rows:
    """Leave out the rows of statements that the last part has as one."""
    is_last = pl.col("part") == last
    merged, others = folded.rows.filter(is_last), folded.rows.filter(~is_last)
    return folded._replace(rows=pl.concat([others.join(merged, on="id", how="anti", maintain_order="left"), merged]))


class _Folded(NamedTuple):
    """A log as rows.

    Attributes:
        folder: The rows.
        names: Digests of the parts, by number.
        loaded: Numbers of those that an earlier run has left.
    """

    folder: Folder
    names: dict[int, str]
    loaded: set[int]


def _folded(log: Log, seeds: tuple[int, int], ahead: Ahead, cache: Path | None, progress: Progress | None) -> _Folded:
    found = _Folded(Folder(seeds), {}, set())
    total, done = sum(part.height for part in log.parts), 0
    with _all_known(log.parts, seeds, cache) as all_known:
        for number, (part, (name, known)) in enumerate(zip(log.parts, all_known, strict=True)):
            found.names[number] = name
            if known is None:
                statements = part.read()
                ahead.add(number, found.folder.add(statements), partial(found.folder.texts, number, statements))
            else:
                ahead.add(number, found.folder.add_kept(*known[:3]), partial(_as_kept, known.texts))
                found.loaded.add(number)
            if progress:
                done += part.height
                progress("rows folded", done, total)
    log.kept.update(ahead.end())
    return found


@contextmanager
def _all_known(
    parts: Sequence[Part], seeds: tuple[int, int], cache: Path | None
) -> Iterator[Iterable[tuple[str, kept_rows.KeptRows | None]]]:
    """Give each part's name and what an earlier run has left of it, worked out ahead on other cores."""
    if cache is None:
        yield (("", None) for _ in parts)
        return
    beside = ThreadPoolExecutor(2)
    try:
        yield beside.map(partial(_known, seeds=seeds, cache=cache), parts)
    finally:
        beside.shutdown(cancel_futures=True)


def _known(part: Part, seeds: tuple[int, int], cache: Path) -> tuple[str, kept_rows.KeptRows | None]:
    name = part.name(seeds)
    return name, kept_rows.load(cache, name)


def _as_kept(texts: pl.DataFrame, blind: set[int]) -> pl.DataFrame:
    del blind  # an earlier run has asked for all that are needed
    return texts


def _keep(cache: Path, folded: Rows, found: Found, read: _Folded, log: Log) -> None:
    """Keep the parts that are not kept as they are now, and forget those that this log does not have."""
    by_part = folded.rows.partition_by("part", as_dict=True, include_key=False)
    texts = found.texts.partition_by("part", as_dict=True, include_key=False)
    for (number, *_), rows in by_part.items():
        text = texts.get((number,), found.texts.clear().drop("part")).sort("index")
        if number in read.loaded and log.kept[number].equals(text):
            continue
        sources = rows["source"].drop_nulls().unique().sort()
        local = pl.DataFrame({"source": sources, "local": pl.int_range(len(sources), dtype=pl.Int32, eager=True)})
        numbered = rows.join(local, on="source", how="left", maintain_order="left")
        numbered = numbered.with_columns(source="local").drop("local")
        computes = folded.computes.join(rows.select("principal").unique(), on="principal", how="semi")
        templates = [folded.templates[int(source)] for source in sources]
        kept_rows.store(cache, read.names[number], kept_rows.KeptRows(templates, numbered, computes, text))
    kept_rows.forget(cache, set(read.names.values()))
