"""Cuts SQL text into the tokens of Databricks SQL."""

from __future__ import annotations

import re
from functools import lru_cache

# Own lexer, one regular expression: exact where Spark is peculiar (`2021_sales` is a name, `'it''s'` one string,
# a back-slash at the end of a `--` comment continues it) and as fast as a compiled general one.
_SPACE = r"\s*+(?:(?:[\ufeff\x00]|--(?:\\\n|[^\r\n])*+)\s*+)*+"
_STRING = r"'[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*+'" + r'|"[^"\\]*+(?:(?:\\.|"")[^"\\]*+)*+"'
_RAW_STRING = r"[rR](?:'[^']*+'|\"[^\"]*+\")"
_DOLLAR = r"\$\$.*?\$\$"
_QUOTED = r"`(?:[^`]|``)*+`"
_NUMBER = r"(?:\d++(?:\.\d*+)?+|\.\d++)(?:[eE][+-]?\d++)?+(?:[lLsSyYfFdD]|[bB][dD])?+(?!\w)"
# A quote that is never closed takes the rest of the text, or each quote after it would search to the end again.
_REST = r"['\"`].*+"
_OPERATOR = r"<=>|>>>|\?::|<>|<=|>=|<<|>>|!=|!<|!>|==|=>|->|::|:=|\|\||\|>"
# What most tokens are comes first, though all of it is matched by the others, too.
_MOST_TOKENS = r"(?!r['\"]|R['\"])[A-Za-z_]\w*+|[,()]"
TOKEN = re.compile(
    rf"{_SPACE}({_MOST_TOKENS}|{_RAW_STRING}|{_NUMBER}|\w++|{_STRING}|{_QUOTED}|{_DOLLAR}|{_OPERATOR}|{_REST}|.|$)",
    re.DOTALL,
)
CLOSED = re.compile(rf"{_RAW_STRING}|{_STRING}|{_QUOTED}", re.DOTALL)
OUTSIDE_BLOCKS = re.compile(rf"{_RAW_STRING}|{_STRING}|{_QUOTED}|{_DOLLAR}|--(?:\\\n|[^\r\n])*+|/\*|{_REST}", re.DOTALL)
_BLOCK_EDGE = re.compile(r"/\*|\*/")
_HINT_OF_COLUMNS = re.compile(r"REPARTITION|REBALANCE", re.IGNORECASE)
_AFTER_SELECT = re.compile(r"SELECT\s*$|\A\s*\Z", re.IGNORECASE)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}|.)", re.DOTALL)
_ESCAPED = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a", "%": "\\%", "_": "\\_"}

# Stands before a hint that names columns: such a hint makes the query read them. Other hints are comments to us.
HINT = "\x02"


class LiteralMatters(Exception):
    """The meaning of a template depends on what one of its literals spells: its texts have to be read one by one."""


class Hole(str):
    """The place of a literal in a template: its kind is known, what it spells is not."""

    __slots__ = ()


class Unspelled(str):
    """The name of a column that is called like a literal of a template: it stands for one that is not known.

    INVARIANT: told by its type, never by its letters, which an ordinary text may hold as well.
    """

    __slots__ = ()


_EMPTY = Hole("''")
_SHORT = 10_000
"""Characters of the longest template whose tokens are remembered: memory would have to hold the longest ones."""

_IS_NUMBER = re.compile(_NUMBER)


def tokenize_template(template: str) -> list[str]:
    """Give the tokens of a text whose literals were taken out: `''` stands for any string, `0` for any number.

    Raises:
        LiteralMatters: where a string, name or comment is never closed, so that nobody knows what is a literal.
    """
    tokens = tokenize(template)
    if tokens is None:
        raise LiteralMatters
    return list(map(_hole_of_few if len(template) <= _SHORT else _hole, tokens))


def _hole(token: str) -> str:
    if is_string(token):
        return _EMPTY
    return Hole(token) if _IS_NUMBER.fullmatch(token) else token


_hole_of_few = lru_cache(4096)(_hole)


def tokenize(text: str) -> list[str] | None:
    """Give the tokens as they stand in the text, or None where a string, name or comment is never closed."""
    if "/*" in text:
        cleaned = _without_block_comments(text)
        if cleaned is None:
            return None
        text = cleaned
    tokens = TOKEN.findall(text)
    while tokens and not tokens[-1]:
        tokens.pop()
    if tokens and tokens[-1][0] in "'\"`" and not CLOSED.fullmatch(tokens[-1]):
        return None
    return tokens


def is_string(token: str) -> bool:
    """Tell whether a token is a string literal."""
    return token[:1] in {"'", '"'} or token[:2] in {"r'", "R'", 'r"', 'R"', "$$"}


def string_value(token: str) -> str:
    """Give what a string literal spells.

    Raises:
        LiteralMatters: for a hole.
    """
    if type(token) is Hole:
        raise LiteralMatters
    if token.startswith("$$"):
        return token[2:-2]
    if token[0] in "rR":
        return token[2:-1]
    quote = token[0]
    body = token[1:-1].replace(quote * 2, quote)
    return _ESCAPE.sub(_unescape, body) if "\\" in body else body


def literal_text(token: str) -> str:
    """Give what a literal spells: a string without its quotes, anything else as it stands.

    Raises:
        LiteralMatters: for a hole.
    """
    if type(token) is Hole:
        raise LiteralMatters
    return string_value(token) if is_string(token) else token


def identifier(token: str) -> str:
    """Give the identifier that a token spells: unquoted, lower case."""
    return token[1:-1].replace("``", "`").lower() if token[0] == "`" else token.lower()


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) > 1:
        number = int(code, 8) if code[0].isdigit() else int(code[1:], 16)
        return chr(number) if number < 0x110000 else ""
    return _ESCAPED.get(code, code)


def end_of_block(text: str, at: int) -> int | None:
    """Give the place after the block comment that is open at a place; they nest. None where it is never closed."""
    depth = 1
    while depth:
        edge = _BLOCK_EDGE.search(text, at)
        if edge is None:
            return None
        depth += 1 if edge[0] == "/*" else -1
        at = edge.end()
    return at


def _without_block_comments(text: str) -> str | None:
    """Put a space in place of every `/* ... */`; they nest."""
    pieces: list[str] = []
    start = at = 0
    while match := OUTSIDE_BLOCKS.search(text, at):
        at = match.end()
        if match[0] != "/*":
            continue
        pieces.append(text[start : match.start()])
        begin, end = at, end_of_block(text, at)
        if end is None:
            return None
        at = end
        if text[begin] == "+" and _HINT_OF_COLUMNS.search(text, begin, at) and _AFTER_SELECT.search(pieces[-1]):
            pieces.append(f"{HINT}({text[begin + 1 : at - 2]})")
        start = at
    pieces.append(text[start:])
    return " ".join(pieces)
