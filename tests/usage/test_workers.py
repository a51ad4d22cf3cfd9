"""Workers: what stalls or kills a reader costs one statement, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from uc_guard.sql.extract import Catalog
from uc_guard.sql.packed import unpack
from uc_guard.sql.reading import State, Task
from uc_guard.usage import workers
from uc_guard.usage.workers import Readers

if TYPE_CHECKING:
    from uc_guard.sql.packed import PackedAnswer

KNOWN = Catalog.from_dict({"tables": {"c.s.t": {"a": "int"}}})
HERE = (State("c", "s", ()),)


def tasks(count: int) -> list[Task]:
    return [Task(f"table t limit {n}", is_template=False, parameters={}, states=HERE) for n in range(count)]


def reasons(answer: PackedAnswer) -> list[str]:
    return [reason for fact in answer.facts if fact is not None for reason, _ in unpack(fact).opaque]


def test_processes_answer_as_this_one_does() -> None:
    few = tasks(20)
    with Readers(KNOWN) as readers:
        here = readers.read(few)
        assert not readers._workers
        readers.start()
        assert readers.read(few) == here


def test_a_statement_that_takes_too_long_is_opaque_and_the_others_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "LIMIT_S", 0.2)
    slow = Task("select " + "a + " * 300_000 + "a from t", is_template=False, parameters={}, states=HERE)
    with Readers(KNOWN, count=1) as readers:
        first, second, third = readers.read([*tasks(1), slow, *tasks(1)])
    assert (reasons(first), reasons(second), reasons(third)) == ([], ["too-long"], [])


def test_a_statement_that_kills_its_reader_is_opaque_and_the_others_are_read() -> None:
    some = tasks(600)
    with Readers(KNOWN, count=2) as readers:
        readers.start()
        readers.read(some)
        readers._workers[0].kill()
        answers = readers.read(some)
        # The first process was dead before it could answer: that is no statement's fault, and is said.
        assert sum(bool(reasons(answer)) for answer in answers) <= 1
        assert len(answers) == 600
        readers._workers[1].ask(some[:1])
        assert readers._workers[1].answers(1) is not None
        readers._workers[1].kill()
        again = readers.read(some)
    assert sum(reasons(answer) == ["too-long"] for answer in again) <= 1


def test_a_reader_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "LIMIT_S", 0.0)
    monkeypatch.setattr(workers, "_GRACE_S", 0.5)
    with Readers(KNOWN, count=1) as readers:
        readers.start()
        readers.read(tasks(1))
        os.kill(readers._workers[0]._process.pid, signal.SIGSTOP)
        (answer, *others) = readers.read(tasks(3))
    assert "too-long" in [reason for one in (answer, *others) for reason in reasons(one)]


LONG = """
import sys
from uc_guard.sql.extract import Catalog
from uc_guard.sql.reading import State, Task
from uc_guard.usage.workers import Readers

tasks = [Task("select " + "a + " * 20000 + f"{n} from t", False, {}, (State("c", "s", ()),)) for n in range(2000)]
with Readers(Catalog.from_dict({"tables": {"c.s.t": ["a"]}})) as readers:
    readers.start()
    print(*(worker._process.pid for worker in readers._workers), flush=True)
    readers.read(tasks)
"""


@pytest.mark.parametrize("kill", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_the_one_that_started_it(kill: signal.Signals) -> None:
    parent = subprocess.Popen([sys.executable, "-c", LONG], stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603
    assert parent.stdout
    children = [int(pid) for pid in parent.stdout.readline().split()]
    assert children
    time.sleep(0.5)
    parent.send_signal(kill)
    parent.communicate()
    until = time.monotonic() + 30
    while any(is_running(pid) for pid in children) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(is_running(pid) for pid in children)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
