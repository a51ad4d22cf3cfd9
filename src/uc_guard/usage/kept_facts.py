"""Readings of earlier runs: a text is read again only where it could name an object that has changed since."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from uc_guard.model.name import split_name
from uc_guard.sql.packed import PackedAnswer, pack_change
from uc_guard.usage import kept_readings
from uc_guard.usage.kept_readings import Known, Readings
from uc_guard.usage.sources import HIDES_NAMES
from uc_guard.usage.workers import Pending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from uc_guard.sql.extract import Catalog
    from uc_guard.sql.reading import State, Task

_MOST_IDLE = 32
"""Runs with something new after which a reading that none of them needed is forgotten: a month of nights, since rows
that are settled need none until an object changes."""


class KeptFacts:
    """Answers the tasks that an earlier run has answered, and lets the others be read.

    Attributes:
        objects: A digest of all that names can mean now.
        hits: Tasks answered from the file.
        misses: Tasks read.
    """

    def __init__(self, path: Path, catalog: Catalog, begin: Callable[[Sequence[Task]], Pending]) -> None:
        """Open the file.

        Args:
            path: Where it is; it need not be there.
            catalog: What names can mean now.
            begin: Begins to read what is not known.
        """
        self._path = path
        self._begin = begin
        self._objects = _object_digests(catalog)
        self.objects = _digest(sorted(self._objects.items()))
        self._catalog = catalog
        beside = ThreadPoolExecutor(1)
        self._loading = beside.submit(kept_readings.load, path)  # parts are loaded in the meantime
        beside.shutdown(wait=False)
        self._known: dict[bytes, Known] = {}
        self._used: set[bytes] = set()
        self._new: dict[bytes, Known] = {}
        self._keys: dict[int, tuple[State, bytes, bytes]] = {}
        self.hits = self.misses = 0

    @cached_property
    def _old(self) -> Readings:
        return self._loading.result()

    @cached_property
    def _changed(self) -> set[str]:
        """The words by which objects can be named that have changed since."""
        return _changed(self._old.objects, self._objects, self._catalog)

    def read(self, tasks: Sequence[Task]) -> list[PackedAnswer]:
        """Answer tasks, in their order."""
        return self.begin(tasks).wait()

    def begin(self, tasks: Sequence[Task]) -> Pending:
        """Begin to answer tasks."""
        stale = self._stale(tasks)
        keys = [_digest((task.text, task.is_template, sorted(task.parameters.items()))) for task in tasks]
        self._known |= self._old.find(
            key for key, is_stale in zip(keys, stale, strict=True) if not is_stale and key not in self._known
        )
        known = [
            None if is_stale else self._answer(key, task)
            for key, task, is_stale in zip(keys, tasks, stale, strict=True)
        ]
        left = [n for n, answer in enumerate(known) if answer is None]
        self.hits += len(tasks) - len(left)
        self.misses += len(left)
        pending = self._begin([tasks[n] for n in left])

        def wait() -> list[PackedAnswer]:
            for n, answer in zip(left, pending.wait(), strict=True):
                self._keep(keys[n], tasks[n], answer)
                known[n] = answer
            return [answer for answer in known if answer is not None]

        return Pending(pending.is_over, wait)

    def save(self) -> None:
        """Write what was asked for in this run, and what earlier ones needed lately; nothing where nothing is new."""
        if not self.misses and not self._changed:
            return
        # Where an object has changed, what this run has not asked for could be stale.
        old = Readings(self._objects) if self._changed else self._old
        kept_readings.store(self._path, old.after(self._used, self._new, _MOST_IDLE))

    def _answer(self, key: bytes, task: Task) -> PackedAnswer | None:
        known = self._known.get(key)
        if known is None:
            return None
        states = [self._state_keys(state) for state in task.states]
        if any(whole not in known.facts for whole, _ in states):
            return None
        self._used.add(key)
        shared = [(n, *found) for n, (_, behind) in enumerate(states) if (found := known.shared.get(behind))]
        answer = PackedAnswer([known.facts[whole] for whole, _ in states], shared)
        if self._changed:  # this holds still; what is known of the text in other states need not
            self._keep(key, task, answer)
        return answer

    def _keep(self, key: bytes, task: Task, answer: PackedAnswer) -> None:
        new = self._new.setdefault(key, Known({}, {}))
        for state, fact in zip(task.states, answer.facts, strict=True):
            new.facts[self._state_keys(state)[0]] = fact
        for n, fact, namespaces in answer.shared:
            new.shared[self._state_keys(task.states[n])[1]] = fact, namespaces

    def _state_keys(self, state: State) -> tuple[bytes, bytes]:
        """Give digests of a state, and of the changes behind it."""
        known = self._keys.get(id(state))
        if known is None:
            changes = [pack_change(change) for change in state.changes]
            behind = _digest(changes) if changes else b""
            known = self._keys[id(state)] = state, _digest((state.catalog, state.schema, changes)), behind
        return known[1:]

    def _stale(self, tasks: Sequence[Task]) -> list[bool]:
        """Tell which tasks could name an object that has changed."""
        if not self._changed or self._old.texts.is_empty():
            return [False] * len(tasks)
        texts = pl.Series([task.text for task in tasks], dtype=pl.String).str.to_lowercase()
        named = texts.str.contains_any(sorted(self._changed)) | texts.str.contains(HIDES_NAMES)
        return [
            is_named is not False or bool(task.parameters) or any(state.changes for state in task.states)
            for task, is_named in zip(tasks, named, strict=True)
        ]


def _digest(value: object) -> bytes:
    return hashlib.blake2b(msgspec.msgpack.encode(value), digest_size=16).digest()


# -- what has changed ----------------------------------------------------------------------------------------------


def _object_digests(catalog: Catalog) -> dict[str, bytes]:
    """Give a digest of all objects whose name ends in a word, by that word; for views with what is behind them."""
    by_word: dict[str, list[Any]] = {}
    for kind, names in _kinds(catalog):
        for name in sorted(names):
            by_word.setdefault(split_name(name)[-1], []).append((kind, name, _definition(catalog, kind, name)))
    return {word: _digest(objects) for word, objects in by_word.items()}


def _kinds(catalog: Catalog) -> Iterable[tuple[str, Iterable[str]]]:
    return (
        ("table", catalog.tables), ("view", catalog.views), ("function", catalog.functions),
        ("volume", catalog.volumes), ("procedure", catalog.procedures),
    )  # fmt: skip


def _definition(catalog: Catalog, kind: str, name: str) -> Any:  # noqa: ANN401 - plain data
    if kind == "table":
        return list(catalog.tables[name])
    if kind == "view":
        view = catalog.views[name]
        return [view.get("definition"), list(view.get("columns") or ()), view.get("current_namespace")]
    return dict(catalog.bodies.get(name) or {}) if kind == "function" else None


def _changed(old: dict[str, bytes], new: dict[str, bytes], catalog: Catalog) -> set[str]:
    """Give the words by which changed objects can be named."""
    changed = {word for word in old.keys() | new.keys() if old.get(word) != new.get(word)}
    # The columns of a view may follow from what it reads.
    return changed | {split_name(name)[-1] for name in catalog.views} if changed else changed
