"""What is to be read: templates, and texts by themselves, each with its number."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from uc_guard.sql.reading import State, Task

if TYPE_CHECKING:
    from collections.abc import Iterable

HIDES_NAMES = r"(?i)identifier|immediate|\\|``|`[^`]*[^`\w][^`]*`|[^\x00-\x7f]"
"""A text with any of these may name what its words do not spell: names put together, escapes, names of several words;
letters whose case nobody folds alike."""


UNPLACED = State(None, None, ())
"""No namespace at all: where most texts are read first."""


class Source(NamedTuple):
    """What is read.

    Attributes:
        text: A template, or a text by itself; None for a statement without one.
        parameters: The recorded parameters of a text, as JSON.
        is_template: Whether it is a template.
    """

    text: str | None
    parameters: str | None = None
    is_template: bool = False

    def task(self, *states: State) -> Task:
        """Give the task to read it in these states, or else in no namespace at all."""
        given: dict[str, object] = json.loads(self.parameters) if self.parameters else {}
        values = {str(name): str(value) for name, value in given.items()}
        return Task(self.text, self.is_template, values, states or (UNPLACED,))


def template_source(template: str) -> Source:
    """Give a template as what is read."""
    return Source(template, is_template=True)


class Sources:
    """What is read, by number.

    Attributes:
        all: Templates first, then texts by themselves.
    """

    def __init__(self, templates: Iterable[str]) -> None:
        self.all = [template_source(template) for template in templates]
        self._numbers: dict[Source, int] = {}
        self._lowered = pl.DataFrame(schema={"source": pl.Int32, "text": pl.String, "is_unclear": pl.Boolean})

    def number(self, text: str | None, parameters: str | None) -> int:
        """Give the number of a text that is read by itself."""
        source = Source(text, parameters)
        known = self._numbers.setdefault(source, len(self.all))
        if known == len(self.all):
            self.all.append(source)
        return known

    def lowered(self) -> pl.DataFrame:
        """Give `source`, `text` in lower case, and `is_unclear`: whether it may name what its words do not spell."""
        known = self._lowered.height
        new = pl.DataFrame({"text": pl.Series([one.text for one in self.all[known:]], dtype=pl.String)}).select(
            source=pl.int_range(known, len(self.all), dtype=pl.Int32),
            text=pl.col("text").str.to_lowercase(),
            is_unclear=pl.col("text").str.contains(HIDES_NAMES),
        )
        self._lowered = pl.concat([self._lowered, new])
        return self._lowered

    def frame(self) -> pl.DataFrame:
        """Give `source`, `text` and `parameters` of the texts that are no templates."""
        rows = [(number, one.text, one.parameters) for one, number in self._numbers.items()]
        return pl.DataFrame(rows, {"source": pl.Int32, "text": pl.String, "parameters": pl.String}, orient="row")
