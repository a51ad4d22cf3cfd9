"""What a person reads in a terminal, or in the log of a job."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from uc_guard.model.privilege import spoken
from uc_guard.report.summary import Summary, summarize

if TYPE_CHECKING:
    from pathlib import Path

    from uc_guard.pipeline import Audit
    from uc_guard.plan.verify import Verdict
    from uc_guard.snapshot import Snapshot
    from uc_guard.usage import Reading

_STATES = {"clean": "green", "reducible": "yellow", "held": "magenta"}
_WIDTH_UNWATCHED = 120
# SAFETY: names and messages come from logs; a terminal must not obey them.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def print_audit(found: Audit) -> None:
    """Print an audit: a line for each agent, what to know about it, and what the plan would do."""
    console = _console()
    summary = summarize(found)
    console.print(f"[bold]Audit of {len(summary.agents)} agents[/bold], {summary.since} to {summary.until}")
    console.print(_agents(summary))
    for agent in summary.agents:
        if agent.notes:
            console.print(Text(clean(agent.name), style="bold"))
            for note in agent.notes:
                console.print(Text(f"  - {clean(note)}"))
    console.print()
    _print_effect(console, found, summary)


def print_plan(found: Audit, written: list[Path]) -> None:
    """Print what a plan does, and the files it was written to."""
    console = _console()
    _print_effect(console, found, summarize(found))
    for path in written:
        console.print(Text(f"written: {path}"))


def print_usage(reading: Reading, snapshot: Snapshot, subjects: tuple[str, ...]) -> None:
    """Print what each subject used."""
    console = _console()
    names = dict(snapshot.frame("principals").select("principal", pl.coalesce("display_name", "principal")).iter_rows())
    for subject in subjects:
        console.print(Text(clean(names.get(subject, subject)), style="bold"))
        rows = reading.usage.filter(pl.col("principal") == subject).sort("securable", "action")
        table = _table("action", "securable", "columns", "uses", "last")
        for row in rows.iter_rows(named=True):
            columns = "" if row["columns"] is None else ", ".join(row["columns"])
            outcome = "" if row["outcome"] == "ran" else f" ({row['outcome']})"
            table.add_row(
                *(_cell(t) for t in (spoken(row["action"]) + outcome, row["securable"], columns)),
                str(row["uses"]),
                f"{row['last_at']:%Y-%m-%d}",
            )
        console.print(table if rows.height else "  used nothing that was understood")
        _print_opaque(console, reading.opaque.filter(pl.col("principal") == subject))


def print_verdict(verdict: Verdict) -> None:
    """Print what the verifier found."""
    console = _console()
    if verdict.ok:
        console.print(
            f"[green]verified[/green]: replayed {verdict.needs} needs of {verdict.statements} uses, none is lost"
        )
    for broken in verdict.broken:
        console.print(Text(f"broken: {clean(broken.code)}: {clean(broken.sentence)}", style="red"))
    for what, number in verdict.checked:
        console.print(f"  {what}: {number}")


def clean(text: str) -> str:
    """Give a text without what a terminal would obey: control characters and changes of direction."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_WIDTH_UNWATCHED, no_color=True)


def _table(*heads: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in heads:
        right = head in {"uses", "statements", "held", "used", "may", "after", "removable", "understood"}
        table.add_column(head, justify="right" if right else "left", overflow="fold")
    return table


def _cell(text: str) -> str:
    return escape(clean(text))


def _agents(summary: Summary) -> Table:
    table = _table("agent", "state", "statements", "understood", "held", "used", "may", "removable", "after")
    for agent in summary.agents:
        share = "-" if agent.understood is None else f"{agent.understood:.1%}"
        table.add_row(
            _cell(agent.name),
            f"[{_STATES[agent.state]}]{agent.state}[/]",
            str(agent.statements),
            share,
            *(f"{n:,}" for n in (agent.held, agent.used, agent.may, agent.held - agent.after, agent.after)),
        )
    return table


def _print_effect(console: Console, found: Audit, summary: Summary) -> None:
    before, after = summary.excess
    plan = found.plan
    if plan.statements:
        console.print(
            f"[bold]The plan[/bold]: {len(plan.statements)} statements revoke {summary.revokes} rows and grant "
            f"{summary.grants}; excess {before:,.0f} -> {after:,.0f}"
            + (", proved smallest" if plan.optimal else f", at best {plan.bound.excess:,.0f}")
        )
    else:
        console.print("[bold]The plan[/bold]: nothing can be removed")
    console.print(f"  {summary.verified}")
    reasons = pl.Series([held.reason for held in plan.held], dtype=pl.String).value_counts(sort=True)
    for reason, count in reasons.sort("count", plan_key(reasons), descending=[True, False]).iter_rows():
        console.print(f"  held back: {count} rows, {reason}")
    for source in summary.missing:
        console.print(Text(f"  not in the snapshot: {clean(source)}"))
    for warning in plan.warnings:
        console.print(Text(f"  note: {clean(warning)}"))


def plan_key(reasons: pl.DataFrame) -> str:
    """Give the name of the column that holds the reasons."""
    return reasons.columns[0]


def _print_opaque(console: Console, opaque: pl.DataFrame) -> None:
    for row in opaque.sort("statements", "reason", descending=[True, False]).iter_rows(named=True):
        may = "anything" if row["may"] is None else ", ".join(row["may"]) or "nothing that is known"
        console.print(
            Text(f"  not understood: {row['statements']} statements, {row['reason']}; could use {clean(may)}")
        )
