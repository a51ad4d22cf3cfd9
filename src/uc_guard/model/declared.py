"""What a repository declares: who is to have what, the agents and their statements, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uc_guard.model.finding import Place

GRANT = "grant"
REVOKE = "revoke"
VERBS = (
    GRANT, REVOKE, "owner", "use", "mask", "unmask", "filter", "unfilter", "policy", "exempt", "unpolicy",
)  # fmt: skip
ORIGINS = ("sql", "terraform", "bundle", "mlflow", "manifest")
AUTHORITIES = ("principal", "securable")


@dataclass(frozen=True, slots=True)
class Stated:
    """One thing that a file says of access.

    Attributes:
        verb: One of `VERBS`: `use` says that an agent uses it, `exempt` that a policy spares the principal.
        principal: As written; None where nobody is named.
        privilege: Underscore form; OWNER for an owner; None where none is named.
        securable_type: As grants know it.
        securable: Full name; as written where a part is not known.
        place: Where it stands.
        origin: One of `ORIGINS`.
        function: Function of a mask, filter or policy; None where none is named.
        on_column: The masked or used column; None where none is named.
        authority: What else the declaration takes away: `securable`, whatever anybody else has on it; `principal`,
            whatever else the principal has on it; None: nothing.
        is_resolved: False where a part is filled in elsewhere: by a template, a variable, a session.
    """

    verb: str
    principal: str | None
    privilege: str | None
    securable_type: str
    securable: str
    place: Place
    origin: str
    function: str | None = None
    on_column: str | None = None
    authority: str | None = None
    is_resolved: bool = True


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that an agent is declared to run.

    Attributes:
        principal: Whom the agent runs as.
        text: One statement, SQL; hostile.
        place: Where it stands.
        session: Those of one number are run one after the other, in one session.
        catalog: Catalog that its names start from; None where not given.
        schema: Schema that its names start from; None where not given.
    """

    principal: str
    text: str
    place: Place
    session: int = 0
    catalog: str | None = None
    schema: str | None = None


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent, as its manifest declares it.

    Attributes:
        principal: Whom it runs as.
        purpose: What it is for, one sentence.
        owner: Who answers for it.
        place: Where the manifest names the principal.
    """

    principal: str
    purpose: str
    owner: str
    place: Place


@dataclass(frozen=True, slots=True)
class Unread:
    """Something in a file that could not be read or understood.

    Attributes:
        reason: Stable code, one of `UNREAD`.
        message: One sentence with the facts.
        mend: What to do about it.
        place: Where.
    """

    reason: str
    message: str
    mend: str
    place: Place


UNREAD: dict[str, str] = {
    "syntax": "write it as the manual of Databricks SQL has it; what is not read is not checked",
    "unclosed": "close the string, name or comment: what follows it is not read",
    "dynamic-statement": "write the statement out, or declare what it grants in a file that can be read",
    "deny": "`DENY` means nothing in Unity Catalog: use a policy, or do not grant it",
    "unknown-type": "correct the type of the securable, or take a newer uc_guard",
    "unknown-privilege": "correct the name of the privilege, or take a newer uc_guard",
    "not-literal": "lint the output of `terraform show -json` beside it: there it is filled in",
    "not-python": "correct the code; what is not parsed is not checked",
    "not-yaml": "correct the file; what is not parsed is not checked",
    "not-json": "write it anew; what is not parsed is not checked",
    "not-hcl": "correct the file, or lint the output of `terraform show -json`",
    "not-text": "save it as UTF-8",
    "too-large": "split it, or leave it out",
    "too-deep": "nest it less deeply",
    "no-access": "make it readable",
    "wrong-key": "correct the key",
    "wrong-value": "correct the value",
    "missing-key": "add it",
    "nothing-known": "give files of a kind that can be read; the reference page lists them",
}
"""What mends each reason of `Unread`."""
