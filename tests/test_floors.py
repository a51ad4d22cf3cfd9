"""The floors of the house hold: a file imports only from below."""

from importlinter import cli


def test_every_import_points_down() -> None:
    assert cli.lint_imports(config_filename="pyproject.toml", cache_dir=None) == 0
