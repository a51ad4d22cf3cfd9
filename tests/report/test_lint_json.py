"""The JSON of a lint follows the schema that is published."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from uc_guard.model.finding import Finding, Place, Rule
from uc_guard.model.lint import Creep, LintMeta, Unjudged, count_severities, count_states
from uc_guard.report.lint_json import render_lint_json

jsonschema = pytest.importorskip("jsonschema")
SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / "lint.schema.json"
RULE = Rule("UCG102", "too-wide", "s", "high", "high", "owner", "too-broad", "grant", "TRUE", "m", dasf=("9.13",))
FOUND = Finding(RULE, "bot", None, None, None, "m\x1b", "r", Place("a.sql", 1, 1, None, None, "x"), "0" * 16)
META = LintMeta(
    "1", "2026-10-01", ("a.sql",), (RULE,), (Unjudged("A1", "no log"),), count_states([FOUND]),
    count_severities([FOUND]), ("1" * 16,), "high", ("1 finding",), (Creep(None, 1.5, None),), ("note",),
)  # fmt: skip


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("findings", [(), (FOUND,), (replace(FOUND, place=None, state="exempt", reason="ours"),)])
def test_what_is_printed_follows_the_schema(validator, findings):
    assert list(validator.iter_errors(json.loads(render_lint_json(findings, META)))) == []


@pytest.mark.parametrize("key", ["format", "findings", "counts", "rules"])
def test_the_schema_notices_what_is_missing(validator, key):
    document = json.loads(render_lint_json((FOUND,), META))
    del document[key]
    assert list(validator.iter_errors(document))


def test_it_is_plain_text_for_a_terminal():
    told = render_lint_json((FOUND,), META)
    assert told.replace("\n", "").isprintable()
    assert json.loads(told)["findings"][0]["code"] == "UCG102"
