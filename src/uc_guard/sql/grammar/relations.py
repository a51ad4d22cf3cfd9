"""Reads FROM clauses: tables, table functions, derived tables, VALUES, time travel, samples."""

from __future__ import annotations

from typing import Any

from uc_guard.sql.grammar.aliases import CLAUSE_SECOND, is_clause_at, read_alias
from uc_guard.sql.grammar.calls import called, read_arguments
from uc_guard.sql.grammar.constants import fold_text
from uc_guard.sql.grammar.cursor import DYNAMIC_NAME, Cursor, is_name
from uc_guard.sql.grammar.joins import JOIN_START, read_extension, read_lateral_view
from uc_guard.sql.grammar.pieces import AFTER_QUERY, is_query_start, read_object_name, read_quoted_path
from uc_guard.sql.grammar.tokens import Hole, identifier, is_string, string_value
from uc_guard.sql.grammar.tree import (
    Added,
    Atoms,
    Chain,
    Chained,
    Derived,
    Described,
    From,
    Group,
    Table,
    TableFunction,
    Values,
    plain_query,
)


def read_from(p: Cursor) -> From:
    """Read what follows FROM."""
    relations = [read_relation(p)]
    views: list[Any] = []
    while True:
        if p.up[p.i] == ",":
            p.i += 1
            relations.append(read_relation(p))
        elif p.up[p.i] == "LATERAL" and p.up[p.i + 1] == "VIEW":
            views.append(read_lateral_view(p))
        else:
            return From(tuple(relations), tuple(views))


def read_relation(p: Cursor) -> Chained:
    """Read one relation with its joins and pivots."""
    first = read_primary(p)
    if p.up[p.i] not in JOIN_START:
        return Chained(first, ())
    rest: list[Any] = []
    while extension := read_extension(p, read_primary):
        rest.append(extension)
    return Chained(first, tuple(rest))


def read_values(p: Cursor) -> Values:
    """Read what follows VALUES."""
    atoms: Atoms = []
    width = 1
    while True:
        if p.take("("):
            if is_query_start(p, p.i):
                atoms.append(p.query())
                width = max(width, 1)
            else:
                width = max(width, _read_row(p, atoms))
            p.need(")")
        else:
            start = len(atoms)
            p.expression(atoms)
            width = max(width, 1 if len(atoms) == start else width)
        if not p.take(","):
            return Values(atoms, width)


def _read_row(p: Cursor, atoms: Atoms) -> int:
    count = 0
    while True:
        p.expression(atoms)
        count += 1
        if p.take("AS"):
            p.name_part()
        if not p.take(","):
            return count


def read_table_function(p: Cursor, name: Chain) -> TableFunction:
    """Read the arguments and the alias of a function in a FROM clause."""
    atoms: Atoms = []
    constants = _constants(p)
    p.need("(")
    outputs = None
    if name == ("json_table",):
        outputs = _read_json_table(p, atoms)
    else:
        read_arguments(p, atoms)
    if p.take("WITH", "ORDINALITY"):
        pass
    _read_sample(p)
    alias, columns = read_alias(p)
    _read_sample(p)
    return TableFunction(name, atoms, constants, alias, columns, outputs)


def _constants(p: Cursor) -> tuple[tuple[str | None, str | None], ...]:
    """Give (name, text) of each argument; the text where it is a string literal."""
    start = p.i
    found: list[tuple[str | None, str | None]] = []
    p.i += 1
    while p.i < p.end and p.up[p.i] != ")":
        name = None
        if p.up[p.i + 1] == "=>":
            name = identifier(p.raw[p.i])
            p.i += 2
        value = _constant_argument(p)
        found.append((name, value))
        p.skip_until(frozenset({",", ")"}))
        if not p.take(","):
            break
    p.i = start
    return tuple(found)


def _constant_argument(p: Cursor) -> str | None:
    mark = p.raw[p.i]
    if is_string(mark) and p.up[p.i + 1] in {",", ")"}:
        return mark if type(mark) is Hole else string_value(mark)  # most functions never look at it
    if mark == ":" and p.up[p.i + 2] in {",", ")"}:
        return Hole("") if p.hides_parameters else p.constants.get(":" + p.raw[p.i + 1].lower())
    return None


def _read_json_table(p: Cursor, atoms: Atoms) -> tuple[str, ...]:
    """Read `JSON_TABLE(doc, 'path' COLUMNS (a INT PATH '..', NESTED PATH '..' COLUMNS (...)))`."""
    p.expression(atoms)
    names: list[str] = []
    while p.i < p.end and p.up[p.i] != ")":
        if p.take("COLUMNS"):
            p.need("(")
            while not p.take(")"):
                if p.up[p.i] != "NESTED" and p.at_name():
                    names.append(p.name_part())
                p.skip_until(frozenset({",", ")", "COLUMNS"}))
                if p.up[p.i] == "COLUMNS":
                    p.i += 1
                    names.extend(p.names_in_parens())
                p.take(",")
        else:
            p.i += 1
    p.need(")")
    return tuple(names)


def read_primary(p: Cursor) -> Any:  # noqa: ANN401 - any relation
    """Read one relation without what is joined to it."""
    up = p.up
    lateral = False
    if up[p.i] == "LATERAL" and up[p.i + 1] != "VIEW":
        p.i += 1
        lateral = True
    word = up[p.i]
    if word == "(":
        return _read_parens(p, lateral=lateral)
    if word == "VALUES" and up[p.i + 1] not in {",", ")", "", ".", "WHERE", "JOIN"}:
        p.i += 1
        values = read_values(p)
        alias, columns = read_alias(p)
        return Derived(plain_query(values), alias, columns, lateral=False)
    if word == "STREAM" and (up[p.i + 1] == "(" or (is_name(p.raw[p.i + 1]) and not is_clause_at(p, p.i + 1))):
        return _read_stream(p)
    if word == "TABLE" and up[p.i + 1] == "(":
        return _read_table_of(p)
    if p.in_copy and is_string(p.raw[p.i]):
        path = fold_text(p)  # FROM 's3://...' in COPY INTO
        if path is None:
            p.fail(DYNAMIC_NAME)
        alias, columns = read_alias(p)
        return Table((path,), alias, columns, ("path",))
    return _read_named(p)


def _read_named(p: Cursor) -> Any:  # noqa: ANN401 - a table or a table function
    if p.up[p.i] in _NEVER_RELATION and p.up[p.i + 1] != ".":
        p.fail()
    if p.up[p.i] in {"GROUP", "ORDER"} and p.up[p.i + 1] == "BY":
        p.fail()
    name: Chain
    extra: tuple[str, ...] = ()
    if (path := read_quoted_path(p)) is not None:
        name, unknown, extra = (path,), None, ("path",)
    else:
        name, unknown = read_object_name(p)
    if p.up[p.i] == "(" and not unknown:
        return read_table_function(p, name)
    version = _read_version(p)
    changes = _read_changes(p)
    _read_sample(p)
    _step_over_options(p)
    early = version + _read_watermark(p)
    alias, columns = read_alias(p)
    _read_sample(p)
    late = _read_watermark(p)
    if unknown:
        return TableFunction((), [unknown], (), alias, columns)
    if early:
        return Group(Chained(Table(name, None, (), extra or changes), early), alias, columns)
    table = Table(name, alias, columns, extra or changes)
    return Group(Chained(table, late), None, ()) if late else table


_NEVER_RELATION = frozenset({"SELECT", "WHERE", "FROM", "ON", "JOIN", "HAVING", "LIMIT", "UNION"})


def _read_parens(p: Cursor, *, lateral: bool) -> Any:  # noqa: ANN401 - a query or a group of relations
    start = p.i
    p.i += 1
    if p.up[p.i] in {"DESCRIBE", "DESC"} and p.up[p.i + 1] in {"HISTORY", "DETAIL"}:
        return _read_described(p)
    if is_query_start(p, p.i):
        query = p.query()
        p.need(")")
        _read_sample(p)
        alias, columns = read_alias(p)
        _read_sample(p)
        return Derived(query, alias, columns, lateral)
    inner = read_relation(p)
    if p.up[p.i] in AFTER_QUERY and isinstance(inner.first, Derived) and not inner.rest:
        # ((SELECT ...) UNION ...): a query after all
        p.i = start + 1
        query = p.query()
        p.need(")")
        alias, columns = read_alias(p)
        return Derived(query, alias, columns, lateral)
    p.need(")")
    _read_sample(p)
    alias, columns = read_alias(p)
    _read_sample(p)
    return Group(inner, alias, columns)


def _read_described(p: Cursor) -> Any:  # noqa: ANN401 - any relation
    """Read the inside of `(DESCRIBE HISTORY t)`."""
    p.i += 2
    path, unknown = read_quoted_path(p), None
    name: Chain
    if path is not None:
        name = (path,)
    else:
        name, unknown = read_object_name(p)
    p.need(")")
    alias, columns = read_alias(p)
    if unknown:
        return TableFunction((), [unknown], (), alias, columns)
    return Described(name, alias, columns, is_path=path is not None)


def _step_over_options(p: Cursor) -> None:
    """Step over `WITH (SKIPCHANGECOMMITS)`."""
    while p.up[p.i] == "WITH" and p.up[p.i + 1] == "(":
        p.i += 1
        p.skip_parens()


def _read_stream(p: Cursor) -> Any:  # noqa: ANN401 - any relation
    p.i += 1
    if not p.take("("):
        return _read_named(p)
    inner = read_primary(p)
    p.need(")")
    version = _read_version(p)
    _step_over_options(p)
    marks = version + _read_watermark(p)
    alias, columns = read_alias(p)
    return Group(Chained(inner, marks), alias, columns) if marks or alias or columns else inner


def _read_table_of(p: Cursor) -> Any:  # noqa: ANN401 - any relation
    """Read `TABLE(f(...))` or `TABLE(t)` in a FROM clause."""
    p.i += 2
    inner = read_primary(p)
    p.need(")")
    alias, columns = read_alias(p)
    return Group(Chained(inner, ()), alias, columns) if alias or columns else inner


def _read_version(p: Cursor) -> tuple[Added, ...]:
    """Read time travel: `VERSION AS OF 3`, `FOR SYSTEM_TIME AS OF f(x)`, `@v3`; no column can stand there."""
    word = p.up[p.i]
    if word not in _VERSION_START:
        return ()
    if p.take("@"):
        p.i += 1
        return ()
    start = p.i
    p.take("FOR")
    if p.take_any({"VERSION", "SYSTEM_VERSION", "TIMESTAMP", "SYSTEM_TIME"}) and p.take("AS", "OF"):
        atoms: Atoms = []
        p.expression(atoms)
        asked = called(atoms)
        return (Added(asked, (), None),) if asked else ()
    p.i = start
    return ()


_VERSION_START = frozenset({"@", "FOR", "VERSION", "SYSTEM_VERSION", "TIMESTAMP", "SYSTEM_TIME"})


def _read_changes(p: Cursor) -> tuple[str, ...]:
    """Read `CHANGES FROM VERSION 1 TO VERSION 2`: the rows carry change-data columns too."""
    if p.up[p.i] != "CHANGES" or p.up[p.i + 1] not in {"FROM", "BETWEEN", "("}:
        return ()
    p.skip_until(frozenset({",", ")", "WHERE", "JOIN", "GROUP", "ORDER", "AS", "LIMIT", "WITH"}))
    return ("changes",)


def _read_sample(p: Cursor) -> None:
    if p.up[p.i] != "TABLESAMPLE" or p.up[p.i + 1] not in CLAUSE_SECOND["TABLESAMPLE"]:
        return
    p.i += 1
    p.take_any({"SYSTEM", "BERNOULLI"})
    p.skip_parens()
    if p.take("REPEATABLE"):
        p.skip_parens()


def _read_watermark(p: Cursor) -> tuple[Added, ...]:
    """Read `WATERMARK to_timestamp(a) AS ts DELAY OF INTERVAL 10 MINUTES`."""
    if p.up[p.i] != "WATERMARK":
        return ()
    p.i += 1
    atoms: Atoms = []
    p.expression(atoms)
    names = (p.name_part(),) if p.take("AS") else ()
    if p.take("DELAY", "OF"):
        p.expression(atoms)
    return (Added(atoms, names, None),)
