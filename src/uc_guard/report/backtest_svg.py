"""A backtest as a picture: over the length of the window, what would have been denied, and what excess stays."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from uc_guard.report.wording import clean, day, rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from uc_guard.backtest import Backtest

_WIDTH, _HEIGHT = 640, 430
_SIZE = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
_LEFT, _RIGHT = 72, 600
_FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
_STYLE = f"""
:root{{color-scheme:light dark}}
text{{font:12px {_FONT};fill:#1b2631}}
.page{{fill:#fff}}.title{{font-size:15px;font-weight:600}}.soft{{fill:#56626f}}.grid{{stroke:#e3e7eb}}
.denied{{stroke:#b8541a;fill:none;stroke-width:2}}.denied-dot{{fill:#b8541a}}
.excess{{stroke:#1d5796;fill:none;stroke-width:2}}.excess-dot{{fill:#1d5796}}
.value{{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}}
.best{{stroke:#56626f;stroke-dasharray:4 4}}
@media (prefers-color-scheme:dark){{
text{{fill:#e8edf2}}.page{{fill:#12181f}}.soft{{fill:#9aa7b4}}.grid{{stroke:#2a333d}}
.denied{{stroke:#f0944d}}.denied-dot{{fill:#f0944d}}.excess{{stroke:#6fb0ec}}.excess-dot{{fill:#6fb0ec}}.best{{stroke:#9aa7b4}}
.value{{stroke:#12181f}}
}}
"""


class _Panel(NamedTuple):
    """One curve: its name, class, top and bottom, the points, and how a value is spelt."""

    title: str
    kind: str
    top: float
    bottom: float
    points: list[tuple[int, float]]
    spell: Callable[[float], str]


def render_backtest_svg(found: Backtest) -> str:
    """Give the curves as SVG: self-contained, without scripts, readable on light and on dark."""
    judged = found.windows.filter(pl.col("reason").is_null())
    ticks = found.windows["window_days"].to_list()
    shares = [(n, s) for n, s in judged.select("window_days", "share").iter_rows() if s is not None]
    excess = list(judged.select("window_days", "excess_after").iter_rows())
    panels = (
        _Panel("later statements denied", "denied", 96, 210, shares, rate),
        _Panel("excess left after the plan", "excess", 262, 376, excess, _number),
    )
    best = f"Recommended: {found.recommended} days" if found.recommended is not None else "Nothing can be recommended"
    span = f"plans as of {day(found.cut)}, replayed to {day(found.until)}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {_SIZE} role="img" aria-labelledby="t d">',
        f'<title id="t">{_text("Backtest: window against denied statements")}</title>',
        f'<desc id="d">{_text(_described(found, shares, excess))}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="page" width="{_WIDTH}" height="{_HEIGHT}"/>',
        _say(24, 32, f"Backtest: {span}", "title"),
        _say(24, 54, best, "soft"),
        *(line for panel in panels for line in _drawn(panel, ticks, found.recommended)),
        *(_say(_x(tick, ticks), 398, f"{tick}", "soft", "middle") for tick in ticks),
        _say((_LEFT + _RIGHT) / 2, 418, "days of log that the plan is made from", "soft", "middle"),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _drawn(panel: _Panel, ticks: Sequence[int], best: int | None) -> Iterator[str]:
    highest = _nice(max((value for _, value in panel.points), default=0.0), whole=panel.kind == "excess")
    yield _say(_LEFT, panel.top - 14, panel.title)
    for share in (0.0, 0.5, 1.0):
        y = panel.bottom - share * (panel.bottom - panel.top)
        yield f'<line class="grid" x1="{_LEFT}" x2="{_RIGHT}" y1="{y:g}" y2="{y:g}"/>'
        yield _say(_LEFT - 8, y + 4, panel.spell(share * highest), "soft", "end")
    if best is not None:
        x = _x(best, ticks)
        yield f'<line class="best" x1="{x:g}" x2="{x:g}" y1="{panel.top:g}" y2="{panel.bottom:g}"/>'
    places = [
        (_x(days, ticks), panel.bottom - value / highest * (panel.bottom - panel.top), days, value)
        for days, value in panel.points
    ]
    if places:
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _, _ in places)
        yield f'<polyline class="{panel.kind}" points="{line}"/>'
    for x, y, days, value in places:
        tip = f"{days} days: {panel.spell(value)}"
        yield f'<circle class="{panel.kind}-dot" cx="{x:.1f}" cy="{y:.1f}" r="4"><title>{_text(tip)}</title></circle>'
        yield _say(x, y - 9, panel.spell(value), "value", "middle")
    for days in (days for days in ticks if places and days not in {known for known, _ in panel.points}):
        yield _say(_x(days, ticks), panel.bottom - 8, "not judged", "soft", "middle")
    if not places:
        middle = (panel.top + panel.bottom) / 2
        yield _say((_LEFT + _RIGHT) / 2, middle + 4, "no window could be judged", "soft", "middle")


def _described(found: Backtest, shares: list[tuple[int, float]], excess: list[tuple[int, float]]) -> str:
    told = [f"{days} days: {rate(share)} denied" for days, share in shares]
    told += [f"{days} days: excess {value:,.0f}" for days, value in excess]
    return "; ".join([*told, found.why])


def _x(days: int, ticks: Sequence[int]) -> float:
    """Place windows at even steps: what matters is which is next, and short ones would lie on each other."""
    if len(ticks) == 1:
        return (_LEFT + _RIGHT) / 2
    inner = 28
    return _LEFT + inner + ticks.index(days) * (_RIGHT - _LEFT - 2 * inner) / (len(ticks) - 1)


def _nice(highest: float, *, whole: bool) -> float:
    """Give a round end of an axis, at least as high, and never 0."""
    least = 10.0 if whole else 0.01
    if highest <= least:
        return least
    step = 10.0 ** math.floor(math.log10(highest))
    return next(n * step for n in (1, 2, 4, 5, 10) if n * step >= highest * (1 - 1e-9))


def _number(value: float) -> str:
    return f"{value:,.0f}"


def _say(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    named = f' class="{kind}"' if kind else ""
    placed = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{x:g}" y="{y:g}"{named}{placed}>{_text(text)}</text>'


def _text(text: str) -> str:
    # SAFETY: sentences may hold names from servers.
    return escape(clean(text))
