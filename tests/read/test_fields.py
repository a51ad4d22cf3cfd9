"""Columns taken as they stand, which most are, are what the expression of their kind gives."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uc_guard.errors import BadInput
from uc_guard.read.fields import by_value, may, take, upper
from uc_guard.read.files import open_frame
from uc_guard.read.kinds import LONGEST

CELLS = st.one_of(st.none(), st.sampled_from(["", "a", "b c", "A", "\0", "é", "x" * LONGEST, "é" * LONGEST]))
TOO_LONG = st.sampled_from(["x" * (LONGEST + 1), "a\0b"])


def reference(kind: str, cell: str | None) -> str | None:
    """What a cell reads as, in plain Python; a word that is none raises."""
    if not cell:
        return None
    if kind == "word" and ("\0" in cell or len(cell) > LONGEST):
        raise ValueError(cell)
    return cell


def first(kind: str, row: tuple[str | None, ...]) -> str | None:
    found = [reference(kind, cell) for cell in row]  # each cell has to fit, not only the first
    return next((value for value in found if value is not None), None)


@given(
    st.sampled_from(["text", "json", "word"]),
    st.lists(st.tuples(CELLS, CELLS, st.one_of(CELLS, TOO_LONG)), min_size=1, max_size=6),
)
def test_a_field_is_the_first_of_its_spellings_that_is_not_null(
    kind: str, rows: list[tuple[str | None, str | None, str | None]]
) -> None:
    names = ["one", "two", "three"]
    raw = open_frame(pl.DataFrame(rows, dict.fromkeys(names, pl.String), orient="row"), "given")
    field = may("found", *names, kind=kind)

    try:
        expected = [first(kind, row) for row in rows]
    except ValueError:
        with pytest.raises(BadInput, match="without NUL"):
            take(raw, field)
    else:
        assert take(raw, field)["found"].to_list() == expected


def test_two_fields_can_be_taken_from_one_column() -> None:
    raw = open_frame(pl.DataFrame({"Name": ["a", ""], "compute": [{"Type": "x"}, {"Type": None}]}), "given")

    found = take(raw, may("one", "name"), may("two", "name", kind="text"), may("three", "compute.type", "name"))

    assert found.select("one", "two", "three").rows() == [("a", "a", "x"), (None, None, None)]


@given(st.lists(st.one_of(st.none(), st.sampled_from(["a b", "A_B", "A", "", " a", "ß"]))))
def test_spelling_by_value_is_spelling_each(cells: list[str | None]) -> None:
    frame = pl.DataFrame({"word": pl.Series(cells, dtype=pl.String), "other": range(len(cells))})

    assert by_value(frame, word=upper("word")).equals(frame.with_columns(upper("word").alias("word")))
