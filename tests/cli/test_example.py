"""Each command on the example that everybody tries first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

RETAIL = Path(__file__).parents[2] / "examples" / "retail"
CLEAN, FINDINGS = 0, 1


@pytest.fixture(scope="module")
def planned(tmp_path_factory, run):
    """The example planned once: the folder of its plan."""
    folder = tmp_path_factory.mktemp("plan")
    words = ["plan", RETAIL, "-o", folder / "plan.json", "--sql", folder / "plan.sql", "--undo", folder / "undo.sql"]
    result = run(*words)
    assert result.exit_code == FINDINGS, result.output
    return folder


def test_an_audit_names_every_agent_of_the_example(planned, run):
    plan = json.loads((planned / "plan.json").read_text())
    principals = json.loads(run("audit", RETAIL, "--format", "json").stdout)["summary"]["agents"]
    assert {agent["principal"] for agent in principals} == set(plan["subjects"])
    shown = run("audit", RETAIL)
    assert shown.exit_code == FINDINGS
    assert all(agent["name"] in shown.stdout for agent in principals)


def test_an_audit_as_json_has_the_documented_keys(run):
    result = run("audit", RETAIL, "--format", "json")
    document = json.loads(result.stdout)
    facts = {"coverage", "holdings", "exposures", "shortfalls", "needs", "opaque"}
    assert {"format", "summary", "plan", "verdict", *facts} <= set(document)
    assert result.exit_code == FINDINGS
    assert document["verdict"]["ok"]


def test_the_usage_of_one_agent_as_text_and_as_json(run):
    assert run("usage", RETAIL).exit_code == CLEAN
    document = json.loads(run("usage", RETAIL, "--format", "json").stdout)
    assert {"format", "usage", "opaque"} <= set(document)
    assert document["usage"]


def test_a_plan_that_was_written_is_accepted(planned, run):
    result = run("verify", planned / "plan.json", RETAIL)
    assert result.exit_code == CLEAN, result.output
    assert "verified" in result.stdout


def test_a_plan_comes_with_its_statements_and_what_undoes_them(planned):
    document = json.loads((planned / "plan.json").read_text())
    assert (planned / "plan.sql").read_text().count("\nREVOKE ") + (planned / "plan.sql").read_text().count(
        "\nGRANT "
    ) == len(document["statements"])
    assert (planned / "undo.sql").read_text().count("\nGRANT ") >= 1
    assert sorted(path.name for path in planned.iterdir()) == ["plan.json", "plan.sql", "undo.sql"]


def test_the_same_example_gives_the_same_plan_in_a_process_of_its_own(planned, tmp_path, spawned):
    done = spawned("plan", RETAIL, "-o", tmp_path / "plan.json", PYTHONHASHSEED="7")
    assert done.returncode == FINDINGS, done.stderr
    assert done.stderr == ""
    assert (tmp_path / "plan.json").read_bytes() == (planned / "plan.json").read_bytes()
