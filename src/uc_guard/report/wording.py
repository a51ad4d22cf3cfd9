"""Names and sentences as people may read them: harmless, short, and with names in place of ids."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.privilege import OWNER, spoken

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from uc_guard.snapshot import Snapshot

LONGEST = 240
"""Characters of one name or sentence that are shown; a name has at most 255, a full name three of them."""

LONGEST_NAME = 60
"""Characters of an agent's name that are shown."""

UNSHOWN = "\N{REPLACEMENT CHARACTER}"
_MARKS = re.compile(r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})"
                    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")  # fmt: skip
_ID = re.compile(r"`?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})`?")


@dataclass(frozen=True, slots=True)
class Names:
    """What people call each principal.

    Attributes:
        shown: Display name by principal, for those that have one.
        shared: Display names that several principals carry.
    """

    shown: Mapping[str, str] = field(default_factory=lambda: MappingProxyType[str, str]({}))
    shared: frozenset[str] = frozenset()

    def name(self, principal: str) -> str:
        """Give the display name, with the start of the id where others are called the same."""
        name = self.shown.get(principal, principal)
        return f"{name} ({_short(principal)})" if name in self.shared and name != principal else name

    def told(self, sentence: str, about: str = "") -> str:
        """Give a sentence with names in place of application ids: `name (1685d60c…)`.

        Args:
            sentence: A sentence of the planner or of a frame.
            about: The principal that the reader knows it is about: its own id becomes its name alone.
        """

        def named(found: re.Match[str]) -> str:
            principal = found[1]
            if principal not in self.shown:
                return found[0]
            return self.name(principal) if principal == about else f"{self.shown[principal]} ({_short(principal)})"

        return _ID.sub(named, sentence)


def names_of(snapshot: Snapshot) -> Names:
    """Give what people call the principals of a snapshot."""
    frame = snapshot.frame("principals").select("principal", "display_name").drop_nulls()
    # A name of blanks would leave the reader with nothing.
    frame = frame.filter(pl.col("display_name").str.strip_chars() != "")
    shared = frame.filter(pl.col("display_name").is_duplicated())["display_name"]
    return Names(MappingProxyType(dict(frame.iter_rows())), frozenset(shared))


def clean(text: str) -> str:
    """Give a text without what a terminal or browser would obey: control, invisible and direction characters.

    Each becomes a visible mark, so that names which differ only by them still look different from what they imitate.
    """
    # SAFETY: names and messages come from logs and from whoever may name a securable.
    shown = text if text.isprintable() else "".join(c if c.isprintable() else UNSHOWN for c in text)
    return _MARKS.sub(rf"\1{UNSHOWN}", shown)


def shorten(text: str, most: int = LONGEST) -> str:
    """Give at most so many characters, with the middle left out: both ends of a full name tell something."""
    if len(text) <= most:
        return text
    head = (most - 1) * 2 // 3
    return f"{text[:head]}…{text[len(text) - (most - 1 - head) :]}"


def count(number: float, noun: str, plural: str = "") -> str:
    """Give a number with its noun: `1 row`, `1,200 rows`."""
    return f"{number:,.0f} {noun if number == 1 else plural or noun + 's'}"


def percent(share: float) -> str:
    """Give a share of one with a decimal, rounded down: `100%` means all."""
    tenths = int(share * 1000 + 1e-9)
    return "100%" if tenths == 1000 else f"{tenths / 10:.1f}%"


def rate(share: float) -> str:
    """Give a share of one as `percent` does; one above nothing never looks like nothing."""
    told = percent(share)
    return "<0.1%" if share and told == "0.0%" else told.replace(".0%", "%")


def place(privilege: str, securable_type: str, securable: str) -> str:
    """Give `SELECT on table main.sales.orders`, or `ownership of table main.sales.orders`."""
    what = "ownership of" if privilege == OWNER else f"{spoken(privilege)} on"
    return f"{what} {spoken(securable_type).lower()} {securable}"


def day(instant: datetime | None) -> str:
    """Give the date of an instant, or `never`."""
    return f"{instant:%Y-%m-%d}" if instant else "never"


def _short(principal: str) -> str:
    return f"{principal[:8]}…" if len(principal) > 9 else principal
