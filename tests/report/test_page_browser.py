"""The HTML report in a real browser: it sorts, filters, copies, turns dark, and fits a phone."""

from __future__ import annotations

import pytest
from report_browser import CONTRAST

from uc_guard.report.page import render_page

pytestmark = pytest.mark.browser

DESKTOP, PHONE = 1280, 390
PAGES = ["overview", "findings", "agents", "holdings", "plan", "about", "agent-1"]

CUT_OFF = """() => [...document.querySelectorAll('main *, header *, footer *')].filter(e => {
  const box = e.getBoundingClientRect();
  if (!box.width || e.closest('.unseen, nav, svg') || e.matches('.skip')) return false;
  return box.right > innerWidth + 1 || box.left < -1;
}).map(e => `${e.tagName}.${e.className}: ${e.textContent.slice(0, 50)}`)"""

UNREADABLE = (
    "() => {"
    + CONTRAST
    + """  const poor = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !e.getClientRects().length) continue;
    seen++;
    const found = ratio(rgba(getComputedStyle(e).color), behind(e));
    if (found < 4.5) poor.push(found.toFixed(2) + ' ' + walker.currentNode.data.slice(0, 60));
  }
  for (const e of document.querySelectorAll('.bar rect')) {
    if (!e.getClientRects().length) continue;
    const found = ratio(rgba(getComputedStyle(e).fill), behind(document.body));
    if (found < 3) poor.push(found.toFixed(2) + ' bar ' + e.getAttribute('class'));
  }
  return [seen, poor];
}"""
)


@pytest.fixture(scope="module", params=["small", "hostile"])
def file(request, tmp_path_factory):
    """The report as a file, as people open it."""
    return _written(request, tmp_path_factory, request.param)


@pytest.fixture(scope="module")
def plain(request, tmp_path_factory):
    """The report of harmless names."""
    return _written(request, tmp_path_factory, "small")


def _written(request, tmp_path_factory, name):
    findings = request.getfixturevalue({"small": "lint", "hostile": "hostile_lint"}[name])
    path = tmp_path_factory.mktemp("page") / f"{name}.html"
    path.write_text(render_page(request.getfixturevalue(name), *findings), encoding="utf-8")
    return path


@pytest.fixture
def show(browser):
    """Open a page of a report; afterwards nothing was fetched and nothing complained."""
    contexts, fetched, said = [], [], []

    def opened(file, name="", *, width=DESKTOP, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: fetched.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        page.goto(f"{file.as_uri()}{'#' + name if name else ''}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [url for url in fetched if not url.startswith("file:")] == []
    assert len(fetched) == len(contexts)
    assert said == []


def column(page, table, number):
    return [
        text.strip() for text in page.locator(f"#{table} tbody tr:visible > :nth-child({number})").all_inner_texts()
    ]


def test_a_click_on_a_head_sorts_and_another_turns_it_round(show, plain):
    page = show(plain, "agents")
    head = page.get_by_role("columnheader", name="Held", exact=True).first
    head.get_by_role("button").click()
    held = [int(text) for text in column(page, "agents-table", 4)]
    assert held == sorted(held, reverse=True)
    assert head.get_attribute("aria-sort") == "descending"
    head.get_by_role("button").click()
    assert [int(text) for text in column(page, "agents-table", 4)] == sorted(held)
    assert head.get_attribute("aria-sort") == "ascending"
    page.get_by_role("button", name="Agent").click()
    assert column(page, "agents-table", 1) == ["idle-bot", "order-bot", "riddle-bot", "tidy-bot"]
    assert head.get_attribute("aria-sort") == "none"


def test_severities_sort_by_gravity_not_by_letter(show, plain):
    page = show(plain, "findings")
    page.get_by_role("button", name="Severity").click()
    assert column(page, "findings-table", 2) == ["critical", "high", "medium", "low"]


def test_filters_narrow_the_rows_and_say_how_many_are_left(show, plain):
    page = show(plain, "findings")
    assert page.locator("#findings output").inner_text() == "4 of 7 shown"
    choices = page.get_by_role("search", name="Filter the findings")
    choices.get_by_label("State").select_option("exempt")
    assert column(page, "findings-table", 4) == ["exempted"]
    choices.get_by_label("State").select_option("")
    choices.get_by_label("Severity").select_option("high")
    assert page.locator("#findings output").inner_text() == "2 of 7 shown"
    page.get_by_role("searchbox").fill("grants.SQL")
    assert page.locator("#findings output").inner_text() == "1 of 7 shown"


def test_the_plan_is_copied_whole(show, plain):
    page = show(plain, "plan")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the plan").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("-- uc_guard plan")
    assert copied == page.locator("#plan-sql").evaluate("e => e.textContent")


def test_the_toggle_turns_dark_and_back_and_stays_over_a_reload(show, plain):
    page = show(plain)
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    page.get_by_role("button", name="Switch to dark colours").click()
    assert page.evaluate(ground) == "rgb(21, 25, 30)"
    page.evaluate("localStorage.getItem('uc_guard-theme')")
    page.get_by_role("button", name="Switch to light colours").click()
    assert page.evaluate(ground) == "rgb(255, 255, 255)"


def test_the_system_decides_until_the_reader_does(show, plain):
    page = show(plain, scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 25, 30)"


def test_the_address_names_the_page_and_back_works(show, plain):
    page = show(plain)
    assert page.locator("[data-page]:visible").get_attribute("id") == "overview"
    page.get_by_role("navigation").get_by_role("link", name="Agents").click()
    assert page.get_by_role("heading", level=2).inner_text() == "Agents"
    assert page.evaluate("document.activeElement.id") == "agents-title"
    page.get_by_role("link", name="order-bot").click()
    assert page.url.endswith("#agent-1")
    assert page.title() == "order-bot · uc_guard report"
    assert page.locator("nav [aria-current=page]").inner_text() == "Agents"
    page.go_back()
    assert page.locator("[data-page]:visible").get_attribute("id") == "agents"


def test_a_link_to_a_finding_opens_it_even_where_a_filter_hides_it(show, plain):
    page = show(plain, "findings")
    page.get_by_role("searchbox").fill("nothing like it")
    page.evaluate("location.hash = '#finding-1'")
    page.locator("#finding-1").get_by_text("A yearly job needs it.").wait_for()
    assert page.locator("#finding-1 details").evaluate("e => e.open")


def test_an_address_that_names_nothing_shows_the_first_page(show, plain):
    page = show(plain, "nowhere")
    assert page.locator("[data-page]:visible").get_attribute("id") == "overview"


def test_the_keyboard_reaches_everything_in_order(show, plain):
    page = show(plain)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    names = []
    for _ in range(7):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.textContent"))
    assert names == ["Overview", "Findings", "Agents", "Holdings", "Plan", "About", "Dark"]
    style = "(e => [getComputedStyle(e).outlineStyle, getComputedStyle(e).outlineWidth])(document.activeElement)"
    assert page.evaluate(style) == ["solid", "2px"]


def test_the_page_has_its_landmarks(show, plain):
    page = show(plain)
    for role in ("banner", "navigation", "main", "contentinfo"):
        assert page.get_by_role(role).count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_every_text_is_readable_on_its_ground(show, file, name, scheme):
    page = show(file, name, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
    seen, poor = page.evaluate(UNREADABLE)
    assert seen > 20
    assert poor == []


@pytest.mark.parametrize("width", [DESKTOP, 901, PHONE])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_off(show, file, name, width):
    page = show(file, name, width=width)
    page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_paper_every_page_is_there_and_no_button(show, plain):
    page = show(plain)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("[data-page]:visible").count() == len(page.locator("[data-page]").all())
    assert page.locator("button:visible").count() == 0
    assert page.get_by_text("A yearly job needs it.").first.is_visible()


def test_without_a_script_everything_can_still_be_read(browser, plain):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(plain.as_uri())
    assert page.locator("[data-page]:visible").count() > 6
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_a_screenshot_can_be_looked_at(show, plain, tmp_path, scheme, width):
    for name in PAGES:
        page = show(plain, name, width=width, scheme=scheme)
        picture = tmp_path / f"{name}-{scheme}-{width}.png"
        page.screenshot(path=picture, full_page=True)
        print(f"look at {picture}")  # noqa: T201 - a person should
        assert picture.stat().st_size > 10_000
