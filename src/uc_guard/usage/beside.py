"""Work in threads beside this one, in order, and never far ahead of who takes it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    Item = TypeVar("Item")
    Done = TypeVar("Done")


def in_turn(work: Callable[[Item], Done], items: Iterable[Item], threads: int) -> Iterator[Done]:
    """Give what becomes of each item; the next one is begun before.

    Args:
        work: Takes its time outside of Python's lock.
        items: What it is done to.
        threads: 1 = one at a time, beside who takes the last; 2 = two at a time.
    """
    with ThreadPoolExecutor(threads) as beside:
        # INVARIANT: two items are in memory at a time, not all of them.
        waiting: Future[Done] | None = None
        for item in items:
            coming = beside.submit(work, item)
            if waiting:
                yield waiting.result()
            waiting = coming
        if waiting:
            yield waiting.result()
