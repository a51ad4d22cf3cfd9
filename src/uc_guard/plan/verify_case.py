"""A plan and the facts that it is judged by: only what its statements touch is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.privilege import CONTAINERS, EVERYONE, PRIVILEGES, spoken
from uc_guard.plan.verify_world import CATALOG_OF, SCHEMA_OF, World, chain, place_of, read_people, read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from uc_guard.model.plan import Plan, Row
    from uc_guard.model.settings import Settings
    from uc_guard.plan.verify_world import People, Place
    from uc_guard.snapshot import Snapshot

Pair = tuple[str, str, "Place"]
"""A principal, a privilege and a securable."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One thing that is wrong with a plan.

    Attributes:
        code: C1 (something needed is lost), C2 (a bystander's access changes), C3 (somebody gains), C4 (not to be
            touched), C5 (a gap on the way), or baseline, statement, membership, held, certificate, witness, inverse.
        sentence: What is wrong, for people.
    """

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Need:
    """One row of the needs frame."""

    principal: str
    privilege: str
    place: Place
    certainty: str
    reason: str
    uses: int
    ids: frozenset[str]

    @property
    def pair(self) -> Pair:
        """Who needs what where."""
        return self.principal, self.privilege, self.place

    def __str__(self) -> str:
        verb = "needs" if self.certainty == "must" else "may need"
        return f"`{self.principal}` {verb} `{spoken(self.privilege)}` on `{self.place[1]}` ({self.reason})"


@dataclass(frozen=True, slots=True)
class Case:
    """A plan and the facts that it is judged by.

    Attributes:
        plan: The plan.
        settings: What must not be touched, and what is allowed.
        people: Memberships before.
        reached: For each grantee that the plan touches, the principals that its rows reach. A group counts only where
            it acts itself: it owns something that needs.
        world: The workspace before.
        needs: The subjects' needs on whose way a touched securable stands.
        proofs: The needs that witnesses call upon.
        blind: Principals with opaque activity that could have needed anything.
        approved: Shortfalls that may be granted.
    """

    plan: Plan
    settings: Settings
    people: People
    reached: Mapping[str, frozenset[str]]
    world: World
    needs: tuple[Need, ...]
    proofs: Mapping[Pair, Need]
    blind: frozenset[str]
    approved: frozenset[Pair]

    def subjects(self, grantee: str) -> list[str]:
        """Give the subjects that a touched grantee's rows reach, sorted."""
        return sorted(self.reached[grantee].intersection(self.plan.subjects))

    def outsiders(self, grantee: str) -> list[str]:
        """Give everybody else whom they reach, sorted."""
        return sorted(self.reached[grantee].difference(self.plan.subjects))


def read_case(  # noqa: PLR0913, PLR0917 - as `verify`
    plan: Plan,
    snapshot: Snapshot,
    needs: pl.DataFrame,
    opaque: pl.DataFrame,
    settings: Settings,
    shortfalls: pl.DataFrame | None,
) -> Case:
    """Read what a plan touches: grantees, whom they reach, the needs of those, and the rows on their way."""
    people = read_people(snapshot)
    touched = [row for statement in (*plan.statements, *plan.inverse) for row in statement.rows]
    moved = {change.membership.member for change in plan.memberships}
    acting = set(needs["principal"].unique()) | set(opaque["principal"].unique()) | set(plan.subjects)
    reached = {name: _reached(people, name, acting, plan) for name in {row.grantee for row in touched} | moved}
    near = _near(needs, plan, reached, touched, moved)
    proofs = _called_upon(needs, plan)
    stated = [*touched, *(w.row for w in plan.witnesses)]
    places = {place_of(row) for row in stated} | {need.place for need in (*near, *proofs)}
    asked = set[str]().union(*reached.values()) | {witness.subject for witness in plan.witnesses}
    return Case(
        plan,
        settings,
        people,
        reached,
        _world(snapshot, {name: people.circle(name) for name in asked}, {row.grantee for row in stated}, places),
        near,
        {need.pair: need for need in proofs},
        frozenset(opaque.filter(pl.col("may").is_null())["principal"]),
        frozenset(_approved(shortfalls) if settings.grant_missing and shortfalls is not None else ()),
    )


def _reached(people: People, grantee: str, acting: set[str], plan: Plan) -> frozenset[str]:
    found = set(people.reached(grantee))
    everybody = set(plan.subjects) if EVERYONE in found else set[str]()
    return frozenset(name for name in found if name not in people.groups or name in acting | {EVERYONE}) | everybody


def _near(
    needs: pl.DataFrame, plan: Plan, reached: Mapping[str, frozenset[str]], touched: list[Row], moved: set[str]
) -> tuple[Need, ...]:
    judged = set[str]().union(*reached.values()).intersection(plan.subjects)
    names = pl.Series("name", list({row.securable for row in touched}), dtype=pl.String).implode()
    shaken = set[str]().union(*(reached[name] for name in moved))
    on_the_way = pl.any_horizontal(*(at.is_in(names) for at in (pl.col("securable"), SCHEMA_OF, CATALOG_OF)))
    found = needs.filter(pl.col("principal").is_in(list(judged)))
    return _needs(found.filter(on_the_way.fill_null(value=False) | pl.col("principal").is_in(list(shaken))))


def _called_upon(needs: pl.DataFrame, plan: Plan) -> tuple[Need, ...]:
    key = ["principal", "privilege", "securable_type", "securable"]
    called = [(w.subject, w.privilege, w.securable_type, w.securable) for w in plan.witnesses]
    frame = pl.DataFrame(called, schema=dict.fromkeys(key, pl.String), orient="row")
    return _needs(needs.join(frame.unique(), on=key, how="semi"))


def _needs(frame: pl.DataFrame) -> tuple[Need, ...]:
    columns = ["principal", "privilege", "securable_type", "securable", "certainty", "reason", "uses", "witnesses"]
    return tuple(
        Need(principal, privilege, (kind, name), certainty, reason, uses, frozenset(ids or ()))
        for principal, privilege, kind, name, certainty, reason, uses, ids in frame.select(columns).iter_rows()
    )


def _world(snapshot: Snapshot, circles: Mapping[str, tuple[str, ...]], grantees: set[str], places: set[Place]) -> World:
    grantees = grantees.union(*circles.values())
    names = {at[1] for place in places for at in chain(place)}
    objects = snapshot.frame("objects").filter(pl.col("securable").is_in(list(names)))
    kinds: dict[Place, str] = {}
    owners: dict[Place, str | None] = {}
    for securable_type, name, kind, owner in objects.select("securable_type", "securable", "kind", "owner").iter_rows():
        kinds[securable_type, name], owners[securable_type, name] = kind, owner
    return World(circles, read_rows(snapshot, grantees, names), kinds, owners)


def _approved(shortfalls: pl.DataFrame) -> Iterable[Pair]:
    for principal, privilege, kind, name in shortfalls.select(
        "principal", "privilege", "securable_type", "securable"
    ).iter_rows():
        yield principal, privilege, (kind, name)
        for other in PRIVILEGES[privilege].with_it if privilege in PRIVILEGES else ():
            yield principal, other, (kind, name)
        for at in chain((kind, name)):
            if at[0] in CONTAINERS:
                yield principal, f"USE_{at[0]}", at


def told(row: Row) -> str:
    """Name a row in a sentence."""
    return f"`{spoken(row.privilege)}` on {row.securable_type} `{row.securable}` for `{row.grantee}`"
