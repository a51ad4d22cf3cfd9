"""Users, service principals and groups: of the account where it is at hand, and of the workspace."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from uc_guard.capture.ledger import UNSEEN
from uc_guard.capture.tasks import Task, several
from uc_guard.read.groups import is_local
from uc_guard.workspace.rest import call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uc_guard.capture.tasks import Sink
    from uc_guard.workspace.connect import Workspace

    Found = dict[str, Any]

_LISTINGS = {
    "users": ("Users", "userName", "id,userName,displayName,active"),
    "service_principals": ("ServicePrincipals", "applicationId", "id,applicationId,displayName,active"),
}
_GROUPS = "id,displayName,members,meta"
_ADMIN = "an account admin gives us a profile of the account: `--account-profile`"


def people_tasks(workspace: Workspace) -> list[Task]:
    """Give the tasks that read principals, and who is a member of what."""
    people = [
        Task(source, "all", ("principals", "members"), (source,), partial(_people, workspace, source), source)
        for source in _LISTINGS
    ]
    return [
        *people,
        Task("groups", "all", ("principals", "members"), ("groups",), partial(_groups, workspace), "groups"),
    ]


def _people(workspace: Workspace, source: str, sink: Sink) -> None:
    last, key, attributes = _LISTINGS[source]
    seen: set[str] = set()
    for rest, api in workspace.directories:
        with sink.trying(f"{source} of the account" if rest is workspace.account else source, _ADMIN):
            for row in rest.scim(call(last, api=api), attributes):
                name = str(row.get(key) or "")
                if name and name.lower() not in seen:
                    seen.add(name.lower())
                    sink.add(source, row)


def _groups(workspace: Workspace, sink: Sink) -> None:
    groups: dict[str, Found] = {}
    local: set[str] = set()
    for rest, api in workspace.directories:
        with sink.trying("groups of the account" if rest is workspace.account else "groups", _ADMIN):
            for row in rest.scim(call("Groups", api=api), _GROUPS):
                name = str(row.get("displayName") or "")
                if is_local(row):
                    local.add(str(row.get("id")))
                elif name:
                    known = groups.setdefault(name, {"id": row.get("id"), "displayName": name, "members": {}})
                    members = {str(one.get("value") or one.get("display")): one for one in row.get("members") or ()}
                    known["members"] = {**members, **known["members"]}
    for group in groups.values():
        sink.add("groups", {**group, "members": [*group["members"].values()]})
    known_ids = local | {str(group["id"]) for group in groups.values()}
    inner = [one for one in _inner(groups) if str(one.get("value")) not in known_ids]
    hidden = sorted({str(one.get("display") or one.get("value")) for one in inner})
    if hidden:
        said = f"groups inside others that are not listed, so nobody knows who is in them: {several(hidden)}"
        sink.note("groups", UNSEEN, said, _ADMIN, ("members",))


def _inner(groups: dict[str, Found]) -> Iterator[Found]:
    for group in groups.values():
        for one in group["members"].values():
            if "Groups/" in str(one.get("$ref") or one.get("ref") or "") or str(one.get("type")).lower() == "group":
                yield one
