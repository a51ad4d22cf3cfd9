"""Rows of one frame that one file gave, before they are joined with those of other files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.read.fields import FILE
from uc_guard.read.files import ROW
from uc_guard.tables import INSTANT

if TYPE_CHECKING:
    from collections.abc import Iterable

RANK = "_rank"
"""Column that says how a row is known: 0 from its listing, 1 from another that knows its kind, 2 from a name alone."""

UPDATED = "_updated"
"""Column that says when a row was written, where its source tells: of two rows of one statement the later counts."""

CONTRACTS = {contract.name: contract for contract in tables.SNAPSHOT}


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one frame.

    Attributes:
        name: The frame that they belong to.
        rows: The contract's columns with `FILE`, `ROW`, `RANK` and `UPDATED`.
        notes: What was done with the file's rows, for the manifest.
    """

    name: str
    rows: pl.DataFrame
    notes: tuple[str, ...] = ()


def part(name: str, frame: pl.DataFrame, *notes: str, rank: int = 0) -> Part:
    """Give a part: columns that the frame lacks are null, others than the contract's are dropped."""
    schema = {**CONTRACTS[name].schema, UPDATED: INSTANT}
    lacking = [pl.lit(None, dtype).alias(column) for column, dtype in schema.items() if column not in frame.columns]
    rows = frame.with_columns(*lacking, pl.lit(rank, pl.Int8).alias(RANK)).select(*schema, FILE, ROW, RANK)
    return Part(name, rows.with_columns(pl.col(column).cast(dtype) for column, dtype in schema.items()), notes)


def counted(number: int, what: str) -> Iterable[str]:
    """Give a note with a number, or none where the number is 0."""
    return [f"{number} {what}"] if number else []
