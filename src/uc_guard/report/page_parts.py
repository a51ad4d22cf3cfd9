"""The pieces that the pages of the HTML report are made of: tables that sort, pills, bars, figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from uc_guard.report.html import Html, element, prose, together
from uc_guard.report.wording import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from uc_guard.report.summary import AgentLine, Totals

SHARES = {
    "used": "used",
    "may": "perhaps used",
    "kept": "not needed, left alone",
    "gone": "not needed, removable",
}
"""What becomes of what is held, in the order of a bar."""

_STATES = {"held": "left alone", "reducible": "reducible", "clean": "clean"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        title: Its head.
        number: Whether it holds numbers: they are set right, and sort from the greatest.
        wide: Whether it takes the room that the others leave.
        whole: Whether its texts stay on one line.
    """

    title: str
    number: bool = False
    wide: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what it shows, and what it sorts by where that is something else."""

    shown: Html | str
    key: str | None = None


def table(name: str, columns: Sequence[Column], rows: Iterable[Html], *, about: str, more: int = 0) -> Html:
    """Give a table whose heads sort it.

    Args:
        name: Its id.
        columns: Its columns.
        rows: What `row` gives.
        about: What it holds, for those who do not see it.
        more: Rows that are left out.
    """
    heads = (
        element(
            "th",
            element("button", column.title, type="button", class_="sort"),
            scope="col",
            class_=_kind(column),
            aria_sort="none",
        )
        for column in columns
    )
    parts = [
        element(
            "table",
            element("caption", about, class_="unseen"),
            element("thead", element("tr", *heads)),
            element("tbody", together(rows, "\n")),
            id=name,
            class_="rows",
        )
    ]
    if more:
        parts.append(element("p", f"{count(more, 'more row')} in the JSON.", class_="soft more"))
    return together(parts)


def row(columns: Sequence[Column], cells: Sequence[Cell], **attributes: str) -> Html:
    """Give a row; the first cell names it."""
    shown: list[Html] = []
    for number, (column, cell) in enumerate(zip(columns, cells, strict=True)):
        told = {"class_": _kind(column), "data_label": column.title}
        if cell.key is not None:
            told["data_key"] = cell.key
        if number == 0:
            shown.append(element("th", cell.shown, scope="row", **told))
        else:
            shown.append(element("td", cell.shown, **told))
    return element("tr", *shown, **attributes)


def numeral(number: float, text: str = "") -> Cell:
    """Give a cell of a number that sorts as one."""
    return Cell(text or f"{number:,}", f"{number:.6f}")


def _kind(column: Column) -> str:
    return "n" if column.number else "w" if column.wide else "d" if column.whole else "t"


def filters(target: str, chosen: Sequence[tuple[str, str, Sequence[tuple[str, str]], str]]) -> Html:
    """Give what filters a table: a search, and for each (name, title, options, first chosen) a choice."""
    parts = [
        element("label", "Search", element("input", type="search", data_filter="text", autocomplete="off")),
    ]
    for name, title, options, first in chosen:
        every = [("", "all"), *options]
        told = (
            element("option", label, value=value, **({"selected": ""} if value == first else {}))
            for value, label in every
        )
        parts.append(element("label", title, element("select", *told, data_filter=name)))
    parts.append(element("output", "", class_="shown", aria_live="polite"))
    return element(
        "form",
        *parts,
        class_="filters",
        data_for=target,
        role="search",
        aria_label=f"Filter the {target.removesuffix('-table')}",
    )


# -- marks ---------------------------------------------------------------------------------------------------------


def state(word: str) -> Html:
    """Give the state of an agent as a pill."""
    return element("span", _STATES.get(word, word), class_=f"pill {word}")


def severity(word: str) -> Html:
    """Give a severity as a pill."""
    return element("span", word, class_=f"pill {word}")


def shares(totals: Totals | AgentLine) -> dict[str, int]:
    """Split what is held by what becomes of it."""
    kept = max(totals.held - totals.may - totals.removable, 0)
    return {"used": totals.used, "may": totals.may - totals.used, "kept": kept, "gone": totals.removable}


def bar(totals: Totals | AgentLine, most: int = 0) -> Html:
    """Give a bar of what is held: as long as it is much, where `most` is the longest; else the whole width."""
    parts = shares(totals)
    whole = max(most, sum(parts.values()), 1)
    drawn: list[Html] = []
    at = 0.0
    for name, number in parts.items():
        if number:
            wide = 1000 * number / whole
            drawn.append(element("rect", x=f"{at:.1f}", y="0", width=f"{wide:.1f}", height="10", class_=f"bar-{name}"))
            at += wide
    said = ", ".join(f"{number:,} {SHARES[name]}" for name, number in parts.items() if number) or "nothing held"
    return element(
        "svg", *drawn, viewBox="0 0 1000 10", preserveAspectRatio="none", class_="bar", role="img", aria_label=said
    )


def legend(totals: Totals | AgentLine) -> Html:
    """Give what the colours of a bar mean, with their numbers."""
    items = (
        element(
            "li",
            element("span", "", class_=f"key bar-{name}", aria_hidden="true"),
            strong(f"{n:,}"),
            f" {SHARES[name]}",
        )
        for name, n in shares(totals).items()
        if n
    )
    return element("ul", *items, class_="legend")


def figure(title: str, number: Html | str, told: str = "") -> Html:
    """Give a figure of the first page: what, how much, and a word on it."""
    return element(
        "div",
        element("dt", title),
        element("dd", element("span", number, class_="big"), element("span", told, class_="soft")),
        class_="figure",
    )


def index(now: float, after: float | None) -> Html:
    """Give an index before and after the plan; whole numbers, and 0 only for 0."""
    if after is None:
        return Html(say_index(now))
    arrow = element("span", " → ", class_="soft", aria_label="after the plan")
    return together([say_index(now), arrow, say_index(after)])


def say_index(value: float) -> str:
    """Give an index as people read it."""
    return "<1" if 0 < value < 1 else f"{value:.0f}"


def strong(text: str) -> Html:
    """Give a text that weighs more."""
    return element("strong", text)


def notes(sentences: Iterable[str], most: int = 12) -> Html:
    """Give sentences as a list; nothing where there is none."""
    told = list(sentences)
    items = [element("li", prose(sentence)) for sentence in told[:most]]
    if len(told) > most:
        items.append(element("li", f"and {len(told) - most:,} more in the JSON"))
    return element("ul", *items, class_="notes") if items else Html("")


def copied(title: str, text: Html, name: str) -> Html:
    """Give a script with a button that copies it."""
    return element(
        "div",
        element("button", f"Copy {title}", type="button", class_="copy", data_copy=name),
        element("pre", text, id=name, tabindex="0", aria_label=title),
        class_="script",
    )
