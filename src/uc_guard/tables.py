"""The contract of every frame: its columns, types, units, nullability and key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

INSTANT = pl.Datetime("us", "UTC")
NAMES = pl.List(pl.String)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a contract.

    Attributes:
        dtype: The polars type, exact.
        doc: What it holds, with its unit.
        null: What null means here; None where null is not allowed.
        among: The values allowed; None where any is.
    """

    dtype: pl.DataType | type[pl.DataType]
    doc: str
    null: str | None = None
    among: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """What a frame promises.

    Attributes:
        name: The frame's name, and the name of its file in a snapshot.
        doc: One sentence: what one row is.
        columns: Column by name, in order.
        key: The columns that identify a row; empty where rows may repeat.
    """

    name: str
    doc: str
    columns: Mapping[str, Column]
    key: tuple[str, ...] = ()

    @property
    def schema(self) -> dict[str, Any]:
        """Column name to polars type, in order."""
        return {name: column.dtype for name, column in self.columns.items()}

    def empty(self) -> pl.DataFrame:
        """Give a frame with no rows."""
        return pl.DataFrame(schema=self.schema)

    def frame(self, rows: list[dict[str, Any]]) -> pl.DataFrame:
        """Build a frame from rows; a missing key is null. For small inputs and tests."""
        return pl.DataFrame([{name: row.get(name) for name in self.columns} for row in rows], schema=self.schema)

    def validate(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Check a frame against this contract.

        Returns:
            The same frame, columns in the contract's order.

        Raises:
            pandera.errors.SchemaErrors: with every failure found.
        """
        import pandera.polars as pa  # noqa: PLC0415 - half a second, paid only where a frame is checked

        schema = pa.DataFrameSchema(
            {
                name: pa.Column(
                    column.dtype,
                    nullable=column.null is not None,
                    checks=[pa.Check.isin(column.among)] if column.among else None,  # pyright: ignore[reportUnknownMemberType]
                )
                for name, column in self.columns.items()
            },
            strict=True,
            unique=list(self.key) or None,
            name=self.name,
        )
        return schema.validate(
            frame.select(*self.columns, *[c for c in frame.columns if c not in self.columns]), lazy=True
        )


_TYPE = Column(pl.String, "securable type: CATALOG, SCHEMA, TABLE (views too), FUNCTION (models too), VOLUME ...")
_NAME = Column(pl.String, "full name, canonical spelling")
_PRINCIPAL = Column(pl.String, "login, application id or group name, as grants write it")

# -- what a workspace says ---------------------------------------------------------------------------------------------

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
        "securable_type": _TYPE,
        "securable": _NAME,
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
        "grantee": _PRINCIPAL,
        "privilege": Column(pl.String, "underscore form in upper case; unknown ones kept as text"),
        "securable_type": _TYPE,
        "securable": _NAME,
        "granted_at": Column(INSTANT, "when it was granted", null="not known"),
    },
    key=("grantee", "privilege", "securable_type", "securable"),
)
MEMBERS = Contract(
    "members",
    "One direct membership.",
    {"group": _PRINCIPAL, "member": _PRINCIPAL},
    key=("group", "member"),
)
PRINCIPALS = Contract(
    "principals",
    "One principal.",
    {
        "principal": _PRINCIPAL,
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
        "securable_type": _TYPE,
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
        "securable_type": _TYPE,
        "securable": _NAME,
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
        "on_type": _TYPE,
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
        "securable_type": _TYPE,
        "securable": _NAME,
        "workspace_id": Column(pl.String, "the workspace"),
        "read_only": Column(pl.Boolean, "bound for reading only"),
    },
)

SNAPSHOT = (
    STATEMENTS, OBJECTS, COLUMNS, GRANTS, MEMBERS, PRINCIPALS, ROW_FILTERS, COLUMN_MASKS, POLICIES, TAGS, VIEWS,
    ROUTINES, DEPENDENCIES, TABLE_LINEAGE, COLUMN_LINEAGE, ACCESS_EVENTS, BINDINGS,
)  # fmt: skip
"""The frames of a snapshot, in the order of their reference page."""

# -- what follows from it ----------------------------------------------------------------------------------------------

BODIES = Contract(
    "bodies",
    "One thing that the body of a view or routine does; a body without a row could not be read.",
    {
        "securable_type": _TYPE,
        "securable": Column(pl.String, "full name of the view or routine"),
        "action": Column(pl.String, "as in Use.action", null="any way, where `on_securable` is named; else nothing"),
        "on_type": Column(pl.String, "as in Use.securable_type", null="as for `action`"),
        "on_securable": Column(
            pl.String, "full name of what it is done to", null="nothing, or anything: see `understood`"
        ),
        "understood": Column(pl.Boolean, "false, and `on_securable` null: the body could use anything"),
    },
)
USAGE = Contract(
    "usage",
    "One way in which a principal used a securable, over the whole window.",
    {
        "principal": _PRINCIPAL,
        "action": Column(pl.String, "SELECT, MODIFY, EXECUTE, READ_VOLUME ..., as in Use.action"),
        "securable_type": Column(pl.String, "as in Use.securable_type: TABLE, VIEW, PATH ..."),
        "securable": _NAME,
        "columns": Column(
            NAMES, "every column referred to, sorted", null="columns mean nothing here, or are not known"
        ),
        "outcome": Column(pl.String, "did it run, or was it denied", among=("ran", "denied", "failed")),
        "source": Column(pl.String, "what shows it", among=("query_history", "table_lineage", "audit")),
        "uses": Column(pl.Int64, "number of statements or events"),
        "first_at": Column(INSTANT, "first of them"),
        "last_at": Column(INSTANT, "last of them"),
        "witnesses": Column(NAMES, "ids of at most three of them"),
    },
    key=("principal", "action", "securable_type", "securable", "outcome", "source"),
)
OPAQUE = Contract(
    "opaque",
    "One kind of activity of a principal that was not understood.",
    {
        "principal": _PRINCIPAL,
        "reason": Column(pl.String, "stable code, as in Opaque.reason"),
        "may": Column(NAMES, "full names it could have used", null="anything"),
        "statements": Column(pl.Int64, "number of statements"),
        "first_at": Column(INSTANT, "first of them"),
        "last_at": Column(INSTANT, "last of them"),
        "witnesses": Column(NAMES, "ids of at most three of them"),
    },
)
NEEDS = Contract(
    "needs",
    "One privilege that a principal needs, or may need, on one securable.",
    {
        "principal": _PRINCIPAL,
        "privilege": Column(pl.String, "underscore form"),
        "securable_type": _TYPE,
        "securable": _NAME,
        "certainty": Column(
            pl.String, "must: surely needed; may: an opaque activity could have needed it", among=("must", "may")
        ),
        "reason": Column(
            pl.String,
            "what causes it: used, co-requisite, usage-chain, via-view, via-routine, opaque, unobservable ...",
        ),
        "uses": Column(pl.Int64, "number of statements or events behind it"),
        "first_at": Column(INSTANT, "first of them", null="no dated evidence"),
        "last_at": Column(INSTANT, "last of them", null="no dated evidence"),
        "witnesses": Column(NAMES, "ids of at most three of them"),
    },
    key=("principal", "privilege", "securable_type", "securable"),
)
HOLDINGS = Contract(
    "holdings",
    "One way in which a principal holds a privilege: a stored row, or ownership.",
    {
        "principal": _PRINCIPAL,
        "privilege": Column(pl.String, "as stored; OWNER for ownership"),
        "securable_type": _TYPE,
        "securable": Column(pl.String, "full name of where the row stands"),
        "origin": Column(pl.String, "how it comes", among=("direct", "group", "everyone", "owner")),
        "grantee": Column(pl.String, "principal that the row names, or the owner"),
        "path": Column(NAMES, "principal, group, ... grantee"),
        "reach": Column(pl.Int64, "number of (privilege, securable) pairs that it gives today"),
        "reach_used": Column(pl.Int64, "pairs of its reach that were surely needed"),
        "reach_may": Column(pl.Int64, "pairs of its reach that were or may have been needed"),
        "verdict": Column(pl.String, "used: some of its reach is needed; held: some may be; unused: none",
                          among=("used", "held", "unused", "unknown")),
        "usable": Column(pl.Boolean, "USE CATALOG and USE SCHEMA stand on the way to some securable in its reach"),
        "uses": Column(pl.Int64, "statements and events behind the needs it serves"),
        "first_at": Column(INSTANT, "first of them", null="never used"),
        "last_at": Column(INSTANT, "last of them", null="never used"),
        "idle_days": Column(pl.Int64, "whole days from the last use to the end of the window", null="never used"),
        "why": Column(pl.String, "a sentence for people"),
    },
)  # fmt: skip
EXPOSURES = Contract(
    "exposures",
    "One column that a principal can read, or has read, and that matters: tagged, masked, filtered or used.",
    {
        "principal": _PRINCIPAL,
        "table": Column(pl.String, "full name"),
        "column": Column(pl.String, "column name, lower case"),
        "readable": Column(pl.Boolean, "usable SELECT on the table today"),
        "used": Column(pl.Boolean, "a statement referred to it"),
        "tags": Column(NAMES, "`tag` or `tag=value` on the column, sorted"),
        "masked_by": Column(NAMES, "mask functions and mask policies that apply to this principal"),
        "filtered_by": Column(NAMES, "row filters and filter policies that apply to this principal"),
        "exempt_from": Column(NAMES, "policies that name the column but exempt this principal"),
        "last_at": Column(INSTANT, "last use", null="never used"),
    },
    key=("principal", "table", "column"),
)
SHORTFALLS = Contract(
    "shortfalls",
    "One privilege that a principal was denied, or needs and does not hold.",
    {
        "principal": _PRINCIPAL,
        "privilege": Column(pl.String, "underscore form"),
        "securable_type": _TYPE,
        "securable": _NAME,
        "evidence": Column(pl.String, "denied: the platform said so; needed: used, yet no holding explains it",
                           among=("denied", "needed")),
        "uses": Column(pl.Int64, "number of statements or events"),
        "last_at": Column(INSTANT, "last of them", null="no dated evidence"),
        "witnesses": Column(NAMES, "ids of at most three of them"),
    },
    key=("principal", "privilege", "securable_type", "securable", "evidence"),
)  # fmt: skip
COVERAGE = Contract(
    "coverage",
    "How well the activity of a principal is known.",
    {
        "principal": _PRINCIPAL,
        "statements": Column(pl.Int64, "logged statements"),
        "understood": Column(pl.Int64, "of them, understood in full"),
        "opaque": Column(pl.Int64, "of them, not understood in full"),
        "denied": Column(pl.Int64, "of them, refused for a missing privilege"),
        "failed": Column(pl.Int64, "of them, failed for another reason"),
        "reasons": Column(NAMES, "`reason: count` of what was not understood, most frequent first"),
        "computes": Column(NAMES, "compute types seen, sorted"),
        "missing": Column(NAMES, "sources that the snapshot lacks and a judgement would need, sorted"),
        "first_at": Column(INSTANT, "first statement", null="no statement"),
        "last_at": Column(INSTANT, "last statement", null="no statement"),
    },
    key=("principal",),
)

LEDGER = Contract(
    "ledger",
    "The balance of a principal, in distinct (privilege, securable) pairs.",
    {
        "principal": _PRINCIPAL,
        "held": Column(pl.Int64, "pairs held today, by rows and by ownership"),
        "used": Column(pl.Int64, "of them, surely needed"),
        "may": Column(pl.Int64, "of them, needed or perhaps needed"),
        "after": Column(pl.Int64, "pairs held once the plan has run"),
    },
    key=("principal",),
)

DECLARATIONS = Contract(
    "declarations",
    "One thing that a file of a repository says of access.",
    {
        "principal": Column(pl.String, "login, application id or group name, as written", null="nobody is named"),
        "securable_type": _TYPE,
        "securable": Column(pl.String, "full name, canonical spelling; as written where a part of it is not known"),
        "privilege": Column(pl.String, "underscore form; OWNER for ownership", null="none is named: masks, filters"),
        "verb": Column(pl.String, "what it does", among=(
            "grant", "revoke", "owner", "use", "mask", "unmask", "filter", "unfilter", "policy", "exempt", "unpolicy")),
        "is_authoritative": Column(pl.Boolean, "what is not listed beside it is taken away"),
        "authority": Column(pl.String, "whose: `securable`, anybody's on the securable; `principal`, the principal's",
                            null="nothing is taken away", among=("principal", "securable")),
        "is_resolved": Column(pl.Boolean, "false: a template, variable or session fills in a part of it"),
        "function": Column(pl.String, "function of a mask, filter or policy", null="none is named"),
        "on_column": Column(pl.String, "column that is masked or used, lower case", null="none is named"),
        "origin": Column(pl.String, "what says it", among=("sql", "terraform", "bundle", "mlflow", "manifest")),
        "path": Column(pl.String, "file, as given on the command line, with `/`"),
        "line": Column(pl.Int64, "first line, from 1"),
        "column": Column(pl.Int64, "first column, from 1, in characters"),
        "end_line": Column(pl.Int64, "last line, inclusive"),
        "end_column": Column(pl.Int64, "column after the last character"),
        "source": Column(pl.String, "the lines from `line` to `end_line`; hostile text; empty where they are too long"),
    },
)  # fmt: skip
DECLARED = Contract(
    "declared",
    "One privilege that a file says a principal is to have, or that the workspace grants to a principal of a file.",
    {
        "principal": _PRINCIPAL,
        "privilege": Column(pl.String, "underscore form; OWNER for ownership"),
        "securable_type": _TYPE,
        "securable": _NAME,
        "origin": Column(pl.String, "what says it", among=("sql", "terraform", "bundle", "mlflow", "manifest"),
                         null="no file says it"),
        "path": Column(pl.String, "file, as given on the command line, with `/`", null="no file says it"),
        "line": Column(pl.Int64, "first line, from 1", null="no file says it"),
        "column": Column(pl.Int64, "first column, from 1, in characters", null="no file says it"),
        "end_line": Column(pl.Int64, "last line, inclusive", null="not known"),
        "end_column": Column(pl.Int64, "column after the last character", null="not known"),
        "source": Column(pl.String, "the lines from `line` to `end_line`; hostile text", null="no file says it"),
        "granted": Column(pl.Boolean, "the workspace grants it today", null="no workspace is at hand"),
        "used": Column(pl.Boolean, "a statement of the log, or of the files that declare the agent, needs it",
                       null="no statement is at hand"),
        "locked": Column(pl.Boolean, "`uc_guard.lock` allows it", null="no lock is at hand for it"),
        "justified_by": Column(pl.String, "a sentence: which statement would justify it, or why none would",
                               null="the lock allows it, or no lock is at hand for it"),
    },
)  # fmt: skip
CREEP = Contract(
    "creep",
    "The privilege creep index of a principal, with the points that it comes from.",
    {
        "principal": _PRINCIPAL,
        "index_before": Column(pl.Float64, "0: all that is held is needed; near 100: hardly anything is; today"),
        "index_after": Column(pl.Float64, "the same once the plan has run"),
        "held": Column(pl.Int64, "points of all pairs held today"),
        "unused": Column(pl.Int64, "of them, points of pairs that are not needed, nor perhaps needed"),
        "held_after": Column(pl.Int64, "points of all pairs held once the plan has run"),
        "unused_after": Column(pl.Int64, "of them, points of pairs that are not needed, nor perhaps needed"),
    },
    key=("principal",),
)

FACTS = (BODIES, USAGE, OPAQUE, NEEDS, HOLDINGS, EXPOSURES, SHORTFALLS, COVERAGE, LEDGER, CREEP)
"""The frames that an audit derives, in the order of the pipeline."""
