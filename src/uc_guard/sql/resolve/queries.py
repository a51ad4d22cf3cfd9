"""Resolves queries: CTEs, bodies, ordering."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uc_guard.sql.grammar.tree import Atoms, From, Query, Select, SetOperation, TimeWindow, Values
from uc_guard.sql.resolve.columns import Output, resolve, resolve_item, resolve_ordering
from uc_guard.sql.resolve.named import as_relation
from uc_guard.sql.resolve.scope import Scope, outputs_of, touch
from uc_guard.sql.resolve.sources import read_sources
from uc_guard.sql.resolve.steps import resolve_pipes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from uc_guard.sql.resolve.walk import Walk


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
        output = resolve_pipes(walk, query, output, outer)
    walk.ctes = kept
    return output


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
            walk.ctes[cte.name] = as_relation(first, cte.name, cte.columns)
        output = derive_query(walk, cte.query, outer)
        walk.ctes[cte.name] = as_relation(output, cte.name, cte.columns)


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
    if select.group:
        resolve(walk, [atom for atom in select.group if atom != ("all",) or touch(scope.relations, atom)], scope)
    if select.having:
        resolve_ordering(walk, select.having, scope, output.names)
    if select.qualify:
        resolve(walk, select.qualify, scope)
    if select.distinct:  # binds what orders the rows, not what filters groups before
        scope.distinct = output.names
    return output
