"""A log's statements to facts: parts folded or taken from an earlier run, then read, then kept for the next."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from uc_guard.usage import kept, kept_rows
from uc_guard.usage.kept_facts import KeptFacts
from uc_guard.usage.reading import Found, read_rows
from uc_guard.usage.rows import Folder, Log, Rows
from uc_guard.usage.workers import Readers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from uc_guard.sql.extract import Catalog
    from uc_guard.usage.rows import Part

    Progress = Callable[[str, int, int], None]


class Read(NamedTuple):
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


def read_statements(
    parts: Sequence[Part],
    catalog: Catalog,
    cache: Path | None = None,
    progress: Progress | None = None,
    merged: Callable[[pl.DataFrame], pl.DataFrame | None] = lambda _: None,
) -> Read:
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
        folder, names = _folded(log, seeds, cache, progress)
        folded = whole = folder.rows()
        if (again := merged(whole.rows)) is not None:
            log.parts.append(FramePart(again))
            folder.add(again)
            one = pl.col("part") == len(parts)
            folded = folder.rows()
            others = folded.rows.filter(~one).join(folded.rows.filter(one), on="id", how="anti", maintain_order="left")
            folded = folded._replace(rows=pl.concat([others, folded.rows.filter(one)]))
        facts = None if cache is None else KeptFacts(cache / "facts", catalog, readers.read)
        found = read_rows(log, folded, facts.read if facts else readers.read)
    if cache is not None and facts is not None:
        facts.save()
        _keep(cache, whole, found, names, log)
    return Read(found, folded.computes)


def _folded(
    log: Log, seeds: tuple[int, int], cache: Path | None, progress: Progress | None
) -> tuple[Folder, dict[int, str]]:
    """Give the log as rows, and the names of its parts by number, where parts are kept."""
    folder = Folder(seeds)
    names: dict[int, str] = {}
    done = 0
    for number, part in enumerate(log.parts):
        if cache is not None:
            names[number] = part.name(seeds)
        known = None if cache is None else kept_rows.load(cache, names[number])
        if known is None:
            folder.add(part.read())
        else:
            frames = [kept_rows.bytes_frame(data) for data in (known.rows, known.computes, known.texts)]
            folder.add_kept(known.templates, *frames[:2])
            log.kept[number] = frames[2]
        if progress:
            done += part.height
            progress("rows folded", done, sum(one.height for one in log.parts))
    return folder, names


def _keep(cache: Path, folded: Rows, found: Found, names: dict[int, str], log: Log) -> None:
    """Keep the parts that are not kept as they are now, and forget those that this log does not have."""
    by_part = folded.rows.partition_by("part", as_dict=True, include_key=False)
    texts = found.texts.partition_by("part", as_dict=True, include_key=False)
    for (number, *_), rows in by_part.items():
        text = texts.get((number,), found.texts.clear().drop("part")).sort("index")
        if number in log.kept and log.kept[number].equals(text):
            continue
        sources = rows["source"].drop_nulls().unique().sort()
        local = pl.DataFrame({"source": sources, "local": pl.int_range(len(sources), dtype=pl.Int32, eager=True)})
        numbered = rows.join(local, on="source", how="left", maintain_order="left")
        numbered = numbered.with_columns(source="local").drop("local")
        computes = folded.computes.join(rows.select("principal").unique(), on="principal", how="semi")
        templates = [folded.templates[int(source)] for source in sources]
        part = kept_rows.KeptPart(templates, *map(kept_rows.frame_bytes, (numbered, computes, text)))
        kept_rows.store(cache, names[number], part)
    kept_rows.forget(cache, set(names.values()))
