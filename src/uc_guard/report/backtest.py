"""A backtest as a person reads it in a terminal, and as JSON for programs."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl
from rich import box
from rich.table import Table
from rich.text import Text

from uc_guard.report.console import open_console, print_bullets, print_table
from uc_guard.report.wording import LONGEST_NAME, clean, count, day, names_of, place, rate, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uc_guard.backtest import Backtest
    from uc_guard.report.wording import Names
    from uc_guard.snapshot import Snapshot

FORMAT = 1
MOST_MISSING = 8
"""Missing privileges that are listed; JSON has all."""

_HEADS = ("window", "denied", "of", "share", "missing", "agents hit", "held", "revoked", "statements", "excess after")


def print_backtest(found: Backtest, snapshot: Snapshot) -> None:
    """Print a line for each window, what its plan would have taken too early, and what to choose."""
    console = open_console()
    console.print(
        Text(f"Plans as of {day(found.cut)}, held against {day(found.cut)} to {day(found.until)}", style="bold")
    )
    console.print(Text(f"The log begins on {day(found.since)}; {count(len(found.subjects), 'agent')} under audit"))
    console.print()
    print_table(console, _table(found.windows))
    console.print()
    print_bullets(console, _beside(found.windows))
    names = names_of(snapshot)
    days = _shown(found)
    if days is not None:
        console.print(Text(f"What {days} days would have taken too early", style="bold"))
        print_bullets(console, _missing(found.missing.filter(pl.col("window_days") == days), names))
        console.print()
    console.print(Text(clean(found.why)))


def render_backtest_json(found: Backtest) -> str:
    """Give a backtest as JSON: `format`, its attributes, and the frames as lists of rows."""
    document: dict[str, Any] = {"format": FORMAT}
    for field in fields(found):
        value = getattr(found, field.name)
        document[field.name] = value.to_dicts() if isinstance(value, pl.DataFrame) else value
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def _table(windows: pl.DataFrame) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for head in _HEADS:
        table.add_column(head, justify="right", no_wrap=True, min_width=len(head))
    for row in windows.iter_rows(named=True):
        table.add_row(*_cells(row))
    return table


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    days = f"{row['window_days']} d"
    if row["reason"] is not None:
        return (days, *("-" for _ in _HEADS[1:]))
    share = "-" if row["share"] is None else rate(row["share"])
    harm = row["denied"] + row["others_denied"]
    numbers = ("missing", "subjects_hit", "subjects_held", "rows_revoked", "plan_statements", "excess_after")
    coloured = f"[{'red' if harm else 'green'}]{row['denied']:,}[/]"
    return (days, coloured, f"{row['replayed']:,}", share, *(f"{row[name]:,.0f}" for name in numbers))


def _beside(windows: pl.DataFrame) -> Iterator[str]:
    """Tell what the table leaves out: windows that were not judged, and acts that were not replayed."""
    for row in windows.filter(pl.col("reason").is_not_null()).iter_rows(named=True):
        yield f"{count(row['window_days'], 'day')}: not judged; {row['reason']}"
    judged = windows.filter(pl.col("reason").is_null())
    for row in judged.filter(pl.col("others_denied") > 0).iter_rows(named=True):
        others = count(row["others_denied"], "statement")
        yield f"{row['window_days']} days: {others} of others would have been denied too, through rights of agents"
    if judged.is_empty():
        return
    row = judged.row(0, named=True)
    fewest, most = min(judged["unjudged"]), max(judged["unjudged"])
    if most:
        told = count(most, "later statement") if fewest == most else f"{fewest:,} to {most:,} later statements"
        yield f"{told} could not be judged: not understood in full, or on what is in no listing any more"
    if row["failing"]:
        yield f"{count(row['failing'], 'later statement')} fail without any plan, and are not counted"
    if row["events"]:
        yield f"{count(row['events'], 'event')} of lineage or audit, of which no query history tells, are replayed too"


def _shown(found: Backtest) -> int | None:
    """Give the window of which the missing privileges are listed: the recommended one, else the longest with any."""
    having = found.missing["window_days"].unique().sort()
    if having.is_empty():
        return None
    return found.recommended if found.recommended in having else int(having[-1])


def _missing(missing: pl.DataFrame, names: Names) -> Iterator[str]:
    for row in missing.head(MOST_MISSING).iter_rows(named=True):
        holder = shorten(names.name(row["principal"]), LONGEST_NAME)
        users = [shorten(names.name(name), LONGEST_NAME) for name in row["used_by"] if name != row["principal"]]
        behind = f", used by {', '.join(users[:3])}{' and others' * (len(users) > 3)}" if users else ""
        what = place(row["privilege"], row["securable_type"], row["securable"])
        yield f"{holder}: {what}{behind}; {count(row['denied'], 'statement')}, first on {day(row['first_at'])}"
    if missing.height > MOST_MISSING:
        yield f"and {missing.height - MOST_MISSING:,} more: --format json has all"
