"""Audit events become usage: credentials, changes and rights prove a use, looking around does not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import uc_guard
from uc_guard import tables
from uc_guard.events import read_events
from uc_guard.model.settings import Settings
from uc_guard.snapshot import Manifest, Snapshot

NOW = datetime(2026, 9, 1, tzinfo=UTC)
LATER = datetime(2026, 10, 1, tzinfo=UTC)
OBJECTS = [
    ("CATALOG", "main", "CATALOG"),
    ("SCHEMA", "main.raw", "SCHEMA"),
    ("VOLUME", "main.raw.landing", "MANAGED"),
    ("VOLUME", "main.raw.unused", "MANAGED"),
    ("FUNCTION", "main.raw.model", "MODEL"),
    ("TABLE", "main.raw.t", "MANAGED"),
]


def a_snapshot(*events: dict[str, object], grants: tuple[tuple[str, str, str], ...] = ()) -> Snapshot:
    rows = [{"event_id": f"e{n}", "principal": "agent", "denied": False, "at": NOW, **e} for n, e in enumerate(events)]
    return Snapshot(
        Manifest(NOW, LATER, LATER),
        {
            "access_events": tables.ACCESS_EVENTS.frame(rows),
            "objects": tables.OBJECTS.frame([{"securable_type": t, "securable": s, "kind": k} for t, s, k in OBJECTS]),
            "grants": tables.GRANTS.frame(
                [{"grantee": "agent", "privilege": p, "securable_type": t, "securable": s} for p, t, s in grants]
            ),
            "members": tables.MEMBERS.empty(),
            "statements": tables.STATEMENTS.empty(),
            "principals": tables.PRINCIPALS.frame(
                [{"principal": "agent", "kind": "SERVICE_PRINCIPAL", "active": True}]
            ),
        },
    )


def an_event(
    action: str, securable_type: str | None, securable: str | None, operation: str | None = None
) -> dict[str, object]:
    return {"action": action, "securable_type": securable_type, "securable": securable, "operation": operation}


@pytest.mark.parametrize(
    ("event", "uses"),
    [
        (("generateTemporaryTableCredential", "TABLE", "main.raw.t", "READ"), {("SELECT", "TABLE")}),
        (
            ("generateTemporaryTableCredentials", "TABLE", "main.raw.t", "READ_WRITE"),
            {("SELECT", "TABLE"), ("MODIFY", "TABLE")},
        ),
        (("generateTemporaryTableCredential", "TABLE", "main.raw.t", None), {("SELECT", "TABLE"), ("MODIFY", "TABLE")}),
        (
            ("generateTemporaryVolumeCredential", "VOLUME", "main.raw.landing", "READ_VOLUME"),
            {("READ_VOLUME", "VOLUME")},
        ),
        (
            ("GENERATETEMPORARYVOLUMECREDENTIALS", "VOLUME", "main.raw.landing", "WRITE_VOLUME"),
            {("READ_VOLUME", "VOLUME"), ("WRITE_VOLUME", "VOLUME")},
        ),
        (("generateTemporaryPathCredential", "PATH", "s3://b/x", "PATH_READ"), {("READ_FILES", "PATH")}),
        (
            ("generateTemporaryPathCredential", "PATH", "s3://b/x", "NEW"),
            {("READ_FILES", "PATH"), ("WRITE_FILES", "PATH")},
        ),
        (("generateTemporaryModelVersionCredential", "FUNCTION", "main.raw.model", "READ"), {("EXECUTE", "FUNCTION")}),
        (("createTable", "TABLE", "main.raw.new", None), {("CREATE", "TABLE")}),
        (("deleteSchema", "SCHEMA", "main.old", None), {("DROP", "SCHEMA")}),
        (("updatePermissions", "TABLE", "main.raw.t", None), {("MANAGE", "TABLE")}),
        (("createPolicy", "SCHEMA", "main.raw", None), {("MANAGE", "SCHEMA")}),
        (("getTable", "TABLE", "main.raw.t", None), set()),
    ],
)
def test_an_event_proves_what_it_was_for(event: tuple[str, str, str, str | None], uses: set[tuple[str, str]]) -> None:
    found, unnamed = read_events(a_snapshot(an_event(*event)))
    assert set(found.select("action", "securable_type").iter_rows()) == uses
    assert unnamed.is_empty()


def test_a_credential_for_something_unnamed_could_be_for_anything_of_its_type() -> None:
    events = [
        an_event("generateTemporaryVolumeCredential", None, None),
        an_event("generateTemporaryPathCredential", None, None),
    ]
    found, unnamed = read_events(a_snapshot(*events))
    assert found.is_empty()
    assert unnamed["may"].to_list() == [["main.raw.landing", "main.raw.unused"], None]


def test_a_volume_that_only_the_audit_saw_in_use_is_kept_and_the_other_goes() -> None:
    event = an_event("generateTemporaryVolumeCredential", "VOLUME", "main.raw.landing", "READ_VOLUME")
    grants = (
        ("USE_CATALOG", "CATALOG", "main"),
        ("USE_SCHEMA", "SCHEMA", "main.raw"),
        ("READ_VOLUME", "VOLUME", "main.raw.landing"),
        ("READ_VOLUME", "VOLUME", "main.raw.unused"),
    )
    found = uc_guard.audit(a_snapshot(event, grants=grants), Settings(subjects=("agent",), grace_days=0))
    revoked = {(row.privilege, row.securable) for s in found.plan.statements for row in s.rows if s.verb == "REVOKE"}
    assert revoked == {("READ_VOLUME", "main.raw.unused")}
    assert found.verdict.ok


def test_a_denied_event_keeps_nothing() -> None:
    event = an_event("generateTemporaryVolumeCredential", "VOLUME", "main.raw.landing", "READ_VOLUME") | {
        "denied": True
    }
    found, _ = read_events(a_snapshot(event))
    assert found["outcome"].to_list() == ["denied"]


def test_without_an_audit_no_right_on_models_is_taken() -> None:
    snapshot = a_snapshot(grants=(("EXECUTE", "FUNCTION", "main.raw.model"), ("EXECUTE", "SCHEMA", "main.raw")))
    frames = {name: frame for name, frame in snapshot.frames.items() if name != "access_events"}
    blind = Snapshot(snapshot.manifest, frames)
    found = uc_guard.audit(blind, Settings(subjects=("agent",), grace_days=0, trust_query_history=True))
    assert found.plan.statements == ()
    assert {held.reason for held in found.plan.held} == {"unobservable"}
