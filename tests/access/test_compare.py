"""Held against used: holdings, shortfalls and coverage."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from uc_guard import tables
from uc_guard.access.compare import compare, coverage, holdings, missing_sources, shortfalls
from uc_guard.access.effective import world
from uc_guard.access.required import required
from uc_guard.model.privilege import OWNER
from uc_guard.usage.log import Reading

TREE = [("CATALOG", "c"), ("SCHEMA", "c.s"), ("TABLE", "c.s.t"), ("TABLE", "c.s.u"), ("VOLUME", "c.s.o")]
WAY = [("bot", "USE_CATALOG", "CATALOG", "c"), ("bot", "USE_SCHEMA", "SCHEMA", "c.s")]
NO_BODIES = ()


@pytest.fixture
def held(workspace, usage, opaque, bodies):
    """Give {(privilege, securable, grantee): holding} of `bot`."""

    def judge(*uses, dark=(), **frames):
        snapshot = workspace(**{"objects": TREE, **frames})
        needs = required(usage(*uses), opaque(*dark), bodies(), snapshot, ["bot"])
        found = holdings(snapshot, world(snapshot), ["bot"], needs, opaque(*dark))
        tables.HOLDINGS.validate(found)
        return {(r["privilege"], r["securable"], r["grantee"]): r for r in found.iter_rows(named=True)}

    return judge


def test_a_row_whose_reach_was_used_is_used_and_says_how_much(held):
    found = held(("bot", "SELECT", "TABLE", "c.s.t", {"uses": 7}), grants=[*WAY, ("bot", "SELECT", "SCHEMA", "c.s")])
    row = found["SELECT", "c.s", "bot"]
    assert [row[n] for n in ("reach", "reach_used", "reach_may", "verdict", "uses", "usable")] == [
        2,
        1,
        1,
        "used",
        7,
        True,
    ]
    assert row["idle_days"] == 30
    assert (
        row["why"]
        == "SELECT on schema c.s, granted directly: 1 of the 2 it gives needed, last 30 days before the window's end"
    )


def test_a_row_that_nothing_needed_is_unused(held):
    row = held(("bot", "SELECT", "TABLE", "c.s.t"), grants=[*WAY, ("bot", "MODIFY", "TABLE", "c.s.u")])[
        "MODIFY", "c.s.u", "bot"
    ]
    assert (row["verdict"], row["uses"], row["last_at"], row["idle_days"]) == ("unused", 0, None, None)


def test_an_opaque_statement_holds_what_it_could_mean_and_no_more(held):
    grants = [*WAY, ("bot", "SELECT", "TABLE", "c.s.t"), ("bot", "SELECT", "TABLE", "c.s.u")]
    found = held(dark=[("bot", ["c.s.t"])], grants=grants)
    assert [found["SELECT", f"c.s.{name}", "bot"]["verdict"] for name in "tu"] == ["held", "unused"]


def test_one_that_could_mean_anything_holds_everything(held):
    found = held(dark=[("bot", None)], grants=[("bot", "SELECT", "SCHEMA", "c.s")])
    assert (found["SELECT", "c.s", "bot"]["verdict"], found["SELECT", "c.s", "bot"]["reach_may"]) == ("held", 2)


@pytest.mark.parametrize(
    ("privilege", "absent"), [("TELEPORT", ()), ("BROWSE", ()), ("READ_METADATA", ()), ("SELECT", ("members",))]
)
def test_what_cannot_be_judged_is_unknown_and_never_unused(held, privilege, absent):
    row = held(grants=[("bot", privilege, "CATALOG", "c")], absent=absent)[privilege, "c", "bot"]
    assert row["verdict"] == "unknown"
    assert "not judged" in row["why"]


def test_without_lineage_and_audit_nothing_is_called_unused(held):
    row = held(grants=[("bot", "SELECT", "TABLE", "c.s.t")], absent=("table_lineage", "access_events"))
    assert row["SELECT", "c.s.t", "bot"]["verdict"] == "unknown"


def test_a_need_that_two_rows_serve_uses_both(held):
    grants = [*WAY, ("bot", "SELECT", "TABLE", "c.s.t"), ("team", "ALL_PRIVILEGES", "SCHEMA", "c.s")]
    found = held(("bot", "SELECT", "TABLE", "c.s.t"), grants=grants, members=[("team", "bot")])
    assert found["SELECT", "c.s.t", "bot"]["verdict"] == found["ALL_PRIVILEGES", "c.s", "team"]["verdict"] == "used"
    assert found["ALL_PRIVILEGES", "c.s", "team"]["path"] == ["bot", "team"]


def test_a_statement_that_writes_is_counted_once(held):
    found = held(("bot", "MODIFY", "TABLE", "c.s.t", {"uses": 5}), grants=[("bot", "ALL_PRIVILEGES", "CATALOG", "c")])
    assert found["ALL_PRIVILEGES", "c", "bot"]["uses"] == 5


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_usable_means_that_some_pair_of_the_reach_is(data, workspace, usage, opaque, bodies, reference):
    spots = [
        ("CATALOG", "c"),
        ("SCHEMA", "c.s"),
        ("TABLE", "c.s.t"),
        ("SCHEMA", "c.r"),
        ("FUNCTION", "c.r.f"),
        ("SHARE", "sh"),
    ]
    stored = ("SELECT", "EXECUTE", "USE_SCHEMA", "USE_CATALOG", "BROWSE", "MANAGE", "ALL_PRIVILEGES", "CREATE_TABLE")
    row = st.tuples(st.sampled_from(("bot", "team", "account users")), st.sampled_from(stored), st.sampled_from(spots))
    grants = {(who, what, *where) for who, what, where in data.draw(st.lists(row, max_size=8))}
    owner = {s: data.draw(st.sampled_from((None, "bot", "team"))) for s in spots}
    model = reference.World({s: (s[0], owner[s]) for s in spots}, grants, {("team", "bot")})
    snapshot = workspace(objects=[(*s, owner[s]) for s in spots], grants=grants, members=[("team", "bot")])
    needs = required(usage(), opaque(), bodies(), snapshot)
    for found in holdings(snapshot, world(snapshot), ["bot"], needs, opaque()).iter_rows(named=True):
        stored = (found["grantee"], found["privilege"], found["securable_type"], found["securable"])
        free = found["privilege"] in reference.FREE
        pairs = reference.reach(model, stored)
        if found["privilege"] == OWNER:
            pairs = {
                (v, stored[2:])
                for v in reference.pairs_of(model, stored[2:])
                if reference.can(model, "bot", v, stored[2:])
            }
        on_the_way = [free or all(reference.can(model, "bot", *use) for use in reference.way(s)) for _, s in pairs]
        assert found["usable"] == any(on_the_way), found


def statement(**more):
    return {
        "statement_id": "1",
        "principal": "bot",
        "status": "FAILED",
        "parameters_truncated": False,
        "started_at": pl.Series([0]).cast(tables.INSTANT)[0],
        **more,
    }


@pytest.fixture
def lacking(workspace, usage, opaque, bodies):
    """Give (privilege, type, securable, evidence) of `bot`'s shortfalls."""

    def judge(*uses, **frames):
        snapshot = workspace(**{"objects": TREE, **frames})
        needs = required(usage(*uses), opaque(), bodies(), snapshot)
        found = shortfalls(snapshot, world(snapshot), ["bot"], needs, usage(*uses))
        tables.SHORTFALLS.validate(found)
        return found.select("privilege", "securable_type", "securable", "evidence").rows()

    return judge


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            "[INSUFFICIENT_PERMISSIONS] User does not have USE SCHEMA on Schema 'c.S'. SQLSTATE: 42501",
            ("USE_SCHEMA", "SCHEMA", "c.s", "denied"),
        ),
        ("PERMISSION_DENIED: User does not have SELECT on Table 'c.s.t'.", ("SELECT", "TABLE", "c.s.t", "denied")),
        (
            "PERMISSION_DENIED: Principal '7d3c-99' does not have EXECUTE on Routine or Model 'c.s.f'.",
            ("EXECUTE", "FUNCTION", "c.s.f", "denied"),
        ),
        ("PERMISSION_DENIED: User does not have SELECT on View 'c.s.v'.", ("SELECT", "TABLE", "c.s.v", "denied")),
        (
            "User does not have READ FILES on External Location 'lake'.",
            ("READ_FILES", "EXTERNAL_LOCATION", "lake", "denied"),
        ),
    ],
)
def test_2_9_a_refusal_names_what_is_missing(lacking, error, expected):
    assert lacking(statements=[statement(error=error)]) == [expected]


def test_another_failure_is_no_shortfall(lacking):
    assert lacking(statements=[statement(error="[TABLE_OR_VIEW_NOT_FOUND] The table `c.s.x` cannot be found.")]) == []
    assert lacking(statements=[statement(status="FINISHED", error="does not have SELECT on Table 'c.s.t'")]) == []


def test_a_refusal_in_the_audit_log_counts_too(lacking):
    event = {
        "event_id": "1",
        "principal": "bot",
        "action": "getTable",
        "denied": True,
        "at": statement()["started_at"],
        "error": "PERMISSION_DENIED: User does not have SELECT on Table 'c.s.t'.",
    }
    assert lacking(access_events=[event]) == [("SELECT", "TABLE", "c.s.t", "denied")]
    assert lacking(access_events=[{**event, "denied": False}]) == []
    assert lacking(access_events=[{**event, "error": None}]) == []


def test_2_9_a_refusal_names_only_the_first_and_the_rest_is_reckoned(lacking):
    use = ("bot", "SELECT", "TABLE", "c.s.t", {"outcome": "denied"})
    assert lacking(use, grants=WAY[:1]) == [
        ("SELECT", "TABLE", "c.s.t", "needed"),
        ("USE_SCHEMA", "SCHEMA", "c.s", "needed"),
    ]


def test_what_was_used_and_nothing_gives_is_a_shortfall(lacking):
    assert lacking(("bot", "SELECT", "TABLE", "c.s.t"), grants=WAY) == [("SELECT", "TABLE", "c.s.t", "needed")]


def test_without_groups_nothing_is_said_to_be_missing(lacking):
    assert lacking(("bot", "SELECT", "TABLE", "c.s.t"), absent=("members",)) == []


def outcomes(**more):
    row = {
        "principal": "bot",
        "statements": 9,
        "understood": 7,
        "opaque": 2,
        "denied": 1,
        "failed": 1,
        "reasons": ["syntax: 2"],
        "computes": ["WAREHOUSE"],
        "missing": [],
        **more,
    }
    return tables.COVERAGE.frame([row]).drop("missing")


def test_coverage_has_a_row_for_each_subject_even_one_that_did_nothing(workspace):
    found = coverage(workspace(), ["idle", "bot"], outcomes(), tables.NEEDS.empty())
    tables.COVERAGE.validate(found)
    assert found.select("principal", "statements", "opaque", "reasons", "missing").rows() == [
        ("bot", 9, 2, ["syntax: 2"], []),
        ("idle", 0, 0, [], []),
    ]


@pytest.mark.parametrize(
    ("absent", "expected"),
    [
        (("members",), ["members"]),
        (("grants", "objects"), ["grants", "objects"]),
        (("access_events",), []),
        (("access_events", "table_lineage"), ["access_events", "table_lineage"]),
    ],
)
def test_coverage_names_the_sources_that_a_judgement_would_need(workspace, absent, expected):
    assert missing_sources(workspace(absent=absent), tables.NEEDS.empty()) == expected


def test_coverage_names_owners_where_a_view_is_used_and_nobody_knows_whose_it_is(workspace, usage, opaque, bodies):
    snapshot = workspace(objects=[*TREE, ("VIEW", "c.s.v"), ("VIEW", "c.s.unused")])
    for used, expected in (("t", []), ("v", ["owners"])):
        needs = required(usage(("bot", "SELECT", "TABLE", f"c.s.{used}")), opaque(), bodies(), snapshot)
        assert missing_sources(snapshot, needs) == expected


def test_compare_gives_every_fact_by_its_contract(workspace, usage, opaque, bodies):
    snapshot = workspace(objects=TREE, grants=[*WAY, ("bot", "SELECT", "TABLE", "c.s.t")])
    reading = Reading(usage(("bot", "SELECT", "TABLE", "c.s.t", {"columns": ["id"]})), opaque(), outcomes())
    needs = required(reading.usage, reading.opaque, bodies(), snapshot)
    tables.NEEDS.validate(needs)
    facts = compare(snapshot, ["bot"], reading, needs)
    for contract in (tables.HOLDINGS, tables.EXPOSURES, tables.SHORTFALLS, tables.COVERAGE):
        contract.validate(getattr(facts, contract.name))
    assert facts.holdings["verdict"].to_list() == ["used"] * 3
    assert facts.holdings["last_at"].max() < snapshot.manifest.until - timedelta(days=1)


def test_facts_are_worked_out_when_they_are_first_asked_for(workspace, usage, opaque, bodies):
    snapshot = workspace(objects=TREE, grants=WAY)
    facts = compare(
        snapshot, ["bot"], Reading(usage(), opaque(), outcomes()), required(usage(), opaque(), bodies(), snapshot)
    )
    assert not vars(facts).keys() & {"holdings", "exposures", "shortfalls", "coverage"}
    assert facts.holdings.height == 2
    assert facts.holdings is facts.holdings
    assert not vars(facts).keys() & {"exposures", "shortfalls", "coverage"}
