"""The truth itself: plain statements whose answer everybody can see, and a second opinion from Spark's optimiser."""

from __future__ import annotations

import pytest
from spark_session import Refused

pytestmark = [pytest.mark.spark, pytest.mark.filterwarnings("ignore::ResourceWarning")]

VIEWS = {"main.s.vw", "main.s.vj"}


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("SELECT a FROM t WHERE b = 1", {"main.s.t": "a b"}, {"main.s.t": "a b"}),
        ("SELECT count(*) FROM t", {"main.s.t": ""}, {"main.s.t": ""}),
        ("WITH q AS (SELECT a, b FROM t) SELECT a FROM q", {"main.s.t": "a"}, {"main.s.t": "a b"}),
        (
            "SELECT y FROM x JOIN u USING (a)",
            {"main.s.x": "a y", "main.s.u": "a"},
            {"main.s.x": "a y", "main.s.u": "a"},
        ),
        (
            "SELECT a FROM x WHERE EXISTS (SELECT * FROM dst WHERE k = y)",
            {"main.s.x": "a y", "main.s.dst": "k"},
            {"main.s.x": "a y", "main.s.dst": "a b c k"},
        ),
        ("SELECT cc FROM vw", {"main.s.vw": "cc"}, {"main.s.vw": "cc"}),
        ("UPDATE dst SET a = b WHERE c = 'x'", {"main.s.dst": "b c"}, {"main.s.dst": "b c"}),
        ("UPDATE dst SET a = 1", {}, {}),
        (
            "SELECT y FROM x UNION SELECT salary FROM emp",
            {"main.s.x": "y", "main.s.emp": "salary"},
            {"main.s.x": "y", "main.s.emp": "salary"},
        ),
    ],
)
def test_the_truth_of_a_plain_statement_is_what_anybody_would_say(oracle, text, least, most):
    truth = oracle.ask(text)
    assert {name: " ".join(sorted(columns)) for name, columns in truth.reads.items()} == least
    assert {name: " ".join(sorted(columns)) for name, columns in truth.referenced.items()} == most


def test_writes_and_functions_are_told_apart_from_reads(oracle):
    truth = oracle.ask("INSERT INTO dst (a) SELECT f(k) FROM u")
    assert (truth.writes, truth.functions, set(truth.reads)) == ({"main.s.dst"}, {"main.s.f"}, {"main.s.u"})


def test_what_spark_does_not_know_is_refused(oracle):
    with pytest.raises(Refused, match="UNRESOLVED_COLUMN"):
        oracle.ask("SELECT nowhere FROM t")


def test_every_case_is_accepted_by_spark(answers):
    assert [(case.place, answer.refusal) for case, answer in answers if answer.truth is None] == []


def test_what_contributes_is_referred_to(answers):
    for case, answer in answers:
        assert all(low <= answer.truth.referenced.get(name, set()) for name, low in answer.truth.reads.items()), case


def test_what_the_optimiser_scans_lies_within_what_the_text_refers_to(answers):
    beyond = []
    for case, answer in answers:
        truth = answer.truth
        if truth.scanned is not None and not VIEWS & set(truth.reads):
            beyond += [(case, n) for n, c in truth.scanned.items() if not c <= truth.referenced.get(n, frozenset())]
    assert beyond == []
