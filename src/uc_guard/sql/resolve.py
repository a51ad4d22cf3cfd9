"""Resolves the names of a parsed query to columns of securables."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from uc_guard.sql.functions import KEYWORD_FUNCTIONS
from uc_guard.sql.scope import Relation, Scope, Target, matching, outputs_of, touch
from uc_guard.sql.sources import read_chained, read_sources, star_relations
from uc_guard.sql.tree import (
    Aggregate,
    Atoms,
    Call,
    Chain,
    Chained,
    From,
    Item,
    Join,
    Lambda,
    Pivot,
    Query,
    Select,
    SetOperation,
    Star,
    TableName,
    TimeWindow,
    Unknown,
    Unpivot,
    Values,
    WindowName,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from uc_guard.sql.walk import Walk

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

    def touch_all(self) -> Output:
        """Mark every column that is not read yet."""
        for target in self.names.values():
            if target is not None:
                target[0].add(target[1])
        return self


def resolve_query(walk: Walk, query: Query, outer: Scope | None) -> Output:
    """Resolve a query inside the scope around it; all that it gives is used."""
    return derive_query(walk, query, outer).touch_all()


def derive_query(walk: Walk, query: Query, outer: Scope | None) -> Output:
    """Resolve a query inside the scope around it; what it gives is used where it is named."""
    kept = walk.ctes
    if query.ctes:
        define_ctes(walk, query, outer)
    output = _resolve_body(walk, query.body, outer, query.windows)
    scope = output.scope or Scope([], outer)
    if query.order:
        resolve_ordering(walk, query.order, scope, output.names)
    if query.other:
        resolve(walk, query.other, scope)
    if query.pipes:
        output = _resolve_pipes(walk, query, output, outer)
    walk.ctes = kept
    return output


def resolve(walk: Walk, atoms: Atoms, scope: Scope) -> None:
    """Resolve everything that an expression names."""
    for atom in atoms:
        if type(atom) is tuple:
            if not scope.touch(atom):
                _resolve_last(walk, atom, scope)
        else:
            _ATOMS[type(atom)](walk, atom, scope)


def resolve_ordering(walk: Walk, atoms: Atoms, scope: Scope, names: Names) -> None:
    """Resolve ORDER BY or HAVING: a name is first one that the select list gives, then a column."""
    kept = scope.aliases
    scope.aliases = kept | set(names)
    for atom in atoms:
        if type(atom) is tuple:
            first = atom[0]
            if first in names and (len(atom) == 1 or not matching(scope.relations, atom[:1])):
                continue
            if atom == ("all",) and not touch(scope.relations, atom):
                continue
            if scope.distinct is not None and atom[-1] not in scope.distinct and not scope.is_open():
                # SELECT DISTINCT: only what it gives can order it
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


def define_ctes(walk: Walk, query: Query, outer: Scope | None) -> None:
    """Resolve the CTEs of a query and put them in force."""
    walk.ctes = dict(walk.ctes)
    for cte in query.ctes:
        if query.recursive:
            # the anchor alone tells the columns, which the recursive part then reads
            anchor = cte.query.body
            kept = walk.ctes
            walk.ctes = dict(kept)
            if cte.query.ctes:
                define_ctes(walk, cte.query, outer)
            while isinstance(anchor, (SetOperation, Query)):
                anchor = anchor.left if isinstance(anchor, SetOperation) else anchor.body
            first = _resolve_body(walk, anchor, outer, {})
            walk.ctes = kept
            walk.ctes[cte.name] = _as_relation(cte.name, cte.columns, first)
        output = derive_query(walk, cte.query, outer)
        walk.ctes[cte.name] = _as_relation(cte.name, cte.columns, output)


def _as_relation(name: str, columns: tuple[str, ...], output: Output) -> Relation:
    if columns:
        targets = [*output.names.values()] if len(output.names) == len(columns) else []
        return Relation((name,), dict(zip_longest(columns, targets)))
    return Relation((name,), output.names, is_open=output.is_open)


def _resolve_body(walk: Walk, body: Any, outer: Scope | None, windows: Mapping[str, Atoms]) -> Output:  # noqa: ANN401
    if isinstance(body, Select):
        return _resolve_select(walk, body, outer, windows)
    if isinstance(body, SetOperation):
        return _resolve_set_operation(walk, body, outer)
    if isinstance(body, Query):
        return derive_query(walk, body, outer)
    if isinstance(body, Values):
        scope = Scope([], outer)
        resolve(walk, body.atoms, scope)
        return Output(dict.fromkeys(f"col{k + 1}" for k in range(body.width)), scope)
    assert isinstance(body, From)  # noqa: S101 - the parser makes nothing else
    scope = Scope(read_sources(walk, body, outer), outer)
    names, is_open = outputs_of(scope.relations)
    return Output(names, scope, is_open=is_open)


def _resolve_set_operation(walk: Walk, body: SetOperation, outer: Scope | None) -> Output:
    """Resolve both sides; the left gives the names. Long chains lean left, so they are unrolled."""
    rights: list[Any] = []
    left: Any = body
    while isinstance(left, SetOperation):
        rights.append(left.right)
        left = left.left
    first = _resolve_body(walk, left, outer, {})
    for right in reversed(rights):
        _resolve_body(walk, right, outer, {}).touch_all()
    first.touch_all()
    return Output(dict.fromkeys(first.names), Scope([], outer), is_open=first.is_open)


def _resolve_select(walk: Walk, select: Select, outer: Scope | None, windows: Mapping[str, Atoms]) -> Output:
    scope = Scope(read_sources(walk, select.source, outer) if select.source else [], outer)
    if windows or select.windows:
        scope.windows = {**windows, **select.windows}
    if select.where:
        resolve(walk, select.where, scope)
    output = Output({}, scope)
    if select.group:
        scope.aliases.update(atom.name for atom in select.group if type(atom) is TimeWindow)
    for item in select.items:
        resolve_item(walk, item, scope, output)
    if select.distinct:
        scope.distinct = output.names
    if select.group:
        resolve(walk, [atom for atom in select.group if atom != ("all",) or touch(scope.relations, atom)], scope)
    if select.having:
        resolve_ordering(walk, select.having, scope, output.names)
    if select.qualify:
        resolve(walk, select.qualify, scope)
    return output


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
    if item.explicit:
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
        output.names.update(dict.fromkeys(star.without))


# ---- atoms


def _atom_star(walk: Walk, star: Star, scope: Scope) -> None:
    _expand(walk, star, scope, Output({}, None))


def _atom_call(walk: Walk, call: Call, _scope: Scope) -> None:
    walk.execute(call.name)


def _atom_lambda(walk: Walk, function: Lambda, scope: Scope) -> None:
    resolve(walk, function.body, Scope([Relation((), dict.fromkeys(function.parameters))], scope))


def _atom_query(walk: Walk, query: Query, scope: Scope) -> None:
    resolve_query(walk, query, scope)


def _atom_window(walk: Walk, window: WindowName, scope: Scope) -> None:
    definition = scope.windows.get(window.name)
    if definition is None:
        walk.note("unknown-window", window.name, ())
    else:
        resolve(walk, definition, scope)


def _atom_aggregate(walk: Walk, aggregate: Aggregate, scope: Scope) -> None:
    resolve(walk, aggregate.atoms, scope)


def _atom_nothing(_walk: Walk, _atom: TimeWindow, _scope: Scope) -> None:
    """The arguments of a time window stand beside it."""


def _atom_unknown(walk: Walk, unknown: Unknown, _scope: Scope) -> None:
    names = [walk.full(name) for name in unknown.names]
    walk.note(unknown.reason, unknown.text, tuple(name for name in names if name) or None)


def _atom_table(walk: Walk, table: TableName, scope: Scope) -> None:
    if isinstance(table.relation, Unknown):
        _atom_unknown(walk, table.relation, scope)
        return
    for relation in read_chained(walk, Chained(table.relation, ()), scope):
        relation.touch_all()


_ATOMS: dict[type, Callable[[Walk, Any, Scope], None]] = {
    Star: _atom_star,
    Call: _atom_call,
    Lambda: _atom_lambda,
    Query: _atom_query,
    WindowName: _atom_window,
    Unknown: _atom_unknown,
    TableName: _atom_table,
    Aggregate: _atom_aggregate,
    TimeWindow: _atom_nothing,
}


# ---- pipe steps


def _resolve_pipes(walk: Walk, query: Query, output: Output, outer: Scope | None) -> Output:
    """Resolve each step over what the steps before it give."""
    if isinstance(query.body, From) and output.scope is not None:
        relations = output.scope.relations
    else:
        relations = [Relation((), output.names, is_open=output.is_open)]
    for pipe in query.pipes:
        scope = Scope(relations, outer)
        scope.windows = query.windows
        relations = _PIPES.get(pipe.verb, _pipe_atoms)(walk, pipe.payload, scope)
    names, is_open = outputs_of(relations)
    return Output(names, Scope(relations, outer), is_open=is_open)


def _pipe_atoms(walk: Walk, atoms: Atoms | None, scope: Scope) -> list[Relation]:
    if atoms:
        resolve(walk, [atom for atom in atoms if atom != ("all",)], scope)
    return scope.relations


def _pipe_select(walk: Walk, select: Select, scope: Scope) -> list[Relation]:
    scope.windows = {**scope.windows, **select.windows}
    output = Output({}, scope)
    for item in select.items:
        resolve_item(walk, item, scope, output)
    # UC: a column that passes through unchanged may still be called by its table's name
    return [_passed_on(output, scope)]


def _passed_on(output: Output, scope: Scope) -> Relation:
    qualifier = scope.relations[0].qualifier if len(scope.relations) == 1 else ()
    return Relation(qualifier, output.names, is_open=output.is_open)


def _pipe_extend(walk: Walk, items: list[Item], scope: Scope) -> list[Relation]:
    output = Output({}, scope)
    for item in items:
        resolve_item(walk, item, scope, output)
    return [*scope.relations, Relation((), output.names, is_open=output.is_open)]


def _pipe_set(walk: Walk, changes: list[tuple[Chain, Atoms]], scope: Scope) -> list[Relation]:
    """A column that is set no longer stands for what it was; later steps see the new value."""
    relations = scope.relations
    for name, atoms in changes:
        resolve(walk, atoms, Scope(relations, scope.outer))
        if not any(name[0] in relation.columns or relation.is_open for relation in relations):
            walk.unresolved(name, scope)
        if len(name) == 1:
            relations = [_with_targets(relation, name[0]) for relation in relations]
    return relations


def _with_targets(relation: Relation, replaced: str) -> Relation:
    if replaced not in relation.columns:
        return relation
    columns = {name: None if name == replaced else relation.target(name) for name in relation.columns}
    return Relation(relation.qualifier, columns, is_open=relation.is_open)


def _pipe_drop(_walk: Walk, names: tuple[str, ...], scope: Scope) -> list[Relation]:
    kept: list[Relation] = []
    for relation in scope.relations:
        columns = {name: relation.target(name) for name in relation.columns if name not in names}
        kept.append(Relation(relation.qualifier, columns, is_open=relation.is_open))
    return kept


def _pipe_as(_walk: Walk, alias: str, scope: Scope) -> list[Relation]:
    columns = {name: relation.target(name) for relation in scope.relations for name in relation.columns}
    return [Relation((alias,), columns, is_open=any(relation.is_open for relation in scope.relations))]


def _pipe_aggregate(walk: Walk, payload: tuple[list[Item], list[Item]], scope: Scope) -> list[Relation]:
    items, group = payload
    output = Output({}, scope)
    for item in group:
        resolve_item(walk, item, scope, output)
    for item in items:
        resolve_item(walk, item, scope, output)
    return [_passed_on(output, scope)]


def _pipe_join(walk: Walk, extension: Join | Pivot | Unpivot, scope: Scope) -> list[Relation]:
    return read_chained(walk, Chained(scope.relations, (extension,)), scope.outer)


def _pipe_set_operation(walk: Walk, bodies: list[Any], scope: Scope) -> list[Relation]:
    for relation in scope.relations:
        relation.touch_all()
    for body in bodies:
        _resolve_body(walk, body, scope.outer, {}).touch_all()
    return scope.relations


_PIPES: dict[str, Callable[[Walk, Any, Scope], list[Relation]]] = {
    "SELECT": _pipe_select,
    "EXTEND": _pipe_extend,
    "SET": _pipe_set,
    "DROP": _pipe_drop,
    "AS": _pipe_as,
    "AGGREGATE": _pipe_aggregate,
    "JOIN": _pipe_join,
    "UNION": _pipe_set_operation,
    "EXCEPT": _pipe_set_operation,
    "INTERSECT": _pipe_set_operation,
    "MINUS": _pipe_set_operation,
}
