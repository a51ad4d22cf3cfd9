"""Reads what a whole text says of access, statement by statement; a statement without the words for it is not cut."""

from __future__ import annotations

import re

from uc_guard.sql.access.readers import READERS
from uc_guard.sql.access.said import At, Heard, Namespace, NotRead, Said, Unsaid
from uc_guard.sql.grammar.placed import mask, statement_spans, tokens_at

__all__ = ["RELEVANT", "Heard", "Namespace", "Said", "Unsaid", "read_access"]

RELEVANT = re.compile(r"(?i)\b(?:grant|revoke|deny|owner|mask|policy|row\s+filter)\b")
"""A text without any of these words says nothing of access."""

_STATE = re.compile(r"(?i)\b(?:use|execute\s+immediate)\b")
_SPACE = re.compile(r"\s*+")
_OPENERS = frozenset({"BEGIN", "THEN", "ELSE", "DO", "LOOP", "ATOMIC", "REPEAT"})
_BLOCKS = frozenset({"IF", "ELSEIF", "WHILE", "FOR", "REPEAT", "CASE", "DECLARE", "CREATE", "END"})
"""Words before what opens a block, in scripts and procedures."""

_KINDS = frozenset({"CATALOG", "SCHEMA", "DATABASE"})


def read_access(text: str, namespace: Namespace | None = None) -> Heard:
    """Read what a text (one statement or several, perhaps a template) says of access; never raises on any text.

    Args:
        text: The text.
        namespace: What its names start from; nothing is assumed where not given.
    """
    here = namespace or Namespace()
    said: list[Said] = []
    unsaid: list[Unsaid] = []
    if not RELEVANT.search(text) and not _STATE.search(text):
        return Heard(said, unsaid, here)
    masked = mask(text)
    for start, end, is_closed in statement_spans(masked.text):
        speaks = RELEVANT.search(text, start, end)
        if not speaks and not _STATE.search(text, start, end):
            continue
        if not is_closed:
            unsaid += [Unsaid("unclosed", _first(text, start), end)] if speaks else []
            break
        here = _run(At(masked, tokens_at(masked.text, start, end), here), said, unsaid)
    return Heard(said, unsaid, here)


def _run(at: At, said: list[Said], unsaid: list[Unsaid]) -> Namespace:
    """Read one statement; give the namespace that it leaves."""
    while at.up[at.i] in _OPENERS:
        at.i += 1
    if at.up[at.i] in _BLOCKS or at.up[at.i + 1] == ":":
        at.i = _inner(at)
    first = at.i
    try:
        if at.up[first] == "USE":
            return _used(at)
        for one in READERS[at.up[first]](at) if at.up[first] in READERS else ():
            if isinstance(one, Said):
                said.append(one)
            else:
                unsaid.append(one)
    except NotRead as error:
        unsaid += [] if at.up[first] == "USE" else [Unsaid(error.reason, *at.span(first, len(at.tokens)))]
    return at.namespace


def _inner(at: At) -> int:
    """Give the place of the statement that stands after what opens a block; where it is when there is none."""
    places = range(at.i + 1, len(at.tokens))
    return next((k for k in places if at.up[k] in READERS and at.up[k - 1] in _OPENERS), at.i)


def _first(text: str, start: int) -> int:
    match = _SPACE.match(text, start)
    return match.end() if match else start


def _used(at: At) -> Namespace:
    at.i += 1
    kind = at.up[at.i] if at.up[at.i] in _KINDS and at.up[at.i + 1] not in {"", "."} else ""
    at.i += bool(kind)
    parts, known = at.chain()
    if not known or len(parts) > 2:
        return Namespace()
    first, *second = (part.lower() for part in parts)
    if kind == "CATALOG":
        return Namespace(first, "default")
    return Namespace(first, second[0]) if second else Namespace(at.namespace.catalog, first)
