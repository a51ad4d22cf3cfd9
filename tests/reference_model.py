"""The access model once more, slow and obvious: sets and loops, to hold the fast one against."""

from __future__ import annotations

from dataclasses import dataclass, field

from uc_guard.model.name import parent_name
from uc_guard.model.privilege import PRIVILEGES, SECURABLE_TYPES

NO_ALL = {"METASTORE", "SHARE", "CLEAN_ROOM"}  # ALL PRIVILEGES cannot be granted there
FREE = {"BROWSE", "MANAGE", "READ_METADATA"}  # ask for no USE on the way


@dataclass
class World:
    objects: dict  # securable (type, name) -> (kind, owner or None)
    grants: set  # rows (grantee, privilege, type, name)
    members: set  # (group, member)
    bodies: dict = field(default_factory=dict)  # view or routine (type, name) -> {(privilege, type, name)}


def groups(world, p):
    """groups*(p): p, every group around it, and the group of everybody."""
    found, todo = set(), [p, "account users"]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += [group for group, member in world.members if member == name]
    return found


def above(s):
    """A securable and its containers, inside out."""
    kind, name = s
    if kind in ("CATALOG", "METASTORE") or (kind != "SCHEMA" and "." not in name):
        return [s]
    return [s, *above(("CATALOG" if kind == "SCHEMA" else "SCHEMA", parent_name(name)))]


def pairs_of(world, s):
    """The privileges that mean something on a securable: the known ones, and unknown ones granted on it."""
    kind = world.objects.get(s, ("", None))[0]
    granted = {v for _, v, *at in world.grants if tuple(at) == s} - {"ALL_PRIVILEGES"} - set(PRIVILEGES)
    return granted | {v.name for v in PRIVILEGES.values() if v.applies(s[0], kind)}


def gives(world, row, s):
    """The privileges that a stored row gives on a securable."""
    stored, at = row[1], row[2:]
    if at not in above(s) or (stored == "ALL_PRIVILEGES" and at[0] in NO_ALL):
        return set()
    in_all = {v.name for v in PRIVILEGES.values() if v.in_all and stored == "ALL_PRIVILEGES"}
    flowing = {v.name for v in PRIVILEGES.values() if v.flows}
    return pairs_of(world, s) & (in_all | {stored}) & (flowing if at != s else pairs_of(world, s))


def can(world, p, v, s):
    mine = groups(world, p)
    owns = world.objects.get(s, ("", None))[1] in mine and v in PRIVILEGES and "EXTERNAL_USE" not in v
    given = any(row[0] in mine and v in gives(world, row, s) for row in world.grants)
    return given or (owns and v in pairs_of(world, s))


def way(s):
    """The pairs that let one get to a securable."""
    return [(f"USE_{at[0]}", at) for at in above(s) if at[0] in ("CATALOG", "SCHEMA")]


def usable(world, p, v, s):
    return can(world, p, v, s) and (v in FREE or all(can(world, p, *use) for use in way(s)))


def reach(world, row):
    """The pairs that a stored row gives today."""
    return {(v, s) for s in world.objects for v in gives(world, row, s)}


def future(row):
    """Whether a stored row also gives something on what is made inside its securable later."""
    below = set(SECURABLE_TYPES) - {"CATALOG", "SCHEMA" if row[2] == "SCHEMA" else ""}
    flowing = {v.name for v in PRIVILEGES.values() if v.flows and v.on & below}
    return row[2] in ("CATALOG", "SCHEMA") and row[1] in flowing | {"ALL_PRIVILEGES"}


def needs(world, uses):
    """The pairs needed for uses (p, privilege, type, name): theirs, their co-requisites', the owners' behind them."""
    asked = {(p, v, tuple(s)) for p, v, *s in behind(world, uses) if p}
    asked |= {(p, w, s) for p, v, s in asked if v in PRIVILEGES for w in PRIVILEGES[v].with_it}
    return asked.union((p, *use) for p, _, s in asked for use in way(s))


def behind(world, uses):
    """Uses, and those of the owners of all bodies that run; of None where nobody knows the owner."""
    done, more = set(), set(uses)
    while more - done:
        done |= more
        more = {(world.objects[s][1], *does) for s in {use[2:] for use in done} for does in world.bodies.get(s, ())}
    return done


def orphaned(world, uses):
    """What bodies without a known owner do, as uses of everybody who can: any of them may be the owner."""
    people = {thing[1] for thing in world.objects.values()} | {row[0] for row in world.grants}.union(*world.members)
    lost = ((p, *use[1:]) for use in behind(world, uses) if use[0] is None for p in people - {None})
    return {use for use in lost if can(world, *use[:2], use[2:])}


def might(world, opaque):
    """The uses that something not understood could have been: all that p can on the names (p, name) that it spells."""
    named = ((p, v, s) for p, name in opaque for s in world.objects if s[1] == name for v in pairs_of(world, s))
    return {(p, v, *s) for p, v, s in named if can(world, p, v, s)}
