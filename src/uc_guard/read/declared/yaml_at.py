"""Reads YAML into a tree with places; from events, so that neither nesting nor aliases can blow it up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from uc_guard.read.declared.tree import DEEPEST, LIST, MAP, PLAIN, TEXT, BrokenDocument, Node

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OPEN = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSE = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
_EMPTY = Node(PLAIN, 0, 0)


class _Open:
    """A list or map that is not closed yet."""

    __slots__ = ("anchor", "is_map", "nodes", "start")

    def __init__(self, event: Any) -> None:  # noqa: ANN401 - the library has no types
        self.is_map = type(event) is yaml.MappingStartEvent
        self.start: int = event.start_mark.index
        self.anchor: str | None = event.anchor
        self.nodes: list[Node] = []

    def closed(self, end: int) -> Node:
        if not self.is_map:
            return Node(LIST, self.start, end, items=tuple(self.nodes))
        return Node(MAP, self.start, end, pairs=tuple(zip(self.nodes[::2], self.nodes[1::2], strict=False)))


def read_yaml(text: str) -> list[Node]:
    """Read the documents of a YAML text.

    Raises:
        BrokenDocument: where it is no YAML, or nests too deeply.
    """
    try:
        return list(_documents(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        message = str(getattr(error, "problem", None) or error).splitlines()[0]
        raise BrokenDocument("not-yaml", mark.index if mark else 0, f"the file is no YAML: {message}") from error


def _documents(text: str) -> Iterator[Node]:
    events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
    stack: list[_Open] = []
    anchors: dict[str, Node] = {}
    for event in events:
        if type(event) in _OPEN:
            stack.append(_Open(event))
            if len(stack) > DEEPEST:
                raise BrokenDocument("too-deep", stack[-1].start, f"the file nests deeper than {DEEPEST} levels")
            continue
        node = _node(event, stack, anchors)
        if node is None:
            anchors = {} if type(event) is yaml.DocumentEndEvent else anchors
        elif stack:
            stack[-1].nodes.append(node)
        else:
            yield node


def _node(event: Any, stack: list[_Open], anchors: dict[str, Node]) -> Node | None:  # noqa: ANN401 - as above
    """Give the node that an event completes; None where it completes none."""
    kind: object = type(event)  # pyright: ignore[reportUnknownVariableType]
    if kind is yaml.AliasEvent:
        return anchors.get(event.anchor, _EMPTY)
    if kind is yaml.ScalarEvent:
        start, end = event.start_mark.index, event.end_mark.index
        node: Node = Node(TEXT if event.style or not event.implicit[0] else PLAIN, start, end, event.value)
        anchor: str | None = event.anchor
    elif kind in _CLOSE:
        opened = stack.pop()
        node, anchor = opened.closed(event.end_mark.index), opened.anchor
    else:
        return None
    if anchor:
        anchors[anchor] = node
    return node
