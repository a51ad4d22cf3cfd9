"""Reads queries: WITH, SELECT, set operations, VALUES, TABLE, and pipe steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uc_guard.sql.cursor import Cursor, is_name
from uc_guard.sql.expressions import (
    read_arguments,
    read_expression,
    read_expressions,
    read_object_name,
    read_sort_items,
    read_type,
    read_window,
)
from uc_guard.sql.relations import read_alias, read_extension, read_from, read_lateral_view, read_values
from uc_guard.sql.tokens import HINT, is_string, string_value
from uc_guard.sql.tree import (
    Atoms,
    Chained,
    Cte,
    Derived,
    From,
    Item,
    Piped,
    Query,
    Select,
    SetOperation,
    Table,
    TableFunction,
    plain_query,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SET_WORDS = frozenset({"UNION", "EXCEPT", "INTERSECT", "MINUS"})
# Words after an item of a select list that are no alias of it.
_ENDS_ITEM = frozenset(
    """
    FROM WHERE HAVING UNION EXCEPT INTERSECT MINUS LATERAL LIMIT OFFSET WINDOW QUALIFY INTO BULK ON INSERT AS WHEN THEN
    PIVOT UNPIVOT JOIN
    """.split()
)
_BY_WORDS = frozenset({"GROUP", "ORDER", "SORT", "CLUSTER", "DISTRIBUTE"})
# Words that are a clause only before something that can follow them; otherwise they are an alias.
_ALIAS_BEFORE = frozenset({"", ",", "FROM", ")", ";"})


def read_query(p: Cursor, left: Any = None) -> Query:  # noqa: ANN401 - any query body
    """Read a query; `left` is its first part when that was read already."""
    recursive, ctes = (False, ()) if left is not None else read_ctes(p)
    return read_query_after(p, ctes, recursive=recursive, left=left)


def new_cursor(tokens: list[str], constants: Mapping[str, str | None] | None = None) -> Cursor:
    """Make a cursor that can read queries."""
    return Cursor(tokens, read_query, constants)


def read_query_after(p: Cursor, ctes: tuple[Cte, ...], *, recursive: bool, left: Any = None) -> Query:  # noqa: ANN401
    """Read the query that follows its CTEs."""
    body = _read_set_operations(p, left)
    order: Atoms = []
    other: Atoms = []
    windows: dict[str, Atoms] = {}
    pipes: list[Piped] = []
    while True:
        word = p.up[p.i]
        if word in _BY_WORDS and word != "GROUP" and p.up[p.i + 1] == "BY":
            p.i += 2
            read_sort_items(p, order)
        elif word in {"LIMIT", "OFFSET"}:
            p.i += 1
            p.take("ALL") or read_expression(p, other)
            if p.take(","):
                p.fail()
        elif word == "WINDOW" and is_name(p.raw[p.i + 1]) and p.up[p.i + 2] in {"AS", "("}:
            windows.update(_read_windows(p))
        elif word in {"|>", "|"}:
            pipes.append(_read_pipe(p))
        elif pipes and word in _SET_WORDS:
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
        p.take("NOT", "MATERIALIZED") or p.take("MATERIALIZED")
        p.need("(")
        query = read_query(p)
        p.need(")")
        ctes.append(Cte(name, columns, query))
        if not p.take(","):
            return recursive, tuple(ctes)


def _read_set_operations(p: Cursor, left: Any) -> Any:  # noqa: ANN401 - any query body
    body = left if left is not None else _read_primary(p)
    while p.up[p.i] in _SET_WORDS:
        p.i += 1
        p.take_any({"ALL", "DISTINCT"})
        p.take("BY", "NAME")
        body = SetOperation(body, _read_primary(p))
    return body


def _read_primary(p: Cursor) -> Any:  # noqa: ANN401 - any query body
    word = p.up[p.i]
    if word == "SELECT":
        return read_select(p)
    if word == "(":
        p.i += 1
        query = read_query(p)
        p.need(")")
        return query
    if word == "VALUES":
        p.i += 1
        values = read_values(p)
        alias, columns = read_alias(p)
        if alias or columns:
            return From((Chained(Derived(plain_query(values), alias, columns, lateral=False), ()),), ())
        return values
    if word == "TABLE":
        p.i += 1
        name, unknown = read_object_name(p)
        table = TableFunction((), [unknown], (), None, ()) if unknown else Table(name, None, ())
        return From((Chained(table, ()),), ())
    if word == "FROM":
        return _read_from_first(p)
    if word in {"MAP", "REDUCE"}:
        p.i += 1
        return _read_select_rest(p, [_read_script(p, in_parens=False)])
    return p.fail()


def _read_from_first(p: Cursor) -> Any:  # noqa: ANN401 - any query body
    """Read `FROM t`, `FROM t SELECT a`."""
    p.need("FROM")
    source = read_from(p)
    if p.up[p.i] == "SELECT":
        return read_select(p, source)
    if p.up[p.i] in {"MAP", "REDUCE"}:
        p.i += 1
        return _read_select_rest(p, [_read_script(p, in_parens=False)], source)
    if p.up[p.i] == "WHERE":  # FROM t WHERE c SELECT a (HiveQL) is no Spark
        p.fail()
    return source


def read_select(p: Cursor, source: From | None = None) -> Select:
    """Read a SELECT; `source` is its FROM when that stood before it."""
    p.need("SELECT")
    up = p.up
    distinct = False
    hints = _read_hints(p) if up[p.i] == HINT else []
    if up[p.i] in {"DISTINCT", "ALL"} and up[p.i + 1] not in {",", "FROM", ".", "", ")"}:
        distinct = up[p.i] == "DISTINCT"
        p.i += 1
    if up[p.i] == "TRANSFORM" and up[p.i + 1] == "(" and _is_script(p):
        p.i += 1
        return _read_select_rest(p, [_read_script(p, in_parens=True)], source)
    select = _read_select_rest(p, read_items(p), source)
    if hints:
        select = select._replace(where=[*select.where, *hints])
    return select._replace(distinct=True) if distinct else select


def _read_hints(p: Cursor) -> Atoms:
    """Read `/*+ REPARTITION(3, a), MERGE(t) */`: the columns of those that have some."""
    atoms: Atoms = []
    while p.take(HINT):
        p.need("(")
        while not p.take(")"):
            word = p.up[p.i]
            p.i += 1
            if p.up[p.i] == "(" and word in {"REPARTITION", "REPARTITION_BY_RANGE", "REBALANCE"}:
                p.i += 1
                read_arguments(p, atoms)
            elif p.up[p.i] == "(":
                p.skip_parens()
            if p.at_end():
                p.fail()
    return atoms


def read_items(p: Cursor) -> list[Item]:
    """Read a select list."""
    items = [_read_item(p)]
    while p.up[p.i] == ",":
        p.i += 1
        items.append(_read_item(p))
    return items


def _read_select_rest(p: Cursor, items: list[Item], source: From | None = None) -> Select:
    where: Atoms = []
    group: Atoms = []
    having: Atoms = []
    qualify: Atoms = []
    windows: dict[str, Atoms] = {}
    if source is None and p.take("FROM"):
        source = read_from(p)
    if source is not None and p.up[p.i] == "LATERAL" and p.up[p.i + 1] == "VIEW":
        views = list(source.views)
        while p.up[p.i] == "LATERAL" and p.up[p.i + 1] == "VIEW":
            views.append(read_lateral_view(p))
        source = From(source.relations, tuple(views))
    if p.take("WHERE"):
        read_expression(p, where)
    if p.take("GROUP", "BY"):
        _read_group(p, group)
    if p.take("HAVING"):
        kept, p.in_having = p.in_having, True
        read_expression(p, having)
        p.in_having = kept
    while True:
        if p.up[p.i] == "WINDOW" and is_name(p.raw[p.i + 1]) and p.up[p.i + 2] in {"AS", "("}:
            windows.update(_read_windows(p))
        elif p.take("QUALIFY"):
            read_expression(p, qualify)
        else:
            break
    return Select(tuple(items), source, where, group, having, qualify, windows)


def _read_group(p: Cursor, out: Atoms) -> None:
    """Read GROUP BY, with ROLLUP, CUBE, GROUPING SETS and the trailing WITH ROLLUP."""
    while True:
        if p.up[p.i] == "GROUPING" and p.up[p.i + 1] == "SETS":
            p.i += 2
            _read_grouping_sets(p, out)
        elif p.up[p.i] in {"ROLLUP", "CUBE"} and p.up[p.i + 1] == "(":
            p.i += 1
            _read_grouping_sets(p, out)
        else:
            read_expression(p, out)
            p.take("AS") and p.name_part()
        if p.up[p.i] == "GROUPING" and p.up[p.i + 1] == "SETS":
            continue
        if p.up[p.i] == "WITH" and p.up[p.i + 1] in {"ROLLUP", "CUBE"}:
            p.i += 2
        if not p.take(","):
            return


def _read_grouping_sets(p: Cursor, out: Atoms) -> None:
    p.need("(")
    while not p.take(")"):
        word = p.up[p.i]
        if word == "GROUPING" and p.up[p.i + 1] == "SETS":
            p.i += 2
            _read_grouping_sets(p, out)
        elif word in {"ROLLUP", "CUBE"} and p.up[p.i + 1] == "(":
            p.i += 1
            _read_grouping_sets(p, out)
        elif word == "(" and p.up[p.i + 1] == ")":
            p.i += 2
        else:
            read_expression(p, out)
        if p.up[p.i] != ")":
            p.need(",")


def _read_windows(p: Cursor) -> dict[str, Atoms]:
    p.need("WINDOW")
    windows: dict[str, Atoms] = {}
    while True:
        name = p.name_part()
        p.need("AS")
        atoms: Atoms = []
        read_window(p, atoms)
        windows[name] = atoms
        if not p.take(","):
            return windows


def _read_item(p: Cursor) -> Item:
    up, raw = p.up, p.raw
    start = p.i
    atoms: Atoms = []
    read_expression(p, atoms)
    word = up[p.i]
    if word == "AS":
        p.i += 1
        if up[p.i] == "(":
            return Item(atoms, p.names_in_parens(), explicit=True)
        return Item(atoms, (p.name_part(),), explicit=True)
    if is_name(raw[p.i]) and not _ends_item(p, word):
        return Item(atoms, (p.name_part(),), explicit=True)
    if word == "(" and up[p.i - 1] == ")" and is_name(raw[p.i + 1]):
        return Item(atoms, p.names_in_parens(), explicit=True)
    return Item(atoms, _implied_names(p, start, atoms), explicit=False)


def _ends_item(p: Cursor, word: str) -> bool:
    if word in _BY_WORDS:
        return p.up[p.i + 1] == "BY"
    return word in _ENDS_ITEM and (word == "FROM" or p.up[p.i + 1] not in _ALIAS_BEFORE)


def _implied_names(p: Cursor, start: int, atoms: Atoms) -> tuple[str, ...] | None:
    """Give the name that Spark gives an item without an alias, where that is plain."""
    end = p.i
    if end == start + 1:
        raw = p.raw[start]
        if type(atoms[0]) is tuple if atoms else False:
            return (atoms[0][-1],)
        if atoms:
            return None
        return (string_value(raw).lower() if is_string(raw) else raw.lower(),)
    if len(atoms) == 1 and type(atoms[0]) is tuple:
        if p.up[end - 2] == "." and is_name(p.raw[end - 1]):
            return (p.raw[end - 1].strip("`").lower(),)
        if p.up[start] in {"CAST", "TRY_CAST", "("} or "::" in p.up[start:end]:
            return (atoms[0][-1],)
    return _GENERATED.get(p.up[start]) if p.up[start + 1] == "(" and p.up[end - 1] == ")" else None


_GENERATED = {
    "EXPLODE": ("col", "key", "value"),
    "EXPLODE_OUTER": ("col", "key", "value"),
    "POSEXPLODE": ("pos", "col", "key", "value"),
    "POSEXPLODE_OUTER": ("pos", "col", "key", "value"),
    "JSON_TUPLE": tuple(f"c{k}" for k in range(40)),
    "STACK": tuple(f"col{k}" for k in range(40)),
    "INLINE": (),
    "INLINE_OUTER": (),
    "WINDOW": ("window",),
    "SESSION_WINDOW": ("session_window",),
}


# ---- Hive scripts


def _is_script(p: Cursor) -> bool:
    """Tell TRANSFORM(...) USING 'script' from the higher-order function."""
    start = p.i
    p.i += 1
    p.skip_parens()
    found = p.up[p.i] in {"USING", "ROW", "RECORDWRITER"}
    p.i = start
    return found


def _read_script(p: Cursor, *, in_parens: bool) -> Item:
    """Read `(a, b) USING 'script' AS (x INT, y)`."""
    atoms: Atoms = []
    if in_parens:
        p.i += 1
        read_arguments(p, atoms)
    else:
        read_expressions(p, atoms)
    _skip_row_format(p)
    p.need("USING")
    p.string()
    names: tuple[str, ...] = ("key", "value")
    if p.take("AS"):
        names = p.names_in_parens() if p.up[p.i] == "(" else _typed_names(p)
    _skip_row_format(p)
    return Item(atoms, names, explicit=True)


def _typed_names(p: Cursor) -> tuple[str, ...]:
    names: list[str] = []
    while True:
        names.append(p.name_part())
        if p.at_name() and p.up[p.i] not in {"FROM", "ROW", "RECORDREADER", "WHERE"}:
            read_type(p)
        if not p.take(","):
            return tuple(names)


def _skip_row_format(p: Cursor) -> None:
    while p.up[p.i] in {"ROW", "RECORDREADER", "RECORDWRITER"}:
        p.i += 1
        p.skip_until(frozenset({"USING", "AS", "FROM", "RECORDREADER", "RECORDWRITER", "WHERE", ")"}))


# ---- pipe steps


def _read_pipe(p: Cursor) -> Piped:
    p.i += 1
    word = p.up[p.i]
    reader = _PIPES.get(word)
    if reader is not None:
        p.i += 1
        return Piped(word, reader(p))
    if word in _BY_WORDS and p.up[p.i + 1] == "BY":
        p.i += 2
        atoms: Atoms = []
        read_sort_items(p, atoms)
        return Piped("ORDER", atoms)
    if extension := read_extension(p):
        return Piped("JOIN", extension)
    return p.fail()


def _pipe_select(p: Cursor) -> Any:  # noqa: ANN401
    p.i -= 1
    select = read_select(p)
    if select.source or select.where or select.group:
        p.fail()
    return select


def _pipe_expression(p: Cursor) -> Atoms:
    atoms: Atoms = []
    read_expression(p, atoms)
    return atoms


def _pipe_set(p: Cursor) -> list[tuple[tuple[str, ...], Atoms]]:
    changes: list[tuple[tuple[str, ...], Atoms]] = []
    while True:
        name = p.name_part()
        if p.up[p.i] == ".":
            p.fail()
        p.need("=")
        changes.append(((name,), _pipe_expression(p)))
        if not p.take(","):
            return changes


def _pipe_names(p: Cursor) -> tuple[str, ...]:
    names = [p.name_part()]
    while p.take(","):
        names.append(p.name_part())
    return tuple(names)


def _pipe_aggregate(p: Cursor) -> tuple[list[Item], list[Item]]:
    items: list[Item] = []
    group: list[Item] = []
    if not (p.up[p.i] == "GROUP" and p.up[p.i + 1] == "BY"):
        items = read_items(p)
    if p.take("GROUP", "BY"):
        while True:
            start = p.i
            if p.up[p.i] in {"ROLLUP", "CUBE"} or (p.up[p.i] == "GROUPING" and p.up[p.i + 1] == "SETS"):
                atoms: Atoms = []
                _read_group(p, atoms)
                group.extend(Item([a], (a[-1],) if type(a) is tuple else None, explicit=False) for a in atoms)
            else:
                group.append(_read_item(p))
            if p.i == start or not p.take(","):
                break
        if p.up[p.i] == "WITH" and p.up[p.i + 1] in {"ROLLUP", "CUBE"}:
            p.i += 2
    return items, group


def _pipe_set_operation(p: Cursor) -> Any:  # noqa: ANN401
    p.take_any({"ALL", "DISTINCT"})
    p.take("BY", "NAME")
    bodies = [_read_primary(p)]
    while p.take(","):
        bodies.append(_read_primary(p))
    return bodies


def _pipe_sample(p: Cursor) -> None:
    p.take_any({"SYSTEM", "BERNOULLI"})
    p.skip_parens()
    if p.take("REPEATABLE"):
        p.skip_parens()


_PIPES: dict[str, Callable[[Cursor], Any]] = {
    "SELECT": _pipe_select,
    "EXTEND": read_items,
    "SET": _pipe_set,
    "DROP": _pipe_names,
    "AS": lambda p: p.name_part(),
    "WHERE": _pipe_expression,
    "LIMIT": lambda p: [] if p.take("ALL") else _pipe_expression(p),
    "OFFSET": _pipe_expression,
    "AGGREGATE": _pipe_aggregate,
    "DISTINCT": lambda _: None,
    "UNION": _pipe_set_operation,
    "EXCEPT": _pipe_set_operation,
    "INTERSECT": _pipe_set_operation,
    "MINUS": _pipe_set_operation,
    "TABLESAMPLE": _pipe_sample,
}