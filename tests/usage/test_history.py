"""Files of the query history: read in parts, with the result of a snapshot."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

import uc_guard
from uc_guard.errors import BadInput
from uc_guard.sql.extract import Catalog
from uc_guard.usage import history
from uc_guard.usage.log import read_log

if TYPE_CHECKING:
    from pathlib import Path

    from uc_guard.usage.log import Reading

START = datetime(2026, 9, 1, tzinfo=UTC)
KNOWN = Catalog.from_dict({"tables": {"c.s.t": ["a", "b"], "c.s.u": ["a", "k"]}})
TEXTS = ["use c.s", "select a from t where b = {n}", "select k from c.s.u", "select * from nowhere_{n}", None]


def rows(count: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "statement_id": [f"s{n:04}" for n in range(count)],
            "executed_as": [f"agent{n % 3}" for n in range(count)],
            "session_id": [f"{n % 5}" for n in range(count)],
            "statement_text": [text and text.format(n=n) for n in range(count) for text in (TEXTS[n % 5],)],
            "execution_status": ["FINISHED"] * count,
            "start_time": [START + timedelta(minutes=n) for n in range(count)],
            "update_time": [START + timedelta(minutes=n + 1) for n in range(count)],
        }
    )


def assert_equal(one: Reading, other: Reading) -> None:
    for name in ("usage", "opaque", "outcomes"):
        assert getattr(one, name).equals(getattr(other, name)), name


def by_snapshot(folder: Path) -> Reading:
    return read_log(uc_guard.read_folder(folder), KNOWN)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "PART", 7)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_a_file_reads_as_the_snapshot_of_it(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"query_history.{ending}"
    {"parquet": pl.DataFrame.write_parquet, "csv": pl.DataFrame.write_csv, "jsonl": pl.DataFrame.write_ndjson}[ending](
        rows(40), path
    )
    expected = by_snapshot(tmp_path)
    assert expected.usage.height
    assert_equal(uc_guard.read_usage(path, KNOWN), expected)
    for _ in range(2):
        assert_equal(uc_guard.read_usage(str(path), KNOWN, cache=tmp_path / "cache"), expected)


@pytest.mark.usefixtures("small_parts")
def test_rows_of_one_statement_count_once_wherever_they_stand(tmp_path: Path) -> None:
    folder = tmp_path / "query_history"
    folder.mkdir()
    first = rows(30)
    later = first[[3, 11, 12]].with_columns(
        execution_status=pl.lit("FAILED"), update_time=pl.col("update_time") + timedelta(hours=1)
    )
    first.write_parquet(folder / "1.parquet")
    later.write_parquet(folder / "2.parquet")
    expected = by_snapshot(tmp_path)
    assert expected.outcomes["failed"].sum() == 3
    assert_equal(uc_guard.read_usage(folder, KNOWN), expected)
    for _ in range(2):
        assert_equal(uc_guard.read_usage(folder, KNOWN, cache=tmp_path / "cache"), expected)


def test_what_contradicts_itself_is_told(tmp_path: Path) -> None:
    path = tmp_path / "query_history.parquet"
    pl.concat([rows(3), rows(1).with_columns(executed_as=pl.lit("somebody"))]).write_parquet(path)
    with pytest.raises(BadInput, match="another principal or text"):
        uc_guard.read_usage(path, KNOWN)


def test_a_path_without_files_is_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.parquet"):
        with pytest.raises(BadInput, match="no file of a known format"):
            uc_guard.read_usage(path, KNOWN)


def test_an_empty_log_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "query_history.parquet"
    rows(3).clear().write_parquet(path)
    reading = uc_guard.read_usage(path, KNOWN)
    assert reading.usage.is_empty()
    assert reading.outcomes.is_empty()


def test_no_python_runs_for_each_row(tmp_path: Path) -> None:
    def calls(count: int) -> int:
        path = tmp_path / f"{count}.parquet"
        known = rows(count).with_columns(
            statement_text=pl.when(pl.col("statement_text").str.contains("nowhere"))
            .then(pl.lit("select 1"))
            .otherwise("statement_text"),
            executed_as=pl.lit("agent"),
        )
        known.write_parquet(path)
        made = 0

        def count_one(_frame: object, event: str, _arg: object) -> None:
            nonlocal made
            made += event == "call"

        sys.setprofile(count_one)
        try:
            reading = uc_guard.read_usage(path, KNOWN)
        finally:
            sys.setprofile(None)
        assert reading.outcomes["statements"].sum() == count
        return made

    calls(100)  # imports
    few, many = calls(1_000), calls(50_000)
    assert many < few * 1.2
