"""Turns the relations of a FROM clause into those that names are resolved against."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from uc_guard.sql.cursor import Misread
from uc_guard.sql.functions import (
    BUILT_IN,
    CONNECTION_FUNCTIONS,
    FILE_FUNCTIONS,
    OUTPUTS,
    TABLE_NAME_FUNCTIONS,
)
from uc_guard.sql.names import chain_of
from uc_guard.sql.queries import new_cursor, read_query
from uc_guard.sql.scope import Relation, Scope, Sources, matching, touch
from uc_guard.sql.tree import (
    Atoms,
    BinBy,
    Chain,
    Chained,
    Derived,
    From,
    Group,
    Join,
    LateralView,
    Pivot,
    Star,
    Table,
    TableFunction,
    Unpivot,
)

if TYPE_CHECKING:
    from uc_guard.sql.session import TempView
    from uc_guard.sql.walk import Walk


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
        elif isinstance(step, BinBy):
            relations = _bin_by(walk, step, relations, outer)
        else:
            relations = _unpivot(walk, step, relations, outer)
    return relations


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
    for name in star.without:
        *qualifier, last = name.split(".")
        if not qualifier or relation.qualifier[-len(qualifier) :] == tuple(qualifier):
            names.append(last)
    return tuple(names)


def _primary(walk: Walk, node: Any, outer: Scope | None, before: list[Relation]) -> list[Relation]:  # noqa: ANN401
    if isinstance(node, Table):
        return [_table(walk, node)]
    if isinstance(node, Derived):
        output = walk.query(walk, node.query, Scope(before, outer) if node.lateral else outer)
        return [_renamed(Relation((), output.names, is_open=output.is_open), node.alias, node.columns)]
    if isinstance(node, TableFunction):
        return [_function(walk, node, Scope(before, outer))]
    if isinstance(node, Group):
        inner = read_chained(walk, node.relation, outer)
        if node.alias is None and not node.columns:
            return inner
        columns = {name: relation.target(name) for relation in inner for name in relation.columns}
        whole = Relation((), columns, is_open=any(relation.is_open for relation in inner))
        return [_renamed(whole, node.alias, node.columns)]
    assert isinstance(node, list)  # noqa: S101 - relations that are resolved already, of a pipe
    return list(node)


def _renamed(relation: Relation, alias: str | None, columns: tuple[str, ...]) -> Relation:
    """Give a relation its alias and the new names of its columns."""
    if columns:
        # by position; where the old names are not known, the new ones stand for nothing that could be counted
        targets = [relation.target(name) for name in relation.columns]
        if relation.read is not None and relation.is_open:
            targets = []
        padded = [*targets, *([None] * (len(columns) - len(targets)))]
        kept = dict(zip(columns, padded, strict=False))
        return Relation((alias,) if alias else relation.qualifier, kept)
    if alias is None:
        return relation
    return Relation((alias,), relation.columns, relation.read, is_open=relation.is_open)


def _table(walk: Walk, table: Table) -> Relation:
    name = table.name
    if table.extra[:1] == ("path",):
        walk.path(name[-1])
        return _renamed(Relation((name[-1].lower(),), {}, is_open=True), table.alias, table.columns)
    relation = _lookup(walk, name)
    if table.alias is not None or table.columns:
        return _renamed(relation, table.alias, table.columns)
    return relation


def _lookup(walk: Walk, name: Chain) -> Relation:
    """Give the relation that a name means: a CTE, a temporary view, or one of the catalog."""
    if len(name) == 1:
        cte = walk.ctes.get(name[0])
        if cte is not None:
            return cte
    last = name[-1]
    if last in walk.session.temp_views and name[:-1] in {(), ("session",), ("system", "session"), ("global_temp",)}:
        relation = _temp_view(walk, last, walk.session.temp_views[last])
        if relation is not None:
            return relation
    return walk.base(name)


def _temp_view(walk: Walk, name: str, view: TempView) -> Relation | None:
    """Look through a temporary view; None while it is being looked through: then the name means a table behind it."""
    if name in walk.views:
        return walk.views[name]
    if not view.tokens:
        columns = dict.fromkeys(view.columns or ())
        relation = Relation((name,), columns, is_open=view.columns is None)
        walk.views[name] = relation
        return relation
    walk.views[name] = None
    ctes, session = walk.ctes, walk.session
    walk.ctes = {}
    walk.session = replace(session, catalog=view.catalog, schema=view.schema)
    try:
        cursor = new_cursor(list(view.tokens))
        query = read_query(cursor)
        if cursor.i != cursor.end:
            cursor.fail()
        output = walk.query(walk, query, None)
        relation = Relation((name,), output.names, is_open=output.is_open)
        if view.columns is not None:
            relation = Relation((name,), dict.fromkeys(view.columns))
    except Misread:
        walk.note("temp-view", " ".join(view.tokens), None)
        relation = Relation((name,), {}, is_open=True)
    walk.ctes, walk.session = ctes, session
    walk.views[name] = relation
    return relation


def _function(walk: Walk, node: TableFunction, before: Scope) -> Relation:
    """Resolve a function in a FROM clause."""
    from uc_guard.sql.resolve import resolve  # noqa: PLC0415

    resolve(walk, node.atoms, before)
    name = node.name
    alias = node.alias or (name[-1] if name else None)
    if not name:
        return Relation((alias,) if alias else (), dict.fromkeys(node.columns), is_open=not node.columns)
    last = name[-1]
    if len(name) > 1 and name[:-1] not in {("builtin",), ("system", "builtin")} or last not in BUILT_IN:
        walk.execute(name)
        return _renamed(Relation((last,), {}, is_open=True), alias, node.columns)
    if last in TABLE_NAME_FUNCTIONS:
        return _renamed(_named_by_text(walk, node), alias, node.columns)
    if last in FILE_FUNCTIONS:
        _path_argument(walk, node)
    if last in CONNECTION_FUNCTIONS:
        _connection(walk, node)
    outputs = node.outputs if node.outputs is not None else OUTPUTS.get(last)
    return _renamed(Relation((last,), dict.fromkeys(outputs or ()), is_open=outputs is None), alias, node.columns)


def _argument(node: TableFunction, position: int | None, keyword: str) -> str | None:
    for name, value in node.constants:
        if name == keyword:
            return value
    if position is not None and position < len(node.constants) and node.constants[position][0] is None:
        return node.constants[position][1]
    return None


def _named_by_text(walk: Walk, node: TableFunction) -> Relation:
    """`table_changes('c.s.t', 1)`: the string names the table that is read."""
    text = _argument(node, *TABLE_NAME_FUNCTIONS[node.name[-1]])
    chain = chain_of(text) if text else None
    if not chain:
        walk.note("dynamic-name", node.name[-1], None)
        return Relation((node.name[-1],), {}, is_open=True)
    relation = _lookup(walk, chain)
    relation.is_open = True  # change-data columns, search_score
    return relation


def _path_argument(walk: Walk, node: TableFunction) -> None:
    path = _argument(node, 0, "path")
    if path is None:
        walk.note("dynamic-path", node.name[-1], None)
    else:
        walk.path(path)


def _connection(walk: Walk, node: TableFunction) -> None:
    position, keyword = CONNECTION_FUNCTIONS[node.name[-1]]
    name = _argument(node, 0 if position is None else position, keyword)
    if name is None:
        walk.note("dynamic-name", node.name[-1], None)
    else:
        walk.use("USE_CONNECTION", "CONNECTION", name.lower())


# ---- joins and pivots


def _join(walk: Walk, join: Join, left: list[Relation], outer: Scope | None) -> list[Relation]:
    from uc_guard.sql.resolve import resolve  # noqa: PLC0415

    right = _primary(walk, join.right, outer, left)
    size = len(left)
    if join.natural:
        on_left = {name for relation in left for name in relation.columns}
    left.extend(right)
    using = join.using
    if join.natural:
        using = tuple(name for relation in right for name in relation.columns if name in on_left)
    for name in using:
        if not touch(left, (name,)):
            walk.unresolved((name,), Scope(left, None))
    if join.on:
        resolve(walk, join.on, Scope(left, outer))
    if join.hides_right:
        del left[size:]
    return left


def _pivot(walk: Walk, pivot: Pivot, relations: list[Relation], outer: Scope | None) -> list[Relation]:
    from uc_guard.sql.resolve import resolve  # noqa: PLC0415

    resolve(walk, pivot.atoms, Scope(relations, outer))
    names: dict[str, None] = {}
    for relation in relations:
        relation.touch_all()
        names.update(dict.fromkeys(relation.columns))
    names.update(dict.fromkeys(pivot.names))
    return Sources([_renamed(Relation((), names, is_open=True), pivot.alias, pivot.columns)])


def _unpivot(walk: Walk, unpivot: Unpivot, relations: list[Relation], outer: Scope | None) -> list[Relation]:
    from uc_guard.sql.resolve import resolve  # noqa: PLC0415

    inputs: Atoms = list(unpivot.inputs)
    resolve(walk, inputs, Scope(relations, outer))
    gone = {chain[-1] for chain in unpivot.inputs}
    kept = {name: relation.target(name) for relation in relations for name in relation.columns if name not in gone}
    outputs = Relation((), dict.fromkeys(unpivot.outputs))
    if unpivot.alias is None:
        rest = [
            Relation(r.qualifier, {n: r.target(n) for n in r.columns if n not in gone}, is_open=r.is_open) for r in relations
        ]
        return Sources([*rest, outputs])
    is_open = any(relation.is_open for relation in relations)
    whole = Relation((), {**kept, **dict.fromkeys(unpivot.outputs)}, is_open=is_open)
    return Sources([_renamed(whole, unpivot.alias, unpivot.columns)])


def _bin_by(walk: Walk, step: BinBy, relations: list[Relation], outer: Scope | None) -> list[Relation]:
    from uc_guard.sql.resolve import resolve  # noqa: PLC0415

    resolve(walk, step.atoms, Scope(relations, outer))
    names = {name: relation.target(name) for relation in relations for name in relation.columns}
    names.update(dict.fromkeys(step.names))
    is_open = any(relation.is_open for relation in relations)
    if step.alias is None:
        return Sources([*relations, Relation((), dict.fromkeys(step.names))])
    return Sources([Relation((step.alias,), names, is_open=is_open)])


def _lateral_view(walk: Walk, view: LateralView, scope: Scope) -> Relation:
    from uc_guard.sql.resolve import resolve  # noqa: PLC0415

    resolve(walk, view.atoms, scope)
    if len(view.name) > 1 or view.name[0] not in BUILT_IN:
        walk.execute(view.name)
    qualifier = (view.alias,) if view.alias else ()
    outputs = view.columns or OUTPUTS.get(view.name[-1])
    return Relation(qualifier, dict.fromkeys(outputs or ()), is_open=outputs is None)
