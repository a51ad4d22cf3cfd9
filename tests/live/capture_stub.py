"""A few answers of a workspace, for tests that count requests: no server, only what `Rest` asks of its client."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pyarrow as pa

from uc_guard.errors import AccessDenied, NotThere, WorkspaceError
from uc_guard.workspace.connect import Workspace
from uc_guard.workspace.rest import Rest

UC = "/api/2.1/unity-catalog"
SCIM = "/api/2.0/preview/scim/v2"
AUDITOR = "aaaaaaaa-0000-4000-8000-000000000001"
AGENT = "bbbbbbbb-0000-4000-8000-000000000002"
TAKEN = datetime(2026, 11, 26, 12, tzinfo=UTC)
WINDOW = (TAKEN - timedelta(days=40), TAKEN)
DAY = timedelta(days=1)


class PermissionDenied(OSError):
    """As the SDK names it; like all of its errors, it says its status by its class only."""


class DatabricksError(OSError):
    """As the SDK names it."""


class NotFound(DatabricksError):
    """As the SDK names it."""


class InternalError(DatabricksError):
    """As the SDK names it."""


class Killed(BaseException):
    """The process ends here."""


def people(ids, key):
    return [{"id": str(n), key: name, "displayName": shown, "active": True} for n, name, shown in ids]


class Client:
    """Answers GET by path; every request is written down."""

    def __init__(self):
        self.asked = []
        self.lock = threading.Lock()
        self.denied = set()
        self.kill_at = None
        self.lists = {
            f"{UC}/catalogs": ("catalogs", [{"name": "main", "owner": "root@x.io", "catalog_type": "MANAGED_CATALOG",
                                            "options": {"password": "hunter2"}}]),
            f"{UC}/schemas": ("schemas", [{"name": "sales", "full_name": "main.sales", "owner": "root@x.io"}]),
            f"{UC}/tables": ("tables", [
                table("orders", columns=[
                    {"name": "id", "type_text": "bigint", "position": 0},
                    {"name": "Card", "type_text": "string", "position": 1,
                     "mask": {"function_name": "main.sales.hide", "using_column_names": ["id"]}},
                ], row_filter={"function_name": "main.sales.keep", "input_column_names": ["id"]}),
                table("people"),
                table("v", table_type="VIEW", view_definition="SELECT id FROM main.sales.orders"),
            ]),
            f"{UC}/functions": ("functions", [
                {"name": "hide", "full_name": "main.sales.hide", "owner": "root@x.io", "routine_body": "SQL",
                 "routine_definition": "'***'", "security_type": "DEFINER", "routine_dependencies": {}},
            ]),
            f"{UC}/volumes": ("volumes", [{"name": "files", "volume_type": "MANAGED", "owner": "root@x.io"}]),
            f"{UC}/models": ("registered_models", [{"name": "churn", "owner": "root@x.io"}]),
            f"{UC}/external-locations": ("external_locations", []),
            f"{UC}/storage-credentials": ("storage_credentials", []),
            f"{UC}/credentials": ("credentials", []),
            f"{UC}/connections": ("connections", [{"name": "crm", "owner": "root@x.io", "connection_type": "HTTP",
                                                  "options": {"bearer_token": "hunter2"}}]),
            f"{UC}/shares": ("shares", [{"name": "out", "owner": "root@x.io"}]),
            f"{UC}/shares/out/permissions": (
                "privilege_assignments", [{"principal": "acme", "privileges": ["SELECT"]}],
            ),
            "/api/2.0/clean-rooms": ("clean_rooms", []),
            "/api/2.0/lineage-tracking/external-metadata": ("external_metadata", []),
            f"{SCIM}/Users": ("Resources", people([(1, "root@x.io", "Root")], "userName")),
            f"{SCIM}/ServicePrincipals": ("Resources", people([(2, AGENT, "agent"), (3, AUDITOR, "auditor")],
                                                              "applicationId")),
            f"{SCIM}/Groups": ("Resources", [{"id": "9", "displayName": "bots",
                                              "members": [{"value": "2", "$ref": "ServicePrincipals/2"}]}]),
        }  # fmt: skip
        self.objects = {
            f"{UC}/metastore_summary": {"metastore_id": "m-1", "owner": "root@x.io", "name": "metastore"},
            f"{SCIM}/Me": {"userName": AUDITOR, "groups": []},
            f"{UC}/tables/main.sales.v": {
                "view_dependencies": {"dependencies": [{"table": {"table_full_name": "main.sales.orders"}}]}
            },
        }
        self.grants = {
            ("metastore", "m-1"): {AUDITOR: ["READ_METADATA"]},
            ("catalog", "main"): {"bots": ["USE_CATALOG"], AGENT: ["USE_SCHEMA"]},
            ("schema", "main.sales"): {},
            ("table", "main.sales.orders"): {AGENT: ["SELECT", "MODIFY"]},
            ("table", "main.sales.people"): {AGENT: ["SELECT"], "": ["SELECT"]},
            ("table", "main.sales.v"): {AGENT: ["TELEPORT"]},
        }

    def do(self, method, path, *, query=None, headers=None, body=None):  # noqa: PLR0911 - one a kind of answer
        del headers, body
        with self.lock:
            self.asked.append((method, path, dict(query or {})))
            if self.kill_at is not None and len(self.asked) > self.kill_at:
                raise Killed
        if any(re.fullmatch(pattern, path) for pattern in self.denied):
            raise PermissionDenied("you may not")
        if path in self.objects:
            return self.objects[path]
        if path in self.lists:
            key, rows = self.lists[path]
            if key == "Resources":
                return {key: rows[int(query["startIndex"]) - 1 :]}
            return {key: rows}
        kind = re.fullmatch(rf"{UC}/permissions/(\w+)/(.*)", path)
        if kind:
            rows = self.grants.get((kind[1], unquote(kind[2])), {})
            return {"privilege_assignments": [{"principal": who, "privileges": words} for who, words in rows.items()]}
        if path.startswith(f"{UC}/policies/"):
            return {"policies": []}
        if path.startswith(f"{UC}/entity-tag-assignments/"):
            return {"tag_assignments": []}
        if path == "/api/2.0/sql/history/queries":
            return {"res": []}
        raise NotFound(f"no such endpoint: {path}")

    def paths(self, pattern=""):
        return [path for _, path, _ in self.asked if re.search(pattern, path)]


def table(name, **more):
    own = {"catalog_name": "main", "schema_name": "sales", "name": name, "full_name": f"main.sales.{name}"}
    return {**own, "table_type": "MANAGED", "owner": "root@x.io", "properties": {"secret": "hunter2"}, **more}


class Sql:
    """Answers the queries of a capture from rows in memory; every query is written down."""

    def __init__(self, rows=None):
        self.rows = rows if rows is not None else {"system.query.history": statements(WINDOW[0], 40)}
        self.asked = []
        self.lock = threading.Lock()
        self.missing = set()
        self.denied = set()
        self.lacking = set()

    def batches(self, sql, parameters):
        with self.lock:
            self.asked.append((sql, dict(parameters)))
        name = re.search(r"FROM (\S+)", sql)[1]
        if name in self.denied:
            raise AccessDenied(sql[:80], "[INSUFFICIENT_PERMISSIONS] no", "ask")
        if name in self.missing:
            raise NotThere(sql[:80], "[TABLE_OR_VIEW_NOT_FOUND] no", "ask")
        columns = re.search(r"SELECT (.*?) FROM", sql)[1]
        for column in self.lacking:
            if re.search(rf"\b{column}\b", columns):
                raise WorkspaceError(
                    sql[:80], f"[UNRESOLVED_COLUMN.WITH_SUGGESTION] `{column}` cannot be resolved", "-"
                )
        rows = self.rows.get(name, [])
        at = "start_time" if "start_time" in sql else "event_time"
        if "since" in parameters:
            rows = [row for row in rows if parameters["since"] <= row[at] < parameters["until"]]
        if "count(*)" in sql:
            days = {}
            for row in rows:
                days[row[at].date()] = days.get(row[at].date(), 0) + 1
            rows = [{"day": day, "n": n} for day, n in days.items()]
        elif rows:
            rows = [{c.strip(): row.get(c.strip()) for c in columns.split(",")} for row in rows]
        if rows:
            yield pa.Table.from_pylist(rows)

    def reads(self, name="system.query.history"):
        return [parameters for sql, parameters in self.asked if f"FROM {name} " in sql and "count(*)" not in sql]


def statements(start, days, text="SELECT id FROM main.sales.orders", by=AGENT):
    return [statement(f"s{n}", start + DAY * n, text, by) for n in range(days)]


def statement(name, at, text="SELECT id FROM main.sales.orders", by=AGENT):
    return {
        "statement_id": name, "executed_by": by, "executed_as": by, "execution_status": "FINISHED",
        "statement_text": text, "start_time": at, "update_time": at, "session_id": None, "statement_type": "SELECT",
        "error_message": None, "compute": {"type": "WAREHOUSE", "warehouse_id": "w"}, "client_application": "app",
        "query_parameters": None,
    }  # fmt: skip


def workspace_of(client=None, sql=None, **more):
    client = client or Client()
    rest = Rest(client, secrets=("dapi0123456789",), sleep=lambda _: None)
    own = {"account": None, "account_id": "", "me": AUDITOR, "my_names": (AUDITOR,), **more}
    return Workspace(host="https://x.cloud", rest=rest, queries=sql, **own)
