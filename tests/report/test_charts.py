"""The charts, read as SVG."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import uc_guard
from uc_guard.report.charts import creep_before_after, held_versus_used, render_svg

DRAWN = [held_versus_used, creep_before_after]


def texts(svg):
    return [each.text for each in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314 - our own


@pytest.mark.parametrize("draw", DRAWN)
def test_a_chart_is_an_svg_with_every_agent_in_it(small, draw):
    told = texts(render_svg(draw(small)))
    assert {"order-bot", "tidy-bot", "riddle-bot", "idle-bot"} <= set(told)


def test_the_bars_are_what_the_ledger_says(small):
    (rows,) = held_versus_used(small).to_dict()["datasets"].values()
    held = {}
    for row in rows:
        held[row["agent"]] = held.get(row["agent"], 0) + row["pairs"]
    assert sorted(held.values()) == sorted(small.ledger["held"])
    assert sum(row["pairs"] for row in rows if row["share"] == "used") == small.ledger["used"].sum()


def test_the_index_stands_today_and_after_the_plan(small):
    told = texts(render_svg(creep_before_after(small)))
    assert {"today", "after the plan", "index, 0 to 100"} <= set(told)


@pytest.mark.parametrize("draw", DRAWN)
def test_hostile_names_stay_text(hostile, draw):
    svg = render_svg(draw(hostile))
    names = {each.tag.rpartition("}")[2] for each in ET.fromstring(svg).iter()}  # noqa: S314 - our own text
    assert "script" not in names
    assert not {"\x1b", "\u202e"} & set(svg)


@pytest.mark.parametrize("draw", DRAWN)
def test_equal_audits_give_equal_bytes(small, draw):
    assert render_svg(draw(small)) == render_svg(draw(small))


@pytest.mark.parametrize(("draw", "name"), [(held_versus_used, "held-versus-used"), (creep_before_after, "creep")])
def test_the_pictures_of_the_docs_show_the_example_as_it_is(draw, name):
    home = Path(__file__).parents[2]
    found = uc_guard.audit(uc_guard.read_folder(home / "examples" / "retail"))
    kept = (home / "docs" / "images" / f"{name}.svg").read_text(encoding="utf-8")
    assert shapes(render_svg(draw(found))) == shapes(kept)


def shapes(svg):
    """What a picture tells: its words; where they stand differs by the fonts of a machine."""
    return sorted(text for text in texts(svg) if text)
