"""A wrong rule file is refused, with everything that is wrong with it and with all the others."""

from __future__ import annotations

import json

import pytest

from uc_guard.errors import BadConfig
from uc_guard.judge.rules import read_rules

RIGHT = {
    "code": "ORG001",
    "name": "our-rule",
    "summary": "Something is so.",
    "severity": "low",
    "confidence": "high",
    "persona": "owner",
    "family": "unused",
    "subject": "holding",
    "when": "verdict = 'unused'",
    "message": "{principal} holds {why}",
    "why": "It matters.",
    "fix": "Mend it.",
    "keep": "Keep it.",
    "gaps": "None.",
}


@pytest.fixture
def folder(tmp_path):
    def write(file="our-rule", text="", **changes):
        rows = {**RIGHT, **changes}
        lines = [f"{key} = {json.dumps(value)}" for key, value in rows.items() if value is not None]
        (tmp_path / f"{file}.toml").write_text(text or "\n".join(lines))
        return tmp_path

    return write


def problems(folder):
    with pytest.raises(BadConfig) as caught:
        read_rules([folder])
    for problem in caught.value.problems:
        assert problem.mend
        assert problem.expected
    return caught.value.problems


def problem(folder):
    (only,) = problems(folder)
    return only


def test_a_right_file_gives_a_rule(folder):
    (rule,) = read_rules([folder()])
    assert (rule.code, rule.name, rule.when) == ("ORG001", "our-rule", "verdict = 'unused'")


def test_a_misspelt_fact_is_told_with_the_known_ones(folder):
    found = problem(folder(when="verdit = 'unused'"))
    assert found.place == "key `when`"
    assert found.found == "`verdit`"
    assert "did you mean `verdict`?" in found.mend
    assert "idle_days" in found.mend


def test_a_misspelt_key_is_told_with_the_known_ones(folder):
    found = problem(folder(sevrity="low"))
    assert found.place == "key `sevrity`"
    assert "did you mean `severity`?" in found.mend


def test_a_misspelt_fact_in_a_message_is_told(folder):
    assert problem(folder(message="{principle} holds it")).found == "`{principle}`"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("severity", "grave"),
        ("confidence", "sure"),
        ("persona", "manager"),
        ("family", "others"),
        ("subject", "grants"),
        ("code", "org1"),
        ("name", "OurRule"),
        ("dasf", ["99.1"]),
        ("owasp_llm", ["LLM11"]),
        ("owasp_agentic", "ASI3"),
        ("summary", ""),
        ("summary", None),
        ("summary", 3),
        ("cases", "one"),
        ("remedy", 7),
    ],
)
def test_a_wrong_value_is_told_with_its_key(folder, key, value):
    assert problem(folder(**{key: value})).place == f"key `{key}`"


def test_a_noun_stands_after_a_number_only(folder):
    assert read_rules([folder(message="{reach:pair} by {privilege}")])
    assert problem(folder(message="{privilege:pair}")).found == "`{privilege:pair}`"


@pytest.mark.parametrize("message", ["{}", "{principal", "{principal.x}", "{principal!r}", "a } b"])
def test_a_brace_that_is_round_no_fact_is_told(folder, message):
    assert problem(folder(message=message)).place == "key `message`"


def test_all_problems_of_all_files_are_told_at_once(folder):
    folder(severity="grave", when="nonsense = 1")
    assert len(problems(folder(file="broken", text="code ="))) == 3


def test_two_rules_cannot_have_one_code(folder):
    folder()
    assert "other-rule.toml" in problem(folder(file="other-rule", name="other-rule")).found


def test_a_folder_without_rules_is_told(tmp_path):
    assert problem(tmp_path).found == "no file `*.toml`"
    assert problem(tmp_path / "nowhere").found == "no such folder"


def test_a_file_that_is_no_text_is_told(folder, tmp_path):
    folder()
    (tmp_path / "our-rule.toml").write_bytes(b"\xff\xfe")
    assert problem(tmp_path).expected == "valid TOML"
