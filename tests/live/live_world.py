"""The state of the fake workspace: securables, principals, grants, tags, policies and the rows of its system tables."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import live_rights
import pyarrow as pa
from live_model import reference
from live_tables import SCHEMAS, empty, table_of
from live_tags import tags_of

from uc_guard.model.name import canonical_name, parent_name, quote, split_name
from uc_guard.model.privilege import EVERYONE, normalize_privilege, normalize_type

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SYSTEM_USER = "System user"
METASTORE_ID = "11111111-2222-4333-8444-555555555555"
ACCOUNT_ID = "99999999-8888-4777-8666-555555555555"
WORKSPACE_ID = 4242


class World:
    """A workspace and its metastore.

    `grants` holds the stored rows (grantee, privilege, TYPE, name), names as `uc_guard.model.name` writes them;
    `owners` the owner by (TYPE, name); `members` pairs (group, member). `revoke_all_strips` is the reading of REVOKE
    ALL PRIVILEGES, `add_first` the order inside one change. `stale_reads` is how often a permission read after a
    change still shows the state before it.
    """

    def __init__(self, *, metastore_admin="metastore admins", clock=NOW, system=True):
        self.lock = threading.RLock()
        self.metastore_id, self.account_id, self.workspace_id = METASTORE_ID, ACCOUNT_ID, WORKSPACE_ID
        self.clock = clock
        self.grants, self.members = set(), set()
        self.owners, self.kinds, self.details = {}, {}, {}
        self.principals, self.deleted, self.recipients = {}, {}, set()
        self.tokens, self.secrets = {}, {}
        self.account_admins, self.workspace_admins = set(), set()
        self.policies, self.tags = [], []
        self.disabled = set()  # schemas of `system` that are not enabled
        self.system = {}
        self.revoke_all_strips, self.add_first = True, False
        self.metadata_of_metastore = True  # whether READ METADATA on the metastore shows what lies inside
        self.stale_reads, self.stale_left, self.before = 0, {}, {}
        self.changes = []  # what was really changed: (caller, securable, principal, added, removed)
        self._memo, self._mark = {}, None
        self._put("METASTORE", METASTORE_ID, metastore_admin, "METASTORE", region="here-1", cloud="none")
        self.add_group(metastore_admin)
        if system:
            self._add_system()

    # -- securables --------------------------------------------------------------------------------------------------

    def _put(self, securable_type, name, owner, kind, **details):
        at = (securable_type, canonical_name(name))
        above = parent_name(at[1]) if securable_type != "METASTORE" else None
        if above and ("SCHEMA" if above.count(".") else "CATALOG", above) not in self.kinds:
            raise ValueError(f"{above} is missing")
        if at in self.kinds:
            raise ValueError(f"{at} is there already")
        self.kinds[at], self.owners[at], self.details[at] = kind, owner, details
        return at

    def _add_system(self):
        self.add_catalog("system", SYSTEM_USER, catalog_type="SYSTEM_CATALOG")
        for schema in sorted({table.split(".")[0] for table in SCHEMAS}):
            self.add_schema(f"system.{schema}", SYSTEM_USER)
        for table, schema in SCHEMAS.items():
            self.add_table(f"system.{table}", SYSTEM_USER, {one.name: str(one.type) for one in schema})
            if not table.startswith("information_schema."):
                self.system[table] = empty(table)

    def add_catalog(self, name, owner, *, isolated=False, workspaces=(), catalog_type="MANAGED_CATALOG"):
        bound = {"isolated": isolated, "workspaces": tuple(workspaces)}
        return self._put("CATALOG", name, owner, "CATALOG", catalog_type=catalog_type, **bound)

    def add_schema(self, full_name, owner):
        return self._put("SCHEMA", full_name, owner, "SCHEMA")

    def add_table(  # noqa: PLR0917 - as the tests call it
        self, full_name, owner, columns, table_type="MANAGED", view_definition=None, view_dependencies=(),
        row_filter=None, masks=None,
    ):  # fmt: skip
        """Add a table or view.

        `view_dependencies` are names of tables, or pairs ("FUNCTION", name); `row_filter` is (function, [columns]);
        `masks` maps columns to a function, or to (function, [further columns]).
        """
        return self._put(
            "TABLE", full_name, owner, table_type, columns=dict(columns), view_definition=view_definition,
            dependencies=_pairs(view_dependencies), row_filter=row_filter, masks=dict(masks or {}),
        )  # fmt: skip

    def add_function(self, full_name, owner, definition="", dependencies=(), language="SQL"):
        more = {"definition": definition, "dependencies": _pairs(dependencies), "language": language}
        return self._put("FUNCTION", full_name, owner, "FUNCTION", **more)

    def add_model(self, full_name, owner):
        return self._put("FUNCTION", full_name, owner, "MODEL")

    def add_volume(self, full_name, owner, volume_type="MANAGED"):
        return self._put("VOLUME", full_name, owner, "VOLUME", volume_type=volume_type)

    def add_external_location(self, name, owner, url, *, isolated=False, workspaces=()):
        more = {"url": url, "isolated": isolated, "workspaces": tuple(workspaces)}
        return self._put("EXTERNAL_LOCATION", name, owner, "EXTERNAL_LOCATION", **more)

    def add_credential(self, name, owner, *, storage=True):
        kind = "STORAGE_CREDENTIAL" if storage else "CREDENTIAL"
        return self._put(kind, name, owner, kind)

    def add_connection(self, name, owner, connection_type="HTTP"):
        return self._put("CONNECTION", name, owner, "CONNECTION", connection_type=connection_type)

    def add_share(self, name, owner):
        return self._put("SHARE", name, owner, "SHARE")

    def drop(self, securable_type, name):
        """Drop a securable, what lies inside, and every row on them; it may be made again under the same name."""
        at = self.place(securable_type, name)
        inside = {s for s in self.kinds if at in reference.above(s)}
        for s in inside:
            del self.kinds[s], self.owners[s], self.details[s]
        self.grants -= {row for row in self.grants if row[2:] in inside}

    def place(self, securable_type, name=""):
        """The securable that a type and a name mean; `METASTORE` needs no name."""
        kind = normalize_type(securable_type)
        return (kind, self.metastore_id if kind == "METASTORE" else canonical_name(name))

    # -- principals --------------------------------------------------------------------------------------------------

    def _person(self, name, kind, **more):
        if name in self.principals or name in self.deleted:
            raise ValueError(f"{name} is there already")
        # UC: ids are numbers, and nothing about them is in order.
        number = str(10_000 + 7919 * (len(self.principals) + len(self.deleted)) % 90_000)
        self.principals[name] = {"id": number, "kind": kind, "active": True, **more}
        return name

    def add_user(self, login, display_name=None, *, token=None):
        self._person(login, "USER", display_name=display_name or login.split("@")[0])
        return self._known_by(login, token)

    def add_service_principal(self, application_id, display_name, *, token=None):
        self._person(application_id, "SERVICE_PRINCIPAL", display_name=display_name)
        return self._known_by(application_id, token)

    def _known_by(self, name, token):
        if token:
            self.tokens[token] = name
        return name

    def add_group(self, name, members=(), *, account=True, assigned=True):
        """Add a group of the account, or of this workspace only; `assigned`: the workspace lists it."""
        self._person(name, "GROUP", account=account, assigned=assigned, display_name=name)
        self.members |= {(name, member) for member in members}
        return name

    def delete_principal(self, name):
        """Delete a principal; its rows stay, and are listed without a name."""
        self.deleted[name] = self.principals.pop(name)["id"]
        self.members = {pair for pair in self.members if name not in pair}

    def spelling(self, principal):
        """A principal as it is written here; names compare without regard to case. None where there is no such."""
        known = {name.casefold(): name for name in (*self.principals, EVERYONE, *self.recipient_names())}
        return known.get(principal.casefold())

    def shown(self, grantee):
        """A grantee as listings show it: one that was deleted has no name any more."""
        return "" if grantee in self.deleted else grantee

    def recipient_names(self):
        return {f"recipient {name}" for name in self.recipients}

    # -- what hangs on securables ------------------------------------------------------------------------------------

    def add_policy(self, policy=None, **fields):
        """Add an attribute-based policy, as REST gives it."""
        self.policies.append({**(policy or {}), **fields})

    def add_tag(self, entity_type, entity_name, key, value=""):
        """Tag something; `entity_type` as REST writes it: catalogs, schemas, tables, columns, volumes."""
        self.tags.append((entity_type, entity_name, key, value))

    def grant(self, principal, privilege, securable_type, name=""):
        """Store a row, whoever may; the privilege may be one that nobody knows."""
        self.grants.add((principal, normalize_privilege(privilege), *self.place(securable_type, name)))

    def revoke(self, principal, privilege, securable_type, name=""):
        """Take a row away, whoever may."""
        self.grants.discard((principal, normalize_privilege(privilege), *self.place(securable_type, name)))

    def change(self, caller, at, changes):
        """Change the rows of a securable, as a request of `caller`: see `live_rights.change`."""
        return live_rights.change(self, caller, at, changes)

    # -- who may what ------------------------------------------------------------------------------------------------

    @property
    def metastore_admin(self):
        return self.owners["METASTORE", self.metastore_id]

    @metastore_admin.setter
    def metastore_admin(self, principal):
        self.owners["METASTORE", self.metastore_id] = principal

    def as_reference(self):
        """This world as the slow and obvious model of access sees it."""
        objects = {at: (kind, self.owners[at]) for at, kind in self.kinds.items()}
        bodies = {
            at: {("SELECT" if kind == "TABLE" else "EXECUTE", kind, name) for kind, name in more["dependencies"]}
            for at, more in self.details.items()
            if more.get("dependencies")
        }
        return reference.World(objects, self.grants, self.members, bodies)

    def recall(self, key, compute):
        """What `compute` gives of this state; computed once for each state."""
        mark = (frozenset(self.grants), frozenset(self.members), tuple(self.owners.items()), self.metadata_of_metastore)
        with self.lock:
            if mark != self._mark:
                self._mark, self._memo = mark, {}
            if key not in self._memo:
                self._memo[key] = compute()
            return self._memo[key]

    def groups(self, principal):
        return self.recall(("groups", principal), lambda: reference.groups(self, principal))

    def can(self, principal, privilege, at):
        return self.recall(
            ("can", principal, privilege, at),
            lambda: reference.can(self.as_reference(), principal, privilege, at),
        )

    def usable(self, principal, privilege, at):
        return self.recall(
            ("usable", principal, privilege, at),
            lambda: reference.usable(self.as_reference(), principal, privilege, at),
        )

    # -- system tables -----------------------------------------------------------------------------------------------

    def rows_of(self, table, principal):
        """A system table (`access.audit`) as a principal sees it: tags come of what it sees, logs are whole."""
        if table in self.system or not table.startswith("information_schema."):
            return self.system.get(table)
        return tags_of(self, table, principal) if table in SCHEMAS else None

    def append(self, table, rows):
        """Append rows to a system table; what a row leaves out is NULL."""
        self.system[table] = pa.concat_tables([self.system[table], table_of(table, rows)])


def rest_name(name):
    """A name as paths write it: nothing is quoted there."""
    return ".".join(split_name(name))


def from_rest(name):
    """A name as paths write it, as the world does."""
    return canonical_name(".".join(quote(part) for part in name.split(".")))


def _pairs(dependencies):
    return tuple((("TABLE", one) if isinstance(one, str) else tuple(one)) for one in dependencies)
