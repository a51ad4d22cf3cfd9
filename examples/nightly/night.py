"""Runs `uc-guard nightly` as a task of a job: empty parameters are left out, and answers are told from failures."""

from __future__ import annotations

import shlex
import subprocess
import sys

ANSWERS = {0: "nothing to look at", 1: "something to look at"}


def main() -> None:
    """Run the night; a night that needs a look is no failure of the job, bad input is."""
    given = [part for argument in sys.argv[1:] for part in shlex.split(argument)]
    command = [sys.executable, "-m", "uc_guard", "nightly", *given]
    code = subprocess.run(command, check=False).returncode  # noqa: S603 - the parameters are those of the job
    print(f"uc-guard nightly: {ANSWERS.get(code, f'failed with code {code}')}")
    if code not in ANSWERS:
        sys.exit(code)


if __name__ == "__main__":
    main()
