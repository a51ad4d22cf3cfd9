"""The ledger of a capture: which pieces of which sources are read, and what of them could not be."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

import msgspec

from uc_guard.disk import write_whole
from uc_guard.errors import BadInput, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FORMAT = 1
NAME = ".capture.json"
_TOO_OLD = timedelta(days=1)
"""Age of a capture that is not gone on with any more: too much of what it read may have changed."""

REFUSED, UNAVAILABLE, NOT_ENABLED, CUT, UNSEEN, LIMITED, NOTED = (
    "refused", "unavailable", "not-enabled", "truncated", "unseen", "limited", "noted",
)  # fmt: skip
"""Why something was not read: we may not, it stayed out of reach, it does not exist, rows are missing, rows are hidden,
the source itself does not hold it; and what is told of a source that is complete all the same."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that was not read.

    Attributes:
        frames: The frames of the snapshot that lack it.
        where: What it is: a listing, or the name of a securable.
        kind: Why; see REFUSED and those beside it.
        said: What the workspace said, or a sentence of ours.
        right: The GRANT that would mend it; empty where none would.
        more: How many others of its kind it stands for.
    """

    frames: tuple[str, ...]
    where: str
    kind: str
    said: str
    right: str = ""
    more: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a source.

    Attributes:
        done: Nothing would be won by reading it again.
        read_in: Number of the capture that read it; the ledger fills it in.
        rows: Rows by the source that they went to.
        gaps: What of it was not read.
        until: End of the time that it covers, exclusive; None where it is not dated.
        newest: Instant of its newest row; None where there is none.
        counted: Rows that the server gave; for logs, whose rows may still come late.
    """

    done: bool
    read_in: int = 0
    rows: dict[str, int] = field(default_factory=dict[str, int])
    gaps: tuple[Gap, ...] = ()
    until: datetime | None = None
    newest: datetime | None = None
    counted: int | None = None

    @property
    def read(self) -> bool:
        """Whether it was read at all, be it in part."""
        return bool(self.rows) or all(gap.kind == NOTED for gap in self.gaps)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a source when the capture ends.

    Attributes:
        status: complete, incomplete, refused, unavailable or not-enabled.
        note: Why it is not complete, or what has to be known of it.
        right: The GRANTs that would mend it.
        rows: Rows that it holds.
        watermark: Instant of its newest row.
        read_at: When the capture that read it began.
    """

    status: str
    note: str
    right: tuple[str, ...]
    rows: int
    watermark: datetime | None
    read_at: datetime


@dataclass(slots=True)
class _Stored:
    host: str
    started_at: datetime
    since: datetime
    until: datetime
    redacted: bool
    number: int = 1
    finished: bool = False
    pieces: dict[str, dict[str, Piece]] = field(default_factory=dict[str, dict[str, Piece]])
    sources: dict[str, Told] = field(default_factory=dict[str, Told])
    format: int = FORMAT


class Ledger:
    """What is known to be read. Threads may share it; what a method returns from is on the disk."""

    def __init__(self, home: Path, stored: _Stored) -> None:
        """Keep a ledger in a folder; see `open_ledger`."""
        self._path = home / NAME
        self._stored = stored
        self._lock = Lock()

    @property
    def started_at(self) -> datetime:
        """When this capture began: grants and objects are read from then on."""
        return self._stored.started_at

    def pieces(self, job: str) -> Mapping[str, Piece]:
        """Give the pieces of a job by name."""
        return dict(self._stored.pieces.get(job, {}))

    def jobs(self) -> tuple[str, ...]:
        """Give the names of all jobs."""
        return tuple(self._stored.pieces)

    def is_done(self, job: str, piece: str, until: datetime | None = None) -> bool:
        """Tell whether this capture has read a piece, as far as an instant where it is dated."""
        known = self._stored.pieces.get(job, {}).get(piece)
        if known is None or not known.done or known.read_in != self._stored.number:
            return False
        return until is None or (known.until is not None and known.until >= until)

    def put(self, job: str, name: str, piece: Piece) -> None:
        """Note what became of a piece."""
        with self._lock:
            self._stored.pieces.setdefault(job, {})[name] = replace(piece, read_in=self._stored.number)
            self.save()

    def forget(self, job: str, names: set[str]) -> None:
        """Take pieces out."""
        with self._lock:
            for name in names:
                self._stored.pieces.get(job, {}).pop(name, None)
            self.save()

    def finish(self, sources: Mapping[str, Told]) -> None:
        """Note that the capture came to its end."""
        with self._lock:
            self._stored.sources = dict(sources)
            self._stored.finished = True
            self.save()

    def save(self) -> None:
        """Put it on the disk."""
        data = msgspec.json.encode(self._stored)
        # People read it when a capture is over; while one runs, it is written after each piece.
        write_whole(self._path, (msgspec.json.format(data, indent=1) if self._stored.finished else data) + b"\n")


def open_ledger(
    home: Path,
    host: str,
    taken_at: datetime,
    window: tuple[datetime, datetime],
    logs: tuple[str, ...],
    *,
    redacted: bool,
) -> Ledger:
    """Give the ledger of a folder: of the capture that was cut short there, or of a new one.

    A capture that came to its end, or began more than a day ago, gives way to a new one; pieces of logs stay.

    Args:
        home: The folder.
        host: The workspace.
        taken_at: Now, aware.
        window: Start and end of the logs.
        logs: Jobs whose pieces outlive a capture.
        redacted: Whether literals of statements are left out.

    Raises:
        BadInput: where the folder holds the sources of another workspace, or something else.
    """
    old = _read(home / NAME)
    new = _Stored(host, taken_at, *window, redacted)
    if old is not None and old.host != host:
        raise _bad(home, f"sources of {old.host}", f"sources of {host}, or nothing", "give another folder")
    # SAFETY: texts that were kept in full must not outlive the wish to keep them redacted.
    if old is not None and old.redacted == redacted:
        if not old.finished and timedelta(0) <= taken_at - old.started_at < _TOO_OLD:
            new = old
            new.since, new.until = window
        else:
            new.number = old.number + 1
            new.pieces = {job: pieces for job, pieces in old.pieces.items() if job in logs}
    ledger = Ledger(home, new)
    ledger.save()
    return ledger


def _read(path: Path) -> _Stored | None:
    try:
        raw = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
        if raw.get("format") != FORMAT:
            raise _bad(path, f"format `{raw.get('format')}`", f"`{FORMAT}`", "give another folder")
        return msgspec.convert(raw, _Stored)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _bad(path, f"{type(error).__name__}: {error}", "the ledger of a capture", "remove the folder") from error


def _bad(path: Path, found: str, expected: str, mend: str) -> BadInput:
    return BadInput((Problem(str(path), "", found, expected, mend),))
