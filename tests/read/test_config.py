"""Settings files are read strictly, and every problem of one is told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from uc_guard.errors import BadConfig
from uc_guard.model.settings import Settings
from uc_guard.read.config import read_settings

if TYPE_CHECKING:
    from pathlib import Path


def written(folder: Path, text: str, name: str = "uc_guard.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_sets_what_it_names_and_leaves_the_rest(tmp_path: Path) -> None:
    path = written(tmp_path, 'mode = "stable"\nsubjects = ["a", "b"]\nstable_share = 0.5\ngrace_days = 0\n')
    assert read_settings(path) == Settings(subjects=("a", "b"), mode="stable", stable_share=0.5, grace_days=0)


def test_a_pyproject_file_is_read_from_its_own_table(tmp_path: Path) -> None:
    path = written(tmp_path, "[project]\nname = 'x'\n[tool.uc_guard]\ngrant_missing = true\n", "pyproject.toml")
    assert read_settings(path) == Settings(grant_missing=True)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    text = 'mdoe = "tight"\nmode = "loose"\nstable_share = 2\nmin_window_days = -1\n'
    text += 'subjects = "all"\ngrant_missing = 1\ngrace_days = 1.5\nsensitive_weight = 0\n'
    with pytest.raises(BadConfig) as raised:
        read_settings(written(tmp_path, text))
    told = str(raised.value)
    assert len(raised.value.problems) == 8
    assert "key `mdoe`: found an unknown key, expected a setting; did you mean `mode`?" in told
    for part in (
        "`tight` or `stable`",
        "a share from 0 to 1",
        "at least 0",
        "above 0",
        "a list of strings",
        "true or false",
        "a whole number",
    ):
        assert part in told


@pytest.mark.parametrize("text", ["mode = ", "\x00", "[[["])
def test_a_file_that_is_no_toml_is_an_error_that_names_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadConfig, match="valid TOML"):
        read_settings(written(tmp_path, text))


def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"nowhere\.toml: found no readable file"):
        read_settings(tmp_path / "nowhere.toml")
