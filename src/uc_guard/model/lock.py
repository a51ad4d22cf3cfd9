"""A lock: what an agent needs at least, each privilege with the statement that justifies it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uc_guard.model.finding import Place

FILE = "uc_guard.lock"
VERSION = 1
BECAUSE = ("used", "co-requisite", "usage-chain", "declared")
UNCLEAR = {
    "path": "name a volume instead of a path, or grant the external location by hand",
    "several-ways": "more than one privilege would do: grant one of them by hand",
    "beyond-uses": "add it to `[uses]` in the manifest, or take the statement out",
}
"""What mends each reason of `Unclear` that is none of an opaque statement."""


@dataclass(frozen=True, slots=True)
class Locked:
    """One privilege that an agent needs.

    Attributes:
        privilege: Underscore form.
        securable_type: As grants know it.
        securable: Full name.
        because: One of `BECAUSE`.
        path: File of what justifies it.
        statement: The statement that does, on one line and shortened; or the entry of the manifest.
    """

    privilege: str
    securable_type: str
    securable: str
    because: str
    path: str
    statement: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """A part of a statement whose needs are not known.

    Attributes:
        reason: A reason of an opaque statement, or a key of `UNCLEAR`.
        text: The part, on one line and shortened.
        path: Its file.
        statement: The statement, on one line and shortened.
    """

    reason: str
    text: str
    path: str
    statement: str


@dataclass(frozen=True, slots=True)
class LockedAgent:
    """What one agent needs.

    Attributes:
        principal: Whom it runs as.
        privileges: What it needs, sorted.
        unclear: What is not known of it, sorted; while there is some, the lock is not final.
    """

    principal: str
    privileges: tuple[Locked, ...]
    unclear: tuple[Unclear, ...] = ()

    @property
    def is_final(self) -> bool:
        """Whether nothing in it is unclear."""
        return not self.unclear


@dataclass(frozen=True, slots=True)
class Lock:
    """What the agents of a repository need, by principal, sorted."""

    agents: tuple[LockedAgent, ...] = ()


@dataclass(frozen=True, slots=True)
class Exceedance:
    """A declared privilege that the lock does not allow.

    Attributes:
        principal: Who is to have it.
        privilege: Underscore form; OWNER for ownership.
        securable_type: As grants know it.
        securable: Full name.
        place: Where it is declared.
        justified_by: What would justify it: a statement, or why none could.
        instead: What the lock allows there, sorted: `SELECT on TABLE main.sales.orders`.
    """

    principal: str
    privilege: str
    securable_type: str
    securable: str
    place: Place
    justified_by: str
    instead: tuple[str, ...] = ()
