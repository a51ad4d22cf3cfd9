"""Reads queries: WITH, set operations, VALUES, TABLE, FROM first, ordering, pipes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uc_guard.sql.grammar.aliases import read_alias
from uc_guard.sql.grammar.cursor import Cursor, Grammar, is_name
from uc_guard.sql.grammar.expressions import read_expression
from uc_guard.sql.grammar.pieces import read_object_name, read_sort_items
from uc_guard.sql.grammar.pipes import SET_WORDS, read_pipe
from uc_guard.sql.grammar.relations import read_from, read_values
from uc_guard.sql.grammar.selects import BY_WORDS, read_script, read_select, read_select_rest, read_windows
from uc_guard.sql.grammar.tree import (
    Atoms,
    Chained,
    Cte,
    Derived,
    From,
    Piped,
    Query,
    SetOperation,
    Table,
    TableFunction,
    plain_query,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def read_query(p: Cursor, left: Any = None) -> Query:  # noqa: ANN401 - any query body
    """Read a query; `left` is its first part when that was read already."""
    if left is not None:
        return read_query_after(p, (), recursive=False, left=left)
    # INVARIANT: without constants, what is read at a place follows from the tokens alone.
    known = None if p.constants else p.known
    if known and (found := known.get(p.i)):
        query, p.i = found
        return query
    start, markers = p.i, p.markers
    recursive, ctes = read_ctes(p)
    query = read_query_after(p, ctes, recursive=recursive)
    if known is not None and p.markers == markers:
        known[start] = query, p.i
    return query


def new_cursor(tokens: list[str], constants: dict[str, str | None] | None = None) -> Cursor:
    """Make a cursor that can read queries."""
    return Cursor(tokens, _GRAMMAR, constants)


def read_query_after(p: Cursor, ctes: tuple[Cte, ...], *, recursive: bool, left: Any = None) -> Query:  # noqa: ANN401
    """Read the query that follows its CTEs."""
    body = _read_set_operations(p, left)
    order: Atoms = []
    other: Atoms = []
    windows: dict[str, Atoms] = {}
    pipes: list[Piped] = []
    while True:
        word = p.up[p.i]
        if word in BY_WORDS and word != "GROUP" and p.up[p.i + 1] == "BY":
            p.i += 2
            read_sort_items(p, order)
        elif word in {"LIMIT", "OFFSET"}:
            p.i += 1
            if not p.take("ALL"):
                read_expression(p, other)
            if p.take(","):
                p.fail()
        elif word == "WINDOW" and is_name(p.raw[p.i + 1]) and p.up[p.i + 2] in {"AS", "("}:
            windows.update(read_windows(p))
        elif word in {"|>", "|"}:
            pipes.append(read_pipe(p, _read_primary))
        elif pipes and word in SET_WORDS:
            # a UNION b after a pipe step joins what the steps gave
            left = Query((), recursive=False, body=body, order=order, other=other, windows=windows, pipes=tuple(pipes))
            body = _read_set_operations(p, left)
            order, other, windows, pipes = [], [], {}, []
        else:
            return Query(ctes, recursive, body, order, other, windows, tuple(pipes))


def read_ctes(p: Cursor) -> tuple[bool, tuple[Cte, ...]]:
    """Read `WITH [RECURSIVE] a AS (...), ...` when it stands here."""
    if p.up[p.i] != "WITH":
        return False, ()
    p.i += 1
    recursive = p.take("RECURSIVE")
    ctes: list[Cte] = []
    while True:
        name = p.name_part()
        columns = p.names_in_parens() if p.up[p.i] == "(" else ()
        if p.take("MAX", "RECURSION", "LEVEL"):
            p.i += 1
        p.take("AS")
        if not p.take("NOT", "MATERIALIZED"):
            p.take("MATERIALIZED")
        p.need("(")
        query = read_query(p)
        p.need(")")
        ctes.append(Cte(name, columns, query))
        if not p.take(","):
            return recursive, tuple(ctes)


def _read_set_operations(p: Cursor, left: Any) -> Any:  # noqa: ANN401 - any query body
    body = left if left is not None else _read_primary(p)
    while p.up[p.i] in SET_WORDS:
        p.i += 1
        p.take_any({"ALL", "DISTINCT"})
        p.take("BY", "NAME")
        body = SetOperation(body, _read_primary(p))
    return body


def _read_primary(p: Cursor) -> Any:  # noqa: ANN401 - any query body
    reader = _PRIMARIES.get(p.up[p.i])
    return reader(p) if reader is not None else p.fail()


def _read_in_parens(p: Cursor) -> Query:
    p.need("(")
    query = read_query(p)
    p.need(")")
    return query


def _read_values(p: Cursor) -> Any:  # noqa: ANN401 - any query body
    p.need("VALUES")
    values = read_values(p)
    alias, columns = read_alias(p)
    if alias or columns:
        return From((Chained(Derived(plain_query(values), alias, columns, lateral=False), ()),), ())
    return values


def _read_table(p: Cursor) -> From:
    p.need("TABLE")
    name, unknown = read_object_name(p)
    table = TableFunction((), [unknown], (), None, ()) if unknown else Table(name, None, ())
    return From((Chained(table, ()),), ())


def _read_hive_script(p: Cursor) -> Any:  # noqa: ANN401 - any query body
    p.i += 1
    return read_select_rest(p, [read_script(p, in_parens=False)])


def _read_from_first(p: Cursor) -> Any:  # noqa: ANN401 - any query body
    """Read `FROM t`, `FROM t SELECT a`."""
    p.need("FROM")
    source = read_from(p)
    if p.up[p.i] == "SELECT":
        return read_select(p, source)
    if p.up[p.i] in {"MAP", "REDUCE"}:
        p.i += 1
        return read_select_rest(p, [read_script(p, in_parens=False)], source)
    if p.up[p.i] == "WHERE":  # FROM t WHERE c SELECT a (HiveQL) is no Spark
        p.fail()
    return source


_GRAMMAR = Grammar(read_expression, read_query)

_PRIMARIES: dict[str, Callable[[Cursor], Any]] = {
    "SELECT": read_select,
    "(": _read_in_parens,
    "VALUES": _read_values,
    "TABLE": _read_table,
    "FROM": _read_from_first,
    "MAP": _read_hive_script,
    "REDUCE": _read_hive_script,
}
