"""What agents need by the statements that they declare."""

from __future__ import annotations

import pytest

from uc_guard.lock import derive_lock, encode_lock
from uc_guard.sql.extract import Catalog


@pytest.fixture
def locked(declare, statements):
    """Give the lock of `bot` for some statements."""

    def of(*texts, manifest="", catalog=None):
        [agent] = derive_lock(declare(manifest + statements(*texts)), catalog).agents
        return agent

    return of


def pairs(agent):
    return {(one.privilege, one.securable) for one in agent.privileges}


CASES = {
    "SELECT x FROM a.b.t": {("SELECT", "a.b.t"), ("USE_SCHEMA", "a.b"), ("USE_CATALOG", "a")},
    "SELECT t.x, u.y FROM A.b.t JOIN a.`c d`.u ON t.i = u.i": {
        ("SELECT", "a.b.t"), ("SELECT", "a.c d.u"), ("USE_SCHEMA", "a.b"), ("USE_SCHEMA", "a.c d"),
        ("USE_CATALOG", "a"),
    },
    "INSERT INTO a.b.t VALUES (1)": {
        ("MODIFY", "a.b.t"), ("SELECT", "a.b.t"), ("USE_SCHEMA", "a.b"), ("USE_CATALOG", "a"),
    },
    "SELECT a.f.g(x) FROM a.b.t": {
        ("EXECUTE", "a.f.g"), ("SELECT", "a.b.t"), ("USE_SCHEMA", "a.b"), ("USE_SCHEMA", "a.f"), ("USE_CATALOG", "a"),
    },
    "SELECT * FROM read_files('/Volumes/a/b/v/x.csv')": {
        ("READ_VOLUME", "a.b.v"), ("USE_SCHEMA", "a.b"), ("USE_CATALOG", "a"),
    },
    "CREATE TABLE a.b.n AS SELECT 1; INSERT INTO a.b.n VALUES (2); DROP TABLE a.b.n": {
        ("CREATE_TABLE", "a.b"), ("USE_SCHEMA", "a.b"), ("USE_CATALOG", "a"),
    },
    "SELECT * FROM samples.nyctaxi.trips": set(),
    "SELECT * FROM a.information_schema.tables": {("USE_CATALOG", "a")},
    "USE CATALOG a; USE SCHEMA b; SELECT 1 FROM t": {
        ("SELECT", "a.b.t"), ("USE_SCHEMA", "a.b"), ("USE_CATALOG", "a"),
    },
    "WITH t AS (SELECT 1 AS x) SELECT x FROM t": set(),
    # UC: MANAGE on what lies inside needs USE on the way, MANAGE on a container on the way to it.
    "DROP TABLE a.b.t": {("MANAGE", "a.b.t"), ("USE_SCHEMA", "a.b"), ("USE_CATALOG", "a")},
    "DROP SCHEMA a.b": {("MANAGE", "a.b"), ("USE_CATALOG", "a")},
    "GRANT USE CATALOG ON CATALOG a TO x": {("MANAGE", "a")},
    "ALTER TABLE a.b.t OWNER TO x": {("MANAGE", "a.b.t"), ("USE_SCHEMA", "a.b"), ("USE_CATALOG", "a")},
    "ALTER TABLE a.b.t ADD COLUMN x INT": {
        ("MODIFY", "a.b.t"), ("SELECT", "a.b.t"), ("USE_SCHEMA", "a.b"), ("USE_CATALOG", "a"),
    },
    # Whoever makes something owns it; what was there before is somebody's.
    "SELECT x FROM a.b.t; CREATE TABLE a.b.t (x INT)": {
        ("SELECT", "a.b.t"), ("CREATE_TABLE", "a.b"), ("USE_SCHEMA", "a.b"), ("USE_CATALOG", "a"),
    },
    "CREATE TABLE IF NOT EXISTS a.b.t (x INT); INSERT INTO a.b.t VALUES (1)": {
        ("MODIFY", "a.b.t"), ("SELECT", "a.b.t"), ("CREATE_TABLE", "a.b"), ("USE_SCHEMA", "a.b"), ("USE_CATALOG", "a"),
    },
    "CREATE OR REPLACE TABLE a.b.t AS SELECT * FROM a.b.t": {
        ("SELECT", "a.b.t"), ("CREATE_TABLE", "a.b"), ("USE_SCHEMA", "a.b"), ("USE_CATALOG", "a"),
    },
    "UNDROP TABLE a.b.t": {
        ("MANAGE", "a.b.t"), ("CREATE_TABLE", "a.b"), ("USE_SCHEMA", "a.b"), ("USE_CATALOG", "a"),
    },
}  # fmt: skip


@pytest.mark.parametrize("text", CASES)
def test_a_statement_asks_for_its_privileges_and_use_on_the_way(locked, text):
    agent = locked(text)

    assert pairs(agent) == CASES[text]
    assert agent.is_final, agent.unclear


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SELECT * FROM IDENTIFIER(:t)", "dynamic-name"),
        ("SELECT * FROM orders", "no-namespace"),
        ("SELECT * FROM delta.`s3://bucket/x`", "path"),
        ("DESCRIBE TABLE a.b.t", "several-ways"),
        ("SELEKT 1", "syntax"),
    ],
)
def test_what_is_not_understood_is_listed_and_the_lock_is_not_final(locked, text, reason):
    agent = locked(text)

    assert reason in {one.reason for one in agent.unclear}
    assert not agent.is_final


def test_what_is_only_entered_asks_for_use_there(locked):
    agent = locked("USE CATALOG a", "SHOW TABLES IN b.s")

    assert pairs(agent) == {("USE_CATALOG", "a"), ("USE_CATALOG", "b"), ("USE_SCHEMA", "b.s")}
    assert agent.is_final


def test_what_is_described_before_it_is_read_asks_for_no_more(locked):
    agent = locked("DESCRIBE TABLE a.b.t; SELECT x FROM a.b.t")

    assert pairs(agent) == {("SELECT", "a.b.t"), ("USE_SCHEMA", "a.b"), ("USE_CATALOG", "a")}
    assert agent.is_final


def test_each_privilege_names_the_statement_that_justifies_it(locked):
    agent = locked("SELECT x FROM a.b.t", "SELECT y\n  FROM a.b.t JOIN a.b.u USING (i)")

    by = {one.securable: (one.because, one.statement) for one in agent.privileges if one.privilege == "SELECT"}
    assert by == {
        "a.b.t": ("used", "SELECT x FROM a.b.t"),
        "a.b.u": ("used", "SELECT y FROM a.b.t JOIN a.b.u USING (i)"),
    }


def test_tools_that_no_statement_shows_are_taken_from_the_manifest(locked):
    agent = locked(manifest='[uses]\nfunctions = ["a.b.f"]\nconnections = ["crm"]\ntables = ["a.b.never"]\n')

    assert pairs(agent) == {
        ("EXECUTE", "a.b.f"), ("USE_SCHEMA", "a.b"), ("USE_CATALOG", "a"), ("USE_CONNECTION", "crm"),
    }  # fmt: skip
    assert {one.because for one in agent.privileges} == {"declared", "usage-chain"}


def test_a_statement_that_goes_beyond_what_the_manifest_allows_is_told(locked):
    agent = locked("SELECT 1 FROM a.b.t", "SELECT 1 FROM a.b.u", manifest='[uses]\ntables = ["a.b.t"]\n')

    assert [(one.reason, one.text) for one in agent.unclear] == [("beyond-uses", "SELECT a.b.u")]


def test_statements_of_one_text_share_a_session_and_others_do_not(locked):
    agent = locked("USE CATALOG a; USE SCHEMA b; SELECT 1 FROM t", "SELECT 1 FROM t")

    assert [one.reason for one in agent.unclear] == ["no-namespace"]


def test_a_snapshot_tells_what_names_mean(locked):
    catalog = Catalog(
        {"a.b.t": {"x": "int"}}, {"a.b.v": {"definition": "SELECT x FROM a.b.t", "columns": {"x": "int"}}}
    )

    assert ("SELECT", "a.b.v") in pairs(locked("SELECT x FROM a.b.v", catalog=catalog))
    assert ("SELECT", "a.b.t") not in pairs(locked("SELECT x FROM a.b.v", catalog=catalog))


def test_the_same_declarations_give_the_same_bytes_in_any_order(declare, statements):
    texts = ["SELECT 1 FROM a.b.t", "SELECT 1 FROM x.y.z", "INSERT INTO a.b.t SELECT 1", "SELECT * FROM IDENTIFIER(:q)"]
    one = encode_lock(derive_lock(declare(statements(*texts))))
    other = encode_lock(derive_lock(declare(statements(*reversed(texts)))))

    assert one == other


def test_a_table_that_may_be_plain_is_refreshed_in_several_ways(locked):
    assert {one.reason for one in locked("REFRESH TABLE a.b.t").unclear} == {"several-ways"}


NOTEBOOK = """-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Notes

-- COMMAND ----------

DROP TABLE IF EXISTS a.tmp.x

-- COMMAND ----------

INSERT INTO a.b.t SELECT x FROM a.b.u
{}"""


def test_cells_of_a_notebook_are_statements(declare):
    manifest = "[[statements]]\nfile = 'n.sql'\n"
    [agent] = derive_lock(declare(manifest, **{"n.sql": NOTEBOOK.format("")})).agents
    assert {("MODIFY", "a.b.t"), ("SELECT", "a.b.u"), ("MANAGE", "a.tmp.x")} <= pairs(agent)
    assert agent.is_final, agent.unclear
    more = "\n-- COMMAND ----------\n\n-- MAGIC %python\n-- MAGIC spark.sql('delete from a.b.v')\n"
    [agent] = derive_lock(declare(manifest, **{"n.sql": NOTEBOOK.format(more)})).agents
    assert not agent.is_final


def test_a_script_is_one_statement(locked):
    text = "BEGIN DECLARE n INT; IF n > 1 THEN INSERT INTO a.b.t VALUES (1); ELSE DELETE FROM a.b.u; END IF; END"
    agent = locked(text)
    assert {("MODIFY", "a.b.t"), ("MODIFY", "a.b.u")} <= pairs(agent)
    assert agent.is_final, agent.unclear


def test_a_transaction_is_no_script(locked):
    agent = locked("BEGIN TRANSACTION; INSERT INTO a.b.t VALUES (1); COMMIT; SELECT x FROM a.b.u")
    assert {("MODIFY", "a.b.t"), ("SELECT", "a.b.u")} <= pairs(agent)
    assert agent.is_final, agent.unclear
