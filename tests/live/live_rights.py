"""Who sees which grants of the fake workspace, who may change them, and what a change does."""

from __future__ import annotations

from live_model import reference
from live_refusal import Refusal, denied, invalid, stranger, unknown

from uc_guard.model.privilege import ALL_PRIVILEGES, CONTAINERS, PRIVILEGES, SECURABLE_TYPES, normalize_privilege

SURVIVES = {"MANAGE", "EXTERNAL_USE_SCHEMA", "EXTERNAL_USE_LOCATION", "READ_METADATA"}
NO_ALL = {"METASTORE", "SHARE", "CLEAN_ROOM"}
above = reference.above


def is_admin(world, principal):
    """Whether a principal is a metastore admin."""
    return world.metastore_admin in world.groups(principal)


def manages(world, principal, at):
    """Whether a principal may change the grants on a securable."""
    mine = world.groups(principal)
    if is_admin(world, principal) or any(world.owners.get(one) in mine for one in above(at)):
        return True
    return world.can(principal, "MANAGE", at)


def sees_all_rows(world, principal, at):
    """Whether a principal is shown every row on a securable; anybody else is shown its own ones, without a word."""
    whole = world.metadata_of_metastore and world.can(
        principal, "READ_METADATA", ("METASTORE", world.metastore_id)
    )  # fmt: skip
    return whole or manages(world, principal, at) or world.can(principal, "READ_METADATA", at)


def sees(world, principal, at):
    """Whether a principal is told that a securable is there; containers are seen by who sees something inside."""
    return bool(sight(world, principal, at))


def sight(world, principal, at):
    """How a principal sees a securable: `whole`, `browse` (by BROWSE only), or not at all."""
    return world.recall(("sight", principal, at), lambda: _sight(world, principal, at))


def _sight(world, principal, at):
    if at not in world.kinds or (is_unbound(world, at) and not is_admin(world, principal)):
        return ""
    if sees_all_rows(world, principal, at) or _holds(world, principal, at):
        return "whole"
    inside = (s for s in world.kinds if s != at and at in above(s))
    if at[0] in CONTAINERS and any(_holds(world, principal, s) or _owns(world, principal, s) for s in inside):
        return "whole"
    return "browse" if any(world.can(principal, "BROWSE", one) for one in above(at)) else ""


def _owns(world, principal, at):
    return world.owners.get(at) in world.groups(principal)


def _holds(world, principal, at):
    mine, model = world.groups(principal), world.as_reference()
    rows = [row for row in world.grants if row[0] in mine]
    given = {v for row in rows for v in reference.gives(model, row, at)}
    return any(world.usable(principal, v, at) for v in given - {"BROWSE"}) or (
        at[0] in CONTAINERS and bool(given - {"BROWSE"})
    )


def is_unbound(world, at):
    """Whether a securable, or the catalog around it, is closed to this workspace."""
    more = world.details.get(above(at)[-1], {})
    return bool(more.get("isolated")) and world.workspace_id not in more["workspaces"]


def listing(world, principal, at, *, inherited=False):
    """The rows on a securable that a principal is shown: (grantee, privilege, where).

    Raises:
        Refusal: 404 where there is no such securable, 403 where the principal may not know of it.
    """
    if at not in world.kinds:
        raise unknown(*at)
    if is_unbound(world, at):
        raise Refusal(403, "PERMISSION_DENIED", f"Catalog '{above(at)[-1][1]}' is not accessible in current workspace")
    if not sees(world, principal, at) and at[0] != "METASTORE":
        raise denied("READ_METADATA", *at)
    whole, mine = sees_all_rows(world, principal, at), world.groups(principal)
    places = above(at) if inherited else [at]
    rows = {row for row in _stored(world, at) if row[2:] in places}
    if inherited:  # UC: BROWSE of a catalog is not shown on what lies inside
        rows = {row for row in rows if row[2:] == at or row[1] != "BROWSE"}
    return sorted((row[0], row[1], row[2:]) for row in rows if whole or row[0] in mine)


def _stored(world, at):
    left = world.stale_left.get(at, 0)
    if left:
        world.stale_left[at] = left - 1
        return world.before[at]
    return world.grants


def change(world, caller, at, changes):
    """Change rows: `changes` are (principal, privileges to add, privileges to remove), all of them or none.

    Raises:
        Refusal: 404 for a securable or principal that is not there, 403 where the caller may not, 400 where a
            privilege means nothing there.
    """
    with world.lock:
        if at not in world.kinds or not (sees(world, caller, at) or at[0] == "METASTORE"):
            raise unknown(*at)
        if not manages(world, caller, at) or is_unbound(world, at):
            raise denied("MANAGE", *at)
        asked = [
            (_known(world, at, principal), _privileges(world, at, add), _privileges(world, at, remove))
            for principal, add, remove in changes
        ]
        before = set(world.grants)
        for principal, add, remove in asked:
            _apply(world, at, principal, add, remove)
            world.changes.append((caller, at, principal, tuple(add), tuple(remove)))
        world.before[at], world.stale_left[at] = before, world.stale_reads


def _apply(world, at, principal, add, remove):
    come = {(principal, v, *at) for v in add}
    gone = {(principal, v, *at) for v in remove}
    if ALL_PRIVILEGES in remove and world.revoke_all_strips:
        mine = {row for row in world.grants | (come if world.add_first else set()) if row[0] == principal}
        gone |= {row for row in mine if row[2:] == at and row[1] not in SURVIVES}
    if world.add_first:
        world.grants |= come
        world.grants -= gone
    else:
        world.grants -= gone
        world.grants |= come


def _known(world, at, principal):
    name = f"recipient {principal}" if at[0] == "SHARE" and not principal.startswith("recipient ") else principal
    found = world.spelling(name)
    more = world.principals.get(found, {})
    # UC: a group of the workspace alone is no grantee.
    if found is None or more.get("account") is False:
        raise stranger(principal)
    return found


def _privileges(world, at, words):
    found = [normalize_privilege(str(word)) for word in words]
    stored = {row[1] for row in world.grants if row[2:] == at}
    for word in found:
        if not means_something(word, at, world.kinds[at]) and word not in stored:
            shown = f"{at[0]} '{at[1]}'"
            raise invalid(f"Privilege {word} is not applicable to this entity [{shown}]")
    return found


def means_something(privilege, at, kind):
    """Whether a privilege may be granted on a securable; one that nobody knows may be granted on any."""
    if privilege == ALL_PRIVILEGES:
        return at[0] not in NO_ALL
    if privilege not in PRIVILEGES:
        return True
    known = PRIVILEGES[privilege]
    if known.applies(at[0], kind):
        return True
    below = set(SECURABLE_TYPES) - {"METASTORE", "CATALOG", *(["SCHEMA"] if at[0] == "SCHEMA" else [])}
    return at[0] in CONTAINERS and known.flows and bool(known.on & (below - {"SHARE", "EXTERNAL_METADATA"}))
