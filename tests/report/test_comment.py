"""The comment on a pull request, read as GitHub reads it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from uc_guard.report.comment import MARKER, ROOM, render_comment

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OURS = re.compile(r"</?(details|summary|sub)( open)?>")


def html(text):
    return READER.render(text)


def outside_code(text):
    """What GitHub would look through for mentions and links: the text, without tags and code."""
    return re.sub(r"<(code|pre)[^>]*>.*?</\1>|<[^>]*>", " ", html(text), flags=re.DOTALL)


def test_the_first_line_is_the_mark_that_the_next_run_looks_for(lint):
    assert render_comment(*lint).splitlines()[0] == MARKER


def test_the_head_says_whether_it_passes_and_why_not(lint):
    findings, meta = lint
    assert "<h3>❌ uc_guard: 2 findings to mend</h3>" in html(render_comment(findings, meta))
    assert "Fails: 2 findings are high or above." in render_comment(findings, meta)
    passing = render_comment(findings[3:4], replace(meta, failed=()))
    assert "<h3>✅ uc_guard: passes, 1 finding below high</h3>" in html(passing)


def test_a_budget_that_is_exceeded_fails_without_a_finding(lint):
    _, meta = lint
    text = render_comment((), replace(meta, failed=("the index is 65, above 50",)))
    assert "### ❌ uc_guard: this does not pass" in text
    assert "the index is 65, above 50" in text


def test_nothing_found_is_said_in_one_line(lint_parts):
    _, _, make_meta = lint_parts
    meta = make_meta((), failed=(), fixed=(), creep=(), notes=(), unjudged=(), counts=())
    assert render_comment((), meta).split("\n\n")[1] == "### ✅ uc_guard: passes, nothing found"


def test_the_summary_counts_by_severity_and_state(lint):
    table = html(render_comment(*lint)).partition("</table>")[0]
    heads = re.findall(r"<th[^>]*>(.*?)</th>", table)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", table)
    assert dict(zip(heads, cells, strict=True)) == {
        "🟥 critical": "1", "🟧 high": "1", "🟨 medium": "1", "🟦 low": "1", "known before": "1", "exempted": "1",
        "ignored": "1", "fixed": "2",
    }  # fmt: skip


def test_the_index_stands_before_and_after_the_plan(lint):
    assert "Privilege creep index: **65** of 100, **26** once the plan has run." in render_comment(*lint)


def test_open_findings_come_first_and_the_gravest_of_them(lint):
    findings, meta = lint
    text = html(render_comment(findings[::-1], meta))
    told = [text.index(code) for code in ("UCG201", "UCG101", "UCG301", "UCG401", "UCG901")]
    assert told == sorted(told)


def test_each_open_finding_has_its_details_with_the_line_and_the_remedy(lint):
    text = html(render_comment(*lint))
    assert "<summary>UCG101 unused-write · sql/grants.sql:3:1</summary>" in text
    assert '<pre><code class="language-sql">GRANT MODIFY ON TABLE' in text
    assert '<pre><code class="language-sql">REVOKE MODIFY ON TABLE' in text


def test_few_findings_that_fail_are_unfolded(lint):
    findings, meta = lint
    assert "<details open><summary>UCG101" in render_comment(findings[1:2], meta)
    assert "<details open>" not in render_comment(findings, meta)


def test_what_does_not_count_is_told_with_its_reason(lint):
    text = html(render_comment(*lint))
    assert "3 findings not counted" in text
    assert "asked for by sales until 2027-01-31" in text
    assert "2 findings of the baseline are mended and can leave it." in text


def test_names_in_backticks_are_code(lint):
    assert "never reads <code>shop.sales.returns</code>" in html(render_comment(*lint))


def test_hostile_texts_make_no_element_no_link_and_no_mention(hostile_lint):
    text = render_comment(*hostile_lint)
    shown = html(text)
    assert set(re.findall(r"</?([a-z]+)", shown)) <= {
        "h", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "strong", "ul", "li", "details",
        "summary", "sub",
    }  # fmt: skip
    assert not re.search(r"@\w|#\w|://", outside_code(text).replace("&#", ""))
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e\u200b]", text)
    tables = [row for row in shown.split("<tr>") if "UCG101" in row]
    assert all(row.count("<td") == 4 for row in tables)


MEAN = st.text(st.sampled_from("\\`|*_[](){}<>!#@:/~-+.&\nax1 "), max_size=30)


@settings(max_examples=150, deadline=None)
@given(words=MEAN, path=MEAN)
def test_no_text_breaks_out_of_its_place(lint, words, path):
    findings, meta = lint
    place = replace(findings[1].place, path=path, source=words)
    found = replace(findings[1], message=words, remedy=words, securable=words, place=place)
    shown = html(render_comment([found], replace(meta, notes=(words,), failed=(words,))))
    assert shown.count("<table>") == 2
    assert not re.search(r"<(a|img|script|em|del|h1|h2|blockquote|ol|hr|br)\b", shown)
    assert [row.count("<td") for row in shown.split("<tr>") if "UCG101" in row] == [4]


@pytest.mark.parametrize("words", ["1. one", "- one", "+ one", "2) two", "===", "---", ":smile:", "a :+1: b"])
def test_no_sentence_begins_a_list_or_a_line_or_makes_a_face(lint, words):
    findings, meta = lint
    shown = html(render_comment([replace(findings[3], message=words)], replace(meta, notes=(), unjudged=())))
    assert not re.search(r"<(ol|ul|hr|h1|h2|li)\b", shown)
    assert not re.search(r":(smile|[+]1):", shown)


def test_the_hundredth_line_of_a_file_is_no_face(lint):
    findings, meta = lint
    place = replace(findings[1].place, line=100)
    assert ":100:" not in re.sub(
        r"<code>.*?</code>", "", html(render_comment([replace(findings[1], place=place)], meta))
    )


@pytest.mark.parametrize("count", [60, 2_000])
def test_however_much_is_found_the_comment_fits(lint, count):
    findings, meta = lint
    long = replace(findings[1], message="🟥|`@" * 300, remedy="x" * 5_000, reason="🟥" * 900)
    many = [long] * count + [replace(long, state="exempt")] * count
    text = render_comment(many, replace(meta, notes=("🟥" * 400,) * 90, failed=("🟥" * 400,) * 9))
    assert len(text.encode()) <= ROOM
    assert re.search(r"and [\d,]+ more", text)
    assert re.search(r"Details of [\d,]+ more", text)
    assert "findings not counted" in text
    assert text.rstrip().endswith("</sub>")
    assert OURS.findall(text).count(("details", "")) % 2 == 0


def test_equal_findings_give_equal_bytes(lint):
    assert render_comment(*lint) == render_comment(*lint)
