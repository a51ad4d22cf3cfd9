"""What is exempt, ignored or known before is counted, and does not fail a run."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from uc_guard import audit
from uc_guard.errors import BadConfig, BadInput
from uc_guard.judge.baseline import Baseline, Known, encode_baseline, read_baseline
from uc_guard.judge.lint import lint
from uc_guard.model.lint import Exemption, LintSettings
from uc_guard.read.declared import read_declared
from uc_guard.read.lint_settings import read_lint_settings

EMPTY = Baseline()
EXEMPT = """
[[lint.exempt]]
rule = "UCG102"
principal = "bot"
securable = "shop*"
reason = "the pilot needs it"
owner = "ann"
until = "2026-12-31"
"""


@pytest.fixture
def linted(tmp_path, today):
    def call(sql, settings=None, baseline=EMPTY, day=today):
        (tmp_path / "repo").mkdir(exist_ok=True)
        (tmp_path / "repo" / "grants.sql").write_text(sql)
        return lint(None, read_declared([tmp_path / "repo"]), today=day, settings=settings, baseline=baseline)

    return call


@pytest.fixture
def settings(tmp_path):
    def read(text, name="uc_guard.toml"):
        (tmp_path / name).write_text(text)
        return read_lint_settings(tmp_path / name)

    return read


WIDE = "GRANT SELECT ON CATALOG shop TO `bot`;\n"
WIDER = "GRANT ALL PRIVILEGES ON SCHEMA shop.sales TO `bot`;\n"


def states(result):
    return {finding.rule.code: finding.state for finding in result.findings}


def test_an_exemption_excuses_what_it_names_and_says_why(linted, settings):
    result = linted(WIDE + WIDER, settings(EXEMPT))
    assert states(result) == {"UCG101": "open", "UCG102": "exempt"}
    (excused,) = [finding for finding in result.findings if finding.state == "exempt"]
    assert excused.reason == "the pilot needs it (ann, until 2026-12-31)"
    assert dict(result.meta.counts) == {"open": 1, "baseline": 0, "exempt": 1, "ignored": 0, "fixed": 0}


def test_an_exemption_holds_on_its_last_day_and_not_after(linted, settings):
    given = settings(EXEMPT)
    assert states(linted(WIDE, given, day=date(2026, 12, 31)))["UCG102"] == "exempt"
    late = linted(WIDE, given, day=date(2027, 1, 1))
    assert states(late) == {"UCG102": "open", "UCG806": "open"}
    assert late.failed


def test_an_exemption_by_privilege_covers_every_rule_about_it(linted, settings):
    result = linted(WIDE, settings(EXEMPT.replace('rule = "UCG102"', 'privilege = "select"')))
    assert states(result) == {"UCG102": "exempt"}


def test_an_exemption_may_name_what_people_call_a_principal(estate, today):
    agent = "11111111-aaaa-4bbb-8ccc-000000000001"
    lines = [f"AGENT {agent}", "TABLE shop.sales.orders (id)", f"GRANT MANAGE ON SCHEMA shop.sales TO {agent}"]
    snapshot = estate([*lines, f"{agent}: SELECT 1"])
    people = snapshot.frames["principals"].with_columns(display_name=pl.lit("Sales bot"))
    found = audit(replace(snapshot, frames={**snapshot.frames, "principals": people}))
    exemption = Exemption("UCG304", "", "sales *", "*", "it administers", "ann", "2026-12-31")
    result = lint(found, today=today, settings=LintSettings(select=("UCG304",), exempt=(exemption,)))
    assert states(result) == {"UCG304": "exempt"}
    assert result.meta.names == ((agent, "Sales bot"),)


@pytest.mark.parametrize("missing", ["principal", "securable", "reason", "owner", "until", "rule"])
def test_an_exemption_lacks_nothing(settings, missing):
    text = "\n".join(line for line in EXEMPT.splitlines() if not line.startswith(missing))
    with pytest.raises(BadConfig) as caught:
        settings(text)
    assert len(caught.value.problems) == 1


def test_every_wrong_setting_is_told_at_once(settings):
    with pytest.raises(BadConfig) as caught:
        settings("[lint]\nselct = []\nfail_on = 'grave'\nignore = 'UCG1'\nseverity = {UCG101 = 'bad'}\nexempt = [1]\n")
    assert len(caught.value.problems) == 5


def test_settings_may_stand_in_pyproject(settings):
    assert settings("[tool.uc_guard.lint]\nfail_on = 'low'\n", "pyproject.toml").fail_on == "low"


def test_what_is_ignored_is_counted(linted):
    result = linted(WIDE, LintSettings(ignore=("UCG102",)))
    assert states(result) == {"UCG102": "ignored"}
    assert not result.failed


def test_rules_are_selected_by_code_the_start_of_one_or_name(linted):
    assert states(linted(WIDE + WIDER, LintSettings(select=("UCG101",)))).keys() == {"UCG101"}
    assert states(linted(WIDE + WIDER, LintSettings(select=("UCG1",)))).keys() == {"UCG101", "UCG102"}
    assert states(linted(WIDE + WIDER, LintSettings(select=("all-privileges",)))).keys() == {"UCG101"}


def test_a_rule_that_is_not_there_cannot_be_selected(linted):
    with pytest.raises(BadConfig, match="did you mean `all-privileges`"):
        linted(WIDE, LintSettings(select=("all-privilege",)))


def test_a_severity_can_be_set_by_rule(linted):
    result = linted(WIDE, LintSettings(severity=(("UCG102", "low"),)))
    assert [finding.rule.severity for finding in result.findings] == ["low"]
    assert not result.failed


def test_only_new_findings_fail(linted):
    before = linted(WIDE).baseline
    assert not linted(WIDE, baseline=before).failed
    after = linted(WIDE + WIDER, baseline=before)
    assert states(after) == {"UCG101": "open", "UCG102": "baseline"}
    assert after.meta.failed == ("1 finding of severity high or graver",)


def test_what_is_fixed_is_told_and_drops_out(linted):
    before = linted(WIDE + WIDER).baseline
    after = linted(WIDER, baseline=before)
    assert dict(after.meta.counts)["fixed"] == 1
    assert after.meta.fixed == (next(k for k in before.findings if k.code == "UCG102").fingerprint,)
    assert [known.code for known in after.baseline.findings] == ["UCG101"]


def test_what_nobody_looked_for_is_not_fixed(linted):
    of_workspace = Baseline((Known("UCG001", "0" * 16), *linted(WIDE).baseline.findings))
    after = linted(WIDE, baseline=of_workspace)
    assert after.meta.fixed == ()
    assert after.baseline == of_workspace


def test_what_a_rule_that_is_not_selected_found_before_is_not_fixed(linted):
    before = linted(WIDE + WIDER).baseline
    after = linted(WIDE, LintSettings(select=("UCG102",)), baseline=before)
    assert after.meta.fixed == ()
    assert after.baseline == before


def test_a_baseline_is_read_as_it_was_written(linted, tmp_path):
    before = linted(WIDE + WIDER).baseline
    (tmp_path / "baseline.json").write_bytes(encode_baseline(before))
    assert read_baseline(tmp_path / "baseline.json") == before


@pytest.mark.parametrize("text", ["", "[]", "{", json.dumps({"format": 9, "findings": []}), '{"findings": [1]}'])
def test_what_is_no_baseline_is_told(tmp_path, text):
    (tmp_path / "baseline.json").write_text(text)
    with pytest.raises(BadInput):
        read_baseline(tmp_path / "baseline.json")
