"""The access model once more, slow and obvious: sets and loops, to hold the fast one against."""

from __future__ import annotations

from dataclasses import dataclass

from uc_guard.model.name import parent_name
from uc_guard.model.privilege import PRIVILEGES, SECURABLE_TYPES

NO_ALL = {"METASTORE", "SHARE", "CLEAN_ROOM"}
NEVER_ON_THE_WAY = {"BROWSE", "MANAGE", "READ_METADATA"}


@dataclass
class World:
    objects: dict  # (type, name) -> (kind, owner or None)
    grants: set  # (grantee, privilege, type, name)
    members: set  # (group, member)


def groups(world, p):
    """groups*(p): p, every group around it, and the group of everybody."""
    found, todo = set(), [p, "account users"]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += [group for group, member in world.members if member == name]
    return found


def above(securable):
    """The securable and its containers: [(type, name)]."""
    kind, name = securable
    if kind in ("CATALOG", "METASTORE") or (kind != "SCHEMA" and "." not in name):
        return [securable]
    return [securable, *above(("CATALOG" if kind == "SCHEMA" else "SCHEMA", parent_name(name)))]


def gives(world, privilege, at, securable):
    """The privileges that a row of `privilege` standing on `at` gives on `securable`."""
    if at not in above(securable):
        return set()
    if privilege not in PRIVILEGES and privilege != "ALL_PRIVILEGES":
        return {privilege} if at == securable else set()
    kind = world.objects.get(securable, ("", None))[0]
    known = [v for v in PRIVILEGES.values() if v.applies(securable[0], kind) and (v.flows or at == securable)]
    if privilege == "ALL_PRIVILEGES":
        return {v.name for v in known if v.in_all and at[0] in SECURABLE_TYPES and at[0] not in NO_ALL}
    return {v.name for v in known if v.name == privilege}


def pairs_of(world, securable):
    """Every privilege that means something on the securable."""
    kind = world.objects.get(securable, ("", None))[0]
    unknown = {v for _, v, *at in world.grants if tuple(at) == securable and v not in PRIVILEGES} - {"ALL_PRIVILEGES"}
    return {v.name for v in PRIVILEGES.values() if v.applies(securable[0], kind)} | unknown


def can(world, p, v, securable):
    mine = groups(world, p)
    if any(g in mine and v in gives(world, held, (kind, name), securable) for g, held, kind, name in world.grants):
        return True
    owner = world.objects.get(securable, ("", None))[1]
    return owner in mine and v in PRIVILEGES and v in pairs_of(world, securable) and "EXTERNAL_USE" not in v


def usable(world, p, v, securable):
    way = [(f"USE_{kind}", (kind, name)) for kind, name in above(securable) if kind in ("CATALOG", "SCHEMA")]
    return can(world, p, v, securable) and (v in NEVER_ON_THE_WAY or all(can(world, p, *use) for use in way))


def reach(world, row):
    """The pairs that a stored row gives today: {(privilege, type, name)}."""
    _, held, kind, name = row
    return {(v, *s) for s in world.objects for v in gives(world, held, (kind, name), s)}


def future(row):
    """Whether the row also gives something on what is made inside its securable later."""
    _, held, kind, _ = row
    below = set(SECURABLE_TYPES) - {"CATALOG"} - ({"SCHEMA"} if kind == "SCHEMA" else set())
    flows = {"ALL_PRIVILEGES"} | {v.name for v in PRIVILEGES.values() if v.flows and v.on & below}
    return kind in ("CATALOG", "SCHEMA") and held in flows
