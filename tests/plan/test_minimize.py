"""The plan keeps its constraints and is the best there is: against brute force, and replayed on the reference model."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from uc_guard.model.plan import Row

_SPEC = importlib.util.spec_from_file_location("plan_worlds", Path(__file__).with_name("plan_worlds.py"))
worlds = sys.modules.setdefault("plan_worlds", importlib.util.module_from_spec(_SPEC))
_SPEC.loader.exec_module(worlds)
TRUSTING, Scene, plan_of, scenes = worlds.TRUSTING, worlds.Scene, worlds.plan_of, worlds.scenes

thorough = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
SHIELDS = (
    {},
    {"protect_principals": ("bea",)},
    {"protect_principals": ("CR*",)},
    {"protect_securables": ("c.s.t",)},
    {"protect_securables": ("c.s",)},
    {"protect_privileges": ("SELECT",)},
    {"protect_privileges": ("use schema",)},
)
anyhow = st.builds(
    lambda mode, leave, share, shield: replace(
        TRUSTING, mode=mode, allow_membership_changes=leave, stable_share=share, **shield
    ),
    st.sampled_from(("tight", "stable")),
    st.booleans(),
    st.sampled_from((0.3, 0.8)),
    st.sampled_from(SHIELDS),
)

ALL_BELOW_ALL = Scene(
    grants=frozenset(
        {("account users", "ALL_PRIVILEGES", *worlds.CATALOG), ("ann", "ALL_PRIVILEGES", "FUNCTION", "c.s.f")}
    )
)
"""The lower one gives CREATE MODEL VERSION, which does not flow down."""


def rows_of(world, scene):
    """The reference model's world of a scene."""
    objects = {place: (kind, scene.owners.get(place)) for place, kind in scene.kinds.items()}
    return world.World(objects, set(scene.grants), set(scene.members))


def held(reference, scene, principal):
    """Every pair of today that a principal has."""
    world = rows_of(reference, scene)
    pairs = [(v, place) for place in scene.kinds for v in reference.pairs_of(world, place)]
    return {pair for pair in pairs if reference.can(world, principal, *pair)}


def usable_needs(reference, scene, needs):
    """The needs that work in a scene."""
    world = rows_of(reference, scene)
    return {(q, v, *place) for q, v, *place in needs if reference.usable(world, q, v, tuple(place))}


@thorough
@given(scene=scenes())
@example(scene=ALL_BELOW_ALL)
def test_no_plan_beats_the_plan(brute, scene):
    plan = plan_of(scene)
    after = plan.after
    assert (after.excess, after.changes, after.statements) == brute(scene).best()
    assert plan.optimal
    assert plan.bound == plan.after


@thorough
@given(scene=scenes(groups=False))
def test_no_plan_beats_the_plan_where_everything_is_direct(brute, scene):
    after = plan_of(scene).after
    assert (after.excess, after.changes, after.statements) == brute(scene).best()


@thorough
@given(scene=scenes())
def test_excess_is_what_is_held_outside_may(brute, scene):
    plan = plan_of(scene)
    assert plan.before.excess == brute(scene).excess(scene.grants)
    assert plan.after.excess <= plan.before.excess


@thorough
@given(scene=scenes(grants=9), chosen=anyhow, strips=st.booleans())
def test_nothing_needed_is_ever_missing_outside_a_marked_gap(reference, scene, chosen, strips):
    plan = plan_of(scene, chosen)
    needs = usable_needs(reference, scene, scene.needs)
    states = worlds.run(scene.grants, plan.statements, strips)
    for statement, grants in zip((None, *plan.statements), states, strict=True):
        if statement is None or not statement.gap:
            assert usable_needs(reference, replace(scene, grants=grants), needs) == needs
    assert usable_needs(reference, scene.after(plan, strips), needs) == needs


@thorough
@given(scene=scenes(grants=9), chosen=anyhow)
def test_a_gap_is_marked_only_where_something_is_missing_and_the_next_statement_mends_it(reference, scene, chosen):
    plan = plan_of(scene, chosen)
    needs = usable_needs(reference, scene, scene.needs)
    states = worlds.run(scene.grants, plan.statements, strips=True)
    for (statement, grants), (following, _) in pairwise(zip(plan.statements, states[1:], strict=True)):
        if statement.gap:
            assert usable_needs(reference, replace(scene, grants=grants), needs) < needs
            assert following.verb == "GRANT"
            assert (following.grantee, following.securable) == (statement.grantee, statement.securable)
    assert not plan.statements or not plan.statements[-1].gap


@thorough
@given(scene=scenes(grants=9), chosen=anyhow)
def test_bystanders_neither_lose_nor_gain_and_no_subject_gains(reference, scene, chosen):
    after = scene.after(plan_of(scene, chosen), strips=True)
    for principal in worlds.BYSTANDERS:
        assert held(reference, after, principal) == held(reference, scene, principal)
    for principal in scene.subjects:
        assert held(reference, after, principal) <= held(reference, scene, principal)


@thorough
@given(scene=scenes(grants=9), chosen=anyhow)
def test_what_is_protected_stays_untouched(scene, chosen):
    plan = plan_of(scene, chosen)
    for row in scene.grants ^ scene.after(plan, strips=True).grants:
        assert row[0] != "bea" or chosen.protect_principals != ("bea",)
        assert row[0] != "crew" or chosen.protect_principals != ("CR*",)
        assert row[3] not in chosen.protect_securables
        assert row[1].replace("_", " ").casefold() not in {p.casefold() for p in chosen.protect_privileges}
    protected = {"bea"} if chosen.protect_principals == ("bea",) else set()
    assert not protected & {change.membership.member for change in plan.memberships}


@thorough
@given(scene=scenes(grants=9), chosen=anyhow, strips=st.booleans())
def test_planning_again_on_the_planned_world_gives_an_empty_plan(scene, chosen, strips):
    plan = plan_of(scene, chosen)
    again = plan_of(scene.after(plan, strips), chosen)
    assert (again.statements, again.memberships) == ((), ())
    assert again.before.excess == again.after.excess == plan.after.excess


@thorough
@given(scene=scenes(grants=9), chosen=anyhow, strips=st.booleans())
def test_the_inverse_brings_back_every_row(scene, chosen, strips):
    plan = plan_of(scene, chosen)
    after = scene.after(plan, strips)
    assert worlds.run(after.grants, plan.inverse, strips)[-1] == scene.grants


@thorough
@given(scene=scenes(grants=9))
def test_without_any_one_statement_the_plan_is_worse_or_wrong(reference, brute, scene):
    plan = plan_of(scene)
    needs = usable_needs(reference, scene, scene.needs)
    measured = brute(scene)

    def as_good(statements, strips):
        grants = worlds.run(scene.grants, statements, strips)[-1]
        cost = (measured.excess(grants), len(grants ^ scene.grants))
        kept = usable_needs(reference, replace(scene, grants=grants), needs) == needs
        return kept and cost <= (plan.after.excess, plan.after.changes)

    # Around REVOKE ALL PRIVILEGES a statement may be there for one reading of it only.
    for number in range(len(plan.statements)):
        fewer = plan.statements[:number] + plan.statements[number + 1 :]
        assert not all(as_good(fewer, strips) for strips in (False, True))


@thorough
@given(scene=scenes(grants=9), chosen=anyhow)
def test_every_row_that_goes_has_a_certificate_and_every_row_that_comes_a_witness(scene, chosen):
    plan = plan_of(scene, chosen)
    after = scene.after(plan, strips=False).grants
    assert {certificate.row for certificate in plan.certificates} == {Row(*row) for row in scene.grants - after}
    witnessed = {witness.row for witness in plan.witnesses}
    assert {Row(*row) for row in after - scene.grants} <= witnessed
    assert witnessed <= {Row(*row) for row in after}


@thorough
@given(scene=scenes(grants=9), chosen=anyhow)
def test_a_row_that_serves_nobody_and_stays_is_held_with_a_reason(reference, scene, chosen):
    plan = plan_of(scene, chosen)
    held_rows = {(held.subject, held.row) for held in plan.held}
    whole = {held.subject for held in plan.held if held.row is None}
    after = scene.after(plan, strips=False)
    world = rows_of(reference, after)
    for row in after.grants:
        for subject in set(scene.subjects) - whole:
            if row[0] not in reference.groups(world, subject):
                continue
            gives = {(v, place) for place in scene.kinds for v in reference.gives(world, row, place)}
            needed = {(v, tuple(place)) for q, v, *place in scene.needs if q == subject}
            if not gives & needed:
                assert (subject, Row(*row)) in held_rows


def test_irreducible_is_not_vacuous():
    scene = Scene(
        grants=frozenset({("ann", "SELECT", *worlds.CATALOG), ("ann", "USE_SCHEMA", *worlds.CATALOG)}),
    )
    assert len(plan_of(scene).statements) == 1


@pytest.mark.parametrize("strips", [False, True])
def test_what_stays_beside_a_revoked_all_privileges_is_granted_again(strips):
    scene = Scene(
        grants=frozenset(
            {("ann", word, *worlds.TABLE) for word in ("ALL_PRIVILEGES", "SELECT", "MODIFY")}
            | {("ann", "USE_CATALOG", *worlds.CATALOG), ("ann", "USE_SCHEMA", *worlds.SCHEMA)}
        ),
        needs=worlds.with_way({("ann", "SELECT", *worlds.TABLE): "must"}),
    )
    plan = plan_of(scene)
    assert [(s.verb, s.privileges, s.gap) for s in plan.statements] == [
        ("REVOKE", ("MODIFY",), False),
        ("REVOKE", ("ALL_PRIVILEGES",), True),
        ("GRANT", ("SELECT",), False),
    ]
    assert scene.after(plan, strips).grants == scene.grants - {
        ("ann", "ALL_PRIVILEGES", *worlds.TABLE),
        ("ann", "MODIFY", *worlds.TABLE),
    }
