"""What REST says of each type of securable, beside its name and owner."""

from __future__ import annotations

from live_pages import flag


def _catalog(world, at, request, *, single):  # noqa: ARG001 - each shape is asked in the same way
    more = world.details[at]
    mode = "ISOLATED" if more["isolated"] else "OPEN"
    return {"catalog_type": more["catalog_type"], "isolation_mode": mode, "full_name": at[1]}


def _table(world, at, request, *, single):
    more = world.details[at]
    row = {
        "table_type": world.kinds[at], "table_id": f"table of {at[1]}", "data_source_format": "DELTA",
        "securable_kind": f"TABLE_{world.kinds[at]}",
    }  # fmt: skip
    if not flag(request, "omit_columns"):
        row["columns"] = [
            {"name": name, "type_text": kind, "type_name": kind.upper().split("<")[0], "position": place,
             "nullable": True, **_masked(more["masks"].get(name))}
            for place, (name, kind) in enumerate(more["columns"].items())
        ]  # fmt: skip
    if not flag(request, "omit_properties"):
        row["properties"] = {"delta.minReaderVersion": "3"}
    if more["row_filter"]:
        function, columns = more["row_filter"]
        row["row_filter"] = {"function_name": function, "input_column_names": list(columns)}
    if more["view_definition"] is not None:
        row["view_definition"] = more["view_definition"]
        # UC: what a view reads comes with the view alone, not with a listing.
        if single:
            row["view_dependencies"] = _dependencies(more["dependencies"])
    return row


def _masked(mask):
    if mask is None:
        return {}
    function, columns = (mask, ()) if isinstance(mask, str) else mask
    used = {"using_column_names": list(columns)} if columns else {}
    return {"mask": {"function_name": function, **used}}


def _dependencies(pairs):
    shape = {"TABLE": ("table", "table_full_name"), "FUNCTION": ("function", "function_full_name")}
    read = [{shape[kind][0]: {shape[kind][1]: name}} for kind, name in pairs]
    return {"dependencies": read} if read else {}


def _function(world, at, request, *, single):  # noqa: ARG001 - as above
    more = world.details[at]
    sql = more["language"].upper() == "SQL"
    row = {
        "routine_body": "SQL" if sql else "EXTERNAL", "routine_definition": more["definition"], "data_type": "STRING",
        "security_type": "DEFINER", "sql_data_access": "READS_SQL_DATA" if more["dependencies"] else "CONTAINS_SQL",
    }  # fmt: skip
    if not sql:
        row["external_language"] = more["language"]
    if single:
        row["routine_dependencies"] = _dependencies(more["dependencies"])
    return row


def _model(world, at, request, *, single):  # noqa: ARG001 - as above
    return {"storage_location": f"none://models/{at[1]}"}


def _volume(world, at, request, *, single):  # noqa: ARG001 - as above
    return {"volume_type": world.details[at]["volume_type"], "volume_id": f"volume of {at[1]}"}


def _location(world, at, request, *, single):  # noqa: ARG001 - as above
    mode = "ISOLATION_MODE_ISOLATED" if world.details[at]["isolated"] else "ISOLATION_MODE_OPEN"
    return {"url": world.details[at]["url"], "read_only": False, "isolation_mode": mode, "credential_name": "none"}


def _credential(world, at, request, *, single):  # noqa: ARG001 - as above
    purpose = "STORAGE" if at[0] == "STORAGE_CREDENTIAL" else "SERVICE"
    return {"purpose": purpose, "isolation_mode": "ISOLATION_MODE_OPEN"}


def _connection(world, at, request, *, single):  # noqa: ARG001 - as above
    return {"connection_type": world.details[at]["connection_type"], "options": {"bearer_token": "hunter2"}}


def _plain(world, at, request, *, single):  # noqa: ARG001 - as above
    return {}


SHAPES = {
    "CATALOG": _catalog, "SCHEMA": _plain, "TABLE": _table, "FUNCTION": _function, "models": _model,
    "VOLUME": _volume, "EXTERNAL_LOCATION": _location, "STORAGE_CREDENTIAL": _credential,
    "CREDENTIAL": _credential, "CONNECTION": _connection, "SHARE": _plain,
}  # fmt: skip
"""By type; models are functions where rights are concerned, and have a listing of their own."""
