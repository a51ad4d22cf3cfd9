"""Privilege listings as grants: the stored rows, without those that are inherited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.privilege import normalize_privilege, normalize_type
from uc_guard.read.fields import FILE, full_name, may, need, shown, take, upper
from uc_guard.read.files import ROW
from uc_guard.read.parts import Part, counted, part

if TYPE_CHECKING:
    from collections.abc import Callable

    from uc_guard.read.fields import Field
    from uc_guard.read.files import Raw

CATALOG = need(
    "catalog", "table_catalog", "catalog_name", "routine_catalog", "specific_catalog", "volume_catalog", "catalog"
)
SCHEMA = need(
    "schema",
    "table_schema",
    "schema_name",
    "routine_schema",
    "routne_schema",
    "specific_schema",
    "volume_schema",
    "schema",
)
_WHERE: dict[str, tuple[str, tuple[Field, ...]]] = {
    "metastore_privileges": ("METASTORE", (need("name", "metastore_id", "metastore_name"),)),
    "catalog_privileges": ("CATALOG", (CATALOG,)),
    "schema_privileges": ("SCHEMA", (CATALOG, SCHEMA)),
    "table_privileges": ("TABLE", (CATALOG, SCHEMA, need("name", "table_name"))),
    "routine_privileges": ("FUNCTION", (CATALOG, SCHEMA, need("name", "routine_name", "specific_name"))),
    "volume_privileges": ("VOLUME", (CATALOG, SCHEMA, need("name", "volume_name"))),
    "external_location_privileges": ("EXTERNAL_LOCATION", (need("name", "external_location_name"),)),
    "storage_credential_privileges": ("STORAGE_CREDENTIAL", (need("name", "storage_credential_name"),)),
    "credential_privileges": ("CREDENTIAL", (need("name", "credential_name"),)),
    "connection_privileges": ("CONNECTION", (need("name", "connection_name"),)),
}
FILES = (*_WHERE, "grants")
"""Names of the files that list privileges."""

_COMMON = (
    may("grantee", "grantee", "principal"),
    need("privilege", "privilege_type", "privilege", "action_type", "actiontype"),
    may("inherited_from", "inherited_from"),
    may("granted_at", "granted_at", "created_at", "created", kind="instant"),
)


def read_grants(raw: Raw, source: str) -> list[Part]:
    """Read a privilege listing: one of information_schema, or the output of SHOW GRANTS under the name `grants`."""
    if source == "grants":
        frame = take(
            raw, *_COMMON,
            need("securable_type", "object_type", "objecttype", "securable_type"),
            need("securable", "object_key", "objectkey", "securable_full_name", "securable_name", kind="name"),
        ).with_columns(_normalized("securable_type", normalize_type))  # fmt: skip
    else:
        securable_type, fields = _WHERE[source]
        frame = take(raw, *_COMMON, *fields).with_columns(
            pl.lit(securable_type).alias("securable_type"), full_name(*[f.name for f in fields]).alias("securable")
        )
    frame = frame.with_columns(_normalized("privilege", normalize_privilege))
    # UC: `NONE`, null and the empty text all mean a row of its own; CATALOG or SCHEMA name the type of the ancestor.
    inherited = ~upper("inherited_from").fill_null("NONE").is_in(["NONE", "NULL"])
    ownership = pl.col("privilege").is_in(["OWN", "OWNER"])
    gone = pl.col("grantee").is_null()
    stored = frame.filter(~inherited & ~ownership & ~gone)
    notes = [
        *_inherited(raw, frame.filter(inherited)["inherited_from"]),
        *counted(
            frame.filter(~inherited & gone).height, f"rows of {raw.file} without a grantee left out: deleted principals"
        ),
        *counted(
            frame.filter(~inherited & ownership & ~gone).height,
            f"ownership rows of {raw.file} left out: ownership is no grant",
        ),
    ]
    # One row for each grantor: the oldest instant is since when the grantee holds it.
    stored = stored.group_by("grantee", "privilege", "securable_type", "securable").agg(
        pl.col("granted_at").min(), pl.col(FILE, ROW).first()
    )
    seen = frame.select("securable_type", "securable", pl.col("securable_type").alias("kind"), FILE, ROW).unique(
        ["securable_type", "securable"]
    )
    return [part("grants", stored, *notes), part("objects", seen, rank=2)]


def _inherited(raw: Raw, ancestors: pl.Series) -> list[str]:
    types = ", ".join(sorted(f"from {shown(one)}" for one in ancestors.str.to_uppercase().unique()))
    return [*counted(len(ancestors), f"inherited rows ({types}) of {raw.file} left out: they are derived again")]


def _normalized(column: str, normalize: Callable[[str], str]) -> pl.Expr:
    def spell(words: pl.Series) -> pl.Series:
        distinct = words.unique()
        return words.replace_strict(distinct, pl.Series([normalize(word) for word in distinct], dtype=pl.String))

    return pl.col(column).map_batches(spell, return_dtype=pl.String)
