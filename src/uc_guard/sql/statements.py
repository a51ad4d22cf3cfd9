"""Runs a text statement by statement: reads each, notes what it uses, and carries the session along."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from uc_guard.model.use import Extraction, Opaque
from uc_guard.sql import changes, definitions, inspections, state
from uc_guard.sql.cursor import Cursor, Misread, is_name
from uc_guard.sql.expressions import read_expression
from uc_guard.sql.names import fold_text
from uc_guard.sql.queries import new_cursor, read_ctes, read_query, read_query_after
from uc_guard.sql.resolve import derive_query, resolve, resolve_query
from uc_guard.sql.scope import Scope
from uc_guard.sql.targets import names_in, rest_is_plain, to_end
from uc_guard.sql.tokens import tokenize
from uc_guard.sql.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from uc_guard.sql.schema import Catalog
    from uc_guard.sql.session import Session
    from uc_guard.sql.tree import Atoms

# Frames that nested text may need; our readers are plain Python and take no C stack.
_DEEP = 60_000
_QUERY_STARTS = frozenset({"SELECT", "(", "VALUES", "TABLE", "MAP", "REDUCE"})
_BLOCK_STARTS = frozenset({"BEGIN", "LOOP", "WHILE", "FOR", "REPEAT"})


def run_text(
    catalog: Catalog, session: Session, text: str | None, parameters: Mapping[str, Any]
) -> tuple[Extraction, Session]:
    """Give what a text uses in a session, and the session as the text leaves it."""
    if text is None:
        return Extraction((), (Opaque("no-text", "", None),)), session
    tokens = tokenize(text)
    if tokens is None:
        return Extraction((), (Opaque("syntax", text[:200], _names_in_text(catalog, session, text)),)), session
    try:
        return _run(catalog, session, tokens, parameters)
    except RecursionError:
        return _run_deep(catalog, session, tokens, parameters)


def _run(
    catalog: Catalog, session: Session, tokens: list[str], parameters: Mapping[str, Any]
) -> tuple[Extraction, Session]:
    walk = Walk(catalog, session, derive_query)
    p = new_cursor(tokens, {**session.variables, **_constants(parameters)})
    run_statements(p, walk)
    return Extraction(walk.uses(), tuple(walk.opaque.values())), walk.session


def _run_deep(
    catalog: Catalog, session: Session, tokens: list[str], parameters: Mapping[str, Any]
) -> tuple[Extraction, Session]:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _DEEP))
    try:
        return _run(catalog, session, tokens, parameters)
    except RecursionError:
        near = " ".join(tokens[:40])[:200]
        return Extraction((), (Opaque("too-deep", near, _names_in_text(catalog, session, " ".join(tokens))),)), session
    finally:
        sys.setrecursionlimit(limit)


def _constants(parameters: Mapping[str, Any]) -> dict[str, str | None]:
    """Give parameter values by marker: `:name`, `?1`."""
    found: dict[str, str | None] = {}
    for place, (name, value) in enumerate(parameters.items(), 1):
        text = value if isinstance(value, str) else None
        found[f":{str(name).lower()}"] = text
        found[f"?{place}"] = text
    return found


def _names_in_text(catalog: Catalog, session: Session, text: str) -> tuple[str, ...]:
    p = new_cursor(re.findall(r"`[^`]*`|\w+|\S", text))
    return tuple(sorted(names_in(p, Walk(catalog, session, derive_query), 0)))


# ---- statements


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
        if in_script and p.up[start] in _BLOCKS:
            raise  # the block is broken, and so is all that stands around it
        p.i = start
        to_end(p) if in_script or p.up[start] != "BEGIN" else _to_text_end(p)
        is_sql = p.up[start] in _READERS or p.up[start] in _QUERY_STARTS
        walk.note(misread.reason, misread.near or p.text(start), names_in(p, walk, start, p.i) if is_sql else None)


def _to_text_end(p: Cursor) -> None:
    p.i = p.end


def _read_statement(p: Cursor, walk: Walk, *, in_script: bool) -> None:
    word = p.up[p.i]
    if word in _QUERY_STARTS:
        resolve_query(walk, read_query(p), None)
        return
    if in_script and _read_block(p, walk):
        return
    if word == "SET":
        state.read_set(p, walk, in_script=in_script)
    elif word == "DECLARE":
        if in_script and p.up[p.i + 1] in {"CONTINUE", "EXIT", "UNDO"} and p.up[p.i + 2] == "HANDLER":
            _read_handler(p, walk)
        else:
            state.read_declare(p, walk, in_script=in_script)
    else:
        reader = _READERS.get(word)
        if reader is None:
            p.fail()
        reader(p, walk)


def _read_with(p: Cursor, walk: Walk) -> None:
    recursive, ctes = read_ctes(p)
    reader = _WITH_CTES.get(p.up[p.i])
    if reader is not None:
        reader(p, walk, ctes, recursive=recursive)
    else:
        resolve_query(walk, read_query_after(p, ctes, recursive=recursive), None)


def _read_from(p: Cursor, walk: Walk) -> None:
    if not changes.read_multi_insert(p, walk):
        resolve_query(walk, read_query(p), None)


def _read_explain(p: Cursor, walk: Walk) -> None:
    inspections.read_explain(p, walk)
    session = walk.session
    _read_statement(p, walk, in_script=False)
    walk.session = session


def _read_execute_immediate(p: Cursor, walk: Walk) -> None:
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
        walk.note("syntax", text, _names_in_text(walk.catalog, walk.session, text))
        return
    run_statements(new_cursor(tokens, {**p.constants, **arguments}), walk)


def _read_using(p: Cursor, walk: Walk) -> dict[str, str | None]:
    """Read the arguments of EXECUTE IMMEDIATE; give those that are constant texts by marker."""
    found: dict[str, str | None] = {}
    in_parens = p.take("(")
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


def _read_begin(p: Cursor, walk: Walk) -> None:
    """`BEGIN ... END`, or the begin of a transaction."""
    if p.up[p.i + 1] in {"", ";", "TRANSACTION", "WORK", "TRAN"}:
        p.i += 1
        to_end(p)
        return
    kept, known = dict(walk.local), dict(p.constants)
    _read_block(p, walk)
    walk.local = kept
    for name in set(p.constants) - set(known):
        del p.constants[name]


# ---- scripting


def _read_block(p: Cursor, walk: Walk) -> bool:
    """Read one scripting construct when it stands here."""
    if is_name(p.raw[p.i]) and p.up[p.i + 1] == ":" and p.up[p.i + 2] in _BLOCK_STARTS:
        walk.local[p.raw[p.i].lower()] = None
        p.i += 2
    word = p.up[p.i]
    reader = _BLOCKS.get(word)
    if reader is None or (word == "CASE" and p.up[p.i + 1] in {".", "="}):
        return False
    reader(p, walk)
    return True


def _run_body(p: Cursor, walk: Walk, stops: frozenset[str]) -> str:
    """Run statements up to one of these words; step over it."""
    while True:
        while p.take(";"):
            pass
        word = p.up[p.i]
        if word in stops:
            p.i += 1
            return word
        if p.i >= p.end:
            p.fail()
        run_statement(p, walk, in_script=True)


_END = frozenset({"END"})


def _compound(p: Cursor, walk: Walk) -> None:
    p.need("BEGIN")
    p.take("NOT", "ATOMIC") or p.take("ATOMIC")
    _run_body(p, walk, _END)
    if p.at_name():
        p.i += 1


def _condition(p: Cursor, walk: Walk) -> None:
    atoms: Atoms = []
    read_expression(p, atoms)
    resolve(walk, atoms, Scope([], None))


def _if(p: Cursor, walk: Walk) -> None:
    p.need("IF")
    _condition(p, walk)
    p.need("THEN")
    while True:
        stop = _run_body(p, walk, frozenset({"ELSEIF", "ELSE", "END"}))
        if stop == "END":
            break
        if stop == "ELSEIF":
            _condition(p, walk)
            p.need("THEN")
    p.need("IF")


def _case(p: Cursor, walk: Walk) -> None:
    p.need("CASE")
    if p.up[p.i] != "WHEN":
        _condition(p, walk)
    stop = ""
    p.need("WHEN")
    while stop != "END":
        if stop != "ELSE":
            _condition(p, walk)
            p.need("THEN")
        stop = _run_body(p, walk, frozenset({"WHEN", "ELSE", "END"}))
    p.need("CASE")


def _loop(p: Cursor, walk: Walk) -> None:
    p.need("LOOP")
    _run_body(p, walk, _END)
    p.need("LOOP")
    _skip_label(p)


def _while(p: Cursor, walk: Walk) -> None:
    p.need("WHILE")
    _condition(p, walk)
    p.need("DO")
    _run_body(p, walk, _END)
    p.need("WHILE")
    _skip_label(p)


def _repeat(p: Cursor, walk: Walk) -> None:
    p.need("REPEAT")
    _run_body(p, walk, frozenset({"UNTIL"}))
    _condition(p, walk)
    p.need("END", "REPEAT")
    _skip_label(p)


def _for(p: Cursor, walk: Walk) -> None:
    """`FOR row AS query DO ... END FOR`: the row's columns can be named inside."""
    p.need("FOR")
    names: list[str] = []
    if is_name(p.raw[p.i]) and p.up[p.i + 1] == "AS":
        names.append(p.name_part())
        p.i += 1
    start = p.i
    p.skip_until(frozenset({"DO"}))
    inner = new_cursor(p.raw[start : p.i], p.constants)
    query = read_query(inner)
    if inner.i != inner.end:
        p.fail()
    output = resolve_query(walk, query, None)
    kept = dict(walk.local)
    walk.local.update(dict.fromkeys([*names, *output.names]))
    p.need("DO")
    _run_body(p, walk, _END)
    p.need("FOR")
    _skip_label(p)
    walk.local = kept


def _skip_label(p: Cursor) -> None:
    if p.at_name():
        p.i += 1


def _leave(p: Cursor, _walk: Walk) -> None:
    p.i += 1
    p.name_part()


def _read_handler(p: Cursor, walk: Walk) -> None:
    """`DECLARE EXIT HANDLER FOR SQLEXCEPTION statement`."""
    p.i += 2
    p.need("HANDLER") if p.up[p.i] == "HANDLER" else None
    p.need("FOR")
    while True:
        if p.take("SQLSTATE"):
            p.take("VALUE")
            p.string()
        elif not p.take("NOT", "FOUND"):
            p.name_part()
        if not p.take(","):
            break
    run_statement(p, walk, in_script=True)


def _signal(p: Cursor, walk: Walk) -> None:
    rest_is_plain(p, walk)


_BLOCKS: dict[str, Callable[[Cursor, Walk], None]] = {
    "BEGIN": _compound,
    "IF": _if,
    "CASE": _case,
    "LOOP": _loop,
    "WHILE": _while,
    "REPEAT": _repeat,
    "FOR": _for,
    "LEAVE": _leave,
    "ITERATE": _leave,
    "SIGNAL": _signal,
    "RESIGNAL": _signal,
    "OPEN": _signal,
    "FETCH": _signal,
    "CLOSE": _signal,
    "GET": _signal,
    "RETURN": _signal,
}

_WITH_CTES = {
    "INSERT": changes.read_insert,
    "UPDATE": changes.read_update,
    "DELETE": changes.read_delete,
    "MERGE": changes.read_merge,
}


def _plain(p: Cursor, walk: Walk) -> None:
    """A statement that names no securable: COMMIT, RESET ..."""
    p.i += 1
    rest_is_plain(p, walk)


_READERS: dict[str, Callable[[Cursor, Walk], None]] = {
    "WITH": _read_with,
    "FROM": _read_from,
    "EXPLAIN": _read_explain,
    "EXECUTE": _read_execute_immediate,
    "BEGIN": _read_begin,
    "INSERT": changes.read_insert,
    "UPDATE": changes.read_update,
    "DELETE": changes.read_delete,
    "MERGE": changes.read_merge,
    "COPY": changes.read_copy_into,
    "LOAD": changes.read_load,
    "TRUNCATE": changes.read_truncate,
    "CREATE": definitions.read_create,
    "REPLACE": definitions.read_create,
    "ALTER": definitions.read_alter,
    "DROP": definitions.read_drop,
    "UNDROP": definitions.read_drop,
    "COMMENT": definitions.read_comment,
    "DESC": inspections.read_describe,
    "DESCRIBE": inspections.read_describe,
    "SHOW": inspections.read_show,
    "REFRESH": inspections.read_refresh,
    "CACHE": inspections.read_cache,
    "UNCACHE": inspections.read_cache,
    "CLEAR": inspections.read_cache,
    "OPTIMIZE": inspections.read_upkeep,
    "VACUUM": inspections.read_upkeep,
    "ANALYZE": inspections.read_upkeep,
    "RESTORE": inspections.read_upkeep,
    "REORG": inspections.read_upkeep,
    "FSCK": inspections.read_upkeep,
    "MSCK": inspections.read_upkeep,
    "REPAIR": inspections.read_upkeep,
    "GENERATE": inspections.read_upkeep,
    "CONVERT": inspections.read_upkeep,
    "LIST": inspections.read_files,
    "ADD": inspections.read_files,
    "GET": inspections.read_files,
    "PUT": inspections.read_files,
    "REMOVE": inspections.read_files,
    "CALL": inspections.read_call,
    "GRANT": inspections.read_grant,
    "REVOKE": inspections.read_grant,
    "DENY": inspections.read_grant,
    "USE": state.read_use,
    "SET": state.read_set,
    "DECLARE": state.read_declare,
    "RESET": _plain,
    "COMMIT": _plain,
    "ROLLBACK": _plain,
    "START": _plain,
}
