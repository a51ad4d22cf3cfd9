"""Whom a grantee's rows reach: only the subjects that are judged, or others as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard.access.effective import closure
from uc_guard.model.privilege import EVERYONE

if TYPE_CHECKING:
    from collections.abc import Collection

    from uc_guard.plan.estate import Estate
    from uc_guard.snapshot import Snapshot


def group_names(snapshot: Snapshot) -> pl.Series:
    """Give the names that are groups."""
    kinds = snapshot.frame("principals").filter(pl.col("kind") == "GROUP")["principal"]
    return pl.concat(
        [kinds.alias("group"), snapshot.frame("members")["group"], pl.Series("group", [EVERYONE])]
    ).unique()


def shared(estate: Estate, snapshot: Snapshot, held: Collection[str], acting: pl.Series) -> pl.DataFrame:
    """Tell of each grantee who else stands behind it.

    Args:
        estate: The estate.
        snapshot: The workspace.
        held: Subjects that are left alone.
        acting: Principals with needs of their own: a group that owns a used view is a bystander too.

    Returns:
        `g`, `share` (null = only judged subjects; else everyone, shared-with-bystanders, shared-with-held or
        subject-held) and `bystanders`: the number of principals behind it that are not judged.
    """
    members = snapshot.frame("members")
    names = pl.DataFrame({"principal": estate.grantees}).with_row_index("g")
    below = closure(members.select(group="member", member="group"), names.select("principal"))
    idle = group_names(snapshot).to_frame("group").join(acting.to_frame("group"), on="group", how="anti")
    people = below.join(idle, on="group", how="anti").filter(pl.col("group") != EVERYONE).select("principal", "group")
    kept = pl.Series(sorted(held), dtype=pl.String).implode()
    judged = pl.Series(estate.subjects, dtype=pl.String).implode()
    marked = people.select("principal", bystanders=~pl.col("group").is_in(judged), held=pl.col("group").is_in(kept))
    counts = marked.group_by("principal").agg(pl.col("bystanders", "held").sum())
    own = pl.col("principal").is_in(judged)
    share = (
        pl.when(pl.col("principal") == EVERYONE).then(pl.lit("everyone"))
        .when(pl.col("bystanders") > 0).then(pl.lit("shared-with-bystanders"))
        .when((pl.col("held") > 0) & own).then(pl.lit("subject-held"))
        .when(pl.col("held") > 0).then(pl.lit("shared-with-held"))
    )  # fmt: skip
    found = names.join(counts, on="principal", how="left", maintain_order="left")
    found = found.with_columns(pl.col("bystanders").fill_null(0), pl.col("held").fill_null(0))
    return found.select("g", share=share, bystanders="bystanders")
