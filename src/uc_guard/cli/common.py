"""What the commands share: their exit codes, how they read, write, show progress, and tell what went wrong."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    import polars as pl

    from uc_guard.model.settings import Settings
    from uc_guard.pipeline import Audit
    from uc_guard.snapshot import Snapshot
    from uc_guard.usage.statements import Progress

CLEAN, FINDINGS, BAD_INPUT, NOTHING_JUDGED, BUG = 0, 1, 2, 3, 70

Subjects = Annotated[
    list[str] | None,
    typer.Option(
        "--subject",
        "-s",
        metavar="WHO",
        help="Name, id or glob of a principal, or group:NAME; may repeat. Default: every service principal.",
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help="Settings. Default: ./uc_guard.toml, else ./pyproject.toml with our table."
    ),
]
Since = Annotated[str | None, typer.Option("--since", metavar="TIME", help="Start of the window, ISO 8601, UTC.")]
Cache = Annotated[
    Path | None,
    typer.Option(
        "--cache",
        metavar="DIR",
        envvar="UC_GUARD_CACHE",
        help="Keep readings here from run to run; it can hold texts of statements.",
    ),
]
Remember = Annotated[
    list[Path] | None,
    typer.Option(
        "--remember",
        metavar="JOURNAL",
        help="Of an earlier run: what it took and had to give back counts as needed; may repeat.",
    ),
]
Until = Annotated[str | None, typer.Option("--until", metavar="TIME", help="End of the window, exclusive.")]


def right_now() -> datetime:
    """Give the time, aware."""
    return datetime.now(UTC)


def among(*words: str) -> Callable[[str], str]:
    """Give the check of an option that takes one of these words."""
    known = " or ".join(words) if len(words) == 2 else f"one of {', '.join(words)}"

    def check(text: str) -> str:
        if text not in words:
            raise typer.BadParameter(f"`{text}` is not a format; use {known}")
        return text

    return check


@contextmanager
def told() -> Generator[None]:
    """Turn an error that a user can mend into its message and exit code."""
    from uc_guard.errors import NothingToJudge, UcGuardError  # noqa: PLC0415 - a command loads only what it needs

    try:
        yield
    except NothingToJudge as error:
        stop(f"nothing to judge: {error}", NOTHING_JUDGED)
    except UcGuardError as error:
        stop(str(error), BAD_INPUT)


def stop(message: str, code: int) -> NoReturn:
    """Print a message, made harmless, and leave with an exit code."""
    # SAFETY: messages show names from logs; a terminal must not obey them.
    safe = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in message)
    typer.echo(f"uc-guard: {safe}", err=True)
    raise typer.Exit(code)


def read_snapshot(folder: Path, since: str | None, until: str | None) -> Snapshot:
    """Read a folder of exports or a snapshot, cut to a window; leaves with a message where it does not fit."""
    from uc_guard.read.folder import read_folder  # noqa: PLC0415 - a command loads only what it needs

    with told():
        return read_folder(folder, since=instant(since, "--since"), until=instant(until, "--until"))
    raise AssertionError  # pragma: no cover - told always leaves


def instant(text: str | None, option: str) -> datetime | None:
    """Read the time that an option gives, aware."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"`{text}` is not a time; write 2026-09-01 or 2026-09-01T12:00Z", param_hint=option
        ) from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def config_file(config: Path | None) -> Path | None:
    """Give the file of the settings: the one named, else `uc_guard.toml` here, else `pyproject.toml` with our table."""
    if config is not None:
        return config
    if Path("uc_guard.toml").is_file():
        return Path("uc_guard.toml")
    project = Path("pyproject.toml")
    return project if project.is_file() and "[tool.uc_guard" in project.read_text("utf-8", "replace") else None


def settings_of(config: Path | None, subjects: list[str] | None) -> Settings:
    """Read the settings, and put the subjects of the command line in the place of theirs."""
    from dataclasses import replace  # noqa: PLC0415 - a command loads only what it needs

    from uc_guard.model.settings import Settings  # noqa: PLC0415 - as above
    from uc_guard.read.config import read_settings  # noqa: PLC0415 - as above

    file = config_file(config)
    settings = Settings()
    with told():
        if file is not None:
            settings = read_settings(file)
    return replace(settings, subjects=tuple(subjects)) if subjects else settings


def audited(
    snapshot: Snapshot, settings: Settings, cache: Path | None = None, remember: list[Path] | None = None
) -> Audit:
    """Audit a snapshot, with a bar where somebody watches."""
    from uc_guard.pipeline import audit  # noqa: PLC0415 - a command loads only what it needs

    with told(), progress_bar() as progress:
        return audit(snapshot, settings, progress, cache, needs_remembered(remember))
    raise AssertionError  # pragma: no cover - told always leaves


def needs_remembered(journals: list[Path] | None) -> pl.DataFrame | None:
    """Give what journals remember; None where none is named.

    Raises:
        BadInput: where a file is no journal.
    """
    if not journals:
        return None
    from uc_guard.apply.remember import remembered  # noqa: PLC0415 - rarely needed

    return remembered(journals)


def check_targets(targets: list[Path]) -> None:
    """Refuse files that cannot be written before anything long is done."""
    from uc_guard.errors import BadInput, Problem  # noqa: PLC0415 - a command loads only what it needs

    mend = "give another name"
    problems = [
        Problem(str(path), "", "no such folder", "an existing folder", "make it first")
        for path in targets
        if not path.parent.is_dir()
    ]
    problems += [Problem(str(path), "", "a folder", "the name of a file", mend) for path in targets if path.is_dir()]
    twice = sorted({str(path) for path in targets if targets.count(path) > 1})
    problems += [Problem(path, "", "one name for two outputs", "a name for each", mend) for path in twice]
    if problems:
        raise BadInput(tuple(problems))


def write_all(texts: Mapping[Path, bytes]) -> None:
    """Write all of the files, or none: each beside its name first, then all renamed."""
    from uc_guard.errors import BadInput, Problem  # noqa: PLC0415 - a command loads only what it needs

    # SAFETY: a pipe, or a link such as `/dev/stdout`, is written to and never replaced.
    plain = [path for path in texts if not path.is_symlink() and (path.is_file() or not path.exists())]
    partial = {path: path.with_name(f".{path.name}.partial") for path in plain}
    path = Path()
    try:
        for path in sorted(texts, key=lambda path: path not in partial):
            partial.get(path, path).write_bytes(texts[path])
        for path, beside in partial.items():
            beside.replace(path)
    except OSError as error:
        problem = Problem(str(path), "", f"{error.strerror}", "a file that can be written", "give another name")
        raise BadInput((problem,)) from error
    finally:
        for beside in partial.values():
            beside.unlink(missing_ok=True)


@contextmanager
def progress_bar() -> Generator[Progress | None]:
    """Give a progress callback that draws on a terminal's stderr; None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich import progress as rich  # noqa: PLC0415 - as above
    from rich.console import Console  # noqa: PLC0415 - only where it is drawn
    from rich.text import Text  # noqa: PLC0415 - as above

    class Rate(rich.ProgressColumn):
        def render(self, task: rich.Task) -> Text:
            return Text(f"{task.speed:,.0f}/s" if task.speed else "")

    columns = (
        rich.TextColumn("{task.description}"), rich.BarColumn(), rich.MofNCompleteColumn(), Rate(),
        rich.TimeRemainingColumn(),
    )  # fmt: skip
    with rich.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, int] = {}

        def show(what: str, done: int, total: int) -> None:
            task = tasks.setdefault(what, -1)
            if task < 0:
                task = tasks[what] = bar.add_task(what, total=total)
            bar.update(bar.task_ids[task], completed=done, total=total)

        yield show
