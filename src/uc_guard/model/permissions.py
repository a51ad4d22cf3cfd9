"""How the REST API spells rows: the path of a securable's permissions, and the body of a request that changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from uc_guard.model.name import split_name
from uc_guard.model.privilege import RECIPIENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from uc_guard.model.plan import Row

CATALOG_API = "/api/2.1/unity-catalog"


def permissions_path(securable_type: str, securable: str) -> str:
    """Give the path of a securable's permissions; every part of it is percent-encoded."""
    try:
        name = ".".join(split_name(securable))
    except ValueError:
        name = securable  # not a name that the platform could have made; encoded whole it names nothing else
    kind, encoded = quote(securable_type.lower(), safe=""), quote(name, safe="")
    # UC: shares have an API of their own.
    if securable_type == "SHARE":
        return f"{CATALOG_API}/shares/{encoded}/permissions"
    return f"{CATALOG_API}/permissions/{kind}/{encoded}"


def permission_changes(add: Iterable[Row], remove: Iterable[Row]) -> list[dict[str, Any]]:
    """Give the changes of one request, a principal each: all of them happen at once."""
    found: dict[str, dict[str, set[str]]] = {}
    for verb, rows in (("add", add), ("remove", remove)):
        for row in rows:
            # UC: the API of shares takes the name of the recipient alone.
            name = row.grantee.removeprefix(RECIPIENT) if row.securable_type == "SHARE" else row.grantee
            found.setdefault(name, {}).setdefault(verb, set()).add(row.privilege)
    return [
        {"principal": name, **{verb: sorted(words) for verb, words in change.items()}}
        for name, change in sorted(found.items())
    ]
