"""Reads a template, or a text by itself, in every state of a session that it occurs in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from uc_guard.model.use import Extraction, Opaque
from uc_guard.sql.budget import Budget, OutOfTime
from uc_guard.sql.commands.texts import Template, run_text
from uc_guard.sql.grammar.tokens import LiteralMatters
from uc_guard.sql.resolve.session import Change, changes_between, session_of
from uc_guard.sql.second import Asking, SecondReader, overlooked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from uc_guard.sql.resolve.schema import Known
    from uc_guard.sql.resolve.session import Session


class State(NamedTuple):
    """Where a text starts.

    Attributes:
        catalog: Current catalog, None where it is not known.
        schema: Current schema, None where it is not known.
        changes: What earlier statements of the session left that the text could name.
    """

    catalog: str | None
    schema: str | None
    changes: tuple[Change, ...]


class Task(NamedTuple):
    """Something to read.

    Attributes:
        text: A text, or a template; None where the log has none.
        is_template: In a template `''` stands for any string and `0` for any number.
        parameters: Values of the text's parameters by name.
        states: Where it starts, each once.
    """

    text: str | None
    is_template: bool
    parameters: Mapping[str, str]
    states: tuple[State, ...]


class Fact(NamedTuple):
    """What is so of a text in a state.

    Attributes:
        found: What it uses.
        changes: What it leaves in its session.
    """

    found: Extraction
    changes: tuple[Change, ...]


class Shared(NamedTuple):
    """What is so in every namespace but a few, with the same changes behind it.

    Attributes:
        state: The state in which it was read.
        fact: What is so.
        asking: Where that has to be asked again.
    """

    state: State
    fact: Fact
    asking: Asking


class Answer(NamedTuple):
    """What is so of a task.

    Attributes:
        facts: For each of its states; None where that depends on what a literal spells.
        shared: What holds in other namespaces, too.
    """

    facts: tuple[Fact | None, ...]
    shared: tuple[Shared, ...]


UNSAID = Fact(Extraction((), (Opaque("dynamic-name", "", None),)), ())
"""What is known of a text that asks what a literal spells, where nobody can say."""


def read(catalog: Known, task: Task, limit_s: float) -> Answer:
    """Give what is so of a task.

    Args:
        catalog: What names can mean.
        task: The text.
        limit_s: CPU seconds for each reading; one that takes longer is opaque, and may use anything.
    """
    known: dict[tuple[object, ...], Shared] = {}
    second = SecondReader(catalog, task.text or "")
    template = Template(task.text) if task.is_template and task.text is not None else None
    facts: list[Fact | None] = []
    with Budget(limit_s) as budget:
        for state in task.states:
            budget.restart()
            try:
                facts.append(_read(catalog, task, state, known, second, template))
            except LiteralMatters:
                facts.append(None)
            except OutOfTime:
                facts.append(too_long(task.text))
    return Answer(tuple(facts), tuple(known.values()))


def too_long(text: str | None) -> Fact:
    """Give what is known of a text that could not be read in time."""
    return Fact(Extraction((), (Opaque("too-long", (text or "")[:200], None),)), ())


def read_text(
    catalog: Known, session: Session, text: str | None, parameters: Mapping[str, Any]
) -> tuple[Extraction, Session]:
    """Give what a text uses in a session, and the session as the text leaves it."""
    walk, found = run_text(catalog, session, text, parameters)
    missing = () if text is None else overlooked(catalog, session, text, found)
    return _with(found, missing), walk.session


def _read(
    catalog: Known,
    task: Task,
    state: State,
    known: dict[tuple[object, ...], Shared],
    second: SecondReader,
    template: Template | None,
) -> Fact:
    behind = tuple(change.key() for change in state.changes)
    shared = known.get(behind)
    if shared is not None and not shared.asking.is_asked_in(state.catalog, state.schema):
        return shared.fact
    session = session_of(*state)
    if shared is None:
        walk, found = (
            template.run(catalog, session) if template else run_text(catalog, session, task.text, task.parameters)
        )
        changes = changes_between(session, walk.session)
        shared = Shared(state, Fact(found, changes), second.asking(session, found))
        # What changes a session may keep the namespace in which it was made.
        if not walk.is_relative and walk.session is session:
            known[behind] = shared
    if not shared.asking.is_asked_in(state.catalog, state.schema):
        return shared.fact
    found = shared.fact.found
    return shared.fact._replace(found=_with(found, second.overlooked(session, found)))


def _with(found: Extraction, missing: tuple[Opaque, ...]) -> Extraction:
    return Extraction(found.uses, (*found.opaque, *missing)) if missing else found
