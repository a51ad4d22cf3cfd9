"""A small estate, and what an audit says of it, for the tests of the reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import uc_guard
from uc_guard import tables

SINCE, UNTIL = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
ORDER, TIDY, RIDDLE, IDLE = (f"{n * 8}-0000-4000-8000-{n * 12}" for n in "1234")
NAMES = {ORDER: "order-bot", TIDY: "tidy-bot", RIDDLE: "riddle-bot", IDLE: "idle-bot"}

TABLES = {
    "shop.sales.orders": ("id", "amount"),
    "shop.sales.items": ("id", "order_id"),
    "shop.sales.returns": ("id", "reason"),
    "shop.crm.people": ("id", "email", "phone", "city"),
}
GRANTS = [
    (ORDER, "USE_CATALOG", "CATALOG", "shop"),
    (ORDER, "ALL_PRIVILEGES", "SCHEMA", "shop.sales"),
    (ORDER, "USE_SCHEMA", "SCHEMA", "shop.crm"),
    (ORDER, "SELECT", "TABLE", "shop.crm.people"),
    (TIDY, "USE_CATALOG", "CATALOG", "shop"),
    (TIDY, "USE_SCHEMA", "SCHEMA", "shop.sales"),
    (TIDY, "SELECT", "TABLE", "shop.sales.orders"),
    (RIDDLE, "USE_CATALOG", "CATALOG", "shop"),
    (RIDDLE, "USE_SCHEMA", "SCHEMA", "shop.sales"),
    (RIDDLE, "SELECT", "SCHEMA", "shop.sales"),
    ("analysts", "USE_CATALOG", "CATALOG", "shop"),
    ("analysts", "SELECT", "SCHEMA", "shop.sales"),
]
LOG = [
    (ORDER, "select amount from shop.sales.orders", "FINISHED", None),
    (ORDER, "select p.city, o.amount from shop.sales.orders o join shop.crm.people p on p.id = o.id", "FINISHED", None),
    (ORDER, "update shop.crm.people set city = 'x'", "FAILED",
     "[INSUFFICIENT_PERMISSIONS] User does not have MODIFY on Table 'shop.crm.people'."),
    (TIDY, "select id, amount from shop.sales.orders", "FINISHED", None),
    (RIDDLE, "select id from shop.sales.orders", "FINISHED", None),
    *[(RIDDLE, "select id from shop.sales.items", "FINISHED", None)] * 8,
    (RIDDLE, None, "FINISHED", None),
]  # fmt: skip


def build(names=None, tables_of=None, grants=None, log=None, extra=()):
    """Build a snapshot; `names` maps service principals to display names, `tables_of` tables to columns."""
    names, tables_of = NAMES if names is None else names, TABLES if tables_of is None else tables_of
    schemas = sorted({name.rpartition(".")[0] for name in tables_of})
    objects = [("CATALOG", "shop", "CATALOG"), *(("SCHEMA", s, "SCHEMA") for s in schemas)]
    objects += [("TABLE", name, "MANAGED") for name in tables_of]
    people = [
        {"principal": p, "kind": "SERVICE_PRINCIPAL", "display_name": n, "active": True} for p, n in names.items()
    ]
    people += [{"principal": "ann@example.com", "kind": "USER", "display_name": "Ann", "active": True}]
    people += [{"principal": "analysts", "kind": "GROUP", "active": True}]
    members = [("analysts", "ann@example.com"), ("analysts", IDLE)] if IDLE in names else []
    frames = {
        "principals": tables.PRINCIPALS.frame(people),
        "members": tables.MEMBERS.frame([{"group": g, "member": m} for g, m in members]),
        "objects": tables.OBJECTS.frame(
            [{"securable_type": t, "securable": n, "kind": k, "owner": "ann@example.com"} for t, n, k in objects]
        ),
        "columns": tables.COLUMNS.frame(
            [{"table": t, "column": c, "type": "string", "position": i} for t, cs in tables_of.items()
             for i, c in enumerate(cs)]
        ),
        "grants": tables.GRANTS.frame(
            [dict(zip(("grantee", "privilege", "securable_type", "securable"), row, strict=True))
             for row in (GRANTS if grants is None else grants)]
        ),
        "tags": tables.TAGS.frame(
            [{"securable_type": "TABLE", "securable": "shop.crm.people", "column": c, "tag": "pii", "value": ""}
             for c in ("email", "phone", "city")]
        ),
        "column_masks": tables.COLUMN_MASKS.frame(
            [{"table": "shop.crm.people", "column": "phone", "function": "shop.crm.hide", "columns": []}]
        ),
        "row_filters": tables.ROW_FILTERS.empty(),
        "table_lineage": tables.TABLE_LINEAGE.empty(),
        "statements": tables.STATEMENTS.frame([_logged(i, *row) for i, row in enumerate(LOG if log is None else log)]),
        **dict(extra),
    }  # fmt: skip
    return uc_guard.Snapshot.from_frames(frames, since=SINCE, until=UNTIL)


def _logged(number, principal, text, status, error):
    at = SINCE + timedelta(days=1, minutes=number)
    return {"statement_id": f"s{number}", "principal": principal, "submitter": principal, "text": text,
            "status": status, "error": error, "compute": "WAREHOUSE", "parameters_truncated": False,
            "started_at": at}  # fmt: skip


@pytest.fixture(scope="session")
def build_snapshot():
    return build


@pytest.fixture(scope="session")
def small():
    """An audit of four agents: too much, just right, not understood, idle in a group shared with a person."""
    return uc_guard.audit(build())


HOSTILE = (
    "\x1b[31mRED\x1b]0;t\x07</th><script>alert(1)</script>\u202egnp\u200b`[bold]$(x)\"'&amp;\r\n\x00"
    "a\u0301\u0301\u0301\u0301\u0301\u0301"
)


@pytest.fixture(scope="session")
def hostile_text():
    return HOSTILE


@pytest.fixture(scope="session")
def hostile():
    """An audit in which every name that somebody outside chooses is an attack."""
    part = f"`{HOSTILE.replace('`', '``').lower()}`"
    table = f"shop.sales.{part}"
    secret = ("column_masks", tables.COLUMN_MASKS.frame(
        [{"table": table, "column": HOSTILE, "function": HOSTILE, "columns": []}]))  # fmt: skip
    tagged = ("tags", tables.TAGS.frame(
        [{"securable_type": "TABLE", "securable": table, "column": c, "tag": "pii", "value": HOSTILE}
         for c in (HOSTILE, "b")]))  # fmt: skip
    grants = [(ORDER, "USE_CATALOG", "CATALOG", "shop"), (ORDER, "USE_SCHEMA", "SCHEMA", "shop.sales"),
              (ORDER, "SELECT", "SCHEMA", "shop.sales"), (HOSTILE, "SELECT", "SCHEMA", "shop.sales")]  # fmt: skip
    log = [
        (ORDER, "select id from shop.sales.orders", "FINISHED", None),
        (ORDER, f"table {part}", "FAILED", f"PERMISSION_DENIED: does not have SELECT on Table '{HOSTILE}'"),
    ]
    names = {ORDER: HOSTILE, TIDY: HOSTILE, RIDDLE: HOSTILE * 40, HOSTILE: "\u202e"}
    snapshot = build(names, {**TABLES, table: ("b", HOSTILE)}, grants, log, [secret, tagged])
    return uc_guard.audit(snapshot)
