"""Reads a lock, `uc_guard.lock`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.model.lock import BECAUSE, VERSION, Locked, LockedAgent, Unclear
from uc_guard.read.declared.toml_at import read_toml
from uc_guard.read.declared.tree import MAP, TEXT, BrokenDocument

if TYPE_CHECKING:
    from uc_guard.read.declared.found import Found
    from uc_guard.read.declared.source import Source
    from uc_guard.read.declared.tree import Node

_MEND = "make it anew with `uc-guard lock`"
_PRIVILEGE = ("privilege", "type", "name", "because", "path", "statement")
_UNCLEAR = ("reason", "text", "path", "statement")


def read_lock(source: Source, found: Found) -> None:
    """Read a lock; everything that does not fit in it is told at once."""
    try:
        document = read_toml(source.text)
    except BrokenDocument as error:
        found.refuse(source.place(error.at, error.at + 1), "", str(error), "valid TOML", _MEND)
        return
    if document.spelled("version") != str(VERSION):
        version = f"`{document.spelled('version') or 'nothing'}`"
        found.refuse(source.line(1), "key `version`", version, f"`{VERSION}`", _MEND)
        return
    for agent in document.each("agents"):
        read = _agent(source, agent, found)
        if read is not None:
            found.locked.append(read)


def _agent(source: Source, agent: Node, found: Found) -> LockedAgent | None:
    principal = agent.spelled("principal")
    privileges = [_row(source, row, _PRIVILEGE, found) for row in agent.each("privileges")]
    unclear = [_row(source, row, _UNCLEAR, found) for row in agent.each("unclear")]
    if not principal or agent.kind != MAP:
        place = source.place(agent.start, agent.end)
        found.refuse(place, "key `agents`", "an agent without `principal`", "one with it", _MEND)
        return None
    if None in privileges or None in unclear:
        return None
    return LockedAgent(
        principal, tuple(Locked(*row) for row in privileges if row), tuple(Unclear(*row) for row in unclear if row)
    )


def _row(source: Source, row: Node, keys: tuple[str, ...], found: Found) -> list[str] | None:
    values = [value for key in keys if (value := row.child(key)) is not None and value.kind == TEXT]
    fits = len(values) == len(keys) == len(row.pairs)
    if fits and "because" in keys and values[keys.index("because")].text not in BECAUSE:
        fits = False
    if not fits:
        expected = f"one with just {', '.join(f'`{key}`' for key in keys)}"
        found.refuse(source.place(row.start, row.end), "", "a row that does not fit", expected, _MEND)
        return None
    return [value.text for value in values]
