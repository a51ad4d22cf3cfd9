from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from uc_guard import tables
from uc_guard.model.plan import Membership, MembershipChange, Row
from uc_guard.model.settings import Settings
from uc_guard.plan.verify_world import baseline

_SPEC = importlib.util.spec_from_file_location("verify_estate", Path(__file__).with_name("verify_estate.py"))
estate = sys.modules.setdefault("verify_estate", importlib.util.module_from_spec(_SPEC))
_SPEC.loader.exec_module(estate)
ALL, GRANTS, MEMBERS, NEEDS, OBJECTS = estate.ALL, estate.GRANTS, estate.MEMBERS, estate.NEEDS, estate.OBJECTS
PLAN = estate.PLAN
as_key, codes, grant, judge, planned = estate.as_key, estate.codes, estate.grant, estate.judge, estate.planned
proof, revoke, snapshot, statements, witness = (
    estate.proof,
    estate.revoke,
    estate.snapshot,
    estate.statements,
    estate.witness,
)


def test_a_right_plan_passes():
    verdict = judge()
    assert verdict.broken == ()
    assert verdict.ok
    assert verdict.replayed_needs == 3
    assert verdict.replayed_uses == 11
    assert dict(verdict.checked)["certificates"] == 4
    assert dict(verdict.checked)["needs that no statement comes near"] == 3


def test_an_empty_plan_passes():
    assert judge(planned()).ok


def test_a_sentence_names_what_breaks():
    sentences = [b.sentence for b in judge(statements(lambda s: s[1:])).broken if b.code == "C1"]
    assert sentences == ["`bot1` needs `SELECT` on `main.sales.orders` (used), and does not have it afterwards"]


def test_every_break_is_told_once_and_all_together():
    plan = replace(statements(lambda s: s[1:]), baseline="", since="2020-01-01T00:00:00+00:00")
    verdict = judge(plan)
    assert {"C1", "baseline"} <= codes(verdict)
    assert len(set(verdict.broken)) == len(verdict.broken)


def test_a_plan_for_other_grants_or_members_is_refused():
    assert codes(judge(world=snapshot(grants=[*GRANTS, Row("bot2", "USE_SCHEMA", "SCHEMA", "main.hr")]))) == {
        "baseline"
    }
    assert "baseline" in codes(judge(world=snapshot(members=[*MEMBERS, ("staff", "bob")])))


def test_the_baseline_does_not_depend_on_the_order_of_rows():
    assert baseline(snapshot(grants=GRANTS[::-1], members=MEMBERS[::-1])) == PLAN.baseline
    assert baseline(snapshot(grants=[Row("a", "b", "c", "d:e")])) != baseline(
        snapshot(grants=[Row("a", "b", "c:d", "e")])
    )


# -- C1 --


def test_a_need_that_was_never_usable_cannot_be_lost():
    dormant = ("bot2", "SELECT", "TABLE", "main.hr.pay", "must", "used", 1)
    world = snapshot(grants=[row for row in GRANTS if row != GRANTS[7]])
    plan = replace(
        planned(revoke("bots", "SELECT", "TABLE", "main.hr.pay")),
        baseline=baseline(world),
        inverse=(grant("bots", "SELECT", "TABLE", "main.hr.pay"),),
        certificates=(proof(GRANTS[8], (1, 1), subjects=("bot1", "bot2"), statements=5),),
    )
    assert judge(plan, world, [*NEEDS, dormant]).ok
    assert codes(judge(plan, snapshot(), [*NEEDS, dormant])) >= {"C1"}


def test_a_use_schema_that_a_need_hangs_on_is_missed_though_no_need_names_it():
    chainless = [need for need in NEEDS if need[1] == "SELECT"]
    plan = planned(revoke("bot1", "USE_SCHEMA", "SCHEMA", "main.crm"))
    assert "C1" in codes(judge(plan, need=chainless))


def test_an_owner_needs_no_row():
    objects = [(t, n, k, "bot1" if n == "main.crm.customers" else o) for t, n, k, o in OBJECTS]
    plan = statements(lambda s: [*s[:2], replace(s[2], gap=False), *s[4:]])
    assert not codes(judge(plan, snapshot(objects=objects))) & {"C1", "C5"}
    assert "C1" in codes(judge(plan))


def test_a_row_of_another_group_keeps_a_need_alive():
    world = snapshot(grants=[*GRANTS, Row("account users", "SELECT", "SCHEMA", "main.crm")])
    plan = replace(statements(lambda s: [*s[:2], replace(s[2], gap=False), *s[4:]]), baseline=baseline(world))
    assert not codes(judge(plan, world)) & {"C1", "C5"}


def test_a_subject_that_could_have_used_anything_loses_nothing():
    assert codes(judge(opaque=[("bot2", None)])) == {"C1"}
    assert judge(opaque=[("ann", None)]).ok
    assert judge(opaque=[("bot2", ["main.crm.customers"])]).ok


def test_a_blind_subject_may_lose_a_row_that_another_row_covers():
    world = snapshot(grants=[*GRANTS, Row("bot2", "SELECT", "SCHEMA", "main.hr")])
    plan = replace(
        planned(revoke("bots", "SELECT", "TABLE", "main.hr.pay")),
        subjects=("bot2",),
        baseline=baseline(world),
    )
    members = [("bots", "bot2")]
    world = snapshot(grants=[*GRANTS, Row("bot2", "SELECT", "SCHEMA", "main.hr")], members=members)
    assert "C1" not in codes(judge(plan, world, opaque=[("bot2", None)]))
    world = snapshot(members=members)
    assert "C1" in codes(judge(plan, world, opaque=[("bot2", None)]))


# -- C2 --


def test_a_row_of_a_shared_group_may_go_where_nobody_outside_notices():
    world = snapshot(grants=[*GRANTS, Row("ann", "SELECT", "TABLE", "main.sales.items")])
    plan = planned(revoke("staff", "SELECT", "TABLE", "main.sales.items"))
    assert "C2" not in codes(judge(plan, world))
    assert "C2" in codes(judge(plan))


def test_a_leaf_does_not_stand_in_for_what_is_yet_to_come():
    world = snapshot(
        grants=[
            *GRANTS,
            Row("staff", "EXECUTE", "SCHEMA", "main.sales"),
            Row("ann", "EXECUTE", "FUNCTION", "main.sales.f"),
        ]
    )
    assert "C2" in codes(judge(planned(revoke("staff", "EXECUTE", "SCHEMA", "main.sales")), world))


def test_a_group_nested_in_a_touched_group_is_searched_for_bystanders():
    members = [*MEMBERS, ("bots", "more"), ("more", "bots"), ("more", "eve")]
    assert "C2" in codes(judge(world=snapshot(members=members)))


def test_a_group_that_owns_a_used_view_is_a_bystander():
    behind = ("bots", "SELECT", "TABLE", "main.hr.pay", "must", "via-view", 4)
    assert "C2" in codes(judge(need=[*NEEDS, behind]))


def test_without_memberships_only_the_subjects_own_rows_may_change():
    world = snapshot(without=("members",))
    assert "C2" in codes(judge(planned(revoke("bots", "SELECT", "TABLE", "main.hr.pay")), world))
    assert "C2" not in codes(judge(planned(revoke("bot1", "SELECT", "SCHEMA", "main.sales")), world))


# -- C3 --

LIFTED = grant("bot1", "SELECT", "SCHEMA", "main.sales")


def test_a_schema_may_be_granted_where_the_catalog_was_held():
    wide = Row("bot1", "SELECT", "CATALOG", "main")
    world = snapshot(grants=[*[row for row in GRANTS if row.privilege != "SELECT"], wide])
    plan = planned(LIFTED, revoke("bot1", "SELECT", "CATALOG", "main"))
    plan = replace(plan, witnesses=(witness(GRANTS[3], NEEDS[2]),), baseline=baseline(world))
    assert codes(judge(plan, world)) == {"inverse", "certificate"}
    leaves = [Row("bot1", "SELECT", "TABLE", n) for t, n, _, _ in OBJECTS if t == "TABLE" and "sales" in n]
    world = snapshot(grants=[*[row for row in GRANTS if row.privilege != "SELECT"], *leaves])
    assert "C3" in codes(judge(planned(LIFTED), world))


def test_a_shortfall_is_granted_only_where_the_settings_say_so():
    pay = Row("bot2", "SELECT", "TABLE", "main.sales.items")
    use = Row("bot2", "USE_SCHEMA", "SCHEMA", "main.sales")
    short = tables.SHORTFALLS.frame(
        [{**{s: getattr(pay, s) for s in pay.__slots__[1:]}, "principal": "bot2", "evidence": "denied", "uses": 1}]
    )
    told = (
        witness(pay, ("bot2", *as_key(pay)[1:], "must", "denied", 1), ()),
        witness(use, ("bot2", *as_key(use)[1:], "must", "denied", 1), ()),
    )
    plan = planned(
        grant("bot2", "USE_SCHEMA", "SCHEMA", "main.sales"),
        grant("bot2", "SELECT", "TABLE", "main.sales.items"),
        inverse=(
            revoke("bot2", "SELECT", "TABLE", "main.sales.items"),
            revoke("bot2", "USE_SCHEMA", "SCHEMA", "main.sales"),
        ),
        witnesses=told,
    )
    assert judge(plan, settings=Settings(grant_missing=True), shortfalls=short).ok
    assert codes(judge(plan, shortfalls=short)) == {"C3", "witness"}
    assert codes(judge(plan, settings=Settings(grant_missing=True))) == {"C3", "witness"}


# -- C4 --


@pytest.mark.parametrize(
    "settings",
    [
        Settings(protect_principals=("BOT*",)),
        Settings(protect_securables=("main.hr.*",)),
        Settings(protect_privileges=("use schema",)),
    ],
)
def test_what_is_protected_is_not_touched(settings):
    assert codes(judge(settings=settings)) == {"C4"}


def test_nothing_new_is_granted_on_what_is_protected():
    verdict = judge(settings=Settings(protect_securables=("main.sales.orders",)))
    verbs = [broken.sentence.split(" ", 1)[0] for broken in verdict.broken if broken.code == "C4"]
    assert verbs == ["GRANT", "REVOKE"]  # the plan's and its inverse's


def test_a_protected_row_that_was_stripped_may_be_given_back():
    world = snapshot(grants=[*GRANTS, Row("bot1", "APPLY_TAG", "TABLE", "main.crm.customers")])
    given_back = [
        *PLAN.statements[:4],
        grant("bot1", "APPLY_TAG", "TABLE", "main.crm.customers"),
        *PLAN.statements[4:],
    ]
    plan = replace(PLAN, statements=tuple(given_back), baseline=baseline(world))
    assert judge(plan, world, settings=Settings(protect_privileges=("APPLY_TAG",))).ok
    forgotten = replace(PLAN, baseline=baseline(world))
    assert "certificate" in codes(judge(forgotten, world))


def test_all_privileges_is_not_revoked_beside_an_unknown_privilege():
    world = snapshot(grants=[*GRANTS, Row("bot1", "FLY", "TABLE", "main.crm.customers")])
    assert codes(judge(replace(PLAN, baseline=baseline(world)), world)) == {"C4"}


# -- memberships --

STAFF = snapshot(grants=[*GRANTS[:3], GRANTS[9]])
LEAVE = replace(
    planned(memberships=(MembershipChange(Membership("staff", "bot1"), "because"),)), baseline=baseline(STAFF)
)
LEAVING = Settings(allow_membership_changes=True)


def test_a_subject_may_leave_a_group_that_gives_it_nothing_it_needs():
    assert judge(LEAVE, STAFF, settings=LEAVING).ok
    assert codes(judge(LEAVE, STAFF)) == {"membership"}


def test_a_subject_does_not_leave_a_group_that_it_needs():
    used = ("bot1", "SELECT", "TABLE", "main.sales.items", "must", "used", 1)
    assert codes(judge(LEAVE, STAFF, [*NEEDS, used], settings=LEAVING)) == {"C1"}


@pytest.mark.parametrize(
    ("group", "member", "expected"),
    [("staff", "ann", "C2"), ("staff", "bot2", "membership"), ("account users", "bot1", "membership")],
)
def test_a_membership_ends_only_where_it_stands_and_only_of_subjects(group, member, expected):
    plan = replace(LEAVE, memberships=(MembershipChange(Membership(group, member), "because"),))
    assert expected in codes(judge(plan, STAFF, settings=LEAVING))


def test_a_held_or_protected_subject_leaves_no_group():
    assert codes(judge(LEAVE, STAFF, opaque=[("bot1", None)], settings=LEAVING)) == {"held"}
    protected = replace(LEAVING, protect_principals=("staff",))
    assert codes(judge(LEAVE, STAFF, settings=protected)) == {"C4"}


# -- proofs --


def test_reach_counts_every_kind_of_securable_inside():
    world = snapshot(grants=[*GRANTS, Row("bot2", ALL, "SCHEMA", "main.sales")])
    row = Row("bot2", ALL, "SCHEMA", "main.sales")
    plan = planned(
        revoke("bot2", ALL, "SCHEMA", "main.sales"),
        inverse=(grant("bot2", ALL, "SCHEMA", "main.sales"),),
        baseline=baseline(world),
    )
    told = [
        b.sentence
        for b in judge(
            replace(plan, certificates=(proof(row, (0, 0), subjects=("bot2",), future=True, statements=2),)),
            world,
        ).broken
    ]
    assert len(told) == 2
    # The schema itself: 14. Tables: SELECT, MODIFY, APPLY TAG. The view: no MODIFY. The function: EXECUTE, APPLY TAG.
    assert f"`reach` is said to be 0, and is {14 + 2 * 3 + 2 + 2}" in told[0]


def test_what_no_source_shows_must_be_listed():
    row = Row("bot2", ALL, "TABLE", "main.sales.items")
    world = snapshot(grants=[*GRANTS, row], without=("statements",))
    plan = planned(
        revoke("bot2", ALL, "TABLE", "main.sales.items"),
        inverse=(grant("bot2", ALL, "TABLE", "main.sales.items"),),
        baseline=baseline(world),
    )
    hidden = proof(row, (3, 0), subjects=("bot2",), statements=0)
    assert codes(judge(replace(plan, certificates=(hidden,)), world)) == {"certificate"}
    told = replace(hidden, unseen=("APPLY_TAG", "MODIFY", "SELECT"))
    assert judge(replace(plan, certificates=(told,)), world).ok
    needed = ("bot2", "SELECT", "TABLE", "main.sales.items", "must", "used", 1)
    for unseen, is_right in (
        (("APPLY_TAG", "MODIFY"), True),  # all that there is of SELECT is needed, and stays
        (("APPLY_TAG", "MODIFY", "SELECT"), True),
        (("APPLY_TAG", "SELECT"), False),
    ):
        proved = replace(plan, certificates=(replace(hidden, unseen=unseen, needed=1),))
        assert ("certificate" not in codes(judge(proved, world, [*NEEDS, needed]))) == is_right
