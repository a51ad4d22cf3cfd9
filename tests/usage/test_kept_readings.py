"""The file of readings beside a plain dictionary: what is found, what is forgotten, what is left of the facts."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from uc_guard.usage import kept_readings
from uc_guard.usage.kept_readings import Known, Readings

KEYS = st.sampled_from([bytes([n]) * 16 for n in range(5)])
STATES = st.sampled_from([b"here", b"there", b"elsewhere"])
FACTS = st.sampled_from([f"fact {n}".encode() for n in range(6)])
NAMESPACES = st.lists(st.tuples(st.none() | st.just("c"), st.none() | st.just("s")), max_size=2)
TEXTS = st.builds(
    Known,
    st.dictionaries(STATES, FACTS | st.none(), min_size=1, max_size=3),
    st.dictionaries(STATES, st.tuples(FACTS, NAMESPACES), max_size=2),
)
RUNS = st.lists(st.tuples(st.sets(KEYS), st.dictionaries(KEYS, TEXTS, max_size=3)), max_size=8)


class Model:
    """The same, one text after the other."""

    def __init__(self, most_idle: int) -> None:
        self.texts: dict[bytes, Known] = {}
        self.idle: dict[bytes, int] = {}
        self._most_idle = most_idle

    def run(self, used: set[bytes], new: dict[bytes, Known]) -> None:
        for key, known in new.items():
            old = self.texts.get(key, Known({}, {}))
            self.texts[key] = Known(old.facts | known.facts, old.shared | known.shared)
        for key in [*self.texts]:
            self.idle[key] = 0 if key in used or key in new else self.idle[key] + 1
            if self.idle[key] > self._most_idle:
                del self.texts[key], self.idle[key]

    def facts(self) -> set[bytes]:
        told = [fact for known in self.texts.values() for fact in known.facts.values()]
        return {fact for fact in told if fact} | {
            fact for one in self.texts.values() for fact, _ in one.shared.values()
        }


@settings(deadline=None)
@given(RUNS, st.integers(1, 3), KEYS)
def test_it_is_what_a_dictionary_would_be(
    runs: list[tuple[set[bytes], dict[bytes, Known]]], most_idle: int, one: bytes
) -> None:
    model, readings = Model(most_idle), Readings({"word": b"digest"})
    with tempfile.TemporaryDirectory() as home:
        for used, new in runs:
            there = used & model.texts.keys()  # a run can only have needed what was there
            model.run(there, new)
            kept_readings.store(Path(home) / "facts", readings.after(there, new, most_idle))
            readings = kept_readings.load(Path(home) / "facts")
    assert readings.objects == {"word": b"digest"}
    assert readings.find([one]) == ({one: model.texts[one]} if one in model.texts else {})
    assert readings.find([*model.texts, b"never seen"]) == model.texts
    assert sorted(readings.facts) == sorted(model.facts())
    assert dict(readings.texts.iter_rows()) == model.idle


def test_nothing_is_found_in_no_file(tmp_path: Path) -> None:
    readings = kept_readings.load(tmp_path / "facts")

    assert readings.find([b"key"]) == {}
    assert readings.objects == {}
