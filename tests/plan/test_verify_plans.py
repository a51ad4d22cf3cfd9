"""What the planner plans, the verifier accepts: two readings of one specification that share no code."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from uc_guard import tables
from uc_guard.access.effective import usable, world
from uc_guard.plan.verify import verify
from uc_guard.snapshot import Snapshot

_UNIQUE = "uc_guard_tests_plan_plan_worlds"
_SPEC = importlib.util.spec_from_file_location(_UNIQUE, Path(__file__).with_name("plan_worlds.py"))
if _UNIQUE not in sys.modules:
    sys.modules[_UNIQUE] = importlib.util.module_from_spec(_SPEC)
    _SPEC.loader.exec_module(sys.modules[_UNIQUE])
worlds = sys.modules[_UNIQUE]

CHOICES = st.builds(
    lambda mode, share, leave, grant, protect: replace(
        worlds.TRUSTING,
        mode=mode,
        stable_share=share,
        allow_membership_changes=leave,
        grant_missing=grant,
        protect_securables=protect,
    ),
    st.sampled_from(["tight", "stable"]),
    st.sampled_from([0.3, 0.6, 1.0]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([(), ("c.s.t",), ("c.r*",)]),
)


@settings(max_examples=60, deadline=None)
@given(worlds.scenes(), CHOICES, st.lists(st.tuples(st.sampled_from(worlds.SUBJECTS), st.booleans()), max_size=1))
def test_the_verifier_accepts_what_the_planner_plans(scene, chosen, blind):
    snapshot, needs = worlds.snapshot_of(scene), worlds.needs_of(scene)
    opaque = tables.OPAQUE.frame(
        [
            {"principal": p, "reason": "no-text", "may": ["c.s.t"] if bounded else None, "statements": 1,
             "first_at": worlds.SINCE, "last_at": worlds.SINCE, "witnesses": ["o"]}
            for p, bounded in blind
        ]
    )  # fmt: skip
    denied = needs.filter(needs["principal"] == "bea").select(
        *tables.NEEDS.key, evidence=pl.lit("denied"), uses="uses", last_at="last_at", witnesses="witnesses"
    )
    short = denied.select(*tables.SHORTFALLS.columns)
    plan = worlds.plan_of(scene, chosen, snapshot=snapshot, opaque=opaque, shortfalls=short)
    verdict = verify(plan, snapshot, needs, opaque, chosen, short)
    assert verdict.broken == ()


@settings(max_examples=40, deadline=None)
@given(worlds.scenes(), st.sets(st.integers(0, 6), max_size=3))
def test_who_uses_what_no_known_grant_allows_loses_nothing_beside_it_where_grants_are_missing(scene, lost):
    grants = [row for n, row in enumerate(sorted(scene.grants)) if n not in lost]
    unaware = worlds.snapshot_of(replace(scene, grants=frozenset(grants)))
    sources = tuple(replace(s, complete=s.name != "grants", note="cut off") for s in unaware.manifest.sources)
    aware = Snapshot(replace(unaware.manifest, sources=sources), unaware.frames)
    needs, opaque = worlds.needs_of(scene), tables.OPAQUE.empty()
    plan = worlds.plan_of(scene, snapshot=aware)
    assert verify(plan, aware, needs, opaque, worlds.TRUSTING).broken == ()

    rash = worlds.plan_of(scene, snapshot=unaware)
    home = world(unaware)
    used = usable(home, needs.filter(pl.col("certainty") == "must")).filter(~pl.col("usable"))
    taken = {(each.grantee, each.securable) for each in rash.statements if each.verb == "REVOKE"}
    beside = [
        (name, at)
        for name, at in used.select("principal", "securable").iter_rows()
        for grantee, place in taken
        if grantee in home.groups.filter(pl.col("principal") == name)["group"] and f"{at}.".startswith(f"{place}.")
    ]
    assert verify(rash, unaware, needs, opaque, worlds.TRUSTING).ok
    assert verify(rash, aware, needs, opaque, worlds.TRUSTING).ok == (not beside)
