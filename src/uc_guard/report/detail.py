"""What there is to know about one agent beyond its line: what is left alone, what it lacks, what lies idle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from uc_guard.model.privilege import spoken
from uc_guard.report.summary import say_way, widest
from uc_guard.report.wording import count, day, names_of, place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from uc_guard.pipeline import Audit
    from uc_guard.report.summary import AgentLine
    from uc_guard.report.wording import Names

MOST = 8
"""Rows of one list; the frames of the audit hold the rest."""

_EVIDENCE = {"denied": "denied by the platform", "needed": "needed, and not held"}


@dataclass(frozen=True, slots=True)
class Listing:
    """The first rows of a list.

    Attributes:
        heads: Names of the columns.
        rows: Texts, at most `MOST` rows.
        more: Number of rows that are not shown.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int


@dataclass(frozen=True, slots=True)
class Detail:
    """One agent.

    Attributes:
        line: Its line.
        activity: Sentences on what is known of its activity.
        idle: The rows that give most beyond what may be needed, widest first.
        held: The rows that stay although nothing surely needs them, and why.
        short: What it was denied, or used without a holding that explains it.
    """

    line: AgentLine
    activity: tuple[str, ...]
    idle: Listing
    held: Listing
    short: Listing


def details(found: Audit, agents: Sequence[AgentLine]) -> Iterator[Detail]:
    """Give the details of some agents, in their order."""
    names = names_of(found.snapshot)
    asked = pl.col("principal").is_in([agent.principal for agent in agents])
    idle = _by_principal(widest(found.holdings.filter(asked)))
    short = _by_principal(_lacking(found.shortfalls.filter(asked)))
    seen = _by_principal(found.coverage.filter(asked))
    held = _held(found, {agent.principal for agent in agents}, names)
    for agent in agents:
        yield Detail(
            line=agent,
            activity=tuple(_activity(seen[agent.principal].to_dicts()[0])) if agent.principal in seen else (),
            idle=_idle(idle.get(agent.principal), names),
            held=_listing(("left alone", "held by", "why"), held.get(agent.principal, [])),
            short=_short(short.get(agent.principal)),
        )


def _lacking(shortfalls: pl.DataFrame) -> pl.DataFrame:
    """Give what is lacking, denied first; what was denied is not told again as needed."""
    ordered = shortfalls.sort("evidence", "uses", "securable", "privilege", descending=[False, True, False, False])
    return ordered.unique(["principal", "privilege", "securable_type", "securable"], keep="first", maintain_order=True)


def _by_principal(frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    parts = frame.partition_by("principal", as_dict=True, maintain_order=True)
    return {str(key[0]): part for key, part in parts.items()}


def _idle(rows: pl.DataFrame | None, names: Names) -> Listing:
    shown = [] if rows is None else rows.head(MOST).to_dicts()
    told = [
        (
            place(row["privilege"], row["securable_type"], row["securable"]),
            say_way(row, names),
            f"{row['reach']:,}",
            f"{row['reach_used']:,}",
            day(row["last_at"]),
        )
        for row in shown
    ]
    return _listing(("holds", "how", "gives", "needed", "last"), told, 0 if rows is None else rows.height)


def _held(found: Audit, asked: set[str], names: Names) -> dict[str, list[tuple[str, ...]]]:
    told: dict[str, list[tuple[str, ...]]] = {}
    for held in found.plan.held:
        if held.subject not in asked:
            continue
        row, why = held.row, f"{held.reason}: {names.told(held.detail, held.subject)}"
        what = place(row.privilege, row.securable_type, row.securable) if row else "everything it holds"
        by = "" if row is None else "itself" if row.grantee == held.subject else names.told(row.grantee)
        told.setdefault(held.subject, []).append((what, by, why))
    return told


def _short(rows: pl.DataFrame | None) -> Listing:
    shown = [] if rows is None else rows.head(MOST).to_dicts()
    told = [
        (
            place(row["privilege"], row["securable_type"], row["securable"]),
            _EVIDENCE[row["evidence"]],
            f"{row['uses']:,}",
            day(row["last_at"]),
        )
        for row in shown
    ]
    return _listing(("lacks", "evidence", "uses", "last"), told, 0 if rows is None else rows.height)


def _listing(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], every: int = 0) -> Listing:
    shown = tuple(rows[:MOST])
    return Listing(heads, shown, max(every, len(rows)) - len(shown))


def _activity(seen: dict[str, Any]) -> Iterator[str]:
    if not seen["statements"]:
        yield "No statement in the window."
        return
    on = f" on {', '.join(spoken(each).lower() for each in seen['computes'])}" if seen["computes"] else ""
    bad = " and ".join(f"{seen[word]:,} {word}" for word in ("denied", "failed") if seen[word])
    yield f"{count(seen['statements'], 'statement')}{on}{', ' + bad if bad else ''}."
    if seen["opaque"]:
        reasons = "; ".join(seen["reasons"][:MOST])
        yield f"{count(seen['opaque'], 'statement')} not understood in full ({reasons})."
