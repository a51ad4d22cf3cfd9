"""What every form of output says of a finding: where it is, whether it fails the run, why it does not count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.model.finding import SEVERITIES
from uc_guard.model.privilege import spoken
from uc_guard.report.wording import clean, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from uc_guard.model.finding import Finding
    from uc_guard.model.lint import LintMeta

LONGEST_MESSAGE = 1000
"""Characters of one message; a sentence with two full names in it stays whole."""

_STATES = {"baseline": "known before", "exempt": "exempted", "ignored": "ignored"}


def where(finding: Finding) -> str:
    """Give `path:line:column`, or what of the workspace it is about; empty where that is nothing in particular."""
    place = finding.place
    if place is not None:
        return shorten(clean(f"{place.path}:{place.line}:{place.column}"))
    return shorten(clean(about(finding)))


def about(finding: Finding) -> str:
    """Give what of the workspace a finding is about: a securable with its type, else the principal."""
    if finding.securable is None:
        return finding.principal or ""
    kind = "" if finding.securable_type is None else f"{spoken(finding.securable_type).lower()} "
    return f"{kind}{finding.securable}"


def message(finding: Finding, most: int = LONGEST_MESSAGE) -> str:
    """Give the sentence of a finding, harmless and on one line."""
    return shorten(clean(finding.message), most)


def reason(finding: Finding) -> str:
    """Say why a finding does not count; empty where it does."""
    if finding.state == "open":
        return ""
    why = shorten(clean(finding.reason), LONGEST_MESSAGE)
    state = _STATES[finding.state]
    return f"{state}: {why}" if why else state


def fails(finding: Finding, meta: LintMeta) -> bool:
    """Tell whether a finding is open and as grave as what fails the run."""
    grave = SEVERITIES.index(finding.rule.severity) >= SEVERITIES.index(meta.fail_on)
    return finding.state == "open" and grave


def open_first(findings: Sequence[Finding]) -> list[Finding]:
    """Give findings with the open ones first, the gravest of each first; otherwise their order is kept."""
    return sorted(findings, key=lambda f: (f.state != "open", -SEVERITIES.index(f.rule.severity)))


def whole(text: str) -> str:
    """Give a text of several lines with each line harmless, and nothing left out."""
    return "\n".join(clean(line) for line in text.splitlines())
