"""What stands inside: the catalogue that names resolve against, and what the bodies of views and routines read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.model.name import canonical_name, parent_name, split_name
from uc_guard.sql.extract import Catalog, extract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uc_guard.model.use import Extraction
    from uc_guard.snapshot import Snapshot

_VIEWS = ("VIEW", "MATERIALIZED_VIEW", "METRIC_VIEW")
_QUERY = re.compile(
    r"\s*\(*\s*(?:select|with|values|table|from|begin|return|call|insert|update|delete|merge)\b", re.IGNORECASE
)
_RETURN = re.compile(r"\s*return\b", re.IGNORECASE)


def known_objects(snapshot: Snapshot) -> Catalog:
    """Give the catalogue of a snapshot's tables, views, functions and volumes, for the extraction."""
    objects = snapshot.frame("objects")
    columns = _columns(snapshot)
    named = {kind: _names(objects, kind) for kind in ("TABLE", "VOLUME")}
    views = set(objects.filter(pl.col("kind").is_in(_VIEWS))["securable"]) | set(snapshot.frame("views")["view"])
    procedures = objects.filter(pl.col("kind") == "PROCEDURE")["securable"]
    functions = objects.filter(pl.col("securable_type") == "FUNCTION", pl.col("kind") != "PROCEDURE")["securable"]
    return Catalog(
        {name: columns.get(name, {}) for name in [*named["TABLE"], *columns] if name not in views},
        {name: _view(name, row, columns) for name, row in _definitions(snapshot, views).items()},
        functions=set(functions) | set(snapshot.frame("routines").filter(pl.col("kind") == "FUNCTION")["routine"]),
        volumes=set(named["VOLUME"]),
        procedures=set(procedures) | set(snapshot.frame("routines").filter(pl.col("kind") == "PROCEDURE")["routine"]),
    )


def read_bodies(snapshot: Snapshot, catalog: Catalog) -> pl.DataFrame:
    """Read the bodies of all views and SQL routines.

    Returns:
        Contract BODIES; no row for a body whose text the snapshot lacks.
    """
    rows = [*_view_bodies(snapshot, catalog), *_routine_bodies(snapshot, catalog)]
    return pl.DataFrame(rows, schema=tables.BODIES.schema, orient="row").unique(maintain_order=True)


# -- the catalogue -------------------------------------------------------------------------------------------------


def _names(objects: pl.DataFrame, securable_type: str) -> list[str]:
    return objects.filter(pl.col("securable_type") == securable_type)["securable"].to_list()


def _columns(snapshot: Snapshot) -> dict[str, dict[str, str]]:
    grouped = (
        snapshot.frame("columns")
        .sort("table", "position")
        .group_by("table", maintain_order=True)
        .agg("column", pl.col("type").fill_null(""))
    )
    return {table: dict(zip(names, types, strict=True)) for table, names, types in grouped.iter_rows()}


def _definitions(snapshot: Snapshot, views: set[str]) -> dict[str, dict[str, str | None]]:
    known = {row["view"]: row for row in snapshot.frame("views").iter_rows(named=True)}
    return {name: known.get(name, {}) for name in sorted(views)}


def _view(name: str, row: dict[str, str | None], columns: dict[str, dict[str, str]]) -> dict[str, object]:
    namespace = f"{row['catalog']}.{row['schema']}" if row.get("catalog") and row.get("schema") else parent_name(name)
    return {"definition": row.get("definition"), "columns": columns.get(name, {}), "current_namespace": namespace}


# -- bodies --------------------------------------------------------------------------------------------------------


def _view_bodies(snapshot: Snapshot, catalog: Catalog) -> Iterator[tuple[object, ...]]:
    for row in snapshot.frame("views").filter(pl.col("definition").is_not_null()).iter_rows(named=True):
        found = _extract_at(row["view"], row["definition"], catalog, row["catalog"], row["schema"])
        yield from _rows("TABLE", row["view"], found, catalog)


def _routine_bodies(snapshot: Snapshot, catalog: Catalog) -> Iterator[tuple[object, ...]]:
    routines = snapshot.frame("routines").filter(pl.col("definition").is_not_null())
    for row in routines.iter_rows(named=True):
        if (row["language"] or "SQL").upper() != "SQL":
            # UC: a body in another language runs isolated, without a session: it reads nothing of the metastore.
            yield ("FUNCTION", row["routine"], None, None, None, True)
            continue
        found = _extract_at(row["routine"], _as_query(row["definition"]), catalog)
        yield from _rows("FUNCTION", row["routine"], found, catalog)


def _extract_at(
    name: str, text: str, catalog: Catalog, current_catalog: str | None = None, current_schema: str | None = None
) -> Extraction:
    parts = split_name(name)
    return extract(
        text,
        catalog,
        current_catalog=current_catalog or parts[0],
        current_schema=current_schema or (parts[1] if len(parts) > 1 else None),
    )


def _as_query(definition: str) -> str:
    """Make a query of a SQL function's body, which is an expression, a query or a RETURN of either."""
    body = _RETURN.sub("", definition, count=1)
    return body if _QUERY.match(body) else f"SELECT {body}"


def _rows(securable_type: str, name: str, found: Extraction, catalog: Catalog) -> list[tuple[object, ...]]:
    own = (securable_type, canonical_name(name))
    reads = {use.name for use in found.uses}
    rows: list[tuple[object, ...]] = [(*own, u.action, u.securable_type, u.name, True) for u in found.uses]
    for opaque in found.opaque:
        if opaque.may is None:
            rows.append((*own, None, None, None, False))
            continue
        # A name that is no column is a parameter of the routine, as long as all that it could belong to is read anyway.
        others = [other for other in opaque.may if other not in reads]
        rows += [(*own, None, "FUNCTION" if o in catalog.functions else "TABLE", o, False) for o in others]
    return rows or [(*own, None, None, None, True)]
