"""Templates: what texts share but for the spelling of their literals, and nothing more."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uc_guard.sql.grammar.tokens import Hole, is_string, tokenize, tokenize_template
from uc_guard.usage.fingerprint import templates

PIECES = [
    *("'", '"', "`", "\\", "$$", "--", "/*", "*/", "/", "*", "+", "\n", "\r", " ", "  ", ";", "(", ")", ",", ".", "@"),
    *("values (", "VALUES(", "),(", ") , (", "null", "-1"),
    *("select", "SELECT", "in (", "IN (", "r", "R", "x", "a", "é", "t1", "2024_sales", "1e5", "10L", "e", "_", "-"),
    *("0", "1", "17", "1.5", ".5", "5.", "'a'", "'it''s'", "'a -- b'", "'/* c */'", '"d"', "`q`", "`q 1`", "`7`"),
    *(
        "/* note */",
        "/* it's */",
        "-- don't\n",
        "/*+ REPARTITION(a) */",
        "r'C:\\'",
        "'a\\'b'",
        "$$ ' $$",
        "\x00",
        "\xa0",
    ),
]
soup = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


def template(text: str) -> str | None:
    return templates(pl.Series([text], dtype=pl.String))[0]


def shape(tokens: list[str]) -> list[str]:
    """Tokens without what literals spell; lists of literals after IN as one."""
    kinds = ["''" if is_string(t) else "0" if is_number(t) else t.lower() if t.isascii() else t for t in tokens]
    while kinds and kinds[-1] == ";":
        kinds.pop()
    i = 0
    while i < len(kinds):
        if kinds[i : i + 2] == ["in", "("] and ")" in kinds[i:]:
            end = kinds.index(")", i)
            inside = kinds[i + 2 : end]
            if inside and set(inside[::2]) <= {"0", "''"} and set(inside[1::2]) <= {","} and len(inside) % 2:
                kinds[i + 2 : end] = ["0"]
        while kinds[i] == "values" and (one := row_at(kinds, i + 1)) and kinds[one : one + 1] == [","]:
            if not (other := row_at(kinds, one + 1)):
                break
            del kinds[one:other]
        i += 1
    return kinds


def row_at(kinds: list[str], start: int) -> int:
    """The index after a row of literals in brackets that begins there; 0 where none does."""
    if kinds[start : start + 1] != ["("] or ")" not in kinds[start:]:
        return 0
    end = kinds.index(")", start)
    inside = " ".join(kinds[start + 1 : end]).replace("- 0", "0").split()
    is_row = len(inside) % 2 and set(inside[::2]) <= {"0", "''", "null", "true", "false"} and set(inside[1::2]) <= {","}
    return end + 1 if is_row else 0


def is_number(token: str) -> bool:
    return re.fullmatch(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:[lLsSyYfFdD]|[bB][dD])?", token) is not None


@settings(max_examples=600, deadline=None)
@given(soup)
def test_a_template_has_the_tokens_of_its_text_but_for_what_literals_spell(text: str) -> None:
    found = template(text)
    if found is not None:
        tokens = tokenize(text)
        folded = tokenize(found)
        assert tokens is None if folded is None else shape(tokens or []) == shape(folded)


def test_rows_of_values_are_folded() -> None:
    texts = [
        "INSERT INTO t VALUES (1, 'a', NULL)",
        "insert into t values (2,'b',3), (4, 'c', NULL)\n, (-5, '', true)",
    ]
    assert [template(text) for text in texts] == [
        "insert into t values(0,'',null)",
        "insert into t values(0,'',0)",
    ]
    assert template("insert into t values (1), (a), (2)") == "insert into t values(0),(a),(0)"


def test_literals_comments_layout_and_letter_case_are_folded() -> None:
    texts = [
        "SELECT a FROM t WHERE b = 'x' AND c IN (1, 2, 3) AND d > 1",
        "/* trace_id=17, it's new */ select a\n  from t where b = 'it''s' and c in (4,5) and d > 20 ;",
        "-- agent 7\nSELECT a FROM t WHERE b = '' AND c IN ('p', 9) AND d > 3 /* id=a-b */",
        'SELECT a FROM t -- don\'t cache\nWHERE b = "x" AND c IN (1) AND d > 4',
    ]
    assert templates(pl.Series(texts)).n_unique() == 1
    assert template(texts[0]) == "select a from t where b = '' and c in(0)and d > 0"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("select a from c.s.2024_sales", "select a from c.s.2025_sales"),
        ("select a from c.s.t1", "select a from c.s.t2"),
        ("select `a 1` from t", "select `a 2` from t"),
        ("select a from delta.`/p/1`", "select a from delta.`/p/2`"),
        ("select 'a -- b', c from t", "select 'a', d -- b', c\nfrom t"),
        ("select '/* ', a, ' */' from t", "select '/* ', b, ' */' from t"),
        ("select `it's`, a, 'x' from t", "select `it's`, b, 'x' from t"),
        ("select r'C:\\', a, 'x' from t", "select r'C:\\', b, 'x' from t"),
        ("select 'a\\'b', c, 'd' from t", "select 'a\\'b', e, 'd' from t"),
        ("select /* it's */ a, 'x' from t", "select /* it's */ b, 'x' from t"),
        ("select /* a /* b */ c */ d from t", "select /* a /* b */ c */ e from t"),
        ("select $$ ' $$, a, 'x' from t", "select $$ ' $$, b, 'x' from t"),
        ("select \"it's\", a, 'x' from t", "select \"it's\", b, 'x' from t"),
        ("select 'x', a from t", "select 1, a from t"),
        ("select é5 from t", "select é6 from t"),
        ("select 1e5 from t", "select e5 from t"),
    ],
)
def test_what_names_something_else_is_kept_apart(one: str, other: str) -> None:
    first, second = template(one), template(other)
    assert first is None or second is None or first != second


def test_a_text_that_is_unclear_has_no_template() -> None:
    for text in ("select 'a\\'b'", "select /* a /* b */ c */ 1", "select $$x$$", "select `a b`", "select 'a' \"b"):
        assert template(text) is None, text
    assert templates(pl.Series([None, "select 1"], dtype=pl.String)).to_list() == [None, "select 0"]


def test_the_holes_of_a_template_are_marked() -> None:
    tokens = tokenize_template("select '' , 0.0, 1e5, a from t where b = 0")
    assert [str(t) for t in tokens if type(t) is Hole] == ["''", "0.0", "1e5", "0"]
