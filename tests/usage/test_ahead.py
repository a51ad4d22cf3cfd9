"""Templates read while the next parts are folded: none is lost, and few parts wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from uc_guard.sql.packed import PackedAnswer
from uc_guard.usage.ahead import Ahead
from uc_guard.usage.workers import Pending

if TYPE_CHECKING:
    from collections.abc import Sequence

    from uc_guard.sql.reading import Task

MOST_AT_ONCE = 8
"""Parts whose texts are in memory: those that wait, those that are read, and the one that comes."""


def is_blind(template: str) -> bool:
    return template.endswith("1")


def answer(template: str) -> PackedAnswer:
    return PackedAnswer([None if is_blind(template) else template.encode()], [])


class Slow:
    """Readings that are over when the test says so."""

    def __init__(self, ready: list[bool]) -> None:
        self._ready = ready
        self.open = 0

    def begin(self, tasks: Sequence[Task]) -> Pending:
        assert not self.open, "one job at a time"
        self.open = 1
        return Pending(self._is_over, lambda: self._wait(tasks))

    def _is_over(self) -> bool:
        return self._ready.pop() if self._ready else False

    def _wait(self, tasks: Sequence[Task]) -> list[PackedAnswer]:
        self.open = 0
        return [answer(task.text or "") for task in tasks]


@given(st.lists(st.integers(0, 3), max_size=20), st.lists(st.booleans(), max_size=20))
def test_every_part_has_its_answers_and_the_texts_of_its_blind_templates(counts: list[int], ready: list[bool]) -> None:
    slow = Slow(ready)
    ahead = Ahead(slow.begin)
    in_memory: set[int] = set()
    asked: dict[int, set[int]] = {}
    templates: list[str] = []

    for number, count in enumerate(counts):
        in_memory.add(number)
        new = {f"{number}-{n}": len(templates) + n for n in range(count)}
        templates += new

        def texts(blind: set[int], number: int = number) -> pl.DataFrame:
            in_memory.discard(number)
            asked[number] = set(blind)
            return pl.DataFrame({"text": [str(number)]})

        ahead.add(number, new, texts)
        assert len(in_memory) <= MOST_AT_ONCE
    found = ahead.end()

    assert list(ahead.answers) == templates
    assert {number: frame["text"][0] for number, frame in found.items()} == {n: str(n) for n in range(len(counts))}
    for number in range(len(counts)):
        before = sum(counts[: number + 1])
        assert asked[number] == {n for n in range(before) if is_blind(templates[n])}
