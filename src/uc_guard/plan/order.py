"""The order of the statements: access is given before it is taken, so that nothing needed is ever missing."""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.plan import Row, Statement
from uc_guard.plan.estate import texts

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from uc_guard.plan.estate import Estate

_SITE = ("g", "s")
"""Where rows share a statement: the numbers of a grantee and a securable, which sort as their names do."""
_PLACE = ("step", "rank", *_SITE, "turn")
"""What the statements are sorted by; rows that agree in it travel together."""
_LATE = 2
"""The turn of what is granted after its site's REVOKE ALL PRIVILEGES; that comes in turn 1, any other REVOKE in 0."""


def arrange(estate: Estate, going: pl.DataFrame, coming: pl.DataFrame, back: pl.DataFrame) -> pl.DataFrame:
    """Put the changes into statements, in the order in which to run them.

    1. GRANT, containers before what lies in them. 2. REVOKE, what lies in containers before them, USE at the very end.
    REVOKE ALL PRIVILEGES may strip rows that it implies: what goes on that securable goes before it, what stays or
    comes is granted after it.

    Args:
        estate: The estate.
        going: Rows to remove: `g`, `v`, `s` and `why`.
        coming: Rows to add, as `going`.
        back: Rows that stay, and that a REVOKE ALL PRIVILEGES of the plan may strip; as `going`.

    Returns:
        One row for each row of a statement, in order: `k` (the statement's number), `verb`, `g`, `v`, `s`, `why` and
        `late`: the statement is the GRANT after the REVOKE ALL PRIVILEGES of its site.
    """
    columns = (*_SITE, "v", "why")
    is_all = pl.col("v") == estate.all_word
    alls = going.filter(is_all).select(_SITE)
    # INVARIANT: what waits for its site's REVOKE ALL PRIVILEGES is given by ALL PRIVILEGES until then.
    waits = coming.filter(estate.word("in_all", coming["v"])).join(alls, on=_SITE, how="semi")
    early = coming.join(waits, on=[*_SITE, "v"], how="anti")
    depth = pl.lit(estate.places["securable_type"].replace_strict({"CATALOG": 0, "SCHEMA": 1}, default=2))
    first = early.select(*columns, step=pl.lit(0), rank=depth.gather(pl.col("s")), turn=pl.lit(0))
    revoked = going.select(*columns, step=pl.lit(1), turn=pl.when(is_all).then(1).otherwise(0))
    after = pl.concat([part.select(columns) for part in (waits, back)]).unique([*_SITE, "v"], keep="last")
    after = after.join(alls, on=_SITE, how="semi").with_columns(step=pl.lit(1), turn=pl.lit(_LATE))
    second = pl.concat([revoked, after.select(revoked.columns)]).join(_ranks(estate, going, depth), on=_SITE)
    ordered = pl.concat([first, second.select(first.columns)]).sort(*_PLACE, "v")
    new = pl.any_horizontal(pl.col(name) != pl.col(name).shift() for name in _PLACE).fill_null(value=False)
    late = pl.col("turn") == _LATE
    verb = pl.when((pl.col("step") == 0) | late).then(pl.lit("GRANT")).otherwise(pl.lit("REVOKE"))
    return ordered.select("v", *_SITE, "why", k=new.cum_sum(), verb=verb, late=late)


def _ranks(estate: Estate, going: pl.DataFrame, depth: pl.Expr) -> pl.DataFrame:
    """Give the turn of each securable that something is revoked on: the deepest first, USE on containers last."""
    late = [v for v, word in enumerate(estate.words) if word.startswith("USE_") or v == estate.all_word]
    sites = going.group_by(_SITE).agg(late=pl.col("v").is_in(late).any())
    deep = depth.gather(pl.col("s"))
    return sites.select(*_SITE, rank=pl.when(pl.col("late") & (deep < 2)).then(12).otherwise(2) - deep)


def state(estate: Estate, lines: pl.DataFrame, gaps: Container[int]) -> tuple[Statement, ...]:
    """Give the statements that `arrange` has put in order; those whose number is among the gaps are marked."""
    first = lines.unique("k", keep="first", maintain_order=True)
    grantees, words, types, names = estate.spell(first)
    alone = {word: (word,) for word in estate.words}
    privileges: list[tuple[str, ...]] = [alone[word] for word in words]
    verbs, reasons = (texts(first[column]) for column in ("verb", "why"))
    # Most statements have one row: only the others are put together.
    named = dict(enumerate(estate.words))
    together = lines.filter(pl.col("k").is_duplicated()).group_by("k", maintain_order=True)
    for k, several, why in together.agg("v", pl.col("why").unique(maintain_order=True).str.join("; ")).iter_rows():
        privileges[k], reasons[k] = tuple([named[v] for v in several]), why
    marks = [k in gaps for k in range(len(verbs))]
    return tuple(starmap(Statement, zip(verbs, privileges, types, names, grantees, reasons, marks, strict=True)))


def invert(statements: Iterable[Statement], stored: Iterable[Row]) -> tuple[Statement, ...]:
    """Give the statements that undo these: verbs swapped, last first, and what is given back before what is taken.

    Args:
        statements: A plan's.
        stored: Rows of the snapshot that the plan grants again; they are not undone.
    """
    keep = frozenset(stored)
    given: list[Statement] = []
    taken: list[Statement] = []
    for each in reversed(tuple(statements)):
        site = (each.securable_type, each.securable, each.grantee)
        if each.verb == "REVOKE":
            given.append(Statement("GRANT", each.privileges, *site, "gives back what the plan revoked"))
            continue
        words = tuple(row.privilege for row in each.rows if row not in keep) if keep else each.privileges
        if words:
            taken.append(Statement("REVOKE", words, *site, "takes back what the plan granted"))
    return (*given, *taken)
