"""What goes wrong on the way: faults of a server, and seeded schedules of them that can be run again."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b
from random import Random

KINDS = ("status", "slow", "cut-before", "cut-after", "stale", "empty-page")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong with one request.

    Kinds: `status` (answered with `status` before anything is done, with a Retry-After where given), `slow` (answered
    after `seconds`), `cut-before` (the connection is closed before anything is done), `cut-after` (it is done, and the
    connection is closed in the middle of the answer), `stale` (the permission reads after this change, or this read,
    show the state before, `times` times), `empty-page` (a page without items, and a token of the next one).
    """

    kind: str
    status: int = 503
    retry_after: int | None = None
    seconds: float = 0.0
    times: int = 1


@dataclass
class Request:
    """A request as the server saw it: `body` is JSON or the Thrift call, `status` is 0 where the connection was cut."""

    method: str
    path: str
    query: dict
    body: object
    headers: dict
    status: int = 0
    number: int = 0
    principal: str = ""
    fault: Fault | None = None
    raw: bytes = b""


class Schedule:
    """A seeded schedule: the same requests meet the same faults, in whichever order threads send them.

    A request meets `in_a_row` faults at most before it is answered, so that whoever is patient gets through.
    """

    def __init__(self, seed, rate, kinds=KINDS, *, statuses=(429, 500, 502, 503, 504), retry_after=0, in_a_row=1):
        self.seed, self.rate, self.kinds, self.statuses = seed, rate, tuple(kinds), tuple(statuses)
        self.retry_after, self.in_a_row = retry_after, in_a_row
        self.counts = Counter()
        self._met, self._asked, self._lock = Counter(), Counter(), threading.Lock()

    def __call__(self, request, number):  # noqa: ARG002 - the order of threads must not matter
        if request.path.startswith("/.well-known/"):
            return None
        key = f"{self.seed} {request.method} {request.path} {sorted(request.query.items())} {request.body}"
        with self._lock:
            self._asked[key] += 1
            chance = Random(blake2b(f"{key} {self._asked[key]}".encode()).digest())  # noqa: S311 - no secret
            if chance.random() >= self.rate or self._met[key] >= self.in_a_row:
                self._met[key] = 0
                return None
            fault = self._fault(request, chance)
            if fault is not None:
                self._met[key] += 1
                self.counts[fault.kind] += 1
            return fault

    def _fault(self, request, chance):
        kinds = [kind for kind in self.kinds if _fits(kind, request)]
        if not kinds:
            return None
        kind = chance.choice(kinds)
        status = chance.choice(self.statuses)
        wait = self.retry_after if status in {429, 503} else None
        return Fault(kind, status, wait, seconds=chance.uniform(0.01, 0.05), times=chance.randint(1, 2))


def _fits(kind, request):
    permissions = "/permissions" in request.path
    if kind == "stale":
        return permissions and request.method in {"GET", "PATCH"}
    if kind == "empty-page":
        return request.method == "GET" and "max_results" in request.query
    return True
