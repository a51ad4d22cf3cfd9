"""The console that reports are printed to: no colour where nobody watches, nothing that a terminal would obey."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from uc_guard.report.wording import LONGEST, clean, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table

_BULLET = "  - "
_WIDTH_UNWATCHED = 120


def open_console() -> Console:
    """Give a console that draws no colour and knows no width where nobody watches."""
    out: object = sys.stdout
    if isinstance(out, TextIOWrapper):
        out.reconfigure(errors="replace")  # a name that the terminal cannot spell must not end the report
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_WIDTH_UNWATCHED)


def print_table(console: Console, table: Table) -> None:
    """Print a table; without blanks at the ends of lines where it goes to a file."""
    if console.is_terminal:
        console.print(table)
        return
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        console.print(Text(line.rstrip()), soft_wrap=True)


def print_bullets(console: Console, sentences: Iterable[str], most: int = LONGEST) -> None:
    """Print sentences under each other, each folded within its own margin."""
    for sentence in sentences:
        lines = Text(shorten(clean(sentence), most)).wrap(console, max(console.width - len(_BULLET), 20))
        for number, line in enumerate(lines):
            line.rstrip()
            console.print(Text(" " * len(_BULLET) if number else _BULLET).append_text(line), soft_wrap=True)
