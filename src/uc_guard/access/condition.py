"""Conditions on tags, as policies write them: true, false, or not known."""

from __future__ import annotations

import re
from functools import lru_cache

Tags = frozenset[tuple[str, str | None]]
"""Tag names with their values; a tag without value has None."""

_TOKEN = re.compile(
    r"\s*(?:(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<text>'(?:[^'\\]|''|\\.)*'|\"(?:[^\"\\]|\"\"|\\.)*\")|(?P<mark>[(),]))\s*",
    re.DOTALL,
)
_DEEPEST = 100


@lru_cache(maxsize=65536)
def holds(condition: str | None, tags: Tags) -> bool | None:
    """Tell whether a condition holds for something with these tags.

    Args:
        condition: `has_tag('k')`, `has_tag_value('k', 'v')`, AND, OR, NOT, TRUE, FALSE, parentheses; empty or None =
            always.
        tags: Its tags.

    Returns:
        None where it cannot be told: the text cannot be read, or a function that is not known decides.
    """
    if condition is None or not condition.strip():
        return True
    try:
        tokens = _tokens(condition)
        value, rest = _either(tokens, tags, 0)
    except ValueError:
        return None
    return value if not rest else None


def _tokens(condition: str) -> tuple[str, ...]:
    found: list[str] = []
    at = 0
    while at < len(condition):
        token = _TOKEN.match(condition, at)
        if not token:
            raise ValueError(f"`{condition[at : at + 20]}` is no part of a condition on tags")
        word, text, mark = token.group("word", "text", "mark")
        found.append(word.upper() if word else text or mark)
        at = token.end()
    return tuple(found)


# Each reader takes the tokens that are left and gives a value with the tokens left after it. The logic has three
# values: an unknown part decides nothing that the known parts have decided.


def _either(tokens: tuple[str, ...], tags: Tags, depth: int) -> tuple[bool | None, tuple[str, ...]]:
    value, rest = _both(tokens, tags, depth)
    while rest[:1] == ("OR",):
        other, rest = _both(rest[1:], tags, depth)
        value = True if value or other else (None if None in (value, other) else False)
    return value, rest


def _both(tokens: tuple[str, ...], tags: Tags, depth: int) -> tuple[bool | None, tuple[str, ...]]:
    value, rest = _one(tokens, tags, depth)
    while rest[:1] == ("AND",):
        other, rest = _one(rest[1:], tags, depth)
        value = False if False in (value, other) else (None if None in (value, other) else True)
    return value, rest


def _one(tokens: tuple[str, ...], tags: Tags, depth: int) -> tuple[bool | None, tuple[str, ...]]:
    if depth > _DEEPEST or not tokens:
        raise ValueError("the condition ends too early, or nests too deep")
    match tokens[0]:
        case "NOT":
            value, rest = _one(tokens[1:], tags, depth + 1)
            return (None if value is None else not value), rest
        case "(":
            value, rest = _either(tokens[1:], tags, depth + 1)
            if rest[:1] != (")",):
                raise ValueError("a parenthesis is not closed")
            return value, rest[1:]
        case "TRUE" | "FALSE" as word:
            return word == "TRUE", tokens[1:]
        case _:
            return _call(tokens, tags)


def _call(tokens: tuple[str, ...], tags: Tags) -> tuple[bool | None, tuple[str, ...]]:
    if tokens[1:2] != ("(",) or ")" not in tokens:
        raise ValueError(f"`{tokens[0]}` is no function")
    end = tokens.index(")")
    arguments = [_string(text) for text in tokens[2:end] if text != ","]
    # UC: the camel-case spellings are deprecated and still accepted.
    match tokens[0], arguments:
        case (("HAS_TAG" | "HASTAG"), [key]):
            return any(tag == key for tag, _ in tags), tokens[end + 1 :]
        case (("HAS_TAG_VALUE" | "HASTAGVALUE"), [key, wanted]):
            return (key, wanted) in tags, tokens[end + 1 :]
        case _:
            return None, tokens[end + 1 :]


def _string(token: str) -> str:
    mark = token[0]
    if mark not in "'\"":
        raise ValueError(f"`{token}` is no string")
    return re.sub(r"\\(.)", r"\1", token[1:-1].replace(mark * 2, mark), flags=re.DOTALL)
