"""Reads files of Terraform, as far as they are literal; what is computed is kept as written and told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from uc_guard.read.declared.hcl import Block, read_hcl
from uc_guard.read.declared.json_at import read_json
from uc_guard.read.declared.references import Module, meaning, module_in
from uc_guard.read.declared.terraform import KINDS, Word, rows_of, state
from uc_guard.read.declared.tree import LIST, MAP, OTHER, PLAIN, TEXT, BrokenDocument, Node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uc_guard.read.declared.found import Found
    from uc_guard.read.declared.source import Source

RELEVANT = re.compile(r"databricks_(?:grants?|policy_info)\b|\bowner\s*=")
"""A file without any of these says nothing of access."""

RELEVANT_JSON = re.compile(r'"databricks_(?:grants?|policy_info)"|"owner"')
"""A file of JSON without any of these says nothing of access."""

_FILLED = re.compile(r"[$%]\{")


def read_terraform(source: Source, found: Found) -> None:
    """Read a `.tf` file."""
    if not RELEVANT.search(source.text):
        return
    try:
        document = read_hcl(source.text)
    except BrokenDocument as error:
        found.broken(source, error)
        return
    for block in document.blocks:
        if block.kind == "resource" and len(block.labels) == 2 and block.labels[0] in KINDS:
            _read(source, block, found)


def _read(source: Source, block: Block, found: Found) -> None:
    folder = source.file.parent
    if folder not in found.modules:
        found.modules[folder] = module_in(folder)
    rows = list(rows_of(block.labels[0], _Resource(source, block, found.modules[folder])))
    for row in rows:
        state(row, found)
    computed = next(
        (word for row in rows for word in (row.principal, row.privilege, row.name) if not word.is_literal), None
    )
    hidden = next((inner for inner in block.blocks if inner.kind == "dynamic"), None)
    place = computed.place if computed else source.place(block.start, block.end)
    if hidden is not None:
        place = source.place(hidden.start, hidden.end)
    silent = not rows and block.labels[0] in {"databricks_grants", "databricks_grant"}
    if computed or hidden or silent:
        name = ".".join(block.labels)[:120]
        found.miss("not-literal", place, f"not all of `{name}` is literal, so that nobody can tell what it grants")


def read_terraform_json(source: Source, found: Found) -> None:
    """Read a `.tf.json` file."""
    if not RELEVANT_JSON.search(source.text):
        return
    try:
        document = read_json(source.text)
    except BrokenDocument as error:
        found.broken(source, error)
        return
    for kind in KINDS:
        for given in (one for root in _maps(document) for one in _maps(root.child("resource"))):
            for name, resources in (pair for one in _maps(given.child(kind)) for pair in one.pairs):
                for resource in _maps(resources):
                    _read(source, _as_block(resource, (kind, name.text)), found)


def _maps(node: Node | None) -> Iterator[Node]:
    """Give a map, or the maps in a list: JSON may write any block as either."""
    if node is not None and node.kind == MAP:
        yield node
    for item in node.items if node is not None and node.kind != MAP else ():
        yield from _maps(item)


def _as_block(node: Node, labels: tuple[str, ...]) -> Block:
    """Give a map of JSON as a block; maps in it, and lists of maps, are its blocks."""
    block = Block("resource", labels, node.start, node.end)
    for key, value in node.pairs:
        inner = [one for one in (value.items or (value,)) if one.kind == MAP]
        if not inner:
            block.values[key.text] = value
        for one in inner:
            inside = _as_block(one, ())
            block.blocks.append(Block(key.text, (), one.start, one.end, inside.values, inside.blocks))
    return block


class _Resource:
    """A block of a file, as a resource."""

    def __init__(self, source: Source, block: Block, module: Module) -> None:
        self.source = source
        self.block = block
        self.module = module

    def word(self, key: str) -> Word | None:
        node = self.block.values.get(key)
        return None if node is None or (node.kind == PLAIN and node.text == "null") else self._word(node)

    def words(self, key: str) -> list[Word]:
        node = self.block.values.get(key)
        if node is None:
            return []
        listed = self.module.lists.get(node.text) if node.kind == OTHER else None
        if listed is not None:
            # The list may stand in another file: its words point to where it is used.
            place = self.source.place(node.start, node.end)
            return [self._word(item)._replace(place=place) for item in listed.items]
        return [self._word(item) for item in node.items] if node.kind == LIST else [self._word(node)]

    def blocks(self, key: str) -> list[_Resource]:
        return [_Resource(self.source, block, self.module) for block in self.block.blocks if block.kind == key]

    def _word(self, node: Node) -> Word:
        place = self.source.place(node.start, node.end)
        text = meaning(node, self.module.names)
        if node.kind in {TEXT, PLAIN} or (node.kind == OTHER and text != node.text):
            return Word(text, not _FILLED.search(text), place)
        text = node.text if node.kind == OTHER else self.source.text[node.start : node.end]
        return Word(f"${{{' '.join(text.split())[:200]}}}", is_literal=False, place=place)
