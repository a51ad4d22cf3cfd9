"""A plan and the facts that it is judged by: only what its statements touch is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.privilege import CONTAINERS, EVERYONE, PRIVILEGES, spoken
from uc_guard.plan.verify_world import CATALOG_OF, SCHEMA_OF, World, chain, place_of, read_people, read_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from uc_guard.model.plan import Plan, Row
    from uc_guard.model.settings import Settings
    from uc_guard.plan.verify_world import People, Place
    from uc_guard.snapshot import Snapshot

_KEY = ["principal", "privilege", "securable_type", "securable"]

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
        subjects: Its subjects.
        settings: What must not be touched, and what is allowed.
        people: Memberships before.
        reached: For each grantee that the plan touches, the principals that its rows reach. A group counts only where
            it acts itself: it owns something that needs.
        world: The workspace before.
        needs: The subjects' needs on whose way a touched securable stands.
        proofs: The needs that witnesses call upon.
        blind: Principals with opaque activity that could have needed anything.
        approved: Shortfalls that may be granted, with what they are granted for, and the ids that show them.
        lacks_grants: There are grants that the snapshot does not know.
    """

    plan: Plan
    subjects: frozenset[str]
    settings: Settings
    people: People
    reached: Mapping[str, frozenset[str]]
    world: World
    needs: tuple[Need, ...]
    proofs: Mapping[Pair, Need]
    blind: frozenset[str]
    approved: Mapping[Pair, frozenset[str]]
    lacks_grants: bool

    def judged(self, grantee: str) -> list[str]:
        """Give the subjects that a touched grantee's rows reach, sorted."""
        return sorted(self.reached[grantee] & self.subjects)

    def outsiders(self, grantee: str) -> list[str]:
        """Give everybody else whom they reach, sorted."""
        return sorted(self.reached[grantee] - self.subjects)


def read_case(
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
    acting = set(needs["principal"].unique()) | set(opaque["principal"].unique()) | {*plan.subjects, EVERYONE}
    reached = {name: _reached(people, name, acting, plan) for name in {row.grantee for row in touched} | moved}
    moving = {name for member in moved for name in reached[member]}.intersection(plan.subjects)
    near = _needs(_near(needs.filter(pl.col("principal").is_in(list(plan.subjects))), reached, touched, moving))
    proofs = _called_upon(needs, plan)
    stated = [*touched, *(w.row for w in plan.witnesses)]
    places = {place_of(row) for row in stated} | {need.place for need in (*near, *proofs)}
    asked = set[str]().union(*reached.values()) | {witness.subject for witness in plan.witnesses}
    return Case(
        plan,
        frozenset(plan.subjects),
        settings,
        people,
        reached,
        _world(snapshot, {name: people.circle(name) for name in asked}, {row.grantee for row in stated}, places),
        near,
        {need.pair: need for need in proofs},
        frozenset(opaque.filter(pl.col("may").is_null())["principal"]),
        _approved(shortfalls) if settings.grant_missing and shortfalls is not None else {},
        not snapshot.has("grants") or any(s.name == "grants" and not s.complete for s in snapshot.manifest.sources),
    )


def _reached(people: People, grantee: str, acting: set[str], plan: Plan) -> frozenset[str]:
    found = set(people.reached(grantee))
    everybody = set(plan.subjects) if EVERYONE in found else set[str]()
    return frozenset(name for name in found if name not in people.groups or name in acting) | everybody


def _near(
    needs: pl.DataFrame, reached: Mapping[str, frozenset[str]], touched: list[Row], moving: set[str]
) -> pl.DataFrame:
    """Give the needs on whose way a row is touched that reaches who needs, and all needs of who leaves a group."""
    at = pl.DataFrame(list({(row.grantee, row.securable) for row in touched}), schema=["grantee", "at"], orient="row")
    whom = [(grantee, name) for grantee, names in reached.items() for name in names]
    who = pl.DataFrame(whom, schema=["grantee", "principal"], orient="row")
    pairs = at.cast(pl.String).join(who.cast(pl.String), on="grantee").select("principal", "at").unique()
    placed = needs.with_columns(schema=SCHEMA_OF, catalog=CATALOG_OF)
    ways = ("securable", "schema", "catalog")
    found = [placed.join(pairs, left_on=["principal", way], right_on=["principal", "at"], how="semi") for way in ways]
    return pl.concat([*found, placed.filter(pl.col("principal").is_in(list(moving)))]).unique(_KEY, maintain_order=True)


def _called_upon(needs: pl.DataFrame, plan: Plan) -> tuple[Need, ...]:
    called = [(w.subject, w.privilege, w.securable_type, w.securable) for w in plan.witnesses]
    frame = pl.DataFrame(called, schema=dict.fromkeys(_KEY, pl.String), orient="row")
    return _needs(needs.join(frame.unique(), on=_KEY, how="semi"))


def _needs(frame: pl.DataFrame) -> tuple[Need, ...]:
    columns = [*_KEY, "certainty", "reason", "uses", "witnesses"]
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


def _approved(shortfalls: pl.DataFrame) -> dict[Pair, frozenset[str]]:
    approved: dict[Pair, frozenset[str]] = {}
    for principal, privilege, kind, name, ids in shortfalls.select(*_KEY, "witnesses").iter_rows():
        with_it = PRIVILEGES[privilege].with_it if privilege in PRIVILEGES else ()
        pairs: list[Pair] = [(principal, word, (kind, name)) for word in (privilege, *with_it)]
        pairs += [(principal, f"USE_{at[0]}", at) for at in chain((kind, name)) if at[0] in CONTAINERS]
        for pair in pairs:
            approved[pair] = approved.get(pair, frozenset()).union(ids or ())
    return approved


def told(row: Row) -> str:
    """Name a row in a sentence."""
    return f"`{spoken(row.privilege)}` on {row.securable_type} `{row.securable}` for `{row.grantee}`"
