"""Cuts a text into statements and tokens that know their places, around what a template fills in."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from uc_guard.sql.grammar.tokens import CLOSED, OUTSIDE_BLOCKS, TOKEN, end_of_block

if TYPE_CHECKING:
    from collections.abc import Iterator

FILL = "\ua66e"  # a letter, so that a hole is a word, or part of one
_HOLE = re.compile(
    r"\$\{[^{}\n]{0,400}\}"  # Terraform, bundles, widgets
    r"|\{\{[^{}]{0,400}+\}\}"  # Jinja, dbt
    r"|[$#]\([^()\n]{0,200}\)|#\{[^{}\n]{0,200}\}"  # sqlcmd, Octopus
    r"|%\([^()\n]{0,200}\)s"  # Python
    r"|\{[A-Za-z_][^{}\n:]{0,200}\}|\{\d{0,3}\}"  # f-strings, str.format
    r"|\$[A-Za-z_]\w*+(?!\$)"  # widgets of old
    r"|(?<![:\w]):[A-Za-z_]\w*+",  # parameters
    re.DOTALL,
)
_CONTROL = re.compile(
    r"\{%[^%{]{0,400}+(?:%(?!\})[^%{]{0,400}+){0,9}+%\}|\{\#[^\#{]{0,2000}+(?:\#(?!\})[^\#{]{0,2000}+){0,9}+\#\}"
)
_EDGE = re.compile(OUTSIDE_BLOCKS.pattern + "|;", re.DOTALL)


class Token(NamedTuple):
    """A token and where it stands: `start` inclusive, `end` exclusive, in characters of the whole text."""

    raw: str
    start: int
    end: int


class Masked(NamedTuple):
    """A text in which letters stand for what a template fills in, so that every character keeps its place.

    Attributes:
        text: The text, as long as the original.
        original: The original.
        starts: Where each hole starts, ascending.
        ends: Where each ends, exclusive.
    """

    text: str
    original: str
    starts: list[int]
    ends: list[int]

    def is_hole(self, start: int, end: int) -> bool:
        """Tell whether a template fills in any of the characters from `start` to `end`."""
        at = bisect_right(self.starts, end - 1) - 1
        return at >= 0 and self.ends[at] > start


def mask(text: str) -> Masked:
    """Put letters in the place of what a template fills in, and blanks in the place of its control statements."""
    if not any(mark in text for mark in "${:#%"):
        return Masked(text, text, [], [])
    plain = _CONTROL.sub(_blank, text) if "{%" in text or "{#" in text else text
    starts: list[int] = []
    ends: list[int] = []

    def fill(match: re.Match[str]) -> str:
        starts.append(match.start())
        ends.append(match.end())
        return FILL * len(match[0])

    return Masked(_HOLE.sub(fill, plain), text, starts, ends)


def statement_spans(text: str) -> Iterator[tuple[int, int, bool]]:
    """Give the places between the semicolons of a text.

    Yields:
        Start, end (exclusive), and whether every string, name and comment in it is closed.
    """
    start = at = 0
    while match := _EDGE.search(text, at):
        at = match.end()
        if match[0] == ";":
            yield start, match.start(), True
            start = at
        elif match[0] == "/*":
            closed = end_of_block(text, at)
            if closed is None:
                yield start, len(text), False
                return
            at = closed
        elif match[0][0] in "'\"`" and not CLOSED.fullmatch(match[0]):
            yield start, len(text), False
            return
    yield start, len(text), True


def tokens_at(text: str, start: int, end: int) -> list[Token]:
    """Give the tokens of a part of a text in which everything is closed; block comments are left out."""
    part = text[start:end]
    if "/*" in part:
        part = _without_blocks(part)
    found = [Token(match[1], match.start(1) + start, match.end(1) + start) for match in TOKEN.finditer(part)]
    return [token for token in found if token.raw]


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _without_blocks(part: str) -> str:
    pieces: list[str] = []
    start = at = 0
    while match := OUTSIDE_BLOCKS.search(part, at):
        at = match.end()
        if match[0] != "/*":
            continue
        closed = end_of_block(part, at) or len(part)
        pieces += (part[start : match.start()], " " * (closed - match.start()))
        start = at = closed
    pieces.append(part[start:])
    return "".join(pieces)
