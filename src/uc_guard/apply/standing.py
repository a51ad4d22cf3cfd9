"""What stands in a workspace now, and the hand that changes it: rows, owners, memberships."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from uc_guard.errors import NotThere
from uc_guard.model.name import split_name
from uc_guard.model.plan import Row, Statement
from uc_guard.model.privilege import ALL_PRIVILEGES
from uc_guard.plan.render import render_statement
from uc_guard.read.groups import read_memberships
from uc_guard.workspace.permissions import change_rows, read_rows
from uc_guard.workspace.rest import call

if TYPE_CHECKING:
    from collections.abc import Iterable

    from uc_guard.model.plan import Membership
    from uc_guard.workspace.connect import Workspace
    from uc_guard.workspace.queries import Queries
    from uc_guard.workspace.rest import Rest

Site = tuple[str, str]
"""A securable: its type and its full name."""

_LISTED_AS = {
    "CATALOG": "catalogs", "SCHEMA": "schemas", "TABLE": "tables", "VOLUME": "volumes", "FUNCTION": "functions",
    "EXTERNAL_LOCATION": "external-locations", "STORAGE_CREDENTIAL": "storage-credentials",
    "CREDENTIAL": "credentials", "CONNECTION": "connections", "SHARE": "shares",
}  # fmt: skip


class Hand(Protocol):
    """Something that adds and removes rows of one securable."""

    def change(self, site: Site, add: Iterable[Row], remove: Iterable[Row]) -> None:
        """Add and remove rows of one securable.

        Raises:
            Uncertain: where nobody can tell whether it was done.
            WorkspaceError: where it was surely not done.
        """
        ...


class RestHand:
    """Changes rows by the REST API: what is added and removed on one securable travels in one request."""

    def __init__(self, rest: Rest) -> None:
        """Change rows by this API."""
        self._rest = rest

    def change(self, site: Site, add: Iterable[Row], remove: Iterable[Row]) -> None:
        """Add and remove rows of one securable."""
        change_rows(self._rest, *site, add, remove)


class SqlHand:
    """Changes rows by GRANT and REVOKE: each statement stands alone, so there may be a moment between two."""

    def __init__(self, queries: Queries) -> None:
        """Change rows by this SQL."""
        self._queries = queries

    def change(self, site: Site, add: Iterable[Row], remove: Iterable[Row]) -> None:  # noqa: ARG002 - rows name it
        """Add and remove rows of one securable."""
        grants, revokes = _statements("GRANT", add), _statements("REVOKE", remove)
        # UC: REVOKE ALL PRIVILEGES may strip rows that it implies, so what is granted comes after it; else before.
        strips = any(ALL_PRIVILEGES in each.privileges for each in revokes)
        for each in [*revokes, *grants] if strips else [*grants, *revokes]:
            for _ in self._queries.batches(render_statement(each), {}):
                pass


class Standing:
    """What stands in a workspace now."""

    def __init__(self, workspace: Workspace) -> None:
        """Ask this workspace."""
        self.workspace = workspace
        self._members: frozenset[Membership] | None = None

    @property
    def host(self) -> str:
        """The workspace's address."""
        return self.workspace.host

    @property
    def me(self) -> tuple[str, ...]:
        """Every name that the workspace has for us."""
        return self.workspace.my_names

    def rows(self, site: Site) -> frozenset[Row]:
        """Give the rows stored on a securable.

        Raises:
            NotThere: where there is no such securable any more.
            WorkspaceError: where it cannot be read.
        """
        return read_rows(self.workspace.rest, *site)

    def owner(self, site: Site) -> str | None:
        """Give the owner of a securable; None where it has none, or is not there."""
        kind, name = site
        rest = self.workspace.rest
        if kind == "METASTORE":
            return str(rest.get(call("metastore_summary")).get("owner") or "") or None
        if kind not in _LISTED_AS:
            return None
        # UC: a registered model has the type of a function, and a listing of its own.
        for listed in (_LISTED_AS[kind], *(("models",) if kind == "FUNCTION" else ())):
            try:
                return str(rest.get(call(listed, ".".join(split_name(name)))).get("owner") or "") or None
            except NotThere:
                continue
        return None

    def memberships(self) -> frozenset[Membership]:
        """Give every direct membership that the workspace, or the account, shows; read once, until `forget`."""
        if self._members is None:
            self._members = frozenset().union(*(read_memberships(*at) for at in self.workspace.directories))
        return self._members

    def forget(self) -> None:
        """Read memberships anew when they are asked for again."""
        self._members = None

    def circle(self, names: Iterable[str]) -> frozenset[str]:
        """Give these principals and every group that they are in, at any depth, in lower case."""
        found = {name.casefold() for name in names}
        while True:
            more = {m.group.casefold() for m in self.memberships() if m.member.casefold() in found} - found
            if not more:
                return frozenset(found)
            found |= more


def _statements(verb: str, rows: Iterable[Row]) -> list[Statement]:
    found: dict[tuple[str, str, str, bool], list[str]] = {}
    for row in sorted(rows):
        # UC: ALL PRIVILEGES stands alone in a statement.
        key = (row.securable_type, row.securable, row.grantee, row.privilege == ALL_PRIVILEGES)
        found.setdefault(key, []).append(row.privilege)
    return [Statement(verb, tuple(words), *key[:3], "") for key, words in found.items()]
