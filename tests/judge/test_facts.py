"""The fact tables hold their contracts, and one principal's facts do not depend on another's."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from uc_guard import Settings, audit, read_folder
from uc_guard.judge.facts import TABLES
from uc_guard.judge.gather import gather
from uc_guard.judge.lint import lint
from uc_guard.judge.rules import built_in, read_rules
from uc_guard.read.declared import read_declared

RETAIL = Path(__file__).parents[2] / "examples" / "retail"
OF_SETTINGS = {"exemption"}
SHOP = [
    "AGENT bot", "AGENT cat INACTIVE", "USER ann", "GROUP staff: ann, bot", "TABLE shop.sales.orders (id, email)",
    "TABLE shop.lab.copy (id, email) OWNED BY bot", "SCHEMA shop.own OWNED BY staff", "VOLUME shop.sales.drop",
    "FUNCTION shop.sales.hide AS 'x' OWNED BY bot", "MASK shop.sales.orders.email WITH shop.sales.hide",
    "FILTER shop.sales.orders WITH shop.sales.hide", "TAG shop.lab.copy.email pii=yes",
    "LINEAGE shop.sales.orders.email -> shop.lab.copy.email", "LINEAGE shop.sales.orders -> shop.lab.copy",
    "VIEW shop.lab.v (id) AS SELECT id FROM shop.sales.orders OWNED BY ann", "METASTORE m",
    "POLICY open GRANT SELECT ON SCHEMA shop.sales TO bot",
    "POLICY blur MASK shop.sales.hide ON SCHEMA shop.lab TAGGED pii TO everyone EXCEPT bot",
    "GRANT USE CATALOG ON CATALOG shop TO staff",
    "GRANT USE SCHEMA ON SCHEMA shop.lab TO bot", "GRANT USE SCHEMA ON SCHEMA shop.sales TO bot 3 days ago",
    "GRANT SELECT, MODIFY ON SCHEMA shop.sales TO staff", "GRANT SELECT ON TABLE shop.sales.orders TO bot",
    "GRANT MANAGE ON SCHEMA shop.lab TO bot", "GRANT NOVEL THING ON TABLE shop.sales.orders TO bot",
    "GRANT READ VOLUME ON VOLUME shop.sales.drop TO account users", "GRANT CREATE CATALOG ON METASTORE TO bot",
    "bot: SELECT id FROM shop.sales.orders", "ann by bot: SELECT 1", "bot by ann: SELECT * FROM IDENTIFIER(:t)",
    "bot denied SELECT on Table 'shop.sales.none': SELECT 1 FROM shop.sales.none", "bot: SELECT id FROM shop.lab.v",
]  # fmt: skip
DOG = [
    "AGENT dog", "TABLE zoo.a.b (id)", "GRANT USE CATALOG ON CATALOG zoo TO dog",
    "GRANT ALL PRIVILEGES ON SCHEMA zoo.a TO dog",
    "dog: SELECT id FROM zoo.a.b",
]  # fmt: skip


@pytest.fixture(scope="module")
def rules():
    return read_rules([built_in()])


@pytest.fixture(scope="module")
def found(estate):
    return audit(estate(SHOP), Settings(trust_query_history=True))


@pytest.fixture(scope="module")
def facts(found, tmp_path_factory):
    home = tmp_path_factory.mktemp("repo")
    (home / "a.sql").write_text(
        "GRANT SELECT ON TABLE shop.sales.orders TO `bot`;\nGRANT SELECT ON CATALOG ${c} TO x;\nDENY x;"
    )
    return gather(found, read_declared([home]), date(2026, 10, 1))


@pytest.mark.parametrize("name", sorted(set(TABLES) - OF_SETTINGS))
def test_a_fact_table_holds_its_contract(facts, name):
    frame = facts.frames[name]
    assert list(frame.schema.items()) == list(TABLES[name].empty().schema.items())
    TABLES[name].validate(frame)
    assert frame.height


@pytest.mark.parametrize("name", sorted(set(TABLES) - OF_SETTINGS - {"declared", "declaration", "unread"}))
def test_the_facts_of_the_retailer_hold_their_contracts(retail, name):
    TABLES[name].validate(retail.frames[name])


@pytest.fixture(scope="module")
def retail():
    return gather(audit(read_folder(RETAIL)), None, date(2026, 10, 1))


def test_an_empty_workspace_has_facts_without_rows(estate):
    found = audit(estate(["AGENT bot"]))
    frames = gather(found, None, date(2026, 10, 1)).frames
    for name, frame in frames.items():
        TABLES[name].validate(frame)
        assert frame.height == 0 or name in {"principal", "source", "audit"}


def test_what_is_not_at_hand_is_absent_and_not_empty():
    facts = gather(None, None, date(2026, 10, 1))
    assert facts.frames == {}
    assert set(facts.lacking) == set(TABLES) - OF_SETTINGS


def test_another_agent_changes_no_finding_of_the_first(estate, rules):
    settings = Settings(trust_query_history=True)
    alone = lint(audit(estate(SHOP), settings), today=date(2026, 10, 1), rules=rules)
    beside = lint(audit(estate([*SHOP, *DOG]), settings), today=date(2026, 10, 1), rules=rules)
    own = [(f.fingerprint, f.message) for f in beside.findings if f.principal != "dog"]
    assert own == [(f.fingerprint, f.message) for f in alone.findings]
    assert any(f.principal == "dog" for f in beside.findings)


def test_the_order_of_a_workspace_does_not_matter(estate, rules):
    settings = Settings(trust_query_history=True)
    lines = SHOP[:-5]
    orders = ([*lines, *SHOP[-5:]], [*reversed(lines), *SHOP[-5:]])
    one, two = (lint(audit(estate(given), settings), today=date(2026, 10, 1), rules=rules) for given in orders)
    assert one.findings == two.findings
