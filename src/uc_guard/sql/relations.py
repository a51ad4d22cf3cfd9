"""Reads FROM clauses: relations, joins, pivots, lateral views."""

from __future__ import annotations

from typing import Any

from uc_guard.sql.cursor import Cursor, is_name
from uc_guard.sql.expressions import (
    AFTER_QUERY,
    is_query_start,
    read_arguments,
    read_chain,
    read_expression,
    read_expressions,
    read_object_name,
)
from uc_guard.sql.functions import FILE_FORMATS
from uc_guard.sql.tokens import is_string, string_value
from uc_guard.sql.tree import (
    Atoms,
    BinBy,
    Chain,
    Chained,
    Derived,
    From,
    Group,
    Join,
    LateralView,
    Pivot,
    Table,
    TableFunction,
    Unpivot,
    Values,
    plain_query,
)

# Words that end a relation: they are no alias, unless quoted. Those in _CLAUSE_BY only with their second word.
_NO_ALIAS = frozenset(
    """
    ON USING JOIN INNER CROSS LEFT RIGHT FULL SEMI ANTI NATURAL LATERAL WHERE HAVING UNION EXCEPT INTERSECT MINUS SELECT
    SET QUALIFY WHEN PIVOT UNPIVOT TABLESAMPLE LIMIT OFFSET WINDOW AS FOR VERSION TIMESTAMP SYSTEM_VERSION SYSTEM_TIME ASOF
    VALUES INSERT REPLACE WITH MATCH_CONDITION
    """.split()
)
_CLAUSE_BY = frozenset({"GROUP", "ORDER", "SORT", "CLUSTER", "DISTRIBUTE", "PARTITION"})
_JOIN_START = frozenset(
    {"JOIN", "INNER", "CROSS", "LEFT", "RIGHT", "FULL", "SEMI", "ANTI", "NATURAL", "LATERAL", "ASOF", "PIVOT", "UNPIVOT", "BIN"}
)
# Words after an optional clause word that show it is the clause and no alias.
_CLAUSE_SECOND = {
    "FOR": frozenset({"SYSTEM_VERSION", "SYSTEM_TIME", "VERSION", "TIMESTAMP"}),
    "VERSION": frozenset({"AS"}),
    "TIMESTAMP": frozenset({"AS"}),
    "SYSTEM_VERSION": frozenset({"AS"}),
    "SYSTEM_TIME": frozenset({"AS"}),
    "PIVOT": frozenset({"("}),
    "UNPIVOT": frozenset({"(", "INCLUDE", "EXCLUDE"}),
    "TABLESAMPLE": frozenset({"(", "SYSTEM", "BERNOULLI"}),
    "WITH": frozenset({"("}),
    "REPLACE": frozenset({"WHERE", "USING", "ON"}),
    "SET": frozenset(),
    "ASOF": frozenset({"JOIN"}),
    "MATCH_CONDITION": frozenset({"("}),
}


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
    first = _read_primary(p)
    if p.up[p.i] not in _JOIN_START:
        return Chained(first, ())
    rest: list[Any] = []
    while extension := read_extension(p):
        rest.append(extension)
    return Chained(first, tuple(rest))


def read_extension(p: Cursor) -> Join | Pivot | Unpivot | BinBy | None:
    """Read one join, pivot or unpivot when it stands here."""
    word = p.up[p.i]
    if word == "PIVOT" and p.up[p.i + 1] == "(":
        return _read_pivot(p)
    if word == "UNPIVOT" and p.up[p.i + 1] in _CLAUSE_SECOND["UNPIVOT"]:
        return _read_unpivot(p)
    if word == "LATERAL" and p.up[p.i + 1] == "VIEW":
        return None
    if word == "BIN" and p.up[p.i + 1] == "BY":
        return _read_bin_by(p)
    return _read_join(p)


def read_alias(p: Cursor) -> tuple[str | None, tuple[str, ...]]:
    """Read `[AS] t [(a, b)]`."""
    if p.take("AS"):
        if p.up[p.i] == "(":  # AS (a, b)
            return None, p.names_in_parens()
        alias = p.name_part()
    else:
        word = p.up[p.i]
        if not is_name(p.raw[p.i]) or _is_clause(p, word):
            return None, ()
        alias = p.name_part()
    if p.up[p.i] == "(" and is_name(p.raw[p.i + 1]):
        return alias, p.names_in_parens()
    return alias, ()


def read_values(p: Cursor) -> Values:
    """Read what follows VALUES."""
    atoms: Atoms = []
    width = 1
    while True:
        if p.take("("):
            if is_query_start(p, p.i):
                atoms.append(p.query(p))
                width = max(width, 1)
            else:
                width = max(width, _read_row(p, atoms))
            p.need(")")
        else:
            start = len(atoms)
            read_expression(p, atoms)
            width = max(width, 1 if len(atoms) == start else width)
        if not p.take(","):
            return Values(atoms, width)


def _read_row(p: Cursor, atoms: Atoms) -> int:
    count = 0
    while True:
        read_expression(p, atoms)
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
            name = p.raw[p.i].lower()
            p.i += 2
        value = string_value(p.raw[p.i]) if is_string(p.raw[p.i]) and p.up[p.i + 1] in {",", ")"} else None
        if p.up[p.i] == ":" and p.up[p.i + 2] in {",", ")"}:
            value = p.constants.get(":" + p.raw[p.i + 1].lower())
        found.append((name, value))
        p.skip_until(frozenset({",", ")"}))
        if not p.take(","):
            break
    p.i = start
    return tuple(found)


def _read_json_table(p: Cursor, atoms: Atoms) -> tuple[str, ...]:
    """Read `JSON_TABLE(doc, 'path' COLUMNS (a INT PATH '..', NESTED PATH '..' COLUMNS (...)))`."""
    read_expression(p, atoms)
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


# ---- one relation


def _read_primary(p: Cursor) -> Any:  # noqa: ANN401 - any relation
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
    if word == "STREAM" and (up[p.i + 1] == "(" or (is_name(p.raw[p.i + 1]) and not _is_clause_at(p, p.i + 1))):
        return _read_stream(p)
    if word == "TABLE" and up[p.i + 1] == "(":
        return _read_table_of(p)
    if is_string(p.raw[p.i]):
        path = p.string()  # FROM 's3://...' in COPY INTO
        alias, columns = read_alias(p)
        p.literals_matter = True
        return Table((path,), alias, columns, ("path",))
    return _read_named(p)


def _read_named(p: Cursor) -> Any:  # noqa: ANN401 - a table or a table function
    if p.up[p.i] in _NEVER_RELATION and p.up[p.i + 1] != ".":
        p.fail()
    extra: tuple[str, ...] = ()
    if p.up[p.i] in FILE_FORMATS and p.up[p.i + 1] == "." and p.raw[p.i + 2][:1] == "`":
        name, unknown, extra = (p.raw[p.i + 2][1:-1].replace("``", "`"),), None, ("path",)
        p.literals_matter = True
        p.i += 3
    else:
        name, unknown = read_object_name(p)
    if p.up[p.i] == "(" and not unknown:
        return read_table_function(p, name)
    _read_version(p)
    changes = _read_changes(p)
    _read_sample(p)
    while p.up[p.i] == "WITH" and p.up[p.i + 1] == "(":
        p.i += 1
        p.skip_parens()
    if p.up[p.i] == "WATERMARK":
        _read_watermark(p)
    alias, columns = read_alias(p)
    _read_sample(p)
    if p.up[p.i] == "WATERMARK":
        _read_watermark(p)
    if unknown:
        return TableFunction((), [unknown], (), alias, columns)
    return Table(name, alias, columns, extra or changes)


_NEVER_RELATION = frozenset({"SELECT", "WHERE", "FROM", "ON", "JOIN", "GROUP", "ORDER", "HAVING", "LIMIT", "UNION"})


def _read_parens(p: Cursor, *, lateral: bool) -> Any:  # noqa: ANN401 - a query or a group of relations
    start = p.i
    p.i += 1
    if is_query_start(p, p.i):
        query = p.query(p)
        p.need(")")
        _read_sample(p)
        alias, columns = read_alias(p)
        _read_sample(p)
        return Derived(query, alias, columns, lateral)
    inner = read_relation(p)
    if p.up[p.i] in AFTER_QUERY and isinstance(inner.first, Derived) and not inner.rest:
        # ((SELECT ...) UNION ...): a query after all
        p.i = start + 1
        query = p.query(p)
        p.need(")")
        alias, columns = read_alias(p)
        return Derived(query, alias, columns, lateral)
    p.need(")")
    _read_sample(p)
    alias, columns = read_alias(p)
    _read_sample(p)
    return Group(inner, alias, columns)


def _read_stream(p: Cursor) -> Any:  # noqa: ANN401 - any relation
    p.i += 1
    if not p.take("("):
        return _read_named(p)
    inner = _read_primary(p)
    p.need(")")
    _read_version(p)
    if p.up[p.i] == "WATERMARK":
        _read_watermark(p)
    alias, columns = read_alias(p)
    return Group(Chained(inner, ()), alias, columns) if alias or columns else inner


def _read_table_of(p: Cursor) -> Any:  # noqa: ANN401 - any relation
    """Read `TABLE(f(...))` or `TABLE(t)` in a FROM clause."""
    p.i += 2
    inner = _read_primary(p)
    p.need(")")
    alias, columns = read_alias(p)
    return Group(Chained(inner, ()), alias, columns) if alias or columns else inner


def _read_version(p: Cursor) -> None:
    """Read time travel: `VERSION AS OF 3`, `FOR SYSTEM_TIME AS OF x`, `@v3`; options of versions are constants."""
    word = p.up[p.i]
    if word not in _VERSION_START:
        return
    if p.take("@"):
        p.i += 1
        return
    start = p.i
    p.take("FOR")
    if p.take_any({"VERSION", "SYSTEM_VERSION", "TIMESTAMP", "SYSTEM_TIME"}) and p.take("AS", "OF"):
        ignored: Atoms = []
        read_expression(p, ignored)
        return
    p.i = start


_VERSION_START = frozenset({"@", "FOR", "VERSION", "SYSTEM_VERSION", "TIMESTAMP", "SYSTEM_TIME"})


def _read_changes(p: Cursor) -> tuple[str, ...]:
    """Read `CHANGES FROM VERSION 1 TO VERSION 2`: the rows carry change-data columns too."""
    if p.up[p.i] != "CHANGES" or p.up[p.i + 1] not in {"FROM", "BETWEEN", "("}:
        return ()
    p.skip_until(frozenset({",", ")", "WHERE", "JOIN", "GROUP", "ORDER", "AS", "LIMIT", "WITH"}))
    return ("changes",)


def _read_sample(p: Cursor) -> None:
    if p.up[p.i] != "TABLESAMPLE" or p.up[p.i + 1] not in _CLAUSE_SECOND["TABLESAMPLE"]:
        return
    p.i += 1
    p.take_any({"SYSTEM", "BERNOULLI"})
    p.skip_parens()
    if p.take("REPEATABLE"):
        p.skip_parens()


def _read_watermark(p: Cursor) -> None:
    if p.take("WATERMARK"):
        ignored: Atoms = []
        read_expression(p, ignored)
        p.take("AS") and p.name_part()
        if p.take("DELAY", "OF"):
            read_expression(p, ignored)


# ---- joins and pivots


def _read_join(p: Cursor) -> Join | None:
    start = p.i
    natural = p.take("NATURAL")
    word = p.take_any({"INNER", "CROSS", "LEFT", "RIGHT", "FULL", "SEMI", "ANTI", "ASOF"})
    hides = word in {"SEMI", "ANTI"}
    if word == "LEFT" and p.take_any({"SEMI", "ANTI"}):
        hides = True
    else:
        p.take("OUTER")
        p.take("ASOF")
    if not p.take("JOIN"):
        p.i = start
        return None
    right = _read_primary(p)
    on: Atoms = []
    using: tuple[str, ...] = ()
    while True:
        if p.take("ON"):
            read_expression(p, on)
        elif p.up[p.i] == "USING" and p.up[p.i + 1] == "(":
            p.i += 1
            using = p.names_in_parens()
            if p.take("AS"):
                p.name_part()
        elif p.up[p.i] == "MATCH_CONDITION" and p.up[p.i + 1] == "(":
            p.i += 1
            read_expression(p, on)
        elif not _read_nearest(p, on):
            return Join(right, hides, natural, using, on)


def _read_nearest(p: Cursor, on: Atoms) -> bool:
    """Read `APPROX NEAREST 3 BY DISTANCE expr`."""
    start = p.i
    p.take_any({"APPROX", "EXACT"})
    if not p.take("NEAREST"):
        p.i = start
        return False
    if p.up[p.i] != "BY":
        read_expression(p, on)
    p.need("BY")
    p.take_any({"DISTANCE", "SIMILARITY"})
    read_expression(p, on)
    return True


def _read_pivot(p: Cursor) -> Pivot:
    p.need("PIVOT", "(")
    atoms: Atoms = []
    aggregates: list[str | None] = []
    while True:
        read_expression(p, atoms)
        p.take("AS")
        aggregates.append(p.name_part() if p.at_name() and p.up[p.i] != "FOR" else None)
        if not p.take(","):
            break
    p.need("FOR")
    if p.take("("):
        while True:
            atoms.append(read_chain(p))
            if not p.take(","):
                break
        p.need(")")
    else:
        atoms.append(read_chain(p))
    p.need("IN", "(")
    names: list[str] = []
    while True:
        value = p.raw[p.i]
        start = p.i
        read_expression(p, atoms)
        single = string_value(value) if is_string(value) else value
        name = single.lower() if p.i == start + 1 else None
        if p.take("AS") or p.at_name():
            name = p.name_part()
        if name:
            names.append(name)
            names.extend(f"{name}_{a}" for a in aggregates if a)
        if not p.take(","):
            break
    p.need(")", ")")
    alias, columns = read_alias(p)
    return Pivot(atoms, alias, columns, tuple(names))


def _read_bin_by(p: Cursor) -> BinBy:
    """Read `BIN BY (RANGE a TO b BIN WIDTH w DISTRIBUTE UNIFORM (x) BIN_START AS s)`."""
    p.need("BIN", "BY")
    p.need("(")
    atoms: Atoms = []
    names = ["bin_start", "bin_end", "bin_distribute_ratio"]
    p.need("RANGE")
    read_expression(p, atoms)
    while not p.take(")"):
        if p.take_any({"BIN_START", "BIN_END", "BIN_DISTRIBUTE_RATIO"}):
            p.need("AS")
            names.append(p.name_part())
        elif p.take("TO") or p.take("BIN", "WIDTH") or p.take("ALIGN", "TO"):
            read_expression(p, atoms)
        else:
            p.need("DISTRIBUTE", "UNIFORM")
            p.need("(")
            read_expressions(p, atoms)
            p.need(")")
    alias, _ = read_alias(p)
    return BinBy(atoms, tuple(names), alias)


def _read_unpivot(p: Cursor) -> Unpivot:
    p.need("UNPIVOT")
    if p.take_any({"INCLUDE", "EXCLUDE"}):
        p.need("NULLS")
    p.need("(")
    outputs = list(p.names_in_parens()) if p.up[p.i] == "(" else [p.name_part()]
    p.need("FOR")
    outputs.append(p.name_part())
    p.need("IN", "(")
    inputs: list[Chain] = []
    while True:
        if p.take("("):
            while True:
                inputs.append(read_chain(p))
                if not p.take(","):
                    break
            p.need(")")
        else:
            inputs.append(read_chain(p))
        if p.take("AS"):
            p.string() if is_string(p.raw[p.i]) else p.name_part()
        elif p.at_name():
            p.name_part()
        elif is_string(p.raw[p.i]):
            p.string()
        if not p.take(","):
            break
    p.need(")", ")")
    alias, columns = read_alias(p)
    return Unpivot(tuple(inputs), tuple(outputs), alias, columns)


def read_lateral_view(p: Cursor) -> LateralView:
    """Read `LATERAL VIEW OUTER explode(x) t AS a, b`."""
    p.need("LATERAL", "VIEW")
    p.take("OUTER")
    name = read_chain(p)
    p.need("(")
    atoms: Atoms = []
    read_arguments(p, atoms)
    alias = None
    if p.at_name() and not _is_clause(p, p.up[p.i]):
        alias = p.name_part()
    columns: list[str] = []
    if p.take("AS") or (p.at_name() and not _is_clause(p, p.up[p.i])):
        while True:
            columns.append(p.name_part())
            if not p.take(","):
                break
    return LateralView(name, atoms, alias, tuple(columns))


def _is_clause_at(p: Cursor, at: int) -> bool:
    i, p.i = p.i, at
    try:
        return _is_clause(p, p.up[at])
    finally:
        p.i = i


def _is_clause(p: Cursor, word: str) -> bool:
    """Tell whether the word that stands here opens a clause, rather than being an alias."""
    if word in _CLAUSE_BY:
        return p.up[p.i + 1] == "BY"
    if word not in _NO_ALIAS:
        return word in {"CHANGES", "WATERMARK", "APPROX", "EXACT", "NEAREST", "MAP", "REDUCE"} and p.up[p.i + 1] not in _ALIAS_FOLLOWS
    second = _CLAUSE_SECOND.get(word)
    return second is None or not second or p.up[p.i + 1] in second


_ALIAS_FOLLOWS = frozenset({"", ",", ")", "WHERE", "JOIN", "ON", "GROUP", "ORDER", "LEFT", "INNER", "CROSS", "LIMIT", "("})
