"""Files that were written to break the reading, or to slow it down."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from uc_guard.errors import BadInput

BOMB = (
    "x: &x [a, a]\n"
    + "".join(f"x{i}: &x{i} [*x{i - 1 if i else ''}, *x{i - 1 if i else ''}]\n" for i in range(40))
    + "resources:\n  schemas:\n    s:\n      catalog_name: a\n      name: b\n      grants: *x39\n"
)
HOSTILE = {
    "a.sql": [
        "GRANT " + "(" * 50_000, "GRANT SELECT ON " + "a." * 50_000, "/*" * 50_000 + " GRANT", "{{" * 50_000 + " GRANT",
        "GRANT '" + "\\'" * 50_000, "GRANT " + ";" * 50_000, "${" * 50_000 + "GRANT SELECT ON a.b.c TO x",
        "CREATE TABLE t (" + "a STRING MASK f, " * 20_000 + ") -- owner", ":" * 50_000 + "GRANT", "GRANT " * 30_000,
    ],
    "a.py": [
        "spark.sql(" * 3_000 + "'GRANT'", "spark.sql('GRANT' " + "+ 'x'" * 5_000 + ")",
        "spark.sql(" + "-" * 50_000 + "1) # grant", "spark.sql('GRANT \x00')",
    ],
    "a.ipynb": ["[" * 100_000 + '"grant"', '{"cells": [' + '{"source": "grant"},' * 20_000],
    "databricks.yml": ["resources:\n  schemas: " + "{a: " * 20_000 + "\npermissions:", BOMB],
    "agent.toml": [
        "[agent]\nx = " + "[" * 50_000, "[agent]\n" + "a." * 20_000 + "b = 1\n", "[[" * 30_000,
        "[" + "a." * 90 + "b]\n" + "a." * 90 + "b = {" + "a." * 90 + "b = 1}\n",
    ],
    "a.tf": [
        'resource "databricks_grant" "x" {' + "a {" * 20_000, 'x = "databricks_grant ' + "${" * 20_000,
        "databricks_grant <<A\n" * 5_000, 'resource "databricks_grant" "x" {\n a = ' + "[" * 50_000,
    ],
    "plan.json": [
        '{"format_version": "1", "databricks_grant": ' + "[" * 100_000,
        '{"format_version": "1", "resource_changes": ["databricks_grant"',
    ],
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in HOSTILE.items() for text in texts],
                         ids=lambda part: part[:20] if len(part) < 20 else "")  # fmt: skip
def test_a_hostile_file_is_read_in_a_moment(declare, name, text):
    start = time.process_time()
    with suppress(BadInput):
        declare(**{name: text})

    assert time.process_time() - start < 10


def test_a_file_that_is_too_large_is_told(declare, monkeypatch):
    monkeypatch.setattr("uc_guard.read.declared.opened._LARGEST", 10)
    problems = declare(**{"a.sql": "GRANT SELECT ON TABLE a.b.c TO x"}).problems

    assert [problem.reason for problem in problems] == ["too-large"]


def test_many_files_are_read_in_a_moment(declare):
    body = "SELECT a, b FROM c.s.t WHERE x = 'y';\n" * 40
    files = {f"f{i}.sql": f"{body}GRANT SELECT ON TABLE c.s.t{i} TO x;\n" for i in range(200)}
    declare(**files)
    start = time.process_time()
    declared = declare()

    assert time.process_time() - start < 2
    assert declared.grants.height == 200
