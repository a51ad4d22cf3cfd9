"""Findings as one comment on a pull request, in the Markdown of GitHub, to be replaced at each run."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from uc_guard.model.finding import SEVERITIES
from uc_guard.report.complaint import fails, message, open_first, reason, where, whole
from uc_guard.report.wording import clean, count, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from uc_guard.model.finding import Finding
    from uc_guard.model.lint import LintMeta

MARKER = "<!-- uc-guard lint -->"
"""The first line of a comment, by which the next run finds the one to replace."""

ROOM = 65_536
"""Bytes of one comment; GitHub refuses a longer one."""

MOST_ROWS = 50
"""Findings in the first table."""

_ROOM_FOR_TABLE = 16_000
_ROOM_FOR_QUIET = 17_000
_LONGEST = 400
_MOST_NOTES = 5
_FEW = 3
_MARKS = re.compile(r"([\\`*_{}\[\]()<>#!|~&$^])")
_AT_START = re.compile(r"^(\s*)(?:([-+=])|(\d+)(?=[.)](?:\s|$)))")
_SEEN_LATER = re.compile(r"([@#](?=\w)|:(?=//)|:(?=(?:[A-Za-z_+-][\w+-]*|100|1234):))")
_NAME = re.compile(r"`([^`]+)`")
_STATES = {"baseline": "known before", "exempt": "exempted", "ignored": "ignored"}
_SIGNS = {"critical": "🟥", "high": "🟧", "medium": "🟨", "low": "🟦", "info": "⬜"}


def render_comment(findings: Sequence[Finding], meta: LintMeta) -> str:
    """Give findings as a comment: new ones first, details folded, never longer than GitHub takes."""
    shown = [finding for finding in open_first(findings) if finding.state == "open"]
    quiet = [finding for finding in findings if finding.state != "open"]
    end = [*_notes(meta), f"<sub>uc_guard {_text(meta.version)}, {_text(meta.today)}</sub>"]
    room = ROOM - sum(len(part.encode()) + 2 for part in end)
    parts = [MARKER, *_head(shown, meta), *_open(shown)]
    parts, told = _within(parts, _details(shown, meta), room - _ROOM_FOR_QUIET * bool(quiet or meta.fixed))
    if left := len(shown) - told:
        parts.append(f"<p>Details of {left:,} more: the JSON and SARIF outputs have all.</p>")
    return "\n\n".join([*parts, *_quiet(quiet, meta), *end]) + "\n"


def _within(parts: Sequence[str], more: Iterable[str], room: int) -> tuple[list[str], int]:
    """Add parts for as long as there is room; give them all, and the number added."""
    kept, added = list(parts), 0
    used = sum(len(part.encode()) + 2 for part in kept)
    for part in more:
        used += len(part.encode()) + 2
        if used > room:
            break
        kept.append(part)
        added += 1
    return kept, added


# -- the first three seconds ---------------------------------------------------------------------------------------


def _head(shown: Sequence[Finding], meta: LintMeta) -> Iterator[str]:
    bad = sum(fails(finding, meta) for finding in shown)
    if meta.failed:
        yield f"### ❌ uc_guard: {count(bad, 'finding')} to mend" if bad else "### ❌ uc_guard: this does not pass"
        yield f"Fails: {'; '.join(_text(sentence, 200) for sentence in meta.failed[:3])}."
    else:
        more = f", {count(len(shown), 'finding')} below {meta.fail_on}" if shown else ", nothing found"
        yield f"### ✅ uc_guard: passes{more}"
    if summary := _summary(meta):
        yield summary
    yield from _creep(meta)


def _summary(meta: LintMeta) -> str:
    severities = dict(meta.severities)
    cells = [(f"{_SIGNS[name]} {name}", severities[name]) for name in reversed(SEVERITIES) if severities.get(name)]
    cells += [(_STATES.get(name, name), number) for name, number in meta.counts if number and name != "open"]
    if not cells:
        return ""
    rows = (" | ".join(name for name, _ in cells), "---:|" * len(cells), " | ".join(f"{n:,}" for _, n in cells))
    return f"| {rows[0]} |\n|{rows[1]}\n| {rows[2]} |"


def _creep(meta: LintMeta) -> Iterator[str]:
    for estate in (each for each in meta.creep if each.principal is None):
        after = "" if estate.after is None else f", **{estate.after:.0f}** once the plan has run"
        yield f"Privilege creep index: **{estate.now:.0f}** of 100{after}."


def _open(shown: Sequence[Finding]) -> Iterator[str]:
    rows = [
        f"| {_SIGNS[f.rule.severity]} {f.rule.severity} | {_code(where(f), 120)} | {_text(message(f), 200)} | "
        f"{_code(f.rule.code)} |"
        for f in shown[:MOST_ROWS]
    ]
    if rows:
        yield _table("| | where | what | rule |", rows, len(shown))


def _table(head: str, rows: Sequence[str], every: int) -> str:
    """Give a table of as many rows as there is room for, and say how many there are beyond."""
    columns = head.count("|") - 1
    lines, shown = _within([head, "|" + "---|" * columns], rows, _ROOM_FOR_TABLE)
    if left := every - shown:
        lines.append(f"| | and {left:,} more |" + " |" * (columns - 2))
    return "\n".join(lines)


# -- one finding ---------------------------------------------------------------------------------------------------


def _details(shown: Sequence[Finding], meta: LintMeta) -> Iterator[str]:
    for finding in shown:
        place, rule = where(finding), finding.rule
        title = " · ".join(part for part in (f"{rule.code} {rule.name}", place) if part)
        told = [_text(message(finding))]
        if finding.place is not None and finding.place.source:
            told.append(_block(finding.place.source, "sql" if finding.place.path.endswith(".sql") else ""))
        if finding.remedy:
            told.append(f"**To mend it**\n\n{_block(finding.remedy, 'sql')}")
        if rule.fix and not finding.remedy:
            told.append(f"**To mend it**: {_text(rule.fix.replace('**', ''))}")
        if rule.why:
            told.append(f"**Why**: {_text(rule.why.replace('**', ''))}")
        few = len(shown) <= _FEW
        yield _folded(title, "\n\n".join(told), unfolded=few and fails(finding, meta))


def _quiet(quiet: Sequence[Finding], meta: LintMeta) -> Iterator[str]:
    """Tell what does not count, and what the baseline has and nobody finds any more."""
    rows = [
        f"| {_code(f.rule.code)} | {_code(where(f), 120)} | {_text(message(f), 200)} | {_text(reason(f), 200)} |"
        for f in quiet[:MOST_ROWS]
    ]
    if rows:
        table = _table("| rule | where | what | why not |", rows, len(quiet))
        yield _folded(f"{count(len(quiet), 'finding')} not counted", table)
    if meta.fixed:
        was = "is" if len(meta.fixed) == 1 else "are"
        yield f"{count(len(meta.fixed), 'finding')} of the baseline {was} mended and can leave it."


def _notes(meta: LintMeta) -> Iterator[str]:
    told = [*meta.notes, *(f"{each.code} was not judged: {each.reason}" for each in meta.unjudged)]
    if told:
        rows = [f"- {_text(note, 200)}" for note in told[:_MOST_NOTES]]
        if len(told) > _MOST_NOTES:
            rows.append(f"- and {len(told) - _MOST_NOTES:,} more: the JSON output has all")
        yield _folded(f"{count(len(told), 'note')} about the input", "\n".join(rows))


def _folded(title: str, inside: str, *, unfolded: bool = False) -> str:
    return f"<details{' open' * unfolded}><summary>{_html(title)}</summary>\n\n{inside}\n\n</details>"


# -- making text harmless ------------------------------------------------------------------------------------------


def _text(text: str, most: int = _LONGEST) -> str:
    """Give a sentence with the names in its backticks as code; nothing else in it comes to life."""
    # Every other part stood between backticks.
    parts = _NAME.split(shorten(clean(" ".join(text.split())), most))
    told = "".join(_code(part) if number % 2 else _plain(part) for number, part in enumerate(parts))
    return _AT_START.sub(lambda at: f"{at[1]}\\{at[2]}" if at[2] else f"{at[1]}{at[3]}\N{WORD JOINER}", told)


def _plain(text: str) -> str:
    # SAFETY: messages name what anybody may name. GitHub looks for mentions and links after it has read the Markdown,
    # so a backslash is not enough for them: an invisible joiner is.
    broken = _SEEN_LATER.sub("\\1\N{WORD JOINER}", _MARKS.sub(r"\\\1", text))
    return re.sub(r"(?i)\b(www|gh)(?=[.\\-])", "\\1\N{WORD JOINER}", broken)


def _code(text: str, most: int = _LONGEST) -> str:
    """Give text as code within a line, in a table too."""
    plain = shorten(clean(text), most)
    if not plain.strip():
        return ""
    fence = "`" * (_longest_run(plain) + 1)
    pad = " " if plain[0] in "` " or plain[-1] in "` " else ""
    return f"{fence}{pad}{plain}{pad}{fence}".replace("\\", "\\\\" if "|" in plain else "\\").replace("|", "\\|")


def _block(text: str, language: str) -> str:
    """Give text as a block of code that nothing in it can end."""
    told = shorten(whole(text), 2_000)
    fence = "`" * max(_longest_run(told) + 1, 3)
    return f"{fence}{language}\n{told}\n{fence}"


def _html(text: str) -> str:
    """Give text inside an HTML element, where Markdown is not read but mentions are found."""
    plain = shorten(clean(text), _LONGEST)
    return html.escape(_SEEN_LATER.sub("\\1\N{WORD JOINER}", plain))


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
