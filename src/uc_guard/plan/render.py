"""A plan as text for people and machines to run: SQL, the SQL that undoes it, and REST requests."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any

from uc_guard.model.name import quote, quote_name
from uc_guard.model.permissions import permission_changes, permissions_path
from uc_guard.model.privilege import ALL_PRIVILEGES, RECIPIENT, SECURABLE_TYPES, spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from uc_guard.model.plan import MembershipChange, Plan, Statement

_WORD = re.compile(r"[A-Z][A-Z0-9_]*")
_GIVE = "Give what is needed, so that nothing is missing while the rest is taken."
_TAKE = "Take what is not needed; where a GRANT follows on the same securable, run both together."


def render_sql(plan: Plan) -> str:
    """Give the plan as a SQL script: grouped, each statement under the reason for it."""
    return _script(_head(plan), plan.statements, _leaving(plan.memberships))


def render_inverse(plan: Plan) -> str:
    """Give the SQL script that undoes the plan."""
    head = [f"Undoes the uc_guard plan on the grants {plan.baseline}."]
    joins = [
        f"Take {_named(change.membership.member)} into the group {_named(change.membership.group)} again; "
        "SQL cannot: use the account console or SCIM."
        for change in plan.memberships
    ]
    return _script(head, plan.inverse, joins)


def render_rest(plan: Plan) -> list[dict[str, Any]]:
    """Give the plan as REST requests, in order: `method`, `path`, `body`.

    Statements that follow each other on one securable travel in one request: what they do happens at once.
    """
    pieces = groupby(plan.statements, key=lambda statement: (statement.securable_type, statement.securable))
    return [
        {"method": "PATCH", "path": permissions_path(*place), "body": {"changes": _changes(tuple(statements))}}
        for place, statements in pieces
    ]


def render_statement(statement: Statement) -> str:
    """Give one statement as SQL, without a semicolon.

    Raises:
        ValueError: when a privilege or securable type is no word of the grammar; identifiers may hold anything.
    """
    # SAFETY: words are checked against the grammar, everything else passes through `quote`.
    words = ", ".join(_checked(privilege) for privilege in statement.privileges)
    if statement.securable_type not in SECURABLE_TYPES:
        raise ValueError(f"`{statement.securable_type}` is no securable type that a statement could name")
    on = spoken(statement.securable_type)
    if statement.securable_type != "METASTORE":
        on += f" {_place(statement.securable)}"
    to = "TO" if statement.verb == "GRANT" else "FROM"
    whom = quote(statement.grantee)
    if statement.securable_type == "SHARE":
        whom = f"RECIPIENT {quote(statement.grantee.removeprefix(RECIPIENT))}"
    return f"{_checked(statement.verb)} {words} ON {on} {to} {whom}"


def _script(head: list[str], statements: Iterable[Statement], tail: list[str]) -> str:
    lines = [*_comments(head), ""]
    last, title = "", ""
    for statement in statements:
        # A GRANT after the REVOKE ALL PRIVILEGES on its securable belongs to it.
        title = title if title == _TAKE else _GIVE if statement.verb == "GRANT" else _TAKE
        if title != last:
            lines += [*_comments([title]), ""]
            last = title
        lines += [*_about(statement), f"{render_statement(statement)};", ""]
    return "\n".join([*lines, *_comments(tail)]).rstrip("\n") + "\n"


def _head(plan: Plan) -> list[str]:
    gone, count = len(plan.certificates), len(plan.statements)
    proof = "proved to be the least" if plan.optimal else f"no plan gets below {plan.bound.changes} changes"
    return [
        f"uc_guard plan, format {plan.format}, {plan.mode}.",
        f"Judged from {plan.since} to {plan.until}, on the grants {plan.baseline}.",
        f"{len(plan.subjects)} subjects; excess {plan.before.excess:g} before, {plan.after.excess:g} after.",
        f"{count} statements, {plan.after.changes} changes, {gone} rows revoked; {proof}.",
        *(f"Warning: {warning}" for warning in plan.warnings),
    ]


def _leaving(changes: Iterable[MembershipChange]) -> list[str]:
    return [
        f"Then take {_named(change.membership.member)} out of the group {_named(change.membership.group)}: "
        f"{change.reason}. SQL cannot: use the account console or SCIM."
        for change in changes
    ]


def _about(statement: Statement) -> Iterator[str]:
    yield from _comments([statement.reason] if statement.reason else [])
    if statement.gap:
        yield from _comments(
            ["GAP: until the GRANT that follows, something needed is missing. REST does both at once."]
        )
    elif statement.privileges == (ALL_PRIVILEGES,) and statement.verb == "REVOKE":
        yield from _comments(["It may take other rows of this principal on this securable along."])


def _comments(sentences: Iterable[str]) -> list[str]:
    return [f"-- {_tame(sentence)}" for sentence in sentences]


def _tame(text: str) -> str:
    """Give text that cannot leave a line comment, nor mislead who reads it."""
    # SAFETY: a line feed ends a comment, a backslash at the end of the line carries it on to the next line, a semicolon
    # ends a statement for simple splitters, and invisible characters deceive the reader.
    safe = "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in text)
    safe = safe.replace(";", ",").replace("*/", "* /").replace("/*", "/ *")
    return f"{safe} ." if safe.endswith("\\") else safe


def _named(name: str) -> str:
    return f"`{name}`"


def _place(name: str) -> str:
    try:
        return quote_name(name)
    except ValueError:
        return quote(name)  # not a name that the platform could have made; quoted whole it names nothing else


def _checked(word: str) -> str:
    if not _WORD.fullmatch(word):
        raise ValueError(f"`{word}` is no privilege that a statement could name")
    return spoken(word)


def _changes(statements: tuple[Statement, ...]) -> list[dict[str, Any]]:
    add, remove = (
        [row for each in statements if each.verb == verb for row in each.rows] for verb in ("GRANT", "REVOKE")
    )
    return permission_changes(add, remove)
