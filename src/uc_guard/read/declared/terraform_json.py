"""Reads what `terraform show -json` gives of a plan or a state: what is to be granted, and what is taken away."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, cast

import msgspec

from uc_guard.read.declared.terraform import KINDS, Word, rows_of, state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uc_guard.model.finding import Place
    from uc_guard.read.declared.found import Found
    from uc_guard.read.declared.source import Source
    from uc_guard.read.declared.terraform import Row

_HEAD = re.compile(r'\A\s*\{\s*"format_version"\s*:')
_COMPUTED = "(known after apply)"

Json = dict[str, Any]


def is_plan(text: str) -> bool:
    """Tell whether a text is what `terraform show -json` gives."""
    return _HEAD.match(text) is not None


def read_plan(source: Source, found: Found) -> None:
    """Read a plan or a state."""
    if not any(f'"{kind}"' in source.text for kind in KINDS):
        return
    try:
        document = _map(msgspec.json.decode(source.text))
    except (msgspec.DecodeError, RecursionError) as error:
        found.miss("not-json", source.line(1), f"the file is no JSON: {error}")
        return
    places = _Places(source)
    changes = [_map(change) for change in _list(document.get("resource_changes"))]
    if changes:
        for change in changes:
            _change(change, places, found)
        return
    root = _map(document.get("planned_values")) or _map(document.get("values"))
    for resource in _resources(_map(root.get("root_module"))):
        kind = str(resource.get("type"))
        if kind in KINDS:
            values = _Values(_map(resource.get("values")), {}, places.of(resource))
            for row in rows_of(kind, values):
                state(row, found)


def _change(change: Json, places: _Places, found: Found) -> None:
    """State what a resource says after the plan, and what it said before and no longer does."""
    kind = str(change.get("type"))
    if kind not in KINDS or change.get("mode") == "data":
        return
    place = places.of(change)
    what = _map(change.get("change"))
    before = _Values(_map(what.get("before")), {}, place)
    after = _Values(_map(what.get("after")), _map(what.get("after_unknown")), place)
    said = list(rows_of(kind, after))
    kept = {_key(row) for row in said}
    for row in said:
        state(row, found)
    for row in rows_of(kind, before):
        if row.verb == "grant" and _key(row) not in kept:
            state(row._replace(verb="revoke", authority=None), found)


def _key(row: Row) -> tuple[str, ...]:
    return (row.verb, row.principal.text, row.privilege.text, row.kind, row.name.text)


def _resources(module: Json) -> Iterator[Json]:
    waiting = [module]
    while waiting:
        module = waiting.pop()
        yield from (_map(resource) for resource in _list(module.get("resources")))
        waiting += [_map(child) for child in reversed(_list(module.get("child_modules")))]


class _Places:
    """Finds where a resource stands: at its address, after the last one that was asked for."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.start = max(source.text.find('"resource_changes"'), 0)

    def of(self, resource: Json) -> Place:
        address = json.dumps(str(resource.get("address")))
        for spelled in (address, json.dumps(str(resource.get("address")), ensure_ascii=False)):
            for start in (self.start, 0):
                at = self.source.text.find(spelled, start)
                if at >= 0:
                    return self.source.place(at, at + len(spelled))
        return self.source.line(1)


class _Values:
    """The values of a resource, as a plan gives them."""

    def __init__(self, values: Json, unknown: Json, place: Place) -> None:
        self.values = values
        self.unknown = unknown
        self.place = place

    def word(self, key: str) -> Word | None:
        value = self.values.get(key)
        if self.unknown.get(key) is True:
            return Word(_COMPUTED, is_literal=False, place=self.place)
        return Word(str(value), is_literal=True, place=self.place) if isinstance(value, str | int) else None

    def words(self, key: str) -> list[Word]:
        unknown = self.unknown.get(key)
        given = _list(self.values.get(key))
        if unknown is True:
            return [Word(_COMPUTED, is_literal=False, place=self.place)]
        computed = sum(one is True for one in _list(unknown))
        words = [Word(str(value), is_literal=True, place=self.place) for value in given if isinstance(value, str)]
        return words + [Word(_COMPUTED, is_literal=False, place=self.place)] * computed

    def blocks(self, key: str) -> list[_Values]:
        given, unknown = _list(self.values.get(key)), _list(self.unknown.get(key))
        unknown += [None] * (len(given) - len(unknown))
        return [_Values(_map(one), _map(more), self.place) for one, more in zip(given, unknown, strict=False)]


def _map(value: object) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:  # noqa: ANN401 - whatever JSON holds
    return [*value] if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType]
