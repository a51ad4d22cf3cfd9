"""The system tables: their columns as the manual lists them, and rows made with only what matters written out."""

from __future__ import annotations

import pyarrow as pa

TEXT, LONG, YES_NO, DAY = pa.string(), pa.int64(), pa.bool_(), pa.date32()
TIME = pa.timestamp("us", tz="UTC")
TEXTS = pa.map_(TEXT, TEXT)


def _texts(names):
    return [(name, TEXT) for name in names.split()]


_SOURCE = pa.struct([
    *_texts("alert_id sql_query_id dashboard_id legacy_dashboard_id notebook_id genie_space_id"),
    ("job_info", pa.struct(_texts("job_id job_run_id job_task_run_id"))),
    ("pipeline_info", pa.struct(_texts("pipeline_id pipeline_update_id"))),
])  # fmt: skip
_COUNTS = (
    "total_duration_ms waiting_for_compute_duration_ms waiting_at_capacity_duration_ms execution_duration_ms "
    "compilation_duration_ms total_task_duration_ms result_fetch_duration_ms read_partitions pruned_files read_files "
    "read_rows produced_rows read_bytes"
)
_MORE_COUNTS = "spilled_local_bytes written_bytes written_rows written_files shuffle_read_bytes"
_HISTORY = [
    *_texts(
        "account_id workspace_id statement_id session_id executed_by executed_by_user_id executed_as "
        "executed_as_user_id execution_status statement_type statement_text error_message"
    ),
    ("compute", pa.struct(_texts("type cluster_id warehouse_id"))),
    *_texts("client_application client_driver"),
    ("query_source", _SOURCE),
    ("query_parameters", pa.struct([
        ("named_parameters", TEXTS), ("pos_parameters", pa.list_(TEXT)), ("is_truncated", YES_NO),
    ])),
    ("query_tags", TEXTS),
    ("start_time", TIME), ("end_time", TIME), ("update_time", TIME),
    *[(name, LONG) for name in _COUNTS.split()],
    ("read_io_cache_percent", pa.int32()), ("from_result_cache", YES_NO),
    *[(name, LONG) for name in _MORE_COUNTS.split()],
    ("cache_origin_statement_id", TEXT), ("pruned_files_bytes", LONG), ("read_files_bytes", LONG),
]  # fmt: skip
_AUDIT = [
    ("version", TEXT), ("event_time", TIME), ("event_date", DAY), ("workspace_id", TEXT),
    *_texts("source_ip_address user_agent session_id"),
    ("user_identity", pa.struct(_texts("email subject_name"))),
    *_texts("service_name action_name request_id event_id"),
    ("request_params", TEXTS),
    ("response", pa.struct([("status_code", pa.int32()), *_texts("error_message result")])),
    *_texts("audit_level account_id"),
    ("identity_metadata", pa.struct(_texts("run_by run_as"))),
]  # fmt: skip


def _lineage(*columns):
    ends = [
        f"{end}_{part}" for end in ("source", "target") for part in
        ("table_full_name", "table_catalog", "table_schema", "table_name", "path", "type")
    ]  # fmt: skip
    return [
        *_texts("account_id metastore_id workspace_id entity_type entity_id entity_run_id"),
        *_texts(" ".join((*ends[:6], *columns[:1], *ends[6:], *columns[1:]))),
        ("created_by", TEXT), ("event_time", TIME), ("event_date", DAY),
        *_texts("record_id event_id statement_id"),
        ("entity_metadata", pa.struct([
            ("job_info", pa.struct(_texts("job_id job_run_id"))), *_texts("dashboard_id notebook_id sql_query_id"),
        ])),
        ("direct_access", YES_NO),
    ]  # fmt: skip


TAGGED = {
    "catalog": ("catalog_name",), "schema": ("catalog_name", "schema_name"),
    "table": ("catalog_name", "schema_name", "table_name"),
    "column": ("catalog_name", "schema_name", "table_name", "column_name"),
    "volume": ("catalog_name", "schema_name", "volume_name"),
}  # fmt: skip
"""Views of tags in information_schema, and what names what is tagged."""

SCHEMAS = {
    name: pa.schema(columns)
    for name, columns in {
        "query.history": _HISTORY,
        "access.audit": _AUDIT,
        "access.table_lineage": _lineage(),
        "access.column_lineage": _lineage("source_column_name", "target_column_name"),
        **{
            f"information_schema.{kind}_tags": _texts(" ".join((*names, "tag_name", "tag_value")))
            for kind, names in TAGGED.items()
        },
    }.items()
}
"""Columns of each system table, without its catalog: `query.history` is system.query.history."""


def empty(table):
    """A system table without rows."""
    return SCHEMAS[table].empty_table()


def table_of(table, rows):
    """Rows of a system table; what a row leaves out is NULL, and a name that is no column is an error."""
    schema = SCHEMAS[table]
    for row in rows:
        if strange := set(row) - set(schema.names):
            raise ValueError(f"no column of {table}: {strange}")
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema)


def statement(number, principal, text, at, *, status="FINISHED", error=None, **more):
    """A row of query.history."""
    words = text.split()
    kind = words[0].upper() if words else "OTHER"
    return {
        "workspace_id": "4242", "statement_id": f"st-{number:06d}", "session_id": f"se-{principal}",
        "executed_by": principal, "executed_as": principal, "execution_status": status, "statement_type": kind,
        "statement_text": text, "error_message": error, "compute": {"type": "WAREHOUSE", "warehouse_id": "w1"},
        "client_application": "Databricks SQL Connector for Python", "start_time": at, "end_time": at,
        "update_time": at, "total_duration_ms": 40, "from_result_cache": False, **more,
    }  # fmt: skip


def event(number, principal, action, params, at, *, status_code=200, error=None, **more):
    """A row of access.audit."""
    return {
        "version": "2.0", "event_time": at, "event_date": at.date(), "workspace_id": "4242",
        "user_identity": {"email": principal}, "service_name": "unityCatalog", "action_name": action,
        "request_id": f"rq-{number:06d}", "event_id": f"ev-{number:06d}",
        "request_params": [(key, str(value)) for key, value in params.items()],
        "response": {"status_code": status_code, "error_message": error}, "audit_level": "WORKSPACE_LEVEL", **more,
    }  # fmt: skip


def edge(number, principal, at, *, source=None, target=None, types=("TABLE", "TABLE"), **more):
    """A row of access.table_lineage: what was read, what was written, or both."""
    row = {
        "workspace_id": "4242", "created_by": principal, "event_time": at, "event_date": at.date(),
        "record_id": f"re-{number:06d}", "event_id": f"le-{number:06d}", "direct_access": True, **more,
    }  # fmt: skip
    for end, name, kind in (("source", source, types[0]), ("target", target, types[1])):
        if name:
            parts = dict(zip(("table_catalog", "table_schema", "table_name"), name.split("."), strict=True))
            row |= {f"{end}_{key}": value for key, value in {"table_full_name": name, "type": kind, **parts}.items()}
    return row
