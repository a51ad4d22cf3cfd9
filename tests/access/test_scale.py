"""Cost grows with what is asked, never with principals times tables."""

from __future__ import annotations

import polars as pl

from uc_guard import tables
from uc_guard.access.compare import holdings
from uc_guard.access.effective import closure, world
from uc_guard.access.required import required


def test_a_large_estate_keeps_its_contracts(scale):
    snapshot, usage, bodies, subjects = scale.estate(scale.SMALL)
    needs = required(usage, tables.OPAQUE.empty(), bodies, snapshot, subjects)
    tables.NEEDS.validate(needs)
    found = holdings(snapshot, world(snapshot), subjects, needs, tables.OPAQUE.empty())
    tables.HOLDINGS.validate(found)
    assert (found["reach_used"] <= found["reach_may"]).all()
    assert (found["reach_may"] <= found["reach"]).all()
    assert {"used", "unused"} <= set(found["verdict"])


def test_needs_stay_near_the_number_of_uses(scale):
    snapshot, usage, bodies, subjects = scale.estate(scale.SMALL)
    needs = required(usage, tables.OPAQUE.empty(), bodies, snapshot, subjects)
    assert needs.height < 5 * usage.height


def test_groups_nest_six_deep(scale):
    snapshot, *_ = scale.estate(scale.SMALL)
    paths = closure(snapshot.frame("members"))
    assert paths.filter(pl.col("group") != "account users")["path"].list.len().max() >= 7


def test_the_same_input_in_another_order_gives_the_same_needs(scale):
    snapshot, usage, bodies, subjects = scale.estate(scale.SMALL)
    first = required(usage, tables.OPAQUE.empty(), bodies, snapshot, subjects)
    again = required(usage.reverse(), tables.OPAQUE.empty(), bodies.reverse(), snapshot, subjects[::-1])
    assert first.equals(again)
