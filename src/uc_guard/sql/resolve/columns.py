"""Resolves what expressions name: columns, stars, functions, sub-queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uc_guard.sql.grammar.functions import KEYWORD_FUNCTIONS
from uc_guard.sql.grammar.tokens import LiteralMatters
from uc_guard.sql.grammar.tree import (
    Aggregate,
    Atoms,
    Call,
    Chain,
    Connection,
    Item,
    Lambda,
    Query,
    Star,
    TimeWindow,
    Unknown,
    WindowName,
)
from uc_guard.sql.resolve.scope import Relation, Scope, Target, is_unspelled, matching, touch

if TYPE_CHECKING:
    from collections.abc import Callable

    from uc_guard.sql.resolve.walk import Walk

# The key under which a derived relation says that it has columns whose names only Spark's pretty-printer knows.
UNNAMED = ""
Names = dict[str, Target]


class Output:
    """What a query gives: its columns, whether there may be more, and the scope its ordering sees.

    A name stands for nothing (None) once an expression has read it. `FROM t` and `TABLE t` have read nothing yet: their
    names still stand for columns, which are read where they are used.
    """

    __slots__ = ("is_open", "names", "scope")

    def __init__(self, names: Names, scope: Scope | None, *, is_open: bool = False) -> None:
        self.names = names
        self.scope = scope
        self.is_open = is_open

    def columns(self) -> tuple[str, ...] | None:
        """Give the names of its columns, in order; None where some are not known.

        Raises:
            LiteralMatters: where one is called like a literal of a template.
        """
        if self.is_open or UNNAMED in self.names:
            return None
        if is_unspelled(self.names):
            raise LiteralMatters
        return tuple(self.names)

    def touch_all(self) -> Output:
        """Mark every column that is not read yet."""
        for target in self.names.values():
            if target is not None:
                target[0].add(target[1])
        return self


def resolve(walk: Walk, atoms: Atoms, scope: Scope) -> None:
    """Resolve everything that an expression names."""
    for atom in atoms:
        resolver = _ATOMS.get(type(atom))
        if resolver is not None:
            resolver(walk, atom, scope)
        elif not scope.touch(atom):
            _resolve_last(walk, atom, scope)


def resolve_ordering(walk: Walk, atoms: Atoms, scope: Scope, names: Names) -> None:
    """Resolve ORDER BY or HAVING: a name is first one that the select list gives, then a column."""
    kept = scope.aliases
    scope.aliases = kept | set(names)
    for atom in atoms:
        if type(atom) not in _ATOMS:
            first = atom[0]
            if first in names and (len(atom) == 1 or not matching(scope.relations, atom[:1])):
                continue
            if atom == ("all",) and not touch(scope.relations, atom):
                continue
            if scope.distinct is not None and atom[-1] not in scope.distinct and not scope.is_open():
                # SELECT DISTINCT: only what it gives can order it
                if is_unspelled(scope.distinct):
                    raise LiteralMatters
                walk.note("unknown-column", ".".join(atom), tuple(sorted(walk.reads)))
        resolve(walk, [atom], scope)
    scope.aliases = kept


def _resolve_last(walk: Walk, chain: Chain, scope: Scope) -> None:
    """A name that is no column: a function without parentheses, a variable, a whole row, or unknown."""
    if len(chain) == 1 and chain[0] in KEYWORD_FUNCTIONS:
        return
    if not chain[-1].isidentifier() and _has_unnamed(scope):
        return
    around: Scope | None = scope
    while around is not None:
        for relation in matching(around.relations, chain):
            relation.touch_all()
            if relation.read is not None:
                walk.note("whole-row", ".".join(chain), tuple(walk.reads))
            return
        around = around.outer
    walk.unresolved(chain, scope)


def _has_unnamed(scope: Scope | None) -> bool:
    while scope is not None:
        if UNNAMED in scope.aliases or any(UNNAMED in relation.columns for relation in scope.relations):
            return True
        scope = scope.outer
    return False


def resolve_item(walk: Walk, item: Item, scope: Scope, output: Output) -> None:
    """Resolve one item of a select list, and add the names it gives."""
    atoms = item.atoms
    if len(atoms) == 1 and type(atoms[0]) is Star and item.names is None:
        _expand(walk, atoms[0], scope, output)
        return
    resolve(walk, atoms, scope)
    if item.names is None:
        output.names[UNNAMED] = None
        scope.aliases.add(UNNAMED)
        return
    if not item.names:
        output.is_open = True
    output.names.update(dict.fromkeys(item.names))
    scope.aliases.update(item.names)


def _expand(walk: Walk, star: Star, scope: Scope, output: Output) -> None:
    """Expand a star in a select list."""
    found = star_relations(star, scope)
    if found is None:
        # a struct's fields
        if star.of != ("",) and not scope.touch(star.of):
            walk.unresolved(star.of, scope)
        output.is_open = True
        return
    for relation, without in found:
        relation.touch_all(without)
        output.names.update(dict.fromkeys(name for name in relation.columns if name not in without))
        output.is_open = output.is_open or relation.is_open
    if star.instead:
        resolve(walk, star.instead, scope)
        output.names.update(dict.fromkeys(name for *_, name in star.without))


def star_relations(star: Star, scope: Scope) -> list[tuple[Relation, tuple[str, ...]]] | None:
    """Give the relations that a star stands for, each with the columns it leaves out; None for a struct's fields."""
    if not star.of:
        chosen = scope.relations
    else:
        around: Scope | None = scope
        chosen = []
        while around is not None and not chosen:
            chosen = matching(around.relations, star.of)
            around = around.outer
        if not chosen:
            return None
    return [(relation, _left_out(star, relation)) for relation in chosen]


def _left_out(star: Star, relation: Relation) -> tuple[str, ...]:
    names: list[str] = []
    for *qualifier, last in star.without:
        if not qualifier or relation.qualifier[-len(qualifier) :] == tuple(qualifier):
            names.append(last)
    return tuple(names)


def _atom_star(walk: Walk, star: Star, scope: Scope) -> None:
    _expand(walk, star, scope, Output({}, None))


def _atom_call(walk: Walk, call: Call, _scope: Scope) -> None:
    walk.execute(call.name)


def _atom_lambda(walk: Walk, function: Lambda, scope: Scope) -> None:
    resolve(walk, function.body, Scope([Relation((), dict.fromkeys(function.parameters))], scope))


def _atom_query(walk: Walk, query: Query, scope: Scope) -> None:
    walk.query(walk, query, scope).touch_all()


def _atom_window(walk: Walk, window: WindowName, scope: Scope) -> None:
    definition = scope.windows.get(window.name)
    if definition is None:
        walk.note("unknown-window", window.name, ())
    else:
        resolve(walk, definition, scope)


def _atom_aggregate(walk: Walk, aggregate: Aggregate, scope: Scope) -> None:
    resolve(walk, aggregate.atoms, scope)


def _atom_connection(walk: Walk, connection: Connection, _scope: Scope) -> None:
    walk.use_named("USE_CONNECTION", "CONNECTION", connection.name, "http_request")


def _atom_nothing(_walk: Walk, _atom: TimeWindow, _scope: Scope) -> None:
    """The arguments of a time window stand beside it."""


def _atom_unknown(walk: Walk, unknown: Unknown, _scope: Scope) -> None:
    names = [walk.full(name) for name in unknown.names]
    walk.note(unknown.reason, unknown.text, tuple(name for name in names if name) or None)


_ATOMS: dict[Any, Callable[[Walk, Any, Scope], None]] = {
    Star: _atom_star,
    Call: _atom_call,
    Lambda: _atom_lambda,
    Query: _atom_query,
    WindowName: _atom_window,
    Unknown: _atom_unknown,
    Aggregate: _atom_aggregate,
    Connection: _atom_connection,
    TimeWindow: _atom_nothing,
}
