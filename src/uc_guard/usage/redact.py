"""Texts of statements without what their literals and comments say, for a log that is to be kept."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.name import quote
from uc_guard.sql.commands.texts import Template
from uc_guard.sql.extract import Catalog, new_session
from uc_guard.sql.grammar.tokens import Hole, LiteralMatters
from uc_guard.sql.resolve.session import TempView, changes_between
from uc_guard.usage.fingerprint import templates

if TYPE_CHECKING:
    from uc_guard.sql.resolve.session import Change

_LONGEST = 20_000
"""Characters of the longest template that is read here, where no reading can be cut off."""


class Redactor:
    """Redacts texts; threads may share it, and each template is read once."""

    def __init__(self) -> None:
        """Know no template yet."""
        self._catalog = Catalog.from_dict({})
        self._safe: dict[str, bool] = {}
        self._lock = Lock()

    def __call__(self, texts: pl.Series) -> pl.Series:
        """Give each text with `''` for every string, `0` for every number, and without comments.

        Null where what is left could be read as less than the text uses: where a literal names something, or is put
        into a variable from which a later statement may take a name. Such a statement could have used anything.
        """
        found = templates(texts.cast(pl.String))
        with self._lock:
            for template in found.drop_nulls().unique().to_list():
                if template not in self._safe:
                    self._safe[template] = self._is_safe(template)
            unsafe = pl.Series([text for text, safe in self._safe.items() if not safe], dtype=pl.String)
        return pl.select(pl.when(~found.is_in(unsafe.implode())).then(found)).to_series().alias(texts.name)

    def _is_safe(self, template: str) -> bool:
        if len(template) > _LONGEST:
            return False
        session = new_session("c", "s")
        try:
            walk, _ = Template(template).run(self._catalog, session)
            changes = changes_between(session, walk.session)
            for change in changes:
                if _holds_literal(change):
                    Template(f"SELECT * FROM {quote(change.name)}").run(self._catalog, walk.session)  # noqa: S608 - quoted
        except LiteralMatters:
            return False
        return not any(change.kind == "variable" for change in changes)


def _holds_literal(change: Change) -> bool:
    return isinstance(change.value, TempView) and any(isinstance(token, Hole) for token in change.value.tokens)
