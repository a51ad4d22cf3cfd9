"""The baseline: findings that were there before, so that only new ones fail a run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from uc_guard.errors import BadInput, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from uc_guard.model.finding import Finding

FORMAT = 1


@dataclass(frozen=True, slots=True, order=True)
class Known:
    """One finding of the baseline.

    Attributes:
        code: Its rule.
        fingerprint: Its fingerprint.
        message: What it said, for whoever reads the file.
    """

    code: str
    fingerprint: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The findings of an earlier run; `format` is the version of the file's shape."""

    findings: tuple[Known, ...] = ()
    format: int = FORMAT


def read_baseline(path: Path) -> Baseline:
    """Read a baseline.

    Raises:
        BadInput: when the file is missing, is none, or is of a newer version.
    """
    mend = "make it with `--update-baseline`"
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Baseline)
    except OSError as error:
        raise BadInput((Problem(str(path), "", f"{error.strerror}", "a baseline", mend),)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput((Problem(str(path), "", f"{error}", "a baseline", mend),)) from error
    if found.format != FORMAT:
        problem = Problem(str(path), "`format`", f"{found.format}", f"{FORMAT}", "use the version that wrote it")
        raise BadInput((problem,))
    return found


def encode_baseline(baseline: Baseline) -> bytes:
    """Give the file of a baseline: equal ones are equal bytes, one finding a line."""
    return msgspec.json.format(msgspec.json.encode(baseline), indent=1) + b"\n"


def known_before(
    findings: Iterable[Finding], baseline: Baseline, judged: Collection[str]
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Mark the findings of the baseline.

    Args:
        findings: The findings of this run.
        baseline: Those of an earlier one.
        judged: Codes of the rules that were judged.

    Returns:
        The findings, and the fingerprints that are found no more, sorted. A finding of a rule that was not judged is
        not fixed: nobody looked.
    """
    before = {known.fingerprint for known in baseline.findings}
    marked = tuple(
        replace(finding, state="baseline", reason="in the baseline")
        if finding.state == "open" and finding.fingerprint in before
        else finding
        for finding in findings
    )
    seen = {finding.fingerprint for finding in marked}
    fixed = {k.fingerprint for k in baseline.findings if k.fingerprint not in seen and k.code in judged}
    return marked, tuple(sorted(fixed))


def updated(findings: Iterable[Finding], baseline: Baseline, fixed: Iterable[str]) -> Baseline:
    """Give the baseline of this run: what is open or was known, without what is fixed."""
    now = {
        Known(finding.rule.code, finding.fingerprint, finding.message)
        for finding in findings
        if finding.state in {"open", "baseline"}
    }
    told = {known.fingerprint for known in now}
    gone = {*fixed, *told}
    kept = {known for known in baseline.findings if known.fingerprint not in gone}
    return Baseline(tuple(sorted(now | kept)))
