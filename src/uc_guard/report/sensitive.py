"""How many sensitive columns each agent can read, uses, and sees unmasked."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import polars as pl

from uc_guard.report.wording import count

if TYPE_CHECKING:
    from uc_guard.pipeline import Audit

_NAMED = 3


@dataclass(frozen=True, slots=True)
class ColumnCounts:
    """Counts of the sensitive columns of one agent: those with a sensitive tag or a mask.

    Attributes:
        readable: It can read them today.
        used: Of those, a statement referred to.
        masked: Of those readable, a mask applies to it.
        open: Of those readable, no mask applies to it.
        open_idle: Of those open, never used.
        exempt: Of those readable, a policy that would hide them spares it.
        filtered: Of those readable, in a table of which it sees some rows only.
        examples: `table.column (tag)` of the first that are open, those never used first.
    """

    readable: int
    used: int
    masked: int
    open: int
    open_idle: int
    exempt: int
    filtered: int
    examples: tuple[str, ...]

    @property
    def figures(self) -> dict[str, int]:
        """The counts that tell something, by what they count."""
        every = {
            "readable": self.readable,
            "used": self.used,
            "masked": self.masked,
            "in tables with a row filter": self.filtered,
            "spared by a policy": self.exempt,
            "unmasked": self.open,
            "unmasked and never used": self.open_idle,
        }
        return {name: number for name, number in every.items() if number or name in {"used", "masked"}}

    @property
    def unmasked(self) -> str:
        """Name some that are open; empty where none is."""
        more = f" and {self.open - len(self.examples):,} more" * (self.open > len(self.examples))
        return f"Unmasked: {', '.join(self.examples)}{more}" if self.examples else ""

    @property
    def sentence(self) -> str:
        """Say what it sees unmasked."""
        used = self.open - self.open_idle
        what = "used none of them" if not used else "used all of them" if not self.open_idle else f"used {used} of them"
        if self.open == 1:
            what = "used it" if used else "never used it"
        shown = "".join(f", such as {example}" for example in self.examples[:1])
        return f"can read {count(self.open, 'sensitive column')} unmasked, {what}{shown}"


def no_columns() -> ColumnCounts:
    """Give the counts of an agent that reads no sensitive column."""
    return ColumnCounts(0, 0, 0, 0, 0, 0, 0, ())


def sensitive_columns(found: Audit) -> dict[str, ColumnCounts]:
    """Give the counts of each subject that can read a sensitive column."""
    frame = found.exposures
    tags = pl.Series(_sensitive(frame, found.settings.sensitive_tags), dtype=pl.String)
    tagged = pl.col("tags").list.set_intersection(pl.lit(tags).implode())
    rows = frame.with_columns(mark=tagged.list.sort().list.first())
    # A masked column is sensitive without a tag, too: somebody wanted it hidden.
    rows = rows.filter("readable", (pl.col("masked_by").list.len() > 0) | pl.col("mark").is_not_null())
    # UC: `unknown:` names a policy of which nobody can tell whether it applies; it does not count as a mask.
    sure = pl.col("masked_by").list.eval(pl.element().filter(~pl.element().str.starts_with("unknown:"))).list.len() > 0
    rows = rows.with_columns(masked=sure).sort("principal", "used", "table", "column")
    label = pl.format("{}.{}", "table", "column") + pl.format(" ({})", "mark").fill_null("")
    is_open = ~pl.col("masked")
    found_by = rows.group_by("principal", maintain_order=True).agg(
        readable=pl.len(),
        used=pl.col("used").sum(),
        masked=pl.col("masked").sum(),
        open=is_open.sum(),
        open_idle=(is_open & ~pl.col("used")).sum(),
        exempt=(pl.col("exempt_from").list.len() > 0).sum(),
        filtered=(pl.col("filtered_by").list.len() > 0).sum(),
        examples=label.filter(is_open).head(_NAMED),
    )
    return {row.pop("principal"): _counts(row) for row in found_by.iter_rows(named=True)}


def _counts(row: dict[str, Any]) -> ColumnCounts:
    fields: dict[str, Any] = {**row, "examples": tuple(row["examples"])}
    return ColumnCounts(**fields)


def _sensitive(frame: pl.DataFrame, globs: tuple[str, ...]) -> list[str]:
    labels = frame["tags"].explode().drop_nulls().unique().sort()
    return [label for label in labels if _fits(label, globs)]


def _fits(label: str, globs: tuple[str, ...]) -> bool:
    # A tag is spelled `tag` or `tag=value`; a glob of the bare tag means every value, as it does for the planner.
    spelt = (label, label.partition("=")[0])
    return any(fnmatchcase(text.casefold(), glob.casefold()) for text in spelt for glob in globs)
