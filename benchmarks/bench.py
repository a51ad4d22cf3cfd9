"""Times the usage job beside the loop that users write, interleaved on one seeded log, and prints ratios."""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import sqlglot
from logs import make_catalog, make_templates, write_log
from sqlglot import exp

from uc_guard.read.files import open_file
from uc_guard.read.logs import read_statements
from uc_guard.read.merge import merge
from uc_guard.snapshot import Manifest, Snapshot
from uc_guard.sql.extract import Catalog
from uc_guard.usage.log import read_log

if TYPE_CHECKING:
    from collections.abc import Callable

_SAMPLE = 2_000
"""Rows that the loop reads; its cost for all rows is reckoned from them, since each row costs it the same."""


def usage_job(path: Path, catalog: dict[str, Any]) -> int:
    """Read a Parquet file of the query history to the usage frame; give its number of rows."""
    frames, _, _ = merge(read_statements(open_file(path, path.name), "query_history"))
    started = frames["statements"]["started_at"]
    instant: Any = started.min()
    snapshot = Snapshot(Manifest(instant, instant, instant), frames)
    return read_log(snapshot, Catalog.from_dict(catalog)).usage.height


def scan(path: Path) -> int:
    """Read the text column and hash it: the floor of any job."""
    return pl.scan_parquet(path).select(pl.col("statement_text").hash().sum()).collect().height


def loop(texts: list[str]) -> int:
    """Parse each row and list its tables and columns, without resolving any."""
    found = 0
    for text in texts:
        try:
            tree = sqlglot.parse_one(text, read="databricks")
        except sqlglot.errors.SqlglotError:
            continue
        found += sum(1 for _ in tree.find_all(exp.Table, exp.Column))
    return found


def _seconds(work: Callable[[], int]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(rows: int, templates: int, rounds: int, seed: int) -> dict[str, Any]:
    """Make a log and time each way in turn; give the medians in seconds for all rows, and the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.parquet"
        catalog = make_catalog(seed)
        write_log(path, rows=rows, templates=make_templates(catalog, templates, seed), seed=seed)
        texts = pl.read_parquet(path, columns=["statement_text"])["statement_text"].sample(
            min(_SAMPLE, rows), seed=seed
        )
        ways: dict[str, Callable[[], float]] = {
            "usage": lambda: _seconds(lambda: usage_job(path, catalog)),
            "loop": lambda: _seconds(lambda: loop(texts.to_list())) * rows / len(texts),
            "scan": lambda: _seconds(lambda: scan(path)),
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, way in ways.items():
                taken[name].append(way())
    median = {name: statistics.median(values) for name, values in taken.items()}
    return {
        "rows": rows,
        "templates": templates,
        "rounds": rounds,
        "seconds": median,
        "loop / usage": median["loop"] / median["usage"],
        "usage / scan": median["usage"] / median["scan"],
    }


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--templates", type=int, nargs="+", default=[5_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", type=Path, help="write the figures here")
    options = parser.parse_args()
    results = [measure(options.rows, count, options.rounds, options.seed) for count in options.templates]
    for one in results:
        print(
            f"{one['rows']} rows, {one['templates']} templates: usage {one['seconds']['usage']:.2f} s, "
            f"{one['loop / usage']:.1f}x the loop, {one['usage / scan']:.1f} times the scan"
        )
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
