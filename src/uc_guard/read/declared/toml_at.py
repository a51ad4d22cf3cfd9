"""Reads TOML into a tree with places: the library says whether it is TOML, this file says where each value stands."""

from __future__ import annotations

import re
import tomllib

from uc_guard.read.declared.source import Passage, whole
from uc_guard.read.declared.tree import LIST, MAP, PLAIN, TEXT, BrokenDocument, Node

_TOKEN = re.compile(
    r"[ \t\r]*+(?:#[^\n]*+)?(?P<token>\n"
    r'|"""(?:[^\\]|\\.)*?"{3,5}(?!")|\'\'\'.*?\'{3,5}(?!\')'
    r'|"(?:[^"\\\n]|\\.)*+"|\'[^\'\n]*+\''
    r"|\[\[|\]\]|[\[\]{}=,.]|[^\s\[\]{}=,.#\"']++|\Z)",
    re.DOTALL,
)
_LEVELS = 100
# The library takes ever longer for longer keys.
_KEY_PART = r"(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+\.[ \t]*+"
_LONG_KEY = re.compile(f"(?:{_KEY_PART}){{{_LEVELS}}}")
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")
_VALUE = re.compile(r"[^,\]}\n#]*+")


class _Token(str):
    """A mark and its place."""

    __slots__ = ("end", "start")
    start: int
    end: int


def read_toml(text: str) -> Node:
    """Read a TOML text.

    Raises:
        BrokenDocument: where it is no TOML, or nests too deeply.
    """
    if match := _LONG_KEY.search(text):
        raise BrokenDocument("too-deep", match.start(), f"the file nests deeper than {_LEVELS} levels")
    try:
        tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        match = _AT.search(str(error))
        at = _place(text, int(match[1]), int(match[2])) if match else len(text)
        raise BrokenDocument("not-toml", at, f"the file is no TOML: {error}") from error
    except RecursionError as error:
        raise BrokenDocument("too-deep", 0, f"the file nests deeper than {_LEVELS} levels") from error
    return _Reader(text).document()


def _place(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start + column - 1


class _Map:
    """A table that is not complete yet."""

    __slots__ = ("end", "pairs", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start, self.end = start, end
        self.pairs: dict[str, tuple[Node, Node | _Map | list[_Map]]] = {}

    def node(self) -> Node:
        return Node(
            MAP, self.start, self.end, pairs=tuple((key, _finished(value)) for key, value in self.pairs.values())
        )

    def inner(self, key: Node) -> _Map:
        """Give the table of a key, made where there is none; the last one of an array of tables."""
        _, value = self.pairs.setdefault(key.text, (key, _Map(key.start, key.end)))
        if isinstance(value, list):
            return value[-1]
        return value if isinstance(value, _Map) else _Map(key.start, key.end)


def _finished(value: Node | _Map | list[_Map]) -> Node:
    if isinstance(value, list):
        items = tuple(one.node() for one in value)
        return Node(LIST, items[0].start, items[-1].end, items=items)
    return value.node() if isinstance(value, _Map) else value


class _Reader:
    """Reads a text that is known to be TOML."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.level = 0

    def document(self) -> Node:
        root = table = _Map(0, len(self.text))
        while (mark := self._next()) is not None:
            if mark == "\n":
                continue
            if mark in {"[", "[["}:
                table = self._header(root, is_array=mark == "[[")
            else:
                keys = self._keys(mark)
                inner = table
                for key in keys[:-1]:
                    inner = inner.inner(key)
                inner.pairs[keys[-1].text] = (keys[-1], self._value(self.level + len(keys)))
        return root.node()

    def _header(self, root: _Map, *, is_array: bool) -> _Map:
        keys = self._keys(self._need())
        self.level = len(keys)
        table = root
        for key in keys[:-1]:
            table = table.inner(key)
        last = keys[-1]
        if not is_array:
            return table.inner(last)
        _, value = table.pairs.setdefault(last.text, (last, []))
        new = _Map(last.start, last.end)
        if isinstance(value, list):
            value.append(new)
        return new

    def _keys(self, first: _Token) -> list[Node]:
        """Read `a."b".c` up to what follows it, which is stepped over."""
        keys = [_text(first)]
        while self._need() == ".":
            keys.append(_text(self._need()))
            if len(keys) > _LEVELS:
                raise BrokenDocument("too-deep", first.start, f"the file nests deeper than {_LEVELS} levels")
        return keys

    def _value(self, depth: int) -> Node:
        if depth > 2 * _LEVELS:
            raise BrokenDocument("too-deep", self.at, f"the file nests deeper than {_LEVELS} levels")
        mark = self._need()
        if mark[0] in "\"'":
            return _text(mark)
        if mark in {"[", "[["}:
            if mark == "[[":
                self.at -= 1
            return self._list(mark.start, depth)
        if mark == "{":
            return self._inline(mark.start, depth)
        match = _VALUE.match(self.text, mark.start)
        text = match[0].rstrip() if match else str(mark)
        self.at = mark.start + len(text)
        return Node(PLAIN, mark.start, self.at, text)

    def _list(self, start: int, depth: int) -> Node:
        items: list[Node] = []
        while (mark := self._need()) not in {"]", "]]"}:
            if mark not in {"\n", ","}:
                self.at = mark.start
                items.append(self._value(depth + 1))
        if mark == "]]":
            self.at -= 1
        return Node(LIST, start, self.at, items=tuple(items))

    def _inline(self, start: int, depth: int) -> Node:
        table = _Map(start, start)
        while (mark := self._need()) != "}":
            if mark not in {"\n", ","}:
                keys = self._keys(mark)
                inner = table
                for key in keys[:-1]:
                    inner = inner.inner(key)
                inner.pairs[keys[-1].text] = (keys[-1], self._value(depth + len(keys)))
        table.end = self.at
        return table.node()

    def _need(self) -> _Token:
        mark = self._next()
        if mark is None:
            raise BrokenDocument("not-toml", len(self.text), "the file is no TOML: it ends too early")
        return mark

    def _next(self) -> _Token | None:
        match = _TOKEN.match(self.text, self.at)
        if match is None or not match["token"]:
            return None
        self.at = match.end()
        mark = _Token(match["token"])
        mark.start, mark.end = match.start("token"), match.end()
        return mark


def _text(mark: _Token) -> Node:
    """Give the node of a string or of a bare key."""
    if mark[0] in "\"'":
        spelled = tomllib.loads(f"x = {mark}".replace("\r\n", "\n"))["x"]
        return Node(TEXT, mark.start, mark.end, str(spelled))
    return Node(TEXT, mark.start, mark.end, str(mark))


def passage_of(text: str, node: Node) -> Passage:
    """Give what a string spells as a passage; where it has escapes, all of it points to the string's beginning."""
    raw = text[node.start : node.end]
    size = 3 if raw[:3] in {'"""', "'''"} else 1
    body = raw[size : len(raw) - size]
    if raw[0] == '"' and "\\" in body:
        count = max(len(node.text), 1)
        return Passage(node.text, range(count), [node.start] * count)
    cut = len(body) - len(body.removeprefix("\r\n").removeprefix("\n")) if size == 3 else 0
    return whole(body[cut:], node.start + size + cut)
