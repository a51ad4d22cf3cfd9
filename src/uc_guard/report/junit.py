"""Findings as JUnit XML: what fails the run is a failed test, what does not is a skipped one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from uc_guard.report.complaint import fails, message, reason, where, whole
from uc_guard.report.wording import clean, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from uc_guard.model.finding import Finding, Rule
    from uc_guard.model.lint import LintMeta


def render_junit(findings: Sequence[Finding], meta: LintMeta) -> str:
    """Give findings as JUnit XML: a suite for each rule, a test for each finding.

    A rule without a finding is a test that passes, one that could not be judged a test that was skipped.
    """
    root = Element("testsuites", name="uc_guard lint")
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule.code, []).append(finding)
    rules = {rule.code: rule for rule in (*meta.rules, *(finding.rule for finding in findings))}
    unjudged = {each.code: each.reason for each in meta.unjudged}
    for code in sorted(rules):
        _suite(root, rules[code], by_rule.get(code, []), meta, unjudged.get(code))
    cases = root.findall("testsuite/testcase")
    root.set("tests", str(len(cases)))
    root.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    root.set("errors", "0")
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(root: Element, rule: Rule, findings: Sequence[Finding], meta: LintMeta, unjudged: str | None) -> None:
    suite = SubElement(root, "testsuite", name=f"{rule.code} {clean(rule.name)}")
    seen: dict[str, int] = {}
    for finding in findings:
        case = SubElement(suite, "testcase", name=_name(finding, seen), classname=f"uc_guard.{rule.code}")
        _outcome(case, finding, meta)
    if not findings:
        case = SubElement(suite, "testcase", name=shorten(clean(rule.summary)), classname=f"uc_guard.{rule.code}")
        if unjudged is not None:
            SubElement(case, "skipped", message=f"not judged: {clean(unjudged)}")
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", "0")
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))


def _name(finding: Finding, seen: dict[str, int]) -> str:
    """Name a test; two of one name would be one test to those who read the file."""
    place = where(finding)
    name = f"{place}: {message(finding)}" if place else message(finding)
    seen[name] = seen.get(name, 0) + 1
    return name if seen[name] == 1 else f"{name} ({seen[name]})"


def _outcome(case: Element, finding: Finding, meta: LintMeta) -> None:
    severity = finding.rule.severity
    if fails(finding, meta):
        failure = SubElement(case, "failure", type=severity, message=message(finding))
        failure.text = _body(finding)
    elif finding.state == "open":
        told = f"{severity}, below {meta.fail_on}, which fails the run: {message(finding)}"
        SubElement(case, "skipped", message=told).text = _body(finding)
    else:
        SubElement(case, "skipped", message=reason(finding))


def _body(finding: Finding) -> str:
    """Give what to know of a finding, one thing a line."""
    told = [where(finding), message(finding), whole(finding.place.source) if finding.place else ""]
    if finding.remedy:
        told.append(f"To mend it:\n{whole(finding.remedy)}")
    return "\n".join(part for part in told if part)
