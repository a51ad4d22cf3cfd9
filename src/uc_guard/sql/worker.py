"""The other end of a worker process: takes tasks from a pipe, answers each as soon as it is read."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from typing import TYPE_CHECKING, BinaryIO

from uc_guard.sql.packed import pack_answer
from uc_guard.sql.reading import read

if TYPE_CHECKING:
    from uc_guard.sql.resolve.schema import Known

READY = b"ready"


def main() -> None:
    """Serve until the pipe is closed; the parent is trusted, since it started this process.

    The first message is the catalogue and the limit of CPU seconds for each reading; each other one is a list of tasks.
    Each task is answered with a message of its own, so that the parent knows which one a death or a standstill is due
    to.
    """
    tasks, answers = _pipes()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us by closing the pipe
    first = _receive(tasks)
    if first is None:
        return
    catalog: Known
    catalog, limit_s = pickle.loads(first)  # noqa: S301 - from our own parent
    _send(answers, READY)
    while (message := _receive(tasks)) is not None:
        for task in pickle.loads(message):  # noqa: S301 - as above
            answer = pack_answer(task, read(catalog, task, limit_s))
            _send(answers, pickle.dumps(tuple(answer), pickle.HIGHEST_PROTOCOL))


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Take the standard streams for messages; what anything prints goes nowhere."""
    tasks = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "r+b") as nothing:  # noqa: PTH123 - a device
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    return tasks, answers


def _send(stream: BinaryIO, message: bytes) -> None:
    stream.write(len(message).to_bytes(8, "little") + message)
    stream.flush()


def _receive(stream: BinaryIO) -> bytes | None:
    """Give the next message; None where the other end is closed, also in the midst of one."""
    size = stream.read(8)
    if len(size) < 8:
        return None
    message = stream.read(int.from_bytes(size, "little"))
    return message if len(message) == int.from_bytes(size, "little") else None


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:  # the parent is gone
        sys.exit(1)
