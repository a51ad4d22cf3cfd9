"""The example of a repository: its lint prints what is kept beside it, and what its README tells."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from uc_guard.cli import app

ROOT = Path(__file__).parents[2]
HOME = ROOT / "examples" / "ci"


@pytest.fixture
def lint(tmp_path, monkeypatch):
    shutil.copytree(HOME, tmp_path / "examples" / "ci")
    monkeypatch.chdir(tmp_path)

    def run(*words):
        given = ("lint", "examples/ci", "--config", "examples/ci/uc_guard.toml", "--today", "2026-11-26", *words)
        result = CliRunner().invoke(app, given)
        assert result.exit_code == 1
        return result.stdout

    return run


def test_it_prints_what_is_expected(lint):
    assert lint() == (HOME / "expected" / "lint.txt").read_text(encoding="utf-8")


def test_every_finding_points_to_a_line_that_is_there(lint):
    for finding in json.loads(lint("--format", "json"))["findings"]:
        place = finding["place"]
        lines = Path(place["path"]).read_text(encoding="utf-8").splitlines()
        assert place["source"].splitlines()[0] == lines[place["line"] - 1]


def test_the_readme_tells_of_every_rule_that_finds_something(lint):
    told = set(re.findall(r"UCG\d{3}", (HOME / "README.md").read_text(encoding="utf-8")))
    assert told == {finding["code"] for finding in json.loads(lint("--format", "json"))["findings"]}
