"""What hangs on each securable: its grants, policies, bindings and tags."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from uc_guard.capture.parts import rows_of
from uc_guard.capture.rights import grant_text
from uc_guard.capture.tasks import Task, digest_of, several, spread
from uc_guard.model.name import join_name
from uc_guard.model.privilege import RECIPIENT
from uc_guard.workspace.rest import call

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from uc_guard.capture.tasks import Sink
    from uc_guard.workspace.rest import Rest

    Read = Callable[[Rest, "Securable", Sink], None]


class Securable(NamedTuple):
    """A securable as paths name it.

    Attributes:
        type: As paths write it: `external_location`.
        parts: The parts of its name.
    """

    type: str
    parts: tuple[str, ...]

    @property
    def name(self) -> str:
        """The full name as paths write it: nothing is quoted there."""
        return ".".join(self.parts)

    @property
    def canonical(self) -> str:
        """The full name as the frames write it."""
        return join_name(self.parts)


_FOUND = {
    "metastores": ("metastore", ("metastore_id",)),
    "catalogs": ("catalog", ("name",)),
    "schemata": ("schema", ("catalog_name", "name")),
    "tables": ("table", ("catalog_name", "schema_name", "name")),
    "volumes": ("volume", ("catalog_name", "schema_name", "name")),
    # UC: a model is a function where rights are concerned.
    "routines": ("function", ("catalog_name", "schema_name", "name")),
    "registered_models": ("function", ("catalog_name", "schema_name", "name")),
    "external_locations": ("external_location", ("name",)),
    "storage_credentials": ("storage_credential", ("name",)),
    "credentials": ("credential", ("name",)),
    "connections": ("connection", ("name",)),
    "shares": ("share", ("name",)),
}
_POLICED = ("metastores", "catalogs", "schemata", "tables")
_BOUND = ("catalogs", "external_locations", "storage_credentials", "credentials")
_TAGGED = {"catalogs": "catalog_tags", "schemata": "schema_tags", "tables": "table_tags"}


def found(home: Path, *sources: str) -> list[Securable]:
    """Give the securables of these sources that were listed, in a fixed order."""
    return [
        Securable(kind, row)
        for source in sources
        for kind, columns in [_FOUND[source]]
        for row in rows_of(home, source).select(columns).unique().sort(columns).iter_rows()
    ]


def everything(home: Path) -> list[Securable]:
    """Give every securable that was listed."""
    others = rows_of(home, "securables").select(pl.col("securable_type").str.to_lowercase(), "securable").sort(pl.all())
    return [*found(home, *_FOUND), *(Securable(kind, (name,)) for kind, name in others.iter_rows())]


def grant_tasks(rest: Rest, me: str, home: Path) -> list[Task]:
    """Give the tasks that read the grants of every securable."""
    return _tasks("grants", ("grants",), ("grants",), rest, me, everything(home), _grants)


def policy_tasks(rest: Rest, me: str, home: Path) -> list[Task]:
    """Give the tasks that read attribute-based policies where they stand."""
    return _tasks("policies", ("policies",), ("policies",), rest, me, found(home, *_POLICED), _policies)


def binding_tasks(rest: Rest, me: str, home: Path) -> list[Task]:
    """Give the tasks that read which workspaces may use what is not open to all."""
    isolated = [
        Securable(_FOUND[source][0], (name,))
        for source in _BOUND
        for name, mode in rows_of(home, source).select("name", "isolation_mode").sort("name").iter_rows()
        if str(mode or "").upper().endswith("ISOLATED")
    ]
    job = "workspace_bindings"
    tasks = _tasks(job, ("bindings",), (job,), rest, me, isolated, _bindings)
    # Where catalogs were listed and none is isolated, it is known that there are no bindings.
    return tasks or [Task(job, "none", ("bindings",), (job,), _nothing) for _ in found(home, "catalogs")[:1]]


def tag_tasks(rest: Rest, me: str, home: Path) -> list[Task]:
    """Give the tasks that read tags one securable at a time, where no SQL lists them."""
    return [
        task
        for source, tags in _TAGGED.items()
        for task in _tasks(tags, ("tags",), (tags,), rest, me, found(home, source), _tags)
    ]


def _tasks(  # noqa: PLR0913, PLR0917 - private, and called in one way
    job: str, frames: tuple[str, ...], sources: tuple[str, ...], rest: Rest, me: str, on: list[Securable], read: Read
) -> list[Task]:
    return [
        Task(
            job, digest_of(group), frames, sources, partial(_each, rest, me, group, read),
            f"{job.replace('_', ' ')} of {several([one.name for one in group])}",
        )
        for group in spread(on)
    ]  # fmt: skip


def _nothing(sink: Sink) -> None:
    """Read nothing where there is nothing that could have it."""


def _each(rest: Rest, me: str, group: Sequence[Securable], read: Read, sink: Sink) -> None:
    for one in group:
        kind = one.type.upper()
        right = grant_text(["READ_METADATA"], kind, "" if kind == "METASTORE" else one.canonical, me)
        with sink.trying(f"`{one.name}`", right):
            read(rest, one, sink)


def _grants(rest: Rest, one: Securable, sink: Sink) -> None:
    share = one.type == "share"
    path = call("shares", one.name, "permissions") if share else call("permissions", one.type, one.name)
    for assigned in rest.pages(path, "privilege_assignments"):
        principal = str(assigned.get("principal") or "")
        # UC: shares are granted to recipients, which may be called like a group.
        grantee = f"{RECIPIENT}{principal}" if share and principal else principal
        for privilege in assigned.get("privileges") or ():
            own = {"securable_type": one.type.upper(), "securable_full_name": one.canonical}
            sink.add("grants", {"principal": grantee, "privilege": privilege, **own})


def _policies(rest: Rest, one: Securable, sink: Sink) -> None:
    path = call("policies", one.type, one.name)
    for policy in rest.pages(path, "policies", {"include_inherited": False}):
        where = {"on_securable_type": one.type.upper(), "on_securable_fullname": one.canonical}
        sink.add("policies", {**policy, **where})


def _bindings(rest: Rest, one: Securable, sink: Sink) -> None:
    for bound in rest.pages(call("bindings", one.type, one.name), "bindings"):
        where = {"securable_type": one.type.upper(), "securable_name": one.canonical}
        sink.add("workspace_bindings", {**bound, **where})


def _tags(rest: Rest, one: Securable, sink: Sink) -> None:
    plural = {"catalog": "catalogs", "schema": "schemas", "table": "tables"}[one.type]
    names: dict[str, Any] = dict(zip(("catalog_name", "schema_name", "table_name"), one.parts, strict=False))
    for tag in rest.pages(call("entity-tag-assignments", plural, one.name, "tags"), "tag_assignments"):
        sink.add(f"{one.type}_tags", {**names, "tag_name": tag.get("tag_key"), "tag_value": tag.get("tag_value")})
