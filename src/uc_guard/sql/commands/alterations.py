"""Reads ALTER, DROP, UNDROP and COMMENT of anything."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from uc_guard.model.name import join_name, split_name
from uc_guard.sql.commands.kinds import read_kind
from uc_guard.sql.commands.targets import (
    act,
    act_on,
    end_of,
    forget_columns,
    mask_function,
    names_in,
    read_name,
    rest_is_plain,
    take_storage,
    take_yaml,
    to_end,
)
from uc_guard.sql.grammar.aliases import is_location
from uc_guard.sql.grammar.cursor import Cursor, is_name
from uc_guard.sql.grammar.pieces import is_query_start, read_object_name
from uc_guard.sql.grammar.queries import read_query
from uc_guard.sql.resolve.queries import resolve_query

if TYPE_CHECKING:
    from uc_guard.sql.resolve.walk import Walk

_OF_TAGS = frozenset({("SET", "TAGS"), ("SET", "TAG"), ("UNSET", "TAGS"), ("UNSET", "TAG")})
"""Words of what asks for no more than APPLY TAG."""
_OF_OWNERS = frozenset({
    ("SET", "OWNER"), ("OWNER", "TO"), ("ROW", "FILTER"), ("SET", "MASK"), ("DROP", "MASK"), ("RENAME", "TO"),
    ("ADD", "CONSTRAINT"), ("DROP", "CONSTRAINT"), ("SET", "MANAGED"),
})  # fmt: skip
"""Words of what MODIFY lets nobody change: whose a table is, its name, its guards."""
_COLUMN_WORDS = frozenset({"COLUMN", "COLUMNS", "CHANGE"})
_BEFORE_COLUMN = frozenset({"(", ",", "<", "COLUMN", "CHANGE", "AFTER", "TO", "MASK", "."})


def read_alter(p: Cursor, walk: Walk) -> None:
    """`ALTER ...` of anything."""
    p.need("ALTER")
    kind = read_kind(p)
    if kind is None:
        walk.note("unknown-statement", p.text(p.i - 1, p.i + 6), names_in(p, walk, p.i, end_of(p)))
        to_end(p)
        return
    if kind == "METASTORE":
        to_end(p)
        return
    if kind == "CATALOG" and p.up[p.i] in {"SET", "OWNER"} and p.up[p.i + 1] in {"OWNER", "TO", "TAGS"}:
        to_end(p)  # UC: without a name it is hive_metastore
        return
    words = set(pairwise(p.up[p.i : end_of(p)]))
    if not words.isdisjoint(_OF_TAGS):
        act(p, walk, "APPLY_TAG", kind)
        to_end(p)
        return
    is_for_owners = kind == "TABLE" and not words.isdisjoint(_OF_OWNERS) and ("RENAME", "COLUMN") not in words
    full = act(p, walk, "MANAGE" if is_for_owners else "ALTER", kind)
    if kind == "VIEW" and _redefined(p, walk):
        forget_columns(walk, full)
        return
    start = p.i
    while not p.at_end():
        _alter_clause(p, walk, kind, full)
    if kind == "TABLE" and not _COLUMN_WORDS.isdisjoint(p.up[start : p.i]):
        forget_columns(walk, full)


def _redefined(p: Cursor, walk: Walk) -> bool:
    """`ALTER VIEW v AS query`, or `AS $$ yaml $$` of a metric view; False where it is something else."""
    if p.up[p.i : p.i + 2] == ["WITH", "SCHEMA"] and p.up[p.i + 2] not in {"AS", "("}:
        return False
    start = p.i
    p.take("AS")
    if is_query_start(p, p.i) or p.up[p.i] == "(":
        resolve_query(walk, read_query(p), None)
    elif p.i == start or not take_yaml(p, walk):
        p.i = start
        return False
    return True


def _alter_clause(p: Cursor, walk: Walk, kind: str, full: str | None) -> None:
    word = p.up[p.i]
    if is_location(p):
        take_storage(p, walk)
    elif _is_guard(p, kind):
        p.i += 1
        if p.at_name():
            mask_function(p, walk)
    elif word == "ADD" and kind == "SHARE":
        p.i += 1
        _shared(p, walk)
    elif word == "TO" and p.up[p.i - 1] == "RENAME" and is_name(p.raw[p.i + 1]) and full:
        p.i += 1
        _renamed(p, walk, kind, full)
    elif word == "SELECT":
        rest_is_plain(p, walk)
    elif kind == "EXTERNAL_LOCATION" and p.take("STORAGE", "CREDENTIAL"):
        act(p, walk, "CREATE_EXTERNAL_LOCATION", "STORAGE_CREDENTIAL")
    else:
        p.i += 1


def _is_guard(p: Cursor, kind: str) -> bool:
    """Tell whether `MASK f` or `ROW FILTER f` stands here, and not a column or a field called so."""
    word, before = p.up[p.i], p.up[p.i - 1]
    if word == "FILTER":
        return before == "ROW" and is_name(p.raw[p.i + 1])
    if word != "MASK" or before == "SET":
        return word == "MASK"
    is_column = before in _BEFORE_COLUMN or p.up[p.i - 2] in {"COLUMN", "CHANGE"} or p.up[p.i + 1] == "TO"
    return kind == "TABLE" and is_name(p.raw[p.i + 1]) and not is_column


def _shared(p: Cursor, walk: Walk) -> None:
    """`ALTER SHARE s ADD TABLE t`, in which TABLE can be left out."""
    kind = read_kind(p) or "TABLE"
    if not p.at_name():
        return
    # UC: who owns the share must be able to read what is in it, for as long as it is in it.
    act(p, walk, "SHARE", kind)


def _renamed(p: Cursor, walk: Walk, kind: str, full: str) -> None:
    """The new name of a table, view or volume: it is made in a schema, which may be another one."""
    if p.up[p.i : p.i + 2] == ["PARTITION", "("]:
        return
    name, unknown = read_object_name(p)
    relations = walk.session.relations
    if kind in {"TABLE", "VIEW", "VOLUME"} and not unknown:
        new = walk.full(name) or join_name((*split_name(full)[:-1], name[-1]))
        walk.use("CREATE", _kind(walk, kind, full), new)
        relations = relations if kind == "VOLUME" else {**relations, new: relations.get(full)}
    walk.session = replace(walk.session, relations={**relations, full: None})


def _kind(walk: Walk, kind: str, full: str) -> str:
    return (walk.catalog.kind(full) or kind) if kind in {"TABLE", "VIEW"} else kind


def read_tag(p: Cursor, walk: Walk) -> None:
    """`SET TAG ON TABLE t a = b`, `UNSET TAG ON COLUMN t.c a`."""
    p.i += 1
    p.need("TAG", "ON")
    if p.take("COLUMN"):
        name = read_name(p, walk)
        if name and len(name) > 1:
            act_on(walk, name[:-1], "APPLY_TAG", "TABLE")
    else:
        act(p, walk, "APPLY_TAG", read_kind(p) or "TABLE")
    to_end(p)


def read_drop(p: Cursor, walk: Walk) -> None:
    """`DROP ...` and `UNDROP ...` of anything."""
    word = p.up[p.i]
    p.i += 1
    temporary = bool(p.take_any({"TEMP", "TEMPORARY"}))
    kind = read_kind(p)
    if kind is None:
        walk.note("unknown-statement", p.text(p.i - 1, p.i + 6), names_in(p, walk, p.i, end_of(p)))
        to_end(p)
        return
    p.take("IF", "EXISTS")
    if kind in {"INDEX", "POLICY"}:
        if p.up[p.i] != "ON":
            p.name_part()
        p.need("ON")
        act(p, walk, "MANAGE", read_kind(p) or "TABLE")
        to_end(p)
        return
    if temporary or kind == "VARIABLE":
        _drop_temporary(p, walk, kind)
    elif p.take("WITH", "ID"):
        walk.note("dynamic-name", p.text(p.i, p.i + 1), None)  # of something dropped, which no listing has
        p.string()
    elif word == "UNDROP":
        _undrop(p, walk, kind)
    else:
        _drop_named(p, walk, kind)
    to_end(p)


def _undrop(p: Cursor, walk: Walk, kind: str) -> None:
    """UC: whoever brings something back must be able to make it, and to manage it."""
    name = read_name(p, walk)
    if name:
        act_on(walk, name, "MANAGE", kind)
        act_on(walk, name, "CREATE", kind)


def _drop_named(p: Cursor, walk: Walk, kind: str) -> None:
    start = p.i
    name = read_name(p, walk)
    if name is None:
        return
    session = walk.session
    if kind in {"VIEW", "TABLE"} and name[:-1] in {(), ("session",)} and name[-1] in session.temp_views:
        views = {key: view for key, view in session.temp_views.items() if key != name[-1]}
        walk.session = replace(session, temp_views=views)
        walk.views.pop(name[-1], None)
        return
    p.i = start
    full = act(p, walk, "DROP", kind)
    if full is not None and full in session.relations:
        relations = {key: columns for key, columns in session.relations.items() if key != full}
        walk.session = replace(walk.session, relations=relations)


def _drop_temporary(p: Cursor, walk: Walk, kind: str) -> None:
    name = read_name(p, walk)
    if name is None:
        return
    session = walk.session
    if kind == "VARIABLE":
        kept = {key: value for key, value in session.variables.items() if key != name[-1]}
        walk.session = replace(session, variables=kept)
    elif kind == "FUNCTION":
        walk.session = replace(session, temp_functions=session.temp_functions - {name[-1]})
    else:
        views = {key: view for key, view in session.temp_views.items() if key != name[-1]}
        walk.session = replace(session, temp_views=views)


def read_comment(p: Cursor, walk: Walk) -> None:
    """`COMMENT ON TABLE t IS '...'`."""
    p.need("COMMENT", "ON")
    if p.take("COLUMN"):
        name = read_name(p, walk)
        if name and len(name) > 1:
            act_on(walk, name[:-1], "ALTER", "TABLE")
    else:
        act(p, walk, "ALTER", read_kind(p) or "TABLE")
    to_end(p)


def read_sync(p: Cursor, walk: Walk) -> None:
    """`SYNC TABLE c.s.t FROM hive_metastore.s.t`, `SYNC SCHEMA c.s FROM hive_metastore.s`: tables are made anew."""
    p.need("SYNC")
    kind = read_kind(p)
    name = read_name(p, walk)
    p.need("FROM")
    start = p.i
    if name and kind == "TABLE":
        act_on(walk, name, "CREATE", "TABLE")
        act(p, walk, "METADATA", "TABLE")
    elif name and kind == "SCHEMA":
        read_name(p, walk)
        walk.note("unknown-statement", p.text(start, p.i), (walk.full_schema(name),))
    else:
        p.fail()
    to_end(p)
