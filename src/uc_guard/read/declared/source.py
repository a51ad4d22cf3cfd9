"""A file's text, and the places in it: lines and columns of characters, through whatever the text was taken out of."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from uc_guard.model.finding import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_LONGEST_EXCERPT = 2000


class Source:
    """The text of a file.

    Attributes:
        path: What messages call it.
        text: Its text.
        file: Where it is.
        root: The folder that is read; a file may name others in it, and none outside.
    """

    __slots__ = ("_starts", "file", "path", "root", "text")

    def __init__(self, path: str, text: str, file: Path, root: Path) -> None:
        self.path = path
        self.text = text
        self.file = file
        self.root = root
        self._starts: list[int] | None = None

    def place(self, start: int, end: int) -> Place:
        """Give the place from one character to before another; both are brought into the text."""
        if self._starts is None:
            self._starts = line_starts(self.text)
        start = min(max(start, 0), len(self.text))
        end = min(max(end, start), len(self.text))
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        first = bisect_right(self._starts, start)
        last = max(first, bisect_right(self._starts, max(end - 1, start)))
        return Place(
            self.path, first, start - self._starts[first - 1] + 1, last, end - self._starts[last - 1] + 1,
            self._lines(first, last),
        )  # fmt: skip

    def line(self, number: int) -> Place:
        """Give the place of a whole line, from 1."""
        if self._starts is None:
            self._starts = line_starts(self.text)
        start = self._starts[min(max(number, 1), len(self._starts)) - 1]
        end = self.text.find("\n", start)
        return self.place(start, len(self.text) if end < 0 else end)

    def _lines(self, first: int, last: int) -> str:
        starts = self._starts or [0]
        end = starts[last] - 1 if last < len(starts) else len(self.text)
        if end - starts[first - 1] > _LONGEST_EXCERPT:
            return ""
        return self.text[starts[first - 1] : end].replace("\r\n", "\n").rstrip("\r")


def line_starts(text: str) -> list[int]:
    """Give the places of the first characters of the lines of a text."""
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return starts


class Passage(NamedTuple):
    """A text that stands in a file, perhaps in pieces: a cell, a string, a value.

    Attributes:
        text: The text.
        starts: Where its pieces start in it, ascending; the first is 0.
        places: Where each of them starts in the file.
    """

    text: str
    starts: Sequence[int]
    places: Sequence[int]

    def place_of(self, at: int) -> int:
        """Give the place in the file of a character of the text, or of its end."""
        piece = max(bisect_right(self.starts, at) - 1, 0)
        return self.places[piece] + at - self.starts[piece]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the place in the file of a part of the text that is not empty: start, and end, exclusive."""
        return self.place_of(start), self.place_of(max(end - 1, start)) + 1

    def part(self, start: int, end: int) -> Passage:
        """Give a part of the text as a passage of its own."""
        first = max(bisect_right(self.starts, start) - 1, 0)
        last = bisect_right(self.starts, max(end - 1, start))
        starts = [max(at - start, 0) for at in self.starts[first:last]]
        return Passage(self.text[start:end], starts, [self.place_of(start), *self.places[first + 1 : last]])


def whole(text: str, at: int = 0) -> Passage:
    """Give the passage of a text that stands in a file in one piece."""
    return Passage(text, (0,), (at,))


def joined(pieces: Iterable[tuple[str, int]]) -> Passage:
    """Put together the passage of pieces, each with its place in the file."""
    texts: list[str] = []
    starts: list[int] = []
    places: list[int] = []
    size = 0
    for text, at in pieces:
        if text:
            texts.append(text)
            starts.append(size)
            places.append(at)
            size += len(text)
    return Passage("".join(texts), starts or (0,), places or (0,))
