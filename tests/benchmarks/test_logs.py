"""The logs of the benchmarks: the same again for a seed, and read by template as they are read one by one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import uc_guard.usage.rows
import uc_guard.usage.workers
from uc_guard.read.files import open_file
from uc_guard.read.logs import read_statements
from uc_guard.snapshot import Manifest, Snapshot
from uc_guard.sql.extract import Catalog
from uc_guard.tables import STATEMENTS
from uc_guard.usage.log import Reading, read_log

if TYPE_CHECKING:
    from types import ModuleType

    from uc_guard.sql.reading import Task

ROWS, TEMPLATES, SEED = 3_000, 300, 11


@pytest.fixture(scope="module")
def logs() -> ModuleType:
    home = str(Path(__file__).parents[2] / "benchmarks")
    sys.path.insert(0, home)
    try:
        import logs  # noqa: PLC0415 - a script's folder, no package
    finally:
        sys.path.remove(home)
    return logs


@pytest.fixture(scope="module")
def catalog(logs: ModuleType) -> dict[str, Any]:
    return logs.make_catalog(SEED)


@pytest.fixture(scope="module")
def path(logs: ModuleType, catalog: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / "log.parquet"
    logs.write_log(path, rows=ROWS, templates=logs.make_templates(catalog, TEMPLATES, SEED), seed=SEED)
    return path


def test_a_seed_gives_the_same_log(logs: ModuleType, catalog: dict[str, Any], path: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.parquet"
    logs.write_log(again, rows=ROWS, templates=logs.make_templates(catalog, TEMPLATES, SEED), seed=SEED)
    assert pl.read_parquet(again).equals(pl.read_parquet(path))
    assert pl.read_parquet(path)["statement_id"].n_unique() == ROWS


def read(path: Path, catalog: dict[str, Any]) -> Reading:
    (part,) = read_statements(open_file(path, path.name), "query_history")
    statements = part.rows.select(*STATEMENTS.columns)
    instant: Any = statements["started_at"].min()
    snapshot = Snapshot(Manifest(instant, instant, instant), {"statements": statements})
    return read_log(snapshot, Catalog.from_dict(catalog))


def test_a_log_read_by_template_is_the_log_read_one_by_one(
    path: Path, catalog: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks: list[Task] = []
    real = uc_guard.usage.workers.Readers.read
    monkeypatch.setattr(
        uc_guard.usage.workers.Readers, "read", lambda self, new, *a: tasks.extend(new) or real(self, new, *a)
    )
    quick = read(path, catalog)
    assert sum(len(task.states) for task in tasks) < ROWS / 2
    monkeypatch.setattr(
        uc_guard.usage.rows, "canonical", lambda folded: pl.Series([None] * len(folded), dtype=pl.String)
    )
    slow = read(path, catalog)
    assert quick.usage.height > 1_000
    assert quick.usage.equals(slow.usage)
    assert quick.outcomes.equals(slow.outcomes)
    order = ["principal", "reason", "first_at", "may", "witnesses"]
    assert quick.opaque.sort(order).equals(slow.opaque.sort(order))
