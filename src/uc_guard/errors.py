"""Every error of uc_guard.

UcGuardError                an error a user can mend; carries `slug`, the name of its page in the docs
├─ BadInput                 files or values that do not fit; holds every problem found, not only the first
├─ BadConfig                a configuration file or option that does not fit
├─ NothingToJudge           no subject, or no statement, in what was given
├─ PlanRejected             a plan that its verifier refused; never written
└─ UnknownName              a principal, privilege or securable that the snapshot does not hold
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
