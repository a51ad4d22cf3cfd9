"""What a plan leans on: rows where it changes something, rows and owners that carry what stays, subjects' groups."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.model.name import parent_name
from uc_guard.model.plan import Basis, Membership, Row
from uc_guard.model.privilege import EVERYONE, OWNER
from uc_guard.plan.estate import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    if not statements:
        return Basis()
    grants = snapshot.frame("grants").select(tables.GRANTS.key)
    places = _told(statements, _PLACE).unique()
    there = grants.join(places, on=_PLACE, how="semi")
    leant = _told([each.row for each in witnesses], tables.GRANTS.key).unique()
    rows = pl.concat([there, grants.join(leant, on=tables.GRANTS.key, how="semi")]).unique().sort(tables.GRANTS.key)
    every = snapshot.frame("members").select("group", "member").unique()
    upward = _reached(every, subjects, "member", "group")
    downward = _reached(every, {each.grantee for each in statements}, "group", "member")
    members = pl.concat([upward, downward]).unique().sort("group", "member")
    owned = _owned(snapshot, needs, {*places["securable"]}, {*subjects, *upward["group"], EVERYONE})
    return Basis(
        rows=tuple(map(Row, *map(texts, rows))),
        members=tuple(map(Membership, *map(texts, members))),
        owned=owned,
    )


def _told(objects: Sequence[Statement | Row], names: Sequence[str]) -> pl.DataFrame:
    """Give attributes of objects as a frame."""
    rows = list(map(attrgetter(*names), objects))
    return pl.DataFrame(rows, dict.fromkeys(names, pl.String), orient="row")


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
