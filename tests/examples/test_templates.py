"""The templates for CI are valid, and call commands that exist, with options that exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer
import yaml

from uc_guard.cli import app
from uc_guard.report.comment import MARKER

ROOT = Path(__file__).parents[2]
HOME = ROOT / "examples" / "templates"
TEMPLATES = [*sorted(HOME.rglob("*.yml")), ROOT / ".pre-commit-hooks.yaml"]
COMMANDS = typer.main.get_command(app).commands
PLAIN = {"$FAIL_ON": "high", "$UC_GUARD_FAIL_ON": "high", "$(failOn)": "high"}


def texts(node):
    """Give every string of a document."""
    if isinstance(node, str):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from texts(inner)


def called(text):
    """Give the words of each call in a text: the command, and what follows it on the line."""
    for line in text.splitlines():
        if match := re.match(r"\s*uc-guard ((?:lint|lock) [^|;&]+)", line):
            yield shlex.split(match[1])


def calls():
    for path in TEMPLATES:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        if path.name == ".pre-commit-hooks.yaml":
            yield from ((path, [*hook["entry"].split()[1:], *hook["args"]]) for hook in document)
        else:
            yield from ((path, words) for text in texts(document) for words in called(text))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_is_valid_yaml(path):
    assert yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("path", "words"), [*calls()], ids=lambda part: getattr(part, "name", None))
def test_a_call_names_a_command_and_options_that_exist(path, words):
    command, *given = words
    given = [PLAIN.get(word, word) for word in given]

    with COMMANDS[command].make_context(command, given) as context:
        assert context.params, path


def test_every_template_calls_the_lint():
    lints = {path for path, words in calls() if words[0] == "lint"}

    assert lints == {path for path in TEMPLATES if path.name != "workflow.yml"}


def test_the_options_that_an_action_adds_exist():
    text = (HOME / "github" / "action.yml").read_text(encoding="utf-8")
    options = {option for parameter in COMMANDS["lint"].params for option in parameter.opts}

    assert set(re.findall(r"given\+=\((--[\w-]+)", text)) <= options


def test_an_action_takes_no_input_into_its_scripts():
    """What an input holds reaches a script through the environment only, where it is no code."""
    action = yaml.safe_load((HOME / "github" / "action.yml").read_text(encoding="utf-8"))

    assert [step["run"] for step in action["runs"]["steps"] if "${{" in step.get("run", "")] == []


def test_the_comment_is_found_again_by_the_mark_that_the_report_starts_with():
    text = (HOME / "github" / "action.yml").read_text(encoding="utf-8")

    assert f"marker='{MARKER}'" in text


def test_the_workflow_gives_the_action_inputs_that_it_has():
    action = yaml.safe_load((HOME / "github" / "action.yml").read_text(encoding="utf-8"))
    workflow = yaml.safe_load((HOME / "github" / "workflow.yml").read_text(encoding="utf-8"))
    given = [step["with"] for step in workflow["jobs"]["lint"]["steps"] if step["uses"].startswith("./")]

    assert given
    assert all(set(inputs) <= set(action["inputs"]) for inputs in given)
