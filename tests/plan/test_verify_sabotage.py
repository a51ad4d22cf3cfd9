from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from uc_guard.model.plan import Held, Membership, MembershipChange

_SPEC = importlib.util.spec_from_file_location("verify_estate", Path(__file__).with_name("verify_estate.py"))
estate = sys.modules.setdefault("verify_estate", importlib.util.module_from_spec(_SPEC))
_SPEC.loader.exec_module(estate)
ALL, CUSTOMERS, GRANTS, PLAN = estate.ALL, estate.CUSTOMERS, estate.GRANTS, estate.PLAN
certified, codes, grant, inverse, judge = estate.certified, estate.codes, estate.grant, estate.inverse, estate.judge
proof, revoke, statements, witness, witnessed = (
    estate.proof,
    estate.revoke,
    estate.statements,
    estate.witness,
    estate.witnessed,
)


def _swapped(items, i, j):
    items[i], items[j] = items[j], items[i]
    return items


SABOTAGE = {
    "drops a grant": (statements(lambda s: s[1:]), {"C1"}),
    "drops the grant that closes a gap": (statements(lambda s: s[:3] + s[4:]), {"C1"}),
    "revokes before it grants": (statements(lambda s: s[1:] + s[:1]), {"C5"}),
    "hides a gap": (statements(lambda s: [replace(x, gap=False) for x in s]), {"C5"}),
    "lets a gap stand open": (statements(lambda s: _swapped(s, 3, 5)), {"C5"}),
    "closes a gap after a grant elsewhere": (statements(lambda s: [*s[1:3], s[0], *s[3:]]), {"C5"}),
    "calls a plain revoke a gap": (
        statements(lambda s: [s[1], replace(s[4], gap=True), s[0], s[2], s[3], s[5]]),
        {"C5"},
    ),
    "widens a grant to the schema": (
        statements(lambda s: [grant("bot2", "SELECT", "SCHEMA", "main.sales"), *s]),
        {"C3", "witness"},
    ),
    "grants what the subject never had": (
        statements(lambda s: [grant("bot1", "MODIFY", "TABLE", "main.sales.orders"), *s]),
        {"C3"},
    ),
    "grants MANAGE": (statements(lambda s: [grant("bot1", "MANAGE", "CATALOG", "main"), *s]), {"C3"}),
    "revokes a person's row": (statements(lambda s: [*s, revoke("ann", "SELECT", "SCHEMA", "main.hr")]), {"C2"}),
    "revokes from a group shared with people": (
        statements(lambda s: [*s, revoke("staff", "SELECT", "TABLE", "main.sales.items")]),
        {"C2", "held"},
    ),
    "grants to a group shared with people": (
        statements(lambda s: [grant("staff", "SELECT", "TABLE", "main.crm.customers"), *s]),
        {"C2"},
    ),
    "grants to everyone": (
        statements(lambda s: [grant("account users", "USE_CATALOG", "CATALOG", "main"), *s]),
        {"C2"},
    ),
    "revokes a needed USE CATALOG": (
        statements(lambda s: [*s, revoke("bot1", "USE_CATALOG", "CATALOG", "main")]),
        {"C1"},
    ),
    "revokes an unknown privilege": (statements(lambda s: [*s, revoke("bot1", "FLY", "CATALOG", "main")]), {"C4"}),
    "revokes what is not there": (
        statements(lambda s: [*s, revoke("bot1", "SELECT", "TABLE", "main.sales.items")]),
        {"statement"},
    ),
    "revokes an inherited privilege on the child": (
        statements(lambda s: [*s[:4], revoke("bot1", "SELECT", "TABLE", "main.sales.v"), *s[5:]]),
        {"statement"},
    ),
    "grants twice": (statements(lambda s: [s[0], *s]), {"statement"}),
    "goes to and fro": (statements(lambda s: [s[1], replace(s[1], verb="GRANT"), *s[:1], *s[1:]]), {"statement"}),
    "names no privilege": (statements(lambda s: [*s, replace(s[0], privileges=())]), {"statement"}),
    "mixes ALL PRIVILEGES with others": (
        statements(lambda s: [*s[:2], replace(s[2], privileges=(ALL, "SELECT")), *s[3:]]),
        {"statement"},
    ),
    "uses a strange verb": (statements(lambda s: [replace(s[0], verb="DENY"), *s[1:]]), {"statement"}),
    "grants what means nothing there": (
        statements(lambda s: [grant("bot1", "USE_CATALOG", "TABLE", "main.sales.orders"), *s]),
        {"statement"},
    ),
    "starts from another world": (replace(PLAN, baseline="0" * 32), {"baseline"}),
    "is of a newer format": (replace(PLAN, format=99), {"baseline"}),
    "claims a longer window": (replace(PLAN, since="2025-01-01T00:00:00+00:00"), {"baseline"}),
    "claims no window at all": (replace(PLAN, until="soon"), {"baseline", "certificate"}),
    "lists a subject twice": (replace(PLAN, subjects=("bot1", "bot1", "bot2")), {"baseline"}),
    "leaves a subject out": (replace(PLAN, subjects=("bot1",)), {"C2"}),
    "forgets a row in the inverse": (inverse(lambda s: s[1:]), {"inverse"}),
    "grants more in the inverse": (inverse(lambda s: [*s, grant("bot2", "SELECT", "CATALOG", "main")]), {"inverse"}),
    "grants and revokes more in the inverse": (
        inverse(lambda s: [*s, grant("bot2", "SELECT", "CATALOG", "x"), revoke("bot2", "SELECT", "CATALOG", "x")]),
        {"inverse"},
    ),
    "inverts the restored grant": (
        inverse(lambda s: [*s[:2], revoke("bot1", "SELECT", "TABLE", "main.crm.customers"), *s[2:]]),
        {"inverse"},
    ),
    "certifies nothing": (replace(PLAN, certificates=PLAN.certificates[1:]), {"certificate"}),
    "certifies what stays": (
        replace(PLAN, certificates=(*PLAN.certificates, proof(GRANTS[0], (1, 1)))),
        {"certificate"},
    ),
    "certifies twice": (replace(PLAN, certificates=(*PLAN.certificates, PLAN.certificates[0])), {"certificate"}),
    "lies about the reach": (certified(reach=2), {"certificate"}),
    "lies about the future": (certified(future=False), {"certificate"}),
    "lies about the needs": (certified(needed=0), {"certificate"}),
    "lies about the subjects": (certified(subjects=("bot1", "bot2")), {"certificate"}),
    "lies about the statements": (certified(statements=400), {"certificate"}),
    "lies about what is unseen": (certified(unseen=("SELECT",)), {"certificate"}),
    "grants without a witness": (replace(PLAN, witnesses=PLAN.witnesses[1:]), {"witness"}),
    "invents a need": (witnessed(privilege="MODIFY"), {"witness"}),
    "invents a statement": (witnessed(ids=("s99",)), {"witness"}),
    "makes a doubt a certainty": (
        replace(PLAN, witnesses=(PLAN.witnesses[0], replace(PLAN.witnesses[1], certainty="must"))),
        {"witness"},
    ),
    "calls a row's witness that does not give it": (witnessed(row=CUSTOMERS), {"witness"}),
    "calls a witness for a row that goes": (witnessed(row=GRANTS[3]), {"witness"}),
    "calls a witness that the row does not reach": (witnessed(subject="bot2"), {"witness"}),
    "revokes what it holds": (
        replace(PLAN, held=(*PLAN.held, Held("bot1", GRANTS[3], "grant-too-young", "made last week"))),
        {"held"},
    ),
    "takes from a subject that it holds": (
        replace(PLAN, held=(*PLAN.held, Held("bot2", None, "window-too-short", "3 days"))),
        {"held"},
    ),
    "ends a membership unasked": (
        replace(PLAN, memberships=(MembershipChange(Membership("staff", "bot1"), "because"),)),
        {"membership"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", SABOTAGE)
def test_a_plan_is_refused_that(kind):
    plan, expected = SABOTAGE[kind]
    verdict = judge(plan)
    assert not verdict.ok
    assert expected <= codes(verdict), verdict.broken


ANN = ("ann", "SELECT", "TABLE", "main.sales.items", "must", "used", 1)
ONE_FAULT = {
    "of another's need": (GRANTS[0], estate.NEEDS[5], "`bot2` is no subject that the row reaches"),
    "of a person's need": (GRANTS[9], ANN, "`ann` is no subject that the row reaches"),
    "for a row that goes": (GRANTS[3], estate.NEEDS[2], "has a witness, and does not stand afterwards"),
    "of another privilege": (GRANTS[0], estate.NEEDS[1], "does not give `USE SCHEMA` on `main.sales`"),
    "of another securable": (CUSTOMERS, estate.NEEDS[2], "does not give `SELECT` on `main.sales.orders`"),
    "of a certainty as a doubt": (GRANTS[0], (*estate.NEEDS[0][:4], "may", "used", 1), "its witness is `may`, `used`"),
}


@pytest.mark.parametrize("kind", ONE_FAULT)
def test_a_witness_with_one_fault_is_told_by_that_fault_alone(kind):
    row, need, said = ONE_FAULT[kind]
    plan = replace(PLAN, witnesses=(*PLAN.witnesses, witness(row, need)))
    (broken,) = judge(plan, need=[*estate.NEEDS, ANN]).broken
    assert broken.code == "witness"
    assert said in broken.sentence
