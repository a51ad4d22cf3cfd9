"""What the page on exports tells people to select is what the reader wants."""

from __future__ import annotations

import re

import pytest

from uc_guard import Catalog, extract, read_folder
from uc_guard.read.exports import FILES

EXPORT = re.compile(r"^-- (\w+)\nSELECT (.*?)\s+FROM (\S+?)(?:;|\s)(.*?)(?=^-- |^```)", re.MULTILINE | re.DOTALL)
SCIM = {
    "users": "id,userName",
    "service_principals": "id,applicationId,displayName",
    "groups": "id,displayName,members",
}


@pytest.fixture(scope="module")
def exports(root):
    page = (root / "docs" / "how-to" / "export.md").read_text(encoding="utf-8")
    found = {
        match[1]: (match[0], [column.strip() for column in match[2].split(",")]) for match in EXPORT.finditer(page)
    }
    assert len(found) == len(re.findall(r"^-- \w+$", page, re.MULTILINE)) > 15
    return found


def test_every_export_has_the_name_of_a_file_that_is_read(exports):
    assert set(exports) <= set(FILES)


def test_the_columns_selected_are_those_that_the_reader_wants(exports, tmp_path):
    for name, (_, columns) in exports.items():
        (tmp_path / f"{name}.csv").write_text(",".join(columns) + "\n")
    for name, columns in SCIM.items():
        (tmp_path / f"{name}.csv").write_text(columns + "\n")
    snapshot = read_folder(tmp_path)
    assert [source.name for source in snapshot.manifest.sources if not source.complete] == []
    assert set(snapshot.manifest.missing) <= {"column_lineage", "dependencies", "policies", "bindings"}


def test_the_statements_are_understood_and_read_one_table_each(exports):
    for statement, columns in exports.values():
        text = statement.partition("\n")[2]
        table = re.search(r"FROM (\S+?)(?:;|\s)", text)[1]
        words = re.findall(r"\w+", text)
        found = extract(text, Catalog.from_dict({"tables": {table: dict.fromkeys([*columns, *words], "string")}}))
        assert found.opaque == ()
        assert [use.name for use in found.uses] == [table]
        assert set(columns) <= set(found.uses[0].columns)
