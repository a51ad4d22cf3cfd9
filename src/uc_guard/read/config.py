"""Settings from `uc_guard.toml`, or from `[tool.uc_guard]` of a `pyproject.toml`."""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
from typing import TYPE_CHECKING, Any, cast, get_type_hints

from uc_guard.errors import BadConfig, Problem
from uc_guard.model.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

_SHARES = ("stable_share", "max_opaque_share")
_COUNTS = ("min_window_days", "grace_days", "solve_limit")
_MODES = ("tight", "stable")


def read_settings(path: Path) -> Settings:
    """Read settings from a TOML file.

    Args:
        path: A `uc_guard.toml`, whose top level holds the settings, or a `pyproject.toml` with `[tool.uc_guard]`.

    Raises:
        BadConfig: with every problem of the file.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadConfig(
            (Problem(str(path), "", "no readable file", "a TOML file", f"check the path: {error.strerror}"),)
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfig((Problem(str(path), "", str(error), "valid TOML", "mend the syntax"),)) from error
    table = document.get("tool", {}).get("uc_guard", {}) if path.name == "pyproject.toml" else document
    # The table of the lint has a reader of its own.
    table = {key: value for key, value in table.items() if key != "lint"}
    problems = [problem for key, value in table.items() if (problem := _wrong(str(path), key, value))]
    if problems:
        raise BadConfig(tuple(problems))
    return Settings(**{key: _frozen(value) for key, value in table.items()})


def _frozen(value: Any) -> Any:  # noqa: ANN401 - whatever TOML holds
    return tuple(cast("list[str]", value)) if isinstance(value, list) else value


def _wrong(source: str, key: str, value: Any) -> Problem | None:  # noqa: ANN401 - whatever TOML holds
    types = get_type_hints(Settings)
    if key not in types:
        near = difflib.get_close_matches(key, types, n=1)
        known = f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(sorted(types))}"
        return Problem(source, f"key `{key}`", "an unknown key", "a setting", known)
    expected = _expected(key, types[key], value)
    return Problem(source, f"key `{key}`", f"`{value}`", expected, "correct the value") if expected else None


def _expected(key: str, wanted: Any, value: Any) -> str:  # noqa: ANN401 - as above
    """Say what the value should be; empty where it is right."""
    if wanted is bool:
        return "" if isinstance(value, bool) else "true or false"
    if key == "mode":
        return "" if value in _MODES else "`tight` or `stable`"
    if wanted is int or wanted is float:
        return _number(key, wanted, value)
    right = isinstance(value, list) and all(isinstance(item, str) for item in cast("list[object]", value))
    return "" if right else "a list of strings"


def _number(key: str, wanted: Any, value: Any) -> str:  # noqa: ANN401 - whatever TOML holds
    allowed = int if wanted is int else (int, float)
    if isinstance(value, bool) or not isinstance(value, allowed):
        return "a whole number" if wanted is int else "a number"
    if key in _SHARES and not 0 <= value <= 1:
        return "a share from 0 to 1"
    if key == "sensitive_weight" and value == 0:
        return "a number above 0"
    return "a number of at least 0" if value < 0 else ""


def setting_names() -> tuple[str, ...]:
    """Give the names of all settings, in the order of their documentation."""
    return tuple(field.name for field in dataclasses.fields(Settings))
