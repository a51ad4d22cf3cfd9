"""What agents of MLflow say that they use, and where."""

from __future__ import annotations

RESOURCES = """api_version: '1'
databricks:
  table:
    - name: Main.sales.orders
  function:
    - name: main.tools.f
  vector_search_index:
    - name: main.docs.idx
  serving_endpoint:
    - name: llama
  uc_connection:
    - name: crm
  genie_space:
    - name: 01ef
      on_behalf_of_user: true
"""
ROWS = ["principal", "privilege", "securable_type", "securable", "verb", "line"]


def test_resources_are_what_an_agent_uses(declare, words):
    declared = declare(**{"resources.yaml": RESOURCES})

    assert declared.grants.select(ROWS).rows() == [
        (None, "SELECT", "TABLE", "main.sales.orders", "use", 4),
        (None, "EXECUTE", "FUNCTION", "main.tools.f", "use", 6),
        (None, "SELECT", "TABLE", "main.docs.idx", "use", 8),
        (None, "CAN_QUERY", "SERVING_ENDPOINT", "llama", "use", 10),
        (None, "USE_CONNECTION", "CONNECTION", "crm", "use", 12),
        ("${user}", "CAN_RUN", "GENIE_SPACE", "01ef", "use", 14),
    ]
    assert words(declared.grants)[0] == "Main.sales.orders"
    assert declared.problems == ()


def test_a_model_holds_them_under_a_key(declare):
    inner = RESOURCES.replace("\n", "\n    ")
    model = f"flavors: {{}}\nauth_policy:\n  system_auth_policy:\n   resources:\n    {inner}\n"

    assert declare(**{"m/MLmodel": model}).grants["line"].to_list() == [8, 10, 12, 14, 16, 18]


def test_they_are_those_of_the_agent_whose_manifest_is_nearest(declare):
    manifest = '[agent]\nprincipal = "bot"\npurpose = "x"\nowner = "y"\n'
    declared = declare(**{"a/agent.toml": manifest, "a/m/resources.yaml": RESOURCES, "b/resources.yaml": RESOURCES})

    assert declared.grants["principal"].to_list()[:5] == ["bot"] * 5
    assert declared.grants["principal"].to_list()[6:11] == [None] * 5


def test_a_resource_of_a_kind_that_is_not_known_is_told(declare):
    text = "api_version: '2'\ndatabricks:\n  tabel:\n    - name: x\n  table:\n    - nam: y\n"
    problems = declare(**{"resources.yaml": text}).problems

    assert [(problem.reason, problem.place.line) for problem in problems] == [
        ("wrong-value", 1), ("wrong-key", 3), ("missing-key", 6),
    ]  # fmt: skip


CODE = """import mlflow
from mlflow.models.resources import DatabricksFunction, DatabricksTable
INDEX = "main.docs.idx"
mlflow.pyfunc.log_model(resources=[
    DatabricksTable(table_name="Main.sales.orders"),
    resources.DatabricksFunction("main.tools.f"),
    DatabricksVectorSearchIndex(index_name=INDEX),
    DatabricksServingEndpoint(endpoint_name=os.environ["ENDPOINT"]),
])
"""


def test_resources_that_python_names_are_what_an_agent_uses(declare, words):
    declared = declare(**{"agent.py": CODE})

    assert declared.grants.select(ROWS).rows() == [
        (None, "SELECT", "TABLE", "main.sales.orders", "use", 5),
        (None, "EXECUTE", "FUNCTION", "main.tools.f", "use", 6),
        (None, "SELECT", "TABLE", "main.docs.idx", "use", 7),
    ]
    assert words(declared.grants) == ['"Main.sales.orders"', '"main.tools.f"', "INDEX"]
    assert [(problem.reason, problem.place.line) for problem in declared.problems] == [("not-literal", 8)]
