"""Reads CREATE of anything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from uc_guard.sql.commands.kinds import read_kind
from uc_guard.sql.commands.routines import create_routine
from uc_guard.sql.commands.targets import (
    act,
    act_on,
    end_of,
    mask_function,
    names_in,
    note_access,
    note_option,
    read_location,
    read_options,
    read_path_name,
    rest_is_plain,
    take_storage,
    take_yaml,
    to_end,
)
from uc_guard.sql.grammar.aliases import is_location
from uc_guard.sql.grammar.cursor import Cursor, is_name
from uc_guard.sql.grammar.pieces import is_query_start, read_chain, read_object_name
from uc_guard.sql.grammar.queries import read_query
from uc_guard.sql.grammar.relations import read_relation
from uc_guard.sql.grammar.tokens import is_string
from uc_guard.sql.resolve.queries import resolve_query
from uc_guard.sql.resolve.session import TempView
from uc_guard.sql.resolve.sources import read_chained

if TYPE_CHECKING:
    from uc_guard.sql.grammar.tree import Chain
    from uc_guard.sql.resolve.columns import Output
    from uc_guard.sql.resolve.walk import Walk


def read_create(p: Cursor, walk: Walk) -> None:
    """`CREATE ...` of anything, and `REPLACE TABLE`."""
    p.take("CREATE")
    p.take("OR")
    if not p.take("REPLACE"):
        p.take("REFRESH")
    p.take("GLOBAL")
    temporary = bool(p.take_any({"TEMP", "TEMPORARY", "LOCAL"}))
    p.take("PRIVATE")
    p.take("INCREMENTAL")
    is_materialized = p.up[p.i] == "MATERIALIZED"
    kind = read_kind(p)
    if kind is None:
        walk.note("unknown-statement", p.text(p.i - 1, p.i + 6), names_in(p, walk, p.i, end_of(p)))
        to_end(p)
        return
    if_missing = p.take("IF", "NOT", "EXISTS")
    if kind in {"TABLE", "VIEW"}:
        made = "MATERIALIZED_VIEW" if is_materialized else kind
        _create_relation(p, walk, made, temporary=temporary, if_missing=if_missing)
    elif kind in {"FUNCTION", "PROCEDURE"}:
        create_routine(p, walk, kind, temporary=temporary)
    elif kind == "POLICY":
        _create_policy(p, walk)
    elif kind == "FLOW":
        _create_flow(p, walk)
    elif kind == "INDEX":
        if p.up[p.i] != "ON":
            p.name_part()
        p.need("ON")
        p.take("TABLE")
        act(p, walk, "ALTER", "TABLE")
        to_end(p)
    else:
        act(p, walk, "CREATE", kind)
        _locations(p, walk, kind)


def _locations(p: Cursor, walk: Walk, kind: str) -> None:
    """Step over the rest of a definition; a LOCATION is a path that the new securable takes."""
    while not p.at_end():
        if p.up[p.i] == "USING" and p.up[p.i + 1] == "SHARE":
            p.i += 2
            read_chain(p)
        elif is_location(p):
            if kind == "SCHEMA":
                take_storage(p, walk)
            # UC: asks for CREATE EXTERNAL VOLUME or CREATE MANAGED STORAGE there, not for files
            elif (path := read_location(p, walk)) is not None:
                walk.use("CREATE", "PATH", path.rstrip("/"))
        elif p.up[p.i] == "SELECT":
            rest_is_plain(p, walk)
        elif not _is_leant_on(p, walk, kind):
            p.i += 1


def _is_leant_on(p: Cursor, walk: Walk, kind: str) -> bool:
    """Note what a new location, connection or catalog leans on; False where nothing of the kind stands here."""
    if kind == "EXTERNAL_LOCATION" and p.take("STORAGE", "CREDENTIAL"):
        act(p, walk, "CREATE_EXTERNAL_LOCATION", "STORAGE_CREDENTIAL")
    elif kind == "CATALOG" and p.take("USING", "CONNECTION"):
        act(p, walk, "CREATE_FOREIGN_CATALOG", "CONNECTION")
    elif kind in {"CONNECTION", "CATALOG"} and p.take("OPTIONS"):
        for key, value in read_options(p):
            _leans_on_option(walk, kind, key, value)
    else:
        return False
    return True


def _leans_on_option(walk: Walk, kind: str, key: str, value: str | None) -> None:
    if (kind, key) == ("CONNECTION", "credential"):
        walk.use_named("CREATE_CONNECTION", "CREDENTIAL", value, key)
    elif (kind, key) == ("CATALOG", "authorized_paths") and value is None:
        walk.note("dynamic-name", key, None)
    elif (kind, key) == ("CATALOG", "authorized_paths") and value is not None:
        for path in value.split(","):
            walk.use("CREATE_FOREIGN_SECURABLE", "PATH", path.strip().rstrip("/"))


def _create_relation(p: Cursor, walk: Walk, kind: str, *, temporary: bool, if_missing: bool) -> None:
    path = read_path_name(p)
    name: Chain = ()
    if path is not None:
        walk.path(path, write=True)
    else:
        name, unknown = read_object_name(p)
        if unknown:
            walk.note(unknown.reason, unknown.text, None)
    full = None
    if name and not temporary:
        full = act_on(walk, name, "CREATE", kind)
    columns: tuple[str, ...] | None = None
    if p.up[p.i] == "(" and not is_query_start(p, p.i + 1):
        columns = _defined_columns(p, walk)
    output, tokens = _create_clauses(p, walk, temporary=temporary)
    if output is not None and columns is None:
        columns = output.columns()
    if if_missing and full is not None and walk.catalog.kind(full):
        return  # what exists stays as it is
    _remember(walk, name, full, columns, tokens, temporary=temporary)


def _remember(
    walk: Walk,
    name: Chain,
    full: str | None,
    columns: tuple[str, ...] | None,
    tokens: tuple[str, ...],
    *,
    temporary: bool,
) -> None:
    """Make what was defined known to the later statements of the session."""
    session = walk.session
    if temporary and name:
        view = TempView(tokens, columns, session.catalog, session.schema)
        walk.session = replace(session, temp_views={**session.temp_views, name[-1]: view})
    elif full is not None:
        walk.session = replace(session, relations={**session.relations, full: columns})


def _defined_columns(p: Cursor, walk: Walk) -> tuple[str, ...]:
    """Read `(a INT DEFAULT 1 MASK f, b STRING, CONSTRAINT ...)`; give the names of the columns."""
    p.need("(")
    names: list[str] = []
    while not p.take(")"):
        constraint = p.up[p.i] in {"CONSTRAINT", "PRIMARY", "FOREIGN", "CHECK", "UNIQUE", "PERIOD"} and not _is_column(
            p
        )
        if not constraint:
            names.append(p.name_part())
        while p.up[p.i] not in {",", ")", "", ";"}:
            _column_option(p, walk)
        if p.up[p.i] != ")":
            p.need(",")
    return tuple(names)


def _is_column(p: Cursor) -> bool:
    return p.up[p.i + 1] in {"INT", "STRING", "BIGINT", ",", ")", "DOUBLE", "DATE", "COMMENT", "BOOLEAN"}


def _column_option(p: Cursor, walk: Walk) -> None:
    word = p.up[p.i]
    if word == "MASK" and is_name(p.raw[p.i + 1]):
        p.i += 1
        mask_function(p, walk)
    elif word == "(":
        p.skip_parens()
    elif word == "<":
        p.i += 1
    else:
        p.i += 1
        if word == "<":
            return
        if p.up[p.i] == "<" or p.up[p.i] == "<>":
            _skip_type_arguments(p)


def _skip_type_arguments(p: Cursor) -> None:
    depth = 0
    while not p.at_end():
        mark = p.up[p.i]
        depth += 1 if mark == "<" else -len(mark) if mark in {">", ">>", ">>>"} else 0
        p.i += 1
        if depth <= 0:
            return


def _create_clauses(p: Cursor, walk: Walk, *, temporary: bool) -> tuple[Output | None, tuple[str, ...]]:
    """Read everything after the name and columns; give the output and the tokens of the query, if there is one."""
    while not p.at_end():
        word = p.up[p.i]
        if is_location(p):
            take_storage(p, walk)
        elif word in {"LIKE", "CLONE"} and (is_name(p.raw[p.i + 1]) or p.up[p.i + 1] == "IDENTIFIER"):
            p.i += 1
            _copied(p, walk)
        elif word == "FILTER" and p.up[p.i - 1] == "ROW":
            p.i += 1
            mask_function(p, walk)
        elif word == "AS" and p.raw[p.i + 1][:1] in {"$", "'", '"'}:
            p.i += 1
            take_yaml(p, walk)
        elif word == "FLOW" and p.up[p.i + 1] == "AUTO":
            rest_is_flow(p, walk)
        elif _starts_body(p):
            p.take("AS")
            start = p.i
            query = read_query(p)
            return resolve_query(walk, query, None), tuple(p.raw[start : p.i])
        elif word == "OPTIONS" and p.up[p.i + 1] == "(":
            _options_path(p, walk, write=not temporary)
        elif word == "(":
            _step_over_parens(p, walk)
        else:
            p.i += 1
    return None, ()


def _step_over_parens(p: Cursor, walk: Walk) -> None:
    start = p.i
    p.i += 1
    note_access(p, walk)
    p.i = start
    p.skip_parens()


def _starts_body(p: Cursor) -> bool:
    word = p.up[p.i]
    if word == "AS":
        return is_query_start(p, p.i + 1) or p.up[p.i + 1] == "("
    if word in {"SELECT", "VALUES", "FROM"}:
        return is_query_start(p, p.i)
    if word == "(":
        return is_query_start(p, p.i + 1)
    return (word == "WITH" and is_name(p.raw[p.i + 1]) and p.up[p.i + 2] in {"AS", "("}) or p.up[p.i + 1] == "RECURSIVE"


def _options_path(p: Cursor, walk: Walk, *, write: bool) -> None:
    """`OPTIONS (path '/a/b')` of a temporary view over files, or of a table."""
    p.need("OPTIONS")
    for key, value in read_options(p):
        note_option(walk, key, value)
        if key == "path" and value is None:
            walk.note("dynamic-path", key, None)
        elif key == "path" and value is not None:
            walk.path(value, write=write)
            if write:
                walk.use("CREATE", "PATH", value.rstrip("/"))


def _copied(p: Cursor, walk: Walk) -> None:
    """The source of CREATE TABLE LIKE and CLONE: read whole."""
    is_clone = p.up[p.i - 1] == "CLONE"
    if is_string(p.raw[p.i]):
        p.i += 1
        return
    node = read_relation(p)
    for relation in read_chained(walk, node, None):
        if is_clone:
            relation.touch_all()


def _create_policy(p: Cursor, walk: Walk) -> None:
    """`CREATE POLICY n ON SCHEMA c.s ROW FILTER f ...`: MANAGE on the scope, EXECUTE on the function."""
    p.name_part()
    _policy_scope(p, walk)
    while not p.at_end():
        if p.take("ROW", "FILTER") or p.take("COLUMN", "MASK"):
            mask_function(p, walk)
        else:
            p.i += 1


def _policy_scope(p: Cursor, walk: Walk) -> None:
    p.need("ON")
    kind = read_kind(p) or "TABLE"
    if kind == "METASTORE":
        return
    act(p, walk, "MANAGE", kind)


def _create_flow(p: Cursor, walk: Walk) -> None:
    p.name_part()
    rest_is_flow(p, walk)


def rest_is_flow(p: Cursor, walk: Walk) -> None:
    """A pipeline's flow: it writes its target and reads its source when the pipeline runs."""
    start = p.i
    walk.note("pipeline-flow", p.text(start, min(p.end, start + 30)), names_in(p, walk, start, end_of(p)))
    to_end(p)
