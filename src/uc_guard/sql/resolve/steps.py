"""Resolves the steps of pipe syntax, each over what the steps before it give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uc_guard.sql.grammar.tree import (
    Atoms,
    Chain,
    Chained,
    From,
    Item,
    Join,
    Pivot,
    Query,
    Select,
    Unpivot,
    plain_query,
)
from uc_guard.sql.resolve.columns import Output, resolve, resolve_item
from uc_guard.sql.resolve.scope import Relation, Scope, outputs_of
from uc_guard.sql.resolve.sources import read_chained

if TYPE_CHECKING:
    from collections.abc import Callable

    from uc_guard.sql.resolve.walk import Walk


def resolve_pipes(walk: Walk, query: Query, output: Output, outer: Scope | None) -> Output:
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
    columns, is_open = outputs_of(scope.relations)
    return [Relation((alias,), columns, is_open=is_open)]


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
        walk.query(walk, plain_query(body), scope.outer).touch_all()
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
