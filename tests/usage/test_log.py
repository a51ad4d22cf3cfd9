"""Logged statements become usage: sessions, outcomes, lineage, and nothing dropped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uc_guard import tables
from uc_guard.bodies import known_objects
from uc_guard.snapshot import Manifest, Snapshot
from uc_guard.usage import statements as reading_of_statements
from uc_guard.usage import summary
from uc_guard.usage.log import Reading, read_log

START = datetime(2026, 9, 1, tzinfo=UTC)
UNTIL = datetime(2026, 10, 1, tzinfo=UTC)
TABLES = {"main.sales.orders": ["id", "amt"], "main.hr.staff": ["id", "pay"], "dev.sales.orders": ["id", "note"]}


def a_statement(n: int, text: str | None, **more: object) -> dict[str, object]:
    return {
        "statement_id": f"s{n:04}",
        "principal": "agent",
        "session_id": "one",
        "text": text,
        "status": "FINISHED",
        "parameters_truncated": False,
        "started_at": START + timedelta(minutes=n),
        **more,
    }


def a_snapshot(statements: list[dict[str, object]], **frames: pl.DataFrame) -> Snapshot:
    objects = [{"securable_type": "TABLE", "securable": name, "kind": "MANAGED"} for name in TABLES]
    columns = [
        {"table": table, "column": column, "position": i}
        for table, names in TABLES.items()
        for i, column in enumerate(names)
    ]
    given_frames = {
        "statements": tables.STATEMENTS.frame(statements),
        "objects": tables.OBJECTS.frame(objects),
        "columns": tables.COLUMNS.frame(columns),
        **frames,
    }
    return Snapshot(Manifest(START, UNTIL, UNTIL), given_frames)


def read(statements: list[dict[str, object]], **frames: pl.DataFrame) -> Reading:
    snapshot = a_snapshot(statements, **frames)
    return read_log(snapshot, known_objects(snapshot))


def used(reading: Reading) -> set[tuple[str, str, str]]:
    return set(reading.usage.select("action", "securable", "outcome").iter_rows())


def test_the_frames_keep_their_contracts() -> None:
    reading = read([a_statement(1, "select id from main.sales.orders"), a_statement(2, None)])
    tables.USAGE.validate(reading.usage)
    tables.OPAQUE.validate(reading.opaque)


def test_use_carries_over_to_later_statements_of_the_same_session_only() -> None:
    reading = read(
        [
            a_statement(1, "USE CATALOG main"),
            a_statement(2, "USE SCHEMA sales"),
            a_statement(3, "select amt from orders"),
            a_statement(4, "select amt from orders", session_id="two"),
        ]
    )
    assert set(reading.usage.select("action", "securable", "uses").iter_rows()) == {
        ("METADATA", "main", 1), ("METADATA", "main.sales", 1), ("SELECT", "main.sales.orders", 1)
    }  # fmt: skip
    assert reading.opaque["witnesses"].to_list() == [["s0004"]]


def test_a_use_that_failed_changes_nothing() -> None:
    reading = read(
        [
            a_statement(1, "USE main.sales"),
            a_statement(2, "USE dev.sales", status="FAILED", error="no such schema"),
            a_statement(3, "select id from orders"),
        ]
    )
    assert ("SELECT", "main.sales.orders", "ran") in used(reading)
    assert ("SELECT", "dev.sales.orders", "ran") not in used(reading)


def test_a_temporary_view_is_looked_through_after_it_was_made() -> None:
    reading = read(
        [
            a_statement(1, "USE main.sales"),
            a_statement(2, "CREATE TEMPORARY VIEW v AS SELECT id AS k, amt FROM orders"),
            a_statement(3, "select k from v"),
        ]
    )
    assert set(reading.usage.select("action", "securable", "uses").iter_rows()) == {
        ("METADATA", "main.sales", 1), ("SELECT", "main.sales.orders", 2)
    }  # fmt: skip


def test_what_changes_a_session_only_after_what_was_before_is_followed() -> None:
    reading = read(
        [
            a_statement(1, "DECLARE VARIABLE v STRING DEFAULT 'USE main.sales'"),
            a_statement(2, "EXECUTE IMMEDIATE v"),
            a_statement(3, "select amt from orders"),
            a_statement(4, "SET VAR v = 'CREATE TEMPORARY VIEW w AS SELECT note FROM dev.sales.orders'"),
            a_statement(5, "EXECUTE IMMEDIATE v"),
            a_statement(6, "select note from w"),
        ]
    )
    told = dict(reading.usage.select("securable", "witnesses").iter_rows())
    assert told == {"main.sales": ["s0002"], "main.sales.orders": ["s0003"], "dev.sales.orders": ["s0006", "s0005"]}
    assert reading.opaque.is_empty()


def test_a_view_behind_a_view_that_spells_its_name_in_parts_is_followed() -> None:
    reading = read(
        [
            a_statement(1, "CREATE TEMPORARY VIEW xy AS SELECT id FROM main.sales.orders"),
            a_statement(2, "CREATE TEMPORARY VIEW z AS SELECT * FROM IDENTIFIER('x' || 'y')"),
            a_statement(3, "select id from z"),
        ]
    )
    assert reading.usage.select("securable", "witnesses").rows() == [("main.sales.orders", ["s0003", "s0002", "s0001"])]
    assert reading.opaque.is_empty()


def test_a_namespace_that_the_log_records_wins_over_the_sessions() -> None:
    reading = read(
        [a_statement(1, "USE main.sales"), a_statement(2, "select id from orders", catalog="dev", schema="sales")]
    )
    assert used(reading) == {("METADATA", "main.sales", "ran"), ("SELECT", "dev.sales.orders", "ran")}


def test_the_order_of_rows_changes_nothing() -> None:
    rows = [
        a_statement(1, "USE main.sales"),
        a_statement(2, "select id from orders"),
        a_statement(3, "select pay from main.hr.staff"),
    ]
    forward, backward = read(rows), read(rows[::-1])
    assert forward.usage.equals(backward.usage)
    assert forward.outcomes.equals(backward.outcomes)


@pytest.mark.parametrize(
    ("status", "error", "outcome"),
    [
        ("FINISHED", None, "ran"),
        ("CANCELED", None, "ran"),
        ("FAILED", "PERMISSION_DENIED: User does not have SELECT on Table 'main.sales.orders'.", "denied"),
        ("FAILED", "[INSUFFICIENT_PERMISSIONS] Insufficient privileges: ...", "denied"),
        ("FAILED", "[DIVIDE_BY_ZERO] Division by zero", "failed"),
        ("FAILED", None, "failed"),
    ],
)
def test_what_came_of_a_statement_is_told(status: str, error: str | None, outcome: str) -> None:
    reading = read([a_statement(1, "select id from main.sales.orders", status=status, error=error)])
    assert used(reading) == {("SELECT", "main.sales.orders", outcome)}


def test_a_denied_statement_that_is_opaque_holds_nothing() -> None:
    reading = read([a_statement(1, None, status="FAILED", error="PERMISSION_DENIED: no")])
    assert reading.opaque.is_empty()
    assert reading.outcomes["denied"].to_list() == [1]


def test_lineage_closes_a_statement_without_text() -> None:
    lineage = tables.TABLE_LINEAGE.frame(
        [
            {
                "statement_id": "s0001",
                "principal": "agent",
                "source": "main.hr.staff",
                "source_type": "TABLE",
                "direct": True,
                "at": START,
            }
        ]
    )
    reading = read([a_statement(1, None)], table_lineage=lineage)
    assert reading.opaque.is_empty()
    assert used(reading) == {("SELECT", "main.hr.staff", "ran")}


def test_lineage_of_a_notebook_is_a_use_and_what_lies_behind_a_view_is_not() -> None:
    lineage = tables.TABLE_LINEAGE.frame(
        [
            {
                "principal": "agent",
                "source": "main.hr.staff",
                "target": "main.sales.orders",
                "entity_type": "NOTEBOOK",
                "at": START,
            },
            {"principal": "agent", "source": "dev.sales.orders", "direct": False, "at": START},
        ]
    )
    assert used(read([], table_lineage=lineage)) == {
        ("SELECT", "main.hr.staff", "ran"),
        ("MODIFY", "main.sales.orders", "ran"),
    }


def test_at_most_three_witnesses_are_kept_and_they_are_the_latest() -> None:
    reading = read([a_statement(n, "select id from main.sales.orders") for n in range(9)])
    assert reading.usage["witnesses"].to_list() == [["s0008", "s0007", "s0006"]]
    assert reading.usage["uses"].to_list() == [9]


def test_columns_of_all_statements_are_joined() -> None:
    reading = read(
        [a_statement(1, "select id from main.sales.orders"), a_statement(2, "select amt from main.sales.orders")]
    )
    assert reading.usage["columns"].to_list() == [["amt", "id"]]


@pytest.mark.parametrize("limit", [1, 2, 7, 30, 1000])
def test_people_counted_in_turn_are_counted_as_all_together(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [
        "select id from main.sales.orders",
        "select pay from main.hr.staff",
        "select note, id from dev.sales.orders",
    ]
    statements = [
        a_statement(n, texts[n % 3], principal=f"agent{n * n % 7}", status="FAILED" if n % 5 == 0 else "FINISHED")
        for n in range(60)
    ]
    whole = read(statements)
    monkeypatch.setattr(summary, "_AT_ONCE", limit)
    parts = list(summary._some_people(pl.DataFrame({"person": [n * n % 7 for n in range(60)]})))
    assert sum(part.height for part in parts) == 60
    assert (len(parts) > 1) == (limit < 60)
    assert read(statements).usage.equals(whole.usage)


def test_columns_of_a_wide_table_are_joined_whatever_words_of_bits_they_stand_in() -> None:
    wide = [f"c{n:03}" for n in range(200)]
    asked = {
        "both": [[0, 70], [70, 150], [199]],
        "narrow": [[1], [2]],
        "far": [[63], [126]],
        "none": [[]],
        "some": [[], [64]],
        "all": [[*range(200)], [5]],
        "once": [[0, 62, 63, 189]],
    }
    statements = [
        a_statement(n, f"select {', '.join(wide[n] for n in numbers) or 'count(*)'} from main.hr.wide", principal=name)  # noqa: S608 - a test
        for n, (name, numbers) in enumerate((name, numbers) for name, lists in asked.items() for numbers in lists)
    ]
    object_ = {"securable_type": "TABLE", "securable": "main.hr.wide", "kind": "MANAGED"}
    columns = [{"table": "main.hr.wide", "column": name, "position": n} for n, name in enumerate(wide)]
    reading = read(statements, objects=tables.OBJECTS.frame([object_]), columns=tables.COLUMNS.frame(columns))
    told = dict(reading.usage.select("principal", "columns").iter_rows())
    assert told == {name: [wide[n] for n in sorted({n for one in lists for n in one})] for name, lists in asked.items()}


def test_texts_that_share_a_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    real = pl.Series.hash
    monkeypatch.setattr(pl.Series, "hash", lambda self, seed: real(self, seed) * (0 if seed == 1 else 1))
    seeds = iter((1, 2))
    monkeypatch.setattr(reading_of_statements.secrets, "randbits", lambda _: next(seeds))
    reading = read(
        [a_statement(1, "select id from main.sales.orders"), a_statement(2, "select pay from main.hr.staff")]
    )
    assert used(reading) == {("SELECT", "main.sales.orders", "ran"), ("SELECT", "main.hr.staff", "ran")}


def test_a_text_that_repeats_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    import uc_guard.usage.workers  # noqa: PLC0415 - the module is looked into

    calls = []
    real = uc_guard.usage.workers.answer
    monkeypatch.setattr(uc_guard.usage.workers, "answer", lambda *a: calls.append(a) or real(*a))
    text = "select id from main.sales.orders where amt > 0"
    read([a_statement(n, text.replace("0", str(n)), session_id=f"s{n % 7}") for n in range(200)])
    assert len(calls) == 1


TEXTS = st.sampled_from(
    [
        "USE main.sales",
        "USE SCHEMA hr",
        "select id from orders",
        "select pay from staff",
        "nonsense (",
        None,
        "SET VAR x = 1",
        "SET VAR x = 'staff'",
        "DECLARE OR REPLACE x STRING DEFAULT 'orders'",
        "select * from IDENTIFIER(x)",
        "create or replace temp view v as select id from orders where amt > 5",
        "create or replace temp view v as select pay from staff where id = 7",
        "create or replace temp view v as select * from IDENTIFIER('main.hr.staff')",
        "create or replace temp view w as select * from v",
        "select * from v",
        "select id from w",
        "drop view v",
        "execute immediate 'select id from v'",
        "create table main.sales.made as select 1 as one",
        "select one from made",
        "drop table main.sales.made",
    ]
)


@given(st.lists(st.tuples(TEXTS, st.sampled_from(["one", "two", None])), max_size=14))
@settings(max_examples=150, deadline=None)
def test_reading_in_columns_equals_reading_one_by_one(log: list[tuple[str | None, str | None]]) -> None:
    from uc_guard.sql.extract import Session, extract_in  # noqa: PLC0415 - only this test needs it

    rows = [a_statement(n, text, session_id=session) for n, (text, session) in enumerate(log)]
    snapshot = a_snapshot(rows)
    catalog = known_objects(snapshot)
    sessions: dict[str, Session] = {}
    expected: dict[tuple[str, str], int] = {}
    dark = 0
    for text, session in log:
        found, after = extract_in(catalog, sessions.get(session or "", Session()) if session else Session(), text)
        if session:
            sessions[session] = after
        dark += bool(found.opaque)
        for use in found.uses:
            expected[use.action, use.name] = expected.get((use.action, use.name), 0) + 1
    reading = read_log(snapshot, catalog)
    assert {(r["action"], r["securable"]): r["uses"] for r in reading.usage.iter_rows(named=True)} == expected
    assert reading.outcomes["opaque"].sum() == dark
