"""Reads the steps of pipe syntax."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uc_guard.sql.grammar.joins import read_extension
from uc_guard.sql.grammar.pieces import read_sort_items
from uc_guard.sql.grammar.relations import read_primary
from uc_guard.sql.grammar.selects import BY_WORDS, read_group, read_item, read_items, read_select
from uc_guard.sql.grammar.tree import Atoms, Item, Piped

if TYPE_CHECKING:
    from collections.abc import Callable

    from uc_guard.sql.grammar.cursor import Cursor

SET_WORDS = frozenset({"UNION", "EXCEPT", "INTERSECT", "MINUS"})


def read_pipe(p: Cursor, body: Callable[[Cursor], Any]) -> Piped:
    """Read one `|>` step; `body` reads a query body, for set operations."""
    p.i += 1
    word = p.up[p.i]
    if word in SET_WORDS:
        p.i += 1
        return Piped(word, _pipe_set_operation(p, body))
    reader = _PIPES.get(word)
    if reader is not None:
        p.i += 1
        return Piped(word, reader(p))
    if word in BY_WORDS and p.up[p.i + 1] == "BY":
        p.i += 2
        atoms: Atoms = []
        read_sort_items(p, atoms)
        return Piped("ORDER", atoms)
    if extension := read_extension(p, read_primary):
        return Piped("JOIN", extension)
    return p.fail()


def _pipe_select(p: Cursor) -> Any:  # noqa: ANN401
    p.i -= 1
    select = read_select(p)
    if select.source or select.where or select.group:
        p.fail()
    return select


def _pipe_expression(p: Cursor) -> Atoms:
    atoms: Atoms = []
    p.expression(atoms)
    return atoms


def _pipe_set(p: Cursor) -> list[tuple[tuple[str, ...], Atoms]]:
    changes: list[tuple[tuple[str, ...], Atoms]] = []
    while True:
        name = p.name_part()
        if p.up[p.i] == ".":
            p.fail()
        p.need("=")
        changes.append(((name,), _pipe_expression(p)))
        if not p.take(","):
            return changes


def _pipe_names(p: Cursor) -> tuple[str, ...]:
    names = [p.name_part()]
    while p.take(","):
        names.append(p.name_part())
    return tuple(names)


def _pipe_aggregate(p: Cursor) -> tuple[list[Item], list[Item]]:
    items: list[Item] = []
    group: list[Item] = []
    if not (p.up[p.i] == "GROUP" and p.up[p.i + 1] == "BY"):
        items = read_items(p)
    if p.take("GROUP", "BY"):
        while True:
            start = p.i
            if p.up[p.i] in {"ROLLUP", "CUBE"} or (p.up[p.i] == "GROUPING" and p.up[p.i + 1] == "SETS"):
                atoms: Atoms = []
                read_group(p, atoms)
                group.extend(Item([a], (a[-1],) if type(a) is tuple else None) for a in atoms)
            else:
                group.append(read_item(p))
            if p.i == start or not p.take(","):
                break
        if p.up[p.i] == "WITH" and p.up[p.i + 1] in {"ROLLUP", "CUBE"}:
            p.i += 2
    return items, group


def _pipe_set_operation(p: Cursor, body: Callable[[Cursor], Any]) -> list[Any]:
    p.take_any({"ALL", "DISTINCT"})
    p.take("BY", "NAME")
    bodies = [body(p)]
    while p.take(","):
        bodies.append(body(p))
    return bodies


def _pipe_sample(p: Cursor) -> None:
    p.take_any({"SYSTEM", "BERNOULLI"})
    p.skip_parens()
    if p.take("REPEATABLE"):
        p.skip_parens()


_PIPES: dict[str, Callable[[Cursor], Any]] = {
    "SELECT": _pipe_select,
    "EXTEND": read_items,
    "SET": _pipe_set,
    "DROP": _pipe_names,
    "AS": lambda p: p.name_part(),
    "WHERE": _pipe_expression,
    "LIMIT": lambda p: [] if p.take("ALL") else _pipe_expression(p),
    "OFFSET": _pipe_expression,
    "AGGREGATE": _pipe_aggregate,
    "DISTINCT": lambda _: None,
    "TABLESAMPLE": _pipe_sample,
}
