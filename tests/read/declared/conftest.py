"""Fixtures for what repositories declare."""

from __future__ import annotations

import pandera.polars  # noqa: F401 - dear to load: not within what is timed
import pytest

from uc_guard import tables
from uc_guard.read.declared import read_declared


@pytest.fixture
def declare(tmp_path):
    """Write files and read what they declare; the frame keeps its contract, and places lie within their files."""

    def run(**files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(text, bytes):
                path.write_bytes(text)
            else:
                path.write_text(text, encoding="utf-8")
        declared = read_declared([tmp_path])
        tables.DECLARATIONS.validate(declared.grants)
        return declared

    return run


@pytest.fixture
def words():
    """Give the characters that each row of a frame points to, by the lines of its excerpt."""

    def of(frame):
        return [pointed(*row) for row in frame.select("source", "line", "column", "end_line", "end_column").rows()]

    return of


def pointed(source, line, column, end_line, end_column):
    lines = source.split("\n")
    if line == end_line:
        return lines[0][column - 1 : end_column - 1]
    return "\n".join([lines[0][column - 1 :], *lines[1:-1], lines[-1][: end_column - 1]])
