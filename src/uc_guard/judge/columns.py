"""Facts about rows and columns: what is exposed, and the ways round what hides it."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.access.effective import PAIR, SECURABLE, ancestors, implications, rows_at, usable, world
from uc_guard.access.protection import protections, subjected
from uc_guard.judge.facts import BYPASS, EXPOSURE, READING, list_of

if TYPE_CHECKING:
    from uc_guard.access.effective import World
    from uc_guard.pipeline import Audit
    from uc_guard.snapshot import Snapshot

_UNSURE = "unknown:"
_NAMED = 5
_OPENS = {"TABLE": "SELECT", "FUNCTION": "EXECUTE"}
_KINDS = {"VIEW": "view", "METRIC_VIEW": "view", "MATERIALIZED_VIEW": "materialized"}
_WAY = ("securable_type", "securable", "how", "protected", "column", "hidden_by")


def exposure_facts(found: Audit) -> pl.DataFrame:
    """Give the columns that matter and that the principals under audit can read (table EXPOSURE)."""
    frame = found.exposures
    marks = pl.Series(_sensitive(frame, found.settings.sensitive_tags), dtype=pl.String)
    tagged = frame["tags"].list.set_intersection(marks.implode()).list.len() > 0
    both = pl.col("masked_by").list.concat("filtered_by")
    sure, unsure = (~pl.element().str.starts_with(_UNSURE), pl.element().str.starts_with(_UNSURE))
    masks = pl.col("masked_by").list.eval(pl.element().filter(sure)).list.len().cast(pl.Int64)
    return frame.with_columns(
        securable_type=pl.lit("TABLE"),
        securable="table",
        idle_days=(pl.lit(found.snapshot.manifest.until) - pl.col("last_at")).dt.total_days(),
        sensitive=tagged | (pl.col("masked_by").list.len() > 0),
        tags=list_of("tags"),
        masked=masks > 0,
        masks=masks,
        filters=pl.col("filtered_by").list.eval(pl.element().filter(sure)).list.len().cast(pl.Int64),
        unsure=both.list.eval(pl.element().filter(unsure)).list.len().cast(pl.Int64),
        hidden_by=both.list.unique().list.sort().list.join(", "),
        exempt=pl.col("exempt_from").list.len().cast(pl.Int64),
        exempt_from=list_of("exempt_from"),
    ).select(*EXPOSURE.columns)


def reading_facts(exposure: pl.DataFrame) -> pl.DataFrame:
    """Give the columns that matter by table (table READING).

    Args:
        exposure: Table EXPOSURE.
    """
    bare = pl.col("sensitive") & pl.col("readable") & ~pl.col("masked") & (pl.col("unsure") == 0)
    which = {
        "open_used": bare & pl.col("used"),
        "open_idle": bare & ~pl.col("used"),
        "masked_used": pl.col("masked") & pl.col("used"),
        "exempt": (pl.col("exempt") > 0) & pl.col("readable"),
        "unsure": (pl.col("unsure") > 0) & pl.col("readable"),
    }
    columns = {name: rule.sum().cast(pl.Int64) for name, rule in which.items()}
    named = {f"{name}_columns": _named_columns(rule) for name, rule in which.items()}
    tags = pl.col("tags").filter(pl.col("sensitive") & (pl.col("tags") != "")).unique().sort().str.join(", ")
    groups = exposure.group_by("principal", "securable_type", "securable", maintain_order=True)
    return groups.agg(**columns, **named, tags=tags).select(*READING.columns)


def bypass_facts(found: Audit) -> pl.DataFrame:
    """Give the ways round masks and row filters (table BYPASS).

    UC: a mask or filter guards the table that it stands on, whoever reads it and by which view. What was written from
    it is another table; and a policy that does not name the reader does not hide anything from it.
    """
    snapshot = found.snapshot
    hidden = _hidden(snapshot)
    if not hidden.height or not found.subjects:
        return BYPASS.empty()
    home = world(snapshot)
    ways = pl.concat([_copies(snapshot, hidden), _bodies(found, hidden)])
    ways = ways.filter(pl.col("securable") != pl.col("protected"))
    reads = _still_open(found.exposures, _readers(found, home, _still_shown(snapshot, ways)))
    # What the principal may see in the protected table itself it need not go round to see.
    plain = _named(snapshot, home, found, hidden)
    live = pl.col("how").is_in(["view", "function"])
    rows = reads.join(plain, on=["principal", "protected", "hidden_by"], how="left")
    rows = rows.filter(~live | ~pl.col("applies").fill_null(value=True))
    used = found.usage.filter(pl.col("outcome") == "ran").select("principal", "securable").unique()
    rows = rows.join(used.with_columns(used=True), on=["principal", "securable"], how="left")
    found_rows = rows.with_columns(pl.col("used").fill_null(value=False)).select(*BYPASS.columns)
    return found_rows.unique(BYPASS.key).sort(BYPASS.key)


def _named_columns(rule: pl.Expr) -> pl.Expr:
    """Name the first columns that a rule picks, and say how many more there are."""
    names = pl.col("column").filter(rule).sort()
    more = names.len().cast(pl.Int64) - _NAMED
    some = names.head(_NAMED).str.join(", ")
    return pl.when(more > 0).then(pl.format("{} and {} more", some, more)).otherwise(some)


def _sensitive(frame: pl.DataFrame, globs: tuple[str, ...]) -> list[str]:
    labels = frame["tags"].explode().drop_nulls().unique().sort()
    spelt = ((label, (label, label.partition("=")[0])) for label in labels)
    return [
        label
        for label, forms in spelt
        if any(fnmatchcase(text.casefold(), glob.casefold()) for text in forms for glob in globs)
    ]


def _hidden(snapshot: Snapshot) -> pl.DataFrame:
    """Give `protected`, `column`, `hidden_by`, `number`: what surely hides something of a table."""
    listed = snapshot.frame("objects").filter(pl.col("securable_type") == "TABLE").select(table="securable")
    named = [snapshot.frame(name).select("table") for name in ("column_masks", "row_filters", "columns")]
    frame = protections(snapshot, pl.concat([listed, *named]).unique()).filter("sure")
    return frame.select("column", "number", protected="table", hidden_by="by").unique()


def _copies(snapshot: Snapshot, hidden: pl.DataFrame) -> pl.DataFrame:
    """Give the tables that were written from protected ones, as lineage tells."""
    by_column = snapshot.frame("column_lineage").filter(pl.col("target").is_not_null())
    masked = by_column.select(protected="source", column="source_column", securable="target", at_column="target_column")
    masked = (
        masked.drop_nulls().unique().join(hidden.filter(pl.col("column").is_not_null()), on=["protected", "column"])
    )
    by_table = snapshot.frame("table_lineage").filter(pl.col("target").is_not_null())
    filtered = by_table.select(protected="source", securable="target").drop_nulls().unique()
    filtered = filtered.join(hidden.filter(pl.col("column").is_null()), on="protected")
    both = pl.concat([masked, filtered.with_columns(at_column=pl.lit(None, pl.String)).select(masked.columns)])
    return both.with_columns(securable_type=pl.lit("TABLE"), how=pl.lit("copy")).select(*_WAY, "at_column", "number")


def _bodies(found: Audit, hidden: pl.DataFrame) -> pl.DataFrame:
    """Give the views and functions whose bodies read protected tables."""
    snapshot = found.snapshot
    bodies = found.bodies.select("securable", protected="on_securable")
    listed = snapshot.frame("dependencies").select("securable", protected="on_securable")
    objects = snapshot.frame("objects").select("securable", "kind", on="securable_type")
    routines = pl.col("on") == "FUNCTION"
    how = pl.when(routines).then(pl.lit("function")).otherwise(
        pl.col("kind").replace_strict(_KINDS, default="view", return_dtype=pl.String)
    )  # fmt: skip
    pairs = pl.concat([bodies, listed]).drop_nulls().unique()
    ways = pairs.join(objects, on="securable").join(hidden, on="protected").with_columns(how=how, securable_type="on")
    return ways.with_columns(at_column="column").select(*_WAY, "at_column", "number")


def _still_shown(snapshot: Snapshot, ways: pl.DataFrame) -> pl.DataFrame:
    """Leave out what has its columns listed, and none of that name."""
    columns = snapshot.frame("columns").select(securable="table", at_column="column")
    listed = ways.filter(pl.col("at_column").is_not_null())
    listed = listed.join(columns.select("securable").unique(), on="securable", how="semi")
    absent = listed.join(columns, on=["securable", "at_column"], how="anti")
    return ways.join(absent, on=["securable", "at_column"], how="anti")


def _still_open(exposures: pl.DataFrame, reads: pl.DataFrame) -> pl.DataFrame:
    """Leave out what is masked, or filtered, for the principal where it reads it."""
    masked = exposures.filter(pl.col("masked_by").list.len() > 0).select(
        "principal", securable="table", at_column="column"
    )
    filtered = exposures.filter(pl.col("filtered_by").list.len() > 0).select("principal", securable="table").unique()
    by_column = reads.filter(pl.col("column").is_not_null())
    by_column = by_column.join(masked, on=["principal", "securable", "at_column"], how="anti")
    by_table = reads.filter(pl.col("column").is_null()).join(filtered, on=["principal", "securable"], how="anti")
    return pl.concat([by_column, by_table])


def _readers(found: Audit, home: World, ways: pl.DataFrame) -> pl.DataFrame:
    """Give each way with the principals that it is open to."""
    # INVARIANT: never all principals by all securables; only what some row of the principal reaches is asked about.
    places = ancestors(ways.select(SECURABLE).unique())
    held = rows_at(home, _people(found)["principal"], places.select("at_type", "at").unique())
    kinds = pl.DataFrame({"securable_type": list(_OPENS), "kind": ["", ""]})
    gives = implications(held, kinds).select("by", "at_type", "securable_type", "privilege")
    needs = pl.col("privilege") == pl.col("securable_type").replace_strict(_OPENS, default=None)
    reached = held.join(places, on=["at_type", "at"]).join(gives.filter(needs), on=["by", "at_type", "securable_type"])
    open_to = usable(home, reached.select(PAIR).unique()).filter("usable").select("principal", *SECURABLE)
    return open_to.join(ways, on=SECURABLE)


def _people(found: Audit) -> pl.DataFrame:
    return pl.DataFrame({"principal": list(found.subjects)}, schema={"principal": pl.String})


def _named(snapshot: Snapshot, home: World, found: Audit, hidden: pl.DataFrame) -> pl.DataFrame:
    """Give `principal`, `protected`, `hidden_by`, `applies`: whether the protection is in force for the principal."""
    people = _people(found)
    policies = hidden.filter(pl.col("number").is_not_null()).select("protected", "hidden_by", "number").unique()
    told = subjected(snapshot, home, people).select("principal", "number", "applies")
    rows = people.join(policies, how="cross").join(told, on=["principal", "number"], how="left")
    rows = rows.with_columns(pl.col("applies").fill_null(value=False))
    return rows.group_by("principal", "protected", "hidden_by").agg(pl.col("applies").any())
