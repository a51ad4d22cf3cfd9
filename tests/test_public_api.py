"""What `import uc_guard` promises: names that exist and explain themselves, and a cheap import."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys

import pytest
import typer

import uc_guard
from uc_guard.cli import app

HELP = """
import sys
from uc_guard.cli import main
sys.argv = ["uc-guard", "--help"]
try:
    main()
except SystemExit:
    pass
"""
HEAVY = ("polars", "sqlglot", "pandera", "rich", "msgspec", "highspy")
COMMANDS = typer.main.get_command(app).commands


def loaded_after(code):
    """Give the heavy packages that a new interpreter holds after some code."""
    probe = f"{code}\nimport json, sys\nprint(json.dumps([m for m in {HEAVY!r} if m in sys.modules]), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)  # noqa: S603 - our own code
    return json.loads(done.stderr.splitlines()[-1])


@pytest.mark.parametrize("name", uc_guard.__all__)
def test_a_public_name_exists(name):
    assert getattr(uc_guard, name) is not None


@pytest.mark.parametrize("name", [name for name in uc_guard.__all__ if name != "__version__"])
def test_a_public_name_explains_itself(name):
    assert inspect.getdoc(getattr(uc_guard, name))


def test_every_public_name_is_listed_once_and_has_a_place_to_come_from():
    assert len(set(uc_guard.__all__)) == len(uc_guard.__all__)
    assert set(uc_guard._WHERE) == set(uc_guard.__all__) - {"__version__"}


def test_a_name_that_does_not_exist_is_no_attribute():
    with pytest.raises(AttributeError, match="`nonsense`"):
        uc_guard.nonsense  # noqa: B018 - the access is the test


def test_the_parameters_that_other_tools_rely_on_are_there():
    parameters = inspect.signature(uc_guard.extract).parameters
    names = ["text", "catalog", "current_catalog", "current_schema", "temp_views", "parameters"]
    assert list(parameters)[: len(names)] == names


def test_importing_the_package_loads_nothing_heavy():
    assert loaded_after("import uc_guard") == []


def test_asking_for_help_loads_nothing_heavy():
    assert loaded_after(HELP) == []


def test_extracting_from_a_statement_loads_no_frames():
    code = "import uc_guard\nuc_guard.extract('SELECT 1', uc_guard.Catalog.from_dict({}))"
    assert "polars" not in loaded_after(code)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_says_what_it_does_and_shows_an_example(name):
    command = COMMANDS[name]
    assert command.help
    assert command.epilog.startswith(f"Example: uc-guard {name} ")
    assert all(parameter.help for parameter in command.params if parameter.name != "help")
