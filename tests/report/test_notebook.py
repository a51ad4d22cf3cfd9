"""The HTML that a notebook shows, read without a browser."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import polars as pl
import pytest
from report_html import Page

import uc_guard
from uc_guard.plan.verify import Broken, Verdict
from uc_guard.report.notebook import render_notebook


@pytest.fixture(scope="module")
def page(small):
    return Page(render_notebook(small))


def test_an_audit_shows_itself_in_a_notebook(small):
    assert small._repr_html_() == render_notebook(small)


def test_every_tag_is_closed_in_order(page):
    assert (page.open, page.wrong) == ([], [])


def test_the_headline_says_who_holds_too_much_and_what_can_go(page):
    start = page.shown[:600]
    assert "2026-09-01 to 2026-10-01 (30 days)" in start
    assert "3 of 4 agents hold more than needed" in start
    assert "21 of 38 privileges can go now: the verifier replayed 2 needs, and none is lost." in start


def test_every_agent_has_its_line_and_its_details(page):
    assert page.tags.count("tr") >= 5
    for name in ("order-bot", "tidy-bot", "riddle-bot", "idle-bot"):
        assert page.shown.count(name) >= 2


def test_the_details_tell_what_is_left_alone_what_is_lacking_and_what_lies_idle(page):
    assert "ALL PRIVILEGES on schema shop.sales" in page.shown
    assert "shared-with-bystanders" in page.shown
    assert "MODIFY on table shop.crm.people" in page.shown
    assert "denied by the platform" in page.shown
    assert "Unmasked: shop.crm.people.email (pii), shop.crm.people.city (pii)" in page.shown


def test_the_statements_of_the_plan_are_there_to_copy(page, small):
    sql = "".join(text for tag, text in page.texts if tag in {"pre", "i"})
    for statement in small.plan.statements:
        words = ", ".join(word.replace("_", " ") for word in statement.privileges)
        assert f"{statement.verb} {words} ON" in sql


def test_a_refused_plan_says_do_not_run(small):
    bad = Verdict(ok=False, broken=(Broken("C1", "x"),), replayed_needs=1, replayed_uses=1, checked=())
    shown = Page(render_notebook(replace(small, verdict=bad))).shown
    assert "do not run" in shown
    assert "verified" not in shown


def test_it_needs_no_script_and_no_network(page):
    assert {"script", "link", "img", "iframe", "object", "form"} & set(page.tags) == set()
    assert [a for a in page.attributes if a[1].startswith("on") or a[1] in {"src", "href"}] == []
    style = "".join(text for tag, text in page.texts if tag == "style")
    assert "url(" not in style
    assert "@import" not in style


def test_no_rule_of_the_style_reaches_beyond_the_audit(page):
    style = "".join(text for tag, text in page.texts if tag == "style")
    flat = re.sub(r"@media[^{]*\{((?:[^{}]*\{[^{}]*\})*)\s*\}", r"\1", style)
    selectors = [one for rule in re.findall(r"([^{}]+)\{[^{}]*\}", flat) for one in re.split(r",(?![^(]*\))", rule)]
    assert len(selectors) > 40
    assert [one for one in selectors if ":is(.ucg,#ucg)" not in one] == []


def test_headers_of_tables_say_what_they_head(page):
    heads = [tag for tag in page.tags if tag == "th"]
    scopes = [value for tag, name, value in page.attributes if tag == "th" and name == "scope"]
    assert len(heads) == len(scopes)
    assert set(scopes) == {"row", "col"}


def test_no_name_becomes_markup(hostile):
    text = render_notebook(hostile)
    page = Page(text)
    assert (page.open, page.wrong) == ([], [])
    assert "script" not in page.tags
    assert {tag for tag, name, _ in page.attributes if name.startswith("on")} == set()
    assert "<script>alert(1)</script>" in page.shown  # as text, there to be read


def test_no_name_deceives_by_characters_that_nobody_sees(hostile):
    text = render_notebook(hostile)
    assert {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}} == {"\n"}
    assert re.search("(?:\u0301){4}", text) is None


def test_the_same_audit_gives_the_same_bytes(build_snapshot):
    first, second = (render_notebook(uc_guard.audit(build_snapshot())) for _ in range(2))
    assert first == second


@pytest.fixture(scope="module")
def crowd(build_snapshot):
    """An audit of a thousand agents with long names, each with more to tell than fits."""
    ids = [f"{n:08x}-aaaa-4000-8000-{n:012x}" for n in range(1000)]
    tables_of = {f"shop.sales.{'t' * 120}{n}": ("id",) for n in range(30)}
    grants = [
        row
        for one in ids
        for row in [
            (one, "USE_CATALOG", "CATALOG", "shop"),
            (one, "USE_SCHEMA", "SCHEMA", "shop.sales"),
            *[(one, "SELECT", "TABLE", name) for name in list(tables_of)[:12]],
        ]
    ]
    names = {one: f"agent {n} {'&' * 150}" for n, one in enumerate(ids)}
    return uc_guard.audit(build_snapshot(names, tables_of, grants, [(ids[0], "select 1", "FINISHED", None)]))


def test_a_thousand_agents_stay_under_a_megabyte_and_say_what_is_left_out(crowd):
    text = render_notebook(crowd)
    assert len(text.encode()) < 1_000_000
    shown = Page(text).shown
    assert "1,000 of 1,000 agents hold more than needed" in shown
    assert re.search(r"and 700 more agents: see audit\.ledger", shown)
    assert re.search(r"and \d+ more agents: audit\.holdings and its sisters have all", shown)
    assert re.search(r"and [\d,]+ more lines: `uc-guard plan` writes them all", shown)


def test_the_line_of_the_agents_left_out_has_their_sums(crowd):
    shown = Page(render_notebook(crowd)).shown
    removable = crowd.ledger.select(pl.col("held") - pl.col("after")).to_series()
    assert f"{removable.sum() * 7 // 10:,}" in shown


def test_details_end_where_their_room_ends_and_the_others_are_counted(small, monkeypatch):
    monkeypatch.setattr("uc_guard.report.notebook.ROOM_FOR_DETAILS", 4000)
    page = Page(render_notebook(small))
    shown = page.shown[page.shown.index("Agents one by one") : page.shown.index("The plan")]
    left_out = int(re.search(r"and (\d) more agents?: audit\.holdings", shown)[1])
    told = [name for name in ("order-bot", "idle-bot", "riddle-bot", "tidy-bot") if f"\n{name} " in shown]
    assert told
    assert left_out == 4 - len(told) > 0
