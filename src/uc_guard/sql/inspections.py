"""Reads the statements that look at metadata, or look after tables and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.sql.cursor import is_name
from uc_guard.sql.definitions import read_kind
from uc_guard.sql.expressions import is_query_start, read_arguments
from uc_guard.sql.queries import read_query
from uc_guard.sql.relations import read_relation
from uc_guard.sql.resolve import resolve, resolve_query
from uc_guard.sql.scope import Scope
from uc_guard.sql.session import TempView
from uc_guard.sql.sources import read_chained
from uc_guard.sql.targets import act, read_name, rest_is_plain, to_end
from uc_guard.sql.tokens import is_string

if TYPE_CHECKING:
    from uc_guard.sql.cursor import Cursor
    from uc_guard.sql.tree import Atoms
    from uc_guard.sql.walk import Walk

_BARE_SHOWS = frozenset(
    """
    CATALOGS SCHEMAS DATABASES NAMESPACES TABLES VIEWS FUNCTIONS VOLUMES PROCEDURES MODELS CONNECTIONS CREDENTIALS SHARES
    RECIPIENTS PROVIDERS USERS GROUPS GRANT GRANTS LOCKS TRANSACTIONS COLLATIONS VARIABLES METASTORES CURRENT ALL USER SYSTEM
    EXTERNAL STORAGE SERVICE POLICIES EFFECTIVE ROLES ROLE COMPACTIONS PRINCIPALS DROPPED CONFLICTS INDEXES FLOWS SECRETS
    """.split()
)


def read_describe(p: Cursor, walk: Walk) -> None:
    """`DESCRIBE ...` of anything."""
    p.i += 1
    if p.take("QUERY") or is_query_start(p, p.i) and not (p.up[p.i] == "TABLE"):
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
        to_end(p)
        return
    if kind == "POLICY":
        p.name_part()
        p.take("ON")
        kind = read_kind(p) or "TABLE"
    if not p.at_end():
        act(p, walk, "METADATA", kind or "TABLE")
    to_end(p)


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
    elif p.take("TABLE", "EXTENDED") or p.up[p.i] in _BARE_SHOWS or p.at_name():
        pass
    else:
        p.fail()
    rest_is_plain(p, walk)


def _show_columns(p: Cursor, walk: Walk) -> None:
    """`SHOW COLUMNS IN t IN s`."""
    start = p.i
    name = read_name(p, walk)
    if p.up[p.i] in {"IN", "FROM"} and name and len(name) == 1:
        to_end(p)
        return
    p.i = start
    act(p, walk, "METADATA", "TABLE")


def read_refresh(p: Cursor, walk: Walk) -> None:
    """`REFRESH TABLE t`, `REFRESH MATERIALIZED VIEW v FULL`, `REFRESH 'path'`."""
    p.need("REFRESH")
    kind = None
    while (found := read_kind(p)) is not None:
        kind = found
    if kind is None and is_string(p.raw[p.i]):
        to_end(p)
        return
    if kind == "FUNCTION":
        to_end(p)
        return
    act(p, walk, "REFRESH", kind or "TABLE")
    to_end(p)


def read_cache(p: Cursor, walk: Walk) -> None:
    """`CACHE TABLE t [AS query]`, `CACHE SELECT ...`, `UNCACHE TABLE t`, `CLEAR CACHE`."""
    if p.take("CLEAR", "CACHE"):
        return
    if p.take("UNCACHE"):
        p.need("TABLE")
        to_end(p)
        return
    p.need("CACHE")
    p.take("LAZY")
    if is_query_start(p, p.i) and p.up[p.i] == "SELECT":
        resolve_query(walk, read_query(p), None)
        return
    p.need("TABLE")
    start = p.i
    name = read_name(p, walk)
    end = p.i
    if p.take("OPTIONS"):
        p.skip_parens()
    if p.take("AS") or is_query_start(p, p.i) or p.up[p.i] == "(":
        begin = p.i
        output = resolve_query(walk, read_query(p), None)
        if name:
            from dataclasses import replace  # noqa: PLC0415

            session = walk.session
            columns = None if output.is_open or "" in output.names else tuple(output.names)
            view = TempView(tuple(p.raw[begin : p.i]), columns, session.catalog, session.schema)
            walk.session = replace(session, temp_views={**session.temp_views, name[-1]: view})
        return
    after, p.i = p.i, start
    for relation in read_chained(walk, read_relation(p), None):
        relation.touch_all()
    p.i = max(after, end)


def read_explain(p: Cursor, walk: Walk) -> bool:
    """Step over `EXPLAIN EXTENDED`; the statement after it is analysed, and so checked, though not run."""
    p.need("EXPLAIN")
    p.take_any({"EXTENDED", "CODEGEN", "COST", "FORMATTED", "LOGICAL", "ANALYZE"})
    return True


def read_upkeep(p: Cursor, walk: Walk) -> None:
    """OPTIMIZE, VACUUM, ANALYZE, RESTORE, REORG, FSCK, MSCK, GENERATE, CONVERT ...: MODIFY is asked for, no rows are."""
    word = p.up[p.i]
    p.i += 1
    if word == "ANALYZE" and p.take("TABLES"):
        to_end(p)
        return
    p.take_any({"REPAIR"})
    p.take("SYMLINK_FORMAT_MANIFEST")
    p.take("FOR")
    p.take("TO", "DELTA")
    if word in {"OPTIMIZE", "VACUUM"} and is_string(p.raw[p.i]):
        walk.path(p.string(), write=True)
        to_end(p)
        return
    p.take("TABLE")
    if word in _ASK_MODIFY:
        kept = {key: set(value) for key, value in walk.reads.items()}
        act(p, walk, "ANALYZE" if word == "ANALYZE" else "MAINTAIN", "TABLE")
        walk.reads = kept
    else:
        act(p, walk, "ALTER", "TABLE")
    if p.take("WHERE"):
        to_end(p)
    rest_is_plain(p, walk)


_ASK_MODIFY = frozenset({"OPTIMIZE", "VACUUM", "ANALYZE", "RESTORE", "REORG", "FSCK"})


def read_files(p: Cursor, walk: Walk) -> None:
    """`LIST 'path'`, `GET 'path' TO 'local'`, `PUT 'local' INTO 'path'`, `REMOVE 'path'`."""
    word = p.up[p.i]
    p.i += 1
    if word in {"ADD", "LIST"} and p.up[p.i] in {"JAR", "JARS", "FILE", "FILES", "ARCHIVE", "ARCHIVES"}:
        to_end(p)
        return
    if word == "PUT":
        p.i += 1
        p.need("INTO")
    if not is_string(p.raw[p.i]):
        walk.note("dynamic-path", p.text(p.i - 1, p.i + 4), None)
        to_end(p)
        return
    walk.path(p.string(), write=word in {"PUT", "REMOVE"})
    to_end(p)


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
    elif name[:1] == ("system",) or name[:-1] and name[-2] == "system":
        walk.note("system-procedure", ".".join(name), None)
    else:
        walk.note("unknown-procedure", ".".join(name), (full,) if full else walk.catalog.ending_with(name))


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
            return
        p.i, kind = start, None
    if is_string(p.raw[p.i]) and kind is None:
        p.string()
        return
    if not is_name(p.raw[p.i]):
        p.fail()
    act(p, walk, "MANAGE", kind or "TABLE")

