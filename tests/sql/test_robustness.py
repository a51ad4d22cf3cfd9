"""Texts of any size, depth and brokenness end soon, and never silently."""

# ruff: noqa: S608 - the statements are written here and run nowhere

from __future__ import annotations

import time

import pytest

from uc_guard.sql.extract import Catalog, extract

DEEP = {
    "parentheses": lambda n: "SELECT " + "(" * n + "a" + ")" * n + " FROM t",
    "case": lambda n: "SELECT " + "CASE WHEN a > 1 THEN " * n + "a" + " END" * n + " FROM t",
    "not": lambda n: "SELECT " + "NOT " * n + "a FROM t",
    "minus": lambda n: "SELECT " + "- " * n + "a FROM t",
    "calls": lambda n: "SELECT " + "abs(" * n + "a" + ")" * n + " FROM t",
    "sub-queries": lambda n: "SELECT a FROM (" * n + "SELECT a FROM t" + ")" * n,
    "ctes": lambda n: "WITH x AS (" * n + "SELECT a FROM t" + ") SELECT a FROM x" * n,
    "lambdas": lambda n: "SELECT transform(arr, " + "x -> " * n + "x + a) FROM t",
    "blocks": lambda n: "BEGIN " * n + "SELECT a FROM t;" + " END;" * n,
    "explain": lambda n: "EXPLAIN " * n + "SELECT a FROM t",
}
LONG = {
    "in list": "SELECT a FROM t WHERE a IN (" + ",".join(map(str, range(10_000))) + ")",
    "or": "SELECT a FROM t WHERE " + " OR ".join(f"a = {k}" for k in range(20_000)),
    "union": "SELECT a FROM t" + " UNION ALL SELECT a FROM t" * 10_000,
    "select list": "SELECT " + ", ".join(f"a AS c{k}" for k in range(20_000)) + " FROM t",
    "joins": "SELECT t0.a FROM t t0" + "".join(f" JOIN t t{k} ON t{k}.a = t{k - 1}.a" for k in range(1, 2_000)),
    "pipes": "FROM t " + "|> WHERE a > 1 " * 5_000 + "|> SELECT a",
    "string": "SELECT '" + "x" * 1_000_000 + "', a FROM t",
    "comments": "SELECT a FROM t " + "-- more\n" * 50_000,
    "nested comments": "/* " * 10_000 + "*/ " * 10_000 + "SELECT a FROM t",
    "spaces": " " * 1_000_000 + "SELECT a FROM t",
    "statements": "SELECT a FROM t;" * 5_000,
}
BROKEN = {
    "quotes": "'" * 100_001,
    "escaped quotes": "'" + "\\'" * 100_000,
    "backticks": "`" * 100_001,
    "open comments": "/*" * 100_000,
    "open parentheses": "(" * 200_000,
    "open ifs": "BEGIN " + "IF 1 > 0 THEN " * 3_000,
    "python": "%python\nspark.table('main.s.t').show()",
    "bytes": "\x00\x01\xff\udcff SELECT",
    "words": "lorem ipsum dolor sit amet",
    "half": "SELECT a FROM t WHERE (b = 'x'",
    "two operands": "SELECT a b c FROM t",
    "top": "SELECT TOP 10 a FROM t",
}


@pytest.mark.parametrize("depth", [100, 500, 3_000])
@pytest.mark.parametrize("shape", DEEP)
def test_a_deep_statement_is_understood(used, shape, depth):
    assert used(DEEP[shape](depth))[0].startswith("t(a")


@pytest.mark.parametrize("shape", sorted(DEEP.keys() - {"not", "minus"}))
def test_a_bottomless_statement_is_opaque(used, shape):
    assert used(DEEP[shape](40_000))[-1] in {"?too-deep", "?syntax"}


@pytest.mark.parametrize("shape", LONG)
def test_a_long_statement_is_understood(used, shape):
    assert used(LONG[shape]) == ["t(a)"]


@pytest.mark.parametrize("shape", BROKEN)
def test_a_broken_text_is_opaque(used, shape):
    assert any(word.startswith("?") for word in used(BROKEN[shape]))


@pytest.mark.parametrize("shape", ["or", "union", "joins", "select list", "statements"])
def test_twice_the_text_takes_about_twice_the_time(used, shape):
    text = LONG[shape]
    half = text[: len(text) // 2].rpartition(" JOIN" if shape == "joins" else " ")[0]
    shorter, longer = _seconds(used, half), _seconds(used, text)
    assert longer < 8 * shorter + 0.2


def _seconds(used, text):
    def once():
        start = time.process_time()
        used(text)
        return time.process_time() - start

    return min(once(), once())


def test_no_text_is_opaque(used):
    assert used(None) == ["?no-text"]


def test_an_empty_text_uses_nothing(used):
    assert used(" ; -- nothing\n") == []


def test_a_broken_statement_may_be_any_name_it_spells(catalog):
    found = extract("SELEC a FROM t; SELECT a FROM u WHERE WHERE", catalog, current_catalog="main", current_schema="s")
    garbled, doubled = found.opaque
    assert garbled.may is None
    assert doubled.may == ("main.s.u",)


def test_a_hundred_thousand_tables_cost_one_look_at_their_names():
    class Columns(dict):
        def __iter__(self):
            raise AssertionError("a table that no statement names was looked at")

    tables = {f"main.s.t{k}": Columns(a="int") for k in range(100_000)} | {"main.s.used": {"a": "int"}}
    catalog = Catalog(tables)
    assert extract("SELECT a FROM main.s.used", catalog).uses[0].columns == ("a",)
