"""Names and sentences, made harmless and short; and the elements that they become."""

from __future__ import annotations

import html
import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from uc_guard.report.html import element, lines, prose
from uc_guard.report.wording import LONGEST, Names, clean, count, names_of, percent, place, shorten

ONE, TWO = "1685d60c-90bb-0ff8-e762-133c814ebbd1", "d754300b-41f3-5a0f-3e9d-59b7e658d5a1"
ANY = st.text(st.characters(), max_size=80)


@given(ANY)
def test_no_text_keeps_a_character_that_nobody_sees(text):
    shown = clean(text)
    assert shown.isprintable()
    assert {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"} == set()


@given(ANY)
def test_a_clean_text_stays_as_it_is(text):
    assert clean(clean(text)) == clean(text)


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=80))
def test_what_everybody_can_see_is_not_touched(text):
    assert clean(text) == text


@given(ANY, st.integers(4, 60))
def test_a_shortened_text_keeps_both_ends(text, most):
    short = shorten(text, most)
    assert len(short) <= most
    assert short == text or (text.startswith(short.partition("…")[0]) and text.endswith(short.rpartition("…")[2]))


@given(ANY)
def test_text_in_an_element_is_text(text):
    made = element("td", text, title=text).text
    inside = re.fullmatch(r'<td title="([^"<>]*)">([^<>]*)</td>', made)
    assert inside
    assert html.unescape(inside[2]) == html.unescape(inside[1]) == shorten(clean(text), 2 * LONGEST)


@given(ANY)
def test_a_sentence_holds_no_tag_but_code(text):
    assert set(re.findall(r"</?[^>]*>", prose(text).text)) <= {"<code>", "</code>"}


@given(st.lists(ANY))
def test_a_script_keeps_its_lines(texts):
    shown = lines("\n".join(texts)).text
    assert set(re.findall(r"</?[^>]*>", shown)) <= {"<i>", "</i>"}
    assert len(shown.split("\n")) == max(len("\n".join(texts).splitlines()), 1)


def test_names_in_backticks_become_code():
    assert prose("of `a<b`, no `c").text == "of <code>a&lt;b</code>, no `c"


def test_a_pile_of_accents_does_not_climb_over_the_line():
    assert len(clean("a" + "\u0301" * 500)) < 8


def test_an_id_in_a_sentence_becomes_the_name_that_people_know():
    names = Names({ONE: "copilot", TWO: "twin"})
    assert names.told(f"take `{ONE}` out of {TWO}") == "take copilot (1685d60c…) out of twin (d754300b…)"
    assert names.told(f"`{ONE}` needs it", about=ONE) == "copilot needs it"


def test_an_id_that_nobody_named_stays():
    assert Names({}).told(f"`{ONE}` needs it") == f"`{ONE}` needs it"
    assert Names({}).name(ONE) == ONE


def test_a_name_that_several_carry_is_shown_with_the_id():
    names = Names({ONE: "twin", TWO: "twin"}, frozenset({"twin"}))
    assert (names.name(ONE), names.name(TWO)) == ("twin (1685d60c…)", "twin (d754300b…)")


def test_a_blank_name_is_no_name(build_snapshot):
    assert names_of(build_snapshot({ONE: "  "})).name(ONE) == ONE


def test_figures_read_as_people_write_them():
    assert count(1, "row") == "1 row"
    assert count(1200, "row") == "1,200 rows"
    assert [percent(share) for share in (1.0, 0.99999, 0.5, 0.0)] == ["100%", "99.9%", "50.0%", "0.0%"]
    assert place("USE_SCHEMA", "EXTERNAL_LOCATION", "x") == "USE SCHEMA on external location x"
    assert place("OWNER", "TABLE", "a.b.c") == "ownership of table a.b.c"
