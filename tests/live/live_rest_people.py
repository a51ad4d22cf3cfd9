"""Users, service principals and groups by SCIM: of the workspace, and of the account."""

from __future__ import annotations

import re

from live_pages import number
from live_refusal import Refusal, invalid, nowhere, unknown

from uc_guard.model.privilege import EVERYONE

KINDS = {"Users": "USER", "ServicePrincipals": "SERVICE_PRINCIPAL", "Groups": "GROUP"}
_HOME = {kind: last for last, kind in KINDS.items()}
_SCIM = "urn:ietf:params:scim:api:messages:2.0:ListResponse"


def me(site, request):
    """Who the caller is. UC: an application id is told as the user name."""
    row = _shaped(site.world, request.principal)
    row["userName"] = request.principal
    return row


def of_workspace(site, request, last):
    return _listing(site, request, last, account=False)


def one_of_workspace(site, request, last, number_text):  # noqa: ARG001 - a route
    for name in _names(site.world, last, account=False):
        if site.world.principals[name]["id"] == number_text:
            return _shaped(site.world, name)
    raise unknown(last.upper(), number_text)


def of_account(site, request, account_id, last):
    if account_id != site.world.account_id:
        raise unknown("ACCOUNT", account_id)
    if request.principal not in site.world.account_admins:
        raise Refusal(403, "PERMISSION_DENIED", "This API is disabled for users without account admin status.")
    return _listing(site, request, last, account=True)


def _names(world, last, *, account):
    if last not in KINDS:
        raise nowhere(last)
    for name, person in sorted(world.principals.items(), key=lambda item: item[1]["id"]):
        if person["kind"] != KINDS[last]:
            continue
        # UC: the account does not know groups of a workspace, nor a workspace the groups that were not assigned to it.
        if person["kind"] != "GROUP" or (person["account"] if account else person["assigned"]):
            yield name


def _listing(site, request, last, *, account):
    rows = [_shaped(site.world, name) for name in _names(site.world, last, account=account)]
    rows = [row for row in rows if _matches(row, request.query.get("filter"))]
    start = max(number(request.query.get("startIndex", "1")), 1)
    count = min(number(request.query.get("count", "100")), site.page.size)
    wanted = request.query.get("attributes")
    page = [_picked(row, wanted) for row in rows[start - 1 : start - 1 + count]]
    told = {"schemas": [_SCIM], "totalResults": len(rows), "startIndex": start, "itemsPerPage": len(page)}
    return {**told, "Resources": page} if page else told


def _matches(row, text):
    if not text:
        return True
    found = re.fullmatch(r'\s*(\w+)\s+eq\s+"?([^"]*)"?\s*', text)
    if not found:
        raise invalid(f"filter '{text}' is not understood")
    return str(row.get(found[1], "")).casefold() == found[2].casefold()


def _picked(row, attributes):
    if not attributes:
        return row
    wanted = {"id", *(one.split(".")[0] for one in attributes.split(","))}
    return {key: value for key, value in row.items() if key in wanted}


def _shaped(world, name):
    person = world.principals.get(name)
    if person is None:
        raise unknown("USER", name)
    row = {"id": person["id"], "displayName": person["display_name"]}
    row["groups"] = [_member(world, group) for group, member in sorted(world.members) if member == name]
    if name in world.workspace_admins:
        row["groups"].append({"display": "admins", "value": "1", "type": "direct", "$ref": "Groups/1"})
    if person["kind"] == "USER":
        mail = {"value": name, "type": "work", "primary": True}
        return {**row, "userName": name, "emails": [mail], "active": person["active"]}
    if person["kind"] == "SERVICE_PRINCIPAL":
        return {**row, "applicationId": name, "active": person["active"]}
    row["members"] = [_member(world, member) for group, member in sorted(world.members) if group == name]
    row["meta"] = {"resourceType": "Group" if person["account"] else "WorkspaceGroup"}
    return {**row, "displayName": name}


def _member(world, name):
    person = world.principals.get(name, {"id": "0", "kind": "GROUP", "display_name": EVERYONE})
    shown = name if person["kind"] == "GROUP" else person["display_name"]
    return {
        "display": shown,
        "value": person["id"],
        "type": "direct",
        "$ref": f"{_HOME[person['kind']]}/{person['id']}",
    }
