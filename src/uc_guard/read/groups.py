"""Memberships as a workspace's SCIM API lists them now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from uc_guard.model.plan import Membership
from uc_guard.read.files import open_frame
from uc_guard.read.identity import read_identities, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from uc_guard.workspace.rest import Rest

LISTED = {
    "users": ("Users", "id,userName,displayName,active"),
    "service_principals": ("ServicePrincipals", "id,applicationId,displayName,active"),
    "groups": ("Groups", "id,displayName,members,meta"),
}
"""Per file of principals: its listing, and the attributes that are asked for."""


def read_memberships(rest: Rest, api: str) -> frozenset[Membership]:
    """Read every direct membership.

    Args:
        rest: The API of a workspace or account.
        api: Path of its SCIM API.

    Raises:
        WorkspaceError: where a listing cannot be read.
    """
    given = [
        read_identities(open_frame(scim_rows(_grantees(rest.scim(f"{api}/{path}", attributes))), name), name)
        for name, (path, attributes) in LISTED.items()
    ]
    found = [one.rows for one in resolve(given, whole=True) if one.name == "members"]
    return frozenset(Membership(*pair) for rows in found for pair in rows.select("group", "member").iter_rows())


def is_local(group: Mapping[str, Any]) -> bool:
    """Tell whether a group is of the workspace alone. UC: it is no grantee; one of the account may have its name."""
    meta: Mapping[str, Any] = group.get("meta") or {}
    return str(meta.get("resourceType")).lower() == "workspacegroup"


def scim_rows(resources: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Give SCIM resources as rows of text, nested values as JSON: what the readers of files take."""
    rows = [{key: _text(value) for key, value in one.items()} for one in resources]
    names = dict.fromkeys(key for row in rows for key in row)
    return pl.DataFrame(
        {name: [row.get(name) for row in rows] for name in names}, schema=dict.fromkeys(names, pl.String)
    )


def _grantees(resources: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    return (one for one in resources if not is_local(one))


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()
