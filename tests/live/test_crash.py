"""kill -9 at every line of the journal and every request: the state is a prefix of the plan, and it can be mended."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from fake_estate import estate

KILLED = Path(__file__).with_name("fake_killed.py")
QUICK = 2
"""Moments of each kind that the quick share looks at; the session `live` looks at all of them."""


@pytest.fixture(scope="session")
def whole(made, tmp_path_factory):
    """The states of a run that nothing disturbs, its requests and its lines."""
    from fake_live import Live  # noqa: PLC0415 - needs the SDK

    home = tmp_path_factory.mktemp("whole")
    shutil.copytree(made, home, dirs_exist_ok=True)
    with Live() as live:
        before = set(live.world.grants)
        live.run("apply", home / "plan.json", "--execute", "--yes", state=home, code=0)
        lines = (home / "plan.json.journal").read_bytes().count(b"\n")
        requests = len(live.server.log)
        states = [frozenset(before), *live.world.states]
    return states, requests, lines


def moments(total, every):
    """All moments, or a few spread over them."""
    return range(1, total + 1) if every else sorted({1 + total * k // QUICK for k in range(QUICK)} | {total})


def mended(live, home, states, needs, *, resume):
    """Look at what a kill has left, and mend it one way or the other; gives what was found."""
    left = frozenset(live.world.grants)
    assert left in states, "the state is no prefix of the plan"
    for state in live.world.states:
        live.world.grants = set(state)
        assert needs <= live.needs()
    live.world.grants = set(left)
    journal = home / "plan.json.journal"
    lines = journal.read_bytes().count(b"\n") if journal.exists() else 0
    if not lines:
        assert left == states[0]
        return "nothing begun"
    ended = b'"kind":"end"' in journal.read_bytes()
    if resume and not ended:
        live.run("resume", journal, state=home, code=0)
        assert frozenset(live.world.grants) == states[-1]
    else:
        live.run("rollback", journal, "--execute", state=home, code=0)
        assert frozenset(live.world.grants) == states[0]
    for state in live.world.states:
        live.world.grants = set(state)
        assert needs <= live.needs()
    return "resumed" if resume and not ended else "rolled back"


def lines_killed(made, whole, home, number, *, resume):
    from fake_live import Live  # noqa: PLC0415 - needs the SDK

    states, _, _ = whole
    shutil.copytree(made, home)
    with Live(estate()) as live:
        needs = live.needs()
        command = [sys.executable, str(KILLED), str(number), "apply", str(home / "plan.json"), "--execute", "--yes"]
        done = subprocess.run(command, env=live.environment(home), capture_output=True, timeout=120, check=False)
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()
        assert (home / "plan.json.journal").read_bytes().count(b"\n") == number
        return mended(live, home, states, needs, resume=resume)


def requests_killed(made, whole, home, number, *, late, resume):
    from fake_live import Live  # noqa: PLC0415 - needs the SDK
    from fake_server import Fault  # noqa: PLC0415 - as above

    states, _, _ = whole
    shutil.copytree(made, home)
    victim = []

    def kill(request):
        if victim and request.number == number:
            if late:
                return Fault("cut-after")  # the effect is there, and nobody hears of it
            os.kill(victim[0], signal.SIGKILL)
            return Fault("cut-before")
        if victim and late and request.number > number:
            os.kill(victim[0], signal.SIGKILL)
            return Fault("cut-before")
        return None

    with Live(estate(), faults=kill) as live:
        needs = live.needs()
        command = [sys.executable, "-m", "uc_guard", "apply", str(home / "plan.json"), "--execute", "--yes"]
        process = subprocess.Popen(
            command, env=live.environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        victim.append(process.pid)
        _, told = process.communicate(timeout=120)
        victim.clear()
        assert process.returncode in (-signal.SIGKILL, 0, 2), told.decode()
        return mended(live, home, states, needs, resume=resume)


def count(found):
    return ", ".join(f"{found.count(kind)} {kind}" for kind in sorted(set(found)))


def kill_everywhere(made, whole, tmp_path, *, every, record_property):
    _, requests, lines = whole
    found = []
    for number in moments(lines, every):
        found.append(lines_killed(made, whole, tmp_path / f"line-{number}", number, resume=number % 2 == 0))
        shutil.rmtree(tmp_path / f"line-{number}")
    told = [f"killed after each of {len(found)} lines of the journal ({lines} in all): {count(found)}"]
    found = []
    for number in moments(requests, every):
        for late in (False, True):
            home = tmp_path / f"request-{number}-{late}"
            found.append(requests_killed(made, whole, home, number, late=late, resume=(number + late) % 2 == 0))
            shutil.rmtree(home)
    told.append(f"killed before or after {len(found)} requests ({requests} in all): {count(found)}")
    for line in told:
        record_property("counts", line)


def test_a_kill_at_some_moments_is_mended(made, whole, tmp_path, record_property):
    kill_everywhere(made, whole, tmp_path, every=False, record_property=record_property)


@pytest.mark.live
def test_a_kill_at_every_moment_is_mended(made, whole, tmp_path, record_property):
    kill_everywhere(made, whole, tmp_path, every=True, record_property=record_property)


def test_two_runs_at_once_exclude_each_other(made, tmp_path):
    from fake_live import Live  # noqa: PLC0415 - needs the SDK
    from fake_server import Fault  # noqa: PLC0415 - as above

    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    slow = lambda request: Fault("slow", seconds=0.3) if request.method == "PATCH" else None  # noqa: E731 - short
    with Live(estate(), faults=slow) as live:
        command = [sys.executable, "-m", "uc_guard", "apply", str(tmp_path / "plan.json"), "--execute", "--yes"]
        runs = [
            subprocess.Popen(
                [*command, "--journal", str(tmp_path / f"{n}.journal")], env=live.environment(tmp_path),
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )
            for n in range(2)
        ]  # fmt: skip
        ended = [(process.communicate(timeout=120), process.returncode) for process in runs]
        needs = live.needs()
        live.world.grants, after = set(estate().grants), set(live.world.grants)
        assert live.needs() <= needs
        live.world.grants = after
    codes = sorted(code for _, code in ended)
    assert codes == [0, 2], ended
    said = next(out[0] + out[1] for out, code in ended if code == 2)
    assert "another run is changing" in said or "not as the plan leans on it" in said


def test_a_clock_that_runs_backwards_changes_nothing(made, tmp_path):
    from fake_live import Live  # noqa: PLC0415 - needs the SDK

    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    past = """
import datetime as dt, uc_guard.cli.apply as a
ticks = iter(range(10**6))
a.right_now = lambda: dt.datetime(2030, 1, 1, tzinfo=dt.UTC) - dt.timedelta(hours=next(ticks))
from uc_guard.cli import main; main()
"""
    with Live(estate()) as live:
        command = [sys.executable, "-c", past, "apply", str(tmp_path / "plan.json"), "--execute", "--yes"]
        done = subprocess.run(command, env=live.environment(tmp_path), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        live.run("rollback", tmp_path / "plan.json.journal", "--execute", state=tmp_path, code=0)
        assert live.world.grants == estate().grants
