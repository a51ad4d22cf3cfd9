"""What notebooks say of access, and where."""

from __future__ import annotations

import json

import pytest

PYTHON = '''# Databricks notebook source
# MAGIC %sql
# MAGIC USE CATALOG a;
# MAGIC GRANT SELECT
# MAGIC   ON TABLE b.c TO x

# COMMAND ----------

# MAGIC %md GRANT SELECT ON TABLE no.no.no TO nobody

# COMMAND ----------

%pip install things
spark.sql("GRANT MODIFY ON TABLE a.b.c TO y")
spark.sql(f"""
  GRANT SELECT ON SCHEMA {catalog}.s TO z""")
statement = "REVOKE SELECT ON TABLE a.b.c FROM w"
spark.sql(statement)
spark.sql("GRANT SELECT ON TABLE a.b.c TO " + who)
print("GRANT SELECT ON TABLE a.b.c TO printed")
'''

SQL = """-- Databricks notebook source
GRANT SELECT ON TABLE a.b.c TO x

-- COMMAND ----------

-- MAGIC %python
-- MAGIC spark.sql('GRANT SELECT ON TABLE a.b.d TO é')

-- COMMAND ----------

GRANT SELECT ON TABLE a.b.e TO y
"""

ROWS = ["principal", "verb", "securable", "line", "column", "is_resolved"]


def test_a_python_notebook_grants_in_its_sql_cells_and_calls(declare, words):
    declared = declare(**{"n.py": PYTHON})

    assert declared.grants.select(ROWS).rows() == [
        ("x", "grant", "a.b.c", 4, 15, True),
        ("y", "grant", "a.b.c", 14, 18, True),
        ("z", "grant", "{catalog}.s", 16, 9, False),
        ("w", "revoke", "a.b.c", 17, 21, True),
    ]
    assert words(declared.grants) == ["SELECT", "MODIFY", "SELECT", "SELECT"]
    assert [(problem.reason, problem.place.line) for problem in declared.problems] == [("dynamic-statement", 19)]


def test_a_sql_notebook_grants_in_its_cells_and_in_those_of_other_languages(declare, words):
    declared = declare(**{"n.sql": SQL})

    assert declared.grants.select(ROWS[:5]).rows() == [
        ("x", "grant", "a.b.c", 2, 7), ("é", "grant", "a.b.d", 7, 27), ("y", "grant", "a.b.e", 11, 7),
    ]  # fmt: skip
    assert words(declared.grants) == ["SELECT", "SELECT", "SELECT"]
    assert declared.problems == ()


@pytest.mark.parametrize("indent", [None, 1])
def test_a_jupyter_notebook_points_into_its_file(declare, words, indent):
    cells = [
        {"cell_type": "markdown", "source": ["GRANT SELECT ON TABLE no.no.no TO nobody"]},
        {"cell_type": "code", "source": ["%sql\n", '-- "tab"\t\n', "GRANT SELECT ON TABLE a.b.c TO `x y`"]},
        {"cell_type": "code", "source": "%%time\nspark.sql('GRANT SELECT ON TABLE a.b.c TO w')\n"},
        {"cell_type": "code", "source": 'spark.sql(\n  "GRANT MODIFY ON TABLE a.b.c TO z")\n'},
    ]  # fmt: skip
    declared = declare(**{"n.ipynb": json.dumps({"cells": cells, "metadata": {}}, indent=indent)})

    assert declared.grants["principal"].to_list() == ["x y", "w", "z"]
    assert words(declared.grants) == ["SELECT", "SELECT", "MODIFY"]


def test_a_notebook_of_sql_says_so_in_its_metadata(declare):
    metadata = {"application/vnd.databricks.v1+notebook": {"language": "sql"}}
    cells = [{"cell_type": "code", "source": ["GRANT SELECT ON TABLE a.b.c TO x"]}]
    declared = declare(**{"n.ipynb": json.dumps({"cells": cells, "metadata": metadata})})

    assert declared.grants["principal"].to_list() == ["x"]


@pytest.mark.parametrize(
    ("code", "pointed"),
    [
        ('spark.sql("GRANT SELECT " "ON TABLE a.b.c TO x")', "SELECT"),
        ('spark.sql(r"GRANT SELECT ON TABLE a.b.c TO x")', "SELECT"),
        ('spark.sql("GRANT SELECT ON TABLE a.b.c\\n TO x")', '"'),
        ('spark.sql("GRANT SELECT ON TABLE a.b.c TO {}".format(1))', "SELECT"),
        ('spark.sql(sqlQuery="""GRANT SELECT\n ON TABLE a.b.c TO x""")', "SELECT"),
        ('run("GRANT SELECT ON TABLE a.b.c TO x", "what it does")', "SELECT"),
        ('run_sql("GRANT SELECT ON TABLE a.b.c TO x")', "SELECT"),
        ('é = 1; cursor.execute("GRANT SELECT ON TABLE a.b.c TO x")', "SELECT"),
    ],
)
def test_a_literal_text_that_is_run_is_read(declare, words, code, pointed):
    declared = declare(**{"a.py": code})

    assert declared.grants.select("privilege", "securable").rows() == [("SELECT", "a.b.c")]
    assert words(declared.grants) == [pointed]


def test_code_that_is_no_python_is_told(declare):
    problems = declare(**{"a.py": 'spark.sql("GRANT SELECT ON TABLE a.b.c TO x"'}).problems

    assert [problem.reason for problem in problems] == ["not-python"]


def test_a_notebook_that_is_no_json_is_told(declare):
    problems = declare(**{"a.ipynb": '{"cells": [GRANT}'}).problems

    assert [(problem.reason, problem.place.line) for problem in problems] == [("not-json", 1)]


@pytest.mark.parametrize(("name", "mark"), [("n.scala", "//"), ("N.R", "#")])
def test_cells_of_sql_in_notebooks_of_other_languages_are_read(declare, words, name, mark):
    text = (
        f"{mark} Databricks notebook source\nval x = 1 {mark} GRANT\n\n{mark} COMMAND ----------\n\n"
        f"{mark} MAGIC %sql\n{mark} MAGIC GRANT SELECT ON TABLE a.b.c TO x\n"
    )
    declared = declare(**{name: text})

    assert declared.grants.select("securable", "line").rows() == [("a.b.c", 7)]
    assert words(declared.grants) == ["SELECT"]
