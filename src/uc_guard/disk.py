"""Files whole or not at all: written beside their names, synced, then renamed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write a file; nothing half-written is ever seen under its name, and it is on the disk when this returns.

    Args:
        path: The file; what stands there is replaced.
        data: What it is to hold.
        mode: Who may read and write it, before the process's mask.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        file = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0), mode)
        try:
            write_all(file, data)
            os.fsync(file)
        finally:
            os.close(file)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    sync(path.parent)


def write_all(file: int, data: bytes) -> None:
    """Write all of it to an open file: one call of the system may take less."""
    while data:
        data = data[os.write(file, data) :]


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk; returns when it is there."""
    if os.name == "nt" and path.is_dir():
        return  # Windows has no handle of a folder to sync
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
