"""The HTML report, read without a browser."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

import polars as pl
import pytest
from report_frames import FACTS, with_facts
from report_html import Page

from uc_guard.report.page import render_page


@pytest.fixture(scope="module")
def page(small, lint):
    return Page(render_page(small, *lint))


def test_every_tag_is_closed_in_order_and_every_id_is_there_once(page):
    assert (page.open, page.wrong) == ([], [])
    assert len(page.values("id")) == len(set(page.values("id")))


def test_every_link_leads_to_a_part_of_the_page(page):
    links = page.values("href")
    assert len(links) > 10
    assert {link[1:] for link in links} <= set(page.values("id"))
    assert {link[0] for link in links} == {"#"}


def test_nothing_is_fetched_and_only_our_script_and_style_may_run(page):
    assert not {"link", "img", "iframe", "object", "embed", "form action"} & set(page.tags)
    assert not {"src", "srcset", "action", "style"} & {name for _, name, _ in page.attributes}
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    policy = next(value for value in page.values("content") if "default-src" in value)
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        (inside,) = [text for within, text in page.texts if within == tag]
        digest = b64encode(sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_the_first_page_says_how_bad_it_is_and_what_to_do(page):
    start = page.shown[: page.shown.index("Held versus used")]
    for text in ("3 of 4 agents hold more than needed", "21 of 38 privileges can go now", "65 → 26",
                 "2 findings are high or above", "1 critical, 1 high, 1 medium, 1 low"):  # fmt: skip
        assert text in start


def test_each_agent_has_its_page_with_why_and_what(page):
    assert {f"agent-{n}" for n in (1, 2, 3, 4)} <= set(page.values("id"))
    for text in ("shared-with-bystanders", "Lacks what it asked for", "Unmasked: shop.crm.people.email (pii)"):
        assert text in page.shown


def test_a_finding_tells_its_line_its_remedy_and_its_rule(page):
    for text in ("sql/grants.sql, line 3", "GRANT MODIFY ON TABLE shop.crm.people", "REVOKE MODIFY ON TABLE",
                 "Why it matters", "A yearly job needs it.", "DASF 5 · DASF 57 · LLM06 · ASI03"):  # fmt: skip
        assert text in page.shown


def test_what_does_not_count_is_there_with_its_reason(page):
    assert "exempted: asked for by sales until 2027-01-31" in page.shown
    assert sorted(set(page.values("data-state"))) == ["baseline", "clean", "exempt", "held", "ignored", "open",
                                                      "reducible"]  # fmt: skip


def test_the_plan_and_its_inverse_can_be_copied(page):
    assert page.values("data-copy") == ["plan-sql", "plan-undo"]
    assert "REVOKE" in page.shown[page.shown.index("-- uc_guard plan") :]


def test_a_lint_of_files_needs_no_audit(lint):
    page = Page(render_page(None, *lint))
    assert (page.open, page.wrong) == ([], [])
    assert "4 open findings" in page.shown
    assert "plan" not in page.values("id")


def test_nothing_found_is_said(lint_parts):
    _, _, make_meta = lint_parts
    meta = make_meta((), failed=(), creep=(), counts=(("open", 0),), severities=())
    page = Page(render_page(None, (), meta))
    assert "Nothing is open" in page.shown
    assert "Nothing was found." in page.shown


def test_hostile_names_stay_text(hostile, hostile_lint):
    page = Page(render_page(hostile, *hostile_lint))
    assert (page.open, page.wrong) == ([], [])
    assert page.tags.count("script") == 1
    assert not [value for value in page.values("href") if not re.fullmatch(r"#[\w-]+", value)]
    assert "<script>alert(1)</script>" in page.shown
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u200b]", page.shown)


def test_ten_thousand_holdings_are_capped_and_the_rest_is_counted(small, lint):
    rows = small.holdings.sample(10_000, with_replacement=True, seed=1)
    text = render_page(with_facts(small, holdings=rows), *lint)
    assert "8,500 more rows in the JSON." in text
    assert len(text) < 2_500_000


def test_many_findings_are_capped_and_the_rest_is_counted(lint):
    findings, meta = lint
    page = Page(render_page(None, [findings[0]] * 2_100, meta))
    assert "100 more rows in the JSON." in page.shown
    assert page.shown.count("UCG201 all-privileges") == 2_000


def test_a_plan_that_the_verifier_refuses_is_not_to_be_run(small, lint):
    page = Page(render_page(replace(small, verdict=replace(small.verdict, ok=False)), *lint))
    assert "do not run the plan" in page.shown


def test_an_empty_audit_is_a_page_too(small, lint):
    bare = with_facts(small, **{name: getattr(small, name).clear() for name in FACTS})
    none = replace(bare, subjects=(), ledger=small.ledger.clear(), creep=small.creep.clear())
    page = Page(render_page(none, *lint))
    assert (page.open, page.wrong) == ([], [])


def test_equal_audits_give_equal_bytes(small, lint):
    again = with_facts(small, holdings=small.holdings.filter(pl.lit(value=True)))
    assert render_page(small, *lint) == render_page(again, *lint)
