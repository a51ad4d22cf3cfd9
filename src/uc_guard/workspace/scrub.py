"""Text from servers made fit for a message: no secrets, no control characters, not too long."""

from __future__ import annotations

import re

_LONGEST = 400
# SAFETY: personal access tokens, OAuth secrets and JSON web tokens by their shape, and whatever follows `Bearer`.
_SECRET = re.compile(
    r"\bdapi[0-9a-f]{8,}(?:-\d+)?|\bdose[0-9a-f]{8,}|\beyJ[\w-]+\.[\w-]+\.[\w-]*|(?<=Bearer )\S+|"
    r"(?<=token=)[^\s,.*][^\s,]*|(?<=client_secret=)[^\s,*][^\s,]*"
)

# UC: the SDK puts its settings behind what the server said, a token masked; they tell a reader nothing.
_SETTINGS = re.compile(r"\.? Config: \w+=.*", re.DOTALL)


def scrub(text: str, *secrets: str) -> str:
    """Give text for a message.

    Args:
        text: What a server, or a library that talked to it, said.
        secrets: Values that must not stand in it, whatever their shape.
    """
    for secret in secrets:
        if len(secret) >= 4:
            text = text.replace(secret, "***")
    text = _SECRET.sub("***", _SETTINGS.sub("", text))
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 1]}…"
