"""Listings of securables: owners, columns, tags, filters, masks, bodies, dependencies and bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import polars as pl

from uc_guard.model.privilege import normalize_type
from uc_guard.read.fields import Field, full_name, may, need, take, upper
from uc_guard.read.files import bad
from uc_guard.read.parts import Part, counted, part

if TYPE_CHECKING:
    from uc_guard.read.files import Raw

_CATALOG = need("catalog", "table_catalog", "catalog_name")
_SCHEMA = need("schema", "table_schema", "schema_name")
_TABLE = (_CATALOG, _SCHEMA, need("name", "table_name", "name"))
_VOLUME = (
    need("catalog", "volume_catalog", "catalog_name"),
    need("schema", "volume_schema", "schema_name"),
    need("name", "volume_name", "name"),
)
_ROUTINE = (
    need("catalog", "routine_catalog", "specific_catalog", "catalog_name"),
    need("schema", "routine_schema", "specific_schema", "schema_name"),
    need("name", "routine_name", "specific_name", "name"),
)
_ISOLATION = Field(
    "isolation", ("isolation_mode",), "word",
    among=("OPEN", "ISOLATED", "ISOLATION_MODE_OPEN", "ISOLATION_MODE_ISOLATED"),
)  # fmt: skip

_OBJECTS: dict[str, tuple[str, tuple[Field, ...], str]] = {
    "catalogs": ("CATALOG", (need("catalog", "catalog_name", "name"),), "catalog"),
    "schemata": ("SCHEMA", (need("catalog", "catalog_name"), need("schema", "schema_name", "name")), "schema"),
    "tables": ("TABLE", _TABLE, "table"),
    "volumes": ("VOLUME", _VOLUME, "volume"),
    "routines": ("FUNCTION", _ROUTINE, "routine"),
    "registered_models": ("FUNCTION", (_CATALOG, _SCHEMA, need("name", "model_name", "name")), "model"),
    "external_locations": ("EXTERNAL_LOCATION", (need("name", "external_location_name", "name"),), "external_location"),
    "storage_credentials": (
        "STORAGE_CREDENTIAL",
        (need("name", "storage_credential_name", "name"),),
        "storage_credential",
    ),
    "credentials": ("CREDENTIAL", (need("name", "credential_name", "name"),), "credential"),
    "connections": ("CONNECTION", (need("name", "connection_name", "name"),), "connection"),
    "metastores": ("METASTORE", (need("name", "metastore_id"),), "metastore"),
    "shares": ("SHARE", (need("name", "share_name", "name"),), "share"),
}
"""Per listing: the securables' type, the parts of their name, and what its columns of owner and type start with."""

_TAGS: dict[str, tuple[str, tuple[Field, ...]]] = {
    "catalog_tags": ("CATALOG", (_CATALOG,)),
    "schema_tags": ("SCHEMA", (_CATALOG, _SCHEMA)),
    "table_tags": ("TABLE", _TABLE),
    "column_tags": ("TABLE", _TABLE),
    "volume_tags": ("VOLUME", (_CATALOG, _SCHEMA, need("name", "volume_name"))),
}


def read_objects(raw: Raw, source: str) -> list[Part]:
    """Read a listing of securables of one type."""
    securable_type, fields, word = _OBJECTS[source]
    frame = take(
        raw, *fields, _ISOLATION,
        may("owner", f"{word}_owner", "owner"),
        may("kind", f"{word}_type"),
        may("created_at", "created", "created_at", kind="instant"),
        may("location", "storage_path", "storage_location", "url", "storage_root", kind="text"),
    )  # fmt: skip
    frame = frame.with_columns(
        full_name(*[f.name for f in fields]).alias("securable"),
        pl.lit(securable_type).alias("securable_type"),
        pl.when(pl.lit(source == "registered_models"))
        .then(pl.lit("MODEL"))
        .otherwise(_kind(securable_type))
        .alias("kind"),
        upper("isolation").str.ends_with("ISOLATED").alias("isolated"),
    )
    return [part("objects", frame)]


def read_others(raw: Raw, source: str) -> list[Part]:
    """Read a listing of securables of any types, for those that have no listing of their own."""
    del source
    frame = take(
        raw, need("securable_type"), need("securable", "securable", "securable_full_name", kind="name"),
        may("owner"), may("created_at", "created_at", "created", kind="instant"),
    ).with_columns(_normalized("securable_type"))  # fmt: skip
    return [part("objects", frame.with_columns(kind="securable_type"))]


def read_routines(raw: Raw, source: str) -> list[Part]:
    """Read the listing of functions and procedures: securables, and their bodies."""
    frame = take(
        raw, *_ROUTINE,
        may("kind", "routine_type"),
        may("language", "external_language", "language", "routine_body"),
        may("definition", "routine_definition", kind="text", hidden=True),
        Field("rights", ("security_type",), "word", among=("DEFINER", "INVOKER")),
    )  # fmt: skip
    frame = frame.with_columns(
        full_name("catalog", "schema", "name").alias("routine"), _kind("FUNCTION"), upper("language"), upper("rights"),
    )  # fmt: skip
    unsaid = frame.filter(pl.col("rights").is_null() & (pl.col("kind") == "PROCEDURE")).height
    # UC: a function always runs with its owner's rights; a procedure says whose, and if not, the caller needs more.
    rights = pl.when(pl.col("kind") == "PROCEDURE").then(pl.lit("INVOKER")).otherwise(pl.lit("DEFINER"))
    frame = frame.with_columns(pl.coalesce("rights", rights).alias("rights"))
    notes = counted(unsaid, f"procedures of {raw.file} do not say whose rights they run with: taken as the caller's")
    return [
        *read_objects(raw, source),
        part("routines", frame, *notes),
        *_dependencies(raw, _ROUTINE, "routine_dependencies"),
    ]


def read_tables(raw: Raw, source: str) -> list[Part]:
    """Read the listing of tables; where it holds bodies of views (as REST gives them), those too."""
    parts = read_objects(raw, source)
    if "view_definition" in raw.types:
        parts += [one for one in read_views(raw, source, only_bodies=True) if one.name == "views"]
    return [*parts, *_dependencies(raw, _TABLE, "view_dependencies")]


def read_views(raw: Raw, source: str, *, only_bodies: bool = False) -> list[Part]:
    """Read the bodies of views."""
    del source
    frame = take(
        raw,
        *_TABLE,
        may("definition", "view_definition", kind="text", hidden=True),
        may("path", "sql_path"),
        may("now", "is_materialized", kind="boolean"),
    )
    if only_bodies:
        frame = frame.filter(pl.col("definition").is_not_null())
    # UC: sql_path is the current catalog and schema when the view was made, `catalog.schema`; not always there.
    home = pl.col("path").str.strip_chars().str.extract_groups(r"^`?([^`.,]+)`?\.`?([^`.,]+)`?$")
    frame = frame.with_columns(
        full_name("catalog", "schema", "name").alias("view"),
        home.struct.field("1").str.to_lowercase().alias("home_catalog"),
        home.struct.field("2").str.to_lowercase().alias("home_schema"),
    )
    bodies = frame.drop("catalog", "schema").rename({"home_catalog": "catalog", "home_schema": "schema"})
    kind = pl.when(pl.col("now")).then(pl.lit("MATERIALIZED_VIEW")).otherwise(pl.lit("VIEW"))
    seen = frame.with_columns(
        pl.lit("TABLE").alias("securable_type"), pl.col("view").alias("securable"), kind.alias("kind")
    )
    return [part("views", bodies), part("objects", seen, rank=1), *_dependencies(raw, _TABLE, "view_dependencies")]


def read_columns(raw: Raw, source: str) -> list[Part]:
    """Read the columns of tables and views."""
    del source
    frame = take(
        raw, *_TABLE[:2], need("name", "table_name"), need("column", "column_name"),
        may("type", "full_data_type", "data_type", "type_text", kind="text"),
        need("position", "ordinal_position", "position", kind="integer"),
    )  # fmt: skip
    frame = frame.with_columns(
        full_name("catalog", "schema", "name").alias("table"), pl.col("column").str.to_lowercase()
    )
    seen = frame.unique("table", keep="first", maintain_order=True).with_columns(
        pl.lit("TABLE").alias("securable_type"), pl.col("table").alias("securable"), pl.lit("TABLE").alias("kind")
    )
    return [part("columns", frame), part("objects", seen, rank=2)]


def read_tags(raw: Raw, source: str) -> list[Part]:
    """Read the tags of one type of securable, or of columns."""
    securable_type, fields = _TAGS[source]
    column = (need("column", "column_name"),) if source == "column_tags" else ()
    frame = take(
        raw, *fields, *column, need("tag", "tag_name", "tag_key", kind="text"), may("value", "tag_value", kind="text")
    )
    frame = frame.with_columns(
        full_name(*[f.name for f in fields]).alias("securable"), pl.lit(securable_type).alias("securable_type")
    )
    if column:
        frame = frame.with_columns(pl.col("column").str.to_lowercase())
    return [part("tags", frame)]


def read_row_filters(raw: Raw, source: str) -> list[Part]:
    """Read row filters, in the documented shape and in the one seen live."""
    del source
    return _guards("row_filters", _guard(raw, "filter", "target_columns"))


def read_column_masks(raw: Raw, source: str) -> list[Part]:
    """Read column masks, in the documented shape and in the one seen live."""
    del source
    return _guards("column_masks", _guard(raw, "mask", "using_columns", need("column", "column_name")))


def read_bindings(raw: Raw, source: str) -> list[Part]:
    """Read which workspaces may use an isolated securable."""
    del source
    modes = ("BINDING_TYPE_READ_WRITE", "BINDING_TYPE_READ_ONLY", "READ_WRITE", "READ_ONLY")
    frame = take(
        raw,
        may("securable_type"),
        need("securable", "securable_name", "securable_full_name", "catalog_name", "name", kind="name"),
        need("workspace_id"),
        Field("mode", ("binding_type",), "word", among=modes),
    ).with_columns(
        _normalized("securable_type").fill_null("CATALOG"),
        upper("mode").str.ends_with("READ_ONLY").fill_null(value=False).alias("read_only"),
    )
    return [part("bindings", frame)]


def read_dependencies(raw: Raw, source: str) -> list[Part]:
    """Read what bodies read, as a flat listing: `securable`, `on_type`, `on_securable`; or as REST nests it."""
    nested = source if source in raw.types else "dependencies"
    if nested in raw.types:
        names = (need("securable", "full_name", "table_full_name", "function_full_name", "securable", kind="name"),)
        return _nested(raw, names, nested)
    frame = take(
        raw,
        need(
            "securable",
            "securable",
            "full_name",
            "view",
            "routine",
            "table_full_name",
            "function_full_name",
            kind="name",
        ),
        need("on_type", "on_type", "dependency_type", "depends_on_type"),
        need("on_securable", "on_securable", "dependency_name", "depends_on", "dependency_full_name", kind="name"),
    ).with_columns(_normalized("on_type"))
    return [part("dependencies", frame)]


def _kind(securable_type: str) -> pl.Expr:
    kind = upper("kind")
    # UC: older releases write BASE TABLE, which says nothing finer than the type.
    return pl.when(kind.is_null() | (kind == "BASE_TABLE")).then(pl.lit(securable_type)).otherwise(kind).alias("kind")


def _guard(raw: Raw, what: str, live: str, *more: Field) -> pl.DataFrame:
    """Read a filter or mask. UC: the manual gives its function in three columns, live systems as one full name."""
    where = (_CATALOG, _SCHEMA, need("name", "table_name"))
    arguments = may("columns", live, f"{what}_col_usage", kind="list")
    if f"{what}_catalog" in raw.types:
        parts = [need(f"{what}_{level}") for level in ("catalog", "schema", "name")]
        frame = take(raw, *where, *more, *parts, arguments).with_columns(
            full_name(*[p.name for p in parts]).alias("function")
        )
    else:
        frame = take(raw, *where, *more, need("function", f"{what}_name", "function_name", kind="name"), arguments)
    argument = pl.element().str.strip_chars()
    literal = argument.str.contains(r"^(?i)(?:['\"]|[-+]?\d+(?:\.\d+)?$|(?:true|false|null)$)")
    columns = pl.col("columns").list.eval(
        argument.filter(~literal & (argument != "")).str.strip_chars("`").str.to_lowercase()
    )  # fmt: skip
    frame = frame.with_columns(
        full_name("catalog", "schema", "name").alias("table"), columns.fill_null(pl.lit([], pl.List(pl.String)))
    )
    return frame.with_columns(pl.col("column").str.to_lowercase()) if more else frame


def _guards(name: str, frame: pl.DataFrame) -> list[Part]:
    kinds = (("TABLE", "table"), ("FUNCTION", "function"))
    seen = [
        frame.with_columns(
            pl.lit(kind).alias("securable_type"), pl.lit(kind).alias("kind"), pl.col(column).alias("securable")
        )
        for kind, column in kinds
    ]
    return [part(name, frame), *(part("objects", one.unique("securable"), rank=2) for one in seen)]


def _dependencies(raw: Raw, names: tuple[Field, ...], column: str) -> list[Part]:
    return _nested(raw, names, column) if column in raw.types else []


def _nested(raw: Raw, names: tuple[Field, ...], column: str) -> list[Part]:
    """Read `{dependencies: [{table: {table_full_name}} | {function: {...}} | ...]}` of each securable."""
    frame = take(raw, *names, may("body", column, kind="json"))
    if "catalog" in frame.columns:
        frame = frame.with_columns(full_name("catalog", "schema", "name").alias("securable"))
    listed = pl.coalesce(pl.col("body").str.json_path_match("$.dependencies"), "body")
    flat = frame.filter(pl.col("body").is_not_null()).with_columns(
        listed.map_elements(_flatten, return_dtype=_FLAT).alias("flat")
    )
    if flat["flat"].null_count():
        raise bad(
            raw.file,
            f"column `{column}`",
            "a value of another shape",
            "a list of {table | function | ...}",
            "export it as REST gives it",
        )
    rows = flat.explode("flat").filter(pl.col("flat").is_not_null()).unnest("flat")
    return [part("dependencies", rows)]


_FLAT = pl.List(pl.Struct({"on_type": pl.String, "on_securable": pl.String}))


def _flatten(body: str) -> list[dict[str, str]] | None:
    try:
        listed = msgspec.json.decode(body, type=list[dict[str, dict[str, str | None] | None]])
    except msgspec.MsgspecError:
        return None
    return [
        {"on_type": normalize_type(kind), "on_securable": name.lower()}
        for one in listed for kind, inner in one.items() if inner for name in inner.values() if name
    ]  # fmt: skip


def _normalized(column: str) -> pl.Expr:
    return pl.col(column).map_elements(normalize_type, return_dtype=pl.String)
