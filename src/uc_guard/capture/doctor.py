"""What the auditor can read, what it cannot, and the least that would change that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from uc_guard.capture.logs import Window
from uc_guard.capture.rights import SHOWING, acting_as, grant_text, see_all, sight
from uc_guard.capture.systems import SYSTEMS, TAG_VIEWS
from uc_guard.errors import AccessDenied, NotThere, Unavailable, WorkspaceError
from uc_guard.model.name import canonical_name, join_name, quote
from uc_guard.model.privilege import implied, normalize_privilege
from uc_guard.workspace.queries import one_row
from uc_guard.workspace.rest import ME, call

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from uc_guard.workspace.connect import Workspace
    from uc_guard.workspace.rest import Rest

_ON = frozenset({"ENABLE_COMPLETED", "MANAGED", "ENABLED"})
_PLATFORM = frozenset({"SYSTEM_CATALOG", "DELTASHARING_CATALOG"})
"""Catalogs whose grants nobody of ours changes."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is to be read or done.

    Attributes:
        source: What it is.
        can: Whether it can be, in full.
        note: What is so; what is missing, where it cannot be.
        statements: The GRANTs that are missing, and no other.
        task: What somebody has to do that no GRANT does; empty where nothing.
    """

    source: str
    can: bool
    note: str = ""
    statements: tuple[str, ...] = ()
    task: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What an identity can and cannot.

    Attributes:
        host: The workspace.
        me: The identity.
        checks: One for each source, and for what applying needs where that was asked for.
    """

    host: str
    me: str
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is missing."""
        return all(check.can for check in self.checks)

    @property
    def statements(self) -> tuple[str, ...]:
        """Every GRANT that is missing, once, in an order in which they can be run."""
        return tuple(dict.fromkeys(text for check in self.checks for text in check.statements))

    @property
    def tasks(self) -> tuple[str, ...]:
        """What somebody has to do beside them."""
        return tuple(dict.fromkeys(check.task for check in self.checks if check.task))


def doctor(workspace: Workspace, now: datetime, *, to_apply: bool = False) -> Diagnosis:
    """Find out what the identity behind a connection can read, and change.

    Args:
        workspace: The connection.
        now: The time, aware: an hour before it is asked for of each log.
        to_apply: Whether it is also to change grants.

    Raises:
        Unavailable: where the workspace stays out of reach.
    """
    known = _Known(workspace)
    checks = [known.listings(), *_people(workspace), *_systems(workspace, known, now)]
    if to_apply:
        checks.append(known.changes())
    return Diagnosis(workspace.host, workspace.me, tuple(checks))


class _Known:
    """What the workspace shows to us of itself and of our own rights."""

    def __init__(self, workspace: Workspace) -> None:
        self._rest = workspace.rest
        self._me = workspace.me
        groups = [str(one.get("display")) for one in self._rest.get(ME).get("groups") or () if one.get("display")]
        self._mine = acting_as(None, [*workspace.my_names, *groups])
        self.metastore = self._metastore()
        self.catalogs = self._catalogs()
        self._rows: dict[tuple[str, str], list[tuple[str, str]]] = {}

    def listings(self) -> Check:
        """Tell whether the grants of everything are shown to us."""
        places = [("METASTORE", str(self.metastore.get("metastore_id") or "metastore"), self.metastore.get("owner"))]
        places += [("CATALOG", str(one["name"]), one.get("owner")) for one in self.catalogs]
        objects = pl.DataFrame(
            [(kind, join_name((name,)), owner) for kind, name, owner in places],
            {"securable_type": pl.String, "securable": pl.String, "owner": pl.String}, orient="row",
        )  # fmt: skip
        rows = [
            (grantee, privilege, kind, join_name((name,)))
            for kind, name, _ in places for grantee, privilege in self.rows(kind, name)
        ]  # fmt: skip
        names = ("grantee", "privilege", "securable_type", "securable")
        grants = pl.DataFrame(rows, dict.fromkeys(names, pl.String), orient="row")
        seen = sight({"objects": objects, "grants": grants}, self._mine)
        if seen.whole:
            return Check("objects, grants, filters, masks, policies", can=True)
        hidden = seen.unseen.filter(pl.col("securable_type") == "CATALOG").height
        told = f"{hidden} of {len(self.catalogs)} catalogs do not show us their grants" if hidden else (
            "all catalogs that we see show us their grants; those that we hold nothing on are not listed"
        )  # fmt: skip
        if ("METASTORE", "READ_METADATA") in self._own(grants):
            said = "READ METADATA stands on the metastore, but rows of others are not shown: ask its admin"
            return Check("objects, grants, filters, masks, policies", can=False, note=told, task=said)
        return Check("objects, grants, filters, masks, policies", can=False, note=told, statements=(see_all(self._me),))

    def changes(self) -> Check:
        """Tell whether we may change grants."""
        owner = str(self.metastore.get("owner") or "").lower()
        ours = [one for one in self.catalogs if one.get("catalog_type") not in _PLATFORM and one["name"] != "system"]
        lacking = [
            str(one["name"])
            for one in ours
            if owner not in self._mine and str(one.get("owner") or "").lower() not in self._mine
            and not self.holds("MANAGE", "CATALOG", str(one["name"]))
        ]  # fmt: skip
        statements = tuple(grant_text(["MANAGE"], "CATALOG", join_name((name,)), self._me) for name in lacking)
        note = (
            f"we may not manage {len(lacking)} of {len(ours)} catalogs; grant it where plans are applied"
            if lacking
            else ""
        )
        return Check("change grants", can=not lacking, note=note, statements=statements)

    def holds(self, privilege: str, securable_type: str, name: str) -> bool:
        """Tell whether a row of ours on a securable, or around it, gives a privilege on it."""
        parts = name.split(".")
        at = [("CATALOG", parts[:1]), ("SCHEMA", parts[:2]), ("TABLE", parts[:3])][: len(parts)]
        return any(
            grantee.lower() in self._mine and privilege in implied(stored, kind, securable_type)
            for kind, where in at for grantee, stored in self.rows(kind, ".".join(where))
        )  # fmt: skip

    def rows(self, securable_type: str, name: str) -> list[tuple[str, str]]:
        """Give grantee and privilege of the rows that we are shown; none where we may not even ask."""
        key = (securable_type, name)
        if key not in self._rows:
            path = call("permissions", securable_type.lower(), name)
            self._rows[key] = [
                (str(one.get("principal") or ""), normalize_privilege(str(privilege)))
                for one in _pages(self._rest, path, "privilege_assignments")
                for privilege in one.get("privileges") or ()
            ]  # fmt: skip
        return self._rows[key]

    def missing(self, table: str) -> tuple[str, ...]:
        """Give the GRANTs that we lack to read a table."""
        catalog, schema, _ = table.split(".")
        wanted = (
            ("USE_CATALOG", "CATALOG", catalog),
            ("USE_SCHEMA", "SCHEMA", f"{catalog}.{schema}"),
            ("SELECT", "TABLE", table),
        )
        return tuple(
            grant_text([privilege], kind, canonical_name(name), self._me)
            for privilege, kind, name in wanted if not self.holds(privilege, kind, name)
        )  # fmt: skip

    def enabled(self) -> Mapping[str, bool]:
        """Tell of the system schemas whether they are enabled; none where we may not know."""
        path = call("metastores", str(self.metastore.get("metastore_id") or ""), "systemschemas")
        found = _pages(self._rest, path, "schemas") if self.metastore.get("metastore_id") else []
        return {str(one.get("schema")): str(one.get("state")).upper() in _ON for one in found}

    def _own(self, grants: pl.DataFrame) -> set[tuple[str, str]]:
        mine = grants.filter(pl.col("grantee").str.to_lowercase().is_in(self._mine), pl.col("privilege").is_in(SHOWING))
        return set(mine.select("securable_type", "privilege").rows())

    def _metastore(self) -> dict[str, Any]:
        try:
            return self._rest.get(call("metastore_summary"))
        except (AccessDenied, NotThere):
            return {}

    def _catalogs(self) -> list[dict[str, Any]]:
        asked = {"include_browse": True, "include_unbound": True}
        return [one for one in _pages(self._rest, call("catalogs"), "catalogs", asked) if one.get("name")]


def _people(workspace: Workspace) -> Iterator[Check]:
    for rest, api in reversed(workspace.directories):
        where = "the account" if rest is workspace.account else "the workspace"
        name = f"users, service principals, groups of {where}"
        try:
            for listing in ("Users", "ServicePrincipals", "Groups"):
                rest.get(call(listing, api=api), {"count": 1, "startIndex": 1, "attributes": "id"})
        except (AccessDenied, NotThere) as error:
            task = f"an admin of {where} lets {quote(workspace.me)} list its users, service principals and groups"
            yield Check(name, can=False, note=error.said, task=task)
        else:
            alone = workspace.account is None
            note = (
                "groups that the workspace does not list are unknown; `--account-profile` would show them"
                if alone
                else ""
            )
            yield Check(name, can=True, note=note)


def _systems(workspace: Workspace, known: _Known, now: datetime) -> Iterator[Check]:
    tables = [(system.table, system.counts()) for system in SYSTEMS.values()]
    tables += [
        (f"system.information_schema.{view}", f"SELECT tag_name FROM system.information_schema.{view} LIMIT 1")  # noqa: S608 - names of ours
        for view in TAG_VIEWS
    ]
    window = Window(now - timedelta(hours=1), now).parameters()
    on = known.enabled()
    if workspace.queries is None:
        task = f"name a SQL warehouse, `--warehouse ID`, on which {quote(workspace.me)} has CAN_USE"
        missing = _all(known.missing(table) for table, _ in tables)
        yield Check("system tables", can=False, note="no SQL warehouse is named", statements=missing, task=task)
        return
    for table, sql in tables:
        schema = table.split(".")[1]
        try:
            one_row(workspace.queries, sql, window if ":since" in sql else {})
        except WorkspaceError as error:
            statements = known.missing(table)
            task = ""
            if on.get(schema) is False or (isinstance(error, NotThere) and not statements):
                task = f"an account admin enables the system schema `{schema}` of the metastore"
            elif isinstance(error, Unavailable) or not statements:
                task = f"let {quote(workspace.me)} use the warehouse (CAN_USE), and have it running"
            yield Check(f"`{table}`", can=False, note=error.said, statements=statements, task=task)
        else:
            yield Check(f"`{table}`", can=True)


def _pages(rest: Rest, path: str, key: str, query: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Give a listing; nothing where we may not see it."""
    try:
        return [*rest.pages(path, key, query)]
    except Unavailable:
        raise
    except WorkspaceError:
        return []


def _all(statements: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for some in statements for text in some))
