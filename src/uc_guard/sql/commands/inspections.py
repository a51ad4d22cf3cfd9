"""Reads the statements that look at metadata: DESCRIBE, SHOW."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.sql.commands.kinds import read_kind
from uc_guard.sql.commands.targets import (
    act,
    act_on,
    enter,
    read_name,
    rest_is_plain,
    to_end,
)
from uc_guard.sql.grammar.pieces import is_query_start
from uc_guard.sql.grammar.queries import read_query
from uc_guard.sql.resolve.queries import resolve_query

if TYPE_CHECKING:
    from uc_guard.sql.grammar.cursor import Cursor
    from uc_guard.sql.resolve.walk import Walk

_BARE_SHOWS = frozenset(
    [
        "CATALOGS",
        "SCHEMAS",
        "DATABASES",
        "NAMESPACES",
        "TABLES",
        "VIEWS",
        "FUNCTIONS",
        "VOLUMES",
        "PROCEDURES",
        "MODELS",
        "CONNECTIONS",
        "CREDENTIALS",
        "SHARES",
        "RECIPIENTS",
        "PROVIDERS",
        "USERS",
        "GROUPS",
        "GRANT",
        "GRANTS",
        "LOCKS",
        "TRANSACTIONS",
        "COLLATIONS",
        "VARIABLES",
        "METASTORES",
        "CURRENT",
        "ALL",
        "USER",
        "SYSTEM",
        "EXTERNAL",
        "STORAGE",
        "SERVICE",
        "POLICIES",
        "EFFECTIVE",
        "ROLES",
        "ROLE",
        "COMPACTIONS",
        "PRINCIPALS",
        "DROPPED",
        "CONFLICTS",
        "INDEXES",
        "FLOWS",
        "SECRETS",
    ]
)

_BEFORE_PLACE = frozenset({"IN", "FROM", "LIKE", "ON", "TO"})
_OF_CATALOGS = frozenset({"SCHEMAS", "DATABASES", "NAMESPACES"})
_OF_CURRENT = _OF_CATALOGS | {"TABLES", "VIEWS", "MATERIALIZED", "VOLUMES", "PROCEDURES", "MODELS"}
_OF_NOTHING = frozenset({"GRANT", "GRANTS", "EFFECTIVE", "PRINCIPALS", "ROLES", "ROLE", "CURRENT"})
_NO_CONTAINERS = frozenset({"SHARE", "PROVIDER", "RECIPIENT"})


def read_describe(p: Cursor, walk: Walk) -> None:
    """`DESCRIBE ...` of anything."""
    p.i += 1
    in_parens = p.up[p.i] == "(" and is_query_start(p, p.i + 1)
    if p.take("QUERY") or in_parens or (is_query_start(p, p.i) and p.up[p.i] != "TABLE"):
        resolve_query(walk, read_query(p), None)
        return
    if p.take("HISTORY") or p.take("DETAIL"):
        _read_relation_use(p, walk)
        rest_is_plain(p, walk)
        return
    p.take_any({"EXTENDED", "FORMATTED"})
    start = p.i
    kind = read_kind(p)
    if kind is not None and (p.at_end() or p.up[p.i] == "."):
        p.i, kind = start, None
    p.take_any({"EXTENDED", "FORMATTED"}) if not (p.at_end() or p.up[p.i + 1] in {"", ";", "."}) else ""
    if kind == "FUNCTION":
        _describe_function(p, walk)
        to_end(p)
        return
    if kind == "POLICY":
        p.name_part()
        p.take("ON")
        kind = read_kind(p) or "TABLE"
    if not p.at_end():
        act(p, walk, "METADATA", kind or "TABLE")
    to_end(p)


def _describe_function(p: Cursor, walk: Walk) -> None:
    """`DESCRIBE FUNCTION f`, which may be built in, or an operator."""
    if not p.at_name():
        return
    name = read_name(p, walk)
    full = walk.full(name) if name else None
    if full in walk.catalog.functions:
        walk.use("METADATA", "FUNCTION", full)


def _read_relation_use(p: Cursor, walk: Walk) -> None:
    """DESCRIBE HISTORY and DETAIL are metadata to the statement, though they ask for SELECT."""
    act(p, walk, "METADATA", "TABLE")


def read_show(p: Cursor, walk: Walk) -> None:
    """`SHOW ...`: metadata only."""
    p.need("SHOW")
    if p.take("CREATE"):
        act(p, walk, "METADATA", read_kind(p) or "TABLE")
    elif p.up[p.i] in {"COLUMNS", "PARTITIONS", "TBLPROPERTIES"}:
        p.i += 1
        p.take_any({"IN", "FROM"})
        if p.at_name():
            _show_columns(p, walk)
    elif p.take("TABLE", "EXTENDED"):
        _show_listing(p, walk, "TABLES")
    elif p.up[p.i] in _BARE_SHOWS or p.at_name():
        _show_listing(p, walk, p.up[p.i])
    else:
        p.fail()
    rest_is_plain(p, walk)


def _show_listing(p: Cursor, walk: Walk, what: str) -> None:
    """`SHOW TABLES [IN s]`, `SHOW SCHEMAS [IN c]`: what is listed has to be entered. No word is stepped over."""
    start = p.i
    kind = "CATALOG" if what in _OF_CATALOGS else "SCHEMA"
    p.skip_until(_BEFORE_PLACE)
    if p.take("IN") or p.take("FROM"):
        if p.up[p.i + 1] not in {"", ";", "."}:  # else it is a name
            what = p.take_any(_NO_CONTAINERS) or what
            p.take_any({"SCHEMA", "DATABASE", "NAMESPACE", "CATALOG"})
        if p.at_name() and what not in _OF_NOTHING | _NO_CONTAINERS:
            enter(walk, read_name(p, walk), kind)
    elif what in _OF_CURRENT:
        walk.is_relative = True
        current = walk.session.catalog if kind == "CATALOG" else walk.session.schema
        enter(walk, (current,) if current else None, kind)
    p.i = start


def _show_columns(p: Cursor, walk: Walk) -> None:
    """`SHOW COLUMNS IN t IN s`."""
    start = p.i
    name = read_name(p, walk)
    if name and len(name) == 1 and p.take_any({"IN", "FROM"}) and (schema := read_name(p, walk)):
        act_on(walk, (*schema, *name), "METADATA", "TABLE")
        return
    p.i = start
    act(p, walk, "METADATA", "TABLE")
