"""The fields of each source that reach the disk: nothing else of an answer does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMED = ("catalog_name", "schema_name", "name", "owner", "created_at")
_TAG = ("tag_name", "tag_value")
_GUARDED = ("catalog_name", "schema_name", "table_name")
# SAFETY: connections, credentials and catalogs hold options, properties and keys; none of them is in here.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "metastores": ("metastore_id", "owner", "created_at"),
    "catalogs": ("name", "owner", "created_at", "catalog_type", "isolation_mode", "storage_root"),
    "external_locations": ("name", "owner", "created_at", "isolation_mode", "url"),
    "storage_credentials": ("name", "owner", "created_at", "isolation_mode"),
    "credentials": ("name", "owner", "created_at", "isolation_mode"),
    "connections": ("name", "owner", "created_at", "connection_type"),
    "shares": ("name", "owner", "created_at"),
    "securables": ("securable_type", "securable", "owner", "created_at"),
    "schemata": ("catalog_name", "name", "owner", "created_at", "storage_root"),
    "tables": (*_NAMED, "table_type", "storage_location", "view_definition", "sql_path"),
    "columns": (*_GUARDED, "column_name", "position", "type_text"),
    "row_filters": (*_GUARDED, "filter_name", "target_columns"),
    "column_masks": (*_GUARDED, "column_name", "mask_name", "using_columns"),
    "view_dependencies": ("full_name", "view_dependencies"),
    "routines": (
        *_NAMED, "routine_type", "routine_body", "external_language", "routine_definition", "security_type",
        "routine_dependencies",
    ),
    "volumes": (*_NAMED, "volume_type", "storage_location"),
    "registered_models": (*_NAMED, "storage_location"),
    "grants": ("principal", "privilege", "securable_type", "securable_full_name"),
    "policies": (
        "name", "policy_type", "on_securable_type", "on_securable_fullname", "to_principals", "except_principals",
        "for_securable_type", "when_condition", "match_columns", "column_mask", "row_filter", "grant", "deny",
    ),
    "workspace_bindings": ("securable_type", "securable_name", "workspace_id", "binding_type"),
    "catalog_tags": ("catalog_name", *_TAG),
    "schema_tags": ("catalog_name", "schema_name", *_TAG),
    "table_tags": (*_GUARDED, *_TAG),
    "users": ("id", "userName", "displayName", "active"),
    "service_principals": ("id", "applicationId", "displayName", "active"),
    "groups": ("id", "displayName", "members"),
    "query_history": (
        "query_id", "session_id", "user_name", "executed_as_user_name", "status", "statement_type", "query_text",
        "error_message", "warehouse_id", "client_application", "query_start_time_ms", "query_end_time_ms",
    ),
}  # fmt: skip
"""By the name of the source; what SQL gives is chosen by its query instead."""

_AMONG = {
    "isolation_mode": ("OPEN", "ISOLATED", "ISOLATION_MODE_OPEN", "ISOLATION_MODE_ISOLATED"),
    "security_type": ("DEFINER", "INVOKER"),
    "binding_type": ("BINDING_TYPE_READ_WRITE", "BINDING_TYPE_READ_ONLY", "READ_WRITE", "READ_ONLY"),
}
"""Words that mean something to the reader; another one of these fields is as good as none."""


def picked(source: str, row: Mapping[str, object]) -> tuple[str | None, ...]:
    """Give the fields of a row that are written, in the order of FIELDS, each as text."""
    return tuple(_text(name, row.get(name)) for name in FIELDS[source])


def _text(name: str, value: object) -> str | None:
    if value is None or isinstance(value, str):
        return None if value and name in _AMONG and value.upper() not in _AMONG[name] else value
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float)) else msgspec.json.encode(value).decode()
