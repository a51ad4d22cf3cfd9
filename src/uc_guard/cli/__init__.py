"""The command line: its commands, and the way in."""

from __future__ import annotations

import os
import sys

import typer

from uc_guard.cli.apply import apply_command, resume_command, rollback_command, watch_command
from uc_guard.cli.backtest import backtest_command
from uc_guard.cli.commands import app
from uc_guard.cli.common import BUG
from uc_guard.cli.lint import lint_command
from uc_guard.cli.live import doctor_command, snapshot_command
from uc_guard.cli.lock import lock_command
from uc_guard.cli.nightly import nightly_command
from uc_guard.cli.rules import rules_command

__all__ = ["app", "main"]

app.command("backtest", epilog="Example: uc-guard backtest examples/retail --holdout 10d")(backtest_command)
app.command("lint", epilog="Example: uc-guard lint examples/ci --fail-on medium")(lint_command)
app.command("lock", epilog="Example: uc-guard lock examples/ci --check")(lock_command)
app.command("rules", epilog="Example: uc-guard rules data-privilege-on-catalog")(rules_command)
app.command("snapshot", epilog="Example: uc-guard snapshot --profile prod --warehouse 0123456789abcdef -o snapshot")(
    snapshot_command
)
app.command("doctor", epilog="Example: uc-guard doctor --profile prod --warehouse 0123456789abcdef --for apply")(
    doctor_command
)
app.command("apply", epilog="Example: uc-guard apply plan.json --profile prod --execute --wave-size 5")(apply_command)
app.command("resume", epilog="Example: uc-guard resume plan.json.journal --profile prod")(resume_command)
app.command("rollback", epilog="Example: uc-guard rollback plan.json.journal --profile prod --execute")(
    rollback_command
)
app.command("watch", epilog="Example: uc-guard watch plan.json.journal --profile prod --for 3600")(watch_command)

app.command("nightly", epilog="Example: uc-guard nightly /Volumes/ops/guard/state --warehouse ID --execute --yes")(
    nightly_command
)


def main() -> None:
    """Run the command line. A bug must not look like an answer: its exit code is none of theirs."""
    try:
        app()
    except Exception as error:
        # SAFETY: a traceback may hold statements with secrets, so it is shown only where somebody asks for it.
        if os.environ.get("UC_GUARD_TRACEBACK"):
            raise
        typer.echo(
            f"uc-guard: this is a bug, {type(error).__name__}; nothing was changed. Please report it, with what "
            "UC_GUARD_TRACEBACK=1 shows",
            err=True,
        )
        sys.exit(BUG)
