"""The statement that mends a finding, where one does."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from uc_guard.model.plan import Statement
from uc_guard.plan.render import render_statement

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _revoke(row: Mapping[str, Any]) -> str:
    principal, grantee = row["principal"], row.get("grantee", row["principal"])
    statement = _spelled("REVOKE", row, grantee)
    if row.get("path") is not None:
        undone = statement is None or row.get("granted") is False
        return (
            "take it out of the file" if undone else f"take it out of the file; where it was run already: {statement};"
        )
    if statement is None:
        return "take it away by hand: no statement is known that does"
    if row.get("origin") == "owner" or grantee == principal:
        return f"{statement};"
    return (
        f"`{grantee}` holds it: take the principal out of it, or, where nobody else of it needs this, run: {statement};"
    )


def _grant(row: Mapping[str, Any]) -> str:
    statement = _spelled("GRANT", row, row["principal"])
    return "grant it by hand: no statement is known that does" if statement is None else f"{statement};"


def _spelled(verb: str, row: Mapping[str, Any], grantee: str) -> str | None:
    try:
        words = (row["privilege"],)
        return render_statement(Statement(verb, words, row["securable_type"], row["securable"], grantee, ""))
    except ValueError:
        return None


STATEMENTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = MappingProxyType({"revoke": _revoke, "grant": _grant})
"""What a remedy may ask for beside facts: `{revoke}` and `{grant}`, of the row that the finding is about."""

ABOUT = ("principal", "privilege", "securable_type", "securable")
"""Facts that a table must have for them."""
