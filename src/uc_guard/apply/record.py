"""A journal read as a story: what was meant to be done, what was done, what is left."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from uc_guard.apply.steps import Step
from uc_guard.errors import BadInput, Problem
from uc_guard.model.plan import Basis, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from uc_guard.apply.journal import Line

APPLY, RESTORE, ROLLBACK = "apply", "restore", "rollback"


@dataclass(frozen=True, slots=True)
class Intent:
    """One change that was announced before it was made.

    Attributes:
        line: Number of its line.
        purpose: apply, restore (a denial showed a need) or rollback.
        step: Number of the step, for an apply; else 0.
        securable_type: As grants know it.
        securable: Full name.
        add: Rows to add.
        remove: Rows to remove.
        before: Rows that its principals had on the securable.
    """

    line: int
    purpose: str
    step: int
    securable_type: str
    securable: str
    add: tuple[Row, ...]
    remove: tuple[Row, ...]
    before: tuple[Row, ...]

    @property
    def site(self) -> tuple[str, str]:
        """Type and name of the securable."""
        return self.securable_type, self.securable

    @property
    def grantees(self) -> frozenset[str]:
        """Principals whose rows are changed."""
        return frozenset(row.grantee for row in (*self.add, *self.remove))

    @property
    def after(self) -> frozenset[Row]:
        """Rows that its principals have on the securable when it is done."""
        return (frozenset(self.before) - frozenset(self.remove)) | frozenset(self.add)


@dataclass(frozen=True, slots=True)
class Record:
    """What a journal tells.

    Attributes:
        host: The workspace.
        plan: Digest of the plan.
        since: When the run began, ISO 8601.
        subjects: The plan's.
        basis: What the plan leans on.
        steps: In order.
        intents: In order.
        done: Lines of the intents that were seen to have taken.
        refused: Numbers of the steps that the workspace refused, and why.
        denials: Ids of denials that were looked at already.
        ended: It came to its end, or was rolled back as a whole.
        rolled_back: It was rolled back as a whole.
    """

    host: str
    plan: str
    since: str
    subjects: tuple[str, ...]
    basis: Basis
    steps: tuple[Step, ...]
    intents: tuple[Intent, ...] = ()
    done: frozenset[int] = frozenset()
    refused: dict[int, str] = field(default_factory=dict[int, str])
    denials: frozenset[str] = frozenset()
    ended: bool = False
    rolled_back: bool = False

    def left(self) -> tuple[Step, ...]:
        """Give the steps that are neither done nor refused, in order."""
        over = {each.step for each in self.intents if each.purpose == APPLY and each.line in self.done}
        return tuple(step for step in self.steps if step.number not in over and step.number not in self.refused)

    def pending(self, step: Step) -> Intent | None:
        """Give the intent of a step that was announced and not seen to have taken."""
        found = [each for each in self.intents if each.purpose == APPLY and each.step == step.number]
        return found[-1] if found and found[-1].line not in self.done else None


def read_record(path: Path, lines: Sequence[Line]) -> Record:
    """Read the lines of a journal.

    Raises:
        BadInput: where no run was begun in it.
    """
    begun = [line for line in lines if line.kind == "begin"]
    if not begun:
        found, mend = "a journal without a run", "apply a plan: nothing was done by this one"
        raise BadInput((Problem(str(path), "", found, "a line `begin`", mend),))
    head = begun[-1].data
    mine = lines[begun[-1].number :]
    kinds = {line.kind for line in mine}
    return Record(
        host=str(head["host"]),
        plan=str(head["plan"]),
        since=begun[-1].at,
        subjects=tuple(head["subjects"]),
        basis=msgspec.convert(head["basis"], Basis),
        steps=msgspec.convert(head["steps"], tuple[Step, ...]),
        intents=tuple(_intent(line) for line in mine if line.kind == "intent"),
        done=frozenset(int(line.data["intent"]) for line in mine if line.kind == "done"),
        refused={int(line.data["step"]): str(line.data["reason"]) for line in mine if line.kind == "refused"},
        denials=frozenset(str(line.data["id"]) for line in mine if line.kind == "denial"),
        ended=(bool(mine) and mine[-1].kind == "end") or "rolled-back" in kinds,
        rolled_back="rolled-back" in kinds,
    )


def standing_after(record: Record) -> dict[tuple[str, str], frozenset[Row]]:
    """Give the rows that must stand now on each securable of the basis, by what was done."""
    found: dict[tuple[str, str], set[Row]] = {}
    for row in record.basis.rows:
        found.setdefault((row.securable_type, row.securable), set()).add(row)
    for each in record.intents:
        if each.line in record.done:
            rows = found.setdefault(each.site, set())
            rows.difference_update(each.remove)
            rows.update(each.add)
    return {site: frozenset(rows) for site, rows in found.items()}


def as_json(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Give rows for a line, sorted."""
    return [msgspec.to_builtins(row) for row in sorted(rows)]


def _intent(line: Line) -> Intent:
    return msgspec.convert({**line.data, "line": line.number}, Intent)
