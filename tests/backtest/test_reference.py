"""What a backtest counts is what plain sets and loops count, on random worlds and logs."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import uc_guard
from uc_guard.backtest import backtest
from uc_guard.read.folder import narrowed

PEOPLE = ("ann", "bea", "zoe", "crew", "team")
TABLES = ("c.s.t", "c.s.u", "c.r.t")
VIEWS = ("c.r.v", "c.s.w")
STORED = (
    *(("SELECT", "TABLE", name) for name in (*TABLES, *VIEWS)),
    *(("SELECT", "SCHEMA", name) for name in ("c.s", "c.r")),
    *(("USE_SCHEMA", "SCHEMA", name) for name in ("c.s", "c.r")),
    *((what, "CATALOG", "c") for what in ("SELECT", "USE_SCHEMA", "USE_CATALOG", "ALL_PRIVILEGES")),
)
WINDOWS = (7, 30)
DENIED = {"status": "FAILED", "error": "[INSUFFICIENT_PERMISSIONS] User does not have SELECT on Table 'c.r.t'."}
FAST = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def lives(draw):
    """Draw grants, groups, views on tables and on each other, and what people read before and after the cut."""
    wide = [(who, what, "CATALOG", "c") for who in PEOPLE for what in ("USE_CATALOG", "USE_SCHEMA")]
    deep = [(who, "SELECT", "SCHEMA", schema) for who in ("ann", "bea", "zoe") for schema in ("c.s", "c.r")]
    without = draw(st.sets(st.sampled_from([*wide, *deep]), max_size=4))
    rows = st.tuples(st.sampled_from((*PEOPLE, "account users")), st.sampled_from(STORED)).map(lambda r: (r[0], *r[1]))
    grants = {*wide, *deep, *draw(st.lists(rows, max_size=4))} - without
    members = set(draw(st.lists(st.tuples(st.sampled_from(("crew", "team")), st.sampled_from(PEOPLE)), max_size=4)))
    owners = {view: draw(st.sampled_from(("ann", "bea", *PEOPLE))) for view in VIEWS}
    reads = {"c.r.v": draw(st.sampled_from(TABLES)), "c.s.w": draw(st.sampled_from((*TABLES, "c.r.v")))}
    names = st.sampled_from((*TABLES, *VIEWS))
    one = st.tuples(
        st.sampled_from(("ann", "bea", "zoe")), st.sampled_from((-20, -3, -3, 2, 2, 5)),
        st.lists(names, min_size=1, max_size=2, unique=True), st.sampled_from(("ran", "ran", "ran", "denied")),
    )  # fmt: skip
    return grants, members, owners, reads, draw(st.lists(one, min_size=4, max_size=12))


def world_of(worlds, life):
    grants, members, owners, reads, log = life
    said = []
    for n, (who, day, names, came) in enumerate(log):
        text = "SELECT 1 FROM " + " CROSS JOIN ".join(names)  # noqa: S608 - never run
        said.append(worlds.said(n, who, day, text, **(DENIED if came == "denied" else {})))
    views = [(view, owners[view], f"SELECT id FROM {reads[view]}") for view in VIEWS]  # noqa: S608 - never run
    return worlds.make(said, sorted(grants), sorted(members), views)


def model_of(reference, life):
    grants, members, owners, reads, _ = life
    objects = {
        ("CATALOG", "c"): ("CATALOG", None),
        ("SCHEMA", "c.s"): ("SCHEMA", None),
        ("SCHEMA", "c.r"): ("SCHEMA", None),
    }
    objects |= {("TABLE", name): ("MANAGED", None) for name in TABLES}
    objects |= {("TABLE", view): ("VIEW", owners[view]) for view in VIEWS}
    bodies = {("TABLE", view): {("SELECT", "TABLE", read)} for view, read in reads.items()}
    return reference.World(objects, set(grants), set(members), bodies)


def after(model, plan):
    grants = set(model.grants)
    for statement in plan.statements:
        for row in statement.rows:
            cell = (row.grantee, row.privilege, row.securable_type, row.securable)
            grants.add(cell) if statement.verb == "GRANT" else grants.discard(cell)
    return replace(model, grants=grants)


def expected(reference, model, then, log):
    """Count what becomes of each later statement, and give what is missing then."""
    count, missing = Counter(), set()
    for who, day, names, outcome in log:
        if day < 0:
            continue
        needs = reference.needs(model, {(who, "SELECT", "TABLE", name) for name in names})
        usable = {need for need in needs if reference.usable(model, *need[:2], need[2])}
        lost = {need for need in usable if not reference.usable(then, *need[:2], need[2])}
        state = "failing" if outcome == "denied" else "denied" if lost else "failing" if needs - usable else "kept"
        missing |= lost if outcome != "denied" and (who != "zoe" or state == "denied") else set()
        count["zoe" if who == "zoe" else "own", state] += 1
    return count, {(who, what, *where) for who, what, where in missing}


@FAST
@given(life=lives())
def test_every_later_statement_is_told_as_sets_and_loops_tell_it(life, worlds, reference):
    snapshot, model = world_of(worlds, life), model_of(reference, life)
    found = backtest(snapshot, worlds.settings, windows=WINDOWS)
    for row in found.windows.iter_rows(named=True):
        days = row["window_days"]
        lowered = replace(worlds.settings, min_window_days=min(worlds.settings.min_window_days, days))
        past = narrowed(snapshot, worlds.cut - timedelta(days=days), worlds.cut)
        audit = uc_guard.audit(past, lowered)
        assert audit.verdict.ok
        if row["reason"]:
            assert {held.subject for held in audit.plan.held if held.row is None} == set(audit.subjects)
            continue
        count, missing = expected(reference, model, after(model, audit.plan), life[-1])
        assert row["denied"] == count["own", "denied"]
        assert row["replayed"] == count["own", "denied"] + count["own", "kept"]
        assert row["failing"] == count["own", "failing"]
        assert row["others_denied"] == count["zoe", "denied"]
        assert row["unjudged"] == 0
        told = found.missing.filter(pl.col("window_days") == days)
        assert set(told.select("principal", "privilege", "securable_type", "securable").rows()) == missing
        assert row["missing"] == len(missing)
        assert row["rows_revoked"] == len(audit.plan.certificates)
