"""What earlier statements of a session leave behind for later ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from uc_guard.sql.grammar.queries import new_cursor, read_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from uc_guard.sql.grammar.tree import Query

_NONE: Mapping[str, None] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TempView:
    """A temporary view or table.

    Attributes:
        tokens: The query behind it; empty for a temporary table, which holds its own rows.
        columns: The names of its columns; None where they are those of the query.
        catalog: The current catalog when it was made.
        schema: The current schema when it was made.
    """

    tokens: tuple[str, ...]
    columns: tuple[str, ...] | None
    catalog: str | None
    schema: str | None
    _read: list[Query] = field(default_factory=list["Query"], init=False, repr=False, compare=False)

    def __reduce__(self) -> tuple[object, ...]:
        return TempView, (self.tokens, self.columns, self.catalog, self.schema)

    def query(self) -> Query:
        """Give the query behind it, which is read once.

        Raises:
            Misread: where it cannot be read.
        """
        if not self._read:
            cursor = new_cursor(list(self.tokens))
            query = read_query(cursor)
            if cursor.i != cursor.end:
                cursor.fail()
            self._read.append(query)
        return self._read[0]


@dataclass(frozen=True, slots=True)
class Session:
    """The state of a session between two statements.

    Attributes:
        catalog: Current catalog, or None where it is not known.
        schema: Current schema, or None where it is not known.
        temp_views: Temporary views and tables by name.
        variables: Session variables by name; the text of a constant, None for any other value.
        temp_functions: Names of temporary functions.
        relations: Tables and views that were made in this session, with their columns (None = not known), or `dropped`.
        functions: Functions that were made in this session.
    """

    catalog: str | None = None
    schema: str | None = None
    temp_views: Mapping[str, TempView] = field(default_factory=lambda: MappingProxyType({}))
    variables: Mapping[str, str | None] = field(default_factory=lambda: MappingProxyType({}))
    temp_functions: frozenset[str] = frozenset()
    relations: Mapping[str, tuple[str, ...] | None] = field(default_factory=lambda: MappingProxyType({}))
    functions: frozenset[str] = frozenset()


class Change(NamedTuple):
    """One thing that a statement changes in its session.

    Attributes:
        kind: `namespace`, `view`, `variable`, `temp_function`, `relation` or `function`.
        name: Its name; a full one for relations and functions, empty for the namespace.
        is_there: False where the statement takes it away.
        value: What the name means from then on; a pair of catalog and schema for the namespace.
    """

    kind: str
    name: str
    is_there: bool
    value: Any

    def key(self) -> tuple[object, ...]:
        """Give what tells it from others: a hole of a template equals the literal that it is spelled as."""
        holes = tuple(map(type, self.value.tokens)) if isinstance(self.value, TempView) else ()
        return (*self, holes)


_MAPPINGS = {"view": "temp_views", "variable": "variables", "relation": "relations"}
_SETS = {"temp_function": "temp_functions", "function": "functions"}


def changes_between(before: Session, after: Session) -> tuple[Change, ...]:
    """Give what became of a session, sorted by kind and name."""
    if after is before:
        return ()
    found: list[Change] = []
    if (after.catalog, after.schema) != (before.catalog, before.schema):
        found.append(Change("namespace", "", is_there=True, value=(after.catalog, after.schema)))
    for kind, field_name in _MAPPINGS.items():
        old, new = getattr(before, field_name), getattr(after, field_name)
        found += [Change(kind, name, is_there=False, value=None) for name in sorted(old.keys() - new.keys())]
        for name in sorted(new):
            if name in old and new[name] is old[name]:
                continue
            change = Change(kind, name, is_there=True, value=new[name])
            if name not in old or change.key() != Change(kind, name, is_there=True, value=old[name]).key():
                found.append(change)
    for kind, field_name in _SETS.items():
        old, new = getattr(before, field_name), getattr(after, field_name)
        found += [Change(kind, name, is_there=name in new, value=None) for name in sorted(old ^ new)]
    return tuple(found)


def session_of(catalog: str | None, schema: str | None, changes: Iterable[Change]) -> Session:
    """Make the session in which these things are there, whatever was before."""
    values: dict[str, Any] = {}
    for kind, name, is_there, value in changes:
        if not is_there or kind == "namespace":
            continue
        if kind in _SETS:
            values.setdefault(_SETS[kind], set()).add(name)
        else:
            values.setdefault(_MAPPINGS[kind], {})[name] = value
    for field_name in _SETS.values():
        if field_name in values:
            values[field_name] = frozenset(values[field_name])
    return Session(catalog, schema, **values)
