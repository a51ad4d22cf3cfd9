"""Whether a workspace still stands as a plan leans on it: every difference, told before anything is changed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from uc_guard.apply.record import standing_after
from uc_guard.errors import NotThere
from uc_guard.model.privilege import spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from uc_guard.apply.record import Intent, Record
    from uc_guard.apply.standing import Site, Standing
    from uc_guard.model.plan import Membership, Row

_AT_ONCE = 8


def differences(record: Record, standing: Standing) -> tuple[str, ...]:
    """Give what differs from what the plan leans on and from what was done since, a sentence each.

    A row that is gone always counts: something that stays may lean on it. A row that came counts where the plan has
    still something to do.

    Raises:
        WorkspaceError: where the workspace cannot be read.
    """
    expected = standing_after(record)
    left = {step.site for step in record.left()}
    sites = sorted(expected.keys() | left)
    found: list[str] = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for site, now in zip(sites, pool.map(partial(_rows, standing), sites), strict=True):
            found += _of_site(site, expected.get(site, frozenset()), now, _open(record, site), left=site in left)
    found += _of_members(record, standing)
    found += _of_owners(record.basis.owned, standing)
    return tuple(found)


def told(row: Row) -> str:
    """Name a row in a message."""
    return f"{spoken(row.privilege)} on {row.securable_type} `{row.securable}` for `{row.grantee}`"


def _rows(standing: Standing, site: Site) -> frozenset[Row] | None:
    try:
        return standing.rows(site)
    except NotThere:
        return None


def _open(record: Record, site: Site) -> tuple[Intent, ...]:
    """Give the changes that were announced there, and may or may not have been made."""
    return tuple(each for each in record.intents if each.site == site and each.line not in record.done)


def _of_site(
    site: Site, expected: frozenset[Row], now: frozenset[Row] | None, pending: tuple[Intent, ...], *, left: bool
) -> Iterator[str]:
    if now is None:
        if expected or left:
            yield f"{site[0]} `{site[1]}` is not there any more, or we may not see it"
        return
    going = {row for each in pending for row in each.remove}
    coming = {row for each in pending for row in each.add}
    for row in sorted(expected - now - going):
        yield f"gone: {told(row)}"
    if left:
        for row in sorted(now - expected - coming):
            yield f"new: {told(row)}"


def _of_members(record: Record, standing: Standing) -> Iterator[str]:
    if not record.basis.members and not record.steps:
        return
    now = standing.memberships()
    known = frozenset(record.basis.members)
    for each in sorted(known - now):
        yield f"`{each.member}` is no member of `{each.group}` any more"
    above, below = _both_ways(record, now)
    for each in sorted((above | below) - known):
        yield f"`{each.member}` has become a member of `{each.group}`"


def _both_ways(record: Record, now: frozenset[Membership]) -> tuple[set[Membership], set[Membership]]:
    """Give the memberships above the subjects and below whoever the plan touches, as they are now."""
    touched = {row.grantee for step in record.steps for row in (*step.add, *step.remove)}
    by_member: dict[str, set[Membership]] = {}
    by_group: dict[str, set[Membership]] = {}
    for each in now:
        by_member.setdefault(each.member, set()).add(each)
        by_group.setdefault(each.group, set()).add(each)
    above = _spread(record.subjects, by_member, lambda each: each.group)
    below = _spread(touched, by_group, lambda each: each.member)
    return above, below


def _spread(
    start: Iterable[str], edges: Mapping[str, set[Membership]], step: Callable[[Membership], str]
) -> set[Membership]:
    found: set[Membership] = set()
    rest, seen = list(start), set[str]()
    while rest:
        name = rest.pop()
        if name not in seen:
            seen.add(name)
            found |= edges.get(name, set())
            rest += [step(each) for each in edges.get(name, set())]
    return found


def _of_owners(owned: tuple[Row, ...], standing: Standing) -> Iterator[str]:
    for row in owned:
        owner = standing.owner((row.securable_type, row.securable))
        if owner is None or owner.casefold() != row.grantee.casefold():
            yield f"`{row.grantee}` does not own {row.securable_type} `{row.securable}` any more"
