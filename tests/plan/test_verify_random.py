"""Random plans against a brute force that lists every pair of every principal, the yet unborn ones too."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from uc_guard.model.plan import Certificate, Row, Statement
from uc_guard.model.privilege import ALL_PRIVILEGES, PRIVILEGES
from uc_guard.plan.verify_world import baseline

_SPEC = importlib.util.spec_from_file_location("verify_estate", Path(__file__).with_name("verify_estate.py"))
estate = sys.modules.setdefault("verify_estate", importlib.util.module_from_spec(_SPEC))
_SPEC.loader.exec_module(estate)

MAIN, SALES, HR = ("CATALOG", "main"), ("SCHEMA", "main.sales"), ("SCHEMA", "main.hr")
TABLES = [("TABLE", "main.sales.orders"), ("TABLE", "main.sales.items"), ("TABLE", "main.hr.pay")]
LEAVES = [*TABLES, ("FUNCTION", "main.sales.f")]
PLACES = [MAIN, SALES, HR, *LEAVES]
NEW = ("SCHEMA", "main.new")
UNBORN = [NEW, *((leaf, f"{name}.new") for leaf in ("TABLE", "FUNCTION") for _, name in (SALES, HR, NEW))]
SUBJECTS = ("bot1", "bot2")
WORDS = ("ALL_PRIVILEGES", "USE_CATALOG", "USE_SCHEMA", "SELECT", "MODIFY", "EXECUTE", "MANAGE")
TESTED = [name for name in PRIVILEGES if name in WORDS or name in {"CREATE_TABLE", "CREATE_MODEL_VERSION", "BROWSE"}]

sensible = [
    (word, place)
    for word, place in product(WORDS, PLACES)
    if word == ALL_PRIVILEGES
    or place[0] in PRIVILEGES[word].on
    or (PRIVILEGES[word].flows and place in {MAIN, SALES, HR})
]
rows = st.builds(
    lambda grantee, at: Row(grantee, at[0], *at[1]),
    st.sampled_from(["bot1", "bot1", "bot2", "bots", "staff", "ann", "account users"]),
    st.sampled_from(sensible),
)
needed = st.tuples(
    st.sampled_from(SUBJECTS), st.sampled_from([("SELECT", table) for table in TABLES] + [("EXECUTE", LEAVES[-1])])
)


def gives(row, privilege, place):
    here, above = (row.securable_type, row.securable) == place, place[1].startswith(row.securable + ".")
    if not here and not (above and PRIVILEGES[privilege].flows):
        return False
    means = place[0] in PRIVILEGES[privilege].on
    return means and (row.privilege == privilege or (row.privilege == ALL_PRIVILEGES and PRIVILEGES[privilege].in_all))


def acts_as(principal):
    return {principal, "account users"} | {group for group, member in estate.MEMBERS if member == principal}


def can(world, principal):
    found = {
        (v, place)
        for row in world if row.grantee in acts_as(principal)
        for v, place in product(TESTED, PLACES + UNBORN) if gives(row, v, place)
    }  # fmt: skip
    # What ALL PRIVILEGES will mean one day, on all that it covers.
    later = {
        ("?", place)
        for row in world if row.grantee in acts_as(principal) and row.privilege == ALL_PRIVILEGES
        for place in PLACES + UNBORN if (place[1] + ".").startswith(row.securable + ".")
    }  # fmt: skip
    return found | later


def usable(world, principal, pair):
    held = can(world, principal)
    catalog, schema = pair[1][1].split(".")[0], ".".join(pair[1][1].split(".")[:2])
    return {pair, ("USE_CATALOG", ("CATALOG", catalog)), ("USE_SCHEMA", ("SCHEMA", schema))} <= held


def after(world, statement, *, strips):
    if statement.verb == "GRANT":
        return world | set(statement.rows)
    world = world - set(statement.rows)
    if strips and ALL_PRIVILEGES in statement.privileges:
        at = (statement.grantee, statement.securable_type, statement.securable)
        same = {row for row in world if (row.grantee, row.securable_type, row.securable) == at}
        world = world - {row for row in same if row.privilege != "MANAGE"}
    return world


def gaps(world, plan, wanted, *, strips):
    """Give each state of the way that is no announced gap."""
    state, gap = world, None
    for statement, following in pairwise([*plan.statements, None]):
        state = after(state, statement, strips=strips)
        if statement.verb == "REVOKE" and statement.gap and ALL_PRIVILEGES in statement.privileges:
            gap = (statement.securable_type, statement.securable)
        if not following or following.verb != "GRANT" or (following.securable_type, following.securable) != gap:
            gap = None
            yield any(not usable(state, *need) for need in wanted)


def faults(world, plan, needs, *, strips):
    """Give the constraints that a plan breaks, by listing every state and every pair."""
    wanted = [need for need in needs if usable(world, *need)]
    state = world
    for statement in plan.statements:
        state = after(state, statement, strips=strips)
    back = state
    for statement in plan.inverse:
        back = after(back, statement, strips=strips)
    lost = any(not usable(state, *need) for need in wanted)
    broken = {
        "C1": lost,
        "C5": not lost and any(gaps(world, plan, wanted, strips=strips)),
        "C2": any(can(world, q) != can(state, q) for q in ("ann", "dba", "account users")),
        "C3": any(can(state, p) - can(world, p) for p in SUBJECTS),
        "inverse": back != world,
    }
    return {code for code, found in broken.items() if found}


@st.composite
def cases(draw):
    world = frozenset(draw(st.lists(rows, min_size=3, max_size=10, unique=True)))
    # Without the way in, no need is ever usable, and none can be lost.
    world |= {Row(p, "USE_CATALOG", *MAIN) for p in SUBJECTS} | {Row("bot1", "USE_SCHEMA", *SALES)}
    needs = frozenset(draw(st.lists(needed, max_size=4)))
    going = draw(st.lists(st.sampled_from(sorted(world)), max_size=4, unique=True))
    coming = draw(st.lists(rows, max_size=2, unique=True))
    steps = [("REVOKE", row) for row in going] + [("GRANT", row) for row in coming]
    steps = draw(st.permutations(steps))
    return world, tuple(step(v, row, gap=v == "REVOKE" and draw(st.booleans())) for v, row in steps), needs


def step(verb, row, *, gap=False):
    return Statement(verb, (row.privilege,), row.securable_type, row.securable, row.grantee, "", gap)


def verdict_of(world, statements, needs, certificates=()):
    ordered = sorted(world)
    snapshot = estate.snapshot(
        grants=ordered, objects=[(*place, "" if place[0] == "TABLE" else place[0], "dba") for place in PLACES]
    )
    end = set(world)
    for statement in statements:
        end = after(end, statement, strips=True)
    back = [("REVOKE", row) for row in sorted(end - world)] + [("GRANT", row) for row in sorted(world - end)]
    plan = replace(
        estate.planned(*statements),
        baseline=baseline(snapshot),
        inverse=tuple(step(*undone) for undone in back),
        certificates=certificates,
    )
    frame = [(p, v, *place, "must", "used", 1) for p, (v, place) in sorted(needs)]
    return plan, estate.judge(plan, snapshot, frame)


@settings(max_examples=200, deadline=None)
@given(cases())
def test_the_verifier_and_the_brute_force_find_the_same_faults(case):
    world, statements, needs = case
    plan, verdict = verdict_of(world, statements, needs)
    expected = faults(world, plan, needs, strips=False) | faults(world, plan, needs, strips=True)
    found = estate.codes(verdict)
    assert expected - {"C5"} <= found
    assert ("C5" in expected) <= bool({"C5", "C1"} & found)
    # What touches people or groups without subjects is refused even where nobody notices.
    outside = {s.grantee for s in statements} & {"ann"}
    assert found & {"C1", "C3"} <= expected
    assert "C2" not in found or "C2" in expected or outside


def least(world, needs):
    """A right plan by brute force: every row of the agents goes that nobody needs and that others do not share."""
    left, steps = set(world), []
    wanted = [need for need in needs if usable(world, *need)]
    for row in sorted(world):
        beside = {r for r in left if (r.grantee, r.securable) == (row.grantee, row.securable)} - {row}
        if row.grantee not in {"bot1", "bot2", "bots"} or (row.privilege == ALL_PRIVILEGES and beside):
            continue
        if all(usable(left - {row}, *need) for need in wanted):
            left.discard(row)
            steps.append(row)
    return steps


def certificate(row, needs):
    subjects = SUBJECTS if row.grantee == "bots" else (row.grantee,)
    reach = {(v, p) for v, p in product(PRIVILEGES, PLACES) if gives(row, v, p) and _fits(v, p)}
    needed_pairs = {pair for who, pair in needs if who in subjects} & reach
    blank = {v for v, _ in reach if "query_history" not in PRIVILEGES[v].seen_in}
    unborn = any(gives(row, v, p) for v, p in product(PRIVILEGES, UNBORN))
    future = unborn and row.securable_type in {"CATALOG", "SCHEMA"}
    statements = sum(3 if subject == "bot1" else 2 for subject in subjects)
    return Certificate(row, subjects, len(reach), future, len(needed_pairs), tuple(sorted(blank)), statements)


def _fits(privilege, place):
    return PRIVILEGES[privilege].applies(place[0], "" if place[0] == "TABLE" else place[0])


@settings(max_examples=80, deadline=None)
@given(cases(), st.data())
def test_a_right_plan_passes_and_a_mutation_is_caught_or_harmless(case, data):
    world, _, needs = case
    steps = least(world, needs)
    statements = tuple(step("REVOKE", row) for row in steps)
    certificates = tuple(certificate(row, needs) for row in steps)
    _, verdict = verdict_of(world, statements, needs, certificates)
    assert verdict.broken == ()
    mutated = data.draw(mutations(statements, world))
    plan, verdict = verdict_of(world, mutated, needs, certificates)
    if verdict.ok:
        assert not faults(world, plan, needs, strips=False) | faults(world, plan, needs, strips=True)
        assert sorted(s.rows for s in mutated) == sorted(s.rows for s in statements)


@st.composite
def mutations(draw, statements, world):
    changed = list(statements)
    for _ in range(draw(st.integers(1, 3))):
        row = draw(st.sampled_from(sorted(world)) | rows)
        extra = step(draw(st.sampled_from(["GRANT", "REVOKE"])), row)
        at = draw(st.integers(0, len(changed)))
        deed = draw(st.sampled_from(["insert", "drop", "repeat", "replace"]))
        if deed == "insert" or not changed:
            changed.insert(at, extra)
        elif deed == "drop":
            changed.pop(at % len(changed))
        elif deed == "repeat":
            changed.insert(at, draw(st.sampled_from(changed)))
        else:
            changed[at % len(changed)] = extra
    return tuple(changed)
