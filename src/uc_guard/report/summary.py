"""The few figures and sentences that a person reads first; every form of output shows the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from uc_guard.model.plan import Held, Statement
    from uc_guard.pipeline import Audit

MOST_NOTES = 3


@dataclass(frozen=True, slots=True)
class AgentLine:
    """One agent in a line.

    Attributes:
        principal: As grants write it.
        name: What people call it.
        state: `clean` nothing to remove, `reducible` something is, `held` nothing may be judged.
        statements: Logged statements.
        understood: Share of them that was understood in full, 0 to 1; None without statements.
        held: (Privilege, securable) pairs held today.
        used: Of them, surely needed.
        may: Of them, needed or perhaps needed.
        after: Pairs held once the plan has run.
        notes: The first things to know, most important first.
    """

    principal: str
    name: str
    state: str
    statements: int
    understood: float | None
    held: int
    used: int
    may: int
    after: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """An audit at a glance.

    Attributes:
        since: Start of the window, ISO date.
        until: End of the window, ISO date, exclusive.
        agents: One line each, those with most to remove first.
        revokes: Rows that the plan revokes.
        grants: Rows that it grants.
        excess: Pairs held outside what may be needed, before and after the plan.
        verified: What the verifier says, as a sentence.
        missing: Sources that the snapshot lacks, with what that prevents.
    """

    since: str
    until: str
    agents: tuple[AgentLine, ...]
    revokes: int
    grants: int
    excess: tuple[float, float]
    verified: str
    missing: tuple[str, ...]


def summarize(found: Audit) -> Summary:
    """Give the summary of an audit."""
    plan = found.plan
    agents = [_agent(found, **balance) for balance in found.ledger.iter_rows(named=True)]
    return Summary(
        since=plan.since[:10],
        until=plan.until[:10],
        agents=tuple(sorted(agents, key=lambda a: (a.after - a.held, a.name))),
        revokes=_rows(plan.statements, "REVOKE") + len(plan.memberships),
        grants=_rows(plan.statements, "GRANT"),
        excess=(plan.before.excess, plan.after.excess),
        verified=_verified(found),
        missing=tuple(found.coverage["missing"].explode().drop_nulls().unique().sort()),
    )


def display_names(found: Audit) -> dict[str, str]:
    """Give what people call each principal; the principal itself where it has no other name."""
    names = found.snapshot.frame("principals").select("principal", pl.coalesce("display_name", "principal"))
    return dict(names.iter_rows())


def _agent(found: Audit, principal: str, held: int, used: int, may: int, after: int) -> AgentLine:
    rows = found.coverage.filter(pl.col("principal") == principal).to_dicts()
    seen = rows[0] if rows else {"statements": 0, "understood": 0}
    whole = [row for row in found.plan.held if row.subject == principal and row.row is None]
    return AgentLine(
        principal=principal,
        name=display_names(found).get(principal, principal),
        state="held" if whole else "reducible" if after < held else "clean",
        statements=seen["statements"],
        understood=seen["understood"] / seen["statements"] if seen["statements"] else None,
        held=held,
        used=used,
        may=may,
        after=after,
        notes=tuple(_notes(found, principal, whole))[:MOST_NOTES],
    )


def _notes(found: Audit, subject: str, whole: list[Held]) -> list[str]:
    """Give sentences about one agent: why it is held, its widest unused rows, what it was denied."""
    notes = [held.detail for held in whole]
    rows = found.holdings.filter((pl.col("principal") == subject) & pl.col("verdict").is_in(["unused", "used", "held"]))
    idle = rows.filter(pl.col("reach") > pl.col("reach_may")).sort(
        pl.col("reach") - pl.col("reach_may"), "securable", "privilege", descending=[True, False, False]
    )
    notes += [row["why"] for row in idle.iter_rows(named=True)]
    short = found.shortfalls.filter(pl.col("principal") == subject, pl.col("evidence") == "denied")
    notes += [
        f"was denied {row['privilege'].replace('_', ' ')} on {row['securable']}" for row in short.iter_rows(named=True)
    ]
    return notes


def _rows(statements: tuple[Statement, ...], verb: str) -> int:
    return sum(len(s.privileges) for s in statements if s.verb == verb)


def _verified(found: Audit) -> str:
    verdict = found.verdict
    if verdict.ok:
        return f"the verifier replayed {verdict.needs} needs of {verdict.statements} uses, and none is lost"
    return f"the verifier refuses this plan: {len(verdict.broken)} checks fail"
