"""Reads CREATE FUNCTION and CREATE PROCEDURE, and steps over their bodies."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from uc_guard.sql.commands.targets import (
    act,
    act_on,
    names_in,
    read_name,
    to_end,
)
from uc_guard.sql.grammar.cursor import Cursor, Misread
from uc_guard.sql.grammar.expressions import read_expression
from uc_guard.sql.grammar.pieces import is_query_start
from uc_guard.sql.grammar.queries import read_query
from uc_guard.sql.grammar.tokens import is_string, string_value
from uc_guard.sql.resolve.columns import resolve
from uc_guard.sql.resolve.queries import resolve_query
from uc_guard.sql.resolve.scope import Relation, Scope

_VOLUME_PATH = re.compile(r"/Volumes/[^\s\"',\]]+")

if TYPE_CHECKING:
    from uc_guard.sql.grammar.tree import Atoms
    from uc_guard.sql.resolve.walk import Walk


def create_routine(p: Cursor, walk: Walk, kind: str, *, temporary: bool) -> None:
    """A function or procedure: its body runs later with its owner's rights, who is the one that creates it."""
    start = p.i
    name = read_name(p, walk)
    if name is None:
        to_end(p)
        return
    if temporary:
        walk.session = replace(walk.session, temp_functions=walk.session.temp_functions | {name[-1]})
    else:
        full = act_on(walk, name, "CREATE", kind)
        if full and kind == "FUNCTION":
            walk.session = replace(walk.session, functions=walk.session.functions | {full})
    parameters: tuple[str, ...] = ()
    if p.up[p.i] == "(":
        parameters = _routine_parameters(p, walk)
    if kind == "PROCEDURE":
        _skip_body(p, walk, start)
        return
    while not p.at_end():
        if p.take("RETURN"):
            read_body(p, walk, name[-1], parameters)
            return
        _characteristic(p, walk)


def _characteristic(p: Cursor, walk: Walk) -> None:
    if p.take("CREDENTIALS", "("):
        _credentials(p, walk)
    elif p.up[p.i] == "ENVIRONMENT" and p.up[p.i + 1] == "(":
        p.i += 1
        _environment(p, walk)
    elif p.up[p.i] == "(":
        p.skip_parens()
    else:
        p.i += 1


def _credentials(p: Cursor, walk: Walk) -> None:
    """`CREDENTIALS (a DEFAULT, b AS alias)`: who creates the function must be allowed to use them, who calls it not."""
    while not p.take(")"):
        act(p, walk, "ACCESS", "CREDENTIAL")
        p.skip_until(frozenset({",", ")"}))
        if p.up[p.i] != ")":
            p.need(",")


def _environment(p: Cursor, walk: Walk) -> None:
    """`ENVIRONMENT (dependencies = '["/Volumes/c/s/v/x.whl"]')`: packages can lie in volumes."""
    start = p.i
    p.skip_parens()
    for token in filter(is_string, p.raw[start : p.i]):
        for path in _VOLUME_PATH.findall(string_value(token)):
            walk.path(path)


def _routine_parameters(p: Cursor, walk: Walk) -> tuple[str, ...]:
    p.need("(")
    names: list[str] = []
    while not p.take(")"):
        p.take_any({"IN", "OUT", "INOUT"})
        names.append(p.name_part())
        p.skip_until(frozenset({",", ")", "DEFAULT"}))
        if p.take("DEFAULT"):
            atoms: Atoms = []
            read_expression(p, atoms)
            resolve(walk, atoms, Scope([], None))
            p.skip_until(frozenset({",", ")"}))
        if p.up[p.i] != ")":
            p.need(",")
    return tuple(names)


def read_body(p: Cursor, walk: Walk, name: str, parameters: tuple[str, ...]) -> None:
    """`RETURN query` or `RETURN expression`: parameters look like columns, or like columns of the function."""
    given = Scope([Relation((name,), dict.fromkeys(name.lower() for name in parameters), is_open=not parameters)], None)
    if is_query_start(p, p.i) or (p.up[p.i] == "(" and is_query_start(p, p.i + 1)):
        resolve_query(walk, read_query(p), given)
        return
    atoms: Atoms = []
    read_expression(p, atoms)
    resolve(walk, atoms, given)


def _skip_body(p: Cursor, walk: Walk, start: int) -> None:
    """A procedure's body is checked when it is called: nothing of it is used now."""
    while not p.at_end() and p.up[p.i] != "BEGIN":
        p.i += 1
    if p.up[p.i] == "BEGIN":
        skip_block(p)
    if not p.at_end():
        walk.note("procedure-body", p.text(start, p.i + 3), names_in(p, walk, start))
        to_end(p)


def skip_block(p: Cursor) -> None:
    """Step over a BEGIN ... END block."""
    depth = 0
    while p.i < p.end:
        word, before, after = p.up[p.i], p.up[p.i - 1], p.up[p.i + 1]
        if word in {"BEGIN", "CASE"} and before != "END":
            depth += 1
        elif word in {"IF", "LOOP", "WHILE", "FOR", "REPEAT"} and before in {
            ";",
            "THEN",
            "ELSE",
            "DO",
            ":",
            "BEGIN",
            "LOOP",
        }:
            depth += after != "("
            depth += after == "(" and word in {"IF", "WHILE"}
        elif word == "END":
            depth -= 1
            if depth == 0:
                p.i += 1
                return
        p.i += 1
    raise Misread("syntax", p.text(max(0, p.end - 5), p.end))
