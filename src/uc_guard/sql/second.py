"""A second reading by an independent parser, sqlglot: a table that only it sees is never let go."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, NamedTuple

from uc_guard.model.name import join_name, split_name
from uc_guard.model.use import Opaque

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uc_guard.model.use import Extraction
    from uc_guard.sql.resolve.schema import Known
    from uc_guard.sql.resolve.session import Session

_WORD = re.compile(r"\w+")
_NO_WORD = {code: " " for code in range(128) if not re.match(r"\w", chr(code))}
_NAMESPACES = re.compile(r"\b(?:use|set)\b", re.IGNORECASE)
# SAFETY: the compiled parser dies on very deep nesting, and takes twice the time for each further join without a
# condition, and for each further level of `struct(`. Neither can be cut off from inside.
_MOST_TEXT = 100_000
_MOST_DEPTH = 12
_MOST_JOINS = 12
_JOIN = re.compile(r"\bjoin\b", re.IGNORECASE)
_NO_TABLES = frozenset({"PROCEDURE", "SCHEMA", "DATABASE"})
"""What is made or dropped by these: a name that is no table, or a body that runs later."""
_BRACKET = re.compile(r"[(\[\])]")


class Asking(NamedTuple):
    """The namespaces in which a text has to be read twice.

    Attributes:
        namespaces: Pairs of current catalog and schema; None in a pair = whichever it is.
    """

    namespaces: frozenset[tuple[str | None, str | None]]

    def is_asked_in(self, catalog: str | None, schema: str | None) -> bool:
        """Tell whether one of them is this."""
        wanted = self.namespaces
        if not wanted:
            return False
        return not wanted.isdisjoint(((None, None), (catalog, None), (None, schema), (catalog, schema)))


NOWHERE = Asking(frozenset())


class SecondReader:
    """Reads a text with sqlglot, once, and only when it is first asked: it is the dearer reading by far."""

    def __init__(self, catalog: Known, text: str) -> None:
        """Take a text.

        Args:
            catalog: What names can mean.
            text: The text.
        """
        self._catalog = catalog
        self._text = text
        self._lowered = text.lower()
        self._words: set[str] | None = None
        self._near: tuple[tuple[str, tuple[str, ...]], ...] = ()
        self._before: dict[str, set[str | None]] = {}
        self._tables: list[tuple[str, ...]] | None = None

    def asking(self, session: Session, found: Extraction) -> Asking:
        """Give the namespaces in which the text would have to be read twice.

        That is where some word of the text could be the name of a table that is not accounted for, which is rare: a
        column or an alias called like a table, a name in a comment.

        Args:
            session: The state that the text starts in.
            found: The first reading.
        """
        if not self._text or any(opaque.may is None for opaque in found.opaque):
            return NOWHERE
        return Asking(frozenset(self._untold(session, _told(found))))

    def _untold(self, session: Session, told: set[str]) -> Iterator[tuple[str | None, str | None]]:
        """Give the namespace that has to be current for each known relation that could be named and is not told.

        A catalog or schema that the text names itself need not be current.
        """
        if self._words is None:
            self._words = words_in(self._lowered)
            last_parts = self._words & self._catalog.last_parts()
            self._near = tuple((word, self._catalog.ending_with((word,))) for word in last_parts)
        for word, names in self._near:
            others = [name for name in names if name not in told]
            if not others or word in session.temp_views:
                continue
            if word not in self._before:
                self._before[word] = _before(self._lowered, word)
            before = self._before[word]
            for name in others:
                catalog_name, schema = (None, None, *split_name(name))[-3:-1]
                # By its last part alone, or by that after its schema: else the text names another one.
                ends = _WORD.findall(schema or "")
                if None in before or not ends or ends[-1] in before:
                    yield _wanted(catalog_name, self._words), _wanted(schema, self._words)

    def overlooked(self, session: Session, found: Extraction) -> tuple[Opaque, ...]:
        """Give the known tables and views that sqlglot reads in the text and the first reading has not.

        To be asked only in the namespaces that `asking` gives.

        Args:
            session: The state that the text starts in.
            found: The first reading.

        Returns:
            At most one opaque part.
        """
        if self._tables is None:
            self._tables = list(_tables(self._text)) if _is_safe(self._text) else []
        told = _told(found)
        names = {name for parts in self._tables if (name := _full(session, parts)) and self._catalog.has_relation(name)}
        missing = sorted(names - told)
        # Where a text moves to another namespace while it runs, only the first reading has followed.
        if _NAMESPACES.search(self._text):
            ends = {split_name(name)[-1] for name in told}
            missing = [name for name in missing if split_name(name)[-1] not in ends]
        return (Opaque("readers-disagree", self._text[:200], tuple(missing)),) if missing else ()


def overlooked(catalog: Known, session: Session, text: str, found: Extraction) -> tuple[Opaque, ...]:
    """Give what a second reading adds to the first one of a text: at most one opaque part."""
    second = SecondReader(catalog, text)
    if not second.asking(session, found).is_asked_in(session.catalog, session.schema):
        return ()
    return second.overlooked(session, found)


def _told(found: Extraction) -> set[str]:
    return {use.name for use in found.uses}.union(*(opaque.may or () for opaque in found.opaque))


def _before(text: str, word: str) -> set[str | None]:
    """Give what stands before a word and is joined to it by a dot; None where nothing is, somewhere.

    Anything but spaces and back-ticks between them, a comment even, and they count as apart.
    """
    found: set[str | None] = set()
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not (_is_word(text[at - 1 : at]) or _is_word(text[end : end + 1])):
            dot = _back(text, at)
            found.add(_word_before(text, _back(text, dot - 1)) if text[dot - 1 : dot] == "." else None)
        at = text.find(word, end)
    return found


def _back(text: str, at: int) -> int:
    """Give the place before a place and the spaces and back-ticks before it."""
    while at > 0 and (text[at - 1] == "`" or text[at - 1].isspace()):
        at -= 1
    return at


def _word_before(text: str, end: int) -> str | None:
    start = end
    while start > 0 and _is_word(text[start - 1]):
        start -= 1
    return text[start:end] or None


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def words_in(text: str) -> set[str]:
    """Give the words of a text: runs of letters, digits and underscores."""
    if text.isascii():  # faster than by pattern
        return set(text.translate(_NO_WORD).split())
    return set(_WORD.findall(text))


def _wanted(part: str | None, words: set[str]) -> str | None:
    """Give a part of a name that has to be current; None where the text may name it."""
    if part is None or words.issuperset(_WORD.findall(part)):
        return None
    # UC: spark_catalog is the old name of hive_metastore
    return None if part == "hive_metastore" and "spark_catalog" in words else part


def _is_safe(text: str) -> bool:
    if len(text) > _MOST_TEXT or len(_JOIN.findall(text)) > _MOST_JOINS:
        return False
    depth = deepest = 0
    for bracket in _BRACKET.findall(text):
        depth += 1 if bracket in "([" else -1
        deepest = max(deepest, depth)
    return deepest <= _MOST_DEPTH


def _full(session: Session, parts: tuple[str, ...]) -> str | None:
    """Give the full name of a table; None where it is a temporary view, or the namespace is not known."""
    if len(parts) == 1 and parts[-1] in session.temp_views:
        return None
    before = (session.catalog, session.schema)[: max(0, 3 - len(parts))]
    return None if None in before else join_name([*(part for part in before if part), *parts])


def _tables(text: str) -> Iterator[tuple[str, ...]]:
    """Give the names of the tables in a text, as sqlglot sees them; none where it cannot read it."""
    import sqlglot  # noqa: PLC0415 - a tenth of a second, paid only where two readings are compared
    from sqlglot import exp  # noqa: PLC0415 - as above

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    try:
        trees = [tree for tree in sqlglot.parse(text, read="databricks") if tree is not None]
    except Exception:  # noqa: BLE001 - any failure of the second reader means that it has nothing to say
        return
    temporary: set[str] = set()
    for tree in trees:
        kind = str(tree.args.get("kind") or "").upper()
        if isinstance(tree, (exp.Use, exp.Command, exp.Uncache)) or kind in _NO_TABLES:
            continue
        if isinstance(tree, exp.Create) and tree.find(exp.TemporaryProperty) and (made := tree.find(exp.Table)):
            temporary.add(made.name.lower())
        own = {cte.alias.lower() for cte in tree.find_all(exp.CTE)} | temporary
        for table in tree.find_all(exp.Table):
            parts = tuple(part.name.lower() for part in table.parts)
            if not table.find_ancestor(exp.Hint) and all(parts) and (len(parts) > 1 or not own.intersection(parts)):
                yield parts
