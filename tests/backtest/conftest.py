"""Small workspaces with a log, written in a line or two."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from uc_guard import tables
from uc_guard.model.settings import Settings
from uc_guard.snapshot import Snapshot

UNTIL = datetime(2026, 9, 1, tzinfo=UTC)
SINCE = UNTIL - timedelta(days=100)
CUT = UNTIL - timedelta(days=14)
SETTINGS = Settings(trust_query_history=True, grace_days=0, max_opaque_share=1.0)
CONTRACTS = {contract.name: contract for contract in tables.SNAPSHOT}
TREE = (("CATALOG", "c"), ("SCHEMA", "c.s"), ("SCHEMA", "c.r"))
LEAVES = (("TABLE", "c.s.t"), ("TABLE", "c.s.u"), ("TABLE", "c.r.t"))


def said(number, principal, day, text, **more):
    """A statement, so many days after the start of the hold-out; before it where the number is negative."""
    return {
        "statement_id": f"s{number:03}", "principal": principal, "text": text, "status": "FINISHED",
        "parameters_truncated": False, "started_at": CUT + timedelta(days=day, minutes=number), **more,
    }  # fmt: skip


def make_world(statements, grants=(), members=(), views=(), since=SINCE, **frames):
    """A workspace: agents `ann` and `bea`, a person `zoe`, groups `crew` and `team`.

    Views are (name, owner, definition), grants (grantee, privilege, type, name), members (group, member).
    """
    objects = [
        {"securable_type": t, "securable": n, "kind": "MANAGED" if t == "TABLE" else t} for t, n in (*TREE, *LEAVES)
    ]
    objects += [{"securable_type": "TABLE", "securable": v, "kind": "VIEW", "owner": owner} for v, owner, _ in views]
    kinds = {"ann": "SERVICE_PRINCIPAL", "bea": "SERVICE_PRINCIPAL", "zoe": "USER", "crew": "GROUP", "team": "GROUP"}
    rows = {
        "statements": statements,
        "objects": objects,
        "columns": [{"table": name, "column": "id", "position": 0} for _, name in LEAVES],
        "grants": [dict(zip(tables.GRANTS.key, row, strict=True)) for row in grants],
        "members": [{"group": group, "member": member} for group, member in members],
        "principals": [{"principal": name, "kind": kind, "active": True} for name, kind in kinds.items()],
        "views": [{"view": v, "definition": text, "catalog": "c", "schema": "s"} for v, _, text in views],
    }
    made = {name: CONTRACTS[name].frame(given) for name, given in rows.items()}
    return Snapshot.from_frames({**made, **frames}, since=since, until=UNTIL)


class Worlds:
    """What the tests of a backtest are made of."""

    said = staticmethod(said)
    make = staticmethod(make_world)
    settings = SETTINGS
    since, cut, until = SINCE, CUT, UNTIL


@pytest.fixture(scope="session")
def worlds():
    """Give what the tests are made of."""
    return Worlds
