"""What the example gives is the same to the byte, whatever seeds Python's hashes.

`UC_GUARD_WRITE_GOLDEN=1` writes the golden files anew.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

RETAIL = Path(__file__).parents[2] / "examples" / "retail"
GOLDEN = Path(__file__).parent / "golden"
FILES = ("audit.txt", "plan.json", "plan.sql", "undo.sql", "plan.tf")


def outputs(folder: Path, seed: str) -> dict[str, bytes]:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "NO_COLOR": "1", "COLUMNS": "120"}

    def run(*words: object) -> bytes:
        command = [sys.executable, "-m", "uc_guard", *map(str, words)]
        done = subprocess.run(command, capture_output=True, check=False, env=environment)  # noqa: S603 - our own command
        assert done.returncode == 1, done.stderr.decode()
        return done.stdout

    (folder / "audit.txt").write_bytes(run("audit", RETAIL))
    run("plan", RETAIL, "-o", folder / "plan.json", "--sql", folder / "plan.sql", "--undo", folder / "undo.sql")
    run("plan", RETAIL, "-o", folder / "plan.tf", "--format", "terraform")
    return {name: (folder / name).read_bytes() for name in FILES}


@pytest.mark.parametrize("seed", ["0", "4711"])
def test_the_example_gives_the_golden_bytes(tmp_path: Path, seed: str) -> None:
    found = outputs(tmp_path, seed)
    if os.environ.get("UC_GUARD_WRITE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        for name, content in found.items():
            (GOLDEN / name).write_bytes(content)
    for name in FILES:
        assert found[name] == (GOLDEN / name).read_bytes(), f"{name} differs; look, then write it anew if it is right"
