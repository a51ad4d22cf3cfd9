"""Reads Databricks bundles: grants on what they deploy, resources of apps, and permissions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from uc_guard.model.declared import Stated
from uc_guard.model.name import join_name
from uc_guard.model.privilege import is_known, normalize_privilege, normalize_type
from uc_guard.read.declared.tree import LIST, MAP, BrokenDocument

if TYPE_CHECKING:
    from uc_guard.read.declared.found import Found
    from uc_guard.read.declared.source import Source
    from uc_guard.read.declared.tree import Node

_IS_BUNDLE = re.compile(r"(?m)^(?:\{\s*)?[\"']?(?:bundle|resources|targets|environments)[\"']?\s*:")
_RELEVANT = re.compile(r"(?m)(?:^|[{,])\s*(?:-\s+)?[\"']?(?:grants|permissions|apps)[\"']?\s*:")

_FILLED = re.compile(r"\$\{|\{\{")
_SECURABLES = {
    "catalogs": ("CATALOG", ("name",)),
    "schemas": ("SCHEMA", ("catalog_name", "name")),
    "volumes": ("VOLUME", ("catalog_name", "schema_name", "name")),
    "registered_models": ("FUNCTION", ("catalog_name", "schema_name", "name")),
    "external_locations": ("EXTERNAL_LOCATION", ("name",)),
    "model_services": ("MODEL_SERVICE", ("catalog_name", "schema_name", "name")),
    "model_provider_services": ("MODEL_PROVIDER_SERVICE", ("catalog_name", "schema_name", "name")),
    "mcp_services": ("MCP_SERVICE", ("catalog_name", "schema_name", "name")),
}
"""Kinds of resources with grants: type of securable, keys of the parts of its name."""

_OF_APP = {
    "sql_warehouse": ("id",),
    "serving_endpoint": ("name",),
    "job": ("id",),
    "secret": ("scope", "key"),
    "genie_space": ("space_id", "name"),
    "database": ("instance_name", "database_name"),
    "postgres": ("branch", "database"),
    "experiment": ("experiment_id",),
    "app": ("name",),
}
_WHO = ("service_principal_name", "user_name", "group_name")


def is_bundle(text: str) -> bool:
    """Tell whether a YAML text could be a file of a bundle that declares access."""
    return _IS_BUNDLE.search(text) is not None and _RELEVANT.search(text) is not None


def read_bundle(source: Source, found: Found) -> None:
    """Read a file of a bundle; files that it includes are read where they stand."""
    from uc_guard.read.declared.yaml_at import read_yaml  # noqa: PLC0415 - dear to load, and rarely needed

    try:
        documents = read_yaml(source.text)
    except BrokenDocument as error:
        found.broken(source, error)
        return
    for document in documents:
        reader = _Bundle(source, found)
        reader.block(document)
        for targets in ("targets", "environments"):
            for _, target in document.entries(targets):
                reader.block(target)


class _Bundle:
    """A file of a bundle that is being read."""

    def __init__(self, source: Source, found: Found) -> None:
        self.source = source
        self.found = found

    def block(self, block: Node) -> None:
        """Read the resources and permissions of the file, or of one target."""
        for kinds, (securable_type, keys) in _SECURABLES.items():
            for _, resource in block.entries("resources", kinds):
                self.grants(resource, securable_type, keys)
        for key, app in block.entries("resources", "apps"):
            self.app(key.text, app)
        for kind, resources in block.entries("resources"):
            for key, resource in resources.pairs:
                name = resource.spelled("name") or key.text
                self.permissions(resource, kind.text.removesuffix("s").upper(), name)
        bundle = block.spelled("bundle", "name") or "bundle"
        self.permissions(block, "BUNDLE", bundle)

    def grants(self, resource: Node, kind: str, keys: tuple[str, ...]) -> None:
        """Read the grants on one securable. A bundle sets them whole: others than those listed are taken away."""
        if resource.child("grants") is None:
            return
        parts = [resource.spelled(key) for key in keys]
        name = join_name([part or f"${{{key}}}" for part, key in zip(parts, keys, strict=True)])
        for grant in resource.each("grants"):
            principal = grant.child("principal")
            if grant.kind != MAP or principal is None or grant.child("privileges") is None:
                self.miss(grant, "a grant has no `principal` or no `privileges`")
                continue
            for privilege in grant.each("privileges"):
                if privilege.kind in {LIST, MAP}:
                    self.miss(privilege, "a privilege is no text")
                    continue
                known = self.privilege(privilege)
                self.state(principal.text, known, (kind, name), privilege, is_whole=True)

    def privilege(self, node: Node) -> str:
        """Give the name of a privilege; one that is not known is told."""
        name = node.text if _FILLED.search(node.text) else normalize_privilege(node.text)
        if not _FILLED.search(name) and not is_known(name):
            self.found.miss("unknown-privilege", self.source.place(node.start, node.end))
        return name

    def app(self, key: str, app: Node) -> None:
        """Read the resources of an app: its service principal, whose id is made when it is deployed, gets them."""
        principal = f"${{resources.apps.{key}.service_principal_client_id}}"
        for resource in app.each("resources"):
            for kind, given in resource.pairs:
                if given.kind != MAP:
                    continue
                permission = given.child("permission")
                target = self._app_target(kind.text, given)
                if permission is None or target is None:
                    self.miss(kind, f"a resource `{kind.text}` of an app is not known, or has no `permission`")
                    continue
                self.state(principal, normalize_privilege(permission.text), target, permission)

    @staticmethod
    def _app_target(kind: str, given: Node) -> tuple[str, str] | None:
        if kind == "uc_securable":
            of_type, name = given.spelled("securable_type"), given.spelled("securable_full_name")
            return (normalize_type(of_type), _full(name)) if of_type and name else None
        parts = [text for key in _OF_APP.get(kind, ()) if (text := given.spelled(key))]
        return (kind.upper(), "/".join(parts)) if parts else None

    def permissions(self, resource: Node, kind: str, name: str) -> None:
        """Read the permissions on one resource of the workspace."""
        for permission in resource.each("permissions"):
            level = permission.child("level")
            who = next((node for key in _WHO if (node := permission.child(key)) is not None), None)
            if level is None or who is None:
                self.miss(permission, "a permission has no `level`, or names nobody")
                continue
            self.state(who.text, normalize_privilege(level.text), (kind, name), level)

    def state(
        self, principal: str, privilege: str, target: tuple[str, str], node: Node, *, is_whole: bool = False
    ) -> None:
        """Add one row that points to a node."""
        filled = any(_FILLED.search(text) for text in (principal, privilege, *target))
        self.found.stated.append(
            Stated(
                "grant", principal, privilege, *target, self.source.place(node.start, node.end), "bundle",
                authority="securable" if is_whole else None, is_resolved=not filled,
            )
        )  # fmt: skip

    def miss(self, node: Node, message: str) -> None:
        """Tell what cannot be understood."""
        self.found.miss("wrong-value", self.source.place(node.start, node.end), message)


def _full(name: str) -> str:
    """Give the canonical spelling of a full name that may hold variables."""
    parts: list[str] = [""]
    depth = 0
    for char in name:
        depth += {"{": 1, "}": -1}.get(char, 0)
        if char == "." and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return join_name([part.strip("`") for part in parts])
