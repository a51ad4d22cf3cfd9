"""The covering problem of one securable: exact where it says so, and bounded where it does not."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from uc_guard.plan import solve as solving
from uc_guard.plan.solve import Terms, solve

SUBJECTS, GROUPS, WORDS = range(6), range(10, 14), range(3)

some = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def problems(draw):
    """Needs of subjects, and groups that could serve some of them; each subject can be served directly."""
    members = {g: draw(st.sets(st.sampled_from(SUBJECTS))) for g in GROUPS}
    wanted = draw(st.sets(st.tuples(st.sampled_from(SUBJECTS), st.sampled_from(WORDS)), max_size=8))
    closed = draw(st.sets(st.tuples(st.sampled_from(GROUPS), st.sampled_from(WORDS))))
    needs = {(q, v): (q, *(g for g in GROUPS if q in members[g] and (g, v) in closed)) for q, v in wanted}
    grantees = st.sampled_from([*SUBJECTS, *GROUPS])
    apart = draw(st.sets(st.tuples(grantees, st.sampled_from(WORDS)), max_size=3))
    return needs, Terms(frozenset(draw(st.sets(grantees, max_size=2))), frozenset(apart), 5000)


def best(needs, terms):
    """The least (rows, statements, text) by trying every set of rows."""
    rows = sorted({(g, v) for (_, v), options in needs.items() for g in options})
    for size in range(len(rows) + 1):
        covers = [
            (terms.count(picks), picks)
            for picks in combinations(rows, size)
            if all(any((g, v) in picks for g in options) for (_, v), options in needs.items())
        ]
        if covers:
            return (size, *min(covers))
    raise AssertionError


@some
@given(problems())
def test_a_cover_is_the_best_by_trying_them_all(problem):
    needs, terms = problem
    cover = solve(needs, terms)
    size, statements, picks = best(needs, terms)
    assert cover.proved
    assert (len(cover.picks), terms.count(cover.picks), cover.picks) == (size, statements, picks)
    assert (cover.rows, cover.statements) == (size, statements)


@some
@given(problems())
def test_the_integer_program_finds_as_good_a_cover(problem):
    needs, terms = problem
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solving, "_SEARCHED", 0)
        cover = solve(needs, terms)
    assert cover.proved
    assert (len(cover.picks), terms.count(cover.picks)) == best(needs, terms)[:2]


@some
@given(problems())
def test_beyond_the_limit_the_cover_is_complete_and_its_bound_holds(problem):
    needs, terms = problem
    cover = solve(needs, Terms(terms.free, terms.apart, 0))
    size, statements, _ = best(needs, terms)
    assert all(any((g, v) in cover.picks for g in options) for (_, v), options in needs.items())
    assert cover.rows <= size <= len(cover.picks)
    assert not cover.proved or (len(cover.picks), terms.count(cover.picks)) == (size, statements)


def test_a_search_that_gives_up_is_finished_by_the_program(monkeypatch):
    needs = {(q, 0): (q, 10 + q % 3, 13 + q % 4) for q in range(9)}
    terms = Terms(frozenset(), frozenset(), 5000)
    exact = solve(needs, terms)
    monkeypatch.setattr(solving, "_NODES", 3)
    assert len(solve(needs, terms).picks) == len(exact.picks)
    assert solve(needs, terms).proved


@pytest.mark.parametrize("searched", [0, solving._SEARCHED])
def test_one_row_outweighs_all_statements(monkeypatch, searched):
    monkeypatch.setattr(solving, "_SEARCHED", searched)
    needs = {(q, 0): (q, 10) for q in range(2)}
    assert solve(needs, Terms(frozenset({0, 1}), frozenset(), 5000)).picks == ((10, 0),)


def test_many_needs_are_covered_by_the_few_groups_that_share_them():
    needs = {(q, 0): (q, 10_000 + q // 50) for q in range(2_000)}
    cover = solve(needs, Terms(frozenset(), frozenset(), 5000))
    assert cover.picks == tuple((10_000 + i, 0) for i in range(40))


def test_a_large_tangled_problem_says_what_it_proved():
    needs = {(q, 0): (q, *sorted({10_000 + q * k % 97 for k in (3, 5, 7)})) for q in range(400)}
    cover = solve(needs, Terms(frozenset(), frozenset(), 5000))
    assert cover.rows <= len(cover.picks)
    assert cover.proved == (cover.rows == len(cover.picks))


def test_nothing_needed_takes_nothing():
    assert solve({}, Terms(frozenset(), frozenset(), 5000)).picks == ()
