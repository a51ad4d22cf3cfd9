"""Usage on Spark: the same reading in every executor, for logs beyond one machine."""

# pyright: basic, reportMissingImports=false
# mypy: disable-error-code="import-not-found, import-untyped, no-any-return, unused-ignore"
# Spark and Arrow are there where this is used, and bring no types along.

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from uc_guard import bodies, tables
from uc_guard.errors import BadInput
from uc_guard.read.exports import read_listings
from uc_guard.read.files import open_frame
from uc_guard.read.logs import read_statements
from uc_guard.read.merge import merge
from uc_guard.snapshot import Manifest, Snapshot
from uc_guard.sql.packed import PackedAnswer, answer
from uc_guard.usage.fingerprint import templates
from uc_guard.usage.reading import read_rows
from uc_guard.usage.rows import Folder, Log
from uc_guard.usage.sources import Source, template_source
from uc_guard.usage.statements import parts_of
from uc_guard.usage.summary import opaque_of, usage_of
from uc_guard.usage.units import Facts
from uc_guard.usage.workers import LIMIT_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa
    from pyspark import Broadcast
    from pyspark.sql import Column, DataFrame

    from uc_guard.sql.extract import Catalog
    from uc_guard.sql.packed import PackedFact
    from uc_guard.sql.reading import Task

_MOST_SHARED = 200_000
"""Templates that are read once for all executors, the most frequent ones; others are read where they occur."""

_LISTINGS = ("tables", "columns", "views", "routines", "volumes")
_NEEDED = (
    "statement_id", "executed_as", "executed_by", "session_id", "statement_text", "execution_status", "error_message",
    "statement_type", "compute", "client_application", "start_time", "end_time", "update_time", "query_parameters",
    "catalog", "schema", "current_catalog", "current_schema",
)  # fmt: skip
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(PackedAnswer)
_LATEST = "array<struct<at: timestamp, id: string>>"
_USAGE = (
    "principal string, action string, securable_type string, securable string, columns array<string>, outcome string, "
    f"source string, uses long, first_at timestamp, last_at timestamp, latest {_LATEST}"
)
_OPAQUE = (
    "principal string, reason string, may array<string>, statements long, first_at timestamp, last_at timestamp, "
    f"latest {_LATEST}"
)


def usage(df: DataFrame, catalog: Catalog | None = None) -> DataFrame:
    """Give what the statements of a query history use.

    Templates are read once, by all executors together; statements of one session meet in one partition, and what they
    use is read there. Nothing is collected but the templates.

    Args:
        df: Rows with the columns of `system.query.history`.
        catalog: What names can mean; None = what `system.information_schema` lists for whoever runs this.

    Returns:
        Columns of the contract `usage`; the rows that `uc_guard.read_usage` gives, in any order. What was not
        understood is in `opaque`, which has to be looked at, too.
    """
    by = ["principal", "action", "securable_type", "securable", "outcome", "source"]
    return _merged(_partial(df, catalog, _usage_rows, _USAGE), by, "uses", list(tables.USAGE.columns))


def opaque(df: DataFrame, catalog: Catalog | None = None) -> DataFrame:
    """Give what was not understood of the statements of a query history, by the contract `opaque`; see `usage`."""
    rows = _partial(df, catalog, _opaque_rows, _OPAQUE)
    return _merged(rows, ["principal", "reason", "may"], "statements", list(tables.OPAQUE.columns))


def known_objects(df: DataFrame, where: str = "system.information_schema.{}") -> Catalog:
    """Give what the views of an information schema list.

    Args:
        df: Any frame of the session that can read it.
        where: The name of a view, with `{}` for its last part.
    """
    spark = df.sparkSession
    listings = {name: _collected(spark.table(where.format(name))) for name in _LISTINGS}
    never = datetime.min.replace(tzinfo=UTC)
    return bodies.known_objects(Snapshot(Manifest(never, never, never), read_listings(listings)))


# -- on the driver -------------------------------------------------------------------------------------------------


def _partial(
    df: DataFrame, catalog: Catalog | None, told: Callable[[pl.DataFrame, list[PackedFact]], pl.DataFrame], schema: str
) -> DataFrame:
    """Give the evidence of each partition of sessions."""
    from pyspark.sql import functions as F  # noqa: N812, PLC0415 - as everybody calls it; only where Spark is

    rows = df.select(*[name for name in df.columns if name.lower() in _NEEDED])
    known = known_objects(df) if catalog is None else catalog
    shared = rows.sparkSession.sparkContext.broadcast((known, _shared(rows, known)))

    session = F.coalesce(*[F.col(name) for name in rows.columns if name.lower() == "session_id"], F.col("statement_id"))
    return rows.repartition(session).mapInArrow(partial(_read_partition, shared, told), schema)


def _shared(rows: DataFrame, catalog: Catalog) -> dict[Source, PackedAnswer]:
    """Let the executors read the most frequent templates, each once."""
    from pyspark.sql import functions as F  # noqa: N812, PLC0415 - as above

    text = next(name for name in rows.columns if name.lower() == "statement_text")
    folded = rows.select(text).mapInArrow(_fold_partition, "template string, n long")
    counted = folded.groupBy("template").agg(F.sum("n").alias("n"))
    frequent = counted.orderBy(F.desc("n"), "template").limit(_MOST_SHARED).select("template")
    cores = max(rows.sparkSession.sparkContext.defaultParallelism, 1)
    answered = frequent.repartition(cores * 4, "template").mapInArrow(
        partial(_read_templates, catalog), "template string, answer binary"
    )
    return {template_source(row.template): _DECODER.decode(row.answer) for row in answered.toLocalIterator()}


def _merged(rows: DataFrame, by: list[str], count: str, columns: list[str]) -> DataFrame:
    """Join the evidence of all partitions."""
    from pyspark.sql import functions as F  # noqa: N812, PLC0415 - as above

    latest = F.slice(F.sort_array(F.flatten(F.collect_list(F.transform("latest", _by_time)))), 1, 3)
    named = F.array_sort(F.array_distinct(F.flatten(F.collect_list("columns")))) if "columns" in rows.columns else None
    joined = rows.groupBy(by).agg(
        F.sum(count).alias(count),
        F.min("first_at").alias("first_at"),
        F.max("last_at").alias("last_at"),
        F.transform(latest, lambda one: one.id).alias("witnesses"),
        *([] if named is None else [F.when(F.count("columns") > 0, named).alias("columns")]),
    )
    return joined.select(*columns)


def _by_time(one: Column) -> Column:
    """Give a witness in a form that sorts: the latest first, and the lower id where times are equal."""
    from pyspark.sql import functions as F  # noqa: N812, PLC0415 - as above

    return F.struct((-F.unix_micros(one["at"])).alias("before"), one["id"].alias("id"))


def _collected(df: DataFrame) -> pl.DataFrame:
    return _frame(df.toArrow())


def _frame(data: pa.RecordBatch | pa.Table) -> pl.DataFrame:
    found = pl.from_arrow(data)
    return found if isinstance(found, pl.DataFrame) else found.to_frame()


# -- in an executor ------------------------------------------------------------------------------------------------


# Of the module itself, not of a call: so they are sent by name, and what they use stays where it is.


def _fold_partition(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        found = templates(_frame(batch).to_series().cast(pl.String)).alias("template").drop_nulls()
        yield from _batches(found.value_counts(name="n").cast({"n": pl.Int64}))


def _read_templates(catalog: Catalog, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        texts = _frame(batch)["template"]
        answers = [_ENCODER.encode(answer(catalog, template_source(text).task(), LIMIT_S)) for text in texts]
        yield from _batches(pl.DataFrame({"template": texts, "answer": pl.Series(answers, dtype=pl.Binary)}))


def _read_partition(
    shared: Broadcast[tuple[Catalog, dict[Source, PackedAnswer]]],
    told: Callable[[pl.DataFrame, list[PackedFact]], pl.DataFrame],
    batches: Iterator[pa.RecordBatch],
) -> Iterator[pa.RecordBatch]:
    catalog, answers = shared.value
    frames = [frame for batch in batches if (frame := _frame(batch)).height]
    if not frames:
        return
    (rows,) = read_statements(open_frame(pl.concat(frames), "query_history"), "query_history")
    merged, _, problems = merge([rows])
    if problems:
        raise BadInput(tuple(problems))
    log = Log([*parts_of(merged["statements"])])
    folder = Folder((secrets.randbits(64), secrets.randbits(64)))
    for one in log.parts:
        folder.add(one.read())
    found = read_rows(log, folder.rows(), partial(_answers, catalog), answers, Facts())
    yield from _batches(told(found.rows, found.facts))


def _answers(catalog: Catalog, tasks: Sequence[Task]) -> list[PackedAnswer]:
    return [answer(catalog, task, LIMIT_S) for task in tasks]


def _usage_rows(rows: pl.DataFrame, facts: list[PackedFact]) -> pl.DataFrame:
    return _with_latest(usage_of(rows, facts))


def _opaque_rows(rows: pl.DataFrame, facts: list[PackedFact]) -> pl.DataFrame:
    return _with_latest(opaque_of(rows, facts))


def _with_latest(evidence: pl.DataFrame) -> pl.DataFrame:
    """Give witnesses with their instants, in one column, so that those of other partitions can be weighed."""
    pair = pl.struct(at="witnessed_at", id="witnesses")
    numbered = evidence.with_row_index("n")
    flat = numbered.select("n", "witnessed_at", "witnesses").explode("witnessed_at", "witnesses")
    lists = flat.group_by("n", maintain_order=True).agg(pair.alias("latest"))
    return numbered.join(lists, on="n", maintain_order="left").drop("n", "witnessed_at", "witnesses")


def _batches(frame: pl.DataFrame) -> Iterator[pa.RecordBatch]:
    """Give a frame in the types that Spark takes."""
    import pyarrow as pa  # noqa: PLC0415 - only where Spark is

    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    plain = pa.schema([field.with_type(_plain(field.type)) for field in table.schema])
    yield from table.cast(plain).to_batches()


def _plain(kind: pa.DataType) -> pa.DataType:
    import pyarrow as pa  # noqa: PLC0415 - only where Spark is

    if pa.types.is_large_string(kind):
        return pa.string()
    if pa.types.is_large_binary(kind):
        return pa.binary()
    if pa.types.is_large_list(kind):
        return pa.list_(_plain(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_plain(field.type)) for field in kind])
    return kind
