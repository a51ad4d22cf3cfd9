"""The fact tables: the contract of each, which rules may ask about, and the facts of one lint."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.tables import NAMES, Column, Contract

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS = ("USER", "SERVICE_PRINCIPAL", "GROUP", "UNKNOWN")
CLASSES = ("use", "read", "write", "execute", "file", "create", "admin", "metadata", "all", "owner", "unknown")
"""Classes of privileges: the family of each, and one for ALL PRIVILEGES, ownership, and what nobody knows."""

_PRINCIPAL = Column(pl.String, "login, application id or group name, as grants write it")
_TYPE = Column(pl.String, "securable type, as in grants")
_NAME = Column(pl.String, "full name")
_PRIVILEGE = Column(pl.String, "underscore form; OWNER for ownership")
_CLASS = Column(pl.String, "class of the privilege", among=CLASSES)
_CONTAINER = Column(pl.Boolean, "the securable is a catalog or a schema")
_WINDOW = Column(pl.Int64, "whole days that the log covers")
_SAID = MappingProxyType({
    name: tables.DECLARED.columns[name]
    for name in ("origin", "path", "line", "column", "end_line", "end_column", "source", "granted", "used", "locked")
})  # fmt: skip

HOLDING = Contract(
    "holding",
    "One way in which a principal under audit holds a privilege.",
    {
        **{name: column for name, column in tables.HOLDINGS.columns.items() if name != "path"},
        "class": _CLASS,
        "container": _CONTAINER,
        "covered_by": Column(pl.String, "another row that gives the principal the same", null="no other does"),
        "covered_how": Column(
            pl.String,
            "twin: the same privilege on the same securable; above: by a container, or by ALL PRIVILEGES",
            null="no other does",
            among=("twin", "above"),
        ),
        "planned": Column(pl.Boolean, "the plan takes it away"),
        "granted_days": Column(pl.Int64, "whole days since it was granted", null="not known"),
        "window_days": _WINDOW,
    },
    key=("principal", "privilege", "securable_type", "securable", "grantee"),
)
GRANT = Contract(
    "grant",
    "One privilege row that reaches a principal under audit, or that a file declares.",
    {
        "principal": Column(pl.String, "the grantee"),
        "privilege": Column(pl.String, "underscore form; never OWNER"),
        "class": _CLASS,
        "securable_type": _TYPE,
        "securable": _NAME,
        "container": _CONTAINER,
        "everyone": Column(pl.Boolean, "the grantee is the group of all principals of the account"),
        "agent": Column(
            pl.Boolean,
            "the grantee is an agent: a service principal, an application id, or the principal of a manifest; false: "
            "an e-mail address or a listed user",
            null="not known",
        ),
        "wildcard": Column(pl.Boolean, "the grantee is a pattern, so that nobody knows whom it names"),
        "means": Column(pl.Boolean, "the privilege gives something where it stands"),
        "principal_listed": Column(
            pl.Boolean, "the grantee is in the listing of principals", null="no listing is at hand"
        ),
        "securable_listed": Column(
            pl.Boolean, "the securable is in the listing", null="no listing of its type is at hand"
        ),
        "reaches": Column(pl.Int64, "principals under audit that it reaches", null="no workspace is at hand"),
        **_SAID,
    },
    key=("principal", "privilege", "securable_type", "securable", "path"),
)
_THAT = {
    "open_used": "are sensitive, surely unmasked, and were used",
    "open_idle": "are sensitive, surely unmasked, and were never used",
    "masked_used": "are masked for the principal, and were used",
    "exempt": "a policy would hide, but for an exception for the principal",
    "unsure": "are hidden or not: nobody can tell",
}
_COLUMNS_THAT = {
    name: column
    for key, words in _THAT.items()
    for name, column in (
        (key, Column(pl.Int64, f"number of readable columns that {words}")),
        (f"{key}_columns", Column(pl.String, "the first five of them, and how many more")),
    )
}
EXPOSURE = Contract(
    "exposure",
    "One column that matters and that a principal under audit can read, or has read.",
    {
        "principal": _PRINCIPAL,
        "securable_type": Column(pl.String, "always TABLE"),
        "securable": Column(pl.String, "full name of the table or view"),
        "column": Column(pl.String, "column name, lower case"),
        "readable": Column(pl.Boolean, "usable SELECT on the table today"),
        "used": Column(pl.Boolean, "a statement referred to it"),
        "idle_days": Column(pl.Int64, "whole days from its last use to the window's end", null="never used"),
        "sensitive": Column(pl.Boolean, "it carries a sensitive tag, or somebody masks it"),
        "tags": Column(pl.String, "its tags, joined by commas; empty where none"),
        "masked": Column(pl.Boolean, "a mask surely applies to this principal"),
        "masks": Column(pl.Int64, "number of masks that surely apply"),
        "filters": Column(pl.Int64, "number of row filters that surely apply"),
        "unsure": Column(pl.Int64, "number of masks and filters of which nobody can tell whether they apply"),
        "hidden_by": Column(pl.String, "what hides it, joined by commas; empty where nothing does"),
        "exempt": Column(pl.Int64, "number of policies that would hide it, but spare this principal"),
        "exempt_from": Column(pl.String, "their names, joined by commas; empty where none"),
    },
    key=("principal", "securable", "column"),
)
READING = Contract(
    "reading",
    "One table with columns that matter, which a principal under audit can read or has read.",
    {
        "principal": _PRINCIPAL,
        "securable_type": Column(pl.String, "always TABLE"),
        "securable": Column(pl.String, "full name of the table or view"),
        "tags": Column(pl.String, "tags of its sensitive columns, joined by commas; empty where none"),
        **_COLUMNS_THAT,
    },
    key=("principal", "securable"),
)
BYPASS = Contract(
    "bypass",
    "One way round a mask or row filter that a principal under audit can take.",
    {
        "principal": _PRINCIPAL,
        "securable_type": _TYPE,
        "securable": Column(pl.String, "full name of what it reads instead"),
        "how": Column(
            pl.String,
            "copy: a table written from the protected one; materialized: a materialized view; view; function",
            among=("copy", "materialized", "view", "function"),
        ),
        "protected": Column(pl.String, "full name of the protected table"),
        "column": Column(pl.String, "the protected column", null="a row filter protects the whole table"),
        "hidden_by": Column(pl.String, "what hides it there"),
        "used": Column(pl.Boolean, "the principal used it in the window"),
    },
    key=("principal", "securable", "how", "protected", "column"),
)
POWER = Contract(
    "power",
    "One way in which a principal under audit could give itself more than it holds.",
    {
        "principal": _PRINCIPAL,
        "how": Column(
            pl.String,
            "owner: it owns a container; manage: it holds MANAGE; policy: a GRANT policy names it; "
            "function: it commands a function that masks or filters; protection: it commands a table that is masked "
            "or filtered",
            among=("owner", "manage", "policy", "function", "protection"),
        ),
        "privilege": Column(pl.String, "OWNER or MANAGE", null="a policy gives it"),
        "securable_type": _TYPE,
        "securable": _NAME,
        "inside": Column(pl.Int64, "securables that it could open to itself; tables that are protected by it"),
        "through": Column(pl.String, "the groups on the way, joined by `in`; empty where none"),
    },
    key=("principal", "how", "privilege", "securable_type", "securable"),
)
SHORTFALL = Contract(
    "shortfall",
    "One privilege that a principal was denied, or needs and does not hold.",
    {
        "principal": _PRINCIPAL,
        "privilege": _PRIVILEGE,
        "securable_type": _TYPE,
        "securable": _NAME,
        "evidence": Column(
            pl.String,
            "denied: the platform said so; needed: used, yet nothing gives it; "
            "owner: a view or routine that others use reads it, and its owner lacks it",
            among=("denied", "needed", "owner"),
        ),
        "ran": Column(pl.Boolean, "something that needs it ran; false: it was only tried"),
        "denied": Column(pl.Boolean, "the platform refused this very privilege"),
        "uses": Column(pl.Int64, "number of statements or events"),
        "idle_days": Column(pl.Int64, "whole days from the last of them to the window's end", null="not dated"),
    },
    key=("principal", "privilege", "securable_type", "securable", "evidence"),
)
PRINCIPAL = Contract(
    "principal",
    "One principal under audit, or a person whose privileges a service principal's statements used.",
    {
        "principal": _PRINCIPAL,
        "kind": Column(pl.String, "what it is", among=_KINDS),
        "subject": Column(pl.Boolean, "it is under audit"),
        "active": Column(pl.Boolean, "may sign in", null="not known"),
        "age_days": Column(pl.Int64, "whole days since it was made", null="not known"),
        "statements": Column(pl.Int64, "logged statements that ran with its privileges"),
        "opaque": Column(pl.Int64, "of them, not understood in full"),
        "opaque_share": Column(pl.Float64, "their share, 0 to 1"),
        "denied": Column(pl.Int64, "of them, refused for a missing privilege"),
        "denied_on": Column(pl.Int64, "distinct securables that were refused to it"),
        "idle_days": Column(pl.Int64, "whole days from the last of them to the window's end", null="none"),
        "uses": Column(pl.Int64, "uses that any source shows: statements, lineage, audit events"),
        "window_days": _WINDOW,
        "held": Column(pl.Int64, "pairs of privilege and securable that it holds"),
        "may": Column(pl.Int64, "of them, needed or perhaps needed"),
        "after": Column(pl.Int64, "pairs that it holds once the plan has run"),
        "owns": Column(pl.Int64, "securables that it owns itself"),
        "sensitive": Column(pl.Int64, "sensitive columns that it can read unmasked"),
        "senders": Column(pl.Int64, "others that sent statements which ran with its privileges"),
        "people": Column(pl.Int64, "of them, users"),
        "agents": Column(pl.Int64, "of them, service principals"),
        "clients": Column(pl.Int64, "distinct client applications of its statements"),
    },
    key=("principal",),
)
SOURCE = Contract(
    "source",
    "One frame that a snapshot may hold.",
    {
        "source": Column(pl.String, "its name"),
        "present": Column(pl.Boolean, "it was read"),
        "complete": Column(pl.Boolean, "nothing of it is missing", null="it was not read"),
        "needed": Column(pl.Boolean, "the audit misses it, or misses parts of it"),
        "stale_days": Column(pl.Int64, "whole days from its newest row to the window's end", null="no dated row"),
        "note": Column(pl.String, "what its reader noted; empty where nothing"),
    },
    key=("source",),
)
AUDIT = Contract(
    "audit",
    "The audit itself: one row.",
    {
        "window_days": _WINDOW,
        "min_window_days": Column(pl.Int64, "days below which nothing is revoked, a setting"),
        "age_days": Column(pl.Int64, "whole days from the window's end to today"),
        "taken_days": Column(pl.Int64, "whole days since grants and objects were read"),
        "subjects": Column(pl.Int64, "principals under audit"),
        "statements": Column(pl.Int64, "their statements"),
        "opaque_share": Column(pl.Float64, "share of them that was not understood in full, 0 to 1"),
        "held": Column(pl.Int64, "principals that the plan leaves alone as a whole"),
    },
)
DECLARED = Contract(
    "declared",
    tables.DECLARED.doc,
    {
        **tables.DECLARED.columns,
        "class": _CLASS,
        "container": _CONTAINER,
        "declared": Column(pl.Boolean, "a file says it"),
        "agent": GRANT.columns["agent"],
    },
    key=("principal", "privilege", "securable_type", "securable", "path"),
)
DECLARATION = Contract(
    "declaration",
    tables.DECLARATIONS.doc,
    dict(tables.DECLARATIONS.columns),
    key=("verb", "principal", "privilege", "securable_type", "securable", "on_column", "function", "path"),
)
UNREAD = Contract(
    "unread",
    "Something in a file that could not be read or understood, and so was not judged.",
    {
        "reason": Column(pl.String, "stable code"),
        "message": Column(pl.String, "one sentence with the facts"),
        "mend": Column(pl.String, "what to do about it"),
        **{name: _SAID[name] for name in ("path", "line", "column", "end_line", "end_column", "source")},
    },
    key=("reason", "message", "path"),
)
EXEMPTION = Contract(
    "exemption",
    "One exemption of the settings.",
    {
        "rule": Column(pl.String, "code or name of the rule; empty = any"),
        "privilege": Column(pl.String, "underscore form; empty = any"),
        "principal": Column(pl.String, "glob over principals"),
        "securable": Column(pl.String, "glob over full names"),
        "owner": Column(pl.String, "who answers for it"),
        "reason": Column(pl.String, "why"),
        "until": Column(pl.String, "last day that it holds, ISO 8601"),
        "days_left": Column(pl.Int64, "days from today to that day; negative once it has expired"),
        "matched": Column(pl.Int64, "findings that it covers, or would cover had it not expired"),
    },
    key=("rule", "privilege", "principal", "securable"),
)

TABLES: Mapping[str, Contract] = MappingProxyType(
    {
        contract.name: contract
        for contract in (
            HOLDING, GRANT, EXPOSURE, READING, BYPASS, POWER, SHORTFALL, PRINCIPAL, SOURCE, AUDIT, DECLARED,
            DECLARATION, UNREAD, EXEMPTION,
        )
    }
)  # fmt: skip
"""Fact tables by name, in the order of their reference page. A new need of a rule is a new fact here."""

NO_WORKSPACE = "it is about a workspace: give a snapshot or a folder of exports"
NO_FILES = "it is about files that declare grants: give their paths"


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """The facts of one lint.

    Attributes:
        frames: Frame by the name of its table; one that is not there is not known, which is not empty.
        lacking: Why a table is not there, by its name.
        names: What people call a principal, by principal.
    """

    frames: Mapping[str, pl.DataFrame]
    lacking: Mapping[str, str] = field(default_factory=dict[str, str])
    names: Mapping[str, str] = field(default_factory=dict[str, str])


def list_of(column: str) -> pl.Expr:
    """Give a list of names as one text."""
    return pl.col(column).cast(NAMES).list.sort().list.join(", ")
