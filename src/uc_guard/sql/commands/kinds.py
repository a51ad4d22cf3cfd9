"""The words for types of securables in statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uc_guard.sql.grammar.cursor import Cursor

# Words to securable types, longest first.
_KINDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("EXTERNAL", "LOCATION"), "EXTERNAL_LOCATION"),
    (("STORAGE", "CREDENTIAL"), "STORAGE_CREDENTIAL"),
    (("SERVICE", "CREDENTIAL"), "CREDENTIAL"),
    (("MATERIALIZED", "VIEW"), "VIEW"),
    (("STREAMING", "TABLE"), "TABLE"),
    (("LIVE", "TABLE"), "TABLE"),
    (("EXTERNAL", "TABLE"), "TABLE"),
    (("EXTERNAL", "VOLUME"), "VOLUME"),
    (("FOREIGN", "CATALOG"), "CATALOG"),
    (("FOREIGN", "SCHEMA"), "SCHEMA"),
    (("FOREIGN", "TABLE"), "TABLE"),
    (("FOREIGN", "SERVER"), "CONNECTION"),
    (("CLEAN", "ROOM"), "CLEAN_ROOM"),
    (("EXTERNAL", "METADATA"), "EXTERNAL_METADATA"),
    (("METRIC", "VIEW"), "VIEW"),
    (("BLOOMFILTER", "INDEX"), "INDEX"),
    (("TABLE",), "TABLE"),
    (("VIEW",), "VIEW"),
    (("FUNCTION",), "FUNCTION"),
    (("PROCEDURE",), "PROCEDURE"),
    (("VOLUME",), "VOLUME"),
    (("MODEL",), "FUNCTION"),
    (("SCHEMA",), "SCHEMA"),
    (("DATABASE",), "SCHEMA"),
    (("NAMESPACE",), "SCHEMA"),
    (("CATALOG",), "CATALOG"),
    (("CONNECTION",), "CONNECTION"),
    (("SERVER",), "CONNECTION"),
    (("CREDENTIAL",), "CREDENTIAL"),
    (("SHARE",), "SHARE"),
    (("RECIPIENT",), "RECIPIENT"),
    (("PROVIDER",), "PROVIDER"),
    (("POLICY",), "POLICY"),
    (("FLOW",), "FLOW"),
    (("INDEX",), "INDEX"),
    (("SECRET", "SCOPE"), "SECRET_SCOPE"),
    (("METASTORE",), "METASTORE"),
    (("VARIABLE",), "VARIABLE"),
    (("VAR",), "VARIABLE"),
)


def read_kind(p: Cursor) -> str | None:
    """Read the type of securable that stands here; None where there is none that is known."""
    for words, kind in _KINDS:
        if p.up[p.i] == words[0] and p.take(*words):
            return kind
    return None
