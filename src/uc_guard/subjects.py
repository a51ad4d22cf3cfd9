"""Selectors to subjects: the principals under audit."""

from __future__ import annotations

import difflib
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.access.effective import closure
from uc_guard.errors import UnknownName

if TYPE_CHECKING:
    from uc_guard.snapshot import Snapshot

GROUP = "group:"


def select_subjects(snapshot: Snapshot, selectors: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Give the principals that selectors name.

    Args:
        snapshot: The workspace.
        selectors: Names, application ids, display names or globs, compared without case; `group:NAME` is every member
            of a group, nested ones too. Empty = every service principal.

    Returns:
        Principals as grants write them, sorted, never a group.

    Raises:
        UnknownName: when a selector matches nothing.
    """
    principals = snapshot.frame("principals").filter(pl.col("kind") != "GROUP")
    if not selectors:
        return tuple(principals.filter(pl.col("kind") == "SERVICE_PRINCIPAL")["principal"].sort())
    found: set[str] = set()
    for selector in selectors:
        matched = _members(snapshot, selector) if selector.startswith(GROUP) else _named(snapshot, principals, selector)
        if not matched:
            raise UnknownName(_unknown(selector, principals))
        found |= matched
    return tuple(sorted(found))


def _members(snapshot: Snapshot, selector: str) -> set[str]:
    group = selector.removeprefix(GROUP).casefold()
    groups = set(snapshot.frame("principals").filter(pl.col("kind") == "GROUP")["principal"])
    reached = closure(snapshot.frame("members")).filter(pl.col("group").str.to_lowercase() == group)
    return set(reached["principal"]) - groups


def _named(snapshot: Snapshot, principals: pl.DataFrame, selector: str) -> set[str]:
    pattern = selector.casefold()
    names = dict(principals.select("principal", "display_name").iter_rows())
    for name in _bystanding_names(snapshot):
        names.setdefault(name, None)
    return {
        principal
        for principal, display in names.items()
        if fnmatchcase(principal.casefold(), pattern) or (display and fnmatchcase(display.casefold(), pattern))
    }


def _bystanding_names(snapshot: Snapshot) -> set[str]:
    """Give the names that only the log or the grants know: an export without principals can still be audited."""
    groups = set(snapshot.frame("principals").filter(pl.col("kind") == "GROUP")["principal"])
    groups |= set(snapshot.frame("members")["group"]) | {"account users"}
    return (set(snapshot.frame("statements")["principal"]) | set(snapshot.frame("grants")["grantee"])) - groups


def _unknown(selector: str, principals: pl.DataFrame) -> str:
    names = [str(n) for n in (*principals["principal"], *principals["display_name"].drop_nulls())]
    near = difflib.get_close_matches(selector, names, n=3)
    hint = (
        f"near: {', '.join(f'`{n}`' for n in near)}"
        if near
        else "the snapshot's principals are listed by `uc-guard audit --subject '*'`"
    )
    return f"no principal matches `{selector}`; {hint}"
