"""Reads any one statement: finds the reader of its family, and makes what cannot be read opaque."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.sql.commands import (
    access,
    alterations,
    changes,
    definitions,
    dynamic,
    files,
    inspections,
    scripts,
    state,
    upkeep,
)
from uc_guard.sql.commands.targets import (
    names_in,
    rest_is_plain,
    to_end,
)
from uc_guard.sql.grammar.cursor import DYNAMIC_NAME, Cursor, Misread
from uc_guard.sql.grammar.queries import read_ctes, read_query, read_query_after
from uc_guard.sql.resolve.queries import resolve_query

if TYPE_CHECKING:
    from collections.abc import Callable

    from uc_guard.sql.resolve.walk import Walk

_QUERY_STARTS = frozenset({"SELECT", "(", "VALUES", "TABLE", "MAP", "REDUCE"})


def run_statements(p: Cursor, walk: Walk) -> None:
    """Run every statement from here to the end of the text."""
    while p.i < p.end:
        if p.up[p.i] == ";":
            p.i += 1
        else:
            run_statement(p, walk)


def run_statement(p: Cursor, walk: Walk, *, in_script: bool = False) -> None:
    """Run one statement; one that cannot be read is noted with the names it could spell."""
    start = p.i
    try:
        _read_statement(p, walk, in_script=in_script)
        if not p.at_end():
            p.fail()
    except Misread as misread:
        if in_script and p.up[start] in scripts.BLOCKS:
            raise  # the block is broken, and so is all that stands around it
        p.i = start
        to_end(p) if in_script or not (p.up[start] == "BEGIN" or scripts.is_labelled(p)) else _to_text_end(p)
        is_sql = p.up[start] in _READERS or p.up[start] in _QUERY_STARTS
        is_spelled = is_sql and misread.reason != DYNAMIC_NAME
        walk.note(misread.reason, misread.near or p.text(start), names_in(p, walk, start, p.i) if is_spelled else None)


def _to_text_end(p: Cursor) -> None:
    p.i = p.end


def _read_statement(p: Cursor, walk: Walk, *, in_script: bool) -> None:
    word = p.up[p.i]
    if word in _QUERY_STARTS:
        resolve_query(walk, read_query(p), None)
        return
    if in_script and scripts.read_block(p, walk):
        return
    if scripts.is_labelled(p):
        scripts.read_begin(p, walk)
        return
    if word in {"SET", "UNSET"} and p.up[p.i + 1] == "TAG" and p.up[p.i + 2] == "ON":
        alterations.read_tag(p, walk)
    elif word == "SET":
        state.read_set(p, walk, in_script=in_script)
    elif word == "DECLARE":
        if in_script and p.up[p.i + 1] in {"CONTINUE", "EXIT", "UNDO"} and p.up[p.i + 2] == "HANDLER":
            scripts.read_handler(p, walk)
        else:
            state.read_declare(p, walk, in_script=in_script)
    else:
        reader = _READERS.get(word)
        if reader is None:
            p.fail()
        reader(p, walk)


def _read_with(p: Cursor, walk: Walk) -> None:
    recursive, ctes = read_ctes(p)
    if p.up[p.i] == "FROM" and changes.read_multi_insert(p, walk, ctes, recursive=recursive):
        return
    reader = _WITH_CTES.get(p.up[p.i])
    if reader is not None:
        reader(p, walk, ctes, recursive=recursive)
    else:
        resolve_query(walk, read_query_after(p, ctes, recursive=recursive), None)


def _read_from(p: Cursor, walk: Walk) -> None:
    if not changes.read_multi_insert(p, walk):
        resolve_query(walk, read_query(p), None)


def _read_explain(p: Cursor, walk: Walk) -> None:
    p.need("EXPLAIN")
    p.take_any({"EXTENDED", "CODEGEN", "COST", "FORMATTED", "LOGICAL", "ANALYZE"})
    session = walk.session
    _read_statement(p, walk, in_script=False)
    walk.session = session


def _plain(p: Cursor, walk: Walk) -> None:
    """A statement that names no securable: COMMIT, RESET ..."""
    p.i += 1
    rest_is_plain(p, walk)


_WITH_CTES = {
    "INSERT": changes.read_insert,
    "UPDATE": changes.read_update,
    "DELETE": changes.read_delete,
    "MERGE": changes.read_merge,
}
_READERS: dict[str, Callable[[Cursor, Walk], None]] = {
    "WITH": _read_with,
    "FROM": _read_from,
    "EXPLAIN": _read_explain,
    "EXECUTE": dynamic.read_execute_immediate,
    "BEGIN": scripts.read_begin,
    "INSERT": changes.read_insert,
    "UPDATE": changes.read_update,
    "DELETE": changes.read_delete,
    "MERGE": changes.read_merge,
    "COPY": files.read_copy_into,
    "LOAD": files.read_load,
    "TRUNCATE": upkeep.read_truncate,
    "CREATE": definitions.read_create,
    "REPLACE": definitions.read_create,
    "ALTER": alterations.read_alter,
    "DROP": alterations.read_drop,
    "UNDROP": alterations.read_drop,
    "COMMENT": alterations.read_comment,
    "DESC": inspections.read_describe,
    "DESCRIBE": inspections.read_describe,
    "SHOW": inspections.read_show,
    "REFRESH": upkeep.read_refresh,
    "CACHE": upkeep.read_cache,
    "UNCACHE": upkeep.read_cache,
    "CLEAR": upkeep.read_cache,
    "OPTIMIZE": upkeep.read_upkeep,
    "VACUUM": upkeep.read_upkeep,
    "ANALYZE": upkeep.read_upkeep,
    "RESTORE": upkeep.read_upkeep,
    "REORG": upkeep.read_upkeep,
    "FSCK": upkeep.read_upkeep,
    "MSCK": upkeep.read_upkeep,
    "REPAIR": upkeep.read_upkeep,
    "GENERATE": upkeep.read_upkeep,
    "CONVERT": upkeep.read_upkeep,
    "LIST": files.read_files,
    "ADD": files.read_files,
    "GET": files.read_files,
    "PUT": files.read_files,
    "REMOVE": files.read_files,
    "CALL": access.read_call,
    "SYNC": alterations.read_sync,
    "GRANT": access.read_grant,
    "REVOKE": access.read_grant,
    "DENY": access.read_grant,
    "USE": state.read_use,
    "SET": state.read_set,
    "DECLARE": state.read_declare,
    "RESET": _plain,
    "COMMIT": _plain,
    "ROLLBACK": _plain,
    "START": _plain,
}
