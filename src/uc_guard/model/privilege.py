"""The one table of privileges: where each means something, where it flows, what it implies and what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ALL_PRIVILEGES = "ALL_PRIVILEGES"
OWNER = "OWNER"
"""Pseudo-privilege of an owner: never granted, never revoked, only transferred."""

EVERYONE = "account users"
"""The group that holds every principal of the account, listed or not."""

RECIPIENT = "recipient "
"""What the grantee of a row on a share begins with. UC: shares are granted to recipients, whose names may be those of
principals."""

CONTAINERS = ("CATALOG", "SCHEMA")
"""Securable types from which privileges flow down. UC: grants on the metastore flow nowhere."""

SECURABLE_TYPES = (
    "METASTORE", "CATALOG", "SCHEMA", "TABLE", "VOLUME", "FUNCTION", "EXTERNAL_LOCATION", "STORAGE_CREDENTIAL",
    "CREDENTIAL", "CONNECTION", "SHARE", "CLEAN_ROOM", "EXTERNAL_METADATA", "MODEL_SERVICE", "MODEL_PROVIDER_SERVICE",
    "MCP_SERVICE", "AGENT_SERVICE",
)  # fmt: skip
"""Securable types as grants know them: a view is a TABLE there, a model or procedure a FUNCTION."""

_SAME_AS = MappingProxyType({
    "VIEW": "TABLE", "MATERIALIZED_VIEW": "TABLE", "STREAMING_TABLE": "TABLE", "METRIC_VIEW": "TABLE",
    "FOREIGN_TABLE": "TABLE", "INDEX": "TABLE", "DATABASE": "SCHEMA", "PROCEDURE": "FUNCTION", "MODEL": "FUNCTION",
    "REGISTERED_MODEL": "FUNCTION", "SERVICE_CREDENTIAL": "CREDENTIAL", "SERVER": "CONNECTION",
    "FOREIGN_SERVER": "CONNECTION", "FOREIGN_CONNECTION": "CONNECTION",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Privilege:
    """One privilege.

    Attributes:
        name: Underscore form in upper case.
        family: What it lets one do: use, read, write, execute, file, create, admin or metadata.
        on: Securable types on which it means something.
        flows: Whether a grant on a catalog or schema reaches what lies inside.
        in_all: Whether ALL PRIVILEGES gives it.
        with_it: Privileges that the platform asks for on the same securable together with it.
        seen_in: Sources any one of which shows its use; empty where no log shows it.
        kinds: Finer kinds of `on` to which it is limited; empty where all.
        not_kinds: Finer kinds of `on` on which it means nothing.
        usage: Whether it works only with USE CATALOG and USE SCHEMA on the way. UC: BROWSE never asks for them, MANAGE
            only above the level where it stands; what asks for nothing counts as usable wherever it is held.
    """

    name: str
    family: str
    on: frozenset[str]
    flows: bool = False
    in_all: bool = True
    with_it: tuple[str, ...] = ()
    seen_in: tuple[str, ...] = ("query_history",)
    kinds: frozenset[str] = frozenset()
    not_kinds: frozenset[str] = frozenset()
    usage: bool = True

    def applies(self, securable_type: str, kind: str = "") -> bool:
        """Tell whether it means something on a securable of this type and finer kind (empty = not known)."""
        if securable_type not in self.on:
            return False
        if self.kinds and kind and kind != securable_type:
            return kind in self.kinds
        return kind not in self.not_kinds


_AUDIT = ("audit",)
_NOWHERE = ()
SERVICES = ("MODEL_SERVICE", "MODEL_PROVIDER_SERVICE", "MCP_SERVICE", "AGENT_SERVICE")
_MANAGED = (
    "CATALOG", "SCHEMA", "TABLE", "VOLUME", "FUNCTION", "EXTERNAL_LOCATION", "STORAGE_CREDENTIAL", "CREDENTIAL",
    "CONNECTION", "CLEAN_ROOM", "EXTERNAL_METADATA", *SERVICES,
)  # fmt: skip
_READ_ONLY = frozenset({"VIEW", "MATERIALIZED_VIEW", "METRIC_VIEW", "FOREIGN", "FOREIGN_TABLE"})


def _row(name: str, family: str, *on: str, **more: object) -> Privilege:
    return Privilege(name, family, frozenset(on), **more)  # type: ignore[arg-type]


_ROWS = (
    _row("USE_CATALOG", "use", "CATALOG"),
    _row("USE_SCHEMA", "use", "SCHEMA", flows=True),
    _row("SELECT", "read", "TABLE", "SHARE", flows=True),
    # UC: the manual says that a holder of MODIFY must also have SELECT; its table of operations does not. They stay
    # together.
    _row("MODIFY", "write", "TABLE", "EXTERNAL_METADATA", flows=True, with_it=("SELECT",), not_kinds=_READ_ONLY),
    _row("REFRESH", "write", "TABLE", flows=True, kinds=frozenset({"MATERIALIZED_VIEW", "STREAMING_TABLE"})),
    _row("EXECUTE", "execute", "FUNCTION", *SERVICES, flows=True),
    _row("READ_VOLUME", "file", "VOLUME", flows=True, seen_in=_AUDIT),
    _row("WRITE_VOLUME", "file", "VOLUME", flows=True, with_it=("READ_VOLUME",), seen_in=_AUDIT),
    _row("READ_FILES", "file", "EXTERNAL_LOCATION", "STORAGE_CREDENTIAL", seen_in=_AUDIT),
    _row("WRITE_FILES", "file", "EXTERNAL_LOCATION", "STORAGE_CREDENTIAL", with_it=("READ_FILES",), seen_in=_AUDIT),
    _row("CREATE_SCHEMA", "create", "CATALOG"),
    _row("CREATE_TABLE", "create", "SCHEMA", flows=True),
    _row("CREATE_MATERIALIZED_VIEW", "create", "SCHEMA", flows=True),
    _row("CREATE_FUNCTION", "create", "SCHEMA", flows=True),
    _row("CREATE_VOLUME", "create", "SCHEMA", flows=True),
    _row("CREATE_MODEL", "create", "SCHEMA", flows=True, seen_in=_AUDIT),
    _row("CREATE_FEATURE", "create", "SCHEMA", flows=True, seen_in=_NOWHERE),
    _row("CREATE_SECRET", "create", "SCHEMA", flows=True, seen_in=_NOWHERE),
    _row("CREATE_SERVICE", "create", "SCHEMA", flows=True, seen_in=_NOWHERE),
    _row("CREATE_MODEL_VERSION", "create", "FUNCTION", kinds=frozenset({"MODEL"}), seen_in=_NOWHERE),
    _row("READ_FEATURE", "read", "SCHEMA", flows=True, seen_in=_NOWHERE),
    _row("READ_SECRET", "read", "SCHEMA", flows=True, seen_in=_NOWHERE),
    _row("WRITE_SECRET", "write", "SCHEMA", flows=True, seen_in=_NOWHERE),
    _row("REFERENCE_SECRET", "read", "SCHEMA", flows=True, seen_in=_NOWHERE),
    _row("CREATE_CATALOG", "create", "METASTORE"),
    _row("CREATE_CLEAN_ROOM", "create", "METASTORE", seen_in=_NOWHERE),
    _row("CREATE_CONNECTION", "create", "METASTORE", "CREDENTIAL"),
    _row("CREATE_EXTERNAL_LOCATION", "create", "METASTORE", "STORAGE_CREDENTIAL"),
    _row("CREATE_EXTERNAL_METADATA", "create", "METASTORE", seen_in=_NOWHERE),
    # No statement makes a provider or a credential; shares and recipients are made by REST, too.
    _row("CREATE_PROVIDER", "create", "METASTORE", seen_in=_NOWHERE),
    _row("CREATE_RECIPIENT", "create", "METASTORE", seen_in=_AUDIT),
    _row("CREATE_SHARE", "create", "METASTORE", seen_in=_AUDIT),
    _row("CREATE_SERVICE_CREDENTIAL", "create", "METASTORE", seen_in=_NOWHERE),
    _row("CREATE_STORAGE_CREDENTIAL", "create", "METASTORE", seen_in=_NOWHERE),
    _row("CREATE_EXTERNAL_TABLE", "create", "EXTERNAL_LOCATION", "STORAGE_CREDENTIAL"),
    _row("CREATE_EXTERNAL_VOLUME", "create", "EXTERNAL_LOCATION"),
    _row("CREATE_FOREIGN_CATALOG", "create", "CONNECTION"),
    _row("CREATE_FOREIGN_SECURABLE", "create", "EXTERNAL_LOCATION", seen_in=_NOWHERE),
    _row("CREATE_MANAGED_STORAGE", "create", "EXTERNAL_LOCATION"),
    _row("USE_CONNECTION", "use", "CONNECTION", "METASTORE", seen_in=_NOWHERE),
    _row("ACCESS", "use", "CREDENTIAL", seen_in=_AUDIT),
    _row("USE_PROVIDER", "use", "METASTORE", seen_in=_NOWHERE),
    _row("USE_RECIPIENT", "use", "METASTORE", seen_in=_NOWHERE),
    _row("USE_SHARE", "use", "METASTORE", seen_in=_NOWHERE),
    _row("USE_MARKETPLACE_ASSETS", "use", "METASTORE", seen_in=_NOWHERE),
    _row("SET_SHARE_PERMISSION", "admin", "METASTORE", seen_in=_NOWHERE),
    _row("MANAGE_ALLOWLIST", "admin", "METASTORE", seen_in=_NOWHERE),
    _row("EXECUTE_CLEAN_ROOM_TASK", "execute", "CLEAN_ROOM", seen_in=_NOWHERE),
    _row("MODIFY_CLEAN_ROOM", "write", "CLEAN_ROOM", seen_in=_NOWHERE),
    _row("APPLY_TAG", "admin", "CATALOG", "SCHEMA", "TABLE", "VOLUME", "FUNCTION", "EXTERNAL_METADATA", *SERVICES,
         flows=True, not_kinds=frozenset({"PROCEDURE"})),
    _row("MANAGE", "admin", *_MANAGED, flows=True, in_all=False, seen_in=_AUDIT, usage=False),
    _row("EXTERNAL_USE_SCHEMA", "admin", "SCHEMA", flows=True, in_all=False, seen_in=_NOWHERE),
    _row("EXTERNAL_USE_LOCATION", "admin", "EXTERNAL_LOCATION", in_all=False, seen_in=_NOWHERE),
    # UC: BROWSE stands on the catalog and is not listed on what lies inside; no log tells that it was needed.
    _row("BROWSE", "metadata", "CATALOG", "EXTERNAL_LOCATION", "CLEAN_ROOM", "EXTERNAL_METADATA", seen_in=_NOWHERE,
         usage=False),
    _row("READ_METADATA", "metadata", "METASTORE", *_MANAGED, flows=True, in_all=False, seen_in=_NOWHERE, usage=False),
)  # fmt: skip

PRIVILEGES: Mapping[str, Privilege] = MappingProxyType({row.name: row for row in _ROWS})
"""Every known privilege but ALL PRIVILEGES, by name. One not in here is kept as text, reported, and never revoked."""

UNGOVERNED = ("samples", "hive_metastore")
"""Catalogs in which nothing is granted: everybody may read samples, and the old metastore has rights of its own."""

IN_SCHEMA = frozenset({"TABLE", "VOLUME", "FUNCTION", *SERVICES})
"""Securable types that stand in a schema."""

ON_METASTORE = frozenset(SECURABLE_TYPES) - IN_SCHEMA - {*CONTAINERS}
"""Securable types that stand on the metastore: nothing is needed on the way to them."""

_ALL_ON = frozenset(SECURABLE_TYPES) - {"METASTORE", "SHARE", "CLEAN_ROOM"}


@lru_cache(maxsize=4096)
def normalize_privilege(text: str) -> str:
    """Give the underscore form of a privilege's name: `use catalog`, `USE CATALOG` and `USE_CATALOG` are one."""
    name = "_".join(text.strip().upper().replace("_", " ").split())
    return ALL_PRIVILEGES if name == "ALL" else name


def spoken(privilege: str) -> str:
    """Give the SQL spelling: `USE CATALOG` for `USE_CATALOG`."""
    return privilege.replace("_", " ")


@lru_cache(maxsize=4096)
def normalize_type(text: str) -> str:
    """Give the securable type as grants know it: `VIEW` and `materialized view` are TABLE, `MODEL` is FUNCTION."""
    name = "_".join(text.strip().upper().replace("_", " ").split())
    return _SAME_AS.get(name, name)


def is_known(privilege: str) -> bool:
    """Tell whether the table has this privilege (ALL_PRIVILEGES included)."""
    return privilege == ALL_PRIVILEGES or privilege in PRIVILEGES


@lru_cache(maxsize=65536)
def implied(privilege: str, at_type: str, on_type: str, kind: str = "") -> tuple[str, ...]:
    """Give the privileges that a row gives on one securable.

    Args:
        privilege: The stored privilege.
        at_type: Type of the securable where the row stands.
        on_type: Type of the securable asked about: the same one, or one inside it.
        kind: Finer kind of the securable asked about; empty = not known, which counts as any.

    Returns:
        Names, sorted; empty where the row gives nothing there. An unknown privilege gives itself, on its own securable.
    """
    inside = at_type != on_type
    if inside and at_type not in CONTAINERS:
        return ()
    if privilege == ALL_PRIVILEGES:
        if at_type not in _ALL_ON:
            return ()
        rows = [row for row in _ROWS if row.in_all and (row.flows or not inside)]
    elif privilege in PRIVILEGES:
        row = PRIVILEGES[privilege]
        rows = [row] if row.flows or not inside else []
    else:
        return () if inside else (privilege,)
    return tuple(sorted(row.name for row in rows if row.applies(on_type, kind)))


@lru_cache(maxsize=4096)
def owned(on_type: str, kind: str = "") -> tuple[str, ...]:
    """Give the privileges that owning a securable gives on it, sorted. UC: all that apply, but for external use."""
    return tuple(
        sorted(row.name for row in _ROWS if row.applies(on_type, kind) and not row.name.startswith("EXTERNAL_USE"))
    )


@lru_cache(maxsize=4096)
def has_future(privilege: str, at_type: str) -> bool:
    """Tell whether a row also reaches what is made inside its securable later."""
    if at_type not in CONTAINERS:
        return False
    below = IN_SCHEMA if at_type == "SCHEMA" else IN_SCHEMA | {"SCHEMA"}
    # UC: ALL PRIVILEGES is expanded when it is checked, so it also gives privileges yet to be invented.
    return privilege == ALL_PRIVILEGES or any(implied(privilege, at_type, on_type) for on_type in below)
