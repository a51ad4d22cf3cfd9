"""Runs a text statement by statement: cuts it, reads each, and carries the session along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uc_guard.model.use import Extraction, Opaque
from uc_guard.sql.cursor import Misread
from uc_guard.sql.queries import new_cursor, read_query
from uc_guard.sql.resolve import resolve_query
from uc_guard.sql.tokens import tokenize
from uc_guard.sql.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from uc_guard.sql.schema import Catalog
    from uc_guard.sql.session import Session


def run_text(
    catalog: Catalog, session: Session, text: str | None, parameters: Mapping[str, Any]
) -> tuple[Extraction, Session]:
    """Give what a text uses in a session, and the session as the text leaves it."""
    if text is None:
        return Extraction((), (Opaque("no-text", "", None),)), session
    tokens = tokenize(text)
    if tokens is None:
        return Extraction((), (Opaque("syntax", text[:200], None),)), session
    walk = Walk(catalog, session, resolve_query)
    p = new_cursor(tokens)
    try:
        q = read_query(p)
        if p.i != p.end and p.up[p.i] != ";":
            p.fail()
        resolve_query(walk, q, None)
    except Misread as misread:
        walk.note(misread.reason, misread.near, None)
    return Extraction(walk.uses(), tuple(walk.opaque.values())), session
