"""The command `lint`: paths in, findings out, an exit code that a pipeline of CI obeys."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uc_guard.cli.common import (
    CLEAN,
    FINDINGS,
    NOTHING_JUDGED,
    Config,
    among,
    audited,
    check_targets,
    config_file,
    read_snapshot,
    settings_of,
    stop,
    told,
    write_all,
)
from uc_guard.model.finding import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from uc_guard.judge.baseline import Baseline
    from uc_guard.judge.lint import Lint
    from uc_guard.model.finding import Finding
    from uc_guard.model.lint import LintMeta, LintSettings
    from uc_guard.pipeline import Audit
    from uc_guard.read.declared import Declared

_WRITERS = {
    "json": ("uc_guard.report.lint_json", "render_lint_json"),
    "sarif": ("uc_guard.report.sarif", "render_sarif"),
    "junit": ("uc_guard.report.junit", "render_junit"),
    "markdown": ("uc_guard.report.comment", "render_comment"),
}
FORMATS = ("text", *_WRITERS, "html")


def _severity(text: str | None) -> str | None:
    if text is not None and text not in SEVERITIES:
        raise typer.BadParameter(f"`{text}` is no severity; use one of {', '.join(SEVERITIES)}")
    return text


def _day(text: str | None) -> str | None:
    try:
        return text and date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise typer.BadParameter(f"`{text}` is not a day; write 2026-11-30") from error


Paths = Annotated[
    list[Path],
    typer.Argument(metavar="PATH", help="Folder of a snapshot or of exports; or files and folders of a repository."),
]
Form = Annotated[
    str,
    typer.Option("--format", metavar="|".join(FORMATS), help="How to print the findings.", callback=among(*FORMATS)),
]
Output = Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write to a file, not to stdout.")]
FailOn = Annotated[
    str | None,
    typer.Option(
        "--fail-on", metavar="SEVERITY", help="Least severity that fails the run. Default: high.", callback=_severity
    ),
]
MaxIndex = Annotated[
    float | None, typer.Option("--max-index", metavar="N", min=0, help="Fail where a privilege creep index is above N.")
]
MaxNew = Annotated[
    int | None, typer.Option("--max-new", metavar="N", min=0, help="Fail on more than N findings, whatever severity.")
]
BaselineFile = Annotated[
    Path | None, typer.Option("--baseline", metavar="FILE", help="Findings of an earlier run, which do not fail.")
]
Update = Annotated[
    bool, typer.Option("--update-baseline", help="Write the findings of this run to the file of `--baseline`.")
]
RuleFolders = Annotated[
    list[Path] | None, typer.Option("--rules", metavar="DIR", help="Folder of rules of your own; may repeat.")
]
Select = Annotated[
    list[str] | None, typer.Option("--select", metavar="CODES", help="Only these rules: codes, their starts, or names.")
]
Ignore = Annotated[
    list[str] | None, typer.Option("--ignore", metavar="CODES", help="Count what these rules find, and do not show it.")
]
Today = Annotated[
    str | None, typer.Option("--today", metavar="DAY", help="Judge as of this day. Default: today.", callback=_day)
]
Every = Annotated[bool, typer.Option("--all", help="Show also what is exempt, ignored or in the baseline (text).")]


def lint_command(  # noqa: PLR0913, PLR0917 - one argument an option
    paths: Paths,
    form: Form = "text",
    output: Output = None,
    fail_on: FailOn = None,
    max_index: MaxIndex = None,
    max_new: MaxNew = None,
    baseline: BaselineFile = None,
    update_baseline: Update = False,  # noqa: FBT002 - typer makes a flag of it
    rules: RuleFolders = None,
    select: Select = None,
    ignore: Ignore = None,
    config: Config = None,
    today: Today = None,
    every: Every = False,  # noqa: FBT002 - as above
) -> None:
    """Judge what a repository declares, or what a workspace holds; fail a pull request that gives too much."""
    from uc_guard.judge.lint import lint, over_budget  # noqa: PLC0415 - a command loads only what it needs

    if update_baseline and baseline is None:
        raise typer.BadParameter("say which file with --baseline", param_hint="--update-baseline")
    with told():
        check_targets([path for path in (output, baseline if update_baseline else None) if path])
        settings = _lint_settings(config, rules, select, ignore)
        settings = replace(settings, fail_on=fail_on or settings.fail_on)
        known = _baseline(baseline, update=update_baseline)
    found, declared = _read(paths, config)
    if max_index is not None and found is None:
        raise typer.BadParameter(
            "give a snapshot or a folder of exports too: files have no index", param_hint="--max-index"
        )
    with told():
        day = date.fromisoformat(today) if today else datetime.now(UTC).date()
        result = lint(found, declared, today=day, settings=settings, baseline=known)
    result = over_budget(result, max_index, max_new)
    result = replace(result, meta=replace(result.meta, inputs=tuple(path.as_posix() for path in paths)))
    if update_baseline and baseline is not None:
        _update(baseline, result)
    _print(_rendered(result, found, form, every=every, color=output is None and _colours()), output)
    raise typer.Exit(FINDINGS if result.failed and not update_baseline else CLEAN)


# -- what comes in -----------------------------------------------------------------------------------------------------


def _lint_settings(
    config: Path | None, rules: list[Path] | None, select: list[str] | None, ignore: list[str] | None
) -> LintSettings:
    from uc_guard.model.lint import LintSettings  # noqa: PLC0415 - a command loads only what it needs
    from uc_guard.read.lint_settings import read_lint_settings  # noqa: PLC0415 - as above

    file = config_file(config)
    settings = read_lint_settings(file) if file else LintSettings()
    return replace(
        settings,
        rules=(*settings.rules, *(str(folder) for folder in rules or ())),
        select=_words(select) or settings.select,
        ignore=(*settings.ignore, *_words(ignore)),
    )


def _words(given: list[str] | None) -> tuple[str, ...]:
    return tuple(word.strip() for text in given or () for word in text.split(",") if word.strip())


def _read(paths: list[Path], config: Path | None) -> tuple[Audit | None, Declared | None]:
    """Read folders of a workspace as an audit, and everything else as what a repository declares."""
    from uc_guard.read.folder import is_workspace  # noqa: PLC0415 - a command loads only what it needs

    workspaces = [path for path in paths if is_workspace(path)]
    files = [path for path in paths if path not in workspaces]
    if len(workspaces) > 1:
        raise typer.BadParameter(f"`{workspaces[0]}` and `{workspaces[1]}` are two workspaces; give one at a time")
    found = declared = None
    if files:
        from uc_guard.read.declared import read_declared  # noqa: PLC0415 - as above

        with told():
            declared = read_declared(files)
    if workspaces:
        found = audited(read_snapshot(workspaces[0], None, None), settings_of(config, None))
    elif declared is None or not (declared.grants.height or declared.agents or declared.problems):
        stop("nothing to judge: no file declares a grant, an owner, a mask or an agent", NOTHING_JUDGED)
    return found, declared


# -- what goes out -----------------------------------------------------------------------------------------------------


def _baseline(path: Path | None, *, update: bool) -> Baseline:
    from uc_guard.judge.baseline import Baseline, read_baseline  # noqa: PLC0415 - a command loads only what it needs

    return Baseline() if path is None or (update and not path.exists()) else read_baseline(path)


def _update(path: Path, result: Lint) -> None:
    from uc_guard.judge.baseline import encode_baseline  # noqa: PLC0415 - a command loads only what it needs

    with told():
        write_all({path: encode_baseline(result.baseline)})


def _print(text: str, output: Path | None) -> None:
    if output is None:
        out: object = sys.stdout
        if isinstance(out, TextIOWrapper):
            out.reconfigure(errors="replace")  # a name that the terminal cannot spell must not end the report
        sys.stdout.write(text)
        return
    with told():
        write_all({output: text.encode()})


def _colours() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def _rendered(result: Lint, found: Audit | None, form: str, *, every: bool, color: bool) -> str:
    # A command loads only what it needs.
    if form == "text":
        from uc_guard.report.lint_text import render_text  # noqa: PLC0415

        return render_text(result.findings, result.meta, color=color, every=every)
    if form == "html":
        from uc_guard.report.page import render_page  # noqa: PLC0415

        return render_page(found, result.findings, result.meta)
    module, name = _WRITERS[form]
    render: Callable[[tuple[Finding, ...], LintMeta], str] = getattr(import_module(module), name)
    return render(result.findings, result.meta)
