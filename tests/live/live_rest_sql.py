"""SQL by REST: the history of queries, and statements with their results as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pyarrow as pa
from live_casts import cast
from live_pages import number, read_token, token
from live_refusal import Refusal, invalid

REACH = timedelta(days=30)


def history(site, request):
    """Statements of SQL warehouses of the last days; those of others are shown to admins of the workspace only."""
    world = site.world
    since = _millis(request, "start_time_ms") or world.clock - REACH
    until = _millis(request, "end_time_ms") or world.clock
    if until - since > REACH:
        raise invalid("The time range must not be longer than 30 days")
    rows = [
        _query(row) for row in world.system["query.history"].to_pylist()
        if max(since, world.clock - REACH) <= row["start_time"] <= until
        and (row["compute"] or {}).get("warehouse_id")
        and (request.principal in world.workspace_admins or row["executed_by"] == request.principal)
    ]  # fmt: skip
    rows.sort(key=lambda row: (-row["query_start_time_ms"], row["query_id"]))
    size = min(number(request.query.get("max_results", "100")) or 100, site.page.size, 1000)
    start, _ = read_token(request.query.get("page_token"))
    if request.fault is not None and request.fault.kind == "empty-page":
        return {"res": [], "has_next_page": True, "next_page_token": token(start, 0)}
    more = start + size < len(rows)
    page = {"res": rows[start : start + size], "has_next_page": more}
    return {**page, "next_page_token": token(start + size, 0)} if more else page


def _millis(request, name):
    text = request.query.get(f"filter_by.query_start_time_range.{name}")
    return datetime.fromtimestamp(number(text) / 1000, UTC) if text else None


def _query(row):
    told = {
        "query_id": row["statement_id"], "query_text": row["statement_text"], "status": row["execution_status"],
        "statement_type": row["statement_type"], "user_name": row["executed_by"],
        "executed_as_user_name": row["executed_as"], "error_message": row["error_message"],
        "warehouse_id": row["compute"]["warehouse_id"], "endpoint_id": row["compute"]["warehouse_id"],
        "client_application": row["client_application"], "session_id": row["session_id"], "is_final": True,
        "query_start_time_ms": int(row["start_time"].timestamp() * 1000), "duration": row["total_duration_ms"],
    }  # fmt: skip
    return {key: value for key, value in told.items() if value is not None}


def execute(site, request):
    """Run a statement. UC: it answers 200 also where the statement failed; only its state tells."""
    body = request.body if isinstance(request.body, dict) else {}
    if not body.get("statement") or not body.get("warehouse_id"):
        raise invalid("statement and warehouse_id are needed")
    name = str(uuid4())
    site.results[name] = _run(site, request.principal, name, body)
    return site.results[name]


def _run(site, principal, name, body):
    try:
        params = {one["name"]: cast(one.get("type"), one.get("value")) for one in body.get("parameters") or ()}
        rows = site.executor(body["statement"], params, principal)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the statement's
        told = {"error_code": "BAD_REQUEST", "message": str(error)}
        return {"statement_id": name, "status": {"state": "FAILED", "error": told}}
    if limit := body.get("row_limit"):
        rows = rows.slice(0, int(limit))
    columns = [
        {"name": one.name, "position": place, "type_text": _type(one.type), "type_name": _type(one.type).split("<")[0]}
        for place, one in enumerate(rows.schema)
    ]
    data = [[_text(value) for value in row.values()] for row in rows.to_pylist()]
    shape = {"column_count": len(columns), "columns": columns}
    chunk = {"chunk_index": 0, "row_offset": 0, "row_count": len(data)}
    manifest = {
        "format": "JSON_ARRAY", "schema": shape, "total_chunk_count": 1, "chunks": [chunk],
        "total_row_count": len(data), "truncated": False,
    }  # fmt: skip
    result = {**chunk, "data_array": data} if data else chunk
    return {"statement_id": name, "status": {"state": "SUCCEEDED"}, "manifest": manifest, "result": result}


def _type(arrow):
    tests = (
        (pa.types.is_boolean, "BOOLEAN"), (pa.types.is_int64, "LONG"), (pa.types.is_integer, "INT"),
        (pa.types.is_floating, "DOUBLE"), (pa.types.is_timestamp, "TIMESTAMP"), (pa.types.is_date, "DATE"),
        (pa.types.is_decimal, "DECIMAL"), (pa.types.is_list, "ARRAY"), (pa.types.is_map, "MAP"),
        (pa.types.is_struct, "STRUCT"),
    )  # fmt: skip
    return next((name for test, name in tests if test(arrow)), "STRING")


def _text(value):
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    if isinstance(value, list) and value and isinstance(value[0], tuple):
        value = dict(value)
    return json.dumps(value, default=str) if isinstance(value, (dict, list)) else str(value)


def statement(site, request, name):  # noqa: ARG001 - a route
    if name not in site.results:
        raise Refusal(404, "NOT_FOUND", f"The statement {name} was not found.")
    return site.results[name]


def chunk(site, request, name, index):
    found = statement(site, request, name)
    if index != "0":
        raise invalid(f"there is no chunk {index}")
    return found["result"]


def cancel(site, request, name):  # noqa: ARG001 - a route
    return {}
