"""Finds the files of a repository that can declare something, and opens them; whatever git ignores is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from uc_guard.errors import BadInput, Problem
from uc_guard.model.lock import FILE as LOCK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pathspec import GitIgnoreSpec

_SKIPPED = frozenset({
    ".git", ".hg", ".svn", "node_modules", ".venv", "venv", ".tox", ".nox", ".terraform", ".databricks", "__pycache__",
    ".mypy_cache", ".ruff_cache", ".pytest_cache", "site-packages", ".ipynb_checkpoints", ".idea",
})  # fmt: skip
_ENDINGS = (".sql", ".py", ".ipynb", ".tf", ".json", ".toml", ".yml", ".yaml", ".scala", ".r")


class Candidate(NamedTuple):
    """A file that could declare something.

    Attributes:
        file: Where it is.
        shown: What messages call it: as given on the command line, with `/`.
        root: The folder that is read.
        is_named: The command line names the file itself.
    """

    file: Path
    shown: str
    root: Path
    is_named: bool


class _Rules(NamedTuple):
    """The ignore file of a folder."""

    folder: str
    spec: GitIgnoreSpec


def candidates(paths: Sequence[Path]) -> list[Candidate]:
    """Give the files under some paths that can declare something by their names, sorted, each once.

    Raises:
        BadInput: with every path that is neither a file nor a folder.
    """
    problems = [
        Problem(str(path), "", "no file or folder", "a path that exists", "correct the path")
        for path in paths
        if not path.exists()
    ]
    if problems:
        raise BadInput(tuple(problems))
    found: dict[str, Candidate] = {}
    for path in paths:
        files = [Candidate(path, path.as_posix(), path.parent, is_named=True)] if path.is_file() else _walk(path)
        for one in files:
            real = str(one.file.absolute())
            if one.is_named or real not in found:
                found[real] = one
    return sorted(found.values(), key=lambda one: one.shown)


def could_declare(name: str) -> bool:
    """Tell whether a file of this name can declare something."""
    return name.lower().endswith(_ENDINGS) or name in {"MLmodel", LOCK}


def _walk(root: Path) -> Iterator[Candidate]:
    home = root.resolve()
    above = _rules_above(home)
    # A folder that is ignored, and named all the same, is meant.
    waiting = [(root, home, [] if _is_ignored(f"{home}/", above) else above)]
    while waiting:
        folder, real, rules = waiting.pop()
        try:
            entries = sorted(folder.iterdir())
        except OSError:  # a folder that may not be read declares nothing to us
            continue
        rules = [*rules, *_rules_in(real)]
        for path in entries:
            name = path.name
            if path.is_dir() and not path.is_symlink():
                if name not in _SKIPPED and not _is_ignored(f"{real / name}/", rules):
                    waiting.append((path, real / name, rules))
            elif could_declare(name) and not _is_ignored(str(real / name), rules) and _is_inside(path, home):
                yield Candidate(path, path.as_posix(), root, is_named=False)


def _is_inside(path: Path, home: Path) -> bool:
    """Tell whether a file is one, and no link out of the folder that is read."""
    return path.is_file() and (not path.is_symlink() or path.resolve().is_relative_to(home))


def _rules_above(home: Path) -> list[_Rules]:
    """Give the ignore files from the root of the repository down to a folder, the folder itself left out."""
    root = next((folder for folder in (home, *home.parents) if (folder / ".git").exists()), home)
    above = [folder for folder in home.parents if folder.is_relative_to(root)]
    return [rules for folder in reversed(above) for rules in _rules_in(folder)]


def _rules_in(folder: Path) -> list[_Rules]:
    file = folder / ".gitignore"
    if not file.is_file():
        return []
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - only where there is an ignore file

    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        return [_Rules(str(folder), GitIgnoreSpec.from_lines(lines))]
    except (OSError, ValueError):  # a pattern that is none ignores nothing
        return []


def _is_ignored(path: str, rules: list[_Rules]) -> bool:
    """Tell whether git ignores a path; the rules of the innermost folder go first."""
    for folder, spec in reversed(rules):
        verdict = spec.check_file(path[len(folder) + 1 :]).include
        if verdict is not None:
            return verdict
    return False
