from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

import uc_guard
from uc_guard.model.plan import Row

EXAMPLES = Path(__file__).parents[2] / "examples"
KEEPS = {
    "sales-copilot": {
        ("USE_SCHEMA", "retail.inventory"),
        ("SELECT", "retail.inventory.products"),
        ("USE_SCHEMA", "retail.reporting"),
        ("SELECT", "retail.reporting.daily_sales"),
    },
    "support-bot": {
        ("USE_SCHEMA", "retail.support"),
        ("SELECT", "retail.support.tickets"),
        ("MODIFY", "retail.support.tickets"),
        ("SELECT", "retail.support.messages"),
        ("MODIFY", "retail.support.messages"),
        ("SELECT", "retail.support.macros"),
        ("SELECT", "retail.support.sla"),
        ("USE_SCHEMA", "retail.sales"),
        ("SELECT", "retail.sales.orders"),
        ("SELECT", "retail.sales.order_items"),
        ("USE_SCHEMA", "retail.customers"),
        ("SELECT", "retail.customers.customers"),
    },
    "view-publisher": {
        ("USE_SCHEMA", "retail.reporting"),
        ("USE_SCHEMA", "retail.sales"),
        ("SELECT", "retail.sales.orders"),
        ("SELECT", "retail.sales.order_items"),
        ("SELECT", "retail.sales.stores"),
        ("USE_SCHEMA", "retail.inventory"),
        ("SELECT", "retail.inventory.products"),
        ("USE_SCHEMA", "retail.finance"),
        ("EXECUTE", "retail.finance.to_eur"),
    },
    "legacy-importer": set(),
}


@pytest.fixture(scope="module")
def maker():
    spec = importlib.util.spec_from_file_location("make_retail", EXAMPLES / "make_retail.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def found():
    return uc_guard.audit(uc_guard.read_folder(EXAMPLES / "retail"))


def stored(found):
    grants = found.snapshot.frame("grants")
    return {Row(*row) for row in grants.select("grantee", "privilege", "securable_type", "securable").iter_rows()}


def planned(found):
    rows = stored(found)
    for statement in found.plan.statements:
        rows = rows | set(statement.rows) if statement.verb == "GRANT" else rows - set(statement.rows)
    return rows


def test_the_files_are_what_their_script_writes(maker):
    written = {path.name: path.read_bytes() for path in (EXAMPLES / "retail").iterdir() if path.name != "README.md"}
    assert written == {name: text.encode() for name, text in maker.files().items()}


def test_the_example_is_small_enough_to_read():
    assert sum(path.stat().st_size for path in (EXAMPLES / "retail").iterdir()) < 1_000_000


def test_the_log_shows_what_logs_are_like(found):
    log = found.snapshot.frame("statements")
    assert 1_800 < log.height < 2_200
    assert {"FINISHED", "FAILED", "CANCELED"} <= set(log["status"])
    assert log["text"].null_count()
    assert found.snapshot.frame("table_lineage").height
    assert found.snapshot.frame("access_events").height


@pytest.mark.parametrize("agent", KEEPS)
def test_an_agent_keeps_what_the_story_says(maker, found, agent):
    own = {(row.privilege, row.securable) for row in planned(found) if row.grantee == maker.identity(agent)}
    assert own == KEEPS[agent]


@pytest.mark.parametrize("agent", ["stock-forecaster", "price-researcher"])
def test_nothing_is_taken_from_the_clean_and_the_unknown(maker, found, agent):
    assert not {s for s in found.plan.statements if s.grantee == maker.identity(agent)}


def test_only_the_unknown_one_is_held_as_a_whole(maker, found):
    assert {held.subject for held in found.plan.held if held.row is None} == {maker.identity("price-researcher")}
    clean = maker.identity("stock-forecaster")
    assert not [held for held in found.plan.held if held.subject == clean]


def test_groups_with_people_are_left_alone_and_told_of(maker, found):
    assert {s.grantee for s in found.plan.statements} == {maker.identity(agent) for agent in KEEPS}
    shared = {held.row.grantee for held in found.plan.held if held.reason == "shared-with-bystanders"}
    assert shared == {"analysts"}


def test_the_refused_invoices_are_a_shortfall(maker, found):
    short = set(found.shortfalls.select("principal", "securable").iter_rows())
    assert (maker.identity("support-bot"), "retail.finance") in short


def test_the_plan_is_verified_and_smallest(found):
    assert found.verdict.ok, found.verdict.broken
    assert found.plan.optimal
