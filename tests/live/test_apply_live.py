"""From a workspace to a plan, to its change, to its undoing: by the commands, over loopback, the SDK unmodified."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest
from fake_estate import COPILOT, WATCHER


@pytest.fixture
def planned(made, tmp_path):
    """The plan, where a test may leave its journal."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / "plan.json"


def test_a_plan_is_shown_run_watched_and_undone(live, planned, tmp_path):
    before, needs = set(live.world.grants), live.needs()
    shown = live.run("apply", planned, state=tmp_path, code=1).stdout
    assert "nothing was changed: this is a dry run" in shown
    assert live.world.grants == before
    assert not any(request.method == "PATCH" for request in live.server.log)

    done = live.run("apply", planned, "--execute", "--yes", state=tmp_path, code=0)
    assert "done and seen to have taken" in done.stdout
    assert (COPILOT, "SELECT", "CATALOG", "shop") not in live.world.grants
    assert needs <= live.needs()
    for state in live.world.states:
        live.world.grants = set(state)
        assert needs <= live.needs()

    journal = planned.with_name("plan.json.journal")
    now = dt.datetime.now(dt.UTC)
    assert not live.world.attempt(COPILOT, "SELECT", ("TABLE", "shop.hr.pay"), now)
    assert not live.world.attempt("bob@firm.test", "SELECT", ("TABLE", "shop.ops.stock"), now)
    seen = live.run("watch", journal, state=tmp_path, code=1)
    assert f"SELECT on TABLE `shop.hr.pay` for `{COPILOT}`: refused at" in seen.stdout
    assert "refused for reasons of their own" in seen.stdout
    assert live.world.usable(COPILOT, "SELECT", ("TABLE", "shop.hr.pay"))
    assert live.run("watch", journal, state=tmp_path, code=0).stdout.startswith("no refusal comes from this run")

    again = live.run("plan", tmp_path / "snap", "-o", tmp_path / "next.json", "--remember", journal, state=tmp_path)
    assert f'"grantee": "{COPILOT}"' in (tmp_path / "next.json").read_text()
    assert again.returncode in (0, 1)

    live.run("rollback", journal, state=tmp_path, code=1)
    undone = live.run("rollback", journal, "--execute", state=tmp_path, code=0)
    assert "given back" in undone.stdout
    assert live.world.grants == before


def test_a_workspace_that_changed_is_left_alone_and_the_difference_told(live, planned, tmp_path):
    live.world.grant("bob@firm.test", "SELECT", ("SCHEMA", "shop.ops"))
    stood = set(live.world.grants)
    refused = live.run("apply", planned, "--execute", "--yes", state=tmp_path, code=2)
    assert "new: SELECT on SCHEMA `shop.ops` for `bob@firm.test`" in refused.stdout
    assert live.world.grants == stood


def test_a_workspace_that_changed_is_planned_anew_where_that_is_asked_for(live, planned, tmp_path):
    shift = dt.datetime.now(dt.UTC) - live.world.now
    for row in live.world.system["query.history"] + live.world.system["access.audit"]:
        row.update({key: value + shift for key, value in row.items() if isinstance(value, dt.datetime)})
    needs = live.needs()
    live.world.grant(COPILOT, "SELECT", ("SCHEMA", "shop.ops"))
    more = ("--replan", tmp_path / "fresh", "--warehouse", "w1")
    done = live.run("apply", planned, "--execute", "--yes", *more, state=tmp_path, code=0)
    assert f"new: SELECT on SCHEMA `shop.ops` for `{COPILOT}`" in done.stdout
    assert (COPILOT, "SELECT", "SCHEMA", "shop.ops") not in live.world.grants
    assert needs <= live.needs()
    assert (tmp_path / "plan.json.old").read_bytes() != planned.read_bytes()


def test_nothing_is_changed_unless_somebody_says_yes(live, planned, tmp_path):
    before = set(live.world.grants)
    refused = live.run("apply", planned, "--execute", state=tmp_path, code=2)
    assert "`--yes` says that it is meant" in refused.stderr
    assert live.world.grants == before


def test_through_sql_the_same_is_done(live, planned, tmp_path):
    live.run("apply", planned, "--execute", "--yes", "--via", "sql", "--warehouse", "w1", state=tmp_path, code=0)
    assert (COPILOT, "SELECT", "CATALOG", "shop") not in live.world.grants
    assert any(sql.startswith("REVOKE") for sql in live.sql.seen)
    assert not any(request.method == "PATCH" for request in live.server.log)


def test_who_may_not_change_a_securable_is_told_and_nothing_needed_is_lost(live, planned, tmp_path):
    needs = live.needs()
    live.world.grants.discard((WATCHER, "MANAGE", "CATALOG", "shop"))
    refused = live.run("apply", planned, "--execute", "--yes", state=tmp_path)
    assert refused.returncode == 2
    assert needs <= live.needs()


def test_a_token_is_in_no_file_and_no_message(live, planned, tmp_path):
    from fake_estate import TOKEN  # noqa: PLC0415 - the secret of this test only

    live.run("apply", planned, "--execute", "--yes", state=tmp_path, code=0)
    wrong = "dapi0123456789abcdef"
    bad = live.run("doctor", state=tmp_path, token=wrong)
    assert bad.returncode == 2
    assert wrong not in bad.stdout + bad.stderr
    for file in (path for path in tmp_path.rglob("*") if path.is_file()):
        data = file.read_bytes()
        assert TOKEN.encode() not in data, file
        assert b"hunter2-secret" not in data, file
