"""Templates and texts read while the next parts are folded: none is lost, and few parts wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from uc_guard.model.use import Extraction, Opaque
from uc_guard.sql.packed import PackedAnswer, pack
from uc_guard.sql.reading import Fact
from uc_guard.usage.ahead import Ahead
from uc_guard.usage.sources import Source
from uc_guard.usage.units import Facts
from uc_guard.usage.workers import Pending

if TYPE_CHECKING:
    from collections.abc import Sequence

    from uc_guard.sql.reading import Task

MOST_AT_ONCE = 8
"""Parts whose texts are in memory: those that wait, those that are read, and the one that comes."""


def is_blind(template: str) -> bool:
    return template.endswith("1")


def answer(task: Task) -> PackedAnswer:
    text = task.text or ""
    if task.is_template and is_blind(text):
        return PackedAnswer([None], [])
    return PackedAnswer([pack(Fact(Extraction((), (Opaque(text, "", None),)), ()))], [])


class Slow:
    """Readings that are over when the test says so."""

    def __init__(self, ready: list[bool]) -> None:
        self._ready = ready
        self.open = 0
        self.asked: list[tuple[str, dict[str, str]]] = []

    def begin(self, tasks: Sequence[Task]) -> Pending:
        assert not self.open, "one job at a time"
        self.open = 1
        self.asked += [(task.text or "", dict(task.parameters)) for task in tasks]
        return Pending(self._is_over, lambda: self._wait(tasks))

    def _is_over(self) -> bool:
        return self._ready.pop() if self._ready else False

    def _wait(self, tasks: Sequence[Task]) -> list[PackedAnswer]:
        self.open = 0
        return [answer(task) for task in tasks]


def texts_of(number: int) -> pl.DataFrame:
    """Texts of a part: one of its own, one that each second part has, and one with a parameter."""
    texts = [str(number), f"common {number % 2}", "with a parameter"]
    return pl.DataFrame({"text": texts, "parameters": [None, None, '{"a": 1}']})


def test_a_text_is_asked_with_its_parameters() -> None:
    slow = Slow([])
    ahead = Ahead(slow.begin, Facts())

    ahead.add(1, {}, lambda _: texts_of(1), is_new=True)
    ahead.end()

    assert slow.asked == [("1", {}), ("common 1", {}), ("with a parameter", {"a": "1"})]
    assert Source("with a parameter", '{"a": 1}') in ahead.answers


@given(st.lists(st.integers(0, 3), max_size=20), st.lists(st.booleans(), max_size=20))
def test_every_part_has_its_answers_and_the_texts_of_its_blind_templates(counts: list[int], ready: list[bool]) -> None:
    slow, facts = Slow(ready), Facts()
    ahead = Ahead(slow.begin, facts)
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
            return texts_of(number)

        ahead.add(number, new, texts, is_new=number % 3 != 0)
        assert len(in_memory) <= MOST_AT_ONCE
    found = ahead.end()

    assert {one.text for one in ahead.answers if one.is_template} == {*templates}
    # The texts of a part that an earlier run has left are not read again, and no text is read twice.
    read = {text for number in range(len(counts)) if number % 3 for text in texts_of(number).iter_rows()}
    assert {(one.text, one.parameters) for one in ahead.answers if not one.is_template} == read
    assert len(slow.asked) == len(ahead.answers)
    assert all(answer(one.task()) == ahead.answers[one] for one in ahead.answers)
    assert {*facts.packed} == {fact for one in ahead.answers.values() for fact in one.facts if fact}
    assert {number: frame["text"][0] for number, frame in found.items()} == {n: str(n) for n in range(len(counts))}
    for number, count in enumerate(counts):
        if number % 3 == 0 and not count:
            continue  # an earlier run has left its texts, whatever is blind: it waits for nothing
        before = sum(counts[: number + 1])
        assert asked[number] == {n for n in range(before) if is_blind(templates[n])}
