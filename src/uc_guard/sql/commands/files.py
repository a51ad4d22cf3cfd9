"""Reads the statements that move files: COPY INTO, LOAD, LIST, GET, PUT, REMOVE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.sql.commands.targets import (
    read_path_name,
    rest_is_plain,
    rest_of_files,
    to_end,
    write_target,
)
from uc_guard.sql.grammar.constants import fold_text, is_literal
from uc_guard.sql.grammar.queries import read_query
from uc_guard.sql.resolve.queries import resolve_query

if TYPE_CHECKING:
    from uc_guard.sql.grammar.cursor import Cursor
    from uc_guard.sql.resolve.walk import Walk


def read_copy_into(p: Cursor, walk: Walk) -> None:
    """`COPY INTO t FROM 'path' FILEFORMAT = ...`."""
    p.need("COPY", "INTO")
    write_target(p, walk)
    p.take("BY", "POSITION")
    if p.up[p.i] == "(":
        p.names_in_parens()
    p.need("FROM")
    if p.up[p.i] == "(":
        p.i += 1
        p.in_copy = True
        query = read_query(p)
        p.in_copy = False
        p.need(")")
        resolve_query(walk, query, None)
    else:
        path = fold_text(p) if is_literal(p) else read_path_name(p)
        if path is None:
            walk.note("dynamic-path", p.text(p.i, p.i + 6), None)
        else:
            walk.path(path)
    rest_of_files(p, walk)


def read_load(p: Cursor, walk: Walk) -> None:
    """`LOAD DATA INPATH 'path' INTO TABLE t`."""
    p.need("LOAD", "DATA")
    local = p.take("LOCAL")
    p.need("INPATH")
    path = p.string()
    if not local:
        walk.path(path)
    p.take("OVERWRITE")
    p.need("INTO", "TABLE")
    write_target(p, walk)
    rest_is_plain(p, walk)


def read_files(p: Cursor, walk: Walk) -> None:
    """`LIST 'path'`, `GET 'path' TO 'local'`, `PUT 'local' INTO 'path'`, `REMOVE 'path'`."""
    word = p.up[p.i]
    p.i += 1
    if word in {"ADD", "LIST"} and p.up[p.i] in {"JAR", "JARS", "FILE", "FILES", "ARCHIVE", "ARCHIVES"}:
        to_end(p)
        return
    if word == "PUT":
        p.i += 1
        p.need("INTO")
    path = fold_text(p) if is_literal(p) else None
    if path is None:
        walk.note("dynamic-path", p.text(p.i - 1, p.i + 4), None)
        to_end(p)
        return
    walk.path(path, write=word in {"PUT", "REMOVE"})
    rest_of_files(p, walk)
