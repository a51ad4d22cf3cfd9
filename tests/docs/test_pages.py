"""What the pages show is what happens: their commands run, and print what stands there."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def load_pages():
    spec = importlib.util.spec_from_file_location("uc_guard_tests_pages", Path(__file__).with_name("pages.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


pages = load_pages()
RUNNING = [page for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))] if pages.blocks(page)]


@pytest.mark.parametrize("page", RUNNING, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_shows_is_what_happens(page, tmp_path):
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    assert pages.run_page(page, tmp_path) == []


def test_the_pages_that_teach_by_doing_are_run():
    names = {page.relative_to(ROOT).as_posix() for page in RUNNING}
    assert {"README.md", "docs/tutorial/first-audit.md", "docs/how-to/extract.md", "docs/how-to/settings.md"} <= names


def test_a_page_that_shows_something_else_is_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\nprint('one')\nprint('two')\n```\n\n```text\none\nthree\n```\n")
    assert len(pages.run_page(page, tmp_path)) == 1


@pytest.mark.parametrize(
    ("shown", "output", "same"),
    [
        ("a\n...\nz", "a\nb\nc\nz", True),
        ("a\n...", "a", True),
        ("a ... z", "a b z", True),
        ("a[1]* ...", "a[1]* b", True),
        ("a", "a\nb", False),
        ("...\nb\nc", "a\nb\nd", False),
        ("", "a", False),
    ],
)
def test_an_ellipsis_stands_for_what_is_left_out_and_nothing_else(shown, output, same):
    assert pages.fits(shown, output) is same
