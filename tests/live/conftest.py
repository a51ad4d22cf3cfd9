"""Puts the helpers of this folder where tests find them, and keeps the machine's own Databricks settings out."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
WINDOW = ("--until", "2026-09-30T12:00", "--days", "20")


def pytest_terminal_summary(terminalreporter):
    """Print what long tests counted; processes of their own cannot print it themselves."""
    reports = [report for report in terminalreporter.getreports("passed") if report.when == "call"]
    for name, told in [pair for report in reports for pair in report.user_properties if pair[0] == "counts"]:
        terminalreporter.write_line(f"{name}: {told}")


@pytest.fixture(autouse=True)
def no_databricks_settings(monkeypatch, tmp_path):
    """Nobody's own settings reach these tests."""
    for name in [name for name in os.environ if name.startswith(("DATABRICKS_", "UC_GUARD_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", str(tmp_path / "no-such-file"))
    monkeypatch.setenv("UC_GUARD_STATE", str(tmp_path / "state"))


@pytest.fixture
def live():
    """Give a workspace on loopback, and a way to run commands and code against it."""
    pytest.importorskip("databricks.sdk")
    from fake_live import Live  # noqa: PLC0415 - needs the SDK

    with Live() as one:
        yield one


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
