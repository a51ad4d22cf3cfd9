"""Cuts off a reading that takes too long, by the CPU time that it has used."""

from __future__ import annotations

import signal
import threading
from typing import Any, Self


class OutOfTime(BaseException):
    """A reading took too long. Not an `Exception`, so that no reader takes it for a failure of its own."""


class Budget:
    """CPU time for readings of this process, one after the other.

    Signals reach the main thread of a process only, and not every platform has this timer: elsewhere nothing is cut
    off here.
    """

    _is_open = False  # of this process: one inside another finds the signal taken already, which is dear to do

    def __init__(self, limit_s: float) -> None:
        """Allow each reading this many seconds."""
        self._limit_s = limit_s
        self._can_stop = hasattr(signal, "SIGVTALRM") and threading.current_thread() is threading.main_thread()
        self._takes = self._can_stop and not Budget._is_open
        self._before: Any = None

    def __enter__(self) -> Self:
        if self._takes:
            Budget._is_open = True
            self._before = signal.signal(signal.SIGVTALRM, _stop)
        return self

    def __exit__(self, *_: object) -> None:
        if self._can_stop:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        if self._takes:
            signal.signal(signal.SIGVTALRM, self._before)
            Budget._is_open = False

    def restart(self) -> None:
        """Begin the next reading; `OutOfTime` is raised in it once it has used up its time."""
        if self._can_stop:
            signal.setitimer(signal.ITIMER_VIRTUAL, self._limit_s)


def _stop(*_: object) -> None:
    raise OutOfTime
