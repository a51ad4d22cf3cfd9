"""What the planner chooses in worlds that one can read."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from uc_guard import tables

_SPEC = importlib.util.spec_from_file_location("plan_worlds", Path(__file__).with_name("plan_worlds.py"))
worlds = sys.modules.setdefault("plan_worlds", importlib.util.module_from_spec(_SPEC))
_SPEC.loader.exec_module(worlds)
CATALOG, SCHEMA, TABLE, VIEW, FAR = worlds.CATALOG, worlds.SCHEMA, worlds.TABLE, worlds.VIEW, worlds.FAR
Scene, TRUSTING, plan_of, with_way = worlds.Scene, worlds.TRUSTING, worlds.plan_of, worlds.with_way

USE = {("ann", "USE_CATALOG", *CATALOG), ("ann", "USE_SCHEMA", *SCHEMA)}
READS = with_way({("ann", "SELECT", *TABLE): "must"})


def told(plan):
    """The statements, short."""
    return [f"{s.verb} {'+'.join(s.privileges)} {s.securable} {s.grantee}" for s in plan.statements]


def scene(*grants, needs=READS, members=(), **more):
    """A scene of USE on the way, these grants and these needs."""
    return Scene(grants=frozenset(USE | set(grants)), members=frozenset(members), needs=needs, **more)


def reasons(plan):
    """Why each row is held."""
    return {(held.subject, held.row and (held.row.grantee, held.row.privilege), held.reason) for held in plan.held}


def test_a_row_that_is_used_stays():
    plan = plan_of(scene(("ann", "SELECT", *TABLE)))
    assert plan.statements == ()
    assert plan.after.excess == 0


def test_a_row_that_nobody_needs_goes():
    plan = plan_of(scene(("ann", "SELECT", *TABLE), ("ann", "MODIFY", *TABLE)))
    assert told(plan) == ["REVOKE MODIFY c.s.t ann"]
    assert plan.certificates[0].needed == 0


def test_a_container_row_becomes_the_rows_that_are_needed():
    plan = plan_of(scene(("ann", "SELECT", *CATALOG)))
    assert told(plan) == ["GRANT SELECT c.s.t ann", "REVOKE SELECT c ann"]
    assert (plan.certificates[0].reach, plan.certificates[0].needed, plan.certificates[0].future) == (3, 1, True)
    assert [(w.row.securable, w.certainty, w.ids) for w in plan.witnesses if w.privilege == "SELECT"] == [
        ("c.s.t", "must", ("id-ann",))
    ]


def test_usage_is_given_again_at_the_narrowest_level():
    grants = {("ann", word, *CATALOG) for word in ("USE_CATALOG", "USE_SCHEMA")} | {("ann", "SELECT", *TABLE)}
    plan = plan_of(Scene(grants=frozenset(grants), needs=READS))
    assert told(plan) == ["GRANT USE_SCHEMA c.s ann", "REVOKE USE_SCHEMA c ann"]


def test_usage_without_anything_to_use_goes():
    assert told(plan_of(scene(needs={}))) == ["REVOKE USE_SCHEMA c.s ann", "REVOKE USE_CATALOG c ann"]


def test_all_privileges_become_what_is_needed_with_a_marked_gap():
    plan = plan_of(Scene(grants=frozenset({("ann", "ALL_PRIVILEGES", *CATALOG)}), needs=READS))
    assert told(plan) == [
        "GRANT USE_SCHEMA c.s ann",
        "GRANT SELECT c.s.t ann",
        "REVOKE ALL_PRIVILEGES c ann",
        "GRANT USE_CATALOG c ann",
    ]
    assert [s.gap for s in plan.statements] == [False, False, True, False]


def test_a_group_of_subjects_only_is_narrowed():
    members = {("crew", "ann"), ("crew", "bea")}
    needs = with_way({(who, "SELECT", *TABLE): "must" for who in ("ann", "bea")})
    use = {("crew", "USE_CATALOG", *CATALOG), ("crew", "USE_SCHEMA", *SCHEMA)}
    grants = frozenset(use | {("crew", "SELECT", *SCHEMA)})
    plan = plan_of(Scene(grants=grants, members=frozenset(members), needs=needs))
    assert told(plan) == ["GRANT SELECT c.s.t crew", "REVOKE SELECT c.s crew"]


def test_the_rest_is_given_to_the_members_that_need_it():
    members = {("crew", "ann"), ("crew", "bea")}
    plan = plan_of(scene(("crew", "SELECT", *TABLE), members=members))
    assert told(plan) == ["GRANT SELECT c.s.t ann", "REVOKE SELECT c.s.t crew"]


def test_a_group_with_a_bystander_is_left_and_told_of():
    plan = plan_of(scene(("crew", "SELECT", *CATALOG), members={("crew", "ann"), ("crew", "zoe")}))
    assert plan.statements == ()
    assert ("ann", ("crew", "SELECT"), "shared-with-bystanders") in reasons(plan)
    assert plan.after.excess == 5  # two tables more, a catalog and two schemas of the future


def test_everybody_is_a_group_with_bystanders():
    plan = plan_of(scene(("account users", "SELECT", *CATALOG)))
    assert plan.statements == ()
    assert ("ann", ("account users", "SELECT"), "everyone") in reasons(plan)


def test_a_group_that_owns_a_used_view_is_a_bystander_too():
    needs = READS | with_way({("crew", "SELECT", *FAR): "must"})
    grants = {("crew", "SELECT", *FAR), ("ann", "SELECT", *TABLE)}
    plan = plan_of(scene(*grants, members={("crew", "ann")}, needs=needs))
    assert plan.statements == ()


def test_a_nested_group_reaches_bystanders_through_its_members():
    members = {("zone", "crew"), ("crew", "ann"), ("zone", "team"), ("team", "zoe")}
    assert plan_of(scene(("zone", "SELECT", *CATALOG), members=members)).statements == ()


def test_groups_in_a_circle_are_one():
    members = {("zone", "crew"), ("crew", "zone"), ("crew", "ann")}
    plan = plan_of(scene(("zone", "SELECT", *FAR), ("crew", "SELECT", *TABLE), members=members))
    assert told(plan) == ["REVOKE SELECT c.r.t zone"]


def test_a_subject_leaves_a_shared_group_where_that_is_allowed():
    members = {("crew", "ann"), ("crew", "zoe")}
    settings = replace(TRUSTING, allow_membership_changes=True)
    plan = plan_of(scene(("crew", "SELECT", *CATALOG), members=members), settings)
    assert told(plan) == ["GRANT SELECT c.s.t ann"]
    assert [(c.membership.group, c.membership.member) for c in plan.memberships] == [("crew", "ann")]
    assert plan.after == replace(plan.after, excess=0, changes=2, statements=1)
    assert "crew" in plan.warnings[0]


def test_a_subject_stays_in_a_shared_group_that_gives_only_what_is_needed():
    members = {("crew", "ann"), ("crew", "zoe")}
    settings = replace(TRUSTING, allow_membership_changes=True)
    plan = plan_of(scene(("crew", "SELECT", *TABLE), members=members), settings)
    assert (plan.statements, plan.memberships) == ((), ())


def test_a_subject_stays_in_a_group_that_owns_something():
    members = {("crew", "ann"), ("crew", "zoe")}
    settings = replace(TRUSTING, allow_membership_changes=True)
    plan = plan_of(scene(("crew", "SELECT", *CATALOG), members=members, owners={VIEW: "crew"}), settings)
    assert (plan.statements, plan.memberships) == ((), ())
    assert ("ann", ("crew", "SELECT"), "owner-through-group") in reasons(plan)


def test_a_filter_that_asks_for_the_group_is_named_in_the_warning():
    world = scene(("crew", "SELECT", *CATALOG), members={("crew", "ann"), ("crew", "zoe")})
    snapshot = worlds.snapshot_of(world)
    body = "is_account_group_member('crew')"
    frames = {
        "row_filters": tables.ROW_FILTERS.frame([{"table": "c.s.t", "function": "c.s.f", "columns": ["id"]}]),
        "routines": tables.ROUTINES.frame(
            [{"routine": "c.s.f", "kind": "FUNCTION", "definition": body, "rights": "DEFINER"}]
        ),
    }
    snapshot = replace(snapshot, frames={**snapshot.frames, **frames})
    plan = plan_of(world, replace(TRUSTING, allow_membership_changes=True), snapshot=snapshot)
    assert "`c.s.f`" in plan.warnings[0]


def test_stable_stops_at_the_schema_where_most_of_it_is_needed():
    needs = with_way({("ann", "SELECT", *place): "must" for place in (TABLE, VIEW)})
    stable = replace(TRUSTING, mode="stable")
    plan = plan_of(scene(("ann", "SELECT", *CATALOG), needs=needs), stable)
    assert told(plan) == ["GRANT SELECT c.s ann", "REVOKE SELECT c ann"]
    assert (plan.after.excess, plan.stable_extra) == (1, 1)


def test_stable_narrows_where_little_is_needed():
    plan = plan_of(scene(("ann", "SELECT", *CATALOG)), replace(TRUSTING, mode="stable"))
    assert told(plan) == ["GRANT SELECT c.s.t ann", "REVOKE SELECT c ann"]
    assert plan.stable_extra == 0


def test_stable_gives_no_schema_that_was_not_held():
    needs = with_way({("ann", "SELECT", *place): "must" for place in (TABLE, VIEW)})
    rows = [("ann", "SELECT", *place) for place in (TABLE, VIEW)]
    assert plan_of(scene(*rows, needs=needs), replace(TRUSTING, mode="stable")).statements == ()


def test_a_row_that_only_opaque_activity_may_need_stays_and_says_so():
    plan = plan_of(scene(("ann", "SELECT", *TABLE), needs=with_way({("ann", "SELECT", *TABLE): "may"})))
    assert plan.statements == ()
    assert ("ann", ("ann", "SELECT"), "opaque-activity") in reasons(plan)
    assert {held.ids for held in plan.held} == {("id-ann",)}


def test_a_dormant_row_that_may_be_needed_stays():
    grants = frozenset({("ann", "SELECT", *TABLE)})
    assert plan_of(Scene(grants=grants, needs={("ann", "SELECT", *TABLE): "may"})).statements == ()


def test_a_dormant_row_that_nothing_needs_goes():
    assert told(plan_of(Scene(grants=frozenset({("ann", "SELECT", *TABLE)})))) == ["REVOKE SELECT c.s.t ann"]


def test_a_row_beside_an_equal_one_that_stays_is_redundant():
    rows = (("ann", "SELECT", *TABLE), ("crew", "SELECT", *SCHEMA))
    plan = plan_of(scene(*rows, members={("crew", "ann"), ("crew", "zoe")}, needs={}))
    assert ("ann", ("ann", "SELECT"), "redundant") in reasons(plan)


def test_a_row_that_gives_nothing_where_it_stands_is_left_as_inert():
    plan = plan_of(scene(("ann", "SELECT", *TABLE), ("ann", "MODIFY", *VIEW)))
    assert plan.statements == ()
    assert ("ann", ("ann", "MODIFY"), "inert") in reasons(plan)


def test_what_the_owner_has_anyway_is_not_granted():
    plan = plan_of(scene(("ann", "ALL_PRIVILEGES", *SCHEMA), owners={TABLE: "ann"}))
    assert told(plan) == ["REVOKE ALL_PRIVILEGES c.s ann", "GRANT USE_SCHEMA c.s ann"]


@pytest.mark.parametrize("given", [False, True])
def test_what_was_denied_is_granted_only_when_asked(given):
    denied = tables.SHORTFALLS.frame(
        [{"principal": "ann", "privilege": "MODIFY", "securable_type": TABLE[0], "securable": TABLE[1],
          "evidence": "denied", "uses": 1, "witnesses": ["id-9"]}]
    )  # fmt: skip
    plan = plan_of(scene(("ann", "SELECT", *TABLE)), replace(TRUSTING, grant_missing=given), shortfalls=denied)
    assert told(plan) == (["GRANT MODIFY c.s.t ann"] if given else [])


def test_what_was_denied_comes_with_what_it_takes_to_use_it():
    denied = tables.SHORTFALLS.frame(
        [{"principal": "ann", "privilege": "MODIFY", "securable_type": TABLE[0], "securable": TABLE[1],
          "evidence": "denied", "uses": 1, "witnesses": ["id-9"]}]
    )  # fmt: skip
    plan = plan_of(Scene(), replace(TRUSTING, grant_missing=True), shortfalls=denied)
    assert told(plan) == ["GRANT USE_CATALOG c ann", "GRANT USE_SCHEMA c.s ann", "GRANT MODIFY+SELECT c.s.t ann"]
    assert {(one.privilege, one.certainty, one.reason) for one in plan.witnesses} >= {
        ("MODIFY", "must", "denied"), ("USE_SCHEMA", "must", "usage-chain"),
    }  # fmt: skip


def test_what_was_denied_on_something_protected_is_told_and_not_granted():
    denied = tables.SHORTFALLS.frame(
        [{"principal": "ann", "privilege": "SELECT", "securable_type": TABLE[0], "securable": TABLE[1],
          "evidence": "denied", "uses": 1, "witnesses": ["id-9"]}]
    )  # fmt: skip
    settings = replace(TRUSTING, grant_missing=True, protect_securables=("c.s.t",))
    plan = plan_of(scene(needs=READS), settings, shortfalls=denied)
    assert plan.statements == ()
    assert "`SELECT` on `c.s.t`" in plan.warnings[0]


def test_a_row_that_covers_a_need_on_something_protected_is_held():
    plan = plan_of(scene(("ann", "SELECT", *CATALOG)), replace(TRUSTING, protect_securables=("c.s.t",)))
    assert plan.statements == ()
    assert ("ann", ("ann", "SELECT"), "protected") in reasons(plan)


def test_sensitive_securables_weigh_more():
    world = scene(("ann", "SELECT", *TABLE), needs={})
    tags = tables.TAGS.frame(
        [{"securable_type": "TABLE", "securable": "c.s.t", "column": "mail", "tag": "pii", "value": "email"}]
    )
    snapshot = worlds.snapshot_of(world)
    snapshot = replace(snapshot, frames={**snapshot.frames, "tags": tags})
    plan = plan_of(world, replace(TRUSTING, sensitive_weight=2.5), snapshot=snapshot)
    assert plan.before.excess == 2.5 + 2


def test_a_group_named_as_a_subject_is_told_of():
    plan = plan_of(replace(scene(members={("crew", "zoe")}), subjects=("ann", "crew")))
    assert plan.subjects == ("ann",)
    assert "`crew` is a group" in plan.warnings[0]


def test_names_with_dots_and_backticks_find_their_containers():
    kinds = {("CATALOG", "`a.b`"): "CATALOG", ("SCHEMA", "`a.b`.s"): "SCHEMA", ("TABLE", "`a.b`.s.`x``.y`"): "MANAGED"}
    grants = frozenset({("ann", "ALL_PRIVILEGES", "CATALOG", "`a.b`")})
    needs = {
        ("ann", "SELECT", "TABLE", "`a.b`.s.`x``.y`"): "must",
        ("ann", "USE_SCHEMA", "SCHEMA", "`a.b`.s"): "must",
        ("ann", "USE_CATALOG", "CATALOG", "`a.b`"): "must",
    }
    plan = plan_of(Scene(grants=grants, needs=needs, kinds=kinds))
    assert {row.securable for s in plan.statements if s.verb == "GRANT" for row in s.rows} == {
        name for _, name in kinds
    }


def test_unlisted_securables_are_planned_for_too():
    world = scene(("ann", "SELECT", *TABLE), ("ann", "MODIFY", "TABLE", "c.s.gone"))
    assert told(plan_of(world)) == ["REVOKE MODIFY c.s.gone ann"]


def test_an_estate_without_subjects_has_an_empty_plan():
    plan = plan_of(Scene(subjects=()))
    assert (plan.statements, plan.held, plan.before.excess) == ((), (), 0)


def test_frames_keep_their_contract():
    assert isinstance(worlds.needs_of(scene()), pl.DataFrame)
    tables.NEEDS.validate(worlds.needs_of(scene()))


def test_a_row_that_covers_a_use_of_something_gone_stays_since_nothing_can_be_granted_there():
    world = scene(("ann", "SELECT", *SCHEMA), needs=READS | with_way({("ann", "SELECT", "TABLE", "c.s.gone"): "must"}))
    cause = pl.when(pl.col("securable") == "c.s.gone").then(pl.lit("gone")).otherwise("reason")
    needs = worlds.needs_of(world).with_columns(reason=cause)
    plan = plan_of(world, needs=needs)
    assert plan.statements == ()
    assert ("ann", ("ann", "SELECT"), "maybe-needed") in reasons(plan)


def test_many_rows_of_a_shared_group_are_told_of_by_the_first_of_them(monkeypatch):
    monkeypatch.setattr("uc_guard.plan.heldback.LISTED", 1)
    rows = [("crew", "SELECT", *place) for place in (TABLE, VIEW, FAR)]
    plan = plan_of(scene(*rows, members={("crew", "ann"), ("crew", "zoe")}, needs={}))
    (held,) = [held for held in plan.held if held.row.grantee == "crew"]
    assert held.detail.endswith("so do 2 more rows of `crew`")


def test_beyond_the_limit_a_plan_says_what_it_could_not_prove():
    # Any two of three subjects share a group: two rows it takes, and needs without a common candidate prove only one.
    members = {("crew", "ann"), ("crew", "bea"), ("team", "bea"), ("team", "cleo"), ("zone", "ann"), ("zone", "cleo")}
    needs = with_way({(who, "SELECT", *TABLE): "must" for who in worlds.SUBJECTS})
    use = {(who, *use) for who in worlds.SUBJECTS for use in (("USE_CATALOG", *CATALOG), ("USE_SCHEMA", *SCHEMA))}
    grants = frozenset(use | {(who, "SELECT", *SCHEMA) for who in worlds.SUBJECTS})
    world = Scene(grants=grants, members=frozenset(members), needs=needs)
    best, rough = plan_of(world), plan_of(world, replace(TRUSTING, solve_limit=0))
    assert best.optimal
    assert best.after.changes == 5  # three rows go, two come
    assert not rough.optimal
    assert rough.bound < best.after <= rough.after
    assert rough.after.excess == best.after.excess


def test_what_all_privileges_do_not_imply_travels_in_no_grant_that_follows_their_revoke():
    """`solo` has a GRANT there anyway, but only after the REVOKE: for MANAGE it saves no statement."""
    needs = with_way({("ann", word, *TABLE): "must" for word in ("SELECT", "MANAGE")})
    stored = [("solo", "ALL_PRIVILEGES", *TABLE), ("solo", "SELECT", *TABLE), ("ann", "MANAGE", *SCHEMA)]
    plan = plan_of(scene(*stored, needs=needs, members={("solo", "ann")}))
    assert told(plan) == [
        "GRANT MANAGE c.s.t ann",
        "REVOKE ALL_PRIVILEGES c.s.t solo",
        "GRANT SELECT c.s.t solo",
        "REVOKE MANAGE c.s ann",
    ]


def test_what_they_imply_travels_in_it():
    needs = with_way({("ann", word, *TABLE): "must" for word in ("SELECT", "MODIFY")})
    stored = [("solo", "ALL_PRIVILEGES", *TABLE), ("solo", "SELECT", *TABLE), ("ann", "MODIFY", *SCHEMA)]
    plan = plan_of(scene(*stored, needs=needs, members={("solo", "ann")}))
    assert told(plan) == ["REVOKE ALL_PRIVILEGES c.s.t solo", "GRANT MODIFY+SELECT c.s.t solo", "REVOKE MODIFY c.s ann"]


def test_all_privileges_below_others_go_where_they_give_what_does_not_flow_down():
    """Those of the catalog give CREATE MODEL VERSION on nothing in it, and all that those on a table give."""
    everybody, model = ("account users", "ALL_PRIVILEGES", *CATALOG), ("FUNCTION", "c.s.f")
    plan = plan_of(scene(everybody, ("ann", "ALL_PRIVILEGES", *model), needs={}))
    assert "REVOKE ALL_PRIVILEGES c.s.f ann" in told(plan)
    plan = plan_of(scene(everybody, ("ann", "ALL_PRIVILEGES", *TABLE), needs={}))
    assert "REVOKE ALL_PRIVILEGES c.s.t ann" not in told(plan)
    assert ("ann", ("ann", "ALL_PRIVILEGES"), "redundant") in reasons(plan)
    wanted = {("ann", "CREATE_MODEL_VERSION", *model): "may"}
    plan = plan_of(scene(everybody, ("ann", "ALL_PRIVILEGES", *model), needs=with_way(wanted)))
    assert not any(statement.endswith("c.s.f ann") for statement in told(plan))
