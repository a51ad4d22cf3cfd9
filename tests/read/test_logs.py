"""What the query history, lineage and audit of an export mean."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pyarrow as pa
import pytest
from pyarrow import parquet

from uc_guard.errors import BadInput
from uc_guard.read.files import open_file
from uc_guard.read.logs import read_statements, read_used
from uc_guard.snapshot import check_frame
from uc_guard.usage.rows import COLUMNS

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


def test_the_rest_listing_of_statements_is_the_system_table_under_other_names(folder, statement):
    at = datetime(2026, 5, 1, 10, tzinfo=UTC)
    page = {
        "res": [
            {
                "query_id": "s1",
                "query_text": "SELECT 1",
                "status": "FINISHED",
                "user_name": "bot",
                "executed_as_user_name": "bot",
                "session_id": "x1",
                "query_start_time_ms": int(at.timestamp() * 1000),
                "warehouse_id": "w",
            }
        ],
        "has_next_page": False,
    }
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
    given = [
        statement(execution_status="FINISHED", update_time="2026-05-01T10:05:00Z"),
        statement(execution_status="RUNNING", update_time="2026-05-01T10:01:00Z"),
    ]
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
        "source_table_full_name": "main.sales.a.b",
        "source_table_catalog": "main",
        "source_table_schema": "sales",
        "source_table_name": "A.B",
        "source_type": "TABLE",
        "target_path": "s3://Lake/X",
        "event_time": "2026-05-02 10:00:00",
        "created_by": "bot",
        "direct_access": "false",
    }
    snapshot = read(folder.put("table_lineage", [edge]))
    assert rows(snapshot, "table_lineage", "source", "target", "target_type", "direct", "principal") == [
        ("main.sales.`a.b`", "s3://Lake/X", "PATH", False, "bot")
    ]


def test_audit_events_name_what_they_are_about(folder):
    def event(number, action, params, **more):
        return {
            "event_id": f"e{number}",
            "event_time": "2026-05-02T10:00:00Z",
            "service_name": "unityCatalog",
            "action_name": action,
            "user_identity": {"email": "bot"},
            "request_params": params,
            "response": {"status_code": 200},
            **more,
        }

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


def test_a_map_of_parquet_is_read_as_an_object(folder):
    params = [{"key": "operation", "value": "READ"}, {"key": "table_full_name", "value": "main.s.t"}]
    event = {"event_id": "e", "event_time": MAY[0], "action_name": "generateTemporaryTableCredential"}
    event["user_identity"] = {"email": "bot"}
    snapshot = read(folder.put("audit", [{**event, "request_params": params}], "parquet"))
    assert rows(snapshot, "access_events", "securable_type", "securable", "operation") == [
        ("TABLE", "main.s.t", "READ")
    ]


def test_a_map_as_spark_writes_it_is_read_as_an_object(folder):
    texts = pa.map_(pa.string(), pa.string())
    action = "generateTemporaryTableCredential"
    event = {"event_id": ["e", "f"], "event_time": [MAY[0]] * 2, "action_name": [action] * 2}
    event["user_identity"] = [{"email": "bot"}] * 2
    params = pa.array([[("table_full_name", "main.s.t"), ("operation", "READ")], None], texts)
    parquet.write_table(pa.table({**event, "request_params": params}), folder.path / "audit.parquet")
    struct = pa.struct([("named_parameters", texts), ("pos_parameters", pa.list_(pa.string()))])
    given = pa.array([{"named_parameters": [("t", "x")], "pos_parameters": ["7"]}], struct)
    run = {"statement_id": ["s"], "executed_by": ["bot"], "execution_status": ["FINISHED"], "start_time": [MAY[0]]}
    parquet.write_table(pa.table({**run, "query_parameters": given}), folder.path / "query_history.parquet")
    snapshot = read(folder)
    assert rows(snapshot, "access_events", "securable", "operation") == [("main.s.t", "READ"), (None, None)]
    assert rows(snapshot, "statements", "parameters") == [('{"0":"7","t":"x"}',)]


def test_parameters_without_their_struct_are_read(folder, statement):
    snapshot = folder.put("query_history", [statement(parameters={"t": "x", "n": 3})]).read()
    assert rows(snapshot, "statements", "parameters") == [('{"n":3,"t":"x"}',)]


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_some_columns_alone_read_as_they_do_among_all(folder, statement, ending):
    plain = [statement(1), statement(2, execution_status="failed", error_message="no"), statement(3)]
    folder.put("query_history", plain, ending)
    path = folder.path / f"query_history.{ending}"
    (whole,) = read_statements(open_file(path, path.name), "query_history")
    for columns in (COLUMNS, ("statement_id", "compute"), ("text",)):
        assert read_used(open_file(path, path.name), columns).equals(whole.rows.select(columns))


@pytest.mark.parametrize(
    ("action", "params", "expected"),
    [
        ("createTable", {"name": "T", "catalog_name": "c", "schema_name": "s"}, ("TABLE", "c.s.t")),
        ("createTable", {"full_name_arg": "c.s.t", "catalog_name": "c"}, ("TABLE", "c.s.t")),
        ("createSchema", {"name": "s", "catalog_name": "c"}, ("SCHEMA", "c.s")),
        ("createCatalog", {"name": "c"}, ("CATALOG", "c")),
        ("createVolume", {"name": "v", "catalog_name": "c", "schema_name": "s"}, ("VOLUME", "c.s.v")),
        ("createRegisteredModel", {"name": "m", "catalog_name": "c", "schema_name": "s"}, ("FUNCTION", "c.s.m")),
        ("createRegisteredModel", {"full_name_arg": "c.s.m"}, ("FUNCTION", "c.s.m")),
        (
            "createExternalLocation",
            {"name": "lake", "url": "s3://b", "credential_name": "k"},
            ("EXTERNAL_LOCATION", "lake"),
        ),
        ("createConnection", {"name": "far"}, ("CONNECTION", "far")),
        ("createShare", {"name": "sh"}, ("SHARE", "sh")),
        ("deleteSchema", {"full_name_arg": "c.s"}, ("SCHEMA", "c.s")),
        ("generateTemporaryServiceCredential", {"credential_name": "k"}, ("CREDENTIAL", "k")),
        ("getCatalog", {"catalog_name": "c"}, ("CATALOG", "c")),
    ],
)
def test_what_an_event_made_is_named_whole(folder, action, params, expected):
    event = {"event_id": "e", "event_time": MAY[0], "action_name": action, "user_identity": {"email": "bot"}}
    snapshot = read(folder.put("audit", [{**event, "request_params": params}]))
    assert rows(snapshot, "access_events", "securable_type", "securable") == [expected]


@pytest.mark.parametrize("identity", [None, "{bot, null}", "{'email': 'bot'}"])
def test_an_audit_log_that_names_nobody_is_refused(folder, identity):
    event = {"event_id": "e", "event_time": MAY[0], "action_name": "getTable", "user_identity": identity}
    with pytest.raises(BadInput, match="nobody's name that can be read"):
        read(folder.put("audit", [event]))


def test_a_lineage_that_names_nobody_is_refused(folder):
    row = {"event_time": MAY[0], "source_table_full_name": "c.s.t", "created_by": None}
    with pytest.raises(BadInput, match="nobody's name that can be read"):
        read(folder.put("table_lineage", [row]))


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Binary])
def test_json_in_another_column_of_text_is_read(folder, dtype):
    event = {"event_id": "e", "event_time": MAY[0], "action_name": "getTable"}
    frame = pl.DataFrame({**event, "user_identity": '{"email": "bot"}'})
    frame.with_columns(pl.col("user_identity").cast(dtype)).write_parquet(folder.path / "audit.parquet")
    assert rows(read(folder), "access_events", "principal") == [("bot",)]


def test_a_parameter_that_was_cut_is_not_known(folder, statement):
    cut = {"named_parameters": {"t": "main.s.a"}, "is_truncated": True}
    whole = {"named_parameters": {"t": "main.s.a"}, "is_truncated": False}
    folder.put("query_history", [statement(1, query_parameters=cut), statement(2, query_parameters=whole)])
    path = folder.path / "query_history.jsonl"
    used = read_used(open_file(path, path.name), ("parameters",))
    assert used["parameters"].to_list() == [None, '{"t":"main.s.a"}']


def test_a_csv_that_escapes_quotes_by_backslashes_is_refused(folder):
    text = "statement_id,executed_by,execution_status,start_time,statement_text\n"
    text += 's,bot,FINISHED,2026-05-02T10:00:00Z,"select \\"x -- y\\" from c.s.t"\n'
    (folder.path / "query_history.csv").write_text(text)
    with pytest.raises(BadInput, match=r"line 2: found a quote after a backslash .*option\(.escape."):
        read(folder)
