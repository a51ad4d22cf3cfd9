"""Logs are read a day at a time: never twice without a reason, and late rows are not missed."""

from __future__ import annotations

import resource
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import capture_stub as stub
import polars as pl
import pyarrow as pa
import pytest

from uc_guard import Settings, audit
from uc_guard.capture import Options, capture

AGENT, TAKEN, WINDOW, DAY = stub.AGENT, stub.TAKEN, stub.WINDOW, stub.DAY
HISTORY = "system.query.history"


def taken(folder, sql, days_later=0, client=None, since=WINDOW[0], until=WINDOW[1]):
    later = DAY * days_later
    window = (since + later, until + later)
    return capture(stub.workspace_of(client, sql), folder / "snap", window, TAKEN + later, Options(workers=2))


def sources(snapshot):
    return {source.name: source for source in snapshot.manifest.sources}


def days_of(reads):
    return sorted(f"{one['since']:%m-%d}" for one in reads)


def test_every_day_is_one_query_of_bound_parameters(tmp_path):
    sql = stub.Sql()
    found = taken(tmp_path, sql)
    reads = sql.reads()
    assert len(reads) == 40  # the last day, of which half lies in the window, has no row
    assert all(timedelta(0) < one["until"] - one["since"] <= DAY for one in reads)
    assert all(one["since"].tzinfo is not None for one in reads)
    assert not any("2026" in text for text, _ in sql.asked)
    assert found.frame("statements").height == 40


def test_nothing_but_the_columns_that_are_read_is_asked_for(tmp_path):
    sql = stub.Sql()
    taken(tmp_path, sql)
    assert not any("*" in text.replace("count(*)", "") for text, _ in sql.asked)


def test_a_second_capture_reads_new_days_and_the_last_ones_only(tmp_path):
    taken(tmp_path, stub.Sql())
    rows = stub.statements(WINDOW[0], 42)
    again = stub.Sql({HISTORY: rows})
    found = taken(tmp_path, again, days_later=2)
    # The newest row was of the 25th of November: two days before it are read again, and what is new.
    assert days_of(again.reads()) == ["11-23", "11-24", "11-25", "11-26", "11-27"]
    assert found.frame("statements").height == 40
    assert found.frame("statements")["started_at"].min() == WINDOW[0] + 2 * DAY


def test_days_that_left_the_window_leave_the_folder(tmp_path):
    taken(tmp_path, stub.Sql())
    taken(tmp_path, stub.Sql({HISTORY: stub.statements(WINDOW[0], 50)}), days_later=10)
    kept = sorted(path.stem for path in (tmp_path / "snap.sources" / "query_history").glob("*.parquet"))
    assert kept[0] == "2026-10-27"


def test_a_row_of_an_old_day_that_comes_late_is_noticed(tmp_path):
    taken(tmp_path, stub.Sql())
    late = stub.statement("late", WINDOW[0] + 5 * DAY + timedelta(minutes=3), "SELECT id FROM main.sales.people")
    again = stub.Sql({HISTORY: [*stub.statements(WINDOW[0], 40), late]})
    found = taken(tmp_path, again, days_later=1)
    assert "late" in found.frame("statements")["statement_id"].to_list()
    assert days_of(again.reads()) == ["10-22", "11-23", "11-24", "11-25"]


def test_where_nothing_is_new_one_count_is_all_that_is_asked_of_old_days(tmp_path):
    taken(tmp_path, stub.Sql())
    again = stub.Sql()
    taken(tmp_path, again, days_later=0)
    counts = [text for text, _ in again.asked if "count(*)" in text and HISTORY in text]
    assert len(counts) == 1
    assert len(again.reads()) == 3


def test_an_earlier_start_reads_what_lies_before(tmp_path):
    rows = stub.statements(WINDOW[0] - 5 * DAY, 45)
    taken(tmp_path, stub.Sql({HISTORY: rows}))
    again = stub.Sql({HISTORY: rows})
    found = taken(tmp_path, again, since=WINDOW[0] - 5 * DAY)
    assert found.frame("statements").height == 45
    assert len(again.reads()) == 5 + 3


def test_a_table_that_we_may_not_read_is_told_with_its_grants(tmp_path):
    sql = stub.Sql()
    sql.denied = {HISTORY}
    found = taken(tmp_path, sql)
    assert not found.has("statements")
    (note,) = [note for note in found.manifest.notes if note.startswith("`statements` was not read")]
    assert "GRANT SELECT ON TABLE `system`.`query`.`history`" in note
    assert "GRANT USE CATALOG ON CATALOG `system`" in note
    held = audit(found, Settings(subjects=(AGENT,), trust_query_history=True)).plan.held
    assert {one.reason for one in held if one.row is None} == {"source-missing"}


def test_a_schema_that_is_not_enabled_is_unknown_not_empty(tmp_path):
    sql = stub.Sql()
    sql.missing = {"system.access.audit"}
    found = taken(tmp_path, sql)
    assert not found.has("access_events")
    assert found.has("table_lineage")
    assert any(note.startswith("`access_events` was not read: not enabled") for note in found.manifest.notes)


def test_a_log_that_fails_later_keeps_its_days_and_is_incomplete(tmp_path):
    taken(tmp_path, stub.Sql())
    broken = stub.Sql()
    broken.denied = {HISTORY}
    found = taken(tmp_path, broken, days_later=1)
    assert found.frame("statements").height == 39
    assert not sources(found)["statements"].complete
    mended = taken(tmp_path, stub.Sql(), days_later=1)
    assert sources(mended)["statements"].complete


def test_rows_that_do_not_all_come_make_the_log_incomplete(tmp_path):
    class Cut(stub.Sql):
        def batches(self, sql, parameters):
            for rows in super().batches(sql, parameters):
                cut = "count(*)" not in sql and HISTORY in sql and parameters["since"] == WINDOW[0].replace(hour=0)
                yield rows.slice(0, 0) if cut else rows

    found = sources(taken(tmp_path, Cut()))["statements"]
    assert not found.complete
    assert "0 of 1 rows came" in found.note
    whole = stub.Sql()
    assert sources(taken(tmp_path, whole))["statements"].complete


def test_a_column_that_the_workspace_lacks_is_left_out_and_told(tmp_path):
    sql = stub.Sql()
    sql.lacking = {"session_id"}
    found = sources(taken(tmp_path, sql))["statements"]
    assert found.rows == 40
    assert found.complete
    assert "without `session_id`" in found.note


def test_whose_rights_ran_a_statement_is_not_guessed_in_silence(tmp_path):
    sql = stub.Sql()
    sql.lacking = {"executed_as"}
    found = sources(taken(tmp_path, sql))["statements"]
    assert not found.complete
    assert "without `executed_as`" in found.note


def test_a_column_that_nothing_can_be_read_without_stops_the_log_only(tmp_path):
    sql = stub.Sql()
    sql.lacking = {"statement_text"}
    found = taken(tmp_path, sql)
    assert found.frame("statements").is_empty()
    assert not sources(found)["statements"].complete
    assert sources(found)["grants"].complete


def test_rows_that_nothing_can_be_made_of_make_the_log_incomplete(tmp_path):
    rows = [*stub.statements(WINDOW[0], 3), {**stub.statement("x", WINDOW[0] + DAY), "statement_id": None}]
    found = sources(taken(tmp_path, stub.Sql({HISTORY: rows})))["statements"]
    assert found.rows == 3
    assert not found.complete


def event(name, at, action, params, code=200, error=None):
    return {
        "event_id": name, "event_time": at, "service_name": "unityCatalog", "action_name": action,
        "user_identity": {"email": AGENT, "subject_name": None}, "identity_metadata": None, "request_params": params,
        "response": {"status_code": code, "error_message": error, "result": "hunter2"},
    }  # fmt: skip


def test_of_an_audit_event_only_what_names_something_is_kept(tmp_path):
    params = {"volume_full_name": "main.sales.files", "operation": "READ_VOLUME", "credential_secret": "hunter2"}
    events = [event("e1", TAKEN - DAY, "generateTemporaryVolumeCredential", params)]
    mapped = pa.map_(pa.string(), pa.string())

    class Typed(stub.Sql):
        def batches(self, sql, parameters):
            for rows in super().batches(sql, parameters):
                if "request_params" not in rows.column_names:
                    yield rows
                    continue
                place = rows.column_names.index("request_params")
                maps = pa.array([list(one.items()) for one in rows["request_params"].to_pylist()], mapped)
                yield rows.set_column(place, "request_params", maps)

    found = taken(tmp_path, Typed({HISTORY: stub.statements(WINDOW[0], 40), "system.access.audit": events}))
    kept = found.frame("access_events").select("securable", "operation", "principal").rows()
    assert kept == [("main.sales.files", "READ_VOLUME", AGENT)]
    assert b"hunter2" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*.parquet"))
    plan = audit(found, Settings(subjects=(AGENT,))).plan
    assert all(one.securable != "main.sales.files" for one in plan.statements)


def test_tags_come_by_sql(tmp_path):
    rows = [
        {"catalog_name": "main", "schema_name": "sales", "table_name": "orders", "column_name": "Card",
         "tag_name": "class", "tag_value": "pii"},
    ]  # fmt: skip
    sql = stub.Sql({HISTORY: stub.statements(WINDOW[0], 40), "system.information_schema.column_tags": rows})
    sql.missing = {"system.information_schema.volume_tags"}
    found = taken(tmp_path, sql)
    assert found.frame("tags").rows() == [("TABLE", "main.sales.orders", "card", "class", "pii")]
    assert not sources(found)["tags"].complete
    assert "volume_tags" in sources(found)["tags"].note


# -- without SQL ---------------------------------------------------------------------------------------------------


def by_rest(days=20, groups=("admins",)):
    client = stub.Client()
    client.objects[f"{stub.SCIM}/Me"]["groups"] = [{"display": name} for name in groups]
    rows = [
        {"query_id": f"q{n}", "user_name": AGENT, "executed_as_user_name": AGENT, "status": "FINISHED",
         "query_text": "SELECT id FROM main.sales.orders", "warehouse_id": "w", "metrics": {"x": 1},
         "query_start_time_ms": int((TAKEN - DAY * n).timestamp() * 1000) - 1000}
        for n in range(days)
    ]  # fmt: skip

    def history(method, path, *, query=None, **more):
        if path != "/api/2.0/sql/history/queries":
            return original(method, path, query=query, **more)
        client.asked.append((method, path, query))
        start, end = (query[f"filter_by.query_start_time_range.{name}"] for name in ("start_time_ms", "end_time_ms"))
        found = [row for row in rows if start <= row["query_start_time_ms"] <= end]
        # UC: a page of fewer rows than asked for may still name a next one.
        if "page_token" in query:
            return {"res": found[1:], "has_next_page": False}
        return {"res": found[:1], "has_next_page": len(found) > 1, "next_page_token": "2" if len(found) > 1 else ""}

    original = client.do
    client.do = history
    client.lists[f"{stub.UC}/entity-tag-assignments/tables/main.sales.orders/tags"] = (
        "tag_assignments",
        [{"entity_type": "tables", "tag_key": "class", "tag_value": "pii"}],
    )
    return client


def test_without_sql_the_history_comes_by_rest_and_says_what_it_lacks(tmp_path):
    found = taken(tmp_path, None, client=by_rest(), since=TAKEN - 25 * DAY)
    known = sources(found)
    assert known["statements"].rows == 20
    assert known["statements"].complete
    assert "SQL warehouses only" in known["statements"].note
    assert found.frame("tags").rows() == [("TABLE", "main.sales.orders", None, "class", "pii")]
    assert not known["tags"].complete
    assert "columns" in known["tags"].note
    assert {"access_events", "table_lineage", "column_lineage"} <= set(found.manifest.missing)
    assert "name a warehouse" in " ".join(found.manifest.notes)


def test_a_window_beyond_what_rest_reaches_back_to_is_incomplete(tmp_path):
    found = sources(taken(tmp_path, None, client=by_rest()))["statements"]
    assert not found.complete
    assert "30 days only" in found.note


def test_who_is_no_admin_sees_the_statements_of_others_not(tmp_path):
    found = sources(taken(tmp_path, None, client=by_rest(groups=()), since=TAKEN - 25 * DAY))["statements"]
    assert not found.complete
    assert "admins" in found.note


def test_rest_reads_the_last_days_again_and_no_others(tmp_path):
    taken(tmp_path, None, client=by_rest(), since=TAKEN - 25 * DAY)
    again = by_rest()
    taken(tmp_path, None, client=again, since=TAKEN - 25 * DAY)
    assert len(again.paths("history/queries")) == 3


def test_a_capture_by_sql_after_one_by_rest_keeps_none_of_its_days(tmp_path):
    taken(tmp_path, None, client=by_rest(), since=TAKEN - 25 * DAY)
    sql = stub.Sql({HISTORY: stub.statements(TAKEN - 20 * DAY, 20)})
    found = taken(tmp_path, sql, since=TAKEN - 25 * DAY)
    assert set(found.frame("statements")["statement_id"]) == {f"s{n}" for n in range(20)}


# -- size ----------------------------------------------------------------------------------------------------------

_LARGE = """
import sys, resource
from pathlib import Path
from datetime import timedelta
sys.path.insert(0, sys.argv[1])
import capture_stub as stub
import pyarrow as pa
from uc_guard.capture.ledger import open_ledger
from uc_guard.capture.logs import LogReader, Window
from uc_guard.capture.tasks import run_tasks
home, n = Path(sys.argv[2]), int(sys.argv[3])
window = Window(stub.TAKEN.replace(hour=0), stub.TAKEN)

class Large:
    def batches(self, sql, parameters):
        if "count(*)" in sql:
            yield pa.table({"day": [window.since.date()], "n": [n]})
            return
        for start in range(0, n, 50_000):
            ids = [f"s{k}" for k in range(start, min(n, start + 50_000))]
            row = stub.statement("x", window.since + timedelta(hours=1))
            row = {k: v for k, v in row.items() if v is not None}
            table = {k: [v] * len(ids) for k, v in row.items()}
            table["statement_id"] = ids
            table["statement_text"] = [f"SELECT id FROM main.sales.orders WHERE x = '{i}{'y' * 2000}'" for i in ids]
            yield pa.table(table)

ledger = open_ledger(home, "h", stub.TAKEN, window, ("query_history",), redacted=False)
tasks = LogReader("query_history", Large(), "me", None).tasks(window, home, ledger, 2)
run_tasks(tasks, home, ledger, 1)
(piece,) = ledger.pieces("query_history").values()
assert piece.rows == {"query_history": n}, piece
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def _peak_kb(folder, rows):
    folder.mkdir()
    command = [sys.executable, "-c", _LARGE, str(Path(__file__).parent), str(folder), str(rows)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(sys.platform == "darwin", reason="ru_maxrss counts bytes there")
def test_a_long_log_is_streamed_in_bounded_memory(tmp_path):
    # From three batches on, as many are at hand at a time as ever will be; then three times the rows, 600 MB of text.
    small, large = _peak_kb(tmp_path / "a", 150_000), _peak_kb(tmp_path / "b", 450_000)
    assert large < small + 150_000
    assert pl.scan_parquet(tmp_path / "b" / "query_history" / "*.parquet").select(pl.len()).collect().item() == 450_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0
