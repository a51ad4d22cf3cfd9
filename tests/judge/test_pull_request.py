"""A pull request, as CI sees it: the good one passes, the bad one fails with one clear finding, old ones stay quiet."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from uc_guard import cli

AGENT = "11111111-aaaa-4bbb-8ccc-000000000001"
BEFORE = f"""\
-- what the agent reads
GRANT USE CATALOG ON CATALOG shop TO `{AGENT}`;
GRANT USE SCHEMA ON SCHEMA shop.sales TO `{AGENT}`;
GRANT SELECT ON TABLE shop.sales.orders TO `{AGENT}`;
"""
GOOD = f"GRANT SELECT ON TABLE shop.sales.refunds TO `{AGENT}`;\n"
BAD = f"GRANT SELECT ON CATALOG shop TO `{AGENT}`;\n"
REVOKE = f"REVOKE SELECT ON CATALOG `shop` FROM `{AGENT}`;"  # noqa: S608 - shown, never run
OLD = f"GRANT ALL PRIVILEGES ON SCHEMA shop.scratch TO `{AGENT}`;\n"


@pytest.fixture
def repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "grants").mkdir()

    def holds(*parts):
        (tmp_path / "grants" / "agent.sql").write_text("".join(parts))

    return holds


def lint(*words):
    result = CliRunner().invoke(cli.app, ["lint", "grants", *map(str, words)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def findings(*words):
    return json.loads(lint("--format", "json", *words).stdout)["findings"]


def test_a_good_change_passes(repository):
    repository(BEFORE, GOOD)
    result = lint()
    assert result.exit_code == 0
    assert result.stdout.startswith("0 findings\n")


def test_a_bad_change_fails_with_one_clear_finding(repository):
    repository(BEFORE, BAD)
    result = lint()
    assert result.exit_code == 1
    assert result.stdout.splitlines()[:5] == [
        "grants/agent.sql:5:7: high UCG102 data-privilege-on-catalog",
        f"  5 | GRANT SELECT ON CATALOG shop TO `{AGENT}`;",
        "    |       ^^^^^^",
        f"  SELECT on catalog shop gives {AGENT} all that is in it, and all that will ever be made there",
        f"  help: take it out of the file; where it was run already: {REVOKE}",
    ]
    assert "1 finding: 1 high" in result.stdout


def test_a_baseline_keeps_old_findings_quiet(repository):
    repository(BEFORE, OLD)
    assert lint("--baseline", "known.json", "--update-baseline").exit_code == 0
    repository(BEFORE, OLD, GOOD)
    good = lint("--baseline", "known.json")
    assert good.exit_code == 0
    assert good.stdout.startswith("0 findings; 1 known before\n")
    repository("\n\n-- moved down\n", BEFORE, OLD, BAD)
    bad = lint("--baseline", "known.json")
    assert bad.exit_code == 1
    assert [f["code"] for f in findings("--baseline", "known.json") if f["state"] == "open"] == ["UCG102"]


def test_a_finding_that_is_mended_leaves_the_baseline(repository, tmp_path):
    repository(BEFORE, OLD)
    lint("--baseline", "known.json", "--update-baseline")
    repository(BEFORE)
    assert "1 fixed" in lint("--baseline", "known.json").stdout
    lint("--baseline", "known.json", "--update-baseline")
    assert json.loads((tmp_path / "known.json").read_text())["findings"] == []


def test_the_budget_of_new_findings_holds_whatever_their_severity(repository):
    repository(BEFORE, f"GRANT SELECT ON SCHEMA shop.sales TO `{AGENT}`;\n")
    assert lint().exit_code == 0
    result = lint("--max-new", 0)
    assert result.exit_code == 1
    assert "1 new finding, more than 0" in result.stdout


def test_the_threshold_can_be_moved(repository):
    repository(BEFORE, BAD)
    assert lint("--fail-on", "critical").exit_code == 0
    assert lint("--fail-on", "low").exit_code == 1


def test_settings_of_the_repository_count(repository, tmp_path):
    repository(BEFORE, BAD)
    (tmp_path / "uc_guard.toml").write_text("[lint]\nfail_on = 'critical'\n")
    assert lint().exit_code == 0
    assert lint("--fail-on", "high").exit_code == 1
