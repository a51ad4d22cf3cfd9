"""Logs as evidence: statements of the query history, lineage, and audit events."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

import msgspec
import polars as pl

from uc_guard.model.denial import DENIED
from uc_guard.model.privilege import normalize_type
from uc_guard.read.fields import by_value, full_name, may, need, place, take, upper
from uc_guard.read.files import ROW, bad
from uc_guard.read.parts import UPDATED, Part, counted, part

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from uc_guard.read.fields import Field
    from uc_guard.read.files import Raw


_STATEMENT = (
    need("statement_id", "statement_id", "query_id"),
    # UC: the privileges of `executed_as` ran it; where it is not recorded, whoever sent it ran it.
    need("principal", "executed_as", "executed_as_user_name", "executed_by", "user_name"),
    may("submitter", "executed_by", "user_name"),
    may("session_id"),
    may("text", "statement_text", "query_text", kind="text", hidden=True),
    need("status", "execution_status", "status"),
    may("error", "error_message", kind="text", hidden=True),
    may("statement_type"),
    may("compute", "compute.type", "compute_type"),
    may("warehouse", "warehouse_id", "endpoint_id", "compute.warehouse_id"),
    may("client", "client_application", kind="text"),
    may("catalog", "catalog", "current_catalog", "catalog_name"),
    may("schema", "schema", "current_schema", "schema_name"),
    may("parameters", "query_parameters", "parameters", kind="json", hidden=True),
    may("parameters_truncated", "query_parameters.is_truncated", kind="boolean"),
    need("started_at", "start_time", "query_start_time_ms", "started_at", kind="instant"),
    may(UPDATED, "update_time", "query_end_time_ms", "end_time", kind="instant"),
)


def read_statements(raw: Raw, source: str) -> list[Part]:
    """Read the query history: the system table, or pages of the REST listing under its own names."""
    del source
    return [part("statements", _statements(raw, _STATEMENT))]


def read_used(raw: Raw, columns: Collection[str]) -> pl.DataFrame:
    """Read some columns of the query history alone, which takes half the time; the others are not looked at.

    Args:
        raw: As `read_statements` takes it.
        columns: Of contract STATEMENTS.
    """
    leans_on = {"compute": "warehouse", "parameters": "parameters_truncated"}
    asked = {*columns, *(other for column, other in leans_on.items() if column in columns)}
    frame = _statements(raw, [field for field in _STATEMENT if field.name in asked])
    if "parameters" in columns:
        frame = frame.with_columns(known_parameters())
    return frame.select(*columns)


def _statements(raw: Raw, fields: Sequence[Field]) -> pl.DataFrame:
    frame = take(raw, *fields)
    words = {
        "status": upper("status"),
        "statement_type": upper("statement_type"),
        "compute": upper("compute"),
        "catalog": pl.col("catalog").str.to_lowercase(),
        "schema": pl.col("schema").str.to_lowercase(),
    }
    frame = by_value(frame, **{name: spell for name, spell in words.items() if name in frame.columns})
    warehouse = pl.when(pl.col("warehouse").is_not_null()).then(pl.lit("WAREHOUSE"))
    rest = {
        "compute": pl.coalesce("compute", warehouse),
        "parameters_truncated": pl.col("parameters_truncated").fill_null(value=False),
    }
    frame = frame.with_columns(value.alias(name) for name, value in rest.items() if name in frame.columns)
    return frame.with_columns(_parameters(frame, raw)) if "parameters" in frame.columns else frame


def known_parameters() -> pl.Expr:
    """Give the parameters of statements where they are whole: of a row with a cut value nobody knows which it is."""
    return pl.when(~pl.col("parameters_truncated")).then("parameters").alias("parameters")


def read_lineage(raw: Raw, source: str) -> list[Part]:
    """Read table or column lineage."""
    columns = (
        [may(f"{end}_column", f"{end}_column_name") for end in ("source", "target")]
        if source == "column_lineage"
        else []
    )
    frame = take(
        raw, *_end("source"), *_end("target"), *columns,
        may("statement_id"), may("principal", "created_by"), may("direct", "direct_access", kind="boolean"),
        may("entity_type"),
        need("at", "event_time", kind="instant"),
    )  # fmt: skip
    _have_principals(frame, raw)
    frame = frame.with_columns(
        _end_name("source"), _end_name("target"), _end_type("source"), _end_type("target"), upper("entity_type"),
        *[pl.col(c.name).str.to_lowercase() for c in columns],
    )  # fmt: skip
    return [part(source, frame)]


def read_audit(raw: Raw, source: str) -> list[Part]:
    """Read the audit log: the events of Unity Catalog."""
    del source
    keys = (*_AUDITED, "full_name_arg", "name_arg", "securable_full_name", "securable_type", "operation",
            "on_securable_fullname", "on_securable_type", "name", "schema_name")  # fmt: skip
    frame = take(
        raw, need("event_id"), need("action", "action_name"), may("service", "service_name"),
        need("at", "event_time", kind="instant"),
        # UC: on dedicated group compute and on behalf of others, run_as is whose privileges counted.
        may("principal", "identity_metadata.run_as", "user_identity.email", "user_identity.subject_name"),
        may("code", "response.status_code", kind="integer"),
        may("error", "response.error_message", kind="text", hidden=True),
        *[may(f"p.{key}", f"request_params.{key}", kind="text") for key in keys],
    )  # fmt: skip
    ours = pl.col("service").fill_null("unityCatalog").str.to_lowercase() == "unitycatalog"
    other = frame.filter(~ours).height
    frame = frame.filter(ours)
    _have_principals(frame, raw)
    by_key = [
        pl.when(pl.col(f"p.{key}").is_not_null()).then(
            pl.struct(pl.lit(kind).alias("t"), pl.col(f"p.{key}").alias("n"))
        )
        for key, kind in _AUDITED.items()
    ]
    named = pl.coalesce("p.securable_full_name", "p.on_securable_fullname", "p.full_name_arg", "p.name_arg")
    kind = pl.col("action").str.extract(_CHANGED).str.replace(r"([a-z])([A-Z])", "${1}_$2").str.to_uppercase()
    last = pl.col("action").str.extract(r"(Table|Schema|Catalog|Function|Volume|Model)s?$").str.to_uppercase()
    told = pl.coalesce(upper("p.securable_type"), upper("p.on_securable_type"), last)
    rest = pl.when(named.is_not_null()).then(pl.struct(told.alias("t"), named.alias("n")))
    # UC: what is made is named by parts, and its other parameters name what it leans on.
    parts = pl.concat_str("p.catalog_name", "p.schema_name", "p.name", separator=".", ignore_nulls=True)
    made = pl.coalesce(named, pl.when(pl.col("p.name").is_not_null()).then(parts))
    changed = pl.when(kind.is_not_null() & made.is_not_null()).then(pl.struct(kind.alias("t"), made.alias("n")))
    found = pl.coalesce(changed, *by_key, rest)
    frame = frame.with_columns(
        found.struct.field("t").map_elements(normalize_type, return_dtype=pl.String).alias("securable_type"),
        pl.when(found.struct.field("t") == "PATH").then(found.struct.field("n"))
        .otherwise(found.struct.field("n").str.to_lowercase()).alias("securable"),
        upper("p.operation").alias("operation"),
        pl.any_horizontal(pl.col("code").is_in([401, 403]), pl.col("error").str.contains(DENIED), pl.lit(value=False))
        .fill_null(value=False).alias("denied"),
    )  # fmt: skip
    notes = counted(other, f"events of {raw.file} left out: of services other than Unity Catalog")
    return [part("access_events", frame.unique([c for c in frame.columns if c != ROW], maintain_order=True), *notes)]


_CHANGED = (
    r"^(?:create|delete|update)(?:Registered)?"
    r"(Table|Schema|Catalog|Function|Volume|Model|ExternalLocation|Connection|Share|Recipient|Provider)s?$"
)


def _have_principals(frame: pl.DataFrame, raw: Raw) -> None:
    """Refuse a log that names nobody: what its rows would show would pass for unused."""
    if frame.height and frame["principal"].null_count() == frame.height:
        expected = "who did it, in some row"
        mend = "export the column with its own type, a struct, or as JSON text"
        raise bad(raw.file, f"{frame.height} rows", "nobody's name that can be read", expected, mend)


_AUDITED = {
    "table_full_name": "TABLE", "volume_full_name": "VOLUME", "model_full_name": "MODEL", "url": "PATH",
    "credential_name": "CREDENTIAL",
    "function_full_name": "FUNCTION", "schema_full_name": "SCHEMA", "catalog_name": "CATALOG",
}  # fmt: skip


def _parameters(frame: pl.DataFrame, raw: Raw) -> pl.Series:
    """Give the parameters as one JSON object; by distinct value, since most statements have none."""
    given = frame["parameters"]
    distinct = given.drop_nulls().unique()
    spelled = pl.Series([_spell_parameters(text) for text in distinct], dtype=pl.String)
    if (wrong := distinct.filter(spelled == "")).len():
        row = frame.filter(given == wrong[0])[ROW][0]
        expected = "JSON with named_parameters and pos_parameters"
        mend = "export it as the platform gives it"
        raise bad(raw.file, place(row, "query_parameters"), "a value that is not shown", expected, mend)
    return given.replace_strict(distinct, spelled, default=None, return_dtype=pl.String).alias("parameters")


_Scalar: TypeAlias = str | int | float | bool | None


class _Pair(msgspec.Struct):
    """One entry of a map, as Parquet stores it."""

    key: str
    value: _Scalar = None


class _Parameters(msgspec.Struct):
    """The struct of the system table; what the platform adds to it is passed over."""

    named_parameters: list[_Pair] | dict[str, _Scalar] | None = None
    pos_parameters: list[_Scalar] | None = None
    is_truncated: bool | str | None = None


_STRUCT_KEYS = re.compile(r'^\s*\{(?:.*[,\s])?"(?:named_parameters|pos_parameters|is_truncated)"\s*:', re.DOTALL)
_STRUCT: msgspec.json.Decoder[_Parameters | None] = msgspec.json.Decoder(_Parameters | None)
_PLAIN: msgspec.json.Decoder[dict[str, _Scalar]] = msgspec.json.Decoder(dict[str, _Scalar])


def _spell_parameters(text: str) -> str | None:
    """Give a JSON object of names and positions; null for no parameter, empty text where it is something else."""
    try:
        is_struct = _STRUCT_KEYS.search(text) is not None or text.strip() == "null"
        given = (_STRUCT.decode(text) or _Parameters()) if is_struct else _Parameters(_PLAIN.decode(text))
    except msgspec.DecodeError:
        return ""
    given_names = given.named_parameters or {}
    named = {pair.key: pair.value for pair in given_names} if isinstance(given_names, list) else given_names
    listed = {str(i): value for i, value in enumerate(given.pos_parameters or ())}
    both = {key: value for key, value in (listed | named).items() if value is not None}
    return msgspec.json.encode(both, order="deterministic").decode() if both else None


def _end(end: str) -> list[Field]:
    return [
        may(f"{end}_full", f"{end}_table_full_name", kind="text"), may(f"{end}_catalog", f"{end}_table_catalog"),
        may(f"{end}_schema", f"{end}_table_schema"), may(f"{end}_name", f"{end}_table_name"),
        may(f"{end}_path", kind="text"), may(f"{end}_type"),
    ]  # fmt: skip


def _end_name(end: str) -> pl.Expr:
    # Parts first: a full name does not tell a dot inside a part from one between two.
    parts = full_name(f"{end}_catalog", f"{end}_schema", f"{end}_name")
    return pl.coalesce(parts, pl.col(f"{end}_full").str.to_lowercase(), f"{end}_path").alias(end)


def _end_type(end: str) -> pl.Expr:
    guess = pl.when(pl.col(f"{end}_full").is_null() & pl.col(f"{end}_path").is_not_null()).then(pl.lit("PATH"))
    return pl.coalesce(upper(f"{end}_type"), guess).alias(f"{end}_type")
