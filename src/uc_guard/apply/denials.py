"""Denied access as the workspace logs it: by SQL where there is a warehouse, else by the REST history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from uc_guard.errors import WorkspaceError
from uc_guard.model.denial import read_denial
from uc_guard.model.name import canonical_name
from uc_guard.model.privilege import normalize_privilege, normalize_type
from uc_guard.workspace.rest import HISTORY
from uc_guard.workspace.scrub import scrub

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uc_guard.workspace.connect import Workspace

_HISTORY = """
SELECT statement_id AS id, coalesce(executed_as, executed_by) AS principal, error_message AS error, start_time AS at
FROM system.query.history
WHERE start_time >= :since AND execution_status = 'FAILED' AND error_message IS NOT NULL
"""
_AUDIT = """
SELECT event_id AS id, coalesce(identity_metadata.run_as, user_identity.email) AS principal,
  response.error_message AS error, event_time AS at
FROM system.access.audit
WHERE event_time >= :since AND response.error_message IS NOT NULL AND response.status_code IN (401, 403)
"""


@dataclass(frozen=True, slots=True)
class Denied:
    """One refusal that names what was missing.

    Attributes:
        id: Id of the statement or event.
        principal: Who was refused.
        privilege: Underscore form.
        securable_type: As grants know it.
        securable: Full name, canonical.
        at: When, aware.
        said: The message, made fit to be shown.
    """

    id: str
    principal: str
    privilege: str
    securable_type: str
    securable: str
    at: datetime
    said: str


def read_denials(workspace: Workspace, since: datetime) -> tuple[tuple[Denied, ...], tuple[str, ...]]:
    """Read refusals since an instant.

    Returns:
        Refusals that name what was missing, oldest first; and a sentence for each source that could not be read.

    Raises:
        WorkspaceError: where no source could be read at all.
    """
    found: dict[str, Denied] = {}
    blind: list[str] = []
    last: Exception | None = None
    sources = _sources(workspace, since)
    for name, rows in sources.items():
        try:
            for row in rows:
                if (denied := _denied(row)) is not None:
                    found.setdefault(denied.id, denied)
        except WorkspaceError as error:
            blind.append(f"{name}: {error.said}")
            last = error
    if last is not None and len(blind) == len(sources):
        raise last
    return tuple(sorted(found.values(), key=lambda each: (each.at, each.id))), tuple(blind)


def _sources(workspace: Workspace, since: datetime) -> dict[str, Iterator[dict[str, Any]]]:
    # UC: rows of the system tables come within about an hour; the history of the REST API has them at once.
    found = {"the query history of the REST API": _from_rest(workspace, since)}
    if workspace.queries is not None:
        found["system.query.history"] = _from_sql(workspace, _HISTORY, since)
        found["system.access.audit"] = _from_sql(workspace, _AUDIT, since)
    return found


def _from_sql(workspace: Workspace, sql: str, since: datetime) -> Iterator[dict[str, Any]]:
    if workspace.queries is not None:
        for rows in workspace.queries.batches(sql, {"since": since}):
            yield from rows.to_pylist()


def _from_rest(workspace: Workspace, since: datetime) -> Iterator[dict[str, Any]]:
    query = {
        "filter_by.query_start_time_range.start_time_ms": int(since.timestamp() * 1000),
        "filter_by.statuses": "FAILED",
        "max_results": 1000,
    }
    for one in workspace.rest.pages(HISTORY, "res", query):
        yield {
            "id": one.get("query_id"),
            "principal": one.get("executed_as_user_name") or one.get("user_name"),
            "error": one.get("error_message"),
            "at": one.get("query_start_time_ms"),
        }


def _denied(row: dict[str, Any]) -> Denied | None:
    named = read_denial(str(row.get("error") or ""))
    if named is None or not row.get("principal") or not row.get("id"):
        return None
    at = row["at"]
    if not isinstance(at, datetime):
        at = datetime.fromtimestamp(int(at) / 1000, UTC)
    try:
        name = canonical_name(named.name)
    except ValueError:
        return None
    return Denied(
        str(row["id"]),
        str(row["principal"]),
        normalize_privilege(named.privilege),
        normalize_type(named.securable_type),
        name,
        at if at.tzinfo else at.replace(tzinfo=UTC),
        scrub(str(row["error"])),
    )
