"""The routes of the REST API: what each answers from a World."""

from __future__ import annotations

import re
from urllib.parse import unquote

from fake_world import METASTORE, Refusal

from uc_guard.model.name import join_name, split_name
from uc_guard.model.privilege import normalize_type

UC = "/api/2.1/unity-catalog"
_LISTED = {
    "catalogs": ("CATALOG", "catalogs"), "schemas": ("SCHEMA", "schemas"), "tables": ("TABLE", "tables"),
    "functions": ("FUNCTION", "functions"), "volumes": ("VOLUME", "volumes"), "models": ("MODEL", "registered_models"),
    "external-locations": ("EXTERNAL_LOCATION", "external_locations"),
    "storage-credentials": ("STORAGE_CREDENTIAL", "storage_credentials"), "credentials": ("CREDENTIAL", "credentials"),
    "connections": ("CONNECTION", "connections"), "shares": ("SHARE", "shares"),
}  # fmt: skip


def route(world, request, page, fault):
    """Give the JSON of an answer, or raise a Refusal."""
    path = request.path
    if path.startswith(UC):
        return _catalog(world, request, path[len(UC) + 1 :].split("/"), page, fault)
    if found := re.fullmatch(r"/api/2\.0/(?:preview|accounts/[^/]+)/scim/v2/(\w+)", path):
        return _scim(world, request, found[1])
    if path == "/api/2.0/sql/history/queries":
        return _history(world, request)
    raise Refusal(404, "ENDPOINT_NOT_FOUND", f"No API found for '{request.method} {path}'")


def _catalog(world, request, parts, page, fault):  # noqa: PLR0911 - one return a route
    me, head, rest = request.principal, parts[0], [unquote(part) for part in parts[1:]]
    if head == "metastore_summary":
        return {"metastore_id": METASTORE[1], "name": "main-metastore", "owner": world.info[METASTORE]["owner"],
                "privilege_model_version": "1.0"}  # fmt: skip
    if head == "current-metastore-assignment":
        return {"metastore_id": METASTORE[1], "workspace_id": world.workspace_id}
    if head == "shares" and rest[1:] == ["permissions"]:
        return _permissions(world, request, ("SHARE", rest[0].lower()), page, fault)
    if head == "permissions" and len(rest) == 2:
        return _permissions(world, request, _site(rest), page, fault)
    if head == "policies":
        return _paged({"policies": list(world.policies.get(_site(rest), ()))}, request, None)
    if head == "bindings":
        site = _site(rest)
        bound = [
            {"workspace_id": w, "binding_type": "BINDING_TYPE_READ_WRITE"}
            for w in world.info[site].get("workspaces", ())
        ]
        return _paged({"bindings": bound}, request, None)
    if head == "entity-tag-assignments":
        found = world.tags.get((rest[0], rest[1]), {})
        rows = [
            {"entity_type": rest[0], "entity_name": rest[1], "tag_key": k, "tag_value": v} for k, v in found.items()
        ]
        return _paged({"tag_assignments": rows}, request, None)
    if head == "metastores" and rest[1:] == ["systemschemas"]:
        return {"schemas": [{"schema": s, "state": "ENABLE_COMPLETED"} for s in ("access", "query")]}
    if head in _LISTED:
        kind, key = _LISTED[head]
        return (
            _one(world, me, head, kind, rest[0])
            if rest
            else _paged({key: _list(world, me, kind, request.query)}, request, page)
        )
    raise Refusal(404, "ENDPOINT_NOT_FOUND", f"No API found for '{request.path}'")


def _site(rest):
    kind = normalize_type(rest[0])
    # The platform's names hold no dots: each dot of a path stands between two parts.
    return (kind, METASTORE[1]) if kind == "METASTORE" else (kind, join_name(rest[1].split(".")))


def _permissions(world, request, site, page, fault):
    if request.method == "PATCH":
        world.change(request.principal, site, request.body["changes"])
        return {"privilege_assignments": _assignments(world, world.listed(request.principal, site))}
    size = int(request.query.get("max_results", 0))
    if 1 <= size < 150:
        raise Refusal(400, "INVALID_PARAMETER_VALUE", "max_results must be 0 or at least 150")
    now = world.grants
    if fault and fault.kind == "stale" and world.states[:-1]:
        world.grants = set(world.states[-2])
    try:
        listed = world.listed(request.principal, site)
    finally:
        world.grants = now
    return _paged({"privilege_assignments": _assignments(world, listed)}, request, page)


def _assignments(world, listed):
    rows = []
    for grantee, words in sorted(listed.items()):
        who = (
            {"principal": "", "principal_id": world.ghosts[grantee]}
            if grantee in world.ghosts
            else {"principal": grantee}
        )
        rows.append({**who, "privileges": sorted(words)})
    return rows


def _paged(answer, request, page):
    """Cut a listing into pages; the first one is empty, as the platform's may be."""
    if not page:
        return answer
    (key, items), token = next(iter(answer.items())), request.query.get("page_token")
    if token is None:
        return {key: [], "next_page_token": "0"}
    start = int(token)
    more = {"next_page_token": str(start + page)} if start + page < len(items) else {}
    return {key: items[start : start + page], **more}


def _list(world, me, kind, query):
    inside = [query[name] for name in ("catalog_name", "schema_name") if name in query]
    prefix = ".".join(inside).lower() + "." if inside else ""
    model = kind == "MODEL"
    kind = "FUNCTION" if model else kind
    found = [site for site in sorted(world.info) if site[0] == kind and site[1].startswith(prefix)]
    found = [s for s in found if kind != "FUNCTION" or (world.info[s]["kind"] == "MODEL") == model]
    return [_shown(world, site) for site in found if world.sees(me, site)]


def _one(world, me, head, kind, name):
    site = ("FUNCTION" if kind == "MODEL" else kind, join_name(name.split(".")))
    if site not in world.info or (kind == "MODEL") != (world.info[site]["kind"] == "MODEL"):
        raise Refusal(404, f"{kind}_DOES_NOT_EXIST", f"{kind} '{name}' does not exist.")
    if not world.sees(me, site):
        raise Refusal(403, "PERMISSION_DENIED", f"User does not have USE CATALOG on Catalog '{name.split('.')[0]}'")
    found = _shown(world, site)
    if head == "tables" and (reads := world.info[site].get("reads")):
        found["view_dependencies"] = {"dependencies": [{"table": {"table_full_name": one}} for one in reads]}
    return found


def _shown(world, site):
    kind, name = site
    one = world.info[site]
    parts = split_name(name)
    found = {"name": parts[-1], "full_name": ".".join(parts), "owner": one["owner"], "created_at": 1_700_000_000_000}
    if kind in ("EXTERNAL_LOCATION", "STORAGE_CREDENTIAL", "CREDENTIAL", "CONNECTION", "SHARE"):
        found |= {"name": name, "options": {"password": "hunter2-secret"}}
    if len(parts) > 1:
        found["catalog_name"] = parts[0]
    if len(parts) > 2:
        found["schema_name"] = parts[1]
    if one.get("isolated"):
        found["isolation_mode"] = "ISOLATED"
    for key in ("table_type", "view_definition", "storage_location", "url", "routine_definition", "row_filter"):
        if key in one:
            found[key] = one[key]
    if kind == "FUNCTION":
        found |= {"routine_body": "SQL", "security_type": "DEFINER", "sql_data_access": "READS_SQL_DATA"}
        reads = [{"table": {"table_full_name": name}} for name in one.get("reads", ())]
        found["routine_dependencies"] = {"dependencies": reads}
    if kind == "TABLE":
        masks = one.get("masks", {})
        found["columns"] = [
            {"name": name, "type_text": text, "position": i, **({"mask": masks[name]} if name in masks else {})}
            for i, (name, text) in enumerate(one["columns"].items())
        ]
    return found


def _scim(world, request, what):
    if what == "Me":
        me = request.principal
        found = {"userName": me, "id": "1"}
        return found | ({"applicationId": me, "displayName": world.agents[me][1]} if me in world.agents else {})
    ref = {**{name: f"Users/{id_}" for name, id_ in world.users.items()},
           **{name: f"ServicePrincipals/{id_}" for name, (id_, _) in world.agents.items()},
           **{name: f"Groups/{id_}" for name, id_ in world.groups.items()}}  # fmt: skip
    rows = {
        "Users": [
            {"id": id_, "userName": name, "displayName": name, "active": True} for name, id_ in world.users.items()
        ],
        "ServicePrincipals": [
            {"id": id_, "applicationId": name, "displayName": display, "active": True}
            for name, (id_, display) in world.agents.items()
        ],
        "Groups": [
            {"id": id_, "displayName": name, "meta": {"resourceType": "Group"}, "members": [
                {"value": ref[m].split("/")[1], "display": m, "$ref": ref[m]}
                for g, m in sorted(world.members) if g == name and m in ref]}
            for name, id_ in world.groups.items()
        ] + [
            {"id": id_, "displayName": name, "meta": {"resourceType": "WorkspaceGroup"}, "members": [
                {"value": ref[m].split("/")[1], "display": m, "$ref": ref[m]} for m in members]}
            for name, (id_, members) in world.local.items()
        ],
    }.get(what)  # fmt: skip
    if rows is None:
        raise Refusal(404, "ENDPOINT_NOT_FOUND", what)
    start, count = int(request.query.get("startIndex", 1)), int(request.query.get("count", 100))
    return {"totalResults": len(rows), "startIndex": start, "Resources": rows[start - 1 : start - 1 + count]}


def _history(world, request):
    query = request.query
    since = int(query.get("filter_by.query_start_time_range.start_time_ms", 0))
    until = int(query.get("filter_by.query_start_time_range.end_time_ms", 1 << 60))
    asked = query.get("filter_by.statuses")
    found = []
    for row in world.system.get("query.history", []):
        ms = int(row["start_time"].timestamp() * 1000)
        if since <= ms <= until and asked in (None, row["execution_status"]):
            found.append({
                "query_id": row["statement_id"], "query_text": row["statement_text"], "status": row["execution_status"],
                "user_name": row["executed_by"], "executed_as_user_name": row["executed_as"],
                "statement_type": row["statement_type"], "error_message": row["error_message"],
                "warehouse_id": "w1", "query_start_time_ms": ms, "client_application": "agent",
            })  # fmt: skip
    start, size = int(query.get("page_token") or 0), int(query.get("max_results") or 100)
    more = start + size < len(found)
    return {
        "res": found[start : start + size],
        "has_next_page": more,
        **({"next_page_token": str(start + size)} if more else {}),
    }
