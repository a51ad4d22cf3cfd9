"""Users, service principals and groups as SCIM writes them: principals, and who is a member of what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import polars as pl

from uc_guard.errors import BadInput, Problem
from uc_guard.read.fields import FILE, may, need, place, shown, take
from uc_guard.read.files import ROW, bad
from uc_guard.read.parts import Part, counted, part

if TYPE_CHECKING:
    from uc_guard.read.files import Raw

_KINDS = {"users": "USER", "groups": "GROUP", "serviceprincipals": "SERVICE_PRINCIPAL"}
_CREATED = may("created_at", "created_at", "createdat", "meta.created", kind="instant")
_ACTIVE = may("active", "active", kind="boolean")
_DISPLAY = may("display_name", "displayname", "display_name", "group_name", kind="text")


@dataclass(frozen=True, slots=True)
class Ref:
    """A member as its group names it, before names are known.

    Attributes:
        group: The group's name.
        id: The member's SCIM id; empty where not given.
        display: What the group calls it; empty where not given.
        kind: USER, GROUP, SERVICE_PRINCIPAL or UNKNOWN.
        file: The file.
        row: The row in it.
    """

    group: str
    id: str
    display: str
    kind: str
    file: str
    row: int


@dataclass(frozen=True, slots=True)
class Identities:
    """What one SCIM file gave.

    Attributes:
        principals: Part of the principals frame.
        ids: Name of each principal by (kind, SCIM id).
        refs: Members named.
    """

    principals: Part
    ids: dict[tuple[str, str], str]
    refs: tuple[Ref, ...] = ()


def read_identities(raw: Raw, source: str) -> Identities:
    """Read one of `users`, `service_principals` and `groups`."""
    if source == "groups" and "members" not in raw.types and {"member", "group"} <= raw.types.keys():
        return _flat(raw)
    if source == "users":
        fields = [need("principal", "username", "user_name", "userprincipalname", "email")]
    elif source == "service_principals":
        # UC: grants name a service principal by its application id, never by its display name.
        fields = [need("principal", "applicationid", "application_id")]
    else:
        fields = [
            need("principal", "displayname", "display_name", "group_name"),
            may("members", "members", kind="json"),
        ]
    frame = take(raw, *fields, may("id", "id"), _DISPLAY, _ACTIVE, _CREATED, may("made_by", "meta.resourceType"))
    # UC: groups of a workspace are no grantees, and may be called like one of the account.
    local = (pl.col("made_by").str.to_lowercase() == "workspacegroup").fill_null(value=False)
    notes = counted(frame.filter(local).height, f"groups of {raw.file} left out: they are of one workspace alone")
    frame = frame.filter(~local)
    kind = {"users": "USER", "service_principals": "SERVICE_PRINCIPAL", "groups": "GROUP"}[source]
    frame = frame.with_columns(pl.lit(kind).alias("kind"), pl.col("active").fill_null(value=True))
    ids = {
        (kind, row["id"]): row["principal"]
        for row in frame.select("id", "principal").iter_rows(named=True)
        if row["id"]
    }
    refs = _refs(raw, frame) if source == "groups" else ()
    return Identities(part("principals", frame, *notes), ids, tuple(refs))


def resolve(given: list[Identities], *, whole: bool) -> list[Part]:
    """Join members with the principals they mean.

    Args:
        given: What the SCIM files gave.
        whole: Whether a groups file was among them: only then is the members frame known.
    """
    ids = {key: name for one in given for key, name in one.ids.items()}
    by_id: dict[str, set[str]] = {}
    for (_, number), name in ids.items():
        by_id.setdefault(number, set()).add(name)
    members: list[dict[str, object]] = []
    strangers: list[dict[str, object]] = []
    kinds: dict[str, set[str]] = {}
    for one in given:
        for name, kind in one.principals.rows.select("principal", "kind").iter_rows():
            kinds.setdefault(name, set()).add(kind)
    lost = 0
    for ref in (ref for one in given for ref in one.refs):
        any_kind = by_id.get(ref.id, set[str]()) if ref.kind == "UNKNOWN" else set[str]()
        name = ids.get((ref.kind, ref.id), next(iter(any_kind)) if len(any_kind) == 1 else "")
        if not name:
            # UC: what a group calls a user or service principal is its display name, not what grants call it.
            name = ref.display or f"{ref.kind.lower()} {ref.id}"
            if ref.kind not in {"UNKNOWN", *kinds.get(name, {ref.kind})}:
                name = f"{ref.kind.lower()} {ref.id or ref.display}"  # something else is called so
            lost += name not in kinds
        members.append({"group": ref.group, "member": name, FILE: ref.file, ROW: ref.row})
        if name not in kinds:
            strangers.append({"principal": name, "kind": ref.kind, "active": True, FILE: ref.file, ROW: ref.row})
    parts = [one.principals for one in given]
    if strangers:
        frame = pl.DataFrame(strangers, infer_schema_length=None)
        unknown = pl.col("kind") == "UNKNOWN"
        parts += [part("principals", frame.filter(~unknown), rank=1), part("principals", frame.filter(unknown), rank=2)]
    if whole:
        frame = pl.DataFrame(members, schema={"group": pl.String, "member": pl.String, FILE: pl.String, ROW: pl.Int64})
        notes = counted(
            lost, "members are in no file of principals: kept as their group calls them, which grants may not"
        )
        parts.append(part("members", frame.unique(["group", "member"], keep="first", maintain_order=True), *notes))
    return parts


def _flat(raw: Raw) -> Identities:
    frame = take(raw, need("principal", "group"), need("member"))
    refs = tuple(
        Ref(row["principal"], "", row["member"], "UNKNOWN", raw.file, row[ROW]) for row in frame.iter_rows(named=True)
    )
    groups = frame.unique("principal", keep="first", maintain_order=True)
    groups = groups.with_columns(pl.lit("GROUP").alias("kind"), pl.lit(value=True).alias("active"))
    return Identities(part("principals", groups), {}, refs)


def _refs(raw: Raw, frame: pl.DataFrame) -> list[Ref]:
    refs: list[Ref] = []
    problems: list[Problem] = []
    for group, members, row in frame.select("principal", "members", ROW).iter_rows():
        try:
            listed = msgspec.json.decode(members or "[]", type=list[dict[str, Any]])
        except msgspec.MsgspecError:
            expected = "a list of {value, display, $ref}"
            problems.append(
                Problem(
                    raw.file, place(row, "members"), shown(members), expected, "export the groups as SCIM gives them"
                )
            )
            continue
        refs += [_ref(group, member, raw.file, row) for member in listed]
    if problems:
        raise BadInput(tuple(problems))
    if unnamed := [ref for ref in refs if not ref.id and not ref.display]:
        raise bad(
            raw.file,
            place(unnamed[0].row, "members"),
            "a member without value and display",
            "an id or a name",
            "export the groups again",
        )
    return refs


def _ref(group: str, member: dict[str, Any], file: str, row: int) -> Ref:
    # UC: the kind of a member stands only in the first part of its `$ref`; newer answers have a `type` too.
    link = str(member.get("$ref") or member.get("ref") or "")
    folder = link.rstrip("/").split("/")[-2].lower() if "/" in link else ""
    said = f"{str(member.get('type') or '').lower().replace('_', '').removesuffix('s')}s"
    kind = _KINDS.get(folder) or _KINDS.get(said) or "UNKNOWN"
    return Ref(group, str(member.get("value") or ""), str(member.get("display") or ""), kind, file, row)
