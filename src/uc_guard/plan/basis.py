"""What a plan leans on: rows where it changes something, rows and owners that carry what stays, subjects' groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.model.name import parent_name
from uc_guard.model.plan import Basis, Membership, Row
from uc_guard.model.privilege import EVERYONE, OWNER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from uc_guard.model.plan import Statement, Witness
    from uc_guard.snapshot import Snapshot

_PLACE = ("securable_type", "securable")


def basis(
    snapshot: Snapshot,
    needs: pl.DataFrame,
    statements: tuple[Statement, ...],
    witnesses: Iterable[Witness],
    subjects: tuple[str, ...],
) -> Basis:
    """Give what must still stand when the plan is run; empty where it changes nothing."""
    touched = sorted({(each.securable_type, each.securable) for each in statements})
    if not touched:
        return Basis()
    grants = snapshot.frame("grants").select(tables.GRANTS.key)
    places = pl.DataFrame(touched, schema=dict.fromkeys(_PLACE, pl.String), orient="row")
    there = grants.join(places, on=_PLACE, how="semi")
    keys = [(w.row.grantee, w.row.privilege, w.row.securable_type, w.row.securable) for w in witnesses]
    leant = pl.DataFrame(keys, schema=grants.schema, orient="row").unique()
    rows = pl.concat([there, grants.join(leant, on=tables.GRANTS.key, how="semi")]).unique().sort(tables.GRANTS.key)
    every = snapshot.frame("members").select("group", "member").unique()
    upward = _reached(every, subjects, "member", "group")
    downward = _reached(every, {each.grantee for each in statements}, "group", "member")
    members = pl.concat([upward, downward]).unique().sort("group", "member")
    owned = _owned(snapshot, needs, {name for _, name in touched}, {*subjects, *upward["group"], EVERYONE})
    return Basis(
        rows=tuple(Row(*row) for row in rows.iter_rows()),
        members=tuple(Membership(*row) for row in members.iter_rows()),
        owned=owned,
    )


def _reached(members: pl.DataFrame, start: Iterable[str], along: str, to: str) -> pl.DataFrame:
    """Give the memberships that one comes by from these principals, level by level, upward or downward."""
    found, level = members.head(0), pl.DataFrame({along: sorted(start)}, schema={along: pl.String})
    while True:
        more = members.join(level, on=along, how="semi").join(found, on=members.columns, how="anti")
        if more.is_empty():
            return found
        found, level = pl.concat([found, more]), more.select(pl.col(to).alias(along)).unique()


def _owned(snapshot: Snapshot, needs: pl.DataFrame, touched: set[str], circle: set[str]) -> tuple[Row, ...]:
    """Give what the circle owns, somebody in it needs, and a statement might take in another way."""
    objects = snapshot.frame("objects").filter(pl.col("owner").is_in(sorted(circle)))
    wanted = objects.join(needs.select(_PLACE).unique(), on=_PLACE, how="semi")
    rows = wanted.select("owner", *_PLACE).sort("owner", *_PLACE)
    return tuple(Row(owner, OWNER, kind, name) for owner, kind, name in rows.iter_rows() if _near(name, touched))


def _near(name: str, touched: set[str]) -> bool:
    """Tell whether a statement touches the securable or one of its containers."""
    at: str | None = name
    while at is not None:
        if at in touched:
            return True
        at = parent_name(at)
    return False
