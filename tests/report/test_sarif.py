"""The SARIF log, held against the official schema and what code scanning makes of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from jsonschema import Draft202012Validator

from uc_guard.report.sarif import render_sarif

SCHEMA = Path(__file__).parent / "schemas" / "sarif-2.1.0.json"


@pytest.fixture(scope="module")
def valid():
    """Render, and hold the log against the schema."""
    checker = Draft202012Validator(
        json.loads(SCHEMA.read_text(encoding="utf-8")), format_checker=Draft202012Validator.FORMAT_CHECKER
    )

    def checked(findings, meta, **more):
        log = json.loads(render_sarif(findings, meta, **more))
        assert [f"{list(e.absolute_path)}: {e.message[:200]}" for e in checker.iter_errors(log)] == []
        return log["runs"][0]

    return checked


def test_a_log_fits_the_schema(valid, lint):
    run = valid(*lint)
    assert len(run["results"]) == 7


def test_a_log_of_nothing_fits_the_schema(valid, lint_parts):
    _, _, make_meta = lint_parts
    run = valid((), make_meta((), (), unjudged=(), notes=(), creep=(), fixed=()))
    assert run["results"] == []


def test_a_rule_tells_why_how_and_when_not(valid, lint):
    run = valid(*lint, pages="https://example.com/rules/")
    rule = run["tool"]["driver"]["rules"][0]
    assert rule["id"] == "UCG101"
    assert rule["helpUri"] == "https://example.com/rules/unused-write.md"
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert rule["properties"]["security-severity"] == "8.0"
    assert rule["properties"]["precision"] == "high"
    assert {"DASF 5", "LLM06", "ASI03", "unused"} <= set(rule["properties"]["tags"])
    assert "It can be **misused**.\n\nBy anybody." in rule["help"]["markdown"]
    for text in ("Revoke it.", "A yearly job needs it.", "Work on clusters."):
        assert text in rule["help"]["text"]


def test_a_rule_without_a_page_has_no_address(valid, lint):
    assert not any("helpUri" in rule for rule in valid(*lint)["tool"]["driver"]["rules"])


def test_every_result_points_to_its_rule(valid, lint):
    run = valid(*lint)
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_the_rule_of_a_finding_is_listed_although_the_meta_has_it_not(valid, lint):
    findings, meta = lint
    run = valid(findings, replace(meta, rules=()))
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {finding.rule.code for finding in findings}


def test_the_gravest_levels_are_errors_and_the_least_are_notes(valid, lint):
    levels = {result["ruleId"]: result["level"] for result in valid(*lint)["results"]}
    assert levels == {"UCG201": "error", "UCG101": "error", "UCG301": "warning", "UCG401": "note", "UCG901": "note"}


def test_a_finding_of_a_file_points_to_its_lines_and_columns(valid, lint):
    location = valid(*lint)["results"][1]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "sql/grants.sql", "uriBaseId": "%SRCROOT%"}
    region = location["region"]
    text = region.pop("snippet")["text"]
    assert text.startswith("GRANT MODIFY")
    assert region == {"startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": len(text) + 1}


def test_a_finding_of_a_workspace_names_the_securable(valid, lint):
    location = valid(*lint)["results"][0]["locations"][0]
    assert location == {
        "logicalLocations": [{"name": "shop.sales", "fullyQualifiedName": "shop.sales", "kind": "schema"}]
    }


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("./sql/a.sql", "sql/a.sql"),
        ("a b/[x].sql", "a%20b/%5Bx%5D.sql"),
        ("/repo/a.sql", "file:///repo/a.sql"),
        ("C:/repo/a b.sql", "file:///C:/repo/a%20b.sql"),
        ("../up.sql", "../up.sql"),
    ],
)
def test_a_path_becomes_an_address(valid, lint, path, uri):
    findings, meta = lint
    finding = replace(findings[1], place=replace(findings[1].place, path=path))
    location = valid([finding], meta)["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == uri


def test_a_fingerprint_stays_when_lines_move(valid, lint):
    findings, meta = lint
    moved = replace(findings[1], place=replace(findings[1].place, line=90, end_line=90))
    here, there = (valid([f], meta)["results"][0]["partialFingerprints"] for f in (findings[1], moved))
    assert here == there == {"ucGuard/v1": findings[1].fingerprint, "primaryLocationLineHash": findings[1].fingerprint}


def test_what_does_not_count_is_suppressed_with_its_reason(valid, lint):
    told = {r["ruleId"]: r["suppressions"][0] for r in valid(*lint)["results"] if "suppressions" in r}
    assert set(told) == {"UCG101", "UCG301", "UCG901"}
    assert told["UCG301"] == {
        "kind": "external",
        "status": "accepted",
        "justification": "exempted: asked for by sales until 2027-01-31 (owner: ann@example.com)",
    }


def test_against_a_baseline_every_result_is_new_or_unchanged(valid, lint):
    states = [result["baselineState"] for result in valid(*lint)["results"]]
    assert states == ["new", "new", "unchanged", "new", "new", "new", "new"]


def test_without_a_baseline_nothing_is_called_new(valid, lint):
    findings, meta = lint
    run = valid([f for f in findings if f.state != "baseline"], replace(meta, fixed=()))
    assert not any("baselineState" in result for result in run["results"])


def test_what_was_not_judged_and_what_could_not_be_read_is_told(valid, lint):
    told = valid(*lint)["invocations"][0]["toolExecutionNotifications"]
    assert [each["message"]["text"] for each in told] == [
        "`sql/odd.sql` is not UTF-8 and was skipped",
        "UCG902 was not judged: no workspace is at hand",
    ]


def test_the_counts_and_the_index_travel_along(valid, lint):
    properties = valid(*lint)["properties"]
    assert properties["counts"] == {"open": 4, "baseline": 1, "exempt": 1, "ignored": 1, "fixed": 2}
    assert properties["creepIndex"] == {"now": 65.3, "after": 26.4}


def test_hostile_texts_neither_hide_nor_link(valid, hostile_lint):
    findings, meta = hostile_lint
    run = valid(findings, meta)
    text = render_sarif(findings, meta)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u200b]|\\u00[01]", text)
    assert not any(re.search(r"(?<!\\)\[x(?<!\\)\]\(", result["message"]["text"]) for result in run["results"])
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote(uri) == findings[0].place.path


def test_equal_findings_give_equal_bytes(lint):
    assert render_sarif(*lint) == render_sarif(*lint)
