"""What a plan from the past would have denied later."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from uc_guard import tables
from uc_guard.backtest import backtest
from uc_guard.errors import NothingToJudge

WAY = [("ann", "USE_CATALOG", "CATALOG", "c"), ("ann", "USE_SCHEMA", "SCHEMA", "c.s")]
SELECT_S = ("ann", "SELECT", "SCHEMA", "c.s")


def rows_of(found):
    return {row["window_days"]: row for row in found.windows.iter_rows(named=True)}


def missing_of(found, days):
    missing = found.missing.filter(pl.col("window_days") == days)
    return set(missing.select("principal", "privilege", "securable").iter_rows())


@pytest.fixture
def monthly(worlds):
    """Daily reads of one table, and one of another about every month: 40 days before the cut, and 3 after."""
    daily = [worlds.said(n, "ann", -n, "SELECT id FROM c.s.t") for n in range(1, 80)]
    rare = [worlds.said(101, "ann", -40, "SELECT id FROM c.s.u"), worlds.said(102, "ann", 3, "SELECT id FROM c.s.u")]
    later = [worlds.said(103, "ann", 1, "SELECT id FROM c.s.t")]
    return worlds.make([*daily, *rare, *later], [*WAY, SELECT_S])


def test_a_monthly_statement_is_missed_by_a_short_window_and_kept_by_a_long_one(monthly, worlds):
    found = backtest(monthly, worlds.settings)
    rows = rows_of(found)
    assert [(days, rows[days]["denied"]) for days in (7, 14, 30, 60)] == [(7, 1), (14, 1), (30, 1), (60, 0)]
    assert {rows[days]["replayed"] for days in (7, 14, 30, 60)} == {2}
    assert rows[14]["share"] == 0.5
    assert missing_of(found, 14) == {("ann", "SELECT", "c.s.u")}
    assert found.missing.filter(pl.col("window_days") == 14)["witnesses"].to_list() == [["s102"]]
    assert found.recommended == 60
    assert (
        "60 days: the shortest window whose plan would have denied no later statement; 30 days would have denied 1"
        in (found.why)
    )


def test_the_frames_keep_their_contracts(monthly, worlds):
    found = backtest(monthly, worlds.settings)
    tables.BACKTEST.validate(found.windows)
    tables.BACKTEST_MISSING.validate(found.missing)


def test_a_window_longer_than_the_log_is_not_judged_and_says_why(monthly, worlds):
    row = rows_of(backtest(monthly, worlds.settings))[90]
    assert row["denied"] is None
    assert row["reason"] == "the log before the hold-out covers 86.0 days only"


def test_a_log_that_begins_within_the_first_day_of_a_window_covers_it(worlds):
    began = worlds.cut - timedelta(days=6, hours=12)
    log = [worlds.said(n, "ann", day, "SELECT id FROM c.s.t") for n, day in enumerate((-2, 2))]
    found = backtest(worlds.make(log, [*WAY, SELECT_S], since=began), worlds.settings, windows=(7, 8))
    assert rows_of(found)[7]["denied"] == 0
    assert rows_of(found)[8]["reason"]
    assert rows_of(found)[7]["since"] == began


def test_a_need_through_a_group_is_replayed_through_the_group(worlds):
    log = [worlds.said(1, "ann", -50, "SELECT id FROM c.s.u"), worlds.said(2, "ann", 2, "SELECT id FROM c.s.u")]
    log += [worlds.said(3, "ann", -2, "SELECT id FROM c.s.t")]
    grants = [("crew", *row[1:]) for row in [*WAY, SELECT_S]]
    found = backtest(worlds.make(log, grants, [("crew", "ann")]), worlds.settings, windows=(14, 60))
    assert [rows_of(found)[days]["denied"] for days in (14, 60)] == [1, 0]
    assert missing_of(found, 14) == {("ann", "SELECT", "c.s.u")}


def test_a_group_with_bystanders_keeps_what_a_plan_may_not_take(worlds):
    log = [worlds.said(1, "ann", -2, "SELECT id FROM c.s.t"), worlds.said(2, "ann", 2, "SELECT id FROM c.s.u")]
    grants = [("crew", *row[1:]) for row in [*WAY, SELECT_S]]
    snapshot = worlds.make(log, grants, [("crew", "ann"), ("crew", "zoe")])
    assert rows_of(backtest(snapshot, worlds.settings, windows=(14,)))[14]["denied"] == 0


VIEW = [("c.r.v", "bea", "SELECT id FROM c.s.t")]
OF_BEA = [("bea", *row[1:]) for row in [*WAY, SELECT_S]]
TO_VIEW = [("USE_CATALOG", "CATALOG", "c"), ("USE_SCHEMA", "SCHEMA", "c.r"), ("SELECT", "TABLE", "c.r.v")]


@pytest.mark.parametrize(("reader", "denied", "others"), [("ann", 1, 0), ("zoe", 0, 1)])
def test_what_the_owner_of_a_view_loses_denies_whoever_uses_the_view(worlds, reader, denied, others):
    log = [worlds.said(1, reader, -50, "SELECT id FROM c.r.v"), worlds.said(2, reader, 2, "SELECT id FROM c.r.v")]
    log += [worlds.said(3, "bea", -3, "SELECT 1"), worlds.said(4, "bea", 3, "SELECT 1")]
    grants = [*OF_BEA, *((reader, *row) for row in TO_VIEW)]
    settings = replace(worlds.settings, subjects=("bea", "ann"), protect_principals=("ann",))
    found = backtest(worlds.make(log, grants, views=VIEW), settings, windows=(14, 60))
    short, long = rows_of(found)[14], rows_of(found)[60]
    assert (short["denied"], short["others_denied"], short["missing"]) == (denied, others, 3)
    assert (long["denied"], long["others_denied"], long["missing"]) == (0, 0, 0)
    assert missing_of(found, 14) == {
        ("bea", "SELECT", "c.s.t"), ("bea", "USE_SCHEMA", "c.s"), ("bea", "USE_CATALOG", "c")
    }  # fmt: skip
    assert set(found.missing["used_by"].explode()) == {reader}
    assert found.recommended == 60


def test_an_opaque_later_statement_is_neither_kept_nor_denied(worlds):
    log = [worlds.said(1, "ann", -2, "SELECT id FROM c.s.t"), worlds.said(2, "ann", 2, "SELECT id FROM c.s.t")]
    log += [worlds.said(3, "ann", 3, None), worlds.said(4, "ann", 4, "SELECT id FROM IDENTIFIER(:name)")]
    found = backtest(worlds.make(log, [*WAY, SELECT_S]), worlds.settings, windows=(14,))
    row = rows_of(found)[14]
    assert (row["replayed"], row["denied"], row["unjudged"]) == (1, 0, 2)
    assert "2 later statements could not be judged" in found.why


def test_lineage_that_knows_an_opaque_statement_lets_it_be_judged(worlds):
    log = [worlds.said(1, "ann", -2, "SELECT id FROM c.s.t"), worlds.said(2, "ann", 2, None)]
    seen = {"statement_id": "s002", "principal": "ann", "source": "c.s.u", "source_type": "TABLE", "direct": True}
    lineage = tables.TABLE_LINEAGE.frame(
        [{**seen, "at": worlds.cut + timedelta(days=2, hours=1), "entity_type": "JOB"}]
    )
    found = backtest(worlds.make(log, [*WAY, SELECT_S], table_lineage=lineage), worlds.settings, windows=(14,))
    row = rows_of(found)[14]
    assert (row["replayed"], row["events"], row["denied"], row["unjudged"]) == (1, 0, 1, 0)


def test_work_that_only_lineage_shows_is_replayed_too(worlds):
    log = [worlds.said(1, "ann", -2, "SELECT id FROM c.s.t"), worlds.said(2, "ann", 2, "SELECT id FROM c.s.t")]
    seen = {"statement_id": None, "principal": "ann", "source": "c.s.u", "source_type": "TABLE", "direct": True}
    lineage = tables.TABLE_LINEAGE.frame([{**seen, "at": worlds.cut + timedelta(days=2), "entity_type": "JOB"}])
    found = backtest(worlds.make(log, [*WAY, SELECT_S], table_lineage=lineage), worlds.settings, windows=(14,))
    row = rows_of(found)[14]
    assert (row["replayed"], row["events"], row["denied"]) == (2, 1, 1)


DENIED = {"status": "FAILED", "error": "[INSUFFICIENT_PERMISSIONS] User does not have SELECT on Table 'c.r.t'."}


def test_a_statement_that_was_denied_then_is_not_the_plans_doing(worlds):
    log = [worlds.said(1, "ann", -2, "SELECT id FROM c.s.t"), worlds.said(2, "ann", 2, "SELECT id FROM c.s.t")]
    log += [worlds.said(3, "ann", 3, "SELECT a.id FROM c.r.t a JOIN c.s.u b ON a.id = b.id", **DENIED)]
    log += [worlds.said(4, "ann", 4, "SELECT id FROM c.r.t")]
    found = backtest(worlds.make(log, [*WAY, SELECT_S]), worlds.settings, windows=(14,))
    row = rows_of(found)[14]
    assert (row["replayed"], row["denied"], row["failing"], row["missing"]) == (1, 0, 2, 0)


def test_a_statement_that_failed_for_another_reason_is_replayed(worlds):
    log = [worlds.said(1, "ann", -2, "SELECT id FROM c.s.t")]
    log += [worlds.said(2, "ann", 2, "SELECT id FROM c.s.u", status="FAILED", error="division by zero")]
    found = backtest(worlds.make(log, [*WAY, SELECT_S]), worlds.settings, windows=(14,))
    assert rows_of(found)[14]["denied"] == 1


def test_what_is_in_no_listing_any_more_is_not_judged(worlds):
    log = [worlds.said(1, "ann", -2, "SELECT id FROM c.s.t"), worlds.said(2, "ann", 2, "SELECT id FROM c.s.dropped")]
    row = rows_of(backtest(worlds.make(log, [*WAY, SELECT_S]), worlds.settings, windows=(14,)))[14]
    assert (row["replayed"], row["denied"], row["unjudged"], row["missing"]) == (0, 0, 1, 0)


def test_a_grant_younger_than_the_cut_is_not_in_the_plan(worlds):
    log = [worlds.said(1, "ann", -2, "SELECT id FROM c.s.t"), worlds.said(2, "ann", 2, "SELECT id FROM c.r.t")]
    way = ["USE_CATALOG", "CATALOG", "c"], ["USE_SCHEMA", "CATALOG", "c"], ["SELECT", "TABLE", "c.s.t"]
    old = [dict(zip(tables.GRANTS.key, ["ann", *row], strict=True)) for row in way]
    new = dict(zip(tables.GRANTS.key, ["ann", "SELECT", "TABLE", "c.r.t"], strict=True))
    new["granted_at"] = worlds.cut + timedelta(days=1)
    way_new = dict(zip(tables.GRANTS.key, ["ann", "USE_SCHEMA", "SCHEMA", "c.r"], strict=True))
    way_new["granted_at"] = worlds.cut + timedelta(days=1)
    snapshot = worlds.make(log, grants=tables.GRANTS.empty().iter_rows())
    snapshot = replace(snapshot, frames={**snapshot.frames, "grants": tables.GRANTS.frame([*old, new, way_new])})
    row = rows_of(backtest(snapshot, worlds.settings, windows=(14,)))[14]
    assert (row["replayed"], row["denied"]) == (1, 0)


def test_the_session_that_a_statement_stands_in_is_read_from_its_start(worlds):
    log = [worlds.said(1, "ann", -0.001, "USE c.s", session_id="one")]
    log += [worlds.said(2, "ann", 0.1, "SELECT id FROM u", session_id="one")]
    row = rows_of(backtest(worlds.make(log, [*WAY, SELECT_S]), worlds.settings, windows=(14,)))[14]
    assert (row["denied"], row["unjudged"]) == (1, 0)


def test_nothing_is_recommended_without_a_later_statement(worlds):
    log = [worlds.said(1, "ann", -2, "SELECT id FROM c.s.t")]
    found = backtest(worlds.make(log, [*WAY, SELECT_S]), worlds.settings)
    assert found.recommended is None
    assert found.why == "Nothing can be recommended: no later statement of a subject could be replayed."


def test_nothing_is_recommended_where_no_window_can_be_judged(worlds):
    log = [worlds.said(1, "ann", -2, None), worlds.said(2, "ann", 2, "SELECT id FROM c.s.t")]
    settings = replace(worlds.settings, subjects=("ann",))
    found = backtest(worlds.make(log, [*WAY, SELECT_S]), settings, windows=(14, 90))
    assert rows_of(found)[14]["reason"] == "every subject is held as a whole (opaque-activity)"
    assert (found.recommended, found.why) == (None, "Nothing can be recommended: no window could be judged.")


def test_a_log_no_longer_than_the_hold_out_is_nothing_to_judge(monthly, worlds):
    with pytest.raises(NothingToJudge, match="the hold-out alone takes 100"):
        backtest(monthly, worlds.settings, holdout=timedelta(days=100))


@pytest.mark.parametrize("bad", [{"holdout": timedelta(0)}, {"windows": ()}, {"windows": (0, 7)}])
def test_windows_and_hold_outs_of_nothing_are_refused(monthly, worlds, bad):
    with pytest.raises(ValueError, match="longer than nothing"):
        backtest(monthly, worlds.settings, **bad)


def test_a_cache_changes_nothing(monthly, worlds, tmp_path):
    plain = backtest(monthly, worlds.settings)
    for _ in range(2):
        again = backtest(monthly, worlds.settings, cache=tmp_path)
        assert again.windows.equals(plain.windows)
        assert again.missing.equals(plain.missing)
