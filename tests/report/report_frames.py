"""Audits whose facts a test makes up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from uc_guard.pipeline import Audit

FACTS = ("holdings", "exposures", "shortfalls", "coverage")


def with_facts(found: Audit, **frames: pl.DataFrame) -> Audit:
    """Give an audit with these frames instead of its own."""
    facts = replace(found.facts)
    vars(facts).update({name: getattr(found, name) for name in FACTS} | frames)
    return replace(found, facts=facts)
