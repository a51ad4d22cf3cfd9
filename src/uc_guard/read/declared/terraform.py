"""What resources of the Databricks provider for Terraform say of access, however they are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, Protocol

from uc_guard.model.declared import Stated
from uc_guard.model.name import join_name
from uc_guard.model.privilege import OWNER, is_known, normalize_privilege, normalize_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from uc_guard.model.finding import Place
    from uc_guard.read.declared.found import Found

_TARGETS = {
    "metastore": "METASTORE", "catalog": "CATALOG", "schema": "SCHEMA", "table": "TABLE", "view": "TABLE",
    "volume": "VOLUME", "function": "FUNCTION", "model": "FUNCTION", "external_location": "EXTERNAL_LOCATION",
    "storage_credential": "STORAGE_CREDENTIAL", "credential": "CREDENTIAL", "foreign_connection": "CONNECTION",
    "share": "SHARE", "recipient": "RECIPIENT", "pipeline": "PIPELINE", "model_service": "MODEL_SERVICE",
    "model_provider_service": "MODEL_PROVIDER_SERVICE", "mcp_service": "MCP_SERVICE",
}  # fmt: skip
"""Attributes of grants that name a securable, and its type."""

_OWNED = {
    "databricks_catalog": ("CATALOG", ("name",)),
    "databricks_schema": ("SCHEMA", ("catalog_name", "name")),
    "databricks_sql_table": ("TABLE", ("catalog_name", "schema_name", "name")),
    "databricks_volume": ("VOLUME", ("catalog_name", "schema_name", "name")),
    "databricks_registered_model": ("FUNCTION", ("catalog_name", "schema_name", "name")),
    "databricks_external_location": ("EXTERNAL_LOCATION", ("name",)),
    "databricks_storage_credential": ("STORAGE_CREDENTIAL", ("name",)),
    "databricks_credential": ("CREDENTIAL", ("name",)),
    "databricks_connection": ("CONNECTION", ("name",)),
    "databricks_share": ("SHARE", ("name",)),
    "databricks_metastore": ("METASTORE", ("name",)),
}
KINDS = ("databricks_grants", "databricks_grant", "databricks_policy_info", *_OWNED)
"""Types of resources that are read."""

_PART = re.compile(r"(?:\$\{[^}]*\}|`[^`]*`|[^.`$]|\$(?!\{))+")


class Word(NamedTuple):
    """A value of a resource.

    Attributes:
        text: What it spells, or how it is written where it is computed.
        is_literal: Whether nothing in it is computed.
        place: Where it stands.
    """

    text: str
    is_literal: bool
    place: Place


class Resource(Protocol):
    """A resource, or a block in one."""

    def word(self, key: str) -> Word | None:
        """Give a value; None where it is not given, or null."""
        ...

    def words(self, key: str) -> Sequence[Word]:
        """Give the values of a list; none where it is not given."""
        ...

    def blocks(self, key: str) -> Sequence[Resource]:
        """Give the blocks of a name."""
        ...


class Row(NamedTuple):
    """What a resource says: a statement, and whether all of it is literal."""

    verb: str
    principal: Word
    privilege: Word
    kind: str
    name: Word
    authority: str | None


def rows_of(kind: str, resource: Resource) -> Iterator[Row]:
    """Give what a resource of a type says of access."""
    if kind == "databricks_grants":
        # UC: whoever is not listed loses what he has on the securable.
        for block in resource.blocks("grant"):
            yield from _grants(resource, block, "securable")
    elif kind == "databricks_grant":
        yield from _grants(resource, resource, "principal")
    elif kind == "databricks_policy_info":
        yield from _policy(resource)
    elif kind in _OWNED:
        yield from _owner(kind, resource)


def _grants(resource: Resource, block: Resource, authority: str) -> Iterator[Row]:
    principal = block.word("principal")
    for key, kind in _TARGETS.items():
        target = resource.word(key)
        if target is None or principal is None:
            continue
        name = target._replace(text=_full(target.text) if kind != "METASTORE" else "metastore")
        for privilege in block.words("privileges"):
            yield Row("grant", principal, privilege, kind, name, authority)


def _owner(kind: str, resource: Resource) -> Iterator[Row]:
    owner = resource.word("owner")
    securable_type, keys = _OWNED[kind]
    parts = [resource.word(key) for key in keys]
    if owner is None or not owner.text:
        return
    text = join_name(
        [part.text if part and part.text else f"${{{key}}}" for part, key in zip(parts, keys, strict=True)]
    )
    known = all(part is not None and part.is_literal for part in parts)
    name = Word("metastore" if securable_type == "METASTORE" else text, known, owner.place)
    yield Row("owner", owner, owner._replace(text=OWNER, is_literal=True), securable_type, name, None)


def _policy(resource: Resource) -> Iterator[Row]:
    on_type, on_name = resource.word("on_securable_type"), resource.word("on_securable_fullname")
    if on_type is None or on_name is None:
        return
    kind, name = normalize_type(on_type.text), on_name._replace(text=_full(on_name.text))
    for verb, key in (("policy", "to_principals"), ("exempt", "except_principals")):
        for principal in resource.words(key):
            yield Row(verb, principal, principal._replace(text="", is_literal=True), kind, name, None)


def state(row: Row, found: Found) -> None:
    """Add what a resource says to what is found."""
    words = (row.principal, row.privilege, row.name)
    privilege: str | None = row.privilege.text
    if row.privilege.is_literal and row.verb in {"grant", "revoke"}:
        privilege = normalize_privilege(row.privilege.text)
        if not is_known(privilege):
            found.miss("unknown-privilege", row.privilege.place)
    found.stated.append(
        Stated(
            row.verb, row.principal.text, privilege or None, row.kind, row.name.text,
            row.principal.place if row.verb != "grant" else row.privilege.place, "terraform", authority=row.authority,
            is_resolved=all(word.is_literal for word in words),
        )
    )  # fmt: skip


def _full(name: str) -> str:
    """Give the canonical spelling of a full name that may hold references."""
    parts = _PART.findall(name)
    return join_name([part.strip("`") for part in parts]) if parts else name
