"""Attribute-based policies, as REST or information_schema list them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import polars as pl

from uc_guard.model.privilege import normalize_privilege, normalize_type
from uc_guard.read.fields import full_name, may, need, place, take, upper
from uc_guard.read.files import ROW, bad
from uc_guard.read.parts import Part, part

if TYPE_CHECKING:
    from uc_guard.read.files import Raw


def read_policies(raw: Raw, source: str) -> list[Part]:
    """Read policies; one row each, whatever their type, a type yet unknown among them."""
    del source
    frame = take(
        raw,
        need("policy", "policy_name", "name"), need("policy_type"), need("securable_type", "on_securable_type"),
        may("securable", "on_securable_fullname", "on_securable_full_name", kind="name"),
        may("catalog", "catalog_name"), may("schema", "schema_name"), may("name", "securable_name"),
        may("function", "column_mask.function_name", "row_filter.function_name", "function_name", kind="name"),
        may("to", "to_principals", kind="list"), may("except", "except_principals", kind="list"),
        may("for_type", "for_securable_type"), may("when", "when_condition", kind="text"),
        may("match", "match_columns", kind="json"), may("on_column", "column_mask.on_column", "on_column"),
        may("granted", "grant.privileges", kind="list"), may("denied", "deny.privileges", kind="list"),
    )  # fmt: skip
    frame = frame.with_columns(
        upper("policy_type").str.strip_prefix("POLICY_TYPE_"),
        pl.col("securable_type", "for_type").map_elements(normalize_type, return_dtype=pl.String),
        pl.coalesce("granted", "denied", pl.lit([], pl.List(pl.String)))
        .list.eval(pl.element().map_elements(normalize_privilege, return_dtype=pl.String)).alias("privileges"),
        pl.col("to", "except").fill_null(pl.lit([], pl.List(pl.String))),
        pl.col("match").map_elements(_sorted, return_dtype=pl.String),
        pl.coalesce("securable", _scope()).alias("securable"),
    )  # fmt: skip
    nowhere = frame.filter(pl.col("securable").is_null())
    if nowhere.height:
        raise bad(
            raw.file, place(nowhere[ROW][0], "on_securable_fullname"), "nothing",
            "the full name of the securable it stands on",            "export the policies with it",
        )  # fmt: skip
    return [part("policies", frame)]


def _scope() -> pl.Expr:
    """Give the scope from its parts. UC: the listing gives the last part as securable_name, whatever the type."""
    kind = pl.col("securable_type").str.to_uppercase()
    table = full_name("catalog", "schema", "name")
    schema = pl.coalesce(full_name("catalog", "schema"), full_name("catalog", "name"))
    catalog = pl.coalesce(full_name("catalog"), full_name("name"))
    return (
        pl.when(kind == "CATALOG")
        .then(catalog)
        .when(kind == "SCHEMA")
        .then(schema)
        .when(kind == "METASTORE")
        .then(full_name("name"))
        .otherwise(table)
    )


def _sorted(text: str) -> str | None:
    """Spell JSON in one way, whichever format it came in."""
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
    return msgspec.json.encode(value, order="deterministic").decode() if value else None
