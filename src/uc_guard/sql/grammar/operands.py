"""Reads operands: columns, literals, calls, CASE, CAST, sub-queries, rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.sql.grammar.calls import read_arguments, read_call, read_lambda, read_lambda_body, read_star_tail
from uc_guard.sql.grammar.constants import folded_name
from uc_guard.sql.grammar.cursor import Cursor, is_name
from uc_guard.sql.grammar.functions import LITERAL_TYPES, UNITS
from uc_guard.sql.grammar.pieces import AFTER_QUERY, is_query_start, read_chain, read_type
from uc_guard.sql.grammar.tokens import identifier, is_string
from uc_guard.sql.grammar.tree import Atoms, Star

if TYPE_CHECKING:
    from collections.abc import Callable

# Words that no operand can be unless a dot or a parenthesis follows: an operand is missing before them.
_NEVER_OPERAND = frozenset(
    [
        "FROM",
        "WHERE",
        "SELECT",
        "UNION",
        "JOIN",
        "AND",
        "OR",
        "THEN",
        "WHEN",
        "ELSE",
        "AS",
        "IS",
        "IN",
        "BETWEEN",
        "LIKE",
        "HAVING",
        "ESCAPE",
        "LATERAL",
        "INTERSECT",
    ]
)


def read_operand(p: Cursor, out: Atoms) -> None:
    """Read one operand; what it names goes to `out`."""
    mark = p.up[p.i]
    reader = _OPERANDS.get(mark)
    if reader is not None and reader(p, out):
        return
    raw = p.raw[p.i]
    if is_name(raw):
        _read_name(p, out)
    elif is_string(raw):
        p.i += 1
        while is_string(p.raw[p.i]):
            p.i += 1
    elif raw[:1].isdigit() or (raw[:1] == "." and len(raw) > 1):
        p.i += 1
    else:
        p.fail()


def _read_name(p: Cursor, out: Atoms) -> None:
    """Read a column, a call, or a typed literal such as DATE '2024-01-01'."""
    up, raw = p.up, p.raw
    start = p.i
    mark = up[start]
    after = up[start + 1]
    if mark in _NEVER_OPERAND and after not in {".", "("} and (mark != "LATERAL" or after == "VIEW"):
        p.fail()
    if mark in LITERAL_TYPES and is_string(raw[start + 1]):
        p.i = start + 2
        return
    chain = (identifier(raw[start]),) if after != "." else read_chain(p)
    if after != ".":
        p.i = start + 1
    following = up[p.i]
    if following == "(" and not (p.before_query and is_query_start(p, p.i + 1)):
        read_call(p, chain, out)
    elif following == "." and up[p.i + 1] == "*":
        p.i += 2
        out.append(read_star_tail(p, chain))
    elif following == "->" and len(chain) == 1:
        read_lambda_body(p, frozenset(chain), out)
    else:
        out.append(chain)


def read_parenthesized_query(p: Cursor) -> object:
    """Read `( query )`."""
    p.need("(")
    query = p.query()
    p.need(")")
    return query


def _group(p: Cursor, out: Atoms) -> bool:
    """`(`: a query, a row, or an expression in parentheses."""
    if is_query_start(p, p.i + 1):
        out.append(read_parenthesized_query(p))
        return True
    if p.has_lambda and read_lambda(p, out):
        return True
    p.i += 1
    if p.take(")"):
        return True
    before = len(out)
    while True:
        if p.up[p.i] == "*" and p.up[p.i + 1] in {",", ")"}:
            p.i += 1
            out.append(Star((), (), []))
        else:
            p.expression(out)
        if p.take("AS"):
            p.name_part()
        elif p.at_name() and p.up[p.i + 1] in {",", ")"} and p.up[p.i] not in AFTER_QUERY:
            p.i += 1  # (a x, b y)
        if not p.take(","):
            break
    if p.up[p.i] in AFTER_QUERY and len(out) == before + 1:
        # ((SELECT ...) UNION ...): what looked like an expression is the left side of a query
        out.append(p.query(out.pop()))
    p.need(")")
    return True


def _prefix(p: Cursor, out: Atoms) -> bool:
    """A sign or word before an operand."""
    while p.up[p.i] in {"-", "+", "~", "!", "NOT"}:
        p.i += 1
    read_operand(p, out)
    return True


def _not(p: Cursor, out: Atoms) -> bool:
    if p.up[p.i + 1] in {".", ",", ")", ""}:
        return False
    return _prefix(p, out)


def _case(p: Cursor, out: Atoms) -> bool:
    if p.up[p.i + 1] in {".", ",", ")", "(", "="} and p.up[p.i + 1] != "(":
        return False
    p.i += 1
    if p.up[p.i] != "WHEN":
        p.expression(out)
    while p.take("WHEN"):
        p.expression(out)
        p.need("THEN")
        p.expression(out)
    if p.take("ELSE"):
        p.expression(out)
    p.need("END")
    return True


def _cast(p: Cursor, out: Atoms) -> bool:
    if p.up[p.i + 1] != "(":
        return False
    p.i += 2
    p.expression(out)
    p.need("AS")
    read_type(p)
    if p.take("FORMAT"):
        p.expression(out)
    p.need(")")
    return True


def _exists(p: Cursor, out: Atoms) -> bool:
    if p.up[p.i + 1] != "(":
        return False
    i = p.i + 1
    while p.up[i] == "(":
        i += 1
    if not is_query_start(p, i):
        return False  # the higher-order function
    p.i += 2
    out.append(p.query())
    p.need(")")
    return True


def _interval(p: Cursor, out: Atoms) -> bool:
    """`INTERVAL '1' DAY 2 HOURS`; a column may be called interval."""
    i = p.i + 1
    if p.up[i] in {"-", "+"}:
        i += 1
    is_literal = is_string(p.raw[i]) or p.raw[i][:1].isdigit() or (p.raw[i][:1] == "." and len(p.raw[i]) > 1)
    if not is_literal and p.up[i] not in {"(", ":", "?"} and not (is_name(p.raw[i]) and p.up[i + 1] in UNITS):
        return False
    p.i += 1
    while True:
        p.take_any({"-", "+"})
        read_operand(p, out)
        if not p.take_any(UNITS):
            return True
        if p.take("TO") and not p.take_any(UNITS):
            p.fail()
        mark = p.raw[p.i]
        if not (
            (mark[:1].isdigit() and not is_name(mark)) or is_string(mark) or (mark == "-" and p.up[p.i + 2] in UNITS)
        ):
            return True


def _named_parameter(p: Cursor, _out: Atoms) -> bool:
    if not is_name(p.raw[p.i + 1]):
        p.fail()
    p.i += 2
    return True


def _marker(p: Cursor, _out: Atoms) -> bool:
    p.i += 1
    return True


def _star(p: Cursor, out: Atoms) -> bool:
    """A star stands for columns only where an expression may begin."""
    if p.up[p.i - 1] not in {"", "(", ",", "SELECT", "DISTINCT", "ALL", "EXTEND", "BY"}:
        p.fail()
    p.i += 1
    out.append(read_star_tail(p, ()))
    return True


def _identifier_clause(p: Cursor, out: Atoms) -> bool:
    """`IDENTIFIER('a.b')` as a column or a function."""
    if p.up[p.i + 1] != "(":
        return False
    name, unknown = folded_name(p)
    while p.take("."):
        name += (p.name_part(),)
    if p.up[p.i] == "(":
        if unknown:
            out.append(unknown)
            p.i += 1
            read_arguments(p, out)
        else:
            read_call(p, name, out)
    else:
        out.append(unknown or name)
    return True


def _literal_word(p: Cursor) -> bool:
    if p.up[p.i + 1] in {".", "("}:
        return False
    p.i += 1
    return True


_OPERANDS: dict[str, Callable[[Cursor, Atoms], bool]] = {
    "(": _group,
    "-": _prefix,
    "+": _prefix,
    "~": _prefix,
    "!": _prefix,
    "NOT": _not,
    "CASE": _case,
    "CAST": _cast,
    "TRY_CAST": _cast,
    "EXISTS": _exists,
    "INTERVAL": _interval,
    ":": _named_parameter,
    "?": _marker,
    "*": _star,
    "IDENTIFIER": _identifier_clause,
    "NULL": lambda p, _: _literal_word(p),
    "TRUE": lambda p, _: _literal_word(p),
    "FALSE": lambda p, _: _literal_word(p),
}
