"""Reads what may follow an operand: operators, fields, subscripts, casts, windows, filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.sql.grammar.calls import read_star_tail
from uc_guard.sql.grammar.cursor import Cursor, is_name
from uc_guard.sql.grammar.pieces import read_chain, read_expressions, read_sort_items, read_type
from uc_guard.sql.grammar.tree import Atoms, WindowName

if TYPE_CHECKING:
    from collections.abc import Callable

BINARY = frozenset(
    [
        "+",
        "-",
        "*",
        "/",
        "%",
        "||",
        "=",
        "==",
        "<>",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "<=>",
        "&",
        "|",
        "^",
        "<<",
        ">>",
        ">>>",
        "!<",
        "!>",
        "AND",
        "OR",
        "DIV",
        "IN",
        "BETWEEN",
        "OVERLAPS",
        "ESCAPE",
    ]
)
_PATTERNS = frozenset({"LIKE", "ILIKE", "RLIKE", "REGEXP"})


def read_window(p: Cursor, out: Atoms) -> None:
    """Read what follows OVER, or a window definition: a name or `(...)`."""
    if not p.take("("):
        out.append(WindowName(p.name_part()))
        return
    if p.at_name() and p.up[p.i] not in _WINDOW_WORDS:
        out.append(WindowName(p.name_part()))
    while not p.take(")"):
        word = p.take_any(_WINDOW_WORDS)
        if word in {"PARTITION", "DISTRIBUTE"}:
            p.need("BY")
            read_expressions(p, out)
        elif word in {"ORDER", "SORT", "CLUSTER"}:
            p.need("BY")
            read_sort_items(p, out)
        elif word in {"ROWS", "RANGE"}:
            _read_frame(p, out)
        else:
            p.fail()


_WINDOW_WORDS = frozenset({"PARTITION", "ORDER", "DISTRIBUTE", "SORT", "CLUSTER", "ROWS", "RANGE"})


def _read_frame(p: Cursor, out: Atoms) -> None:
    between = p.take("BETWEEN")
    for _ in range(2 if between else 1):
        if p.take("CURRENT", "ROW"):
            pass
        elif p.take("UNBOUNDED"):
            if not p.take_any({"PRECEDING", "FOLLOWING"}):
                p.fail()
        else:
            p.expression(out)
            if not p.take_any({"PRECEDING", "FOLLOWING"}):
                p.fail()
        if between and p.up[p.i] == "AND":
            p.i += 1
    if p.take("EXCLUDE"):
        p.skip_until(frozenset({")"}))


def _dot(p: Cursor, out: Atoms) -> bool | None:
    p.i += 1
    if p.take("*"):
        out.append(read_star_tail(p, ("",)))
    else:
        p.name_part()
        if p.up[p.i] == "(":  # a method-like call: s.f(x) was read as a name before; anything else is no grammar
            p.fail()
    return False


def _subscript(p: Cursor, out: Atoms) -> bool | None:
    p.i += 1
    p.expression(out)
    p.need("]")
    return False


def _typed(p: Cursor, _out: Atoms) -> bool | None:
    p.i += 1
    read_type(p)
    return False


def _json_path(p: Cursor, _out: Atoms) -> bool | None:
    """`col:a.b[0]`: the fields after the colon are no columns."""
    if not (is_name(p.raw[p.i + 1]) or p.up[p.i + 1] == "["):
        return None
    p.i += 1
    if p.up[p.i] != "[":
        p.i += 1
    while p.up[p.i] == "." and (is_name(p.raw[p.i + 1]) or p.up[p.i + 1] == "*"):
        p.i += 2
    if p.up[p.i] == "[" and p.up[p.i + 1] == "*":
        p.i += 2
        p.need("]")
    return False


def _is(p: Cursor, _out: Atoms) -> bool | None:
    p.i += 1
    p.take("NOT")
    if p.take("DISTINCT", "FROM"):
        return True
    if p.take_any({"NULL", "TRUE", "FALSE", "UNKNOWN"}):
        return False
    if not p.take_any({"JSON"}):
        p.fail()
    p.take_any({"VALUE", "OBJECT", "ARRAY", "SCALAR"})
    return False


def _negated(p: Cursor, out: Atoms) -> bool | None:
    word = p.up[p.i + 1]
    if word in {"IN", "BETWEEN"}:
        p.i += 2
        return True
    if word in _PATTERNS:
        p.i += 1
        return _pattern(p, out)
    return None


def _pattern(p: Cursor, _out: Atoms) -> bool | None:
    p.i += 1
    if p.up[p.i] in {"ANY", "SOME", "ALL"} and p.up[p.i + 1] == "(":
        p.i += 1
    return True


def _collate(p: Cursor, _out: Atoms) -> bool | None:
    p.i += 1
    read_chain(p)
    return False


def _at(p: Cursor, _out: Atoms) -> bool | None:
    return True if p.take("AT", "TIME", "ZONE") else None


def _over(p: Cursor, out: Atoms) -> bool | None:
    if p.up[p.i - 1] not in {")", "NULLS"}:
        return None
    p.i += 1
    read_window(p, out)
    return False


def _filter(p: Cursor, out: Atoms) -> bool | None:
    if p.up[p.i + 1 : p.i + 3] != ["(", "WHERE"]:
        return None
    p.i += 3
    p.expression(out)
    p.need(")")
    return False


def _within(p: Cursor, out: Atoms) -> bool | None:
    if not p.take("WITHIN", "GROUP"):
        return None
    p.need("(")
    p.need("ORDER", "BY")
    read_sort_items(p, out)
    p.need(")")
    return False


def _nulls(p: Cursor, _out: Atoms) -> bool | None:
    if p.up[p.i + 1] != "NULLS":
        return None
    p.i += 2
    return False


POSTFIX: dict[str, Callable[[Cursor, Atoms], bool | None]] = {
    ".": _dot,
    "[": _subscript,
    "::": _typed,
    "?::": _typed,
    ":": _json_path,
    "IS": _is,
    "NOT": _negated,
    "LIKE": _pattern,
    "ILIKE": _pattern,
    "RLIKE": _pattern,
    "REGEXP": _pattern,
    "COLLATE": _collate,
    "AT": _at,
    "OVER": _over,
    "FILTER": _filter,
    "WITHIN": _within,
    "IGNORE": _nulls,
    "RESPECT": _nulls,
}
