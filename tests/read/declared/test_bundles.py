"""What bundles of Databricks declare, and where."""

from __future__ import annotations

import pytest

BUNDLE = """bundle:
  name: sales
include:
  - resources/*.yml
permissions:
  - level: CAN_MANAGE
    group_name: admins
resources:
  schemas:
    raw:
      catalog_name: main
      name: Raw
      grants:
        - principal: bot
          privileges: [USE_SCHEMA, SELECT]
        - principal: ${var.team}
          privileges:
            - ALL_PRIVILEGES
  apps:
    chat:
      name: chat
      resources:
        - name: files
          uc_securable:
            securable_full_name: main.raw.files
            securable_type: VOLUME
            permission: READ_VOLUME
        - name: wh
          sql_warehouse: {id: "${var.warehouse}", permission: CAN_USE}
targets:
  prod:
    resources:
      volumes:
        v: {catalog_name: "${var.catalog}", schema_name: raw, name: v, grants: [{principal: bot, privileges: [READ_VOLUME]}]}
"""  # noqa: E501

APP = "${resources.apps.chat.service_principal_client_id}"
ROWS = ["principal", "privilege", "securable_type", "securable", "authority", "is_resolved", "line"]


def test_a_bundle_grants_on_what_it_deploys_and_to_its_apps(declare, words):
    declared = declare(**{"databricks.yml": BUNDLE})

    assert declared.grants.select(ROWS).rows() == [
        ("bot", "USE_SCHEMA", "SCHEMA", "main.raw", "securable", True, 15),
        ("bot", "SELECT", "SCHEMA", "main.raw", "securable", True, 15),
        ("${var.team}", "ALL_PRIVILEGES", "SCHEMA", "main.raw", "securable", False, 18),
        (APP, "READ_VOLUME", "VOLUME", "main.raw.files", None, False, 27),
        (APP, "CAN_USE", "SQL_WAREHOUSE", "${var.warehouse}", None, False, 29),
        ("admins", "CAN_MANAGE", "BUNDLE", "sales", None, True, 6),
        ("bot", "READ_VOLUME", "VOLUME", "`${var.catalog}`.raw.v", "securable", False, 34),
    ]
    assert words(declared.grants) == [
        "USE_SCHEMA", "SELECT", "ALL_PRIVILEGES", "READ_VOLUME", "CAN_USE", "CAN_MANAGE", "READ_VOLUME",
    ]  # fmt: skip
    assert declared.problems == ()


def test_a_file_that_a_bundle_includes_is_read_where_it_stands(declare):
    text = (
        "resources:\n  catalogs:\n    c:\n      name: c\n      grants:\n        - {principal: p, privileges: [SELECT]}"
    )

    assert declare(**{"resources/c.yml": text}).grants.select("securable", "line").rows() == [("c", 6)]


def test_values_that_yaml_shares_are_read_where_they_stand(declare, words):
    text = (
        "x: &all [SELECT]\nresources:\n  schemas:\n    s:\n      catalog_name: a\n      name: b\n"
        "      grants:\n        - principal: p\n          privileges: *all\n"
    )
    grants = declare(**{"databricks.yml": text}).grants

    assert grants.select("securable", "privilege", "line").rows() == [("a.b", "SELECT", 1)]
    assert words(grants) == ["SELECT"]


@pytest.mark.parametrize(
    ("grants", "reason", "line"),
    [
        ("[{principal: p}]", "wrong-value", 6),
        ("[{principal: p, privileges: [SELCT]}]", "unknown-privilege", 6),
        ("[{principal: p, privileges: [[x]]}]", "wrong-value", 6),
        ("[p", "not-yaml", 7),
    ],
)
def test_what_is_wrong_in_a_bundle_is_told(declare, grants, reason, line):
    text = f"resources:\n  schemas:\n    s:\n      catalog_name: a\n      name: b\n      grants: {grants}\n"
    problems = declare(**{"databricks.yml": text}).problems

    assert [(problem.reason, problem.place.line) for problem in problems] == [(reason, line)]


@pytest.mark.parametrize(
    "text",
    [
        "on: push\npermissions:\n  contents: read\njobs: {}\n",
        "kind: Role\nrules: [{grants: 1}]\n",
        "resources:\n  jobs:\n    j: {tasks: []}\n",
        "{{- if .Values.x }}\npermissions: [\n",
    ],
)
def test_other_yaml_declares_nothing(declare, text):
    declared = declare(**{"other.yml": text})

    assert declared.grants.height == 0
    assert declared.problems == ()


def test_deep_nesting_is_told(declare):
    problems = declare(**{"databricks.yml": "resources:\n  grants:\n    " + "- " * 5000}).problems

    assert [problem.reason for problem in problems] == ["too-deep"]
