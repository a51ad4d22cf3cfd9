"""Takes the SQL out of notebooks: source notebooks of Databricks in SQL and Python, and Jupyter's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from uc_guard.read.declared.json_at import pieces_of, read_json
from uc_guard.read.declared.python import read_python
from uc_guard.read.declared.source import joined
from uc_guard.read.declared.statements import Namespace, read_sql
from uc_guard.read.declared.tree import TEXT, BrokenDocument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uc_guard.read.declared.found import Found
    from uc_guard.read.declared.source import Source
    from uc_guard.read.declared.tree import Node

_HEAD = re.compile(r"(?:--|#|//) Databricks notebook source[ \t\r]*(?:\n|\Z)")
_CELL_END = re.compile(r"(?:--|#|//) COMMAND -{5,}\s*\Z")
_MAGIC = re.compile(r"(?:--|#|//) MAGIC ?")
_COMMENT = re.compile(r"\s*(?:--|#|//)")
_LANGUAGE = re.compile(r"\s*%%?(\w+)")

_LANGUAGES = frozenset(
    {"sql", "python", "py", "scala", "r", "md", "markdown", "sh", "bash", "html", "javascript", "js"}
)

Piece = tuple[str, int]


def read_source_notebook(source: Source, found: Found, language: str) -> None:
    """Read a source notebook whose cells are in a language (`sql` or `python`) where they do not say otherwise."""
    namespace: Namespace | None = None
    for pieces in _cells(source.text):
        lines = [piece for piece in pieces if not _HEAD.match(piece[0])]
        # A title, or another comment, can stand above the magic.
        is_plain = all(_COMMENT.match(text) or not text.strip() for text, _ in lines)
        if is_plain and any(_MAGIC.match(text) for text, _ in lines):
            lines = [(text[match.end() :], at + match.end()) for text, at in lines if (match := _MAGIC.match(text))]
        namespace = _read_cell(source, lines, found, language, namespace)


def read_jupyter(source: Source, found: Found) -> None:
    """Read a Jupyter notebook."""
    try:
        document = read_json(source.text)
    except BrokenDocument as error:
        found.broken(source, error)
        return
    language = document.spelled("metadata", "language_info", "name") or "python"
    language = document.spelled("metadata", "application/vnd.databricks.v1+notebook", "language") or language
    namespace: Namespace | None = None
    for cell in document.each("cells"):
        if cell.spelled("cell_type") == "code":
            lines = [piece for line in cell.each("source") for piece in _lines_of(source.text, line)]
            namespace = _read_cell(source, lines, found, language.lower(), namespace)


def _lines_of(text: str, node: Node) -> Iterator[Piece]:
    if node.kind == TEXT:
        yield from pieces_of(text, node)


def _cells(text: str) -> Iterator[list[Piece]]:
    lines: list[Piece] = []
    at = 0
    for line in text.split("\n"):
        if _CELL_END.match(line):
            yield lines
            lines = []
        else:
            lines.append((f"{line}\n", at))
        at += len(line) + 1
    yield lines


def _read_cell(
    source: Source, pieces: list[Piece], found: Found, language: str, namespace: Namespace | None
) -> Namespace | None:
    cell = joined(pieces)
    body = cell
    if (match := _LANGUAGE.match(cell.text)) and match[1].lower() in _LANGUAGES:
        language = match[1].lower()
        body = cell.part(match.end(), len(cell.text))
    if language == "sql":
        return read_sql(source, body, found, namespace)
    if language in {"python", "py"}:
        return read_python(source, body, found, namespace)
    return namespace
