"""What stands in a schema: an item of each listing, taken apart into the rows of its sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from uc_guard.capture.ledger import LIMITED
from uc_guard.model.name import join_name
from uc_guard.workspace.rest import call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from uc_guard.capture.tasks import Sink
    from uc_guard.workspace.rest import Rest

    Row = dict[str, Any]

_BODIES = ("columns", "row_filters", "column_masks", "views")


class Reader(NamedTuple):
    """How a listing inside schemas is read.

    Attributes:
        path: Last part of its path.
        key: Where its items stand.
        frames: Frames that lack rows where it fails.
        sources: Sources that it fills.
        put: Puts one item, with `catalog_name` and `schema_name`, into the sink.
        query: What it asks for.
    """

    path: str
    key: str
    frames: tuple[str, ...]
    sources: tuple[str, ...]
    put: Callable[[Rest, Row, Sink], None]
    query: Mapping[str, Any]


def _table(rest: Rest, row: Row, sink: Sink) -> None:
    name = full_name(row)
    hidden = bool(row.get("browse_only"))
    if hidden:
        said = "shown by BROWSE only, without columns, filters, masks and body"
        sink.note(f"`{name}`", LIMITED, said, frames=(*_BODIES, "dependencies"))
    elif "VIEW" in str(row.get("table_type") or "").upper():
        row = _with_dependencies(rest, row, sink)
    sink.add("tables", row)
    where = {"catalog_name": row["catalog_name"], "schema_name": row["schema_name"], "table_name": row["name"]}
    for position, column in enumerate(_listed(row.get("columns"))):
        own = {**where, "column_name": column.get("name"), "type_text": column.get("type_text")}
        sink.add("columns", {**own, "position": column.get("position", position)})
        mask: Row = column.get("mask") or {}
        if mask.get("function_name"):
            used = _arguments(mask, "using")
            sink.add("column_masks", {**own, "mask_name": mask["function_name"], "using_columns": used})
    kept: Row = row.get("row_filter") or {}
    if kept.get("function_name"):
        used = _arguments(kept, "input")
        sink.add("row_filters", {**where, "filter_name": kept["function_name"], "target_columns": used})


def _with_dependencies(rest: Rest, row: Row, sink: Sink) -> Row:
    """Read a view by itself. UC: a listing leaves out what its body reads."""
    found: Row = {}
    with sink.trying(f"`{full_name(row)}`", frames=("dependencies",)):
        found = rest.get(call("tables", rest_name(row)))
    if read := _dependencies(found.get("view_dependencies")):
        sink.add("view_dependencies", {"full_name": full_name(row), "view_dependencies": read})
    told = ("view_definition", "row_filter", "columns", "sql_path")
    return {**row, **{key: found[key] for key in told if found.get(key) and not row.get(key)}}


def _routine(rest: Rest, row: Row, sink: Sink) -> None:
    # UC: some releases leave what a body reads out of the listing.
    if row.get("routine_dependencies") is None and str(row.get("routine_body") or "").upper() == "SQL":
        with sink.trying(f"`{full_name(row)}`", frames=("dependencies",)):
            found = rest.get(call("functions", rest_name(row)))
            row = {**found, **row, "routine_dependencies": found.get("routine_dependencies")}
    sink.add("routines", {**row, "routine_dependencies": _dependencies(row.get("routine_dependencies"))})


def _dependencies(value: Any) -> Row | None:  # noqa: ANN401 - JSON
    """Give what a body reads; None where it reads nothing, which comes as an object without a list."""
    return {"dependencies": value["dependencies"]} if value and value.get("dependencies") else None


def _plain(source: str) -> Callable[[Rest, Row, Sink], None]:
    def put(_: Rest, row: Row, sink: Sink) -> None:
        sink.add(source, row)

    return put


READERS = {
    "tables": Reader(
        "tables", "tables", ("objects", *_BODIES, "dependencies", "grants"),
        ("tables", "columns", "row_filters", "column_masks", "view_dependencies"), _table, {"omit_properties": True},
    ),
    "routines": Reader(
        "functions", "functions", ("objects", "routines", "dependencies", "grants"), ("routines",), _routine, {}
    ),
    "volumes": Reader("volumes", "volumes", ("objects", "grants"), ("volumes",), _plain("volumes"), {}),
    "registered_models": Reader(
        "models", "registered_models", ("objects", "grants"), ("registered_models",), _plain("registered_models"), {}
    ),
}  # fmt: skip
"""By the job that reads it."""


def full_name(row: Mapping[str, Any]) -> str:
    """Give the canonical full name of an item."""
    return join_name((row["catalog_name"], row["schema_name"], row["name"]))


def rest_name(row: Mapping[str, Any]) -> str:
    """Give the full name of an item as paths write it: nothing is quoted there."""
    return str(row.get("full_name") or ".".join((row["catalog_name"], row["schema_name"], row["name"])))


def _listed(value: object) -> Iterable[Row]:
    return value if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType] - JSON


def _arguments(guard: Mapping[str, Any], prefix: str) -> list[str]:
    """Give the columns that a filter or mask takes. UC: the list of names leaves out literals, and is the older one."""
    arguments = guard.get(f"{prefix}_arguments")
    if arguments:
        return [str(one["column"]) for one in arguments if one.get("column")]
    return [str(one) for one in guard.get(f"{prefix}_column_names") or ()]
