"""What nights leave behind for charts: how much agents hold as time goes by, and what each night did."""

from __future__ import annotations

import polars as pl

from uc_guard.tables.contract import INSTANT, PRINCIPAL, Column, Contract

NIGHT_AGENTS = Contract(
    "night_agents",
    "One agent in one night.",
    {
        "night": Column(INSTANT, "when the night's run began"),
        "host": Column(pl.String, "the workspace"),
        "principal": PRINCIPAL,
        "name": Column(pl.String, "what people call it"),
        "state": Column(pl.String, "reducible, held or clean"),
        "held": Column(pl.Int64, "(privilege, securable) pairs held"),
        "used": Column(pl.Int64, "of them, surely needed"),
        "may": Column(pl.Int64, "of them, needed or perhaps needed"),
        "after": Column(pl.Int64, "pairs held once the night's plan has run"),
        "creep_index": Column(pl.Float64, "privilege creep index, 0 to 100", null="not reckoned"),
        "creep_index_after": Column(pl.Float64, "the same once the night's plan has run", null="not reckoned"),
        "statements": Column(pl.Int64, "logged statements in the window"),
        "understood": Column(pl.Float64, "share of them understood in full, 0 to 1", null="no statement"),
    },
    key=("night", "host", "principal"),
)
NIGHTS = Contract(
    "nights",
    "One night.",
    {
        "night": Column(INSTANT, "when its run began"),
        "host": Column(pl.String, "the workspace"),
        "executed": Column(pl.Boolean, "the plan was run, not only made"),
        "since": Column(INSTANT, "start of the window of the logs"),
        "until": Column(INSTANT, "end of the window, exclusive"),
        "agents": Column(pl.Int64, "principals under audit"),
        "planned": Column(pl.Int64, "rows that the plan takes"),
        "revoked": Column(pl.Int64, "rows taken"),
        "granted": Column(pl.Int64, "rows given, narrower ones in the place of broad ones"),
        "restored": Column(pl.Int64, "privileges given back since somebody was refused"),
        "refused": Column(pl.Int64, "steps that the workspace refused"),
        "left": Column(pl.Int64, "steps still to do"),
        "spared": Column(pl.Int64, "statements left out to be safe"),
        "excess_before": Column(pl.Float64, "weighted pairs held outside what may be needed"),
        "excess_after": Column(pl.Float64, "the same once the plan has run"),
        "incomplete": Column(pl.Int64, "sources that could not be read in full"),
        "stopped": Column(pl.String, "why it stopped before its end", null="it did not"),
        "journal": Column(pl.String, "file that undoes the night", null="nothing was run"),
    },
    key=("night", "host"),
)

TREND = (NIGHT_AGENTS, NIGHTS)
"""The frames that nights write, one file a night each."""
