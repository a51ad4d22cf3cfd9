"""What a lint was of, what it may overlook, and what it counts: all that its reports say beside the findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from uc_guard.model.finding import SEVERITIES, STATES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from uc_guard.model.finding import Finding, Rule


@dataclass(frozen=True, slots=True)
class Exemption:
    """A finding that somebody has decided to live with.

    Attributes:
        rule: Code or name of a rule; empty = any.
        privilege: Underscore form; empty = any. One of `rule` and `privilege` is given.
        principal: Glob over principals.
        securable: Glob over full names.
        reason: Why.
        owner: Who answers for it.
        until: Last day that it holds, ISO 8601.
    """

    rule: str
    privilege: str
    principal: str
    securable: str
    reason: str
    owner: str
    until: str


@dataclass(frozen=True, slots=True)
class LintSettings:
    """Settings of a lint: the table `lint` of `uc_guard.toml`, or `[tool.uc_guard.lint]`.

    Attributes:
        select: Codes or names of rules to judge, or the start of a code; empty = all.
        ignore: Codes or names of rules whose findings are counted and not shown, or the start of a code.
        fail_on: Least severity that fails a run.
        rules: Folders of rules of your own.
        severity: Severity by code or name of a rule, in place of its own.
        exempt: What somebody has decided to live with.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str = "high"
    rules: tuple[str, ...] = ()
    severity: tuple[tuple[str, str], ...] = ()
    exempt: tuple[Exemption, ...] = ()


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A rule that nothing could be said of, since the input has not the facts that it is about.

    Attributes:
        code: The rule.
        reason: One sentence: what is missing.
    """

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Creep:
    """The privilege creep index of a principal, or of all of them, 0 to 100.

    Attributes:
        principal: Whose; None = the whole estate.
        now: Today.
        after: Once the plan has run; None where there is no plan.
    """

    principal: str | None
    now: float
    after: float | None = None


@dataclass(frozen=True, slots=True)
class LintMeta:
    """What a lint was of.

    Attributes:
        version: Version of uc_guard.
        today: Day of the judgement, ISO 8601.
        inputs: Paths as given on the command line, in that order.
        rules: The rules that were judged, by code; those of the findings are among them.
        unjudged: Those of them that the input has no facts for.
        counts: Number of findings by state, every state of `STATES` in that order, and `fixed`.
        severities: Number of open findings by severity, every one of `SEVERITIES` in that order.
        fixed: Fingerprints of the baseline that are found no more, sorted.
        fail_on: Least severity that fails the run.
        failed: Sentences that say why the run fails; empty where it passes.
        creep: The index of the estate first, then of principals, highest first; empty without an audit.
        notes: Sentences about the input: files that were skipped, what could not be read.
        names: What people call the principals of the findings, where that is not the principal itself, sorted.
    """

    version: str
    today: str
    inputs: tuple[str, ...]
    rules: tuple[Rule, ...]
    unjudged: tuple[Unjudged, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    severities: tuple[tuple[str, int], ...] = ()
    fixed: tuple[str, ...] = ()
    fail_on: str = "high"
    failed: tuple[str, ...] = ()
    creep: tuple[Creep, ...] = ()
    notes: tuple[str, ...] = ()
    names: tuple[tuple[str, str], ...] = ()


def count_states(findings: Iterable[Finding], fixed: int = 0) -> tuple[tuple[str, int], ...]:
    """Count findings by state, and what the baseline holds and nobody finds any more."""
    told = [finding.state for finding in findings]
    return (*((state, told.count(state)) for state in STATES), ("fixed", fixed))


def count_severities(findings: Iterable[Finding]) -> tuple[tuple[str, int], ...]:
    """Count open findings by severity."""
    told = [finding.rule.severity for finding in findings if finding.state == "open"]
    return tuple((severity, told.count(severity)) for severity in SEVERITIES)
