"""Reads EXECUTE IMMEDIATE: the text it runs, where that is constant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.sql.commands.targets import (
    names_in_text,
)
from uc_guard.sql.grammar.constants import fold_text
from uc_guard.sql.grammar.cursor import Cursor, is_name
from uc_guard.sql.grammar.expressions import read_expression
from uc_guard.sql.grammar.tokens import tokenize
from uc_guard.sql.resolve.columns import resolve
from uc_guard.sql.resolve.scope import Scope

if TYPE_CHECKING:
    from uc_guard.sql.grammar.tree import Atoms
    from uc_guard.sql.resolve.walk import Walk


def read_execute_immediate(p: Cursor, walk: Walk) -> None:
    """`EXECUTE IMMEDIATE text [INTO v] [USING args]`: a constant text is run, any other is opaque."""
    start = p.i
    p.need("EXECUTE", "IMMEDIATE")
    at = p.i
    text = fold_text(p)
    if text is None or p.up[p.i] not in {"", ";", "INTO", "USING"}:
        text = None
        p.i = at
        atoms: Atoms = []
        read_expression(p, atoms)
        resolve(walk, atoms, Scope([], None))
    if p.take("INTO"):
        while True:
            target = p.name_part()
            while p.take("."):
                target = p.name_part()
            if target in p.constants:
                p.constants[target] = None
            if not p.take(","):
                break
    arguments = _read_using(p, walk) if p.take("USING") else {}
    if text is None:
        walk.note("dynamic-statement", p.text(start), None)
        return
    tokens = tokenize(text)
    if tokens is None:
        walk.note("syntax", text, names_in_text(walk, text))
        return
    walk.statements(p.inner(tokens, {**p.constants, **arguments}), walk)
    p.constants.update(walk.session.variables)


def _is_in_parens(p: Cursor) -> bool:
    """Tell whether all that is left of the statement stands in parentheses."""
    if p.up[p.i] != "(":
        return False
    start = p.i
    p.skip_parens()
    end, p.i = p.at_end(), start
    return end


def _read_using(p: Cursor, walk: Walk) -> dict[str, str | None]:
    """Read the arguments of EXECUTE IMMEDIATE; give those that are constant texts by marker."""
    found: dict[str, str | None] = {}
    in_parens = _is_in_parens(p) and p.take("(")
    place = 0
    while True:
        place += 1
        at = p.i
        value = fold_text(p)
        if p.up[p.i] not in {",", ")", "AS", "", ";"} and not is_name(p.raw[p.i]):
            value = None
        if value is None:
            p.i = at
            atoms: Atoms = []
            read_expression(p, atoms)
            resolve(walk, atoms, Scope([], None))
        found[f"?{place}"] = value
        if p.take("AS") or p.at_name():
            found[f":{p.name_part()}"] = value
        if not p.take(","):
            break
    if in_parens:
        p.need(")")
    return found
