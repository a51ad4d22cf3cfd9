"""Charts of an audit, as values of Altair and as SVG; they need the extra `charts`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from uc_guard.report.summary import summarize
from uc_guard.report.wording import LONGEST_NAME, clean, shorten

if TYPE_CHECKING:
    import altair as alt

    from uc_guard.pipeline import Audit
    from uc_guard.report.summary import AgentLine

MOST_BARS = 40
"""Agents in one chart, those with most to remove first."""

_SHARES = ("used", "perhaps used", "not needed, left alone", "not needed, removable")
_COLOURS = ("#1d5796", "#5f97cc", "#8f77bf", "#cf7410")
_TIMES = ("today", "after the plan")
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


def held_versus_used(found: Audit) -> alt.Chart:
    """Draw what each agent holds as a bar, split by what of it was used and what becomes of the rest."""
    import altair as alt  # noqa: PLC0415 - an extra, and slow to load

    rows = [
        {"agent": _name(agent.name), "share": _SHARES[order], "pairs": number, "order": order}
        for agent in summarize(found).agents[:MOST_BARS]
        for order, number in enumerate(_split(agent))
    ]
    frame = pl.DataFrame(rows, schema={"agent": pl.String, "share": pl.String, "pairs": pl.Int64, "order": pl.Int64})
    chart = alt.Chart(_data(frame), title="Held versus used").mark_bar(height={"band": 0.65})
    dressed: alt.Chart = _dressed(
        chart.encode(
            x=alt.X("pairs:Q", title="privileges on single securables", stack="zero"),
            y=alt.Y("agent:N", title=None, sort=_in_order(frame)),
            color=alt.Color("share:N", title=None, scale=alt.Scale(domain=_SHARES, range=_COLOURS)),
            order=alt.Order("order:Q"),
            tooltip=["agent:N", "share:N", "pairs:Q"],
        )
    )
    return dressed


def creep_before_after(found: Audit) -> alt.LayerChart:
    """Draw the privilege creep index of each agent today and once the plan has run."""
    import altair as alt  # noqa: PLC0415 - an extra, and slow to load

    names = {agent.principal: _name(agent.name) for agent in summarize(found).agents}
    shown = found.creep.sort("index_before", "principal", descending=[True, False]).head(MOST_BARS)
    agents = [names[principal] for principal in shown["principal"]]
    ends = shown.select(pl.Series("agent", agents, pl.String), before="index_before", after="index_after")
    long = pl.concat(
        [
            ends.select("agent", when=pl.lit(time), index=pl.col(column))
            for time, column in zip(_TIMES, ("before", "after"), strict=True)
        ]
    )
    axis = alt.Scale(domain=[0, 100])
    y = alt.Y("agent:N", title=None, sort=_in_order(ends))
    lines = (
        alt.Chart(_data(ends), title="Privilege creep index")
        .mark_rule(color="#9aa7b4", strokeWidth=2)
        .encode(x=alt.X("before:Q", title="index, 0 to 100", scale=axis), x2="after:Q", y=y)
    )
    points = (
        alt.Chart(_data(long))
        .mark_circle(opacity=1)
        .encode(
            x=alt.X("index:Q", scale=axis),
            y=y,
            color=alt.Color("when:N", title=None, scale=alt.Scale(domain=_TIMES, range=[_COLOURS[3], _COLOURS[0]])),
            # Where the plan changes nothing, today's point shows as a ring around the other.
            size=alt.Size("when:N", title=None, scale=alt.Scale(domain=_TIMES, range=[190, 70])),
            tooltip=["agent:N", "when:N", alt.Tooltip("index:Q", format=".1f")],
        )
    )
    dressed: alt.LayerChart = _dressed(alt.layer(lines, points))
    return dressed


def render_svg(chart: alt.Chart | alt.LayerChart) -> str:
    """Give a chart as SVG, without a browser and without the network."""
    import vl_convert  # noqa: PLC0415 - an extra

    svg: str = vl_convert.vegalite_to_svg(chart.to_dict())
    return svg + "\n"


def _split(agent: AgentLine) -> tuple[int, ...]:
    kept = max(agent.held - agent.may - agent.removable, 0)
    return (agent.used, agent.may - agent.used, kept, agent.removable)


def _dressed(chart: Any) -> Any:  # noqa: ANN401 - a chart of either kind, given back as what it is
    plain = chart.properties(width=560).configure(font=_FONT, background="white", padding=12)
    plain = plain.configure_view(stroke=None).configure_title(anchor="start", fontSize=15, offset=12)
    plain = plain.configure_axis(
        domain=False, ticks=False, labelFontSize=12, titleFontSize=12, titleFontWeight="normal", labelLimit=260,
        gridColor="#e6eaee", labelColor="#1b2631", titleColor="#56626f", labelPadding=8,
    )  # fmt: skip
    return plain.configure_axisY(grid=False).configure_legend(orient="bottom", labelFontSize=12, labelLimit=400)


def _data(frame: pl.DataFrame) -> Any:  # noqa: ANN401 - Altair takes it, and has no type for it
    return {"values": frame.to_dicts()}


def _in_order(frame: pl.DataFrame) -> list[str]:
    return frame["agent"].unique(maintain_order=True).to_list()


def _name(name: str) -> str:
    # SAFETY: a chart is text to whoever draws it; what could steer a terminal or a page is no part of a name.
    return shorten(clean(name), LONGEST_NAME)
