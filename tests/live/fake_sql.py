"""SQL of the workspace: our GRANT and REVOKE on the World, queries on an engine that we did not write."""

from __future__ import annotations

import re

import pyarrow as pa
from fake_world import Refusal, denied

from uc_guard.model.name import canonical_name
from uc_guard.model.privilege import normalize_privilege, normalize_type

_TEXT, _TIME = pa.string(), pa.timestamp("us", tz="UTC")
_MAP = pa.map_(_TEXT, _TEXT)
_ENDS = [
    pa.field(f"{end}_{part}", _TEXT)
    for end in ("source", "target")
    for part in ("table_full_name", "table_catalog", "table_schema", "table_name", "path", "type")
]
_LINEAGE = [pa.field(n, _TEXT) for n in ("statement_id", "entity_type", "created_by")] + [
    *_ENDS, pa.field("direct_access", pa.bool_()), pa.field("event_time", _TIME), pa.field("event_date", pa.date32()),
]  # fmt: skip
SCHEMAS = {
    "query.history": pa.schema([
        *[pa.field(n, _TEXT) for n in ("statement_id", "session_id", "executed_by", "executed_as", "execution_status",
                                       "statement_type", "statement_text", "error_message", "client_application")],
        pa.field("compute", pa.struct([("type", _TEXT), ("warehouse_id", _TEXT)])),
        pa.field("query_parameters", pa.struct([("named_parameters", _MAP), ("pos_parameters", pa.list_(_TEXT)),
                                                ("is_truncated", pa.bool_())])),
        *[pa.field(n, _TIME) for n in ("start_time", "end_time", "update_time")],
    ]),
    "access.audit": pa.schema([
        *[pa.field(n, _TEXT) for n in ("event_id", "service_name", "action_name")],
        pa.field("event_time", _TIME), pa.field("event_date", pa.date32()),
        pa.field("user_identity", pa.struct([("email", _TEXT), ("subject_name", _TEXT)])),
        pa.field("identity_metadata", pa.struct([("run_by", _TEXT), ("run_as", _TEXT)])),
        pa.field("request_params", _MAP),
        pa.field("response", pa.struct([("status_code", pa.int32()), ("error_message", _TEXT), ("result", _TEXT)])),
    ]),
    "access.table_lineage": pa.schema(_LINEAGE),
    "access.column_lineage": pa.schema([*_LINEAGE, ("source_column_name", _TEXT), ("target_column_name", _TEXT)]),
    **{
        f"information_schema.{what}_tags": pa.schema([(n, _TEXT) for n in (*names, "tag_name", "tag_value")])
        for what, names in {
            "catalog": ("catalog_name",), "schema": ("catalog_name", "schema_name"),
            "table": ("catalog_name", "schema_name", "table_name"),
            "column": ("catalog_name", "schema_name", "table_name", "column_name"),
            "volume": ("catalog_name", "schema_name", "volume_name"),
        }.items()
    },
}  # fmt: skip
_CHANGE = re.compile(
    r"(GRANT|REVOKE) ([A-Z ,]+) ON ([A-Z ]+?) ((?:`(?:[^`]|``)*`\.?)+) (?:TO|FROM) (?:RECIPIENT )?`((?:[^`]|``)*)`",
    re.DOTALL,
)


def table_of(world, name):
    """A system table as it stands."""
    schema = SCHEMAS[name]
    rows = [
        {**row, "event_date": row["event_time"].date()} if "event_time" in row else row
        for row in world.system.get(name, [])
    ]
    return pa.Table.from_pylist([{n: row.get(n) for n in schema.names} for row in rows], schema=schema)


class Sql:
    """Runs a statement as a principal: changes on the World, queries on an engine."""

    def __init__(self, world, engine):
        self.world, self.engine, self.seen = world, engine, []

    def __call__(self, sql, params, principal):
        self.seen.append(sql)
        with self.world.lock:
            if found := _CHANGE.fullmatch(sql.strip()):
                return self._change(principal, *found.groups())
            names = re.findall(r"\bsystem\.(\w+\.\w+)", sql)
            for name in names:
                self._may_read(principal, name)
            return self.engine({name: table_of(self.world, name) for name in names}, sql, params)

    def _change(self, principal, verb, words, kind, name, grantee):
        site = (normalize_type(kind), canonical_name(name))
        change = {"principal": grantee.replace("``", "`")}
        change["add" if verb == "GRANT" else "remove"] = [normalize_privilege(word) for word in words.split(",")]
        try:
            self.world.change(principal, site, [change])
        except Refusal as refusal:
            raise ValueError(f"[{refusal.code}] {refusal.message}") from None
        return pa.table({"result": pa.array([], _TEXT)})

    def _may_read(self, principal, name):
        if name not in SCHEMAS or name in self.world.disabled:
            raise ValueError(
                f"[TABLE_OR_VIEW_NOT_FOUND] The table or view `system`.`{name}` cannot be found. SQLSTATE: 42P01"
            )
        site = ("TABLE", f"system.{name}")
        if not self.world.is_admin(principal) and not self.world.usable(principal, "SELECT", site):
            raise ValueError(
                f"[INSUFFICIENT_PERMISSIONS] Insufficient privileges: {denied(principal, 'SELECT', site)[19:]}"
            )


def duck(tables, sql, params):
    """Run a query on DuckDB, its names and dialect translated."""
    import duckdb  # noqa: PLC0415 - only where it is wanted
    import sqlglot  # noqa: PLC0415 - as above
    from sqlglot import exp  # noqa: PLC0415 - as above

    tree = sqlglot.parse_one(sql, read="databricks")
    for table in list(tree.find_all(exp.Table)):
        full = f"{table.db}.{table.name}"
        if full in tables:
            table.replace(exp.to_table(full.replace(".", "_")))
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for name, rows in tables.items():
        connection.register(name.replace(".", "_"), rows)
    return connection.sql(tree.sql(dialect="duckdb"), params=params or None).to_arrow_table()
