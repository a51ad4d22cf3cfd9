"""Answers: what stands on stdout, and the exit code that says it."""

from __future__ import annotations

import json

import pytest

from uc_guard import __version__, cli

CLEAN, FINDINGS, NOTHING_JUDGED, BUG = 0, 1, 3, 70


def test_a_row_that_gives_too_much_is_something_to_remove(shop, run):
    assert run("audit", shop).exit_code == FINDINGS


def test_an_agent_that_holds_what_it_needs_is_clean(shop, run, agent):
    (shop / "schema_privileges.csv").write_text(
        (shop / "schema_privileges.csv").read_text().replace(f"{agent},shop,sales,SELECT,NONE\n", "")
    )
    (shop / "table_privileges.csv").write_text(
        f"grantee,table_catalog,table_schema,table_name,privilege_type,inherited_from\n{agent},shop,sales,orders,SELECT,NONE\n"
    )
    assert run("audit", shop).exit_code == CLEAN


def test_without_the_members_of_groups_nothing_can_be_judged(shop, run):
    (shop / "groups.json").unlink()
    result = run("audit", shop)
    assert result.exit_code == NOTHING_JUDGED
    assert "members" in result.stdout


def test_without_any_service_principal_nothing_can_be_judged(shop, run):
    for name in ("service_principals.json", "query_history.csv", "catalog_privileges.csv", "schema_privileges.csv"):
        (shop / name).unlink()
    result = run("audit", shop)
    assert result.exit_code == NOTHING_JUDGED
    assert "--subject" in result.stderr


def test_the_window_is_what_is_asked_for(shop, run):
    document = json.loads(
        run("audit", shop, "--since", "2026-09-01", "--until", "2026-09-20T00:00Z", "--format", "json").stdout
    )
    assert document["plan"]["until"].startswith("2026-09-20")
    assert document["coverage"][0]["statements"] == 1


def test_an_explanation_tells_the_path_the_need_and_the_fate(shop, run):
    result = run("explain", "sales-bot", "select", "shop.sales.orders", shop)
    assert result.exit_code == CLEAN
    assert "held and usable" in result.stdout
    assert "q2" in result.stdout
    assert "REVOKE SELECT" in result.stdout


def test_the_version_is_told(run):
    assert run("--version").stdout == f"uc-guard {__version__}\n"


def test_a_folder_that_a_snapshot_was_written_to_gives_the_same_plan(shop, tmp_path, run):
    import uc_guard  # noqa: PLC0415 - only this test reads in Python

    uc_guard.read_folder(shop).write(tmp_path / "snapshot")
    for folder in (shop, tmp_path / "snapshot"):
        assert run("plan", folder, "-o", tmp_path / f"{folder.name}.json").exit_code == FINDINGS
    assert (tmp_path / "shop.json").read_bytes() == (tmp_path / "snapshot.json").read_bytes()


def test_two_selectors_select_both(shop, run, agent):
    document = json.loads(run("audit", shop, "-s", "sales-*", "-s", "ann@shop.example", "--format", "json").stdout)
    assert document["plan"]["subjects"] == [agent, "ann@shop.example"]


def test_the_installed_command_draws_no_progress_where_nobody_watches(shop, spawned):
    done = spawned("audit", shop)
    assert done.returncode == FINDINGS
    assert done.stderr == ""
    assert "\x1b" not in done.stdout


def test_a_bug_does_not_look_like_an_answer(monkeypatch, capsys):
    def broken():
        raise ZeroDivisionError("SELECT secret")

    monkeypatch.setattr(cli, "app", broken)
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == BUG
    told = capsys.readouterr().err
    assert "ZeroDivisionError" in told
    assert "secret" not in told


def test_a_bug_shows_its_traceback_to_whom_asks_for_it(monkeypatch):
    def broken():
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "app", broken)
    monkeypatch.setenv("UC_GUARD_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        cli.main()
