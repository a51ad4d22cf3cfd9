"""Processes that read tasks beside this one; what kills or stalls one of them costs one task, never the job."""

from __future__ import annotations

import contextlib
import math
import os
import pickle
import subprocess
import sys
import threading
import time
from typing import IO, TYPE_CHECKING, NamedTuple, Self, cast

from uc_guard.sql.packed import PackedAnswer, answer, pack
from uc_guard.sql.reading import too_long
from uc_guard.sql.worker import READY, receive, send

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from uc_guard.sql.extract import Catalog
    from uc_guard.sql.reading import Task

    Tell = Callable[[int, int], None]


LIMIT_S = 20.0
"""CPU seconds after which a reading is cut off."""

_GRACE_S = 40.0
"""Seconds beyond `LIMIT_S` after which a process that gives no answer is killed: it hangs where nothing can be cut."""

_START_S = 300.0
"""Seconds that a process may take to start and to take the catalogue."""

_FEW = 256
"""So few tasks are read here: a process costs a tenth of a second to start."""

_SHORT = 20_000
"""Characters of the longest text that is read here."""

_BATCH = 64
# Not `-m`: the child must see what this process sees, and run nothing of its `__main__`.
_CHILD = "import sys; sys.path[:] = {path!r}; from uc_guard.sql.worker import main; main()"


class Pending(NamedTuple):
    """Answers that are being worked out.

    Attributes:
        is_over: Tells whether all are there.
        wait: Waits until they are, and gives them in the order of their tasks.
    """

    is_over: Callable[[], bool]
    wait: Callable[[], list[PackedAnswer]]


class Readers:
    """Readers of tasks: worker processes, started when they are first needed, and closed at the end."""

    def __init__(self, catalog: Catalog, tell: Tell | None = None, count: int | None = None) -> None:
        """Make them.

        Args:
            catalog: What names can mean.
            tell: Called now and then with the number of tasks read, and of all that were asked for together.
            count: Number of processes; None = one for each core.
        """
        self._tell = tell
        self._catalog = catalog
        self._count = count or _cores()
        self._workers: list[_Worker] = []
        self._job: _Job | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._job:
            self._job.stop()
        for worker in self._workers:
            worker.close()
        self._workers = []

    def start(self) -> None:
        """Start the processes, if they are not there."""
        if not self._workers:
            greeting = pickle.dumps((self._catalog, LIMIT_S), pickle.HIGHEST_PROTOCOL)
            self._workers = [_Worker(greeting) for _ in range(self._count)]

    def read(self, tasks: Sequence[Task]) -> list[PackedAnswer]:
        """Read tasks; the answers come in their order."""
        return self.begin(tasks).wait()

    def begin(self, tasks: Sequence[Task]) -> Pending:
        """Begin to read tasks; those of an earlier call are read to the end before."""
        states = sum(len(task.states) for task in tasks)
        if not self._workers and states <= _FEW and all(len(task.text or "") <= _SHORT for task in tasks):
            answers = [answer(self._catalog, task, LIMIT_S) for task in tasks]
            return Pending(lambda: True, lambda: answers)
        self.start()
        if self._job:
            self._job.wait()
        self._job = _Job(tasks, self._tell, self._workers)
        return Pending(self._job.is_over, self._job.wait)


class _Job:
    """Tasks on their way through the workers, the dearest first, so that none is left over at the end."""

    def __init__(self, tasks: Sequence[Task], tell: Tell | None, workers: Sequence[_Worker]) -> None:
        self._tasks = tasks
        self._answers: list[PackedAnswer | None] = [None] * len(tasks)
        order = sorted(range(len(tasks)), key=lambda n: len(tasks[n].text or "") * len(tasks[n].states))
        self._left = order
        self._read = 0
        self._lock = threading.Lock()
        self._tell = tell
        self._failure: BaseException | None = None
        self._is_stopped = False
        self._workers = workers
        self._threads = [threading.Thread(target=self._serve, args=(worker,), daemon=True) for worker in workers]
        for thread in self._threads:
            thread.start()

    def is_over(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)

    def wait(self) -> list[PackedAnswer]:
        try:
            while not self.is_over():
                for thread, worker in zip(self._threads, self._workers, strict=True):
                    thread.join(0.05)
                    worker.kill_if_it_hangs()
                if self._tell:
                    self._tell(self._read, len(self._tasks))
        except BaseException:
            self.stop()
            raise
        if self._failure:
            raise self._failure
        return [answer for answer in self._answers if answer is not None]

    def stop(self) -> None:
        """Leave what is not read unread; no worker is at work then."""
        self._is_stopped = True
        self._left = []
        while not self.is_over():
            for worker in self._workers:  # again and again: one may just be starting anew
                worker.kill()
            self._threads[0].join(0.05)

    def _serve(self, worker: _Worker) -> None:
        try:
            while batch := self._take():
                self._read_batch(worker, batch)
        except BaseException as error:  # noqa: BLE001 - raised again where the job was asked for
            self._failure = error
            self._left = []

    def _take(self) -> list[int]:
        with self._lock:
            size = max(1, min(_BATCH, len(self._left) // 8))
            batch = self._left[-size:]
            del self._left[-size:]
        return batch

    def _read_batch(self, worker: _Worker, batch: list[int]) -> None:
        """Read a batch; where the worker dies, what has no answer is read again, each task by itself.

        A task that a worker dies of, or hangs on, alone, is opaque.
        """
        left = self._ask(worker, batch)
        if not left or self._is_stopped:
            return
        worker.restart()
        if len(batch) == 1:
            self._keep(batch[0], PackedAnswer([pack(too_long(self._tasks[batch[0]].text))] * self._states(batch), []))
            return
        for n in left:
            self._read_batch(worker, [n])

    def _ask(self, worker: _Worker, batch: list[int]) -> list[int]:
        """Let a worker read a batch; give what it has not answered when it died."""
        worker.ask([self._tasks[n] for n in batch])
        while batch:
            answers = worker.answers(self._states(batch))
            if answers is None:
                break
            for n, one in zip(batch, answers, strict=False):
                self._keep(n, one)
            batch = batch[len(answers) :]
        return batch

    def _states(self, batch: list[int]) -> int:
        return max(len(self._tasks[n].states) for n in batch)

    def _keep(self, n: int, answer: PackedAnswer) -> None:
        self._answers[n] = answer
        self._read += 1


class _Worker:
    """One process."""

    def __init__(self, greeting: bytes) -> None:
        self._greeting = greeting
        self._until = math.inf
        self._start()

    def _start(self) -> None:
        command = [sys.executable, "-c", _CHILD.format(path=sys.path)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own
        self._tasks = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)
        self._greet: threading.Thread | None = threading.Thread(target=self._send, args=(self._greeting,), daemon=True)
        self._greet.start()

    def restart(self) -> None:
        self.close()
        self._start()

    def ask(self, tasks: list[Task]) -> None:
        if self._greet:
            self._until = time.monotonic() + _START_S
            self._greet.join()
            self._greet = None
            if receive(self._answers) != READY:
                raise RuntimeError("a process that reads statements ended before it began; see its message above")
        self._send(pickle.dumps(tasks, pickle.HIGHEST_PROTOCOL))

    def answers(self, readings: int) -> list[PackedAnswer] | None:
        """Give the next answers; None where the process died, or was killed.

        Args:
            readings: The most readings that one of them may take.
        """
        self._until = time.monotonic() + LIMIT_S * readings + _GRACE_S
        message = receive(self._answers)
        self._until = math.inf
        return None if message is None else [PackedAnswer(*one) for one in pickle.loads(message)]  # noqa: S301 - our own

    def kill_if_it_hangs(self) -> None:
        if time.monotonic() > self._until:
            self.kill()

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        self.kill()
        if self._greet:
            self._greet.join()
            self._greet = None
        for stream in (self._tasks, self._answers):
            with contextlib.suppress(BrokenPipeError):
                stream.close()
        self._process.wait()

    def _send(self, message: bytes) -> None:
        with contextlib.suppress(BrokenPipeError):  # the process is dead: the missing answer says so
            send(self._tasks, message)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
