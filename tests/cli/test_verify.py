"""Plans that are not to be trusted: tampered with, outdated, or no plans at all."""

from __future__ import annotations

import json

import pytest

FINDINGS, BAD_INPUT = 1, 2


def files_in(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def plan(shop_plan):
    """The plan of the shop, as a document to be tampered with."""
    return json.loads(shop_plan)


@pytest.fixture
def verified(run, shop, tmp_path):
    def verify(plan):
        (tmp_path / "tampered.json").write_text(json.dumps(plan))
        return run("verify", tmp_path / "tampered.json", shop)

    return verify


def test_a_plan_without_the_grant_that_keeps_a_need_is_refused(plan, verified):
    plan["statements"] = [statement for statement in plan["statements"] if statement["verb"] == "REVOKE"]
    result = verified(plan)
    assert result.exit_code == FINDINGS
    assert "broken: C1" in result.stdout


def test_a_plan_that_grants_more_is_refused(plan, verified):
    plan["statements"][0]["privileges"] = ["MODIFY", "SELECT"]
    result = verified(plan)
    assert result.exit_code == FINDINGS
    assert "broken: C3" in result.stdout


def test_a_plan_for_other_grants_is_refused(plan, verified, shop, agent):
    with (shop / "catalog_privileges.csv").open("a") as file:
        file.write(f"{agent},shop,BROWSE,NONE\n")
    result = verified(plan)
    assert result.exit_code == FINDINGS
    assert "broken: baseline" in result.stdout


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format": 99}, "99"),
        ({"subjects": "all"}, "subjects"),
        ({"surprise": 1}, "surprise"),
        ({"since": "soon"}, "soon"),
    ],
)
def test_a_document_that_is_no_plan_is_bad_input(plan, verified, change, told):
    result = verified({**plan, **change})
    assert result.exit_code == BAD_INPUT
    assert told in result.stderr


def test_a_plan_that_is_no_json_or_not_there_is_bad_input(shop, tmp_path, run):
    (tmp_path / "p.json").write_bytes(b"\xff{")
    assert run("verify", tmp_path / "p.json", shop).exit_code == BAD_INPUT
    assert run("verify", tmp_path / "none.json", shop).exit_code == BAD_INPUT


def test_a_plan_that_the_verifier_refuses_is_not_written(shop, tmp_path, monkeypatch, run):
    from uc_guard import pipeline  # noqa: PLC0415 - loaded only where it is changed
    from uc_guard.plan.verify import Verdict  # noqa: PLC0415 - as above
    from uc_guard.plan.verify_case import Broken  # noqa: PLC0415 - as above

    refusal = Verdict(False, (Broken("C1", "something is lost"),), 0, 0, ())  # noqa: FBT003 - its first field
    monkeypatch.setattr(pipeline, "verify", lambda *_: refusal)
    result = run("plan", shop, "-o", tmp_path / "plan.json")
    assert result.exit_code == BAD_INPUT
    assert "something is lost" in result.output
    assert files_in(tmp_path) == ["shop"]
