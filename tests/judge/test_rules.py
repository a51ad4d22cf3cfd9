"""Every rule says what its cases say, through the whole pipeline."""

from __future__ import annotations

from datetime import date

import pytest

from uc_guard import Settings, audit
from uc_guard.judge.lint import lint
from uc_guard.judge.rules import built_in, read_rule_files
from uc_guard.model.lint import Exemption, LintSettings
from uc_guard.read.declared import read_declared

FILES = read_rule_files([built_in()])
RULES = [file.rule for file in FILES]
CASES = [(file.rule, case) for file in FILES for case in file.cases]


def judged(case, estate, today, home):
    found = None
    if "given" in case:
        more = {key: case[key] for key in ("days", "absent", "incomplete") if key in case}
        snapshot = estate(case["given"], **more)
        found = audit(snapshot, Settings(**{"trust_query_history": True, **case.get("settings", {})}))
    for name, text in case.get("files", {}).items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    declared = read_declared([home]) if "files" in case else None
    exempt = tuple(Exemption(**{"rule": "", "privilege": "", **row}) for row in case.get("exempt", ()))
    day = date.fromisoformat(case["today"]) if "today" in case else today
    return lint(found, declared, today=day, settings=LintSettings(exempt=exempt), rules=RULES)


@pytest.mark.parametrize(("rule", "case"), CASES, ids=[f"{rule.code}-{case['name']}" for rule, case in CASES])
def test_a_rule_finds_what_its_case_says(rule, case, estate, today, tmp_path):
    result = judged(case, estate, today, tmp_path)
    assert rule.code not in {unjudged.code for unjudged in result.meta.unjudged}
    own = [finding for finding in result.findings if finding.rule.code == rule.code]
    assert [finding.message for finding in own] == case["finds"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.rule.code)
def test_a_rule_has_a_case_that_fires_and_one_that_is_silent(file):
    assert any(case["finds"] for case in file.cases)
    assert any(not case["finds"] for case in file.cases)
    assert len({case["name"] for case in file.cases}) == len(file.cases)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.rule.code)
def test_a_rule_is_told_in_whole_sentences(file):
    rule = file.rule
    assert rule.code.startswith("UCG")
    for text in (rule.summary, rule.why, rule.fix, rule.keep, rule.gaps):
        assert len(text.split()) > 3, text
        assert text.rstrip("`")[-1] in ".|", text
    assert rule.remedy
    assert rule.dasf or rule.owasp_llm or rule.owasp_agentic


def test_there_are_rules_of_every_family():
    assert len(FILES) >= 34
    assert len({file.rule.family for file in FILES}) == 9
