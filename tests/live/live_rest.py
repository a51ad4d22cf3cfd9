"""The REST API of the fake workspace: from a request to the answer of one route."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

import live_rest_objects
import live_rest_people
import live_rest_permissions
import live_rest_sql
from live_refusal import Refusal, nowhere

UC = "/api/2.1/unity-catalog"
SCIM = "/api/2.0/preview/scim/v2"
ROUTES = [
    (method, re.compile(pattern.replace("{}", "([^/]+)") + "/?"), answer)
    for method, pattern, answer in (
        ("GET", f"{UC}/permissions/{{}}/{{}}", live_rest_permissions.read),
        ("PATCH", f"{UC}/permissions/{{}}/{{}}", live_rest_permissions.change),
        ("GET", f"{UC}/effective-permissions/{{}}/{{}}", live_rest_permissions.read_effective),
        ("GET", f"{UC}/privilege-assignments/{{}}/{{}}", live_rest_permissions.read),
        ("GET", f"{UC}/effective-privilege-assignments/{{}}/{{}}", live_rest_permissions.list_effective),
        ("GET", f"{UC}/shares/{{}}/permissions", live_rest_permissions.read_share),
        ("PATCH", f"{UC}/shares/{{}}/permissions", live_rest_permissions.change_share),
        ("GET", f"{UC}/policies/{{}}/{{}}", live_rest_objects.policies),
        ("GET", f"{UC}/bindings/{{}}/{{}}", live_rest_objects.bindings),
        ("GET", f"{UC}/entity-tag-assignments/{{}}/{{}}/tags", live_rest_objects.tags),
        ("GET", f"{UC}/metastore_summary", live_rest_objects.metastore),
        ("GET", f"{UC}/metastores/{{}}", live_rest_objects.metastore),
        ("GET", f"{UC}/current-metastore-assignment", live_rest_objects.assignment),
        ("GET", f"{UC}/metastores/{{}}/systemschemas", live_rest_objects.system_schemas),
        ("GET", f"{UC}/{{}}", live_rest_objects.listing),
        ("GET", f"{UC}/{{}}/{{}}", live_rest_objects.one),
        ("GET", "/api/2.0/(clean-rooms)", live_rest_objects.nothing),
        ("GET", "/api/2.0/lineage-tracking/(external-metadata)", live_rest_objects.nothing),
        ("GET", f"{SCIM}/Me", live_rest_people.me),
        ("GET", f"{SCIM}/{{}}", live_rest_people.of_workspace),
        ("GET", f"{SCIM}/{{}}/{{}}", live_rest_people.one_of_workspace),
        ("GET", "/api/2.0/accounts/{}/scim/v2/{}", live_rest_people.of_account),
        ("GET", "/api/2.0/sql/history/queries", live_rest_sql.history),
        ("POST", "/api/2.0/sql/statements", live_rest_sql.execute),
        ("GET", "/api/2.0/sql/statements/{}", live_rest_sql.statement),
        ("GET", "/api/2.0/sql/statements/{}/result/chunks/{}", live_rest_sql.chunk),
        ("POST", "/api/2.0/sql/statements/{}/cancel", live_rest_sql.cancel),
    )
]


@dataclass(frozen=True, slots=True)
class Page:
    """How the server pages: `size` items at most, after `empty` pages without any."""

    size: int = 1000
    empty: int = 0


@dataclass
class Site:
    """What the routes know: the world, how it pages, what runs SQL, and the statements that it ran."""

    world: object
    page: Page
    executor: object
    results: dict = field(default_factory=dict)


def answer(site, request):
    """The status and the JSON that a request is answered with."""
    if request.path.startswith("/.well-known/databricks-config"):
        return 200, _config(site.world, request)
    try:
        request.principal = caller(site.world, request)
        with site.world.lock:
            return 200, _routed(site, request)
    except Refusal as refusal:
        return refusal.status, {"error_code": refusal.code, "message": refusal.message}


def caller(world, request):
    """Who a request comes from, by its token.

    Raises:
        Refusal: where it says nobody that we know.
    """
    known = world.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
    if known is None or known in world.deleted:
        raise Refusal(401, "UNAUTHENTICATED", "Credential was not sent or was of an unsupported type")
    return known


def _routed(site, request):
    for method, pattern, route in ROUTES:
        if method == request.method and (found := pattern.fullmatch(request.path)):
            return route(site, request, *[unquote(part) for part in found.groups()])
    raise nowhere(request.path)


def _config(world, request):
    return {
        "oidc_endpoint": f"http://{request.headers.get('Host', '')}/oidc", "account_id": world.account_id,
        "workspace_id": str(world.workspace_id), "cloud": "AWS",
    }  # fmt: skip
