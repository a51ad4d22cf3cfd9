"""The command `backtest`: what plans from the past would have denied later."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from uc_guard.cli.commands import Folder, Format  # noqa: TC001 - typer reads the annotations
from uc_guard.cli.common import (
    CLEAN,
    FINDINGS,
    NOTHING_JUDGED,
    Cache,
    Config,
    Since,
    Subjects,
    Until,
    check_targets,
    progress_bar,
    read_snapshot,
    settings_of,
    told,
    write_all,
)

if TYPE_CHECKING:
    from uc_guard.backtest import Backtest

_DAYS = re.compile(r"([0-9]{1,5})d?")
_WINDOWS = "7d,14d,30d,60d,90d"


def backtest_command(  # noqa: PLR0913, PLR0917 - one argument an option
    folder: Folder,
    holdout: Annotated[
        str, typer.Option("--holdout", metavar="DAYS", help="How much of the end of the log is kept back: 14d.")
    ] = "14d",
    windows: Annotated[
        str, typer.Option("--windows", metavar="DAYS,...", help="Lengths of the windows before it.")
    ] = _WINDOWS,
    svg: Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="The curves over the windows, SVG.")] = None,
    subject: Subjects = None,
    config: Config = None,
    since: Since = None,
    until: Until = None,
    form: Format = "text",
    cache: Cache = None,
) -> None:
    """Plan as of some time ago from logs of several lengths, and say what each plan would have denied since."""
    from uc_guard.backtest import backtest  # noqa: PLC0415 - a command loads only what it needs

    back, lengths = _days(holdout, "--holdout"), [_days(word, "--windows") for word in windows.split(",")]
    if svg:
        with told():
            check_targets([svg])
    settings = settings_of(config, subject)
    snapshot = read_snapshot(folder, since, until)
    with told(), progress_bar() as progress:
        found = backtest(
            snapshot, settings, holdout=timedelta(days=back), windows=lengths, progress=progress, cache=cache
        )
    if svg:
        from uc_guard.report.backtest_svg import render_backtest_svg  # noqa: PLC0415 - as above

        with told():
            write_all({svg: render_backtest_svg(found).encode()})
    if form == "json":
        from uc_guard.report.backtest import render_backtest_json  # noqa: PLC0415 - as above

        typer.echo(render_backtest_json(found))
    else:
        from uc_guard.report.backtest import print_backtest  # noqa: PLC0415 - as above

        print_backtest(found, snapshot)
    raise typer.Exit(_exit_code(found))


def _days(text: str, option: str) -> int:
    match = _DAYS.fullmatch(text.strip())
    if match is None or not int(match[1]):
        raise typer.BadParameter(f"`{text}` is no number of days; write 14d", param_hint=option)
    return int(match[1])


def _exit_code(found: Backtest) -> int:
    if found.recommended is None:
        return NOTHING_JUDGED
    best = next(row for row in found.windows.iter_rows(named=True) if row["window_days"] == found.recommended)
    return FINDINGS if best["denied"] + best["others_denied"] else CLEAN
