"""Reads SQL scripting: blocks, conditions, loops, handlers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.sql.commands.targets import (
    rest_is_plain,
    to_end,
)
from uc_guard.sql.grammar.cursor import Cursor, is_name
from uc_guard.sql.grammar.expressions import read_expression
from uc_guard.sql.grammar.queries import new_cursor, read_query
from uc_guard.sql.resolve.columns import resolve
from uc_guard.sql.resolve.queries import resolve_query
from uc_guard.sql.resolve.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from uc_guard.sql.grammar.tree import Atoms
    from uc_guard.sql.resolve.walk import Walk

_BLOCK_STARTS = frozenset({"BEGIN", "LOOP", "WHILE", "FOR", "REPEAT"})


def read_begin(p: Cursor, walk: Walk) -> None:
    """`BEGIN ... END`, or the begin of a transaction."""
    if p.up[p.i + 1] in {"", ";", "TRANSACTION", "WORK", "TRAN"}:
        p.i += 1
        to_end(p)
        return
    kept, known = dict(walk.local), dict(p.constants)
    read_block(p, walk)
    walk.local = kept
    for name in set(p.constants) - set(known):
        del p.constants[name]


def is_labelled(p: Cursor) -> bool:
    """Tell whether `label: BEGIN`, or another labelled block, stands here."""
    return p.up[p.i + 1] == ":" and p.up[p.i + 2] in _BLOCK_STARTS and is_name(p.raw[p.i])


def read_block(p: Cursor, walk: Walk) -> bool:
    """Read one scripting construct when it stands here."""
    if is_labelled(p):
        walk.local[p.raw[p.i].lower()] = None
        p.i += 2
    word = p.up[p.i]
    reader = BLOCKS.get(word)
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
        walk.statement(p, walk, in_script=True)


_END = frozenset({"END"})


def _compound(p: Cursor, walk: Walk) -> None:
    p.need("BEGIN")
    if not p.take("NOT", "ATOMIC"):
        p.take("ATOMIC")
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


def read_handler(p: Cursor, walk: Walk) -> None:
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
    walk.statement(p, walk, in_script=True)


def _signal(p: Cursor, walk: Walk) -> None:
    rest_is_plain(p, walk)


BLOCKS: dict[str, Callable[[Cursor, Walk], None]] = {
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
