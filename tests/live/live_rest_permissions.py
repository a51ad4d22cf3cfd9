"""Permissions by REST: stored rows, effective ones, and changes to them."""

from __future__ import annotations

from itertools import groupby

import live_rights
from live_pages import flag, paged
from live_refusal import denied, invalid, unknown
from live_world import from_rest

from uc_guard.model.privilege import SECURABLE_TYPES


def place(site, kind, name):
    """The securable that a path names."""
    securable_type = kind.upper()
    if securable_type not in SECURABLE_TYPES:
        raise invalid(f"SecurableType '{kind}' is not supported")
    try:
        at = (securable_type, name if securable_type == "METASTORE" else from_rest(name))
    except ValueError:
        raise unknown(securable_type, name) from None
    if at not in site.world.kinds:
        raise unknown(*at)
    return at


def read(site, request, kind, name):
    at = place(site, kind, name)
    _maybe_stale(site, request, at)
    return _assignments(site, request, at)


def read_share(site, request, name):
    return read(site, request, "share", name)


def _assignments(site, request, at, *, whole=False):
    items = []
    for grantee, rows in groupby(_listed(site, request, at), key=lambda row: row[0]):
        items.append({**_who(site.world, at, grantee), "privileges": [row[1] for row in rows]})
    if whole:
        return {"privilege_assignments": items}
    size_key = "page_size" if "/privilege-assignments/" in request.path else "max_results"
    return paged(site, request, "privilege_assignments", items, strict=True, size_key=size_key)


def _listed(site, request, at, *, inherited=False):
    rows = live_rights.listing(site.world, request.principal, at, inherited=inherited)
    wanted = request.query.get("principal")
    return [row for row in rows if wanted in {None, row[0]}]


def _who(world, at, grantee):
    # UC: a principal that was deleted has no name any more.
    if grantee in world.deleted:
        return {"principal": "", "principal_id": int(world.deleted[grantee])}
    return {"principal": grantee.removeprefix("recipient ") if at[0] == "SHARE" else grantee}


def _maybe_stale(site, request, at):
    if request.fault is not None and request.fault.kind == "stale" and at in site.world.before:
        site.world.stale_left[at] = max(site.world.stale_left.get(at, 0), 1)


def _effective(site, request, kind, name):
    at = place(site, kind, name)
    _maybe_stale(site, request, at)
    items = []
    for grantee, rows in groupby(_listed(site, request, at, inherited=True), key=lambda row: row[0]):
        given = []
        for _, privilege, where in rows:
            source = {"inherited_from_type": where[0], "inherited_from_name": where[1]} if where != at else {}
            given.append({"privilege": privilege, **source})
        items.append({**_who(site.world, at, grantee), "privileges": given})
    return items


def read_effective(site, request, kind, name):
    return paged(site, request, "privilege_assignments", _effective(site, request, kind, name), strict=True)


def list_effective(site, request, kind, name):
    items = [
        {"principal": one["principal"], "privileges": one["privileges"]}
        for one in _effective(site, request, kind, name)
    ]
    return paged(site, request, "effective_privilege_assignments", items, strict=True, size_key="page_size")


def change(site, request, kind, name):
    at = place(site, kind, name)
    body = request.body if isinstance(request.body, dict) else {}
    changes = [
        (str(one.get("principal") or ""), one.get("add") or (), one.get("remove") or ())
        for one in body.get("changes") or ()
    ]
    site.world.change(request.principal, at, changes)
    if request.fault is not None and request.fault.kind == "stale":
        site.world.stale_left[at] = request.fault.times
    if body.get("omit_permissions_in_response") or flag(request, "omit_permissions_in_response"):
        return {}
    left, site.world.stale_left[at] = site.world.stale_left.get(at, 0), 0  # the answer shows what was done
    try:
        return _assignments(site, request, at, whole=True)
    finally:
        site.world.stale_left[at] = left


def change_share(site, request, name):
    return change(site, request, "share", name)


def must_see_all(site, request, at):
    """Refuse who may not see what hangs on a securable."""
    if not live_rights.sees_all_rows(site.world, request.principal, at):
        raise denied("READ_METADATA", *at)
