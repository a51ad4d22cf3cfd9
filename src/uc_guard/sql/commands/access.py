"""Reads GRANT, REVOKE, DENY, and CALL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.sql.commands.kinds import read_kind
from uc_guard.sql.commands.targets import (
    act,
    read_name,
    to_end,
)
from uc_guard.sql.grammar.calls import read_arguments
from uc_guard.sql.grammar.cursor import Cursor, is_name
from uc_guard.sql.grammar.tokens import is_string
from uc_guard.sql.resolve.columns import resolve
from uc_guard.sql.resolve.scope import Scope

if TYPE_CHECKING:
    from uc_guard.sql.grammar.tree import Atoms
    from uc_guard.sql.resolve.walk import Walk


def read_grant(p: Cursor, walk: Walk) -> None:
    """GRANT, REVOKE, DENY: they need MANAGE on the securable, and read nothing."""
    start = p.i
    p.i += 1
    while not p.at_end() and p.up[p.i] != "ON":
        if p.up[p.i] == "(":
            p.skip_parens()
        else:
            p.i += 1
    if p.take("ON"):
        _granted(p, walk)
    elif p.up[start] == "GRANT" and p.up[start + 1 : start + 2] == ["ROLE"]:
        pass
    to_end(p)


def _granted(p: Cursor, walk: Walk) -> None:
    if p.take("ANY", "FILE") or p.take("ANONYMOUS", "FUNCTION") or p.take("METASTORE"):
        return
    start = p.i
    kind = read_kind(p)
    if kind is not None and p.up[p.i] in {"TO", "FROM"} and start + 1 == p.i:
        if kind == "CATALOG":
            walk.is_relative = True
            if walk.session.catalog is not None:
                walk.use("MANAGE", kind, walk.session.catalog)
            return
        p.i, kind = start, None
    elif p.up[p.i] == ".":
        p.i, kind = start, None  # the first part of a name
    if is_string(p.raw[p.i]) and kind is None:
        p.string()
        return
    if not is_name(p.raw[p.i]):
        p.fail()
    act(p, walk, "MANAGE", kind or "TABLE")


def read_call(p: Cursor, walk: Walk) -> None:
    """`CALL c.s.p(a => 1)`."""
    p.need("CALL")
    name = read_name(p, walk)
    atoms: Atoms = []
    p.need("(")
    read_arguments(p, atoms)
    resolve(walk, atoms, Scope([], None))
    if name is None:
        return
    full = walk.full(name)
    if full is not None and full in walk.catalog.procedures:
        walk.use("EXECUTE", "PROCEDURE", full)
    elif name[:1] == ("system",) or (name[:-1] and name[-2] == "system"):
        walk.note("system-procedure", ".".join(name), None)
    else:
        walk.note("unknown-procedure", ".".join(name), (full,) if full else walk.catalog.ending_with(name))
