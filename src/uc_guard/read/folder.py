"""A folder to a snapshot, whether it is one already or holds exports."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.read.exports import exports_in, read_exports
from uc_guard.snapshot import Snapshot, is_snapshot

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_DATED = {"statements": "started_at", "table_lineage": "at", "column_lineage": "at", "access_events": "at"}


def read_folder(folder: Path | str, *, since: datetime | None = None, until: datetime | None = None) -> Snapshot:
    """Read a folder of exported system tables, or of a snapshot.

    Args:
        folder: What `Snapshot.write` wrote, or exports under their native names (see `read_exports`).
        since: Start of the window, aware; None = where the log, or the snapshot, begins.
        until: End of the window, exclusive, aware; None = where the log, or the snapshot, ends.

    Raises:
        BadInput: with every problem of every file.
    """
    if is_snapshot(folder):
        return narrowed(Snapshot.read(folder), since, until)
    return read_exports(folder, since=since, until=until)


def is_workspace(path: Path) -> bool:
    """Tell whether a path is a folder that `read_folder` reads: a snapshot, or at least two exports."""
    try:
        return path.is_dir() and (is_snapshot(path) or len(exports_in(path)) > 1)
    except OSError:
        return False  # whoever reads it as something else tells that it cannot be read


def narrowed(snapshot: Snapshot, since: datetime | None, until: datetime | None) -> Snapshot:
    """Give the snapshot with logs of the window [since, until) only; grants and objects stay as they are."""
    if since is None and until is None:
        return snapshot
    start, end = since or snapshot.manifest.since, until or snapshot.manifest.until
    frames = {
        name: frame.filter(pl.col(_DATED[name]).is_between(start, end, closed="left")) if name in _DATED else frame
        for name, frame in snapshot.frames.items()
    }
    return replace(snapshot, manifest=replace(snapshot.manifest, since=start, until=end), frames=frames)
