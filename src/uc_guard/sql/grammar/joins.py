"""Reads what follows a relation: joins, pivots, bins, lateral views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uc_guard.sql.grammar.aliases import CLAUSE_SECOND, is_clause, read_alias
from uc_guard.sql.grammar.calls import read_arguments
from uc_guard.sql.grammar.pieces import read_chain, read_expressions
from uc_guard.sql.grammar.tokens import is_string, literal_text
from uc_guard.sql.grammar.tree import Added, Atoms, Chain, Join, LateralView, Pivot, Unpivot

if TYPE_CHECKING:
    from collections.abc import Callable

    from uc_guard.sql.grammar.cursor import Cursor

JOIN_START = frozenset(
    {
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
        "ASOF",
        "PIVOT",
        "UNPIVOT",
        "BIN",
    }
)


def read_extension(p: Cursor, primary: Callable[[Cursor], Any]) -> Join | Pivot | Unpivot | Added | None:
    """Read one join, pivot or unpivot when it stands here; `primary` reads what is joined."""
    word = p.up[p.i]
    if word == "PIVOT" and p.up[p.i + 1] == "(":
        return _read_pivot(p)
    if word == "UNPIVOT" and p.up[p.i + 1] in CLAUSE_SECOND["UNPIVOT"]:
        return _read_unpivot(p)
    if word == "LATERAL" and p.up[p.i + 1] == "VIEW":
        return None
    if word == "BIN" and p.up[p.i + 1] == "BY":
        return _read_bin_by(p)
    return _read_join(p, primary)


def _read_join(p: Cursor, primary: Callable[[Cursor], Any]) -> Join | None:
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
    right = primary(p)
    on: Atoms = []
    using: tuple[str, ...] = ()
    while True:
        if p.take("ON"):
            p.expression(on)
        elif p.up[p.i] == "USING" and p.up[p.i + 1] == "(":
            p.i += 1
            using = p.names_in_parens()
            if p.take("AS"):
                p.name_part()
        elif p.up[p.i] == "MATCH_CONDITION" and p.up[p.i + 1] == "(":
            p.i += 1
            p.expression(on)
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
        p.expression(on)
    p.need("BY")
    p.take_any({"DISTANCE", "SIMILARITY"})
    p.expression(on)
    return True


def _read_pivot(p: Cursor) -> Pivot:
    p.need("PIVOT", "(")
    atoms: Atoms = []
    aggregates: list[str | None] = []
    while True:
        p.expression(atoms)
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
    names, is_open = _pivot_values(p, atoms, aggregates)
    p.need(")", ")")
    alias, columns = read_alias(p)
    return Pivot(atoms, alias, columns, names, is_open)


def _pivot_values(p: Cursor, atoms: Atoms, aggregates: list[str | None]) -> tuple[tuple[str, ...], bool]:
    """Read `'x' AS a, 2`; give the columns they make, and whether some of them have names that are not plain."""
    names: list[str] = []
    is_open = False
    while True:
        value = p.raw[p.i]
        start = p.i
        p.expression(atoms)
        name = literal_text(value).lower() if p.i == start + 1 else None
        if p.take("AS") or p.at_name():
            name = p.name_part()
        if name and len(aggregates) == 1:
            names.append(name)
        elif name:
            names.extend(f"{name}_{aggregate}" for aggregate in aggregates if aggregate)
        is_open = is_open or name is None or (len(aggregates) > 1 and None in aggregates)
        if not p.take(","):
            return tuple(names), is_open


def _read_bin_by(p: Cursor) -> Added:
    """Read `BIN BY (RANGE a TO b BIN WIDTH w DISTRIBUTE UNIFORM (x) BIN_START AS s)`."""
    p.need("BIN", "BY")
    p.need("(")
    atoms: Atoms = []
    names = ["bin_start", "bin_end", "bin_distribute_ratio"]
    p.need("RANGE")
    p.expression(atoms)
    while not p.take(")"):
        if p.take_any({"BIN_START", "BIN_END", "BIN_DISTRIBUTE_RATIO"}):
            p.need("AS")
            names.append(p.name_part())
        elif p.take("TO") or p.take("BIN", "WIDTH") or p.take("ALIGN", "TO"):
            p.expression(atoms)
        else:
            p.need("DISTRIBUTE", "UNIFORM")
            p.need("(")
            read_expressions(p, atoms)
            p.need(")")
    alias, _ = read_alias(p)
    return Added(atoms, tuple(names), alias)


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
    if p.at_name() and not is_clause(p, p.up[p.i]):
        alias = p.name_part()
    columns: list[str] = []
    if p.take("AS") or (p.at_name() and not is_clause(p, p.up[p.i])):
        while True:
            columns.append(p.name_part())
            if not p.take(","):
                break
    return LateralView(name, atoms, alias, tuple(columns))
