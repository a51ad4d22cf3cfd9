"""The fake workspace of these tests: a world, and servers that answer as it would."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# The modules beside this file have names of their own (`live_...`), so that no other folder's are hidden.
sys.path.insert(0, str(Path(__file__).parent))
WINDOW = ("--until", "2026-09-30T12:00", "--days", "20")


@pytest.fixture(autouse=True)
def no_databricks_settings(monkeypatch, tmp_path_factory):
    """Nobody's own settings reach these tests."""
    import os  # noqa: PLC0415 - only here

    for name in [name for name in os.environ if name.startswith("DATABRICKS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", str(tmp_path_factory.getbasetemp() / "no-such-file"))


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A snapshot of the estate and a plan for its agents, made by the commands once; every estate is the same."""
    pytest.importorskip("databricks.sdk")
    from fake_estate import COPILOT, FORECASTER, SUPPORT  # noqa: PLC0415 - as below
    from fake_live import Live  # noqa: PLC0415 - needs the SDK

    home = tmp_path_factory.mktemp("made")
    with Live() as live:
        live.run("snapshot", "--warehouse", "w1", "-o", home / "snap", *WINDOW, state=home, code=0)
        who = [part for agent in (COPILOT, FORECASTER, SUPPORT) for part in ("-s", agent)]
        live.run("plan", home / "snap", "-o", home / "plan.json", *who, state=home, code=1)
    return home
