"""A plan as steps: what is changed on one securable at once, in waves that put the riskiest last."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from uc_guard.model.plan import Row  # noqa: TC001 - msgspec reads the types of a step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from uc_guard.model.plan import Plan, Statement


@dataclass(frozen=True, slots=True)
class Step:
    """What is changed on one securable at once.

    Attributes:
        number: From 1, in the order in which they are done.
        wave: 0 gives what is needed; the others take away.
        securable_type: As grants know it.
        securable: Full name.
        add: Rows to add, sorted.
        remove: Rows to remove, sorted.
        gap: Done as single statements, something needed is missing for a moment.
    """

    number: int
    wave: int
    securable_type: str
    securable: str
    add: tuple[Row, ...]
    remove: tuple[Row, ...]
    gap: bool = False

    @property
    def site(self) -> tuple[str, str]:
        """Type and name of the securable."""
        return self.securable_type, self.securable


@dataclass(frozen=True, slots=True)
class Waves:
    """How revokes are spread.

    Attributes:
        size: Most principals that lose something in one wave; 0 = all in one.
        canaries: Principals that go first, in a wave of their own, compared without case.
    """

    size: int = 0
    canaries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Unit:
    """Statements on one securable for one principal that must travel together."""

    grantee: str
    statements: tuple[Statement, ...]


def make_steps(plan: Plan, waves: Waves, spared: frozenset[Statement] = frozenset()) -> tuple[Step, ...]:
    """Put a plan into steps.

    Access is given first, and only then taken. INVARIANT: once all is given, a plan's revokes may run in any order and
    any of them may be left out: every state on the way holds at least the rows of the end, so whatever is usable there
    is usable on the way.

    Args:
        plan: A verified plan.
        waves: How revokes are spread.
        spared: Statements that are left out; a GRANT among them only if its REVOKE on the same securable is, too.
    """
    first = next((i for i, each in enumerate(plan.statements) if each.verb == "REVOKE"), len(plan.statements))
    giving, taking = plan.statements[:first], plan.statements[first:]
    units = _units(each for each in taking if each not in spared)
    order = _order(plan, units, waves)
    parts = [(0, giving)]
    for wave, names in enumerate(order, 1):
        inside = frozenset(names)
        parts.append((wave, tuple(each for unit in units if unit.grantee in inside for each in unit.statements)))
    found: list[Step] = []
    for wave, statements in parts:
        for site, group in groupby(statements, key=lambda each: (each.securable_type, each.securable)):
            found.append(_step(len(found) + 1, wave, site, tuple(group)))
    return tuple(found)


def _units(statements: Iterable[Statement]) -> list[_Unit]:
    """Put what is granted after the REVOKE ALL PRIVILEGES on its securable beside it."""
    found: dict[tuple[str, str, str], list[Statement]] = {}
    for each in statements:
        found.setdefault((each.grantee, each.securable_type, each.securable), []).append(each)
    return [_Unit(key[0], tuple(group)) for key, group in found.items()]


def _order(plan: Plan, units: Sequence[_Unit], waves: Waves) -> list[list[str]]:
    """Give the principals of each wave: canaries first, then who loses least, groups last."""
    canaries = {name.casefold() for name in waves.canaries}
    risk = _risks(plan)
    names = sorted(dict.fromkeys(unit.grantee for unit in units), key=lambda name: (*risk.get(name, (0, 0, 0)), name))
    ahead = [name for name in names if name.casefold() in canaries]
    rest = [name for name in names if name.casefold() not in canaries]
    size = waves.size or max(len(rest), 1)
    found = [ahead] if ahead else []
    return found + [rest[start : start + size] for start in range(0, len(rest), size)]


def _risks(plan: Plan) -> Mapping[str, tuple[int, int, int]]:
    """Give how much goes wrong where a revoke is wrong: whom it reaches, what of it is needed elsewhere, how far."""
    found: dict[str, tuple[int, int, int]] = {}
    for each in plan.certificates:
        name = each.row.grantee
        reached, needed, reach = found.get(name, (0, 0, 0))
        found[name] = (max(reached, len(each.subjects)), needed + each.needed, reach + each.reach)
    return found


def _step(number: int, wave: int, site: tuple[str, str], statements: tuple[Statement, ...]) -> Step:
    add = {row for each in statements if each.verb == "GRANT" for row in each.rows}
    remove = {row for each in statements if each.verb == "REVOKE" for row in each.rows}
    gap = any(each.gap for each in statements)
    return Step(number, wave, *site, tuple(sorted(add)), tuple(sorted(remove)), gap)
