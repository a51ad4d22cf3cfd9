"""What subjects were denied, or used although nothing known gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.access.behind import together
from uc_guard.access.effective import PAIR, World, can
from uc_guard.access.required import required
from uc_guard.model.denial import DENIED, read_denial
from uc_guard.model.name import canonical_name
from uc_guard.model.privilege import normalize_privilege, normalize_type

if TYPE_CHECKING:
    from collections.abc import Collection

    from uc_guard.snapshot import Snapshot

# UC: refusals use the words of the engine, and these are not those of grants.
_SAID = {
    "ROUTINE": "FUNCTION",
    "ROUTINE_OR_MODEL": "FUNCTION",
    "FUNCTION_OR_MODEL": "FUNCTION",
    "TABLE_OR_VIEW": "TABLE",
}


def shortfalls(
    snapshot: Snapshot, home: World, subjects: Collection[str], needs: pl.DataFrame, usage: pl.DataFrame
) -> pl.DataFrame:
    """Give what the subjects were denied, or need and do not hold (contract SHORTFALLS).

    Args:
        snapshot: The workspace.
        home: Its world.
        subjects: The principals under audit.
        needs: Contract NEEDS.
        usage: Contract USAGE; what a denied statement asked for, and is not held, is needed too (UC: a refusal names
            only the first privilege that is missing).
    """
    people = pl.DataFrame({"principal": sorted(subjects)}, schema={"principal": pl.String})
    said = together(_said(snapshot).join(people, on="principal", how="semi"), PAIR).with_columns(
        evidence=pl.lit("denied")
    )
    parts = [said.select(*tables.SHORTFALLS.columns)]
    # Without all grants and groups nearly everything would seem to be missing: nothing is said then.
    if snapshot.has("grants") and snapshot.has("members") and snapshot.has("objects"):
        refused = usage.filter(pl.col("outcome") == "denied").join(people, on="principal", how="semi")
        wanted = pl.concat([needs.join(people, on="principal", how="semi"), _wanted(refused, snapshot, home)])
        parts.append(_lacking(wanted, home))
    return pl.concat(parts).sort(tables.SHORTFALLS.key)


def _said(snapshot: Snapshot) -> pl.DataFrame:
    """Give what refusals name: statements that failed, events that were denied."""
    statements = snapshot.frame("statements").filter(
        (pl.col("status") == "FAILED") & pl.col("error").str.contains(DENIED).fill_null(value=False)
    )
    events = snapshot.frame("access_events").filter(pl.col("denied") & pl.col("error").is_not_null())
    rows = pl.concat(
        [
            statements.select("principal", "error", id="statement_id", at="started_at"),
            events.filter(pl.col("principal").is_not_null()).select("principal", "error", id="event_id", at="at"),
        ]
    )
    named = rows.join(_read(rows["error"].unique()), on="error")
    return named.select(*PAIR, uses=pl.lit(1, pl.Int64), first_at="at", last_at="at", witnesses=pl.concat_list("id"))


def _read(errors: pl.Series) -> pl.DataFrame:
    rows: list[tuple[str, str, str, str]] = []
    for error in errors:
        denial = read_denial(str(error))
        if denial:
            said = normalize_type(denial.securable_type)
            name = _name(denial.name)
            rows.append((str(error), normalize_privilege(denial.privilege), _SAID.get(said, said), name))
    return pl.DataFrame(rows, schema=dict.fromkeys(("error", *PAIR[1:]), pl.String), orient="row")


def _name(name: str) -> str:
    try:
        return canonical_name(name)
    except ValueError:
        return name.lower()  # a name that the message cut short is better than none


def _wanted(refused: pl.DataFrame, snapshot: Snapshot, home: World) -> pl.DataFrame:
    attempted = refused.with_columns(outcome=pl.lit("failed"))
    return required(attempted, tables.OPAQUE.empty(), tables.BODIES.empty(), snapshot, home=home).filter(
        pl.col("reason") != "via-routine"
    )


def _lacking(wanted: pl.DataFrame, home: World) -> pl.DataFrame:
    sure = wanted.filter((pl.col("certainty") == "must") & (pl.col("reason") != "gone"))
    lacking = can(home, sure).filter(~pl.col("can"))
    return together(lacking, PAIR).with_columns(evidence=pl.lit("needed")).select(*tables.SHORTFALLS.columns)
