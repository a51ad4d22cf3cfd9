"""Reads calls: their arguments, stars, lambdas, table arguments, and the words among them that are no columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.sql.grammar.cursor import Cursor, is_name
from uc_guard.sql.grammar.functions import AGGREGATES, BUILT_IN, KEYWORD_ARGUMENT, UNIT_FIRST, UNITS
from uc_guard.sql.grammar.pieces import is_query_start, read_chain, read_object_name, read_sort_items
from uc_guard.sql.grammar.tokens import identifier, is_string
from uc_guard.sql.grammar.tree import (
    Aggregate,
    Atom,
    Atoms,
    Call,
    Chain,
    Chained,
    Connection,
    From,
    Lambda,
    Query,
    Star,
    Table,
    TableFunction,
    TimeWindow,
    plain_query,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_ARGUMENT_LINKS = frozenset({"FROM", "FOR", "PLACING", "TO", "USING"})


def read_call(p: Cursor, name: Chain, out: Atoms) -> None:
    """Read the arguments of a call, from its parenthesis on."""
    if name[-1] in BUILT_IN and (len(name) == 1 or name[:-1] in {("builtin",), ("system", "builtin")}):
        special = _SPECIAL_ARGUMENTS.get(name[-1])
        if special is not None:
            p.i += 1
            special(p, out, name[-1])
            return
    else:
        out.append(Call(name))
    p.i += 1
    star = name[-1] != "count" or p.up[p.i] == "DISTINCT"
    if p.in_having and name[-1] in AGGREGATES:
        inner: Atoms = []
        read_arguments(p, inner, star=star)
        out.append(Aggregate(inner))
    else:
        read_arguments(p, out, star=star)


def read_arguments(p: Cursor, out: Atoms, *, star: bool = True) -> None:
    """Read arguments up to and with the closing parenthesis."""
    up = p.up
    if p.take(")"):
        return
    if (up[p.i] in {"DISTINCT", "ALL"} and up[p.i + 1] not in {",", ")", ".", "("}) or (
        up[p.i] == "DISTINCT" and up[p.i + 1] == "("
    ):
        p.i += 1
    while True:
        _read_argument(p, out, star=star)
        mark = up[p.i]
        if mark == ",":
            p.i += 1
        elif mark == ")":
            p.i += 1
            return
        elif mark in _ARGUMENT_LINKS:
            p.i += 1
        elif mark in {"IGNORE", "RESPECT"} and up[p.i + 1] == "NULLS":
            p.i += 2
        elif mark == "ORDER" and up[p.i + 1] == "BY":
            p.i += 2
            read_sort_items(p, out)
        else:
            p.fail()


def _read_argument(p: Cursor, out: Atoms, *, star: bool) -> None:
    up = p.up
    if up[p.i] in {",", ")"} and up[p.i - 1] not in {",", "("}:
        return  # after IGNORE NULLS or ORDER BY
    if up[p.i + 1] == "=>":
        p.i += 2
    mark = up[p.i]
    if mark == "*":
        p.i += 1
        if star or up[p.i] == "EXCEPT":
            out.append(read_star_tail(p, ()))
        return
    if mark == "TABLE" and up[p.i + 1] != "." and (up[p.i + 1] == "(" or is_name(p.raw[p.i + 1])):
        _read_table_argument(p, out)
        return
    if mark in {"SELECT", "WITH"} and is_query_start(p, p.i):
        out.append(p.query())  # EXISTS(SELECT ...), array(SELECT ...)
        return
    if mark == "(" and p.has_lambda and read_lambda(p, out):
        return
    p.expression(out)
    if p.take("AS"):
        p.name_part()
    elif p.at_name() and up[p.i] not in _ARGUMENT_LINKS and up[p.i + 1] in {",", ")"}:
        p.i += 1  # struct(a x)


def _read_table_argument(p: Cursor, out: Atoms) -> None:
    """Read `TABLE(t)`, `TABLE(query)` or `TABLE t` as an argument, with its partitioning."""
    p.i += 1
    if p.take("("):
        if is_query_start(p, p.i) or p.up[p.i] == "(":
            out.append(p.query())
        else:
            out.append(_named_table(p))
        p.need(")")
    else:
        out.append(_named_table(p))
    p.take("WITH", "SINGLE", "PARTITION")
    parted: Atoms = []
    while p.take_any({"PARTITION", "DISTRIBUTE", "ORDER", "SORT"}):
        p.need("BY")
        if p.take("("):
            read_sort_items(p, parted)
            p.need(")")
        else:
            # the columns are those of the table argument; reading it whole already covers them
            p.expression(parted)
            p.take_any({"ASC", "DESC"})
    out += called(parted)
    p.take("WITH", "SINGLE", "PARTITION")


def called(atoms: Atoms) -> Atoms:
    """Give what of an expression needs no relation around it: functions and queries, without columns."""
    return [atom for atom in atoms if type(atom) in {Call, Query}]


def _named_table(p: Cursor) -> Atom:
    """Read the name of a table argument: as `TABLE t`, a query of all its columns."""
    name, unknown = read_object_name(p)
    table = TableFunction((), [unknown], (), None, ()) if unknown else Table(name, None, ())
    return plain_query(From((Chained(table, ()),), ()))


def read_lambda(p: Cursor, out: Atoms) -> bool:
    """Read `(a, b) -> body` when it stands here."""
    i = p.i + 1
    names: list[str] = []
    while is_name(p.raw[i]):
        names.append(identifier(p.raw[i]))
        i += 1
        if p.up[i] != ",":
            break
        i += 1
    if p.up[i] != ")" or p.up[i + 1] != "->":
        return False
    p.i = i + 1
    read_lambda_body(p, frozenset(names), out)
    return True


def read_lambda_body(p: Cursor, names: frozenset[str], out: Atoms) -> None:
    """Read `-> body`."""
    p.need("->")
    body: Atoms = []
    p.expression(body)
    out.append(Lambda(names, body))


def read_star_tail(p: Cursor, of: Chain) -> Star:
    """Read `EXCEPT (a, b)` and `REPLACE (e AS a)` after a star."""
    without: tuple[Chain, ...] = ()
    instead: Atoms = []
    if p.up[p.i] == "EXCEPT" and p.up[p.i + 1] == "(" and not is_query_start(p, p.i + 2) and p.up[p.i + 2] != "(":
        p.i += 1
        without = tuple(_except_names(p))
    if p.up[p.i] == "REPLACE" and p.up[p.i + 1] == "(":
        p.i += 2
        while True:
            p.expression(instead)
            p.take("AS")
            without += ((p.name_part(),),)
            if not p.take(","):
                break
        p.need(")")
    return Star(of, without, instead)


def _except_names(p: Cursor) -> list[Chain]:
    """Read the left-out columns; a nested field left out still leaves its column read."""
    p.need("(")
    names: list[Chain] = []
    while True:
        names.append(read_chain(p))
        if not p.take(","):
            break
    p.need(")")
    return names


def _unit_first(p: Cursor, out: Atoms, _name: str) -> None:
    """`dateadd(DAY, 1, d)`, but also `dateadd(d, 1)`."""
    if p.up[p.i] in UNITS and p.up[p.i + 1] == "," and _count_arguments(p) == 3:
        p.i += 2
    read_arguments(p, out)


def _keyword_argument(p: Cursor, out: Atoms, name: str) -> None:
    """`extract(YEAR FROM x)`, `trim(BOTH ' ' FROM x)`."""
    words = KEYWORD_ARGUMENT[name]
    if words is None:
        if is_name(p.raw[p.i]) and p.up[p.i + 1] == "FROM":
            p.i += 2
    elif p.up[p.i] in words and p.up[p.i + 1] not in {",", ")", "."}:
        p.i += 1
        p.take("FROM")
    read_arguments(p, out)


def _count_arguments(p: Cursor) -> int:
    start, count = p.i, 1
    while True:
        p.skip_until(frozenset({",", ")"}))
        if p.up[p.i] != ",":
            p.i = start
            return count
        count += 1
        p.i += 1


def _time_window(p: Cursor, out: Atoms, name: str) -> None:
    """`window(ts, '1 hour')` in a grouping is also a column."""
    read_arguments(p, out)
    out.append(TimeWindow(name))


def _connection(p: Cursor, out: Atoms, name: str) -> None:
    """`http_request(conn => 'c', ...)`."""
    place = p.i
    while p.i < p.end and p.up[p.i] not in {"CONN", ")"}:
        p.skip_until(frozenset({","}))
        p.take(",")
    found = p.string() if p.take("CONN", "=>") and is_string(p.raw[p.i]) else None
    p.i = place
    out.append(Connection(found))
    read_arguments(p, out, star=name != "count")


_SPECIAL_ARGUMENTS: dict[str, Callable[[Cursor, Atoms, str], None]] = {
    **dict.fromkeys(UNIT_FIRST, _unit_first),
    **dict.fromkeys(KEYWORD_ARGUMENT, _keyword_argument),
    "http_request": _connection,
    "window": _time_window,
    "session_window": _time_window,
}
