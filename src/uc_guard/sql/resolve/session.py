"""What earlier statements of a session leave behind for later ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from uc_guard.model.name import split_name

if TYPE_CHECKING:
    from collections.abc import Mapping

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

    def names(self) -> set[str]:
        """Give the last parts of the names that mean something in this session alone."""
        full = {split_name(name)[-1] for name in (*self.relations, *self.functions)}
        return {*self.temp_views, *self.variables, *self.temp_functions, *full}
