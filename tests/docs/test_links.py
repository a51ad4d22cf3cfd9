"""Every link inside the documentation leads somewhere."""

from __future__ import annotations

import re

LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def pages(root):
    return [root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").rglob("*.md"))]


def anchors(page):
    headings = HEADING.findall(re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_leads_to_a_file_and_heading_that_exist(root):
    broken = []
    for page in pages(root):
        for link in LINK.findall(page.read_text(encoding="utf-8")):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            if "://" not in link and not (target.exists() and (not anchor or anchor in anchors(target))):
                broken.append(f"{page.relative_to(root)}: {link}")
    assert broken == []


def linked_from(page):
    links = LINK.findall(page.read_text(encoding="utf-8"))
    return {(page.parent / link.partition("#")[0]).resolve() for link in links}


def test_an_index_names_every_page(root):
    docs = root / "docs"
    named = linked_from(docs / "README.md") | linked_from(docs / "reference" / "rules.md")
    every = [page for page in sorted(docs.rglob("*.md")) if page != docs / "README.md"]
    assert [str(page) for page in every if page not in named] == []
