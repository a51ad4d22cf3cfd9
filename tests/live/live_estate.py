"""A small company: two catalogs, agents that hold too much, people beside them, and sixty days of what they did."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from live_denials import attempt, first_missing
from live_estate_logs import write_logs
from live_world import NOW, World

from uc_guard.model.privilege import PRIVILEGES

ORDER, SUPPORT, FORECAST = (f"{n * 8}-0000-4000-8000-{n * 12}" for n in "123")
AUDITOR, STEWARD = (f"{n * 8}-0000-4000-8000-{n * 12}" for n in "ae")
ANN, BOB, ADA = (f"{name}@shop.example" for name in ("ann", "bob", "ada"))
GONE = "zoe@shop.example"
AGENTS = {ORDER: "order-bot", SUPPORT: "support-bot", FORECAST: "forecast-bot"}
TOKENS = {"auditor": AUDITOR, "steward": STEWARD, "admin": ADA, "ann": ANN, "order": ORDER}
DAYS = 60

TABLES = {
    "shop.sales.orders": {"id": "bigint", "day": "date", "amount": "decimal(10,2)"},
    "shop.sales.items": {"id": "bigint", "order_id": "bigint", "pieces": "int"},
    "shop.sales.returns": {"id": "bigint", "reason": "string"},
    "shop.sales.prices": {"id": "bigint", "price": "decimal(10,2)"},
    "shop.crm.people": {"id": "bigint", "name": "string", "phone": "string", "city": "string"},
    "shop.crm.tickets": {"id": "bigint", "body": "string", "state": "string"},
    "shop.crm.notes": {"id": "bigint", "body": "string"},
    "lab.play.features": {"id": "bigint", "value": "double"},
    "lab.play.scores": {"id": "bigint", "score": "double"},
    "lab.play.scratch": {"id": "bigint"},
}
GRANTS = (
    (ORDER, "USE_CATALOG", "CATALOG", "shop"),
    (ORDER, "ALL_PRIVILEGES", "SCHEMA", "shop.sales"),
    (ORDER, "SELECT", "TABLE", "shop.sales.orders"),
    (ORDER, "MANAGE", "TABLE", "shop.sales.prices"),
    ("support staff", "USE_CATALOG", "CATALOG", "shop"),
    ("support staff", "USE_SCHEMA", "CATALOG", "shop"),
    (SUPPORT, "SELECT", "CATALOG", "shop"),
    (SUPPORT, "MODIFY", "CATALOG", "shop"),
    (SUPPORT, "READ_VOLUME", "VOLUME", "shop.sales.files"),
    ("data science", "ALL_PRIVILEGES", "CATALOG", "lab"),
    (FORECAST, "USE_CATALOG", "CATALOG", "shop"),
    (FORECAST, "USE_SCHEMA", "SCHEMA", "shop.sales"),
    (FORECAST, "SELECT", "TABLE", "shop.sales.orders"),
    (FORECAST, "SELECT", "TABLE", "shop.sales.items"),
    (FORECAST, "FLY", "TABLE", "shop.sales.prices"),
    (FORECAST, "EXECUTE", "FUNCTION", "lab.play.churn"),
    ("analysts", "USE_CATALOG", "CATALOG", "shop"),
    ("analysts", "USE_SCHEMA", "SCHEMA", "shop.sales"),
    ("analysts", "SELECT", "SCHEMA", "shop.sales"),
    ("account users", "BROWSE", "CATALOG", "shop"),
    (GONE, "SELECT", "TABLE", "shop.crm.people"),
    (AUDITOR, "READ_METADATA", "METASTORE", ""),
    (AUDITOR, "USE_CATALOG", "CATALOG", "system"),
    *((AUDITOR, "USE_SCHEMA", "SCHEMA", f"system.{one}") for one in ("access", "information_schema", "query")),
    *((AUDITOR, "SELECT", "SCHEMA", f"system.{one}") for one in ("access", "information_schema", "query")),
    *((STEWARD, "MANAGE", "CATALOG", one) for one in ("shop", "lab")),
    *((STEWARD, *row) for row in (("USE_CATALOG", "CATALOG", "system"), ("USE_SCHEMA", "CATALOG", "system"))),
    (STEWARD, "SELECT", "CATALOG", "system"),
)


def estate(seed=0, agents=3):
    """Make the estate. `world.needs` is what the agents' statements of the log need: (who, privilege, TYPE, name).

    The same seed gives the same world. Agents beyond the third are of one kind: they may read all of shop.sales, and
    read a part of it.
    """
    chance = Random(seed)  # noqa: S311 - no secret
    world = World(clock=NOW)
    _people(world, agents)
    _securables(world)
    for row in GRANTS:
        if row[0] not in AGENTS or row[0] in world.principals:
            world.grant(*row)
    for agent in _more(agents):
        world.grant(agent, "USE_CATALOG", "CATALOG", "shop")
        world.grant(agent, "USE_SCHEMA", "SCHEMA", "shop.sales")
        world.grant(agent, chance.choice(("SELECT", "ALL_PRIVILEGES")), "SCHEMA", "shop.sales")
    world.delete_principal(GONE)
    world.needs = set()
    write_logs(world, chance, [*list(AGENTS)[:agents], *_more(agents)], DAYS)
    _check(world)
    _denials(world)
    return world


def _more(agents):
    return [f"{n:08d}-0000-4000-8000-{n:012d}" for n in range(4, agents + 1)]


def _people(world, agents):
    for user in (ANN, BOB, ADA, GONE):
        world.add_user(user)
    for agent, name in list(AGENTS.items())[:agents]:
        world.add_service_principal(agent, name)
    for agent in _more(agents):
        world.add_service_principal(agent, f"bot-{int(agent[:8])}")
    world.add_service_principal(AUDITOR, "uc-guard auditor")
    world.add_service_principal(STEWARD, "uc-guard steward")
    there = set(world.principals)
    world.add_group("robots", [one for one in (FORECAST, SUPPORT) if one in there])
    world.add_group("data science", ["robots", ANN])
    world.add_group("support staff", ["robots", BOB])
    world.add_group("analysts", [ANN, *([ORDER] if ORDER in there else [])])
    world.add_group("old workspace group", [BOB], account=False)
    world.members.add(("metastore admins", ADA))
    world.account_admins.add(ADA)
    world.workspace_admins |= {ADA, AUDITOR, STEWARD}
    world.tokens |= {f"{name}-token": one for name, one in TOKENS.items() if one in there}


def _securables(world):
    owner = ADA
    for catalog in ("shop", "lab"):
        world.add_catalog(catalog, owner)
    for schema in ("shop.sales", "shop.crm", "lab.play"):
        world.add_schema(schema, owner)
    world.add_function("shop.crm.hide", owner, "'***'")
    world.add_function("shop.crm.mine", owner, "is_account_group_member('support staff')")
    guards = {"row_filter": ("shop.crm.mine", ["city"]), "masks": {"phone": "shop.crm.hide"}}
    for name, columns in TABLES.items():
        world.add_table(name, owner, columns, **(guards if name == "shop.crm.people" else {}))
    text = "SELECT day, sum(amount) AS amount FROM shop.sales.orders GROUP BY day"
    columns = {"day": "date", "amount": "decimal(20,2)"}
    world.add_table("shop.sales.daily", owner, columns, "VIEW", text, ["shop.sales.orders"])
    reads = [("TABLE", "lab.play.scratch")]
    world.add_function("lab.play.score", owner, "x + (SELECT count(*) FROM lab.play.scratch)", reads)
    world.add_model("lab.play.churn", owner)
    world.add_volume("shop.sales.files", owner)
    world.add_external_location("landing", owner, "s3://shop-landing/raw")
    world.add_credential("landing key", owner)
    world.add_connection("crm", owner)
    for column in ("name", "phone"):
        world.add_tag("columns", f"shop.crm.people.{column}", "class", "pii")
    world.add_tag("tables", "shop.sales.orders", "domain", "sales")


def _check(world):
    """What the log says was done must have been allowed."""
    for who, privilege, kind, name in world.needs:
        missing = first_missing(world, who, privilege, (kind, name))
        if missing and privilege in PRIVILEGES:
            raise ValueError(f"{who} could not have used {privilege} on {name}: {missing} is missing")


def _denials(world):
    if ORDER in world.principals:
        attempt(world, ORDER, "SELECT", "TABLE", "lab.play.features", NOW - timedelta(days=3))
    if FORECAST in world.principals:
        attempt(world, FORECAST, "MODIFY", "TABLE", "shop.sales.orders", NOW - timedelta(days=2))
