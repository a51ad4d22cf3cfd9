"""An audit, files, or both as the facts that rules are judged on."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.judge.facts import AUDIT, DECLARATION, NO_FILES, NO_WORKSPACE, SOURCE, TABLES, Facts
from uc_guard.judge.files import declared_rows, unread_facts, with_agents
from uc_guard.judge.privileges import declared_facts, grant_facts, holding_facts
from uc_guard.tables import SNAPSHOT

if TYPE_CHECKING:
    from datetime import date

    from uc_guard.pipeline import Audit
    from uc_guard.read.declared import Declared
    from uc_guard.snapshot import Snapshot

_OF_FILES = ("grant", "declared", "declaration", "unread")
_OF_SETTINGS = ("exemption",)


def gather(found: Audit | None, declared: Declared | None, today: date) -> Facts:
    """Give the facts of a lint.

    Args:
        found: An audit; None where no workspace is at hand.
        declared: What files declare; None where no file is at hand.
        today: The day of the judgement.
    """
    frames: dict[str, pl.DataFrame] = {}
    said = None if declared is None else declared_rows(declared, found)
    if found is not None or said is not None:
        frames["grant"] = with_agents(grant_facts(found, said), found, declared)
    if declared is not None and said is not None:
        frames["declared"] = with_agents(declared_facts(said), found, declared)
        frames["declaration"] = declared.grants.select(*DECLARATION.columns)
        frames["unread"] = unread_facts(declared)
    if found is not None:
        frames |= _of_workspace(found, today)
    lacking = {
        name: NO_FILES if name in _OF_FILES else NO_WORKSPACE
        for name in TABLES
        if name not in frames and name not in _OF_SETTINGS
    }
    return Facts(frames, lacking, _names(found.snapshot) if found is not None else {})


def _of_workspace(found: Audit, today: date) -> dict[str, pl.DataFrame]:
    # A lint of files alone never pays for what follows.
    from uc_guard.judge.columns import bypass_facts, exposure_facts, reading_facts  # noqa: PLC0415
    from uc_guard.judge.people import power_facts, principal_facts, shortfall_facts  # noqa: PLC0415

    exposure = exposure_facts(found)
    return {
        "holding": holding_facts(found),
        "exposure": exposure,
        "reading": reading_facts(exposure),
        "bypass": bypass_facts(found),
        "power": power_facts(found),
        "shortfall": shortfall_facts(found),
        "principal": principal_facts(found, exposure),
        "source": _sources(found),
        "audit": _audit(found, today),
    }


def _sources(found: Audit) -> pl.DataFrame:
    manifest = found.snapshot.manifest
    by_name = {source.name: source for source in manifest.sources}
    missed = {name.partition(":")[0] for names in found.coverage["missing"] for name in names}
    rows: list[tuple[object, ...]] = []
    for contract in SNAPSHOT:
        source = by_name.get(contract.name)
        newest = None if source is None else source.watermark
        stale = None if newest is None else max((manifest.until - newest).days, 0)
        complete = None if source is None else source.complete
        note = "" if source is None else source.note
        rows.append((contract.name, source is not None, complete, contract.name in missed, stale, note))
    return pl.DataFrame(rows, schema=SOURCE.schema, orient="row")


def _audit(found: Audit, today: date) -> pl.DataFrame:
    manifest = found.snapshot.manifest
    statements, opaque = (int(found.coverage[name].sum()) for name in ("statements", "opaque"))
    row = {
        "window_days": (manifest.until - manifest.since).days,
        "min_window_days": found.settings.min_window_days,
        "age_days": (today - manifest.until.date()).days,
        "taken_days": (today - manifest.taken_at.date()).days,
        "subjects": len(found.subjects),
        "statements": statements,
        "opaque_share": opaque / statements if statements else 0.0,
        "held": len({held.subject for held in found.plan.held if held.row is None}),
    }
    return pl.DataFrame([row], schema=AUDIT.schema)


def _names(snapshot: Snapshot) -> dict[str, str]:
    """Give what people call each principal; names that several carry are told apart by their ids."""
    frame = snapshot.frame("principals").select("principal", "display_name").drop_nulls()
    shown = [(principal, name) for principal, name in frame.iter_rows() if name.strip() and name != principal]
    often = Counter(name for _, name in shown)
    return {principal: f"{name} ({principal})" if often[name] > 1 else name for principal, name in shown}
