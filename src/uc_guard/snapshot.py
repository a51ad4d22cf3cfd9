"""Snapshot: the frames of one instant of a workspace, with a manifest of what each source covered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from uc_guard import tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import polars as pl

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Source:
    """What one source gave.

    Attributes:
        name: The frame that it fills.
        rows: Number of rows.
        complete: Nothing that the source holds is missing.
        watermark: The newest instant that it covers; None where it is not dated.
        digest: Digest of the rows' content, independent of their order.
        note: Why it is incomplete; empty where complete.
    """

    name: str
    rows: int
    complete: bool = True
    watermark: datetime | None = None
    digest: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot is of.

    Attributes:
        since: Start of the window of the logs.
        until: End of the window, exclusive.
        taken_at: When grants and objects were read.
        metastore: Its id; None where not known.
        sources: One for each source that was read. A source that is not here is unknown, never empty.
        format: Version of the folder's shape.
    """

    since: datetime
    until: datetime
    taken_at: datetime
    metastore: str | None = None
    sources: tuple[Source, ...] = ()
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The frames of one instant."""

    manifest: Manifest
    frames: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    def frame(self, name: str) -> pl.DataFrame:
        """Give the frame of this name; an empty one with the right columns where the source was not read."""
        contract = next(c for c in tables.SNAPSHOT if c.name == name)
        return self.frames.get(name, contract.empty())

    def has(self, name: str) -> bool:
        """Tell whether the source was read at all: an empty frame then means none, not unknown."""
        return name in self.frames
