"""The hand-written statements of `cases/`, one a line."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True, slots=True)
class Case:
    """One statement, and what the session holds when it runs.

    Attributes:
        text: The statement.
        place: `file:line`, for messages.
        temp_views: Temporary view -> its body.
        parameters: Named parameters of the statement.
    """

    text: str
    place: str
    temp_views: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, object] = field(default_factory=dict)


def read_cases(folder: Path = CASES) -> list[Case]:
    """Every case of every file, in order.

    A line is a statement; an indented line goes on with it. `#view name = query` and `#param name = literal` stand
    for the next statement alone; any other line with a `#` in front is a heading.
    """
    return [case for path in sorted(folder.glob("*.sql")) for case in _file(path)]


def _file(path: Path) -> list[Case]:
    found: list[Case] = []
    views: dict[str, str] = {}
    parameters: dict[str, object] = {}
    lines: list[str] = []
    start = 0

    def close() -> None:
        if lines:
            found.append(Case("\n".join(lines), f"{path.stem}:{start}", dict(views), dict(parameters)))
            lines.clear()
            views.clear()
            parameters.clear()

    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith((" ", "\t")):
            lines.append(line)
            continue
        close()
        word, _, rest = line.partition(" ")
        name, _, value = rest.partition(" = ")
        if word == "#view":
            views[name] = value
        elif word == "#param":
            parameters[name] = ast.literal_eval(value)
        elif line and not line.startswith("#"):
            lines.append(line)
            start = number
    close()
    return found
