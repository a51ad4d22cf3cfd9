"""Runs the SQL of a warehouse without Spark: grants on the world, queries of system tables by DuckDB."""

from __future__ import annotations

import duckdb
import live_grants_sql
import live_rights
import sqlglot
from live_denials import first_missing, insufficient
from live_grants_sql import SqlError, parse_error
from sqlglot import exp


class WorldExecutor:
    """Gives an Arrow table for a statement, parameters and a principal.

    `lacking` names columns that this workspace does not have, such as `query.history.session_id`.
    """

    def __init__(self, world, lacking=()):
        self.world, self.lacking = world, set(lacking)

    def __call__(self, sql, params, principal):
        found = live_grants_sql.run(self.world, sql, principal)
        return self.select(sql, params, principal) if found is None else found

    def select(self, sql, params, principal):
        """Run a query."""
        tree = parsed(sql)
        tables = self.tables(tree, principal)
        _check_columns(tree, tables)
        for node in [one for one in tree.find_all(exp.Table) if one.catalog]:
            node.replace(exp.to_table(_flat(node), alias=node.alias or node.name))
        return _duck(tree, params, tables)

    def tables(self, tree, principal):
        """The system tables that a query reads, as the principal sees them, by what they are called in it."""
        return {
            _flat(node): read_system(self.world, _parts(node), principal, self.lacking)
            for node in tree.find_all(exp.Table)
            if node.catalog
        }


def parsed(sql):
    """A query's syntax tree.

    Raises:
        SqlError: where it is none.
    """
    try:
        tree = sqlglot.parse_one(sql, dialect="databricks")
    except sqlglot.errors.SqlglotError:
        raise parse_error(sql.split()[0] if sql.split() else "end of input") from None
    if not isinstance(tree, exp.Query):
        raise parse_error(sql.split()[0])
    return tree


def _flat(node):
    return "_".join(_parts(node))


def _parts(node):
    return [node.catalog.lower(), node.db.lower(), node.name.lower()]


def read_system(world, parts, principal, lacking=()):
    """A system table, where the principal may read it.

    Raises:
        SqlError: naming the first privilege that is missing, or where there is no such table.
    """
    catalog, schema, table = parts
    name = f"{schema}.{table}"
    with world.lock:
        rows = world.rows_of(name, principal) if catalog == "system" and schema not in world.disabled else None
        if rows is None:
            shown = ".".join(f"`{part}`" for part in parts)
            raise SqlError(
                f"[TABLE_OR_VIEW_NOT_FOUND] The table or view {shown} cannot be found. Verify the spelling and "
                "correctness of the schema and catalog. SQLSTATE: 42P01"
            )
        may_read(world, principal, "SELECT", ("TABLE", ".".join(parts)))
    return rows.drop_columns([one for one in rows.column_names if f"{name}.{one}" in set(lacking)])


def may_read(world, principal, privilege, at):
    """Refuse who may not; only the first missing privilege is named, from the catalog down.

    Raises:
        SqlError: as the platform puts it.
    """
    missing = first_missing(world, principal, privilege, at) if at in world.kinds else None
    # UC: admins of the metastore and of the account read the system tables without any grant.
    admin = live_rights.is_admin(world, principal) or principal in world.account_admins
    if missing and not (admin and at[1].startswith("system.")):
        raise SqlError(insufficient(*missing))


def _check_columns(tree, tables):
    known = {name.lower() for rows in tables.values() for name in rows.column_names}
    known |= {one.alias_or_name.lower() for one in tree.find_all(exp.Alias, exp.Table)}
    for column in tree.find_all(exp.Column):
        first = column.parts[0].name
        if first.lower() not in known and first != "*":
            raise SqlError(
                f"[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column, variable, or function parameter with name `{first}` "
                "cannot be resolved. Did you mean one of the following? [...]. SQLSTATE: 42703"
            )


def bound(tree, params):
    """The parameters that a query uses.

    Raises:
        SqlError: where one of them was not given.
    """
    if isinstance(params, list):
        return params
    used = {one.name for one in tree.find_all(exp.Placeholder)}
    if missing := used - set(params or {}):
        told = f"[UNBOUND_SQL_PARAMETER] Found the unbound parameter: {min(missing)}. SQLSTATE: 42P02"
        raise SqlError(told)
    return {name: params[name] for name in used}


def _duck(tree, params, tables):
    with duckdb.connect(config={"enable_external_access": False}) as engine:
        engine.execute("SET TimeZone = 'UTC'")
        for name, rows in tables.items():
            engine.register(name, rows)
        try:
            return engine.sql(tree.sql("duckdb"), params=bound(tree, params) or None).to_arrow_table()
        except duckdb.Error as error:
            raise SqlError(f"[INTERNAL_ERROR] {error} SQLSTATE: XX000") from None
