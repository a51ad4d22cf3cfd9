"""Reads the resources that an agent of MLflow says it uses: `MLmodel`, and `resources.yaml`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from uc_guard.model.declared import Stated
from uc_guard.model.name import canonical_name
from uc_guard.read.declared.tree import MAP, BrokenDocument

if TYPE_CHECKING:
    from uc_guard.read.declared.found import Found
    from uc_guard.read.declared.source import Source
    from uc_guard.read.declared.tree import Node

_RELEVANT = re.compile(r"(?m)^\s*[\"']?databricks[\"']?\s*:")
_IS_RESOURCES = re.compile(r"(?m)^[\"']?(?:api_version|databricks|resources|auth_policy)[\"']?\s*:")

_USES = {
    "table": ("TABLE", "SELECT"),
    "vector_search_index": ("TABLE", "SELECT"),
    "function": ("FUNCTION", "EXECUTE"),
    "uc_connection": ("CONNECTION", "USE_CONNECTION"),
    "serving_endpoint": ("SERVING_ENDPOINT", "CAN_QUERY"),
    "genie_space": ("GENIE_SPACE", "CAN_RUN"),
    "sql_warehouse": ("SQL_WAREHOUSE", "CAN_USE"),
    "app": ("APP", "CAN_USE"),
    "lakebase": ("DATABASE_INSTANCE", "CAN_USE"),
}
_API_VERSION = "1"
_FILLED = re.compile(r"\$\{|\{\{")


def is_resources(text: str) -> bool:
    """Tell whether a YAML text could hold the resources of an agent."""
    return _RELEVANT.search(text) is not None and _IS_RESOURCES.search(text) is not None


def read_resources(source: Source, found: Found) -> None:
    """Read a file of resources, or an `MLmodel` that holds them."""
    from uc_guard.read.declared.yaml_at import read_yaml  # noqa: PLC0415 - dear to load, and rarely needed

    try:
        documents = read_yaml(source.text)
    except BrokenDocument as error:
        found.broken(source, error)
        return
    for document in documents:
        is_model = document.child("resources") is not None or document.child("auth_policy") is not None
        places = [("resources",), ("auth_policy", "system_auth_policy", "resources")] if is_model else [()]
        for path in places:
            resources = document.get(*path)
            if resources is not None and resources.child("databricks") is not None:
                _read(source, resources, found)


def _read(source: Source, resources: Node, found: Found) -> None:
    version = resources.child("api_version")
    if version is not None and version.text != _API_VERSION:
        place = source.place(version.start, version.end)
        found.miss("wrong-value", place, f"`api_version` is `{version.text[:20]}`; only `1` is known")
    for kind, _ in resources.entries("databricks"):
        known = _USES.get(kind.text)
        if known is None:
            message = f"no resource `{kind.text[:40]}` is known; known are {', '.join(_USES)}"
            found.miss("wrong-key", source.place(kind.start, kind.end), message)
            continue
        for item in resources.each("databricks", kind.text):
            _use(source, item, known, found)


def _use(source: Source, item: Node, known: tuple[str, str], found: Found) -> None:
    name = item.child("name") if item.kind == MAP else None
    place = source.place(item.start, item.end)
    if name is None or not name.text:
        found.miss("missing-key", place, "a resource has no `name`")
        return
    # UC: on behalf of the user, it is the user's privileges that count.
    principal = "${user}" if item.spelled("on_behalf_of_user") == "true" else None
    found.stated.append(
        Stated(
            "use", principal, known[1], known[0], _full(name.text, known[0]), source.place(name.start, name.end),
            "mlflow", is_resolved=not _FILLED.search(name.text),
        )
    )  # fmt: skip


def _full(name: str, kind: str) -> str:
    try:
        return canonical_name(name) if kind in {"TABLE", "FUNCTION"} else name
    except ValueError:
        return name
