"""Writes a lock as TOML: sorted, one privilege a line, so that a diff of it reads as what changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from uc_guard.model.lock import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uc_guard.model.lock import Lock, LockedAgent

_HEAD = """\
# Made by `uc-guard lock` from the statements that agents declare; make it anew instead of editing it.
# `uc-guard lint` tells what is granted beyond it.
"""


def encode_lock(lock: Lock) -> bytes:
    """Give the bytes of a lock's file; the same lock gives the same bytes."""
    blocks = [f"{_HEAD}version = {VERSION}", *(_agent(agent) for agent in lock.agents)]
    return ("\n\n".join(blocks) + "\n").encode()


def _agent(agent: LockedAgent) -> str:
    lines = [
        "[[agents]]",
        f"principal = {_text(agent.principal)}",
        f"final = {'true' if agent.is_final else 'false'}",
        *_list("privileges", (
            {"privilege": one.privilege, "type": one.securable_type, "name": one.securable, "because": one.because,
             "path": one.path, "statement": one.statement}
            for one in agent.privileges
        )),
        *_list("unclear", (
            {"reason": one.reason, "text": one.text, "path": one.path, "statement": one.statement}
            for one in agent.unclear
        )),
    ]  # fmt: skip
    return "\n".join(lines)


def _list(name: str, rows: Iterator[dict[str, str]]) -> list[str]:
    inner = ["  { " + ", ".join(f"{key} = {_text(value)}" for key, value in row.items()) + " }," for row in rows]
    return [f"{name} = [", *inner, "]"] if inner else [f"{name} = []"]


def _text(value: str) -> str:
    # JSON's strings are TOML's, but for one control character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
