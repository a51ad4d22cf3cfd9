"""What is to be read: templates, and texts by themselves, each with its number."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

HIDES_NAMES = r"(?i)identifier|immediate|\\|``|`[^`]*[^`\w][^`]*`|[^\x00-\x7f]"
"""A text with any of these may name what its words do not spell: names put together, escapes, names of several words;
letters whose case nobody folds alike."""


class Sources:
    """Templates and texts by number.

    Attributes:
        texts: Their texts; None for a statement without one.
        is_template: Which of them are templates.
        parameters: The recorded parameters of a text, as JSON.
    """

    def __init__(self, templates: Iterable[str]) -> None:
        self.texts: list[str | None] = list(templates)
        self.is_template = [True] * len(self.texts)
        self.parameters: list[str | None] = [None] * len(self.texts)
        self._numbers: dict[tuple[str | None, str | None], int] = {}
        self._lowered = pl.DataFrame(schema={"source": pl.Int32, "text": pl.String, "is_unclear": pl.Boolean})

    def number(self, text: str | None, parameters: str | None) -> int:
        """Give the number of a text that is read by itself."""
        key = (text, parameters)
        if key not in self._numbers:
            self._numbers[key] = len(self.texts)
            self.texts.append(text)
            self.is_template.append(False)
            self.parameters.append(parameters)
        return self._numbers[key]

    def of(self, number: int) -> tuple[str | None, bool, dict[str, str]]:
        """Give the text, whether it is a template, and the values of its parameters by name."""
        given = self.parameters[number]
        values = {str(k): str(v) for k, v in json.loads(given).items()} if given else {}
        return self.texts[number], self.is_template[number], values

    def lowered(self) -> pl.DataFrame:
        """Give `source`, `text` in lower case, and `is_unclear`: whether it may name what its words do not spell."""
        known = self._lowered.height
        new = pl.DataFrame({"text": pl.Series(self.texts[known:], dtype=pl.String)}).select(
            source=pl.int_range(known, len(self.texts), dtype=pl.Int32),
            text=pl.col("text").str.to_lowercase(),
            is_unclear=pl.col("text").str.contains(HIDES_NAMES),
        )
        self._lowered = pl.concat([self._lowered, new])
        return self._lowered

    def frame(self) -> pl.DataFrame:
        """Give `source`, `text` and `parameters` of the texts that are no templates."""
        rows = [(number, *key) for key, number in self._numbers.items()]
        return pl.DataFrame(rows, {"source": pl.Int32, "text": pl.String, "parameters": pl.String}, orient="row")
