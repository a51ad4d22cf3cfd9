"""Small workspaces for the tests of access/, written in a line or two."""

from __future__ import annotations

import importlib.util
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from uc_guard import tables
from uc_guard.model.privilege import normalize_type
from uc_guard.snapshot import Manifest, Snapshot, Source

UNTIL = datetime(2026, 3, 31, tzinfo=UTC)
SINCE = UNTIL - timedelta(days=30)
_CONTRACTS = {contract.name: contract for contract in tables.SNAPSHOT}


def _object(row):
    """Read ("VIEW", "c.s.v", owner, kind): the type as grants know it, the kind as written unless one is given."""
    used, name, owner, kind = (*row, None, None)[:4]
    return {"securable_type": normalize_type(used), "securable": name, "kind": kind or used, "owner": owner}


def _rows(columns):
    return lambda row: dict(zip(columns, row, strict=True))


_SHORT = {
    "objects": _object,
    "grants": _rows(("grantee", "privilege", "securable_type", "securable")),
    "members": _rows(("group", "member")),
    "row_filters": _rows(("table", "function", "columns")),
    "column_masks": _rows(("table", "column", "function", "columns")),
    "tags": _rows(("securable_type", "securable", "column", "tag", "value")),
    "columns": _rows(("table", "column")),
    "dependencies": _rows(("securable", "on_type", "on_securable")),
    "bindings": _rows(("securable_type", "securable", "workspace_id", "read_only")),
}


def make_workspace(*, absent=(), metastore=None, **rows):
    """Build a snapshot; every frame is there (perhaps empty) but those named absent."""
    frames = {}
    for name, contract in _CONTRACTS.items():
        if name in absent:
            continue
        given = [row if isinstance(row, dict) else _SHORT[name](row) for row in rows.get(name, ())]
        frames[name] = contract.frame(given)
    sources = tuple(Source(name, frame.height) for name, frame in frames.items())
    return Snapshot(Manifest(SINCE, UNTIL, UNTIL, metastore, sources), frames)


def make_usage(*rows):
    """Build usage from (principal, action, type, name[, {column: value}])."""
    more = {
        "outcome": "ran",
        "source": "query_history",
        "uses": 1,
        "first_at": SINCE,
        "last_at": SINCE,
        "witnesses": ["w"],
    }
    names = ("principal", "action", "securable_type", "securable")
    return tables.USAGE.frame(
        [{**more, **dict(zip(names, row, strict=False)), **(row[4] if len(row) > 4 else {})} for row in rows]
    )


def make_opaque(*rows):
    """Build opaque activity from (principal, names or None)."""
    more = {"reason": "syntax", "statements": 1, "first_at": SINCE, "last_at": SINCE, "witnesses": ["o"]}
    return tables.OPAQUE.frame([{**more, "principal": principal, "may": may} for principal, may in rows])


def make_bodies(*rows):
    """Build bodies from (type, name, action, on_type, on_name[, understood])."""
    full = [(*row, True)[:6] for row in rows]
    return pl.DataFrame(full, schema=tables.BODIES.schema, orient="row")


@pytest.fixture(scope="session")
def workspace():
    return make_workspace


@pytest.fixture(scope="session")
def usage():
    return make_usage


@pytest.fixture(scope="session")
def opaque():
    return make_opaque


@pytest.fixture(scope="session")
def bodies():
    return make_bodies


@pytest.fixture(scope="session")
def scale():
    """The generator of large estates."""
    path = Path(__file__).parents[2] / "benchmarks" / "estates.py"
    spec = importlib.util.spec_from_file_location("uc_guard_estates", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
