"""Holds what files grant to agents against their lock, and says what would justify what exceeds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import polars as pl

from uc_guard.access.declared import compare_declared
from uc_guard.access.effective import PAIR
from uc_guard.model.finding import Place
from uc_guard.model.lock import Exceedance
from uc_guard.model.name import split_name
from uc_guard.model.privilege import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uc_guard.model.lock import Lock, LockedAgent
    from uc_guard.read.declared import Declared


def check_lock(lock: Lock, declared: Declared) -> tuple[Exceedance, ...]:
    """Give what files grant beyond a lock, in the order of files and places.

    A principal without an entry in the lock exceeds nothing: nobody knows what it needs.
    """
    agents = {agent.principal: agent for agent in lock.agents}
    rows = compare_declared(declared.grants.filter(declared.grants["verb"] != "use"), locked=lock_frame(lock))
    return tuple(_exceedances(rows.filter(~rows["locked"]).iter_rows(named=True), agents))


def _exceedances(rows: Iterator[dict[str, object]], agents: dict[str, LockedAgent]) -> Iterator[Exceedance]:
    for row in rows:
        principal, privilege, kind, name = (str(row[key]) for key in PAIR)
        yield Exceedance(
            principal, privilege, kind, name, place_of(row), str(row["justified_by"]),
            tuple(_inside(agents[principal], name)),
        )  # fmt: skip


def place_of(row: dict[str, object]) -> Place:
    """Give the place that a row of contract DECLARED points to."""
    return Place(
        str(row["path"]), cast("int", row["line"]), cast("int", row["column"]), cast("int | None", row["end_line"]),
        cast("int | None", row["end_column"]), str(row["source"] or ""),
    )  # fmt: skip


def _inside(agent: LockedAgent, name: str) -> Iterator[str]:
    """Give what the lock allows on a securable and in it."""
    outer = split_name(name)
    for one in agent.privileges:
        if split_name(one.securable)[: len(outer)] == outer:
            yield f"{spoken(one.privilege)} on {one.securable_type} {one.securable}"


def lock_frame(lock: Lock) -> pl.DataFrame:
    """Give the pairs of a lock as a frame with the columns of PAIR."""
    rows = [(agent.principal, one.privilege, one.securable_type, one.securable)
            for agent in lock.agents for one in agent.privileges]  # fmt: skip
    return pl.DataFrame(rows, schema=dict.fromkeys(PAIR, pl.String), orient="row")
