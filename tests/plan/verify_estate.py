"""A hand-made estate and its right plan, for the tests of the verifier."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from uc_guard import tables
from uc_guard.model.plan import (
    Certificate,
    Held,
    Objective,
    Plan,
    Row,
    Statement,
    Witness,
)
from uc_guard.plan.verify import verify
from uc_guard.plan.verify_world import baseline
from uc_guard.snapshot import Manifest, Snapshot

SINCE, UNTIL = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
ALL = "ALL_PRIVILEGES"

OBJECTS = [
    ("CATALOG", "main", "CATALOG", "dba"),
    *(("SCHEMA", f"main.{name}", "SCHEMA", "dba") for name in ("sales", "crm", "hr")),
    ("TABLE", "main.sales.orders", "MANAGED", "dba"),
    ("TABLE", "main.sales.items", "MANAGED", "dba"),
    ("TABLE", "main.sales.v", "VIEW", "dba"),
    ("FUNCTION", "main.sales.f", "FUNCTION", "dba"),
    ("TABLE", "main.crm.customers", "MANAGED", "dba"),
    ("TABLE", "main.hr.pay", "MANAGED", "dba"),
]
# `bots` holds agents only, `staff` holds an agent and a person.
MEMBERS = [("bots", "bot1"), ("bots", "bot2"), ("staff", "bot1"), ("staff", "ann")]
PRINCIPALS = [("bot1", "SERVICE_PRINCIPAL"), ("bot2", "SERVICE_PRINCIPAL"), ("ann", "USER"), ("dba", "USER")]
GRANTS = [
    Row("bot1", "USE_CATALOG", "CATALOG", "main"),
    Row("bot2", "USE_CATALOG", "CATALOG", "main"),
    Row("bot1", "USE_SCHEMA", "SCHEMA", "main.sales"),
    Row("bot1", "SELECT", "SCHEMA", "main.sales"),
    Row("bot1", "USE_SCHEMA", "SCHEMA", "main.crm"),
    Row("bot1", ALL, "TABLE", "main.crm.customers"),
    Row("bot1", "SELECT", "TABLE", "main.crm.customers"),
    Row("bots", "USE_SCHEMA", "SCHEMA", "main.hr"),
    Row("bots", "SELECT", "TABLE", "main.hr.pay"),
    Row("staff", "SELECT", "TABLE", "main.sales.items"),
    Row("ann", "SELECT", "SCHEMA", "main.hr"),
]
NEEDS = [
    ("bot1", "USE_CATALOG", "CATALOG", "main", "must", "usage-chain", 7),
    ("bot1", "USE_SCHEMA", "SCHEMA", "main.sales", "must", "usage-chain", 4),
    ("bot1", "SELECT", "TABLE", "main.sales.orders", "must", "used", 4),
    ("bot1", "USE_SCHEMA", "SCHEMA", "main.crm", "may", "usage-chain", 3),
    ("bot1", "SELECT", "TABLE", "main.crm.customers", "may", "opaque", 3),
    ("bot2", "USE_CATALOG", "CATALOG", "main", "must", "usage-chain", 1),
]


def snapshot(grants=GRANTS, members=MEMBERS, objects=OBJECTS, without=()):
    frames = {
        "grants": tables.GRANTS.frame([{s: getattr(row, s) for s in row.__slots__} for row in grants]),
        "members": tables.MEMBERS.frame([{"group": group, "member": member} for group, member in members]),
        "principals": tables.PRINCIPALS.frame([{"principal": p, "kind": k, "active": True} for p, k in PRINCIPALS]),
        "objects": tables.OBJECTS.frame(
            [{"securable_type": t, "securable": n, "kind": k, "owner": o} for t, n, k, o in objects]
        ),
        "statements": tables.STATEMENTS.frame(
            [
                {"statement_id": f"s{i}", "principal": f"bot{1 + i % 2}", "status": "FINISHED", "started_at": SINCE}
                for i in range(5)
            ]
        ),
    }  # fmt: skip
    return Snapshot(Manifest(SINCE, UNTIL, UNTIL), {k: v for k, v in frames.items() if k not in without})


def needs(rows=NEEDS):
    names = ("principal", "privilege", "securable_type", "securable", "certainty", "reason", "uses")
    return tables.NEEDS.frame([dict(zip(names, row, strict=True), witnesses=["s0", "s2"]) for row in rows])


def grant(grantee, privileges, kind, name):
    return Statement("GRANT", tuple(privileges.split(",")), kind, name, grantee, "because")


def revoke(grantee, privileges, kind, name, *, gap=False):
    return Statement("REVOKE", tuple(privileges.split(",")), kind, name, grantee, "because", gap)


def proof(row, numbers, *, future=False, subjects=("bot1",), unseen=(), statements=3):
    return Certificate(row, subjects, numbers[0], future, numbers[1], unseen, statements)


def witness(row, need=None, ids=("s0",)):
    subject, privilege, kind, name, certainty, reason, _ = need or next(n for n in NEEDS if n[:4] == as_key(row))
    return Witness(row, subject, privilege, kind, name, certainty, reason, ids)


def as_key(row):
    return (row.grantee, row.privilege, row.securable_type, row.securable)


ORDERS = Row("bot1", "SELECT", "TABLE", "main.sales.orders")
CUSTOMERS = Row("bot1", "SELECT", "TABLE", "main.crm.customers")
PLAN = Plan(
    mode="tight",
    subjects=("bot1", "bot2"),
    since=SINCE.isoformat(),
    until=UNTIL.isoformat(),
    baseline=baseline(snapshot()),
    statements=(
        grant("bot1", "SELECT", "TABLE", "main.sales.orders"),
        revoke("bots", "SELECT", "TABLE", "main.hr.pay"),
        revoke("bot1", ALL, "TABLE", "main.crm.customers", gap=True),
        grant("bot1", "SELECT", "TABLE", "main.crm.customers"),
        revoke("bot1", "SELECT", "SCHEMA", "main.sales"),
        revoke("bots", "USE_SCHEMA", "SCHEMA", "main.hr"),
    ),
    inverse=(
        grant("bots", "USE_SCHEMA", "SCHEMA", "main.hr"),
        grant("bot1", "SELECT", "SCHEMA", "main.sales"),
        grant("bot1", ALL, "TABLE", "main.crm.customers"),
        grant("bots", "SELECT", "TABLE", "main.hr.pay"),
        revoke("bot1", "SELECT", "TABLE", "main.sales.orders"),
    ),
    memberships=(),
    certificates=(
        proof(GRANTS[3], (3, 1), future=True),
        proof(GRANTS[5], (3, 1)),
        proof(GRANTS[7], (1, 0), subjects=("bot1", "bot2"), statements=5),
        proof(GRANTS[8], (1, 0), subjects=("bot1", "bot2"), statements=5),
    ),
    witnesses=(witness(ORDERS), witness(CUSTOMERS), witness(GRANTS[0])),
    held=(Held("bot1", GRANTS[9], "shared-with-bystanders", "`staff` holds 1 other"),),
    before=Objective(9, 0, 0),
    after=Objective(1, 5, 6),
    bound=Objective(1, 5, 6),
    optimal=True,
)


def judge(plan=PLAN, world=None, need=NEEDS, *, opaque=(), settings=None, shortfalls=None):
    frame = tables.OPAQUE.frame(
        [{"principal": p, "reason": "no-text", "may": may, "statements": 1} for p, may in opaque]
    )
    return verify(plan, world or snapshot(), needs(need), frame, settings, shortfalls)


def codes(verdict):
    return {broken.code for broken in verdict.broken}


def planned(*statements, **more):
    """A plan of these statements alone, with what can be worked out filled in."""
    empty = {"statements": statements, "inverse": (), "certificates": (), "witnesses": (), "held": ()}
    return replace(PLAN, **(empty | more))


def statements(change):
    return replace(PLAN, statements=tuple(change(list(PLAN.statements))))


def inverse(change):
    return replace(PLAN, inverse=tuple(change(list(PLAN.inverse))))


def certified(**more):
    return replace(PLAN, certificates=(replace(PLAN.certificates[0], **more), *PLAN.certificates[1:]))


def witnessed(**more):
    return replace(PLAN, witnesses=(replace(PLAN.witnesses[0], **more), *PLAN.witnesses[1:]))
