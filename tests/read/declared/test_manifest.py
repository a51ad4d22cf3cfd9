"""What the manifest of an agent declares, and what is told of a wrong one."""

from __future__ import annotations

import pytest

from uc_guard.errors import BadInput

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


def test_every_problem_of_all_manifests_is_told_at_once(declare):
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
    with pytest.raises(BadInput) as error:
        declare(**{"x.agent.toml": text, "y/agent.toml": "[uses]\ntables = []\n"})

    assert [(problem.place, problem.found, problem.mend) for problem in error.value.problems] == [
        ("line 15, key `more`", "an unknown key", "known keys: agent, uses, statements"),
        ("line 2, key `agent.principle`", "an unknown key", "did you mean `principal`?"),
        ("line 3, key `agent.purpose`", '`""`', "correct the value"),
        ("line 4, key `agent.owner`", "`3`", "correct the value"),
        ("line 1, key `agent.principal`", "nothing", "add it"),
        ("line 7, key `uses.tabels`", "an unknown key", "did you mean `tables`?"),
        ("line 6, key `uses.tables`", '`"a.b"`', "write the full name, in quotes"),
        ("line 6, key `uses.tables`", "`4`", "write the full name, in quotes"),
        ("line 6, key `uses.tables`", '`"a..b"`', "write the full name, in quotes"),
        ("line 8, key `uses.functions`", '`"a.b.f"`', "correct the value"),
        ("line 9, key `statements`", "neither `sql` nor `file`", "add one"),
        ("line 10, key `statements`", "both `sql` and `file`", "leave one"),
        ("line 14, key `statements.file`", "no file `../outside.sql`", "correct the path"),
        ("line 1, key `agent`", "nothing", "add it"),
    ]


@pytest.mark.parametrize("text", ["[agent]\nprincipal = x\n", "agent = 3\n\n", "\n[agent]\n" + "a." * 200 + "b = 1\n"])
def test_a_manifest_that_is_none_is_refused(declare, text):
    with pytest.raises(BadInput):
        declare(**{"agent.toml": text})


def test_a_manifest_names_no_file_outside_of_what_is_read(declare, tmp_path):
    (tmp_path.parent / "secret.sql").write_text("SELECT 1")
    head = '[agent]\nprincipal="a"\npurpose="b"\nowner="c"\n'

    with pytest.raises(BadInput, match=r"no file `\.\./secret\.sql`"):
        declare(**{"agent.toml": f'{head}[[statements]]\nfile = "../secret.sql"\n'})
