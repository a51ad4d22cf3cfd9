"""The findings in the HTML report: a table to sort and filter, each with what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.model.finding import SEVERITIES
from uc_guard.report.complaint import about, open_first, reason, where, whole
from uc_guard.report.html import Html, element, lines, prose, together
from uc_guard.report.page_parts import Cell, Column, filters, row, severity, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from uc_guard.model.finding import Finding

MOST_FINDINGS = 2_000
"""Findings in the table; the JSON has the others."""

_COLUMNS = (Column("Finding", wide=True), Column("Severity"), Column("Agent"), Column("State", whole=True))
_STATES = {"open": "open", "baseline": "known before", "exempt": "exempted", "ignored": "ignored"}
_PROSE = {"why": "Why it matters", "fix": "How to mend it", "keep": "When to keep it", "gaps": "What this does not see"}


def findings_page(findings: Sequence[Finding], names: Mapping[str, str]) -> Html:
    """Give the table of findings, the open and gravest first."""
    if not findings:
        return element("p", "Nothing was found.", class_="empty")
    shown = open_first(findings)[:MOST_FINDINGS]
    severities = [word for word in reversed(SEVERITIES) if any(f.rule.severity == word for f in shown)]
    states = [(word, label) for word, label in _STATES.items() if any(f.state == word for f in shown)]
    first = "open" if any(word == "open" for word, _ in states) else ""
    chosen = [
        ("severity", "Severity", [(word, word) for word in severities], ""),
        ("state", "State", states, first),
        ("family", "Family", [(word, word) for word in sorted({f.rule.family for f in shown})], ""),
    ]
    rows = (_row(finding, number, names) for number, finding in enumerate(shown))
    return together(
        [
            filters("findings-table", chosen),
            table("findings-table", _COLUMNS, rows, about="Findings", more=len(findings) - len(shown)),
        ]
    )


def first_findings(findings: Sequence[Finding], most: int = 5) -> Html:
    """Give the first findings that are open, as links to the table."""
    told = [
        element(
            "li",
            severity(finding.rule.severity),
            element("a", prose(finding.message), href=f"#finding-{number}"),
        )
        for number, finding in enumerate(open_first(findings)[:most])
        if finding.state == "open"
    ]
    return element("ol", *told, class_="first") if told else element("p", "Nothing is open.", class_="soft")


def findings_of(principal: str, findings: Sequence[Finding], most: int = 12) -> Html:
    """Give the open findings on one agent, as links to the table."""
    mine = [
        (number, finding)
        for number, finding in enumerate(open_first(findings))
        if finding.principal == principal and finding.state == "open"
    ]
    items = [
        element("li", severity(f.rule.severity), element("a", prose(f.message), href=f"#finding-{number}"))
        if number < MOST_FINDINGS
        else element("li", severity(f.rule.severity), prose(f.message))
        for number, f in mine[:most]
    ]
    if len(mine) > most:
        items.append(element("li", f"and {len(mine) - most:,} more among the findings", class_="soft"))
    return element("ul", *items, class_="first") if items else Html("")


def _row(finding: Finding, number: int, names: Mapping[str, str]) -> Html:
    rule = finding.rule
    who = "" if finding.principal is None else names.get(finding.principal, finding.principal)
    cells = (
        Cell(_told(finding), f"{rule.code} {finding.message}"[:200]),
        Cell(severity(rule.severity), f"{SEVERITIES.index(rule.severity)}"),
        Cell(who),
        Cell(_STATES[finding.state]),
    )
    return row(
        _COLUMNS, cells, id=f"finding-{number}", data_severity=rule.severity, data_state=finding.state,
        data_family=rule.family,
    )  # fmt: skip


def _told(finding: Finding) -> Html:
    rule = finding.rule
    place = where(finding)
    title = element(
        "summary",
        element("span", prose(finding.message), class_="message"),
        element("span", f"{rule.code} {rule.name}" + (f" · {place}" if place else ""), class_="soft"),
    )
    return element("details", title, element("div", *_inside(finding), class_="inside"))


def _inside(finding: Finding) -> Iterator[Html]:
    rule = finding.rule
    if finding.state != "open":
        yield element("p", prose(reason(finding)), class_="soft")
    if finding.place is not None and finding.place.source:
        yield element("p", f"{finding.place.path}, line {finding.place.line}", class_="label")
        yield element("pre", lines(whole(finding.place.source)), tabindex="0", aria_label="Source")
    if finding.remedy:
        yield element("p", "What mends it", class_="label")
        yield _remedy(finding.remedy)
    for name, title in _PROSE.items():
        if text := getattr(rule, name).strip():
            yield element("p", title, class_="label")
            yield from (element("p", prose(_plain(part))) for part in text.split("\n\n"))
    ids = [*rule.dasf, *rule.owasp_llm, *rule.owasp_agentic]
    told = [f"{rule.confidence} confidence", f"for {rule.persona}", *ids, finding.fingerprint, about(finding)]
    yield element("p", " · ".join(part for part in told if part), class_="soft")


def _remedy(text: str) -> Html:
    """Show statements as they are to be run, and words as words."""
    if ";" not in text:
        return element("p", prose(text))
    return element("pre", lines(text), tabindex="0", aria_label="Remedy")


def _plain(markdown: str) -> str:
    return " ".join(markdown.replace("**", "").split())
