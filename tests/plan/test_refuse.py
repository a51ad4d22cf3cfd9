"""When nothing is planned, and what is said of it."""

from __future__ import annotations

import datetime as dt
import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from uc_guard import tables
from uc_guard.model.settings import Settings
from uc_guard.plan.minimize import minimize
from uc_guard.snapshot import Snapshot

_SPEC = importlib.util.spec_from_file_location("plan_worlds", Path(__file__).with_name("plan_worlds.py"))
worlds = sys.modules.setdefault("plan_worlds", importlib.util.module_from_spec(_SPEC))
_SPEC.loader.exec_module(worlds)
CATALOG, SCHEMA, TABLE = worlds.CATALOG, worlds.SCHEMA, worlds.TABLE
Scene, TRUSTING, plan_of = worlds.Scene, worlds.TRUSTING, worlds.plan_of
DAY = dt.timedelta(days=1)
IDLE = Scene(
    grants=frozenset({("ann", "SELECT", *TABLE), ("crew", "SELECT", *TABLE)}),
    members=frozenset({("crew", "ann")}),
    subjects=("ann", "bea"),
)


def snapshot_with(scene=IDLE, without=(), **frames):
    """The scene's snapshot with some frames replaced or missing."""
    snapshot = worlds.snapshot_of(scene)
    kept = {name: frame for name, frame in {**snapshot.frames, **frames}.items() if name not in without}
    return Snapshot(snapshot.manifest, kept)


def whole(plan):
    """The subjects that are held whole, with the reasons."""
    return {(held.subject, held.reason) for held in plan.held if held.row is None}


def row_reasons(plan):
    """Why rows are held, by grantee."""
    return {(held.row.grantee, held.reason) for held in plan.held if held.row}


def test_the_idle_scene_would_be_planned():
    assert len(plan_of(IDLE).statements) == 2


def test_a_window_that_is_too_short_holds_everybody():
    plan = plan_of(IDLE, replace(TRUSTING, min_window_days=31))
    assert plan.statements == ()
    assert whole(plan) == {("ann", "window-too-short"), ("bea", "window-too-short")}
    assert whole(plan_of(IDLE, replace(TRUSTING, min_window_days=30))) == set()


def test_a_young_subject_is_held():
    made = worlds.UNTIL - 3 * DAY
    people = tables.PRINCIPALS.frame(
        [{"principal": "ann", "kind": "SERVICE_PRINCIPAL", "active": True, "created_at": made}]
    )
    plan = plan_of(IDLE, replace(TRUSTING, grace_days=7), snapshot=snapshot_with(principals=people))
    assert whole(plan) == {("ann", "subject-too-young")}
    assert plan.statements == ()
    older = plan_of(IDLE, replace(TRUSTING, grace_days=2), snapshot=snapshot_with(principals=people))
    assert whole(older) == set()


def test_a_young_grant_is_held_and_an_older_one_is_not():
    grants = worlds.snapshot_of(IDLE).frame("grants")
    made = pl.when(pl.col("grantee") == "ann").then(pl.lit(worlds.UNTIL - 3 * DAY)).otherwise(pl.lit(worlds.SINCE))
    young = grants.with_columns(granted_at=made.cast(tables.INSTANT))
    plan = plan_of(IDLE, replace(TRUSTING, grace_days=7), snapshot=snapshot_with(grants=young))
    assert row_reasons(plan) == {("ann", "grant-too-young"), ("crew", "redundant")}
    old = plan_of(IDLE, replace(TRUSTING, grace_days=2), snapshot=snapshot_with(grants=young))
    assert len(old.statements) == 2


def test_usage_on_the_way_to_a_young_grant_stays_too():
    scene = Scene(
        grants=frozenset({("ann", "SELECT", *TABLE), ("ann", "USE_CATALOG", *CATALOG), ("ann", "USE_SCHEMA", *CATALOG)})
    )
    grants = worlds.snapshot_of(scene).frame("grants")
    made = pl.when(pl.col("privilege") == "SELECT").then(pl.lit(worlds.UNTIL - DAY)).otherwise(pl.lit(worlds.SINCE))
    young = grants.with_columns(granted_at=made.cast(tables.INSTANT))
    plan = plan_of(scene, replace(TRUSTING, grace_days=7), snapshot=snapshot_with(scene, grants=young))
    assert plan.statements == ()
    assert {held.reason for held in plan.held} == {"grant-too-young", "leant-on"}


def test_too_much_opaque_activity_holds_the_subject():
    coverage = tables.COVERAGE.frame(
        [{"principal": "ann", "statements": 10, "understood": 7, "opaque": 3, "denied": 0, "failed": 0, "reasons": [],
          "computes": [], "missing": []}]
    )  # fmt: skip
    assert whole(plan_of(IDLE, coverage=coverage)) == {("ann", "too-opaque")}
    assert whole(plan_of(IDLE, replace(TRUSTING, max_opaque_share=0.3), coverage=coverage)) == set()


def test_activity_that_could_have_used_anything_holds_the_subject_and_names_the_statements():
    opaque = tables.OPAQUE.frame(
        [{"principal": "ann", "reason": "no-text", "may": None, "statements": 2, "first_at": worlds.SINCE,
          "last_at": worlds.SINCE, "witnesses": ["b", "a"]}]
    )  # fmt: skip
    plan = plan_of(IDLE, opaque=opaque)
    assert [(held.subject, held.reason, held.ids) for held in plan.held] == [("ann", "opaque-activity", ("a", "b"))]
    assert plan.statements == ()


def test_opaque_activity_with_known_names_holds_nobody_whole():
    opaque = tables.OPAQUE.frame(
        [{"principal": "ann", "reason": "syntax", "may": ["c.s.t"], "statements": 2, "first_at": worlds.SINCE,
          "last_at": worlds.SINCE, "witnesses": ["a"]}]
    )  # fmt: skip
    assert whole(plan_of(IDLE, opaque=opaque)) == set()


@pytest.mark.parametrize("missing", ["members", "statements"])
def test_a_missing_source_holds_everybody(missing):
    plan = plan_of(IDLE, snapshot=snapshot_with(without=(missing,)))
    assert whole(plan) == {("ann", "source-missing"), ("bea", "source-missing")}
    assert plan.statements == ()


@pytest.mark.parametrize(("note", "said"), [("rows dropped", "rows dropped"), ("", "rows are missing")])
def test_an_incomplete_source_holds_everybody(note, said):
    snapshot = worlds.snapshot_of(IDLE)
    sources = tuple(replace(s, complete=s.name != "statements", note=note) for s in snapshot.manifest.sources)
    plan = plan_of(IDLE, snapshot=Snapshot(replace(snapshot.manifest, sources=sources), snapshot.frames))
    assert whole(plan) == {("ann", "source-missing"), ("bea", "source-missing")}
    assert {held.detail for held in plan.held if held.row is None} == {
        f"`statements` is incomplete ({said}); complete it"
    }


def test_without_lineage_and_audit_nobody_is_judged_unless_the_log_is_trusted():
    blind = snapshot_with(without=("access_events", "table_lineage"))
    assert whole(plan_of(IDLE, replace(TRUSTING, trust_query_history=False), snapshot=blind)) == {
        ("ann", "source-missing"),
        ("bea", "source-missing"),
    }
    assert whole(plan_of(IDLE, TRUSTING, snapshot=blind)) == set()


def test_a_privilege_that_no_source_would_show_is_held():
    volume = {**worlds.KINDS, ("VOLUME", "c.s.files"): "VOLUME"}
    scene = Scene(grants=frozenset({("ann", "READ_VOLUME", "VOLUME", "c.s.files")}), kinds=volume)
    blind = snapshot_with(scene, without=("access_events",))
    plan = plan_of(scene, snapshot=blind)
    assert row_reasons(plan) == {("ann", "unobservable")}
    assert plan.statements == ()
    assert len(plan_of(scene).statements) == 1


@pytest.mark.parametrize("kind", ["MODEL_SERVICE", "MCP_SERVICE"])
def test_what_runs_a_service_is_held_whatever_sources_there_are(kind):
    scene = Scene(
        grants=frozenset({("ann", "EXECUTE", kind, "c.s.serve")}), kinds={**worlds.KINDS, (kind, "c.s.serve"): kind}
    )
    plan = plan_of(scene)
    assert row_reasons(plan) == {("ann", "unobservable")}
    assert plan.statements == ()


@pytest.mark.parametrize("owner", ["ann", "crew", None])
def test_what_the_owner_of_a_share_can_read_is_held(owner):
    grants = {("ann", "SELECT", *TABLE), ("crew", "ALL_PRIVILEGES", *TABLE), ("ann", "MODIFY", *TABLE)}
    scene = Scene(
        grants=frozenset(grants | {("bea", "SELECT", *TABLE)}),
        members=frozenset({("crew", "ann")}),
        kinds={**worlds.KINDS, ("SHARE", "sh"): "SHARE"},
        owners={("SHARE", "sh"): owner} if owner else {},
        subjects=("ann", "bea"),
    )
    plan = plan_of(scene)
    held = {("ann", "SELECT"), ("crew", "ALL_PRIVILEGES")} if owner else set()
    assert {(h.row.grantee, h.row.privilege) for h in plan.held if h.row and h.reason == "unobservable"} == held
    assert ("bea", "REVOKE") in {(statement.grantee, statement.verb) for statement in plan.statements}


def test_all_privileges_may_go_and_the_certificate_lists_what_no_source_would_show():
    scene = Scene(grants=frozenset({("ann", "ALL_PRIVILEGES", *SCHEMA)}))
    plan = plan_of(scene, snapshot=snapshot_with(scene, without=("access_events",)))
    assert plan.certificates[0].unseen == (
        "CREATE_FEATURE", "CREATE_MODEL", "CREATE_SECRET", "CREATE_SERVICE", "READ_FEATURE", "READ_SECRET",
        "REFERENCE_SECRET", "WRITE_SECRET",
    )  # fmt: skip


def test_an_unknown_privilege_is_never_touched_nor_all_privileges_beside_it():
    scene = Scene(grants=frozenset({("ann", "FUTURE_THING", *TABLE), ("ann", "ALL_PRIVILEGES", *TABLE)}))
    plan = plan_of(scene)
    assert plan.statements == ()
    assert row_reasons(plan) == {("ann", "unknown-privilege")}


def test_groups_with_a_held_subject_are_left_alone():
    scene = Scene(grants=frozenset({("crew", "SELECT", *TABLE)}), members=frozenset({("crew", "ann"), ("crew", "bea")}))
    plan = plan_of(scene, replace(TRUSTING, protect_principals=("bea",)))
    assert plan.statements == ()
    assert ("crew", "shared-with-held") in row_reasons(plan)
    assert whole(plan) == {("bea", "protected")}


def test_the_defaults_are_cautious():
    snapshot = worlds.snapshot_of(IDLE)
    blind = Snapshot(snapshot.manifest, {k: v for k, v in snapshot.frames.items() if k != "access_events"})
    frames = (worlds.needs_of(IDLE), tables.OPAQUE.empty(), tables.COVERAGE.empty())
    plan = minimize(blind, *frames, IDLE.subjects, Settings())
    assert plan.statements == ()
    assert whole(plan) == {("ann", "source-missing"), ("bea", "source-missing")}


def partly_seen(scene, note="not read: schema_privileges"):
    """The scene's snapshot, whose grants are known in part only."""
    snapshot = worlds.snapshot_of(scene)
    sources = [
        replace(source, complete=False, note=note) if source.name == "grants" else source
        for source in snapshot.manifest.sources
    ]
    return Snapshot(replace(snapshot.manifest, sources=tuple(sources)), snapshot.frames)


# SELECT is seen, and USE SCHEMA, which stands somewhere that we may not look, is not.
CARRIED = Scene(
    grants=frozenset({("ann", "SELECT", *TABLE), ("ann", "USE_CATALOG", *CATALOG), ("bea", "SELECT", *TABLE)}),
    needs={("ann", "SELECT", *TABLE): "must"},
    subjects=("ann", "bea"),
)


def test_a_certain_use_that_no_known_grant_allows_holds_its_subject_where_grants_are_missing():
    plan = plan_of(CARRIED, snapshot=partly_seen(CARRIED))
    assert whole(plan) == {("ann", "source-missing")}
    assert {statement.grantee for statement in plan.statements} == {"bea"}
    (held,) = [held for held in plan.held if held.row is None]
    assert "not read: schema_privileges" in held.detail
    assert "`c.s.t`" in held.detail


def test_where_all_grants_are_known_a_use_that_nothing_allows_today_protects_nothing():
    assert {statement.grantee for statement in plan_of(CARRIED).statements} == {"ann", "bea"}


def test_a_use_that_is_not_certain_holds_its_subject_where_a_part_of_it_is_known():
    scene = replace(CARRIED, needs={("ann", "SELECT", *TABLE): "may", ("bea", "SELECT", *worlds.FAR): "may"})
    assert whole(plan_of(scene, snapshot=partly_seen(scene))) == {("ann", "source-missing")}


def test_missing_grants_hold_nobody_whose_uses_are_all_allowed_by_known_ones():
    grants = CARRIED.grants | {("ann", "USE_SCHEMA", *SCHEMA)}
    scene = replace(CARRIED, grants=grants)
    plan = plan_of(scene, snapshot=partly_seen(scene))
    assert whole(plan) == set()
    assert {statement.grantee for statement in plan.statements} == {"bea"}
