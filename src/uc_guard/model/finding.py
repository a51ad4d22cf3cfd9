"""What a rule complains of: a finding, the rule that it comes from, and the place that it points to."""

from __future__ import annotations

from dataclasses import dataclass

SEVERITIES = ("info", "low", "medium", "high", "critical")
CONFIDENCES = ("low", "medium", "high")
PERSONAS = ("security", "developer", "owner")
STATES = ("open", "baseline", "exempt", "ignored")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file a finding points.

    Attributes:
        path: Path as given on the command line, with `/`.
        line: First line, from 1.
        column: First column, from 1, in characters.
        end_line: Last line, inclusive.
        end_column: Column after the last character.
        source: The lines from `line` to `end_line`, for an excerpt; hostile text, clean it before showing.
    """

    path: str
    line: int
    column: int = 1
    end_line: int | None = None
    end_column: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, as its file tells.

    Attributes:
        code: Stable and never reused: `UCG` and three digits.
        name: A complaint in kebab case; the name of its file.
        summary: One sentence.
        severity: One of `SEVERITIES`.
        confidence: One of `CONFIDENCES`.
        persona: Who acts on it, one of `PERSONAS`.
        family: Its family, for example `unused`.
        subject: The fact table that it is judged on.
        when: A boolean SQL expression over the columns of that table.
        message: The sentence of a finding; `{column}` is replaced by the fact.
        remedy: What mends it, as SQL or in words, with the same placeholders; empty where nothing fits all cases.
        why: Why it matters, Markdown.
        fix: How to mend it, Markdown.
        keep: When to keep what it complains of, Markdown.
        gaps: What it does not see, Markdown.
        dasf: DASF 2.0 risk and control ids.
        owasp_llm: OWASP LLM 2025 ids.
        owasp_agentic: OWASP agentic 2026 ids.
    """

    code: str
    name: str
    summary: str
    severity: str
    confidence: str
    persona: str
    family: str
    subject: str
    when: str
    message: str
    remedy: str = ""
    why: str = ""
    fix: str = ""
    keep: str = ""
    gaps: str = ""
    dasf: tuple[str, ...] = ()
    owasp_llm: tuple[str, ...] = ()
    owasp_agentic: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One complaint about one thing.

    Attributes:
        rule: The rule that it comes from.
        principal: Whom it concerns; None where nobody in particular.
        securable_type: Type of the securable; None where none.
        securable: Full name of the securable; None where none.
        privilege: The privilege; None where none.
        message: One sentence with the facts.
        remedy: What mends it: a statement, or words.
        place: Where in a file it stands; None where it comes from a workspace.
        fingerprint: Hash of what it is about, the same when lines move: 16 hexadecimal digits.
        state: One of `STATES`; all but `open` are counted and do not fail a run.
        reason: Why it is not open.
    """

    rule: Rule
    principal: str | None
    securable_type: str | None
    securable: str | None
    privilege: str | None
    message: str
    remedy: str
    place: Place | None
    fingerprint: str
    state: str = "open"
    reason: str = ""
