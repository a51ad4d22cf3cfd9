"""A folder of files, as people download them from system tables and information_schema, as a snapshot."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import polars as pl

from uc_guard.errors import BadInput, Problem
from uc_guard.read import grants, identity, logs, policies, securables
from uc_guard.read.check import look_over
from uc_guard.read.files import bad, is_data, open_file, open_frame, part_files, stem
from uc_guard.read.merge import merge
from uc_guard.snapshot import Manifest, Snapshot, describe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from uc_guard.read.files import Raw
    from uc_guard.read.identity import Identities
    from uc_guard.read.parts import Part
    from uc_guard.snapshot import Source

_SCIM = ("users", "service_principals", "groups")
_LISTINGS = (
    "catalogs", "schemata", "volumes", "registered_models", "external_locations", "storage_credentials", "credentials",
    "connections", "metastores", "shares",
)  # fmt: skip
_READERS: dict[str, Callable[[Raw, str], list[Part]]] = {
    "query_history": logs.read_statements,
    "table_lineage": logs.read_lineage,
    "column_lineage": logs.read_lineage,
    "audit": logs.read_audit,
    **dict.fromkeys(grants.FILES, grants.read_grants),
    **dict.fromkeys(_LISTINGS, securables.read_objects),
    "securables": securables.read_others,
    "tables": securables.read_tables,
    "routines": securables.read_routines,
    "views": securables.read_views,
    "columns": securables.read_columns,
    **dict.fromkeys(("catalog_tags", "schema_tags", "table_tags", "column_tags", "volume_tags"), securables.read_tags),
    "row_filters": securables.read_row_filters,
    "column_masks": securables.read_column_masks,
    "workspace_bindings": securables.read_bindings,
    "view_dependencies": securables.read_dependencies,
    "routine_dependencies": securables.read_dependencies,
    "policies": policies.read_policies,
}
_ALSO = {
    "history": "query_history",
    "queries": "query_history",
    "audit_log": "audit",
    "audit_logs": "audit",
    "functions": "routines",
    "schemas": "schemata",
    "abac_policy_definitions": "policies",
    "abac_policies": "policies",
    "models": "registered_models",
    "bindings": "workspace_bindings",
    "dependencies": "view_dependencies",
    "show_grants": "grants",
    "privileges": "grants",
    "function_privileges": "routine_privileges",
    "database_privileges": "schema_privileges",
    "serviceprincipals": "service_principals",
    "function_dependencies": "routine_dependencies",
    "group_members": "groups",
}
_DAY = "%Y-%m-%d"
FILES = (*_READERS, *_SCIM)
"""Names of the files that are read, without their endings."""

_EXPECTED = {
    "grants": ("catalog_privileges", "schema_privileges", "table_privileges", "routine_privileges", "volume_privileges",
               "external_location_privileges", "metastore_privileges"),
    "objects": ("catalogs", "schemata", "tables", "routines", "volumes", "external_locations"),
    "tags": ("catalog_tags", "schema_tags", "table_tags", "column_tags", "volume_tags"),
    "principals": ("users", "service_principals", "groups"),
    "members": ("users", "service_principals", "groups"),
}  # fmt: skip
"""Files that fill one frame together: where some are there and others not, the frame is incomplete."""


def read_exports(
    folder: Path | str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    taken_at: datetime | None = None,
) -> Snapshot:
    """Read a folder of exports.

    Args:
        folder: Files under the names of the views and tables they come from, in any letter case, each as Parquet, CSV,
            JSON or JSON lines; a folder of part files counts as one file.
        since: Start of the window; rows of the logs before it are left out. The first statement where not given.
        until: End of the window, exclusive; rows of the logs from it on are left out. Just after the last statement
            where not given. With no dated row at all, both are `taken_at`, or when the newest file was written.
        taken_at: When grants and objects were read; the window's end where not given.

    Returns:
        A snapshot; a frame for which no file was found is not in it.

    Raises:
        BadInput: with every problem of every file.
    """
    files, unused = _find_files(Path(folder))
    parts, problems = _read_files(files)
    frames, notes, contradictions = merge(parts)
    if problems or contradictions:
        raise BadInput(tuple(sorted([*problems, *contradictions], key=lambda p: (p.source, p.place))))
    newest = max(path.stat().st_mtime for _, path, _ in files)
    fallback = _utc(taken_at) or datetime.fromtimestamp(newest, UTC).replace(microsecond=0)
    start, end, late = _window(frames, since, until, fallback)
    frames = {name: _inside(frame, since, until) for name, frame in frames.items()}
    present = {source for source, _, _ in files}
    frames, seen = look_over(frames, parts, present)
    sources = [_described(name, frame, present, notes.get(name, [])) for name, frame in frames.items()]
    manifest = Manifest(
        since=start,
        until=end,
        taken_at=_utc(taken_at) or end,
        metastore=_metastore(frames),
        sources=tuple(sources),
        notes=(*sorted(unused), *late, *seen),
    )
    return Snapshot(manifest, frames)


def read_listings(listings: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Read rows of the views of `system.information_schema` that are in memory already.

    Args:
        listings: Rows by the name of the view, `tables`, `columns`, `views`, `routines`, `volumes` ...; columns under
            their native names.

    Returns:
        Frames of the snapshot's contracts, by name.

    Raises:
        BadInput: with every problem.
    """
    parts = [part for name, rows in listings.items() for part in _READERS[name](open_frame(rows, name), name)]
    frames, _, contradictions = merge(parts)
    if contradictions:
        raise BadInput(tuple(contradictions))
    return look_over(frames, parts, set(listings))[0]


def exports_in(folder: Path) -> set[str]:
    """Give the sources that a folder holds exports of, by the names of its files."""
    named = {_source(stem(path)) for path in folder.iterdir() if path.is_file() and is_data(path)}
    return {name for name in named if name is not None}


def _read_files(files: list[tuple[str, Path, str]]) -> tuple[list[Part], list[Problem]]:
    parts: list[Part] = []
    people: list[Identities] = []
    problems: list[Problem] = []
    pages: dict[str, list[Raw]] = {}
    for source, path, file in files:
        try:
            raw = open_file(path, file)
            if raw.more is not None:
                pages.setdefault(source, []).append(raw)
            if source in _SCIM:
                people.append(identity.read_identities(raw, source))
            else:
                parts += _READERS[source](raw, source)
        except BadInput as error:
            problems += error.problems
    if people:
        parts += identity.resolve(people, whole=any(source == "groups" for source, _, _ in files))
    return parts, problems + [_cut(all_) for all_ in pages.values() if all(page.more for page in all_)]


def _cut(pages: list[Raw]) -> Problem:
    """Tell of a listing of which every page at hand says that more follow."""
    found = "a page that says that more follow"
    return Problem(pages[-1].file, "", found, "the last page, too", "export every page, and put them into one folder")


def _described(name: str, frame: pl.DataFrame, present: set[str], notes: list[str]) -> Source:
    lacking = _lacking(name, present)
    return describe(name, frame, "; ".join([*lacking, *notes]), complete=not lacking)


def _find_files(home: Path) -> tuple[list[tuple[str, Path, str]], list[str]]:
    if not home.is_dir():
        raise BadInput((Problem(str(home), "", "no such folder", "a folder of exports", "check the path"),))
    found: list[tuple[str, Path, str]] = []
    notes: list[str] = []
    for path in sorted(home.iterdir(), key=lambda p: p.name):
        source = _source(stem(path))
        if source and (path / "_delta_log").exists():
            raise bad(
                path.name, "", "a Delta table", "plain files", "export it with SELECT: a folder keeps deleted rows too"
            )
        inside = part_files(path) if source and path.is_dir() else []
        if source and path.is_file() and is_data(path):
            found.append((source, path, path.name))
        elif source and inside:
            found += [(source, one, one.relative_to(home).as_posix()) for one in inside]
        elif not path.name.startswith(".") and path.suffix != ".md":
            notes.append(f"not used: `{path.name}`, which is no name of a system table or view that is read here")
    if not found:
        expected = f"files such as {', '.join(FILES[:3])} or table_privileges"
        raise BadInput(
            (Problem(str(home), "", "no export", expected, "name the files after the tables they come from"),)
        )
    return found, notes


def _source(name: str) -> str | None:
    """Give the source that a file name means: `Main.information_schema.TABLES (1)` is `tables`."""
    last = name.rsplit(".", 1)[-1].strip().replace("-", "_").replace(" ", "_")
    for candidate in (last, re.sub(r"[_(]*\d+\)?$", "", last)):
        known = _ALSO.get(candidate, candidate)
        if known in FILES:
            return known
    return None


def _window(
    frames: dict[str, pl.DataFrame], since: datetime | None, until: datetime | None, fallback: datetime
) -> tuple[datetime, datetime, list[str]]:
    dated = [frames["statements"]["started_at"]] if "statements" in frames else []
    dated = [s for s in dated if len(s)] or [f["at"] for f in frames.values() if "at" in f.columns and f.height]
    instants = pl.concat(dated) if dated else pl.Series(dtype=pl.Datetime("us", "UTC"))
    first, last = cast("datetime | None", instants.min()), cast("datetime | None", instants.max())
    start = _utc(since) or first or fallback
    end = _utc(until) or (fallback if last is None else last + timedelta(microseconds=1))
    if start > end:
        raise bad("window", "", f"since {start:{_DAY}}, until {end:{_DAY}}", "since before until", "correct it")
    told: list[str] = []
    if first is not None and first - start >= timedelta(days=1):
        told = [f"the first row of the logs is of {first:{_DAY}}, after the window's start: nothing is known before it"]
    if first is None:
        told = ["no log holds a dated row in the window"]
    return start.astimezone(UTC), end.astimezone(UTC), told


def _inside(frame: pl.DataFrame, since: datetime | None, until: datetime | None) -> pl.DataFrame:
    column = next((c for c in ("started_at", "at") if c in frame.columns), None)
    if column is None:
        return frame
    if since is not None:
        frame = frame.filter(pl.col(column) >= _utc(since))
    return frame.filter(pl.col(column) < _utc(until)) if until is not None else frame


def _lacking(name: str, present: set[str]) -> list[str]:
    if name == "grants" and "grants" in present:
        return []
    lacking = [file for file in _EXPECTED.get(name, ()) if file not in present]
    return [f"not read: {', '.join(lacking)}"] if lacking else []


def _metastore(frames: dict[str, pl.DataFrame]) -> str | None:
    if "objects" not in frames:
        return None
    names = frames["objects"].filter(pl.col("securable_type") == "METASTORE")["securable"]
    return str(names[0]) if len(names) == 1 else None


def _utc(instant: datetime | None) -> datetime | None:
    if instant is None:
        return None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
