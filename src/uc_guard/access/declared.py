"""Declared, granted, used: what files say principals are to have, held against a workspace, its log and a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.access.effective import PAIR, SECURABLE, ancestors, can
from uc_guard.access.justification import justification
from uc_guard.model.privilege import ALL_PRIVILEGES, EVERYONE, OWNER, implied, owned

if TYPE_CHECKING:
    from collections.abc import Collection

    from uc_guard.access.effective import World

_GIVING = ("grant", "owner", "use")
_KEPT = ("MANAGE", "EXTERNAL_USE_SCHEMA", "EXTERNAL_USE_LOCATION", "READ_METADATA", OWNER)
_PLACE = ("origin", "path", "line", "column", "end_line", "end_column", "source")


def compare_declared(
    declarations: pl.DataFrame,
    *,
    home: World | None = None,
    needs: pl.DataFrame | None = None,
    subjects: Collection[str] = (),
    locked: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Hold what files declare against whatever else is at hand.

    Args:
        declarations: Contract DECLARATIONS.
        home: The workspace; None where none is at hand.
        needs: The columns of PAIR: what is needed, by the log or by declared statements; None where neither is known.
        subjects: The principals whose needs are known.
        locked: The columns of PAIR: what the lock allows; None where there is no lock.

    Returns:
        Contract DECLARED: first what files declare, in their order, then what only the workspace grants to a principal
        that files give something, or on a securable that a file claims whole.
    """
    said = _said(declarations)
    rows = said.select(*PAIR, *_PLACE, "is_resolved")
    if home is not None:
        rows = pl.concat([rows, _only_granted(declarations, said, home)])
    rows = rows.with_row_index("row")
    flags = {
        "granted": None if home is None else _granted(rows, home),
        "used": None if needs is None else _covered(rows, needs, subjects, wide=True),
        "locked": None if locked is None else _covered(rows, locked, locked["principal"].unique(), wide=False),
    }
    for name, flag in flags.items():
        unknown = rows.with_columns(pl.lit(None, pl.Boolean).alias(name))
        rows = unknown if flag is None else rows.join(flag.rename({"is": name}), on="row", how="left").sort("row")
    return _justified(rows).select(*tables.DECLARED.columns)


def _justified(rows: pl.DataFrame) -> pl.DataFrame:
    """Add what would justify each row that the lock does not allow."""
    told = [
        justification(privilege, kind, name) if locked is False else None
        for privilege, kind, name, locked in rows.select("privilege", *SECURABLE, "locked").iter_rows()
    ]
    return rows.with_columns(justified_by=pl.Series(told, dtype=pl.String))


def _said(declarations: pl.DataFrame) -> pl.DataFrame:
    """Give what is declared and not taken back further down in the same file."""
    numbered = declarations.with_row_index("at")
    gives = numbered.filter(
        pl.col("verb").is_in(_GIVING), pl.col("principal").is_not_null(), pl.col("privilege").is_not_null()
    )
    takes = numbered.filter(pl.col("verb") == "revoke").select("at", "path", *PAIR)
    key = ["path", "principal", *SECURABLE]
    later = gives.filter(pl.col("verb") == "grant").join(takes, on=key, suffix="_taken")
    every = (pl.col("privilege_taken") == ALL_PRIVILEGES) & ~pl.col("privilege").is_in(_KEPT)
    later = later.filter(pl.col("at_taken") > pl.col("at"), every | (pl.col("privilege") == pl.col("privilege_taken")))
    return gives.join(later.select("at").unique(), on="at", how="anti").sort("at")


def _only_granted(declarations: pl.DataFrame, said: pl.DataFrame, home: World) -> pl.DataFrame:
    """Give the rows of the workspace that no file declares, of the principals and securables that files speak for."""
    stored = home.rows.select(principal="grantee", privilege="by", securable_type="at_type", securable="at")
    claims = declarations.filter(pl.col("authority") == "securable").select(SECURABLE).unique()
    of_principal = stored.join(said.select("principal").unique(), on="principal", how="semi")
    of_claim = stored.filter(pl.col("privilege") != OWNER).join(claims, on=list(SECURABLE), how="semi")
    others = pl.concat([of_principal.filter(pl.col("principal") != EVERYONE), of_claim]).unique()
    others = others.join(said, on=PAIR, how="anti").sort(PAIR)
    nowhere = [pl.lit(None, tables.DECLARED.schema[name]).alias(name) for name in _PLACE]
    return others.select(PAIR).with_columns(*nowhere, is_resolved=pl.lit(value=True))


def _granted(rows: pl.DataFrame, home: World) -> pl.DataFrame:
    """Tell of each row whether the workspace grants it: as it stands, or by something wider or a group."""
    stored = home.rows.select(principal="grantee", privilege="by", securable_type="at_type", securable="at").unique()
    itself = rows.join(stored, on=PAIR, how="semi").select("row")
    wider = rows.join(can(home, rows.select(PAIR).unique()).filter("can"), on=PAIR, how="semi").select("row")
    true = pl.concat([itself, wider]).unique().with_columns(pl.lit(value=True).alias("is"))
    return rows.select("row").join(true, on="row", how="left").with_columns(pl.col("is").fill_null(value=False))


def _covered(rows: pl.DataFrame, pairs: pl.DataFrame, known: Collection[str], *, wide: bool) -> pl.DataFrame:
    """Tell of each row of a known principal whether it meets a pair.

    Args:
        rows: The columns of PAIR, `is_resolved`, and `row`.
        pairs: The columns of PAIR.
        known: Principals whose pairs are known.
        wide: The row gives a pair; else a pair gives the row.
    """
    own = rows.filter(pl.col("principal").is_in(list(known)), "is_resolved")  # a name that is filled in may be any
    inner, outer = (pairs.select(PAIR).unique(), own) if wide else (own, pairs.select(PAIR).unique())
    above = outer.rename({"privilege": "by", "securable_type": "at_type", "securable": "at"})
    met = ancestors(inner).join(above, on=["principal", "at_type", "at"])
    kinds = ["by", "at_type", "securable_type"]
    gives = [(*key, given) for key in met.select(kinds).unique().rows() for given in _gives(*key)]
    schema = dict.fromkeys([*kinds, "privilege"], pl.String)
    met = met.join(pl.DataFrame(gives, schema=schema, orient="row"), on=[*kinds, "privilege"], how="semi")
    true = met.select("row").unique().with_columns(pl.lit(value=True).alias("is"))
    return own.select("row").join(true, on="row", how="left").with_columns(pl.col("is").fill_null(value=False))


def _gives(by: str, at_type: str, on_type: str) -> tuple[str, ...]:
    """Give what a row gives on a securable of a type: itself, on its own."""
    if by == OWNER:
        return (OWNER, *owned(on_type)) if at_type == on_type else ()
    given = implied(by, at_type, on_type)
    return given if at_type != on_type else tuple({by, *given})
