"""The rows stored on one securable, read and changed through the REST API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.model.permissions import permission_changes, permissions_path
from uc_guard.model.plan import Row
from uc_guard.model.privilege import RECIPIENT, normalize_privilege

if TYPE_CHECKING:
    from collections.abc import Iterable

    from uc_guard.workspace.rest import Rest


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
    rest.patch(permissions_path(securable_type, securable), {"changes": permission_changes(add, remove)})
