"""What findings show in a notebook: one piece of HTML that needs nothing else, in the looks of an audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.model.finding import SEVERITIES
from uc_guard.report.complaint import open_first, reason, where, whole
from uc_guard.report.html import Html, element, lines, prose, together
from uc_guard.report.notebook import style
from uc_guard.report.page_parts import say_index
from uc_guard.report.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from uc_guard.model.finding import Finding
    from uc_guard.model.lint import LintMeta

MOST_SHOWN = 200
"""Findings with a line of their own: a notebook keeps its outputs, and has to stay light."""

_PILLS = {"critical": "bad", "high": "reducible", "medium": "held", "low": "low", "info": "low"}


def render_findings_notebook(findings: Sequence[Finding], meta: LintMeta) -> str:
    """Give findings as HTML for a notebook: no script, no network, light and dark."""
    parts = [Html(f"<style>{style()}</style>"), *_head(meta), *_list(findings), *_notes(meta)]
    return element("section", together(parts, "\n"), class_="ucg", lang="en", aria_label="uc_guard findings").text


def _head(meta: LintMeta) -> Iterator[Html]:
    severities, counts = dict(meta.severities), dict(meta.counts)
    number = sum(severities.values())
    yield element("p", f"uc_guard lint · judged on {meta.today} · {count(len(meta.rules), 'rule')}", class_="over")
    head = count(number, "open finding") if number else "Nothing to mend"
    yield element("p", head, class_="head", role="heading", aria_level="3")
    told = [together([_pill(name), f" {severities[name]:,} "]) for name in reversed(SEVERITIES) if severities.get(name)]
    quiet = [f"{number:,} {state}" for state, number in counts.items() if number and state != "open"]
    if told or quiet:
        yield element("p", *told, element("span", ", ".join(quiet), class_="soft"))
    for sentence in meta.failed:
        yield element("p", element("span", "fails", class_="state bad"), f" {sentence}.")
    for estate in (each for each in meta.creep if each.principal is None):
        after = "" if estate.after is None else f", {say_index(estate.after)} once the plan has run"
        yield element("p", f"Privilege creep index: {say_index(estate.now)} of 100{after}.")


def _list(findings: Sequence[Finding]) -> Iterator[Html]:
    shown = open_first(findings)
    yield from (_finding(finding) for finding in shown[:MOST_SHOWN])
    if len(shown) > MOST_SHOWN:
        more = count(len(shown) - MOST_SHOWN, "more finding")
        yield element("p", prose(f"and {more}: `lint.findings` has all"), class_="soft")


def _finding(finding: Finding) -> Html:
    place = where(finding)
    beside = f"{finding.rule.code} {finding.rule.name}" + (f" · {place}" if place else "")
    title = element(
        "summary",
        _pill(finding.rule.severity),
        " ",
        prose(finding.message),
        element("br"),
        element("span", beside, class_="soft beside"),
    )
    return element("details", title, element("div", *_inside(finding), class_="inside"))


def _inside(finding: Finding) -> Iterator[Html]:
    rule = finding.rule
    if finding.state != "open":
        yield element("p", prose(reason(finding)), class_="soft")
    if finding.place is not None and finding.place.source:
        yield element("pre", lines(whole(finding.place.source)), tabindex="0", aria_label="Source")
    if finding.remedy:
        yield element("pre", lines(finding.remedy), tabindex="0", aria_label="Remedy")
    for text in (rule.why, rule.fix if not finding.remedy else "", rule.keep):
        if text.strip():
            yield element("p", prose(" ".join(text.replace("**", "").split())))


def _notes(meta: LintMeta) -> Iterator[Html]:
    told = [*meta.notes, *(f"`{each.code}` was not judged: {each.reason}" for each in meta.unjudged)]
    if told:
        items = [element("li", prose(sentence)) for sentence in told[:8]]
        if len(told) > 8:
            items.append(element("li", f"and {len(told) - 8:,} more"))
        title = element("summary", f"{count(len(told), 'note')} about the input")
        yield element("details", title, element("div", element("ul", *items, class_="notes"), class_="inside"))


def _pill(severity: str) -> Html:
    return element("span", severity, class_=f"state {_PILLS[severity]}")
