"""Reads the statements that change the session: USE, SET, DECLARE, and the variables of scripts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from uc_guard.sql.commands.targets import enter, rest_is_plain, to_end
from uc_guard.sql.grammar.constants import chain_of, fold_text
from uc_guard.sql.grammar.cursor import is_name
from uc_guard.sql.grammar.expressions import read_expression
from uc_guard.sql.grammar.pieces import is_query_start, read_chain, read_object_name, read_type
from uc_guard.sql.grammar.queries import read_query
from uc_guard.sql.grammar.tokens import is_string
from uc_guard.sql.resolve.columns import resolve
from uc_guard.sql.resolve.queries import resolve_query
from uc_guard.sql.resolve.scope import Scope

if TYPE_CHECKING:
    from uc_guard.sql.grammar.cursor import Cursor
    from uc_guard.sql.grammar.tree import Atoms, Chain
    from uc_guard.sql.resolve.walk import Walk

_CONFIG_WORDS = frozenset({"TIME", "ROLE", "PATH", "-", "RECIPIENT"})


def read_use(p: Cursor, walk: Walk) -> None:
    """`USE [CATALOG | SCHEMA] name`."""
    p.need("USE")
    word = ""
    if p.up[p.i] in {"CATALOG", "SCHEMA", "DATABASE", "NAMESPACE"} and p.up[p.i + 1] not in {"", ";", "."}:
        word = p.up[p.i]
        p.i += 1
    name = _namespace_name(p)
    session = walk.session
    if name is None:
        walk.note("dynamic-name", p.text(max(0, p.i - 4)), None)
        walk.session = replace(session, catalog=None, schema=None)
    elif word == "CATALOG":
        enter(walk, name, "CATALOG")
        walk.session = replace(session, catalog=name[0], schema="default")
    elif len(name) == 1:
        enter(walk, name, "SCHEMA")
        walk.session = replace(session, schema=name[0])
    elif len(name) == 2:
        enter(walk, name, "SCHEMA")
        walk.session = replace(session, catalog=name[0], schema=name[1])
    else:
        p.fail()


def _namespace_name(p: Cursor) -> Chain | None:
    if is_string(p.raw[p.i]):
        return chain_of(p.string())
    name, unknown = read_object_name(p)
    return None if unknown else name


def read_set(p: Cursor, walk: Walk, *, in_script: bool = False) -> None:
    """`SET ...`: a catalog, variables, or a configuration value (which names nothing)."""
    p.need("SET")
    if p.up[p.i] == "CATALOG" and p.up[p.i + 1] not in {"", ";", "=", "."}:
        p.i += 1
        name = _namespace_name(p)
        if name is None:
            walk.note("dynamic-name", p.text(max(0, p.i - 4)), None)
        enter(walk, name, "CATALOG")
        walk.session = replace(walk.session, catalog=name[0] if name else None, schema="default" if name else None)
        return
    is_variable = bool(p.take_any({"VAR", "VARIABLE"})) if p.up[p.i + 1] not in {"", ";", "="} else False
    if p.up[p.i] == "(":
        _set_from_query(p, walk)
    elif is_variable or in_script or _is_known(p, walk):
        _set_variables(p, walk)
    else:
        rest_is_plain(p, walk)


def _is_known(p: Cursor, walk: Walk) -> bool:
    if not is_name(p.raw[p.i]) or p.up[p.i] in _CONFIG_WORDS:
        return False
    start = p.i
    chain = read_chain(p)
    found = p.up[p.i] == "=" and (chain[-1] in walk.local or chain[-1] in walk.session.variables)
    p.i = start
    return found


def _set_from_query(p: Cursor, walk: Walk) -> None:
    """`SET (a, b) = (SELECT ...)`."""
    for name in p.names_in_parens():
        assign(p, walk, name, None)
    p.need("=")
    p.need("(")
    query = read_query(p)
    p.need(")")
    resolve_query(walk, query, None)


def _set_variables(p: Cursor, walk: Walk) -> None:
    while True:
        name, unknown = read_object_name(p)
        if not p.take("="):
            p.need(":=")
        value = read_value(p, walk)
        if not unknown:
            assign(p, walk, name[-1], value)
        if not p.take(","):
            return


def read_value(p: Cursor, walk: Walk) -> str | None:
    """Read the value of a variable: its text where it is constant; what else it names is noted."""
    start = p.i
    text = fold_text(p)
    if text is not None and p.up[p.i] in {"", ";", ",", ")"}:
        return text
    p.i = start
    if p.take("DEFAULT"):
        return None
    atoms: Atoms = []
    read_expression(p, atoms)
    resolve(walk, atoms, Scope([], None))
    return None


def assign(p: Cursor, walk: Walk, name: str, value: str | None) -> None:
    """Remember the value of a variable."""
    if name in walk.local:
        walk.local[name] = value
    else:
        walk.session = replace(walk.session, variables={**walk.session.variables, name: value})
    p.constants[name] = value


def read_declare(p: Cursor, walk: Walk, *, in_script: bool = False) -> None:
    """`DECLARE [OR REPLACE] [VARIABLE] a, b INT DEFAULT 1`; in scripts also conditions and cursors."""
    p.need("DECLARE")
    p.take("OR", "REPLACE")
    if p.up[p.i] in {"VAR", "VARIABLE"} and is_name(p.raw[p.i + 1]) and p.up[p.i + 1] != "DEFAULT":
        p.i += 1
    names = _declared_names(p)
    if p.take("CONDITION"):
        to_end(p)
        return
    p.take_any({"ASENSITIVE", "INSENSITIVE"})
    if p.take("CURSOR"):
        p.need("FOR")
        _declare_cursor(p, walk, names)
        return
    if p.at_name() and p.up[p.i] != "DEFAULT":
        read_type(p)
    value = None
    if p.take("DEFAULT") or p.take("="):
        value = read_value(p, walk)
    for name in names:
        if in_script:
            walk.local[name] = value
        assign(p, walk, name, value)


def _declared_names(p: Cursor) -> list[str]:
    names: list[str] = []
    while True:
        name, unknown = read_object_name(p)
        if not unknown:
            names.append(name[-1])
        if not p.take(","):
            return names


def _declare_cursor(p: Cursor, walk: Walk, names: list[str]) -> None:
    for name in names:
        walk.local[name] = None
    if is_query_start(p, p.i) or p.up[p.i] == "(":
        resolve_query(walk, read_query(p), None)
        p.take("FOR", "READ", "ONLY")
    else:
        walk.note("dynamic-statement", p.text(p.i, p.i + 8), None)
        to_end(p)
