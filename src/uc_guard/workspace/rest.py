"""Calls of a workspace's REST API as raw JSON, patient with what passes and plain about what does not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, cast
from urllib.parse import quote

from uc_guard.errors import AccessDenied, NotThere, Unavailable, Uncertain, WorkspaceError
from uc_guard.model.permissions import CATALOG_API
from uc_guard.workspace.scrub import scrub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SCIM_API = "/api/2.0/preview/scim/v2"
ME = f"{SCIM_API}/Me"
HISTORY = "/api/2.0/sql/history/queries"
_ATTEMPTS = 5
_FIRST_WAIT_S = 0.5
_SCIM_PAGE = 1000
_MEND: dict[type[WorkspaceError], str] = {
    AccessDenied: "run `uc-guard doctor` to see which rights are missing",
    NotThere: "check the name; it may have been dropped meanwhile",
    Unavailable: "run the command again: what was read is kept",
    Uncertain: "run the command again: what was done is found out",
}


class Client(Protocol):
    """What is used of the SDK's `ApiClient`."""

    def do(self, method: str, path: str, *, query: Any = None, headers: Any = None, body: Any = None) -> Any:  # noqa: ANN401 - its own types
        """Send a request, and give the JSON of the answer."""


class Rest:
    """Raw JSON calls. UC: the SDK's own classes lose every privilege and type that their enums do not know."""

    def __init__(
        self,
        client: Client,
        *,
        secrets: tuple[str, ...] = (),
        budget_s: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Make calls through a client.

        Args:
            client: An `ApiClient` of databricks-sdk; it waits itself where it is told to (429, 503, Retry-After).
            secrets: Values that no message may show.
            budget_s: Seconds after which a call that meets passing faults is given up.
            clock: Gives the time in seconds.
            sleep: Waits.
        """
        self._client = client
        self._secrets = secrets
        self._budget_s = budget_s
        self._clock = clock
        self._sleep = sleep

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Read one answer.

        Raises:
            AccessDenied: where we may not.
            NotThere: where there is none.
            Unavailable: where it stays out of reach.
            WorkspaceError: for any other refusal.
        """
        deadline = self._clock() + self._budget_s
        wait = _FIRST_WAIT_S
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._once("GET", path, query, None)
            except (Unavailable, Uncertain):
                if attempt == _ATTEMPTS or self._clock() + wait > deadline:
                    raise
                self._sleep(wait)
                wait *= 2
        raise AssertionError  # pragma: no cover - the last attempt returns or raises

    def patch(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change something, once.

        Raises:
            Uncertain: where nobody can tell whether it was done; read it again.
            AccessDenied, NotThere, WorkspaceError: where it was surely not done.
        """
        return self._once("PATCH", path, None, body)

    def pages(self, path: str, key: str, query: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """Read a listing to its end, page by page.

        Args:
            path: The listing.
            key: Where the items of a page stand in it.
            query: Parameters of the request. UC: `max_results` of 0 asks for the server's own page size; 1 to 149 is an
                error, and leaving it out is going away.
        """
        # UC: a page may be empty and yet name a next one; the last one names none.
        asked = {"max_results": 0, **(query or {})}
        seen: set[str] = set()
        while True:
            page = self.get(path, asked)
            yield from cast("list[dict[str, Any]]", page.get(key) or [])
            token = str(page.get("next_page_token") or "")
            if not token:
                return
            if token in seen:
                raise WorkspaceError(f"GET {path}", "the server gives the same page again and again", "report it")
            seen.add(token)
            asked["page_token"] = token

    def scim(self, path: str, attributes: str) -> Iterator[dict[str, Any]]:
        """Read a SCIM listing to its end: `Users`, `Groups` or `ServicePrincipals`."""
        start, seen = 1, set[str]()
        while True:
            query = {"startIndex": start, "count": _SCIM_PAGE, "attributes": attributes}
            found = cast("list[dict[str, Any]]", self.get(path, query).get("Resources") or [])
            new = [one for one in found if str(one.get("id")) not in seen]
            yield from new
            # UC: it ends with an empty page; one that repeats itself would never end.
            if not new:
                return
            seen.update(str(one.get("id")) for one in new)
            start += len(found)

    def _once(self, method: str, path: str, query: Any, body: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        what = f"{method} {path}"
        try:
            answer = self._client.do(method, path, query=query, headers={"Accept": "application/json"}, body=body)
        except ValueError as error:  # an answer cut in its middle is no JSON
            self._refuse(what, error, Unavailable if method == "GET" else Uncertain)
        except OSError as error:  # the SDK's errors and those of the network, timeouts among them
            self._refuse(what, error, _kind(error, method))
        return cast("dict[str, Any]", answer) if isinstance(answer, dict) else {}

    def _refuse(self, what: str, error: BaseException, kind: type[WorkspaceError]) -> NoReturn:
        told = scrub(str(error) or type(error).__name__, *self._secrets)
        mend = _MEND.get(kind, "read what it says, mend it, and run the command again")
        raise kind(what, told, mend) from None  # SAFETY: the cause may show headers


def call(*parts: str, api: str = CATALOG_API) -> str:
    """Give the path of a call; each part is percent-encoded. UC: the SDK puts names into paths as they are."""
    return "/".join((api, *(quote(part, safe="") for part in parts)))


def _kind(error: OSError, method: str) -> type[WorkspaceError]:
    """Tell what a refusal means. UC: the SDK's errors carry their HTTP status in their class, not in a field."""
    names = {base.__name__ for base in type(error).__mro__}
    if names & {"PermissionDenied", "Unauthenticated"}:
        return AccessDenied
    if "NotFound" in names:
        return NotThere
    passing = {"InternalError", "TemporarilyUnavailable", "DeadlineExceeded", "TooManyRequests", "ResourceConflict"}
    if names & passing or type(error).__name__ == "DatabricksError":  # UC: 502 has no class of its own
        return Unavailable if method == "GET" else Uncertain
    if "DatabricksError" not in names:  # the network's own
        return Unavailable if method == "GET" else Uncertain
    return WorkspaceError
