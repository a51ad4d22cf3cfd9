"""The world that a plan is checked against: who stands in which group, what a row gives, what is usable."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.name import parent_name
from uc_guard.model.privilege import ALL_PRIVILEGES, CONTAINERS, EVERYONE, IN_SCHEMA, PRIVILEGES, implied, owned

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from uc_guard.model.plan import Row
    from uc_guard.snapshot import Snapshot

Place = tuple[str, str]
"""A securable: its type and its full name."""

Rows = dict[tuple[str, Place], set[str]]
"""The stored privileges of a grantee at a place."""

Part = tuple[str, bool]
"""What a row gives: a privilege; on the securable itself, or (True) on whatever is made inside it later."""

_INSIDE = {"CATALOG": IN_SCHEMA | {"SCHEMA"}, "SCHEMA": IN_SCHEMA}
_ROW = ("grantee", "privilege", "securable_type", "securable")
_PART = r"(?:[^`.]+|`(?:[^`]|``)*`)"

SCHEMA_OF = pl.col("securable").str.extract(rf"^({_PART}\.{_PART})\.", 1)
CATALOG_OF = pl.col("securable").str.extract(rf"^({_PART})\.", 1)


@dataclass(frozen=True, slots=True)
class People:
    """Direct memberships, both ways, and which names are groups."""

    groups_of: Mapping[str, frozenset[str]]
    members_of: Mapping[str, frozenset[str]]
    groups: frozenset[str]

    def circle(self, principal: str) -> tuple[str, ...]:
        """Give every grantee whose rows reach a principal: itself, its groups, their groups, and everyone."""
        return _spread({principal, EVERYONE}, self.groups_of)

    def reached(self, grantee: str) -> tuple[str, ...]:
        """Give everybody whom a row of this grantee reaches: itself, its members and theirs, groups too."""
        return _spread({grantee}, self.members_of)


@dataclass(frozen=True, slots=True)
class World:
    """The part of a workspace that a plan touches.

    Attributes:
        circles: For each principal in question, every grantee whose rows reach it.
        rows: The stored rows of those grantees at the places in question.
        kinds: Finer kind of each place; missing where not known.
        owners: Owner of each place; missing where not known.
    """

    circles: Mapping[str, tuple[str, ...]]
    rows: Rows
    kinds: Mapping[Place, str]
    owners: Mapping[Place, str | None]

    def can(self, principal: str, privilege: str, place: Place) -> bool:
        """Tell whether a principal holds a privilege on a securable, by row or as its owner."""
        circle, kind = self.circles[principal], self.kinds.get(place, "")
        if self.owners.get(place) in circle and privilege in owned(place[0], kind):
            return True
        return any(privilege in implied(stored, at[0], place[0], kind) for at, stored in self._stored(circle, place))

    def usable(self, principal: str, privilege: str, place: Place) -> bool:
        """Tell whether it also holds USE CATALOG and USE SCHEMA on the way, where the privilege asks for them."""
        asks = privilege not in PRIVILEGES or PRIVILEGES[privilege].usage
        way = [at for at in chain(place) if asks and at[0] in CONTAINERS]
        return self.can(principal, privilege, place) and all(self.can(principal, f"USE_{at[0]}", at) for at in way)

    def holds(self, principal: str, part: Part, place: Place) -> bool:
        """Tell whether a principal has what a row would give; what is yet to come flows only from containers."""
        privilege, later = part
        if not later:
            return self.can(principal, privilege, place)
        in_all = privilege != ALL_PRIVILEGES and PRIVILEGES[privilege].in_all
        sources = (privilege, ALL_PRIVILEGES) if in_all else (privilege,)
        return any(stored in sources for _, stored in self._stored(self.circles[principal], place))

    def _stored(self, circle: tuple[str, ...], place: Place) -> Iterable[tuple[Place, str]]:
        for at in chain(place):
            for grantee in circle:
                for stored in self.rows.get((grantee, at), ()):
                    yield at, stored


@lru_cache(maxsize=65536)
def chain(place: Place) -> tuple[Place, ...]:
    """Give a securable and its containers, inside out."""
    kind, name = place
    parent = parent_name(name) if kind == "SCHEMA" or kind in IN_SCHEMA else None
    return (place,) if parent is None else (place, *chain(("CATALOG" if kind == "SCHEMA" else "SCHEMA", parent)))


def place_of(row: Row) -> Place:
    """Give the securable where a row stands."""
    return row.securable_type, row.securable


def parts(row: Row, kind: str) -> tuple[Part, ...]:
    """Give all that a row gives, of today and of what is yet to come."""
    at = row.securable_type
    own = implied(row.privilege, at, at, kind)
    later = {name for inner in _INSIDE.get(at, frozenset()) for name in implied(row.privilege, at, inner)}
    # UC: ALL PRIVILEGES is expanded at check time, so it also gives privileges that are yet to be invented.
    later |= {ALL_PRIVILEGES} if row.privilege == ALL_PRIVILEGES else set()
    return (*((name, False) for name in own), *((name, True) for name in sorted(later)))


def read_people(snapshot: Snapshot) -> People:
    """Read memberships; a name is a group when it has members or the principals say so."""
    edges = list(snapshot.frame("members").select("member", "group").iter_rows())
    principals = snapshot.frame("principals").filter(pl.col("kind") == "GROUP")
    return people(edges, principals["principal"])


def people(edges: Iterable[tuple[str, str]], groups: Iterable[str] = ()) -> People:
    """Build memberships from (member, group) pairs."""
    up: dict[str, set[str]] = {}
    down: dict[str, set[str]] = {}
    for member, group in edges:
        up.setdefault(member, set()).add(group)
        down.setdefault(group, set()).add(member)
    return People(
        {name: frozenset(found) for name, found in up.items()},
        {name: frozenset(found) for name, found in down.items()},
        frozenset(down) | frozenset(groups) | {EVERYONE},
    )


def read_rows(snapshot: Snapshot, grantees: set[str], names: set[str]) -> Rows:
    """Read the stored rows of these grantees on securables of these names."""
    frame = snapshot.frame("grants").filter(
        pl.col("grantee").is_in(list(grantees)) & pl.col("securable").is_in(list(names))
    )
    rows: Rows = {}
    for grantee, privilege, kind, name in frame.select(_ROW).iter_rows():
        rows.setdefault((grantee, (kind, name)), set()).add(privilege)
    return rows


def read_inside(snapshot: Snapshot, containers: set[str]) -> dict[str, list[tuple[str, str, int]]]:
    """Count what lies inside containers today: (type, kind, number) of each."""
    objects = snapshot.frame("objects").filter(pl.col("securable_type").is_in(list(_INSIDE["CATALOG"])))
    inside: dict[str, list[tuple[str, str, int]]] = {}
    for container in (CATALOG_OF, SCHEMA_OF):
        found = objects.select(container.alias("container"), "securable_type", "kind")
        found = found.filter(pl.col("container").is_in(list(containers)))
        for name, *entry in found.group_by("container", "securable_type", "kind").len().sort(pl.all()).iter_rows():
            inside.setdefault(name, []).append((entry[0], entry[1], entry[2]))
    return inside


def baseline(snapshot: Snapshot) -> str:
    """Digest the grants and members of a snapshot, whatever their order: BLAKE2b, 128 bit, hexadecimal."""
    digest = hashlib.blake2b(digest_size=16)
    for name, columns in (("grants", _ROW), ("members", ("group", "member"))):
        # INVARIANT: each value goes in with its length, so no two sets of rows give the same text.
        fields = [part for c in columns for part in (pl.col(c).str.len_bytes().cast(pl.String), pl.col(c))]
        lines = snapshot.frame(name).select(pl.concat_str(fields, separator=":").alias("line"))["line"].unique().sort()
        digest.update(f"{name}:{len(lines)}\n".encode())
        digest.update("\n".join(lines).encode())
    return digest.hexdigest()


def _spread(start: set[str], edges: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    found, rest = set(start), list(start)
    while rest:
        for name in edges.get(rest.pop(), frozenset()) - found:
            found.add(name)
            rest.append(name)
    return tuple(sorted(found))
