"""Makes the catalog that benchmark logs query, from a seed: plain data as `uc_guard.Catalog.from_dict` takes it."""

from __future__ import annotations

import random
from typing import Any

# ruff: noqa: S608 - no statement is ever run


def _split(words: str) -> list[str]:
    return words.split()


NAMESPACES = {
    "core": "sales billing customers inventory logistics pricing reference",
    "finance": "ledger billing treasury budgeting payroll tax reporting",
    "marketing": "campaigns web email loyalty attribution reporting",
    "operations": "logistics support field_service quality fleet plants telemetry",
    "lake": "bronze_sales bronze_web silver_sales silver_web gold_sales gold_finance staging",
    "sandbox": "data_science analytics staging agents experiments scratch",
}
"""Catalogs and their schemas: 40 in all, several of the same name."""

ENTITIES = _split(
    "orders order_items customers products invoices invoice_lines payments shipments returns refunds tickets agents "
    "employees contracts leads campaigns sessions page_views suppliers warehouses stock_levels stores regions "
    "subscriptions plans accounts transactions transfers loans claims policies quotes opportunities contacts messages "
    "calls surveys reviews coupons promotions price_lists budgets forecasts projects tasks timesheets payslips assets "
    "devices sensor_readings alerts incidents deployments vehicles trips drivers routes deliveries batches inspections "
    "defects machines work_orders purchase_orders receipts journal_entries cost_centers exchange_rates channels "
    "segments experiments recommendations carts wishlists"
)
_FORMS = (
    "{}", "{}", "{}", "{}_daily", "{}_monthly", "{}_history", "{}_snapshot", "{}_summary", "{}_raw", "{}_archive",
    "dim_{}", "fact_{}", "stg_{}",
)  # fmt: skip
_KEYS = _split(
    "customer_id account_id product_id order_id store_id region_id employee_id supplier_id campaign_id channel_id "
    "warehouse_id contract_id session_id device_id project_id currency_code country_code segment_id ticket_id"
)
_NUMBERS = _split(
    "amount total_amount net_amount gross_amount tax_amount discount_amount unit_price list_price unit_cost quantity "
    "quantity_ordered quantity_shipped balance opening_balance closing_balance credit_limit score risk_score weight_kg "
    "volume_m3 distance_km duration_minutes duration_seconds attempts retries items_count units_sold units_returned "
    "revenue margin margin_pct cost cost_per_unit fee interest_rate exchange_rate fx_rate impressions clicks "
    "conversions bounce_rate page_count response_minutes resolution_hours rating stock_on_hand stock_reserved "
    "reorder_level lead_time_days hours_worked overtime_hours base_salary bonus commission_pct latency_ms error_count "
    "temperature_c pressure_kpa energy_kwh budgeted_amount forecast_amount variance_amount probability"
)
_WORDS = _split(
    "status status_code order_status payment_method payment_status currency channel source_system region country city "
    "state_code postal_code customer_name company_name first_name last_name email phone segment tier category "
    "subcategory brand sku product_name notes priority severity assigned_to team department cost_center "
    "job_title contract_type plan_name campaign_name utm_source utm_medium device_type browser operating_system "
    "referrer landing_page language warehouse_code carrier tracking_number shipment_mode reason_code resolution "
    "approval_state risk_class industry account_type batch_code machine_code error_code created_by updated_by"
)
_DAYS = _split(
    "order_date invoice_date due_date payment_date ship_date delivery_date return_date start_date end_date birth_date "
    "hire_date signup_date renewal_date report_date snapshot_date booking_date effective_date expiry_date"
)
_INSTANTS = _split(
    "created_at updated_at deleted_at opened_at closed_at resolved_at first_seen_at processed_at loaded_at "
    "sent_at received_at approved_at scheduled_at completed_at event_time"
)
_FLAGS = _split(
    "is_active is_deleted is_current is_test is_priority is_refunded is_returned has_discount is_verified "
    "is_recurring is_late is_billable is_internal"
)
_LISTS = _split("tags labels product_ids categories channels_used feature_names error_codes")
_POOLS = ((_NUMBERS, 34), (_WORDS, 30), (_DAYS, 9), (_INSTANTS, 11), (_FLAGS, 9), (_LISTS, 4))
_TABLES = 1500
_VIEWS = 60


def make_catalog(seed: int) -> dict[str, Any]:
    """Make 1,500 tables in 40 schemas of 6 catalogs, with views, functions and volumes.

    Args:
        seed: Same seed, same catalog.

    Returns:
        `tables`, `views`, `functions` and `volumes`, as `uc_guard.Catalog.from_dict` takes them.
    """
    rng = random.Random(f"catalog {seed}")
    schemas = [f"{catalog}.{schema}" for catalog, names in NAMESPACES.items() for schema in names.split()]
    tables: dict[str, dict[str, str]] = {}
    for schema in ("core.sales", "finance.reporting", "lake.gold_sales"):
        for year in (2023, 2024, 2025):
            tables[f"{schema}.{year}_sales"] = _columns(rng, "sales", rng.randint(6, 14))
    while len(tables) < _TABLES:
        entity = rng.choice(ENTITIES)
        name = f"{schemas[len(tables) % len(schemas)]}.{rng.choice(_FORMS).format(entity)}"
        if name not in tables:
            tables[name] = _columns(rng, entity, 4 + int(37 * rng.random() ** 1.7))
    return {
        "tables": tables,
        "views": _views(rng, tables),
        "functions": [
            "core.reference.fiscal_quarter", "core.reference.mask_email", "core.pricing.to_euro",
            "core.customers.lifetime_value", "finance.tax.net_of_tax", "finance.treasury.hedged",
            "marketing.attribution.touch_weight", "operations.quality.defect_rate", "operations.support.sla_hours",
            "sandbox.data_science.churn_score",
        ],
        "volumes": [
            "lake.staging.landing", "lake.bronze_sales.exports", "finance.reporting.statements",
            "marketing.web.clickstream", "sandbox.agents.uploads",
        ],
    }  # fmt: skip


def kind_of(column: str, type_name: str) -> str:
    """Give what a column is to a query: `ids`, `nums`, `strs`, `dates`, `flags` or `lists`."""
    if column.endswith(("_id", "currency_code", "country_code")):
        return "ids"
    kinds = {"string": "strs", "date": "dates", "timestamp": "dates", "boolean": "flags", "array<string>": "lists"}
    return kinds.get(type_name, "nums")


def _columns(rng: random.Random, entity: str, width: int) -> dict[str, str]:
    """Give the columns of a table: its own key, keys of others, then attributes of every kind."""
    stem = entity.removesuffix("s")
    stem = f"{stem[:-2]}y" if stem.endswith("ie") else stem.removesuffix("e") if stem.endswith("che") else stem
    names = [f"{stem}_id", rng.choice(_NUMBERS), rng.choice(_WORDS), rng.choice(_INSTANTS + _DAYS)]
    if width > 5:
        names[1:1] = rng.choices(_KEYS, range(len(_KEYS) + 4, 4, -1), k=rng.randint(1, 2 + width // 10))
    pools, weights = [pool for pool, _ in _POOLS], [weight for _, weight in _POOLS]
    found = dict.fromkeys(names)
    while len(found) < width:
        found[rng.choice(rng.choices(pools, weights)[0])] = None
    return {name: _type(rng, name) for name in found}


def _type(rng: random.Random, name: str) -> str:
    if name in _WORDS or name.endswith("_code"):
        return "string"
    fixed = ((_DAYS, "date"), (_INSTANTS, "timestamp"), (_FLAGS, "boolean"), (_LISTS, "array<string>"))
    for pool, type_name in fixed:
        if name in pool:
            return type_name
    if name.endswith("_id"):
        return rng.choice(("bigint", "bigint", "string"))
    return rng.choice(("decimal(18,2)", "decimal(18,2)", "double", "bigint", "int"))


def _views(rng: random.Random, tables: dict[str, dict[str, str]]) -> dict[str, dict[str, Any]]:
    """Give views over one table each; every third names its table by the schema that it was made in."""
    views: dict[str, dict[str, Any]] = {}
    names = [name for name in tables if not name.endswith("_sales")]
    for number, full in enumerate(rng.sample(names, _VIEWS)):
        schema, _, table = full.rpartition(".")
        columns = dict(list(tables[full].items())[: rng.randint(4, 16)])
        source = table if number % 3 == 0 else full
        view = f"{schema}.v_{table}"
        where = f" WHERE {next(iter(columns))} IS NOT NULL" if number % 2 else ""
        views[view] = {
            "columns": columns,
            "definition": f"SELECT {', '.join(columns)} FROM {source}{where}",
            "current_namespace": schema,
        }
    return views
