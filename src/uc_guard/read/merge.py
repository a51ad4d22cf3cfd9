"""Parts of many files as one frame each: repeated rows merged, contradicting ones told."""

from __future__ import annotations

import polars as pl

from uc_guard.errors import Problem
from uc_guard.read.fields import FILE, place
from uc_guard.read.files import ROW
from uc_guard.read.parts import CONTRACTS, RANK, UPDATED, Part, counted

_LOWER = {"grants": "granted_at", "objects": "created_at", "principals": "created_at", "columns": "position"}
"""Frames whose rows may come from several listings, and the column of which the lower value counts."""

_OVER = ("FINISHED", "FAILED", "CANCELED", "CLOSED")
"""Where a statement ends; a row that says so is later than one that does not."""

_TOLD = 20
"""Most contradictions that one report lists for a frame."""


def merge(parts: list[Part]) -> tuple[dict[str, pl.DataFrame], dict[str, list[str]], list[Problem]]:
    """Join the parts of each frame; rows are sorted, so that the order of files and rows means nothing.

    Returns:
        Frame by name, notes by name of what was done, and what contradicts itself.
    """
    frames: dict[str, pl.DataFrame] = {}
    notes: dict[str, list[str]] = {}
    problems: list[Problem] = []
    for name, contract in CONTRACTS.items():
        given = [one for one in parts if one.name == name]
        if not given:
            continue
        rows = pl.concat([one.rows for one in given])
        notes[name] = [note for one in given for note in one.notes]
        if contract.key and rows.select(contract.key).is_duplicated().any():
            rows, more, found = _latest(rows) if name == "statements" else _reconciled(name, rows)
            notes[name] += more
            problems += found
        elif not contract.key:
            rows = rows.unique(list(contract.columns), keep="first", maintain_order=True)
        frames[name] = rows.select(*contract.columns).sort(*_order(name))
    return frames, notes, problems


def _order(name: str) -> list[str]:
    contract = CONTRACTS[name]
    return ["started_at", *contract.key] if name == "statements" else list(contract.key or contract.columns)


def _latest(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[str], list[Problem]]:
    """Merge rows of one statement. UC: its status changes while it runs; whose it is and its text do not."""
    again = pl.col("statement_id").is_duplicated()
    over = pl.col("status").is_in(_OVER)
    repeated = rows.filter(again).sort(UPDATED, over, "status", FILE, ROW, nulls_last=False)
    groups = repeated.group_by("statement_id", maintain_order=True)
    fixed = groups.agg(pl.col("principal", "text").drop_nulls().n_unique(), pl.col(FILE, ROW).slice(0, 2))
    split = fixed.filter((pl.col("principal") > 1) | (pl.col("text") > 1)).sort(FILE, ROW)
    problems = [
        Problem(
            files[0], place(numbers[0], "statement_id"),
            f"the id of row {numbers[1]} of {files[1]} with another principal or text", "one statement for each id",
            "remove the row that is wrong",
        )
        for files, numbers in split.select(FILE, ROW).head(_TOLD).iter_rows()
    ]  # fmt: skip
    last = groups.agg(pl.exclude("statement_id").drop_nulls().last()).select(rows.columns)
    differing = repeated.n_unique(list(CONTRACTS["statements"].columns)) - last.height
    note = counted(differing, "rows of statements merged into later rows of the same statement")
    return pl.concat([rows.filter(~again), last]), list(note), problems


def _reconciled(name: str, rows: pl.DataFrame) -> tuple[pl.DataFrame, list[str], list[Problem]]:
    """Merge rows of one key: a listing of its own counts before others, and what one leaves open another fills."""
    key = CONTRACTS[name].key
    best = rows.filter(pl.col(RANK) == pl.col(RANK).min().over(*key)) if rows[RANK].max() else rows
    lower = _LOWER.get(name)
    others = [c for c in CONTRACTS[name].columns if c not in (*key, lower)]
    if lower:
        filled = [pl.col(c).fill_null(pl.col(c).drop_nulls().first().over(*key)) for c in others if best[c].has_nulls()]
        best = best.with_columns(pl.col(lower).min().over(*key), *filled)
    best = best.unique([*key, *others], keep="first", maintain_order=True)
    return best.unique(list(key), keep="first", maintain_order=True), [], _conflicts(name, best)


def _conflicts(name: str, rows: pl.DataFrame) -> list[Problem]:
    contract = CONTRACTS[name]
    again = rows.group_by(*contract.key, maintain_order=True).agg(pl.len()).filter(pl.col("len") > 1)
    if again.is_empty():
        return []
    told = rows.join(again.head(_TOLD).drop("len"), on=list(contract.key), how="semi", maintain_order="left")
    names = ", ".join(contract.key)
    problems: list[Problem] = []
    for group in told.partition_by(*contract.key, maintain_order=True):
        differing = [c for c in contract.columns if group[c].n_unique() > 1]
        first, second = group.row(0, named=True), group.row(1, named=True)
        key = ", ".join(str(first[c])[:80] for c in contract.key)
        other = f"{second[FILE]} row {second[ROW]}, with another {', '.join(differing)}"
        found = f"the same {names} (`{key}`) as in {other}"
        problems.append(Problem(first[FILE], f"row {first[ROW]}", found, "one row for each", "remove the wrong one"))
    return problems
