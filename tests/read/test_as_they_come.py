"""Exports as customers have them: half downloaded, in pages, in partitions, in other spellings."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import polars as pl
import pytest

from uc_guard import Catalog, read_usage
from uc_guard.errors import BadInput
from uc_guard.read.exports import read_exports

APP = "11111111-2222-3333-4444-555555555555"
WHEN = "2026-05-02T10:00:00Z"


def statement(number, who=APP, **more):
    row = {"statement_id": f"s{number}", "executed_by": who, "execution_status": "FINISHED", "start_time": WHEN}
    return {**row, "statement_text": "select 1", **more}


def beside(folder, name):
    """Write a part file, and something else beside it."""
    home = folder / "query_history"
    home.mkdir()
    pl.DataFrame([statement(1)]).write_parquet(home / "a.parquet")
    (home / name).parent.mkdir(exist_ok=True)
    (home / name).write_bytes(b"x")
    return home


# -- what lies beside part files --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["b.parquet.crdownload", "b.parquet.tmp", "b.csv.bz2", "b.zip", "deep/b.orc"])
def test_a_part_that_cannot_be_read_is_refused(tmp_path, name):
    home = beside(tmp_path, name)
    for read in (lambda: read_exports(tmp_path), lambda: read_usage(home, Catalog.from_dict({}))):
        with pytest.raises(BadInput, match="a format that is not read") as error:
            read()
        assert f"query_history/{name}" in str(error.value)


@pytest.mark.parametrize("name", ["_SUCCESS", ".a.parquet.crc", "._a.parquet", "README.md", "_committed_1", ".x/b.tmp"])
def test_what_writers_leave_beside_parts_is_passed_over(tmp_path, name):
    home = beside(tmp_path, name)
    assert read_exports(tmp_path).frame("statements").height == 1
    assert read_usage(home, Catalog.from_dict({})).outcomes["statements"].sum() == 1


# -- pages ------------------------------------------------------------------------------------------------------


def page(folder, name, text):
    folder.path.mkdir(exist_ok=True)
    (folder.path / name).parent.mkdir(exist_ok=True)
    (folder.path / name).write_text(text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("groups.json", '{"totalResults": 3, "itemsPerPage": 1, "Resources": [{"displayName": "g", "id": "1"}]}'),
        ("groups.json", '{"totalResults": 3, "startIndex": 2, "Resources": [{"displayName": "g", "id": "1"}]}'),
        ("groups/1.json", '{"has_next_page": true, "res": [{"displayName": "g", "id": "1"}]}'),
        ("groups.json", '{"next_page_token": "x", "value": [{"displayName": "g", "id": "1"}]}'),
    ],
)
def test_a_page_that_says_that_more_follow_is_refused(folder, name, text):
    page(folder, name, text)
    with pytest.raises(BadInput, match="a page that says that more follow"):
        folder.read()


@pytest.mark.parametrize(
    "last",
    [
        '{"has_next_page": false, "Resources": [{"displayName": "h", "id": "2"}]}',
        '{"totalResults": 2, "startIndex": 2, "Resources": [{"displayName": "h", "id": "2"}]}',
        '{"next_page_token": "", "Resources": [{"displayName": "h", "id": "2"}]}',
    ],
)
def test_pages_are_whole_where_the_last_is_among_them(folder, last):
    page(folder, "groups/1.json", '{"has_next_page": true, "Resources": [{"displayName": "g", "id": "1"}]}')
    page(folder, "groups/2.json", last)
    assert set(folder.read().frame("principals")["principal"]) == {"g", "h"}


# -- partitions -------------------------------------------------------------------------------------------------


def test_a_column_that_only_folders_name_is_read(tmp_path):
    for who in ("bot%20one", "two", "__HIVE_DEFAULT_PARTITION__"):
        home = tmp_path / "query_history" / f"executed_as={who}"
        home.mkdir(parents=True)
        pl.DataFrame([statement(who)]).write_parquet(home / "a.parquet")
    assert set(read_exports(tmp_path).frame("statements")["principal"]) == {"bot one", "two", APP}
    read = read_usage(tmp_path / "query_history", Catalog.from_dict({}))
    assert set(read.outcomes["principal"]) == {"bot one", "two", APP}


def test_what_is_kept_of_a_file_is_kept_for_its_folder(tmp_path):
    home, cache = tmp_path / "query_history", tmp_path / "cache"
    (home / "executed_as=one").mkdir(parents=True)
    pl.DataFrame([statement(1)]).write_parquet(home / "executed_as=one" / "a.parquet")
    for who in ("one", "two"):
        read = read_usage(home, Catalog.from_dict({}), cache=cache)
        assert read.outcomes["principal"].to_list() == [who]
        if who == "one":
            (home / "executed_as=one").rename(home / "executed_as=two")


def test_a_column_of_the_file_counts_before_its_folder(tmp_path):
    home = tmp_path / "query_history" / "executed_as=x"
    home.mkdir(parents=True)
    pl.DataFrame([statement(1, executed_as="y")]).write_parquet(home / "a.parquet")
    assert read_exports(tmp_path).frame("statements")["principal"].to_list() == ["y"]


# -- who is who -------------------------------------------------------------------------------------------------


def test_a_group_of_one_workspace_is_no_grantee(folder):
    local = {"displayName": "analysts", "id": "9", "meta": {"resourceType": "WorkspaceGroup"}}
    folder.put(
        "groups", [{"displayName": "analysts", "id": "1"}, {**local, "members": [{"value": "7", "display": "x"}]}]
    )
    snapshot = folder.read()
    assert snapshot.frame("members").is_empty()
    note = next(source.note for source in snapshot.manifest.sources if source.name == "principals")
    assert "of one workspace alone" in note


def test_a_member_is_not_taken_for_a_group_of_its_name(folder):
    member = {"value": "5", "display": "agents", "$ref": "https://x/ServicePrincipals/5"}
    folder.put("groups", [{"displayName": "agents", "id": "1"}, {"displayName": "all", "id": "2", "members": [member]}])
    assert folder.read().frame("members").rows() == [("all", "service_principal 5")]


def test_principals_in_another_spelling_are_those_that_are_listed(folder):
    folder.put("service_principals", [{"applicationId": APP, "displayName": "Bot", "id": "1"}])
    folder.put("users", [{"userName": "ann@x.com", "id": "2"}])
    folder.put("groups", [{"displayName": "analysts", "id": "3"}])
    folder.put("query_history", [statement(1, "Bot"), statement(2, APP.upper()), statement(3, "Ann@X.com")])
    grant = {"catalog_name": "c", "privilege_type": "USE CATALOG", "inherited_from": "NONE"}
    folder.put("catalog_privileges", [{**grant, "grantee": name} for name in ("Analysts", "Account Users", "Bot")])
    snapshot = folder.read()
    assert snapshot.frame("statements")["principal"].to_list() == [APP, APP, "ann@x.com"]
    # A grant names a service principal by its application id; what else it names stays what it is.
    assert set(snapshot.frame("grants")["grantee"]) == {"analysts", "account users", "Bot"}
    assert any("listed in another spelling" in note for note in snapshot.manifest.notes)


def test_a_spelling_that_could_mean_two_is_left_alone(folder):
    folder.put("users", [{"userName": "ann@x.com", "id": "1"}, {"userName": "Ann@x.com", "id": "2"}])
    folder.put("query_history", [statement(1, "ANN@x.com")])
    assert folder.read().frame("statements")["principal"].to_list() == ["ANN@x.com"]


# -- types ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [pl.String, pl.Categorical, pl.Binary])
def test_text_is_text_in_whatever_column(tmp_path, dtype):
    given = {"named_parameters": {"p": "x"}}
    rows = [statement(1, statement_text="", query_parameters=json.dumps(given)), statement(2)]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    frame.with_columns(pl.col("statement_text", "query_parameters").cast(dtype)).write_parquet(
        tmp_path / "query_history.parquet"
    )
    told = read_exports(tmp_path).frame("statements").select("text", "parameters").rows()
    assert told == [(None, '{"p":"x"}'), ("select 1", None)]


@pytest.mark.parametrize("text", ["1777716000000", "1777716000000.0", "2026-05-02T10:00:00Z"])
def test_an_instant_is_one_in_whatever_text(folder, text):
    folder.put("query_history", [statement(1, start_time=text)])
    assert folder.read().frame("statements")["started_at"].to_list() == [datetime(2026, 5, 2, 10, tzinfo=UTC)]


def test_whole_numbers_as_decimals_are_read(tmp_path):
    frame = pl.DataFrame([statement(1)]).with_columns(start_time=pl.lit(1777716000000).cast(pl.Decimal(18, 0)))
    frame.write_parquet(tmp_path / "query_history.parquet")
    assert read_exports(tmp_path).frame("statements")["started_at"].to_list() == [datetime(2026, 5, 2, 10, tzinfo=UTC)]


def test_what_the_platform_adds_to_parameters_is_passed_over(folder):
    given = {"named_parameters": {"p": "x"}, "is_truncated": False, "new": {"deep": [1]}}
    folder.put("query_history", [statement(1, query_parameters=given)])
    assert folder.read().frame("statements")["parameters"].to_list() == ['{"p":"x"}']


def test_a_part_without_a_byte_is_one_without_a_row(tmp_path):
    home = tmp_path / "query_history"
    home.mkdir()
    (home / "a.json").write_text(json.dumps(statement(1)))
    (home / "b.json").write_bytes(b"")
    assert read_exports(tmp_path).frame("statements").height == 1
    assert read_usage(home, Catalog.from_dict({})).outcomes["statements"].sum() == 1
    (home / "a.json").unlink()
    with pytest.raises(BadInput, match="an empty file"):
        read_exports(tmp_path)


def test_a_row_of_a_statement_that_has_ended_is_later_than_one_of_it_running(folder):
    refused = {"execution_status": "FAILED", "error_message": "PERMISSION_DENIED: x"}
    folder.put("query_history", [statement(1, **refused), statement(1, execution_status="RUNNING")])
    assert folder.read().frame("statements")["status"].to_list() == ["FAILED"]
