"""Reads HCL, the language of Terraform, into blocks with places; what is not literal is kept as written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from uc_guard.read.declared.tree import DEEPEST, LIST, OTHER, PLAIN, TEXT, BrokenDocument, Node

_TOKEN = re.compile(
    r"[ \t\r]*+(?:(?P<line>(?:\#|//)[^\n]*+)|(?P<block>/\*.*?\*/)|(?P<new>\n)"
    r"|(?P<here><<-?(?P<end>\w++)[ \t\r]*\n)"
    r'|(?P<quote>")|(?P<name>[^\W\d][\w-]*+)|(?P<mark>.))',
    re.DOTALL,
)
_EDGE = re.compile(r'\\.|[$%]\{|"|\n', re.DOTALL)
_INNER = re.compile(r'"|[{}]')
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A block.

    Attributes:
        kind: Its first word: `resource`, `grant` ...
        labels: What stands between the word and the brace, unquoted.
        start: First character.
        end: Character after its head.
        values: Its attributes: strings, lists of strings, numbers; `other` for what is computed.
        blocks: Its blocks.
    """

    kind: str
    labels: tuple[str, ...]
    start: int
    end: int
    values: dict[str, Node] = field(default_factory=dict[str, Node])
    blocks: list[Block] = field(default_factory=list["Block"])


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


def read_hcl(text: str) -> Block:
    """Read an HCL text; the block given back holds those of the file.

    Raises:
        BrokenDocument: where it is no HCL, or nests too deeply.
    """
    tokens = _tokens(text)
    root = Block("", (), 0, 0)
    stack = [root]
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if token.kind == "new":
            i += 1
        elif token.text == "}" and len(stack) > 1:
            stack.pop()
            i += 1
        elif token.kind != "name":
            raise _broken(token.start)
        elif i + 1 < len(tokens) and tokens[i + 1].text == "=":
            i, node = _expression(text, tokens, i + 2)
            stack[-1].values[token.text] = node
        else:
            i, block = _head(tokens, i)
            stack[-1].blocks.append(block)
            stack.append(block)
            if len(stack) > DEEPEST:
                raise BrokenDocument("too-deep", block.start, f"the file nests deeper than {DEEPEST} levels")
    if len(stack) > 1:
        raise BrokenDocument("not-hcl", stack[-1].start, "the file is no HCL: a block is never closed")
    return root


def _broken(at: int) -> BrokenDocument:
    return BrokenDocument("not-hcl", at, "the file is no HCL")


def _head(tokens: list[_Token], i: int) -> tuple[int, Block]:
    first = tokens[i]
    labels: list[str] = []
    i += 1
    while i < len(tokens) and tokens[i].kind in {"name", "quote"}:
        token = tokens[i]
        labels.append(_spelled(token) if token.kind == "quote" else token.text)
        i += 1
    if i >= len(tokens) or tokens[i].text != "{":
        raise _broken(first.start)
    return i + 1, Block(first.text, tuple(labels), first.start, tokens[i - 1].end)


def _expression(text: str, tokens: list[_Token], i: int) -> tuple[int, Node]:
    """Read an expression, to the end of its line or of the block around it."""
    first, depth = i, 0
    while i < len(tokens):
        token = tokens[i]
        if depth == 0 and (token.kind == "new" or token.text == "}"):
            break
        depth += (token.text in _OPEN) - (token.text in _CLOSE) if token.kind == "mark" else 0
        if depth < 0:
            raise _broken(token.start)
        i += 1
    if i == first:
        raise _broken(tokens[i - 1].start)
    return i, _node(text, tokens[first:i])


def _node(text: str, tokens: list[_Token]) -> Node:
    first, last = tokens[0], tokens[-1]
    if len(tokens) == 1:
        return _single(first)
    inner = [token for token in tokens[1:-1] if token.kind != "new"]
    items, commas = inner[::2], inner[1::2]
    is_flat = all(token.kind == "quote" for token in items) and all(token.text == "," for token in commas)
    if first.text == "[" and last.text == "]" and is_flat:
        return Node(LIST, first.start, last.end, items=tuple(_single(token) for token in items))
    number = text[first.start : last.end]
    if number.replace(".", "", 1).replace("-", "", 1).isdigit():
        return Node(PLAIN, first.start, last.end, number)
    return Node(OTHER, first.start, last.end, number)


def _single(token: _Token) -> Node:
    if token.kind == "quote":
        return Node(TEXT, token.start, token.end, _spelled(token))
    kind = PLAIN if token.text in {"true", "false", "null"} or token.text.isdigit() else OTHER
    return Node(kind, token.start, token.end, token.text)


def _spelled(token: _Token) -> str:
    body = token.text[1:-1]
    return _ESCAPE.sub(_unescape, body) if "\\" in body else body


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) > 1:
        number = int(code[1:], 16)
        return chr(number) if number < 0x110000 else ""
    return _ESCAPED.get(code, code)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while match := _TOKEN.match(text, at):
        kind = match.lastgroup or ""
        kind = "here" if kind == "end" else kind
        start, at = match.start(kind), match.end()
        if kind == "quote":
            at = _string_end(text, at)
        elif kind == "here":
            at = _heredoc_end(text, at, match["end"])
        if kind not in {"line", "block"}:
            found.append(_Token(kind, text[start:at], start, at))
    return found


def _heredoc_end(text: str, at: int, mark: str) -> int:
    """Give the place after the line that closes a heredoc."""
    match = re.compile(rf"^[ \t]*{mark}(?=\s|\Z|[),\]}}])", re.MULTILINE).search(text, at)
    if match is None:
        raise BrokenDocument("not-hcl", at - 1, "the file is no HCL: a heredoc is never closed")
    return match.end()


def _string_end(text: str, at: int) -> int:
    """Give the place after the quote that closes a string; what is interpolated may hold strings itself."""
    depths: list[int] = []  # one for each string around this place: the braces open in its interpolation
    start = at
    inside = False
    while True:
        match = (_INNER if inside else _EDGE).search(text, at)
        if match is None or match[0] == "\n" or len(depths) > DEEPEST:
            raise BrokenDocument("not-hcl", start - 1, "the file is no HCL: a string is never closed")
        at = match.end()
        if not inside:
            if match[0] == '"':
                if not depths:
                    return at
                inside = True
            elif match[0] in {"${", "%{"} and text[match.start() - 1] != match[0][0]:
                depths.append(1)
                inside = True
        elif match[0] == '"':
            inside = False
        else:
            depths[-1] += 1 if match[0] == "{" else -1
            if depths[-1] == 0:
                depths.pop()
                inside = False
