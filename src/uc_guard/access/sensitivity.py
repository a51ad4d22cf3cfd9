"""Which securables are sensitive: those with a sensitive tag, and those that somebody wanted partly hidden."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.access.effective import SECURABLE

if TYPE_CHECKING:
    from uc_guard.snapshot import Snapshot


def tagged(snapshot: Snapshot, globs: tuple[str, ...]) -> pl.DataFrame:
    """Give the securables that carry a sensitive tag, on themselves or on a column: the columns of SECURABLE.

    Args:
        snapshot: The workspace.
        globs: Globs of `tag` or `tag=value`; a glob of the bare tag means every value.
    """
    tags = snapshot.frame("tags")
    hits = [row for row in tags.select("tag", "value").unique().iter_rows() if _fits(row[0], row[1], globs)]
    marked = pl.DataFrame(hits, schema={"tag": pl.String, "value": pl.String}, orient="row")
    return tags.join(marked, on=["tag", "value"], how="semi", nulls_equal=True).select(SECURABLE).unique()


def sensitive(snapshot: Snapshot, globs: tuple[str, ...]) -> pl.DataFrame:
    """Give the securables that carry a sensitive tag, a mask or a row filter: the columns of SECURABLE."""
    hidden = [
        snapshot.frame(name).select(securable_type=pl.lit("TABLE"), securable="table")
        for name in ("column_masks", "row_filters")
    ]
    return pl.concat([tagged(snapshot, globs), *hidden]).unique()


def _fits(tag: str, value: str | None, globs: tuple[str, ...]) -> bool:
    spelt = (tag,) if value is None else (tag, f"{tag}={value}")
    return any(fnmatchcase(text.casefold(), glob.casefold()) for text in spelt for glob in globs)
