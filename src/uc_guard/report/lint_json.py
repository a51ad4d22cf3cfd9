"""Findings as JSON for programs, by a schema that is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from uc_guard.model.finding import Place, Rule  # noqa: TC001 - the schema is made of the types
from uc_guard.model.lint import Creep, Unjudged  # noqa: TC001 - as above

if TYPE_CHECKING:
    from collections.abc import Sequence

    from uc_guard.model.finding import Finding
    from uc_guard.model.lint import LintMeta

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Told:
    """One finding; its rule stands in `rules` under its code."""

    code: str
    severity: str
    state: str
    reason: str
    principal: str | None
    securable_type: str | None
    securable: str | None
    privilege: str | None
    message: str
    remedy: str
    place: Place | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Document:
    """What `uc-guard lint --format json` prints: all findings, those that do not count too, and their rules."""

    format: int
    version: str
    today: str
    inputs: tuple[str, ...]
    fail_on: str
    failed: tuple[str, ...]
    counts: dict[str, int]
    severities: dict[str, int]
    findings: tuple[Told, ...]
    fixed: tuple[str, ...]
    creep: tuple[Creep, ...]
    unjudged: tuple[Unjudged, ...]
    notes: tuple[str, ...]
    names: dict[str, str]
    rules: tuple[Rule, ...]


def render_lint_json(findings: Sequence[Finding], meta: LintMeta) -> str:
    """Give findings as JSON; `docs/reference/lint.schema.json` is its schema."""
    document = Document(
        format=FORMAT,
        version=meta.version,
        today=meta.today,
        inputs=meta.inputs,
        fail_on=meta.fail_on,
        failed=meta.failed,
        counts=dict(meta.counts),
        severities=dict(meta.severities),
        findings=tuple(_told(finding) for finding in findings),
        fixed=meta.fixed,
        creep=meta.creep,
        unjudged=meta.unjudged,
        notes=meta.notes,
        names=dict(meta.names),
        rules=tuple(rule for rule in meta.rules if rule.code in {finding.rule.code for finding in findings}),
    )
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def lint_schema() -> dict[str, Any]:
    """Give the JSON schema of what `render_lint_json` prints."""
    schema = msgspec.json.schema(Document)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "uc-guard lint", **schema}


def _told(finding: Finding) -> Told:
    return Told(
        code=finding.rule.code,
        severity=finding.rule.severity,
        state=finding.state,
        reason=finding.reason,
        principal=finding.principal,
        securable_type=finding.securable_type,
        securable=finding.securable,
        privilege=finding.privilege,
        message=finding.message,
        remedy=finding.remedy,
        place=finding.place,
        fingerprint=finding.fingerprint,
    )
