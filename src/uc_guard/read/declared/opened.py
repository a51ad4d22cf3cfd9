"""Opens files that may be anything: too large, no text, not readable; what cannot be opened is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.model.finding import Place
from uc_guard.read.declared.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from uc_guard.read.declared.found import Found

_LARGEST = 64 * 2**20


def open_source(file: Path, shown: str, root: Path, found: Found) -> Source | None:
    """Open a file; None, and a note, where there is no text in it.

    Args:
        file: Where it is.
        shown: What messages call it.
        root: The folder that is read.
        found: Takes the note.
    """
    try:
        if file.stat().st_size > _LARGEST:
            found.miss("too-large", Place(shown, 1), f"the file is larger than {_LARGEST // 2**20} MiB")
            return None
        data = file.read_bytes()
        is_wide = data[:2] in {b"\xff\xfe", b"\xfe\xff"}
        return Source(shown, data.decode("utf-16" if is_wide else "utf-8-sig"), file, root)
    except OSError as error:
        found.miss("no-access", Place(shown, 1), f"the file cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        found.miss("not-text", Place(shown, 1), "the file is no text in UTF-8")
    return None
