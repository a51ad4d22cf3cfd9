"""The reference pages say what the code says."""

from __future__ import annotations

import pytest

PAGES = (
    "cli.md",
    "errors.md",
    "frames.md",
    "held-reasons.md",
    "opaque-reasons.md",
    "plan.md",
    "privileges.md",
    "settings.md",
)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_code_makes_of_it(name, generated, root):
    committed = (root / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert committed == generated[name], "stale: run `python docs/generate.py`"


def test_no_page_of_the_reference_is_written_by_hand(generated, root):
    assert {page.name for page in (root / "docs" / "reference").iterdir()} == set(PAGES) == set(generated)


def test_no_cell_of_a_table_of_keys_is_empty_where_it_should_explain(generated):
    rows = [
        line
        for page in ("settings.md", "frames.md", "opaque-reasons.md", "held-reasons.md")
        for line in generated[page].splitlines()
    ]
    cells = [row.split(" | ") for row in rows if row.startswith("| `")]
    assert cells
    assert [row for row in cells if not row[min(2, len(row) - 1)].strip(" |")] == []
