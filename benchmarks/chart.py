"""Draws the figures of `bench.py --json` as an SVG, and prints them as a Markdown table."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

NAMES = {
    "warm": "uc_guard, second run", "cold": "uc_guard", "scan": "scan and hash the text",
    "loop": "loop: sqlglot parse", "qualify": "loop: sqlglot qualify", "datahub": "loop: DataHub lineage",
}  # fmt: skip
ORDER = ("scan", "warm", "cold", "loop", "qualify", "datahub")
WIDTH, LEFT, BAR, GAP, HEAD = 760, 190, 20, 8, 40


def table(told: dict[str, Any]) -> str:
    """Give a Markdown table: seconds, times our cold run, peak memory."""
    lines = ["| rows | templates | way | seconds | times `uc_guard` | peak MiB |", "|---:|---:|---|---:|---:|---:|"]
    for result in told["results"]:
        ways = result["ways"]
        for way in (way for way in ORDER if way in ways):
            one = ways[way]
            ratio = one["seconds"] / ways["cold"]["seconds"]
            lines.append(
                f"| {result['rows']:,} | {result['templates']:,} | {NAMES[way]} | {one['seconds']:,.2f} "
                f"| {ratio:,.2f} | {one['peak_mib']:,} |"
            )
    return "\n".join(lines)


def remarks(told: dict[str, Any]) -> str:
    """Give a Markdown list of what no way beside ours does: nights that build on each other, one core, growth."""
    lines: list[str] = []
    for result in told["results"]:
        night, alone = result["nights"], result["distinct"]
        lines.append(
            f"- {result['templates']:,} templates: a window of 30 days takes {night['first']:.1f} s, the same a day "
            f"later {night['second']:.1f} s; the new day alone, {night['new day']:.1f} s. On one core, distinct texts, "
            f"ours against the bare parse: {alone['parse'] / alone['extract']:.2f} times as fast; against `qualify`: "
            f"{alone['qualify'] / alone['extract']:.1f} times."
        )
    if growth := told.get("growth"):
        times = growth["ten"] / growth["one"]
        lines.append(f"- Ten times the rows: {times:.1f} times the seconds, {growth['ten_mib']:,} MiB at the peak.")
    if estates := told.get("estates"):
        one, all_, facts = (estates[name] for name in ("one", "all", "all, with facts"))
        lines.append(
            f"- 10,000 principals, 100,000 tables, 1,000,000 grants: needs and plan of all take {all_['seconds']:.1f} "
            f"s and {all_['peak']:,} MiB; with all that they hold and can read as frames, {facts['seconds']:.1f} s and "
            f"{facts['peak']:,} MiB. One of them is planned in {one['plan']:.1f} s."
        )
    return "\n".join(lines)


def chart(told: dict[str, Any]) -> str:
    """Give an SVG of the seconds of each way, on a logarithmic scale, one group of bars for each log."""
    results = told["results"]
    seconds = [one["seconds"] for result in results for one in result["ways"].values()]
    low, high = math.log10(min(seconds)), math.log10(max(seconds))
    parts: list[str] = []
    top = 0
    for result in results:
        ways = [way for way in ORDER if way in result["ways"]]
        title = f"{result['rows']:,} statements, {result['templates']:,} templates"
        parts.append(f'<text class="head" x="0" y="{top + 22}">{title}</text>')
        top += HEAD
        for way in ways:
            taken = result["ways"][way]["seconds"]
            width = 6 + (WIDTH - LEFT - 170) * (math.log10(taken) - low) / max(high - low, 1e-9)
            ratio = taken / result["ways"]["cold"]["seconds"]
            times = f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.2g}"
            ours = " ours" if way in {"warm", "cold"} else ""
            parts += [
                f'<text x="{LEFT - 10}" y="{top + 14}" text-anchor="end">{NAMES[way]}</text>',
                f'<rect class="bar{ours}" x="{LEFT}" y="{top}" width="{width:.1f}" height="{BAR}" rx="2"/>',
                f'<text x="{LEFT + width + 8:.1f}" y="{top + 14}">{taken:,.1f} s ({times}x)</text>',
            ]
            top += BAR + GAP
    style = (
        "text{font:13px system-ui,sans-serif;fill:#24292f}.head{font-weight:600}.bar{fill:#8c959f}.ours{fill:#0969da}"
        "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.bar{fill:#6e7681}.ours{fill:#4493f8}}"
    )
    title = "Seconds from a Parquet file to what was used, logarithmic; in brackets times the first run of uc_guard"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top + 10}" role="img">'
        f"<title>{title}</title><style>{style}</style>{''.join(parts)}</svg>\n"
    )


def main() -> None:
    """Read figures from the file named first, write the SVG to the one named second, print table and remarks."""
    told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path(sys.argv[2]).write_text(chart(told), encoding="utf-8")
    print(table(told), remarks(told), sep="\n\n")


if __name__ == "__main__":
    main()
