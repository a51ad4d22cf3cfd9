"""Times `uc-guard lint` on a repository of SQL files: each run in a process of its own, the first one cold."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uc_guard

QUERY = "SELECT o.id, sum(o.amount) AS total FROM shop.sales.orders o JOIN shop.sales.people p ON o.person = p.id;\n"


def write(home: Path, files: int) -> None:
    """Write a repository: every fourth file grants, every twentieth too much."""
    for number in range(files):
        agent = f"`agent-{number % 13}`"
        text = QUERY * 6
        if number % 4 == 0:
            text += f"GRANT SELECT ON TABLE shop.sales.t{number} TO {agent};\n" * 6
        if number % 20 == 0:
            text += f"GRANT SELECT ON CATALOG shop TO {agent};\n"
        (home / f"f{number}.sql").write_text(text, encoding="utf-8")


def run(home: Path) -> float:
    """Give the seconds of one run, its process included."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "uc_guard", "lint", home], capture_output=True, check=False)  # noqa: S603 - our own command
    seconds = time.perf_counter() - start
    if done.returncode != 1:
        raise SystemExit(done.stderr.decode())
    return seconds


def main() -> None:
    """Time a cold run (no compiled Python of uc_guard) and warm ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        write(home, given.files)
        for cache in Path(uc_guard.__file__).parent.rglob("__pycache__"):
            shutil.rmtree(cache)
        print(f"cold {run(home):.2f} s")
        print(f"warm {min(run(home) for _ in range(given.rounds)):.2f} s, the best of {given.rounds}")


if __name__ == "__main__":
    main()
