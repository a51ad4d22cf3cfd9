"""Text as HCL, the language of Terraform: strings spell exactly what they hold, comments end with their line."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_OUTSIDE = re.compile(r"[^a-z0-9]+")
_LONGEST_LABEL = 64


def hcl_string(text: str) -> str:
    """Give text as a quoted literal in which nothing is a template.

    SAFETY: names come from servers. `${` and `%{` begin a template, and doubling the sign is ambiguous where another
    stands before it; an escaped sign begins none.
    """
    return '"' + "".join(_escaped(char, text[i + 1 : i + 2]) for i, char in enumerate(text)) + '"'


def hcl_list(texts: Iterable[str]) -> str:
    """Give texts as a list of literals on one line."""
    return f"[{', '.join(hcl_string(text) for text in texts)}]"


def hcl_comment(text: str) -> str:
    """Give text as a comment of one line."""
    safe = "".join(char if char.isprintable() else f"\\u{{{ord(char):x}}}" for char in text)
    return f"# {safe}".rstrip()


def hcl_label(*parts: str) -> str:
    """Give a name for a block, from texts that may hold anything: readable, and of its own for each."""
    digest = blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    words = _OUTSIDE.sub("_", "_".join(parts).lower()).strip("_")[:_LONGEST_LABEL].rstrip("_")
    return f"{words}_{digest}" if words[:1].isalpha() else f"g_{words}_{digest}"


def _escaped(char: str, after: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if (char in "$%" and after == "{") or not char.isprintable():
        return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"
    return char
