"""What the first reading loses, the second one finds: no table goes missing in silence."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from uc_guard import Catalog, extract
from uc_guard.model.use import Extraction, Opaque
from uc_guard.sql import second
from uc_guard.sql.resolve.session import Session

CATALOG = Catalog.from_dict(
    {
        "tables": {
            "main.s.orders": {"id": "int", "country": "int"},
            "main.s.country": {"id": "int"},
            "main.x.orders": {"id": "int"},
        },
        "views": {"main.s.v": {"definition": "select id from orders", "columns": {"id": "int"}}},
    }
)
HERE = Session("main", "s")
NOTHING = Extraction()


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("select id from orders", ("main.s.orders",)),
        ("select id from x.orders", ("main.x.orders",)),
        ("select id from (select * from v) q join main.s.country c using (id)", ("main.s.country", "main.s.v")),
        ("insert into orders select id from country", ("main.s.country", "main.s.orders")),
        ("with orders as (select 1) select * from orders, country", ("main.s.country",)),
    ],
)
def test_a_table_that_the_first_reading_lost_is_held(text: str, lost: tuple[str, ...]) -> None:
    (opaque,) = second.overlooked(CATALOG, HERE, text, NOTHING)
    assert (opaque.reason, opaque.may) == ("readers-disagree", lost)


@pytest.mark.parametrize(
    "text",
    [
        "select country from orders",
        "select o.country from main.s.orders o -- not from country",
        "with country as (select 1 as id) select id from country",
        "select 'from country' from orders",
        "use main.x; select id from orders",
    ],
)
def test_what_is_no_table_is_no_disagreement(text: str) -> None:
    found = extract(text, CATALOG, current_catalog="main", current_schema="s")
    assert found.opaque == ()


@pytest.mark.parametrize(
    "text",
    [
        "select id, amt from main.s.orders",
        "select id from main . x . `orders`",
        "select o.id from main.x.orders o join `main`.`x`.orders p using (id)",
    ],
)
def test_sqlglot_is_not_asked_where_no_name_could_be_another_table(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second, "_tables", lambda *_: pytest.fail("asked"))
    assert extract(text, CATALOG, current_catalog="main", current_schema="s").uses


_PART = st.sampled_from(["main", "s", "x", "orders", "country", "`orders`", "`s`", "v", "`main`", "id", "1"])
_DOT = st.sampled_from([".", ".", " . ", ".\n", " ./* s */", "/* x */.", ".-- main\n", "`.`", " "])
_NAME = st.lists(st.tuples(_PART, _DOT), min_size=1, max_size=4).map(
    lambda parts: "".join(part + dot for part, dot in parts[:-1]) + parts[-1][0]
)
_TEXT = st.lists(
    st.tuples(
        st.sampled_from(["select id from ", " join ", ", ", " where id in (select ", ") ", " from ", " as "]), _NAME
    ),
    min_size=1,
    max_size=6,
).map(lambda parts: "".join(map("".join, parts)))


@given(_TEXT)
@example("select id from main.`s` . orders join x.orders using (id)")
@example("select id from x./* s */orders")
@example("select orders.id from main.x.orders, main.s.orders")
def test_whatever_sqlglot_sees_is_asked_for(text: str) -> None:
    """The cheap look at words that decides whether it is asked never hides a table that it would have found."""
    told = second.SecondReader(CATALOG, text).overlooked(HERE, NOTHING)
    assert second.overlooked(CATALOG, HERE, text, NOTHING) == told


@pytest.mark.parametrize(
    "text",
    [
        "select (" * 5000 + "orders",
        "orders " * 30_000,
        "orders )))) select from from",
        "select id from orders " + "join country " * 500,
        "select " + "struct(" * 60 + "1" + ")" * 60 + " from orders",
        "select id from orders " + "join country " * 12,
        "select " + "struct(" * 12 + "1" + ")" * 12 + " from orders",
    ],
)
def test_a_text_that_could_hurt_the_parser_is_no_danger(text: str) -> None:
    second.overlooked(CATALOG, HERE, text, NOTHING)


def test_nothing_is_added_where_anything_could_be_used_already() -> None:
    assert (
        second.overlooked(CATALOG, HERE, "select id from orders", Extraction((), (Opaque("syntax", "", None),))) == ()
    )


@given(
    st.text(st.sampled_from(["a", "b", "_", "1", ".", "`", " ", "\n", "-", ")", "é", "\xa0", "\u0300"]), max_size=14)
)
@example("a.`b`")
@example("a . b.")
def test_what_stands_before_a_word_is_found_as_a_pattern_would(text: str) -> None:
    words = re.findall(r"\w+", text)
    assert second.words_in(text) == set(words)
    pairs = re.findall(r"(\w++)([`\s]*+\.[`\s]*+(?=\w))?+", text)
    for word in words:
        told = {
            one if dot else None
            for (one, dot), (found, _) in zip([("", ""), *pairs], pairs, strict=False)
            if found == word
        }
        assert second._before(text, word) == told
