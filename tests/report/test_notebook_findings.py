"""Findings in a notebook, read without a browser."""

from __future__ import annotations

import re
from datetime import date

from report_html import Page

import uc_guard
from uc_guard.report.notebook_findings import render_findings_notebook


def test_findings_show_their_counts_and_each_its_details(lint):
    page = Page(render_findings_notebook(*lint))
    assert (page.open, page.wrong) == ([], [])
    assert "4 open findings" in page.shown
    assert "Privilege creep index: 65 of 100, 26 once the plan has run." in page.shown
    assert page.tags.count("details") == 8
    for text in ("sql/grants.sql:3:1", "REVOKE MODIFY ON TABLE", "exempted: asked for by sales", "2 findings are high"):
        assert text in page.shown


def test_nothing_found_is_said(lint_parts):
    _, _, make_meta = lint_parts
    page = Page(render_findings_notebook((), make_meta((), failed=(), creep=(), severities=(), counts=())))
    assert "Nothing to mend" in page.shown


def test_many_findings_stay_light(lint):
    findings, meta = lint
    text = render_findings_notebook(findings * 100, meta)
    assert "and 500 more findings: <code>lint.findings</code> has all" in text
    assert len(text) < 400_000


def test_hostile_texts_stay_text(hostile_lint):
    text = render_findings_notebook(*hostile_lint)
    page = Page(text)
    assert (page.open, page.wrong) == ([], [])
    assert not {"script", "img", "a"} & set(page.tags)
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e\u200b]", page.shown)


def test_a_lint_shows_itself_in_a_notebook(small):
    found = uc_guard.lint(small, today=date(2026, 10, 1))
    assert found._repr_html_() == render_findings_notebook(found.findings, found.meta)
