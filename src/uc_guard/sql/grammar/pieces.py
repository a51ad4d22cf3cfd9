"""Reads the small pieces of the grammar: names, types, lists of expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.sql.grammar.constants import folded_name
from uc_guard.sql.grammar.cursor import Cursor, is_name
from uc_guard.sql.grammar.functions import FILE_FORMATS, UNITS
from uc_guard.sql.grammar.tokens import identifier

if TYPE_CHECKING:
    from uc_guard.sql.grammar.tree import Atoms, Chain, Unknown

STARTS_QUERY = frozenset({"SELECT", "WITH", "FROM", "VALUES", "TABLE", "MAP", "REDUCE"})
SET_OPERATORS = frozenset({"UNION", "EXCEPT", "INTERSECT", "MINUS", "|>"})
AFTER_QUERY = SET_OPERATORS | {"ORDER", "LIMIT", "OFFSET", "SORT", "CLUSTER", "DISTRIBUTE", "WINDOW"}


def is_query_start(p: Cursor, at: int) -> bool:
    """Tell whether a query starts at a place (just after a parenthesis)."""
    word = p.up[at]
    if word not in STARTS_QUERY:
        return False
    after = p.up[at + 1]
    if word in {"SELECT", "WITH"}:
        return after not in {")", ",", "."}
    if word == "VALUES":
        return after == "(" or after not in {")", ",", "."}
    if word == "TABLE":
        return is_name(p.raw[at + 1]) and after != "."
    return word == "FROM" and (after == "(" or is_name(p.raw[at + 1]))


def read_expressions(p: Cursor, out: Atoms) -> int:
    """Read expressions between commas; give how many."""
    count = 1
    p.expression(out)
    while p.up[p.i] == ",":
        p.i += 1
        count += 1
        p.expression(out)
    return count


def read_sort_items(p: Cursor, out: Atoms) -> None:
    """Read `a DESC NULLS LAST, b`."""
    while True:
        p.expression(out)
        p.take_any({"ASC", "DESC"})
        if p.take("NULLS") and not p.take_any({"FIRST", "LAST"}):
            p.fail()
        if not p.take(","):
            return


def read_chain(p: Cursor) -> Chain:
    """Read a dotted name."""
    up, raw = p.up, p.raw
    i = p.i
    if not is_name(raw[i]):
        p.fail()
    if up[i] == "IDENTIFIER" and up[i + 1] == "(":
        parts = [p.name_part()]
        i = p.i
    else:
        parts = [identifier(raw[i])]
        i += 1
    while up[i] == "." and is_name(raw[i + 1]):
        if up[i + 1] == "IDENTIFIER" and up[i + 2] == "(":
            p.i = i + 1
            parts.append(p.name_part())
            i = p.i
            continue
        parts.append(identifier(raw[i + 1]))
        i += 2
    p.i = i
    return tuple(parts)


def read_object_name(p: Cursor) -> tuple[Chain, Unknown | None]:
    """Read a name of a securable, which IDENTIFIER(...) may spell: the name, or why it cannot be known."""
    if p.up[p.i] == "IDENTIFIER" and p.up[p.i + 1] == "(":
        return _named_by_text(p)
    return read_chain(p), None


def _named_by_text(p: Cursor) -> tuple[Chain, Unknown | None]:
    """Read `IDENTIFIER('c').s.t`."""
    name, unknown = folded_name(p)
    while p.up[p.i] == "." and is_name(p.raw[p.i + 1]):
        p.i += 1
        part = p.name_part()
        if unknown:
            unknown = unknown._replace(names=())  # what its texts spell is no more than the beginning
        else:
            name += (part,)
    return name, unknown


def read_quoted_path(p: Cursor) -> str | None:
    """Read ``delta.`/path` ``; None where it does not stand here."""
    if not (p.up[p.i] in FILE_FORMATS and p.up[p.i + 1] == "." and p.raw[p.i + 2][:1] == "`"):
        return None
    p.i += 3
    return p.raw[p.i - 1][1:-1].replace("``", "`")


def read_type(p: Cursor) -> None:
    """Read a data type; it names nothing."""
    word = p.up[p.i]
    if not p.at_name():
        p.fail()
    p.i += 1
    if word == "INTERVAL":
        if p.take_any(UNITS) and p.take("TO"):
            p.take_any(UNITS)
        return
    if not p.take("PRECISION"):
        p.take("VARYING")
    if p.up[p.i] == "(":
        p.skip_parens()
    if p.up[p.i] in {"<", "<>"}:
        _skip_angles(p)
    if p.take("COLLATE"):
        read_chain(p)
    if word == "TIMESTAMP" and p.take_any({"WITH", "WITHOUT"}):
        p.take("LOCAL")
        p.need("TIME", "ZONE")


def _skip_angles(p: Cursor) -> None:
    """Step over `<...>` of a type; `>>` closes two."""
    depth = 0
    while p.i < p.end:
        mark = p.up[p.i]
        p.i += 1
        if mark == "<":
            depth += 1
        elif mark in {">", ">>", ">>>"}:
            depth -= len(mark)
        if depth <= 0:
            return
    p.fail()
