"""What makes the cutting of tokens fast changes no token."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from uc_guard.sql.grammar import tokens
from uc_guard.sql.grammar.tokens import Hole, LiteralMatters, tokenize_template

MARKS = "' \" ` r R rx RR 0 1.5 2e3 . .. a é _ $ $$ -- /* */ ( ) , ; -> >> = || |> \\ x1 1x 0L :: ? @ - + ! != <"
SPACES = (" ", "\n", "\t", "\ufeff", "\x00", "\xa0", "\\\n")
PIECES = st.sampled_from((*MARKS.split(), *SPACES))
SOUPS = st.lists(PIECES, max_size=14).map("".join)
WITHOUT = re.compile(tokens.TOKEN.pattern.replace(f"{tokens._MOST_TOKENS}|", "", 1), re.DOTALL)


@given(SOUPS)
@example("r'a' R\"b\" ra'b' r (a,b)")
def test_what_most_tokens_are_is_matched_by_the_other_patterns_too(text: str) -> None:
    assert WITHOUT.pattern != tokens.TOKEN.pattern
    assert tokens.TOKEN.findall(text) == WITHOUT.findall(text)


@given(SOUPS)
@example("r'' '' 0 0.5 .5 a.0")
def test_a_long_template_has_the_tokens_of_a_short_one(template: str) -> None:
    def cut(text: str) -> list[tuple[type, str]] | None:
        try:
            return [(type(one), one) for one in tokenize_template(text)]
        except LiteralMatters:
            return None

    short = cut(f"{template}\n a")
    long = cut(f"{template}\n{'a ' * 6000}")
    assert (short is None) == (long is None)
    if short and long:
        assert short == long[: len(short)]


def test_a_hole_is_a_literal() -> None:
    told = tokenize_template("select '', 0, 0.5, r'', a.b, x0 from t")
    assert [one for one in told if type(one) is Hole] == ["''", "0", "0.5", "''"]
