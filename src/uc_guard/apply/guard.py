"""What an apply never does: lock out itself, owners or admins, or touch what the settings protect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from uc_guard.errors import NotApplied
from uc_guard.model.privilege import EVERYONE, is_known
from uc_guard.plan.refuse import matches, protected_privileges
from uc_guard.plan.verify_world import chain

if TYPE_CHECKING:
    from uc_guard.apply.standing import Standing
    from uc_guard.model.plan import Plan, Statement
    from uc_guard.model.settings import Settings

METASTORE = ("METASTORE", "")


@dataclass(frozen=True, slots=True)
class Spared:
    """A statement that is left out, and why."""

    statement: Statement
    reason: str


def spare(plan: Plan, standing: Standing, settings: Settings) -> tuple[Spared, ...]:
    """Give the statements of a plan that are not run, with one reason each.

    To leave out a REVOKE never takes anything away; the GRANT that follows it on the same securable goes with it.

    Args:
        plan: A verified plan.
        standing: What stands in the workspace.
        settings: What they protect now counts, whatever counted when the plan was made.

    Raises:
        NotApplied: where a GRANT names what is protected: what the plan takes may lean on it.
    """
    first = next((i for i, each in enumerate(plan.statements) if each.verb == "REVOKE"), len(plan.statements))
    for each in plan.statements[:first]:
        if reason := _protected(each, settings):
            raise NotApplied(f"the plan grants to `{each.grantee}` on `{each.securable}`, but {reason}; plan again")
    reasons = _Reasons(standing, settings)
    found: dict[tuple[str, str, str], str] = {}
    for each in plan.statements[first:]:
        if each.verb == "REVOKE" and (reason := reasons.why(each)):
            found.setdefault(_unit(each), reason)
    return tuple(Spared(each, found[_unit(each)]) for each in plan.statements[first:] if _unit(each) in found)


class _Reasons:
    """Why a REVOKE is left out; what the workspace has to be asked for is asked once."""

    def __init__(self, standing: Standing, settings: Settings) -> None:
        self._standing, self._settings = standing, settings
        self._mine = standing.circle((*standing.me, EVERYONE))
        self._owners: dict[tuple[str, str], str | None] = {}

    def why(self, statement: Statement) -> str:
        """Give the reason; empty where there is none."""
        grantee = statement.grantee.casefold()
        site = (statement.securable_type, statement.securable)
        if grantee in self._mine:
            return "it would take from us, who run this, or from a group that we are in"
        if grantee == (self._owner(METASTORE) or "").casefold():
            return f"`{statement.grantee}` is the admin of the metastore"
        for at in chain(site):
            if grantee == (self._owner(at) or "").casefold():
                return f"`{statement.grantee}` owns {at[0]} `{at[1]}`"
        unknown = [word for word in statement.privileges if not is_known(word)]
        if unknown:
            return f"nobody here knows what `{unknown[0]}` gives"
        return _protected(statement, self._settings)

    def _owner(self, site: tuple[str, str]) -> str | None:
        if site not in self._owners:
            self._owners[site] = self._standing.owner(site)
        return self._owners[site]


def limit(revoked: int, most: int) -> None:
    """Stop a plan that takes more rows than a run may.

    Raises:
        NotApplied: where it does.
    """
    if revoked > most:
        raise NotApplied(
            f"the plan revokes {revoked} rows, and a run may revoke {most}; look why there are so many, then raise "
            "`--max-revokes`"
        )


def _protected(statement: Statement, settings: Settings) -> str:
    for name, globs, what in (
        (statement.grantee, settings.protect_principals, "principal"),
        (statement.securable, settings.protect_securables, "securable"),
    ):
        if matches(name, globs):
            return f"the settings protect the {what} `{name}`"
    hit = sorted(protected_privileges(settings).intersection(statement.privileges))
    return f"the settings protect the privilege `{hit[0]}`" if hit else ""


def _unit(statement: Statement) -> tuple[str, str, str]:
    return statement.grantee, statement.securable_type, statement.securable
