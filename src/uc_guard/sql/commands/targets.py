"""Reads and notes the securables that a command names outside any query."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from uc_guard.model.name import join_name
from uc_guard.sql.grammar.constants import chain_of, fold_text, is_literal
from uc_guard.sql.grammar.cursor import DYNAMIC_NAME, is_name
from uc_guard.sql.grammar.functions import ACCESS_OPTIONS, FILE_FORMATS, FILE_FUNCTIONS, TABLE_NAME_FUNCTIONS
from uc_guard.sql.grammar.pieces import STARTS_QUERY, is_query_start, read_object_name, read_quoted_path
from uc_guard.sql.grammar.queries import new_cursor
from uc_guard.sql.grammar.tokens import identifier, is_string, string_value
from uc_guard.sql.resolve.scope import Relation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uc_guard.sql.grammar.cursor import Cursor
    from uc_guard.sql.grammar.tree import Chain
    from uc_guard.sql.resolve.walk import Walk

_LONGEST_NAME = 800
_BEFORE_TABLES = frozenset({"FROM", "JOIN", "INTO", "UPDATE", "TABLE", "USING", "VIEW", "STREAM", "HISTORY", "DETAIL"})
_IN_SCHEMA = frozenset(
    {"TABLE", "VIEW", "MATERIALIZED_VIEW", "FUNCTION", "VOLUME", "PROCEDURE", "MODEL", "REGISTERED_MODEL"}
)
_NAMED_BEFORE = frozenset({"LOCATION", "FROM", "DIRECTORY", "INTO", "LIST"})
_NAMED_BY_TEXT = FILE_FUNCTIONS | TABLE_NAME_FUNCTIONS.keys() | {"identifier"}
_PATH = re.compile(r"(?:\w+:)?/\S")
_WORDS = re.compile(r"`[^`]*+`|\w++|\S")
_QUERY_WORDS = STARTS_QUERY - {"TABLE", "VALUES", "MAP", "REDUCE"}


def read_name(p: Cursor, walk: Walk) -> Chain | None:
    """Read the name of a securable; None (and a note) where it cannot be known."""
    name, unknown = read_object_name(p)
    if unknown:
        names = tuple(full for chain in unknown.names if (full := walk.full(chain)))
        walk.note(unknown.reason, unknown.text, names or None)
        return None
    return name


def read_path_name(p: Cursor) -> str | None:
    """Read ``delta.`/path` `` or a string that is a path; None where neither stands here."""
    if is_string(p.raw[p.i]):
        path = fold_text(p)
        return p.fail(DYNAMIC_NAME) if path is None else path
    return read_quoted_path(p)


def read_location(p: Cursor, walk: Walk) -> str | None:
    """Read `LOCATION 'path'`; None (and a note) where the path cannot be known."""
    start = p.i
    p.need("LOCATION")
    path = None if p.take("IDENTIFIER") else fold_text(p)
    if path is None:
        walk.note("dynamic-path", p.text(start, p.i + 6), None)
    return path


def read_options(p: Cursor) -> Iterator[tuple[str, str | None]]:
    """Read `(key 'text', 'key' = :p, ...)`: each key that has a text, and the text; None where it cannot be known."""
    p.need("(")
    while not p.take(")"):
        if p.up[p.i] == "(":
            p.skip_parens()
            continue
        key = p.raw[p.i].strip("'\"`").lower()
        p.i += 1
        p.take("=")
        if is_literal(p):
            yield key, fold_text(p)
        if p.at_end():
            p.fail()


def note_option(walk: Walk, key: str, value: str | None) -> None:
    """Note the credential or connection that an option names."""
    if key in ACCESS_OPTIONS:
        walk.use_named(*ACCESS_OPTIONS[key], value, key)


def take_yaml(p: Cursor, walk: Walk) -> bool:
    """Note the text of a metric view, in quotes or between `$$`; False where none stands here."""
    if p.raw[p.i][:1] not in {"$", "'", '"'}:
        return False
    walk.note("metric-view", p.text(p.i, p.i + 1), None)
    to_end(p)
    return True


def forget_columns(walk: Walk, full: str | None) -> None:
    """Forget the columns of a table that this session has made, for they are others now."""
    relations = walk.session.relations
    if full is not None and relations.get(full) is not None:
        walk.session = replace(walk.session, relations={**relations, full: None})


def take_storage(p: Cursor, walk: Walk) -> None:
    """Read `LOCATION 'path'` of something that is made: it takes the path for itself, and writes there."""
    path = read_location(p, walk)
    if path is not None:
        walk.path(path, write=True)
        walk.use("CREATE", "PATH", path.rstrip("/"))


def note_access(p: Cursor, walk: Walk) -> None:
    """Note by what the platform gets at files: `WITH (CREDENTIAL c)`, `('databricks.connection' = 'c')`."""
    if is_string(p.raw[p.i]) and p.up[p.i + 1] == "=" and is_string(p.raw[p.i + 2]):
        key = p.string().lower()
        p.i += 1
        note_option(walk, key, p.string())
        return
    if p.up[p.i] == "CREDENTIAL" and p.up[p.i - 1] == "(" and is_name(p.raw[p.i + 1]):
        p.i += 1
        act(p, walk, "USE", "STORAGE_CREDENTIAL")


def write_target(p: Cursor, walk: Walk) -> Relation | None:
    """Read the target of a write and note MODIFY on it; give it as a relation whose reads are not noted yet."""
    path = read_path_name(p)
    if path is not None:
        walk.path(path, write=True)
        return Relation((), {}, is_open=True)
    name = read_name(p, walk)
    return modify(walk, name) if name else Relation((), {}, is_open=True)


def modify(walk: Walk, name: Chain) -> Relation:
    """Note MODIFY on a table; give it as a relation whose reads are not noted yet."""
    view = walk.session.temp_views.get(name[-1])
    if view is not None and name[:-1] in {(), ("session",)}:
        return Relation((name[-1],), dict.fromkeys(view.columns or ()), is_open=view.columns is None)
    relation = walk.base(name, set())
    full = walk.full(name)
    if relation.read is None or full is None:
        walk.written = None
        return relation
    walk.written = full
    walk.use("MODIFY", walk.catalog.kind(full) or "TABLE", full)
    return relation


def act(p: Cursor, walk: Walk, action: str, kind: str) -> str | None:
    """Read a name and note an action that is no data access on it; give its full name."""
    path = read_path_name(p)
    if path is not None:
        walk.path(path, write=action != "METADATA")
        return None
    name = read_name(p, walk)
    if name is None:
        return None
    return act_on(walk, name, action, kind)


def act_on(walk: Walk, name: Chain, action: str, kind: str) -> str | None:
    """Note an action that is no data access on a name."""
    full = full_name(walk, name, kind)
    if full is None:
        walk.note("no-namespace", ".".join(name), walk.catalog.ending_with(name) or None)
        return None
    if len(name) == 1 and name[0] in walk.session.temp_views and kind in {"TABLE", "VIEW"}:
        return full
    if kind in {"TABLE", "VIEW"}:
        kind = walk.catalog.kind(full) or kind
    walk.use(action, kind, full)
    return full


def enter(walk: Walk, name: Chain | None, kind: str) -> None:
    """Note that a catalog or schema is made the current one, or what is in it listed, where its name is known."""
    full = full_name(walk, name, kind) if name else None
    if full is not None:
        walk.use("METADATA", kind, full)


def full_name(walk: Walk, name: Chain, kind: str) -> str | None:
    """Give the full name of a securable of some type."""
    if kind in _IN_SCHEMA:
        return walk.full(name)
    if kind == "SCHEMA" and len(name) == 1:
        full = walk.full_schema(name)
        return None if walk.session.catalog is None else full
    return join_name(name)


def rest_is_plain(p: Cursor, walk: Walk) -> None:
    """Step to the end of a command whose remaining words name nothing; a query among them is noted, never dropped."""
    start = p.i
    while not p.at_end():
        word = p.up[p.i]
        if word in _QUERY_WORDS and (word == "SELECT" or (p.up[p.i - 1] == "(" and is_query_start(p, p.i))):
            walk.note("unread-query", p.text(start, p.end), names_in(p, walk, start))
            break
        p.i += 1
    to_end(p)


def rest_of_files(p: Cursor, walk: Walk) -> None:
    """Step to the end of a command on files, which may name a credential or a connection."""
    while not p.at_end():
        note_access(p, walk)
        p.i += 1


def to_end(p: Cursor) -> None:
    """Step to the end of the statement."""
    while not p.at_end():
        p.i += 1


def names_in(p: Cursor, walk: Walk, start: int, end: int | None = None) -> tuple[str, ...] | None:
    """Give the securables that the names and strings among these tokens could mean; None where that is any.

    Those of the catalog, and paths; where a table has to stand, also one that the catalog lacks.
    """
    stop = min(p.end, p.end if end is None else end)
    found: set[str] = set()
    own = {identifier(p.raw[i]) for i in range(start, stop) if p.up[i + 1 : i + 3] == ["AS", "("] and p.raw[i]}
    if any(_is_put_together(p, i) for i in range(start, stop)):
        return None
    for chain, is_table in _spelled(p, start, stop, found):
        sizes = range(1, min(len(chain), 3) + 1)
        listed = {name for size in sizes for name in _listed(walk, chain[:size])}
        found |= listed
        if is_table and not (len(chain) == 1 and chain[0] in own):
            full = walk.full(chain[:3])
            if full is not None:
                found.add(full)
            elif not listed:
                return None
    return tuple(found)


def _is_put_together(p: Cursor, at: int) -> bool:
    """Tell whether something starts here whose words do not spell what it names: a name, a path, a statement."""
    word, after = p.up[at], p.up[at + 1]
    if word == "EXECUTE":
        return after == "IMMEDIATE"
    if word in _NAMED_BEFORE:
        return after in {":", "?"}
    if after != "(" or word.lower() not in _NAMED_BY_TEXT:
        return False
    ends = {")"} if word == "IDENTIFIER" else {")", ","}
    is_whole = is_string(p.raw[at + 2]) and p.up[at + 3] in ends
    return not is_whole or (word == "IDENTIFIER" and (p.up[at + 4] == "." or (at > 0 and p.up[at - 1] == ".")))


def _spelled(p: Cursor, start: int, stop: int, paths: set[str]) -> Iterator[tuple[Chain, bool]]:
    """Give the names among tokens, and whether each stands where a table has to; put the paths among the paths."""
    raw, i = p.raw, start
    while i < stop:
        if is_string(raw[i]):
            text = string_value(raw[i]) if len(raw[i]) < _LONGEST_NAME else ""
            if _PATH.match(text):
                paths.add(text.rstrip("/"))
            elif chain := chain_of(text):
                yield chain, False
        elif p.up[i] in FILE_FORMATS and raw[i + 1] == "." and raw[i + 2][:1] == "`":
            paths.add(raw[i + 2][1:-1].replace("``", "`").rstrip("/"))
            i += 2
        elif is_name(raw[i]):
            before, parts = p.up[i - 1] if i else "", [identifier(raw[i])]
            if before == "(" and i > 1 and p.up[i - 2] == "STREAM":
                before = "STREAM"
            while raw[i + 1] == "." and is_name(raw[i + 2]):
                parts.append(identifier(raw[i + 2]))
                i += 2
            is_function = raw[i + 1] == "(" and before in {"FROM", "JOIN"}
            yield tuple(parts), before in _BEFORE_TABLES and not is_function
        i += 1


def _listed(walk: Walk, chain: Chain) -> tuple[str, ...]:
    full = walk.full(chain)
    if full is None:
        return walk.catalog.ending_with(chain)
    return (full,) if _is_known(walk, full) else ()


def _is_known(walk: Walk, full: str) -> bool:
    catalog = walk.catalog
    return (
        bool(catalog.kind(full)) or full in catalog.functions or full in catalog.procedures or full in catalog.volumes
    )


def mask_function(p: Cursor, walk: Walk) -> None:
    """The function of a mask or row filter: whoever sets it needs EXECUTE on it."""
    name = read_name(p, walk)
    if name:
        walk.execute(name)


def end_of(p: Cursor) -> int:
    """Give the place where the statement ends."""
    start = p.i
    to_end(p)
    end, p.i = p.i, start
    return end


def names_in_text(walk: Walk, text: str) -> tuple[str, ...] | None:
    """Give the securables of the catalog that a text which is no SQL could mean."""
    p = new_cursor(_WORDS.findall(text))
    return names_in(p, walk, 0)
