"""Says which statement of an agent would justify a privilege, or why none would."""

from __future__ import annotations

from uc_guard.model.name import quote_name, split_name
from uc_guard.model.privilege import ALL_PRIVILEGES, CONTAINERS, OWNER, PRIVILEGES, spoken

_STATEMENTS = {
    "SELECT": "SELECT ... FROM {name}",
    "MODIFY": "INSERT INTO {name} ...",
    "EXECUTE": "SELECT {name}(...)",
    "REFRESH": "REFRESH MATERIALIZED VIEW {name}",
    "CREATE_TABLE": "CREATE TABLE {name}.x ...",
    "CREATE_FUNCTION": "CREATE FUNCTION {name}.x ...",
    "CREATE_VOLUME": "CREATE VOLUME {name}.x ...",
    "CREATE_MATERIALIZED_VIEW": "CREATE MATERIALIZED VIEW {name}.x ...",
    "CREATE_SCHEMA": "CREATE SCHEMA {name}.x ...",
    "APPLY_TAG": "ALTER TABLE {name} SET TAGS (...)",
}


def justification(privilege: str, kind: str, name: str) -> str:
    """Say which statement of the agent would justify a privilege, or why none would."""
    family = PRIVILEGES[privilege].family if privilege in PRIVILEGES else ""
    quoted = _quoted(name)
    if privilege in {ALL_PRIVILEGES, OWNER} or family in {"admin", "metadata", ""}:
        return "no statement of an agent justifies it: grant what its statements need, one privilege at a time"
    if kind in CONTAINERS and family in {"read", "write", "execute", "file"}:
        return f"no statement justifies it on a whole {kind.lower()}: grant it on what the statements name in {quoted}"
    if family == "use" and kind in CONTAINERS:
        return f"a statement that uses something in {quoted} would justify it"
    if kind == "VOLUME":
        return f"a statement on '/Volumes/{'/'.join(split_name(name))}/...' would justify it"
    if privilege in _STATEMENTS and kind in {"TABLE", "FUNCTION", *CONTAINERS}:
        return f"a statement such as {_STATEMENTS[privilege].format(name=quoted)} would justify it"
    return f"a statement or an entry of `[uses]` that needs {spoken(privilege)} on {quoted} would justify it"


def _quoted(name: str) -> str:
    parts = split_name(name)
    plain = all(part.replace("_", "a").isalnum() and part.isascii() for part in parts)
    return name if plain else quote_name(name)
