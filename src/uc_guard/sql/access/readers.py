"""Reads GRANT, REVOKE, and what ALTER, CREATE and DROP say of owners, masks, row filters and policies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from uc_guard.model.privilege import OWNER
from uc_guard.sql.access.pieces import Mark, Named, function, is_odd, principals, privileges, securable
from uc_guard.sql.access.said import At, NotRead, Said, Unsaid
from uc_guard.sql.grammar.placed import tokens_at
from uc_guard.sql.grammar.tokens import is_string

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from uc_guard.sql.access.said import Span

_LITERAL_STATEMENT = re.compile(r"(?i)['\"]\s*(?:grant|revoke|alter|create|drop)\b")
_KINDS_OF_POLICY = frozenset({"FILTER", "MASK", "GRANT", "DENY"})
_EXECUTES = frozenset({"GRANT", "REVOKE", "ALTER", "CREATE", "DROP"})


def _grant(at: At) -> Iterator[Said | Unsaid]:
    verb = at.up[at.i].lower()
    at.i += 1
    given = privileges(at)
    at.need("ON")
    target = securable(at)
    at.need("TO" if verb == "grant" else "FROM")
    to = principals(at)
    if not at.at_end():
        raise NotRead
    if target.kind_span:
        yield Unsaid("unknown-type", *target.kind_span)
    for privilege in given:
        if is_odd(privilege):
            yield Unsaid("unknown-privilege", *privilege.span)
        for principal in to:
            yield _said(verb, target, principal, privilege, privilege.span)


def _deny(_: At) -> Iterator[Said | Unsaid]:
    raise NotRead("deny")  # UC: a statement of the old metastore


def _alter(at: At) -> Iterator[Said | Unsaid]:
    at.i += 1
    target = securable(at)
    column: str | None = None
    while not at.at_end():
        first = at.i
        if at.take("SET", "OWNER", "TO") or at.take("OWNER", "TO"):
            first = at.i
            name, is_resolved = at.part()
            to = Mark(name, is_resolved, at.span(first, at.i))
            yield _said("owner", target, to, Mark(OWNER, is_resolved=True, span=to.span), to.span)
        elif at.take("ALTER", "COLUMN") or at.take("CHANGE", "COLUMN") or at.take("ADD", "COLUMN"):
            column = _column(at)
        elif at.take("SET", "MASK") or (column is not None and at.take("MASK")):
            yield _guarded("mask", target, column, function(at))
        elif at.take("DROP", "MASK"):
            yield _unguarded("unmask", target, column, at.span(first, at.i))
        elif at.take("SET", "ROW", "FILTER"):
            yield _guarded("filter", target, None, function(at))
        elif at.take("DROP", "ROW", "FILTER"):
            yield _unguarded("unfilter", target, None, at.span(first, at.i))
        else:
            at.i += 1


def _column(at: At) -> str:
    at.take("IF", "EXISTS")
    parts, _ = at.chain()
    return ".".join(parts).lower()


def _create(at: At) -> Iterator[Said | Unsaid]:
    at.i += 1
    at.take("OR", "REPLACE")
    if at.take("POLICY"):
        yield from _policy(at)
        return
    while at.up[at.i] not in {"TABLE", "VIEW", "(", "AS", ""}:
        at.i += 1
    if at.up[at.i] not in {"TABLE", "VIEW"}:
        return
    at.i += 1
    at.take("IF", "NOT", "EXISTS")
    parts, known = at.chain()
    target = Named("TABLE", *at.full(parts, "TABLE", known=known))
    if at.take("("):
        yield from _columns(at, target)
    while not at.at_end():
        if at.take("ROW", "FILTER"):
            yield _guarded("filter", target, None, function(at))
        elif at.up[at.i] in {"AS", "SELECT"}:
            return
        else:
            at.i += 1


def _columns(at: At, target: Named) -> Iterator[Said | Unsaid]:
    """Read `c TYPE MASK f, ...)`."""
    depth, column, starts = 1, None, True
    while depth and not at.at_end():
        word = at.up[at.i]
        if starts and depth == 1 and word not in {")", ","}:
            column, starts = _column(at), False
        elif word == "MASK" and depth == 1 and at.up[at.i + 1] not in {",", ")"}:
            at.i += 1
            yield _guarded("mask", target, column, function(at))
        else:
            depth += {"(": 1, ")": -1}.get(word, 0)
            starts = word == "," and depth == 1
            at.i += 1


def _policy(at: At) -> Iterator[Said | Unsaid]:
    if not _KINDS_OF_POLICY & set(at.up):
        return  # a policy of another database: `FOR SELECT USING (...)`
    at.part()
    at.need("ON")
    target = securable(at)
    uses: Mark | None = None
    given: list[Mark | None] = [None]
    while at.up[at.i] not in {"TO", ""}:
        if at.take("ROW", "FILTER") or at.take("COLUMN", "MASK"):
            uses = function(at)
        elif at.up[at.i] in {"GRANT", "DENY"}:
            at.i += 1
            given = [*_until_for(at)]
        else:
            at.i += 1
    at.need("TO")
    for principal in principals(at):
        for privilege in given:
            yield _said("policy", target, principal, privilege, principal.span, uses)
    if at.take("EXCEPT"):
        for principal in principals(at):
            yield _said("exempt", target, principal, None, principal.span, uses)


def _until_for(at: At) -> Iterator[Mark | None]:
    first = at.i
    while at.up[at.i] not in {"FOR", "TO", ""}:
        at.i += 1
    if at.i == first:
        raise NotRead
    yield Mark("_".join(at.up[first : at.i]), is_resolved=True, span=at.span(first, at.i))


def _drop(at: At) -> Iterator[Said | Unsaid]:
    at.i += 1
    first = at.i
    if not at.take("POLICY"):
        return
    at.take("IF", "EXISTS")
    at.part()
    at.need("ON")
    yield _unguarded("unpolicy", securable(at), None, at.span(first, at.i))


def _execute(at: At) -> Iterator[Said | Unsaid]:
    """EXECUTE IMMEDIATE of a literal text is what the text says; what is put together at run time is not known."""
    inner = at.tokens[2] if at.up[:2] == ["EXECUTE", "IMMEDIATE"] and len(at.tokens) == 3 else None
    body = inner.raw[1:-1] if inner and is_string(inner.raw) and inner.raw[0] in "'\"" else ""
    if inner and body and not any(mark in body for mark in ("\\", "''", '""', ";")):
        tokens = tokens_at(at.masked.text, inner.start + 1, inner.end - 1)
        text = At(at.masked, tokens, at.namespace)
        if text.up[0] in _EXECUTES:
            yield from READERS[text.up[0]](text)
            return
    is_name = len(at.tokens) > 2 and not is_string(at.tokens[2].raw)
    if is_name and _LITERAL_STATEMENT.search(at.masked.text):
        yield Unsaid("dynamic-statement", at.tokens[at.i].start, at.tokens[-1].end)
        return
    for token in at.tokens:
        words = token.raw.strip("'\" \n\t").upper().split(None, 1) if is_string(token.raw) else []
        if words and words[0] in _EXECUTES:
            yield Unsaid("dynamic-statement", at.tokens[at.i].start, at.tokens[-1].end)
            return


def _said(
    verb: str, target: Named, principal: Mark, privilege: Mark | None, span: Span, uses: Mark | None = None
) -> Said:
    known = target.is_resolved and principal.is_resolved and (privilege is None or privilege.is_resolved)
    return Said(
        verb, principal.text, privilege.text if privilege else None, target.kind, target.name,
        uses.text if uses else None, None, known, *span,
    )  # fmt: skip


def _guarded(verb: str, target: Named, column: str | None, by: Mark) -> Said:
    known = target.is_resolved and by.is_resolved
    return Said(verb, None, None, target.kind, target.name, by.text, column, known, *by.span)


def _unguarded(verb: str, target: Named, column: str | None, span: Span) -> Said:
    return Said(verb, None, None, target.kind, target.name, None, column, target.is_resolved, *span)


READERS: dict[str, Callable[[At], Iterator[Said | Unsaid]]] = {
    "GRANT": _grant,
    "REVOKE": _grant,
    "DENY": _deny,
    "ALTER": _alter,
    "CREATE": _create,
    "DROP": _drop,
    "EXECUTE": _execute,
}
