"""Where a REVOKE ALL PRIVILEGES leaves something needed missing until the GRANT after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard.plan.covers import POSITION, covered, held_positions, located, owns, probes

if TYPE_CHECKING:
    from uc_guard.plan.decide import Decision
    from uc_guard.plan.estate import Estate

_NEVER = -1
_ALWAYS = 2**31 - 1


def find_gaps(estate: Estate, decision: Decision, lines: pl.DataFrame, needed: pl.DataFrame) -> frozenset[int]:
    """Give the numbers of the statements after which, until the next, something needed is missing.

    Args:
        estate: The estate, with the memberships that stay.
        decision: What goes, stays and comes.
        lines: The statements, as `order.arrange` gives them.
        needed: What must stay usable.
    """
    lines = lines.with_columns(pl.col("k").cast(pl.Int64))
    # The GRANT follows the REVOKE ALL PRIVILEGES of its site at once: that is the gap's `site`.
    late = lines.filter("late").select("g", "v", "s", site=pl.col("k") - 1).with_row_index("r")
    if not late.height:
        return frozenset()
    asked = _asked(estate, decision, late, needed)
    reached = probes(estate, asked)
    moving = _lives(lines.filter(pl.col("s").is_in(reached["s"].unique().implode())))
    alive = (
        reached.join(located(estate, held_positions(estate, moving)), on="at")
        .join(moving.select("r", "born", "dies", home="site"), on="r")
        .join(asked.with_row_index("t").select("t", "site"), on="t")
        .filter(pl.col("born") <= pl.col("site"), pl.col("site") < pl.col("dies"), pl.col("home") != pl.col("site"))
    )
    return frozenset(asked.with_row_index("t").join(alive, on="t", how="anti")["site"].unique())


def _asked(estate: Estate, decision: Decision, rows: pl.DataFrame, needed: pl.DataFrame) -> pl.DataFrame:
    """Give what is needed, and is given by rows that wait for their site alone: POSITION and `site`."""
    late = located(estate, held_positions(estate, rows)).select("r", "at")
    hit = probes(estate, needed).join(late, on="at").join(rows.select("r", "site"), on="r")
    asked = needed.with_row_index("t").join(hit.select("t", "site").unique(), on="t").select(*POSITION, "site")
    steady = decision.staying.join(rows, on=["g", "v", "s"], how="anti")
    return asked.filter(~covered(estate, asked, held_positions(estate, steady)) & ~owns(estate, asked))


def _lives(lines: pl.DataFrame) -> pl.DataFrame:
    """Give when each row of a statement stands: after statement `born`, until `dies`; in the gap `site` it is missing.

    Returns:
        `r`, `g`, `v`, `s`, `born`, `dies`, `site`.
    """
    k, late, revoked = pl.col("k"), pl.col("late"), pl.col("verb") == "REVOKE"
    # A row granted after its site's REVOKE counts as there before too: what stood there gave it.
    lives = lines.group_by("g", "v", "s").agg(
        born=k.filter(~late & ~revoked).max().fill_null(_NEVER),
        dies=k.filter(revoked).max().fill_null(_ALWAYS),
        site=(k.filter(late).max() - 1).fill_null(_NEVER),
    )
    return lives.with_row_index("r")
