"""An audit and its findings as one HTML page that needs nothing else: no network, no server."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from uc_guard.model.finding import SEVERITIES
from uc_guard.model.reasons import HELD
from uc_guard.plan.render import render_inverse, render_sql
from uc_guard.report.html import Html, element, lines, prose, together
from uc_guard.report.page_agents import agent_pages, agents_page, holdings_page, pictures
from uc_guard.report.page_findings import findings_page, first_findings
from uc_guard.report.page_parts import bar, copied, figure, index, legend, notes, say_index, strong
from uc_guard.report.summary import say_effect, say_gaps, summarize
from uc_guard.report.wording import count, names_of, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from uc_guard.model.finding import Finding
    from uc_guard.model.lint import LintMeta
    from uc_guard.model.plan import Row
    from uc_guard.pipeline import Audit
    from uc_guard.report.summary import Summary

ROOM_FOR_SQL = 400_000
"""Characters of a script that is shown."""

_CSP = "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'"


def render_page(found: Audit | None, findings: Sequence[Finding], meta: LintMeta) -> str:
    """Give an audit and its findings as a page.

    Args:
        found: The audit; None where only files were linted.
        findings: All of them: what does not count is shown with its reason.
        meta: What was linted.
    """
    summary = None if found is None else summarize(found)
    names = {**(names_of(found.snapshot).shown if found else {}), **dict(meta.names)}
    parts = list(_parts(found, summary, findings, meta, names))
    main = element("main", *(_part(*part) for part in parts), id="main", tabindex="-1")
    top = [(name, title) for name, title, _ in parts if not name.startswith("agent-")]
    body = element(
        "body",
        element("a", "Skip to the content", href="#main", class_="skip"),
        _header(top, summary, meta),
        main,
        element("footer", element("p", f"uc_guard {meta.version} · judged on {meta.today}"), role="contentinfo"),
        element("script", Html(_file("page.js"))),
    )
    return f"<!doctype html>\n{element('html', _head(), body, lang='en').text}\n"


def _head() -> Html:
    style, script = _file("page.css"), _file("page.js")
    policy = _CSP.format(_digest(style), _digest(script))
    return element(
        "head",
        element("meta", charset="utf-8"),
        # SAFETY: the second wall behind the escaping: whatever got in could neither run nor call home.
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", "uc_guard report"),
        element("style", Html(style)),
    )


def _header(top: Sequence[tuple[str, str]], summary: Summary | None, meta: LintMeta) -> Html:
    links = (element("li", element("a", title, href=f"#{name}")) for name, title in top)
    window = ", ".join(meta.inputs) if summary is None else f"{summary.since} to {summary.until}"
    return element(
        "header",
        element("div", element("span", "uc_guard", class_="brand"), element("span", window, class_="soft window")),
        element("nav", element("ul", *links), aria_label="Parts of the report"),
        element("button", "Dark", type="button", id="theme", aria_label="Switch to dark colours"),
        role="banner",
    )


def _part(name: str, title: str, inside: Html) -> Html:
    heading = element("h2", title, id=f"{name}-title", tabindex="-1")
    back: list[Html] = []
    if name.startswith("agent-"):
        back.append(element("p", element("a", "← All agents", href="#agents"), class_="back"))
    return element("section", *back, heading, inside, id=name, data_page="", aria_labelledby=f"{name}-title")


def _parts(
    found: Audit | None,
    summary: Summary | None,
    findings: Sequence[Finding],
    meta: LintMeta,
    names: Mapping[str, str],
) -> Iterator[tuple[str, str, Html]]:
    yield "overview", "Overview", together(_overview(found, summary, findings, meta), "\n")
    yield "findings", "Findings", findings_page(findings, names)
    if found is not None and summary is not None:
        yield "agents", "Agents", agents_page(found, summary)
        yield "holdings", "Holdings", holdings_page(found, names)
        yield "plan", "Plan", together(_plan(found, summary), "\n")
    yield "about", "About", together(_about(summary, meta), "\n")
    if found is not None and summary is not None:
        yield from agent_pages(found, summary, findings)


# -- the first page ------------------------------------------------------------------------------------------------


def _overview(
    found: Audit | None, summary: Summary | None, findings: Sequence[Finding], meta: LintMeta
) -> Iterator[Html]:
    if found is not None and summary is not None:
        yield from _headline(found, summary)
    else:
        number = dict(meta.counts).get("open", 0)
        yield element("p", count(number, "open finding") if number else "Nothing is open", class_="head")
    if meta.failed:
        yield element("p", element("span", "fails", class_="pill bad"), f" {'; '.join(meta.failed)}.", class_="fails")
    yield element("dl", *_figures(summary, meta), class_="figures")
    if summary is not None:
        yield element("h3", "Held versus used")
        yield element("p", "Privileges on single securables, the agents with most to remove first.", class_="soft")
        yield legend(summary.totals)
        yield pictures(summary)
    yield element("h3", "What to mend first")
    yield first_findings(findings)


def _headline(found: Audit, summary: Summary) -> Iterator[Html]:
    totals = summary.totals
    over = sum(agent.state != "clean" for agent in summary.agents)
    agents = count(len(summary.agents), "agent")
    head = (
        f"{over:,} of {agents} hold{'s' * (over == 1)} more than needed" if over else f"{agents}, none holds too much"
    )
    yield element("p", head, class_="head")
    if not found.verdict.ok:
        yield element("p", element("span", "do not run the plan", class_="pill bad"), f" {summary.verified}.")
    elif totals.removable:
        now = strong(f"{totals.removable:,} of {totals.held:,} privileges")
        yield element("p", now, f" can go now: {summary.verified}.", class_="lead")
    else:
        yield element("p", "Nothing can be taken away now.", class_="lead")
    yield bar(totals)


def _figures(summary: Summary | None, meta: LintMeta) -> Iterator[Html]:
    severities = dict(meta.severities)
    number = sum(severities.values())
    told = ", ".join(f"{severities[word]:,} {word}" for word in reversed(SEVERITIES) if severities.get(word))
    yield figure("Open findings", f"{number:,}", told or "none")
    estate = next((each for each in meta.creep if each.principal is None), None)
    if estate is not None:
        yield figure("Creep index", index(estate.now, estate.after), "of 100, before and after the plan")
    if summary is None:
        return
    totals = summary.totals
    yield figure("Privileges held", f"{totals.held:,}", f"{totals.used:,} used, {totals.after:,} after the plan")
    bare = sum(agent.columns.open for agent in summary.agents)
    idle = sum(agent.columns.open_idle for agent in summary.agents)
    yield figure("Sensitive, unmasked", f"{bare:,}", f"{'column' if bare == 1 else 'columns'}, {idle:,} never used")
    known = "-" if totals.understood is None else percent(totals.understood)
    yield figure("Log understood", known, f"of {count(totals.statements, 'statement')} in {count(summary.days, 'day')}")


# -- the plan ------------------------------------------------------------------------------------------------------


def _plan(found: Audit, summary: Summary) -> Iterator[Html]:
    plan, totals = found.plan, summary.totals
    if plan.statements or plan.memberships:
        held = f"{totals.held:,} → {totals.after:,} privileges held, of which {totals.may:,} are or may be needed"
        yield element("p", f"{say_effect(found, summary)}; {held}.", class_="lead")
        mark = element("span", *(("verified",) if found.verdict.ok else ("refused",)),
                       class_="pill clean" if found.verdict.ok else "pill bad")  # fmt: skip
        smallest = "Proved smallest." if plan.optimal else "Not proved smallest."
        gaps = say_gaps(plan)
        yield element("p", mark, f" {summary.verified}. {smallest}" + (f" {gaps}." if gaps else ""))
        yield notes(plan.warnings)
        yield copied("the plan", _script(render_sql(plan)), "plan-sql")
        undo = copied("the inverse", _script(render_inverse(plan)), "plan-undo")
        yield element("details", element("summary", "What undoes it"), undo, class_="block")
    else:
        yield element("p", "Empty: nothing can be taken away now.", class_="lead")
    yield from _left(found)


def _script(text: str) -> Html:
    if len(text) > ROOM_FOR_SQL:
        shown = text[:ROOM_FOR_SQL].rpartition("\n\n")[0]
        more = text.count("\n") - shown.count("\n")
        text = f"{shown}\n\n-- and {more:,} more lines: `uc-guard plan` writes them all"
    return lines(text)


def _left(found: Audit) -> Iterator[Html]:
    held: dict[str, set[Row | str]] = {}
    for each in found.plan.held:
        held.setdefault(each.reason, set()).add(each.row or each.subject)
    if not held:
        return
    yield element("h3", "Left alone, and why")
    told: list[Html] = []
    for reason, those in sorted(held.items(), key=lambda item: (-len(item[1]), item[0])):
        agents = sum(isinstance(each, str) for each in those)
        number = count(agents, "agent") if agents else count(len(those), "row")
        meaning = HELD[reason].meaning if reason in HELD else "see the plan's `held`."
        told.append(element("div", element("dt", strong(reason), f" {number}"), element("dd", prose(meaning))))
    yield element("dl", *told, class_="reasons")


# -- about it ------------------------------------------------------------------------------------------------------


def _about(summary: Summary | None, meta: LintMeta) -> Iterator[Html]:
    told = [*meta.notes]
    if summary is not None:
        told = list(dict.fromkeys([*summary.missing, *summary.notes, *told]))
    if told:
        yield element("h3", "The input")
        yield notes(told, 40)
    if meta.unjudged:
        yield element("h3", "Rules that could not be judged")
        because: dict[str, list[str]] = {}
        for each in meta.unjudged:
            because.setdefault(each.reason, []).append(f"`{each.code}`")
        yield notes((f"{', '.join(codes)}: {reason}" for reason, codes in because.items()), 60)
    yield element("h3", "The findings")
    counts = (f"{number:,} {state}" for state, number in meta.counts)
    yield element("p", f"{', '.join(counts)}; {count(len(meta.rules), 'rule')} judged, {meta.fail_on} or above fails.")
    if meta.creep:
        now = next(say_index(each.now) for each in meta.creep)
        formula = "100 \N{MULTIPLICATION SIGN} unused / (held + 20), in points"
        points = "what can do more harm counts more, and what is sensitive 4 times"
        yield element("h3", "The creep index")
        yield element("p", f"{formula}: {points}. 0 means that all that is held is needed; here it is {now}.")


@cache
def _file(name: str) -> str:
    return (files("uc_guard.report") / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()
