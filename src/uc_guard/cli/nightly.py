"""The command that runs every night, from the first request to the message."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated

import typer

from uc_guard.cli.apply import Canaries, Execute, MaxRevokes, WatchFor, WaveSize, Yes, locked_workspace
from uc_guard.cli.common import (
    BAD_INPUT,
    CLEAN,
    FINDINGS,
    NOTHING_JUDGED,
    Config,
    Subjects,
    among,
    right_now,
    settings_of,
    stop,
    told,
)
from uc_guard.cli.connection import AccountProfile, Budget, Profile, Warehouse, connected
from uc_guard.cli.live import Redact, reading_options

if TYPE_CHECKING:
    from uc_guard.nightly.events import Log
    from uc_guard.nightly.night import Night


def nightly_command(  # noqa: PLR0913, PLR0917 - one argument an option
    home: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that keeps everything from night to night.")],
    profile: Profile = None,
    warehouse: Warehouse = None,
    account_profile: AccountProfile = None,
    subject: Subjects = None,
    config: Config = None,
    days: Annotated[int, typer.Option("--days", metavar="N", min=1, help="Days of logs that are judged.")] = 30,
    execute: Execute = False,  # noqa: FBT002 - an option
    yes: Yes = False,  # noqa: FBT002 - an option
    wave_size: WaveSize = 0,
    canary: Canaries = None,
    watch_for: WatchFor = 0.0,
    max_revokes: MaxRevokes = 500,
    webhook: Annotated[
        str | None,
        typer.Option("--webhook", metavar="URL", envvar="UC_GUARD_WEBHOOK", help="Takes the message, as Slack does."),
    ] = None,
    log_format: Annotated[
        str, typer.Option("--log-format", metavar="text|json", help="Lines on stderr.", callback=among("text", "json"))
    ] = "text",
    scratch: Annotated[
        Path | None, typer.Option("--scratch", metavar="DIR", help="Keeps the snapshot and the cache. Default: DIR.")
    ] = None,
    redact: Redact = False,  # noqa: FBT002 - an option
    budget: Budget = 300.0,
) -> None:
    """Read a workspace, plan, and with --execute take in waves what was not needed; give back what hurt somebody."""
    from uc_guard.apply.run import Options  # noqa: PLC0415 - a command loads only what it needs
    from uc_guard.apply.steps import Waves  # noqa: PLC0415 - as above
    from uc_guard.nightly.message import check_webhook, compose  # noqa: PLC0415 - as above
    from uc_guard.nightly.night import Orders, night  # noqa: PLC0415 - as above

    if execute and not yes:
        stop("a night asks nobody; `--yes` says that it is meant", BAD_INPUT)
    settings = settings_of(config, subject)
    options = Options(Waves(wave_size, tuple(canary or ())), max_revokes)
    reading = reading_options(8, None, redact=redact)
    orders = Orders(home, scratch or home, settings, days, execute, options, reading, watch_for)
    with told():
        if webhook:
            check_webhook(webhook)
    workspace = connected(profile, warehouse, account_profile, budget)
    log = _log(log_format, workspace.host)
    with told(), locked_workspace(workspace):
        home.mkdir(parents=True, exist_ok=True)
        found = night(workspace, orders, right_now, log)
    typer.echo(compose(found))
    _send(webhook, found, log)
    raise typer.Exit(_exit_code(found))


def _log(form: str, host: str) -> Log:
    from uc_guard import __version__  # noqa: PLC0415 - a command loads only what it needs
    from uc_guard.nightly.events import json_log, text_log  # noqa: PLC0415 - as above

    return json_log(sys.stderr, right_now, __version__, host) if form == "json" else text_log(sys.stderr)


def _send(webhook: str | None, found: Night, log: Log) -> None:
    from uc_guard.nightly.message import compose, post  # noqa: PLC0415 - a command loads only what it needs

    if webhook and (found.planned or found.needs_a_look or found.executed) and (why := post(webhook, compose(found))):
        log("message.failed", why, "WARN")  # a message that is not taken makes no night worse


def _exit_code(found: Night) -> int:
    if not found.agents:
        return NOTHING_JUDGED
    return FINDINGS if found.needs_a_look else CLEAN
