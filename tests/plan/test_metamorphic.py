"""What must not change a plan: the order of rows, names, strangers, empty catalogs, the hash seed."""

from __future__ import annotations

import importlib.util
import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from uc_guard.plan.document import encode_plan
from uc_guard.plan.render import render_inverse, render_sql

_SPEC = importlib.util.spec_from_file_location("plan_worlds", Path(__file__).with_name("plan_worlds.py"))
worlds = sys.modules.setdefault("plan_worlds", importlib.util.module_from_spec(_SPEC))
_SPEC.loader.exec_module(worlds)
TRUSTING, plan_of, scenes = worlds.TRUSTING, worlds.plan_of, worlds.scenes

some = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


@some
@given(scene=scenes(grants=9), seed=st.integers(0, 10**6))
def test_the_order_of_rows_changes_no_byte(scene, seed):
    shuffled = plan_of(scene, snapshot=worlds.snapshot_of(scene, random.Random(seed)))  # noqa: S311 - a shuffle
    assert encode_plan(shuffled) == encode_plan(plan_of(scene))


@some
@given(scene=scenes(grants=9))
def test_renamed_principals_get_the_same_plan(scene):
    def renamed(name):
        return f"x {name}" if name != "account users" else name  # keeps the order, which ties are broken by

    other = replace(
        scene,
        grants=frozenset((renamed(row[0]), *row[1:]) for row in scene.grants),
        members=frozenset((renamed(group), renamed(member)) for group, member in scene.members),
        owners={place: renamed(owner) for place, owner in scene.owners.items()},
        needs={(renamed(need[0]), *need[1:]): certainty for need, certainty in scene.needs.items()},
        subjects=tuple(renamed(name) for name in scene.subjects),
        groups=tuple(renamed(name) for name in scene.groups),
    )
    plan, same = plan_of(scene), plan_of(other)
    assert same.after == plan.after
    assert {row for s in same.statements for row in s.rows} == {
        replace(row, grantee=renamed(row.grantee)) for s in plan.statements for row in s.rows
    }


@some
@given(scene=scenes(grants=9))
def test_a_stranger_s_grant_changes_nothing_but_the_baseline(scene):
    wider = replace(scene, grants=scene.grants | {("stranger", "SELECT", *worlds.FAR)})
    plan, same = plan_of(scene), plan_of(wider)
    assert plan.baseline != same.baseline
    # What a plan starts from is told by the baseline, and by the basis as far as it touches it.
    assert replace(same, baseline=plan.baseline, basis=plan.basis) == plan


@some
@given(scene=scenes(grants=9))
def test_a_second_empty_catalog_changes_nothing(scene):
    wider = replace(scene, kinds={**scene.kinds, ("CATALOG", "empty"): "CATALOG"})
    assert plan_of(wider) == plan_of(scene)


@some
@given(scene=scenes(grants=9, subjects=("ann", "bea")))
def test_a_subject_without_grants_or_needs_changes_no_statement(scene):
    plan, same = plan_of(scene), plan_of(replace(scene, subjects=("ann", "bea", "idle")))
    assert same.statements == plan.statements
    assert (same.after.changes, same.after.statements) == (plan.after.changes, plan.after.statements)


_SCRIPT = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("plan_worlds", sys.argv[1])
worlds = sys.modules["plan_worlds"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(worlds)
from uc_guard.plan.document import encode_plan
from uc_guard.plan.render import render_inverse, render_sql
names = ("ann", "bea", "cleo", "zoe", "account users", "crew", "team", "zone")
grants = {(name, word, *place) for i, (word, place) in enumerate(worlds.STORABLE) for name in names[i % 4 :: 4]}
needs = {(names[i % 3], word, *place): "must" for i, (word, place) in enumerate(worlds.NEEDED)}
members = {("crew", "ann"), ("crew", "bea"), ("team", "cleo"), ("team", "zoe"), ("zone", "crew")}
scene = worlds.Scene(frozenset(grants), frozenset(members), {worlds.TABLE: "team"}, worlds.with_way(needs))
plan = worlds.plan_of(scene)
assert plan.statements and plan.held and plan.witnesses
sys.stdout.buffer.write(encode_plan(plan) + render_sql(plan).encode() + render_inverse(plan).encode())
"""


def test_the_same_bytes_come_out_under_another_hash_seed():
    helper = str(Path(__file__).with_name("plan_worlds.py"))
    outputs = {
        subprocess.run(  # noqa: S603 - our own interpreter and script
            [sys.executable, "-c", _SCRIPT, helper],
            env={**os.environ, "PYTHONHASHSEED": seed, "POLARS_MAX_THREADS": threads},
            capture_output=True,
            check=True,
        ).stdout
        for seed, threads in (("0", "1"), ("1", "4"), ("424242", "2"))
    }
    assert len(outputs) == 1


def test_scripts_of_equal_plans_are_equal():
    scene = worlds.Scene(grants=frozenset({("ann", "SELECT", *worlds.CATALOG)}))
    first, second = plan_of(scene), plan_of(scene)
    assert render_sql(first) == render_sql(second)
    assert render_inverse(first) == render_inverse(second)
