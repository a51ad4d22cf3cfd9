"""What a folder of exports means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from uc_guard.read.exports import read_any, read_exports
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
    assert "1 inherited rows of table_privileges.jsonl" in told(snapshot, "grants").note


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


@pytest.mark.parametrize(
    "shape",
    [
        {"table_catalog": "main", "table_schema": "sales", "filter_name": "main.Sec.f", "target_columns": "Region, `amt`"},
        {"catalog_name": "main", "schema_name": "sales", "filter_catalog": "main", "filter_schema": "sec",
         "filter_name": "F", "filter_col_usage": "region,amt,'EU, or US',3,true"},
    ],
)  # fmt: skip
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


def test_the_rest_listing_of_statements_is_the_system_table_under_other_names(folder, statement):
    at = datetime(2026, 5, 1, 10, tzinfo=UTC)
    page = {
        "res": [
            {
                "query_id": "s1", "query_text": "SELECT 1", "status": "FINISHED", "user_name": "bot", "executed_as_user_name": "bot",
                "session_id": "x1", "query_start_time_ms": int(at.timestamp() * 1000), "warehouse_id": "w",
            }
        ],
        "has_next_page": False,
    }  # fmt: skip
    import json  # noqa: PLC0415 - one test

    rest = folder.raw("queries.json", json.dumps(page)).read()
    (folder.path / "queries.json").unlink()
    table = folder.put("query_history", [statement(compute={"type": "WAREHOUSE"})]).read()
    assert rest.frame("statements").equals(table.frame("statements"))


def test_the_privileges_of_executed_as_count(folder, statement):
    folder.put("query_history", [statement(executed_as="owner", executed_by="bot"), statement(2, executed_as=None)])
    assert rows(folder.read(), "statements", "principal", "submitter") == [("owner", "bot"), ("bot", "bot")]


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_parameters_become_one_json_object(folder, statement, ending):
    given = [
        statement(
            1,
            query_parameters={
                "named_parameters": [{"key": "t", "value": 'a"b'}],
                "pos_parameters": [],
                "is_truncated": False,
            },
        ),
        statement(2, query_parameters={"named_parameters": [], "pos_parameters": ["x", "é"], "is_truncated": True}),
        statement(3, query_parameters={"named_parameters": [], "pos_parameters": [], "is_truncated": None}),
    ]
    expected = [('{"t":"a\\"b"}', False), ('{"0":"x","1":"é"}', True), (None, False)]
    snapshot = folder.put("query_history", given, ending).read()
    assert rows(snapshot, "statements", "parameters", "parameters_truncated") == expected


def test_a_statement_that_was_still_running_is_merged_with_its_later_row(folder, statement):
    given = [statement(execution_status="FINISHED", update_time="2026-05-01T10:05:00Z"),
             statement(execution_status="RUNNING", update_time="2026-05-01T10:01:00Z")]  # fmt: skip
    snapshot = folder.put("query_history", given).read()
    assert rows(snapshot, "statements", "status") == [("FINISHED",)]
    assert "1 rows of statements merged into later rows" in told(snapshot, "statements").note


def test_the_window_is_that_of_the_statements_seen(folder, statement):
    manifest = folder.put("query_history", [statement(3), statement(9)]).read().manifest
    assert manifest.since == datetime(2026, 5, 3, 10, tzinfo=UTC)
    assert manifest.until == datetime(2026, 5, 9, 10, tzinfo=UTC) + timedelta(microseconds=1)
    assert manifest.taken_at == manifest.until


def test_a_window_that_is_given_leaves_out_what_lies_outside(folder, statement):
    folder.put("query_history", [statement(n) for n in range(1, 8)])
    snapshot = folder.read(since=datetime(2026, 5, 2, 10, tzinfo=UTC), until=datetime(2026, 5, 5, 10, tzinfo=UTC))
    assert rows(snapshot, "statements", "statement_id") == [("s2",), ("s3",), ("s4",)]


def test_a_log_that_starts_after_the_window_is_told(folder, statement):
    snapshot = folder.put("query_history", [statement(20)]).read(since=MAY[0], until=MAY[1])
    assert any("nothing is known before it" in note for note in snapshot.manifest.notes)


def test_lineage_prefers_parts_to_the_full_name(folder):
    edge = {
        "source_table_full_name": "main.sales.a.b", "source_table_catalog": "main", "source_table_schema": "sales",
        "source_table_name": "A.B", "source_type": "TABLE", "target_path": "s3://Lake/X", "event_time": "2026-05-02 10:00:00",
        "created_by": "bot", "direct_access": "false",
    }  # fmt: skip
    snapshot = read(folder.put("table_lineage", [edge]))
    assert rows(snapshot, "table_lineage", "source", "target", "target_type", "direct", "principal") == [
        ("main.sales.`a.b`", "s3://Lake/X", "PATH", False, "bot")
    ]


def test_audit_events_name_what_they_are_about(folder):
    def event(number, action, params, **more):
        return {
            "event_id": f"e{number}", "event_time": "2026-05-02T10:00:00Z", "service_name": "unityCatalog", "action_name": action,
            "user_identity": {"email": "bot"}, "request_params": params, "response": {"status_code": 200}, **more,
        }  # fmt: skip

    given = [
        event(1, "generateTemporaryTableCredential", {"table_full_name": "Main.Sales.Orders", "operation": "READ"}),
        event(2, "generateTemporaryPathCredential", {"url": "s3://Lake/x", "operation": "PATH_READ"}),
        event(
            3, "getTable", {"full_name_arg": "main.sales.orders"}, response={"status_code": 403, "error_message": "no"}
        ),
        event(4, "runCommand", {}, service_name="notebook"),
        event(5, "listCatalogs", {}, identity_metadata={"run_as": "ops", "run_by": "bot"}),
        event(6, "getModel", {"full_name_arg": "main.ml.m"}, response={"error_message": "PERMISSION_DENIED: x"}),
    ]
    for ending in ("jsonl", "parquet", "csv"):
        snapshot = read(folder.put("audit", given, ending))
        assert rows(
            snapshot, "access_events", "event_id", "principal", "securable_type", "securable", "operation", "denied"
        ) == [
            ("e1", "bot", "TABLE", "main.sales.orders", "READ", False),
            ("e2", "bot", "PATH", "s3://Lake/x", "PATH_READ", False),
            ("e3", "bot", "TABLE", "main.sales.orders", None, True),
            ("e5", "ops", None, None, None, False),
            ("e6", "bot", "FUNCTION", "main.ml.m", None, True),
        ]
        assert "1 events" in told(snapshot, "access_events").note
        (folder.path / f"audit.{ending}").unlink()


def test_service_principals_are_named_by_their_application_id_in_groups_too(folder):
    folder.put(
        "service_principals", [{"id": "7", "applicationId": "app-7", "displayName": "Night bot", "active": True}]
    )
    folder.put(
        "users",
        [{"id": "8", "userName": "ann@shop.example", "active": False, "meta": {"created": "2026-01-01T00:00:00Z"}}],
    )
    folder.put("groups", [
        {"id": "1", "displayName": "outer", "members": [{"value": "2", "display": "inner", "$ref": "Groups/2"}]},
        {"id": "2", "displayName": "inner", "members": [
            {"value": "7", "display": "Night bot", "$ref": "https://host/api/2.0/account/scim/v2/ServicePrincipals/7"},
            {"value": "8", "display": "Ann", "type": "User"}]},
        {"id": "3", "displayName": "nobody"},
    ])  # fmt: skip
    snapshot = read(folder)
    assert rows(snapshot, "members", "group", "member") == [
        ("inner", "ann@shop.example"),
        ("inner", "app-7"),
        ("outer", "inner"),
    ]
    assert rows(snapshot, "principals", "principal", "kind", "active") == [
        ("ann@shop.example", "USER", False), ("app-7", "SERVICE_PRINCIPAL", True), ("inner", "GROUP", True),
        ("nobody", "GROUP", True), ("outer", "GROUP", True),
    ]  # fmt: skip
    assert told(snapshot, "members").complete


def test_a_member_of_no_known_id_is_kept_and_told(folder):
    members = [{"value": "7", "display": "Night bot", "$ref": "ServicePrincipals/7"}]
    snapshot = read(folder.put("groups", [{"id": "1", "displayName": "g", "members": members}]))
    assert rows(snapshot, "members", "group", "member") == [("g", "Night bot")]
    assert "in no file of principals" in told(snapshot, "members").note
    assert not told(snapshot, "members").complete


def test_groups_in_a_circle_are_told_and_kept(folder):
    def group(number, name, *members):
        return {
            "id": str(number),
            "displayName": name,
            "members": [{"value": str(m), "$ref": f"Groups/{m}"} for m in members],
        }

    folder.put("groups", [group(1, "a", 2), group(2, "b", 3), group(3, "c", 1), group(4, "d", 1), group(5, "e", 5)])
    snapshot = read(folder)
    assert snapshot.frame("members").height == 5
    assert "groups that contain each other in a circle: `a`, `b`, `c`" in snapshot.manifest.notes
    assert "groups that are members of themselves: `e`" in snapshot.manifest.notes


def test_principals_that_only_grants_name_get_a_kind_where_no_listing_could_tell(folder, grant):
    app = "0f0f0f0f-1111-2222-3333-444444444444"
    names = [app, "ann@shop.example", "team", "account users"]
    snapshot = read(folder.put("table_privileges", [grant(grantee=name) for name in names]))
    assert rows(snapshot, "principals", "principal", "kind") == [
        (app, "SERVICE_PRINCIPAL"), ("account users", "GROUP"), ("ann@shop.example", "USER"), ("team", "UNKNOWN"),
    ]  # fmt: skip
    snapshot = read(folder.put("service_principals", [{"id": "1", "applicationId": "other"}]))
    assert (app, "UNKNOWN") in rows(snapshot, "principals", "principal", "kind")


def test_names_that_differ_only_in_case_are_told(folder, grant):
    snapshot = read(folder.put("table_privileges", [grant(grantee="Team"), grant(grantee="team")]))
    assert snapshot.frame("grants").height == 2
    assert "principals whose names differ only in letter case: `Team`, `team`" in snapshot.manifest.notes


def test_policies_are_read_as_rest_gives_them(folder):
    mask = {
        "name": "hide_mail", "policy_type": "POLICY_TYPE_COLUMN_MASK", "on_securable_type": "SCHEMA",
        "on_securable_fullname": "Main.Sales", "to_principals": ["account users"], "except_principals": ["ops"],
        "for_securable_type": "TABLE", "when_condition": "has_tag('x')",
        "match_columns": [{"condition": "has_tag_value('class','pii')", "alias": "c"}],
        "column_mask": {"function_name": "main.sec.m", "on_column": "c", "using": []},
    }  # fmt: skip
    allow = {
        "name": "run", "policy_type": "POLICY_TYPE_GRANT", "on_securable_type": "CATALOG", "on_securable_fullname": "main",
        "to_principals": ["bots"], "for_securable_type": "MODEL", "grant": {"privileges": ["EXECUTE", "read metadata"]},
    }  # fmt: skip
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
            "policy": "hide_mail", "policy_type": "COLUMN_MASK", "securable_type": "SCHEMA", "securable": "main.sales",
            "function": "main.sec.m", "to": ["account users"], "except": ["ops"], "for_type": "TABLE", "when": "has_tag('x')",
            "match": '[{"alias":"c","condition":"has_tag_value(\'class\',\'pii\')"}]', "on_column": "c", "privileges": [],
        }  # fmt: skip
        assert by_name["run"]["privileges"] == ["EXECUTE", "READ_METADATA"]
        assert by_name["run"]["for_type"] == "FUNCTION"
        assert by_name["z"]["policy_type"] == "BLUR"
        (folder.path / f"policies.{ending}").unlink()


def test_views_and_routines_bring_their_bodies_and_dependencies(folder):
    where = {"table_catalog": "main", "table_schema": "sales"}
    folder.put("tables", [
        {**where, "table_name": "v", "table_type": "VIEW", "view_dependencies": {"dependencies": [
            {"table": {"table_full_name": "main.Sales.orders"}}, {"function": {"function_full_name": "main.sales.f"}}]}},
        {**where, "table_name": "orders", "table_type": "MANAGED", "view_dependencies": None},
    ])  # fmt: skip
    folder.put("views", [{**where, "table_name": "v", "view_definition": "SELECT\n1", "sql_path": "Main.Etl"}])
    folder.put("routines", [
        {"routine_catalog": "main", "routine_schema": "sales", "routine_name": "f", "routine_type": "FUNCTION", "routine_owner": "ann",
         "routine_definition": "x + 1", "routine_body": "SQL"},
        {"routine_catalog": "main", "routine_schema": "sales", "routine_name": "p", "routine_type": "PROCEDURE"},
    ])  # fmt: skip
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
    folder.put("workspace_bindings", [
        {"securable_type": "catalog", "securable_name": "main", "workspace_id": 42, "binding_type": "BINDING_TYPE_READ_ONLY"},
        {"securable_type": "external_location", "securable_name": "lake", "workspace_id": 42, "binding_type": "BINDING_TYPE_READ_WRITE"},
    ])  # fmt: skip
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
        "query_history.parts/part-0.jsonl",
    ],
)
def test_a_file_is_known_by_its_name_however_it_is_decorated(folder, statement, name, tmp_path):
    from uc_guard.read.files import stem  # noqa: PLC0415 - one test

    del tmp_path, stem
    name = name.replace(".parts", "")
    folder.put("query_history", [statement()])
    data = (folder.path / "query_history.jsonl").read_bytes()
    (folder.path / "query_history.jsonl").unlink()
    assert folder.raw(name, data).read().frame("statements").height == 1


def test_listings_of_several_catalogs_are_joined(folder, grant):
    folder.put("main.information_schema.table_privileges", [grant()])
    folder.put("other.information_schema.table_privileges", [grant(), grant(table_catalog="other")])
    assert rows(read(folder), "grants", "securable") == [("main.sales.orders",), ("other.sales.orders",)]


def test_any_folder_is_read_for_what_it_is(folder, statement, tmp_path):
    exported = read_any(folder.put("query_history", [statement()]).path)
    exported.write(tmp_path / "snapshot")
    assert read_any(tmp_path / "snapshot") == exported


def test_a_big_log_is_read_as_columns(tmp_path):
    count = 200_000
    number = pl.int_range(count, eager=True)
    frame = pl.DataFrame({
        "statement_id": number.cast(pl.String), "executed_as": "bot-" + (number % 50).cast(pl.String), "execution_status": "FINISHED",
        "statement_text": "SELECT " + number.cast(pl.String), "start_time": pl.Series(number + 1_777_000_000_000),
    })  # fmt: skip
    frame.write_parquet(tmp_path / "query_history.parquet")
    assert read_exports(tmp_path).frame("statements").height == count
