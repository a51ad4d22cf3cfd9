"""Findings as a SARIF 2.1.0 log, for code scanning."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from uc_guard.model.privilege import spoken
from uc_guard.report.complaint import about, message, reason, whole
from uc_guard.report.wording import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from uc_guard.model.finding import Finding, Place, Rule
    from uc_guard.model.lint import LintMeta

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
# GitHub: above 9 is critical, from 7 high, from 4 medium, below low; a rule without the number is none of them.
_SECURITY = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
_PARTS = {"why": "Why it matters", "fix": "How to mend it", "keep": "When to keep it", "gaps": "What this does not see"}
_DRIVE = re.compile(r"[A-Za-z]:/")


def render_sarif(findings: Sequence[Finding], meta: LintMeta, pages: str = "") -> str:
    """Give findings as SARIF.

    Args:
        findings: All of them: what does not count is marked as suppressed.
        meta: What was linted.
        pages: Address below which each rule has its page, `NAME.md`; empty = rules have no `helpUri`.
    """
    rules = tuple(dict.fromkeys([*meta.rules, *(finding.rule for finding in findings)]))
    index = {rule.code: number for number, rule in reversed(list(enumerate(rules)))}
    compared = any(finding.state == "baseline" for finding in findings) or bool(meta.fixed)
    run = {
        "tool": {
            "driver": {
                "name": "uc_guard",
                "version": clean(meta.version),
                "rules": [_rule(rule, pages) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": list(_notifications(meta, index))}],
        "results": [_result(finding, index, compared=compared) for finding in findings],
        "properties": _properties(meta),
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(log), indent=2).decode() + "\n"


# -- rules ---------------------------------------------------------------------------------------------------------


def _rule(rule: Rule, pages: str) -> dict[str, object]:
    tags = ("security", rule.family, rule.persona, *rule.dasf, *rule.owasp_llm, *rule.owasp_agentic)
    properties: dict[str, object] = {
        "tags": list(dict.fromkeys(tags)),
        "precision": rule.confidence,
        "problem.severity": {"error": "error", "warning": "warning"}.get(_LEVELS[rule.severity], "recommendation"),
    }
    if rule.severity in _SECURITY:
        properties["security-severity"] = _SECURITY[rule.severity]
    told: dict[str, object] = {
        "id": rule.code,
        "name": clean(rule.name),
        "shortDescription": {"text": clean(rule.summary)},
        "fullDescription": {"text": _plain(rule.why) or clean(rule.summary)},
        "help": _help(rule),
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": properties,
    }
    if pages:
        told["helpUri"] = f"{pages.rstrip('/')}/{quote(rule.name)}.md"
    return told


def _help(rule: Rule) -> dict[str, str]:
    parts = {title: whole(getattr(rule, name)).strip() for name, title in _PARTS.items()}
    told = {title: text for title, text in parts.items() if text} or {"What it says": clean(rule.summary)}
    return {
        "text": "\n\n".join(f"{title}: {_plain(text)}" for title, text in told.items()),
        "markdown": "\n\n".join(f"## {title}\n\n{text}" for title, text in told.items()),
    }


def _plain(markdown: str) -> str:
    """Give prose on one line."""
    return " ".join(clean(line).strip() for line in markdown.splitlines() if line.strip())


# -- results -------------------------------------------------------------------------------------------------------


def _result(finding: Finding, index: Mapping[str, int], *, compared: bool) -> dict[str, object]:
    told: dict[str, object] = {
        "ruleId": finding.rule.code,
        "ruleIndex": index[finding.rule.code],
        "level": _LEVELS[finding.rule.severity],
        "message": {"text": _linkless(_sentence(finding))},
        "locations": [_location(finding)],
        # GitHub keeps an alert by the second name, and everybody else by any.
        "partialFingerprints": {
            "ucGuard/v1": finding.fingerprint,
            "primaryLocationLineHash": finding.fingerprint,
        },
        "properties": _facts(finding),
    }
    if finding.state != "open":
        told["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason(finding)}]
    if compared:
        told["baselineState"] = "unchanged" if finding.state == "baseline" else "new"
    return told


def _sentence(finding: Finding) -> str:
    remedy = _plain(finding.remedy)
    return f"{message(finding)} To mend it: {remedy}" if remedy else message(finding)


def _facts(finding: Finding) -> dict[str, object]:
    facts = {name: getattr(finding, name) for name in ("principal", "securable_type", "securable", "privilege")}
    told: dict[str, object] = {name: clean(value) for name, value in facts.items() if value is not None}
    return {**told, "severity": finding.rule.severity, "state": finding.state}


def _location(finding: Finding) -> dict[str, object]:
    told: dict[str, object] = {}
    if finding.place is not None:
        told["physicalLocation"] = _physical(finding.place)
    if finding.securable is not None:
        securable = clean(finding.securable)
        kind = "" if finding.securable_type is None else spoken(finding.securable_type).lower()
        told["logicalLocations"] = [{"name": securable, "fullyQualifiedName": securable, "kind": kind or "securable"}]
    elif finding.place is None:
        name = clean(about(finding)) or "workspace"
        told["logicalLocations"] = [{"name": name, "fullyQualifiedName": name, "kind": "principal"}]
    return told


def _physical(place: Place) -> dict[str, object]:
    region: dict[str, object] = {"startLine": place.line, "startColumn": place.column}
    if place.end_line is not None:
        region["endLine"] = place.end_line
    if place.end_column is not None:
        region["endColumn"] = place.end_column
    if place.source:
        region["snippet"] = {"text": whole(place.source)}
    return {"artifactLocation": _artifact(place.path), "region": region}


def _artifact(path: str) -> dict[str, str]:
    # A path that is no name of a file, for the sake of a control character or a lone surrogate, is still an address.
    quoted = quote(path.removeprefix("./"), errors="surrogatepass")
    if _DRIVE.match(path):
        return {"uri": f"file:///{path[:2]}{quote(path[2:], errors='surrogatepass')}"}
    return {"uri": f"file://{quoted}"} if path.startswith("/") else {"uri": quoted, "uriBaseId": "%SRCROOT%"}


def _linkless(text: str) -> str:
    """Give a message in which nothing reads as a link: SARIF takes `[text](address)` for one, in plain text too."""
    return text.replace("[", "\\[").replace("]", "\\]") if "](" in text else text


# -- the run -------------------------------------------------------------------------------------------------------


def _notifications(meta: LintMeta, index: Mapping[str, int]) -> Iterator[dict[str, object]]:
    for note in meta.notes:
        yield {"level": "note", "message": {"text": _linkless(clean(note))}}
    for each in meta.unjudged:
        rule: dict[str, object] = {"id": each.code}
        if each.code in index:
            rule["index"] = index[each.code]
        text = f"{each.code} was not judged: {clean(each.reason)}"
        yield {"level": "note", "message": {"text": _linkless(text)}, "associatedRule": rule}


def _properties(meta: LintMeta) -> dict[str, object]:
    told: dict[str, object] = {"counts": dict(meta.counts), "failOn": meta.fail_on, "failed": bool(meta.failed)}
    estate = next((each for each in meta.creep if each.principal is None), None)
    if estate is not None:
        told["creepIndex"] = {"now": round(estate.now, 2)} | (
            {} if estate.after is None else {"after": round(estate.after, 2)}
        )
    return told
