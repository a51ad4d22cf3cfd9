"""Names keep their parts through any spelling, and no name gets out of its quotes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uc_guard.model.name import canonical_name, join_name, parent_name, quote, quote_name, split_name

PARTS = st.lists(st.text(min_size=1), min_size=1, max_size=4)


@given(PARTS)
def test_parts_survive_a_join_and_a_split(parts: list[str]) -> None:
    assert split_name(join_name(parts)) == tuple(part.lower() for part in parts)


@given(PARTS)
def test_a_canonical_name_is_its_own_canonical_name(parts: list[str]) -> None:
    name = join_name([part.lower() for part in parts])
    assert canonical_name(name) == join_name(split_name(name))


@given(st.text())
def test_a_quoted_identifier_holds_backticks_in_pairs_only(identifier: str) -> None:
    inside = quote(identifier)[1:-1]
    assert inside.replace("``", "").count("`") == 0
    assert inside.replace("``", "`") == identifier


def test_every_part_of_a_name_is_quoted_for_itself() -> None:
    assert quote_name("main.`a.b`.c") == "`main`.`a.b`.`c`"
    assert parent_name("main.`a.b`.c") == "main.`a.b`"
    assert parent_name("main") is None


@pytest.mark.parametrize("name", ["", ".", "a..b", "a.", "`a", "`a`b", "a.``"])
def test_a_name_with_an_empty_or_open_part_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"in the name|backtick"):
        split_name(name)
