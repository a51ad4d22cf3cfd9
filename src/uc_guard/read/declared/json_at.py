"""Reads JSON into a tree with places."""

from __future__ import annotations

import json
import re

from uc_guard.read.declared.tree import DEEPEST, LIST, MAP, PLAIN, TEXT, BrokenDocument, Node

_TOKEN = re.compile(r'[ \t\r\n]*+(?:("(?:[^"\\]++|\\.)*+")|([{}\[\],:])|([^\s{}\[\],:"]++))', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)


def read_json(text: str) -> Node:
    """Read a JSON text.

    Raises:
        BrokenDocument: where it is no JSON, or nests too deeply.
    """
    stack: list[tuple[str, int, list[Node]]] = []
    end = 0
    for match in _TOKEN.finditer(text):
        if match.start() != end:
            raise _broken(end)
        end = match.end()
        kind = match.lastindex
        if kind == 1:
            node = Node(TEXT, match.start(1), end, _spelled(match[1], end))
        elif kind == 3:
            node = Node(PLAIN, match.start(3), end, match[3])
        elif match[2] in ",:":
            continue
        elif match[2] in "{[":
            stack.append((match[2], end - 1, []))
            if len(stack) > DEEPEST:
                raise BrokenDocument("too-deep", end, f"the file nests deeper than {DEEPEST} levels")
            continue
        else:
            node = _closed(stack, match[2], end)
        if not stack:
            if text[end:].strip():
                break
            return node
        stack[-1][2].append(node)
    raise _broken(end)


def pieces_of(text: str, node: Node) -> list[tuple[str, int]]:
    """Give what a string spells in pieces with their places, broken at its escapes."""
    raw, start = text[node.start + 1 : node.end - 1], node.start + 1
    pieces: list[tuple[str, int]] = []
    at = 0
    for match in _ESCAPE.finditer(raw):
        pieces.append((raw[at : match.start()], start + at))
        pieces.append((json.loads(f'"{match[0]}"'), start + match.start()))
        at = match.end()
    pieces.append((raw[at:], start + at))
    return pieces


def _spelled(raw: str, at: int) -> str:
    if "\\" not in raw:
        return raw[1:-1]
    try:
        return str(json.loads(raw, strict=False))
    except ValueError:
        raise _broken(at) from None


def _closed(stack: list[tuple[str, int, list[Node]]], mark: str, at: int) -> Node:
    opener, start, nodes = stack.pop() if stack else ("", 0, [])
    if opener + mark not in {"{}", "[]"}:
        raise _broken(at)
    if opener == "[":
        return Node(LIST, start, at, items=tuple(nodes))
    if len(nodes) % 2:
        raise _broken(at)
    return Node(MAP, start, at, pairs=tuple(zip(nodes[::2], nodes[1::2], strict=True)))


def _broken(at: int) -> BrokenDocument:
    return BrokenDocument("not-json", at, "the file is no JSON")
