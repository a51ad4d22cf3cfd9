"""Reads and notes the securables that a command names outside any query."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from uc_guard.model.name import join_name
from uc_guard.sql.grammar.constants import chain_of
from uc_guard.sql.grammar.cursor import is_name
from uc_guard.sql.grammar.functions import FILE_FORMATS
from uc_guard.sql.grammar.pieces import STARTS_QUERY, is_query_start, read_object_name
from uc_guard.sql.grammar.queries import new_cursor
from uc_guard.sql.grammar.tokens import identifier, is_string, string_value
from uc_guard.sql.resolve.scope import Relation

if TYPE_CHECKING:
    from uc_guard.sql.grammar.cursor import Cursor
    from uc_guard.sql.grammar.tree import Chain
    from uc_guard.sql.resolve.walk import Walk

_LONGEST_NAME = 800
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
        return p.string()
    if p.up[p.i] in FILE_FORMATS and p.up[p.i + 1] == "." and p.raw[p.i + 2][:1] == "`":
        path = p.raw[p.i + 2][1:-1].replace("``", "`")
        p.i += 3
        return path
    return None


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


def full_name(walk: Walk, name: Chain, kind: str) -> str | None:
    """Give the full name of a securable of some type."""
    if kind in {"TABLE", "VIEW", "FUNCTION", "VOLUME", "PROCEDURE", "MODEL", "REGISTERED_MODEL"}:
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


def to_end(p: Cursor) -> None:
    """Step to the end of the statement."""
    while not p.at_end():
        p.i += 1


def names_in(p: Cursor, walk: Walk, start: int, end: int | None = None) -> tuple[str, ...]:
    """Give the securables of the catalog that the names and strings among these tokens could mean."""
    found: set[str] = set()
    raw = p.raw
    i, stop = start, min(p.end, p.end if end is None else end)
    while i < stop:
        chain: Chain | None = None
        if is_string(raw[i]):
            chain = chain_of(string_value(raw[i])) if len(raw[i]) < _LONGEST_NAME else None
        elif is_name(raw[i]):
            parts = [identifier(raw[i])]
            while raw[i + 1] == "." and is_name(raw[i + 2]):
                parts.append(identifier(raw[i + 2]))
                i += 2
            chain = tuple(parts)
        for size in range(1, min(len(chain or ()), 3) + 1):
            full = walk.full((chain or ())[:size])
            if full and _is_known(walk, full):
                found.add(full)
        i += 1
    return tuple(found)


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


def names_in_text(walk: Walk, text: str) -> tuple[str, ...]:
    """Give the securables of the catalog that a text which is no SQL could mean."""
    p = new_cursor(_WORDS.findall(text))
    return names_in(p, walk, 0)
