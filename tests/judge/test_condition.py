"""A condition is made of columns, literals, operators and a few functions, and of nothing else."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uc_guard.judge.condition import condition, problems_of
from uc_guard.tables import NAMES, Column, Contract

FACTS = Contract(
    "thing",
    "One thing.",
    {
        "name": Column(pl.String, "its name", null="none"),
        "used": Column(pl.Boolean, "used", null="not known"),
        "days": Column(pl.Int64, "days"),
        "tags": Column(NAMES, "tags"),
    },
)
ROWS = FACTS.frame(
    [
        {"name": "a", "used": True, "days": 1, "tags": ["x"]},
        {"name": "b", "used": False, "days": 100, "tags": []},
        {"name": None, "used": None, "days": 100, "tags": []},
    ]
)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("used", [1]),
        ("NOT used AND days >= 90", [100]),
        ("coalesce(used, FALSE) = FALSE", [100, 100]),
        ("name IN ('a', 'it''s')", [1]),
        ("name LIKE 'a%' OR days BETWEEN 99 AND 101", [1, 100, 100]),
        ("name IS NULL", [100]),
        ("array_length(tags) > 0 AND array_contains(tags, 'x')", [1]),
        ("starts_with(lower(name), 'b') AND length(name) = 1", [100]),
        ("days * 2 - 1 = 1", [1]),
    ],
)
def test_a_condition_means_what_sql_says(text, days):
    assert problems_of(text, FACTS) == []
    assert ROWS.filter(condition(text))["days"].to_list() == days


@pytest.mark.parametrize(
    "text",
    [
        "(SELECT 1) = 1",
        "days IN (SELECT 1)",
        "EXISTS (SELECT 1)",
        "read_csv('/etc/passwd') = 1",
        "days = 1; DROP TABLE x",
        "days = 1 -- all",
        "days = 1 /* all */",
        '"days" = 1',
        "*",
        "thing.days = 1",
        "CAST(days AS STRING) = '1'",
        "CASE WHEN used THEN TRUE END",
        "DATE '2026-01-01' > days",
        "current_date > days",
        "used IS TRUE",
        "used IS NOT FALSE",
        "days",
        "name = 1 AND",
        "name > 1",
        "",
        "'open",
        "days = 1 AND day = 2",
        "tags = used",
        "tags = name",
    ],
)
def test_nothing_else_gets_in(text):
    assert problems_of(text, FACTS)


def test_a_text_may_hold_any_word():
    assert problems_of("name = 'SELECT -- IS TRUE; drop'", FACTS) == []


def test_all_strangers_are_told_at_once():
    assert [found for found, _, _ in problems_of("dys = 1 AND usd", FACTS)] == ["`dys`", "`usd`"]


PIECES = [
    *FACTS.columns, "AND", "OR", "NOT", "IN", "IS", "NULL", "LIKE", "BETWEEN", "TRUE", "FALSE", "(", ")", ",", "=",
    "<>", "<", "+", "-", "*", "1", "2.5", "'a'", "'%'", "lower(", "length(", "coalesce(", "array_length(",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join))
def test_what_passes_can_be_evaluated(text):
    if not problems_of(text, FACTS):
        assert ROWS.filter(condition(text)).height <= ROWS.height


@given(st.text(max_size=40))
def test_whatever_is_written_is_answered(text):
    assert isinstance(problems_of(text, FACTS), list)
