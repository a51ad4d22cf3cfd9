"""The one way in which the reports make HTML: elements of escaped text."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from uc_guard.report.wording import LONGEST, clean, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable

_VOID = frozenset({"br", "col", "input", "meta"})
_NAME = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Html:
    """Text that is HTML already."""

    text: str


def element(tag: str, *inside: Html | str, **attributes: str) -> Html:
    """Give an element; strings inside are text.

    Args:
        tag: Its name.
        inside: Elements and texts, in order.
        attributes: `class_` stands for `class`, `aria_label` for `aria-label`.
    """
    # SAFETY: the only place where text becomes HTML. Tags and names of attributes are ours, all else is escaped.
    named = "".join(f' {key.rstrip("_").replace("_", "-")}="{_escaped(value)}"' for key, value in attributes.items())
    return Html(f"<{tag}{named}>" + ("" if tag in _VOID else f"{together(inside).text}</{tag}>"))


def together(parts: Iterable[Html | str], between: str = "") -> Html:
    """Give several parts as one."""
    return Html(between.join(part.text if isinstance(part, Html) else _escaped(part) for part in parts))


def prose(sentence: str) -> Html:
    """Give a sentence with the names in its backticks marked as such."""
    # Every other part stood between backticks.
    parts = _NAME.split(shorten(clean(sentence), 2 * LONGEST))
    return together(element("code", part) if number % 2 else part for number, part in enumerate(parts))


def lines(text: str) -> Html:
    """Give a text of several lines, whole: each line is cleaned, and comments of SQL are marked."""
    shown = (html.escape(clean(line)) for line in text.splitlines())
    return Html("\n".join(f"<i>{line}</i>" if line.startswith("--") else line for line in shown))


def _escaped(text: str) -> str:
    return html.escape(shorten(clean(text), 2 * LONGEST))
