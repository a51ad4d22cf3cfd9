"""Seeded schedules of faults: the same seed gives the same trouble, request by request."""

from __future__ import annotations

import random
import threading

from fake_server import Fault

KINDS = (
    *(Fault("status", 429, after) for after in (None, 0, 1, 3)), *(Fault("status", 503, after) for after in (None, 1)),
    Fault("status", 500), Fault("status", 502), Fault("status", 504), Fault("slow", seconds=0.003),
    Fault("cut-before"), Fault("cut-after"), Fault("cut-after"), Fault("stale"), Fault("stale"),
)  # fmt: skip


class Schedule:
    """Faults at a rate that the seed draws, in bursts at times; none while it sleeps.

    SQL is spared: the connector waits five real seconds for each fault, so it has a test of its own.
    """

    def __init__(self, seed):
        self.rng = random.Random(seed)  # noqa: S311 - no secret
        self.rate = self.rng.choice((0.01, 0.03, 0.08, 0.15, 0.3))
        self.burst, self.awake, self._lock = 0, True, threading.Lock()

    def __call__(self, request):
        with self._lock:
            if not self.awake or request.path.startswith("/sql/"):
                return None
            if self.burst:
                self.burst -= 1
            elif self.rng.random() >= self.rate:
                return None
            elif self.rng.random() < 0.05:
                self.burst = self.rng.randrange(3, 12)
            return self.rng.choice(KINDS)
