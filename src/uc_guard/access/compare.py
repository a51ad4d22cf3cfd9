"""Held against used: the facts of an audit as frames with contracts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.access.effective import World, world
from uc_guard.access.exposure import exposures
from uc_guard.access.holding import holdings
from uc_guard.access.shortfall import shortfalls

if TYPE_CHECKING:
    from collections.abc import Collection

    from uc_guard.snapshot import Snapshot
    from uc_guard.usage.log import Reading

__all__ = ["Facts", "compare", "coverage", "exposures", "holdings", "missing_sources", "shortfalls"]

_ALONE = ("grants", "members", "objects", "statements")
_CLUSTERS = ("access_events", "table_lineage")
_VIEWS = ("VIEW", "MATERIALIZED_VIEW", "METRIC_VIEW")


@dataclass(frozen=True, eq=False)
class Facts:
    """What an audit found, each a frame by the contract of its name, worked out when it is first asked for.

    A plan asks for few of them, and in a large estate they are large: ten thousand principals can have fourteen million
    holdings.

    Attributes:
        snapshot: The workspace.
        home: Its world.
        subjects: The principals under audit.
        reading: What the log says.
        needs: Contract NEEDS.
        opaque: Contract OPAQUE.
    """

    snapshot: Snapshot
    home: World
    subjects: Collection[str]
    reading: Reading
    needs: pl.DataFrame
    opaque: pl.DataFrame

    @cached_property
    def holdings(self) -> pl.DataFrame:
        """What the subjects hold, and whether it was used."""
        return holdings(self.snapshot, self.home, self.subjects, self.needs, self.opaque)

    @cached_property
    def exposures(self) -> pl.DataFrame:
        """Sensitive, protected or used columns that the subjects can read."""
        return exposures(self.snapshot, self.home, self.subjects, self.reading.usage)

    @cached_property
    def shortfalls(self) -> pl.DataFrame:
        """What the subjects were denied, or need and do not hold."""
        return shortfalls(self.snapshot, self.home, self.subjects, self.needs, self.reading.usage)

    @cached_property
    def coverage(self) -> pl.DataFrame:
        """How well each subject's activity is known."""
        return coverage(self.snapshot, self.subjects, self.reading.outcomes, self.needs)


def compare(
    snapshot: Snapshot,
    subjects: Collection[str],
    reading: Reading,
    needs: pl.DataFrame,
    opaque: pl.DataFrame | None = None,
    home: World | None = None,
) -> Facts:
    """Compare what the subjects hold with what they used.

    Args:
        snapshot: The workspace.
        subjects: The principals under audit.
        reading: What the log says.
        needs: Contract NEEDS.
        opaque: Contract OPAQUE, with what `required.unknown_bodies` adds; None = the log's own.
        home: The snapshot's world, where the caller has it already.
    """
    return Facts(
        snapshot, home or world(snapshot), subjects, reading, needs, reading.opaque if opaque is None else opaque
    )


def coverage(
    snapshot: Snapshot, subjects: Collection[str], outcomes: pl.DataFrame, needs: pl.DataFrame
) -> pl.DataFrame:
    """Give how well the activity of each subject is known (contract COVERAGE).

    Args:
        snapshot: The workspace.
        subjects: The principals under audit; one without a statement has a row of zeros.
        outcomes: `usage.Reading.outcomes`: one row for each principal of the log.
        needs: Contract NEEDS.
    """
    people = pl.DataFrame({"principal": sorted(subjects)}, schema={"principal": pl.String})
    frame = people.join(outcomes, on="principal", how="left", maintain_order="left")
    counts = [pl.col(n).fill_null(0).cast(pl.Int64) for n in ("statements", "understood", "opaque", "denied", "failed")]
    lists = [pl.col(name).fill_null(pl.lit([], tables.NAMES)) for name in ("reasons", "computes")]
    missing = pl.lit(missing_sources(snapshot, needs), tables.NAMES)
    return frame.with_columns(*counts, *lists, missing=missing).select(*tables.COVERAGE.columns)


def missing_sources(snapshot: Snapshot, needs: pl.DataFrame) -> list[str]:
    """Give the sources that a judgement would need and the snapshot lacks, sorted.

    Returns:
        Names of frames; both of `access_events` and `table_lineage` where neither is there (UC: classic clusters stand
        in no query history); `owners` where a view is used whose owner nobody knows; `NAME: incomplete`.
    """
    missing = {name for name in _ALONE if not snapshot.has(name)}
    if not any(snapshot.has(name) for name in _CLUSTERS):
        missing |= {*_CLUSTERS}
    orphans = snapshot.frame("objects").filter(pl.col("kind").is_in(_VIEWS) & pl.col("owner").is_null())
    if orphans.join(needs, on=["securable_type", "securable"], how="semi").height:
        missing.add("owners")
    judged = (*_ALONE, *_CLUSTERS)
    partial = {f"{s.name}: incomplete" for s in snapshot.manifest.sources if s.name in judged and not s.complete}
    return sorted(missing | partial)
