"""Audit events to usage: what an event proves that somebody did, and to what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables

if TYPE_CHECKING:
    from uc_guard.snapshot import Snapshot

NO_NAME = "event-without-name"

_EVENT = {"id": pl.String, "principal": pl.String, "at": tables.INSTANT, "outcome": pl.String}
_USE = {"action": pl.String, "securable_type": pl.String, "securable": pl.String}

# UC: the spelling of credential events varies between singular and plural, and of letters.
_CREDENTIAL = r"(?i)^generatetemporary(table|volume|path|modelversion|service)credentials?$"
_CHANGE = (
    r"(?i)^(create|delete)(?:catalog|schema|table|volume|function|registeredmodel|externallocation|connection|share"
    r"|recipient|provider)s?$"
)
_MODEL = r"(?i)^(?:create|delete)registeredmodel$"
_RIGHTS = r"(?i)^(?:update(?:permissions|owner)|(?:create|update|delete)policy)$"
_TYPES = {
    "table": "TABLE",
    "volume": "VOLUME",
    "path": "PATH",
    "modelversion": "FUNCTION",
    "service": "CREDENTIAL",
}
_READS = {"table": ("SELECT",), "volume": ("READ_VOLUME",), "path": ("READ_FILES",)}
_ALL = {
    "table": ("SELECT", "MODIFY"),
    "volume": ("READ_VOLUME", "WRITE_VOLUME"),
    "path": ("READ_FILES", "WRITE_FILES"),
    "modelversion": ("EXECUTE",),
    "service": ("ACCESS",),
}
_READING = ("READ", "READ_VOLUME", "PATH_READ")


def read_events(snapshot: Snapshot) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read the audit events of a snapshot.

    Credentials handed out, objects made or dropped, and rights changed prove a use. Events that only look at metadata
    prove none: tools and consoles cause them all the time.

    Returns:
        Uses: `id`, `principal`, `at`, `outcome`, `action`, `securable_type`, `securable`. And the events that prove
        a use of something that they do not name: `id`, `principal`, `at`, and `may`, all that it could have been
        (null = anything).
    """
    events = snapshot.frame("access_events").filter(pl.col("principal").is_not_null())
    outcome = pl.when("denied").then(pl.lit("denied")).otherwise(pl.lit("ran"))
    events = events.with_columns(id="event_id", outcome=outcome)
    handed = events.with_columns(what=pl.col("action").str.extract(_CREDENTIAL).str.to_lowercase())
    handed = handed.filter(pl.col("what").is_not_null())
    uses = [_handed(handed.filter(pl.col("securable").is_not_null())), _changed(events), _rights(events)]
    return pl.concat(uses), _unnamed(handed.filter(pl.col("securable").is_null(), ~pl.col("denied")), snapshot)


def _handed(events: pl.DataFrame) -> pl.DataFrame:
    """Give the uses behind credentials; an operation that is not known counts as writing too."""
    reading = pl.col("operation").fill_null("").is_in(_READING)
    parts = [
        events.filter(pl.col("what") == what, reading if is_reading else ~reading)
        .with_columns(action=pl.lit(list((_READS if is_reading else _ALL).get(what, _ALL[what]))))
        .explode("action")
        .with_columns(securable_type=pl.lit(_TYPES[what]))
        for what in _ALL
        for is_reading in (True, False)
    ]
    return pl.concat([part.select(*_EVENT, *_USE) for part in parts])


def _changed(events: pl.DataFrame) -> pl.DataFrame:
    verb = pl.col("action").str.extract(_CHANGE).str.to_lowercase()
    made = events.with_columns(verb=verb).filter(pl.col("verb").is_not_null(), _is_named())
    # A model is a function to grants, but for the right to make one.
    kind = pl.when(pl.col("action").str.contains(_MODEL)).then(pl.lit("MODEL")).otherwise("securable_type")
    does = pl.col("verb").replace({"create": "CREATE", "delete": "DROP"})
    return made.with_columns(securable_type=kind, action=does).select(*_EVENT, *_USE)


def _rights(events: pl.DataFrame) -> pl.DataFrame:
    found = events.filter(pl.col("action").str.contains(_RIGHTS), _is_named())
    return found.with_columns(action=pl.lit("MANAGE")).select(*_EVENT, *_USE)


def _is_named() -> pl.Expr:
    return pl.col("securable").is_not_null() & pl.col("securable_type").is_not_null()


def _unnamed(events: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    known = snapshot.frame("objects").group_by("securable_type").agg(may=pl.col("securable").sort())
    types = pl.DataFrame(list(_TYPES.items()), schema=["what", "securable_type"], orient="row")
    # A path could lie anywhere; the others are among the objects of their type.
    could = types.join(known, on="securable_type", how="left").select("what", "may")
    return events.join(could, on="what", how="left").select("id", "principal", "at", pl.col("may").cast(tables.NAMES))
