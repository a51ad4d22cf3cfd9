"""What a backtest looks like in a terminal, as JSON, as a picture, and in exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

from uc_guard.backtest import backtest
from uc_guard.cli import app
from uc_guard.report.backtest import print_backtest
from uc_guard.report.backtest_svg import render_backtest_svg

RETAIL = Path(__file__).parents[2] / "examples" / "retail"
NAME = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>\x1b[2J&\u202e"
RARE = "SELECT id FROM c.s.u"


@pytest.fixture(scope="module")
def log(worlds):
    daily = [worlds.said(n, "ann", -n, "SELECT id FROM c.s.t") for n in range(1, 80)]
    rare = [worlds.said(101, "ann", -40, RARE), worlds.said(102, "ann", 3, RARE)]
    return [*daily, *rare, worlds.said(103, "ann", 1, "SELECT id FROM c.s.t"), worlds.said(104, "ann", 2, None)]


@pytest.fixture(scope="module")
def world(worlds, log):
    way = [("ann", "USE_CATALOG", "CATALOG", "c"), ("ann", "USE_SCHEMA", "SCHEMA", "c.s")]
    return worlds.make(log, [*way, ("ann", "SELECT", "SCHEMA", "c.s")])


@pytest.fixture(scope="module")
def found(world, worlds):
    return backtest(world, worlds.settings)


@pytest.fixture
def folder(world, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    world.write(tmp_path / "world")
    (tmp_path / "uc_guard.toml").write_text("trust_query_history = true\ngrace_days = 0\n", encoding="utf-8")
    return tmp_path / "world"


def run(*words):
    return CliRunner().invoke(app, ["backtest", *map(str, words)])


def test_the_terminal_shows_each_window_and_what_was_missed(found, world, capsys):
    print_backtest(found, world)
    shown = capsys.readouterr().out
    lines = [line.split() for line in shown.splitlines()]
    assert ["14", "d", "1", "2", "50%", "1", "1", "0", "1", "2", "0"] in lines
    assert ["60", "d", "0", "2", "0%", "0", "0", "0", "1", "3", "0"] in lines
    assert "90 days: not judged; the log before the hold-out covers 86.0 days only" in shown
    assert "ann: SELECT on table c.s.u; 1 statement, first on 2026-08-21" in shown
    assert "1 later statement could not be judged" in shown
    assert "60 days: the shortest window whose plan would have denied no later statement" in shown


def test_a_hostile_reason_cannot_steer_the_terminal(found, world, capsys):
    print_backtest(replace(found, why=HOSTILE), world)
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize("windows", [(7, 14, 30, 60, 90), (14,), (90,)])
def test_the_picture_is_one_document_that_says_what_it_shows(world, worlds, windows):
    found = backtest(world, worlds.settings, windows=windows)
    root = ET.fromstring(render_backtest_svg(found))  # noqa: S314 - written here
    assert root.get("role") == "img"
    assert {root.find(f"{NAME}title").get("id"), root.find(f"{NAME}desc").get("id")} == set(
        root.get("aria-labelledby").split()
    )
    assert found.why in root.find(f"{NAME}desc").text
    assert not list(root.iter(f"{NAME}script"))
    judged = found.windows.filter(found.windows["reason"].is_null()).height
    assert len(list(root.iter(f"{NAME}circle"))) == 2 * judged


def test_a_hostile_sentence_stays_text_in_the_picture(found):
    root = ET.fromstring(render_backtest_svg(replace(found, why=HOSTILE)))  # noqa: S314 - written here
    assert "<script>" in root.find(f"{NAME}desc").text
    assert not list(root.iter(f"{NAME}script"))


def test_the_command_exits_0_where_the_recommended_window_denies_nothing(folder):
    done = run(folder, "--format", "json", "--svg", "curve.svg")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["format"], told["recommended"]) == (1, 60)
    assert [row["denied"] for row in told["windows"]] == [1, 1, 1, 0, None]
    assert {row["securable"] for row in told["missing"]} == {"c.s.u"}
    assert Path("curve.svg").read_text(encoding="utf-8").startswith("<svg")


def test_the_command_exits_1_where_something_is_denied_even_so(folder):
    assert run(folder, "--windows", "7,14d").exit_code == 1


def test_the_command_exits_3_where_no_window_can_be_judged(folder):
    assert run(folder, "--windows", "90d").exit_code == 3


def test_the_command_exits_3_where_the_hold_out_takes_the_log(folder):
    done = run(folder, "--holdout", "200d")
    assert done.exit_code == 3
    assert "the hold-out alone takes 200" in done.stderr


@pytest.mark.parametrize("words", [("--holdout", "0d"), ("--holdout", "two weeks"), ("--windows", "7,,14")])
def test_the_command_exits_2_where_days_are_no_days(folder, words):
    done = run(folder, *words)
    assert done.exit_code == 2
    assert "is no number of days" in done.stderr


def test_the_example_would_have_lost_nothing():
    done = run(RETAIL, "--holdout", "10d", "--windows", "7,14", "--format", "json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert [(row["window_days"], row["replayed"], row["denied"]) for row in told["windows"]] == [
        (7, 602, 0),
        (14, 602, 0),
    ]
