"""What a workspace says: the frames of a snapshot."""

from __future__ import annotations

import polars as pl

from uc_guard.tables.contract import INSTANT, NAME, NAMES, PRINCIPAL, TYPE, Column, Contract

STATEMENTS = Contract(
    "statements",
    "One logged statement.",
    {
        "statement_id": Column(pl.String, "the platform's id"),
        "principal": Column(pl.String, "whose privileges ran it (`executed_as`)"),
        "submitter": Column(pl.String, "who sent it (`executed_by`)", null="not recorded"),
        "session_id": Column(pl.String, "the session it ran in", null="not recorded"),
        "text": Column(pl.String, "the SQL text; hostile, may hold secrets", null="redacted, encrypted or empty"),
        "status": Column(pl.String, "FINISHED, FAILED, CANCELED or another word of the platform"),
        "error": Column(pl.String, "the error message of a failed statement", null="none, or redacted"),
        "statement_type": Column(pl.String, "the platform's own class: SELECT, INSERT ...", null="not recorded"),
        "compute": Column(pl.String, "WAREHOUSE, SERVERLESS_COMPUTE ...", null="not recorded"),
        "client": Column(pl.String, "client application, as the client says", null="not recorded"),
        "catalog": Column(
            pl.String, "current catalog when it started", null="not recorded: the session's or the default"
        ),
        "schema": Column(
            pl.String, "current schema when it started", null="not recorded: the session's or the default"
        ),
        "parameters": Column(pl.String, "JSON object of parameter name (`0`, `1` ... for `?`) to value", null="none"),
        "parameters_truncated": Column(pl.Boolean, "the platform cut the parameters"),
        "started_at": Column(INSTANT, "start"),
    },
    key=("statement_id",),
)
OBJECTS = Contract(
    "objects",
    "One securable.",
    {
        "securable_type": TYPE,
        "securable": NAME,
        "kind": Column(
            pl.String, "finer kind: MANAGED, VIEW, MATERIALIZED_VIEW, FOREIGN, PROCEDURE, MODEL ...; else the type"
        ),
        "owner": Column(pl.String, "owning principal", null="not known"),
        "created_at": Column(INSTANT, "when it was made", null="not known"),
        "location": Column(pl.String, "storage URL of an external location, volume or table", null="none or not known"),
        "isolated": Column(pl.Boolean, "only bound workspaces may use it", null="not known"),
    },
    key=("securable_type", "securable"),
)
COLUMNS = Contract(
    "columns",
    "One column of a table or view.",
    {
        "table": Column(pl.String, "full name of the table or view"),
        "column": Column(pl.String, "column name, lower case"),
        "type": Column(pl.String, "SQL type", null="not known"),
        "position": Column(pl.Int64, "order in the table"),
    },
    key=("table", "column"),
)
GRANTS = Contract(
    "grants",
    "One privilege row as it is stored: direct, never inherited.",
    {
        "grantee": PRINCIPAL,
        "privilege": Column(pl.String, "underscore form in upper case; unknown ones kept as text"),
        "securable_type": TYPE,
        "securable": NAME,
        "granted_at": Column(INSTANT, "when it was granted", null="not known"),
    },
    key=("grantee", "privilege", "securable_type", "securable"),
)
MEMBERS = Contract(
    "members",
    "One direct membership.",
    {"group": PRINCIPAL, "member": PRINCIPAL},
    key=("group", "member"),
)
PRINCIPALS = Contract(
    "principals",
    "One principal.",
    {
        "principal": PRINCIPAL,
        "kind": Column(pl.String, "what it is", among=("USER", "SERVICE_PRINCIPAL", "GROUP", "UNKNOWN")),
        "display_name": Column(pl.String, "the name people see", null="not known"),
        "active": Column(pl.Boolean, "may sign in"),
        "created_at": Column(INSTANT, "when it was made", null="not known"),
    },
    key=("principal",),
)
ROW_FILTERS = Contract(
    "row_filters",
    "The row filter of a table.",
    {
        "table": Column(pl.String, "full name"),
        "function": Column(pl.String, "full name of the filter function"),
        "columns": Column(NAMES, "its argument columns"),
    },
    key=("table",),
)
COLUMN_MASKS = Contract(
    "column_masks",
    "The mask of a column.",
    {
        "table": Column(pl.String, "full name"),
        "column": Column(pl.String, "masked column, lower case"),
        "function": Column(pl.String, "full name of the mask function"),
        "columns": Column(NAMES, "further argument columns"),
    },
    key=("table", "column"),
)
POLICIES = Contract(
    "policies",
    "One attribute-based policy.",
    {
        "policy": Column(pl.String, "name"),
        "policy_type": Column(pl.String, "ROW_FILTER, COLUMN_MASK, GRANT or DENY"),
        "securable_type": TYPE,
        "securable": Column(pl.String, "full name of the scope it stands on"),
        "function": Column(pl.String, "filter or mask function", null="a GRANT or DENY policy"),
        "to": Column(NAMES, "principals it applies to"),
        "except": Column(NAMES, "principals exempt from it"),
        "for_type": Column(pl.String, "type of securable it governs: TABLE, MODEL ...", null="not known"),
        "when": Column(pl.String, "condition on the securable's tags", null="always"),
        "match": Column(pl.String, "JSON list of {alias, condition} on column tags", null="none"),
        "on_column": Column(pl.String, "alias of the masked columns", null="not a mask"),
        "privileges": Column(NAMES, "privileges granted or denied"),
    },
    key=("policy", "securable_type", "securable"),
)
TAGS = Contract(
    "tags",
    "One tag on a securable or column.",
    {
        "securable_type": TYPE,
        "securable": NAME,
        "column": Column(pl.String, "tagged column, lower case", null="the securable itself"),
        "tag": Column(pl.String, "tag name"),
        "value": Column(pl.String, "tag value", null="a tag without value"),
    },
)
VIEWS = Contract(
    "views",
    "The body of a view.",
    {
        "view": Column(pl.String, "full name"),
        "definition": Column(pl.String, "query text", null="not visible to the reader of the snapshot"),
        "catalog": Column(pl.String, "catalog that its names start from", null="the view's own"),
        "schema": Column(pl.String, "schema that its names start from", null="the view's own"),
    },
    key=("view",),
)
ROUTINES = Contract(
    "routines",
    "The body of a function or procedure.",
    {
        "routine": Column(pl.String, "full name"),
        "kind": Column(pl.String, "FUNCTION, PROCEDURE or MODEL"),
        "language": Column(pl.String, "SQL, PYTHON ...", null="not known"),
        "definition": Column(pl.String, "body text", null="not visible"),
        "rights": Column(pl.String, "whose rights the body runs with", among=("DEFINER", "INVOKER")),
    },
    key=("routine",),
)
DEPENDENCIES = Contract(
    "dependencies",
    "One securable that a view's or routine's body reads, as the platform lists it.",
    {
        "securable": Column(pl.String, "full name of the view or routine"),
        "on_type": TYPE,
        "on_securable": Column(pl.String, "full name of what its body reads"),
    },
)
_LINEAGE = {
    "statement_id": Column(pl.String, "statement that caused it", null="not a warehouse statement"),
    "principal": Column(pl.String, "who ran it", null="not recorded"),
    "source": Column(pl.String, "full name or path read", null="only written"),
    "source_type": Column(pl.String, "TABLE, VIEW, PATH ...", null="not recorded"),
    "target": Column(pl.String, "full name or path written", null="only read"),
    "target_type": Column(pl.String, "TABLE, VIEW, PATH ...", null="not recorded"),
    "direct": Column(pl.Boolean, "false: reached through a view, no need of the caller", null="not recorded"),
    "entity_type": Column(pl.String, "NOTEBOOK, JOB, PIPELINE ...", null="not recorded"),
    "at": Column(INSTANT, "when"),
}
TABLE_LINEAGE = Contract("table_lineage", "One read or write that the platform saw.", dict(_LINEAGE))
COLUMN_LINEAGE = Contract(
    "column_lineage",
    "One column read or written that the platform saw.",
    {
        **_LINEAGE,
        "source_column": Column(pl.String, "column read", null="not recorded"),
        "target_column": Column(pl.String, "column written", null="only read"),
    },
)
ACCESS_EVENTS = Contract(
    "access_events",
    "One audit event about a securable.",
    {
        "event_id": Column(pl.String, "the platform's id"),
        "principal": Column(pl.String, "who", null="not recorded"),
        "action": Column(pl.String, "action name, as logged"),
        "securable_type": Column(pl.String, "securable type in upper case", null="not named in the event"),
        "securable": Column(pl.String, "full name or path", null="not named in the event"),
        "operation": Column(pl.String, "READ, READ_WRITE ...", null="not a credential event"),
        "denied": Column(pl.Boolean, "the platform refused it"),
        "error": Column(pl.String, "error message", null="none"),
        "at": Column(INSTANT, "when"),
    },
    key=("event_id",),
)
BINDINGS = Contract(
    "bindings",
    "One workspace that may use an isolated securable.",
    {
        "securable_type": TYPE,
        "securable": NAME,
        "workspace_id": Column(pl.String, "the workspace"),
        "read_only": Column(pl.Boolean, "bound for reading only"),
    },
)

SNAPSHOT = (
    STATEMENTS, OBJECTS, COLUMNS, GRANTS, MEMBERS, PRINCIPALS, ROW_FILTERS, COLUMN_MASKS, POLICIES, TAGS, VIEWS,
    ROUTINES, DEPENDENCIES, TABLE_LINEAGE, COLUMN_LINEAGE, ACCESS_EVENTS, BINDINGS,
)  # fmt: skip
"""The frames of a snapshot, in the order of their reference page."""
