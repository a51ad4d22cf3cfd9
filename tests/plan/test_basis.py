"""A plan says what it leans on: rows where it touches something, rows and owners that carry what stays, and groups."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import plan_worlds as worlds

from uc_guard import tables
from uc_guard.model.plan import Basis, Membership, Row
from uc_guard.plan.verify import verify

ANN = (("USE_CATALOG", worlds.CATALOG), ("USE_SCHEMA", worlds.SCHEMA), ("SELECT", worlds.SCHEMA))
SCENE = worlds.Scene(
    frozenset(("ann", privilege, *place) for privilege, place in ANN) | {("zoe", "SELECT", *worlds.SCHEMA)},
    frozenset({("crew", "ann"), ("team", "crew"), ("zone", "zoe")}),
    needs=worlds.with_way({("ann", "SELECT", *worlds.TABLE): "must"}),
)


def row(grantee, privilege, place):
    return Row(grantee, privilege, *place)


def test_the_rows_of_everybody_where_it_touches_something_and_the_rows_that_carry_what_stays():
    basis = worlds.plan_of(SCENE).basis
    assert set(basis.rows) == {
        row("ann", "SELECT", worlds.SCHEMA), row("zoe", "SELECT", worlds.SCHEMA),
        row("ann", "USE_CATALOG", worlds.CATALOG), row("ann", "USE_SCHEMA", worlds.SCHEMA),
    }  # fmt: skip


def test_the_groups_of_the_subjects_at_any_depth_and_no_others():
    assert worlds.plan_of(SCENE).basis.members == (Membership("crew", "ann"), Membership("team", "crew"))


def test_the_groups_come_in_one_order():
    teams = frozenset((f"team{n}", "crew") for n in range(20))
    members = worlds.plan_of(replace(SCENE, members=teams | {("crew", "ann")})).basis.members
    assert members == tuple(sorted(members, key=lambda one: (one.group, one.member)))
    assert len(members) == 21


def test_whoever_else_is_in_a_group_that_it_touches():
    scene = replace(SCENE, grants=frozenset({("crew", "SELECT", *worlds.FAR)}), members=frozenset({("crew", "bea")}))
    plan = worlds.plan_of(replace(scene, needs={}))
    assert plan.statements
    assert Membership("crew", "bea") in plan.basis.members


def test_an_owner_on_whom_a_need_leans_even_where_it_is_everybody():
    for owner in ("ann", "team", "account users"):
        scene = replace(SCENE, owners={worlds.TABLE: owner})
        assert worlds.plan_of(scene).basis.owned == (row(owner, "OWNER", worlds.TABLE),)
    assert worlds.plan_of(replace(SCENE, owners={worlds.TABLE: "zoe"})).basis.owned == ()


def test_a_plan_that_changes_nothing_leans_on_nothing():
    assert worlds.plan_of(worlds.Scene()).basis == Basis()


def test_the_verifier_refuses_a_basis_that_leaves_something_out():
    scene = replace(SCENE, owners={worlds.TABLE: "ann"})
    plan, needs = worlds.plan_of(scene), worlds.needs_of(scene)
    for name in ("rows", "members", "owned"):
        cut = replace(plan, basis=replace(plan.basis, **{name: getattr(plan.basis, name)[1:]}))
        verdict = verify(cut, worlds.snapshot_of(scene), needs, tables.OPAQUE.empty(), worlds.TRUSTING)
        assert any(each.code == "baseline" for each in verdict.broken), name
