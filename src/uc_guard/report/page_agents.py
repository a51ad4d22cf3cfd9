"""The agents in the HTML report: a table of all, a page for each, and what they hold row by row."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import polars as pl

from uc_guard.model.privilege import spoken
from uc_guard.report.detail import details
from uc_guard.report.html import Html, element, prose, together
from uc_guard.report.page_findings import findings_of
from uc_guard.report.page_parts import (
    Cell,
    Column,
    bar,
    filters,
    index,
    legend,
    notes,
    numeral,
    row,
    say_index,
    state,
    strong,
    table,
)
from uc_guard.report.summary import say_way
from uc_guard.report.wording import LONGEST_NAME, clean, count, day, names_of, percent, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from uc_guard.model.finding import Finding
    from uc_guard.pipeline import Audit
    from uc_guard.report.detail import Detail, Listing
    from uc_guard.report.sensitive import ColumnCounts
    from uc_guard.report.summary import AgentLine, Summary

MOST_AGENTS = 1_000
"""Agents in the table."""

MOST_PAGES = 150
"""Agents with a page of their own."""

MOST_HOLDINGS = 1_500
"""Rows of holdings, those that give most beyond need first."""

_AGENTS = (
    Column("Agent", wide=True), Column("State"), Column("Creep index", number=True), Column("Held", number=True),
    Column("Used", number=True), Column("Removable", number=True), Column("Held after", number=True),
    Column("Statements", number=True), Column("Understood", number=True),
)  # fmt: skip
_HOLDINGS = (
    Column("Holds", wide=True), Column("Agent"), Column("How"), Column("Gives", number=True),
    Column("Needed", number=True), Column("Last use", whole=True), Column("Verdict", whole=True),
)  # fmt: skip
_NUMBERS = frozenset({"gives", "needed", "uses"})
_VERDICTS = {"used": "used", "held": "perhaps used", "unused": "unused", "unknown": "not known"}


def anchor(number: int) -> str:
    """Give the id of the page of an agent."""
    return f"agent-{number + 1}"


def pictures(summary: Summary, most: int = 12) -> Html:
    """Give the picture of held versus used: a bar for each agent, as long as it holds much."""
    longest = max((agent.held for agent in summary.agents), default=0)
    rows = [
        element(
            "li",
            element("a", _name(agent), href=f"#{anchor(number)}"),
            bar(agent, longest),
            element("span", f"{agent.held:,}", class_="n"),
        )
        for number, agent in enumerate(summary.agents[:most])
    ]
    if len(summary.agents) > most:
        left = count(len(summary.agents) - most, "more agent")
        rows.append(element("li", element("a", f"and {left}", href="#agents")))
    return element("ul", *rows, class_="pictures")


def agents_page(found: Audit, summary: Summary) -> Html:
    """Give the table of agents."""
    creep = {row["principal"]: row for row in found.creep.iter_rows(named=True)}
    shown = summary.agents[:MOST_AGENTS]
    words = [(word, label) for word, label in (("reducible", "reducible"), ("held", "left alone"), ("clean", "clean"))]
    chosen = [("state", "State", [pair for pair in words if any(a.state == pair[0] for a in shown)], "")]
    rows = (_agent(agent, number, creep[agent.principal]) for number, agent in enumerate(shown))
    told = table("agents-table", _AGENTS, rows, about="Agents", more=len(summary.agents) - len(shown))
    return together([filters("agents-table", chosen), told])


def _agent(agent: AgentLine, number: int, creep: dict[str, Any]) -> Html:
    name: Html | str = _name(agent)
    if number < MOST_PAGES:
        name = element("a", name, href=f"#{anchor(number)}")
    known = Cell("-", "-1") if agent.understood is None else numeral(agent.understood, percent(agent.understood))
    before, after = creep["index_before"], creep["index_after"]
    cells = (
        Cell(name, agent.name.casefold()),
        Cell(state(agent.state)),
        Cell(index(before, after), f"{before:.6f}"),
        numeral(agent.held),
        numeral(agent.used),
        Cell(strong(f"{agent.removable:,}") if agent.removable else "0", f"{agent.removable}"),
        numeral(agent.after),
        numeral(agent.statements),
        known,
    )
    return row(_AGENTS, cells, data_state=agent.state)


# -- one agent -----------------------------------------------------------------------------------------------------


def agent_pages(found: Audit, summary: Summary, findings: Sequence[Finding]) -> Iterator[tuple[str, str, Html]]:
    """Give the id, the title and the content of the page of each agent."""
    creep = {row["principal"]: row for row in found.creep.iter_rows(named=True)}
    shown = summary.agents[:MOST_PAGES]
    for number, detail in enumerate(islice(details(found, shown), MOST_PAGES)):
        agent = detail.line
        yield anchor(number), _name(agent), _page(detail, creep[agent.principal], findings)


def _page(detail: Detail, creep: dict[str, Any], findings: Sequence[Finding]) -> Html:
    agent = detail.line
    figures = [
        ("held", f"{agent.held:,}"),
        ("surely used", f"{agent.used:,}"),
        ("removable now", f"{agent.removable:,}"),
        ("held after the plan", f"{agent.after:,}"),
        ("creep index", say_index(creep["index_before"])),
        ("index after the plan", say_index(creep["index_after"])),
    ]
    told = (element("div", element("dt", name), element("dd", value)) for name, value in figures)
    return together(
        [
            element("p", state(agent.state), " ", element("code", agent.principal), class_="who"),
            element("dl", *told, class_="facts"),
            bar(agent),
            legend(agent),
            element("p", " ".join(detail.activity)),
            notes(agent.notes),
            _part("Findings", findings_of(agent.principal, findings)),
            _part("Sensitive columns", _columns(agent.columns)),
            _part("Holds most beyond need", _listing(detail.idle)),
            _part("Left alone although nothing surely needs it", _listing(detail.held)),
            _part("Lacks what it asked for", _listing(detail.short)),
        ],
        "\n",
    )


def _part(title: str, inside: Html) -> Html:
    return together([element("h3", title), inside]) if inside.text else inside


def _columns(columns: ColumnCounts) -> Html:
    if not columns.readable:
        return Html("")
    told = (
        element("div", element("dt", name), element("dd", f"{number:,}")) for name, number in columns.figures.items()
    )
    such = element("p", columns.unmasked, class_="soft") if columns.unmasked else Html("")
    return together([element("dl", *told, class_="facts"), such])


def _listing(listing: Listing) -> Html:
    if not listing.rows:
        return Html("")
    kinds = ["n" if head in _NUMBERS else "d" if head == "last" else "t" for head in listing.heads]
    labels = [head[:1].upper() + head[1:] for head in listing.heads]
    heads = (element("th", label, scope="col", class_=kind) for label, kind in zip(labels, kinds, strict=True))
    rows = [
        element(
            "tr",
            *(
                element("td", prose(text), class_=kind, data_label=label)
                for text, kind, label in zip(each, kinds, labels, strict=True)
            ),
        )
        for each in listing.rows
    ]
    told = [
        element("table", element("thead", element("tr", *heads)), element("tbody", *rows), class_="rows small"),
    ]
    if listing.more:
        told.append(element("p", f"{count(listing.more, 'more row')} in the JSON.", class_="soft more"))
    return together(told)


# -- row by row ----------------------------------------------------------------------------------------------------


def holdings_page(found: Audit, names: Mapping[str, str]) -> Html:
    """Give what the agents hold, those rows first that give most beyond need."""
    frame = found.holdings.sort(
        pl.col("reach") - pl.col("reach_may"), "principal", "securable", "privilege",
        descending=[True, False, False, False],
    )  # fmt: skip
    shown = frame.head(MOST_HOLDINGS)
    words = [(word, _VERDICTS[word]) for word in _VERDICTS if word in shown["verdict"]]
    origins = [(word, word) for word in shown["origin"].unique().sort()]
    known = names_of(found.snapshot)
    rows = (_holding(each, names, say_way(each, known)) for each in shown.iter_rows(named=True))
    told = table("holdings-table", _HOLDINGS, rows, about="Holdings", more=frame.height - shown.height)
    chosen = [("verdict", "Verdict", words, ""), ("origin", "How", origins, "")]
    return together([filters("holdings-table", chosen), told])


def _holding(each: dict[str, Any], names: Mapping[str, str], way: str) -> Html:
    what = "ownership of" if each["privilege"] == "OWNER" else f"{spoken(each['privilege'])} on"
    kind = spoken(each["securable_type"]).lower()
    cells = (
        Cell(together([f"{what} {kind} ", strong(each["securable"])]), f"{each['securable']} {each['privilege']}"),
        Cell(shorten(clean(names.get(each["principal"], each["principal"])), LONGEST_NAME)),
        Cell(way),
        numeral(each["reach"]),
        numeral(each["reach_used"]),
        Cell(day(each["last_at"])),
        Cell(_VERDICTS[each["verdict"]]),
    )
    return row(_HOLDINGS, cells, data_verdict=each["verdict"], data_origin=each["origin"])


def _name(agent: AgentLine) -> str:
    return shorten(clean(agent.name), LONGEST_NAME)
