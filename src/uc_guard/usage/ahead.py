"""Templates read in other processes while the next parts of a log are folded in this one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from uc_guard.sql.reading import State, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import polars as pl

    from uc_guard.sql.packed import PackedAnswer
    from uc_guard.usage.workers import Pending

    Texts = Callable[[set[int]], pl.DataFrame]

UNPLACED = State(None, None, ())
_MOST_WAITING = 3
"""So many parts wait for the readings of those before: each holds its texts in memory as long."""


class _Part(NamedTuple):
    number: int
    templates: dict[str, int]
    texts: Texts


class Ahead:
    """Reads the templates of parts, in no namespace at all, and keeps the texts whose literals matter.

    Attributes:
        answers: What was read of each template.
    """

    def __init__(self, begin: Callable[[Sequence[Task]], Pending]) -> None:
        """Begin.

        Args:
            begin: Begins to read tasks.
        """
        self.answers: dict[str, PackedAnswer] = {}
        self._begin = begin
        self._texts: dict[int, pl.DataFrame] = {}
        self._blind: set[int] = set()
        self._read: list[_Part] = []
        self._waiting: list[_Part] = []
        self._pending: Pending | None = None

    def add(self, number: int, templates: dict[str, int], texts: Texts) -> None:
        """Take the next part.

        Args:
            number: Its number.
            templates: The templates that are to be read, with their numbers.
            texts: Gives the texts of the rows that have no template, or one of these.
        """
        self._waiting.append(_Part(number, templates, texts))
        if self._pending is None or self._pending.is_over() or len(self._waiting) > _MOST_WAITING:
            self._next()

    def end(self) -> dict[int, pl.DataFrame]:
        """Wait for all that was begun; give the texts of each part, by its number: what `Log.kept` holds.

        The texts that will be asked for are kept at once: no part need be read again.
        """
        self._next()
        self._finish()
        return self._texts

    def read(self, templates: Iterable[str]) -> None:
        """Read those of some templates that are not read, after all that was added."""
        left = [template for template in templates if template not in self.answers]
        self.answers.update(zip(left, self._begin([task_of(template) for template in left]).wait(), strict=True))

    def _next(self) -> None:
        self._finish()
        self._read, self._waiting = self._waiting, []
        self._pending = self._begin([task_of(template) for part in self._read for template in part.templates])

    def _finish(self) -> None:
        if self._pending is None:
            return
        answers = iter(self._pending.wait())
        for part in self._read:
            for template, number in part.templates.items():
                answer = next(answers)
                if None in answer.facts:
                    self._blind.add(number)
                self.answers[template] = answer
            self._texts[part.number] = part.texts(self._blind)
        self._read = []


def task_of(template: str) -> Task:
    """Give the task to read a template in no namespace."""
    return Task(template, is_template=True, parameters={}, states=(UNPLACED,))
