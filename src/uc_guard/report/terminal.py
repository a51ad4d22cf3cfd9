"""What a person reads in a terminal, or in the log of a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from rich import box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from uc_guard.model.privilege import spoken
from uc_guard.model.reasons import HELD
from uc_guard.report.console import open_console, print_bullets, print_table
from uc_guard.report.summary import Summary, say_effect, say_gaps, summarize
from uc_guard.report.wording import LONGEST_NAME, clean, count, day, names_of, percent, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from rich.console import Console

    from uc_guard.pipeline import Audit
    from uc_guard.plan.verify import Verdict
    from uc_guard.report.summary import AgentLine
    from uc_guard.snapshot import Snapshot
    from uc_guard.usage.log import Reading

MOST_TOLD = 20
"""Agents of which the notes are printed; every agent has its line in the table."""

MOST_LISTED = 5
"""Lines of one kind: what is broken, what the input lacks, why rows are left alone."""

_STATES = {"clean": "green", "reducible": "yellow", "held": "magenta"}
_WHOLE = 4000
_WIDTH_OF_ALL_COLUMNS = 100


def print_audit(found: Audit) -> None:
    """Print an audit: a line for each agent, what to know about it, and what the plan would do."""
    console = open_console()
    summary = summarize(found)
    _print_headline(console, summary)
    console.print()
    print_table(console, _agents(summary.agents, narrow=console.width < _WIDTH_OF_ALL_COLUMNS))
    console.print()
    _print_notes(console, summary)
    _print_effect(console, found, summary)
    _print_input(console, summary)


def print_plan(found: Audit, written: list[Path]) -> None:
    """Print what a plan does, and the files it was written to."""
    console = open_console()
    _print_effect(console, found, summarize(found))
    for path in written:
        console.print(Text(f"  written: {clean(str(path))}"), soft_wrap=True)


def print_usage(reading: Reading, snapshot: Snapshot, subjects: tuple[str, ...]) -> None:
    """Print what each subject used."""
    console = open_console()
    names = names_of(snapshot)
    for subject in subjects:
        console.print(Text(_short(names.name(subject)), style="bold"))
        rows = reading.usage.filter(pl.col("principal") == subject).sort("securable", "action", "outcome", "source")
        table = _table("action", "securable", "columns", "uses", "last")
        for row in rows.iter_rows(named=True):
            columns = "" if row["columns"] is None else ", ".join(row["columns"])
            outcome = "" if row["outcome"] == "ran" else f" ({row['outcome']})"
            table.add_row(
                *(_cell(t) for t in (spoken(row["action"]) + outcome, row["securable"], columns)),
                f"{row['uses']:,}",
                day(row["last_at"]),
            )
        print_table(console, table) if rows.height else console.print(Text("  nothing in the window"))
        _print_opaque(console, reading.opaque.filter(pl.col("principal") == subject))


def print_titled(title: str, parts: Iterable[tuple[str, Iterable[str]]]) -> None:
    """Print a title, and under it sentences, each group under its heading; a group without a sentence is left out."""
    console = open_console()
    console.print(Text(_short(title), style="bold"))
    for heading, sentences in parts:
        told = list(sentences)
        if told and heading:
            console.print(heading)
        print_bullets(console, told, most=_WHOLE)


def print_verdict(verdict: Verdict) -> None:
    """Print what the verifier found."""
    console = open_console()
    if verdict.ok:
        console.print(
            f"[green]verified[/green]: replayed {count(verdict.replayed_needs, 'need')}"
            f" of {count(verdict.replayed_uses, 'use')}, none is lost"
        )
    for broken in verdict.broken[:MOST_LISTED]:
        console.print(Text(f"broken: {clean(broken.code)}: {clean(broken.sentence)}", style="red"))
    if len(verdict.broken) > MOST_LISTED:
        console.print(Text(f"and {len(verdict.broken) - MOST_LISTED:,} more", style="red"))
    print_bullets(console, (f"{what}: {number:,}" for what, number in verdict.checked))


# -- the parts of an audit -----------------------------------------------------------------------------------------


def _print_headline(console: Console, summary: Summary) -> None:
    totals = summary.totals
    over = sum(agent.state != "clean" for agent in summary.agents)
    agents = count(len(summary.agents), "agent")
    head = (
        f"{over:,} of {agents} hold{'s' * (over == 1)} more than needed" if over else f"{agents}, none holds too much"
    )
    now = f"; {totals.removable:,} of {count(totals.held, 'privilege')} can go now" if totals.removable else ""
    console.print(Text(head + now, style="bold"))
    share = "" if totals.understood is None else f", {percent(totals.understood)} understood"
    console.print(
        Text(
            f"{summary.since} to {summary.until} ({count(summary.days, 'day')}), "
            f"{count(totals.statements, 'statement')}{share}"
        )
    )
    if summary.sensitive:
        console.print(Text(summary.sensitive))


def _agents(agents: Iterable[AgentLine], *, narrow: bool) -> Table:
    """Give the table of agents; a narrow terminal has no room for what can be reckoned from the rest."""
    more = () if narrow else ("after", "statements")
    table = _table("agent", "state", "held", "used", "may", "removable", *more, "understood")
    for agent in agents:
        wide = () if narrow else (f"{agent.after:,}", f"{agent.statements:,}")
        table.add_row(
            escape(_name(agent)),
            f"[{_STATES[agent.state]}]{agent.state}[/]",
            *(f"{n:,}" for n in (agent.held, agent.used, agent.may)),
            f"[bold]{agent.removable:,}[/]" if agent.removable else "0",
            *wide,
            "-" if agent.understood is None else percent(agent.understood),
        )
    return table


def _print_notes(console: Console, summary: Summary) -> None:
    told = [agent for agent in summary.agents if agent.notes]
    for agent in told[:MOST_TOLD]:
        console.print(Text(_name(agent), style="bold"))
        print_bullets(console, agent.notes)
    if len(told) > MOST_TOLD:
        rest = f"and notes on {count(len(told) - MOST_TOLD, 'more agent')}: --subject NAME shows one, --format json all"
        console.print(Text(rest))
    if told:
        console.print()


def _print_effect(console: Console, found: Audit, summary: Summary) -> None:
    plan, totals = found.plan, summary.totals
    if not (plan.statements or plan.memberships):
        console.print("[bold]The plan is empty[/bold]: nothing can be taken away now")
    else:
        console.print(
            f"[bold]The plan takes {count(totals.removable, 'privilege')} of {totals.held:,}[/bold]: "
            f"{totals.held:,} -> {totals.after:,} held, of which {totals.may:,} are or may be needed"
        )
        print_bullets(console, _effects(found, summary))
    if not found.verdict.ok:
        print_bullets(
            console, [summary.verified, *(f"{b.code}: {b.sentence}" for b in found.verdict.broken[:MOST_LISTED])]
        )
    _print_held(console, found)


def _effects(found: Audit, summary: Summary) -> list[str]:
    plan, told = found.plan, [say_effect(found, summary)]
    if found.verdict.ok:
        told.append(f"verified: {summary.verified}")
    told.append("proved smallest" if plan.optimal else f"not proved smallest: {_gap(found)}")
    if sentence := say_gaps(plan):
        told.append(sentence)
    return told


def _gap(found: Audit) -> str:
    plan = found.plan
    if plan.bound.excess < plan.after.excess:
        return f"it leaves {plan.after.excess:,.0f} of excess, and no plan leaves less than {plan.bound.excess:,.0f}"
    return f"it changes {count(plan.after.changes, 'row')}, and no plan changes less than {plan.bound.changes:,}"


def _print_held(console: Console, found: Audit) -> None:
    rows: dict[str, set[object]] = {}
    for held in found.plan.held:
        if held.row is not None:
            rows.setdefault(held.reason, set()).add(held.row)
    if not rows:
        return
    every = sum(len(some) for some in rows.values())
    ordered = sorted(rows.items(), key=lambda item: (-len(item[1]), item[0]))
    console.print(f"[bold]Left alone[/bold]: {count(every, 'row')} that nothing surely needs")
    print_bullets(console, (f"{count(len(some), 'row')}, {reason}: {_meaning(reason)}" for reason, some in ordered))


def _meaning(reason: str) -> str:
    known = HELD.get(reason)
    return "see plan.json" if known is None else known.meaning[0].lower() + known.meaning[1:].rstrip(".")


def _print_input(console: Console, summary: Summary) -> None:
    told = [*summary.missing, *summary.notes]
    if told:
        console.print("[bold]About the input[/bold]")
        more = len(told) - 2 * MOST_LISTED
        print_bullets(console, told[: 2 * MOST_LISTED])
        if more > 0:
            console.print(Text(f"  and {count(more, 'more note')}: --format json has all"))


def _print_opaque(console: Console, opaque: pl.DataFrame) -> None:
    rows = opaque.sort("statements", "reason", descending=[True, False])
    for row in rows.iter_rows(named=True):
        if row["may"] is None:
            may = "anything"
        else:
            may = ", ".join(row["may"][:MOST_LISTED]) or "nothing that is known"
            if len(row["may"]) > MOST_LISTED:
                may += f" and {len(row['may']) - MOST_LISTED:,} more"
        print_bullets(
            console, [f"not understood: {count(row['statements'], 'statement')}, {row['reason']}; could use {may}"]
        )


# -- what they are made of -----------------------------------------------------------------------------------------


def _table(*heads: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for head in heads:
        left = head in {"agent", "state", "action", "securable", "columns", "last"}
        table.add_column(
            head,
            justify="left" if left else "right",
            overflow="fold",
            no_wrap=not left,
            min_width=len(head),
        )
    return table


def _name(agent: AgentLine) -> str:
    return shorten(clean(agent.name), LONGEST_NAME)


def _short(text: str) -> str:
    return shorten(clean(text))


def _cell(text: str) -> str:
    return escape(_short(text))
