"""Reads aliases, and tells them from the words that open the next clause."""

from __future__ import annotations

from uc_guard.sql.grammar.cursor import Cursor, is_name
from uc_guard.sql.grammar.tokens import is_string

# Words that end a relation: they are no alias, unless quoted. Those in _CLAUSE_BY only with their second word.
_NO_ALIAS = frozenset(
    [
        "ON",
        "USING",
        "JOIN",
        "INNER",
        "CROSS",
        "LEFT",
        "RIGHT",
        "FULL",
        "SEMI",
        "ANTI",
        "NATURAL",
        "LATERAL",
        "WHERE",
        "HAVING",
        "UNION",
        "EXCEPT",
        "INTERSECT",
        "MINUS",
        "SELECT",
        "SET",
        "QUALIFY",
        "WHEN",
        "PIVOT",
        "UNPIVOT",
        "TABLESAMPLE",
        "LIMIT",
        "OFFSET",
        "WINDOW",
        "AS",
        "FOR",
        "VERSION",
        "TIMESTAMP",
        "SYSTEM_VERSION",
        "SYSTEM_TIME",
        "ASOF",
        "VALUES",
        "INSERT",
        "REPLACE",
        "WITH",
        "MATCH_CONDITION",
    ]
)
_CLAUSE_BY = frozenset({"GROUP", "ORDER", "SORT", "CLUSTER", "DISTRIBUTE", "PARTITION"})
# Words after an optional clause word that show it is the clause and no alias.
CLAUSE_SECOND: dict[str, frozenset[str]] = {
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
_ALIAS_FOLLOWS = frozenset(
    {"", ",", ")", "WHERE", "JOIN", "ON", "GROUP", "ORDER", "LEFT", "INNER", "CROSS", "LIMIT", "("}
)


def read_alias(p: Cursor) -> tuple[str | None, tuple[str, ...]]:
    """Read `[AS] t [(a, b)]`."""
    if p.take("AS"):
        if p.up[p.i] == "(":  # AS (a, b)
            return None, p.names_in_parens()
        alias = p.name_part()
    else:
        word = p.up[p.i]
        if not is_name(p.raw[p.i]) or is_clause(p, word):
            return None, ()
        alias = p.name_part()
    if p.up[p.i] == "(" and is_name(p.raw[p.i + 1]):
        return alias, p.names_in_parens()
    return alias, ()


def is_clause(p: Cursor, word: str) -> bool:
    """Tell whether the word that stands here opens a clause, rather than being an alias."""
    if word in _CLAUSE_BY:
        return p.up[p.i + 1] == "BY"
    if word == "LOCATION":
        return is_location(p)
    if word not in _NO_ALIAS:
        return (
            word in {"CHANGES", "WATERMARK", "APPROX", "EXACT", "NEAREST", "MAP", "REDUCE"}
            and p.up[p.i + 1] not in _ALIAS_FOLLOWS
        )
    second = CLAUSE_SECOND.get(word)
    return second is None or not second or p.up[p.i + 1] in second


def is_location(p: Cursor) -> bool:
    """Tell whether a LOCATION and its path stand here: a string, or what could spell one."""
    return p.up[p.i] == "LOCATION" and (is_string(p.raw[p.i + 1]) or p.up[p.i + 1] in {":", "?", "IDENTIFIER"})


def is_clause_at(p: Cursor, at: int) -> bool:
    """Tell whether the word at a place opens a clause."""
    i, p.i = p.i, at
    try:
        return is_clause(p, p.up[at])
    finally:
        p.i = i
