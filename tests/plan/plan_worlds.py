"""Small random worlds for the planner: what stands, who needs what, and the same as frames."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

from uc_guard import tables
from uc_guard.model.settings import Settings
from uc_guard.plan.minimize import minimize
from uc_guard.snapshot import Manifest, Snapshot, Source

SINCE = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
UNTIL = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
TRUSTING = Settings(trust_query_history=True, grace_days=0)

CATALOG, SCHEMA, OTHER = ("CATALOG", "c"), ("SCHEMA", "c.s"), ("SCHEMA", "c.r")
TABLE, VIEW, FAR = ("TABLE", "c.s.t"), ("TABLE", "c.s.v"), ("TABLE", "c.r.t")
FUNCTION, LOCATION = ("FUNCTION", "c.s.f"), ("EXTERNAL_LOCATION", "landing")
KINDS = {
    CATALOG: "CATALOG", SCHEMA: "SCHEMA", OTHER: "SCHEMA", TABLE: "MANAGED", VIEW: "VIEW", FAR: "MANAGED",
    FUNCTION: "FUNCTION", LOCATION: "EXTERNAL_LOCATION",
}  # fmt: skip
STORABLE = (
    *(("USE_CATALOG", CATALOG), ("USE_SCHEMA", CATALOG), ("USE_SCHEMA", SCHEMA), ("USE_SCHEMA", OTHER)),
    *(("SELECT", place) for place in (CATALOG, SCHEMA, OTHER, TABLE, VIEW, FAR)),
    *(("ALL_PRIVILEGES", place) for place in (CATALOG, SCHEMA, TABLE, FUNCTION, LOCATION)),
    *(("MODIFY", place) for place in (SCHEMA, TABLE, VIEW)),
    *(("EXECUTE", place) for place in (CATALOG, FUNCTION)),
    *(("APPLY_TAG", place) for place in (CATALOG, SCHEMA, TABLE)),
    *(("MANAGE", place) for place in (CATALOG, SCHEMA, TABLE)),
    ("CREATE_TABLE", SCHEMA), ("CREATE_SCHEMA", CATALOG), ("CREATE_EXTERNAL_TABLE", LOCATION),
)  # fmt: skip
NEEDED = (
    *(("SELECT", place) for place in (TABLE, VIEW, FAR)),
    *(("APPLY_TAG", place) for place in (SCHEMA, TABLE)),
    *(("MANAGE", place) for place in (SCHEMA, TABLE)),
    *(("MODIFY", TABLE), ("EXECUTE", FUNCTION), ("CREATE_TABLE", SCHEMA), ("USE_SCHEMA", OTHER)),
    *(("CREATE_SCHEMA", CATALOG), ("CREATE_EXTERNAL_TABLE", LOCATION)),
)
SUBJECTS = ("ann", "bea", "cleo")
BYSTANDERS = ("zoe",)
GROUPS = ("crew", "team", "zone")


@dataclass(frozen=True)
class Scene:
    """A world, and what is needed in it.

    `grants` holds (grantee, privilege, type, name); `members` (group, member); `owners` securable -> owner;
    `needs` (principal, privilege, type, name) -> must or may.
    """

    grants: frozenset = frozenset()
    members: frozenset = frozenset()
    owners: dict = field(default_factory=dict)
    needs: dict = field(default_factory=dict)
    subjects: tuple = SUBJECTS
    groups: tuple = GROUPS
    kinds: dict = field(default_factory=lambda: dict(KINDS))

    def after(self, plan, strips):
        """The scene after a plan, under one reading of REVOKE ALL PRIVILEGES."""
        members = self.members - {(c.membership.group, c.membership.member) for c in plan.memberships}
        return replace(self, grants=run(self.grants, plan.statements, strips)[-1], members=members)


def way(place):
    """USE on the way to a securable, the securable included."""
    kind, name = place
    parts = name.split(".")
    if kind == "EXTERNAL_LOCATION":
        return []
    found = [("USE_CATALOG", "CATALOG", parts[0])]
    return found + ([("USE_SCHEMA", "SCHEMA", ".".join(parts[:2]))] if len(parts) > 1 else [])


def with_way(needs):
    """Needs with USE on the way to them, as the frame of needs has them."""
    found = {}
    for (principal, privilege, *place), certainty in needs.items():
        for each in [(principal, privilege, *place), *((principal, *use) for use in way(tuple(place)))]:
            if found.get(each) != "must":
                found[each] = certainty
    return found


def run(grants, statements, strips):
    """The grants before, and after each statement."""
    states = [frozenset(grants)]
    keeps = {"MANAGE", "EXTERNAL_USE_SCHEMA", "EXTERNAL_USE_LOCATION", "READ_METADATA"}
    for statement in statements:
        now = set(states[-1])
        for row in statement.rows:
            cell = (row.grantee, row.privilege, row.securable_type, row.securable)
            now.add(cell) if statement.verb == "GRANT" else now.discard(cell)
            if statement.verb == "REVOKE" and row.privilege == "ALL_PRIVILEGES" and strips:
                site = (cell[0], *cell[2:])
                now = {g for g in now if (g[0], *g[2:]) != site or g[1] in keeps}
        states.append(frozenset(now))
    return states


def snapshot_of(scene, rng=None):
    """The scene as a snapshot; `rng` shuffles the rows."""

    def mixed(rows):
        rows = sorted(rows, key=repr)
        if rng:
            rng.shuffle(rows)
        return rows

    objects = [
        {"securable_type": at[0], "securable": at[1], "kind": kind, "owner": scene.owners.get(at)}
        for at, kind in scene.kinds.items()
    ]
    grants = [dict(zip(tables.GRANTS.key, row, strict=True)) for row in scene.grants]
    members = [{"group": group, "member": member} for group, member in scene.members]
    names = {member for _, member in scene.members} | {*scene.subjects, *scene.groups}
    principals = [
        {"principal": name, "kind": "GROUP" if name in scene.groups else "SERVICE_PRINCIPAL", "active": True}
        for name in names
    ]
    frames = {
        "objects": tables.OBJECTS.frame(mixed(objects)),
        "grants": tables.GRANTS.frame(mixed(grants)),
        "members": tables.MEMBERS.frame(mixed(members)),
        "principals": tables.PRINCIPALS.frame(mixed(principals)),
        "statements": tables.STATEMENTS.empty(),
        "access_events": tables.ACCESS_EVENTS.empty(),
    }
    sources = tuple(Source(name, frame.height) for name, frame in frames.items())
    return Snapshot(Manifest(SINCE, UNTIL, UNTIL, sources=sources), frames)


def needs_of(scene):
    """The scene's needs as a frame."""
    seen = {"uses": 1, "first_at": SINCE, "last_at": SINCE}
    causes = {"must": "used", "may": "opaque"}
    rows = [
        dict(zip(tables.NEEDS.key, need, strict=True))
        | {"certainty": sure, "reason": causes[sure], "witnesses": [f"id-{need[0]}"], **seen}
        for need, sure in sorted(scene.needs.items())
    ]
    return tables.NEEDS.frame(rows)


def plan_of(scene, settings=TRUSTING, **more):
    """The plan for a scene."""
    frames = {"opaque": tables.OPAQUE.empty(), "coverage": tables.COVERAGE.empty(), "shortfalls": None} | more
    snapshot = frames.get("snapshot") or snapshot_of(scene)
    needs = frames.get("needs", needs_of(scene))
    return minimize(
        snapshot, needs, frames["opaque"], frames["coverage"], scene.subjects, settings, frames["shortfalls"]
    )


@st.composite
def scenes(draw, *, grants=7, groups=True, subjects=SUBJECTS):
    """A random scene of at most so many grants."""
    names = (*subjects, *BYSTANDERS, *(GROUPS if groups else ()), *(("account users",) if groups else ()))
    rows = st.tuples(st.sampled_from(names), st.sampled_from(STORABLE)).map(lambda row: (row[0], row[1][0], *row[1][1]))
    inside = st.tuples(st.sampled_from(GROUPS), st.sampled_from((*subjects, *BYSTANDERS, *GROUPS)))
    need = st.tuples(st.sampled_from(subjects), st.sampled_from(NEEDED)).map(
        lambda row: (row[0], row[1][0], *row[1][1])
    )
    owned = st.tuples(st.sampled_from(list(KINDS)), st.sampled_from(names))
    return Scene(
        grants=frozenset(draw(st.lists(rows, max_size=grants))),
        members=frozenset(draw(st.lists(inside, max_size=5))) if groups else frozenset(),
        owners=dict(draw(st.lists(owned, max_size=2))),
        needs=with_way(draw(st.dictionaries(need, st.sampled_from(("must", "may")), max_size=5))),
        subjects=subjects,
    )
