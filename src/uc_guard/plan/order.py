"""The order of the statements: access is given before it is taken, so that nothing needed is ever missing."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from uc_guard.model.plan import Row, Statement
from uc_guard.model.privilege import ALL_PRIVILEGES, PRIVILEGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Site = tuple[str, str, str]
"""Where rows share a statement: grantee, securable type, securable."""

_DEPTH = {"CATALOG": 0, "SCHEMA": 1}


def arrange(
    going: Iterable[Row], coming: Iterable[Row], stripped: Iterable[Row], why: Mapping[Row, str]
) -> tuple[Statement, ...]:
    """Put the changes into statements, in the order in which to run them.

    1. GRANT, containers before what lies in them. 2. REVOKE, what lies in containers before them, USE at the very end.
    REVOKE ALL PRIVILEGES may strip rows that it implies: what goes on that securable goes before it, what stays or
    comes is granted after it.

    Args:
        going: Rows to remove.
        coming: Rows to add.
        stripped: Rows that stay, and that a REVOKE ALL PRIVILEGES of the plan may strip.
        why: The reason of each row.
    """
    out, new, back = _by_site(going), _by_site(coming), _by_site(stripped)
    alls = {site for site, words in out.items() if ALL_PRIVILEGES in words}
    # INVARIANT: what waits for its site's REVOKE ALL PRIVILEGES is given by ALL PRIVILEGES until then.
    late = {site: {word for word in new.get(site, ()) if PRIVILEGES[word].in_all} for site in alls}
    early = {site: words - late.get(site, set()) for site, words in new.items()}
    first = sorted((site for site in early if early[site]), key=lambda site: (_depth(site), site))
    statements = [_statement("GRANT", site, early[site], why) for site in first]
    for site in sorted(out, key=lambda site: (_stage(site, out[site]), site)):
        named = out[site] - {ALL_PRIVILEGES}
        if named:
            statements.append(_statement("REVOKE", site, named, why))
        if site in alls:
            statements.append(_statement("REVOKE", site, {ALL_PRIVILEGES}, why))
            after = late[site] | back.get(site, set())
            statements += [_statement("GRANT", site, after, why)] if after else []
    return tuple(statements)


def invert(statements: Iterable[Statement], stored: Iterable[Row]) -> tuple[Statement, ...]:
    """Give the statements that undo these: verbs swapped, last first, and what is given back before what is taken.

    Args:
        statements: A plan's.
        stored: Rows of the snapshot that the plan grants again; they are not undone.
    """
    keep = frozenset(stored)
    undone = [_undo(statement, keep) for statement in reversed(tuple(statements))]
    found = [statement for statement in undone if statement.privileges]
    return tuple(sorted(found, key=lambda statement: statement.verb))


def _undo(statement: Statement, keep: frozenset[Row]) -> Statement:
    granted = statement.verb == "GRANT"
    words: Iterable[str] = statement.privileges
    if granted and keep:
        words = [row.privilege for row in statement.rows if row not in keep]
    reason = "takes back what the plan granted" if granted else "gives back what the plan revoked"
    site = (statement.grantee, statement.securable_type, statement.securable)
    return _made("REVOKE" if granted else "GRANT", site, words, reason)


def _by_site(rows: Iterable[Row]) -> dict[Site, set[str]]:
    sites: dict[Site, set[str]] = defaultdict(set)
    for row in rows:
        sites[row.grantee, row.securable_type, row.securable].add(row.privilege)
    return dict(sites)


def _depth(site: Site) -> int:
    return _DEPTH.get(site[1], 2)


def _stage(site: Site, words: set[str]) -> tuple[bool, int]:
    return any(word.startswith("USE_") or word == ALL_PRIVILEGES for word in words) and _depth(site) < 2, -_depth(site)


def _statement(verb: str, site: Site, words: Iterable[str], why: Mapping[Row, str]) -> Statement:
    grantee, kind, name = site
    ordered = sorted(words)
    reasons = dict.fromkeys([why[Row(grantee, word, kind, name)] for word in ordered])
    return _made(verb, site, ordered, "; ".join(reasons))


def _made(verb: str, site: Site, words: Iterable[str], reason: str) -> Statement:
    grantee, kind, name = site
    return Statement(verb, tuple(sorted(words)), kind, name, grantee, reason)
