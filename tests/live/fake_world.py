"""A workspace as state: what is there, who holds what, who may see and change it; access is the reference model's."""

from __future__ import annotations

import datetime as dt
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import reference_model as model

from uc_guard.model.privilege import ALL_PRIVILEGES, EVERYONE, PRIVILEGES, normalize_privilege

METASTORE = ("METASTORE", "11111111-2222-3333-4444-555555555555")
KEEPS = {"MANAGE", "EXTERNAL_USE_SCHEMA", "EXTERNAL_USE_LOCATION", "READ_METADATA"}
NOW = dt.datetime(2026, 9, 30, 12, tzinfo=dt.UTC)


class Refusal(Exception):
    """What the platform answers instead: a status, a code, a message."""

    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def denied(principal, privilege, site):
    """The platform's text of a refusal."""
    kind = site[0].replace("_", " ").title()
    spoken = privilege.replace("_", " ")
    return f"PERMISSION_DENIED: User '{principal}' does not have {spoken} on {kind} '{site[1]}'"


@dataclass
class World:
    """State of a workspace. Securables are (TYPE, full name); `info` holds what listings show of each."""

    admin: str = "admin@firm.test"
    workspace_id: int = 42
    info: dict = field(default_factory=dict)
    grants: set = field(default_factory=set)
    members: set = field(default_factory=set)
    users: dict = field(default_factory=dict)
    agents: dict = field(default_factory=dict)
    groups: dict = field(default_factory=dict)
    local: dict = field(default_factory=dict)
    ghosts: dict = field(default_factory=dict)
    policies: dict = field(default_factory=dict)
    tags: dict = field(default_factory=dict)
    tokens: dict = field(default_factory=dict)
    system: dict = field(default_factory=dict)
    disabled: set = field(default_factory=set)
    strips: bool = True
    now: dt.datetime = NOW
    lock: threading.RLock = field(default_factory=threading.RLock)
    states: list = field(default_factory=list)

    def __post_init__(self):
        self.info[METASTORE] = {"owner": self.admin, "kind": "METASTORE"}
        self.add_user(self.admin)

    # -- what is there

    def add(self, securable_type, name, owner, **more):
        self.info[securable_type, name] = {"owner": owner, "kind": securable_type, **more}
        return securable_type, name

    def add_table(self, name, owner, columns, kind="MANAGED", **more):
        return self.add("TABLE", name, owner, columns=dict(columns), table_type=kind, kind=kind, **more)

    def add_user(self, login):
        self.users[login] = str(1000 + len(self.users))

    def add_agent(self, application_id, display):
        self.agents[application_id] = (str(5000 + len(self.agents)), display)
        self.tokens[f"token-of-{display}"] = application_id

    def add_group(self, name, members=(), *, local=False):
        if local:  # one of the workspace alone: it may be called like one of the account, and is no grantee
            self.local[name] = (str(8000 + len(self.local)), tuple(members))
            return
        self.groups[name] = str(9000 + len(self.groups))
        self.members |= {(name, member) for member in members}

    def delete_principal(self, name):
        self.ghosts[name] = str(7000 + len(self.ghosts))
        for listed in (self.users, self.agents, self.groups):
            listed.pop(name, None)
        self.members = {pair for pair in self.members if name not in pair}

    def knows(self, name):
        return name in self.users or name in self.agents or name in self.groups or name == EVERYONE

    # -- who can do what

    def reference(self):
        objects = {site: (one["kind"], one["owner"]) for site, one in self.info.items()}
        return model.World(objects, set(self.grants), set(self.members))

    def circle(self, principal):
        return model.groups(self.reference(), principal)

    def usable(self, principal, privilege, site):
        return model.usable(self.reference(), principal, privilege, site)

    def is_admin(self, principal):
        return self.info[METASTORE]["owner"] in self.circle(principal)

    def _over(self, principal, privilege, site):
        """Whether a principal owns the securable or a container of it, or holds a privilege on one of them."""
        world, mine = self.reference(), self.circle(principal)
        for at in model.above(site):
            held = any(row[0] in mine and row[1] == privilege and row[2:] == at for row in world.grants)
            if held or self.info.get(at, {}).get("owner") in mine:
                return True
        return False

    def sees_grants(self, principal, site):
        on_all = any(r[0] in self.circle(principal) and r[1:] == ("READ_METADATA", *METASTORE) for r in self.grants)
        return (
            on_all
            or self.is_admin(principal)
            or self.manages(principal, site)
            or (self._over(principal, "READ_METADATA", site))
        )

    def manages(self, principal, site):
        return self.is_admin(principal) or self._over(principal, "MANAGE", site)

    def sees(self, principal, site):
        """Whether a securable is shown to a principal at all."""
        if self.sees_grants(principal, site):
            return True
        mine = self.circle(principal)
        if (
            site[0] == "CATALOG"
            and self.info[site].get("isolated")
            and self.workspace_id not in self.info[site].get("workspaces", ())
        ):
            return False
        ways = set(model.above(site))
        return any(row[0] in mine and (row[2:] in ways or site in model.above(row[2:])) for row in self.grants)

    # -- grants

    def listed(self, principal, site):
        """The rows of a securable as a principal sees them: (grantee, privileges)."""
        if site not in self.info:
            raise Refusal(404, f"{site[0]}_DOES_NOT_EXIST", f"{site[0]} '{site[1]}' does not exist.")
        if not self.sees(principal, site):
            raise Refusal(403, "PERMISSION_DENIED", denied(principal, "USE_CATALOG", site))
        whole = self.sees_grants(principal, site)
        mine = {principal}
        found = {}
        for grantee, privilege, *at in self.grants:
            if tuple(at) == site and (whole or grantee in mine):
                found.setdefault(grantee, []).append(privilege)
        return found

    def change(self, principal, site, changes):
        """One PATCH: all of it, or nothing."""
        if site not in self.info:
            raise Refusal(404, f"{site[0]}_DOES_NOT_EXIST", f"{site[0]} '{site[1]}' does not exist.")
        if not self.manages(principal, site):
            raise Refusal(403, "PERMISSION_DENIED", denied(principal, "MANAGE", site))
        after = set(self.grants)
        for change in changes:
            grantee = change["principal"]
            if not self.knows(grantee):
                raise Refusal(404, "PRINCIPAL_DOES_NOT_EXIST", f"Could not find principal with name {grantee}.")
            for word in map(normalize_privilege, change.get("remove", ())):
                after.discard((grantee, word, *site))
                if word == ALL_PRIVILEGES and self.strips:
                    after = {r for r in after if (r[0], *r[2:]) != (grantee, *site) or r[1] in KEEPS}
            for word in map(normalize_privilege, change.get("add", ())):
                self._check(word, site)
                after.add((grantee, word, *site))
        if after != self.grants:
            self.grants = after
            self.states.append(frozenset(after))

    def _check(self, word, site):
        fits = (
            word == ALL_PRIVILEGES
            or word not in PRIVILEGES
            or (PRIVILEGES[word].applies(site[0]) or (PRIVILEGES[word].flows and site[0] in ("CATALOG", "SCHEMA")))
        )
        if not fits:
            raise Refusal(400, "INVALID_PARAMETER_VALUE", f"Privilege {word} is not applicable to {site[0]}.")

    def grant(self, grantee, words, site):
        for word in [words] if isinstance(words, str) else words:
            self.grants.add((grantee, normalize_privilege(word), *site))

    # -- what agents do

    def attempt(self, principal, privilege, site, at, text="SELECT 1"):
        """Somebody tries something: logged as the platform logs it; gives whether it was allowed."""
        missing = next((use for use in [*reversed(model.way(site)), (privilege, site)]
                        if not model.can(self.reference(), principal, *use)), None)  # fmt: skip
        error = (
            None
            if missing is None
            else denied(principal, *missing).replace("PERMISSION_DENIED", "[INSUFFICIENT_PERMISSIONS]")
        )
        number = len(self.system.setdefault("query.history", []))
        self.system["query.history"].append(statement(f"01f0aaaa{number:08x}", principal, text, at, error=error))
        return missing is None


def statement(statement_id, principal, text, at, *, error=None, session="s1", compute="WAREHOUSE"):
    """A row of system.query.history, as far as we read it."""
    return {
        "statement_id": statement_id, "session_id": session, "executed_by": principal, "executed_as": principal,
        "execution_status": "FAILED" if error else "FINISHED", "statement_type": text.split(" ", 1)[0].upper(),
        "statement_text": text, "error_message": error, "compute": {"type": compute, "warehouse_id": "w1"},
        "client_application": "agent", "query_parameters": None, "start_time": at,
        "end_time": at + dt.timedelta(seconds=1), "update_time": at + dt.timedelta(seconds=2),
    }  # fmt: skip
