"""The few figures and sentences that a person reads first; every form of output shows the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from uc_guard.model.privilege import OWNER, PRIVILEGES
from uc_guard.report.sensitive import ColumnCounts, no_columns, sensitive_columns
from uc_guard.report.wording import Names, count, day, names_of, place

if TYPE_CHECKING:
    from uc_guard.model.plan import Held, Plan, Statement
    from uc_guard.pipeline import Audit

MOST_NOTES = 3
"""Notes on one agent; the frames of the audit hold the rest."""

_HARMLESS = frozenset({"everyone", "inert", "maybe-needed", "redundant", "unobservable"})
_WITHOUT = {
    "statements": "no use can be seen",
    "grants": "what is held is not known",
    "members": "paths through groups are not known",
    "objects": "names cannot be told apart, and what they hold is left alone",
    "table_lineage": "work on clusters is not seen",
    "access_events": "work on clusters and on files is not seen",
    "owners": "a view is used whose owner nobody knows, and so is what its owner needs",
    "row_filters": "who sees every row is not judged",
    "column_masks": "who sees columns unmasked is not judged",
    "tags": "which columns are sensitive is not known",
}


@dataclass(frozen=True, slots=True)
class AgentLine:
    """One agent in a line.

    Attributes:
        principal: As grants write it.
        name: What people call it, told apart from others of that name.
        state: `reducible` the plan takes something away; `held` it holds more than is needed, and that is left alone
            for now; `clean` it holds what is needed, and beside it only what everybody has or no log could tell of.
        statements: Logged statements.
        understood: Share of them that was understood in full, 0 to 1; None without statements.
        held: (Privilege, securable) pairs held today.
        used: Of them, surely needed.
        may: Of them, needed or perhaps needed.
        removable: Of them, gone once the plan has run.
        after: Pairs held once the plan has run.
        columns: Counts of the sensitive columns that it can read.
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
    removable: int
    after: int
    columns: ColumnCounts
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures of all agents together: sums of their lines."""

    statements: int
    understood: float | None
    held: int
    used: int
    may: int
    removable: int
    after: int


@dataclass(frozen=True, slots=True)
class Summary:
    """An audit at a glance.

    Attributes:
        since: Start of the window, ISO date.
        until: End of the window, ISO date; the last instant lies before it.
        days: Length of the window; a day begun counts.
        agents: One line each: those with most to remove first, then those with most that is left alone.
        totals: Over all agents.
        sensitive: A sentence on the sensitive columns that the agents can read unmasked; empty where none can.
        revokes: Rows that the plan revokes, and memberships that it ends.
        grants: Rows that it grants.
        excess: Weighted pairs held outside what may be needed, before and after the plan.
        verified: What the verifier says, as a sentence.
        missing: Sentences on the sources that the snapshot lacks.
        notes: Sentences on the input as a whole, and warnings of the plan.
    """

    since: str
    until: str
    days: int
    agents: tuple[AgentLine, ...]
    totals: Totals
    sensitive: str
    revokes: int
    grants: int
    excess: tuple[float, float]
    verified: str
    missing: tuple[str, ...]
    notes: tuple[str, ...]


def summarize(found: Audit) -> Summary:
    """Give the summary of an audit."""
    plan, manifest = found.plan, found.snapshot.manifest
    agents = tuple(sorted(_agents(found), key=lambda a: (-a.removable, a.state != "held", a.may - a.held, a.name)))
    return Summary(
        since=plan.since[:10],
        until=plan.until[:10],
        days=-(-(manifest.until - manifest.since) // timedelta(days=1)),
        agents=agents,
        totals=_totals(found, agents),
        sensitive=_sensitive(agents),
        revokes=_rows(plan.statements, "REVOKE") + len(plan.memberships),
        grants=_rows(plan.statements, "GRANT"),
        excess=(plan.before.excess, plan.after.excess),
        verified=_verified(found),
        missing=tuple(_missing(found)),
        notes=(*plan.warnings, *manifest.notes),
    )


def say_holding(row: dict[str, Any], names: Names) -> str:
    """Say of one row of the holdings what it gives, and how much of that was needed."""
    what, way = place(row["privilege"], row["securable_type"], row["securable"]), say_way(row, names)
    how = f", {way}," if len(row["path"]) > 1 or row["origin"] == "everyone" else ""
    needed, may = row["reach_used"], row["reach_may"]
    last = f", last on {day(row['last_at'])}" if row["last_at"] and needed else ""
    share = f"{needed:,} needed{last}" if needed else f"{may:,} perhaps needed" if may else "none needed"
    return f"{what}{how} gives {row['reach']:,}, {share}"


def say_way(row: dict[str, Any], names: Names) -> str:
    """Say by which way a holding comes."""
    way = " in ".join(names.told(step) for step in row["path"][1:])
    if row["origin"] == "everyone":
        return "granted to everybody in the account"
    if row["origin"] == "owner":
        return f"owned by group {way}" if way else "owned"
    return f"through group {way}" if way else "granted directly"


def say_effect(found: Audit, summary: Summary) -> str:
    """Say how many statements do what."""
    place_of = f", {summary.grants:,} granted in their place" if summary.grants else ""
    by_hand = len(found.plan.memberships)
    ended = f", {count(by_hand, 'membership')} to end by hand" if by_hand else ""
    rows = count(summary.revokes - by_hand, "row")
    return f"{count(len(found.plan.statements), 'statement')}: {rows} revoked{place_of}{ended}"


def say_gaps(plan: Plan) -> str:
    """Say how many statements leave access missing until the next one has run; empty where none does."""
    gaps = sum(statement.gap for statement in plan.statements)
    leave = "leaves" if gaps == 1 else "leave"
    return f"{count(gaps, 'statement')} {leave} a gap until the next one has run; through REST there is none" * bool(
        gaps
    )


def widest(holdings: pl.DataFrame) -> pl.DataFrame:
    """Give the holdings that give more than may be needed, those first that give most beyond it."""
    # A row whose reach is taken by nothing but doubt is not idle; one that gives nothing has nothing to lose.
    idle = holdings.filter(pl.col("reach") > pl.col("reach_may"), pl.col("verdict") != "unknown")
    return idle.sort(pl.col("reach") - pl.col("reach_may"), "securable", "privilege", descending=[True, False, False])


def _agents(found: Audit) -> list[AgentLine]:
    names = names_of(found.snapshot)
    seen = {row["principal"]: row for row in found.coverage.iter_rows(named=True)}
    columns = sensitive_columns(found)
    notes = _notes(found, names, columns)
    waiting = {held.subject for held in found.plan.held if _matters(held)}
    return [
        AgentLine(
            principal=principal,
            name=names.name(principal),
            state="reducible" if after < held else "held" if principal in waiting else "clean",
            statements=seen[principal]["statements"] if principal in seen else 0,
            understood=_share(seen.get(principal)),
            held=held,
            used=used,
            may=may,
            removable=max(held - after, 0),
            after=after,
            columns=columns.get(principal) or no_columns(),
            notes=tuple(notes.get(principal, ())),
        )
        for principal, held, used, may, after in found.ledger.iter_rows()
    ]


def _matters(held: Held) -> bool:
    """Tell whether what is left alone keeps its subject from being clean."""
    if held.row is None:
        return True
    known = PRIVILEGES.get(held.row.privilege)
    # UC: no log ever shows a use of BROWSE or READ METADATA, so no agent would be clean that sees a catalog.
    return held.reason not in _HARMLESS and (known is None or bool(known.seen_in))


def _share(seen: dict[str, int] | None) -> float | None:
    return seen["understood"] / seen["statements"] if seen and seen["statements"] else None


def _totals(found: Audit, agents: tuple[AgentLine, ...]) -> Totals:
    statements, understood = sum(a.statements for a in agents), int(found.coverage["understood"].sum())
    return Totals(
        statements=statements,
        understood=understood / statements if statements else None,
        held=sum(a.held for a in agents),
        used=sum(a.used for a in agents),
        may=sum(a.may for a in agents),
        removable=sum(a.removable for a in agents),
        after=sum(a.after for a in agents),
    )


def _sensitive(agents: tuple[AgentLine, ...]) -> str:
    those = [agent.columns for agent in agents if agent.columns.open]
    if not those:
        return ""
    every, idle = sum(c.open for c in those), sum(c.open_idle for c in those)
    never = f"{idle:,} of them they never used" if idle else "they used all of them"
    if len(those) == 1:
        never = never.replace("they", "it")
    return f"{count(len(those), 'agent')} can read sensitive columns unmasked, {every:,} in all; {never}"


def _notes(found: Audit, names: Names, columns: dict[str, ColumnCounts]) -> dict[str, list[str]]:
    """Give the first sentences on each agent: why it is held, its widest idle rows, what it sees and was denied."""
    notes: dict[str, list[str]] = {}
    for held in _whole(found):
        notes.setdefault(held.subject, []).append(f"left alone: {names.told(held.detail, held.subject)}")
    told = {subject: [_together(rows)] for subject, rows in notes.items()}
    # Ownership is no row that a plan could take; the details list it.
    idle = widest(found.holdings.filter(pl.col("privilege") != OWNER)).group_by("principal", maintain_order=True)
    for row in idle.head(MOST_NOTES).iter_rows(named=True):
        told.setdefault(row["principal"], []).append(say_holding(row, names))
    for principal, counts in columns.items():
        if counts.open:
            told.setdefault(principal, []).insert(min(1, len(told.get(principal, ()))), counts.sentence)
    for principal, sentence in _denied(found):
        told.setdefault(principal, []).append(names.told(sentence, principal))
    return {principal: rows[:MOST_NOTES] for principal, rows in told.items()}


def _whole(found: Audit) -> list[Held]:
    return [held for held in found.plan.held if held.row is None]


def _together(sentences: list[str]) -> str:
    more = len(sentences) - 1
    return sentences[0] + (f"; and {count(more, 'more reason')}" if more else "")


def _denied(found: Audit) -> list[tuple[str, str]]:
    """Give for each agent what it was denied most often."""
    denied = found.shortfalls.filter(pl.col("evidence") == "denied").sort(
        "uses", "securable", "privilege", descending=[True, False, False]
    )
    rows = denied.group_by("principal", maintain_order=True).agg(pl.len().alias("n"), pl.all().first())
    return [
        (
            row["principal"],
            f"was denied {place(row['privilege'], row['securable_type'], row['securable'])} "
            f"{'once' if row['uses'] == 1 else count(row['uses'], 'time')}"
            + (f", and {count(row['n'] - 1, 'more privilege')}" if row["n"] > 1 else ""),
        )
        for row in rows.iter_rows(named=True)
    ]


def _rows(statements: tuple[Statement, ...], verb: str) -> int:
    return sum(len(s.privileges) for s in statements if s.verb == verb)


def _verified(found: Audit) -> str:
    verdict = found.verdict
    if not verdict.ok:
        return f"the verifier refuses this plan: {count(len(verdict.broken), 'check')} failed"
    if not (found.plan.statements or found.plan.memberships):
        return "nothing to verify"
    if not verdict.replayed_needs:
        return "nothing needed depends on what it touches"
    return f"the verifier replayed {count(verdict.replayed_needs, 'need')}, and none is lost"


def _missing(found: Audit) -> list[str]:
    manifest = found.snapshot.manifest
    asked = dict.fromkeys(found.coverage["missing"].explode().drop_nulls().unique().sort())
    asked |= dict.fromkeys(name for name in ("row_filters", "column_masks", "tags") if name in manifest.missing)
    partly = {source.name: source.note for source in manifest.sources if not source.complete}
    told: list[str] = []
    for name in asked:
        frame, _, incomplete = name.partition(": ")
        if incomplete:
            told.append(f"`{frame}` is incomplete: {partly.get(frame, '').split(';')[0] or 'rows are missing'}")
        else:
            told.append(f"no `{frame}`: {_WITHOUT.get(frame, 'what it would show is not known')}")
    return told
