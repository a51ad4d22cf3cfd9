"""What is kept of a part of a log must not hold on to the memory of the whole part."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_SCRIPT = """
from pathlib import Path

import polars as pl

from uc_guard.usage.rows import COLUMNS, Folder

ROWS, WIDTH, PARTS = 20_000, 1_000, 12


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def statements(part):
    number = pl.int_range(ROWS, eager=True) + part * ROWS
    blank = pl.DataFrame({name: pl.Series([None] * ROWS, dtype=pl.String) for name in COLUMNS})
    wide = pl.select(pl.format("SELECT {} $$ '{}'", number, pl.lit("x" * WIDTH))).to_series()
    plain = pl.repeat("SELECT 1 FROM t WHERE a = '" + "y" * WIDTH + "'", ROWS, eager=True)
    text = wide.zip_with(number % 1_000 == 0, plain)
    at = pl.repeat(0, ROWS, dtype=pl.Int64, eager=True).cast(pl.Datetime("us", "UTC"))
    return blank.with_columns(text=text, statement_id=number.cast(pl.String), started_at=at)


folder, kept, sizes = Folder((1, 2)), [], []
for part in range(PARTS):
    frame = statements(part)
    folder.add(frame)
    kept.append(folder.texts(part, frame, set()))
    del frame
    sizes.append(resident())
assert all(one.height == ROWS // 1_000 for one in kept), "only the texts that have no template"
print((sizes[-1] - sizes[3]) / ((PARTS - 4) * ROWS * WIDTH))
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads the memory of a process as Linux tells it")
def test_the_texts_kept_of_a_part_do_not_keep_the_others_in_memory():
    found = subprocess.run([sys.executable, "-c", _SCRIPT], check=True, capture_output=True, text=True)  # noqa: S603 - ours
    assert float(found.stdout) < 0.3, "of the bytes of all texts"
