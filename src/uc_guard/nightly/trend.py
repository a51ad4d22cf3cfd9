"""The record of a night: one Parquet file for its agents and one for itself, never half-written."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.disk import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from uc_guard.nightly.night import Night
    from uc_guard.pipeline import Audit
    from uc_guard.report.summary import Summary


def agents_of(found: Audit, summary: Summary, night: Night) -> pl.DataFrame:
    """Give the agents of a night, contract NIGHT_AGENTS."""
    creep = {row["principal"]: row for row in found.creep.iter_rows(named=True)}
    rows = [
        {
            "night": night.at,
            "host": night.host,
            "principal": line.principal,
            "name": line.name,
            "state": line.state,
            "held": line.held,
            "used": line.used,
            "may": line.may,
            "after": line.after,
            "creep_index": creep.get(line.principal, {}).get("index_before"),
            "creep_index_after": creep.get(line.principal, {}).get("index_after"),
            "statements": line.statements,
            "understood": line.understood,
        }
        for line in summary.agents
    ]
    return tables.NIGHT_AGENTS.frame(rows)


def night_of(night: Night) -> pl.DataFrame:
    """Give a night, contract NIGHTS."""
    row = {
        "night": night.at,
        "agents": len(night.agents),
        "restored": len(night.restored),
        "incomplete": len(night.incomplete),
        "stopped": night.stopped or None,
        "journal": str(night.journal) if night.journal else None,
    }
    same = ("host", "executed", "since", "until", "planned", "revoked", "granted", "refused", "left", "spared",
            "excess_before", "excess_after")  # fmt: skip
    return tables.NIGHTS.frame([row | {name: getattr(night, name) for name in same}])


def write_trend(folder: Path, night: Night, agents: pl.DataFrame) -> None:
    """Write the record of a night; a night that is written again replaces its own files only."""
    stamp = f"{night.at:%Y-%m-%dT%H-%M-%S}"
    for name, frame in ((tables.NIGHT_AGENTS.name, agents), (tables.NIGHTS.name, night_of(night))):
        home = folder / name
        home.mkdir(parents=True, exist_ok=True)
        data = BytesIO()
        frame.write_parquet(data)
        write_whole(home / f"{stamp}.parquet", data.getvalue())


def read_trend(folder: Path, name: str) -> pl.DataFrame:
    """Read the record of all nights: `night_agents` or `nights`, oldest first."""
    contract = next(each for each in tables.TREND if each.name == name)
    files = sorted((folder / name).glob("*.parquet"))
    return pl.concat([pl.read_parquet(file) for file in files]) if files else contract.empty()
