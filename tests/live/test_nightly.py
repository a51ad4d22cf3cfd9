"""Two nights from the example's own files: the first takes, the second has nothing to do; and what hurt comes back."""

from __future__ import annotations

import datetime as dt
import http.server
import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import polars as pl
import pytest
from fake_estate import COPILOT, DID, FORECASTER, SUPPORT, WATCHER, estate
from fake_live import Live

EXAMPLE = Path(__file__).parents[2] / "examples" / "nightly"


@pytest.fixture
def webhook():
    """Give the address of something that takes messages, and the messages."""
    taken = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_POST(self):
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/services/T0/B0/secret-of-the-hook", taken
    server.shutdown()
    server.server_close()


def now_estate():
    """The estate, with its log moved up to now: the command takes the time from the clock."""
    world = estate(days=40)
    shift = dt.datetime.now(dt.UTC) - world.now
    for rows in world.system.values():
        for row in rows:
            for key, value in row.items():
                if isinstance(value, dt.datetime):
                    row[key] = value + shift
    return world


def night(live, home, *more, code):
    """Run the task of the example's job, as the bundle calls it."""
    shutil.copy(EXAMPLE / "uc_guard.toml", home / "uc_guard.toml")
    agents = [part for agent in (COPILOT, FORECASTER, SUPPORT) for part in ("--subject", agent)]
    given = [str(home / "state"), "--warehouse", "w1", "--config", str(home / "uc_guard.toml"), "--wave-size", "1",
             "--log-format", "json", *agents, "--execute --yes", *more]  # fmt: skip
    command = [sys.executable, str(EXAMPLE / "night.py"), *given]
    environment = live.environment(home)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"uc-guard nightly: {'nothing' if code == 0 else 'something'} to look at" in done.stdout, done.stdout
    events = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert {"Timestamp", "SeverityText", "SeverityNumber", "Body", "Attributes", "Resource"} <= events[0].keys()
    return done.stdout, [event["Attributes"]["event.name"] for event in events], done.stderr


def test_two_nights_and_a_third_after_somebody_was_refused(webhook, tmp_path):
    url, messages = webhook
    world = now_estate()
    with Live(world) as live:
        before, needs = set(world.grants), live.needs()
        told, events, raw = night(live, tmp_path, "--webhook", url, code=0)
        assert "rows revoked" in told
        assert events[0] == "capture.started"
        assert events[-1] == "night.finished"
        assert (COPILOT, "SELECT", "CATALOG", "shop") not in world.grants
        assert needs <= live.needs()
        assert len(messages) == 1
        assert "rows revoked" in messages[0]["text"]
        assert "secret-of-the-hook" not in raw + told

        after = set(world.grants)
        told, events, _ = night(live, tmp_path, code=0)
        assert "nothing to remove" in told
        assert world.grants == after
        assert "wave.finished" not in events

        world.attempt(COPILOT, "SELECT", ("TABLE", "shop.hr.pay"), dt.datetime.now(dt.UTC))
        told, events, _ = night(live, tmp_path, "--webhook", url, code=1)
        assert f"given back: SELECT on TABLE `shop.hr.pay` for `{COPILOT}`" in told
        assert "access.restored" in events
        assert world.usable(COPILOT, "SELECT", ("TABLE", "shop.hr.pay"))

        told, _, _ = night(live, tmp_path, code=0)
        assert "nothing to remove" in told
        assert world.usable(COPILOT, "SELECT", ("TABLE", "shop.hr.pay")), "what was refused once is remembered"

        trend = pl.concat(
            [pl.read_parquet(file) for file in sorted((tmp_path / "state/trend/nights").glob("*.parquet"))]
        )
        assert trend["revoked"].to_list()[0] > 0
        assert trend["revoked"].to_list()[1:] == [0, 0, 0]
        assert trend["restored"].to_list() == [0, 0, 1, 0]
        agents = pl.concat(
            [pl.read_parquet(file) for file in sorted((tmp_path / "state/trend/night_agents").glob("*.parquet"))]
        )
        index = agents.filter(pl.col("principal") == COPILOT).sort("night")["creep_index"].to_list()
        assert index[1] < index[0]

        journal = next((tmp_path / "state/runs").glob("*/journal"))
        live.run("rollback", journal, "--execute", state=tmp_path, code=0)
        assert world.grants == before


def test_a_night_that_died_is_finished_by_the_next(tmp_path):
    world = now_estate()
    died = []

    def die(request):
        from fake_server import Fault  # noqa: PLC0415 - as above

        if request.method == "PATCH" and world.states[1:] and not died:
            died.append(request.number)
        return Fault("cut-before") if died and died[0] != "over" else None

    with Live(world, faults=die) as live:
        needs = live.needs()
        shutil.copy(EXAMPLE / "uc_guard.toml", tmp_path / "uc_guard.toml")
        command = ["nightly", tmp_path / "state", "--warehouse", "w1", "--budget", "2", "--execute", "--yes",
                   "--config", tmp_path / "uc_guard.toml", "-s", COPILOT, "-s", FORECASTER, "-s", SUPPORT]  # fmt: skip
        first = live.run(*command, state=tmp_path, code=1)
        assert "stopped:" in first.stdout
        assert needs <= live.needs()
        died[0] = "over"
        second = live.run(*command, state=tmp_path)
        assert second.returncode in (0, 1), second.stdout + second.stderr
        assert (COPILOT, "SELECT", "CATALOG", "shop") not in world.grants
        assert needs <= live.needs()
        third = live.run(*command, state=tmp_path, code=0)
        assert "nothing to remove" in third.stdout


def test_what_the_example_s_principal_holds_is_what_its_grants_give():
    given = (EXAMPLE / "grants.sql").read_text()
    for privilege in (
        "READ METADATA ON METASTORE",
        "MANAGE ON CATALOG",
        "ON SCHEMA system.query",
        "ON SCHEMA system.access",
    ):
        assert privilege in given
    held = {row[1] for row in estate().grants if row[0] == WATCHER}
    assert held <= {"READ_METADATA", "MANAGE", "USE_CATALOG", "USE_SCHEMA", "SELECT"}
    assert DID
