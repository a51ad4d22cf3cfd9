"""Evidence: how often something happened, when first and last, and the ids of the latest three."""

from __future__ import annotations

import polars as pl

_WITNESSES = 3


def latest_first(rows: pl.DataFrame) -> pl.DataFrame:
    """Order rows by `at`, the latest first, and by `id` where times are equal.

    Args:
        rows: Columns `at` and `id`.
    """
    return rows[order_of(rows, descending=True)]


def order_of(rows: pl.DataFrame, *, descending: bool = False) -> pl.Series:
    """Give the indexes of rows in the order of `at`, and of `id`, ascending, where times are equal."""
    order = rows["at"].arg_sort(descending=descending)
    at = rows["at"].gather(order)
    same = (at == at.shift(1)).fill_null(value=False)
    if not same.any():
        return order
    # Rows of equal times stand together: they only change places among themselves, and most rows need no text compared.
    again = (same | same.shift(-1, fill_value=False)).arg_true()
    tied = pl.DataFrame({"at": at.gather(again), "row": order.gather(again)}).with_columns(
        id=rows["id"].gather(order.gather(again))
    )
    return order.scatter(again, tied.sort("at", "id", descending=[descending, False])["row"])


def gather(rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Give the evidence of each group of rows.

    Args:
        rows: Columns `at` and `id` (null = no witness), and those of `by`, in the order of `latest_first`.
        by: What makes a group.

    Returns:
        `by`, `n` (rows), `first_at`, `last_at`, `witnesses`.
    """
    at = pl.col("at")
    witnesses = pl.col("id").drop_nulls().unique(maintain_order=True).head(_WITNESSES)
    return rows.group_by(by).agg(
        pl.len().cast(pl.Int64).alias("n"), at.last().alias("first_at"), at.first().alias("last_at"),
        witnesses.alias("witnesses"),
    )  # fmt: skip


def placed(rows: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Give each row as often as something is told of it.

    Args:
        rows: `fact`, and `group`, a whole number.
        told: `fact` and `step`, each pair once, and more columns. A row counts for the group `group` + `step` of each.

    Returns:
        `group`, `place` (of the row, in their order), and what `told` has more.
    """
    numbered = rows.lazy().select("fact", "group", pl.int_range(pl.len(), dtype=pl.UInt32).alias("place"))
    joined = numbered.join(told.lazy(), on="fact", maintain_order="left")
    return joined.with_columns(pl.col("group") + pl.col("step")).drop("fact", "step").collect()


def gather_placed(held: pl.DataFrame, rows: pl.DataFrame, *more: pl.Expr) -> pl.DataFrame:
    """Give the evidence of each group, as `gather` does, for many rows.

    Args:
        held: What `placed` gives of the rows.
        rows: Columns `at` and `id` (each once), in the order of `latest_first`.
        more: To be worked out for each group, too.

    Returns:
        As `gather`, by `group`, sorted, with `witnessed_at`: when the witnesses were; and what is asked for.
    """
    place = pl.col("place")
    counted = (
        held.lazy()
        .group_by("group")
        .agg(
            pl.len().cast(pl.Int64).alias("n"),
            place.last().alias("first_at"),
            place.first().alias("last_at"),
            place.head(_WITNESSES).alias("witnesses"),
            *more,
        )
        .sort("group")
        .collect()
    )
    at, ids = rows["at"], rows["id"]
    flat = counted["witnesses"].explode()
    lists = counted.select("group", n=pl.col("witnesses").list.len())
    witnesses = (
        lists.select(pl.col("group").repeat_by("n").explode(), id=ids.gather(flat), at=at.gather(flat))
        .group_by("group", maintain_order=True)
        .agg("id", "at")
    )
    return counted.with_columns(
        first_at=at.gather(counted["first_at"]), last_at=at.gather(counted["last_at"]),
        witnesses=witnesses["id"], witnessed_at=witnesses["at"],
    )  # fmt: skip
