"""Every error of uc_guard.

UcGuardError                an error a user can mend; carries `slug`, the name of its page in the docs
├─ BadInput                 files or values that do not fit; holds every problem found, not only the first
├─ BadConfig                a configuration file or option that does not fit
├─ NothingToJudge           no subject, or no statement, in what was given
├─ PlanRejected             a plan that its verifier refused; never written
├─ UnknownName              a principal, privilege or securable that the snapshot does not hold
├─ WorkspaceError           a workspace refused a call; carries what was asked, and what it said
│  ├─ AccessDenied          we may not
│  ├─ NotThere              there is no such thing
│  ├─ Unavailable           it stays out of reach
│  └─ Uncertain             nobody can tell whether a change was done
└─ NotApplied               a plan that is not run, or not to its end; says what was done and what was not
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input, where, and how to mend it.

    Attributes:
        source: The file or option.
        place: Row, column or key inside it; empty for the whole.
        found: What stands there, shortened.
        expected: What should stand there.
        mend: What to do about it.
    """

    source: str
    place: str
    found: str
    expected: str
    mend: str

    def __str__(self) -> str:
        where = f"{self.source}: {self.place}" if self.place else self.source
        return f"{where}: found {self.found}, expected {self.expected}; {self.mend}"


class UcGuardError(Exception):
    """Base of all errors that a user can mend."""

    slug = "error"


@dataclass
class BadInput(UcGuardError):
    """Input that does not fit; lists every problem found in it."""

    problems: tuple[Problem, ...]
    slug: str = field(default="bad-input", init=False)

    def __str__(self) -> str:
        head = f"{len(self.problems)} problem{'s' if len(self.problems) != 1 else ''} in the input"
        return "\n".join([head, *(f"  {problem}" for problem in self.problems)])


class BadConfig(BadInput):
    """Configuration that does not fit; lists every problem found in it."""


class NothingToJudge(UcGuardError):
    """There is no subject or no evidence to judge."""

    slug = "nothing-to-judge"


class PlanRejected(UcGuardError):
    """The verifier refused a plan; the message lists the broken constraints."""

    slug = "plan-rejected"


class UnknownName(UcGuardError):
    """A name that the snapshot does not hold; the message lists near ones."""

    slug = "unknown-name"


@dataclass
class WorkspaceError(UcGuardError):
    """A workspace refused a call."""

    what: str
    said: str
    mend: str
    slug: str = field(default="workspace", init=False)

    def __str__(self) -> str:
        return f"{self.what}: {self.said}; {self.mend}"


class AccessDenied(WorkspaceError):
    """We may not."""


class NotThere(WorkspaceError):
    """There is no such thing."""


class Unavailable(WorkspaceError):
    """It stays out of reach, whatever the patience."""


class Uncertain(WorkspaceError):
    """Nobody can tell whether a change was done: the answer was lost."""


class NotApplied(UcGuardError):
    """A plan is not run, or not to its end; the message says what was done, what was not, and how to go on."""

    slug = "not-applied"
