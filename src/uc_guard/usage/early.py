"""Readings made before the states of sessions are known: of each template, in no namespace at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.sql.packed import PackedAnswer
from uc_guard.sql.reading import State, Task
from uc_guard.sql.second import Asking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from uc_guard.usage.units import ReadTasks

UNPLACED = State(None, None, ())


class Early:
    """Answers tasks from readings made before, where those say enough, and lets the others be read."""

    def __init__(self, read: ReadTasks, answers: dict[str, PackedAnswer]) -> None:
        """Begin.

        Args:
            read: Reads what is not known.
            answers: What was read of each template.
        """
        self._read = read
        self._answers = answers

    def read(self, tasks: Sequence[Task]) -> list[PackedAnswer]:
        """Answer tasks, in their order."""
        known = [self._known(task) for task in tasks]
        left = [task for task, answer in zip(tasks, known, strict=True) if answer is None]
        read = iter(self._read(left))
        return [next(read) if answer is None else answer for answer in known]

    def _known(self, task: Task) -> PackedAnswer | None:
        """Give what is known of a task; None where that is not all that it asks."""
        answer = self._answers.get(task.text or "") if task.is_template else None
        if answer is None or any(state.changes for state in task.states):
            return None
        if task.states == (UNPLACED,):
            return answer
        if not answer.shared:
            return None
        _, fact, namespaces = answer.shared[0]
        asking = Asking(frozenset(namespaces))
        if any(asking.is_asked_in(state.catalog, state.schema) for state in task.states):
            return None
        return PackedAnswer([fact] * len(task.states), [(0, fact, namespaces)])


def task_of(template: str) -> Task:
    """Give the task to read a template in no namespace."""
    return Task(template, is_template=True, parameters={}, states=(UNPLACED,))
