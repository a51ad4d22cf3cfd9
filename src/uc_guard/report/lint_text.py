"""Findings as a person reads them in a terminal or the log of a job: the place, the excerpt, the sentence, the help."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import combining, east_asian_width

from uc_guard.model.finding import SEVERITIES
from uc_guard.report.complaint import message, open_first, reason, where, whole
from uc_guard.report.wording import clean, count, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from uc_guard.model.finding import Finding, Place
    from uc_guard.model.lint import LintMeta

    Painter = Callable[[str, str], str]

_LINES = 6
_NOTES = 5
_WIDEST = 160
_COLOURS = {"critical": "1;35", "high": "1;31", "medium": "33", "low": "36", "info": "2"}
_SAID = {"exempt": "exempted", "ignored": "ignored", "baseline": "known before", "fixed": "fixed"}


def render_text(findings: Sequence[Finding], meta: LintMeta, *, color: bool = False, every: bool = False) -> str:
    """Give findings as text.

    Args:
        findings: All findings.
        meta: What they are of.
        color: Draw colours, for a terminal.
        every: Show also what is exempt, ignored or in the baseline.
    """
    paint = _paint if color else _plain
    shown = [finding for finding in open_first(findings) if every or finding.state == "open"]
    blocks = ["\n".join(_block(finding, paint)) for finding in shown]
    return "\n\n".join([*blocks, "\n".join(_summary(meta, paint))]) + "\n"


def _block(finding: Finding, paint: Painter) -> Iterator[str]:
    rule = finding.rule
    place = where(finding)
    head = f"{place}: " if place else ""
    yield f"{paint(head, '1')}{paint(rule.severity, _COLOURS[rule.severity])} {rule.code} {paint(rule.name, '2')}"
    if finding.place is not None and finding.place.source:
        yield from _excerpt(finding.place, paint)
    yield f"  {message(finding)}"
    if finding.remedy:
        first, *rest = whole(finding.remedy).splitlines()
        yield f"  {paint('help:', '1')} {first}"
        yield from (f"        {line}" for line in rest)
    if said := reason(finding):
        yield f"  {paint(said, '2')}"


def _excerpt(place: Place, paint: Painter) -> Iterator[str]:
    """Give the lines that a finding points to, with a caret under the first of them."""
    lines = place.source.splitlines()
    last = place.line + min(len(lines), _LINES) - 1
    width = len(str(last))
    blank = " " * width
    for number, line in enumerate(lines[:_LINES], place.line):
        start = place.column - 1 if number == place.line else 0
        text, offset = _window(line, start)
        yield f"  {paint(f'{number:>{width}} |', '2')} {text}"
        if number == place.line:
            ends = place.end_column if place.end_line in {None, place.line} else None
            stop = (ends or len(line.rstrip()) + 1) - 1
            meant = text[offset : offset + max(1, stop - start)]
            carets = "^" * max(1, _cells(meant))
            yield f"  {paint(f'{blank} |', '2')} {' ' * _cells(text[:offset])}{paint(carets, '1;31')}"
    if len(lines) > _LINES:
        yield f"  {paint(f'{blank} |', '2')} ..."


def _window(line: str, start: int) -> tuple[str, int]:
    """Give the part of a line that is shown, and where in it the character at `start` is."""
    safe = clean(line.replace("\t", " ").rstrip("\r\n"))
    if len(safe) <= _WIDEST:
        return safe, min(start, len(safe))
    begin = max(0, min(start - 40, len(safe) - _WIDEST))
    return safe[begin : begin + _WIDEST], start - begin


def _cells(text: str) -> int:
    """Give the cells of a terminal that a text takes: two for wide characters, none for marks on others."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in {"W", "F"} else 1 for c in text)


def _summary(meta: LintMeta, paint: Painter) -> Iterator[str]:
    counts = dict(meta.counts)
    by_severity = dict(meta.severities)
    told = [f"{by_severity[name]:,} {name}" for name in reversed(SEVERITIES) if by_severity.get(name)]
    head = count(counts.get("open", 0), "finding") + (f": {', '.join(told)}" if told else "")
    quiet = [f"{counts[state]:,} {word}" for state, word in _SAID.items() if counts.get(state)]
    yield paint("; ".join([head, *quiet]), "1")
    for sentence in meta.failed:
        yield f"{paint('fails:', '1;31')} {shorten(clean(sentence))}"
    yield from (f"note: {shorten(clean(note))}" for note in meta.notes[:_NOTES])
    if len(meta.notes) > _NOTES:
        yield f"and {count(len(meta.notes) - _NOTES, 'more note')}: --format json has all"
    if meta.creep:
        estate = meta.creep[0]
        after = "" if estate.after is None else f", {estate.after:.0f} once the plan has run"
        yield f"privilege creep index {estate.now:.0f} of 100{after}"
    reasons: dict[str, int] = {}
    for rule in meta.unjudged:
        reasons[rule.reason] = reasons.get(rule.reason, 0) + 1
    for why, number in sorted(reasons.items()):
        yield paint(f"{count(number, 'rule')} not judged: {clean(why)}", "2")


def _paint(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if text else ""


def _plain(text: str, code: str) -> str:  # noqa: ARG001 - as `_paint`
    return text
