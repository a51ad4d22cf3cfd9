"""Selectors find the principals under audit, and say so when they find none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from uc_guard import tables
from uc_guard.errors import UnknownName
from uc_guard.snapshot import Manifest, Snapshot
from uc_guard.subjects import select_subjects

NOW = datetime(2026, 9, 1, tzinfo=UTC)
PEOPLE = [
    ("id-1", "SERVICE_PRINCIPAL", "sales-copilot"),
    ("id-2", "SERVICE_PRINCIPAL", "Support Bot"),
    ("ann@example.com", "USER", None),
    ("inner", "GROUP", None),
    ("outer", "GROUP", None),
]
MEMBERS = [("inner", "id-1"), ("outer", "inner"), ("outer", "ann@example.com"), ("inner", "outer")]


@pytest.fixture
def snapshot() -> Snapshot:
    people = [{"principal": p, "kind": k, "display_name": d, "active": True} for p, k, d in PEOPLE]
    return Snapshot(
        Manifest(NOW, NOW, NOW),
        {
            "principals": tables.PRINCIPALS.frame(people),
            "members": tables.MEMBERS.frame([{"group": g, "member": m} for g, m in MEMBERS]),
        },
    )


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        ((), ("id-1", "id-2")),
        (("sales-copilot",), ("id-1",)),
        (("SUPPORT bot",), ("id-2",)),
        (("id-*",), ("id-1", "id-2")),
        (("ann@example.com", "id-1"), ("ann@example.com", "id-1")),
        (("group:outer",), ("ann@example.com", "id-1")),
        (("group:INNER",), ("ann@example.com", "id-1")),
    ],
)
def test_a_selector_names_principals_but_never_groups(
    snapshot: Snapshot, selectors: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert select_subjects(snapshot, selectors) == expected


def test_a_selector_that_names_nobody_is_an_error_with_near_names(snapshot: Snapshot) -> None:
    with pytest.raises(UnknownName, match="no principal matches `sales-copilto`; near: `sales-copilot`"):
        select_subjects(snapshot, ("sales-copilto",))
