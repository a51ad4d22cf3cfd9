"""A plan from the past against what was done later: what it would have denied, and what nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from uc_guard import tables
from uc_guard.access.effective import usable, world
from uc_guard.backtest.later import NEED
from uc_guard.plan.applied import applied

if TYPE_CHECKING:
    from uc_guard.backtest.later import Later
    from uc_guard.backtest.window import Window

_WITNESSES = 3


class Outcome(NamedTuple):
    """The later acts with what they need of what today's grants, or a plan, do not give.

    Attributes:
        later: The acts.
        wanted: `need` (a number), NEED, `gone`, `usable` (by today's grants).
        causes: Which act needs it: `act`, `need`.
        unread: Acts that ran a body which nobody could read: `act`.
    """

    later: Later
    wanted: pl.DataFrame
    causes: pl.DataFrame
    unread: pl.DataFrame


def lost_needs(later: Later, needs: pl.DataFrame, window: Window) -> pl.DataFrame:
    """Give the needs that today's grants meet, and those after the plan do not: the rows of `needs`."""
    if window.plan is None:
        return needs.clear()
    then = world(applied(later.snapshot, window.plan))
    asked = needs.filter("usable").drop("usable").rename({"holder": "principal"})
    after = usable(then, asked).filter(~pl.col("usable")).rename({"principal": "holder"})
    return after.with_columns(usable=pl.lit(value=True)).select(needs.columns)


def count_window(found: Outcome, window: Window, lost: pl.DataFrame | None) -> dict[str, object]:
    """Give the row of a window, by contract BACKTEST."""
    row: dict[str, object] = {"window_days": window.days, "since": window.since, "reason": window.reason or None}
    if window.plan is None or lost is None:
        return row
    states = _states(found, lost)
    own = states.filter(pl.col("principal").is_in(list(found.later.subjects)))
    count = dict(own.group_by("state").len().iter_rows())
    denied, others = count.get("denied", 0), states.filter(pl.col("state") == "denied").height
    replayed = denied + count.get("kept", 0)
    beside = own.filter(pl.col("state").is_in(["denied", "kept"]), pl.col("source") != "query_history").height
    return row | {
        "replayed": replayed,
        "events": beside,
        "denied": denied,
        "share": denied / replayed if replayed else None,
        "others_denied": others - denied,
        "unjudged": count.get("unjudged", 0),
        "failing": count.get("failing", 0),
        "missing": lost.filter(~pl.col("gone")).height,
        "subjects_hit": own.filter(pl.col("state") == "denied")["principal"].n_unique(),
        "subjects_held": window.held,
        "rows_revoked": len(window.plan.certificates),
        "plan_statements": len(window.plan.statements),
        "excess_after": float(window.plan.after.excess),
    }


def missing_needs(found: Outcome, days: int, lost: pl.DataFrame) -> pl.DataFrame:
    """Give what the plan of a window would have taken too early, by contract BACKTEST_MISSING."""
    states = _states(found, lost).filter(pl.col("state") == "denied")
    wanted = found.wanted.join(lost.filter(~pl.col("gone")), on=NEED, how="semi")
    hit = states.join(found.causes, on="act").join(wanted, on="need").sort("at", "id", "principal")
    told = hit.group_by(NEED, maintain_order=True).agg(
        denied=pl.len().cast(pl.Int64),
        used_by=pl.col("principal").unique().sort(),
        first_at=pl.col("at").first(),
        last_at=pl.col("at").last(),
        witnesses=pl.col("id").unique(maintain_order=True).head(_WITNESSES),
    )
    named = told.rename({"holder": "principal"}).with_columns(window_days=pl.lit(days, pl.Int64))
    key = ("principal", "privilege", "securable_type", "securable")
    return named.sort("denied", *key, descending=[True] + [False] * 4).select(*tables.BACKTEST_MISSING.columns)


def _states(found: Outcome, lost: pl.DataFrame) -> pl.DataFrame:
    """Add to the acts `state`: what would have become of each; the first that is so.

    failing (denied as it was), denied (by the plan), failing (today's grants do not give all that it needs), unjudged
    (not understood in full; what it uses is in no listing any more, so nobody knows what a plan would have kept), kept.
    """
    taken = found.wanted.join(lost, on=NEED, how="semi")
    never = found.wanted.filter(~pl.col("usable"))
    gone = pl.concat([taken, never]).filter("gone")
    acts = found.later.acts.acts
    unclear = pl.col("opaque") | _among(found.unread["act"]) | _needing(found, gone)
    return acts.with_columns(
        state=pl.when(pl.col("outcome") == "denied")
        .then(pl.lit("failing"))
        .when(_needing(found, taken.filter(~pl.col("gone"))))
        .then(pl.lit("denied"))
        .when(_needing(found, never.filter(~pl.col("gone"))))
        .then(pl.lit("failing"))
        .when(unclear)
        .then(pl.lit("unjudged"))
        .otherwise(pl.lit("kept"))
    )


def _needing(found: Outcome, needs: pl.DataFrame) -> pl.Expr:
    return _among(found.causes.join(needs.select("need"), on="need", how="semi")["act"])


def _among(acts: pl.Series) -> pl.Expr:
    return pl.col("act").is_in(acts.unique().implode())
