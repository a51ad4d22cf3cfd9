"""Reads SQL wherever it stands in a file: what it says of access, with places in that file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from uc_guard.model.declared import Stated
from uc_guard.sql.access.text import RELEVANT, Namespace, read_access

if TYPE_CHECKING:
    from uc_guard.read.declared.found import Found
    from uc_guard.read.declared.source import Passage, Source

__all__ = ["MENTIONS", "RELEVANT", "Namespace", "read_sql"]

MENTIONS = re.compile(r"(?i)(?:\b|\\[nrt])(?:grant|revoke|deny|owner|mask|policy|row\s+filter|use)\b")
"""Code or JSON without any of these words runs nothing about access; an escape before a word hides where it begins."""


def read_sql(source: Source, passage: Passage, found: Found, namespace: Namespace | None = None) -> Namespace:
    """Read a passage of SQL.

    Args:
        source: The file.
        passage: The SQL in it.
        found: Takes what it says.
        namespace: Catalog and schema that its names start from.

    Returns:
        Catalog and schema that what follows in the same session starts from.
    """
    heard = read_access(passage.text, namespace)
    for said in heard.said:
        found.stated.append(
            Stated(
                said.verb, said.principal, said.privilege, said.securable_type, said.securable,
                source.place(*passage.span(said.start, said.end)), "sql", said.function, said.on_column,
                is_resolved=said.is_resolved,
            )
        )  # fmt: skip
    for unsaid in heard.unsaid:
        found.miss(unsaid.reason, source.place(*passage.span(unsaid.start, unsaid.end)))
    return heard.namespace
