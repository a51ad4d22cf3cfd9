"""The rows stored on one securable, read and changed through the REST API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uc_guard.model.name import split_name
from uc_guard.model.plan import Row
from uc_guard.model.privilege import RECIPIENT, normalize_privilege
from uc_guard.workspace.rest import call

if TYPE_CHECKING:
    from collections.abc import Iterable

    from uc_guard.workspace.rest import Rest


def permissions_path(securable_type: str, securable: str) -> str:
    """Give the path of a securable's permissions; every part of it is percent-encoded."""
    try:
        name = ".".join(split_name(securable))
    except ValueError:
        name = securable  # not a name that the platform could have made; encoded whole it names nothing else
    # UC: shares have an API of their own.
    if securable_type == "SHARE":
        return call("shares", name, "permissions")
    return call("permissions", securable_type.lower(), name)


def read_rows(rest: Rest, securable_type: str, securable: str) -> frozenset[Row]:
    """Give the rows stored on a securable; those of deleted principals, who have no name any more, are left out.

    Raises:
        WorkspaceError: as `Rest.pages`.
    """
    listed = rest.pages(permissions_path(securable_type, securable), "privilege_assignments")
    prefix = RECIPIENT if securable_type == "SHARE" else ""
    return frozenset(
        Row(f"{prefix}{one['principal']}", normalize_privilege(str(word)), securable_type, securable)
        for one in listed
        if one.get("principal")
        for word in one.get("privileges") or ()
    )


def change_rows(rest: Rest, securable_type: str, securable: str, add: Iterable[Row], remove: Iterable[Row]) -> None:
    """Add and remove rows of one securable in one request.

    Raises:
        WorkspaceError: as `Rest.patch`.
    """
    changes: dict[str, dict[str, Any]] = {}
    for verb, rows in (("add", add), ("remove", remove)):
        for row in rows:
            name = row.grantee.removeprefix(RECIPIENT) if securable_type == "SHARE" else row.grantee
            change = changes.setdefault(row.grantee, {"principal": name})
            change.setdefault(verb, []).append(row.privilege)
    for change in changes.values():
        for verb in ("add", "remove"):
            if verb in change:
                change[verb].sort()
    body = {"changes": [changes[name] for name in sorted(changes)]}
    rest.patch(permissions_path(securable_type, securable), body)
