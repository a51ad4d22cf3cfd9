"""What a notebook shows, in a real browser: nothing cut off, nothing unreadable, nothing fetched."""

from __future__ import annotations

import pytest
from report_browser import CONTRAST

from uc_guard.report.notebook import render_notebook

pytestmark = pytest.mark.browser

WIDTHS = [700, 800, 1200]
# How notebooks like to see tables; a report that only looks right on an empty page is of no use there.
NOTEBOOK = """
body { margin: 0; font: 13px serif; color: #777; background: #eee }
.output { overflow: auto } .output * { box-sizing: content-box }
.output table { margin: 0 auto; table-layout: fixed; border-collapse: separate; font-size: 20px; color: red }
.output td, .output th, .output tr { text-align: right; vertical-align: top; max-width: 9px; padding: 30px }
.output td, .output th, .output tr { border: 3px solid lime } .output th { font-weight: 100 }
.output tbody tr:nth-child(odd) { background: #f5f5f5 } .output tbody tr:hover { background: #ddeeff }
.output p { margin: 40px 0; line-height: 3; color: #ddd }
.output ul { list-style: disc; padding: 90px } .output li { margin: 20px }
.output pre { white-space: pre; color: #ddd; background: #eee } .output code { color: #ddd }
"""

CUT_OFF = """() => [...document.querySelectorAll('.ucg, .ucg *')].filter(e => {
  if (e.tagName === 'STYLE' || getComputedStyle(e).overflowX === 'hidden') return false;
  const box = document.querySelector('.ucg').getBoundingClientRect(), r = e.getBoundingClientRect();
  return r.width && (r.right > box.right + 1 || r.left < box.left - 1 || e.scrollWidth > Math.ceil(r.width) + 1);
}).map(e => e.tagName + '.' + e.className + ': ' + e.textContent.slice(0, 60))"""

UNREADABLE = (
    "() => {"
    + CONTRAST
    + """  const poor = [], walker = document.createTreeWalker(document.querySelector('.ucg'), NodeFilter.SHOW_TEXT);
  let seen = 0;
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || e.tagName === 'STYLE') continue;
    seen++;
    const found = ratio(rgba(getComputedStyle(e).color), behind(e));
    if (found < 4.5) poor.push(found.toFixed(2) + ' ' + walker.currentNode.data.slice(0, 60));
  }
  for (const e of document.querySelectorAll('.bar span')) {
    const found = ratio(rgba(getComputedStyle(e).backgroundColor), behind(document.querySelector('.ucg')));
    if (found < 3) poor.push(found.toFixed(2) + ' bar ' + e.className);
  }
  return [seen, poor];
}"""
)

BACKGROUND = "() => getComputedStyle(document.querySelector('.ucg')).backgroundColor"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(21, 25, 30)"


@pytest.fixture
def show(browser):
    """Open a fragment as a notebook's output; afterwards nothing was fetched and nothing complained."""
    contexts, fetched, said = [], [], []

    def opened(fragment, width=800, scheme="light", body=""):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        context.route("**/*", lambda route: (fetched.append(route.request.url), route.abort()))
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        page.set_content(
            f"<!doctype html><style>{NOTEBOOK}</style><body {body}><div class='output'>{fragment}</div></body>"
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert fetched == []
    assert said == []


@pytest.fixture(params=["small", "hostile"])
def fragment(request):
    return render_notebook(request.getfixturevalue(request.param))


def _open_all(page):
    page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_off(show, fragment, width):
    page = show(fragment, width)
    assert page.evaluate(CUT_OFF) == []
    _open_all(page)
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_is_readable_on_its_ground(show, fragment, scheme):
    page = show(fragment, scheme=scheme)
    _open_all(page)
    seen, poor = page.evaluate(UNREADABLE)
    assert seen > 80
    assert poor == []


@pytest.mark.parametrize(
    ("scheme", "body", "ground"),
    [
        ("light", "", LIGHT),
        ("dark", "", DARK),
        ("light", "data-jp-theme-light='false'", DARK),
        ("dark", "data-jp-theme-light='true'", LIGHT),
        ("light", "class='vscode-dark'", DARK),
        ("dark", "class='vscode-light'", LIGHT),
        ("light", "class='vscode-high-contrast'", DARK),
        ("dark", "class='vscode-high-contrast vscode-high-contrast-light'", LIGHT),
        ("light", "data-theme='dark'", DARK),
        ("dark", "data-theme='light'", LIGHT),
    ],
)
def test_the_theme_of_the_notebook_wins_over_that_of_the_system(show, small, scheme, body, ground):
    page = show(render_notebook(small), scheme=scheme, body=body)
    assert page.evaluate(BACKGROUND) == ground
    assert page.evaluate(UNREADABLE)[1] == []


def test_details_open_by_the_keyboard_and_the_focus_is_seen(show, small):
    page = show(render_notebook(small))
    page.keyboard.press("Tab")
    focused = page.locator("summary:focus-visible")
    assert "order-bot" in focused.inner_text()
    outline = focused.evaluate("e => [getComputedStyle(e).outlineStyle, parseFloat(getComputedStyle(e).outlineWidth)]")
    assert outline == ["solid", 2]
    page.keyboard.press("Enter")
    assert page.get_by_text("Unmasked: shop.crm.people.email").is_visible()


def test_tables_and_headings_have_their_roles(show, small):
    page = show(render_notebook(small))
    _open_all(page)
    assert page.get_by_role("region", name="uc_guard audit").count() == 1
    assert page.get_by_role("heading", name="3 of 4 agents hold more than needed").count() == 1
    assert page.get_by_role("rowheader", name="order-bot").count() == 1
    assert page.get_by_role("columnheader", name="removable").count() == 1
    assert page.get_by_role("img", name="5 of 26 held were used").count() == 1


def test_a_bar_shows_the_shares_of_what_is_held(show, small):
    page = show(render_notebook(small), 1200)
    widths = page.evaluate("[...document.querySelectorAll('.bar.big span')].map(e => e.getBoundingClientRect().width)")
    # 12 used, 5 not needed but left alone, 21 removable, of 38.
    assert [round(38 * width / sum(widths)) for width in widths] == [12, 5, 21]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [800, 1200])
def test_a_screenshot_can_be_looked_at(show, small, tmp_path, scheme, width):
    page = show(render_notebook(small), width, scheme)
    _open_all(page)
    picture = tmp_path / f"audit-{scheme}-{width}.png"
    page.screenshot(path=picture, full_page=True)
    print(f"look at {picture}")  # noqa: T201 - a person should
    assert picture.stat().st_size > 20_000
