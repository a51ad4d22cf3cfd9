"""Listings of securables, level by level: what stands on the metastore, in each catalog, in each schema."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from uc_guard.capture.inside import READERS
from uc_guard.capture.rights import grant_text, see_all
from uc_guard.capture.tasks import Task, digest_of, once, several, spread
from uc_guard.model.name import join_name
from uc_guard.workspace.rest import call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from uc_guard.capture.tasks import Sink
    from uc_guard.workspace.rest import Rest

BELOW = ("objects", "columns", "row_filters", "column_masks", "views", "routines", "dependencies", "grants")
"""Frames that lack rows where a catalog or schema is not read."""


class _Listing(NamedTuple):
    """One listing: the source that it fills, where it is, where its items stand, and what it asks for."""

    source: str
    path: str
    key: str
    query: dict[str, Any]


_TOP = (
    _Listing("catalogs", call("catalogs"), "catalogs", {"include_browse": True, "include_unbound": True}),
    _Listing("external_locations", call("external-locations"), "external_locations", {"include_browse": True}),
    _Listing("storage_credentials", call("storage-credentials"), "storage_credentials", {}),
    _Listing("credentials", call("credentials"), "credentials", {"purpose": "SERVICE"}),
    _Listing("connections", call("connections"), "connections", {}),
    _Listing("shares", call("shares"), "shares", {}),
)
_OTHERS = (
    ("CLEAN_ROOM", call("clean-rooms", api="/api/2.0"), "clean_rooms"),
    ("EXTERNAL_METADATA", call("lineage-tracking", "external-metadata", api="/api/2.0"), "external_metadata"),
)
"""Securables without a listing of their own in information_schema."""


def top_tasks(rest: Rest, me: str) -> list[Task]:
    """Give the tasks that list what stands on the metastore, and the metastore itself."""
    tasks = [
        Task(
            one.source, "all", BELOW if one.source == "catalogs" else ("objects", "grants"), (one.source,),
            partial(_list, rest, one), one.source, see_all(me),
        )
        for one in _TOP
    ]  # fmt: skip
    metastore = Task("metastores", "all", ("objects",), ("metastores",), partial(_metastore, rest), "metastore_summary")
    return [metastore, *tasks, Task("securables", "all", (), ("securables",), partial(_others, rest))]


def schema_tasks(rest: Rest, me: str, catalogs: Sequence[str]) -> list[Task]:
    """Give the tasks that list the schemas of catalogs."""
    return [
        Task(
            "schemata", digest_of(group), BELOW, ("schemata",), partial(_schemas, rest, me, group),
            f"schemas of {several(group)}",
        )
        for group in spread(catalogs)
    ]  # fmt: skip


def inner_tasks(rest: Rest, me: str, schemas: Sequence[tuple[str, str]]) -> list[Task]:
    """Give the tasks that list tables, functions, volumes and models of schemas."""
    return [
        Task(
            job, digest_of(group), reader.frames, reader.sources, partial(_inside, rest, me, job, group),
            f"{job} of {several([join_name(one) for one in group])}",
        )
        for group in spread(schemas)
        for job, reader in READERS.items()
    ]  # fmt: skip


def _list(rest: Rest, listing: _Listing, sink: Sink) -> None:
    for row in once(rest.pages(listing.path, listing.key, listing.query), "name"):
        sink.add(listing.source, row)


def _metastore(rest: Rest, sink: Sink) -> None:
    found = rest.get(call("metastore_summary"))
    if found.get("metastore_id"):
        sink.add("metastores", found)


def _others(rest: Rest, sink: Sink) -> None:
    for securable_type, path, key in _OTHERS:
        with sink.trying(key):
            # UC: these two page by `page_size`; a parameter of None is not sent.
            for row in once(rest.pages(path, key, {"max_results": None}), "name"):
                sink.add("securables", {**row, "securable_type": securable_type, "securable": row.get("name")})


def _schemas(rest: Rest, me: str, catalogs: Sequence[str], sink: Sink) -> None:
    for catalog in catalogs:
        with sink.trying(f"schemas of `{catalog}`", _see(me, "CATALOG", catalog)):
            asked = {"catalog_name": catalog, "include_browse": True}
            for row in once(rest.pages(call("schemas"), "schemas", asked), "name"):
                sink.add("schemata", {**row, "catalog_name": catalog})


def _inside(rest: Rest, me: str, job: str, schemas: Sequence[tuple[str, str]], sink: Sink) -> None:
    reader = READERS[job]
    for catalog, schema in schemas:
        asked = {"catalog_name": catalog, "schema_name": schema, "include_browse": True, **reader.query}
        with sink.trying(f"{job} of `{join_name((catalog, schema))}`", _see(me, "SCHEMA", catalog, schema)):
            for row in once(rest.pages(call(reader.path), reader.key, asked), "name"):
                reader.put(rest, {**row, "catalog_name": catalog, "schema_name": schema}, sink)


def _see(me: str, securable_type: str, *parts: str) -> str:
    return grant_text(["READ_METADATA"], securable_type, join_name(parts), me)
