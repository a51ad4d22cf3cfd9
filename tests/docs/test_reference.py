"""The reference pages say what the code says."""

from __future__ import annotations

import pytest

from uc_guard.judge.rules import built_in, read_rule_files

PAGES = (
    "agent-manifest.md",
    "cli.md",
    "errors.md",
    "facts.md",
    "frames.md",
    "held-reasons.md",
    "lint.schema.json",
    "opaque-reasons.md",
    "plan.md",
    "privileges.md",
    "rules.md",
    "settings.md",
)
RULES = tuple(f"rules/{file.rule.code}.md" for file in read_rule_files([built_in()]))


@pytest.mark.parametrize("name", [*PAGES, *RULES])
def test_a_page_is_what_the_code_makes_of_it(name, generated, root):
    committed = (root / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert committed == generated[name], "stale: run `python docs/generate.py`"


def test_no_page_of_the_reference_is_written_by_hand(generated, root):
    home = root / "docs" / "reference"
    there = {page.relative_to(home).as_posix() for page in home.rglob("*") if page.is_file()}
    assert there == {*PAGES, *RULES} == set(generated)


def test_no_cell_of_a_table_of_keys_is_empty_where_it_should_explain(generated):
    rows = [
        line
        for page in ("settings.md", "frames.md", "facts.md", "opaque-reasons.md", "held-reasons.md")
        for line in generated[page].splitlines()
    ]
    cells = [row.split(" | ") for row in rows if row.startswith("| `")]
    assert cells
    assert [row for row in cells if not row[min(2, len(row) - 1)].strip(" |")] == []
