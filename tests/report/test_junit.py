"""The JUnit file, held against the schema that Jenkins publishes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from uc_guard.report.junit import render_junit

SCHEMA = Path(__file__).parent / "schemas" / "junit-10.xsd"


@pytest.fixture(scope="module")
def valid():
    """Render, and hold the file against the schema."""
    schema = xmlschema.XMLSchema(SCHEMA)

    def checked(findings, meta):
        text = render_junit(findings, meta)
        root = ET.fromstring(text.partition("\n")[2])  # noqa: S314 - our own text
        schema.validate(root)
        return root

    return checked


def cases(root, code):
    return root.findall(f"testsuite/testcase[@classname='uc_guard.{code}']")


def test_every_rule_is_a_suite_and_every_finding_a_test(valid, lint):
    root = valid(*lint)
    assert [suite.get("name") for suite in root][:2] == ["UCG101 unused-write", "UCG201 all-privileges"]
    assert (root.get("tests"), root.get("failures")) == ("8", "2")


def test_a_file_of_nothing_is_valid(valid, lint_parts):
    _, _, make_meta = lint_parts
    root = valid((), make_meta((), ()))
    assert (root.get("tests"), root.get("failures"), len(root)) == ("0", "0", 0)


def test_what_fails_the_run_fails_its_test_and_tells_where_and_how_to_mend_it(valid, lint):
    case, _ = cases(valid(*lint), "UCG101")
    assert case.get("name") == "sql/grants.sql:3:1: order-bot may write shop.crm.people and never did"
    failure = case.find("failure")
    assert failure.get("type") == "high"
    assert "GRANT MODIFY ON TABLE" in failure.text
    assert "To mend it:\nREVOKE MODIFY" in failure.text


def test_what_is_less_grave_is_skipped_with_its_severity(valid, lint):
    case, _ = cases(valid(*lint), "UCG301")
    assert case.find("skipped").get("message").startswith("medium, below high")


def test_the_threshold_decides(valid, lint):
    findings, meta = lint
    assert valid(findings, replace(meta, fail_on="low")).get("failures") == "4"
    assert valid(findings, replace(meta, fail_on="critical")).get("failures") == "1"


def test_what_does_not_count_is_skipped_with_its_reason(valid, lint):
    _, case = cases(valid(*lint), "UCG101")
    assert case.find("skipped").get("message") == "known before: in uc_guard.baseline.json"


def test_a_rule_without_a_finding_passes_and_one_not_judged_is_skipped(valid, lint, lint_parts):
    rules, _, _ = lint_parts
    _, meta = lint
    root = valid((), replace(meta, rules=(rules[0], rules[5])))
    assert len(cases(root, "UCG101")[0]) == 0
    assert cases(root, "UCG902")[0].find("skipped").get("message") == "not judged: no workspace is at hand"


def test_two_findings_of_one_name_stay_two_tests(valid, lint):
    findings, meta = lint
    root = valid([findings[1], findings[1]], meta)
    names = [case.get("name") for case in cases(root, "UCG101")]
    assert len(set(names)) == 2


def test_hostile_texts_leave_the_file_well_formed(valid, hostile_lint):
    root = valid(*hostile_lint)
    assert root.get("failures") == "2"
    text = "".join(root.itertext()) + "".join(str(value) for each in root.iter() for value in each.attrib.values())
    assert "<script>alert(1)</script>" in text
    assert not {"\x1b", "\x00", "\u202e", "\u200b"} & set(text)
