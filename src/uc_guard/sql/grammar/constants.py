"""Folds the constant expressions that spell names: IDENTIFIER('a' || :b)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.model.name import split_name
from uc_guard.sql.grammar.cursor import is_name
from uc_guard.sql.grammar.tokens import identifier, is_string, literal_text, string_value
from uc_guard.sql.grammar.tree import Chain, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from uc_guard.sql.grammar.cursor import Cursor

_CHOOSES = frozenset({"IDENTIFIER", "CASE", "WHEN", "THEN", "ELSE", "END", "IF", "IFF", "COALESCE", "NVL", "IFNULL",
                      "NULL", "TRUE", "FALSE", "AND", "OR", "NOT", "IS"})  # fmt: skip
"""Words that choose between texts, or stand in the conditions of a choice."""
_JOINS = frozenset({"||", ":", "?", "+"})
_CASES: dict[str, Callable[[str], str]] = {
    "LOWER": str.lower,
    "LCASE": str.lower,
    "UPPER": str.upper,
    "UCASE": str.upper,
    "TRIM": str.strip,
}


def folded_name(p: Cursor) -> tuple[Chain, Unknown | None]:
    """Read `IDENTIFIER( constant )`: the name it spells, or why it cannot be known."""
    start = p.i
    p.need("IDENTIFIER", "(")
    text = fold_text(p)
    if p.up[p.i] != ")":
        text = None  # what was read is a part of it
        p.skip_until(frozenset({")"}))
    p.need(")")
    if text is not None:
        chain = chain_of(text)
        if chain:
            return chain, None
    return (), Unknown("dynamic-name", p.text(start), tuple(_spelled(p, start)))


def fold_text(p: Cursor) -> str | None:
    """Read a constant text: literals, parameters and variables of known value, joined by `||`, concat, or nothing."""
    parts = [_fold_operand(p)]
    while p.take("||") or is_literal(p):
        parts.append(_fold_operand(p))
    known = [part for part in parts if part is not None]
    return "".join(known) if len(known) == len(parts) else None


def is_literal(p: Cursor) -> bool:
    """Tell whether a string, or the marker of a parameter, stands here: one after another, they are one text."""
    return is_string(p.raw[p.i]) or (p.up[p.i] == ":" and is_name(p.raw[p.i + 1])) or p.up[p.i] == "?"


def chain_of(text: str) -> Chain | None:
    """Split the name that a text spells; None where it spells none."""
    try:
        return tuple(part.lower() for part in split_name(text.strip()))
    except ValueError:
        return None


def _fold_operand(p: Cursor) -> str | None:  # noqa: PLR0911 - one return for each form of a constant
    mark = p.up[p.i]
    if is_string(p.raw[p.i]):
        return p.string()
    if mark == ":" and is_name(p.raw[p.i + 1]):
        p.i += 2
        return p.constant(":" + identifier(p.raw[p.i - 1]))
    if mark == "?":
        p.i += 1
        p.markers += 1
        return p.constant(f"?{p.markers}")
    if mark == "(":
        p.i += 1
        inner = fold_text(p)
        return inner if p.take(")") else None
    if mark in {"CONCAT", *_CASES} and p.up[p.i + 1] == "(":
        return _fold_call(p)
    if is_name(p.raw[p.i]):
        return _fold_variable(p)
    if p.raw[p.i][:1].isdigit():
        p.i += 1
        return literal_text(p.raw[p.i - 1])
    return None


def _fold_call(p: Cursor) -> str | None:
    word = p.up[p.i]
    p.i += 2
    parts = [fold_text(p)]
    while p.take(","):
        parts.append(fold_text(p))
    known = [part for part in parts if part is not None]
    if not p.take(")") or len(known) != len(parts):
        return None
    return "".join(known) if word == "CONCAT" else _CASES[word](known[0])


def _fold_variable(p: Cursor) -> str | None:
    parts = [p.name_part()]
    while p.up[p.i] == "." and is_name(p.raw[p.i + 1]):
        p.i += 1
        parts.append(p.name_part())
    if parts[:-1] in ([], ["session"], ["system", "session"]):
        return p.constants.get(parts[-1])
    return None


def _spelled(p: Cursor, start: int) -> list[Chain]:
    """Collect what the strings inside could spell by themselves; nothing where they are put together, or not all."""
    found: list[Chain] = []
    words = p.up[start : p.i]
    if not all(word in _CHOOSES or is_string(word) or not is_name(word) for word in words) or _JOINS & {*words}:
        return found
    for mark in p.raw[start : p.i]:
        chain = chain_of(string_value(mark)) if is_string(mark) else None
        if chain:
            found.append(chain)
    return found
