"""What the manifest of an agent declares, and what is told of a wrong one."""

from __future__ import annotations

import pytest

MANIFEST = '''[agent]
principal = "sales-copilot"
purpose = "Answers questions about orders"
owner = "team-sales@corp.com"
catalog = "main"

[uses]
tables = [
  "main.sales.orders",
  "Main.Sales.`Order Lines`",
]
columns = ["main.sales.customers.name"]
functions = ["main.tools.lookup"]
connections = ["crm"]

[[statements]]
sql = "SELECT amount FROM main.sales.orders"

[[statements]]
sql = """
SELECT 1;
SELECT ';' FROM sales.orders
"""
schema = "sales"

[[statements]]
file = "queries/*.sql"
'''


@pytest.fixture
def declared(declare):
    files = {
        "agent.toml": MANIFEST,
        "queries/a.sql": "-- about\nSELECT a\nFROM main.s.t;\n\n;",
        "other.sql": "SELECT 1",
    }
    return declare(**files)


def test_an_agent_is_known_by_its_principal_purpose_and_owner(declared):
    [agent] = declared.agents

    assert (agent.principal, agent.purpose) == ("sales-copilot", "Answers questions about orders")
    assert (agent.owner, agent.place.line, agent.place.column) == ("team-sales@corp.com", 2, 13)


def test_what_an_agent_may_use_is_a_row_that_points_to_its_name(declared, words):
    grants = declared.grants

    assert grants.select("privilege", "securable_type", "securable", "on_column", "line", "verb").rows() == [
        ("SELECT", "TABLE", "main.sales.orders", None, 9, "use"),
        ("SELECT", "TABLE", "main.sales.order lines", None, 10, "use"),
        ("SELECT", "TABLE", "main.sales.customers", "name", 12, "use"),
        ("EXECUTE", "FUNCTION", "main.tools.lookup", None, 13, "use"),
        ("USE_CONNECTION", "CONNECTION", "crm", None, 14, "use"),
    ]
    assert set(grants["principal"]) == {"sales-copilot"}
    assert words(grants)[0] == '"main.sales.orders"'


def test_every_statement_of_an_agent_has_its_place(declared):
    at = [(s.text, s.place.path.rsplit("/", 1)[1], s.place.line, s.place.end_line) for s in declared.statements]

    assert at == [
        ("SELECT amount FROM main.sales.orders", "agent.toml", 17, 17),
        ("SELECT 1", "agent.toml", 21, 21),
        ("SELECT ';' FROM sales.orders", "agent.toml", 22, 22),
        ("-- about\nSELECT a\nFROM main.s.t", "a.sql", 1, 3),
    ]
    assert [(s.catalog, s.schema) for s in declared.statements] == [
        ("main", None), ("main", "sales"), ("main", "sales"), ("main", None),
    ]  # fmt: skip


def test_a_right_manifest_has_no_problems(declared):
    assert declared.problems == ()


def test_every_problem_of_a_manifest_is_told_at_once(declare):
    text = """[agent]
principle = "x"
purpose = ""
owner = 3
[uses]
tables = ["a.b", 4, "a..b"]
tabels = []
functions = "a.b.f"
[[statements]]
[[statements]]
sql = "SELECT 1"
file = "x.sql"
[[statements]]
file = "../outside.sql"
[more]
"""
    problems = declare(**{"x.agent.toml": text}).problems

    assert [(problem.reason, problem.place.line) for problem in problems] == [
        ("wrong-key", 15), ("wrong-key", 2), ("wrong-value", 3), ("wrong-value", 4), ("missing-key", 1),
        ("wrong-key", 7), ("wrong-value", 6), ("wrong-value", 6), ("wrong-value", 6), ("wrong-value", 8),
        ("missing-key", 9), ("wrong-key", 10), ("missing-file", 14),
    ]  # fmt: skip
    assert problems[1].message == "no key `agent.principle` is known; did you mean `principal`?"
    assert "known keys: agent, uses, statements" in problems[0].message


def test_a_manifest_that_is_no_toml_is_told_with_the_place(declare):
    problems = declare(**{"agent.toml": "[agent]\nprincipal = x\n"}).problems

    assert [(problem.reason, problem.place.line) for problem in problems] == [("not-toml", 2)]


def test_a_manifest_names_no_file_outside_of_what_is_read(declare, tmp_path):
    (tmp_path.parent / "secret.sql").write_text("SELECT 1")
    problems = declare(**{"agent.toml": '[agent]\nprincipal="a"\npurpose="b"\nowner="c"\n[[statements]]\n'
                                        'file = "../secret.sql"\n'}).problems  # fmt: skip

    assert [problem.reason for problem in problems] == ["missing-file"]
