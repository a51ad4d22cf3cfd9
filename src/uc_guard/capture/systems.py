"""System tables: what is asked of each, and what of the answer is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from uc_guard.model.denial import DENIED, NAMED
from uc_guard.read.files import plain_type

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    Redactor = Callable[[pl.Series], pl.Series]


_LATE = timedelta(hours=1)
"""How late system tables usually are."""


def end_of_logs(now: datetime) -> datetime:
    """Give the minute up to which system tables can be taken to hold everything."""
    return (now - _LATE).replace(second=0, microsecond=0)


class System(NamedTuple):
    """One system table.

    Attributes:
        table: Its full name.
        frames: Frames of the snapshot that it fills.
        at: The column that dates its rows.
        needed: Columns without which nothing can be read.
        optional: Columns that an older workspace may lack.
        where: What else its rows must be.
        key: Columns that no row may lack.
    """

    table: str
    frames: tuple[str, ...]
    at: str
    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()
    where: str = ""
    key: tuple[str, ...] = ()

    def rows(self, without: frozenset[str]) -> str:
        """Give the query of the rows of a time: `:since` to `:until`, days `:first` to `:last`."""
        columns = [column for column in (*self.needed, *self.optional) if column not in without]
        return f"SELECT {', '.join(columns)} FROM {self.table} WHERE {self._inside()}"  # noqa: S608 - names of ours

    def counts(self) -> str:
        """Give the query of how many rows each day has: `day`, `n`."""
        day = f"CAST({self.at} AS DATE)"
        return f"SELECT {day} AS day, count(*) AS n FROM {self.table} WHERE {self._inside()} GROUP BY {day}"  # noqa: S608 - as above

    def _inside(self) -> str:
        dated = "event_date >= :first AND event_date <= :last AND " if self.at == "event_time" else ""
        more = f" AND {self.where}" if self.where else ""
        return f"{dated}{self.at} >= :since AND {self.at} < :until{more}"


_ENDS = tuple(
    f"{end}_{part}" for end in ("source", "target") for part in
    ("table_full_name", "table_catalog", "table_schema", "table_name", "path", "type")
)  # fmt: skip
# Credentials handed out, securables made and dropped, rights changed; and whatever was refused, whichever it was.
_ACTIONS = (
    "(lower(action_name) LIKE 'generatetemporary%' OR lower(action_name) LIKE 'create%' "
    "OR lower(action_name) LIKE 'delete%' OR lower(action_name) LIKE 'updatep%' "
    "OR lower(action_name) LIKE 'updateowner%' OR response.status_code = 401 OR response.status_code = 403)"
)
SYSTEMS = {
    "query_history": System(
        "system.query.history", ("statements",), "start_time",
        ("statement_id", "executed_by", "execution_status", "statement_text", "start_time"),
        ("executed_as", "session_id", "statement_type", "error_message", "compute", "client_application",
         "query_parameters", "update_time"),
        key=("statement_id", "start_time"),
    ),
    "audit": System(
        "system.access.audit", ("access_events",), "event_time",
        ("event_id", "event_time", "service_name", "action_name", "user_identity", "request_params", "response"),
        ("identity_metadata",), f"service_name = 'unityCatalog' AND {_ACTIONS}",
        ("event_id", "event_time", "action_name"),
    ),
    "table_lineage": System(
        "system.access.table_lineage", ("table_lineage",), "event_time",
        ("created_by", *_ENDS, "event_time"), ("statement_id", "entity_type", "direct_access"), key=("event_time",),
    ),
    "column_lineage": System(
        "system.access.column_lineage", ("column_lineage",), "event_time",
        ("created_by", *_ENDS, "source_column_name", "target_column_name", "event_time"),
        ("statement_id", "entity_type", "direct_access"), key=("event_time",),
    ),
}  # fmt: skip
"""By the source that each fills."""

TAG_VIEWS = {
    "catalog_tags": ("catalog_name",), "schema_tags": ("catalog_name", "schema_name"),
    "table_tags": ("catalog_name", "schema_name", "table_name"),
    "column_tags": ("catalog_name", "schema_name", "table_name", "column_name"),
    "volume_tags": ("catalog_name", "schema_name", "volume_name"),
}  # fmt: skip
"""Views of `system.information_schema` that list tags, and what names what is tagged."""

_ASKED = (
    "table_full_name", "volume_full_name", "model_full_name", "url", "credential_name", "function_full_name",
    "schema_full_name", "catalog_name", "full_name_arg", "name_arg", "securable_full_name", "securable_type",
    "operation", "on_securable_fullname", "on_securable_type",
)  # fmt: skip
"""Parameters of a request that the reader of the audit log takes; the others are not kept."""


def kept(source: str, rows: pl.DataFrame, redactor: Redactor | None) -> pl.DataFrame:
    """Give what is kept of rows: of texts, with a redactor, only what names things."""
    if source == "audit":
        rows = rows.with_columns(_asked(rows), _response(rows))
    if redactor is None:
        return rows
    if source == "query_history":
        told = [redactor(rows["statement_text"]).alias("statement_text")]
        if "error_message" in rows.columns:
            told.append(rows.select(_refusal(pl.col("error_message")).alias("error_message")).to_series())
        # Values of parameters are literals, too.
        return rows.with_columns(*told).drop("query_parameters", strict=False)
    if source == "audit":
        code = pl.col("response").struct.field("status_code")
        error = _refusal(pl.col("response").struct.field("error_message"))
        return rows.with_columns(response=pl.struct(code, error.alias("error_message")))
    return rows


def _asked(rows: pl.DataFrame) -> pl.Expr:
    dtype = plain_type(rows.schema["request_params"])
    column = pl.col("request_params").cast(dtype)
    if isinstance(dtype, pl.List):  # a map
        return column.list.eval(pl.element().filter(pl.element().struct.field("key").is_in(_ASKED)))
    if isinstance(dtype, pl.Struct):
        names = [field.name for field in dtype.fields if field.name in _ASKED]
        return pl.struct(*[column.struct.field(name) for name in names]).alias("request_params") if names else column
    return column


def _response(rows: pl.DataFrame) -> pl.Expr:
    column = pl.col("response")
    dtype = rows.schema["response"]
    if isinstance(dtype, pl.Struct):
        return pl.struct(column.struct.field("status_code"), column.struct.field("error_message")).alias("response")
    return column


def _refusal(message: pl.Expr) -> pl.Expr:
    """Give of a message only that something was refused, and what: the names, not the text around them."""
    message = message.cast(pl.String)
    groups = message.str.extract_groups(NAMED).struct
    named = pl.format(
        "PERMISSION_DENIED: does not have {} on {} '{}'", groups.field("privilege"), groups.field("type"),
        groups.field("name"),
    )  # fmt: skip
    refused = message.str.contains(DENIED)
    return pl.when(refused).then(pl.coalesce(named, pl.lit("PERMISSION_DENIED"))).when(message.is_not_null()).then(
        pl.lit("redacted")
    )  # fmt: skip
