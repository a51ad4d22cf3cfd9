"""Parameters of statements: text on the wire, values for whatever runs them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal


def _time(text):
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


_CASTS = {
    "TIMESTAMP": _time, "TIMESTAMP_NTZ": datetime.fromisoformat, "DATE": date.fromisoformat, "DOUBLE": float,
    "FLOAT": float, "DECIMAL": Decimal, "BOOLEAN": lambda text: text.lower() == "true",
    **dict.fromkeys(("INT", "BIGINT", "SMALLINT", "TINYINT", "LONG"), int),
}  # fmt: skip


def cast(type_text, value):
    """The value of a parameter; a time without a zone is one of UTC, as everywhere in the system tables."""
    kind = str(type_text or "STRING").upper().split("(")[0]
    return None if value is None else _CASTS.get(kind, str)(value)
