"""Pieces of work, run side by side: each leaves whole files and a line in the ledger, or what it could not read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from uc_guard.capture.ledger import CUT, NOT_ENABLED, REFUSED, UNAVAILABLE, Gap, Piece
from uc_guard.capture.parts import Part
from uc_guard.errors import NotThere, Unavailable, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import polars as pl

    from uc_guard.capture.ledger import Ledger

    Progress = Callable[[str, int, int], None]

Item = TypeVar("Item")
_SPREAD, _MOST = 64, 100
"""Groups that work is cut into at least, and items that a group has at most."""

_TOLD = 5
"""Gaps of one kind that a piece tells one by one."""

_PATIENCE = 3
"""Pieces of one job that may stay out of reach before the others are not tried any more."""


class Sink:
    """Where a piece of work puts what it reads, and what it could not read."""

    def __init__(self, part: Part, frames: tuple[str, ...]) -> None:
        """Take what is read into the files of a piece."""
        self._part = part
        self._frames = frames
        self.gaps: list[Gap] = []
        self.newest: datetime | None = None
        self.counted: int | None = None

    def add(self, source: str, row: Mapping[str, object]) -> None:
        """Add a row to a source."""
        self._part.add(source, row)

    def add_frame(self, source: str, frame: pl.DataFrame) -> None:
        """Add rows to a source as they are."""
        self._part.add_frame(source, frame)

    @contextmanager
    def trying(self, where: str, right: str = "", frames: tuple[str, ...] = ()) -> Generator[None]:
        """Go on where something may not be read, or is not there, and note it.

        Args:
            where: What it is.
            right: The GRANT that would mend it.
            frames: The frames that lack it; those of the piece where not given.

        Raises:
            Unavailable: where it stays out of reach: the piece is then read another time.
        """
        try:
            yield
        except Unavailable:
            raise
        except WorkspaceError as error:
            self._note(gap_of(frames or self._frames, where, error, right))

    def note(self, where: str, kind: str, said: str, right: str = "", frames: tuple[str, ...] = ()) -> None:
        """Note that something was not read for a reason of its own."""
        self._note(Gap(frames or self._frames, where, kind, said, right))

    def _note(self, gap: Gap) -> None:
        alike = [n for n, one in enumerate(self.gaps) if (one.frames, one.kind) == (gap.frames, gap.kind)]
        if len(alike) < _TOLD:
            self.gaps.append(gap)
        else:  # INVARIANT: the ledger stays small, however much is refused.
            last = alike[-1]
            self.gaps[last] = replace(self.gaps[last], more=self.gaps[last].more + 1)


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work.

    Attributes:
        job: What it is a piece of.
        piece: Its name within; also the name of its files.
        frames: The frames of the snapshot that lack rows where it fails.
        sources: The sources that it may write to.
        run: Reads, and puts it into the sink.
        where: What is told of it where it is refused as a whole.
        right: The GRANT that would mend that.
        until: End of the time that it covers; None where it is not dated.
    """

    job: str
    piece: str
    frames: tuple[str, ...]
    sources: tuple[str, ...]
    run: Callable[[Sink], None]
    where: str = ""
    right: str = ""
    until: datetime | None = field(default=None)


def run_tasks(
    tasks: Sequence[Task], home: Path, ledger: Ledger, workers: int, progress: Progress | None = None
) -> None:
    """Do what is not done yet.

    Args:
        tasks: The pieces.
        home: The folder of all sources.
        ledger: Knows what is done.
        workers: Threads.
        progress: Called with (job, done, total) after each piece.
    """
    left = [task for task in tasks if not ledger.is_done(task.job, task.piece, task.until)]
    totals = {job: sum(task.job == job for task in tasks) for job in {task.job for task in tasks}}
    done = {job: total - sum(task.job == job for task in left) for job, total in totals.items()}
    lost: dict[str, int] = {}
    with ThreadPoolExecutor(workers) as pool:
        try:
            running = {pool.submit(_run, task, home, ledger, lost): task for task in left}
            for future in as_completed(running):
                future.result()
                job = running[future].job
                done[job] += 1
                if progress is not None:
                    progress(job.replace("_", " "), done[job], totals[job])
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def gap_of(frames: tuple[str, ...], where: str, error: WorkspaceError, right: str = "") -> Gap:
    """Give the gap that a refusal leaves."""
    kinds: dict[type[WorkspaceError], str] = {NotThere: NOT_ENABLED, Unavailable: UNAVAILABLE}
    return Gap(frames, where, kinds.get(type(error), REFUSED), error.said, right)


def _run(task: Task, home: Path, ledger: Ledger, lost: dict[str, int]) -> None:
    part = Part(home, task.piece)
    sink = Sink(part, task.frames)
    counts: dict[str, int] = {}
    try:
        if lost.get(task.job, 0) >= _PATIENCE:
            said = "not tried: others of its kind stayed out of reach"
            raise Unavailable(task.where, said, "run the command again")
        task.run(sink)
        part.commit(task.sources)
        counts = part.counts
    except WorkspaceError as error:
        sink.gaps = [gap_of(task.frames, task.where or task.piece, error, task.right)]
        lost[task.job] = lost.get(task.job, 0) + (sink.gaps[0].kind == UNAVAILABLE)
    finally:
        part.discard()
    done = all(gap.kind not in {UNAVAILABLE, CUT} for gap in sink.gaps)
    piece = Piece(done, 0, counts, tuple(sink.gaps), task.until, sink.newest, sink.counted)
    ledger.put(task.job, task.piece, piece)


def spread(items: Sequence[Item]) -> list[Sequence[Item]]:
    """Cut items into groups: enough to share and to go on with, not more than the ledger holds well."""
    size = max(1, min(_MOST, len(items) // _SPREAD))
    return [items[start : start + size] for start in range(0, len(items), size)]


def digest_of(names: Iterable[object]) -> str:
    """Give the name of a piece that reads these: of other ones, it is another piece."""
    return blake2b(msgspec.json.encode([*names]), digest_size=8).hexdigest()


def several(names: Sequence[str]) -> str:
    """Name some things in a message."""
    shown = ", ".join(f"`{name}`" for name in names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"


def once(rows: Iterable[Mapping[str, Any]], key: str) -> Iterator[Mapping[str, Any]]:
    """Give rows that have a name, each name once: what moves while it is listed may come on two pages."""
    seen: set[str] = set()
    for row in rows:
        name = row.get(key)
        if name and str(name).lower() not in seen:
            seen.add(str(name).lower())
            yield row
