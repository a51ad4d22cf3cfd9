"""Damaged input: every shape of it is told with file, place, what was found and how to mend it."""

from __future__ import annotations

import gzip
import io

import polars as pl
import pytest

TABLE = {"table_catalog": "main", "table_schema": "s", "table_name": "t"}
COLUMN = {**TABLE, "column_name": "c", "full_data_type": "int", "ordinal_position": 0}


def parquet(frame):
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def test_an_empty_file(folder):
    problem = folder.raw("tables.csv", b"").problem()
    assert (problem.source, problem.found) == ("tables.csv", "an empty file")
    assert "export it again" in problem.mend


def test_a_file_of_blank_lines(folder):
    assert folder.raw("tables.jsonl", b"\n\n  \n").problem().found == "an empty file"


def test_a_truncated_parquet_file(folder, grant):
    folder.put("table_privileges", [grant()], "parquet")
    path = folder.path / "table_privileges.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    problem = folder.problem()
    assert problem.source == "table_privileges.parquet"
    assert "damaged Parquet" in problem.found
    assert "copy it again" in problem.mend


def test_a_parquet_file_with_damaged_pages(folder):
    frame = pl.DataFrame({"grantee": [f"principal {n * 7919 % 1000}" for n in range(5000)]}).with_columns(
        pl.lit("SELECT").alias("privilege_type"), pl.lit("main").alias("catalog_name")
    )
    data = bytearray(parquet(frame))
    data[40:400] = b"\x00" * 360
    problem = folder.raw("catalog_privileges.parquet", bytes(data)).problem()
    assert "damaged" in problem.found
    assert problem.source == "catalog_privileges.parquet"


def test_text_under_the_name_of_a_parquet_file(folder):
    assert "damaged Parquet" in folder.raw("tables.parquet", "table_name\nt\n").problem().found


def test_a_truncated_gzip_file(folder):
    data = gzip.compress(b"catalog_name\n" + b"main\n" * 100)[:-9]
    assert "damaged gzip" in folder.raw("catalogs.csv.gz", data).problem().found


def test_a_missing_column(folder, grant):
    row = grant()
    del row["grantee"], row["privilege_type"]
    problem = folder.put("table_privileges", [row]).problem()
    assert problem.place == "column `privilege_type`"
    assert "`table_catalog`" in problem.found
    assert "`action_type`" in problem.expected


def test_every_problem_of_every_file_in_one_report(folder, statement):
    folder.put("query_history", [statement(execution_status=None), statement(2, start_time="yesterday")])
    folder.put("tables", [{"table_catalog": "main"}]).raw("columns.parquet", b"PAR1").raw("views.csv", b"")
    problems = folder.problems()
    assert {(p.source, p.place) for p in problems} == {
        ("query_history.jsonl", "row 1, column `execution_status`"),
        ("query_history.jsonl", "row 2, column `start_time`"),
        ("tables.jsonl", "column `table_schema`"),
        ("tables.jsonl", "column `table_name`"),
        ("columns.parquet", ""),
        ("views.csv", ""),
    }


def test_a_column_of_another_type(folder):
    frame = pl.DataFrame({"catalog_name": [["main"]], "catalog_owner": ["ann"]})
    problem = folder.raw("catalogs.parquet", parquet(frame)).problem()
    assert problem.place == "column `catalog_name`"
    assert problem.found == "the type `List(String)`"


def test_a_cell_that_is_no_number(folder):
    folder.put("columns", [COLUMN, {**COLUMN, "column_name": "d", "ordinal_position": "first"}], "csv")
    problem = folder.problem()
    assert (problem.place, problem.found) == ("row 2, column `ordinal_position`", "`first`")
    assert problem.expected == "a whole number"


@pytest.mark.parametrize(
    "text", ["yesterday", "31.05.2026", "2026-13-01", "2026-02-30T10:00:00Z", "2026-05-01T25:00:00Z", "5/1/2026"]
)
def test_a_cell_that_is_no_instant(folder, statement, text):
    problem = folder.put("query_history", [statement(start_time=text)]).problem()
    assert (problem.place, problem.found) == ("row 1, column `start_time`", f"`{text}`")
    assert "2026-01-31T23:59:59Z" in problem.mend


def test_a_cell_that_is_neither_true_nor_false(folder):
    folder.put("users", [{"id": "1", "userName": "ann", "active": "perhaps"}])
    assert folder.problem().found == "`perhaps`"


def test_the_number_of_bad_rows_stands_in_one_problem(folder):
    problem = folder.put(
        "columns", [{**COLUMN, "column_name": f"c{n}", "ordinal_position": "x"} for n in range(500)]
    ).problem()
    assert problem.found == "`x` (and in 499 more rows)"


def test_an_empty_cell_where_a_value_is_needed(folder, grant):
    problem = folder.put("table_privileges", [grant(), grant(table_name=None)]).problem()
    assert (problem.place, problem.found) == ("row 2, column `table_name`", "nothing")


def test_a_csv_row_that_is_cut(folder):
    problem = folder.raw("catalogs.csv", "catalog_name,catalog_owner\nmain,ann\nother\n").problem()
    assert (problem.place, problem.found, problem.expected) == ("row 2", "1 cells", "2 cells, as in the header")


def test_a_csv_row_that_is_too_long(folder):
    problem = folder.raw("catalogs.csv", "catalog_name,catalog_owner\nmain,ann,x\n").problem()
    assert (problem.place, problem.found) == ("row 1", "3 cells")


def test_a_csv_quote_that_is_never_closed(folder):
    problem = folder.raw("catalogs.csv", 'catalog_name,catalog_owner\nmain,"ann\nother,bo\n').problem()
    assert problem.place.startswith("line ")
    assert "no CSV" in problem.found
    assert "may be cut" in problem.mend


@pytest.mark.parametrize(
    "header", ["catalog_name,catalog_name", "Catalog_Name,CATALOG_NAME", "catalog_name, catalog_name"]
)
def test_two_columns_of_one_name(folder, header):
    problem = folder.raw("catalogs.csv", f"{header}\nmain,other\n").problem()
    assert "two columns of this name" in problem.found


def test_two_columns_of_one_name_in_parquet(folder):
    frame = pl.DataFrame({"catalog_name": ["a"], "CATALOG_NAME": ["b"]})
    assert "two columns of this name" in folder.raw("catalogs.parquet", parquet(frame)).problem().found


@pytest.mark.parametrize("ending", ["csv", "jsonl", "json"])
def test_bytes_that_are_not_utf_8(folder, ending):
    problem = folder.raw(f"catalogs.{ending}", b'catalog_name\nmain\n{"catalog_name": "caf\xe9"}\n').problem()
    assert (problem.place, problem.found) == ("line 3", "the byte 0xe9, which is not UTF-8")
    assert problem.mend == "save the file as UTF-8"


def test_utf_16_as_some_editors_save_it(folder):
    assert "not UTF-8" in folder.raw("catalogs.csv", "catalog_name\nmain\n".encode("utf-16")).problem().found


@pytest.mark.parametrize("column", ["grantee", "table_name", "privilege_type"])
def test_nul_in_a_name(folder, grant, column):
    problem = folder.put("table_privileges", [grant(**{column: "a\0b"})]).problem()
    assert (problem.place, problem.found) == (f"row 1, column `{column}`", "`a\\x00b`")
    assert "remove the character" in problem.mend


def test_a_name_of_ten_megabytes(folder, grant):
    problem = folder.put("table_privileges", [grant(table_name="x" * 10_000_000)], "csv").problem()
    assert problem.place == "row 1, column `table_name`"
    assert len(str(problem)) < 400


def test_json_that_is_cut(folder):
    problem = folder.raw("catalogs.jsonl", '{"catalog_name": "a"}\n{"catalog_name": "b"}\n{"catalog_na').problem()
    assert (problem.source, problem.place) == ("catalogs.jsonl", "row 3")
    assert "no JSON object" in problem.found


def test_a_json_array_that_is_cut(folder):
    problem = folder.raw("catalogs.json", '[{"catalog_name": "a"}, {"catalog_na').problem()
    assert "the file may be cut" in problem.mend


def test_a_json_value_that_is_no_table(folder):
    assert "no JSON" in folder.raw("catalogs.json", '"catalogs"').problem().found


def test_json_rows_that_are_no_objects(folder):
    problem = folder.raw("catalogs.json", '[{"catalog_name": "a"}, 7]').problem()
    assert problem.place == "row 2"


def test_objects_without_keys(folder):
    assert folder.raw("catalogs.json", "[{}]").problem().found == "objects without keys"


def test_a_header_only_csv_is_none(folder, grant):
    snapshot = folder.put("table_privileges", [grant()]).raw(
        "row_filters.csv", "table_catalog,table_schema,table_name,filter_name\n"
    )
    assert snapshot.read().has("row_filters")


def test_two_owners_of_one_table(folder):
    folder.put("tables", [{**TABLE, "table_owner": "ann"}, {**TABLE, "table_name": "T", "table_owner": "bo"}])
    problem = folder.problem()
    assert problem.place == "row 1"
    assert "as in tables.jsonl row 2, with another owner" in problem.found
    assert "`TABLE, main.s.t`" in problem.found


def test_one_key_with_other_content_in_two_files(folder):
    folder.put("a.information_schema.views", [{**TABLE, "view_definition": "select 1"}])
    folder.put("b.information_schema.views", [{**TABLE, "view_definition": "select 'secret'"}])
    problem = folder.problem()
    assert "b.information_schema.views.jsonl row 1, with another definition" in problem.found
    assert "secret" not in str(problem)


def test_rows_repeated_word_for_word_are_no_problem(folder, grant, statement):
    folder.put("table_privileges", [grant(), grant()]).put("query_history", [statement(), statement()])
    snapshot = folder.read()
    assert (snapshot.frame("grants").height, snapshot.frame("statements").height) == (1, 1)


def test_one_statement_id_with_two_texts(folder, statement):
    folder.put("query_history", [statement(), statement(statement_text="SELECT 'secret'")])
    problem = folder.problem()
    assert problem.place == "row 1, column `statement_id`"
    assert "row 2" in problem.found
    assert "secret" not in str(problem)


def test_statements_without_a_principal(folder, statement):
    problem = folder.put("query_history", [statement(executed_as=None, executed_by="")]).problem()
    assert (problem.place, problem.found) == ("row 1, column `executed_as`", "nothing")


@pytest.mark.parametrize(
    ("file", "row", "column"),
    [
        ("catalogs", {"catalog_name": "main", "isolation_mode": "HALF"}, "isolation_mode"),
        (
            "workspace_bindings",
            {"securable_name": "main", "workspace_id": "1", "binding_type": "BINDING_TYPE_SOME"},
            "binding_type",
        ),
        (
            "routines",
            {"routine_catalog": "m", "routine_schema": "s", "routine_name": "f", "security_type": "NOBODY"},
            "security_type",
        ),
    ],
)
def test_an_unknown_word_where_the_words_are_few(folder, file, row, column):
    problem = folder.put(file, [row]).problem()
    assert problem.place == f"row 1, column `{column}`"
    assert problem.expected.startswith("one of ")


def test_a_full_name_with_a_backtick_that_is_not_closed(folder):
    problem = folder.put("row_filters", [{**TABLE, "filter_name": "main.`sec.f"}]).problem()
    assert (problem.found, problem.expected) == ("`main.`sec.f`", "a full name")


def test_members_of_another_shape(folder):
    problem = folder.put("groups", [{"displayName": "g", "members": "ann, bo"}]).problem()
    assert (problem.place, problem.found) == ("row 1, column `members`", "`ann, bo`")


def test_parameters_of_another_shape_are_not_shown(folder, statement):
    problem = folder.put("query_history", [statement(query_parameters="token=hunter2")], "csv").problem()
    assert problem.place == "row 1, column `query_parameters`"
    assert "hunter2" not in str(problem)


def test_dependencies_of_another_shape(folder):
    problem = folder.put("tables", [{**TABLE, "view_dependencies": {"dependencies": ["main.s.x"]}}]).problem()
    assert problem.place == "column `view_dependencies`"


def test_a_policy_that_stands_nowhere(folder):
    problem = folder.put(
        "policies", [{"name": "p", "policy_type": "POLICY_TYPE_DENY", "on_securable_type": "TABLE"}]
    ).problem()
    assert problem.place == "row 1, column `on_securable_fullname`"


def test_statement_text_never_stands_in_a_message(folder, statement):
    frame = pl.DataFrame([statement(statement_text=["SELECT 'secret'"])])
    problem = folder.raw("query_history.parquet", parquet(frame)).problem()
    assert problem.place == "column `statement_text`"
    folder.raw("query_history.parquet", b"").raw(
        "query_history.csv", "statement_id,statement_text\n1,\"SELECT 'secret'\n"
    )
    assert "secret" not in str(folder.problems())


def test_hostile_statement_text_is_kept_as_it_is(folder, statement):
    texts = ["a\0b", "x" * 10_000_000, "line\r\nbreak", '"quoted", and, more', "🦉\u202e\ufeff", " ", "--"]
    for ending in ("csv", "parquet", "jsonl"):
        snapshot = folder.put(
            "query_history", [statement(n, statement_text=t) for n, t in enumerate(texts, 1)], ending
        ).read()
        assert snapshot.frame("statements")["text"].to_list() == texts
        (folder.path / f"query_history.{ending}").unlink()


def test_a_folder_that_is_not_there(folder):
    problem = type(folder)(folder.path / "sub")
    problem.path.rmdir()
    assert problem.problem().found == "no such folder"


def test_a_folder_without_exports(folder):
    problem = folder.raw("readme.txt", "hello").problem()
    assert problem.found == "no export"
    assert "query_history" in problem.expected


def test_a_window_that_ends_before_it_starts(folder, statement):
    from datetime import UTC, datetime  # noqa: PLC0415 - one test

    at = datetime(2026, 5, 1, tzinfo=UTC)
    assert folder.put("query_history", [statement()]).problem(since=at, until=at.replace(month=4)).source == "window"


def test_the_folder_of_a_delta_table(folder):
    folder.raw("tables/_delta_log/0.json", "{}").raw("tables/part-0.parquet", b"x")
    assert folder.problem().found == "a Delta table"


def test_a_list_that_is_cut(folder):
    policy = {"name": "p", "policy_type": "DENY", "on_securable_type": "CATALOG", "on_securable_fullname": "main"}
    problem = folder.put("policies", [{**policy, "to_principals": '["ann", "b'}], "csv").problem()
    assert (problem.source, problem.place) == ("policies.csv", "row 1, column `to_principals`")
