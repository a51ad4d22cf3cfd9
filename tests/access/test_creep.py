"""The creep index keeps what its page promises, on random worlds too."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from uc_guard import tables
from uc_guard.access.creep import BASE, POINTS, SENSITIVE, creep, estate_index, points_of
from uc_guard.access.effective import PAIR, world
from uc_guard.model.privilege import PRIVILEGES

PEOPLE = ("ann", "bot", "g1", "account users")
OBJECTS = {
    ("CATALOG", "c"): ("CATALOG", None),
    ("SCHEMA", "c.s"): ("SCHEMA", "g1"),
    ("TABLE", "c.s.x"): ("MANAGED", "ann"),
    ("TABLE", "c.s.y"): ("MANAGED", None),
    ("VOLUME", "c.s.v"): ("VOLUME", None),
    ("FUNCTION", "c.s.f"): ("FUNCTION", None),
}
WORDS = ("SELECT", "MODIFY", "USE_CATALOG", "USE_SCHEMA", "EXECUTE", "WRITE_VOLUME", "MANAGE", "ALL_PRIVILEGES", "FLY")
FAST = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])

ROWS = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(WORDS), st.sampled_from(sorted(OBJECTS)))
GRANTS = st.lists(ROWS, max_size=8).map(lambda rows: {(who, what, *where) for who, what, where in rows})
MEMBERS = st.sampled_from((set(), {("g1", "ann")}, {("g1", "ann"), ("g1", "bot")}))
MARKED = st.sets(st.sampled_from(sorted(OBJECTS)), max_size=3)
NEEDED = st.sets(
    st.tuples(st.sampled_from(("ann", "bot")), st.sampled_from(sorted(PRIVILEGES)), st.sampled_from(sorted(OBJECTS))),
    max_size=12,
)


def needs_frame(pairs):
    return tables.NEEDS.frame(
        [{**dict(zip(PAIR, (who, what, *where), strict=True)), "certainty": "may", "reason": "used", "uses": 1,
          "witnesses": []} for who, what, where in sorted(pairs)]
    )  # fmt: skip


def marked_frame(securables):
    return pl.DataFrame(sorted(securables), schema={"securable_type": pl.String, "securable": pl.String}, orient="row")


@pytest.fixture(scope="session")
def index(workspace):
    """Give the creep frame of a world written as sets."""

    def given_by(grants, members, needed, marked, after=None, people=("ann", "bot")):
        def home(rows):
            listed = [(t, n, owner, kind) for (t, n), (kind, owner) in OBJECTS.items()]
            return world(workspace(objects=listed, grants=rows, members=members))

        today = home(grants)
        then = today if after is None else home(after)
        found = creep(today, then, needs_frame(needed), people, marked_frame(marked))
        return tables.CREEP.validate(found)

    return given_by


def held_by(reference, grants, members, who):
    """The pairs held, by the slow model."""
    model = reference.World(OBJECTS, grants, members)
    return {(v, s) for s in OBJECTS for v in reference.pairs_of(model, s) if reference.can(model, who, v, s)}


def value(pairs, marked):
    return sum(points_of(v) * (SENSITIVE if s in marked else 1) for v, s in pairs)


@FAST
@given(grants=GRANTS, members=MEMBERS, needed=NEEDED, marked=MARKED)
def test_the_index_is_what_the_formula_says(index, reference, grants, members, needed, marked):
    for row in index(grants, members, needed, marked).iter_rows(named=True):
        held = held_by(reference, grants, members, row["principal"])
        idle = held - {(v, s) for who, v, s in needed if who == row["principal"]}
        assert (row["held"], row["unused"]) == (value(held, marked), value(idle, marked))
        assert row["index_before"] == pytest.approx(100 * value(idle, marked) / (value(held, marked) + BASE))


@FAST
@given(grants=GRANTS, members=MEMBERS, needed=NEEDED, marked=MARKED)
def test_the_index_lies_between_0_and_100(index, grants, members, needed, marked):
    found = index(grants, members, needed, marked)
    indices = [*found["index_before"], *found["index_after"], *estate_index(found)]
    assert all(0 <= each <= 100 for each in indices)


@FAST
@given(grants=GRANTS, members=MEMBERS, marked=MARKED)
def test_it_is_0_where_all_that_is_held_is_needed(index, reference, grants, members, marked):
    needed = {(who, *pair) for who in ("ann", "bot") for pair in held_by(reference, grants, members, who)}
    assert index(grants, members, needed, marked)["index_before"].to_list() == [0, 0]


@FAST
@given(grants=GRANTS, members=MEMBERS, marked=MARKED)
def test_it_is_0_only_where_all_that_is_held_is_needed(index, grants, members, marked):
    for row in index(grants, members, (), marked).iter_rows(named=True):
        assert (row["index_before"] > 0) == (row["held"] > 0)


@FAST
@given(world_of=st.tuples(GRANTS, MEMBERS, NEEDED, MARKED), more=ROWS)
def test_a_grant_that_nobody_needs_never_lowers_it(index, reference, world_of, more):
    grants, members, needed, marked = world_of
    wider = {*grants, (more[0], more[1], *more[2])}
    for who in ("ann", "bot"):
        new = held_by(reference, wider, members, who) - held_by(reference, grants, members, who)
        needed = {(p, v, s) for p, v, s in needed if p != who or (v, s) not in new}
    before, after = index(grants, members, needed, marked), index(wider, members, needed, marked)
    for was, now in zip(before.iter_rows(named=True), after.iter_rows(named=True), strict=True):
        assert now["index_before"] >= was["index_before"] - 1e-9
        assert now["held"] == was["held"] or now["index_before"] > was["index_before"]
    assert estate_index(after)[0] >= estate_index(before)[0] - 1e-9


@FAST
@given(grants=GRANTS, members=MEMBERS, needed=NEEDED, marked=MARKED, dropped=st.sampled_from(WORDS))
def test_after_is_the_index_of_the_world_that_the_plan_leaves(index, grants, members, needed, marked, dropped):
    left = {row for row in grants if row[1] != dropped}
    found = index(grants, members, needed, marked, after=left)
    alone = index(left, members, needed, marked)
    assert found["index_after"].to_list() == alone["index_before"].to_list()
    assert found["unused_after"].to_list() == alone["unused"].to_list()


@FAST
@given(grants=GRANTS, members=MEMBERS, needed=NEEDED, marked=MARKED)
def test_the_index_of_the_estate_is_the_mean_of_its_principals_by_points(index, grants, members, needed, marked):
    found = index(grants, members, needed, marked)
    weights = [held + BASE for held in found["held"]]
    mean = sum(i * w for i, w in zip(found["index_before"], weights, strict=True)) / sum(weights)
    assert estate_index(found)[0] == pytest.approx(mean)
    assert min(found["index_before"]) - 1e-9 <= mean <= max(found["index_before"]) + 1e-9


def test_an_unused_right_on_something_sensitive_weighs_more(index):
    grants = {("bot", "SELECT", "TABLE", "c.s.x"), ("bot", "SELECT", "TABLE", "c.s.y")}
    needed = {("bot", "SELECT", ("TABLE", "c.s.x"))}
    plain, marked = (index(grants, set(), needed, m, people=["bot"]) for m in ((), {("TABLE", "c.s.y")}))
    assert plain["index_before"].to_list() == [pytest.approx(100 * 2 / 24)]
    assert marked["index_before"].to_list() == [pytest.approx(100 * 8 / 30)]


def test_what_exists_no_more_counts_neither_as_held_nor_as_needed(index):
    grants = {("bot", "SELECT", "SCHEMA", "c.s")}
    needed = {("bot", "SELECT", ("TABLE", "c.s.gone")), ("bot", "SELECT", ("TABLE", "c.s.x"))}
    assert index(grants, set(), needed, (), people=["bot"]).select("held", "unused").row(0) == (4, 2)


def test_one_idle_right_is_little_creep_and_a_thousand_are_much(index):
    one = index({("bot", "SELECT", "TABLE", "c.s.x")}, set(), (), (), people=["bot"])["index_before"][0]
    many = index({("bot", "ALL_PRIVILEGES", "CATALOG", "c")}, set(), (), OBJECTS, people=["bot"])["index_before"][0]
    assert one < 10
    assert many > 85


def test_nobody_has_no_index(index):
    found = index(set(), set(), (), (), people=())
    assert found.height == 0
    assert estate_index(found) == (0, 0)


def test_every_family_of_privileges_has_its_points():
    assert {privilege.family for privilege in PRIVILEGES.values()} == set(POINTS)
    assert points_of("WRITE_VOLUME") == points_of("MODIFY") > points_of("READ_VOLUME")
    assert points_of("FLY") == points_of("SELECT")
