"""Rule files: found, read, and refused with every problem of every file at once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from uc_guard.errors import BadConfig, Problem
from uc_guard.judge.condition import known_facts, near, problems_of
from uc_guard.judge.facts import TABLES
from uc_guard.judge.mappings import DASF, OWASP_AGENTIC, OWASP_LLM
from uc_guard.judge.remedy import ABOUT, STATEMENTS
from uc_guard.model.finding import CONFIDENCES, PERSONAS, SEVERITIES, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FAMILIES = (
    "unused", "too-broad", "misplaced", "powerful", "rows-columns", "missing", "identity", "declared", "audit",
)  # fmt: skip
"""Families of rules, in the order of their pages."""

PLACEHOLDER = re.compile(r"\{(\w+)(?::(\w[\w ]*))?\}")
"""A fact in a message or remedy: `{securable}`, `{securable:sql}` in a statement, `{uses:time}` with its noun."""

_TEXTS = (
    "code", "name", "summary", "severity", "confidence", "persona", "family", "subject", "when", "message", "remedy",
    "why", "fix", "keep", "gaps",
)  # fmt: skip
_OPTIONAL = ("remedy",)
_AMONG = {
    "severity": SEVERITIES,
    "confidence": CONFIDENCES,
    "persona": PERSONAS,
    "family": FAMILIES,
    "subject": tuple(TABLES),
}
_MAPPINGS = {"dasf": DASF, "owasp_llm": OWASP_LLM, "owasp_agentic": OWASP_AGENTIC}
_KEYS = (*_TEXTS, *_MAPPINGS, "cases")
_CODE = re.compile(r"[A-Z]{2,8}\d{3}")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A rule with the file that it stands in.

    Attributes:
        path: The file.
        rule: What it tells.
        cases: Its examples, as they stand in the file; tests run them and pages show them.
    """

    path: Path
    rule: Rule
    cases: tuple[dict[str, Any], ...]


def built_in() -> Path:
    """Give the folder of the rules that come with uc_guard."""
    package = Path(__file__).resolve().parents[1]
    shipped = package / "rules"
    # A wheel holds them inside the package; in a working copy they stand at the top of the repository.
    return shipped if shipped.is_dir() else package.parents[1] / "rules"


def read_rules(folders: Iterable[Path]) -> tuple[Rule, ...]:
    """Read the rules of some folders, sorted by code.

    Raises:
        BadConfig: with every problem of every file, and with codes and names that are given twice.
    """
    return tuple(file.rule for file in read_rule_files(folders))


def read_rule_files(folders: Iterable[Path]) -> tuple[RuleFile, ...]:
    """Read the rule files of some folders, sorted by code; as `read_rules`."""
    problems: list[Problem] = []
    files: list[RuleFile] = []
    for folder in folders:
        found = sorted(folder.glob("*.toml")) if folder.is_dir() else []
        if not found:
            what = "no file `*.toml`" if folder.is_dir() else "no such folder"
            problems.append(Problem(str(folder), "", what, "a folder of rules", "check the path"))
        for path in found:
            document, wrong = _read(path)
            problems += wrong
            if document is not None and not wrong:
                files.append(_rule_file(path, document))
    problems += _twice(files)
    if problems:
        raise BadConfig(tuple(problems))
    return tuple(sorted(files, key=lambda file: file.rule.code))


def _read(path: Path) -> tuple[dict[str, Any] | None, list[Problem]]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        return None, [Problem(str(path), "", f"{error.strerror}", "a readable file", "check the file")]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return None, [Problem(str(path), "", str(error), "valid TOML", "mend the syntax")]
    return document, [*_shape(str(path), path.stem, document)]


def _shape(source: str, stem: str, document: dict[str, Any]) -> Iterator[Problem]:
    def wrong(key: str, found: str, expected: str, mend: str) -> Problem:
        return Problem(source, f"key `{key}`", found, expected, mend)

    for key in document:
        if key not in _KEYS:
            mend = near(key, _KEYS) + f"known keys: {', '.join(_KEYS)}"
            yield wrong(key, "an unknown key", "a key of a rule", mend)
    for key in _TEXTS:
        yield from _text(document, key, wrong)
    for key, known in _MAPPINGS.items():
        value = document.get(key, [])
        items = cast("list[object]", value) if isinstance(value, list) else [value]
        for item in (item for item in items if item not in known):
            yield wrong(key, f"`{item}`", f"a list of ids such as `{known[0]}` or `{known[-1]}`", "correct the id")
    cases = document.get("cases", [])
    if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cast("list[object]", cases)):
        yield wrong("cases", f"`{cases}`", "tables `[[cases]]`", "write each case as a table")
    name, code = document.get("name"), document.get("code")
    if isinstance(name, str) and (name != stem or not _NAME.fullmatch(name)):
        yield wrong("name", f"`{name}`", f"the name of the file in kebab case, `{stem}`", "give both the same name")
    if isinstance(code, str) and not _CODE.fullmatch(code):
        yield wrong("code", f"`{code}`", "capital letters and three digits, such as `ORG001`", "correct the code")
    yield from _facts(document, wrong)


def _text(document: dict[str, Any], key: str, wrong: Any) -> Iterator[Problem]:  # noqa: ANN401 - the maker of problems
    value = document.get(key, "" if key in _OPTIONAL else None)
    if value is None:
        yield wrong(key, "nothing", "a text", "add the key")
    elif not isinstance(value, str) or (not value.strip() and key not in _OPTIONAL):
        yield wrong(key, f"`{value}`", "a text", "write a text")
    elif key in _AMONG and value not in _AMONG[key]:
        yield wrong(
            key, f"`{value}`", f"one of {', '.join(_AMONG[key])}", near(value, _AMONG[key]) + "take one of them"
        )


def _facts(document: dict[str, Any], wrong: Any) -> Iterator[Problem]:  # noqa: ANN401 - the maker of problems
    contract = TABLES.get(str(document.get("subject")))
    if contract is None:
        return
    if isinstance(when := document.get("when"), str):
        for found, expected, mend in problems_of(when, contract):
            yield wrong("when", found, expected, mend)
    for key in ("message", "remedy"):
        text = str(document.get(key, ""))
        if {"{", "}"} & set(PLACEHOLDER.sub("", text)):
            yield wrong(key, f"`{text}`", "braces round the name of a fact only", known_facts(contract.columns))
        for name, form in PLACEHOLDER.findall(text):
            if key == "remedy" and name in STATEMENTS and set(ABOUT) <= set(contract.columns):
                continue
            if name not in contract.columns:
                mend = near(name, contract.columns) + known_facts(contract.columns)
                yield wrong(key, f"`{{{name}}}`", f"a fact of the table `{contract.name}`", mend)
            elif form not in {"", "sql"} and contract.columns[name].dtype != pl.Int64:
                yield wrong(key, f"`{{{name}:{form}}}`", "a noun after a number, or `sql`", "correct it")


def _rule_file(path: Path, document: dict[str, Any]) -> RuleFile:
    texts: dict[str, Any] = {key: str(document.get(key, "")).strip() for key in _TEXTS}
    ids: dict[str, Any] = {key: tuple(document.get(key, ())) for key in _MAPPINGS}
    return RuleFile(path, Rule(**texts, **ids), tuple(document.get("cases", ())))


def _twice(files: list[RuleFile]) -> Iterator[Problem]:
    for key in ("code", "name"):
        seen: dict[str, Path] = {}
        for file in files:
            value = getattr(file.rule, key)
            if value in seen:
                found = f"`{value}`, which `{seen[value]}` has too"
                yield Problem(str(file.path), f"key `{key}`", found, f"a {key} of its own", "take another one")
            seen.setdefault(value, file.path)
