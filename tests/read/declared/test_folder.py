"""Which files of a folder are read."""

from __future__ import annotations

import os

import pytest

from uc_guard.errors import BadInput
from uc_guard.read.declared import read_declared

GRANT = "GRANT SELECT ON TABLE a.b.{} TO x"


@pytest.fixture
def write(tmp_path):
    def run(*names):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(GRANT.format(path.stem))
        return tmp_path

    return run


def read(*paths):
    return read_declared(paths).grants["securable"].to_list()


def test_files_are_read_in_the_order_of_their_paths_each_once(write):
    folder = write("b.sql", "a/z.sql", "a.sql", "notes.md")

    assert read(folder, folder / "b.sql") == ["a.b.a", "a.b.z", "a.b.b"]


@pytest.mark.parametrize("name", [".git", "node_modules", ".venv", ".terraform", ".databricks", "__pycache__"])
def test_folders_that_others_fill_are_left_out(write, name):
    assert read(write(f"{name}/x.sql", f"a/{name}/y.sql", "z.sql")) == ["a.b.z"]


def test_what_git_ignores_is_left_out_and_the_innermost_rule_wins(write):
    folder = write("build/x.sql", "a/gen/y.sql", "a/gen2/keep.sql", "a/out.sql", "b/out.sql")
    (folder / ".gitignore").write_text("build/\nout.sql\n/a/gen/\n")
    (folder / "b" / ".gitignore").write_text("!out.sql\n")

    assert read(folder) == ["a.b.keep", "a.b.out"]
    assert read(folder / "a") == ["a.b.y", "a.b.keep", "a.b.out"]


def test_ignore_files_above_count_within_a_repository(write):
    folder = write("a/out.sql", "a/in.sql")
    (folder / ".gitignore").write_text("out.sql\n")
    (folder / ".git").mkdir()

    assert read(folder / "a") == ["a.b.in"]


def test_a_file_that_is_named_is_read_although_git_ignores_it(write):
    folder = write("x.sql")
    (folder / ".gitignore").write_text("*\n")

    assert read(folder) == []
    assert read(folder / "x.sql") == ["a.b.x"]


def test_a_link_out_of_the_folder_is_not_followed(write):
    folder = write("in/x.sql", "secret/y.sql")
    (folder / "in" / "y.sql").symlink_to(folder / "secret" / "y.sql")
    (folder / "in" / "loop").symlink_to(folder / "in")

    assert read(folder / "in") == ["a.b.x"]


def test_a_pipe_is_no_file(write):
    folder = write("x.sql")
    os.mkfifo(folder / "y.sql")

    assert read(folder) == ["a.b.x"]


def test_a_link_to_nowhere_declares_nothing(write):
    folder = write("x.sql")
    (folder / "y.sql").symlink_to(folder / "none.sql")

    assert read(folder) == ["a.b.x"]


def test_every_path_that_does_not_exist_is_told_at_once(tmp_path):
    with pytest.raises(BadInput) as error:
        read_declared([tmp_path / "a", tmp_path, tmp_path / "b"])

    assert len(error.value.problems) == 2


def test_a_file_of_a_kind_that_is_not_read_is_told_where_it_is_named(tmp_path):
    (tmp_path / "notes.md").write_text("x")
    [problem] = read_declared([tmp_path / "notes.md"]).problems

    assert problem.reason == "nothing-known"


def test_folders_with_the_names_of_files_are_no_files(tmp_path):
    (tmp_path / "a.sql").mkdir()

    assert read_declared([tmp_path]).files == 0


def test_a_folder_that_is_ignored_is_read_where_it_is_named(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("made/\n")
    inner = tmp_path / "made" / "sql"
    inner.mkdir(parents=True)
    (inner / "a.sql").write_text("GRANT SELECT ON TABLE a.b.c TO x")
    for named, count in ((tmp_path, 0), (tmp_path / "made", 1), (inner, 1)):
        assert read_declared([named]).grants.height == count
