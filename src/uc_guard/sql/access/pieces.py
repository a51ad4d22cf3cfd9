"""Reads the pieces that statements about access share: privileges, a securable, principals, a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from uc_guard.model.name import join_name
from uc_guard.model.privilege import SECURABLE_TYPES, is_known, normalize_privilege, normalize_type
from uc_guard.sql.access.said import NotRead

if TYPE_CHECKING:
    from uc_guard.sql.access.said import At, Span

_ENDS = frozenset({
    "TO", "FROM", "SET", "OWNER", "ALTER", "DROP", "ADD", "COMMENT", "ROW", "COLUMN", "GRANT", "DENY", "CHANGE", "AS",
    "USING", "UNSET", "RENAME", "WITH", "",
})  # fmt: skip
_OF_OLD = frozenset({"USAGE", "CREATE", "CREATE_NAMED_FUNCTION", "MODIFY_CLASSPATH"})  # the Hive metastore
_CURRENT = {"CATALOG": 1, "SCHEMA": 2, "DATABASE": 2, "METASTORE": 0}
_OTHERS = frozenset(
    {"ANY_FILE", "ANONYMOUS_FUNCTION", "POLICY", "RECIPIENT", "PROVIDER", "PIPELINE", "QUERY", "SECRET"}
)


class Named(NamedTuple):
    """A securable that a statement names.

    Attributes:
        kind: Its type, as grants know it.
        name: Full name; as written where its catalog or schema is not known.
        is_resolved: Whether all of its name is known.
        kind_span: Where an unknown type stands; None where it is known.
    """

    kind: str
    name: str
    is_resolved: bool
    kind_span: Span | None = None


class Mark(NamedTuple):
    """A word of a statement: what it spells, whether no template fills it in, and where it stands."""

    text: str
    is_resolved: bool
    span: Span


def privileges(at: At) -> list[Mark]:
    """Read privileges up to ON, TO or FROM."""
    found: list[Mark] = []
    while True:
        first = at.i
        while at.up[at.i] not in {",", "(", "ON", "TO", "FROM", ""}:
            at.i += 1
        if at.i == first:
            raise NotRead
        span = at.span(first, at.i)
        known = not at.masked.is_hole(*span)
        name = normalize_privilege(" ".join(at.up[first : at.i])) if known else at.masked.original[slice(*span)]
        found.append(Mark(name, known, span))
        if at.take("("):  # hive: SELECT (column)
            at.skip_parens()
        if not at.take(","):
            return found


def is_odd(privilege: Mark) -> bool:
    """Tell whether no privilege of this name is known."""
    return privilege.is_resolved and not is_known(privilege.text) and privilege.text not in _OF_OLD


def securable(at: At) -> Named:
    """Read `[TYPE] [IF EXISTS] name`."""
    first = at.i
    while at.at_word() and at.up[at.i + 1] not in {".", "(", *_ENDS}:
        at.i += 1
    words = [word for word in at.up[first : at.i] if word not in {"IF", "EXISTS"}]
    if not words and at.up[at.i] in _CURRENT and at.up[at.i + 1] in _ENDS:
        return _current(at)
    if at.up[first : at.i + 1] in (["ANY", "FILE"], ["ANONYMOUS", "FUNCTION"]):
        at.i += 1
        return Named("_".join(at.up[first : at.i]), " ".join(at.up[first : at.i]).lower(), is_resolved=True)
    kind = normalize_type(" ".join(words)) if words else "TABLE"
    is_odd_kind = kind not in SECURABLE_TYPES and kind not in _OTHERS
    kind_span = at.span(first, at.i) if is_odd_kind else None
    parts, known = at.chain()
    return Named(kind, *at.full(parts, kind, known=known), kind_span)


def _current(at: At) -> Named:
    """Read a type without a name: the current catalog or schema, or the metastore."""
    kind = normalize_type(at.up[at.i])
    here = at.namespace[: _CURRENT[at.up[at.i]]]
    at.i += 1
    name = join_name(tuple(part for part in here if part))
    return Named(kind, name or kind.lower(), is_resolved=None not in here)


def principals(at: At) -> list[Mark]:
    """Read principals, separated by commas."""
    found: list[Mark] = []
    while True:
        if at.up[at.i] in {"RECIPIENT", "GROUP", "USER", "ROLE"} and at.up[at.i + 1] not in {",", "", *_ENDS}:
            at.i += 1
        first = at.i
        text, known = at.part()
        found.append(Mark(text, known, at.span(first, at.i)))
        if not at.take(","):
            return found


def function(at: At) -> Mark:
    """Read the name of a function."""
    first = at.i
    parts, known = at.chain()
    return Mark(*at.full(parts, "FUNCTION", known=known), at.span(first, at.i))
