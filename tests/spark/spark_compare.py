"""Where what `extract` says departs from what Spark says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import spark_schema

from uc_guard import Catalog, extract

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spark_truth import Truth

    from uc_guard import Extraction

CATALOG = Catalog.from_dict(spark_schema.catalog())


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an extraction stands to the truth; each entry a complaint in words.

    Attributes:
        missed: Uses and columns that matter and that were not said.
        extra: Uses and columns that were said and are not there.
        opaque: Reasons why the extractor said that it does not know.
    """

    missed: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    opaque: tuple[str, ...] = field(default=())

    @property
    def silent(self) -> bool:
        """Whether something was missed and no flag was raised."""
        return bool(self.missed) and not self.opaque


def extracted(
    text: str, *, temp_views: Mapping[str, str] | None = None, parameters: Mapping[str, object] | None = None
) -> Extraction:
    """What `extract` says of a statement on the estate."""
    views: dict[str, Any] = {name: {"definition": body} for name, body in (temp_views or {}).items()}
    where = {"current_catalog": spark_schema.CATALOG, "current_schema": spark_schema.SCHEMA}
    return extract(text, CATALOG, **where, temp_views=views, parameters=dict(parameters or {}))


def compare(text: str, ours: Extraction, truth: Truth) -> Verdict:
    """Hold an extraction against the truth: contributing <= ours <= referenced, and the same securables."""
    missed: list[str] = []
    extra: list[str] = []
    reads = {u.name: u.columns for u in ours.uses if u.action == "SELECT"}
    for name, low in truth.reads.items():
        if name not in reads:
            missed += [f"{name}"] if name in truth.referenced else []
        elif lost := low - set(reads[name] or ()):
            missed.append(f"{name}({', '.join(sorted(lost))})")
    for name, columns in reads.items():
        if name not in truth.referenced:
            extra += [] if name in truth.writes or _inlined(text) else [name]
        elif over := set(columns or ()) - truth.referenced[name]:
            extra += [] if _blurred(text) else [f"{name}({', '.join(sorted(over))})"]
    for action, wanted in (("MODIFY", truth.writes), ("EXECUTE", truth.functions)):
        said = {u.name for u in ours.uses if u.action == action}
        missed += [f"{action} {name}" for name in sorted(wanted - said)]
        extra += [f"{action} {name}" for name in sorted(said - wanted)]
    return Verdict(tuple(missed), tuple(extra), tuple(o.reason for o in ours.opaque))


def _inlined(text: str) -> bool:
    """Whether Spark puts CTEs in where they are named, and so forgets those that nothing names: it does in commands."""
    return bool(re.match(r"(?i)\s*merge\b", text)) and bool(re.search(r"(?i)\bwith\b", text))


def _blurred(text: str) -> bool:
    """Whether the plan cannot tell which columns the text asked for.

    `TABLE t` and a pipe in an EXISTS name every column or none; a renaming list `t AS x(p, q)` names them all, and
    Spark lays a projection there.
    """
    return bool(_WHOLE.search(text) or _RENAMED.search(text))


_WHOLE = re.compile(r"(?i)\btable\s+[\w.`]+\s*(\)|$|\|>|union|order)|\bexists\s*\(\s*from\b")
_RENAMED = re.compile(r"(?i)(\bas\s+|\)\s+|\w\s+)\w+\s*\((\s*[\w`]+\s*,)*\s*[\w`]+\s*\)")
