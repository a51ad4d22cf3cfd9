"""What a plan says of itself, recounted: where it starts, why each row goes, why each row stays or comes."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.plan import FORMAT, Basis, Membership, Row
from uc_guard.model.privilege import CONTAINERS, EVERYONE, OWNER, PRIVILEGES, has_future, implied, spoken
from uc_guard.plan.verify_case import Broken, told
from uc_guard.plan.verify_world import baseline, chain, place_of, read_inside

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from uc_guard.plan.verify_case import Case, Need
    from uc_guard.plan.verify_world import Place, World
    from uc_guard.snapshot import Snapshot

_ROW = ("grantee", "privilege", "securable_type", "securable")
_SHOWN_BY = {"query_history": "statements", "audit": "access_events"}


def check_frame(case: Case, snapshot: Snapshot) -> Iterator[Broken]:
    """Check that the plan is made for this snapshot, and for a window that its logs cover."""
    plan, manifest = case.plan, snapshot.manifest
    if plan.format > FORMAT:
        yield Broken("baseline", f"the plan has format {plan.format}, this verifier knows {FORMAT}: use a newer one")
    if plan.baseline != baseline(snapshot):
        yield Broken("baseline", "the grants or memberships are not those that the plan was made for: plan again")
    if list(plan.subjects) != sorted(set(plan.subjects)):
        yield Broken("baseline", "the subjects are not sorted and distinct")
    yield from _basis(case, snapshot)
    window = _window(case)
    if window is None:
        yield Broken("baseline", f"`{plan.since}` to `{plan.until}` is no window: give ISO 8601 instants with a zone")
    elif not manifest.since <= window[0] < window[1] <= manifest.until:
        yield Broken(
            "baseline", f"the window `{plan.since}` to `{plan.until}` is not inside that of the snapshot's logs"
        )


def _basis(case: Case, snapshot: Snapshot) -> Iterator[Broken]:
    """Check that whoever runs the plan would see every row, membership and owner change that could make it wrong."""
    plan = case.plan
    touched = {(each.securable_type, each.securable) for each in plan.statements}
    if not touched or plan.basis == Basis():  # without one it cannot be applied, only read
        return
    leant = {witness.row for witness in plan.witnesses}
    stored = [Row(*row) for row in snapshot.frame("grants").select(_ROW).iter_rows()]
    rows = {row for row in stored if place_of(row) in touched or row in leant}
    circles = {group for subject in plan.subjects for group in case.people.circle(subject)}
    members = {Membership(*pair) for pair in snapshot.frame("members").select("group", "member").iter_rows()}
    below = {name for each in plan.statements for name in case.people.reached(each.grantee)}
    near = {each for each in members if each.member in circles - {EVERYONE} or each.group in below}
    needed = {(need.place[0], need.place[1]) for need in case.needs}
    owned = {
        Row(owner, OWNER, *place)
        for place, owner in case.world.owners.items()
        if owner in circles and place in needed and any(at in touched for at in chain(place))
    }
    for told_as, said, is_so in (
        ("rows", set(plan.basis.rows), rows),
        ("memberships", set(plan.basis.members), near),
    ):
        if said != is_so:
            yield Broken("baseline", f"the basis has other {told_as} than the snapshot: plan again")
    if not owned <= set(plan.basis.owned):
        yield Broken("baseline", "the basis lacks owners on whom a need leans: plan again")


def check_certificates(case: Case, removed: frozenset[Row]) -> Iterator[Broken]:
    """Check that each row that goes has one certificate, and no other row has."""
    rows = Counter(certificate.row for certificate in case.plan.certificates)
    for row in sorted(removed - rows.keys()):
        yield Broken("certificate", f"{told(row)} goes without a certificate")
    for row in sorted(rows):
        if row not in removed:
            yield Broken("certificate", f"{told(row)} has a certificate, and does not go")
        elif rows[row] > 1:
            yield Broken("certificate", f"{told(row)} has {rows[row]} certificates")


def recount_certificates(case: Case, snapshot: Snapshot) -> Iterator[Broken]:
    """Check every number of every certificate."""
    inside = read_inside(snapshot, {certificate.row.securable for certificate in case.plan.certificates})
    judged = _judged(case, snapshot)
    near = _near(case)
    shown = {source for source, frames in _SHOWN_BY.items() if snapshot.has(frames)}
    for certificate in case.plan.certificates:
        row = certificate.row
        reach = _reach(case, row, inside)
        subjects = tuple(case.judged(row.grantee)) if row.grantee in case.reached else ()
        needed = _needed(row, [need for subject in subjects for need in near.get((subject, place_of(row)), ())], case)
        blank = {name for name in reach if name in PRIVILEGES and not shown.intersection(PRIVILEGES[name].seen_in)}
        unneeded = {name for name in blank if reach[name] > needed[name]}
        for what, said, counted in (
            ("subjects", certificate.subjects, subjects),
            ("reach", certificate.reach, reach.total()),
            ("future", certificate.future, has_future(row.privilege, row.securable_type)),
            ("needed", certificate.needed, needed.total()),
            ("statements", certificate.statements, sum(judged.get(subject, 0) for subject in subjects)),
        ):
            if said != counted:
                yield Broken("certificate", f"{told(row)}: `{what}` is said to be {said}, and is {counted}")
        if not unneeded <= set(certificate.unseen) <= blank:
            yield Broken(
                "certificate", f"{told(row)}: `unseen` does not list what no source would show, {sorted(unneeded)}"
            )


def check_witnesses(case: Case, world: World, added: frozenset[Row]) -> Iterator[Broken]:
    """Check that each witness is a real need, given by its row, which stands afterwards; and that new rows have one."""
    for row in sorted(added - {witness.row for witness in case.plan.witnesses}):
        yield Broken("witness", f"{told(row)} comes without a witness")
    for witness in case.plan.witnesses:
        row, place = witness.row, (witness.securable_type, witness.securable)
        need = case.proofs.get((witness.subject, witness.privilege, place))
        given = implied(row.privilege, row.securable_type, place[0], case.world.kinds.get(place, ""))
        if row.privilege not in world.rows.get((row.grantee, place_of(row)), ()):
            yield Broken("witness", f"{told(row)} has a witness, and does not stand afterwards")
        if row.grantee not in world.circles[witness.subject] or witness.subject not in case.subjects:
            yield Broken("witness", f"{told(row)}: its witness `{witness.subject}` is no subject that the row reaches")
        if place_of(row) not in chain(place) or witness.privilege not in given:
            yield Broken("witness", f"{told(row)} does not give `{spoken(witness.privilege)}` on `{place[1]}`")
        approved = case.approved.get((witness.subject, witness.privilege, place))
        if need is None and approved is None:
            yield Broken("witness", f"{told(row)}: `{witness.subject}` has no need of `{place[1]}` as its witness says")
        elif approved is None and need and (witness.certainty, witness.reason) != (need.certainty, need.reason):
            yield Broken(
                "witness", f"{told(row)}: its witness is `{witness.certainty}`, `{witness.reason}`, but {need}"
            )
        elif not set(witness.ids) <= (need.ids if need else set[str]()) | (approved or set[str]()):
            yield Broken("witness", f"{told(row)}: its witness names ids that show no need of `{place[1]}`")


def _window(case: Case) -> tuple[datetime, datetime] | None:
    try:
        since, until = datetime.fromisoformat(case.plan.since), datetime.fromisoformat(case.plan.until)
    except ValueError:
        return None
    return (since, until) if since.tzinfo and until.tzinfo else None


def _judged(case: Case, snapshot: Snapshot) -> dict[str, int]:
    window = _window(case)
    if window is None:
        return {}
    inside = pl.col("started_at").is_between(*window, closed="left")
    statements = snapshot.frame("statements").filter(inside & pl.col("principal").is_in(list(case.plan.subjects)))
    return dict(statements.group_by("principal").len().iter_rows())


def _near(case: Case) -> dict[tuple[str, Place], list[Need]]:
    near: dict[tuple[str, Place], list[Need]] = {}
    for need in case.needs:
        for at in chain(need.place):
            near.setdefault((need.principal, at), []).append(need)
    return near


def _reach(case: Case, row: Row, inside: Mapping[str, list[tuple[str, str, int]]]) -> Counter[str]:
    at = row.securable_type
    found = Counter(implied(row.privilege, at, at, case.world.kinds.get(place_of(row), "")))
    for securable_type, kind, number in inside.get(row.securable, ()) if at in CONTAINERS else ():
        if securable_type != at:
            found.update(dict.fromkeys(implied(row.privilege, at, securable_type, kind), number))
    return found


def _needed(row: Row, needs: list[Need], case: Case) -> Counter[str]:
    pairs = {(need.privilege, need.place) for need in needs if _gives(row, need, case)}
    return Counter(privilege for privilege, _ in pairs)


def _gives(row: Row, need: Need, case: Case) -> bool:
    kind = case.world.kinds.get(need.place, "")
    return need.privilege in implied(row.privilege, row.securable_type, need.place[0], kind)
