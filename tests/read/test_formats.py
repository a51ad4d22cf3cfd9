"""The same rows mean the same, whatever the format, letter case, order or unit they come in."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime, timedelta, timezone

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

AT = datetime(2026, 5, 1, 10, 30, 15, 250_000, tzinfo=UTC)
NAME = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).filter(
    lambda t: t not in ("null", "NULL")
)


def same(one, other):
    return one.frames.keys() == other.frames.keys() and all(one.frames[n].equals(other.frames[n]) for n in one.frames)


def estate(statement, grant):
    """Give files with every trap of a CSV reader in them."""
    return {
        "query_history": [
            statement(1, start_time=AT, compute={"type": "WAREHOUSE", "warehouse_id": "001"}, session_id="007"),
            statement(
                2,
                start_time=AT,
                statement_text='SELECT\n  "a,b"\r\nFROM t',
                error_message="it's; failed\n",
                execution_status="FAILED",
            ),
            statement(3, start_time=AT, statement_text=None, executed_by=None, session_id=None),
        ],
        "table_privileges": [grant(), grant(grantee="0123"), grant(table_name="true"), grant(table_name="1e5")],
        "columns": [
            {
                "table_catalog": "main",
                "table_schema": "sales",
                "table_name": "orders",
                "column_name": c,
                "full_data_type": t,
                "ordinal_position": n,
                "comment": None,
            }
            for n, (c, t) in enumerate([("id", "int"), ("amt", "decimal(10,2)"), ("a b", "struct<x:int,y:string>")])
        ],
        "column_masks": [
            {
                "table_catalog": "main",
                "table_schema": "sales",
                "table_name": "orders",
                "column_name": "amt",
                "mask_name": "main.sec.m",
                "using_columns": None,
            }
        ],
        "groups": [
            {"id": "1", "displayName": "team, north", "members": [{"value": "9", "display": "Ann", "$ref": "Users/9"}]}
        ],
        "users": [{"id": "9", "userName": "ann@shop.example", "active": True}],
        "table_lineage": [
            {
                "source_table_full_name": "main.sales.orders",
                "target_table_full_name": None,
                "event_time": AT,
                "direct_access": True,
                "created_by": "bot",
                "source_type": "TABLE",
                "statement_id": None,
            }
        ],
    }


@pytest.mark.parametrize("ending", ["csv", "json", "jsonl"])
def test_the_format_does_not_matter(folder, statement, grant, ending):
    files = estate(statement, grant)
    other = type(folder)(folder.path.parent / "other")
    for name, rows in files.items():
        folder.put(name, rows, "parquet")
        other.put(name, rows, ending)
    assert same(other.read(), folder.read())


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_neither_letter_case_nor_order_matter(folder, statement, grant, ending):
    other = type(folder)(folder.path.parent / "other")
    for name, rows in estate(statement, grant).items():
        shuffled = [dict(reversed(row.items())) for row in reversed(rows)]
        folder.put(name, rows, ending)
        other.put(name.upper(), [{k.upper(): v for k, v in row.items()} for row in shuffled], ending)
    assert same(other.read(), folder.read())
    assert other.read().manifest.sources[0].digest == folder.read().manifest.sources[0].digest


def test_compressed_files_are_read(folder, statement):
    plain = folder.put("query_history", [statement()], "csv").read()
    data = (folder.path / "query_history.csv").read_bytes()
    (folder.path / "query_history.csv").unlink()
    assert same(folder.raw("query_history.csv.gz", gzip.compress(data)).read(), plain)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_other_separators_and_a_byte_order_mark_are_read(folder, mark):
    text = "\ufeff" + mark.join(["catalog_name", "catalog_owner"]) + "\r\n" + mark.join(["main", "ann"]) + "\r\n\r\n"
    frame = folder.raw("catalogs.csv", text).read().frame("objects")
    assert frame.select("securable", "owner").rows() == [("main", "ann")]


@pytest.mark.parametrize("word", ["null", "NULL", ""])
def test_an_empty_cell_of_a_csv_is_null(folder, word):
    frame = folder.raw("catalogs.csv", f"catalog_name,catalog_owner\nmain,{word}\n").read().frame("objects")
    assert frame["owner"].to_list() == [None]


@pytest.mark.parametrize(
    "written",
    [
        "2026-05-01T10:30:15.250Z",
        "2026-05-01 10:30:15.25",
        "2026-05-01T10:30:15.250000000",
        "2026-05-01T12:30:15.250+02:00",
        "2026-05-01 05:00:15,250 -0530",
        "2026-05-01 10:30:15.250 UTC",
        " 2026-05-01T10:30:15.250+00 ",
        str(int(AT.timestamp() * 1000)),
        str(int(AT.timestamp() * 1_000_000)),
    ],
)
def test_an_instant_is_read_from_text(folder, statement, written):
    for ending in ("csv", "jsonl", "parquet"):
        (instant,) = (
            folder.put("query_history", [statement(start_time=written)], ending)
            .read()
            .frame("statements")["started_at"]
        )
        assert instant == AT
        (folder.path / f"query_history.{ending}").unlink()


@pytest.mark.parametrize(
    "typed",
    [
        AT,
        AT.replace(tzinfo=None),
        AT.astimezone(timezone(timedelta(hours=9))),
        int(AT.timestamp() * 1000),
        int(AT.timestamp() * 1000) * 1_000_000,
        AT.timestamp(),
        AT.timestamp() * 1000,
    ],
)
def test_an_instant_is_read_from_its_type(folder, statement, typed):
    frame = pl.DataFrame([{k: v for k, v in statement().items() if k != "start_time"}]).with_columns(
        pl.Series("start_time", [typed])
    )
    frame.write_parquet(folder.path / "query_history.parquet")
    assert folder.read().frame("statements")["started_at"].to_list() == [AT]


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_every_unit_of_a_timestamp_is_read(folder, statement, unit):
    frame = pl.DataFrame([statement(start_time=AT)]).with_columns(pl.col("start_time").dt.cast_time_unit(unit))
    frame.write_parquet(folder.path / "query_history.parquet")
    assert folder.read().frame("statements")["started_at"].to_list() == [AT]


def test_a_date_is_its_midnight(folder, statement):
    for day in (date(2026, 5, 1), "2026-05-01"):
        instants = (
            folder.put("query_history", [statement(start_time=day)], "parquet").read().frame("statements")["started_at"]
        )
        assert instants.to_list() == [datetime(2026, 5, 1, tzinfo=UTC)]


def test_ids_that_came_as_numbers_are_text(folder):
    frame = pl.DataFrame({"catalog_name": ["main", "other"], "workspace_id": [42.0, 7.0]})
    frame.write_parquet(folder.path / "workspace_bindings.parquet")
    assert folder.read().frame("bindings")["workspace_id"].to_list() == ["42", "7"]


def test_types_of_other_writers_are_read(folder, grant):
    row = pl.DataFrame([grant()])
    row.with_columns(pl.col("grantee").cast(pl.Binary), pl.col("privilege_type").cast(pl.Categorical)).write_parquet(
        folder.path / "table_privileges.parquet"
    )
    assert folder.read().frame("grants")["grantee"].to_list() == ["bot"]


def test_columns_without_a_value_have_no_type(folder, grant):
    frame = pl.DataFrame([grant()]).with_columns(pl.lit(None).alias("inherited_from"))
    frame.write_parquet(folder.path / "table_privileges.parquet")
    assert folder.read().frame("grants").height == 1


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(NAME, NAME, NAME), min_size=1, max_size=5))
def test_any_names_read_the_same_from_every_format(folder, grant, names):
    given_rows = [grant(grantee=who, table_schema=schema, table_name=table) for who, schema, table in names]
    read = []
    for ending in ("parquet", "csv", "jsonl", "json"):
        read.append(folder.put("table_privileges", given_rows, ending).read())
        (folder.path / f"table_privileges.{ending}").unlink()
    assert set(read[0].frame("grants")["grantee"]) == {who for who, _, _ in names}
    assert all(same(read[0], other) for other in read[1:])
