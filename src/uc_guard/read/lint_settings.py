"""Settings of a lint: the table `lint` of `uc_guard.toml`, or `[tool.uc_guard.lint]` of a `pyproject.toml`."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from uc_guard.errors import BadConfig, Problem
from uc_guard.model.finding import SEVERITIES
from uc_guard.model.lint import Exemption, LintSettings
from uc_guard.model.privilege import normalize_privilege

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LISTS = ("select", "ignore", "rules")
_KEYS = tuple(field.name for field in fields(LintSettings))
_EXEMPTION = tuple(field.name for field in fields(Exemption))
_REQUIRED = ("principal", "securable", "reason", "owner", "until")


def read_lint_settings(path: Path) -> LintSettings:
    """Read the settings of a lint from the file that holds the other settings too.

    Args:
        path: A `uc_guard.toml`, or a `pyproject.toml` with `[tool.uc_guard]`. `rules` are folders beside it.

    Raises:
        BadConfig: with every problem of the table.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        mend = f"check the path: {error.strerror}"
        raise BadConfig((Problem(str(path), "", "no readable file", "a TOML file", mend),)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfig((Problem(str(path), "", str(error), "valid TOML", "mend the syntax"),)) from error
    table = document.get("tool", {}).get("uc_guard", {}) if path.name == "pyproject.toml" else document
    lint: Any = table.get("lint", {})
    problems = [Problem(str(path), *rest) for rest in _wrong(lint)]
    if problems:
        raise BadConfig(tuple(problems))
    return LintSettings(
        **{key: tuple(lint.get(key, ())) for key in _LISTS if key != "rules"},
        rules=tuple(str(path.parent / folder) for folder in lint.get("rules", ())),
        fail_on=lint.get("fail_on", LintSettings().fail_on),
        severity=tuple(sorted(lint.get("severity", {}).items())),
        exempt=tuple(_exemption(row) for row in lint.get("exempt", ())),
    )


def _wrong(lint: Any) -> Iterator[tuple[str, str, str, str]]:  # noqa: ANN401 - whatever TOML holds
    if not isinstance(lint, dict):
        yield "key `lint`", f"`{lint}`", "a table `[lint]`", "write a table"
        return
    for key, value in cast("dict[str, Any]", lint).items():
        place = f"key `lint.{key}`"
        if key not in _KEYS:
            yield place, "an unknown key", "a setting of lint", _near(key, _KEYS)
        elif key in _LISTS and not _texts(value):
            yield place, f"`{value}`", "a list of strings", "correct the value"
        elif key == "fail_on" and value not in SEVERITIES:
            yield place, f"`{value}`", f"one of {', '.join(SEVERITIES)}", "correct the value"
        elif key == "severity":
            yield from _severities(value)
        elif key == "exempt":
            rows = cast("list[object]", value) if isinstance(value, list) else [value]
            for number, row in enumerate(rows, 1):
                yield from _row(f"`lint.exempt`, number {number}", row)


def _severities(value: Any) -> Iterator[tuple[str, str, str, str]]:  # noqa: ANN401 - as above
    if not isinstance(value, dict):
        yield "key `lint.severity`", f"`{value}`", "a table of severity by rule", 'write `UCG001 = "low"`'
        return
    for rule, severity in cast("dict[str, Any]", value).items():
        if severity not in SEVERITIES:
            place = f"key `lint.severity.{rule}`"
            yield place, f"`{severity}`", f"one of {', '.join(SEVERITIES)}", "correct the value"


def _row(place: str, row: Any) -> Iterator[tuple[str, str, str, str]]:  # noqa: ANN401 - as above
    if not isinstance(row, dict):
        yield place, f"`{row}`", "a table `[[lint.exempt]]`", "write each exemption as a table"
        return
    given = cast("dict[str, Any]", row)
    for key, value in given.items():
        if key not in _EXEMPTION:
            yield f"{place}, key `{key}`", "an unknown key", "a key of an exemption", _near(key, _EXEMPTION)
        elif key == "until":
            if not _is_day(value):
                yield f"{place}, key `until`", f"`{value}`", "a day such as 2027-03-31", "correct the value"
        elif not isinstance(value, str) or not value.strip():
            yield f"{place}, key `{key}`", f"`{value}`", "a text", "write a text"
    for key in _REQUIRED:
        if key not in given:
            yield f"{place}, key `{key}`", "nothing", "a text", "say who lives with what, why, and until when"
    if not given.get("rule") and not given.get("privilege"):
        yield place, "neither `rule` nor `privilege`", "one of them", "say what is exempt"


def _exemption(row: dict[str, Any]) -> Exemption:
    given = {key: str(row.get(key, "")).strip() for key in _EXEMPTION}
    return Exemption(**{**given, "privilege": normalize_privilege(given["privilege"]) if given["privilege"] else ""})


def _is_day(value: Any) -> bool:  # noqa: ANN401 - as above
    if isinstance(value, date):
        return True
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return len(str(value)) == 10


def _texts(value: Any) -> bool:  # noqa: ANN401 - as above
    return isinstance(value, list) and all(isinstance(item, str) for item in cast("list[object]", value))


def _near(key: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    return f"did you mean `{close[0]}`?" if close else f"known keys: {', '.join(known)}"
