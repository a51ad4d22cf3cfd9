"""An audit, or a usage, as JSON for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from uc_guard.report.summary import summarize

if TYPE_CHECKING:
    from uc_guard.pipeline import Audit
    from uc_guard.usage.log import Reading

FORMAT = 1


def render_json(found: Audit) -> str:
    """Give an audit as JSON: `format`, `summary`, the fact frames as lists of rows, and the `plan`."""
    document: dict[str, object] = {
        "format": FORMAT,
        "summary": asdict(summarize(found)),
        "coverage": _rows(found.coverage),
        "holdings": _rows(found.holdings),
        "exposures": _rows(found.exposures),
        "shortfalls": _rows(found.shortfalls),
        "needs": _rows(found.needs.filter(pl.col("principal").is_in(list(found.subjects)))),
        "opaque": _rows(found.opaque.filter(pl.col("principal").is_in(list(found.subjects)))),
        "plan": asdict(found.plan),
        "verdict": asdict(found.verdict),
    }
    return _encode(document)


def render_usage_json(reading: Reading, subjects: tuple[str, ...]) -> str:
    """Give the usage of some principals as JSON: `format`, `usage`, `opaque`, `outcomes`."""
    chosen = pl.col("principal").is_in(list(subjects))
    frames = {"usage": reading.usage, "opaque": reading.opaque, "outcomes": reading.outcomes}
    return _encode({"format": FORMAT, **{name: _rows(frame.filter(chosen)) for name, frame in frames.items()}})


def _rows(frame: pl.DataFrame) -> list[dict[str, object]]:
    return frame.to_dicts()


def _encode(document: dict[str, object]) -> str:
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
