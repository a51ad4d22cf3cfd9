"""One run at a time: a lock for each workspace, let go by the system when its holder dies."""

from __future__ import annotations

import os
from contextlib import contextmanager
from hashlib import blake2b
from typing import TYPE_CHECKING

from uc_guard.errors import NotApplied

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


@contextmanager
def locked(host: str, folder: Path) -> Generator[None]:
    """Hold the lock of a workspace.

    Args:
        host: The workspace's address.
        folder: Where locks lie; runs that share it exclude each other.

    Raises:
        NotApplied: where another run holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{blake2b(host.encode(), digest_size=8).hexdigest()}.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _take(handle):
            holder = os.read(handle, 100).decode("utf-8", "replace").strip() or "unknown"
            raise NotApplied(f"another run is changing {host} (process {holder}); wait for it, or stop it")
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)  # the lock goes with it


def _take(handle: int) -> bool:
    try:
        import fcntl  # noqa: PLC0415 - not on Windows
    except ImportError:
        import msvcrt  # noqa: PLC0415 - only on Windows

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]  # pyright: ignore[reportAttributeAccessIssue]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
