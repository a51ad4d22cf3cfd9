"""The securables that an extraction may know: tables, views, functions, volumes, with their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uc_guard.model.name import canonical_name, join_name, split_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Catalog:
    """What is known of a metastore's tables, views, functions, volumes and procedures.

    Built from plain mappings that are kept as they are: nothing is copied per table, so a hundred thousand tables cost
    one pass over their names; the columns of a table are looked at when a statement first names it.
    """

    __slots__ = ("_by_last", "_columns", "functions", "procedures", "tables", "views", "volumes")

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
        self.functions = functions if isinstance(functions, (set, frozenset, dict)) else frozenset(functions)
        self.volumes = volumes if isinstance(volumes, (set, frozenset, dict)) else frozenset(volumes)
        self.procedures = procedures if isinstance(procedures, (set, frozenset, dict)) else frozenset(procedures)
        self._columns: dict[str, dict[str, str]] = {}
        self._by_last: dict[str, list[str]] | None = None

    @classmethod
    def from_dict(cls, known: Mapping[str, Any]) -> Catalog:
        """Make a catalog of plain data.

        Args:
            known: `tables`: full name to a mapping of column to type; `views`: full name to `definition`, `columns` and
                `current_namespace`; `functions`, `volumes`, `procedures`: full names, or mappings whose keys are. Every
                key may be missing. Names may be in any case, with backticks where a part holds a dot.
        """
        return cls(
            _canonical_keys(known.get("tables") or {}),
            _canonical_keys(known.get("views") or {}),
            _canonical_keys(dict.fromkeys(known.get("functions") or ()) | _as_mapping(known.get("functions"))),
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
            found = {column.lower(): column.lower() for column in raw}
            self._columns[name] = found
        return found

    def kind(self, name: str) -> str | None:
        """Give `TABLE` or `VIEW` for a relation that is known, else None."""
        if name in self.tables:
            return "TABLE"
        return "VIEW" if name in self.views else None

    def ending_with(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        """Give the relations and functions whose last part is that of `parts`: what an unfinished name could mean."""
        if self._by_last is None:
            index: dict[str, list[str]] = {}
            for names in (self.tables, self.views, self.functions):
                for name in names:
                    index.setdefault(split_name(name)[-1], []).append(name)
            self._by_last = index
        tail = "." + join_name(parts)
        return tuple(sorted(name for name in self._by_last.get(parts[-1], ()) if ("." + name).endswith(tail)))


def _as_mapping(names: Any) -> dict[str, Any]:  # noqa: ANN401 - plain data of either shape
    return dict(names) if hasattr(names, "items") else {}


def _canonical(name: str) -> str:
    return name if name.islower() and "`" not in name else canonical_name(name)


def _canonical_keys(known: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the same mapping with canonical keys; the very one where they are so already."""
    if all(name.islower() and "`" not in name for name in known):
        return known
    return {_canonical(name): value for name, value in known.items()}
