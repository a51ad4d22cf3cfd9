"""The fast model gives the answers of the slow one, on every pair of random worlds."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from uc_guard.access.effective import PAIR, can, holders, reach, usable, world
from uc_guard.access.ledger import held_pairs
from uc_guard.access.required import required
from uc_guard.model.privilege import ALL_PRIVILEGES, OWNER, PRIVILEGES, has_future

PEOPLE = ("ann", "bot", "g1", "g2", "g3", "account users")
KINDS = {
    "TABLE": ("MANAGED", "VIEW", "FOREIGN", "STREAMING_TABLE"),
    "VOLUME": ("VOLUME",),
    "FUNCTION": ("FUNCTION", "PROCEDURE", "MODEL"),
}
LIKELY = (
    "SELECT",
    "MODIFY",
    "USE_CATALOG",
    "USE_SCHEMA",
    "EXECUTE",
    "READ_VOLUME",
    "MANAGE",
    ALL_PRIVILEGES,
    ALL_PRIVILEGES,
)
STORED = (*LIKELY, *PRIVILEGES, "FLY")
READS = {"TABLE": "SELECT", "VOLUME": "READ_VOLUME", "FUNCTION": "EXECUTE"}
FAST = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def worlds(draw):
    """Draw two catalogs, odd names, nested and cyclic groups, owners, and rows of every kind."""
    owners = st.sampled_from((*PEOPLE, None))
    objects = {
        ("METASTORE", "m"): ("METASTORE", draw(owners)),
        ("EXTERNAL_LOCATION", "lake"): ("EXTERNAL_LOCATION", None),
    }
    for catalog, schemas in (("c", ("s", "`t``t`")), ("`d.d`", ("s",))):
        objects["CATALOG", catalog] = ("CATALOG", draw(owners))
        for schema in schemas:
            objects["SCHEMA", f"{catalog}.{schema}"] = ("SCHEMA", draw(owners))
            for kind, kinds in KINDS.items():
                objects[kind, f"{catalog}.{schema}.x"] = (draw(st.sampled_from(kinds)), draw(owners))
    rows = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(STORED), st.sampled_from(sorted(objects)))
    grants = {(who, what, *where) for who, what, where in draw(st.lists(rows, max_size=14))}
    edges = st.tuples(st.sampled_from(PEOPLE[2:]), st.sampled_from(PEOPLE[:5]))
    return objects, grants, set(draw(st.lists(edges, max_size=6)))


def snapshot_of(workspace, objects, grants, members, **more):
    listed = [(t, n, owner, kind) for (t, n), (kind, owner) in objects.items()]
    people = [{"principal": p, "kind": "UNKNOWN", "active": True} for p in PEOPLE]
    return workspace(objects=listed, grants=grants, members=members, principals=people, **more)


def every_pair(reference, model):
    return [(p, v, *s) for p in PEOPLE for s in model.objects for v in sorted(reference.pairs_of(model, s))]


@FAST
@given(drawn=worlds())
def test_can_and_usable_agree_on_every_pair(drawn, workspace, reference):
    model = reference.World(*drawn)
    asked = pl.DataFrame(every_pair(reference, model), schema=PAIR, orient="row")
    for *pair, can_it, usable_it in usable(world(snapshot_of(workspace, *drawn)), asked).rows():
        who, what, *where = pair
        assert can_it == reference.can(model, who, what, tuple(where)), pair
        assert usable_it == reference.usable(model, who, what, tuple(where)), pair


@FAST
@given(drawn=worlds())
def test_reach_and_future_of_every_row_agree(drawn, workspace, reference):
    model = reference.World(*drawn)
    home = world(snapshot_of(workspace, *drawn))
    stored = home.rows.filter(pl.col("by") != OWNER)
    for who, what, kind, name, _, count in reach(home, stored).rows():
        assert count == len(reference.reach(model, (who, what, kind, name)))
        assert has_future(what, kind) == reference.future((who, what, kind, name))


@FAST
@given(drawn=worlds())
def test_a_row_reaches_whoever_stands_in_its_group(drawn, workspace, reference):
    model = reference.World(*drawn)
    found = holders(world(snapshot_of(workspace, *drawn)), PEOPLE).filter(pl.col("by") != OWNER)
    expected = {(p, *row) for p in PEOPLE for row in model.grants if row[0] in reference.groups(model, p)}
    assert set(found.select("principal", "grantee", "by", "at_type", "at").rows()) == expected
    for person, grantee, path in found.select("principal", "grantee", "path").rows():
        assert (path[0], path[-1]) == (person, grantee)
        steps = {*pairwise(path)}
        assert all((group, member) in model.members or group == "account users" for member, group in steps)


@FAST
@given(drawn=worlds())
def test_pairs_held_are_counted_once_however_many_rows_give_them(drawn, workspace, reference):
    model = reference.World(*drawn)
    counted = dict(held_pairs(world(snapshot_of(workspace, *drawn)), PEOPLE).iter_rows())
    pairs = every_pair(reference, model)
    assert counted == {
        p: sum(reference.can(model, *pair[:2], pair[2:]) for pair in pairs if pair[0] == p) for p in PEOPLE
    }


@st.composite
def lives(draw):
    """Draw a world in which views and functions have bodies, and what people did in it."""
    objects, grants, members = draw(worlds())
    leaves = sorted(s for s in objects if s[0] in READS)
    some = st.sampled_from(leaves)
    bodied = [s for s in leaves if objects[s][0] in ("VIEW", "FUNCTION", "PROCEDURE")]
    bodies = {s: {(READS[t], t, n) for t, n in draw(st.lists(some, max_size=2))} for s in bodied}
    people = st.sampled_from(("ann", "bot"))
    verbs = {"TABLE": ("SELECT", "MODIFY"), "VOLUME": ("READ_VOLUME", "WRITE_VOLUME"), "FUNCTION": ("EXECUTE",)}
    uses = set()
    for who, where in draw(st.lists(st.tuples(people, some), max_size=5)):
        what = draw(st.sampled_from([v for v in verbs[where[0]] if PRIVILEGES[v].applies(where[0], objects[where][0])]))
        uses.add((who, what, *where))
    names = st.sampled_from(sorted({name for _, name in objects}))
    return objects, grants, members, bodies, uses, set(draw(st.lists(st.tuples(people, names), max_size=3)))


@FAST
@given(life=lives())
def test_must_and_may_agree_on_every_need(life, workspace, usage, opaque, bodies, reference):
    objects, grants, members, does, uses, dark = life
    model = reference.World(objects, grants, members, does)
    read = [(*s, v, t, n) for s, body in does.items() for v, t, n in body] + [
        (*s, None, None, None) for s in does if not does[s]
    ]
    found = required(
        usage(*[(who, what, kind, name) for who, what, kind, name in uses]),
        opaque(*[(who, [name]) for who, name in dark]),
        bodies(*read),
        snapshot_of(workspace, objects, grants, members),
    )
    pairs = {(p, v, (t, n)): certainty for p, v, t, n, certainty in found.select(*PAIR, "certainty").rows()}
    assert {pair for pair, certainty in pairs.items() if certainty == "must"} == reference.needs(model, uses)
    perhaps = uses | reference.might(model, dark)
    assert set(pairs) == reference.needs(model, perhaps | reference.orphaned(model, perhaps))


@FAST
@given(drawn=worlds(), data=st.data())
def test_order_of_rows_names_and_an_empty_catalog_change_nothing(drawn, data, workspace):
    objects, grants, members = drawn
    names = {name: f"z{number}" for number, name in enumerate(PEOPLE[:-1])}
    renamed = lambda name: names.get(name, name)  # noqa: E731 - a word for this test only
    again = (
        {s: (kind, renamed(owner)) for s, (kind, owner) in data.draw(st.permutations(sorted(objects.items())))},
        [(renamed(who), *row) for who, *row in data.draw(st.permutations(sorted(grants)))],
        [(renamed(group), renamed(member)) for group, member in data.draw(st.permutations(sorted(members)))],
    )
    again[0]["CATALOG", "empty"] = ("CATALOG", None)
    asked = [(p, v, *s) for p in PEOPLE for s in objects for v in ("SELECT", "USE_SCHEMA", "MANAGE", "CREATE_TABLE")]
    before = usable(world(snapshot_of(workspace, *drawn)), pl.DataFrame(asked, schema=PAIR, orient="row"))
    other = pl.DataFrame([(renamed(p), *rest) for p, *rest in asked], schema=PAIR, orient="row")
    after = usable(world(snapshot_of(workspace, *again)), other)
    assert before.select("can", "usable").equals(after.select("can", "usable"))


@FAST
@given(drawn=worlds())
def test_an_unrelated_grant_changes_nobody_elses_answers(drawn, workspace):
    objects, grants, members = drawn
    asked = pl.DataFrame(
        [(p, v, *s) for p in PEOPLE for s in objects for v in ("SELECT", "EXECUTE")], schema=PAIR, orient="row"
    )
    more = {*grants, ("stranger", ALL_PRIVILEGES, "CATALOG", "c")}
    before = can(world(snapshot_of(workspace, objects, grants, members)), asked)
    assert before.equals(can(world(snapshot_of(workspace, objects, more, members)), asked))


def test_the_reference_model_is_short_enough_to_trust():
    text = (Path(__file__).parents[1] / "reference_model.py").read_text("utf-8")
    assert len([line for line in text.splitlines() if line.strip()]) <= 80
