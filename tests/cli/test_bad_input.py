"""Bad input: every problem is told on stderr, and nothing is written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

FINDINGS, BAD_INPUT, NOTHING_JUDGED = 1, 2, 3


def files_in(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    "command", [["audit"], ["usage"], ["plan", "-o", "p.json"], ["explain", "sales-bot", "SELECT", "shop.sales.orders"]]
)
@pytest.mark.usefixtures("shop")
def test_a_folder_that_is_not_there_is_named(tmp_path, command, run):
    result = run(*command, tmp_path / "nowhere")
    assert result.exit_code == BAD_INPUT
    assert "nowhere: found no such folder" in result.stderr
    assert result.stdout == ""
    assert files_in(tmp_path) == ["shop"]


@pytest.mark.parametrize("command", [["audit"], ["usage"], ["plan", "-o", "p.json"]])
def test_every_problem_of_a_folder_is_told_at_once_and_nothing_is_written(shop, tmp_path, command, run):
    (shop / "tables.csv").write_text("table_catalog,table_name\nshop,orders\n")
    (shop / "groups.json").write_text('[{"displayName": "g", "members": "x"')
    result = run(*command, shop)
    assert result.exit_code == BAD_INPUT
    assert "tables.csv" in result.stderr
    assert "groups.json" in result.stderr
    assert files_in(tmp_path) == ["shop"]


@pytest.mark.parametrize("command", [["audit"], ["usage"], ["plan", "-o", "p.json"]])
def test_a_subject_that_nobody_is_gets_near_names(shop, tmp_path, command, run):
    result = run(*command, shop, "--subject", "sales-bott")
    assert result.exit_code == BAD_INPUT
    assert "`sales-bott`; near: `sales-bot`" in result.stderr
    assert files_in(tmp_path) == ["shop"]


def test_every_problem_of_the_settings_is_told_at_once(shop, tmp_path, run):
    (tmp_path / "bad.toml").write_text(
        'grace_day = 3\nmode = "loose"\nmax_opaque_share = 2\nprotect_principals = "x"\n'
    )
    result = run("audit", shop, "--config", tmp_path / "bad.toml")
    assert result.exit_code == BAD_INPUT
    assert all(
        word in result.stderr
        for word in ("4 problems", "grace_days", "`loose`", "max_opaque_share", "protect_principals")
    )


def test_settings_that_cannot_be_read_are_named(shop, tmp_path, run):
    (tmp_path / "bad.toml").write_text("mode = ")
    assert run("audit", shop, "--config", tmp_path / "bad.toml").exit_code == BAD_INPUT
    assert "none.toml" in run("audit", shop, "--config", tmp_path / "none.toml").stderr


def test_settings_in_the_folder_one_stands_in_count(shop, tmp_path, run):
    (tmp_path / "uc_guard.toml").write_text("min_window_days = 90\n")
    assert run("audit", shop).exit_code == NOTHING_JUDGED


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--format", "xml"], "`xml` is not a format"),
        (["--since", "yesterday"], "`yesterday` is not a time"),
        (["--since", "2026-09-20", "--until", "2026-09-01"], "since before until"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_a_wrong_option_is_told(shop, words, told, run):
    result = run("audit", shop, *words)
    assert result.exit_code == BAD_INPUT
    assert told in result.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nobody", "SELECT", "shop.sales.orders"], "`nobody`"),
        (["sales-bot", "SELEKT", "shop.sales.orders"], "`SELEKT`"),
        (["sales-bot", "SELECT", "shop.sales.order"], "`shop.sales.orders`"),
        (["sales-bot", "SELECT", "shop..orders"], "`shop..orders`"),
        (["*", "SELECT", "shop.sales.orders"], "one principal"),
    ],
)
def test_a_question_about_what_is_not_there_is_told(shop, words, told, run):
    result = run("explain", *words, shop)
    assert result.exit_code == BAD_INPUT
    assert told in result.stderr


def test_a_message_does_not_carry_what_a_terminal_would_obey(shop, run):
    result = run("audit", shop, "--subject", "evil\x1b[2J\u202e")
    assert result.exit_code == BAD_INPUT
    assert "\x1b" not in result.stderr
    assert "\u202e" not in result.stderr


# -- files that cannot be written -----------------------------------------------------------------------------------


def test_outputs_that_cannot_be_written_are_all_told_before_anything_is_done(shop, tmp_path, run):
    result = run(
        "plan", shop, "-o", tmp_path / "none" / "p.json", "--sql", shop, "--undo", tmp_path / "none" / "p.json"
    )
    assert result.exit_code == BAD_INPUT
    assert "4 problems" in result.stderr
    assert files_in(tmp_path) == ["shop"]


def test_when_one_output_fails_none_is_written(shop, tmp_path, monkeypatch, run):
    (tmp_path / "plan.json").write_text("before")
    real = Path.write_bytes

    def full(self, data):
        if "plan.sql" in self.name:
            raise OSError(28, "No space left on device")
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    result = run("plan", shop, "-o", tmp_path / "plan.json", "--sql", tmp_path / "plan.sql")
    assert result.exit_code == BAD_INPUT
    assert "No space left" in result.stderr
    assert files_in(tmp_path) == ["plan.json", "shop"]
    assert (tmp_path / "plan.json").read_text() == "before"


def test_a_plan_can_go_into_a_pipe(shop, tmp_path, run):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert run("plan", shop, "-o", tmp_path / "plan.json", "--sql", pipe).exit_code == FINDINGS
    assert b"REVOKE SELECT ON SCHEMA" in os.read(reader, 65536)
    os.close(reader)
    assert files_in(tmp_path) == ["pipe", "plan.json", "shop"]


def test_a_link_is_written_through_and_stays_a_link(run, shop, tmp_path):
    (tmp_path / "real.sql").write_text("before")
    (tmp_path / "link.sql").symlink_to(tmp_path / "real.sql")
    (tmp_path / "new.sql").symlink_to(tmp_path / "made.sql")
    words = ["--sql", tmp_path / "link.sql", "--undo", tmp_path / "new.sql"]
    assert run("plan", shop, "-o", tmp_path / "plan.json", *words).exit_code == FINDINGS
    assert (tmp_path / "link.sql").is_symlink()
    assert (tmp_path / "new.sql").is_symlink()
    assert "REVOKE SELECT ON SCHEMA" in (tmp_path / "real.sql").read_text()
    assert "GRANT SELECT ON SCHEMA" in (tmp_path / "made.sql").read_text()
