"""A small estate: three agents that hold too much, people beside them, sixty days of what they did."""

from __future__ import annotations

import datetime as dt
import random

from fake_world import METASTORE, NOW, World, statement

from uc_guard.model.privilege import EVERYONE

AUDITOR = "auditor"
COPILOT, FORECASTER, SUPPORT = (f"{n}{n}{n}{n}0000-0000-4000-8000-00000000000{n}" for n in "123")
WATCHER = "99990000-0000-4000-8000-000000000009"
TOKEN = "token-of-auditor"


def estate(seed=0, days=60):
    """The estate. The auditor reads everything and manages the two catalogs of the shop."""
    world = World()
    world.tokens["token-of-admin"] = world.admin
    for catalog, schemas in {"shop": ("sales", "hr", "ops"), "lab": ("try",)}.items():
        world.add("CATALOG", catalog, "data-owners")
        for schema in schemas:
            world.add("SCHEMA", f"{catalog}.{schema}", "data-owners")
    columns = {"id": "bigint", "name": "string", "amount": "decimal(10,2)"}
    for name in ("shop.sales.orders", "shop.sales.items", "shop.sales.returns", "shop.hr.pay", "shop.hr.people",
                 "shop.ops.stock", "lab.try.runs"):  # fmt: skip
        world.add_table(name, "data-owners", columns)
    world.info["TABLE", "shop.hr.people"]["masks"] = {
        "name": {"function_name": "shop.hr.hide", "using_column_names": []}
    }
    world.add_table("shop.sales.big", "data-owners", {"id": "bigint"}, kind="VIEW", reads=("shop.sales.orders",),
                    view_definition="SELECT id FROM shop.sales.orders WHERE amount > 100")  # fmt: skip
    world.add("FUNCTION", "shop.hr.hide", "data-owners", routine_definition="'***'", reads=())
    world.add("FUNCTION", "shop.ops.model", "data-owners")
    world.info["FUNCTION", "shop.ops.model"]["kind"] = "MODEL"
    world.add("VOLUME", "shop.ops.files", "data-owners", storage_location="s3://b/files")
    world.add("EXTERNAL_LOCATION", "landing", world.admin, url="s3://b/landing")
    world.add("CONNECTION", "crm", world.admin)
    world.add("STORAGE_CREDENTIAL", "store", world.admin)
    _system(world)
    _people(world)
    _grants(world)
    _log(world, random.Random(seed), days)  # noqa: S311 - no secret
    return world


def _system(world):
    world.add("CATALOG", "system", world.admin)
    for schema in ("query", "access", "information_schema"):
        world.add("SCHEMA", f"system.{schema}", world.admin)
    for name in ("query.history", "access.audit", "access.table_lineage", "access.column_lineage"):
        world.add_table(f"system.{name}", world.admin, {"event_time": "timestamp"})
    for what in ("catalog", "schema", "table", "column", "volume"):
        world.add_table(f"system.information_schema.{what}_tags", world.admin, {"tag_name": "string"})
    world.system["information_schema.column_tags"] = [
        {
            "catalog_name": "shop",
            "schema_name": "hr",
            "table_name": "pay",
            "column_name": "amount",
            "tag_name": "pii",
            "tag_value": "",
        }
    ]


def _people(world):
    for login in ("ann@firm.test", "bob@firm.test", "gone@firm.test"):
        world.add_user(login)
    for who, display in ((COPILOT, "copilot"), (FORECASTER, "forecaster"), (SUPPORT, "support"), (WATCHER, AUDITOR)):
        world.add_agent(who, display)
    world.add_group("data-owners", ("ann@firm.test",))
    world.add_group("agents", (COPILOT, FORECASTER))
    world.add_group("admins", (WATCHER, COPILOT), local=True)
    world.add_group("users", (COPILOT, FORECASTER, SUPPORT), local=True)
    world.add_group("everybody-at-sales", ("agents", "bob@firm.test"))


def _grants(world):
    shop, sales, hr, ops = ("CATALOG", "shop"), ("SCHEMA", "shop.sales"), ("SCHEMA", "shop.hr"), ("SCHEMA", "shop.ops")
    world.grant("everybody-at-sales", "USE_CATALOG", shop)
    world.grant("everybody-at-sales", ("USE_SCHEMA", "SELECT"), sales)
    world.grant("agents", ("USE_SCHEMA", "SELECT", "MODIFY"), ops)
    world.grant(COPILOT, ("USE_CATALOG", "USE_SCHEMA", "SELECT"), shop)
    world.grant(COPILOT, "SELECT", ("TABLE", "shop.hr.pay"))
    world.grant(COPILOT, "TELEPORT", ("TABLE", "shop.sales.orders"))
    world.grant(FORECASTER, ("ALL_PRIVILEGES", "SELECT"), ops)
    world.grant(FORECASTER, ("USE_CATALOG", "USE_SCHEMA", "SELECT"), ("CATALOG", "lab"))
    world.grant(SUPPORT, ("USE_CATALOG", "USE_SCHEMA"), shop)
    world.grant(SUPPORT, ("SELECT", "MODIFY"), hr)
    world.grant(SUPPORT, "READ_VOLUME", ("VOLUME", "shop.ops.files"))
    world.grant("bob@firm.test", ("USE_SCHEMA", "SELECT"), hr)
    world.grant("gone@firm.test", "SELECT", sales)
    world.grant(EVERYONE, "BROWSE", shop)
    world.delete_principal("gone@firm.test")
    world.grant(WATCHER, "READ_METADATA", METASTORE)
    world.grant(WATCHER, "MANAGE", shop)
    world.grant(WATCHER, "MANAGE", ("CATALOG", "lab"))
    world.grant(WATCHER, "USE_CATALOG", ("CATALOG", "system"))
    for schema in ("query", "access", "information_schema"):
        world.grant(WATCHER, ("USE_SCHEMA", "SELECT"), ("SCHEMA", f"system.{schema}"))


DID = {
    COPILOT: ("SELECT id, amount FROM shop.sales.orders WHERE id = {n}", "SELECT name FROM shop.hr.people"),
    FORECASTER: ("SELECT id FROM shop.ops.stock WHERE amount > {n}", "SELECT id FROM shop.sales.big"),
    SUPPORT: (
        "SELECT id, name FROM shop.hr.people WHERE id = {n}",
        "UPDATE shop.hr.people SET name = 'x{n}' WHERE id = {n}",
    ),
}


def _log(world, rng, days):
    rows, lineage = [], []
    for day in range(days, 0, -1):
        for who, texts in DID.items():
            for k, text in enumerate(texts):
                at = NOW - dt.timedelta(days=day) + dt.timedelta(minutes=rng.randrange(1000))
                id_ = f"01f0{len(rows):08x}"
                rows.append(statement(id_, who, text.format(n=rng.randrange(1000)), at, session=f"s{day}{k}"))
    world.system["query.history"] = rows
    world.system["access.table_lineage"] = lineage
    world.system["access.audit"] = [
        {"event_id": f"e{n}", "service_name": "unityCatalog", "action_name": "generateTemporaryVolumeCredential",
         "event_time": NOW - dt.timedelta(days=n + 1), "user_identity": {"email": SUPPORT, "subject_name": None},
         "identity_metadata": {"run_by": SUPPORT, "run_as": SUPPORT},
         "request_params": [("volume_full_name", "shop.ops.files"), ("operation", "READ_VOLUME"),
                            ("secret", "hunter2-secret")],
         "response": {"status_code": 200, "error_message": None, "result": "hunter2-secret"}}
        for n in range(5)
    ]  # fmt: skip
