"""Templates, and texts whose literals matter, read in other processes while the next parts of a log are folded."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from uc_guard.usage.sources import Source, template_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import polars as pl

    from uc_guard.sql.packed import PackedAnswer
    from uc_guard.sql.reading import Task
    from uc_guard.usage.units import Facts
    from uc_guard.usage.workers import Pending

    Texts = Callable[[set[int]], pl.DataFrame]

_MOST_WAITING = 3
"""So many parts wait for the readings of those before: each holds its texts in memory as long."""


class _Part(NamedTuple):
    number: int
    templates: dict[Source, int]
    texts: Texts
    is_new: bool


class Ahead:
    """Reads what parts of a log hold, in no namespace at all, and keeps the texts whose literals matter.

    Attributes:
        answers: What was read.
    """

    def __init__(self, begin: Callable[[Sequence[Task]], Pending], facts: Facts) -> None:
        """Begin.

        Args:
            begin: Begins to read tasks.
            facts: Numbers the facts.
        """
        self.answers: dict[Source, PackedAnswer] = {}
        self._begin = begin
        self._facts = facts
        self._texts: dict[int, pl.DataFrame] = {}
        self._blind: set[int] = set()
        self._waiting: list[_Part] = []
        self._parts: list[_Part] = []
        self._asked: list[Source] = []
        self._pending: Pending | None = None

    def add(self, number: int, templates: dict[str, int], texts: Texts, *, is_new: bool) -> None:
        """Take the next part.

        Args:
            number: Its number.
            templates: The templates that are to be read, with their numbers.
            texts: Gives the texts of the rows that have no template, or one of these.
            is_new: Whether these texts are to be read, too; else they are those that an earlier run has left.
        """
        if not is_new and not templates:
            self._texts[number] = texts(self._blind)  # nothing of it is read, so it need not wait for other parts
            return
        sources = {template_source(template): n for template, n in templates.items()}
        self._waiting.append(_Part(number, sources, texts, is_new))
        if self._pending is None or self._pending.is_over() or len(self._waiting) > _MOST_WAITING:
            self._next()

    def end(self) -> dict[int, pl.DataFrame]:
        """Wait for all that was begun; give the texts of each part, by its number: what `Log.kept` holds.

        The texts that will be asked for are kept at once: no part need be read again.
        """
        while self._waiting or self._pending:
            self._next()
        return self._texts

    def read(self, templates: Iterable[str]) -> None:
        """Read those of some templates that are not read, after all that was added."""
        left = [one for one in map(template_source, templates) if one not in self.answers]
        self.answers.update(zip(left, self._begin([one.task() for one in left]).wait(), strict=True))

    def _next(self) -> None:
        parts, self._waiting = self._waiting, []
        asked = [template for part in parts for template in part.templates]
        tasks = [one.task() for one in asked]
        answers = self._pending.wait() if self._pending else []
        self.answers.update(zip(self._asked, answers, strict=True))
        texts = list(dict.fromkeys(chain.from_iterable(map(self._texts_of, self._parts))))
        self._parts, self._asked = parts, asked + texts
        self._pending = self._begin(tasks + [one.task() for one in texts]) if self._asked or parts else None
        for answer in answers:  # while the others are read
            for fact in answer.facts:
                if fact is not None:
                    self._facts.number(fact)

    def _texts_of(self, part: _Part) -> list[Source]:
        """Keep the texts of a part whose templates are read; give those that are to be read."""
        for template, number in part.templates.items():
            if None in self.answers[template].facts:
                self._blind.add(number)
        kept = self._texts[part.number] = part.texts(self._blind)
        if not part.is_new:
            return []
        distinct = kept.select("text", "parameters").unique(maintain_order=True)
        return [one for values in distinct.iter_rows() if (one := Source(*values)) not in self.answers]
