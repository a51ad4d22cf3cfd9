"""What would justify a privilege: a statement where one can, and plain words where none can."""

from __future__ import annotations

import pytest

from uc_guard.access.justification import justification


@pytest.mark.parametrize(
    ("privilege", "kind", "name", "told"),
    [
        ("ALL_PRIVILEGES", "TABLE", "c.s.t", "no statement of an agent justifies it: grant what its statements need"),
        ("OWNER", "TABLE", "c.s.t", "no statement of an agent justifies it"),
        ("MANAGE", "SCHEMA", "c.s", "no statement of an agent justifies it"),
        ("BROWSE", "CATALOG", "c", "no statement of an agent justifies it"),
        ("NOBODY_KNOWS_IT", "TABLE", "c.s.t", "no statement of an agent justifies it"),
        (
            "SELECT",
            "SCHEMA",
            "c.s",
            "no statement justifies it on a whole schema: grant it on what the statements name",
        ),
        ("READ_VOLUME", "CATALOG", "c", "no statement justifies it on a whole catalog"),
        ("USE_SCHEMA", "SCHEMA", "c.s", "a statement that uses something in c.s would justify it"),
        ("USE_CATALOG", "CATALOG", "c", "a statement that uses something in c would justify it"),
        ("READ_VOLUME", "VOLUME", "c.s.o", "a statement on '/Volumes/c/s/o/...' would justify it"),
        ("SELECT", "TABLE", "c.s.t", "a statement such as SELECT ... FROM c.s.t would justify it"),
        ("CREATE_TABLE", "SCHEMA", "c.s", "a statement such as CREATE TABLE c.s.x ... would justify it"),
        ("READ_FILES", "EXTERNAL_LOCATION", "landing", "a statement or an entry of `[uses]` that needs READ FILES"),
        ("USE_CONNECTION", "CONNECTION", "far", "a statement or an entry of `[uses]` that needs USE CONNECTION on far"),
    ],
)
def test_a_privilege_is_justified_by_a_statement_or_by_none(privilege: str, kind: str, name: str, told: str) -> None:
    assert justification(privilege, kind, name).startswith(told)
