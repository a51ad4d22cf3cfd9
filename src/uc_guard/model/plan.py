"""A plan: what to grant and revoke, in which order, and the reason, proof and doubt behind every row."""

from __future__ import annotations

from dataclasses import dataclass

FORMAT = 1
"""Version of the plan's shape; a reader refuses a newer one."""


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """One privilege row as Unity Catalog stores it: who, what, where.

    Attributes:
        grantee: Principal that the row names.
        privilege: Underscore form.
        securable_type: As grants know it: CATALOG, SCHEMA, TABLE ...
        securable: Full name, canonical.
    """

    grantee: str
    privilege: str
    securable_type: str
    securable: str


@dataclass(frozen=True, slots=True, order=True)
class Membership:
    """One direct membership: a member of a group."""

    group: str
    member: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a plan: rows with the same verb, grantee and securable.

    Attributes:
        verb: GRANT or REVOKE.
        privileges: Underscore forms, sorted.
        securable_type: As grants know it.
        securable: Full name.
        grantee: Principal granted to or revoked from.
        reason: One sentence for people.
        gap: Between this statement and the grants that follow it on the same securable, access that is needed is
            missing. UC: REVOKE ALL PRIVILEGES may strip the rows it implies; through REST both travel in one PATCH.
    """

    verb: str
    privileges: tuple[str, ...]
    securable_type: str
    securable: str
    grantee: str
    reason: str
    gap: bool = False

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows that this statement adds or removes."""
        return tuple(Row(self.grantee, p, self.securable_type, self.securable) for p in self.privileges)


@dataclass(frozen=True, slots=True)
class MembershipChange:
    """A subject taken out of a group; only planned when membership changes are allowed."""

    membership: Membership
    reason: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """Why a row may go.

    Attributes:
        row: The row revoked.
        subjects: The subjects that it reached, sorted.
        reach: Number of (privilege, securable) pairs that it gives one subject today.
        future: It also reaches whatever is made inside its container later.
        needed: Pairs of its reach that a subject needs or may need; each stays usable through another row.
        unseen: Privileges of its reach whose use no source at hand would show; taken as unused, and said so.
        statements: Number of statements judged for the subjects in the window.
    """

    row: Row
    subjects: tuple[str, ...]
    reach: int
    future: bool
    needed: int
    unseen: tuple[str, ...]
    statements: int


@dataclass(frozen=True, slots=True)
class Witness:
    """Why a row stays, or is added.

    Attributes:
        row: The row kept or added.
        subject: The subject that needs it.
        privilege: The privilege needed.
        securable_type: Type of the securable needed.
        securable: The securable needed: the row's own, or one inside it.
        certainty: must or may.
        reason: As in the needs frame: used, usage-chain, via-view, opaque ...
        ids: Ids of statements, lineage or audit rows, at most three; empty for a need without a dated event.
    """

    row: Row
    subject: str
    privilege: str
    securable_type: str
    securable: str
    certainty: str
    reason: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A row that is not surely needed, and yet is left alone.

    Attributes:
        subject: The subject that it reaches.
        row: The row; None where the whole subject is held.
        reason: Stable code: opaque-activity, unobservable, window-too-short, subject-too-young, grant-too-young,
            too-opaque, source-missing, shared-with-bystanders, everyone, protected, unknown-privilege, redundant,
            owner-through-group ...
        detail: One sentence for people: what holds it, and what would free it.
        ids: Ids of statements that hold it, at most three.
    """

    subject: str
    row: Row | None
    reason: str
    detail: str
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Objective:
    """What the planner minimizes, in this order.

    Attributes:
        excess: Weighted number of (subject, privilege, securable) held outside what may be needed; a container grant
            adds one for all that is yet to come.
        changes: Rows and memberships added or removed.
        statements: Statements.
    """

    excess: float
    changes: int
    statements: int


@dataclass(frozen=True, slots=True)
class Basis:
    """What the plan leans on, and whoever runs it looks at again before.

    Attributes:
        rows: Every row stored on a securable that the plan touches, whoever holds it, and every row kept that a need
            leans on; sorted.
        members: Direct memberships, at any depth, by which the subjects are in groups, and by which others are in
            groups that the plan touches; sorted.
        owned: Owners among the subjects and their groups, as rows of the pseudo-privilege OWNER, of securables that
            somebody needs and on whose way a touched one stands; sorted.
    """

    rows: tuple[Row, ...] = ()
    members: tuple[Membership, ...] = ()
    owned: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The smallest set of statements that takes away what was not needed and keeps what was.

    Attributes:
        format: Version of this shape.
        mode: tight or stable.
        subjects: Principals under audit, sorted.
        since: Start of the window judged, ISO 8601, UTC.
        until: End of the window, exclusive.
        baseline: Digest of the grants and members that the plan starts from.
        statements: In the order in which to run them.
        inverse: Statements that undo them, in the order in which to run them.
        memberships: Membership changes; empty unless allowed.
        certificates: One for each row revoked.
        witnesses: At least one for each row kept or added that a need explains.
        held: What is left alone, and why.
        before: Excess held today; changes and statements are 0.
        after: The objective reached.
        bound: The least objective that any plan could reach; equals `after` where the plan is proved optimal.
        optimal: Whether it is proved.
        stable_extra: Excess that `stable` leaves beyond `tight`; 0 in a tight plan.
        warnings: Sentences that a person should read before running it.
        basis: What it leans on.
    """

    mode: str
    subjects: tuple[str, ...]
    since: str
    until: str
    baseline: str
    statements: tuple[Statement, ...]
    inverse: tuple[Statement, ...]
    memberships: tuple[MembershipChange, ...]
    certificates: tuple[Certificate, ...]
    witnesses: tuple[Witness, ...]
    held: tuple[Held, ...]
    before: Objective
    after: Objective
    bound: Objective
    optimal: bool
    stable_extra: float = 0.0
    warnings: tuple[str, ...] = ()
    basis: Basis = Basis()
    format: int = FORMAT
