"""Which rows of a log need not be read again: those that nothing outside of their own part can change."""

from __future__ import annotations

import polars as pl

from uc_guard.usage.settled import is_open, settled


def rows(*told: tuple[int, str | None, int | None]) -> pl.DataFrame:
    return pl.DataFrame(told, {"part": pl.UInt32, "session": pl.Categorical, "fact": pl.Int32}, orient="row")


def test_a_row_without_a_fact_is_open_and_so_is_all_of_its_session() -> None:
    found = is_open(rows((0, "a", 1), (0, "a", None), (0, "b", 2), (0, None, 3), (0, None, None)))
    assert found.to_list() == [True, True, False, False, True]


def test_a_session_that_stands_in_several_parts_is_open() -> None:
    found = is_open(rows((0, "a", 1), (1, "a", 1), (1, "b", 2), (1, "b", 2), (0, None, 3), (1, None, 3)))
    assert found.to_list() == [True, True, False, False, False, False]


def test_all_is_open_where_nothing_is_known() -> None:
    assert is_open(rows((0, "a", None), (1, None, None))).to_list() == [True, True]
    assert is_open(rows()).to_list() == []


def test_what_a_session_of_several_parts_uses_is_not_kept() -> None:
    found = settled(rows((0, "a", 1), (1, "a", 2), (1, "b", 3), (1, "b", 4), (0, None, 5), (1, None, 6)))
    assert found["fact"].to_list() == [None, None, 3, 4, 5, 6]
