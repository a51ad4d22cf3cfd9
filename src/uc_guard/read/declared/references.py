"""What references in Terraform stand for, as far as the module's own files say it literally."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from uc_guard.read.declared.hcl import Block, read_hcl
from uc_guard.read.declared.tree import LIST, PLAIN, TEXT, BrokenDocument, Node

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_REFERENCE = r"(?:databricks_\w+\.[\w-]+\.[a-z_]+|local\.[\w-]+)"
_WHOLE = re.compile(_REFERENCE)
_FILLED = re.compile(r"\$\{\s*(" + _REFERENCE + r")\s*\}")
_NAMED = {
    "databricks_catalog": ("name",),
    "databricks_schema": ("catalog_name", "name"),
    "databricks_volume": ("catalog_name", "schema_name", "name"),
    "databricks_sql_table": ("catalog_name", "schema_name", "name"),
    "databricks_registered_model": ("catalog_name", "schema_name", "name"),
    "databricks_external_location": ("name",),
    "databricks_storage_credential": ("name",),
    "databricks_connection": ("name",),
}
"""Types whose `id` is their full name; the id of an external location is its name."""

_ROUNDS = 4
_LARGEST = 4 * 2**20

Names = dict[str, str]


class Module(NamedTuple):
    """What references mean in a module.

    Attributes:
        names: Text by reference: `databricks_schema.s.id` to `main.s`.
        lists: List of texts by reference.
    """

    names: Names
    lists: dict[str, Node]


def module_in(folder: Path) -> Module:
    """Give what references mean in the module of a folder.

    What is counted, repeated (`count`, `for_each`) or computed has no meaning here.
    """
    blocks: list[Block] = []
    for path in sorted(folder.glob("*.tf")):
        try:
            if path.is_file() and path.stat().st_size <= _LARGEST:
                blocks += read_hcl(path.read_bytes().decode("utf-8-sig")).blocks
        except (OSError, UnicodeDecodeError, BrokenDocument):
            continue  # the reader of the file itself tells of it
    names: Names = {}
    # Names refer to other names, a few steps deep.
    for _ in range(_ROUNDS):
        before = len(names)
        for block in blocks:
            _add(block, names)
        if len(names) == before:
            break
    lists = {
        f"local.{key}": node
        for block in blocks
        if block.kind == "locals"
        for key, node in block.values.items()
        if node.kind == LIST
    }
    return Module(names, lists)


def meaning(node: Node, names: Mapping[str, str]) -> str:
    """Give the text of a value with every reference that is known replaced by what it stands for."""
    if node.kind == TEXT:
        return _FILLED.sub(lambda match: names.get(match[1], match[0]), node.text)
    return names.get(node.text, node.text) if _WHOLE.fullmatch(node.text) else node.text


def _add(block: Block, names: Names) -> None:
    if block.kind == "locals":
        _take(block, "local", names)
    elif block.kind == "resource" and len(block.labels) == 2 and not block.values.keys() & {"count", "for_each"}:
        kind, name = block.labels
        _take(block, f"{kind}.{name}", names)
        parts = [names.get(f"{kind}.{name}.{key}") for key in _NAMED.get(kind, ())]
        if parts and all(parts):
            names[f"{kind}.{name}.id"] = ".".join(part for part in parts if part)


def _take(block: Block, prefix: str, names: Names) -> None:
    for key, node in block.values.items():
        text = meaning(node, names)
        is_literal = node.kind in {TEXT, PLAIN} or text != node.text
        if node.kind != LIST and is_literal and "${" not in text and "%{" not in text and text != "null":
            names[f"{prefix}.{key}"] = text
