"""What a person reads in a terminal."""

from __future__ import annotations

import io
import re
import sys
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

import uc_guard
from uc_guard.bodies import known_objects
from uc_guard.plan.verify import Broken, Verdict
from uc_guard.report.explain import explain, print_explanation
from uc_guard.report.terminal import print_audit, print_plan, print_usage, print_verdict
from uc_guard.usage.log import read_log

GOLDEN = Path(__file__).parent / "golden"
ORDER = "11111111-0000-4000-8000-111111111111"


def _usage(snapshot):
    print_usage(
        read_log(snapshot, known_objects(snapshot)), snapshot, tuple(sorted(snapshot.frame("principals")["principal"]))
    )


def _explained(audit, privilege="SELECT", securable="shop.sales.orders"):
    print_explanation(explain(replace(audit, subjects=(ORDER,)), privilege, securable))


@pytest.fixture
def at_width(monkeypatch):
    """Watch the output in a terminal of some width."""

    def watch(columns):
        monkeypatch.setenv("TTY_COMPATIBLE", "1")
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.setenv("COLUMNS", str(columns))

    return watch


def test_an_audit_reads_as_expected(small, capsys):
    print_audit(small)
    assert capsys.readouterr().out == (GOLDEN / "audit.txt").read_text(encoding="utf-8")


def test_an_explanation_reads_as_expected(small, capsys):
    _explained(small)
    _explained(small, "SELECT", "shop.sales.returns")
    _explained(small, "MODIFY", "shop.crm.people")
    assert capsys.readouterr().out == (GOLDEN / "explain.txt").read_text(encoding="utf-8")


def test_a_usage_reads_as_expected(small, capsys):
    _usage(small.snapshot)
    assert capsys.readouterr().out == (GOLDEN / "usage.txt").read_text(encoding="utf-8")


def test_a_plan_names_the_files_that_it_was_written_to(small, capsys):
    print_plan(small, [Path("plan.json"), Path("a\x1b[31mb.sql")])
    out = capsys.readouterr().out
    assert "written: plan.json\n" in out
    assert "\x1b" not in out


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_no_line_is_wider_than_the_terminal(small, at_width, capsys, columns):
    at_width(columns)
    print_audit(small)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    # At forty columns the numbers alone fill the terminal; what matters is that the sentences fold.
    told = [line for line in plain.splitlines() if line.startswith("  ")]
    assert told
    assert max(map(len, told)) <= columns
    if columns >= 80:
        assert max(map(len, plain.splitlines())) <= columns


def test_a_narrow_terminal_keeps_held_used_may_and_removable(small, at_width, capsys):
    at_width(80)
    print_audit(small)
    head = next(
        line for line in capsys.readouterr().out.splitlines() if "agent" in line and "held" in line and "used" in line
    )
    assert [word for word in ("held", "used", "may", "removable", "understood") if word not in head] == []


def test_nothing_is_coloured_where_nobody_watches(small, capsys):
    print_audit(small)
    assert "\x1b" not in capsys.readouterr().out


def test_a_terminal_has_colours_until_somebody_asks_for_none(small, at_width, monkeypatch, capsys):
    at_width(100)
    print_audit(small)
    assert re.search(r"\x1b\[[0-9;]*3[0-9]m", capsys.readouterr().out)
    monkeypatch.setenv("NO_COLOR", "1")
    print_audit(small)
    assert not re.search(r"\x1b\[[0-9;]*(?:3[0-9]|4[0-9]|9[0-9])m", capsys.readouterr().out)


def test_lines_end_without_blanks_where_nobody_watches(small, capsys):
    print_audit(small)
    _usage(small.snapshot)
    assert [line for line in capsys.readouterr().out.splitlines() if line != line.rstrip()] == []


def test_no_name_commands_the_terminal(hostile, hostile_text, capsys):
    print_audit(hostile)
    print_plan(hostile, [Path(hostile_text.replace("\x00", "").replace("/", "_"))])
    _usage(hostile.snapshot)
    _explained(hostile)
    print_verdict(
        Verdict(ok=False, broken=(Broken(hostile_text, hostile_text),), replayed_needs=0, replayed_uses=0, checked=())
    )
    out = capsys.readouterr().out
    assert "RED" in out
    assert {c for c in out if unicodedata.category(c) in {"Cc", "Cf", "Cs"}} == {"\n"}


def test_no_name_is_taken_for_markup(hostile, capsys):
    print_audit(hostile)
    assert "[bold]$(x)" in capsys.readouterr().out


def test_a_name_that_the_terminal_cannot_spell_does_not_end_the_report(build_snapshot, monkeypatch):
    bytes_out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(bytes_out, encoding="ascii"))
    print_audit(uc_guard.audit(build_snapshot({ORDER: "größe 🛒"})))
    sys.stdout.flush()
    assert b"gr??e" in bytes_out.getvalue()


def test_agents_of_one_name_are_told_apart_by_their_ids(build_snapshot, capsys):
    twins = {ORDER: "twin", "22222222-0000-4000-8000-222222222222": "twin"}
    print_audit(uc_guard.audit(build_snapshot(twins)))
    out = capsys.readouterr().out
    assert "twin (11111111…)" in out
    assert "twin (22222222…)" in out


def test_an_empty_plan_is_said_in_words(build_snapshot, capsys):
    tidy = "22222222-0000-4000-8000-222222222222"
    print_audit(uc_guard.audit(build_snapshot({tidy: "tidy-bot"})))
    out = capsys.readouterr().out
    assert out.startswith("1 agent, none holds too much\n")
    assert "The plan is empty: nothing can be taken away now" in out


def test_a_refused_plan_is_not_called_verified(small, capsys):
    bad = Verdict(ok=False, broken=(Broken("C1", "`x` loses `y`"),), replayed_needs=3, replayed_uses=3, checked=())
    print_audit(replace(small, verdict=bad))
    out = capsys.readouterr().out
    assert "the verifier refuses this plan: 1 check failed" in out
    assert "C1: `x` loses `y`" in out
    assert "verified" not in out


def test_what_the_verifier_finds_is_listed_and_counted(capsys):
    many = tuple(Broken("C1", f"number {n}") for n in range(30))
    print_verdict(Verdict(ok=False, broken=many, replayed_needs=0, replayed_uses=0, checked=(("subjects", 1234),)))
    out = capsys.readouterr().out
    assert "broken: C1: number 0" in out
    assert "and 25 more" in out
    assert "subjects: 1,234" in out


def test_a_verified_plan_says_what_was_replayed(small, capsys):
    print_verdict(small.verdict)
    assert capsys.readouterr().out.startswith("verified: replayed 2 needs of ")


def test_a_source_that_is_missing_is_said_with_what_it_hides(build_snapshot, capsys):
    whole = build_snapshot()
    frames = {name: whole.frame(name) for name in ("principals", "objects", "grants", "statements")}
    lacking = uc_guard.Snapshot.from_frames(frames, since=whole.manifest.since, until=whole.manifest.until)
    print_audit(uc_guard.audit(lacking))
    out = capsys.readouterr().out
    assert "no `members`: paths through groups are not known" in out
    assert "no `table_lineage`: work on clusters is not seen" in out
    assert "no `column_masks`: who sees columns unmasked is not judged" in out
