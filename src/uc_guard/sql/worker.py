"""The other end of a worker process: takes tasks from a pipe, answers each as soon as it is read."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import time
from typing import IO, TYPE_CHECKING

from uc_guard.sql.budget import Budget
from uc_guard.sql.packed import answer

if TYPE_CHECKING:
    from uc_guard.sql.reading import Task
    from uc_guard.sql.resolve.schema import Known

READY = b"ready"
_BETWEEN_SEARCHES = 50_000
"""Objects made and not freed after which Python looks for cycles; by default some hundreds."""

_PATIENCE_S = 0.1
"""Seconds for which answers may wait for others to go with."""


def main() -> None:
    """Serve until the pipe is closed; the parent is trusted, since it started this process.

    The first message is the catalogue and the limit of CPU seconds for each reading; each other one is a list of tasks.
    The answers come in the order of the tasks, some at a time. What a death or a standstill is due to is among those
    without an answer; the parent asks them again, one by one.
    """
    tasks, answers = _pipes()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us by closing the pipe
    first = receive(tasks)
    if first is None:
        return
    catalog: Known
    catalog, limit_s = pickle.loads(first)  # noqa: S301 - from our own parent
    gc.freeze()  # the catalogue is in no cycle, and need not be looked at again
    gc.set_threshold(_BETWEEN_SEARCHES)  # a reading leaves two small objects in a cycle; all others are freed at once
    send(answers, READY)
    with Budget(limit_s):
        while (message := receive(tasks)) is not None:
            _answer(catalog, pickle.loads(message), limit_s, answers)  # noqa: S301 - as above


def _answer(catalog: Known, tasks: list[Task], limit_s: float, answers: IO[bytes]) -> None:
    found: list[tuple[object, ...]] = []
    since = time.monotonic()
    for task in tasks:
        found.append(tuple(answer(catalog, task, limit_s)))
        if time.monotonic() - since > _PATIENCE_S:
            send(answers, pickle.dumps(found, pickle.HIGHEST_PROTOCOL))
            found, since = [], time.monotonic()
    if found:
        send(answers, pickle.dumps(found, pickle.HIGHEST_PROTOCOL))


def send(stream: IO[bytes], message: bytes) -> None:
    """Write a message, its size first."""
    stream.write(len(message).to_bytes(8, "little"))
    stream.write(message)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """Give the next message; None where the other end is closed, also in the midst of one."""
    size = stream.read(8)
    if len(size) < 8:
        return None
    message = stream.read(int.from_bytes(size, "little"))
    return message if len(message) == int.from_bytes(size, "little") else None


def _pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Take the standard streams for messages; what anything prints goes nowhere."""
    tasks = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "r+b") as nothing:  # noqa: PTH123 - a device
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    return tasks, answers


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:  # the parent is gone
        sys.exit(1)
