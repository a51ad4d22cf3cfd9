"""What files declare as rows that rules are judged on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard.access.declared import compare_declared
from uc_guard.access.effective import PAIR, world
from uc_guard.judge.facts import UNREAD

if TYPE_CHECKING:
    from uc_guard.model.lock import Lock
    from uc_guard.pipeline import Audit
    from uc_guard.read.declared import Declared

_ID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"


def declared_rows(declared: Declared, found: Audit | None) -> pl.DataFrame:
    """Give what files say that principals are to have, held against the workspace (contract DECLARED).

    Args:
        declared: What the files declare.
        found: An audit of the workspace that they are about; None where none is at hand.
    """
    needs, subjects = _needs(declared, found)
    home = None if found is None else world(found.snapshot)
    locked = None if declared.lock is None else _pairs(declared.lock)
    return compare_declared(declared.grants, home=home, needs=needs, subjects=subjects, locked=locked)


def _needs(declared: Declared, found: Audit | None) -> tuple[pl.DataFrame | None, set[str]]:
    """Give what principals need by the log and by the statements that files declare, and of whom that is known."""
    frames = [] if found is None else [found.needs.select(PAIR)]
    subjects: set[str] = set() if found is None else {*found.subjects}
    if declared.statements:
        # Reading statements is dear, and so is what it takes to load it.
        from uc_guard.bodies import known_objects  # noqa: PLC0415
        from uc_guard.lock.derive import derive_lock  # noqa: PLC0415

        own = derive_lock(declared, None if found is None else known_objects(found.snapshot))
        # Of one whose statements were not all understood, nobody knows what it does not need.
        frames.append(_pairs(own))
        subjects |= {agent.principal for agent in own.agents if agent.is_final}
    return (pl.concat(frames) if frames else None), subjects


def _pairs(lock: Lock) -> pl.DataFrame:
    from uc_guard.lock.check import lock_frame  # noqa: PLC0415 - its package loads what reads statements

    return lock_frame(lock)


def with_agents(rows: pl.DataFrame, found: Audit | None, declared: Declared | None) -> pl.DataFrame:
    """Fill in `agent`: whether the principal of each row is an agent, as far as anybody can tell."""
    agents: set[str] = set() if declared is None else {agent.principal for agent in declared.agents}
    people: set[str] = set()
    if found is not None:
        listed = found.snapshot.frame("principals").select("principal", "kind")
        agents.update(listed.filter(pl.col("kind") == "SERVICE_PRINCIPAL")["principal"].to_list())
        people.update(listed.filter(pl.col("kind") == "USER")["principal"].to_list())
    name = pl.col("principal")
    is_agent = name.is_in(sorted(agents)) | name.str.contains(_ID)
    is_person = name.is_in(sorted(people)) | name.str.contains("@", literal=True)
    known = pl.when(is_agent).then(pl.lit(value=True)).when(is_person).then(pl.lit(value=False)).otherwise(None)
    return rows.with_columns(agent=known)


def unread_facts(declared: Declared) -> pl.DataFrame:
    """Give what could not be read of the files (table UNREAD)."""
    rows = [
        {
            "reason": unread.reason,
            "message": unread.message,
            "mend": unread.mend,
            **{name: getattr(unread.place, name) for name in UNREAD.columns if hasattr(unread.place, name)},
        }
        for unread in declared.problems
    ]
    return pl.DataFrame(rows, schema=UNREAD.schema)
