"""The best plan by trying them all: sets and loops, nothing of the planner."""

from __future__ import annotations

from functools import cache
from itertools import combinations

EVERYONE = "account users"
NO_ALL = {"METASTORE", "SHARE", "CLEAN_ROOM"}


class Brute:
    """Every plan of one scene, each measured."""

    def __init__(self, reference, scene):
        objects = {place: (kind, scene.owners.get(place)) for place, kind in scene.kinds.items()}
        self.ref, self.scene = reference, scene
        self.world = reference.World(objects, set(scene.grants), set(scene.members))
        self.groups = {p: reference.groups(self.world, p) for p in scene.subjects}
        self.gives = cache(self._gives)  # asked for each of many thousand plans, and the same each time
        self.now = {p: self.held(p, scene.grants) for p in scene.subjects}
        self.may = {p: {(v, *place) for (q, v, *place) in scene.needs if q == p} for p in scene.subjects}
        self.must_stay = {p: self._usable(self.may[p], self.now[p]) for p in scene.subjects}

    def _gives(self, row):
        """What a row gives, each atom once: today's pairs, and for each container what is made in it later."""
        _, held, *at = row
        at = tuple(at)
        atoms = {(v, *place) for place in self.world.objects for v in self.ref.gives(self.world, row, place)}
        for place in self.world.objects:
            if at not in self.ref.above(place):
                continue
            for v in self.ref.PRIVILEGES.values():
                if (held == v.name or (held == "ALL_PRIVILEGES" and v.in_all)) and self.ref.future(
                    (None, v.name, *place)
                ):
                    atoms.add(("later", v.name, *place))
            if held == "ALL_PRIVILEGES" and at[0] not in NO_ALL:
                atoms.add(("not invented", *place))
                atoms |= {("not invented later", *place)} if place[0] in ("CATALOG", "SCHEMA") else set()
        return frozenset(atoms)

    def held(self, p, grants):
        atoms = set().union(*(self.gives(row) for row in grants if row[0] in self.groups[p]), set())
        for place, (_, owner) in self.world.objects.items():
            if owner in self.groups[p]:
                pairs = self.ref.pairs_of(self.world, place)
                atoms |= {(v, *place) for v in pairs if v in self.ref.PRIVILEGES and "EXTERNAL_USE" not in v}
                atoms |= {("not invented", *place)} if place[0] not in NO_ALL else set()
        return atoms

    def _usable(self, may, atoms):
        """The needs that work with these atoms, and USE on the way to them."""
        found = set()
        for v, *place in may:
            way = {(f"USE_{k}", k, n) for k, n in self.ref.above(tuple(place)) if k in ("CATALOG", "SCHEMA")}
            way = way if self.ref.PRIVILEGES[v].usage else set()
            if (v, *place) in atoms and way <= atoms:
                found |= {(v, *place)} | way
        return found

    def excess(self, grants):
        return sum(len(self.held(p, grants) - self.may[p]) for p in self.scene.subjects)

    def judged_only(self, grantee):
        """Whether rows of the grantee reach subjects and nobody else."""
        reached, todo = set(), [grantee]
        while todo:
            name = todo.pop()
            if name not in reached:
                reached.add(name)
                todo += [member for group, member in self.scene.members if group == name]
        people = reached - set(self.scene.groups)
        return bool(people) and people <= set(self.scene.subjects) and EVERYONE not in reached

    def statements(self, old, new):
        """The number of statements from old to new."""
        gone, come = old - new, new - old
        site = lambda row: (row[0], *row[2:])  # noqa: E731
        alls = {site(row) for row in gone if row[1] == "ALL_PRIVILEGES"}
        stripped = {site(r) for r in old & new if site(r) in alls and self._in_all(r[1])}
        waiting = {site(row) for row in come if site(row) in alls and self._in_all(row[1])}
        apart = {site(row) for row in come if not (site(row) in alls and self._in_all(row[1]))}
        return (
            len({site(r) for r in gone if r[1] != "ALL_PRIVILEGES"}) + len(alls) + len(stripped | waiting) + len(apart)
        )

    def _in_all(self, privilege):
        return privilege in self.ref.PRIVILEGES and self.ref.PRIVILEGES[privilege].in_all

    def best(self):
        """The least (excess, rows changed, statements) of any plan that keeps the constraints."""
        grants = set(self.scene.grants)
        free = sorted(row for row in grants if self.judged_only(row[0]))
        candidates = self._candidates(grants)
        best = None
        for size in range(len(free) + 1):
            for gone in combinations(free, size):
                for come in self._covers(grants - set(gone), candidates, set()):
                    new = (grants - set(gone)) | come
                    key = (self.excess(new), len(grants ^ new), self.statements(grants, new))
                    best = key if best is None or key < best else best
        return best

    def _candidates(self, grants):
        """Rows that could be added without anybody's gain."""
        grantees = [*self.scene.subjects, *(g for g in self.scene.groups if self.judged_only(g))]
        words = [*self.ref.PRIVILEGES, "ALL_PRIVILEGES"]
        found = {}
        for grantee in grantees:
            reached = [p for p in self.scene.subjects if grantee in self.groups[p]]
            for place in self.world.objects:
                for v in words:
                    row = (grantee, v, *place)
                    atoms = self.gives(row)
                    if row not in grants and atoms and all(atoms <= self.now[p] for p in reached):
                        found[row] = {(p, atom) for p in reached for atom in atoms}
        return found

    def _covers(self, grants, candidates, come):
        """Every way to cover what must stay and is not; each added row covers something that was not."""
        missing = sorted(
            (p, atom) for p in self.scene.subjects for atom in self.must_stay[p] - self.held(p, grants | come)
        )
        if not missing:
            yield frozenset(come)
            return
        for row, gives in candidates.items():
            if missing[0] in gives:
                yield from self._covers(grants, candidates, come | {row})
