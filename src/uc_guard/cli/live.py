"""The commands that read a live workspace and change nothing: snapshot and doctor."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated

import typer

from uc_guard.cli.commands import Format  # noqa: TC001 - typer reads it
from uc_guard.cli.common import (
    CLEAN,
    FINDINGS,
    NOTHING_JUDGED,
    Since,
    Until,
    instant,
    progress_bar,
    right_now,
    stop,
    told,
)
from uc_guard.cli.connection import AccountProfile, Budget, Profile, Warehouse, connected

if TYPE_CHECKING:
    from datetime import datetime

    from uc_guard.capture.run import Options
    from uc_guard.usage.statements import Progress

Redact = Annotated[bool, typer.Option("--redact", help="Keep neither literals of statements nor messages of errors.")]
_DAYS, _DAYS_BY_REST = 90, 30


def _purpose(text: str) -> str:
    if text not in {"read", "apply"}:
        raise typer.BadParameter(f"`{text}` is no purpose; use read or apply")
    return text


def snapshot_command(  # noqa: PLR0913, PLR0917 - one argument an option
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="DIR", help="Folder of the snapshot; its sources stand in DIR.sources."),
    ],
    profile: Profile = None,
    warehouse: Warehouse = None,
    account_profile: AccountProfile = None,
    since: Since = None,
    until: Until = None,
    days: Annotated[
        int | None,
        typer.Option("--days", metavar="N", min=1, help="Days of logs up to the end. Default: 90; 30 without SQL."),
    ] = None,
    workers: Annotated[int, typer.Option("--workers", metavar="N", min=1, max=64, help="Requests at a time.")] = 8,
    redact: Redact = False,  # noqa: FBT002 - an option
    budget: Budget = 300.0,
) -> None:
    """Read a live workspace into a snapshot. Run it again to go on, or to bring it up to date."""
    from uc_guard.capture.run import capture  # noqa: PLC0415 - a command loads only what it needs
    from uc_guard.report.live import incomplete, render_capture  # noqa: PLC0415 - as above

    window = _window(since, until, days, warehouse)
    workspace = connected(profile, warehouse, account_profile, budget)
    with told(), progress_bar() as progress:
        found = capture(workspace, output, window, right_now(), reading_options(workers, progress, redact=redact))
    lines = list(incomplete(found))
    for line in lines:
        typer.echo(line, err=True)
    typer.echo(render_capture(found, output))
    raise typer.Exit(FINDINGS if lines else CLEAN)


def doctor_command(
    profile: Profile = None,
    warehouse: Warehouse = None,
    account_profile: AccountProfile = None,
    purpose: Annotated[
        str, typer.Option("--for", metavar="read|apply", help="What it is to be able to do.", callback=_purpose)
    ] = "read",
    form: Format = "text",
    budget: Budget = 300.0,
) -> None:
    """Say what this identity can read of a workspace, and the least GRANTs that are missing."""
    from uc_guard.capture.doctor import doctor  # noqa: PLC0415 - a command loads only what it needs
    from uc_guard.report.live import render_diagnosis, render_diagnosis_json  # noqa: PLC0415 - as above

    workspace = connected(profile, warehouse, account_profile, budget)
    with told():
        found = doctor(workspace, right_now(), to_apply=purpose == "apply")
    typer.echo(render_diagnosis_json(found) if form == "json" else render_diagnosis(found))
    if not any(check.can for check in found.checks):
        raise typer.Exit(NOTHING_JUDGED)
    raise typer.Exit(CLEAN if found.ok else FINDINGS)


def _window(since: str | None, until: str | None, days: int | None, warehouse: str | None) -> tuple[datetime, datetime]:
    from uc_guard.capture.systems import end_of_logs  # noqa: PLC0415 - a command loads only what it needs

    if since is not None and days is not None:
        raise typer.BadParameter("give `--since` or `--days`, not both", param_hint="--days")
    end = instant(until, "--until") or end_of_logs(right_now())
    start = instant(since, "--since")
    start = start or end - timedelta(days=days or (_DAYS if warehouse else _DAYS_BY_REST))
    if start >= end:
        stop(f"the window is none: since {start:%Y-%m-%d %H:%M}, until {end:%Y-%m-%d %H:%M}; correct it", 2)
    return start, end


def reading_options(workers: int, progress: Progress | None, *, redact: bool) -> Options:
    """Give how a workspace is read."""
    from uc_guard.capture.run import Options  # noqa: PLC0415 - a command loads only what it needs

    if not redact:
        return Options(workers=workers, progress=progress)
    from uc_guard.usage.redact import Redactor  # noqa: PLC0415 - as above

    return Options(workers=workers, progress=progress, redactor=Redactor())
