"""The views of tags in information_schema, as each principal sees them."""

from __future__ import annotations

from live_rights import sees
from live_tables import TAGGED, table_of


def tags_of(world, table, principal):
    """A view of tags: those of what the principal sees."""
    kind = table.removeprefix("information_schema.").removesuffix("_tags")
    rows = []
    for entity_type, name, key, value in world.tags:
        if entity_type == f"{kind}s" and sees(world, principal, tagged(entity_type, name)):
            parts = name.split(".", len(TAGGED[kind]) - 1)
            rows.append({**dict(zip(TAGGED[kind], parts, strict=True)), "tag_name": key, "tag_value": value})
    return table_of(table, rows)


def tagged(entity_type, name):
    """The securable that carries a tag; that of a column is its table."""
    if entity_type == "columns":
        return ("TABLE", ".".join(name.split(".")[:3]))
    return (entity_type.removesuffix("s").upper(), name)
