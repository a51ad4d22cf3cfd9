"""A workspace in memory that can be slow to show a change, lose an answer, or go down at any moment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from uc_guard.apply.settle import Patience
from uc_guard.errors import Uncertain
from uc_guard.model.plan import Membership, Row
from uc_guard.model.privilege import EVERYONE

KEEPS = {"MANAGE", "EXTERNAL_USE_SCHEMA", "EXTERNAL_USE_LOCATION", "READ_METADATA"}
NOON = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)


class Crash(BaseException):
    """The machine goes down here: nothing after this line of ours runs."""


@dataclass
class Memory:
    """A workspace: both what `Standing` asks and what `Hand` does.

    `strips` is the reading of REVOKE ALL PRIVILEGES; `add_first` the order inside one request. `moments` counts every
    call; `crash_at` is the one at which the machine goes down, after the effect where `late`.
    """

    stored: set
    owners: dict = field(default_factory=dict)
    members: frozenset = frozenset()
    strips: bool = False
    add_first: bool = False
    stale: int = 0
    lose: frozenset = frozenset()
    host: str = "https://here"
    me: tuple = ("auditor",)
    moments: int = 0
    crash_at: int = -1
    late: bool = False
    seen: list = field(default_factory=list)
    old: list = field(default_factory=list)

    def rows(self, site):
        self._moment()
        self._after()
        shown = self.stored
        if self.old:
            shown = self.old.pop()
        return frozenset(Row(*row) for row in shown if row[2:] == site)

    def owner(self, site):
        return self.owners.get(site)

    def forget(self):
        pass

    def memberships(self):
        return frozenset(Membership(*pair) for pair in self.members)

    def circle(self, names):
        found = {name.casefold() for name in names}
        while True:
            more = {group.casefold() for group, member in self.members if member.casefold() in found} - found
            if not more:
                return frozenset(found)
            found |= more

    def change(self, site, add, remove):  # noqa: ARG002 - each row names it
        self._moment()
        before = set(self.stored)
        come = {(r.grantee, r.privilege, r.securable_type, r.securable) for r in add}
        gone = {(r.grantee, r.privilege, r.securable_type, r.securable) for r in remove}
        if self.add_first:
            self.stored |= come
        self.stored -= gone
        for row in gone:
            if row[1] == "ALL_PRIVILEGES" and self.strips:
                at = (row[0], *row[2:])
                self.stored -= {g for g in self.stored if (g[0], *g[2:]) == at and g[1] not in KEEPS}
        if not self.add_first:
            self.stored |= come
        self.old = [before] * self.stale
        self.seen.append(frozenset(self.stored))
        self._after()
        if len(self.seen) in self.lose:
            raise Uncertain("PATCH", "the connection was cut", "again")

    def _moment(self):
        self.moments += 1
        if self.moments == self.crash_at and not self.late:
            raise Crash

    def _after(self):
        if self.moments == self.crash_at and self.late:
            raise Crash


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self):
        self.at = 0.0

    def patience(self):
        return Patience(60.0, lambda: self.at, self.sleep)

    def sleep(self, seconds):
        self.at += seconds


def memory_of(scene, **more):
    """The workspace of a scene."""
    return Memory(set(scene.grants), dict(scene.owners), scene.members, **more)


def usable(reference, scene, grants):
    """The needs of a scene that work with these grants."""
    objects = {place: (kind, scene.owners.get(place)) for place, kind in scene.kinds.items()}
    world = reference.World(objects, set(grants), set(scene.members))
    return {need for need in scene.needs if reference.usable(world, need[0], need[1], tuple(need[2:]))}


__all__ = ["EVERYONE", "NOON", "Clock", "Crash", "Memory", "memory_of", "usable"]
