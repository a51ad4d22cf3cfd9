"""The command `lint`: what it takes, what it refuses, and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

WIDE = "GRANT SELECT ON CATALOG shop TO `bot`;\n"


@pytest.fixture
def repo(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.sql").write_text(WIDE)
    return tmp_path


def test_a_workspace_is_judged_as_an_audit(run, shop):
    result = run("lint", shop, "--fail-on", "low", "--today", "2026-10-01")
    assert result.exit_code == 1
    assert "UCG107 read-privilege-on-schema" in result.stdout
    assert "privilege creep index" in result.stdout


def test_a_workspace_and_files_are_judged_together(run, shop, repo, agent):
    (repo / "a.sql").write_text(f"GRANT USE CATALOG ON CATALOG shop TO `{agent}`;\n")
    result = run("lint", shop, "a.sql", "--select", "UCG702")
    assert "sales-bot holds SELECT on schema shop.sales in the workspace, and no file declares it" in result.stdout


def test_nothing_to_judge_is_said_with_its_own_code(run, repo):
    (repo / "a.sql").write_text("SELECT 1;\n")
    result = run("lint", "a.sql")
    assert result.exit_code == 3
    assert "nothing to judge" in result.stderr


def test_a_path_that_does_not_exist_is_bad_input(run, repo):
    assert run("lint", repo / "nowhere").exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("--format", "xml"),
        ("--fail-on", "bad"),
        ("--today", "tomorrow"),
        ("--max-new", "-1"),
        ("--max-index", "10"),
        ("--update-baseline",),
        ("--baseline", "nowhere.json"),
        ("--rules", "nowhere"),
        ("--select", "UCG999"),
        ("--ignore", "nonsense"),
        ("--config", "nowhere.toml"),
        ("-o", "nowhere/report.txt"),
    ],
)
@pytest.mark.usefixtures("repo")
def test_a_wrong_option_is_bad_input(run, words):
    result = run("lint", "a.sql", *words)
    assert result.exit_code == 2
    assert result.stdout == ""


def test_two_workspaces_are_refused(run, shop):
    copy = shop.with_name("other")
    copy.mkdir()
    for file in shop.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    assert run("lint", shop, copy).exit_code == 2


def test_rules_of_your_own_are_judged_beside_the_others(run, repo):
    (repo / "ours").mkdir()
    (repo / "ours" / "no-select.toml").write_text(
        "code = 'ORG001'\nname = 'no-select'\nsummary = 'No SELECT.'\nseverity = 'critical'\nconfidence = 'high'\n"
        "persona = 'owner'\nfamily = 'declared'\nsubject = 'grant'\nwhen = \"privilege = 'SELECT'\"\n"
        "message = '{principal} selects'\nwhy = 'a'\nfix = 'b'\nkeep = 'c'\ngaps = 'd'\n"
    )
    told = run("lint", "a.sql", "--rules", "ours").stdout
    assert "critical ORG001 no-select" in told
    assert "UCG102" in told
    (repo / "ours" / "no-select.toml").write_text("code = 1\nwhn = 2\n")
    wrong = run("lint", "a.sql", "--rules", "ours")
    assert wrong.exit_code == 2
    assert wrong.stderr.count("no-select.toml: key") > 10


def test_a_report_goes_to_a_file(run, repo):
    result = run("lint", "a.sql", "--format", "json", "-o", "out.json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert json.loads((repo / "out.json").read_text())["findings"][0]["code"] == "UCG102"


@pytest.mark.usefixtures("repo")
@pytest.mark.parametrize("form", ["json", "sarif", "junit", "markdown", "html"])
def test_every_format_tells_the_finding(run, form):
    result = run("lint", "a.sql", "--format", form)
    assert result.exit_code == 1
    assert "UCG102" in result.stdout


@pytest.mark.usefixtures("repo")
def test_a_pipe_gets_no_colour(spawned):
    result = spawned("lint", "a.sql", FORCE_COLOR="1")
    assert result.returncode == 1
    assert "\x1b" not in result.stdout


def test_the_page_of_a_workspace_holds_its_audit(run, shop, tmp_path):
    assert run("lint", shop, "--format", "html", "-o", "report.html", "--fail-on", "critical").exit_code == 0
    page = (tmp_path / "report.html").read_text()
    assert "UCG107" in page
    assert "sales-bot" in page
    assert "REVOKE SELECT ON SCHEMA" in page


def test_settings_in_pyproject_count_without_being_named(run, repo):
    (repo / "pyproject.toml").write_text("[tool.uc_guard.lint]\nfail_on = 'critical'\n")
    assert run("lint", "a.sql").exit_code == 0
    (repo / "uc_guard.toml").write_text("[lint]\nfail_on = 'high'\n")
    assert run("lint", "a.sql").exit_code == 1


def test_a_terminal_that_cannot_spell_a_name_gets_the_rest(spawned, repo):
    (repo / "a.sql").write_text("GRANT SELECT ON CATALOG sh\u00f6p TO `b\u00f6t`;\n", encoding="utf-8")
    result = spawned("lint", "a.sql", PYTHONIOENCODING="ascii")
    assert result.returncode == 1
    assert "SELECT on catalog sh?p gives b?t all that is in it" in result.stdout


def test_an_index_above_the_budget_fails(run, shop):
    quiet = ("lint", shop, "--fail-on", "critical", "--today", "2026-10-01")
    assert run(*quiet).exit_code == 0
    result = run(*quiet, "--max-index", 1)
    assert result.exit_code == 1
    assert "the privilege creep index of" in result.stdout


def test_rules_are_listed_with_their_summaries(run):
    lines = run("rules").stdout.splitlines()
    assert len(lines) > 60
    assert any(line.startswith("UCG102  high      data-privilege-on-catalog") for line in lines)


@pytest.mark.parametrize("name", ["UCG102", "ucg102", "data-privilege-on-catalog"])
def test_a_rule_is_told_in_full(run, name):
    told = run("rules", name).stdout
    assert told.startswith("# UCG102 data-privilege-on-catalog\n")
    assert "## When to keep it" in told


def test_a_rule_that_is_not_there_is_told_with_near_ones(run):
    result = run("rules", "all-privilege")
    assert result.exit_code == 2
    assert "near it: all-privileges" in result.stderr


def test_a_lint_of_files_loads_only_what_it_needs(repo):
    code = (
        "import sys\nfrom uc_guard.cli import main\nsys.argv = ['uc-guard', 'lint', 'a.sql', '-o', 'out.txt']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('sqlglot', 'pandera', 'rich', 'highspy', 'uc_guard.pipeline') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    assert done.stdout == "[]\n"
    assert (repo / "out.txt").read_text().startswith("a.sql:1:7: high UCG102")
