"""What the listings of securables mean: filters, masks, policies, bodies, tags and bindings."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

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


@pytest.mark.parametrize(
    "shape",
    [
        {
            "table_catalog": "main",
            "table_schema": "sales",
            "filter_name": "main.Sec.f",
            "target_columns": "Region, `amt`",
        },
        {
            "catalog_name": "main",
            "schema_name": "sales",
            "filter_catalog": "main",
            "filter_schema": "sec",
            "filter_name": "F",
            "filter_col_usage": "region,amt,'EU, or US',3,true",
        },
    ],
)
def test_row_filters_are_read_in_both_shapes(folder, shape):
    snapshot = read(folder.put("row_filters", [{"table_name": "orders", **shape}], "csv"))
    assert snapshot.frame("row_filters").rows() == [("main.sales.orders", "main.sec.f", ["region", "amt"])]
    assert ("FUNCTION", "main.sec.f") in rows(snapshot, "objects", "securable_type", "securable")


@pytest.mark.parametrize(
    "shape",
    [
        {"table_catalog": "main", "table_schema": "sales", "mask_name": "main.sec.m", "using_columns": ""},
        {
            "catalog_name": "main",
            "schema_name": "sales",
            "mask_catalog": "main",
            "mask_schema": "sec",
            "mask_name": "m",
            "mask_col_usage": None,
        },
    ],
)
def test_column_masks_are_read_in_both_shapes(folder, shape):
    snapshot = read(folder.put("column_masks", [{"table_name": "orders", "column_name": "Mail", **shape}], "csv"))
    assert snapshot.frame("column_masks").rows() == [("main.sales.orders", "mail", "main.sec.m", [])]


def test_policies_are_read_as_rest_gives_them(folder):
    mask = {
        "name": "hide_mail",
        "policy_type": "POLICY_TYPE_COLUMN_MASK",
        "on_securable_type": "SCHEMA",
        "on_securable_fullname": "Main.Sales",
        "to_principals": ["account users"],
        "except_principals": ["ops"],
        "for_securable_type": "TABLE",
        "when_condition": "has_tag('x')",
        "match_columns": [{"condition": "has_tag_value('class','pii')", "alias": "c"}],
        "column_mask": {"function_name": "main.sec.m", "on_column": "c", "using": []},
    }
    allow = {
        "name": "run",
        "policy_type": "POLICY_TYPE_GRANT",
        "on_securable_type": "CATALOG",
        "on_securable_fullname": "main",
        "to_principals": ["bots"],
        "for_securable_type": "MODEL",
        "grant": {"privileges": ["EXECUTE", "read metadata"]},
    }
    unknown = {
        "name": "z",
        "policy_type": "POLICY_TYPE_BLUR",
        "on_securable_type": "CATALOG",
        "on_securable_fullname": "main",
    }
    for ending in ("jsonl", "parquet"):
        frame = read(folder.put("policies", [mask, allow, unknown], ending)).frame("policies")
        by_name = {row["policy"]: row for row in frame.iter_rows(named=True)}
        assert by_name["hide_mail"] == {
            "policy": "hide_mail",
            "policy_type": "COLUMN_MASK",
            "securable_type": "SCHEMA",
            "securable": "main.sales",
            "function": "main.sec.m",
            "to": ["account users"],
            "except": ["ops"],
            "for_type": "TABLE",
            "when": "has_tag('x')",
            "match": '[{"alias":"c","condition":"has_tag_value(\'class\',\'pii\')"}]',
            "on_column": "c",
            "privileges": [],
        }
        assert by_name["run"]["privileges"] == ["EXECUTE", "READ_METADATA"]
        assert by_name["run"]["for_type"] == "FUNCTION"
        assert by_name["z"]["policy_type"] == "BLUR"
        (folder.path / f"policies.{ending}").unlink()


def test_views_and_routines_bring_their_bodies_and_dependencies(folder):
    where = {"table_catalog": "main", "table_schema": "sales"}
    folder.put(
        "tables",
        [
            {
                **where,
                "table_name": "v",
                "table_type": "VIEW",
                "view_dependencies": {
                    "dependencies": [
                        {"table": {"table_full_name": "main.Sales.orders"}},
                        {"function": {"function_full_name": "main.sales.f"}},
                    ]
                },
            },
            {**where, "table_name": "orders", "table_type": "MANAGED", "view_dependencies": None},
        ],
    )
    folder.put("views", [{**where, "table_name": "v", "view_definition": "SELECT\n1", "sql_path": "Main.Etl"}])
    folder.put(
        "routines",
        [
            {
                "routine_catalog": "main",
                "routine_schema": "sales",
                "routine_name": "f",
                "routine_type": "FUNCTION",
                "routine_owner": "ann",
                "routine_definition": "x + 1",
                "routine_body": "SQL",
            },
            {"routine_catalog": "main", "routine_schema": "sales", "routine_name": "p", "routine_type": "PROCEDURE"},
        ],
    )
    snapshot = read(folder)
    assert snapshot.frame("views").rows() == [("main.sales.v", "SELECT\n1", "main", "etl")]
    assert snapshot.frame("dependencies").rows() == [
        ("main.sales.v", "FUNCTION", "main.sales.f"),
        ("main.sales.v", "TABLE", "main.sales.orders"),
    ]
    assert snapshot.frame("routines").rows() == [
        ("main.sales.f", "FUNCTION", "SQL", "x + 1", "DEFINER"),
        ("main.sales.p", "PROCEDURE", None, None, "INVOKER"),
    ]
    assert ("main.sales.v", "VIEW") in rows(snapshot, "objects", "securable", "kind")
    assert ("main.sales.p", "PROCEDURE") in rows(snapshot, "objects", "securable", "kind")


def test_tags_and_bindings_are_read(folder):
    folder.put(
        "column_tags",
        [
            {
                "catalog_name": "main",
                "schema_name": "s",
                "table_name": "t",
                "column_name": "C",
                "tag_name": "PII",
                "tag_value": "",
            }
        ],
    )
    folder.put("catalog_tags", [{"catalog_name": "Main", "tag_name": "tier", "tag_value": "gold"}])
    folder.put(
        "workspace_bindings",
        [
            {
                "securable_type": "catalog",
                "securable_name": "main",
                "workspace_id": 42,
                "binding_type": "BINDING_TYPE_READ_ONLY",
            },
            {
                "securable_type": "external_location",
                "securable_name": "lake",
                "workspace_id": 42,
                "binding_type": "BINDING_TYPE_READ_WRITE",
            },
        ],
    )
    snapshot = read(folder)
    assert set(snapshot.frame("tags").rows()) == {
        ("TABLE", "main.s.t", "c", "PII", None),
        ("CATALOG", "main", None, "tier", "gold"),
    }
    assert set(snapshot.frame("bindings").rows()) == {
        ("CATALOG", "main", "42", True),
        ("EXTERNAL_LOCATION", "lake", "42", False),
    }


def test_a_column_listed_twice_keeps_its_first_position(folder):
    column = {
        "table_catalog": "main",
        "table_schema": "s",
        "table_name": "t",
        "column_name": "Id",
        "full_data_type": "int",
    }
    folder.put("columns", [{**column, "ordinal_position": 4}, {**column, "column_name": "id", "ordinal_position": 2}])
    assert read(folder).frame("columns").rows() == [("main.s.t", "id", "int", 2)]


@pytest.mark.parametrize("written", [["ann", "bo c"], '["ann", "bo c"]', "[ann, bo c]", "ann,bo c", " ann , bo c"])
def test_a_list_is_read_however_it_is_written(folder, written):
    policy = {"name": "p", "policy_type": "DENY", "on_securable_type": "CATALOG", "on_securable_fullname": "main"}
    for ending in ("jsonl", "parquet"):
        frame = read(folder.put("policies", [{**policy, "to_principals": written}], ending)).frame("policies")
        assert frame["to"].to_list() == [["ann", "bo c"]]
        (folder.path / f"policies.{ending}").unlink()


@pytest.mark.parametrize("written", [None, "", "[]", []])
def test_an_empty_list_is_read_however_it_is_written(folder, written):
    policy = {"name": "p", "policy_type": "DENY", "on_securable_type": "CATALOG", "on_securable_fullname": "main"}
    assert read(folder.put("policies", [{**policy, "to_principals": written}])).frame("policies")["to"].to_list() == [
        []
    ]


def test_a_flat_list_of_dependencies_is_read(folder):
    flat = {"securable": "Main.s.v", "on_type": "view", "on_securable": "main.s.`T.1`"}
    assert read(folder.put("dependencies", [flat])).frame("dependencies").rows() == [
        ("main.s.v", "TABLE", "main.s.`t.1`")
    ]


def test_nested_dependencies_are_read_from_a_file_of_their_own(folder):
    nested = {"full_name": "main.s.v", "dependencies": [{"table": {"table_full_name": "main.s.t"}}]}
    snapshot = read(folder.put("view_dependencies", [nested]))
    assert snapshot.frame("dependencies").rows() == [("main.s.v", "TABLE", "main.s.t")]


def test_bodies_are_read_from_the_rest_listing_of_tables(folder):
    table = {"catalog_name": "main", "schema_name": "s", "owner": "ann", "created_at": 1_777_000_000_000}
    folder.put("tables", [{**table, "name": "v", "view_definition": "SELECT 1"}, {**table, "name": "t"}])
    snapshot = read(folder)
    assert snapshot.frame("views")["view"].to_list() == ["main.s.v"]
    assert rows(snapshot, "objects", "securable", "owner")[-1] == ("main.s.v", "ann")


@pytest.mark.parametrize(
    ("kind", "parts", "scope"),
    [
        ("CATALOG", {"catalog_name": "Main"}, "main"),
        ("CATALOG", {"securable_name": "Main"}, "main"),
        ("SCHEMA", {"catalog_name": "main", "schema_name": "s"}, "main.s"),
        ("SCHEMA", {"catalog_name": "main", "securable_name": "s"}, "main.s"),
        ("TABLE", {"catalog_name": "main", "schema_name": "s", "securable_name": "t"}, "main.s.t"),
        ("METASTORE", {"securable_name": "m-1"}, "m-1"),
    ],
)
def test_the_scope_of_a_policy_is_put_together_from_its_parts(folder, kind, parts, scope):
    policy = {"policy_name": "p", "policy_type": "ROW_FILTER", "on_securable_type": kind, **parts}
    frame = read(folder.put("abac_policy_definitions", [policy], "csv")).frame("policies")
    assert frame.select("securable_type", "securable").rows() == [(kind, scope)]
