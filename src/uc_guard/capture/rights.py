"""What the auditor itself may see: whose grants are shown to it in full, and the GRANT that would show the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from uc_guard.model.name import join_name, quote, quote_name, split_name
from uc_guard.model.privilege import EVERYONE, spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SHOWING = ("MANAGE", "READ_METADATA")
"""Privileges of which either shows every grant of a securable, and of what lies inside. UC: who has neither, nor owns
it, is answered with its own rows only, and nothing tells that others are missing."""

_SECURABLE = ("securable_type", "securable")


class Sight(NamedTuple):
    """What the auditor sees.

    Attributes:
        whole: It sees everything of the metastore.
        unseen: Securables whose grants are not shown in full: `securable_type`, `securable`, sorted.
    """

    whole: bool
    unseen: pl.DataFrame


def sight(frames: Mapping[str, pl.DataFrame], names: Iterable[str]) -> Sight:
    """Judge what was shown to us by what we may.

    Args:
        frames: Frames `objects`, `grants` and `members` of a snapshot; one that is missing is empty.
        names: What we are called, and groups that we are known to be in.
    """
    objects = frames["objects"].select(*_SECURABLE, "owner") if "objects" in frames else _NOTHING
    mine = acting_as(frames.get("members"), names)
    grants = frames.get("grants", _NO_GRANTS)
    own = pl.col("grantee").str.to_lowercase().is_in(mine)
    showing = grants.filter(own, pl.col("privilege").is_in(SHOWING)).select(_SECURABLE)
    owned = objects.filter(pl.col("owner").str.to_lowercase().is_in(mine)).select(_SECURABLE)
    open_ = pl.concat([showing, owned]).unique()
    admin = owned.filter(pl.col("securable_type") == "METASTORE").height > 0
    # UC: that READ METADATA on the metastore shows what lies inside is believed where rows of others are really seen.
    reader = showing.filter(pl.col("securable_type") == "METASTORE").height > 0 and grants.filter(~own).height > 0
    if admin or reader:
        return Sight(whole=True, unseen=objects.select(_SECURABLE).head(0))
    up = objects.select(*_SECURABLE, CATALOG=_head(1), SCHEMA=_head(2))
    inside = pl.col("securable_type").is_in(["CATALOG", "SCHEMA", "TABLE", "VOLUME", "FUNCTION"])
    seen = [up.join(open_, on=_SECURABLE, how="semi")]
    for kind in ("CATALOG", "SCHEMA"):
        around = open_.filter(pl.col("securable_type") == kind).select(pl.col("securable").alias(kind))
        seen.append(up.filter(inside).join(around, on=kind, how="semi"))
    unseen = up.join(pl.concat(seen).select(_SECURABLE).unique(), on=_SECURABLE, how="anti").select(_SECURABLE)
    return Sight(whole=False, unseen=unseen.sort(_SECURABLE))


def acting_as(members: pl.DataFrame | None, names: Iterable[str]) -> list[str]:
    """Give ourselves and every group that we are in, directly or not, in lower case."""
    known = {name.lower() for name in names} | {EVERYONE}
    if members is None:
        return sorted(known)
    edges = members.select(pl.col("group", "member").str.to_lowercase())
    while True:
        more = set(edges.filter(pl.col("member").is_in(sorted(known)))["group"]) - known
        if not more:
            return sorted(known)
        known |= more


def grant_text(privileges: Iterable[str], securable_type: str, securable: str, grantee: str) -> str:
    """Give the GRANT of privileges on one securable; `securable` is a canonical full name, empty for the metastore."""
    words = ", ".join(spoken(privilege) for privilege in privileges)
    where = spoken(securable_type) + (f" {quote_name(securable)}" if securable else "")
    return f"GRANT {words} ON {where} TO {quote(grantee)};"


def see_all(grantee: str) -> str:
    """Give the GRANT that shows everything of the metastore."""
    return grant_text(["READ_METADATA"], "METASTORE", "", grantee)


_NOTHING = pl.DataFrame(schema={"securable_type": pl.String, "securable": pl.String, "owner": pl.String})
_NO_GRANTS = pl.DataFrame(
    schema={"grantee": pl.String, "privilege": pl.String, "securable_type": pl.String, "securable": pl.String}
)


def _head(parts: int) -> pl.Expr:
    return pl.col("securable").map_elements(lambda name: join_name(split_name(name)[:parts]), return_dtype=pl.String)
