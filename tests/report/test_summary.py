"""The figures that every form of output shows."""

from __future__ import annotations

import json
from dataclasses import replace

import polars as pl
import pytest
from report_frames import with_facts

import uc_guard
from uc_guard import tables
from uc_guard.model.plan import Held, Row
from uc_guard.report.detail import MOST, details
from uc_guard.report.json import render_json
from uc_guard.report.sensitive import sensitive_columns
from uc_guard.report.summary import summarize

ORDER, TIDY = "11111111-0000-4000-8000-111111111111", "22222222-0000-4000-8000-222222222222"


def _agent(audit, name):
    return next(agent for agent in summarize(audit).agents if agent.name == name)


def test_agents_stand_in_the_order_of_what_matters(small):
    assert [(agent.name, agent.state) for agent in summarize(small).agents] == [
        ("order-bot", "reducible"),
        ("idle-bot", "held"),
        ("riddle-bot", "held"),
        ("tidy-bot", "clean"),
    ]


def test_totals_are_the_sums_of_the_lines(small):
    summary = summarize(small)
    for name in ("statements", "held", "used", "may", "removable", "after"):
        assert getattr(summary.totals, name) == sum(getattr(agent, name) for agent in summary.agents)
    assert summary.totals.understood == pytest.approx(13 / 14)


def test_figures_agree_with_the_ledger(small):
    lines = {agent.principal: agent for agent in summarize(small).agents}
    for principal, held, used, may, after in small.ledger.iter_rows():
        line = lines[principal]
        assert (line.held, line.used, line.may, line.after) == (held, used, may, after)
        assert line.removable == max(held - after, 0)


def test_a_day_begun_counts(small):
    whole = small.snapshot
    half = uc_guard.Snapshot.from_frames(
        whole.frames, since=whole.manifest.since, until=whole.manifest.until.replace(hour=1)
    )
    assert summarize(small).days == 30
    assert summarize(replace(small, snapshot=half)).days == 31


@pytest.mark.parametrize(
    ("reason", "privilege", "state"),
    [
        ("everyone", "SELECT", "clean"),
        ("unobservable", "MANAGE", "clean"),
        ("shared-with-held", "BROWSE", "clean"),
        ("shared-with-held", "SELECT", "held"),
        ("grant-too-young", "SELECT", "held"),
        ("unknown-privilege", "FLY", "held"),
    ],
)
def test_an_agent_is_clean_beside_what_everybody_has_or_no_log_could_tell_of(small, reason, privilege, state):
    held = Held(TIDY, Row("x", privilege, "CATALOG", "shop"), reason, "because")
    assert _agent(replace(small, plan=replace(small.plan, held=(held,))), "tidy-bot").state == state


def test_notes_tell_the_widest_idle_row_the_open_columns_and_what_was_denied(small):
    assert _agent(small, "order-bot").notes == (
        "ALL PRIVILEGES on schema shop.sales gives 23, 2 needed, last on 2026-09-02",
        "can read 2 sensitive columns unmasked, used 1 of them, such as shop.crm.people.email (pii)",
        "was denied MODIFY on table shop.crm.people once",
    )


def test_a_subject_that_is_held_says_so_first(small):
    assert _agent(small, "riddle-bot").notes[0].startswith("left alone: ")


def test_sensitive_columns_are_counted_by_what_hides_them(small):
    counts = sensitive_columns(small)
    assert set(counts) == {ORDER}
    found = counts[ORDER]
    assert (found.readable, found.used, found.masked, found.open, found.open_idle) == (3, 1, 1, 2, 1)
    assert found.examples == ("shop.crm.people.email (pii)", "shop.crm.people.city (pii)")


def _exposure(column, **more):
    row = {"principal": ORDER, "table": "shop.crm.people", "column": column, "readable": True, "used": False}
    return {**row, "tags": [], "masked_by": [], "filtered_by": [], "exempt_from": [], **more}


def test_a_column_is_sensitive_by_its_tag_or_by_a_mask(small):
    rows = [
        _exposure("plain"),
        _exposure("colour", tags=["colour=red"]),
        _exposure("hidden", masked_by=["shop.f"]),
        _exposure("valued", tags=["PII=email"]),
        _exposure("unread", tags=["pii"], readable=False),
    ]
    found = sensitive_columns(with_facts(small, exposures=tables.EXPOSURES.frame(rows)))[ORDER]
    assert (found.readable, found.masked) == (2, 1)
    assert found.examples == ("shop.crm.people.valued (PII=email)",)


def test_a_mask_of_which_nobody_knows_whether_it_applies_hides_nothing(small):
    rows = [_exposure("maybe", masked_by=["unknown:p"]), _exposure("sure", masked_by=["unknown:p", "shop.f"])]
    found = sensitive_columns(with_facts(small, exposures=tables.EXPOSURES.frame(rows)))[ORDER]
    assert (found.masked, found.open) == (1, 1)


def test_details_hold_as_many_rows_as_they_may_and_count_the_others(small):
    row = {"principal": ORDER, "privilege": "SELECT", "securable_type": "TABLE", "evidence": "denied", "uses": 1}
    many = [{**row, "securable": f"shop.sales.t{n}", "witnesses": []} for n in range(MOST + 5)]
    short = next(details(with_facts(small, shortfalls=tables.SHORTFALLS.frame(many)), summarize(small).agents)).short
    assert (len(short.rows), short.more) == (MOST, 5)


def test_what_was_denied_is_not_told_again_as_needed(small):
    row = {"principal": ORDER, "privilege": "SELECT", "securable_type": "TABLE", "securable": "a.b.c", "uses": 1}
    both = [{**row, "evidence": evidence, "witnesses": []} for evidence in ("needed", "denied")]
    short = next(details(with_facts(small, shortfalls=tables.SHORTFALLS.frame(both)), summarize(small).agents)).short
    assert [told[1] for told in short.rows] == ["denied by the platform"]


def test_json_has_the_summary_the_frames_and_the_plan(small):
    document = json.loads(render_json(small))
    assert document["summary"]["totals"]["removable"] == 21
    assert [agent["name"] for agent in document["summary"]["agents"]][:1] == ["order-bot"]
    assert len(document["holdings"]) == small.holdings.height
    assert len(document["plan"]["statements"]) == len(small.plan.statements)


def test_json_keeps_hostile_names_whole(hostile, hostile_text):
    document = json.loads(render_json(hostile))
    principals = {row["principal"] for row in document["coverage"]}
    assert hostile_text in principals
    assert principals == set(hostile.coverage.select(pl.col("principal")).to_series())
