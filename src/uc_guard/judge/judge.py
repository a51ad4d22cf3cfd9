"""Facts and rules in, findings out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from uc_guard.judge.condition import condition
from uc_guard.judge.facts import TABLES
from uc_guard.judge.remedy import STATEMENTS
from uc_guard.judge.rules import PLACEHOLDER
from uc_guard.model.finding import SEVERITIES, Finding, Place, Rule
from uc_guard.model.lint import Unjudged
from uc_guard.model.name import quote, quote_name
from uc_guard.model.privilege import spoken

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Mapping

    from uc_guard.judge.facts import Facts

_PLURALS = {"person": "people"}
_ABOUT = ("principal", "securable_type", "securable", "privilege")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What rules say of facts.

    Attributes:
        findings: Sorted: the gravest first, then by code, place and what they are about.
        unjudged: The rules of which nothing can be said.
    """

    findings: tuple[Finding, ...]
    unjudged: tuple[Unjudged, ...] = ()


def judge(rules: Iterable[Rule], facts: Facts) -> Judgement:
    """Judge facts by rules.

    Args:
        rules: As `read_rules` gives them: their conditions fit their tables.
        facts: The facts; each frame holds the contract of its table.
    """
    findings: list[Finding] = []
    unjudged: list[Unjudged] = []
    for rule in rules:
        frame = facts.frames.get(rule.subject)
        if frame is None:
            unjudged.append(Unjudged(rule.code, facts.lacking.get(rule.subject, "its facts are not at hand")))
        elif frame.height:
            hits = frame.filter(condition(rule.when))
            findings += _findings(rule, hits.iter_rows(named=True), facts.names)
    return Judgement(in_order(findings), tuple(unjudged))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings: the gravest first, then by code, place and what they are about."""
    return tuple(sorted(findings, key=_rank))


def _rank(finding: Finding) -> tuple[object, ...]:
    place = finding.place
    where = ("", 0, 0) if place is None else (place.path, place.line, place.column)
    about = [getattr(finding, name) or "" for name in _ABOUT]
    return (-SEVERITIES.index(finding.rule.severity), finding.rule.code, *where, *about, finding.message)


def _findings(rule: Rule, rows: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> Iterator[Finding]:
    key = TABLES[rule.subject].key
    seen: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: (row.get("line") or 0, row.get("column") or 0) if "path" in row else 0):
        about = json.dumps([rule.code, *(row[name] for name in key)])
        # INVARIANT: no line number goes in, so that a finding stays the same when lines move; the same complaint
        # twice in one file differs by its turn.
        turn = seen[about] = seen.get(about, -1) + 1
        digest = blake2b(f"{about}{turn or ''}".encode(), digest_size=8).hexdigest()
        what: dict[str, Any] = {name: row.get(name) for name in _ABOUT}
        yield Finding(
            rule=rule,
            **what,
            message=_filled(rule.message, row, names),
            remedy=_filled(rule.remedy, row, names),
            place=_place(row),
            fingerprint=digest,
        )


def _place(row: Mapping[str, Any]) -> Place | None:
    if row.get("path") is None:
        return None
    return Place(
        row["path"], row["line"] or 1, row["column"] or 1, row["end_line"], row["end_column"], row["source"] or ""
    )


def _filled(template: str, row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    def fact(found: re.Match[str]) -> str:
        if found[1] in STATEMENTS and found[1] not in row:
            return STATEMENTS[found[1]](row)
        name, value = found[1], row[found[1]]
        if found[2] and found[2] != "sql":
            return _counted(value, found[2])
        return _as_sql(name, str(value)) if found[2] else _as_words(name, value, names)

    return PLACEHOLDER.sub(fact, template)


def _counted(number: int, noun: str) -> str:
    """Give a number with its noun: `1 time`, `12 times`."""
    return f"{number:,} {noun if number == 1 else _PLURALS.get(noun, noun + 's')}"


def _as_sql(name: str, value: str) -> str:
    # SAFETY: what becomes part of a statement is quoted, or is a word of the platform.
    if name in {"privilege", "securable_type"}:
        word = spoken(value)
        return word if word.replace(" ", "").isalpha() else quote(word)
    if name in {"securable", "protected"}:
        try:
            return quote_name(value)
        except ValueError:
            return quote(value)
    return quote(value)


def _as_words(name: str, value: Any, names: Mapping[str, str]) -> str:  # noqa: ANN401 - a cell of any type
    if value is None:
        return "nothing"
    if name in {"principal", "grantee"}:
        return names.get(value, value)
    if name == "privilege":
        return spoken(value)
    if name in {"securable_type", "origin", "kind"}:
        return spoken(value).lower()
    if isinstance(value, float):
        return f"{value:.0%}"
    return f"{value:,}" if isinstance(value, int) else str(value)
