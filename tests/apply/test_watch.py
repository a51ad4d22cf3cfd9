"""A refusal gives back exactly what it names, where we took it, and is remembered; others are left alone."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import plan_worlds as worlds
import pytest
from apply_world import NOON, Clock, memory_of

from uc_guard.apply.journal import Journal
from uc_guard.apply.remember import remembered
from uc_guard.apply.run import Options, begin, go_on, preview
from uc_guard.apply.watch import watch
from uc_guard.model.settings import Settings

BROAD = ("ann", "SELECT", *worlds.SCHEMA)
WAY = {("ann", "USE_CATALOG", *worlds.CATALOG), ("ann", "USE_SCHEMA", *worlds.SCHEMA)}
SCENE = worlds.Scene(
    frozenset({BROAD, *WAY, ("crew", "MODIFY", *worlds.TABLE), ("crew", "MANAGE", *worlds.FAR)}),
    frozenset({("crew", "ann"), ("crew", "bea")}),
    needs=worlds.with_way({("ann", "SELECT", *worlds.TABLE): "must"}),
)


class History:
    """The REST history of a workspace, as `read_denials` asks for it."""

    def __init__(self, *refused):
        self.rows = [
            {"query_id": f"q{n}", "executed_as_user_name": who, "error_message": text, "query_start_time_ms": at}
            for n, (who, text, at) in enumerate(refused)
        ]

    def pages(self, path, key, query):
        assert (path, key) == ("/api/2.0/sql/history/queries", "res")
        start = query["filter_by.query_start_time_range.start_time_ms"]
        return [row for row in self.rows if row["query_start_time_ms"] >= start]


def after_run(folder, memory):
    options = Options(patience=Clock().patience())
    book = Journal(folder / "j", lambda: NOON)
    begin(book, preview(worlds.plan_of(SCENE), memory, Settings(), options))
    go_on(book, memory, memory, options)
    return book


def look(book, memory, *refused):
    later = int((NOON + dt.timedelta(minutes=5)).timestamp() * 1000)
    history = History(*((who, text, later) for who, text in refused))
    memory.workspace = SimpleNamespace(rest=history, queries=None)
    return watch(book, memory, memory, Clock().patience())


def said(principal, privilege, kind, name):
    return principal, f"PERMISSION_DENIED: User '{principal}' does not have {privilege} on {kind} '{name}'"


def test_the_privilege_that_a_refusal_names_comes_back_and_no_other(tmp_path):
    memory = memory_of(SCENE)
    book = after_run(tmp_path, memory)
    stood = set(memory.stored)
    seen = look(book, memory, said("ann", "SELECT", "Table", "c.s.v"))
    assert [each.row.securable for each in seen.restored] == ["c.s.v"]
    assert memory.stored == stood | {("ann", "SELECT", "TABLE", "c.s.v")}
    assert not look(book, memory, said("ann", "SELECT", "Table", "c.s.v")).restored
    book.close()


def test_what_a_group_had_given_comes_back_to_whoever_was_refused_alone(tmp_path):
    memory = memory_of(SCENE)
    book = after_run(tmp_path, memory)
    assert ("crew", "MODIFY", *worlds.TABLE) not in memory.stored
    look(book, memory, said("bea", "MODIFY", "Table", "c.s.t"))
    assert ("bea", "MODIFY", *worlds.TABLE) in memory.stored
    assert ("crew", "MODIFY", *worlds.TABLE) not in memory.stored
    book.close()


@pytest.mark.parametrize(
    "refused",
    [
        said("zoe", "SELECT", "Table", "c.s.v"),
        said("ann", "SELECT", "Table", "c.r.t"),
        said("ann", "MODIFY", "Table", "c.s.v"),
        said("ann", "EXECUTE", "Function", "c.s.f"),
        ("ann", "[TABLE_OR_VIEW_NOT_FOUND] The table or view cannot be found"),
    ],
)
def test_a_refusal_that_we_did_not_cause_changes_nothing(tmp_path, refused):
    memory = memory_of(SCENE)
    book = after_run(tmp_path, memory)
    stood = set(memory.stored)
    assert not look(book, memory, refused).restored
    assert memory.stored == stood
    book.close()


def test_what_came_back_is_a_use_for_the_next_plan(tmp_path):
    memory = memory_of(SCENE)
    book = after_run(tmp_path, memory)
    look(book, memory, said("ann", "SELECT", "Table", "c.s.v"), said("zoe", "SELECT", "Table", "c.s.v"))
    book.close()
    rows = remembered([tmp_path / "j"])
    assert rows.select("principal", "action", "securable", "witnesses").rows() == [("ann", "SELECT", "c.s.v", ["q0"])]
    assert remembered([]).is_empty()


def test_what_was_given_back_by_hand_is_not_ours_any_more(tmp_path):
    from uc_guard.apply.undo import Only, rollback  # noqa: PLC0415 - only here

    memory = memory_of(SCENE)
    book = after_run(tmp_path, memory)
    rollback(book, memory, memory, Clock().patience(), Only(securables=("c.s",)))
    assert not look(book, memory, said("ann", "SELECT", "Table", "c.s.v")).restored
    book.close()
