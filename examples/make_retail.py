"""Write examples/retail: an invented estate of a retailer, and 30 days of what its agents did; same bytes every time."""

# ruff: noqa: E501 - a table is read by its rows

from __future__ import annotations

import csv
import importlib.util
import io
import json
import sys
import uuid
from pathlib import Path

HERE = Path(__file__).parent
OWNER = "data-platform@brightmart.example"
AGENTS = (
    "stock-forecaster", "sales-copilot", "support-bot", "price-researcher", "view-publisher", "legacy-importer",
)  # fmt: skip
PEOPLE = ("ada", "bruno", "chiara", "dmitri", "eva")
GROUPS = {
    "agents": (*AGENTS,),
    "analysts": ("ada", "bruno", "sales-copilot"),
    "staff": ("group:analysts", "chiara", "dmitri", "eva"),
    "finance-team": ("dmitri", "eva"),
}

TABLES = """
retail.sales.orders: order_id bigint, customer_id bigint, store_id int, region string, ordered_at timestamp, status string, total decimal(12,2), currency string
retail.sales.order_items: order_id bigint, line int, sku string, quantity int, unit_price decimal(10,2), discount decimal(10,2)
retail.sales.returns: return_id bigint, order_id bigint, sku string, quantity int, reason string, returned_at timestamp
retail.sales.promotions: promotion_id int, sku string, starts_on date, ends_on date, percent_off int
retail.sales.stores: store_id int, name string, city string, region string, opened_on date, manager_id bigint
retail.sales.web_sessions: session_id string, customer_id bigint, started_at timestamp, payload string, pages array<string>
retail.sales.region_access: principal string, region string
retail.customers.customers: customer_id bigint, full_name string, email string, phone string, birth_date date, segment string, created_at timestamp
retail.customers.addresses: customer_id bigint, kind string, street string, city string, postcode string, country string
retail.customers.consents: customer_id bigint, channel string, granted boolean, changed_at timestamp
retail.customers.loyalty: customer_id bigint, tier string, points int, updated_at timestamp
retail.customers.payment_methods: customer_id bigint, card_last4 string, iban string, valid_to date
retail.inventory.products: sku string, name string, category string, supplier_id int, list_price decimal(10,2), attributes map<string,string>
retail.inventory.suppliers: supplier_id int, name string, country string, lead_days int, contact_email string
retail.inventory.stock_levels: store_id int, sku string, on_hand int, reserved int, counted_at timestamp
retail.inventory.stock_movements: movement_id bigint, store_id int, sku string, delta int, reason string, moved_at timestamp
retail.inventory.replenishment: store_id int, sku string, quantity int, due_on date, status string
retail.inventory.shrinkage: store_id int, sku string, lost int, month date
retail.support.tickets: ticket_id bigint, customer_id bigint, order_id bigint, subject string, status string, priority int, opened_at timestamp, closed_at timestamp
retail.support.messages: ticket_id bigint, sent_at timestamp, author string, body string
retail.support.macros: macro_id int, title string, body string
retail.support.agent_notes: ticket_id bigint, note string, author string, noted_at timestamp
retail.support.satisfaction: ticket_id bigint, score int, comment string
retail.support.call_recordings: call_id string, ticket_id bigint, path string, transcript string
retail.support.escalations: ticket_id bigint, team string, reason string, raised_at timestamp
retail.support.sla: priority int, hours int
retail.finance.invoices: invoice_id bigint, order_id bigint, amount decimal(12,2), currency string, due_on date, paid_on date
retail.finance.ledger: entry_id bigint, account string, amount decimal(14,2), booked_on date
retail.finance.exchange_rates: currency string, day date, rate double
retail.finance.payroll: employee_id bigint, full_name string, salary decimal(10,2), iban string, month date
retail.finance.budgets: department string, year int, amount decimal(14,2)
retail.finance.margins: sku string, cost decimal(10,2), margin decimal(10,2), valid_from date
staging.feeds.competitor_prices: competitor string, sku string, price decimal(10,2), seen_at timestamp
staging.feeds.competitor_stock: competitor string, sku string, available boolean, seen_at timestamp
staging.feeds.supplier_catalog: supplier_id int, sku string, cost decimal(10,2), payload string
staging.feeds.pos_raw: store_id int, line string, received_at timestamp
staging.feeds.weather: city string, day date, high double, rain_mm double
staging.scratch.import_errors: file string, line bigint, message string, at timestamp
staging.scratch.import_runs: run_id string, started_at timestamp, finished_at timestamp, rows bigint
lab.forecasts.demand: sku string, store_id int, week date, quantity double, model string
lab.forecasts.accuracy: model string, week date, mape double
lab.pricing.price_gaps: sku string, competitor string, gap decimal(10,2), found_at timestamp
lab.pricing.elasticity: sku string, elasticity double, fitted_at timestamp
"""
VIEWS = {
    "retail.reporting.daily_sales": ("view-publisher",
        ("SELECT o.store_id, s.name AS store, s.region, date(o.ordered_at) AS day, sum(i.quantity * i.unit_price - i.discount) AS revenue, count(DISTINCT o.order_id) AS orders "
        "FROM retail.sales.orders o JOIN retail.sales.order_items i ON i.order_id = o.order_id JOIN retail.sales.stores s ON s.store_id = o.store_id GROUP BY ALL"),
        "store_id int, store string, region string, day date, revenue decimal(22,2), orders bigint"),
    "retail.reporting.top_products": ("view-publisher",
        ("SELECT i.sku, p.name, p.category, sum(i.quantity) AS units, retail.finance.to_eur(sum(i.quantity * i.unit_price), 'EUR') AS revenue "
        "FROM retail.sales.order_items i JOIN retail.inventory.products p ON p.sku = i.sku GROUP BY i.sku, p.name, p.category"),
        "sku string, name string, category string, units bigint, revenue double"),
    "retail.reporting.customer_value": (OWNER,
        "SELECT c.customer_id, c.full_name, c.segment, sum(o.total) AS value FROM retail.customers.customers c JOIN retail.sales.orders o USING (customer_id) GROUP BY ALL",
        "customer_id bigint, full_name string, segment string, value decimal(22,2)"),
    "retail.reporting.open_tickets": (OWNER,
        "SELECT ticket_id, customer_id, subject, priority, opened_at FROM retail.support.tickets WHERE status <> 'closed'",
        "ticket_id bigint, customer_id bigint, subject string, priority int, opened_at timestamp"),
    "retail.reporting.margin_report": (OWNER,
        "SELECT m.sku, p.name, m.cost, m.margin FROM retail.finance.margins m JOIN retail.inventory.products p ON p.sku = m.sku",
        "sku string, name string, cost decimal(10,2), margin decimal(10,2)"),
}  # fmt: skip
FUNCTIONS = {
    "retail.finance.to_eur": (OWNER, "amount / (SELECT max(r.rate) FROM retail.finance.exchange_rates r WHERE r.currency = to_eur.code)"),
    "retail.sales.only_my_region": (OWNER, "is_account_group_member('staff') OR EXISTS (SELECT 1 FROM retail.sales.region_access a WHERE a.principal = session_user() AND a.region = only_my_region.r)"),
    "retail.customers.mask_email": (OWNER, "CASE WHEN is_account_group_member('finance-team') THEN e ELSE regexp_replace(e, '^[^@]+', '***') END"),
    "retail.customers.mask_text": (OWNER, "CASE WHEN is_account_group_member('finance-team') THEN t ELSE '***' END"),
    "retail.inventory.reorder_point": (OWNER, "ceil(daily * (lead_days + 2))"),
}  # fmt: skip
VOLUMES = {
    "staging.feeds.supplier_files": ("EXTERNAL", "s3://brightmart-landing/suppliers"),
    "staging.feeds.landing": ("MANAGED", "s3://brightmart-lake/landing"),
    "retail.support.recordings": ("MANAGED", "s3://brightmart-lake/recordings"),
}
MASKS = {
    "retail.customers.customers.email": "mask_email",
    "retail.customers.customers.phone": "mask_text",
    "retail.customers.payment_methods.iban": "mask_text",
}
TAGS = """
retail.customers.customers: full_name class=pii, email class=pii, phone class=pii, birth_date class=pii
retail.customers.addresses: street class=pii, postcode class=pii
retail.customers.payment_methods: card_last4 class=payment, iban class=payment
retail.finance.payroll: full_name class=pii, salary class=confidential, iban class=payment
retail.finance.margins: cost class=confidential, margin class=confidential
retail.inventory.suppliers: contact_email class=pii
retail.support.messages: body class=pii
retail.support.call_recordings: transcript class=pii
retail.reporting.customer_value: full_name class=pii
retail.reporting.margin_report: cost class=confidential, margin class=confidential
"""

# Who holds what, as somebody granted it; agents stand by name here, and by application id in the files.
GRANTS = """
agents: USE_CATALOG on CATALOG retail
stock-forecaster: USE_SCHEMA on SCHEMA retail.inventory
stock-forecaster: SELECT on TABLE retail.inventory.products
stock-forecaster: SELECT on TABLE retail.inventory.stock_levels
stock-forecaster: SELECT on TABLE retail.inventory.stock_movements
stock-forecaster: EXECUTE on FUNCTION retail.inventory.reorder_point
stock-forecaster: USE_CATALOG on CATALOG staging
stock-forecaster: USE_SCHEMA on SCHEMA staging.feeds
stock-forecaster: SELECT on TABLE staging.feeds.weather
stock-forecaster: READ_VOLUME on VOLUME staging.feeds.supplier_files
stock-forecaster: USE_CATALOG on CATALOG lab
stock-forecaster: USE_SCHEMA on SCHEMA lab.forecasts
stock-forecaster: SELECT, MODIFY on TABLE lab.forecasts.demand
staff: USE_CATALOG on CATALOG retail
finance-team: USE_SCHEMA, SELECT on SCHEMA retail.reporting
analysts: USE_SCHEMA, SELECT on SCHEMA retail.sales
analysts: USE_SCHEMA, SELECT on SCHEMA retail.customers
analysts: USE_SCHEMA, SELECT, EXECUTE on SCHEMA retail.finance
finance-team: USE_SCHEMA, SELECT, MODIFY on SCHEMA retail.finance
sales-copilot: USE_SCHEMA, SELECT on SCHEMA retail.inventory
sales-copilot: USE_SCHEMA on SCHEMA retail.reporting
sales-copilot: SELECT on TABLE retail.reporting.daily_sales
sales-copilot: SELECT on TABLE retail.reporting.margin_report
support-bot: ALL_PRIVILEGES on SCHEMA retail.support
support-bot: USE_SCHEMA on SCHEMA retail.sales
support-bot: SELECT on TABLE retail.sales.orders
support-bot: SELECT on TABLE retail.sales.order_items
support-bot: SELECT on TABLE retail.sales.returns
support-bot: USE_SCHEMA, SELECT on SCHEMA retail.customers
price-researcher: USE_CATALOG, USE_SCHEMA, SELECT on CATALOG staging
price-researcher: USE_SCHEMA, SELECT on SCHEMA retail.inventory
price-researcher: USE_CATALOG on CATALOG lab
price-researcher: USE_SCHEMA, SELECT, MODIFY, CREATE_TABLE on SCHEMA lab.pricing
price-researcher: READ_VOLUME on VOLUME staging.feeds.landing
price-researcher: READ_FILES on EXTERNAL_LOCATION brightmart_landing
view-publisher: USE_SCHEMA, CREATE_TABLE on SCHEMA retail.reporting
view-publisher: USE_SCHEMA, SELECT on SCHEMA retail.sales
view-publisher: USE_SCHEMA, SELECT on SCHEMA retail.inventory
view-publisher: USE_SCHEMA, EXECUTE on SCHEMA retail.finance
legacy-importer: USE_CATALOG on CATALOG staging
legacy-importer: USE_SCHEMA, SELECT, MODIFY on SCHEMA staging.feeds
legacy-importer: ALL_PRIVILEGES on SCHEMA staging.scratch
legacy-importer: READ_VOLUME, WRITE_VOLUME on VOLUME staging.feeds.landing
legacy-importer: READ_FILES, WRITE_FILES on EXTERNAL_LOCATION brightmart_landing
legacy-importer: CREATE_EXTERNAL_LOCATION on METASTORE brightmart-eu
"""
_SPLIT = {"CATALOG": 1, "SCHEMA": 2, "TABLE": 3, "FUNCTION": 3, "VOLUME": 3, "EXTERNAL_LOCATION": 1, "METASTORE": 1}
_FLOWS = {"USE_SCHEMA": ("SCHEMA",), "SELECT": ("TABLE",), "MODIFY": ("TABLE",), "EXECUTE": ("FUNCTION",),
          "CREATE_TABLE": ("SCHEMA",), "ALL_PRIVILEGES": ("SCHEMA", "TABLE", "FUNCTION", "VOLUME")}  # fmt: skip
_NAMES = {
    "METASTORE": ("metastore_id",),
    "CATALOG": ("catalog_name",),
    "SCHEMA": ("catalog_name", "schema_name"),
    "TABLE": ("table_catalog", "table_schema", "table_name"),
    "FUNCTION": ("routine_catalog", "routine_schema", "routine_name"),
    "VOLUME": ("volume_catalog", "volume_schema", "volume_name"),
    "EXTERNAL_LOCATION": ("external_location_name",),
}
_FILES = {"FUNCTION": "routine", "EXTERNAL_LOCATION": "external_location"}


def identity(name: str) -> str:
    """Give what grants and logs call an agent (its application id) or a person (a login)."""
    if name in AGENTS:
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.brightmart.example"))
    return f"{name}@brightmart.example" if name in PEOPLE else name


def files() -> dict[str, str]:
    """Give every file of the example: name to text."""
    log = _log()
    return {
        **_securables(),
        **_guards(),
        **_privileges(),
        **_identities(),
        "query_history.jsonl": _lines(log.statements(identity)),
        "table_lineage.jsonl": _lines(log.lineage(identity)),
        "audit.jsonl": _lines(log.audit(identity)),
    }


def _log():  # noqa: ANN202 - a module
    spec = importlib.util.spec_from_file_location("make_retail_log", HERE / "make_retail_log.py")
    module = sys.modules.setdefault("make_retail_log", importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    return module


def _columns() -> dict[str, str]:
    tables = dict(line.split(": ", 1) for line in TABLES.strip().splitlines())
    return tables | {name: columns for name, (_, _, columns) in VIEWS.items()}


def _securables() -> dict[str, str]:
    columns = _columns()
    schemas = sorted({name.rsplit(".", 1)[0] for name in columns})
    tables = [
        (*name.split("."), "VIEW" if name in VIEWS else "MANAGED", identity(VIEWS.get(name, (OWNER,))[0]))
        for name in columns
    ]
    spread = [
        (*name.split("."), *column.split(" ", 1)[:1], position, column.split(" ", 1)[1])
        for name, text in columns.items()
        for position, column in enumerate(text.split(", "))
    ]
    routines = [
        (*name.split("."), "FUNCTION", "SQL", body, "DEFINER", name.rsplit(".", 1)[0], owner)
        for name, (owner, body) in FUNCTIONS.items()
    ]
    return {
        "catalogs.csv": _csv("catalog_name,catalog_owner", [(c, OWNER) for c in sorted({s.split(".")[0] for s in schemas})]),
        "schemata.csv": _csv("catalog_name,schema_name,schema_owner", [(*s.split("."), OWNER) for s in schemas]),
        "tables.csv": _csv("table_catalog,table_schema,table_name,table_type,table_owner", tables),
        "columns.csv": _csv("table_catalog,table_schema,table_name,column_name,ordinal_position,full_data_type", spread),
        "views.csv": _csv("table_catalog,table_schema,table_name,view_definition", [(*n.split("."), body) for n, (_, body, _) in VIEWS.items()]),
        "routines.csv": _csv("routine_catalog,routine_schema,routine_name,routine_type,routine_body,routine_definition,security_type,sql_path,routine_owner", routines),
        "volumes.csv": _csv("volume_catalog,volume_schema,volume_name,volume_type,volume_owner,storage_location", [(*n.split("."), kind, OWNER, url) for n, (kind, url) in VOLUMES.items()]),
        "external_locations.csv": _csv("external_location_name,external_location_owner,url,read_only", [("brightmart_landing", OWNER, "s3://brightmart-landing/", "false")]),
    }  # fmt: skip


def _guards() -> dict[str, str]:
    masks = [(*name.split("."), f"retail.customers.{function}", "") for name, function in MASKS.items()]
    tags = []
    for line in TAGS.strip().splitlines():
        table, columns = line.split(": ", 1)
        for column in columns.split(", "):
            name, tag = column.split(" ")
            tags.append((*table.split("."), name, *tag.split("=")))
    return {
        "column_masks.csv": _csv("table_catalog,table_schema,table_name,column_name,mask_name,using_columns", masks),
        "row_filters.csv": _csv("table_catalog,table_schema,table_name,filter_name,target_columns", [("retail", "sales", "orders", "retail.sales.only_my_region", "region")]),
        "column_tags.csv": _csv("catalog_name,schema_name,table_name,column_name,tag_name,tag_value", tags),
        "table_tags.csv": _csv("catalog_name,schema_name,table_name,tag_name,tag_value", [("retail", "finance", "payroll", "class", "confidential")]),
        "schema_tags.csv": _csv("catalog_name,schema_name,tag_name,tag_value", [("retail", "customers", "domain", "crm")]),
        "catalog_tags.csv": _csv("catalog_name,tag_name,tag_value", [("retail", "tier", "production")]),
        "volume_tags.csv": _csv("catalog_name,schema_name,volume_name,tag_name,tag_value", [("retail", "support", "recordings", "class", "pii")]),
    }  # fmt: skip


def _privileges() -> dict[str, str]:
    """List rows as the platform does: each grant where it stands, and again, marked, on all that it flows to."""
    inside = [("SCHEMA", s) for s in sorted({n.rsplit(".", 1)[0] for n in _columns()})]
    inside += (
        [("TABLE", n) for n in _columns()] + [("FUNCTION", n) for n in FUNCTIONS] + [("VOLUME", n) for n in VOLUMES]
    )
    rows: dict[str, list[tuple[str, ...]]] = {kind: [] for kind in _NAMES}
    for line in GRANTS.strip().splitlines():
        grantee, rest = line.split(": ", 1)
        privileges, at = rest.split(" on ")
        kind, name = at.split(" ", 1)
        for privilege in privileges.split(", "):
            who = identity(grantee)
            rows[kind].append((OWNER, who, privilege, "NO", "NONE", *name.split(".", _SPLIT[kind] - 1)))
            for leaf, below in inside if kind in {"CATALOG", "SCHEMA"} else ():
                if below.startswith(f"{name}.") and leaf in _FLOWS.get(privilege, ()):
                    rows[leaf].append((OWNER, who, privilege, "NO", kind, *below.split(".")))
    head = "grantor,grantee,privilege_type,is_grantable,inherited_from"
    return {
        f"{_FILES.get(kind, kind.lower())}_privileges.csv": _csv(",".join([head, *_NAMES[kind]]), sorted(found))
        for kind, found in rows.items()
    }


def _identities() -> dict[str, str]:
    made = {"meta": {"created": "2025-11-03T09:00:00Z"}}
    numbers = {name: str(4000 + 17 * i) for i, name in enumerate([*AGENTS, *PEOPLE, *GROUPS])}
    agents = [
        {"id": numbers[a], "applicationId": identity(a), "displayName": a, "active": True, **made} for a in AGENTS
    ]
    people = [
        {
            "id": numbers.get(p, "4900"),
            "userName": identity(p),
            "displayName": p.partition("@")[0].replace("-", " ").title(),
            "active": True,
            **made,
        }
        for p in (*PEOPLE, OWNER)
    ]
    groups = [
        {"id": numbers[group], "displayName": group, "members": [_member(m, numbers) for m in members], **made}
        for group, members in GROUPS.items()
    ]
    return {"service_principals.jsonl": _lines(agents), "users.jsonl": _lines(people), "groups.jsonl": _lines(groups)}


def _member(name: str, numbers: dict[str, str]) -> dict[str, str]:
    bare = name.removeprefix("group:")
    kind = "Groups" if bare != name else "ServicePrincipals" if name in AGENTS else "Users"
    return {"value": numbers[bare], "display": bare, "$ref": f"{kind}/{numbers[bare]}"}


def _csv(head: str, rows: list[tuple[object, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([head.split(","), *rows])
    return text.getvalue()


def _lines(rows: list[dict[str, object]]) -> str:
    return "".join(f"{json.dumps(row, separators=(',', ':'), ensure_ascii=False)}\n" for row in rows)


if __name__ == "__main__":
    home = HERE / "retail"
    for name, text in files().items():
        (home / name).write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(files())} files in {home}")
