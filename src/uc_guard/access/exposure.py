"""Which columns that matter a subject can read, and what hides them from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.access.effective import World, ancestors, implications, rows_at, usable
from uc_guard.access.protection import protections, subjected

if TYPE_CHECKING:
    from collections.abc import Collection

    from uc_guard.snapshot import Snapshot

_COLUMN = ("principal", "table", "column")
_TOUCHES = ("SELECT", "MODIFY")


def exposures(snapshot: Snapshot, home: World, subjects: Collection[str], usage: pl.DataFrame) -> pl.DataFrame:
    """Give the columns that matter and that the subjects can read or have read (contract EXPOSURES).

    A column matters when it is tagged, masked, in a table with a row filter, or used.

    Args:
        snapshot: The workspace.
        home: Its world.
        subjects: The principals under audit.
        usage: Contract USAGE.
    """
    people = pl.DataFrame({"principal": sorted(subjects)}, schema={"principal": pl.String})
    own = usage.join(people, on="principal", how="semi")
    used = _used(own, snapshot)
    watched = pl.concat([_watched(snapshot), used.select("table").unique()]).unique()
    hidden = protections(snapshot, watched)
    matter = _matter(snapshot, hidden)
    pairs = _readable(home, people, matter.select("table").unique(), used)
    found = pairs.filter("readable").join(matter, on="table").select(_COLUMN)
    found = pl.concat([found, used.select(_COLUMN)]).unique()
    found = found.join(pairs, on=["principal", "table"], how="left").join(used, on=_COLUMN, how="left")
    found = found.join(_tags(snapshot), on=["table", "column"], how="left")
    found = found.join(_hiders(found, hidden, subjected(snapshot, home, people)), on=_COLUMN, how="left")
    lists = [
        pl.col(name).fill_null(pl.lit([], tables.NAMES)) for name in ("tags", "masked_by", "filtered_by", "exempt_from")
    ]
    flags = [pl.col(name).fill_null(value=False) for name in ("readable", "used")]
    return found.with_columns(*lists, *flags).select(*tables.EXPOSURES.columns).sort(_COLUMN)


def _used(own: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Give the columns used, with the last use; where they are not known, every column that is tagged or masked."""
    ran = own.filter((pl.col("outcome") == "ran") & pl.col("action").is_in(_TOUCHES))
    ran = ran.filter(~pl.col("securable_type").is_in(["PATH", "VOLUME", "FUNCTION"]))
    ran = ran.select("principal", "columns", "last_at", table="securable")
    named = ran.filter(pl.col("columns").list.len() > 0).explode("columns").rename({"columns": "column"})
    marked = pl.concat(
        [snapshot.frame("column_masks").select("table", "column"), _tags(snapshot).select("table", "column")]
    )
    blind = ran.filter(pl.col("columns").is_null()).join(marked.unique(), on="table")
    both = pl.concat([named.select(*_COLUMN, "last_at"), blind.select(*_COLUMN, "last_at")])
    return both.group_by(_COLUMN).agg(pl.col("last_at").max()).with_columns(used=True)


def _watched(snapshot: Snapshot) -> pl.DataFrame:
    """Give the tables that carry a tag, a mask or a filter."""
    tags = snapshot.frame("tags").filter(pl.col("securable_type") == "TABLE").select(table="securable")
    return pl.concat(
        [tags, *[snapshot.frame(name).select("table") for name in ("column_masks", "row_filters")]]
    ).unique()


def _matter(snapshot: Snapshot, hidden: pl.DataFrame) -> pl.DataFrame:
    """Give the columns that are tagged or hidden; what hides a whole table hides every column of it."""
    columns = snapshot.frame("columns").select("table", "column")
    whole = hidden.filter(pl.col("column").is_null()).select("table").unique()
    named = hidden.filter(pl.col("column").is_not_null()).select("table", "column")
    return pl.concat(
        [_tags(snapshot).select("table", "column"), named, columns.join(whole, on="table", how="semi")]
    ).unique()


def _tags(snapshot: Snapshot) -> pl.DataFrame:
    tags = snapshot.frame("tags").filter(pl.col("column").is_not_null())
    # A tag without value is spelled by its name alone.
    text = pl.when(pl.col("value").fill_null("") == "").then("tag").otherwise(pl.format("{}={}", "tag", "value"))
    return tags.group_by("column", table="securable").agg(tags=text.unique().sort())


def _readable(home: World, people: pl.DataFrame, watched: pl.DataFrame, used: pl.DataFrame) -> pl.DataFrame:
    """Give `principal`, `table`, `readable` for the tables watched that a subject's rows reach, or that it used."""
    places = ancestors(watched.select(securable_type=pl.lit("TABLE"), securable="table"))
    held = rows_at(home, people["principal"], places.select("at_type", "at").unique())
    gives = implications(held, pl.DataFrame({"securable_type": ["TABLE"], "kind": [""]}))
    reads = gives.filter(pl.col("privilege") == "SELECT").select("by", "at_type")
    held = held.join(reads, on=["by", "at_type"], how="semi").select("principal", "at_type", "at").unique()
    reached = held.join(places, on=["at_type", "at"]).select("principal", table="securable")
    both = pl.concat([reached, used.select("principal", "table")]).unique()
    asked = both.select("principal", privilege=pl.lit("SELECT"), securable_type=pl.lit("TABLE"), securable="table")
    return usable(home, asked).select("principal", table="securable", readable="usable")


def _hiders(found: pl.DataFrame, hidden: pl.DataFrame, subject_to: pl.DataFrame) -> pl.DataFrame:
    """Give what hides each column from each principal, and what would but spares it."""
    tables_of = found.select(_COLUMN).unique()
    by_column = hidden.filter(pl.col("column").is_not_null())
    by_table = hidden.filter(pl.col("column").is_null()).drop("column")
    rows = ("kind", "by", "number", "sure")
    both = pl.concat(
        [
            tables_of.join(by_column, on=["table", "column"]).select(*_COLUMN, *rows),
            tables_of.join(by_table, on="table").select(*_COLUMN, *rows),
        ]
    )
    both = both.join(subject_to.rename({"sure": "named"}), on=["principal", "number"], how="left")
    both = both.filter(pl.col("number").is_null() | pl.col("applies").is_not_null())
    sure = pl.col("sure") & pl.col("named").fill_null(value=True)
    label = pl.when(sure).then("by").otherwise(pl.lit("unknown:") + pl.col("by").str.strip_prefix("policy:"))
    applies = pl.col("applies").fill_null(value=True)
    spelled = both.with_columns(label=label, applies=applies)
    masks, filters = pl.col("kind") == "mask", pl.col("kind") == "filter"
    return spelled.group_by(_COLUMN).agg(
        masked_by=pl.col("label").filter(applies & masks).unique().sort(),
        filtered_by=pl.col("label").filter(applies & filters).unique().sort(),
        exempt_from=pl.col("by").filter(~applies).str.strip_prefix("policy:").unique().sort(),
    )
