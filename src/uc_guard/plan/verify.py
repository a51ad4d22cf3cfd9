"""A plan and a snapshot to a verdict: the world after is rebuilt, every need replayed, every proof recounted.

It trusts the snapshot, the needs and the settings, and nothing that the plan says of itself. The statements run twice:
the platform's manual has said that REVOKE ALL PRIVILEGES strips the rows that it implies, and that it does not.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.plan import Row
from uc_guard.model.privilege import ALL_PRIVILEGES, EVERYONE, PRIVILEGES, is_known, normalize_privilege, spoken
from uc_guard.model.settings import Settings
from uc_guard.plan.verify_case import Broken, read_case, told
from uc_guard.plan.verify_proofs import check_certificates, check_frame, check_witnesses, recount_certificates
from uc_guard.plan.verify_world import chain, parts, people, place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from uc_guard.model.plan import Plan, Statement
    from uc_guard.plan.verify_case import Case, Need
    from uc_guard.plan.verify_world import Place, Rows, World
    from uc_guard.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the verifier says of a plan.

    Attributes:
        ok: Nothing is broken.
        broken: What is, each once.
        replayed_needs: Needs on whose way a touched securable stands; each was replayed in every state of the world.
        replayed_uses: Statements and events behind them; one counts once for each of its needs.
        checked: What else was checked, and how many of it.
    """

    ok: bool
    broken: tuple[Broken, ...]
    replayed_needs: int
    replayed_uses: int
    checked: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _Run:
    """The world after a run: what went, what came, which rows of statements changed nothing, what was lost."""

    strips: bool
    world: World
    removed: frozenset[Row]
    added: frozenset[Row]
    idle: frozenset[tuple[int, Row]]
    broken: tuple[Broken, ...]


def verify(
    plan: Plan,
    snapshot: Snapshot,
    needs: pl.DataFrame,
    opaque: pl.DataFrame,
    settings: Settings | None = None,
    shortfalls: pl.DataFrame | None = None,
) -> Verdict:
    """Check a plan against C1 to C5, its proofs and its inverse.

    Args:
        plan: The plan.
        snapshot: The workspace that it was made for.
        needs: Frame by contract `needs`.
        opaque: Frame by contract `opaque`; a principal with an unbounded row may lose nothing.
        settings: What must not be touched, and what is allowed; None = the defaults.
        shortfalls: Frame by contract `shortfalls`: what may be granted anew where the settings say so.
    """
    case = read_case(plan, snapshot, needs, opaque, settings or Settings(), shortfalls)
    runs = [_run(case, strips=strips) for strips in (False, True)]
    broken = [*check_frame(case, snapshot), *_statements(case), *_untouchable(case), *_idle(case, runs)]
    broken += [*_memberships(case, known=snapshot.has("members")), *recount_certificates(case, snapshot)]
    for run in runs:
        broken += [*run.broken, *_bystanders(case, run), *_gains(case, run), *_held(case, run), *_inverse(case, run)]
        broken += _unexplained(case, run)
        broken += [*check_certificates(case, run.removed), *check_witnesses(case, run.world, run.added)]
    broken = list(dict.fromkeys(broken))
    subjects = needs.filter(pl.col("principal").is_in(list(plan.subjects)))
    checked = (
        ("subjects", len(plan.subjects)),
        ("statements", len(plan.statements)),
        ("inverse statements", len(plan.inverse)),
        ("needs that no statement comes near", subjects.height - len(case.needs)),
        ("principals reached", len(case.world.circles)),
        ("certificates", len(plan.certificates)),
        ("witnesses", len(plan.witnesses)),
    )
    return Verdict(not broken, tuple(broken), len(case.needs), sum(need.uses for need in case.needs), checked)


# -- C1 and C5: nothing needed is lost, at the end or on the way -----------------------------------------------------


def _run(case: Case, *, strips: bool) -> _Run:
    keys = {(statement.grantee, _place(statement)) for statement in (*case.plan.statements, *case.plan.inverse)}
    own = {key: set(case.world.rows.get(key, ())) for key in keys}
    world = replace(case.world, rows={**case.world.rows, **own})
    needs = [need for need in case.needs if case.world.usable(*need.pair)]
    lost, idle = _replay(case, world, needs, strips=strips)
    world = replace(world, circles=_circles_after(case))
    broken: list[Broken] = []
    for need in needs:
        if not world.usable(*need.pair):
            broken.append(Broken("C1", f"{need}, and does not have it afterwards"))
        elif need in lost:
            told = _told(case.plan.statements[lost[need]])
            broken.append(Broken("C5", f"{need}, and is without it from statement {lost[need] + 1} on: {told}"))
    before, now = _stored(case.world.rows, keys), _stored(world.rows, keys)
    return _Run(strips, world, before - now, now - before, idle, tuple(broken))


def _replay(
    case: Case, world: World, needs: list[Need], *, strips: bool
) -> tuple[dict[Need, int], frozenset[tuple[int, Row]]]:
    """Run the statements on the rows; give the needs lost outside a gap, with the statement, and the idle rows."""
    near: dict[tuple[str, Place], list[Need]] = {}
    for need in needs:
        for at in chain(need.place):
            near.setdefault((need.principal, at), []).append(need)
    lost: dict[Need, int] = {}
    idle: set[tuple[int, Row]] = set()
    waiting: set[Need] = set()
    gap = -1
    for number, statement in enumerate(case.plan.statements):
        place = _place(statement)
        # A gap lasts for the grants that follow it on the same securable: through REST, one request holds them all.
        if waiting and (statement.verb != "GRANT" or place != _place(case.plan.statements[gap])):
            lost.update(dict.fromkeys(waiting, gap))
            waiting = set()
        idle.update((number, row) for row in _apply(world.rows, statement, strips=strips))
        if statement.verb == "GRANT":
            waiting = {need for need in waiting if not world.usable(*need.pair)}
            continue
        at_risk = {need for name in case.judged(statement.grantee) for need in near.get((name, place), ())}
        gone = {need for need in at_risk if need not in lost and not world.usable(*need.pair)}
        if statement.gap and ALL_PRIVILEGES in statement.privileges:
            waiting, gap = gone, number
        else:
            lost.update(dict.fromkeys(gone, number))
    return lost, frozenset(idle)


def _apply(rows: Rows, statement: Statement, *, strips: bool) -> list[Row]:
    """Run one statement on the rows; give those of its rows that changed nothing."""
    stored = rows.setdefault((statement.grantee, _place(statement)), set())
    grants = statement.verb == "GRANT"
    idle = [row for row in statement.rows if (row.privilege in stored) == grants]
    if grants:
        stored |= set(statement.privileges)
        return idle
    stored -= set(statement.privileges)
    if strips and ALL_PRIVILEGES in statement.privileges:
        # UC: MANAGE and EXTERNAL USE survive. Whether an unknown privilege does, nobody knows: see `_untouchable`.
        stored -= {name for name in stored if name in PRIVILEGES and PRIVILEGES[name].in_all}
    return idle


def _circles_after(case: Case) -> Mapping[str, tuple[str, ...]]:
    left = {(change.membership.member, change.membership.group) for change in case.plan.memberships}
    if not left:
        return case.world.circles
    edges = [(member, group) for member, groups in case.people.groups_of.items() for group in groups]
    after = people([edge for edge in edges if edge not in left])
    return {name: after.circle(name) for name in case.world.circles}


# -- C2, C3, C4: nobody outside is touched, nobody gains, what is protected stays ------------------------------------


def _bystanders(case: Case, run: _Run) -> Iterator[Broken]:
    for row in sorted(run.removed | run.added):
        outsiders = case.outsiders(row.grantee)
        pairs = [(part, place_of(row)) for part in parts(row, case.world.kinds.get(place_of(row), ""))]
        changed = [q for q in outsiders if any(case.world.holds(q, *p) != run.world.holds(q, *p) for p in pairs)]
        if changed:
            others = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
            yield Broken(
                "C2", f"{told(row)} changes, and with it the access of `{changed[0]}`{others}, not under audit"
            )


def _gains(case: Case, run: _Run) -> Iterator[Broken]:
    for row in sorted(run.added):
        place = place_of(row)
        # A shortfall is approved as the row that names it, with all that the row gives.
        judged = (q for q in case.judged(row.grantee) if (q, row.privilege, place) not in case.approved)
        for subject in judged:
            for privilege, later in parts(row, case.world.kinds.get(place, "")):
                if not case.world.holds(subject, (privilege, later), place):
                    on = "on what is made later inside" if later else "on"
                    yield Broken(
                        "C3", f"{told(row)} gives `{subject}` `{spoken(privilege)}` {on} `{place[1]}`, new to it"
                    )


def _untouchable(case: Case) -> Iterator[Broken]:
    kept = {normalize_privilege(name) for name in case.settings.protect_privileges}
    for statement in (*case.plan.statements, *case.plan.inverse):
        key = (statement.grantee, _place(statement))
        stored = case.world.rows.get(key, set())
        strange = {name for name in (*statement.privileges, *stored) if not is_known(name)}
        if strange.intersection(statement.privileges) or (strange and ALL_PRIVILEGES in statement.privileges):
            yield Broken(
                "C4", f"{_told(statement)} touches privileges that are not known: {', '.join(sorted(strange))}"
            )
        if statement.verb == "GRANT" and stored.issuperset(statement.privileges):
            continue  # it gives back what REVOKE ALL PRIVILEGES may have stripped
        if _matches(statement.grantee, case.settings.protect_principals):
            yield Broken("C4", f"{_told(statement)}: the principal is protected")
        if _matches(statement.securable, case.settings.protect_securables):
            yield Broken("C4", f"{_told(statement)}: the securable is protected")
        if kept.intersection(statement.privileges):
            yield Broken("C4", f"{_told(statement)}: the privilege is protected")


def _held(case: Case, run: _Run) -> Iterator[Broken]:
    alone = {held.subject for held in case.plan.held if held.row is None}
    moved = {change.membership.member for change in case.plan.memberships}
    for name in sorted((alone | case.blind) & moved):
        yield Broken("held", f"`{name}` is held, and yet taken out of a group")
    for row in sorted(run.removed.intersection(held.row for held in case.plan.held if held.row)):
        yield Broken("held", f"{told(row)} is held, and yet goes")
    for row in sorted(run.removed):
        given = parts(row, case.world.kinds.get(place_of(row), ""))
        for subject in case.judged(row.grantee):
            if subject in alone | case.blind and not all(run.world.holds(subject, p, place_of(row)) for p in given):
                why = "could have used anything" if subject in case.blind else "is held"
                yield Broken("C1" if subject in case.blind else "held", f"`{subject}` {why}, and loses {told(row)}")


def _unexplained(case: Case, run: _Run) -> Iterator[Broken]:
    # A grant that was not read carries what is used and not allowed; what is known beside it looks as if it were idle.
    if not case.lacks_grants:
        return
    used = (need for need in case.needs if need.certainty == "must" and need.reason != "gone")
    first: dict[str, Need] = {}
    for need in used:
        if need.principal not in first and not case.world.usable(*need.pair):
            first[need.principal] = need
    for row in sorted(run.removed):
        for subject in case.judged(row.grantee):
            if subject in first:
                why = "which no known grant allows, while `grants` is incomplete"
                yield Broken("C1", f"{first[subject]}, {why}: {told(row)} is not safe to go")


# -- statements, memberships, inverse --------------------------------------------------------------------------------


def _statements(case: Case) -> Iterator[Broken]:
    for statement in (*case.plan.statements, *case.plan.inverse):
        names = statement.privileges
        if statement.verb not in {"GRANT", "REVOKE"} or not names or list(names) != sorted(set(names)):
            yield Broken(
                "statement", f"{_told(statement)}: neither a GRANT nor a REVOKE of sorted, distinct privileges"
            )
        elif ALL_PRIVILEGES in names and len(names) > 1:
            yield Broken("statement", f"{_told(statement)}: ALL PRIVILEGES stands alone in a statement")
        elif statement.verb == "GRANT" and not all(parts(row, "") for row in statement.rows):
            yield Broken("statement", f"{_told(statement)}: such a privilege means nothing there")
    named = Counter(row for statement in case.plan.statements for row in statement.rows)
    for row in sorted(row for row, times in named.items() if times > 1):
        yield Broken("statement", f"{told(row)} is changed {named[row]} times")


def _idle(case: Case, runs: Sequence[_Run]) -> Iterator[Broken]:
    # A revoked row stands under both readings of REVOKE ALL PRIVILEGES; a granted one is missing under at least one.
    for number, statement in enumerate(case.plan.statements):
        for row in statement.rows:
            idle = [(number, row) in run.idle for run in runs]
            if all(idle) or (statement.verb == "REVOKE" and any(idle)):
                yield Broken("statement", f"statement {number + 1} does nothing for {told(row)}: {_told(statement)}")


def _memberships(case: Case, *, known: bool) -> Iterator[Broken]:
    for grantee in case.reached:
        if not known and grantee not in case.subjects:
            yield Broken(
                "C2", f"`{grantee}` is no subject, and whom its rows reach is not known: there are no memberships"
            )
        elif not case.judged(grantee):
            yield Broken("C2", f"`{grantee}` reaches no subject, and is touched")
    for change in case.plan.memberships:
        group, member = change.membership.group, change.membership.member
        told = f"`{member}` leaves `{group}`"
        if not case.settings.allow_membership_changes:
            yield Broken("membership", f"{told}: the settings do not allow changes of memberships")
        if group not in case.people.groups_of.get(member, ()) or group == EVERYONE:
            yield Broken("membership", f"{told}: there is no such membership to end")
        if _matches(member, case.settings.protect_principals) or _matches(group, case.settings.protect_principals):
            yield Broken("C4", f"{told}: the principal is protected")
        if case.outsiders(member):
            yield Broken("C2", f"{told}, and with it `{case.outsiders(member)[0]}`, not under audit")


def _inverse(case: Case, run: _Run) -> Iterator[Broken]:
    keys = {(statement.grantee, _place(statement)) for statement in (*case.plan.statements, *case.plan.inverse)}
    rows = {key: set(run.world.rows.get(key, ())) for key in keys}
    before = _stored(case.world.rows, keys)
    for statement in case.plan.inverse:
        _apply(rows, statement, strips=run.strips)
        for row in statement.rows:
            if (row in before) != (statement.verb == "GRANT"):
                yield Broken("inverse", f"{_told(statement)} is no way back: {told(row)}")
    for row in sorted(before ^ _stored(rows, keys)):
        yield Broken("inverse", f"plan and inverse together change {told(row)}")


def _stored(rows: Rows, keys: Iterable[tuple[str, Place]]) -> frozenset[Row]:
    return frozenset(Row(grantee, name, *place) for grantee, place in keys for name in rows.get((grantee, place), ()))


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in patterns)


def _place(statement: Statement) -> Place:
    return statement.securable_type, statement.securable


def _told(statement: Statement) -> str:
    names = ", ".join(map(spoken, statement.privileges))
    return f"{statement.verb} {names} on {statement.securable_type} `{statement.securable}` for `{statement.grantee}`"
