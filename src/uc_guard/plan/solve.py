"""The covering problem of one securable: the fewest rows, then the fewest statements, then the smallest text."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Pick = tuple[int, int]
"""A new row on the securable: grantee and privilege, by number. Numbers sort as the names do."""

_SEARCHED = 64
_NODES = 20_000


@dataclass(frozen=True, slots=True)
class Terms:
    """What a new row costs beside itself.

    Attributes:
        free: Grantees that have a GRANT on this securable anyway: a further privilege costs no statement.
        apart: Rows that cannot travel in that GRANT; those of one grantee travel together.
        limit: Most candidate rows that are solved exactly.
    """

    free: frozenset[int]
    apart: frozenset[Pick]
    limit: int

    def statement(self, pick: Pick) -> int:
        """Give the number of the statement that a row travels in."""
        return ~pick[0] if pick in self.apart else pick[0]

    def count(self, picks: Iterable[Pick]) -> int:
        """Count the statements that rows cost."""
        return len({self.statement(pick) for pick in picks} - self.free)


@dataclass(frozen=True, slots=True)
class Cover:
    """Rows that cover every need of a securable.

    Attributes:
        picks: The new rows, sorted.
        rows: A number of rows below which no cover exists.
        statements: A number of further statements below which no cover of so few rows exists.
        proved: Whether this cover is proved to be the best.
    """

    picks: tuple[Pick, ...]
    rows: int
    statements: int
    proved: bool


def solve(needs: Mapping[Pick, tuple[int, ...]], terms: Terms) -> Cover:
    """Cover the needs on one securable.

    Args:
        needs: For each (subject, privilege), the grantees that a new row may name: any one of them covers it.
        terms: What a row costs.
    """
    parts = [_solve_part(part, terms) for part in _parts(needs)]
    return Cover(
        tuple(sorted(pick for part in parts for pick in part.picks)),
        sum(part.rows for part in parts),
        sum(part.statements for part in parts),
        all(part.proved for part in parts),
    )


def _parts(needs: Mapping[Pick, tuple[int, ...]]) -> list[dict[Pick, tuple[int, ...]]]:
    """Split needs into groups that share no grantee."""
    leader: dict[int, int] = {}

    def find(g: int) -> int:
        while leader.setdefault(g, g) != g:
            leader[g] = g = leader[leader[g]]
        return g

    for options in needs.values():
        for g in options[1:]:
            leader[find(g)] = find(options[0])
    parts: dict[int, dict[Pick, tuple[int, ...]]] = defaultdict(dict)
    for need in sorted(needs):
        parts[find(needs[need][0])][need] = needs[need]
    return list(parts.values())


def _solve_part(needs: dict[Pick, tuple[int, ...]], terms: Terms) -> Cover:
    reaches: dict[Pick, set[Pick]] = defaultdict(set)
    for need, options in needs.items():
        for g in options:
            reaches[g, need[1]].add(need)
    if all(len(options) == 1 for options in needs.values()):
        return _finished(frozenset(reaches), terms, proved=True)
    if len(reaches) > terms.limit:
        return _bounded(_greedy(reaches, terms), needs, terms)
    best = _Search(needs, reaches, terms).best() if len(reaches) <= _SEARCHED else None
    if best is not None:
        return _finished(frozenset(best), terms, proved=True)
    picks = _program(needs, reaches, terms)
    return _finished(picks, terms, proved=True) if picks else _bounded(_greedy(reaches, terms), needs, terms)


def _finished(picks: frozenset[Pick], terms: Terms, *, proved: bool) -> Cover:
    return Cover(tuple(sorted(picks)), len(picks), terms.count(picks), proved)


def _bounded(picks: frozenset[Pick], needs: Mapping[Pick, tuple[int, ...]], terms: Terms) -> Cover:
    rows = _packing(needs, needs)
    statements = 0 if terms.free else 1
    reached = _finished(picks, terms, proved=False)
    return Cover(reached.picks, rows, statements, rows == reached.rows and statements == reached.statements)


def _packing(needs: Mapping[Pick, tuple[int, ...]], among: Iterable[Pick]) -> int:
    """Count needs no two of which one row could cover: no cover has fewer rows."""
    taken: set[Pick] = set()
    count = 0
    for need in sorted(among, key=lambda need: (len(needs[need]), need)):
        rows = {(g, need[1]) for g in needs[need]}
        if taken.isdisjoint(rows):
            taken |= rows
            count += 1
    return count


def _greedy(reaches: Mapping[Pick, set[Pick]], terms: Terms) -> frozenset[Pick]:
    open_needs = {need for reached in reaches.values() for need in reached}
    stated, picks = set(terms.free), set[Pick]()
    left = {pick: set(reached) for pick, reached in reaches.items()}
    while open_needs:
        pick = min(left, key=lambda pick: (-len(left[pick] & open_needs), terms.statement(pick) not in stated, pick))
        open_needs -= left.pop(pick)
        picks.add(pick)
        stated.add(terms.statement(pick))
    return frozenset(picks)


class _Search:
    """Branch and bound over small problems; gives up after a fixed number of nodes, so that every machine agrees."""

    def __init__(self, needs: Mapping[Pick, tuple[int, ...]], reaches: Mapping[Pick, set[Pick]], terms: Terms) -> None:
        self._needs, self._reaches, self._terms = needs, reaches, terms
        self._nodes = _NODES
        self._found = self._key(_greedy(reaches, terms))

    def best(self) -> tuple[Pick, ...] | None:
        """Give the best cover, or None where the search was given up."""
        self._descend(frozenset(self._needs), frozenset())
        return self._found[2] if self._nodes > 0 else None

    def _key(self, picks: Iterable[Pick]) -> tuple[int, int, tuple[Pick, ...]]:
        rows = tuple(sorted(picks))
        return len(rows), self._terms.count(rows), rows

    def _descend(self, open_needs: frozenset[Pick], picks: frozenset[Pick]) -> None:
        self._nodes -= 1
        if self._nodes <= 0:
            return
        if not open_needs:
            self._found = min(self._found, self._key(picks))
            return
        if len(picks) + _packing(self._needs, open_needs) > self._found[0]:
            return
        need = min(open_needs, key=lambda need: (len(self._needs[need]), need))
        for g in self._needs[need]:
            pick = (g, need[1])
            self._descend(open_needs - self._reaches[pick], picks | {pick})


def _program(
    needs: Mapping[Pick, tuple[int, ...]], reaches: Mapping[Pick, set[Pick]], terms: Terms
) -> frozenset[Pick] | None:
    """Solve as an integer program; None where it was not solved to the end."""
    import highspy  # noqa: PLC0415 - a tenth of a second, paid only where the search gives up

    model = highspy.Highs()  # type: ignore[no-untyped-call]
    model.silent()
    model.setOptionValue("mip_rel_gap", 0.0)
    model.setOptionValue("threads", 1)
    model.setOptionValue("mip_max_nodes", 100_000)  # nodes, not seconds: every machine stops at the same place
    names = sorted(reaches)
    stated = sorted({terms.statement(pick) for pick in names} - terms.free)
    # One row outweighs all statements together.
    take = {pick: model.addBinary(obj=float(len(stated) + 1)) for pick in names}
    state = {g: model.addBinary(obj=1.0) for g in stated}
    for (_, v), options in needs.items():
        model.addConstr(model.qsum([take[g, v] for g in options]) >= 1)
    for pick in names:
        if terms.statement(pick) in state:
            model.addConstr(state[terms.statement(pick)] - take[pick] >= 0)
    model.minimize()
    if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return frozenset(pick for pick in names if model.val(take[pick]) > 0.5)
