"""Runs a whole text in a session: cuts it into tokens, reads its statements, keeps deep nesting in bounds."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from uc_guard.model.use import Extraction, Opaque
from uc_guard.sql.commands.routines import read_body
from uc_guard.sql.commands.statements import run_statement, run_statements
from uc_guard.sql.commands.targets import names_in_text
from uc_guard.sql.grammar.cursor import Misread
from uc_guard.sql.grammar.queries import new_cursor
from uc_guard.sql.grammar.tokens import LiteralMatters, tokenize, tokenize_template
from uc_guard.sql.resolve.named import view_columns
from uc_guard.sql.resolve.queries import derive_query
from uc_guard.sql.resolve.walk import Readers, Walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from uc_guard.sql.grammar.tree import Query
    from uc_guard.sql.resolve.schema import Known
    from uc_guard.sql.resolve.session import Session

# Frames that nested text may need; our readers are plain Python and take no C stack.
_DEEP = 60_000


def run_text(
    catalog: Known, session: Session, text: str | None, parameters: Mapping[str, Any]
) -> tuple[Walk, Extraction]:
    """Give the walk through a text in a session, as it ends, and what it found."""
    if text is None:
        return new_walk(catalog, session), Extraction((), (Opaque("no-text", "", None),))
    tokens = tokenize(text)
    if tokens is not None:
        return _run_tokens(catalog, session, tokens, parameters)
    walk = new_walk(catalog, session)
    walk.is_relative = True
    return walk, Extraction((), (Opaque("syntax", text[:200], names_in_text(walk, text)),))


class Template:
    """Any text of a template: `''` stands for any string, `0` for any number. What is alike in all states is kept."""

    def __init__(self, template: str) -> None:
        self._template = template
        self._tokens: list[str] | None = None
        self._known: dict[int, tuple[Query, int]] = {}

    def run(self, catalog: Known, session: Session) -> tuple[Walk, Extraction]:
        """Give the walk through it in a session, and what it found.

        Raises:
            LiteralMatters: where that depends on what a literal spells.
        """
        if self._tokens is None:
            self._tokens = tokenize_template(self._template)
        return _run_tokens(catalog, session, self._tokens, None, self._known)


def body_of_function(catalog: Known, session: Session, body: str, parameters: tuple[str, ...]) -> Extraction:
    """Give what the body of a SQL function reads: a query, an expression, or `RETURN` with one of them."""
    tokens = tokenize(body)
    walk = new_walk(catalog, session)
    if tokens is None:
        return Extraction((), (Opaque("syntax", body[:200], names_in_text(walk, body)),))
    p = new_cursor(tokens)
    p.take("RETURN")
    if p.up[p.i] == "BEGIN":
        return run_text(catalog, session, body, {})[1]
    try:
        read_body(p, walk, "", parameters)
        if not p.at_end():
            p.fail()
    except (Misread, RecursionError):
        walk.note("syntax", body, names_in_text(walk, body))
    return Extraction(walk.uses(), tuple(walk.opaque))


def _run_tokens(
    catalog: Known,
    session: Session,
    tokens: list[str],
    parameters: Mapping[str, Any] | None,
    known: dict[int, tuple[Query, int]] | None = None,
) -> tuple[Walk, Extraction]:
    try:
        return _run(catalog, session, tokens, parameters, known)
    except RecursionError:
        return _run_deep(catalog, session, tokens, parameters)


def _run(
    catalog: Known,
    session: Session,
    tokens: list[str],
    parameters: Mapping[str, Any] | None,
    known: dict[int, tuple[Query, int]] | None = None,
) -> tuple[Walk, Extraction]:
    walk = new_walk(catalog, session)
    p = new_cursor(tokens, {**session.variables, **_constants(parameters or {})})
    p.hides_parameters = parameters is None
    p.known = known
    run_statements(p, walk)
    return walk, Extraction(walk.uses(), tuple(walk.opaque))


def _run_deep(
    catalog: Known, session: Session, tokens: list[str], parameters: Mapping[str, Any] | None
) -> tuple[Walk, Extraction]:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _DEEP))
    try:
        return _run(catalog, session, tokens, parameters)
    except RecursionError:
        if parameters is None:
            raise LiteralMatters from None  # a string may spell a name, too
        near = " ".join(tokens[:40])[:200]
        walk = new_walk(catalog, session)
        walk.is_relative = True
        return walk, Extraction((), (Opaque("too-deep", near, names_in_text(walk, " ".join(tokens))),))
    finally:
        sys.setrecursionlimit(limit)


def _constants(parameters: Mapping[str, Any]) -> dict[str, str | None]:
    """Give parameter values by marker: `:name`, `?1`."""
    found: dict[str, str | None] = {}
    for place, (name, value) in enumerate(parameters.items(), 1):
        text = value if isinstance(value, str) else None
        found[f":{str(name).lower()}"] = text
        found[f"?{place}"] = text
    return found


def new_walk(catalog: Known, session: Session) -> Walk:
    """Make a walk that has found nothing yet."""
    return Walk(catalog, session, Readers(derive_query, run_statement, run_statements, view_columns))
