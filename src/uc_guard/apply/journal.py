"""The journal: what was meant and what was done, one checked line each, on disk before anything happens."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, cast

import msgspec

from uc_guard.disk import sync, write_all, write_whole
from uc_guard.errors import BadInput, Problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

FORMAT = 1
_FIRST = "0" * 32
_NO_APPEND = ("/Volumes/", "/dbfs/")
_BOUNDS = frozenset({"begin", "end", "rolled-back"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a journal.

    Attributes:
        number: From 1.
        at: When it was written, ISO 8601, UTC; told, never reckoned with: clocks may be wrong.
        kind: begin, spared, wave, intent, done, refused, denial, stopped, end, rolled-back.
        data: What it says.
        check: Digest of the line and of all before it.
    """

    number: int
    at: str
    kind: str
    data: dict[str, Any]
    check: str


class Journal:
    """A file to which lines are added, never changed. A line that returns from `write` survives the machine."""

    def __init__(self, path: Path, now: Callable[[], datetime], *, anew: bool | None = None) -> None:
        """Open a journal, or make an empty one; a line that was cut by a crash is taken off.

        Args:
            path: The file.
            now: Gives the time, aware.
            anew: Write the whole file anew for each line, and rename it over the old one; None = where the file system
                is known to be unable to append. UC: volumes are.

        Raises:
            BadInput: where the file is no journal, or a line of it was changed.
        """
        self.path = path
        self._now = now
        self._anew = str(path.absolute()).startswith(_NO_APPEND) if anew is None else anew
        self.lines, whole = _read(path) if path.exists() else ([], 0)
        self._kept = path.read_bytes()[:whole] if self._anew and whole else b""
        self._file = -1
        if not self._anew:
            fresh = not path.exists()
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            os.ftruncate(self._file, whole)  # INVARIANT: what a crash left half-written was never acted upon
            os.lseek(self._file, whole, os.SEEK_SET)
            if fresh:
                sync(path.parent)

    def write(self, kind: str, **data: object) -> Line:
        """Add a line; returns when it is on the disk.

        Raises:
            OSError: where it cannot be written; nothing may be done then.
        """
        before = self.lines[-1].check if self.lines else _FIRST
        told = {"number": len(self.lines) + 1, "at": self._now().isoformat(), "kind": kind, "data": data}
        content = cast("dict[str, Any]", msgspec.to_builtins(told))
        line = Line(**content, check=_check(before, content))
        (self._replace if self._anew else self._append)(msgspec.json.encode(line) + b"\n")
        self.lines.append(line)
        return line

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _append(self, text: bytes) -> None:
        start = os.lseek(self._file, 0, os.SEEK_CUR)
        try:
            write_all(self._file, text)
            os.fsync(self._file)
        except OSError:
            os.ftruncate(self._file, start)  # a full disk must not leave half a line before the next one
            os.lseek(self._file, start, os.SEEK_SET)
            raise

    def _replace(self, text: bytes) -> None:
        write_whole(self.path, self._kept + text, 0o600)
        self._kept += text

    @property
    def is_open(self) -> bool:
        """Whether a run was begun here and has neither come to its end nor been rolled back."""
        kinds = [line.kind for line in reversed(self.lines) if line.kind in _BOUNDS]
        return bool(kinds) and kinds[0] == "begin"


def read_journal(path: Path) -> list[Line]:
    """Read a journal without touching it.

    Raises:
        BadInput: where there is none, it is no journal, or a line of it was changed.
    """
    return _read(path)[0]


def _read(path: Path) -> tuple[list[Line], int]:
    """Give the lines, and how many bytes hold them whole."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        told = f"{type(error).__name__}: {error.strerror}"
        raise BadInput((Problem(str(path), "", told, "a journal to read", "give the name of a journal"),)) from error
    lines: list[Line] = []
    whole = 0
    for number, text in enumerate(raw.split(b"\n")[:-1], 1):  # what follows the last line feed was cut by a crash
        lines.append(_line(path, number, text, lines[-1].check if lines else _FIRST))
        whole += len(text) + 1
    return lines, whole


def _line(path: Path, number: int, text: bytes, before: str) -> Line:
    mend = "do not edit journals; undo by hand from the plan's undo.sql where this one is lost"
    try:
        line = msgspec.json.decode(text, type=Line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        found = f"no line of a journal ({error})"
        raise BadInput((Problem(str(path), f"line {number}", found, "JSON of a line", mend),)) from error
    content = {"number": line.number, "at": line.at, "kind": line.kind, "data": line.data}
    if line.number != number or line.check != _check(before, content):
        found = "a line that was changed, moved or lost"
        raise BadInput((Problem(str(path), f"line {number}", found, "what was written", mend),))
    return line


def _check(before: str, content: dict[str, Any]) -> str:
    encoded = msgspec.json.encode(content, order="deterministic")
    return blake2b(before.encode() + encoded, digest_size=16).hexdigest()
