"""Runs uc-guard, and kills it without a word after so many lines of its journal: `fake_killed.py N apply ...`."""

from __future__ import annotations

import os
import signal
import sys

from uc_guard.apply.journal import Journal
from uc_guard.cli import main


def kill_after(lines: int) -> None:
    """Let the process die when so many lines have been written."""
    real = Journal.write

    def write(self, kind, **data):
        line = real(self, kind, **data)
        if line.number == lines:
            os.kill(os.getpid(), signal.SIGKILL)
        return line

    Journal.write = write


if __name__ == "__main__":
    kill_after(int(sys.argv.pop(1)))
    main()
