"""How the platform says no: the texts of refused access, and what they name."""

from __future__ import annotations

import re
from dataclasses import dataclass

# UC: two forms are seen, `User does not have USE SCHEMA on Schema 'c.s'` and `Principal '<id>' does not have ...`;
# only the first missing privilege is ever named.
DENIED = r"(?i)INSUFFICIENT_PERMISSIONS|PERMISSION_DENIED|UNAUTHORIZED_ACCESS|does not have (?:permission|[A-Z_ ]+ on )"
"""A regular expression that finds a refusal in an error message (Rust and Python syntax)."""

NAMED = (
    r"does not have (?P<privilege>[A-Z_ ]+?) on (?P<type>[A-Za-z_ ]+?) "
    r"[`'\"](?P<name>[^'\"]+?)[`'\"](?:\.|,|;|\s|$)"
)
"""A regular expression for what a refusal names (Rust and Python syntax)."""


@dataclass(frozen=True, slots=True)
class Denial:
    """What a refusal names, as written in the message."""

    privilege: str
    securable_type: str
    name: str


def read_denial(message: str) -> Denial | None:
    """Read the privilege and securable that a refusal names; None where it names none."""
    found = re.search(NAMED, message)
    return Denial(found["privilege"], found["type"], found["name"]) if found else None
