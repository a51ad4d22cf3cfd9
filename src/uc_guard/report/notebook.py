"""What an audit shows in a notebook: one piece of HTML that needs nothing else."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING

from uc_guard.model.reasons import HELD
from uc_guard.plan.render import render_sql
from uc_guard.report.detail import details
from uc_guard.report.html import Html, element, lines, prose, together
from uc_guard.report.summary import say_effect, say_gaps, summarize
from uc_guard.report.wording import LONGEST_NAME, clean, count, percent, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from uc_guard.model.plan import Row
    from uc_guard.pipeline import Audit
    from uc_guard.report.detail import Detail, Listing
    from uc_guard.report.sensitive import ColumnCounts
    from uc_guard.report.summary import AgentLine, Summary, Totals

MOST_LINES = 300
"""Agents in the table; the others are one line together."""

MOST_DETAILS = 100
"""Agents with details."""

ROOM_FOR_DETAILS = 350_000
"""Characters of all details together: a notebook keeps its outputs, and has to stay light."""

ROOM_FOR_SQL = 150_000
"""Characters of the SQL that is shown."""

MOST_SENTENCES = 8

_BOX = ":is(.ucg,#ucg)"
_COLUMNS = ("held", "used", "may", "removable", "after")
_CLASSES = {"gives": "n", "needed": "n", "uses": "n", "last": "d"}
_SHARES = {
    "used": "used",
    "may": "perhaps used",
    "kept": "not needed, left alone",
    "gone": "not needed, removable",
}


def render_notebook(found: Audit) -> str:
    """Give an audit as HTML for a notebook: no script, no network, light and dark."""
    summary = summarize(found)
    body = together(
        [
            Html(f"<style>{style()}</style>"),
            *_headline(found, summary),
            _agents(summary),
            _part("Agents one by one"),
            *_details(found, summary),
            *_plan(found, summary),
            *_input(summary),
        ],
        "\n",
    )
    return element("section", body, class_="ucg", lang="en", aria_label="uc_guard audit").text


# -- the first three seconds ---------------------------------------------------------------------------------------


def _headline(found: Audit, summary: Summary) -> Iterator[Html]:
    totals = summary.totals
    known = "" if totals.understood is None else f", {percent(totals.understood)} understood"
    window = f"{summary.since} to {summary.until} ({count(summary.days, 'day')})"
    yield element("p", f"uc_guard audit · {window} · {count(totals.statements, 'statement')}{known}", class_="over")
    over = sum(agent.state != "clean" for agent in summary.agents)
    agents = count(len(summary.agents), "agent")
    head = (
        f"{over:,} of {agents} hold{'s' * (over == 1)} more than needed" if over else f"{agents}, none holds too much"
    )
    yield element("p", head, class_="head", role="heading", aria_level="3")
    yield element("p", *_verdict(found, summary))
    if summary.sensitive:
        yield element("p", f"{summary.sensitive}.")
    yield _bar(totals, "bar big")
    yield _legend(totals)


def _verdict(found: Audit, summary: Summary) -> Iterator[Html | str]:
    totals = summary.totals
    if not found.verdict.ok:
        yield element("span", "do not run", class_="state bad")
        yield f" {summary.verified}."
    elif totals.removable:
        yield element("span", f"{totals.removable:,} of {totals.held:,} privileges", class_="strong")
        yield f" can go now: {summary.verified}."
    elif found.plan.statements or found.plan.memberships:
        yield f"Nothing that is held gets less, but rows that give nothing can go: {summary.verified}."
    else:
        yield "Nothing can be taken away now."


def _shares(totals: Totals | AgentLine) -> dict[str, int]:
    """Split what is held by what becomes of it."""
    # What stays beyond need is the rest: after a plan that also grants, `after` may be more than `held`.
    kept = max(totals.held - totals.may - totals.removable, 0)
    return {"used": totals.used, "may": totals.may - totals.used, "kept": kept, "gone": totals.removable}


def _bar(totals: Totals | AgentLine, class_: str = "bar") -> Html:
    shares = _shares(totals)
    whole = sum(shares.values())
    parts = [
        element("span", class_=name, style=f"width:{number / whole:.2%}") for name, number in shares.items() if number
    ]
    said = f"{totals.used:,} of {totals.held:,} held were used" if whole else "nothing held"
    return element("div", *parts, class_=class_, role="img", aria_label=said)


def _legend(totals: Totals) -> Html:
    items = (
        element("li", f"{number:,} {_SHARES[name]}", style=f"--key:var(--{name})")
        for name, number in _shares(totals).items()
        if number
    )
    return element("ul", *items, class_="legend")


# -- a line for each agent -----------------------------------------------------------------------------------------


def _agents(summary: Summary) -> Html:
    shown, rest = summary.agents[:MOST_LINES], summary.agents[MOST_LINES:]
    heads = [_head("agent"), _head("state"), _head("used of held", "share")]
    heads += [_head(name, "n") for name in (*_COLUMNS, "understood")]
    rows = [_agent(agent) for agent in shown]
    if rest:
        rows.append(_rest(rest))
    return element(
        "table",
        element("caption", "Privileges on single securables, those with most to remove first"),
        element("thead", element("tr", *heads)),
        element("tbody", together(rows, "\n")),
        class_="agents",
    )


def _agent(agent: AgentLine) -> Html:
    numbers = (getattr(agent, name) for name in _COLUMNS)
    known = "-" if agent.understood is None else percent(agent.understood)
    return element(
        "tr",
        element("th", _name(agent), scope="row"),
        element("td", _state(agent.state)),
        element("td", _bar(agent), class_="share"),
        *(_number(n, strong=name == "removable" and n > 0) for name, n in zip(_COLUMNS, numbers, strict=True)),
        element("td", known, class_="n"),
    )


def _rest(agents: tuple[AgentLine, ...]) -> Html:
    sums = (sum(getattr(agent, name) for agent in agents) for name in _COLUMNS)
    return element(
        "tr",
        element("th", prose(f"and {count(len(agents), 'more agent')}: see `audit.ledger`"), scope="row", colspan="3"),
        *(_number(n) for n in sums),
        element("td", "", class_="n"),
    )


def _name(agent: AgentLine) -> str:
    return shorten(clean(agent.name), LONGEST_NAME)


def _state(state: str) -> Html:
    return element("span", {"held": "left alone"}.get(state, state), class_=f"state {state}")


def _number(number: int, *, strong: bool = False) -> Html:
    return element("td", f"{number:,}", class_="n strong" if strong else "n")


def _head(text: str, class_: str = "") -> Html:
    return element("th", text, scope="col", **({"class_": class_} if class_ else {}))


# -- one agent -----------------------------------------------------------------------------------------------------


def _details(found: Audit, summary: Summary) -> Iterator[Html]:
    room, shown = ROOM_FOR_DETAILS, 0
    for detail in islice(details(found, summary.agents[:MOST_DETAILS]), MOST_DETAILS):
        shape = _detail(detail)
        room -= len(shape.text)
        if room < 0:
            break
        shown += 1
        yield shape
    if more := len(summary.agents) - shown:
        told = f"and {count(more, 'more agent')}: `audit.holdings` and its sisters have all"
        yield element("p", prose(told), class_="soft")


def _detail(detail: Detail) -> Html:
    agent, columns = detail.line, detail.line.columns
    told = f"{agent.removable:,} of {agent.held:,} removable" if agent.removable else f"{agent.held:,} held"
    seen = f" · {count(columns.open, 'sensitive column')} unmasked" if columns.open else ""
    idle, held, short = detail.idle, detail.held, detail.short
    return element(
        "details",
        element("summary", element("span", _name(agent), class_="strong"), " ", _state(agent.state),
                element("span", f" {told}{seen}", class_="soft")),
        element(
            "div",
            element("p", " ".join(detail.activity), element("span", f" {agent.principal}", class_="soft")),
            _sentences(agent.notes),
            _columns(columns),
            _listing("Holds most beyond need", idle),
            _listing("Left alone although nothing surely needs it", held),
            _listing("Lacks what it asked for", short),
            class_="inside",
        ),
    )  # fmt: skip


def _columns(columns: ColumnCounts) -> Html:
    if not columns.readable:
        return Html("")
    items = (
        element("li", element("span", f"{number:,}", class_="strong"), f" {name}")
        for name, number in columns.figures.items()
    )
    told = element("p", columns.unmasked, class_="soft") if columns.unmasked else Html("")
    title = element("p", "Sensitive columns", class_="caption")
    return together([title, element("ul", *items, class_="figures"), told])


def _listing(title: str, listing: Listing) -> Html:
    if not listing.rows:
        return Html("")
    classes = [_CLASSES.get(head, "") for head in listing.heads]
    rows = [element("tr", *(_cell(text, c) for text, c in zip(row, classes, strict=True))) for row in listing.rows]
    if listing.more:
        rows.append(
            element("tr", element("td", f"and {listing.more:,} more", colspan=str(len(classes)), class_="soft"))
        )
    heads = (_head(head, c) for head, c in zip(listing.heads, classes, strict=True))
    return element("table", element("caption", title), element("thead", element("tr", *heads)), element("tbody", *rows))


def _cell(text: str, class_: str) -> Html:
    return element("td", prose(text), **({"class_": class_} if class_ else {}))


# -- the plan, and the input ---------------------------------------------------------------------------------------


def _plan(found: Audit, summary: Summary) -> Iterator[Html]:
    plan, totals = found.plan, summary.totals
    yield _part("The plan")
    if plan.statements or plan.memberships:
        held = f"{totals.held:,} → {totals.after:,} privileges held, of which {totals.may:,} are or may be needed"
        yield element("p", f"{say_effect(found, summary)}; {held}.")
        yield _proofs(found, summary)
        yield element("details", element("summary", "The SQL"), _sql(found))
    else:
        yield element("p", "Empty: nothing can be taken away now.")
    yield from _held(found)


def _held(found: Audit) -> Iterator[Html]:
    held: dict[str, set[Row | str]] = {}
    for each in found.plan.held:
        held.setdefault(each.reason, set()).add(each.row or each.subject)
    if not held:
        return
    told: list[Html] = []
    for reason, those in sorted(held.items(), key=lambda item: (-len(item[1]), item[0])):
        agents = sum(isinstance(each, str) for each in those)
        number = count(agents, "agent") if agents else count(len(those), "row")
        told.append(element("li", element("span", f"{reason}, {number}: ", class_="strong"), prose(_meaning(reason))))
    title = element("summary", "What is left alone, and why")
    yield element("details", title, element("div", element("ul", *told, class_="notes"), class_="inside"))


def _proofs(found: Audit, summary: Summary) -> Html:
    ok, plan = found.verdict.ok, found.plan
    told: list[Html | str] = [
        _mark("verified" if ok else "refused", "clean" if ok else "bad"),
        f" {summary.verified}. ",
    ]
    told.append("Proved smallest." if plan.optimal else "Not proved smallest.")
    if sentence := say_gaps(plan):
        told.append(f" {sentence}.")
    return element("p", *told)


def _mark(text: str, class_: str) -> Html:
    return element("span", text, class_=f"state {class_}")


def _sql(found: Audit) -> Html:
    text = render_sql(found.plan)
    if len(text) > ROOM_FOR_SQL:
        shown = text[:ROOM_FOR_SQL].rpartition("\n\n")[0]
        more = text.count("\n") - shown.count("\n")
        text = f"{shown}\n\n-- and {more:,} more lines: `uc-guard plan` writes them all"
    return element("pre", lines(text), tabindex="0", aria_label="SQL of the plan")


def _meaning(reason: str) -> str:
    return HELD[reason].meaning if reason in HELD else "see the plan's `held`."


def _input(summary: Summary) -> Iterator[Html]:
    told = (*summary.missing, *summary.notes)
    if told:
        yield _part("About the input")
        yield _sentences(told)


def _part(title: str) -> Html:
    return element("p", title, class_="part", role="heading", aria_level="4")


def _sentences(sentences: Iterable[str]) -> Html:
    told = list(sentences)
    if not told:
        return Html("")
    items = [element("li", prose(sentence)) for sentence in told[:MOST_SENTENCES]]
    if len(told) > MOST_SENTENCES:
        items.append(element("li", f"and {len(told) - MOST_SENTENCES:,} more"))
    return element("ul", *items, class_="notes")


# -- how it looks --------------------------------------------------------------------------------------------------


@cache
def style() -> str:
    """Give the style sheet, with the two palettes filled in and every rule bound to the audit's box."""
    text = (files("uc_guard.report") / "notebook.css").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    light = " ".join(re.findall(r"--[\w-]+: #\w+;", text))
    return (
        re.sub(r"\s+", " ", text.replace("@dark", _DARK).replace("@light", f"{light} color-scheme: light;"))
        .replace("&", _BOX)
        .strip()
    )


_DARK = (
    "--bg: #15191e; --fg: #e5ebf1; --soft: #a3b1bf; --line: #323b45; --shade: #1e242b; --link: #7cb8f2; "
    "--used: #5ba4ea; --may: #3f7bb0; --kept: #9079c2; --gone: #eb9a3c; --clean-bg: #153823; --clean-fg: #94dcae; "
    "--held-bg: #33244f; --held-fg: #cfb9f5; --reducible-bg: #482f0c; --reducible-fg: #f8c98a; --bad-bg: #51201b; "
    "--bad-fg: #f9b4ab; color-scheme: dark;"
)
