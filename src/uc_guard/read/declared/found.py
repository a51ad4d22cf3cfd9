"""What has been found so far, and the frame that it becomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.errors import Problem
from uc_guard.model.declared import UNREAD, Agent, Stated, Statement, Unread
from uc_guard.model.lock import LockedAgent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from uc_guard.model.finding import Place
    from uc_guard.read.declared.references import Module
    from uc_guard.read.declared.source import Source
    from uc_guard.read.declared.tree import BrokenDocument

_TEXT_OF_REASON = {
    "syntax": "this looks like a statement about access, and does not follow the grammar",
    "unclosed": "a string, name or comment that opens here or below is never closed",
    "dynamic-statement": "the statement is put together when it runs",
    "deny": "`DENY` is a statement of the old Hive metastore",
    "unknown-type": "no type of securable of this name is known",
    "unknown-privilege": "no privilege of this name is known",
}


@dataclass
class Found:
    """What the readers of files add to.

    Attributes:
        stated: What files say of access.
        agents: Agents of manifests.
        statements: Statements of manifests.
        unread: What could not be read or understood.
        locked: Agents of locks.
        wrong: What does not fit in files of ours, manifests and locks: nothing is given while there is some.
        modules: What references mean in each folder of Terraform.
    """

    stated: list[Stated] = field(default_factory=list[Stated])
    agents: list[Agent] = field(default_factory=list[Agent])
    statements: list[Statement] = field(default_factory=list[Statement])
    unread: list[Unread] = field(default_factory=list[Unread])
    locked: list[LockedAgent] = field(default_factory=list[LockedAgent])
    wrong: list[Problem] = field(default_factory=list[Problem])
    modules: dict[Path, Module] = field(default_factory=dict["Path", "Module"])

    def refuse(self, place: Place, key: str, found: str, expected: str, mend: str) -> None:
        """Note what does not fit in a file of ours; the same thing once."""
        where = f"line {place.line}, {key}" if key else f"line {place.line}"
        problem = Problem(place.path, where, found, expected, mend)
        if problem not in self.wrong:
            self.wrong.append(problem)

    def miss(self, reason: str, place: Place, message: str = "") -> None:
        """Note what could not be read or understood.

        Args:
            reason: One of `UNREAD`.
            place: Where.
            message: One sentence; that of the reason where not given.
        """
        self.unread.append(Unread(reason, message or _TEXT_OF_REASON[reason], UNREAD[reason], place))

    def broken(self, source: Source, error: BrokenDocument) -> None:
        """Note that a file cannot be read on from a place."""
        self.miss(error.reason, source.place(error.at, error.at + 1), str(error))


def frame_of(stated: Iterable[Stated]) -> pl.DataFrame:
    """Give what files say of access as a frame by contract DECLARATIONS, in the given order."""
    rows = [
        (
            one.principal, one.securable_type, one.securable, one.privilege, one.verb, one.authority is not None,
            one.authority, one.is_resolved, one.function, one.on_column, one.origin, one.place.path, one.place.line,
            one.place.column, one.place.end_line, one.place.end_column, one.place.source,
        )
        for one in stated
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=tables.DECLARATIONS.schema, orient="row")
