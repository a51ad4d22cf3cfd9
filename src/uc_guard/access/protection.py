"""What hides data from whom: row filters, column masks, and policies on tags."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from uc_guard.access.condition import Tags, holds
from uc_guard.access.effective import SECURABLE, World, ancestors, groups_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from uc_guard.snapshot import Snapshot

PROTECTIONS: dict[str, Any] = {
    **dict.fromkeys(("table", "column", "kind", "by"), pl.String),
    "number": pl.UInt32,
    "sure": pl.Boolean,
}
"""What hides a column, or (null) the whole table: `kind` is mask or filter, `by` a function or `policy:NAME`.

`number` counts the rows of the `policies` frame; null for a mask or filter of the table itself, which spares nobody.
`sure` is false where a condition could not be judged: it may hide it.
"""

_HIDES = {"ROW_FILTER": "filter", "COLUMN_MASK": "mask"}


@dataclass(frozen=True, slots=True)
class _Tagged:
    """Tables with their tags (their containers' too) and their columns with theirs; None = not known."""

    tables: Mapping[str, Tags | None]
    columns: Mapping[str, list[tuple[str, Tags | None]]]
    all_columns: bool


def protections(snapshot: Snapshot, tables: pl.DataFrame) -> pl.DataFrame:
    """Give what hides data of these tables, whoever asks.

    Args:
        snapshot: The workspace.
        tables: `table`: the tables asked about.

    Returns:
        The columns of PROTECTIONS.
    """
    filters = snapshot.frame("row_filters").select(
        "table", column=pl.lit(None, pl.String), kind=pl.lit("filter"), by="function"
    )
    masks = snapshot.frame("column_masks").select("table", "column", kind=pl.lit("mask"), by="function")
    own = pl.concat([filters, masks]).join(tables, on="table", how="semi")
    own = own.with_columns(number=pl.lit(None, pl.UInt32), sure=pl.lit(value=True))
    found = list(_by_policies(snapshot, tables))
    return pl.concat([own, pl.DataFrame(found, schema=PROTECTIONS, orient="row")])


def subjected(snapshot: Snapshot, world: World, principals: pl.DataFrame) -> pl.DataFrame:
    """Tell for each principal which policies name it.

    Args:
        snapshot: The workspace.
        world: Its world.
        principals: `principal`.

    Returns:
        `principal`, `number` (row of the `policies` frame), `applies` and `sure`: a row where TO names the principal or
        one of its groups; `applies` is false where EXCEPT does too. Not sure where no source tells who is in a group.
    """
    policies = snapshot.frame("policies").with_row_index("number")
    groups = groups_of(world, principals["principal"]).select("principal", "group")
    named = {
        side: policies.select("number", group=side)
        .explode("group", empty_as_null=False)
        .join(groups, on="group")
        .select("principal", "number")
        .unique()
        for side in ("to", "except")
    }
    spared = named["except"].with_columns(applies=pl.lit(value=False))
    pairs = named["to"].with_columns(sure=pl.lit(value=True))
    if not snapshot.has("members"):
        # A group that the policy names may hold anybody: it may apply, and it may spare.
        pairs = principals.join(policies.select("number"), how="cross").with_columns(sure=pl.lit(value=False))
    found = pairs.join(spared, on=["principal", "number"], how="left").with_columns(
        pl.col("applies").fill_null(value=True)
    )
    return found.with_columns(sure=pl.col("sure") | ~pl.col("applies")).select("principal", "number", "applies", "sure")


def _by_policies(snapshot: Snapshot, tables: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Judge every filter and mask policy on every table in its scope."""
    policies = snapshot.frame("policies").with_row_index("number").filter(pl.col("policy_type").is_in([*_HIDES]))
    for_tables = pl.col("for_type").fill_null("TABLE").str.to_uppercase().str.starts_with("TABLE")
    policies = policies.filter(for_tables)
    if not policies.height:
        return
    places = ancestors(tables.select(securable_type=pl.lit("TABLE"), securable="table"))
    tagged = _tagged(snapshot, places)
    scopes = policies.select("number", at_type="securable_type", at="securable")
    everywhere = scopes.filter(pl.col("at_type") == "METASTORE").select("number").join(tables, how="cross")
    inside = places.join(scopes, on=["at_type", "at"]).select("number", table="securable")
    by_number = {row["number"]: row for row in policies.iter_rows(named=True)}
    for number, table in pl.concat([everywhere, inside]).unique().sort("number", "table").iter_rows():
        policy = by_number[number]
        for column, sure in _hidden(policy, table, tagged):
            yield table, column, _HIDES[policy["policy_type"]], f"policy:{policy['policy']}", number, sure


def _hidden(policy: Mapping[str, Any], table: str, tagged: _Tagged) -> Iterator[tuple[str | None, bool]]:
    """Give the columns (None = the whole table) that a policy hides of a table, and whether it surely does."""
    when = _judged(policy["when"], tagged.tables.get(table, frozenset()))
    matches = _matches(policy["match"])
    if when is False:
        return
    if matches is None:
        yield None, False
        return
    columns = tagged.columns.get(table, [])
    matched = {alias: [(c, _judged(condition, tags)) for c, tags in columns] for alias, condition in matches}
    # UC: each condition must match a column of the table, or the policy is passed over.
    met = [_any(value for _, value in hits) for hits in matched.values()]
    met = met if tagged.all_columns else [value or None for value in met]
    if False in met:
        return
    sure = when is True and None not in met
    if policy["policy_type"] == "ROW_FILTER" or policy["on_column"] not in matched or not tagged.all_columns:
        yield None, sure and policy["policy_type"] == "ROW_FILTER"
        return
    yield from ((c, sure and value is True) for c, value in matched[policy["on_column"]] if value is not False)


def _judged(condition: str | None, tags: Tags | None) -> bool | None:
    if tags is None:
        return True if not (condition or "").strip() else None
    return holds(condition, tags)


def _any(values: Iterable[bool | None]) -> bool | None:
    found = set(values)
    return True if True in found else (None if None in found else False)


def _matches(text: str | None) -> list[tuple[str | None, str | None]] | None:
    """Read the column conditions of a policy, alias and condition; None where they cannot be read."""
    try:
        found: Any = json.loads(text) if text and text.strip() else []
        return [(item.get("alias"), item.get("condition")) for item in found]
    except (ValueError, AttributeError, TypeError):
        return None


def _tagged(snapshot: Snapshot, places: pl.DataFrame) -> _Tagged:
    known = snapshot.has("tags")
    tags = snapshot.frame("tags")
    depth = pl.col("at_type").replace_strict({"TABLE": 0, "SCHEMA": 1, "CATALOG": 2}, default=0, return_dtype=pl.Int8)
    on_tables = tags.filter(pl.col("column").is_null()).select("tag", "value", at_type="securable_type", at="securable")
    # UC: tags flow from catalog to schema to table, not to columns; the nearest value of a tag counts.
    near = (
        places.join(on_tables, on=["at_type", "at"]).sort(*SECURABLE, depth).unique(["securable", "tag"], keep="first")
    )
    by_table: dict[str, set[tuple[str, str | None]]] = {}
    for table, tag, value in near.select("securable", "tag", "value").iter_rows():
        by_table.setdefault(table, set()).add((tag, value))
    tables = {name: frozenset(by_table.get(name, ())) if known else None for name in places["securable"].unique()}
    return _Tagged(tables, _columns(snapshot, places, known=known), snapshot.has("columns"))


def _columns(snapshot: Snapshot, places: pl.DataFrame, *, known: bool) -> dict[str, list[tuple[str, Tags | None]]]:
    tables = places.select(table="securable").unique()
    tags = (
        snapshot.frame("tags")
        .filter(pl.col("column").is_not_null())
        .select("column", "tag", "value", table="securable")
    )
    listed = pl.concat([snapshot.frame("columns").select("table", "column"), tags.select("table", "column")]).unique()
    rows = listed.join(tables, on="table", how="semi").join(tags, on=["table", "column"], how="left")
    found: dict[str, dict[str, set[tuple[str, str | None]]]] = {}
    for table, column, tag, value in rows.sort("table", "column").select("table", "column", "tag", "value").iter_rows():
        own = found.setdefault(table, {}).setdefault(column, set())
        if tag is not None:
            own.add((tag, value))
    return {t: [(c, frozenset(own) if known else None) for c, own in columns.items()] for t, columns in found.items()}
