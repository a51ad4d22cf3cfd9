"""A plan as Terraform: one `databricks_grant` for each principal on each securable that the plan touches.

Facts of the provider (its source and documentation, read in 2026): a `databricks_grant` is authoritative for its
principal on its securable, and for nobody else; its import id is `attribute/name/principal`, cut at the first two
slashes; a block without privileges is refused; importing an assignment that does not exist fails. Not verified: that a
name whose parts hold dots can be given at all, so such names are left to SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from uc_guard.model.name import split_name
from uc_guard.model.privilege import spoken
from uc_guard.plan.hcl import hcl_comment, hcl_label, hcl_list, hcl_string
from uc_guard.plan.render import render_statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from uc_guard.model.plan import Plan, Statement
    from uc_guard.snapshot import Snapshot

_ATTRIBUTES: Mapping[str, str] = MappingProxyType({
    "METASTORE": "metastore", "CATALOG": "catalog", "SCHEMA": "schema", "TABLE": "table", "VOLUME": "volume",
    "FUNCTION": "function", "EXTERNAL_LOCATION": "external_location", "STORAGE_CREDENTIAL": "storage_credential",
    "CREDENTIAL": "credential", "CONNECTION": "foreign_connection", "SHARE": "share", "RECIPIENT": "recipient",
    "PIPELINE": "pipeline",
})  # fmt: skip
_STEP = "uc_guard_step"
_LAST = 9


class _At(NamedTuple):
    """A principal on a securable."""

    securable_type: str
    securable: str
    principal: str


@dataclass(frozen=True, slots=True)
class _Block:
    """A `databricks_grant`.

    Attributes:
        at: Whom and what it is of.
        attribute: The attribute that names the securable.
        name: How the provider spells the securable.
        before: The privileges stored today, sorted.
        after: Those stored after the plan, sorted; never empty.
    """

    at: _At
    attribute: str
    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def label(self) -> str:
        """Name of the resource."""
        return hcl_label(self.attribute, self.name, self.at.principal)

    @property
    def step(self) -> int:
        """When it may be applied: what only gives first, what takes from containers after what gives inside them."""
        gives, takes = set(self.after) - set(self.before), set(self.before) - set(self.after)
        if not takes:
            return 0
        return {"SCHEMA": 2, "CATALOG": 3}.get(self.at.securable_type, 1) if gives else _LAST


def render_terraform(plan: Plan, snapshot: Snapshot, declared: pl.DataFrame | None = None) -> str:
    """Give the plan as a file of Terraform.

    Args:
        plan: The plan.
        snapshot: The workspace that it was made for: what each principal has besides on what the plan touches.
        declared: Contract DECLARATIONS: what files of Terraform say already, for `terraform_warnings`.
    """
    blocks, before, after = _sorted_out(plan, snapshot)
    steps = sorted({block.step for block in blocks})
    lines = [*map(hcl_comment, _head(plan, terraform_warnings(plan, snapshot, declared))), ""]
    for number, step in enumerate(steps):
        waits = f"{_STEP}_{number}" if number else ""
        now = [block for block in blocks if block.step == step]
        for block in now:
            lines += [*_rendered(block, waits), ""]
        if number + 1 < len(steps):
            lines += [*_barrier(f"{_STEP}_{number + 1}", now), ""]
    lines += _leftover("before", "Run these before `terraform apply`; Terraform cannot.", before)
    lines += _leftover("after", "Run these after `terraform apply`; Terraform cannot.", after)
    lines += [hcl_comment(_leaving(change.membership.member, change.membership.group)) for change in plan.memberships]
    return "\n".join(lines).rstrip("\n") + "\n"


def terraform_warnings(plan: Plan, snapshot: Snapshot, declared: pl.DataFrame | None = None) -> tuple[str, ...]:
    """Give what a person must know before applying: grants that were not read, and blocks that say otherwise.

    Args:
        plan: The plan.
        snapshot: The workspace that it was made for.
        declared: Contract DECLARATIONS: what files of Terraform say already; None = nobody looked.
    """
    grants = next((source for source in snapshot.manifest.sources if source.name == "grants"), None)
    told: list[str] = []
    if grants is None or not grants.complete:
        note = (grants.note if grants else "") or "rows are missing"
        told.append(f"not all grants were read ({note}): a block takes what its principal has there and is not listed")
    if declared is None:
        told.append(
            "nobody looked for `databricks_grants` of the same securables, which would undo this: `--declared DIR`"
        )
        return tuple(told)
    return (*told, *_conflicts(plan, declared))


# -- what becomes of each statement ----------------------------------------------------------------------------------


def _sorted_out(plan: Plan, snapshot: Snapshot) -> tuple[list[_Block], list[Statement], list[Statement]]:
    """Give the blocks, and the statements that no block can say: those to run before, and those after."""
    places = dict.fromkeys(_at(statement) for statement in plan.statements)
    stored, kinds = _stored(snapshot, places), _kinds(snapshot, places)
    left = {at: set(stored.get(at, ())) for at in places}
    for statement in plan.statements:
        if statement.verb == "GRANT":
            left[_at(statement)].update(statement.privileges)
        else:
            left[_at(statement)].difference_update(statement.privileges)
    blocks: list[_Block] = []
    for at in sorted(places):
        attribute, name = _spelled(at, kinds, snapshot.manifest.metastore)
        if left[at] and attribute:
            blocks.append(_Block(at, attribute, name, tuple(sorted(stored.get(at, ()))), tuple(sorted(left[at]))))
    return blocks, *_said_by_nobody(plan, {block.at for block in blocks})


def _said_by_nobody(plan: Plan, said: set[_At]) -> tuple[list[Statement], list[Statement]]:
    """Give the statements on what no block is of: those to run before, and those after."""
    rest = [statement for statement in plan.statements if _at(statement) not in said]
    taken: set[_At] = set()
    before: list[Statement] = []
    after: list[Statement] = []
    for statement in rest:
        taken |= {_at(statement)} if statement.verb == "REVOKE" else set()
        # A GRANT that follows the REVOKE ALL PRIVILEGES on its securable gives back what that may have taken.
        (after if _at(statement) in taken else before).append(statement)
    return before, after


def _at(statement: Statement) -> _At:
    return _At(statement.securable_type, statement.securable, statement.grantee)


def _stored(snapshot: Snapshot, places: Iterable[_At]) -> dict[_At, set[str]]:
    keys = ["securable_type", "securable", "grantee"]
    wanted = pl.DataFrame(list(places), schema=dict.fromkeys(keys, pl.String()), orient="row")
    rows = snapshot.frame("grants").join(wanted, on=keys, how="semi").select(*keys, "privilege")
    found: dict[_At, set[str]] = {}
    for *at, privilege in rows.iter_rows():
        found.setdefault(_At(*at), set()).add(privilege)
    return found


def _kinds(snapshot: Snapshot, places: Iterable[_At]) -> dict[tuple[str, str], str]:
    names = sorted({at.securable for at in places if at.securable_type == "FUNCTION"})
    rows = snapshot.frame("objects").filter(pl.col("securable").is_in(names))
    return {(kind, name): finer for kind, name, finer in rows.select("securable_type", "securable", "kind").iter_rows()}


def _spelled(at: _At, kinds: Mapping[tuple[str, str], str], metastore: str | None) -> tuple[str, str]:
    """Give the attribute and the name of a securable as the provider has them; empty where it has none."""
    attribute = _ATTRIBUTES.get(at.securable_type, "")
    if at.securable_type == "METASTORE":
        return (attribute, metastore) if metastore else ("", "")
    if kinds.get((at.securable_type, at.securable)) == "MODEL":
        attribute = "model"
    try:
        parts = split_name(at.securable)
    except ValueError:
        return "", ""
    # The provider cuts ids at slashes, and the platform full names at dots.
    unclear = any("/" in part or ("." in part and len(parts) > 1) for part in parts)
    return ("", "") if unclear else (attribute, ".".join(parts))


# -- text ------------------------------------------------------------------------------------------------------------


def _head(plan: Plan, warnings: Iterable[str]) -> Iterator[str]:
    yield f"uc_guard plan, judged from {plan.since} to {plan.until}, on the grants {plan.baseline}."
    yield "Each block holds all that its principal has on its securable after the plan, and takes what else is there."
    yield "It says nothing of other principals. The `import` blocks adopt what exists; they need Terraform 1.5."
    yield "Look at `terraform plan`: it should change what is listed here, and destroy nothing."
    for warning in (*plan.warnings, *warnings):
        yield f"WARNING: {warning}"


def _rendered(block: _Block, waits: str) -> Iterator[str]:
    gone = sorted(set(block.before) - set(block.after))
    come = sorted(set(block.after) - set(block.before))
    for verb, privileges in (("takes", gone), ("gives", come)):
        if privileges:
            yield hcl_comment(f"{verb} {', '.join(map(spoken, privileges))}")
    if block.before:
        yield "import {"
        yield f"  to = databricks_grant.{block.label}"
        yield f"  id = {hcl_string(f'{block.attribute}/{block.name}/{block.at.principal}')}"
        yield "}"
    width = max(len(block.attribute), len("privileges"))
    yield f'resource "databricks_grant" "{block.label}" {{'
    yield f"  {block.attribute:<{width}} = {hcl_string(block.name)}"
    yield f"  {'principal':<{width}} = {hcl_string(block.at.principal)}"
    yield f"  {'privileges':<{width}} = {hcl_list(block.after)}"
    if waits:
        yield f"  {'depends_on':<{width}} = [terraform_data.{waits}]"
    yield "}"


def _barrier(name: str, blocks: Iterable[_Block]) -> Iterator[str]:
    """Give what later blocks wait for: nothing needed is missing while Terraform runs."""
    yield hcl_comment("What follows waits until the blocks above are applied: first give, then take.")
    yield f'resource "terraform_data" "{name}" {{'
    yield "  depends_on = ["
    yield from (f"    databricks_grant.{block.label}," for block in blocks)
    yield "  ]"
    yield "}"


def _leftover(when: str, sentence: str, statements: list[Statement]) -> list[str]:
    """Give statements as comments for people, and as an output for programs."""
    if not statements:
        return []
    lines = [hcl_comment(sentence)]
    if any(statement.verb == "REVOKE" for statement in statements):
        lines.append(hcl_comment("A block cannot be empty, and what was never in the state cannot be destroyed."))
    lines += [hcl_comment(f"{render_statement(statement)};") for statement in statements]
    lines += [f'output "uc_guard_run_{when}" {{', f"  description = {hcl_string(sentence)}", "  value = ["]
    lines += [f"    {hcl_string(render_statement(statement))}," for statement in statements]
    return [*lines, "  ]", "}", ""]


def _leaving(member: str, group: str) -> str:
    return (
        f"Then take `{member}` out of the group `{group}`: where groups are in Terraform, remove its membership there."
    )


# -- what other files say --------------------------------------------------------------------------------------------


def _conflicts(plan: Plan, declared: pl.DataFrame) -> Iterator[str]:
    """Tell of blocks that would undo this file, or that this file would undo."""
    touched = {_at(statement) for statement in plan.statements}
    places = {(at.securable_type, at.securable) for at in touched}
    stated = declared.filter(pl.col("origin") == "terraform", pl.col("authority").is_not_null())
    hidden: set[tuple[str, int]] = set()
    told: dict[str, None] = {}
    for row in stated.sort("path", "line").iter_rows(named=True):
        kind, name, where = row["securable_type"], row["securable"], f"`{row['path']}`, line {row['line']}"
        same = any(on == kind and (kind == "METASTORE" or securable == name) for on, securable in places)
        if not row["is_resolved"] and not same:
            hidden.add((row["path"], row["line"]))
        elif same and row["authority"] == "securable":
            on = f"{spoken(kind).lower()} `{name}`"
            told[f"the `databricks_grants` of {on} is authoritative and would undo this ({where}): change it there"] = (
                None
            )
        elif same and any(at.principal == row["principal"] and at[:2] == (kind, name) for at in touched):
            whom = f"`{row['principal']}` on {spoken(kind).lower()} `{name}`"
            told[
                f"{whom} has a `databricks_grant` already ({where}): two of them overwrite each other; change that"
            ] = None
    yield from told
    if hidden:
        path, line = min(hidden)
        more = f" and {len(hidden) - 1:,} more" if len(hidden) > 1 else ""
        yield f"what `{path}`, line {line}{more} grants on is computed, so nobody knows whether it undoes this"
