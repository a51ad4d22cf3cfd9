"""One way to read a log, in a process of its own: prints its seconds, without imports, as JSON."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def usage(log: Path, catalog: Path, cache: str = "") -> Callable[[], dict[str, int]]:
    """Ours: from Parquet files to the usage frame, worker processes and all."""
    import uc_guard  # noqa: PLC0415 - each way imports what it needs

    files = sorted(log.glob("*.parquet")) if log.is_dir() else log
    known = uc_guard.Catalog.from_dict(json.loads(catalog.read_text()))
    uc_guard.read_usage  # noqa: B018 - imports what reads

    def work() -> dict[str, int]:
        reading = uc_guard.read_usage(files, known, cache=cache or None)
        return {"usage": reading.usage.height, "opaque": reading.opaque.height}

    return work


def scan(log: Path, *_: object) -> Callable[[], dict[str, int]]:
    """The floor: read the text column and hash it once."""
    import polars as pl  # noqa: PLC0415 - as above

    return lambda: {"hash": pl.scan_parquet(log).select(pl.col("statement_text").hash().sum()).collect().item()}


def loop(sample: Path, *_: object) -> Callable[[], dict[str, int]]:
    """The loop that users write: parse each text, list its tables and columns, resolve none."""
    import sqlglot  # noqa: PLC0415 - as above
    from sqlglot import exp  # noqa: PLC0415 - as above

    def one(text: str) -> int:
        return sum(1 for _ in sqlglot.parse_one(text, read="databricks").find_all(exp.Table, exp.Column))

    return lambda: _each(one, json.loads(sample.read_text()))


def qualify(sample: Path, catalog: Path, *_: object) -> Callable[[], dict[str, int]]:
    """The loop that resolves columns: qualify each text by the schema, list its tables and columns."""
    import sqlglot  # noqa: PLC0415 - as above
    from sqlglot import exp  # noqa: PLC0415 - as above
    from sqlglot.optimizer.qualify import qualify as resolved  # noqa: PLC0415 - as above
    from sqlglot.schema import MappingSchema  # noqa: PLC0415 - as above

    nested: dict[str, Any] = {}
    for name, columns in json.loads(catalog.read_text())["tables"].items():
        first, second, third = name.split(".")
        nested.setdefault(first, {}).setdefault(second, {})[third] = columns
    schema = MappingSchema(nested, dialect="databricks")

    def one(text: str) -> int:
        tree = resolved(sqlglot.parse_one(text, read="databricks"), schema=schema, dialect="databricks")
        return sum(1 for _ in tree.find_all(exp.Table, exp.Column))

    return lambda: _each(one, json.loads(sample.read_text()))


def datahub(sample: Path, *_: object) -> Callable[[], dict[str, int]]:
    """DataHub's column lineage of each text; to be run by a Python that has it."""
    from datahub.sql_parsing.schema_resolver import SchemaResolver  # noqa: PLC0415 - as above
    from datahub.sql_parsing.sqlglot_lineage import sqlglot_lineage  # noqa: PLC0415 - as above

    resolver = SchemaResolver(platform="databricks", env="PROD")
    return lambda: _each(
        lambda text: len(sqlglot_lineage(text, schema_resolver=resolver, default_db="main").in_tables),
        json.loads(sample.read_text()),
    )


def extract(sample: Path, catalog: Path, *_: object) -> Callable[[], dict[str, int]]:
    """Ours, statement by statement: every column resolved, views, opaque parts."""
    import uc_guard  # noqa: PLC0415 - as above

    known = uc_guard.Catalog.from_dict(json.loads(catalog.read_text()))
    uc_guard.extract("select 1", known)
    return lambda: _each(lambda text: len(uc_guard.extract(text, known).uses), json.loads(sample.read_text()))


def estate(subjects: Path, asked: Path) -> Callable[[], dict[str, float]]:
    """Ours, of a large estate: what so many of its principals need and lack, and the smallest plan.

    Args:
        subjects: How many.
        asked: `plan`; or `facts` = all that the principals hold and can read, too.
    """
    from dataclasses import replace  # noqa: PLC0415 - as above

    import estates  # noqa: PLC0415 - as above

    from uc_guard import tables  # noqa: PLC0415 - as above
    from uc_guard.access.compare import compare  # noqa: PLC0415 - as above
    from uc_guard.access.effective import world  # noqa: PLC0415 - as above
    from uc_guard.access.required import required  # noqa: PLC0415 - as above
    from uc_guard.model.settings import Settings  # noqa: PLC0415 - as above
    from uc_guard.plan.minimize import minimize  # noqa: PLC0415 - as above
    from uc_guard.usage.log import Reading  # noqa: PLC0415 - as above

    snapshot, used, bodies, people = estates.estate(replace(estates.FULL, subjects=int(str(subjects))))
    opaque, outcomes = tables.OPAQUE.empty(), tables.COVERAGE.empty().drop("missing")
    settings = Settings(trust_query_history=True, grace_days=0)

    def work() -> dict[str, float]:
        home = world(snapshot)
        needs = required(used, opaque, bodies, snapshot, people, home)
        facts = compare(snapshot, people, Reading(used, opaque, outcomes), needs, opaque, home)
        rows = facts.holdings.height + facts.exposures.height if asked.name == "facts" else 0
        known, lacking = facts.coverage, facts.shortfalls
        start = time.perf_counter()
        plan = minimize(snapshot, needs, opaque, known, tuple(people), settings, lacking)
        return {"rows": rows, "statements": len(plan.statements), "plan": time.perf_counter() - start}

    return work


def _each(one: Callable[[str], int], texts: Iterable[str]) -> dict[str, int]:
    found = failed = 0
    for text in texts:
        try:
            found += one(text)
        except Exception:  # noqa: BLE001 - whatever a library raises, the loop goes on
            failed += 1
    return {"found": found, "failed": failed}


def main() -> None:
    """Run the way that the first argument names, on the paths that follow."""
    ways: dict[str, Callable[..., Callable[[], dict[str, Any]]]] = {
        "usage": usage, "scan": scan, "loop": loop, "qualify": qualify, "datahub": datahub, "extract": extract,
        "estate": estate,
    }  # fmt: skip
    name, log, catalog, *more = sys.argv[1:]
    work = ways[name](Path(log), Path(catalog), *more)
    start = time.perf_counter()
    told = work()
    print(json.dumps({"seconds": time.perf_counter() - start, **told}))


if __name__ == "__main__":
    main()
