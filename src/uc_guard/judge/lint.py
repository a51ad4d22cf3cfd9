"""A lint from end to end: facts, rules, what is excused, what is new, and whether it fails."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from uc_guard import __version__
from uc_guard.judge.baseline import Baseline, known_before, updated
from uc_guard.judge.exempt import chosen, excuse, exemption_facts
from uc_guard.judge.gather import gather
from uc_guard.judge.judge import Judgement, in_order, judge
from uc_guard.judge.rules import built_in, read_rules
from uc_guard.model.finding import SEVERITIES
from uc_guard.model.lint import Creep, LintMeta, LintSettings, count_severities, count_states

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from uc_guard.judge.facts import Facts
    from uc_guard.model.finding import Finding, Rule
    from uc_guard.pipeline import Audit
    from uc_guard.read.declared import Declared

_OF_SETTINGS = "exemption"
_NOTHING_KNOWN = Baseline()


@dataclass(frozen=True, slots=True)
class Lint:
    """What a lint found.

    Attributes:
        findings: All of them, also those that are exempt, ignored or in the baseline; the gravest first.
        meta: What it was of, and what it counts.
        baseline: The baseline for the next run: what is open or was known, without what is fixed.
    """

    findings: tuple[Finding, ...]
    meta: LintMeta
    baseline: Baseline

    @property
    def failed(self) -> bool:
        """Whether a pull request with it should not be merged."""
        return bool(self.meta.failed)

    def _repr_html_(self) -> str:
        from uc_guard.report.notebook_findings import render_findings_notebook  # noqa: PLC0415 - only for a notebook

        return render_findings_notebook(self.findings, self.meta)


def lint(
    audit: Audit | None = None,
    declared: Declared | None = None,
    *,
    today: date,
    settings: LintSettings | None = None,
    rules: Sequence[Rule] | None = None,
    baseline: Baseline = _NOTHING_KNOWN,
) -> Lint:
    """Judge an audit, what files declare, or both.

    Args:
        audit: What `uc_guard.audit` gives.
        declared: What `uc_guard.read.declared.read_declared` gives.
        today: The day of the judgement; exemptions expire by it.
        settings: Rules chosen, severities, exemptions, threshold; None = the defaults.
        rules: The rules; None = those that come with uc_guard, and those of the folders in the settings.
        baseline: Findings of an earlier run, which do not fail this one.

    Raises:
        BadConfig: when a rule file or a setting does not fit.
    """
    settings = settings or LintSettings()
    picked = chosen(all_rules(settings) if rules is None else rules, settings)
    facts = gather(audit, declared, today)
    told = _judged(picked, facts, settings, today)
    judged = {rule.code for rule in picked} - {rule.code for rule in told.unjudged}
    findings, fixed = known_before(excuse(told.findings, settings, today, facts.names), baseline, judged)
    meta = LintMeta(
        version=__version__,
        today=today.isoformat(),
        inputs=(),
        rules=picked,
        unjudged=told.unjudged,
        fixed=fixed,
        creep=_creep(audit),
        names=_named(findings, facts.names),
        notes=tuple(_notes(audit, declared)),
    )
    return Lint(findings, _counted(meta, findings, settings.fail_on), updated(findings, baseline, fixed))


def all_rules(settings: LintSettings) -> tuple[Rule, ...]:
    """Read the rules that come with uc_guard and those of the folders in the settings.

    Raises:
        BadConfig: with every problem of every file.
    """
    from pathlib import Path  # noqa: PLC0415 - a caller with rules of its own needs none

    return read_rules([built_in(), *(Path(folder) for folder in settings.rules)])


def over_budget(found: Lint, max_index: float | None, max_new: int | None) -> Lint:
    """Add to what fails a lint: an index above the most allowed, more open findings than allowed."""
    told = [*found.meta.failed]
    high = [value for value in found.meta.creep if max_index is not None and value.now > max_index]
    if high:
        worst = max(high, key=lambda value: value.now)
        who = "the estate" if worst.principal is None else worst.principal
        told.append(f"the privilege creep index of {who} is {worst.now:.1f}, above {max_index:g}")
    new = dict(found.meta.counts)["open"]
    if max_new is not None and new > max_new:
        told.append(f"{new} new finding{'s' * (new != 1)}, more than {max_new}")
    return replace(found, meta=replace(found.meta, failed=tuple(told)))


def _judged(rules: Sequence[Rule], facts: Facts, settings: LintSettings, today: date) -> Judgement:
    """Judge by all rules; those about exemptions come last, since they ask what the others found."""
    first = judge((rule for rule in rules if rule.subject != _OF_SETTINGS), facts)
    frames = {_OF_SETTINGS: exemption_facts(first.findings, settings, today, facts.names)}
    second = judge((rule for rule in rules if rule.subject == _OF_SETTINGS), replace(facts, frames=frames))
    return Judgement(in_order((*first.findings, *second.findings)), first.unjudged)


def _counted(meta: LintMeta, findings: Sequence[Finding], fail_on: str) -> LintMeta:
    return replace(
        meta,
        counts=count_states(findings, len(meta.fixed)),
        severities=count_severities(findings),
        fail_on=fail_on,
        failed=tuple(_reasons(findings, fail_on)),
    )


def _reasons(findings: Iterable[Finding], fail_on: str) -> Iterable[str]:
    least = SEVERITIES.index(fail_on)
    grave = sum(f.state == "open" and SEVERITIES.index(f.rule.severity) >= least for f in findings)
    if grave:
        above = "" if fail_on == SEVERITIES[-1] else " or graver"
        yield f"{grave} finding{'s' * (grave != 1)} of severity {fail_on}{above}"


def _named(findings: Iterable[Finding], names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    about = {finding.principal for finding in findings if finding.principal is not None}
    return tuple(sorted((principal, names[principal]) for principal in about if principal in names))


def _notes(audit: Audit | None, declared: Declared | None) -> Iterable[str]:
    if declared is not None:
        yield f"{declared.files:,} file{'s were' if declared.files != 1 else ' was'} looked at"
    if audit is not None:
        yield from audit.snapshot.manifest.notes


def _creep(audit: Audit | None) -> tuple[Creep, ...]:
    if audit is None:
        return ()
    from uc_guard.access.creep import estate_index  # noqa: PLC0415 - of no use without a workspace

    rows = audit.creep.select("principal", "index_before", "index_after").iter_rows()
    each = sorted((Creep(who, now, after) for who, now, after in rows), key=lambda c: (-c.now, c.principal or ""))
    return (Creep(None, *estate_index(audit.creep)), *each)
