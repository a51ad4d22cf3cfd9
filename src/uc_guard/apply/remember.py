"""What journals remember: privileges that were taken, asked for again, and given back, as uses for the next plan."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from uc_guard import tables
from uc_guard.apply.journal import read_journal
from uc_guard.model.plan import Row

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def remembered(journals: Iterable[Path]) -> pl.DataFrame:
    """Give what refusals after earlier runs have shown to be needed.

    Args:
        journals: Of runs of any age.

    Returns:
        Contract USAGE: one row for each privilege given back, with the ids of the refusals.

    Raises:
        BadInput: where a file is no journal.
    """
    rows = [
        {
            "principal": row.grantee,
            "action": row.privilege,
            "securable_type": row.securable_type,
            "securable": row.securable,
            "at": datetime.fromisoformat(str(line.data["at_event"])),
            "id": str(line.data["id"]),
        }
        for path in journals
        for line in read_journal(path)
        if line.kind == "denial" and line.data["ours"]
        for row in (msgspec.convert(line.data["row"], Row),)
    ]
    who = ("principal", "action", "securable_type", "securable")
    found = pl.DataFrame(rows, schema={**dict.fromkeys(who, pl.String), "at": tables.INSTANT, "id": pl.String})
    grouped = found.sort("at", "id").group_by(*who, maintain_order=True)
    counted = grouped.agg(
        uses=pl.len().cast(pl.Int64),
        first_at=pl.col("at").min(),
        last_at=pl.col("at").max(),
        witnesses=pl.col("id").unique(maintain_order=True).head(3),
        columns=pl.lit(None, tables.NAMES),
        outcome=pl.lit("ran"),
        source=pl.lit("audit"),
    )
    return counted.select(*tables.USAGE.columns)
