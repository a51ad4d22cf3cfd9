"""Usage on a real Spark: the rows that one machine gives, whatever the partitions."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

import uc_guard
from uc_guard import tables
from uc_guard.sql.extract import Catalog

pytestmark = pytest.mark.spark
ROWS, TEMPLATES, SEED = 3_000, 300, 5


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """The log of the benchmarks, with some statements in two rows, and its objects."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
    import logs  # noqa: PLC0415 - a script's neighbour, not a package

    objects = logs.make_catalog(SEED)
    path = tmp_path_factory.mktemp("log") / "query_history.parquet"
    logs.write_log(path, rows=ROWS, templates=logs.make_templates(objects, TEMPLATES, SEED), seed=SEED)
    rows = pl.read_parquet(path)
    later = rows.sample(40, seed=SEED).with_columns(
        execution_status=pl.lit("FAILED"), update_time=pl.col("update_time") + timedelta(days=1)
    )
    pl.concat([rows, later]).write_parquet(path)
    known = dict(list(objects["tables"].items())[::2])  # half of the tables are in no listing: opaque
    return path, Catalog.from_dict(objects | {"tables": known})


@pytest.fixture(scope="module")
def spark(oracle):
    shuffles, zone = "spark.sql.shuffle.partitions", "spark.sql.session.timeZone"
    before = {name: oracle.spark.conf.get(name) for name in (shuffles, zone)}
    oracle.spark.conf.set(shuffles, "5")
    oracle.spark.conf.set(zone, "Asia/Kathmandu")
    yield oracle.spark
    for name, value in before.items():
        oracle.spark.conf.set(name, value)


def collected(df, schema, by):
    frame = pl.from_arrow(df.toArrow())
    utc = pl.col("first_at", "last_at").dt.convert_time_zone("UTC").dt.cast_time_unit("us")
    return frame.with_columns(utc).cast(schema).sort(by)


@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas", "ignore::ResourceWarning")
def test_spark_gives_the_rows_that_one_machine_gives(spark, log):
    from uc_guard import spark as on_spark  # noqa: PLC0415 - only where Spark is

    path, catalog = log
    here = uc_guard.read_usage(path, catalog)
    df = spark.read.parquet(str(path)).repartition(4)
    usage = collected(on_spark.usage(df, catalog), tables.USAGE.schema, tables.USAGE.key)
    assert here.usage.height > 1_000
    assert usage.equals(here.usage)
    by = ["principal", "reason", "first_at", "witnesses", "may"]
    opaque = collected(on_spark.opaque(df, catalog), tables.OPAQUE.schema, by)
    assert here.opaque.height > 10
    assert opaque.equals(here.opaque.sort(by))


@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas", "ignore::ResourceWarning")
def test_names_mean_what_the_information_schema_lists(spark):
    from uc_guard import spark as on_spark  # noqa: PLC0415 - only where Spark is

    views = {
        "tables": [("c", "s", "t", "MANAGED"), ("c", "s", "v", "VIEW")],
        "columns": [("c", "s", "t", "a", 0, "int"), ("c", "s", "v", "x", 0, "int")],
        "views": [("c", "s", "v", "select a as x from c.s.t")],
        "routines": [("c", "s", "f", "FUNCTION", "return 1")],
        "volumes": [("c", "s", "files", "MANAGED")],
    }
    own = ["table_catalog", "table_schema", "table_name"]
    names = {
        "tables": [*own, "table_type"],
        "columns": [*own, "column_name", "ordinal_position", "data_type"],
        "views": [*own, "view_definition"],
        "routines": ["routine_catalog", "routine_schema", "routine_name", "routine_type", "routine_definition"],
        "volumes": ["volume_catalog", "volume_schema", "volume_name", "volume_type"],
    }
    for name, rows in views.items():
        spark.createDataFrame(rows, names[name]).createOrReplaceTempView(f"listed_{name}")
    found = on_spark.known_objects(spark.range(1), "listed_{}")
    used = uc_guard.extract("select x, c.s.f() from c.s.v, read_files('/Volumes/c/s/files/a')", found)
    assert not used.opaque
    assert {use.name for use in used.uses} == {"c.s.v", "c.s.f", "c.s.files"}
