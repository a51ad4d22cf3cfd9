"""The digest of the grants and memberships that a plan starts from."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables

if TYPE_CHECKING:
    from uc_guard.snapshot import Snapshot


def baseline(snapshot: Snapshot) -> str:
    """Give the digest of the stored rows and the direct memberships, whatever their order.

    BLAKE2b, 128 bit, hexadecimal. First the rows of `grants` (by key: when a row was granted does not count), then
    those of `members`. Each frame is its name, a colon, the number of its distinct rows and a line feed; then the rows,
    sorted as UTF-8, with a line feed between two. A row is its fields, each as length in bytes, colon, text; joined by
    colons.
    """
    state = blake2b(digest_size=16)
    for contract in (tables.GRANTS, tables.MEMBERS):
        lengths = {name: pl.col(name).str.len_bytes().cast(pl.String) for name in contract.key}
        fields = [part for name, length in lengths.items() for part in (length, pl.col(name))]
        rows = snapshot.frame(contract.name).select(row=pl.concat_str(fields, separator=":"))["row"].sort()
        rows = rows.filter(rows.ne_missing(rows.shift()))
        state.update(f"{contract.name}:{rows.len()}\n".encode())
        state.update((rows.str.join("\n").item() or "").encode())
    return state.hexdigest()
