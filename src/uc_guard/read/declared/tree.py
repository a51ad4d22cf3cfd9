"""A document as a tree whose every node knows its place: what YAML, JSON, TOML and HCL are read into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 200
"""Levels of nesting that a document may have."""

TEXT, PLAIN, LIST, MAP, OTHER = "text", "plain", "list", "map", "other"


class BrokenDocument(Exception):
    """A document that does not follow its grammar, or nests too deeply; `at` is the place of the character."""

    def __init__(self, reason: str, at: int, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.at = at


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A value in a document.

    Attributes:
        kind: `text`, a string; `plain`, a number, truth value or null; `list`; `map`; `other`, an expression that has
            to be computed.
        start: First character.
        end: Character after the last.
        text: What a string spells, or how anything else that is no list or map is written.
        items: The values of a list.
        pairs: The keys and values of a map, in order.
    """

    kind: str
    start: int
    end: int
    text: str = ""
    items: tuple[Node, ...] = ()
    pairs: tuple[tuple[Node, Node], ...] = ()

    def get(self, *path: str) -> Node | None:
        """Give the value under a path of keys; None where there is none."""
        node: Node | None = self
        for key in path:
            node = node.child(key) if node is not None else None
        return node

    def child(self, key: str) -> Node | None:
        """Give the value of a key; of those that YAML merges in (`<<`) where the map itself has none."""
        merged: Node | None = None
        for name, value in self.pairs:
            if name.text == key:
                return value
            if name.text == "<<":
                for source in (value, *value.items):
                    merged = merged or next((found for own, found in source.pairs if own.text == key), None)
        return merged

    def spelled(self, *path: str) -> str | None:
        """Give the string or number under a path of keys; None where there is none."""
        node = self.get(*path)
        return node.text if node is not None and node.kind in {TEXT, PLAIN} else None

    def entries(self, *path: str) -> Iterator[tuple[Node, Node]]:
        """Give the keys and values of the map under a path of keys; none where there is no map."""
        node = self.get(*path)
        yield from node.pairs if node is not None else ()

    def each(self, *path: str) -> Iterator[Node]:
        """Give the values of the list under a path of keys; the value itself where it is no list."""
        node = self.get(*path)
        if node is not None:
            yield from node.items if node.kind == LIST else (node,)
