"""What a folder of exports means."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from uc_guard.read.exports import read_exports
from uc_guard.read.folder import read_folder
from uc_guard.snapshot import check_frame

MAY = (datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))


def rows(snapshot, name, *columns):
    return snapshot.frame(name).select(*columns).rows()


def told(snapshot, name):
    return next(source for source in snapshot.manifest.sources if source.name == name)


def read(folder):
    snapshot = folder.read(since=MAY[0], until=MAY[1])
    for name, frame in snapshot.frames.items():
        assert check_frame(name, frame, name) == []
    return snapshot


def test_a_missing_file_is_unknown_and_not_none(folder, statement):
    snapshot = folder.put("query_history", [statement()]).read()
    assert not snapshot.has("grants")
    assert "grants" in snapshot.manifest.missing
    assert snapshot.frame("grants").is_empty()


def test_an_array_without_rows_is_none_and_not_unknown(folder, statement):
    snapshot = folder.put("query_history", [statement()]).raw("table_lineage.json", "[]").read()
    assert snapshot.has("table_lineage")
    assert snapshot.frame("table_lineage").is_empty()
    assert "table_lineage" not in snapshot.manifest.missing


def test_a_frame_that_several_files_fill_says_which_were_not_read(folder, grant):
    source = told(read(folder.put("table_privileges", [grant()])), "grants")
    assert not source.complete
    assert "volume_privileges" in source.note
    assert "table_privileges" not in source.note


@pytest.mark.parametrize("direct", ["NONE", "none", "", None])
def test_a_row_that_is_not_inherited_is_stored(folder, grant, direct):
    snapshot = read(folder.put("table_privileges", [grant(inherited_from=direct)]))
    assert rows(snapshot, "grants", "grantee", "securable") == [("bot", "main.sales.orders")]


@pytest.mark.parametrize("ancestor", ["CATALOG", "SCHEMA", "METASTORE", "SOMETHING_NEW"])
def test_an_inherited_row_is_left_out_and_counted(folder, grant, ancestor):
    snapshot = read(folder.put("table_privileges", [grant(), grant(grantee="other", inherited_from=ancestor)]))
    assert rows(snapshot, "grants", "grantee") == [("bot",)]
    assert f"1 inherited rows (from `{ancestor}`) of table_privileges.jsonl" in told(snapshot, "grants").note


def test_two_grantors_of_one_privilege_make_one_row_of_the_older_date(folder, grant):
    given = [grant(created_at="2026-05-03"), grant(grantor="bo", created_at="2026-04-01"), grant(grantor="cy")]
    (row,) = rows(read(folder.put("table_privileges", given)), "grants", "grantee", "granted_at")
    assert row == ("bot", datetime(2026, 4, 1, tzinfo=UTC))


def test_a_deleted_principal_is_left_out_and_counted(folder, grant):
    snapshot = read(folder.put("table_privileges", [grant(grantee="", principal_id="77"), grant()]))
    assert snapshot.frame("grants").height == 1
    assert "deleted principals" in told(snapshot, "grants").note


def test_unknown_privileges_survive_as_text(folder, grant):
    snapshot = read(folder.put("table_privileges", [grant(privilege_type="teleport  data")]))
    assert rows(snapshot, "grants", "privilege") == [("TELEPORT_DATA",)]


@pytest.mark.parametrize(
    ("file", "names", "expected"),
    [
        ("metastore_privileges", {"metastore_id": "AB-1"}, ("METASTORE", "ab-1")),
        ("catalog_privileges", {"catalog_name": "Main"}, ("CATALOG", "main")),
        ("schema_privileges", {"catalog_name": "main", "schema_name": "Sales"}, ("SCHEMA", "main.sales")),
        (
            "routine_privileges",
            {"ROUTINE_CATALOG": "main", "ROUTNE_SCHEMA": "sales", "ROUTINE_NAME": "f"},
            ("FUNCTION", "main.sales.f"),
        ),
        (
            "routine_privileges",
            {"specific_catalog": "main", "specific_schema": "sales", "specific_name": "f"},
            ("FUNCTION", "main.sales.f"),
        ),
        (
            "volume_privileges",
            {"volume_catalog": "main", "volume_schema": "raw", "volume_name": "v"},
            ("VOLUME", "main.raw.v"),
        ),
        ("external_location_privileges", {"external_location_name": "lake"}, ("EXTERNAL_LOCATION", "lake")),
        ("storage_credential_privileges", {"storage_credential_name": "sc"}, ("STORAGE_CREDENTIAL", "sc")),
        ("credential_privileges", {"credential_name": "key.one"}, ("CREDENTIAL", "`key.one`")),
        ("connection_privileges", {"connection_name": "pg"}, ("CONNECTION", "pg")),
        ("grants", {"objectType": "VIEW", "objectKey": "main.sales.v"}, ("TABLE", "main.sales.v")),
        ("grants", {"object_type": "SKILL", "object_key": "main.sales.k"}, ("SKILL", "main.sales.k")),
    ],
)
def test_every_listing_of_privileges_is_read(folder, file, names, expected):
    given = [{"grantee": "bot", "privilege_type": "SELECT", **names}]
    assert rows(read(folder.put(file, given)), "grants", "securable_type", "securable") == [expected]


def test_names_are_spelled_canonically_and_principals_as_written(folder, grant):
    odd = {"grantee": 'Ops `night` "team" o\'hara. 🦉', "table_name": "Year.2026`x", "table_schema": "Sales"}
    snapshot = read(folder.put("table_privileges", [grant(**odd)], "csv"))
    assert rows(snapshot, "grants", "grantee", "securable") == [(odd["grantee"], "main.sales.`year.2026``x`")]
    containers = [("CATALOG", "main"), ("SCHEMA", "main.sales"), ("TABLE", "main.sales.`year.2026``x`")]
    assert rows(snapshot, "objects", "securable_type", "securable") == containers


def test_objects_take_their_owner_and_finer_kind_from_their_own_listing(folder, grant):
    folder.put("table_privileges", [grant()]).put(
        "tables",
        [
            {
                "table_catalog": "main",
                "table_schema": "sales",
                "table_name": "orders",
                "table_type": "MANAGED",
                "table_owner": "ann",
            },
            {"table_catalog": "main", "table_schema": "sales", "table_name": "v", "table_type": "Materialized View"},
            {"table_catalog": "main", "table_schema": "sales", "table_name": "old", "table_type": "BASE TABLE"},
        ],
    ).put("catalogs", [{"catalog_name": "main", "catalog_owner": "root", "isolation_mode": "ISOLATION_MODE_ISOLATED"}])
    assert rows(read(folder), "objects", "securable_type", "securable", "kind", "owner", "isolated") == [
        ("CATALOG", "main", "CATALOG", "root", True),
        ("SCHEMA", "main.sales", "SCHEMA", None, None),
        ("TABLE", "main.sales.old", "TABLE", None, None),
        ("TABLE", "main.sales.orders", "MANAGED", "ann", None),
        ("TABLE", "main.sales.v", "MATERIALIZED_VIEW", None, None),
    ]


def test_a_grant_on_a_table_that_the_listing_lacks_is_kept_and_told(folder, grant):
    listed = {"table_catalog": "main", "table_schema": "sales", "table_name": "customers"}
    snapshot = read(folder.put("table_privileges", [grant()]).put("tables", [listed]))
    assert snapshot.frame("grants").height == 1
    assert "named in grants, but not listed in tables: `main.sales.orders`" in snapshot.manifest.notes


def test_files_of_other_names_are_told_and_not_an_error(folder, statement):
    snapshot = folder.put("query_history", [statement()]).raw("notes.txt", "hello").raw("lunch.csv", b"\xff").read()
    assert [note for note in snapshot.manifest.notes if "not used" in note] == [
        "not used: `lunch.csv`, which is no name of a system table or view that is read here",
        "not used: `notes.txt`, which is no name of a system table or view that is read here",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "QUERY_HISTORY.JSONL",
        "system.query.history.jsonl",
        "Query-History (2).ndjson",
        "query_history/day=1/part-0.jsonl",
    ],
)
def test_a_file_is_known_by_its_name_however_it_is_decorated(folder, statement, name):
    folder.put("query_history", [statement()])
    data = (folder.path / "query_history.jsonl").read_bytes()
    (folder.path / "query_history.jsonl").unlink()
    assert folder.raw(name, data).read().frame("statements").height == 1


def test_listings_of_several_catalogs_are_joined(folder, grant):
    folder.put("main.information_schema.table_privileges", [grant()])
    folder.put("other.information_schema.table_privileges", [grant(), grant(table_catalog="other")])
    assert rows(read(folder), "grants", "securable") == [("main.sales.orders",), ("other.sales.orders",)]


def test_any_folder_is_read_for_what_it_is(folder, statement, tmp_path):
    exported = read_folder(folder.put("query_history", [statement()]).path)
    exported.write(tmp_path / "snapshot")
    assert read_folder(tmp_path / "snapshot") == exported


def test_a_big_log_is_read_as_columns(tmp_path):
    count = 200_000
    number = pl.int_range(count, eager=True)
    frame = pl.DataFrame(
        {
            "statement_id": number.cast(pl.String),
            "executed_as": "bot-" + (number % 50).cast(pl.String),
            "execution_status": "FINISHED",
            "statement_text": "SELECT " + number.cast(pl.String),
            "start_time": pl.Series(number + 1_777_000_000_000),
        }
    )
    frame.write_parquet(tmp_path / "query_history.parquet")
    assert read_exports(tmp_path).frame("statements").height == count
