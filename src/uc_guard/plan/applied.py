"""The workspace as a plan leaves it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables

if TYPE_CHECKING:
    from uc_guard.model.plan import Plan
    from uc_guard.snapshot import Snapshot

_KEY = tables.GRANTS.key


def applied(snapshot: Snapshot, plan: Plan) -> Snapshot:
    """Give the snapshot with the plan's statements and membership changes done; nothing else moves."""
    # UC: REVOKE ALL PRIVILEGES may strip rows beside its own, and a plan grants these anew: the end is the same.
    grants = snapshot.frame("grants")
    gone = _rows(plan, "REVOKE").join(_rows(plan, "GRANT"), on=_KEY, how="anti")
    come = _rows(plan, "GRANT").join(grants, on=_KEY, how="anti")
    granted = come.with_columns(granted_at=pl.lit(None, tables.INSTANT)).select(*tables.GRANTS.columns)
    left = [(change.membership.group, change.membership.member) for change in plan.memberships]
    members = pl.DataFrame(left, schema=tables.MEMBERS.schema, orient="row")
    frames = {
        **snapshot.frames,
        "grants": pl.concat([grants.join(gone, on=_KEY, how="anti"), granted]),
        "members": snapshot.frame("members").join(members, on=["group", "member"], how="anti"),
    }
    return replace(snapshot, frames=frames)


def _rows(plan: Plan, verb: str) -> pl.DataFrame:
    rows = [
        (row.grantee, row.privilege, row.securable_type, row.securable)
        for statement in plan.statements
        if statement.verb == verb
        for row in statement.rows
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(_KEY, pl.String), orient="row")
