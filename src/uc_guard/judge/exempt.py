"""What somebody decided to live with, and what nobody wants to see: findings that are counted and do not fail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.errors import BadConfig, Problem
from uc_guard.judge.condition import near
from uc_guard.judge.facts import EXEMPTION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from uc_guard.model.finding import Finding, Rule
    from uc_guard.model.lint import Exemption, LintSettings


def chosen(rules: Sequence[Rule], settings: LintSettings) -> tuple[Rule, ...]:
    """Give the rules that the settings select, with the severities that they set.

    Raises:
        BadConfig: when the settings name rules that are not there.
    """
    known = [name for rule in rules for name in (rule.code, rule.name)]
    named = [
        *(("select", word, True) for word in settings.select),
        *(("ignore", word, True) for word in settings.ignore),
        *(("severity", word, False) for word, _ in settings.severity),
        *(("exempt.rule", exemption.rule, False) for exemption in settings.exempt if exemption.rule),
    ]
    mend = "see the index of rules"
    problems = [
        Problem("lint settings", f"`{key}`", f"`{word}`", "a code or the name of a rule", near(word, known) + mend)
        for key, word, starts in named
        if not any(_meant(rule, word) if starts else word in {rule.code, rule.name} for rule in rules)
    ]
    if problems:
        raise BadConfig(tuple(problems))
    severities = dict(settings.severity)
    picked = (rule for rule in rules if not settings.select or _among(rule, settings.select))
    return tuple(
        replace(rule, severity=severities.get(rule.code, severities.get(rule.name, rule.severity))) for rule in picked
    )


def excuse(
    findings: Iterable[Finding], settings: LintSettings, today: date, names: Mapping[str, str]
) -> tuple[Finding, ...]:
    """Mark the findings that the settings ignore or exempt; the others stay as they are.

    Args:
        findings: The findings.
        settings: What is ignored and exempt.
        today: Exemptions that ended before this day excuse nothing.
        names: What people call a principal, by principal: a pattern may mean either.
    """
    return tuple(_excused(finding, settings, today, names) for finding in findings)


def exemption_facts(
    findings: Sequence[Finding], settings: LintSettings, today: date, names: Mapping[str, str]
) -> pl.DataFrame:
    """Give what became of the exemptions (table EXEMPTION); arguments as for `excuse`."""
    rows = [
        {
            **{name: getattr(exemption, name) for name in EXEMPTION.columns if name not in {"days_left", "matched"}},
            "days_left": days_left(exemption, today),
            "matched": sum(covers(exemption, finding, names) for finding in findings),
        }
        for exemption in settings.exempt
    ]
    return pl.DataFrame(rows, schema=EXEMPTION.schema)


def covers(exemption: Exemption, finding: Finding, names: Mapping[str, str]) -> bool:
    """Tell whether an exemption is about a finding, whatever the day; `names` as for `excuse`."""
    principal = finding.principal or ""
    called = {principal, names.get(principal, principal)}
    return (
        (not exemption.rule or exemption.rule in {finding.rule.code, finding.rule.name})
        and (not exemption.privilege or exemption.privilege == finding.privilege)
        and any(fnmatchcase(name.casefold(), exemption.principal.casefold()) for name in called)
        and fnmatchcase((finding.securable or "").casefold(), exemption.securable.casefold())
    )


def days_left(exemption: Exemption, today: date) -> int:
    """Give the days from today to the last day of an exemption; negative once it has expired."""
    return (date.fromisoformat(exemption.until) - today).days


def _excused(finding: Finding, settings: LintSettings, today: date, names: Mapping[str, str]) -> Finding:
    if _among(finding.rule, settings.ignore):
        return replace(finding, state="ignored", reason="ignored by the settings")
    for exemption in settings.exempt:
        if days_left(exemption, today) >= 0 and covers(exemption, finding, names):
            reason = f"{exemption.reason} ({exemption.owner}, until {exemption.until})"
            return replace(finding, state="exempt", reason=reason)
    return finding


def _among(rule: Rule, words: Iterable[str]) -> bool:
    return any(_meant(rule, word) for word in words)


def _meant(rule: Rule, word: str) -> bool:
    return bool(word) and (rule.name == word or rule.code.startswith(word.upper()))
