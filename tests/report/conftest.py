"""A small estate, and what an audit says of it, for the tests of the reports."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import uc_guard
from uc_guard import tables
from uc_guard.model.finding import Finding, Place, Rule
from uc_guard.model.lint import Creep, LintMeta, Unjudged, count_severities, count_states

# The modules beside this file have names of their own (`report_...`), so that no other folder's are hidden.
sys.path.insert(0, str(Path(__file__).parent))

from report_browser import chromium

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


def make_rule(code, name, severity, **more):
    """Build a rule; what a test does not care about is plain."""
    told = {"summary": f"{name.replace('-', ' ')}.", "confidence": "high", "persona": "security", "family": "unused",
            "subject": "holding", "when": "not used", "message": "{securable} is idle", **more}  # fmt: skip
    return Rule(code, name, severity=severity, **told)


RULES = (
    make_rule("UCG101", "unused-write", "high", why="It can be **misused**.\n\nBy anybody.", fix="Revoke it.",
              keep="A yearly job needs it.", gaps="Work on clusters.", dasf=("DASF 5", "DASF 57"),
              owasp_llm=("LLM06",), owasp_agentic=("ASI03",)),
    make_rule("UCG201", "all-privileges", "critical", family="broad"),
    make_rule("UCG301", "idle-read", "medium", persona="owner"),
    make_rule("UCG401", "direct-twice", "low", confidence="medium"),
    make_rule("UCG901", "short-window", "info", persona="developer", family="audit"),
    make_rule("UCG902", "stale-snapshot", "low", family="audit"),
)  # fmt: skip


def make_finding(rule, number=0, **more):
    """Build a finding of the workspace; a place makes it one of a file."""
    told = {"principal": ORDER, "securable_type": "TABLE", "securable": "shop.crm.people", "privilege": "MODIFY",
            "message": "order-bot may write shop.crm.people and never did",
            "remedy": "REVOKE MODIFY ON TABLE shop.crm.people FROM `order-bot`;", "place": None,
            "fingerprint": f"{number:016x}", **more}  # fmt: skip
    return Finding(rule=rule, **told)


GRANT = "GRANT MODIFY ON TABLE shop.crm.people TO `order-bot`;"
FINDINGS = (
    make_finding(RULES[1], 1, privilege="ALL_PRIVILEGES", securable_type="SCHEMA", securable="shop.sales",
                 message="order-bot holds ALL PRIVILEGES on schema shop.sales"),
    make_finding(RULES[0], 2, place=Place("sql/grants.sql", 3, 1, 3, len(GRANT) + 1, GRANT)),
    make_finding(RULES[0], 3, securable="shop.crm.notes", state="baseline", reason="in uc_guard.baseline.json"),
    make_finding(RULES[2], 4, privilege="SELECT", remedy="", message="order-bot never reads `shop.sales.returns`",
                 securable="shop.sales.returns"),
    make_finding(RULES[2], 5, privilege="SELECT", securable="shop.sales.items", state="exempt",
                 reason="asked for by sales until 2027-01-31 (owner: ann@example.com)"),
    make_finding(RULES[3], 6, principal=None, securable_type=None, securable=None, privilege=None, remedy="",
                 message="the file grants the same twice", place=Place("a b/[x].sql", 7)),
    make_finding(RULES[4], 7, principal=None, securable_type=None, securable=None, privilege=None,
                 message="the window is short", remedy="export more", state="ignored", reason="`ignore` has UCG901"),
)  # fmt: skip


def make_meta(findings=FINDINGS, rules=RULES, **more):
    """Build what a lint was of."""
    told = {"version": "1.2.3", "today": "2026-10-01", "inputs": ("sql", "exports"), "rules": rules,
            "counts": count_states(findings, fixed=2), "severities": count_severities(findings),
            "fixed": ("f" * 16, "e" * 16), "unjudged": (Unjudged("UCG902", "no workspace is at hand"),),
            "failed": ("2 findings are high or above",), "notes": ("`sql/odd.sql` is not UTF-8 and was skipped",),
            "creep": (Creep(None, 65.3, 26.4), Creep(ORDER, 78.8, 0.0)), **more}  # fmt: skip
    return LintMeta(**told)


@pytest.fixture(scope="session")
def lint():
    """Findings of every severity and state, and what was linted."""
    return FINDINGS, make_meta()


@pytest.fixture(scope="session")
def hostile_lint():
    """Findings in which every text that somebody outside chooses is an attack."""
    bad = HOSTILE + " [x](javascript:alert(1)) @everyone #1 | <img src=x onerror=alert(1)> ``` ]]> -->"
    more = {"principal": bad, "securable": bad, "securable_type": "TABLE", "privilege": "FLY", "message": bad,
            "remedy": f"REVOKE {bad}\n```\n{bad}", "reason": bad}  # fmt: skip
    findings = (
        make_finding(RULES[0], 1, **more, place=Place(f"{bad}.sql", 1, 1, 2, 3, f"{bad}\n{bad}")),
        make_finding(RULES[0], 2, **more),
        make_finding(RULES[1], 3, **more, state="exempt"),
    )
    creep = (Creep(None, 50.0), Creep(bad, 50.0))
    meta = make_meta(findings, inputs=(bad,), notes=(bad,), unjudged=(Unjudged("UCG902", bad),), failed=(bad,),
                     creep=creep)  # fmt: skip
    return findings, meta


@pytest.fixture(scope="session")
def lint_parts():
    """What tests make findings of their own with: rules, make_finding, make_meta."""
    return RULES, make_finding, make_meta


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium that is not allowed to go anywhere."""
    with chromium() as running:
        yield running
