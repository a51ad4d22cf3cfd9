"""Where a REVOKE ALL PRIVILEGES leaves something needed missing until the GRANT after it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.privilege import ALL_PRIVILEGES
from uc_guard.plan.covers import POSITION, covered, held_positions, owns, probes

if TYPE_CHECKING:
    from uc_guard.model.plan import Row, Statement
    from uc_guard.plan.decide import Decision
    from uc_guard.plan.estate import Estate

_NEVER = -1
_ALWAYS = 2**31 - 1


def mark_gaps(
    estate: Estate,
    decision: Decision,
    statements: tuple[Statement, ...],
    needed: pl.DataFrame,
) -> tuple[Statement, ...]:
    """Mark the statements after which, until the next, something needed is missing.

    Args:
        estate: The estate, with the memberships that stay.
        decision: What goes, stays and comes.
        statements: In their order, unmarked.
        needed: What must stay usable.
    """
    sites = [k for k, each in enumerate(statements) if each.privileges == (ALL_PRIVILEGES,) and each.verb == "REVOKE"]
    sites = [k for k in sites if k + 1 < len(statements) and _follows(statements[k], statements[k + 1])]
    if not sites:
        return statements
    late = _coded(estate, [(row, _NEVER, _ALWAYS, k) for k in sites for row in statements[k + 1].rows])
    asked = _asked(estate, decision, late, needed)
    near = set(estate.place("securable", probes(estate, asked)["s"].unique()))
    moving = _lives(
        estate, [(k, each) for k, each in enumerate(statements) if each.securable in near], frozenset(sites)
    )
    alive = (
        probes(estate, asked)
        .join(held_positions(estate, moving), on=POSITION)
        .join(moving.select("r", "born", "dies", home="site"), on="r")
        .join(asked.with_row_index("t").select("t", "site"), on="t")
        .filter(pl.col("born") <= pl.col("site"), pl.col("site") < pl.col("dies"), pl.col("home") != pl.col("site"))
    )
    marked = set(asked.with_row_index("t").join(alive, on="t", how="anti")["site"].unique())
    return tuple(replace(each, gap=True) if k in marked else each for k, each in enumerate(statements))


def _asked(estate: Estate, decision: Decision, rows: pl.DataFrame, needed: pl.DataFrame) -> pl.DataFrame:
    """Give what is needed, and is given by rows that wait for their site alone: POSITION and `site`."""
    hit = probes(estate, needed).join(held_positions(estate, rows), on=POSITION).join(rows.select("r", "site"), on="r")
    asked = needed.with_row_index("t").join(hit.select("t", "site").unique(), on="t").select(*POSITION, "site")
    steady = decision.staying.join(rows, on=["g", "v", "s"], how="anti")
    return asked.filter(~covered(estate, asked, held_positions(estate, steady)) & ~owns(estate, asked))


def _follows(first: Statement, second: Statement) -> bool:
    site = (first.grantee, first.securable_type, first.securable)
    return second.verb == "GRANT" and site == (second.grantee, second.securable_type, second.securable)


def _lives(estate: Estate, statements: list[tuple[int, Statement]], sites: frozenset[int]) -> pl.DataFrame:
    """Give when each named row stands: after statement `born`, until `dies`; in the gap `site` it is missing."""
    born: dict[Row, int] = {}
    dies: dict[Row, int] = {}
    home: dict[Row, int] = {}
    for k, each in statements:
        for row in each.rows:
            if each.verb == "REVOKE":
                dies[row] = k
            elif k - 1 in sites:
                home[row] = k - 1
            else:
                born[row] = k
    # A row granted after its site's REVOKE counts as there before too: what stood there gave it.
    rows = {**born, **dies, **home}
    lives = [(row, born.get(row, _NEVER), dies.get(row, _ALWAYS), home.get(row, _NEVER)) for row in rows]
    return _coded(estate, lives)


def _coded(estate: Estate, lives: list[tuple[Row, int, int, int]]) -> pl.DataFrame:
    """Give lives with the row by number: `r`, `g`, `v`, `s`, `born`, `dies`, `site`."""
    found = [(row.grantee, row.privilege, row.securable_type, row.securable, *life) for row, *life in lives]
    names = dict.fromkeys(("grantee", "privilege", "securable_type", "securable"), pl.String)
    frame = pl.DataFrame(found, schema={**names, "born": pl.Int32, "dies": pl.Int32, "site": pl.Int32}, orient="row")
    grantees = pl.DataFrame({"grantee": estate.grantees}).with_row_index("g")
    return estate.coded(frame.join(grantees, on="grantee").drop("grantee")).with_row_index("r")
