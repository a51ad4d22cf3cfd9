"""What the frames say of each other: securables and principals that only names tell of, circles, and loose ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.name import join_name, split_name
from uc_guard.read.fields import shown
from uc_guard.read.parts import CONTRACTS, RANK, Part
from uc_guard.tables import OBJECTS, PRINCIPALS

if TYPE_CHECKING:
    from collections.abc import Iterable

_EVERYONE = "account users"
_LISTINGS = {
    "CATALOG": "catalogs", "SCHEMA": "schemata", "TABLE": "tables", "FUNCTION": "routines", "VOLUME": "volumes",
    "EXTERNAL_LOCATION": "external_locations",
}  # fmt: skip
_UUID = r"^(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"


def look_over(
    frames: dict[str, pl.DataFrame], parts: list[Part], present: set[str]
) -> tuple[dict[str, pl.DataFrame], list[str]]:
    """Add what follows from names alone, and tell what does not fit together.

    Args:
        frames: Frames of the contracts.
        parts: What each file gave.
        present: Names of the files that were read.

    Returns:
        The frames in the order of the contracts, and sentences for the manifest.
    """
    notes = _dangling(frames, parts, present)
    frames, renamed = _called_by_name(frames)
    notes += renamed
    if "objects" in frames:
        frames = {**frames, "objects": _with_containers(frames["objects"])}
    strangers = _strangers(frames, present)
    if strangers.height:
        known = frames.get("principals", PRINCIPALS.empty())
        frames = {**frames, "principals": pl.concat([known, strangers]).sort("principal")}
        notes.append(_listed("named in grants, owners or logs, but in no file of principals", strangers["principal"]))
    notes += [*_circles(frames), *_case(frames)]
    return {name: frames[name] for name in CONTRACTS if name in frames}, notes


def _dangling(frames: dict[str, pl.DataFrame], parts: list[Part], present: set[str]) -> list[str]:
    """Tell of securables that are named but not listed: dropped since, or hidden from whoever made the listing."""
    own = [
        one.rows.filter(pl.col(RANK) == 0).select("securable_type", "securable")
        for one in parts
        if one.name == "objects"
    ]
    if not own:
        return []
    listed = pl.concat(own)
    notes: list[str] = []
    for name, column in (
        ("grants", "securable"),
        ("row_filters", "table"),
        ("column_masks", "table"),
        ("columns", "table"),
        ("tags", "securable"),
    ):
        if name not in frames:
            continue
        kind = pl.col("securable_type") if column == "securable" else pl.lit("TABLE").alias("securable_type")
        named = frames[name].select(kind, pl.col(column).alias("securable")).unique(maintain_order=True)
        loose = named.join(listed, on=["securable_type", "securable"], how="anti", maintain_order="left")
        for securable_type, listing in _LISTINGS.items():
            names = loose.filter(pl.col("securable_type") == securable_type)["securable"]
            if listing in present and len(names):
                notes.append(_listed(f"named in {name}, but not listed in {listing}", names))
    return notes


def _with_containers(objects: pl.DataFrame) -> pl.DataFrame:
    """Add the schemas and catalogs that only the names of what lies inside tell of."""
    given = [objects]
    for inner, outer in (("", "SCHEMA"), ("SCHEMA", "CATALOG")):
        known = pl.concat(given)
        wanted = pl.col("securable_type") == inner if inner else ~pl.col("securable_type").is_in(["CATALOG", "SCHEMA"])
        names = _parents(known.filter(wanted)["securable"], 2 if inner else 3).unique()
        found = pl.DataFrame({"securable": names}).select(
            pl.lit(outer).alias("securable_type"), "securable", pl.lit(outer).alias("kind")
        )
        new = found.join(known, on=["securable_type", "securable"], how="anti")
        given.append(pl.concat([OBJECTS.empty(), new], how="diagonal"))
    return pl.concat(given).sort(*OBJECTS.key)


def _parents(names: pl.Series, parts: int) -> pl.Series:
    """Give the containers of the names that have this many parts."""
    quoted = names.str.contains("`", literal=True)
    plain = names.filter(~quoted & (names.str.count_matches(".", literal=True) == parts - 1)).str.replace(
        r"\.[^.]*$", ""
    )
    split = [split_name(name) for name in names.filter(quoted)]
    odd = pl.Series([join_name(one[:-1]) for one in split if len(one) == parts], dtype=pl.String)
    return pl.concat([plain.rename(""), odd])


_NAMING = (
    ("grants", "grantee"), ("objects", "owner"), ("members", "group"), ("members", "member"),
    ("statements", "principal"), ("table_lineage", "principal"), ("access_events", "principal"),
)  # fmt: skip
_LOGS = ("statements", "table_lineage", "access_events")


def _called_by_name(frames: dict[str, pl.DataFrame]) -> tuple[dict[str, pl.DataFrame], list[str]]:
    """Call principals as their listings do where others spell them in another letter case, and logs by display name.

    Only where that means one principal: else each stays what it is called.
    """
    known = frames.get("principals", PRINCIPALS.empty())
    listed = {*known["principal"], _EVERYONE}
    by_case = {_EVERYONE: _EVERYONE} | _one_for_each((name.lower(), name) for name in known["principal"])
    shown_as = known.filter(pl.col("kind") == "SERVICE_PRINCIPAL").select("display_name", "principal").drop_nulls()
    by_display = _one_for_each(shown_as.iter_rows())
    told: dict[str, str] = {}
    for frame, column in _NAMING:
        names = frames[frame][column].drop_nulls().unique() if frame in frames else ()
        found = {
            name: means
            for name in names
            if name not in listed
            and (means := by_case.get(name.lower()) or (by_display.get(name) if frame in _LOGS else None))
        }
        if found:
            told |= found
            frames = {**frames, frame: frames[frame].with_columns(pl.col(column).replace(found))}
    if not told:
        return frames, []
    frames = {name: _in_order(frame, name) for name, frame in frames.items()}
    return frames, [_listed("taken for a principal that is listed in another spelling", told)]


def _one_for_each(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    means: dict[str, set[str]] = {}
    for name, principal in pairs:
        means.setdefault(name, set()).add(principal)
    return {name: min(all_) for name, all_ in means.items() if len(all_) == 1}


def _in_order(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Put the rows of a frame into the order of its contract again, each key once."""
    key = CONTRACTS[name].key
    if name == "statements" or not key:
        return frame
    return frame.unique(list(key), keep="first", maintain_order=True).sort(*key)


def _strangers(frames: dict[str, pl.DataFrame], present: set[str]) -> pl.DataFrame:
    """Give principals that only other frames name; their kind is read off the name where no listing could tell."""
    columns = (("grants", "grantee"), ("statements", "principal"), ("objects", "owner"), ("members", "member"))
    named = [frames[name].select(pl.col(column).alias("principal")) for name, column in columns if name in frames]
    if not named:
        return PRINCIPALS.empty()
    known = frames.get("principals", PRINCIPALS.empty()).select("principal")
    names = pl.concat(named).drop_nulls().unique().join(known, on="principal", how="anti")
    # UC: grants name a service principal by its application id, a user by the login e-mail.
    name = pl.col("principal")
    kind = (
        pl.when(name.str.to_lowercase() == _EVERYONE).then(pl.lit("GROUP"))
        .when(name.str.contains(_UUID) & ("service_principals" not in present)).then(pl.lit("SERVICE_PRINCIPAL"))
        .when(name.str.contains(r"^[^@\s]+@[^@\s]+$") & ("users" not in present)).then(pl.lit("USER"))
        .otherwise(pl.lit("UNKNOWN"))
    )  # fmt: skip
    full = names.with_columns(kind.alias("kind"), pl.lit(value=True).alias("active"))
    return pl.concat([PRINCIPALS.empty(), full], how="diagonal").sort("principal")


def _circles(frames: dict[str, pl.DataFrame]) -> list[str]:
    """Tell of groups that contain each other: no error, each then holds what all of them hold."""
    if "members" not in frames:
        return []
    edges = frames["members"]
    own = edges.filter(pl.col("group") == pl.col("member"))
    edges = edges.filter(pl.col("group") != pl.col("member"))
    before = -1
    while edges.height != before:  # take away groups without members or without a group around, until none is left
        before = edges.height
        inner = edges.select(pl.col("group").alias("member")).unique()
        outer = edges.select(pl.col("member").alias("group")).unique()
        edges = edges.join(inner, on="member", how="semi").join(outer, on="group", how="semi")
    notes = [_listed("groups that are members of themselves", own["group"])] if own.height else []
    return (
        [*notes, _listed("groups that contain each other in a circle", edges["group"].unique())]
        if edges.height
        else notes
    )


def _case(frames: dict[str, pl.DataFrame]) -> list[str]:
    if "principals" not in frames:
        return []
    low = pl.col("principal").str.to_lowercase()
    twins = frames["principals"].filter(pl.len().over(low) > 1)["principal"]
    return [_listed("principals whose names differ only in letter case", twins)] if len(twins) else []


def _listed(what: str, names: Iterable[str]) -> str:
    ordered = sorted(names)
    first = ", ".join(shown(name) for name in ordered[:5])
    return f"{what}: {first}{f' and {len(ordered) - 5} more' if len(ordered) > 5 else ''}"
