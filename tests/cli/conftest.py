"""A small workspace to run commands on, and the command line in this process and in one of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from uc_guard import cli

AGENT = "11111111-aaaa-4bbb-8ccc-000000000001"
FILES = {
    "query_history.csv": """statement_id,session_id,executed_by,executed_as,execution_status,statement_text,start_time
q1,s1,{agent},{agent},FINISHED,SELECT sum(amount) FROM shop.sales.orders,2026-09-01T08:00:00Z
q2,s2,{agent},{agent},FINISHED,SELECT sum(amount) FROM shop.sales.orders,2026-09-29T08:00:00Z
""",
    "catalogs.csv": "catalog_name,catalog_owner\nshop,ann@shop.example\n",
    "schemata.csv": "catalog_name,schema_name,schema_owner\nshop,sales,ann@shop.example\n",
    "tables.csv": """table_catalog,table_schema,table_name,table_type,table_owner
shop,sales,orders,MANAGED,ann@shop.example
shop,sales,customers,MANAGED,ann@shop.example
""",
    "columns.csv": """table_catalog,table_schema,table_name,column_name,ordinal_position,full_data_type
shop,sales,orders,id,0,int
shop,sales,orders,amount,1,"decimal(10,2)"
shop,sales,customers,email,0,string
""",
    "catalog_privileges.csv": "grantee,catalog_name,privilege_type,inherited_from\n{agent},shop,USE_CATALOG,NONE\n",
    "schema_privileges.csv": """grantee,catalog_name,schema_name,privilege_type,inherited_from
{agent},shop,sales,USE_SCHEMA,NONE
{agent},shop,sales,SELECT,NONE
""",
    "service_principals.json": '[{{"id": "7", "applicationId": "{agent}", "displayName": "sales-bot"}}]',
    "users.json": '[{{"id": "8", "userName": "ann@shop.example", "displayName": "Ann", "active": true}}]',
    "groups.json": "[]",
    "table_lineage.csv": "event_time,source_table_full_name,target_table_full_name,created_by,statement_id\n",
}


@pytest.fixture(scope="session")
def agent():
    return AGENT


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """Exports of a workspace with one agent that holds SELECT on a schema and reads one table of it."""
    monkeypatch.chdir(tmp_path)
    return _shop_in(tmp_path)


@pytest.fixture(scope="session")
def shop_plan(tmp_path_factory):
    """The plan of the shop, as text."""
    home = tmp_path_factory.mktemp("planned")
    assert _run("plan", _shop_in(home), "-o", home / "plan.json").exit_code == 1
    return (home / "plan.json").read_text()


def _shop_in(home):
    folder = home / "shop"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text.format(agent=AGENT), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def run():
    return _run


def _run(*words):
    """Run a command in this process; whatever happens, nobody sees a traceback."""
    result = CliRunner().invoke(cli.app, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


@pytest.fixture(scope="session")
def spawned():
    return _spawned


def _spawned(*words, **env):
    command = [shutil.which("uc-guard", path=str(Path(sys.executable).parent)) or "uc-guard", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **env}, check=False)  # noqa: S603 - our own command
