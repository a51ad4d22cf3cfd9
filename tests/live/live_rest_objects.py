"""Securables by REST: listings, single ones, and what hangs on them."""

from __future__ import annotations

import live_rights
from live_pages import flag, paged
from live_refusal import denied, invalid, nowhere, unknown
from live_rest_permissions import must_see_all, place
from live_shapes import SHAPES
from live_tags import tagged
from live_world import from_rest, rest_name

LISTINGS = {
    "catalogs": ("CATALOG", "catalogs"),
    "schemas": ("SCHEMA", "schemas"),
    "tables": ("TABLE", "tables"),
    "functions": ("FUNCTION", "functions"),
    "models": ("FUNCTION", "registered_models"),
    "volumes": ("VOLUME", "volumes"),
    "external-locations": ("EXTERNAL_LOCATION", "external_locations"),
    "storage-credentials": ("STORAGE_CREDENTIAL", "storage_credentials"),
    "credentials": ("CREDENTIAL", "credentials"),
    "connections": ("CONNECTION", "connections"),
    "shares": ("SHARE", "shares"),
}
_INSIDE = {"schemas": ("catalog_name",), "models": ()}
_IN_SCHEMA = ("catalog_name", "schema_name")


def listing(site, request, path):
    """A listing of what stands in a catalog or schema, or on the metastore: what the caller sees of it."""
    if path not in LISTINGS:
        raise nowhere(request.path)
    securable_type, key = LISTINGS[path]
    wanted = _INSIDE.get(path, _IN_SCHEMA if securable_type in {"TABLE", "FUNCTION", "VOLUME"} else ())
    inside = _container(site, request, path, wanted)
    found = [
        at for at in sorted(site.world.kinds) if _belongs(site.world, path, at, inside) and _shown(site, request, at)
    ]
    if path == "credentials" and request.query.get("purpose") != "SERVICE":
        found += [at for at in sorted(site.world.kinds) if at[0] == "STORAGE_CREDENTIAL" and _shown(site, request, at)]
        if request.query.get("purpose") == "STORAGE":
            found = [at for at in found if at[0] == "STORAGE_CREDENTIAL"]
    return paged(site, request, key, [_shaped(site, request, path, at) for at in found])


def _container(site, request, path, wanted):
    if path == "models":
        wanted = _IN_SCHEMA if "schema_name" in request.query else ()
    names = [request.query.get(name) for name in wanted]
    if None in names:
        raise invalid(f"{path} needs {' and '.join(wanted)}")
    if not names:
        return None
    try:
        at = ("SCHEMA" if len(names) > 1 else "CATALOG", from_rest(".".join(names)))
    except ValueError:
        raise unknown("SCHEMA" if len(names) > 1 else "CATALOG", ".".join(names)) from None
    _must_see(site, request, at)
    return at


def _belongs(world, path, at, inside):
    model = world.kinds[at] == "MODEL"
    if at[0] != LISTINGS[path][0] or (at[0] == "FUNCTION" and model != (path == "models")):
        return False
    return inside is None or live_rights.above(at)[1:2] == [inside]


def _shown(site, request, at):
    sight = live_rights.sight(site.world, request.principal, at)
    if live_rights.is_unbound(site.world, at):
        return sight == "whole" and flag(request, "include_unbound") and at[0] == "CATALOG"
    return sight == "whole" or (sight == "browse" and flag(request, "include_browse"))


def _must_see(site, request, at):
    if at not in site.world.kinds or live_rights.is_unbound(site.world, at):
        raise unknown(*at)
    sight = live_rights.sight(site.world, request.principal, at)
    if not sight or (sight == "browse" and not flag(request, "include_browse")):
        raise denied("USE_CATALOG" if at[0] == "CATALOG" else "USE_SCHEMA" if at[0] == "SCHEMA" else "BROWSE", *at)


def _shaped(site, request, path, at, *, single=False):
    world = site.world
    parts = rest_name(at[1]).split(".")
    above = dict(zip(("catalog_name", "schema_name"), parts[:-1], strict=False))
    row = {
        "name": parts[-1], **above, "owner": world.owners[at], "metastore_id": world.metastore_id,
        "securable_type": at[0], "created_at": 1_700_000_000_000, "updated_at": 1_700_000_000_000,
    }  # fmt: skip
    if len(parts) > 1:
        row["full_name"] = ".".join(parts)
    if live_rights.sight(world, request.principal, at) == "browse":
        return {**row, "browse_only": True}
    shape = SHAPES["models" if path == "models" else at[0]]
    return {**row, "browse_only": False, **shape(world, at, request, single=single)}


def one(site, request, path, name):
    """A single securable, with what listings leave out."""
    if path not in LISTINGS:
        raise nowhere(request.path)
    at = place(site, LISTINGS[path][0], name)
    if not _belongs(site.world, path, at, None):
        raise unknown(*at)
    _must_see(site, request, at)
    return _shaped(site, request, path, at, single=True)


def metastore(site, request, *named):  # noqa: ARG001 - a route
    world = site.world
    if named and named[0] != world.metastore_id:
        raise unknown("METASTORE", named[0])
    return {
        "metastore_id": world.metastore_id, "name": "here", "owner": world.metastore_admin, "cloud": "aws",
        "region": "here-1", "privilege_model_version": "1.0", "global_metastore_id": f"aws:here-1:{world.metastore_id}",
        "external_access_enabled": False, "delta_sharing_scope": "INTERNAL",
    }  # fmt: skip


def assignment(site, request):  # noqa: ARG001 - a route
    world = site.world
    return {
        "metastore_id": world.metastore_id,
        "workspace_id": world.workspace_id,
        "default_catalog_name": "hive_metastore",
    }


def system_schemas(site, request, metastore_id):
    world = site.world
    if metastore_id != world.metastore_id:
        raise unknown("METASTORE", metastore_id)
    if not live_rights.is_admin(world, request.principal) and request.principal not in world.account_admins:
        raise denied("MANAGE", "METASTORE", metastore_id)
    names = sorted(at[1].split(".")[1] for at in world.kinds if at[0] == "SCHEMA" and at[1].startswith("system."))
    states = {name: "AVAILABLE" if name in world.disabled else "ENABLE_COMPLETED" for name in names}
    return paged(site, request, "schemas", [{"schema": name, "state": state} for name, state in states.items()])


def policies(site, request, kind, name):
    at = place(site, kind, name)
    must_see_all(site, request, at)
    places = live_rights.above(at) if flag(request, "include_inherited") else [at]
    found = [one for one in site.world.policies if _policy_place(one) in places]
    return paged(site, request, "policies", found)


def _policy_place(policy):
    kind, name = policy["on_securable_type"].upper(), policy["on_securable_fullname"]
    return (kind, name if kind == "METASTORE" else from_rest(name))


def bindings(site, request, kind, name):
    at = place(site, kind, name)
    if not live_rights.manages(site.world, request.principal, at):
        raise denied("MANAGE", *at)
    bound = [
        {"workspace_id": number, "binding_type": "BINDING_TYPE_READ_WRITE"}
        for number in site.world.details[at].get("workspaces", ())
    ]
    return paged(site, request, "bindings", bound)


def tags(site, request, entity_type, name):
    if not live_rights.sees(site.world, request.principal, tagged(entity_type, name)):
        raise unknown(*tagged(entity_type, name))
    found = [
        {"entity_type": kind, "entity_name": at, "tag_key": key, "tag_value": value}
        for kind, at, key, value in site.world.tags
        if (kind, at) == (entity_type, name)
    ]
    return paged(site, request, "tag_assignments", found)


def nothing(site, request, last):
    return paged(site, request, last.replace("-", "_"), [], size_key="page_size")
