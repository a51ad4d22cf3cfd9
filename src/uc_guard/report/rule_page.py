"""The page of a rule, and the index of all of them, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from uc_guard.judge.rules import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from uc_guard.judge.rules import RuleFile
    from uc_guard.model.finding import Rule

_TITLES = {
    "unused": "Held and never needed",
    "too-broad": "Too broad",
    "misplaced": "Misplaced",
    "powerful": "Powerful",
    "rows-columns": "Rows and columns",
    "missing": "Missing",
    "identity": "Identity",
    "declared": "Declared, granted, used",
    "audit": "About the audit itself",
}
_SECTIONS = (
    ("why", "Why it matters"),
    ("fix", "How to mend it"),
    ("keep", "When to keep it"),
    ("gaps", "What it does not see"),
)
_OPTIONS = {
    "days": "Days that the log covers",
    "absent": "Not in the snapshot",
    "incomplete": "Incomplete in the snapshot",
    "today": "Today",
}


def render_rule(file: RuleFile) -> str:
    """Give the page of a rule."""
    rule = file.rule
    lines = [f"# {rule.code} {rule.name}", "", rule.summary, "", *_traits(rule), ""]
    for name, title in _SECTIONS:
        lines += [f"## {title}", "", getattr(rule, name), ""]
    lines += ["## When it fires", "", f"Judged on the facts [{rule.subject}](../facts.md#{rule.subject}):", ""]
    lines += ["```sql", rule.when, "```", "", *_mappings(rule), "## Examples", ""]
    for case in file.cases:
        lines += [*_case(case), ""]
    return "\n".join(lines)


def render_index(files: Sequence[RuleFile]) -> str:
    """Give the index of rules, by family."""
    lines: list[str] = []
    for family in FAMILIES:
        rules = [file.rule for file in files if file.rule.family == family]
        rows = [
            (f"[{r.code}](rules/{r.code}.md)", f"`{r.name}`", r.severity, r.confidence, r.persona, r.summary)
            for r in rules
        ]
        head = ("code", "name", "severity", "confidence", "who acts", "what it says")
        lines += [f"## {_TITLES[family]}", "", *_table(head, rows), ""] if rows else []
    return "\n".join(lines)


def _traits(rule: Rule) -> list[str]:
    row = (rule.severity, rule.confidence, rule.persona, _TITLES[rule.family])
    return _table(("severity", "confidence", "who acts", "family"), [row])


def _mappings(rule: Rule) -> list[str]:
    named = (
        ("Databricks AI Security Framework 2.0", rule.dasf),
        ("OWASP Top 10 for LLM Applications 2025", rule.owasp_llm),
        ("OWASP Top 10 for Agentic Applications 2026", rule.owasp_agentic),
    )
    rows = [(name, ", ".join(ids)) for name, ids in named if ids]
    return ["## Mappings", "", *_table(("framework", "ids"), rows), ""] if rows else []


def _case(case: Mapping[str, Any]) -> Iterator[str]:
    finds = cast("list[str]", case["finds"])
    yield f"### {'Fires' if finds else 'Silent'}: {case['name']}"
    yield ""
    for name, text in cast("dict[str, str]", case.get("files", {})).items():
        language = "sql" if name.endswith(".sql") else "text"
        yield from (f"`{name}`", "", f"```{language}", text.strip(), "```", "")
    if case.get("given"):
        yield from ("```text", *cast("list[str]", case["given"]), "```", "")
    for key, title in _OPTIONS.items():
        if key in case:
            value = case[key]
            yield f"{title}: {', '.join(cast('list[str]', value)) if isinstance(value, list) else value}."
            yield ""
    for row in cast("list[dict[str, str]]", case.get("exempt", [])):
        yield from ("```text", "[[lint.exempt]]", *(f'{key} = "{value}"' for key, value in row.items()), "```", "")
    yield from (f"> {message}" for message in finds) if finds else ("Nothing is found.",)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    cells = [tuple(cell.replace("|", "\\|") for cell in row) for row in rows]
    return [f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *cells)]
