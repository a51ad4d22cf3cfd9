"""What Terraform declares, in plans, states and files, and where."""

from __future__ import annotations

import json

import pytest

FILE = """# what the bot may do
resource "databricks_grants" "orders" {
  table = "Main.sales.orders" // all of it
  grant {
    principal  = "bot"
    privileges = ["SELECT", "MODIFY"]
  }
  grant {
    principal = "team" /* all
    of them */
    privileges = ["ALL_PRIVILEGES"]
  }
}

resource "databricks_grant" "cat" {
  catalog    = databricks_catalog.main.name
  principal  = var.who == "x" ? "a" : "b"
  privileges = [
    "USE_CATALOG", # a comment
    "USE_SCHEMA",
  ]
}

resource "databricks_schema" "s" {
  catalog_name = "main"
  name         = "s"
  owner        = "boss"
  comment      = <<-EOT
    resource "databricks_grant" "no" { catalog = "no" }
  EOT
}

resource "databricks_grants" "many" {
  schema = "main.${var.env}_s"
  dynamic "grant" {
    for_each = var.grants
    content {
      principal  = grant.value.principal
      privileges = grant.value.privileges
    }
  }
}
"""
ROWS = ["principal", "privilege", "securable_type", "securable", "verb", "authority", "is_resolved", "line"]


def test_a_file_declares_what_is_literal_in_it(declare, words):
    declared = declare(**{"main.tf": FILE})
    who = '${var.who == "x" ? "a" : "b"}'

    assert declared.grants.select(ROWS).rows() == [
        ("bot", "SELECT", "TABLE", "main.sales.orders", "grant", "securable", True, 6),
        ("bot", "MODIFY", "TABLE", "main.sales.orders", "grant", "securable", True, 6),
        ("team", "ALL_PRIVILEGES", "TABLE", "main.sales.orders", "grant", "securable", True, 11),
        (who, "USE_CATALOG", "CATALOG", "`${databricks_catalog.main.name}`", "grant", "principal", False, 19),
        (who, "USE_SCHEMA", "CATALOG", "`${databricks_catalog.main.name}`", "grant", "principal", False, 20),
        ("boss", "OWNER", "SCHEMA", "main.s", "owner", None, True, 27),
    ]
    assert words(declared.grants)[:2] == ['"SELECT"', '"MODIFY"']
    assert words(declared.grants)[-1] == '"boss"'
    assert [problem.reason for problem in declared.problems] == ["not-literal", "not-literal"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('resource "databricks_grant" "x" {\n', 1),
        ('resource "databricks_grant" "x" {}\n}\n', 2),
        ('x = "databricks_grant\n', 1),
        ('resource "databricks_grant" "x" {\n a = [\n}', 1),
        ('\nresource "databricks_grant" = 3\n', 2),
    ],
)
def test_a_file_that_is_broken_is_told_with_the_place(declare, text, line):
    problems = declare(**{"main.tf": text}).problems

    assert [(problem.reason, problem.place.line) for problem in problems] == [("not-hcl", line)]


def test_strings_within_what_a_string_interpolates_end_nothing(declare):
    text = (
        'resource "databricks_grant" "x" {\n  table = "a.${lookup({ k = "}" }, "k")}.c"\n'
        '  principal = "p\\"q"\n  privileges = ["SELECT"]\n}\n'
    )
    grants = declare(**{"main.tf": text}).grants

    assert grants.select("principal", "is_resolved", "line").rows() == [('p"q', False, 4)]


def grants(*pairs, **target):
    return {**target, "grant": [{"principal": who, "privileges": list(what)} for who, *what in pairs]}


def plan(before, after, unknown=None, kind="databricks_grants"):
    change = {"actions": ["update"], "before": before, "after": after, "after_unknown": unknown or {}}
    resource = {"address": "module.m.x.y", "mode": "managed", "type": kind, "name": "y", "change": change}
    return {"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": [resource]}


@pytest.mark.parametrize("indent", [None, 2])
def test_a_plan_grants_what_comes_after_and_revokes_what_went(declare, words, indent):
    before = grants(("bot", "SELECT", "MODIFY"), ("old", "SELECT"), table="a.b.c")
    after = grants(("bot", "SELECT"), ("new", "SELECT"), table="a.b.c")
    declared = declare(**{"plan.json": json.dumps(plan(before, after), indent=indent)})

    assert declared.grants.select(ROWS[:6]).rows() == [
        ("bot", "SELECT", "TABLE", "a.b.c", "grant", "securable"),
        ("new", "SELECT", "TABLE", "a.b.c", "grant", "securable"),
        ("bot", "MODIFY", "TABLE", "a.b.c", "revoke", None),
        ("old", "SELECT", "TABLE", "a.b.c", "revoke", None),
    ]
    assert set(words(declared.grants)) == {'"module.m.x.y"'}


def test_what_a_plan_does_not_know_yet_is_said_so(declare):
    after = {"privileges": ["USE_SCHEMA"], "principal": None, "schema": "a.b"}
    declared = declare(**{"plan.json": json.dumps(plan(None, after, {"principal": True}, "databricks_grant"))})

    assert declared.grants.select(ROWS[:7]).rows() == [
        ("(known after apply)", "USE_SCHEMA", "SCHEMA", "a.b", "grant", "principal", False)
    ]


def test_what_is_destroyed_is_revoked(declare):
    declared = declare(**{"plan.json": json.dumps(plan(grants(("x", "SELECT"), schema="a.b"), None))})

    assert declared.grants.select("principal", "verb").rows() == [("x", "revoke")]


def test_a_state_declares_what_it_holds_in_every_module(declare):
    owned = {"address": "databricks_catalog.c", "type": "databricks_catalog", "values": {"name": "c", "owner": "boss"}}
    inner = {
        "address": "databricks_grants.g",
        "type": "databricks_grants",
        "values": grants(("x", "BROWSE"), catalog="c"),
    }
    policy = {
        "address": "databricks_policy_info.p",
        "type": "databricks_policy_info",
        "values": {
            "on_securable_type": "CATALOG", "on_securable_fullname": "c", "to_principals": ["account users"],
            "except_principals": ["bot"],
        },
    }  # fmt: skip
    root = {"resources": [owned], "child_modules": [{"resources": [inner, policy]}]}
    state = {"format_version": "1.0", "values": {"root_module": root}}
    declared = declare(**{"state.json": json.dumps(state)})

    assert declared.grants.select("principal", "privilege", "securable", "verb").rows() == [
        ("boss", "OWNER", "c", "owner"), ("x", "BROWSE", "c", "grant"), ("account users", None, "c", "policy"),
        ("bot", None, "c", "exempt"),
    ]  # fmt: skip


def test_other_json_declares_nothing(declare):
    declared = declare(
        **{"package.json": '{"name": "databricks_grants"}', "x.json": "{", "p.json": '{"format_version":"1"'}
    )

    assert declared.grants.height == 0
    assert declared.problems == ()


def test_a_plan_that_is_cut_is_told(declare):
    problems = declare(**{"plan.json": '{"format_version": "1.2", "x": "databricks_grants", '}).problems

    assert [problem.reason for problem in problems] == ["not-json"]


MODULE = """
locals {
  env = "prod"
}
resource "databricks_catalog" "main" {
  name = "main_${local.env}"
}
resource "databricks_schema" "s" {
  catalog_name = databricks_catalog.main.name
  name         = "sales"
}
resource "databricks_schema" "many" {
  for_each     = toset(["a"])
  catalog_name = "x"
  name         = "y"
}
"""


@pytest.mark.parametrize(
    ("target", "name", "is_resolved"),
    [
        ("databricks_schema.s.id", "main_prod.sales", True),
        ('"${databricks_catalog.main.name}.sales"', "main_prod.sales", True),
        ("local.env", "prod", True),
        ("databricks_schema.many.id", "`${databricks_schema.many.id}`", False),
        ("var.schema", "`${var.schema}`", False),
        ('"${databricks_catalog.main.name}.${var.s}"', "main_prod.`${var.s}`", False),
    ],
)
def test_references_to_what_the_module_says_literally_are_what_it_says(declare, target, name, is_resolved):
    grant = (
        f'resource "databricks_grant" "x" {{\n  schema = {target}\n  principal = "p"\n  privileges = ["SELECT"]\n}}\n'
    )
    grants = declare(
        **{"m/names.tf": MODULE, "m/grants.tf": grant, "other/names.tf": "locals {\n schema = 1\n}\n"}
    ).grants

    assert grants.select("securable", "is_resolved").rows() == [(name, is_resolved)]


def test_terraform_in_json_declares_the_same(declare, words):
    resource = {"databricks_grants": {"x": {"table": "a.b.c", "grant": [{"principal": "p", "privileges": ["SELECT"]}]}},
                "databricks_schema": {"s": [{"catalog_name": "a", "name": "b", "owner": "${var.o}"}]}}  # fmt: skip
    declared = declare(**{"m.tf.json": json.dumps({"resource": resource}, indent=1)})

    assert declared.grants.select("principal", "securable", "verb", "authority", "is_resolved").rows() == [
        ("p", "a.b.c", "grant", "securable", True), ("${var.o}", "a.b", "owner", None, False),
    ]  # fmt: skip
    assert words(declared.grants) == ['"SELECT"', '"${var.o}"']
    assert [problem.reason for problem in declared.problems] == ["not-literal"]


def test_a_list_that_a_local_names_is_read_where_it_is_used(declare, words):
    files = {
        "locals.tf": 'locals {\n  reads = ["USE_SCHEMA", "SELECT"]\n}\n',
        "grants.tf": 'resource "databricks_grant" "x" {\n schema = "a"\n principal = "p"\n privileges = local.reads\n}',
    }
    declared = declare(**files)

    assert declared.grants.select("privilege", "line").rows() == [("USE_SCHEMA", 4), ("SELECT", 4)]
    assert words(declared.grants) == ["local.reads", "local.reads"]
    assert declared.problems == ()
