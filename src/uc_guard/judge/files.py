"""What files declare as rows that rules are judged on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.model.privilege import OWNER

if TYPE_CHECKING:
    from uc_guard.pipeline import Audit
    from uc_guard.read.declared import Declared

_ROW = ("privilege", "securable_type", "securable")
_VERBS = ("grant", "owner")


def declared_rows(declared: Declared, found: Audit | None) -> pl.DataFrame:
    """Give what files say that principals are to have (contract DECLARED).

    Args:
        declared: What the files declare.
        found: An audit of the workspace that they are about; None where none is at hand.
    """
    rows = declared.grants.filter(pl.col("verb").is_in(_VERBS), pl.col("principal").is_not_null())
    rows = rows.with_columns(pl.col("privilege").fill_null(OWNER))
    unknown = [pl.lit(None, pl.Boolean).alias(name) for name in ("granted", "used", "locked")]
    rows = rows.with_columns(unknown)
    if found is not None:
        stored = found.snapshot.frame("grants").select(*_ROW, principal="grantee").with_columns(there=True)
        rows = rows.join(stored, on=["principal", *_ROW], how="left", maintain_order="left")
        rows = rows.with_columns(granted=pl.col("there").fill_null(value=False))
    return rows.select(*tables.DECLARED.columns)
