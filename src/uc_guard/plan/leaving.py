"""Subjects taken out of groups that they share with bystanders, where this is allowed and takes something away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.access.effective import closure
from uc_guard.model.plan import Membership, MembershipChange
from uc_guard.model.privilege import EVERYONE
from uc_guard.plan.covers import POSITION, held_positions, located, probes
from uc_guard.plan.decide import Case, barred, harmless, unfixed
from uc_guard.plan.refuse import matches

if TYPE_CHECKING:
    from uc_guard.model.settings import Settings
    from uc_guard.plan.estate import Estate
    from uc_guard.snapshot import Snapshot

_SHARED = ("shared-with-bystanders", "shared-with-held")


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """How the judged subjects come to their groups.

    Attributes:
        edges: `q`, `g`: direct memberships of judged subjects.
        up: `g`, `h`: the groups that each of these groups stands for, itself among them; not those of everybody.
        owning: Those of these groups that own something, themselves or by a group around them.
    """

    edges: pl.DataFrame
    up: pl.DataFrame
    owning: pl.Series


def leave(case: Case, snapshot: Snapshot, judged: pl.DataFrame, settings: Settings) -> tuple[Case, pl.DataFrame]:
    """Find the memberships to end: those that give a subject more than it keeps in any case.

    Args:
        case: The case, with all memberships.
        snapshot: The workspace.
        judged: `q`: the judged subjects.
        settings: For what is allowed and protected.

    Returns:
        The case with the memberships that stay, and those that end: `q`, `g`.
    """
    none = case.estate.acts.head(0)
    if not settings.allow_membership_changes:
        return case, none
    ways = _ways(case.estate, snapshot, judged)
    loose = _loose(case, ways, settings)
    without = replace(case, estate=case.estate.within(_acts_without(case.estate, ways, loose)))
    fixed, bare = unfixed(without, case.rows)
    smallest = pl.concat([fixed, bare.select(POSITION)])
    given = _given(case, loose, ways)
    gone = given.filter(~harmless(without, given, smallest)).select("q", "g").unique().sort("q", "g")
    share = pl.when(pl.col("share").is_in(_SHARED) & pl.col("g").is_in(ways.owning.implode()))
    rows = case.rows.with_columns(share=share.then(pl.lit("owner-through-group")).otherwise("share"))
    return replace(case, estate=case.estate.within(_acts_without(case.estate, ways, gone)), rows=rows), gone


def name_changes(estate: Estate, gone: pl.DataFrame) -> tuple[MembershipChange, ...]:
    """Give the memberships that end, by name, sorted."""
    why = "the group gives more than is needed, and others are in it; what is needed is granted directly"
    changes = [
        MembershipChange(Membership(group, member), why)
        for group, member in zip(
            estate.grantees.gather(gone["g"]),
            pl.Series(estate.subjects, dtype=pl.String).gather(gone["q"]),
            strict=True,
        )
    ]
    return tuple(sorted(changes, key=lambda change: change.membership))


def warn_of_changes(snapshot: Snapshot, changes: tuple[MembershipChange, ...]) -> tuple[str, ...]:
    """Give what to read before ending memberships: filters, masks and policies may ask for them."""
    told: list[str] = []
    for group in sorted({change.membership.group for change in changes}):
        asking = _asking(snapshot, group)
        by = f": {', '.join(f'`{name}`' for name in asking)} name it" if asking else ""
        told.append(
            f"row filters, masks and policies that ask for membership in `{group}` will answer differently for those "
            f"who leave it{by}; so will other workspace permissions of the group"
        )
    return tuple(told)


def _ways(estate: Estate, snapshot: Snapshot, judged: pl.DataFrame) -> Ways:
    members = snapshot.frame("members")
    subjects = pl.DataFrame({"member": estate.subjects}, schema={"member": pl.String}).with_row_index("q")
    groups = pl.DataFrame({"group": estate.grantees}).with_row_index("g")
    edges = members.join(subjects, on="member").join(groups, on="group").join(judged, on="q", how="semi")
    edges = edges.filter(pl.col("group") != EVERYONE)
    asked = pl.concat([edges["group"], pl.Series("group", [EVERYONE])]).unique().to_frame("principal")
    above = closure(members, asked).select("principal", "group")
    everybodys = above.filter(pl.col("principal") == EVERYONE)["group"]
    above = above.filter(~pl.col("group").is_in(everybodys.implode()))
    up = above.join(groups, left_on="principal", right_on="group").join(groups.rename({"g": "h"}), on="group")
    owners = estate.places["owner"].drop_nulls().unique()
    owning = up.filter(pl.col("h").is_in(owners.implode()))["g"].unique()
    return Ways(edges.select("q", "g").unique(), up.select("g", "h"), owning)


def _loose(case: Case, ways: Ways, settings: Settings) -> pl.DataFrame:
    """Give the memberships that may end: shared ones through which nothing comes that must not be touched."""
    shared = case.shares.filter(pl.col("share").is_in(_SHARED))["g"]
    protected = [g for g, name in enumerate(case.estate.grantees) if matches(name, settings.protect_principals)]
    doubtful = case.rows.filter(pl.col("doubt").is_not_null())["g"].unique()
    stuck = ways.up.filter(pl.col("h").is_in(doubtful.implode()))["g"].unique()
    loose = ways.edges.filter(
        pl.col("g").is_in(shared.implode()),
        ~pl.col("g").is_in(protected),
        ~pl.col("g").is_in(ways.owning.implode()),
        ~pl.col("g").is_in(stuck.implode()),
    )
    # A need that may not be granted anew, because its securable or privilege is protected, keeps its memberships.
    bound = case.needed.filter(barred(case, case.needed))
    given = located(case.estate, _given(case, loose, ways))
    return loose.join(given.join(probes(case.estate, bound), on="at", how="semi"), on=["q", "g"], how="anti")


def _given(case: Case, edges: pl.DataFrame, ways: Ways) -> pl.DataFrame:
    """Give the positions that come through memberships: `q`, `g`, `v`, `s`."""
    rows = held_positions(case.estate.within(ways.up.select(q="g", g="h").unique()), case.rows).select(
        g="q", v="v", s="s"
    )
    return edges.join(rows.unique(), on="g")


def _acts_without(estate: Estate, ways: Ways, ended: pl.DataFrame) -> pl.DataFrame:
    """Give what the subjects act as when some memberships end."""
    through = ways.edges.join(ways.up, on="g").select("q", g="h").unique()
    left = ways.edges.join(ended, on=["q", "g"], how="anti").join(ways.up, on="g").select("q", g="h").unique()
    lost = through.join(left, on=["q", "g"], how="anti")
    return estate.acts.join(lost, on=["q", "g"], how="anti")


def _asking(snapshot: Snapshot, group: str) -> list[str]:
    policies = snapshot.frame("policies").filter(
        pl.col("to").list.contains(group) | pl.col("except").list.contains(group)
    )
    functions = pl.concat([snapshot.frame("row_filters")["function"], snapshot.frame("column_masks")["function"]])
    routines = snapshot.frame("routines").filter(pl.col("routine").is_in(functions.implode()))
    naming = routines.filter(pl.col("definition").str.contains(group, literal=True))
    return sorted({*policies["policy"], *naming["routine"]})
