"""Finds the relation that a name, or a table function, means: CTE, temporary view, table, view, files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from uc_guard.sql.grammar.constants import chain_of
from uc_guard.sql.grammar.cursor import Misread
from uc_guard.sql.grammar.functions import (
    ACCESS_OPTIONS,
    BUILT_IN,
    CONNECTION_FUNCTIONS,
    FILE_FUNCTIONS,
    OUTPUTS,
    TABLE_NAME_FUNCTIONS,
)
from uc_guard.sql.grammar.queries import new_cursor, read_query
from uc_guard.sql.grammar.tokens import Hole, LiteralMatters, tokenize
from uc_guard.sql.resolve.columns import resolve
from uc_guard.sql.resolve.scope import Relation, Scope, is_in_order
from uc_guard.sql.resolve.session import Session
from uc_guard.sql.resolve.walk import Walk

if TYPE_CHECKING:
    from uc_guard.sql.grammar.tree import Chain, TableFunction
    from uc_guard.sql.resolve.columns import Output
    from uc_guard.sql.resolve.session import TempView


def lookup(walk: Walk, name: Chain) -> Relation:
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


def renamed(relation: Relation, alias: str | None, columns: tuple[str, ...]) -> Relation:
    """Give a relation its alias and the new names of its columns."""
    if columns:
        # by position; where that does not tell, all of it is read, and the new names stand for nothing
        targets = [relation.target(name) for name in relation.columns]
        if len(targets) != len(columns) or relation.is_open:
            relation.touch_all()
            targets = [None] * len(columns)
        return Relation((alias,) if alias else relation.qualifier, dict(zip(columns, targets, strict=True)))
    if alias is None:
        return relation
    return Relation((alias,), relation.columns, relation.read, is_open=relation.is_open)


def as_relation(output: Output, alias: str | None, columns: tuple[str, ...]) -> Relation:
    """Give what a query gives as a relation, perhaps with new names for its columns."""
    if columns and output.scope is not None and not is_in_order(output.scope.relations):
        output.touch_all()
    return renamed(Relation((), output.names, is_open=output.is_open), alias, columns)


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
        output = walk.query(walk, view.query(), None)
        relation = as_relation(output, name, view.columns or ())
    except Misread:
        walk.note("temp-view", " ".join(view.tokens), None)
        relation = Relation((name,), {}, is_open=True)
    walk.ctes, walk.session = ctes, session
    walk.views[name] = relation
    return relation


def view_columns(walk: Walk, name: str) -> dict[str, str] | None:
    """Give the columns of a view of which only the definition is known; None where that does not tell."""
    view = walk.catalog.views.get(name) or {}
    definition, mark = view.get("definition"), f"view {name}"
    tokens = tokenize(definition) if definition else None
    if not tokens or mark in walk.views:
        return None
    walk.views[mark] = None
    catalog, _, schema = str(view.get("current_namespace") or "").lower().partition(".")
    inner = Walk(walk.catalog, Session(catalog or None, schema or None), walk.readers)
    inner.views = walk.views
    try:
        output = inner.query(inner, read_query(new_cursor(tokens)), None)
    except Misread:
        return None
    columns = output.columns()
    if columns is None:
        return None
    walk.catalog.remember_columns(name, columns)
    return walk.catalog.columns(name)


def table_function(walk: Walk, node: TableFunction, before: Scope) -> Relation:
    """Resolve a function in a FROM clause."""
    resolve(walk, node.atoms, before)
    name = node.name
    alias = node.alias or (name[-1] if name else None)
    if not name:
        return Relation((alias,) if alias else (), dict.fromkeys(node.columns), is_open=not node.columns)
    last = name[-1]
    if (len(name) > 1 and name[:-1] not in {("builtin",), ("system", "builtin")}) or last not in BUILT_IN:
        walk.execute(name)
        return renamed(Relation((last,), {}, is_open=True), alias, node.columns)
    _access_options(walk, node)
    if last in TABLE_NAME_FUNCTIONS:
        return renamed(_named_by_text(walk, node), alias, node.columns)
    if last in FILE_FUNCTIONS:
        _path_argument(walk, node)
    if last in CONNECTION_FUNCTIONS:
        _connection(walk, node)
    outputs = node.outputs if node.outputs is not None else OUTPUTS.get(last)
    return renamed(Relation((last,), dict.fromkeys(outputs or ()), is_open=outputs is None), alias, node.columns)


def _argument(node: TableFunction, position: int | None, keyword: str) -> str | None:
    found = next((value for name, value in node.constants if name == keyword), None)
    if found is None and position is not None and position < len(node.constants):
        name, value = node.constants[position]
        found = value if name is None else None
    if type(found) is Hole:
        raise LiteralMatters
    return found


def _named_by_text(walk: Walk, node: TableFunction) -> Relation:
    """`table_changes('c.s.t', 1)`: the string names the table that is read."""
    text = _argument(node, *TABLE_NAME_FUNCTIONS[node.name[-1]])
    chain = chain_of(text) if text else None
    if not chain:
        walk.note("dynamic-name", node.name[-1], None)
        return Relation((node.name[-1],), {}, is_open=True)
    relation = lookup(walk, chain)
    relation.is_open = True  # change-data columns, search_score
    return relation


def _path_argument(walk: Walk, node: TableFunction) -> None:
    path = _argument(node, 0, "path")
    if path is None:
        walk.note("dynamic-path", node.name[-1], None)
    else:
        walk.path(path)


def _access_options(walk: Walk, node: TableFunction) -> None:
    """`read_kinesis(serviceCredential => 'c')`: the string names what the caller must be allowed to use."""
    for keyword in ACCESS_OPTIONS.keys() & {name for name, _ in node.constants}:
        walk.use_named(*ACCESS_OPTIONS[keyword], _argument(node, None, keyword), node.name[-1])


def _connection(walk: Walk, node: TableFunction) -> None:
    position, keyword = CONNECTION_FUNCTIONS[node.name[-1]]
    name = _argument(node, 0 if position is None else position, keyword)
    walk.use_named("USE_CONNECTION", "CONNECTION", name, node.name[-1])
