"""Grants in the forms that repositories have them in: none is passed over in silence."""

from __future__ import annotations

import json

import pytest

GRANT = "GRANT SELECT ON TABLE a.b.t TO `bot`"
SAID = {("grant", "bot", "SELECT", "a.b.t")}


@pytest.fixture
def told(declare):
    """Give what files say, and the reasons of what is told."""

    def of(**files):
        declared = declare(**files)
        rows = declared.grants.select("verb", "principal", "privilege", "securable").rows()
        return set(rows), {one.reason for one in declared.problems}

    return of


@pytest.mark.parametrize("title", ["# DBTITLE 1,Grants\n", "# DBTITLE 0,x\n", "# a remark\n", ""])
def test_a_cell_under_a_title_is_read(told, title):
    text = f"# Databricks notebook source\nx = 1\n\n# COMMAND ----------\n\n{title}# MAGIC %sql\n# MAGIC {GRANT};\n"
    assert told(**{"n.py": text}) == (SAID, set())


SCRIPTS = [
    f"BEGIN IF a > 1 THEN {GRANT}; END IF; END;",
    f"BEGIN IF a THEN SELECT 1; ELSEIF b THEN {GRANT}; END IF; END;",
    f"BEGIN WHILE a DO {GRANT}; END WHILE; END;",
    f"BEGIN FOR r AS SELECT 1 DO {GRANT}; END FOR; END;",
    f"BEGIN l: LOOP {GRANT}; LEAVE l; END LOOP; END;",
    f"BEGIN REPEAT {GRANT}; UNTIL a END REPEAT; END;",
    f"BEGIN CASE WHEN a THEN {GRANT}; END CASE; END;",
    f"here: BEGIN {GRANT}; END;",
    f"BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN {GRANT}; END; SELECT 1; END;",
    f"CREATE PROCEDURE a.b.p() LANGUAGE SQL AS BEGIN {GRANT}; END;",
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_grant_inside_a_block_is_read(told, script):
    said, _ = told(**{"s.sql": script})
    assert said == SAID


@pytest.mark.parametrize("made", ["DECLARE s STRING = '{}'", "SET VAR s = '{}'"])
def test_a_statement_in_a_variable_is_told(told, made):
    said, reasons = told(**{"s.sql": f"{made.format('GRANT SELECT ON TABLE a.b.t TO x')}; EXECUTE IMMEDIATE s;"})
    assert not said
    assert reasons == {"dynamic-statement"}


@pytest.mark.parametrize(
    "code",
    [
        f'q: str = "{GRANT}"\nspark.sql(q)\n',
        f'run_sql(conn, "{GRANT}")\n',
        f'db.execute(sql="{GRANT}")\n',
        f'spark.sql("USE CATALOG a;\\n{GRANT}")\n',
        f'spark.sql("\\n{GRANT}")\n',
    ],
)
def test_code_that_runs_a_grant_is_read(told, code):
    assert told(**{"c.py": code})[0] == SAID


@pytest.mark.parametrize(
    "code",
    [
        f'for s in ["{GRANT}"]:\n    spark.sql(s)\n',
        f'ALL = ["{GRANT}"]\nfor s in ALL:\n    spark.sql(s)\n',
        f'a, q = 1, "{GRANT}"\nspark.sql(q)\n',
        f'def run(s):\n    spark.sql(s)\n\n\nrun_it = 1\ngive("{GRANT}")\n',
    ],
)
def test_code_that_may_run_a_grant_is_told(told, code):
    said, reasons = told(**{"c.py": code})
    assert said == SAID or "dynamic-statement" in reasons


def test_prose_about_grants_is_no_grant(told):
    text = '"""Grant select on the table to it."""\n\n\ndef f(s):\n    """Grant it on this to one."""\n    run(s)\n'
    assert told(**{"c.py": text}) == (set(), set())


def test_a_jupyter_cell_in_one_string_is_read(told):
    cell = {"cell_type": "code", "source": f"%sql\n{GRANT}"}
    assert told(**{"n.ipynb": json.dumps({"cells": [cell], "metadata": {}})})[0] == SAID


GIVEN = {"schema": "a.b", "grant": [{"principal": "bot", "privileges": ["SELECT"]}]}
FLOW = "{catalog_name: a, name: b, grants: [{principal: bot, privileges: [SELECT]}]}"


@pytest.mark.parametrize(
    "text",
    [
        f"resources:\n  schemas:\n    s: {FLOW}\n",
        f"resources: {{schemas: {{s: {FLOW}}}}}\n",
        json.dumps({"resources": {"schemas": {"s": {"catalog_name": "a", "name": "b", "grants": GIVEN["grant"]}}}}),
        f"environments:\n  dev:\n    resources:\n      schemas:\n        s: {FLOW}\n",
    ],
)
def test_a_bundle_in_flow_style_is_read(told, text):
    assert told(**{"databricks.yml": text})[0] == {("grant", "bot", "SELECT", "a.b")}


@pytest.mark.parametrize(
    "document",
    [
        {"resource": {"databricks_grants": {"x": GIVEN}}},
        {"resource": [{"databricks_grants": {"x": GIVEN}}]},
        {"resource": {"databricks_grants": [{"x": GIVEN}]}},
        {"resource": {"databricks_grants": {"x": [GIVEN]}}},
        [{"resource": [{"databricks_grants": [{"x": [GIVEN]}]}]}],
    ],
)
def test_terraform_in_json_is_read_in_each_of_its_forms(told, document):
    assert told(**{"g.tf.json": json.dumps(document)})[0] == {("grant", "bot", "SELECT", "a.b")}
