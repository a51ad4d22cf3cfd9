"""Turns the relations of a FROM clause into those that names are resolved against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uc_guard.sql.grammar.functions import BUILT_IN, OUTPUTS
from uc_guard.sql.grammar.tree import (
    Added,
    Atoms,
    Chained,
    Derived,
    Described,
    From,
    Group,
    Join,
    LateralView,
    Pivot,
    Table,
    TableFunction,
    Unpivot,
    is_chain,
)
from uc_guard.sql.resolve.columns import Output, resolve
from uc_guard.sql.resolve.named import as_relation, lookup, renamed, table_function
from uc_guard.sql.resolve.scope import Relation, Scope, Sources, matching, outputs_of, touch

if TYPE_CHECKING:
    from uc_guard.sql.grammar.tree import Chain
    from uc_guard.sql.resolve.walk import Walk


def read_sources(walk: Walk, source: From, outer: Scope | None) -> list[Relation]:
    """Resolve a FROM clause; give the relations it offers, left to right."""
    relations: list[Relation] = Sources()
    for chained in source.relations:
        relations = read_chained(walk, chained, outer, relations)
    for view in source.views:
        relations.append(_lateral_view(walk, view, Scope(relations, outer)))
    return relations


def read_chained(
    walk: Walk, chained: Chained, outer: Scope | None, before: list[Relation] | None = None
) -> list[Relation]:
    """Resolve one relation with its joins and pivots after those to its left; give all of them.

    UC: a comma binds as tightly as JOIN: in `a, b JOIN c USING (k)` the k of a takes part.
    """
    relations = Sources() if before is None else before
    relations.extend(_primary(walk, chained.first, outer, relations))
    for step in chained.rest:
        if isinstance(step, Join):
            relations = _join(walk, step, relations, outer)
        elif isinstance(step, Pivot):
            relations = _pivot(walk, step, relations, outer)
        elif isinstance(step, Added):
            relations = _added(walk, step, relations, outer)
        else:
            relations = _unpivot(walk, step, relations, outer)
    return relations


def _primary(walk: Walk, node: Any, outer: Scope | None, before: list[Relation]) -> list[Relation]:  # noqa: ANN401
    if isinstance(node, (Table, Described)):
        return [_table(walk, node) if isinstance(node, Table) else _described(walk, node)]
    if isinstance(node, Derived):
        output = walk.query(walk, node.query, Scope(before, outer) if node.lateral else outer)
        return [as_relation(output, node.alias, node.columns)]
    if isinstance(node, TableFunction):
        return [table_function(walk, node, Scope(before, outer))]
    if isinstance(node, Group):
        inner = read_chained(walk, node.relation, outer)
        if node.alias is None and not node.columns:
            return inner
        names, is_open = outputs_of(inner)
        return [as_relation(Output(names, Scope(inner, outer), is_open=is_open), node.alias, node.columns)]
    return list(node)  # the relations of a pipe, resolved already


def _table(walk: Walk, table: Table) -> Relation:
    name = table.name
    if table.extra[:1] == ("path",):
        walk.path(name[-1])
        return renamed(Relation((name[-1].lower(),), {}, is_open=True), table.alias, table.columns)
    relation = lookup(walk, name)
    if table.alias is not None or table.columns:
        return renamed(relation, table.alias, table.columns)
    return relation


def _described(walk: Walk, node: Described) -> Relation:
    """What is told of a table: metadata to the statement, though it asks for SELECT."""
    if node.is_path:
        walk.path(node.name[-1])
    elif (full := walk.full(node.name)) is None:
        walk.note("no-namespace", ".".join(node.name), walk.catalog.ending_with(node.name) or None)
    else:
        walk.use("METADATA", walk.catalog.kind(full) or "TABLE", full)
    return renamed(Relation((), {}, is_open=True), node.alias, node.columns)


def _join(walk: Walk, join: Join, left: list[Relation], outer: Scope | None) -> list[Relation]:
    right = _primary(walk, join.right, outer, left)
    size = len(left)
    using = join.using
    if join.natural:
        on_left = {name for relation in left for name in relation.columns}
        # where the columns of one side are not all known, any column of the other may be joined on
        for side, other in ((left, right), (right, left)):
            if any(relation.is_open for relation in side):
                for relation in other:
                    relation.touch_all()
        using = tuple(name for relation in right for name in relation.columns if name in on_left)
    left.extend(right)
    if using and isinstance(left, Sources):
        left.merged.update(using)
    for name in using:
        if not touch(left, (name,)):
            walk.unresolved((name,), Scope(left, None))
    if join.on:
        resolve(walk, join.on, Scope(left, outer))
    if join.hides_right:
        del left[size:]
    return left


def _pivot(walk: Walk, pivot: Pivot, relations: list[Relation], outer: Scope | None) -> list[Relation]:
    resolve(walk, pivot.atoms, Scope(relations, outer))
    chains = [atom for atom in pivot.atoms if is_chain(atom)]
    # the name of a column, after that of its table or before that of its field
    consumed = {chain[-1] if len(chain) == 1 or matching(relations, chain[:-1]) else chain[0] for chain in chains}
    names: dict[str, None] = {}
    for relation in relations:
        relation.touch_all()
        names.update(dict.fromkeys(name for name in relation.columns if name not in consumed))
    names.update(dict.fromkeys(pivot.names))
    is_open = pivot.is_open or any(relation.is_open for relation in relations)
    qualifier = relations[0].qualifier if len(relations) == 1 else ()
    return Sources([renamed(Relation(qualifier, names, is_open=is_open), pivot.alias, pivot.columns)])


def _unpivot(walk: Walk, unpivot: Unpivot, relations: list[Relation], outer: Scope | None) -> list[Relation]:
    inputs: Atoms = list(unpivot.inputs)
    resolve(walk, inputs, Scope(relations, outer))
    outputs = Relation((), dict.fromkeys(unpivot.outputs))
    rest = [_without(relation, unpivot.inputs) for relation in relations]
    if unpivot.alias is None:
        return Sources([*rest, outputs])
    kept, is_open = outputs_of(rest)
    whole = Relation((), {**kept, **dict.fromkeys(unpivot.outputs)}, is_open=is_open)
    return Sources([renamed(whole, unpivot.alias, unpivot.columns)])


def _without(relation: Relation, inputs: tuple[Chain, ...]) -> Relation:
    """Leave out the columns that UNPIVOT has turned into rows; one of another table can be called the same."""
    gone = {name for *before, name in inputs if not before or relation.qualifier[-len(before) :] == tuple(before)}
    columns = {name: relation.target(name) for name in relation.columns if name not in gone}
    return Relation(relation.qualifier, columns, is_open=relation.is_open)


def _added(walk: Walk, step: Added, relations: list[Relation], outer: Scope | None) -> list[Relation]:
    resolve(walk, step.atoms, Scope(relations, outer))
    names, is_open = outputs_of(relations)
    names.update(dict.fromkeys(step.names))
    if step.alias is None:
        return Sources([*relations, Relation((), dict.fromkeys(step.names))])
    return Sources([Relation((step.alias,), names, is_open=is_open)])


def _lateral_view(walk: Walk, view: LateralView, scope: Scope) -> Relation:
    resolve(walk, view.atoms, scope)
    *qualified, last = view.name
    if qualified or last not in BUILT_IN:
        walk.execute(view.name)
    qualifier = (view.alias,) if view.alias else ()
    outputs = view.columns or OUTPUTS.get(last)
    return Relation(qualifier, dict.fromkeys(outputs or ()), is_open=outputs is None)
