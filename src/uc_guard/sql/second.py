"""A second reading by an independent parser, sqlglot: a table that only it sees is never let go."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from uc_guard.model.name import join_name, split_name
from uc_guard.model.use import Opaque

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uc_guard.model.use import Extraction
    from uc_guard.sql.resolve.schema import Known
    from uc_guard.sql.resolve.session import Session

_WORD = re.compile(r"\w+")
_NAMESPACES = re.compile(r"\b(?:use|set)\b", re.IGNORECASE)
# SAFETY: the compiled parser dies on very deep nesting, and takes twice the time for each further join without a
# condition, and for each further level of `struct(`. Neither can be cut off from inside.
_MOST_TEXT = 100_000
_MOST_DEPTH = 12
_MOST_JOINS = 12
_JOIN = re.compile(r"\bjoin\b", re.IGNORECASE)


def overlooked(catalog: Known, session: Session, text: str, found: Extraction) -> tuple[Opaque, ...]:
    """Give the known tables and views that sqlglot reads in a text and the first reading has not.

    The parser is asked only where some word of the text is the name of a table that could be meant and is not accounted
    for, which is rare: a column called like a table, a name in a comment.

    Args:
        catalog: What names can mean.
        session: The state that the text starts in.
        text: The text.
        found: The first reading.

    Returns:
        At most one opaque part.
    """
    asking = asking_schemas(catalog, session, text, found)
    if (asking is not None and session.schema not in asking) or not _is_safe(text):
        return ()
    told = _told(found)
    missing = sorted({name for name in _second_reading(session, text) if catalog.has_relation(name)} - told)
    # Where a text moves to another namespace while it runs, only the first reading has followed.
    if _NAMESPACES.search(text):
        ends = {split_name(name)[-1] for name in told}
        missing = [name for name in missing if split_name(name)[-1] not in ends]
    return (Opaque("readers-disagree", text[:200], tuple(missing)),) if missing else ()


def asking_schemas(catalog: Known, session: Session, text: str, found: Extraction) -> frozenset[str] | None:
    """Give the schemas in which a text would be read twice, were one of them the current one; None = in any."""
    if any(opaque.may is None for opaque in found.opaque):
        return frozenset()
    words = set(_WORD.findall(text.lower()))
    untold = set(_untold(catalog, session, words, _told(found)))
    return None if any(words.issuperset(schema) for schema in untold) else frozenset(part for (part,) in untold)


def _told(found: Extraction) -> set[str]:
    return {use.name for use in found.uses}.union(*(opaque.may or () for opaque in found.opaque))


def _untold(catalog: Known, session: Session, words: set[str], told: set[str]) -> Iterator[tuple[str, ...]]:
    """Give the schema, as the part of a name, of each known relation that a word could name and that is not told of."""
    for word in words & catalog.last_parts():
        if word not in session.temp_views:
            for name in catalog.ending_with((word,)):
                if name not in told:
                    yield split_name(name)[-2:-1]


def _is_safe(text: str) -> bool:
    if len(text) > _MOST_TEXT or len(_JOIN.findall(text)) > _MOST_JOINS:
        return False
    depth = deepest = 0
    for char in text:
        depth += (char in "([") - (char in ")]")
        deepest = max(deepest, depth)
    return deepest <= _MOST_DEPTH


def _second_reading(session: Session, text: str) -> Iterator[str]:
    """Give the full names of the tables in a text, as sqlglot sees them; none where it cannot read it."""
    import sqlglot  # noqa: PLC0415 - a tenth of a second, paid only where two readings are compared
    from sqlglot import exp  # noqa: PLC0415 - as above

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    try:
        trees = [tree for tree in sqlglot.parse(text, read="databricks") if tree is not None]
    except Exception:  # noqa: BLE001 - any failure of the second reader means that it has nothing to say
        return
    for tree in trees:
        if isinstance(tree, (exp.Use, exp.Command)):
            continue
        own = {cte.alias.lower() for cte in tree.find_all(exp.CTE)} | set(session.temp_views)
        for table in tree.find_all(exp.Table):
            parts = [part.name.lower() for part in table.parts]
            if table.find_ancestor(exp.Hint) or not all(parts) or (len(parts) == 1 and parts[0] in own):
                continue
            before = (session.catalog, session.schema)[: max(0, 3 - len(parts))]
            if None not in before:
                yield join_name([*(part for part in before if part), *parts])
