"""A small part of the large estate: planned soon, verified, and the same for one subject as for many."""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path

import pytest

from uc_guard import tables
from uc_guard.plan.minimize import minimize
from uc_guard.plan.verify import verify

_SPEC = importlib.util.spec_from_file_location("plan_scale", Path(__file__).with_name("plan_scale.py"))
scale = sys.modules.setdefault("plan_scale", importlib.util.module_from_spec(_SPEC))
_SPEC.loader.exec_module(scale)


@pytest.fixture(scope="module")
def small():
    """A snapshot of 400 principals and 20,000 grants, and the needs in it."""
    return scale.estate(scale.SMALL)


def planned(small, subjects):
    """The plan for so many subjects."""
    snapshot, needs = small
    names = tuple(f"p{i}" for i in range(subjects))
    return minimize(snapshot, needs, tables.OPAQUE.empty(), tables.COVERAGE.empty(), names, scale.TRUSTING)


@pytest.mark.parametrize("subjects", [1, 40, 400])
def test_a_plan_in_an_estate_verifies(small, subjects):
    plan = planned(small, subjects)
    snapshot, needs = small
    verdict = verify(plan, snapshot, needs, tables.OPAQUE.empty(), scale.TRUSTING)
    assert verdict.broken == ()
    assert verdict.replayed_needs > 0
    assert plan.statements
    assert plan.optimal


def test_no_loop_runs_over_grants_that_no_plan_changes(small):
    start = time.process_time()
    planned(small, 1)
    assert time.process_time() - start < 5
