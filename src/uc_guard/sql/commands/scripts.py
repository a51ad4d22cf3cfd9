"""Reads SQL scripting: blocks, conditions, loops, handlers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from uc_guard.sql.commands.targets import rest_is_plain, to_end
from uc_guard.sql.grammar.cursor import Cursor, is_name
from uc_guard.sql.grammar.expressions import read_expression
from uc_guard.sql.grammar.queries import read_query
from uc_guard.sql.grammar.tokens import identifier
from uc_guard.sql.resolve.columns import resolve
from uc_guard.sql.resolve.queries import resolve_query
from uc_guard.sql.resolve.scope import Scope
from uc_guard.sql.resolve.session import Session

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
    _branches(p, walk, frozenset({"ELSEIF", "ELSE", "END"}))
    p.need("IF")


def _case(p: Cursor, walk: Walk) -> None:
    p.need("CASE")
    if p.up[p.i] != "WHEN":
        _condition(p, walk)
    p.need("WHEN")
    _condition(p, walk)
    p.need("THEN")
    _branches(p, walk, frozenset({"WHEN", "ELSE", "END"}))
    p.need("CASE")


def _branches(p: Cursor, walk: Walk, stops: frozenset[str]) -> None:
    """Run each branch from the same state; what they leave differently is not known afterwards."""
    before = _state(p, walk)
    left: list[State] = []
    stop = ""
    has_else = False
    while stop != "END":
        stop = _run_body(p, walk, stops)
        left.append(_state(p, walk))
        _restore(p, walk, before)
        has_else = has_else or stop == "ELSE"
        if stop in {"ELSEIF", "WHEN"}:
            _condition(p, walk)
            p.need("THEN")
    for state in left if has_else else [before, *left]:
        _merge(p, walk, state, first=state is left[0] and has_else)


State = tuple[dict[str, str | None], Session]


def _state(p: Cursor, walk: Walk) -> State:
    return dict(p.constants), walk.session


def _restore(p: Cursor, walk: Walk, state: State) -> None:
    p.constants.clear()
    p.constants.update(state[0])
    walk.session = state[1]


def _merge(p: Cursor, walk: Walk, state: State, *, first: bool) -> None:
    """Join another way in which the session may stand here."""
    if first:
        _restore(p, walk, state)
        return
    constants, other = state
    mine = walk.session
    for name in {*constants, *p.constants}:
        if constants.get(name) != p.constants.get(name):
            p.constants[name] = None
    variables = {**mine.variables, **other.variables}
    walk.session = replace(
        mine,
        catalog=mine.catalog if mine.catalog == other.catalog else None,
        schema=mine.schema if mine.schema == other.schema else None,
        temp_views={**mine.temp_views, **other.temp_views},
        variables={name: p.constants.get(name) for name in variables},
        temp_functions=mine.temp_functions | other.temp_functions,
        relations={**mine.relations, **other.relations},
        functions=mine.functions | other.functions,
    )


def _forget_assigned(p: Cursor, walk: Walk) -> None:
    """A loop's body also runs after itself: what the rest of the text assigns has no known value in it."""
    assigned = {
        identifier(p.raw[i])
        for i in range(p.i, p.end)
        if p.up[i + 1] == "=" or p.up[i - 1] in {"INTO", "SET", "VAR", "VARIABLE", ",", "("}
        if is_name(p.raw[i])
    }
    for name in assigned & set(p.constants):
        p.constants[name] = None
    if "USE" in p.up[p.i : p.end]:
        walk.session = replace(walk.session, catalog=None, schema=None)


def _loop(p: Cursor, walk: Walk) -> None:
    p.need("LOOP")
    _forget_assigned(p, walk)
    _run_body(p, walk, _END)
    p.need("LOOP")
    _skip_label(p)


def _while(p: Cursor, walk: Walk) -> None:
    p.need("WHILE")
    _forget_assigned(p, walk)
    _condition(p, walk)
    p.need("DO")
    _run_body(p, walk, _END)
    p.need("WHILE")
    _skip_label(p)


def _repeat(p: Cursor, walk: Walk) -> None:
    p.need("REPEAT")
    _forget_assigned(p, walk)
    _run_body(p, walk, frozenset({"UNTIL"}))
    _condition(p, walk)
    p.need("END", "REPEAT")
    _skip_label(p)


def _for(p: Cursor, walk: Walk) -> None:
    """`FOR row AS query DO ... END FOR`: the row's columns can be named inside."""
    p.need("FOR")
    _forget_assigned(p, walk)
    names: list[str] = []
    if is_name(p.raw[p.i]) and p.up[p.i + 1] == "AS":
        names.append(p.name_part())
        p.i += 1
    start = p.i
    p.skip_until(frozenset({"DO"}))
    inner = p.inner(p.raw[start : p.i], p.constants)
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
    # it may run between any two statements, or never
    before = _state(p, walk)
    _forget_assigned(p, walk)
    walk.statement(p, walk, in_script=True)
    after = _state(p, walk)
    _restore(p, walk, before)
    _merge(p, walk, after, first=False)


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
