"""Whatever stands in a file: reading it never raises, and every place lies within it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from uc_guard.errors import BadInput
from uc_guard.read.declared import read_declared

NAMES = ["a.sql", "a.py", "a.ipynb", "agent.toml", "databricks.yml", "MLmodel", "a.tf", "a.json"]
WORDS = [
    "GRANT", "REVOKE", "SELECT", "ALL PRIVILEGES", "ON", "TABLE", "SCHEMA", "CATALOG", "TO", "FROM", "x", "a.b.c", "`",
    "`a b`", "'", "''", '"', ";", "(", ")", ",", ".", "--", "/*", "*/", "\n", "\r\n", "${x}", "{{ y }}", "{%", "%}",
    "ALTER", "COLUMN", "SET", "DROP", "MASK", "OWNER TO", "ROW FILTER", "CREATE", "POLICY", "EXCEPT", "IDENTIFIER(",
    "spark.sql(", 'f"', "# MAGIC %sql", "# Databricks notebook source\n", "\n# COMMAND ----------\n", "{", "}", "[",
    "]", '"cells": [', '{"cell_type": "code", "source": "', "\\n", "\\u00e9", ":",
    "[agent]\n", "principal = ", '"bot"\n', "[uses]\n", "tables = ", "[[statements]]\n", "sql = ", '"""', "'''", "#",
    "1.5",
    "\nresources:\n", "  schemas:\n", "    s:\n", "      name: x\n", "      grants:\n", "        - principal: ", "&a",
    "*a", "privileges: [", "permissions:\n", "\napi_version: 1\n", "\ndatabricks:\n", "  table:\n", "    - name: ",
    "<<:",
    '\nresource "databricks_grant" "x" {\n', "\n}\n", "\n  principal = ", '\n  privileges = ["SELECT"]\n',
    "\n  table = ", "\n grant {", "<<EOT\n", "\nEOT\n", "//", "=", "databricks_grants", '{"format_version":',
    '"resource_changes":',
    "USE", "BEGIN", "END", "é", "\U0001f600", "ꙮ", "$$", "r'", ":p", "\x00", "EXECUTE IMMEDIATE", "IF EXISTS",
]  # fmt: skip


def read(name, data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        try:
            return read_declared([path])
        except BadInput:
            assert name == "agent.toml"  # a file of ours: what does not fit in it is refused
            return read_declared([])


def places(declared):
    columns = ["line", "column", "end_line", "end_column"]
    yield from declared.grants.select(columns).rows()
    for one in (*declared.problems, *declared.statements, *declared.agents):
        place = one.place
        yield place.line, place.column, place.end_line or place.line, place.end_column or place.column


@pytest.mark.parametrize("name", NAMES)
@given(st.lists(st.sampled_from(WORDS), max_size=40))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_places_lie_within_the_file(name, words):
    text = " ".join(words)
    lines = text.split("\n")

    for line, column, end_line, end_column in places(read(name, text.encode())):
        assert 1 <= line <= end_line <= len(lines)
        assert 1 <= column <= len(lines[line - 1]) + 1
        assert 1 <= end_column <= len(lines[end_line - 1]) + 1
        assert (line, column) <= (end_line, end_column)


@pytest.mark.parametrize("name", NAMES)
@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_no_bytes_break_the_reading(name, data):
    read(name, data)
    read(name, b"GRANT SELECT ON " + data)
