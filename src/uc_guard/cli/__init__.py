"""The command line: its commands, and the way in."""

from __future__ import annotations

import os
import sys

import typer

from uc_guard.cli.commands import app
from uc_guard.cli.common import BUG
from uc_guard.cli.lint import lint_command
from uc_guard.cli.lock import lock_command
from uc_guard.cli.rules import rules_command

__all__ = ["app", "main"]

app.command("lint", epilog="Example: uc-guard lint examples/ci --fail-on medium")(lint_command)
app.command("lock", epilog="Example: uc-guard lock examples/ci --check")(lock_command)
app.command("rules", epilog="Example: uc-guard rules data-privilege-on-catalog")(rules_command)


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
