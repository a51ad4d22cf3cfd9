"""Every statement that we send to system tables is one that Spark parses and runs, over the connector as it is."""

from __future__ import annotations

import datetime as dt
import warnings

import pytest
from fake_estate import COPILOT, NOW, estate
from fake_spark import Spark, missing

pytestmark = [pytest.mark.spark, pytest.mark.live]


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    if reason := missing():
        pytest.skip(reason)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pyspark's own: sockets and files left to the interpreter's end
        started = Spark(tmp_path_factory.mktemp("system"))
    yield started
    started.session.stop()


@pytest.mark.filterwarnings("ignore")
def test_a_snapshot_through_spark_is_the_one_through_the_quick_engine(spark, tmp_path):
    from fake_live import Live  # noqa: PLC0415 - needs the SDK
    from fake_sql import duck  # noqa: PLC0415 - as above

    from uc_guard.capture import capture  # noqa: PLC0415 - as above

    window = (NOW - dt.timedelta(days=4), NOW)
    found = {}
    for name, engine in (("spark", spark), ("quick", duck)):
        with Live(estate(), engine=engine) as live:
            found[name] = capture(live.connect(), tmp_path / name, window, NOW)
            assert len(live.sql.seen) > 10
    assert spark.ran > 10
    assert found["spark"].manifest.missing == found["quick"].manifest.missing == ()
    for name, frame in found["quick"].frames.items():
        assert frame.equals(found["spark"].frames[name]), name


@pytest.mark.filterwarnings("ignore")
def test_refusals_are_read_and_grants_changed_through_spark(spark):
    from fake_live import Live  # noqa: PLC0415 - needs the SDK

    from uc_guard.apply.denials import read_denials  # noqa: PLC0415 - as above

    with Live(estate(), engine=spark) as live:
        live.world.attempt(COPILOT, "SELECT", ("TABLE", "lab.try.runs"), NOW)
        denials, blind = read_denials(live.connect(), NOW - dt.timedelta(hours=1))
        assert not blind
        assert [(each.principal, each.privilege, each.securable) for each in denials] == [
            (COPILOT, "USE_CATALOG", "lab")
        ]


@pytest.mark.filterwarnings("ignore")
def test_a_session_of_spark_reads_what_a_warehouse_reads(spark):
    from fake_sql import table_of  # noqa: PLC0415 - needs pyarrow

    from uc_guard.errors import NotThere, WorkspaceError  # noqa: PLC0415 - as above
    from uc_guard.workspace.queries import SparkQueries  # noqa: PLC0415 - as above

    sql = "SELECT statement_id FROM system.query.history WHERE start_time >= :since"
    spark({"query.history": table_of(estate(days=3), "query.history")}, "SELECT 1", {})
    inside = SparkQueries(spark.session)
    rows = [
        row
        for batch in inside.batches(sql, {"since": NOW - dt.timedelta(days=2), "more": 1})
        for row in batch.to_pylist()
    ]
    assert 0 < len(rows) < 18
    with pytest.raises(NotThere):
        list(inside.batches("SELECT x FROM system.access.nowhere", {}))
    with pytest.raises(WorkspaceError):
        list(inside.batches("SELEC x", {}))
