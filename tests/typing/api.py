"""The public names as a typed user writes them: checked by mypy and pyright, never run."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import assert_type

import polars as pl

import uc_guard
from uc_guard import (
    Audit,
    Catalog,
    Declared,
    Diagnosis,
    Extraction,
    Finding,
    Lint,
    Opaque,
    Plan,
    Rule,
    Settings,
    Snapshot,
    Use,
    Workspace,
)
from uc_guard.capture import Options, capture


def extracts() -> None:
    catalog = Catalog.from_dict({"tables": {"c.s.t": {"id": "int"}}})
    found = uc_guard.extract("SELECT id FROM t", catalog, current_catalog="c", current_schema="s", parameters={"p": 1})
    assert_type(found, Extraction)
    assert_type(found.uses, tuple[Use, ...])
    assert_type(found.opaque, tuple[Opaque, ...])
    assert_type([use.columns for use in found.uses], list[tuple[str, ...] | None])
    assert_type([part.may for part in found.opaque], list[tuple[str, ...] | None])
    assert_type(uc_guard.extract(None, catalog), Extraction)
    assert_type(uc_guard.extract_session(["USE c", None], catalog), list[Extraction])
    assert_type(catalog.dependencies("c.s.v"), Extraction)


def reads() -> None:
    snapshot = uc_guard.read_folder("exports", since=datetime(2026, 9, 1, tzinfo=UTC))
    assert_type(snapshot, Snapshot)
    assert_type(Snapshot.read(Path("snapshot")), Snapshot)
    assert_type(snapshot.frame("grants"), pl.DataFrame)
    assert_type(snapshot.has("members"), bool)
    snapshot.write("elsewhere")


def audits(snapshot: Snapshot) -> None:
    def show(what: str, done: int, total: int) -> None:
        print(what, done, total)  # noqa: T201 - what a user would write

    found = uc_guard.audit(snapshot, Settings(subjects=("sales-*",), mode="stable", grace_days=14), show)
    assert_type(found, Audit)
    assert_type(found.holdings, pl.DataFrame)
    assert_type(found.plan, Plan)
    assert_type([statement.privileges for statement in found.plan.statements], list[tuple[str, ...]])
    assert_type(found.verdict.ok, bool)
    assert_type(uc_guard.__version__, str)


def lints(audit: Audit) -> None:
    found = uc_guard.lint(audit, today=date(2026, 10, 1))
    assert_type(found, Lint)
    assert_type(found.findings, tuple[Finding, ...])
    assert_type([finding.rule for finding in found.findings], list[Rule])
    assert_type(found.failed, bool)
    declared = uc_guard.read_declared([Path("grants")])
    assert_type(declared, Declared)
    assert_type(uc_guard.lint(declared=declared, today=date(2026, 10, 1)), Lint)


def captures(now: datetime) -> None:
    workspace = uc_guard.connect(profile="prod", warehouse="0123456789abcdef")
    assert_type(workspace, Workspace)
    found = uc_guard.doctor(workspace, now, to_apply=True)
    assert_type(found, Diagnosis)
    assert_type(found.statements, tuple[str, ...])
    assert_type(workspace.snapshot("snapshot", since=now, until=now, taken_at=now, redact=True), Snapshot)
    assert_type(capture(workspace, Path("snapshot"), (now, now), now, Options(workers=4)), Snapshot)
