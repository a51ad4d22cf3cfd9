"""Parts of many files as one frame each: repeated rows merged, contradicting ones told."""

from __future__ import annotations

import polars as pl

from uc_guard.errors import Problem
from uc_guard.read.fields import FILE
from uc_guard.read.files import ROW
from uc_guard.read.parts import CONTRACTS, RANK, Part

_LOWER = {"grants": "granted_at", "objects": "created_at", "principals": "created_at", "columns": "position"}
"""Frames whose rows may come from several listings, and the column of which the lower value counts."""

_TOLD = 20
"""Most contradictions that one report lists for a frame."""


def merge(parts: list[Part]) -> tuple[dict[str, pl.DataFrame], list[Problem]]:
    """Join the parts of each frame, in the order of the contracts; rows sorted, so that the order of files is nothing."""
    frames: dict[str, pl.DataFrame] = {}
    problems: list[Problem] = []
    for name, contract in CONTRACTS.items():
        given = [one.rows for one in parts if one.name == name]
        if not given:
            continue
        rows = pl.concat(given)
        rows = rows.unique([*contract.columns, RANK], keep="first", maintain_order=True)
        if contract.key:
            best = rows.filter(pl.col(RANK) == pl.col(RANK).min().over(*contract.key)) if rows[RANK].max() else rows
            if name in _LOWER:
                best = _reconciled(name, best)
            problems += _conflicts(name, best)
            rows = best.unique(list(contract.key), keep="first", maintain_order=True)
        frames[name] = rows.select(*contract.columns).sort(_order(name))
    return frames, problems


def _order(name: str) -> list[str]:
    contract = CONTRACTS[name]
    return ["started_at", *contract.key] if name == "statements" else list(contract.key or contract.columns)


def _reconciled(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Fill what one listing leaves open from another of the same key; of two instants or positions keep the lower."""
    key = CONTRACTS[name].key
    lower = _LOWER[name]
    others = [c for c in CONTRACTS[name].columns if c not in (*key, lower)]
    filled = [pl.col(c).fill_null(pl.col(c).drop_nulls().first().over(*key)) for c in others if rows[c].has_nulls()]
    return rows.with_columns(pl.col(lower).min().over(*key), *filled).unique(
        [*key, *others], keep="first", maintain_order=True
    )


def _conflicts(name: str, rows: pl.DataFrame) -> list[Problem]:
    contract = CONTRACTS[name]
    again = rows.group_by(*contract.key, maintain_order=True).agg(pl.len()).filter(pl.col("len") > 1)
    if again.is_empty():
        return []
    told = rows.join(again.head(_TOLD).drop("len"), on=list(contract.key), how="semi", maintain_order="left")
    values = [c for c in contract.columns if c not in contract.key]
    problems: list[Problem] = []
    for group in told.partition_by(*contract.key, maintain_order=True):
        differing = [c for c in values if group[c].n_unique() > 1]
        first, second = group.row(0, named=True), group.row(1, named=True)
        key = ", ".join(str(first[c])[:80] for c in contract.key)
        found = f"the same {', '.join(contract.key)} (`{key}`) as in {second[FILE]} row {second[ROW]}, with another {', '.join(differing)}"
        problems.append(
            Problem(first[FILE], f"row {first[ROW]}", found, "one row for each", "remove the row that is wrong")
        )
    return problems
