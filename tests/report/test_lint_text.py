"""Findings in a terminal: the excerpt points to the right place, and nothing hostile gets through."""

from __future__ import annotations

import pytest

from uc_guard.model.finding import Finding, Place, Rule
from uc_guard.model.lint import LintMeta, Unjudged, count_severities, count_states
from uc_guard.report.lint_text import render_text

RULE = Rule("UCG102", "too-wide", "s", "high", "high", "owner", "too-broad", "grant", "TRUE", "m")


def finding(place=None, **more):
    given = {"message": "bot has it", "remedy": "take it away", "fingerprint": "0" * 16, **more}
    return Finding(RULE, "bot", "CATALOG", "shop", "SELECT", place=place, **given)


def text(*findings, **more):
    told = LintMeta(
        "1", "2026-10-01", ("a.sql",), (RULE,), counts=count_states(findings), severities=count_severities(findings),
    )  # fmt: skip
    return render_text(findings, told, **more)


@pytest.mark.parametrize(
    ("place", "excerpt"),
    [
        (Place("a.sql", 3, 7, 3, 13, "GRANT SELECT ON x"), ["  3 | GRANT SELECT ON x", "    |       ^^^^^^"]),
        (Place("a.sql", 3, 1, None, None, "GRANT x"), ["  3 | GRANT x", "    | ^^^^^^^"]),
        (Place("a.sql", 9, 3, 10, 2, "  GRANT\nx"), ["   9 |   GRANT", "     |   ^^^^^", "  10 | x"]),
        (Place("a.sql", 3, 40, 3, 44, "short"), ["  3 | short", "    |      ^"]),
        (Place("a.sql", 3, 2, 3, 3, "\tx"), ["  3 |  x", "    |  ^"]),
        (Place("a.sql", 3, 3, 3, 5, "\u8868 \u8868x"), ["  3 | \u8868 \u8868x", "    |    ^^^"]),
        (Place("a.sql", 3, 3, 3, 4, "e\u0301x"), ["  3 | e\u0301x", "    |  ^"]),
    ],
)
def test_a_caret_stands_under_what_is_meant(place, excerpt):
    lines = text(finding(place)).splitlines()
    assert lines[1 : 1 + len(excerpt)] == excerpt


def test_a_line_that_is_too_long_is_cut_round_what_is_meant():
    line = "x" * 5000 + "GRANT" + "y" * 5000
    told = text(finding(Place("a.sql", 1, 5001, 1, 5006, line))).splitlines()
    assert max(map(len, told)) < 200
    assert told[1][told[2].index("^") :].startswith("GRANT")
    assert told[2].count("^") == 5


def test_many_lines_are_cut():
    told = text(finding(Place("a.sql", 1, 1, 50, 1, "\n".join("abc" for _ in range(50)))))
    assert told.count("abc") == 6
    assert "..." in told


def test_what_a_terminal_would_obey_is_shown_and_not_obeyed():
    evil = "\x1b[31m\x07\u202e\x9b2J"
    place = Place(f"{evil}.sql", 1, 1, 1, 3, f"GRANT {evil}")
    told = text(finding(place, message=evil, remedy=f"a{evil}\nb{evil}", state="exempt", reason=evil), every=True)
    assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(told)


def test_colours_are_drawn_where_they_are_asked_for():
    assert "\x1b[1;31mhigh\x1b[0m" in text(finding(), color=True)
    assert "\x1b" not in text(finding())


def test_quiet_findings_are_counted_and_shown_only_where_asked_for():
    quiet = finding(state="baseline", reason="in the baseline")
    assert text(quiet) == "0 findings; 1 known before\n"
    assert "known before: in the baseline" in text(quiet, every=True)


def test_rules_that_were_not_judged_are_counted_by_reason():
    meta = LintMeta("1", "2026-10-01", (), (RULE,), (Unjudged("A1", "no log"), Unjudged("A2", "no log")))
    assert "2 rules not judged: no log" in render_text((), meta)
