"""What one use asks for at least: a privilege, what comes with it, and USE on the way; without any workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from uc_guard.access.operations import requirements
from uc_guard.model.name import join_name, split_name
from uc_guard.model.privilege import CONTAINERS, IN_SCHEMA, PRIVILEGES, UNGOVERNED, normalize_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uc_guard.model.use import Use

_SIZES = {"schema": 2, "catalog": 1}


class Need(NamedTuple):
    """A privilege on a securable, and why: `used`, `co-requisite` or `usage-chain`."""

    privilege: str
    securable_type: str
    securable: str
    because: str


def needs_of(use: Use) -> tuple[list[Need], str]:
    """Give what a use asks for.

    Returns:
        The needs, and a reason of `model.lock.UNCLEAR` where they are not known; empty where they are.
    """
    on_type = normalize_type(use.securable_type)
    if on_type == "PATH":
        return [], "path"
    parts = split_name(use.name)
    if parts[0] in UNGOVERNED:
        return [], ""
    if len(parts) > 1 and parts[1] == "information_schema" and parts[0] != "system":
        return [Need("USE_CATALOG", "CATALOG", join_name(parts[:1]), "used")], ""
    if (use.action, on_type) == ("REFRESH", "TABLE"):
        return [], "several-ways"  # a plain table is asked for something else than what can be refreshed
    asked = requirements(use.action, use.securable_type, on_type)
    # UC: whether something stands there that a CREATE would replace is not known; then its owner replaces it.
    # To enter a container, USE on it is the least that will do, whatever else would.
    enters = use.action == "METADATA" and on_type in CONTAINERS
    needed = [one for one in asked if one.always or enters]
    if not needed:
        return [], "several-ways"
    found: list[Need] = []
    for requirement in needed:
        ask = requirement.choices[0][0]
        size = _SIZES.get(ask.place, len(parts))
        kind = on_type if ask.place == "self" else ask.place.upper()
        name = "metastore" if ask.place == "metastore" else join_name(parts[:size])
        found += _with_company(ask.privilege, kind, name)
    return found, ""


def declared_needs(privilege: str, kind: str, name: str) -> list[Need]:
    """Give what goes with a privilege that is declared to be used."""
    return list(_with_company(privilege, kind, name))


def _with_company(privilege: str, kind: str, name: str) -> Iterator[Need]:
    """Give a privilege with its co-requisites and USE on the way."""
    yield Need(privilege, kind, name, "used")
    row = PRIVILEGES.get(privilege)
    for other in row.with_it if row else ():
        if PRIVILEGES[other].applies(kind):
            yield Need(other, kind, name, "co-requisite")
    if row is not None and not row.usage and privilege != "MANAGE":
        return
    parts = split_name(name)
    # UC: MANAGE on a container needs no USE there, but on the way to it.
    there = "" if privilege == "MANAGE" else kind
    if kind in IN_SCHEMA or kind == "SCHEMA" or (there == "CATALOG" and privilege != "USE_CATALOG"):
        yield Need("USE_CATALOG", "CATALOG", join_name(parts[:1]), "usage-chain")
    if kind in IN_SCHEMA or (there == "SCHEMA" and privilege != "USE_SCHEMA"):
        yield Need("USE_SCHEMA", "SCHEMA", join_name(parts[:2]), "usage-chain")
