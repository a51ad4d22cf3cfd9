"""The securables that an extraction may know: tables, views, functions, volumes, with their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from uc_guard.model.name import canonical_name, join_name, split_name

if TYPE_CHECKING:
    from collections.abc import Iterable, KeysView, Mapping


class Known:
    """What is known of a metastore's tables, views, functions, volumes and procedures.

    Built from plain mappings that are kept as they are: nothing is copied per table, so a hundred thousand tables cost
    one pass over their names; the columns of a table are looked at when a statement first names it.
    """

    __slots__ = ("_by_last", "_columns", "bodies", "functions", "procedures", "tables", "views", "volumes")

    def __init__(
        self,
        tables: Mapping[str, Iterable[str]],
        views: Mapping[str, Mapping[str, Any]] | None = None,
        functions: Iterable[str] = (),
        volumes: Iterable[str] = (),
        procedures: Iterable[str] = (),
    ) -> None:
        """Take mappings whose names are canonical already (lower case; see `model.name`)."""
        self.tables = tables
        self.views: Mapping[str, Mapping[str, Any]] = views or {}
        self.functions = frozenset(functions)
        self.bodies: Mapping[str, Mapping[str, Any]] = _as_mapping(functions)
        self.volumes = frozenset(volumes)
        self.procedures = frozenset(procedures)
        self._columns: dict[str, dict[str, str]] = {}
        self._by_last: dict[str, tuple[str, ...]] | None = None

    @classmethod
    def from_dict(cls, known: Mapping[str, Any]) -> Self:
        """Make it of plain data.

        Args:
            known: `tables`: full name to a mapping of column to type; `views`: full name to `definition`, `columns` and
                `current_namespace`; `functions`, `volumes`, `procedures`: full names, or a mapping of full name to
                `definition` (the text of the body), `parameters` (names) and `current_namespace`. Every key may be
                missing. Names may be in any case, with backticks where a part holds a dot.
        """
        return cls(
            _canonical_keys(known.get("tables") or {}),
            _canonical_keys(known.get("views") or {}),
            _canonical_keys(_as_mapping(known.get("functions")) or dict.fromkeys(known.get("functions") or ())),
            {_canonical(name) for name in known.get("volumes") or ()},
            {_canonical(name) for name in known.get("procedures") or ()},
        )

    def columns(self, name: str) -> dict[str, str] | None:
        """Give the columns of a table or view as a mapping of each to itself, in order; None where they are unknown."""
        found = self._columns.get(name)
        if found is None:
            raw: Iterable[str] | None = self.tables.get(name)
            if raw is None:
                raw = (self.views.get(name) or {}).get("columns")
            if raw is None:
                return None
            found = self._columns[name] = {column.lower(): column.lower() for column in raw}
        return found

    def remember_columns(self, name: str, columns: Iterable[str]) -> None:
        """Keep the columns of a view that its definition gave."""
        self._columns[name] = {column: column for column in columns}

    def kind(self, name: str) -> str | None:
        """Give `TABLE` or `VIEW` for a relation that is known, else None."""
        if name in self.tables:
            return "TABLE"
        return "VIEW" if name in self.views else None

    def ending_with(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        """Give the relations and functions whose last part is that of `parts`: what an unfinished name could mean."""
        found = self._index().get(parts[-1], ())
        if len(parts) == 1:
            return found
        tail = "." + join_name(parts)
        return tuple(name for name in found if ("." + name).endswith(tail))

    def last_parts(self) -> KeysView[str]:
        """Give the last parts of the names of all relations and functions."""
        return self._index().keys()

    def has_relation(self, name: str) -> bool:
        """Tell whether a table or view has this full name."""
        return name in self.tables or name in self.views

    def _index(self) -> dict[str, tuple[str, ...]]:
        """Give the names of relations and functions, sorted, by their last part."""
        if self._by_last is None:
            index: dict[str, list[str]] = {}
            for names in (self.tables, self.views, self.functions):
                for name in names:
                    index.setdefault(split_name(name)[-1], []).append(name)
            self._by_last = {last: tuple(sorted(names)) for last, names in index.items()}
        return self._by_last


def _as_mapping(names: Any) -> dict[str, Any]:  # noqa: ANN401 - plain data of either shape
    return dict(names) if hasattr(names, "items") else {}


def _canonical(name: str) -> str:
    return name if name.islower() and "`" not in name else canonical_name(name)


def _canonical_keys(known: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the same mapping with canonical keys; the very one where they are so already."""
    if all(name.islower() and "`" not in name for name in known):
        return known
    return {_canonical(name): value for name, value in known.items()}
