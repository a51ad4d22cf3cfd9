"""From facts to findings: who is told what, in which order, and what stays the same when files change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from uc_guard.judge.facts import TABLES, Facts
from uc_guard.judge.judge import judge
from uc_guard.model.finding import Rule

RULE = Rule(
    code="ORG001", name="our-rule", summary="s", severity="low", confidence="high", persona="owner", family="declared",
    subject="declared", when="declared", message="{principal} has {privilege} on {securable}", remedy="{revoke}",
)  # fmt: skip


def row(line, securable="shop.sales.orders", **more):
    return {
        "principal": "bot", "privilege": "SELECT", "securable_type": "TABLE", "securable": securable, "origin": "sql",
        "path": "a.sql", "line": line, "column": 7, "end_line": line, "end_column": 13, "source": "GRANT SELECT ...",
        "class": "read", "container": False, "declared": True, **more,
    }  # fmt: skip


def found(*rows, rule=RULE, names=None):
    frame = TABLES["declared"].frame(list(rows))
    return judge([rule], Facts({"declared": frame}, names=names or {})).findings


def test_a_finding_points_to_the_place_and_says_the_facts():
    (finding,) = found(row(3))
    assert (finding.place.path, finding.place.line, finding.place.column) == ("a.sql", 3, 7)
    assert finding.message == "bot has SELECT on shop.sales.orders"
    assert "REVOKE SELECT ON TABLE `shop`.`sales`.`orders` FROM `bot`" in finding.remedy


def test_a_fingerprint_stays_when_lines_move():
    (before,), (after,) = found(row(3)), found(row(30))
    assert before.fingerprint == after.fingerprint
    assert len(before.fingerprint) == 16


@pytest.mark.parametrize(
    "other",
    [{"securable": "shop.sales.refunds"}, {"path": "b.sql"}, {"principal": "cat"}, {"privilege": "MODIFY"}],
)
def test_a_fingerprint_tells_what_it_is_about(other):
    (one,), (two,) = found(row(3)), found({**row(3), **other})
    assert one.fingerprint != two.fingerprint


def test_the_same_complaint_twice_in_a_file_is_two_findings():
    one, two = found(row(3), row(9))
    assert one.fingerprint != two.fingerprint
    assert found(row(3))[0].fingerprint == one.fingerprint


def test_a_fingerprint_does_not_depend_on_the_order_of_facts():
    rows = [row(3), row(9), row(5, "shop.sales.refunds")]
    assert found(*rows) == found(*reversed(rows))


def test_the_gravest_come_first_then_by_code_and_place():
    high = replace(RULE, code="ORG002", severity="high")
    frame = TABLES["declared"].frame([row(9), row(3)])
    told = judge([RULE, high], Facts({"declared": frame})).findings
    assert [(f.rule.code, f.place.line) for f in told] == [("ORG002", 3), ("ORG002", 9), ("ORG001", 3), ("ORG001", 9)]


def test_a_name_cannot_leave_its_quotes_in_a_statement():
    hostile = replace(RULE, remedy="ALTER TABLE {securable:sql} OWNER TO {principal:sql}")
    (finding,) = found(row(3, securable="a.b.`c``; DROP`", principal="x` ; DROP"), rule=hostile)
    assert finding.remedy == "ALTER TABLE `a`.`b`.`c``; DROP` OWNER TO `x`` ; DROP`"


def test_a_privilege_that_is_no_word_becomes_no_statement():
    (finding,) = found(row(3, privilege="SELECT; DROP"))
    assert "DROP" not in finding.remedy


def test_people_are_called_by_their_names():
    (finding,) = found(row(3), names={"bot": "Sales bot"})
    assert finding.message.startswith("Sales bot has")
    assert finding.principal == "bot"


def test_a_rule_without_its_facts_is_told_as_not_judged():
    judged = judge([replace(RULE, subject="holding", when="usable")], Facts({}, {"holding": "no workspace"}))
    assert judged.findings == ()
    assert [(u.code, u.reason) for u in judged.unjudged] == [("ORG001", "no workspace")]
