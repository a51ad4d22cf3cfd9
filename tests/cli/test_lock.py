"""The command that writes the lock of a repository's agents."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from uc_guard.cli import app

EXAMPLE = Path(__file__).parents[2] / "examples" / "ci"
MANIFEST = '[agent]\nprincipal = "bot"\npurpose = "p"\nowner = "o"\n[[statements]]\nsql = "SELECT 1 FROM {table}"\n'


@pytest.fixture
def run():
    return lambda *words: CliRunner().invoke(app, ["lock", *map(str, words)])


@pytest.fixture
def manifest(tmp_path):
    def write(table):
        (tmp_path / "agent.toml").write_text(MANIFEST.format(table=table))
        return tmp_path

    return write


def test_it_writes_the_lock_beside_the_manifests(run, manifest):
    folder = manifest("a.b.t")
    result = run(folder)

    assert result.exit_code == 0, result.output
    assert 'path = "agent.toml"' in (folder / "uc_guard.lock").read_text()
    assert "bot: 3 privileges" in result.output


def test_a_check_writes_nothing_and_fails_where_the_lock_is_not_up_to_date(run, manifest):
    folder = manifest("a.b.t")
    assert run(folder, "--check").exit_code == 1
    assert not (folder / "uc_guard.lock").exists()

    run(folder)
    assert run(folder, "--check").exit_code == 0

    manifest("a.b.other")
    assert run(folder, "--check").exit_code == 1


def test_what_is_unclear_is_told_without_what_steers_a_terminal(run, manifest):
    result = run(manifest("orders\\u001b[31m"))

    assert "not final" in result.output
    assert "\x1b" not in result.output


def test_a_folder_without_agents_has_nothing_to_lock(run, tmp_path):
    assert run(tmp_path).exit_code == 3


def test_a_folder_that_does_not_exist_is_bad_input(run, tmp_path):
    assert run(tmp_path / "none").exit_code == 2


def test_a_manifest_that_does_not_fit_is_bad_input_and_nothing_is_written(run, tmp_path):
    (tmp_path / "agent.toml").write_text('[agent]\nprincipal = "bot"\nowner = "o"\npurpos = "p"\n')
    result = run(tmp_path)

    assert result.exit_code == 2
    assert "did you mean `purpose`?" in result.output
    assert not (tmp_path / "uc_guard.lock").exists()


def test_a_lock_that_is_broken_is_written_anew(run, manifest):
    folder = manifest("a.b.t")
    (folder / "uc_guard.lock").write_text("broken")

    assert run(folder).exit_code == 0
    assert run(folder, "--check").exit_code == 0


def test_the_lock_of_the_example_is_up_to_date(run):
    assert run(EXAMPLE, "--check").exit_code == 0
