"""Times the usage job beside the ways that others take, interleaved on seeded logs, and holds the ratios to goals."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl
from logs import make_catalog, make_templates, write_log

HERE = Path(__file__).parent
SAMPLE = {"loop": 10_000, "qualify": 4_000, "datahub": 200}
"""Rows that a loop reads; its seconds for all rows are reckoned from them, since each row costs it the same."""

GOALS = {
    ("loop", "cold"): {5_000: 90, 200_000: 8}, ("loop", "warm"): {5_000: 180, 200_000: 55},
    ("qualify", "cold"): {5_000: 200, 200_000: 18}, ("qualify", "warm"): {5_000: 400, 200_000: 120},
    ("datahub", "cold"): {5_000: 2_500, 200_000: 200}, ("datahub", "warm"): {5_000: 5_000},
}  # fmt: skip
"""How many times faster than each loop, by number of templates."""

FLOORS = {"cold": {5_000: 11}, "warm": {5_000: 6, 200_000: 20}}
"""At most so many times the scan."""


def run(python: str, way: str, *paths: object) -> dict[str, Any]:
    """Run a way in a process of its own; give what it says, and the peak memory of all its processes in MiB.

    The sum of the peaks of each: so they need be looked at seldom, for looking takes from the cores that are timed.
    """
    command = [python, str(HERE / "ways.py"), way, *map(str, paths)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=HERE)  # noqa: S603 - ours
    peak = 0
    while process.poll() is None:
        peak = max(peak, _memory(process.pid))
        time.sleep(0.1)
    out, error = process.communicate()
    if process.returncode:
        raise SystemExit(f"{way} ended with {process.returncode}:\n{error.decode()[-2000:]}")
    return {**json.loads(out.splitlines()[-1]), "peak": peak // 1024}


def _memory(pid: int) -> int:
    """Give the most resident memory that a process and those below it have had, each, in KiB."""
    total = 0
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
        total = next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += sum(_memory(int(child)) for child in (task / "children").read_text().split())
    except OSError:
        pass  # it has just ended
    return total


class Log:
    """A seeded log in a folder of its own.

    Attributes:
        path: The log, Parquet.
        catalog: Its objects, JSON.
        samples: For each loop the texts that it reads, JSON.
    """

    def __init__(self, home: Path, rows: int, templates: int, seed: int) -> None:
        """Write it."""
        home.mkdir(parents=True)
        self.home, self.rows = home, rows
        self.path, self.catalog = home / "log.parquet", home / "catalog.json"
        objects = make_catalog(seed)
        self.catalog.write_text(json.dumps(objects))
        texts = make_templates(objects, templates, seed)
        write_log(self.path, rows=rows, templates=texts, seed=seed)
        column = pl.read_parquet(self.path, columns=["statement_text"])["statement_text"]
        self.samples = {way: self._sample(column, way, count) for way, count in SAMPLE.items()}
        self.distinct = self._sample(column.unique(maintain_order=True), "distinct", SAMPLE["loop"])

    def _sample(self, texts: pl.Series, way: str, count: int) -> Path:
        path = self.home / f"{way}.json"
        path.write_text(json.dumps(texts.sample(min(count, len(texts)), seed=7, shuffle=True).to_list()))
        return path


def measure(log: Log, rounds: int, datahub: str | None) -> dict[str, Any]:
    """Time each way in turn, round by round; give medians of seconds for all rows, and the highest memory."""
    taken: dict[str, list[dict[str, Any]]] = {}
    cache = log.home / "cache"
    for _ in range(rounds):
        shutil.rmtree(cache, ignore_errors=True)
        ways: list[tuple[str, str, tuple[object, ...]]] = [
            ("cold", "usage", (log.path, log.catalog)),
            ("first", "usage", (log.path, log.catalog, cache)),
            ("warm", "usage", (log.path, log.catalog, cache)),
            ("scan", "scan", (log.path, log.catalog)),
            *((way, way, (log.samples[way], log.catalog)) for way in ("loop", "qualify")),
        ]
        for name, way, paths in ways:
            taken.setdefault(name, []).append(run(sys.executable, way, *paths))
        if datahub:
            taken.setdefault("datahub", []).append(run(datahub, "datahub", log.samples["datahub"], log.catalog))
    found: dict[str, Any] = {}
    for name, times in taken.items():
        share = log.rows / min(SAMPLE[name], log.rows) if name in SAMPLE else 1
        each = [one["seconds"] * share for one in times]
        found[name] = {
            "seconds": statistics.median(each),
            "rounds": each,
            "peak_mib": max(one["peak"] for one in times),
        }
    return found


def nights(log: Log) -> dict[str, float]:
    """Time a window of thirty days, one file a day, and the same window a day later."""
    days = log.home / "days"
    days.mkdir()
    frame = pl.read_parquet(log.path).with_columns(day=pl.col("start_time").dt.date())
    parts = frame.sort("day", maintain_order=True).partition_by("day", include_key=False)
    for number, part in enumerate(parts):
        part.write_parquet(days / f"{number:02}.parquet")
    last = days / f"{len(parts) - 1:02}.parquet"
    cache, away = log.home / "nights", log.home / "later.parquet"
    last.rename(away)
    first = run(sys.executable, "usage", days, log.catalog, cache)["seconds"]
    away.rename(last)
    (days / "00.parquet").rename(log.home / "old.parquet")
    second = run(sys.executable, "usage", days, log.catalog, cache)["seconds"]
    alone = log.home / "alone"
    alone.mkdir()
    shutil.copy(last, alone)
    return {"first": first, "second": second, "new day": run(sys.executable, "usage", alone, log.catalog)["seconds"]}


def distinct(log: Log) -> dict[str, float]:
    """Give the seconds of our extraction, of the bare parse and of `qualify`, on the same distinct texts, one core."""
    names = {"extract": "extract", "parse": "loop", "qualify": "qualify"}
    return {name: run(sys.executable, way, log.distinct, log.catalog)["seconds"] for name, way in names.items()}


def report(result: dict[str, Any]) -> None:
    """Print the times of a log, and each goal with whether it is met."""
    rows, templates, ways = result["rows"], result["templates"], result["ways"]
    print(f"\n{rows:,} rows, {templates:,} templates")
    for name, one in ways.items():
        ratio = one["seconds"] / ways["cold"]["seconds"]
        print(f"  {name:8} {one['seconds']:10.2f} s {ratio:9.1f} x cold {one['peak_mib']:7,} MiB")
    for (way, ours), goals in GOALS.items():
        if templates in goals and way in ways:
            told = ways[way]["seconds"] / ways[ours]["seconds"]
            print(f"  {ours} against {way}: {told:,.1f}x, goal {goals[templates]}x: {_met(told >= goals[templates])}")
    for ours, goals in FLOORS.items():
        if templates in goals:
            told = ways[ours]["seconds"] / ways["scan"]["seconds"]
            print(f"  {ours} against scan: {told:.1f}, goal {goals[templates]}: {_met(told <= goals[templates])}")
    if night := result.get("nights"):
        limit = night["new day"] + night["first"] / 10
        print(f"  second night {night['second']:.2f} s, limit {limit:.2f} s: {_met(night['second'] <= limit)}")
    if one := result.get("distinct"):
        parse, qualified = one["parse"] / one["extract"], one["qualify"] / one["extract"]
        print(f"  one core: {parse:.2f} of the bare parse, goal 0.6: {_met(parse >= 0.6)}")
        print(f"  one core: {qualified:.1f}x qualify, goal 2x: {_met(qualified >= 2)}")


def _met(is_met: bool) -> str:  # noqa: FBT001 - the one thing that it is about
    return "met" if is_met else "NOT met"


def grow(home: Path, rows: int, seed: int) -> dict[str, float]:
    """Time ten files against one of them."""
    log = Log(home / "one", rows, 5_000, seed)
    ten = home / "ten"
    ten.mkdir()
    objects = json.loads(log.catalog.read_text())
    texts = make_templates(objects, 5_000, seed)
    for number in range(10):
        write_log(ten / f"{number}.parquet", rows=rows, templates=texts, seed=seed + number)
    one, all_ = (run(sys.executable, "usage", path, log.catalog) for path in (log.path, ten))
    print(f"\n10 times the rows: {all_['seconds'] / one['seconds']:.1f} times the seconds, {all_['peak']:,} MiB")
    return {"one": one["seconds"], "ten": all_["seconds"], "one_mib": one["peak"], "ten_mib": all_["peak"]}


def estates() -> dict[str, dict[str, Any]]:
    """Compare and plan for the principals of a large estate: for one, for all, and with all facts about these."""
    asked = {"one": ("1", "plan"), "all": ("10000", "plan"), "all, with facts": ("10000", "facts")}
    found = {name: run(sys.executable, "estate", *arguments) for name, arguments in asked.items()}
    print("\n10,000 principals, 100,000 tables, 1,000,000 grants, 5,000 groups")
    for name, one in found.items():
        print(f"  {name:16} {one['seconds']:6.1f} s, of them the plan {one['plan']:6.1f} s {one['peak']:7,} MiB")
    one, all_ = found["one"], found["all"]
    print(f"  plan of one principal, goal 2 s: {_met(one['plan'] < 2)}")
    print(f"  all, goals 60 s and 4 GiB: {_met(all_['seconds'] < 60)}, {_met(all_['peak'] < 4096)}")
    return found


def main() -> None:
    """Read the arguments, measure, print, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--templates", type=int, nargs="*", default=[5_000, 50_000, 200_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--growth", action="store_true", help="ten times the rows, too")
    parser.add_argument("--estates", action="store_true", help="a large estate, too")
    parser.add_argument("--datahub-python", metavar="PATH", help="a Python that has acryl-datahub[sql-parser]")
    parser.add_argument("--json", type=Path, help="write the figures here")
    options = parser.parse_args()
    if not options.datahub_python:
        print("DataHub is left out: no --datahub-python")
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    versions = {name: version(name) for name in ("uc-guard", "polars", "sqlglot")}
    results: list[dict[str, Any]] = []
    told = {"machine": machine, "versions": versions, "results": results}
    with tempfile.TemporaryDirectory() as folder:
        for templates in options.templates:
            log = Log(Path(folder) / str(templates), options.rows, templates, options.seed)
            ways = measure(log, options.rounds, options.datahub_python)
            result = {"rows": options.rows, "templates": templates, "ways": ways, "nights": nights(log)}
            result["distinct"] = distinct(log)
            results.append(result)
            report(result)
            shutil.rmtree(log.home)
            if options.json:
                options.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
        if options.growth:
            told["growth"] = grow(Path(folder), options.rows, options.seed)
        if options.estates:
            told["estates"] = estates()
    if options.json:
        options.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
