"""Reads the statements that look after tables and caches: OPTIMIZE, VACUUM, ANALYZE, REFRESH, CACHE, TRUNCATE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.sql.commands.kinds import read_kind
from uc_guard.sql.commands.targets import (
    act,
    read_name,
    rest_is_plain,
    to_end,
    write_target,
)
from uc_guard.sql.grammar.pieces import is_query_start
from uc_guard.sql.grammar.queries import read_query
from uc_guard.sql.grammar.relations import read_relation
from uc_guard.sql.grammar.tokens import is_string
from uc_guard.sql.resolve.queries import resolve_query
from uc_guard.sql.resolve.session import TempView
from uc_guard.sql.resolve.sources import read_chained

if TYPE_CHECKING:
    from uc_guard.sql.grammar.cursor import Cursor
    from uc_guard.sql.resolve.walk import Walk


def read_refresh(p: Cursor, walk: Walk) -> None:
    """`REFRESH TABLE t`, `REFRESH MATERIALIZED VIEW v FULL`, `REFRESH 'path'`."""
    p.need("REFRESH")
    kind = None
    while (found := read_kind(p)) is not None:
        kind = found
    if kind is None and is_string(p.raw[p.i]):
        to_end(p)
        return
    if kind == "FUNCTION":
        to_end(p)
        return
    act(p, walk, "REFRESH", kind or "TABLE")
    to_end(p)


def read_cache(p: Cursor, walk: Walk) -> None:
    """`CACHE TABLE t [AS query]`, `CACHE SELECT ...`, `UNCACHE TABLE t`, `CLEAR CACHE`."""
    if p.take("CLEAR", "CACHE"):
        return
    if p.take("UNCACHE"):
        p.need("TABLE")
        to_end(p)
        return
    p.need("CACHE")
    p.take("LAZY")
    if is_query_start(p, p.i) and p.up[p.i] == "SELECT":
        resolve_query(walk, read_query(p), None)
        return
    p.need("TABLE")
    start = p.i
    name = read_name(p, walk)
    end = p.i
    if p.take("OPTIONS"):
        p.skip_parens()
    if p.take("AS") or is_query_start(p, p.i) or p.up[p.i] == "(":
        begin = p.i
        output = resolve_query(walk, read_query(p), None)
        if name:
            from dataclasses import replace  # noqa: PLC0415

            session = walk.session
            view = TempView(tuple(p.raw[begin : p.i]), output.columns(), session.catalog, session.schema)
            walk.session = replace(session, temp_views={**session.temp_views, name[-1]: view})
        return
    after, p.i = p.i, start
    for relation in read_chained(walk, read_relation(p), None):
        relation.touch_all()
    p.i = max(after, end)


def read_upkeep(p: Cursor, walk: Walk) -> None:
    """OPTIMIZE, VACUUM, ANALYZE, RESTORE, REORG, FSCK, MSCK, GENERATE, CONVERT: no rows are read."""
    word = p.up[p.i]
    p.i += 1
    if word == "ANALYZE" and p.take("TABLES"):
        if p.take("IN") or p.take("FROM"):  # those of the schema that the caller may; no refusal where it may none
            act(p, walk, "ANALYZE", "SCHEMA")
        to_end(p)
        return
    p.take_any({"REPAIR"})
    p.take("SYMLINK_FORMAT_MANIFEST")
    p.take("FOR")
    p.take("TO", "DELTA")
    if word in {"OPTIMIZE", "VACUUM"} and is_string(p.raw[p.i]):
        walk.path(p.string(), write=True)
        to_end(p)
        return
    p.take("TABLE")
    if word in _ASK_MODIFY:
        kept = {key: set(value) for key, value in walk.reads.items()}
        act(p, walk, "ANALYZE" if word == "ANALYZE" else "MAINTAIN", "TABLE")
        walk.reads = kept
    else:
        act(p, walk, "ALTER", "TABLE")
    if p.take("USING", "INVENTORY"):
        for relation in read_chained(walk, read_relation(p), None):
            relation.touch_all()
    rest_is_plain(p, walk)


_ASK_MODIFY = frozenset({"OPTIMIZE", "VACUUM", "ANALYZE", "RESTORE", "REORG", "FSCK"})


def read_truncate(p: Cursor, walk: Walk) -> None:
    """`TRUNCATE TABLE t`."""
    p.need("TRUNCATE", "TABLE")
    write_target(p, walk)
    rest_is_plain(p, walk)
