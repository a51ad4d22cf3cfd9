"""Holds what files grant to agents against their lock, and says what would justify what exceeds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import polars as pl

from uc_guard.access.declared import compare_declared
from uc_guard.access.effective import PAIR
from uc_guard.model.finding import Place
from uc_guard.model.lock import Exceedance
from uc_guard.model.name import quote_name, split_name
from uc_guard.model.privilege import ALL_PRIVILEGES, CONTAINERS, OWNER, PRIVILEGES, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uc_guard.model.lock import Lock, LockedAgent
    from uc_guard.read.declared import Declared

_STATEMENTS = {
    "SELECT": "SELECT ... FROM {name}",
    "MODIFY": "INSERT INTO {name} ...",
    "EXECUTE": "SELECT {name}(...)",
    "REFRESH": "REFRESH MATERIALIZED VIEW {name}",
    "CREATE_TABLE": "CREATE TABLE {name}.x ...",
    "CREATE_FUNCTION": "CREATE FUNCTION {name}.x ...",
    "CREATE_VOLUME": "CREATE VOLUME {name}.x ...",
    "CREATE_MATERIALIZED_VIEW": "CREATE MATERIALIZED VIEW {name}.x ...",
    "CREATE_SCHEMA": "CREATE SCHEMA {name}.x ...",
    "APPLY_TAG": "ALTER TABLE {name} SET TAGS (...)",
}


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
            principal, privilege, kind, name, place_of(row), justification(privilege, kind, name),
            tuple(_inside(agents[principal], name)),
        )  # fmt: skip


def place_of(row: dict[str, object]) -> Place:
    """Give the place that a row of contract DECLARED points to."""
    return Place(
        str(row["path"]), cast("int", row["line"]), cast("int", row["column"]), cast("int | None", row["end_line"]),
        cast("int | None", row["end_column"]), str(row["source"] or ""),
    )  # fmt: skip


def justification(privilege: str, kind: str, name: str) -> str:
    """Say which statement of the agent would justify a privilege, or why none would."""
    family = PRIVILEGES[privilege].family if privilege in PRIVILEGES else ""
    quoted = _quoted(name)
    if privilege in {ALL_PRIVILEGES, OWNER} or family in {"admin", "metadata", ""}:
        return "no statement of an agent justifies it: grant what its statements need, one privilege at a time"
    if kind in CONTAINERS and family in {"read", "write", "execute", "file"}:
        return f"no statement justifies it on a whole {kind.lower()}: grant it on what the statements name in {quoted}"
    if family == "use" and kind in CONTAINERS:
        return f"a statement that uses something in {quoted} would justify it"
    if kind == "VOLUME":
        return f"a statement on '/Volumes/{'/'.join(split_name(name))}/...' would justify it"
    if privilege in _STATEMENTS and kind in {"TABLE", "FUNCTION", *CONTAINERS}:
        return f"a statement such as {_STATEMENTS[privilege].format(name=quoted)} would justify it"
    return f"a statement or an entry of `[uses]` that needs {spoken(privilege)} on {quoted} would justify it"


def _quoted(name: str) -> str:
    parts = split_name(name)
    plain = all(part.replace("_", "a").isalnum() and part.isascii() for part in parts)
    return name if plain else quote_name(name)


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
