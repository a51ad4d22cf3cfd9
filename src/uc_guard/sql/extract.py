"""The public face: what a statement, or a session of statements, uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uc_guard.model.name import canonical_name
from uc_guard.model.use import Extraction, Opaque, Use
from uc_guard.sql.commands.texts import body_of_function
from uc_guard.sql.grammar.tokens import tokenize
from uc_guard.sql.reading import read_text
from uc_guard.sql.resolve.schema import Known
from uc_guard.sql.resolve.session import Session, TempView

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "Catalog",
    "Extraction",
    "Opaque",
    "Session",
    "Use",
    "extract",
    "extract_in",
    "extract_session",
    "new_session",
]


class Catalog(Known):
    """What is known of a metastore: the tables, views, functions, volumes and procedures that names can mean."""

    __slots__ = ()

    def dependencies(self, name: str) -> Extraction:
        """Give what the body of a view or SQL function reads: its owner's need, not its reader's.

        A body that is not known is opaque.
        """
        full = canonical_name(name)
        known = self.views.get(full) or self.bodies.get(full) or {}
        body = known.get("definition")
        if not body:
            return Extraction((), (Opaque("no-text", full, None),))
        catalog, _, schema = str(known.get("current_namespace") or full.rpartition(".")[0]).lower().partition(".")
        session = Session(catalog or None, schema or None)
        if full in self.views:
            return extract_in(self, session, body)[0]
        return body_of_function(self, session, body, tuple(known.get("parameters") or ()))


def extract(
    text: str | None,
    catalog: Catalog,
    *,
    current_catalog: str | None = None,
    current_schema: str | None = None,
    temp_views: Mapping[str, Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Extraction:
    """Give what a text (one statement or several) uses; never raises on any text."""
    session = new_session(current_catalog, current_schema, temp_views)
    return extract_in(catalog, session, text, parameters)[0]


def extract_in(
    catalog: Catalog, session: Session, text: str | None, parameters: Mapping[str, Any] | None = None
) -> tuple[Extraction, Session]:
    """Give what a text uses in a session, and the session as the text leaves it."""
    return read_text(catalog, session, text, parameters or {})


def extract_session(
    statements: Iterable[str | None],
    catalog: Catalog,
    *,
    current_catalog: str | None = None,
    current_schema: str | None = None,
    temp_views: Mapping[str, Any] | None = None,
) -> list[Extraction]:
    """Give what each text of one session uses; USE, temporary views and variables carry over to later ones."""
    session = new_session(current_catalog, current_schema, temp_views)
    found: list[Extraction] = []
    for text in statements:
        extraction, session = extract_in(catalog, session, text)
        found.append(extraction)
    return found


def new_session(
    current_catalog: str | None = None, current_schema: str | None = None, temp_views: Mapping[str, Any] | None = None
) -> Session:
    """Make the state in which a session starts."""
    catalog = current_catalog.lower() if current_catalog else None
    schema = current_schema.lower() if current_schema else None
    if not temp_views:
        return Session(catalog, schema)
    return Session(
        catalog, schema, {name.lower(): _temp_view(view, catalog, schema) for name, view in temp_views.items()}
    )


def _temp_view(view: Mapping[str, Any], catalog: str | None, schema: str | None) -> TempView:
    columns = view.get("columns")
    namespace = view.get("current_namespace")
    if namespace:
        catalog, _, schema = str(namespace).lower().partition(".")
    definition = view.get("definition")
    tokens = tuple(tokenize(definition) or ("",)) if definition else ()
    return TempView(tokens, tuple(name.lower() for name in columns) if columns else None, catalog, schema)
