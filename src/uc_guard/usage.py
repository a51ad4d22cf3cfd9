"""Logged statements to usage: each template read once in its session's state, then joined back in columns."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.events import NO_NAME, read_events
from uc_guard.fingerprint import templates
from uc_guard.model import denial
from uc_guard.sql.extract import Session, extract_in, extract_template, session_after, session_after_template

if TYPE_CHECKING:
    from collections.abc import Callable

    from uc_guard.model.use import Extraction
    from uc_guard.snapshot import Snapshot
    from uc_guard.sql.extract import Catalog

    Progress = Callable[[str, int, int], None]

# Texts that can change what later statements of their session mean. Too wide is slow, too narrow is wrong.
_STATEFUL = (
    r"(?i)\b(?:use|set|declare|reset|begin|create|replace|drop|alter|cache|uncache)\b|\bexecute\s+immediate\b"
    r"|\bidentifier\s*\("
)
_CONTEXT = ["text", "parameters", "catalog", "schema"]
_SHAPE = ["template", "in_catalog", "in_schema", "in_state"]
_WORD = re.compile(r"\w+")
_KEY = {"key": pl.Int64}
_WITNESSES = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """What a log says.

    Attributes:
        usage: Frame by contract `usage`: what was understood.
        opaque: Frame by contract `opaque`: what was not.
        outcomes: One row a principal: statements, understood, opaque, denied, failed (counts); reasons, computes
            (lists); first_at, last_at.
    """

    usage: pl.DataFrame
    opaque: pl.DataFrame
    outcomes: pl.DataFrame


def read_log(snapshot: Snapshot, catalog: Catalog, progress: Progress | None = None) -> Reading:
    """Read every statement, lineage row and file event of a snapshot.

    Args:
        snapshot: The workspace.
        catalog: Its tables, views and functions, for the extraction.
        progress: Called with (what, done, total) now and then.
    """
    statements = _in_order(snapshot.frame("statements"))
    statements = statements.with_columns(template=templates(statements["text"]))
    statements, sessions = _with_state(statements, catalog)
    statements, uses, opaque = _extract_all(statements, sessions, catalog, progress)
    lineage = snapshot.frame("table_lineage")
    unclear = statements.join(opaque.select("key").unique(), on="key", how="semi")
    understood = statements.join(unclear.select("statement_id"), on="statement_id", how="anti")
    # What the platform's lineage knows of a statement closes it, whatever its text hides.
    dark = unclear.join(lineage.select("statement_id").unique(), on="statement_id", how="anti")
    events, unnamed = read_events(snapshot)
    usage = pl.concat([_usage(statements, uses), _lineage_usage(lineage, understood), _event_usage(events)])
    return Reading(
        usage=usage.sort(tables.USAGE.key),
        opaque=pl.concat([_opaque(dark, opaque), _event_opaque(unnamed)]),
        outcomes=_outcomes(statements, dark, opaque),
    )


def _in_order(statements: pl.DataFrame) -> pl.DataFrame:
    """Order the statements by session and time, and say what came of each."""
    denied = pl.col("error").str.contains(denial.DENIED).fill_null(value=False)
    failed = pl.col("status") == "FAILED"
    return statements.sort("session_id", "started_at", "statement_id").with_columns(
        outcome=pl.when(failed & denied)
        .then(pl.lit("denied"))
        .when(failed)
        .then(pl.lit("failed"))
        .otherwise(pl.lit("ran"))
    )


# -- the state of a session ----------------------------------------------------------------------------------------


def _with_state(statements: pl.DataFrame, catalog: Catalog) -> tuple[pl.DataFrame, list[Session]]:
    """Add `state`, the index of the session state that each statement starts in, and give the states.

    The k-th stateful statements of all sessions are read together, so that the work grows with the longest chain and
    the number of distinct states, never with the number of statements.
    """
    stateful = pl.col("session_id").is_not_null() & pl.col("text").str.contains(_STATEFUL).fill_null(value=False)
    # A statement that failed changed nothing.
    changes = stateful & (pl.col("outcome") == "ran")
    statements = statements.with_columns(
        rank=changes.cast(pl.Int64).cum_sum().over("session_id") - changes.cast(pl.Int64), changes=changes
    )
    states = _States(catalog)
    links = statements.filter("changes").select("session_id", "rank", *_CONTEXT, "template")
    known = [links.filter(pl.col("rank") == 0).select("session_id", "rank", state=pl.lit(0, pl.Int64)).unique()]
    depth = 0
    while (step := links.filter(pl.col("rank") == depth)).height:
        step = step.join(known[-1], on=["session_id", "rank"])
        distinct = step.select("state", *_CONTEXT, "template").unique(maintain_order=True)
        after = [states.after(row) for row in distinct.iter_rows(named=True)]
        distinct = distinct.with_columns(next=pl.Series(after, dtype=pl.Int64))
        step = step.join(distinct.drop("template"), on=["state", *_CONTEXT], how="left", nulls_equal=True)
        depth += 1
        known.append(step.select("session_id", rank=pl.lit(depth, pl.Int64), state="next"))
    statements = statements.join(pl.concat(known), on=["session_id", "rank"], how="left")
    return statements.with_columns(pl.col("state").fill_null(0)).drop("rank", "changes"), states.sessions


class _States:
    """The distinct states that sessions were in, each with its number; 0 is the state in which one starts."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.sessions = [Session()]
        self._numbers = {repr(self.sessions[0]): 0}
        self._by_template: dict[tuple[object, ...], int | None] = {}

    def after(self, row: dict[str, object]) -> int:
        """Give the state after a statement: by its template where that says it, once for all of its texts."""
        before = _start(self.sessions[int(str(row["state"]))], row)
        template = _string(row["template"])
        known = None
        if template is not None:
            shape = (row["state"], row["catalog"], row["schema"], template)
            if shape not in self._by_template:
                shared = session_after_template(self.catalog, before, template)
                self._by_template[shape] = None if shared is None else self._number(shared)
            known = self._by_template[shape]
        if known is not None:
            return known
        return self._number(session_after(self.catalog, before, _string(row["text"]), _parameters(row)))

    def _number(self, session: Session) -> int:
        # Equal states print equally, and a state holds mappings that cannot be hashed.
        text = repr(session)
        if text not in self._numbers:
            self._numbers[text] = len(self.sessions)
            self.sessions.append(session)
        return self._numbers[text]


def _start(session: Session, row: dict[str, object]) -> Session:
    """Give the state that a statement starts in; a catalog or schema that the log records wins."""
    catalog, schema = _string(row["catalog"]), _string(row["schema"])
    if catalog is None and schema is None:
        return session
    return replace(session, catalog=catalog or session.catalog, schema=schema or session.schema)


# -- distinct texts ------------------------------------------------------------------------------------------------


class _Found:
    """What was extracted so far, as rows; the key of a row stands for the text or template that it comes from."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self.uses: list[tuple[object, ...]] = []
        self.opaque: list[tuple[object, ...]] = []
        self.done, self.total, self.progress = 0, total, progress

    def add(self, key: object, found: Extraction) -> None:
        self.uses.extend((key, u.action, u.securable_type, u.name, u.columns) for u in found.uses)
        self.opaque.extend((key, o.reason, o.may) for o in found.opaque)
        self.done += 1
        if self.progress and (self.done % 200 == 0 or self.done == self.total):
            self.progress("reading statements", self.done, self.total)

    def frames(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Give (key, action, type, name, columns) and (key, reason, may)."""
        names = ["action", "securable_type", "securable"]
        return (
            pl.DataFrame(self.uses, {**_KEY, **dict.fromkeys(names, pl.String), "columns": tables.NAMES}, orient="row"),
            pl.DataFrame(self.opaque, {**_KEY, "reason": pl.String, "may": tables.NAMES}, orient="row"),
        )


def _extract_all(
    statements: pl.DataFrame, sessions: list[Session], catalog: Catalog, progress: Progress | None
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Extract each template once, and each text by itself that has none or whose literals matter.

    Returns:
        The statements with `key`; what the texts of each key use; and what of them is opaque.
    """
    statements = _with_shape(statements, sessions)
    shapes = _distinct(statements.filter(pl.col("template").is_not_null()), _SHAPE, 0)
    found = _Found(shapes.height, progress)
    keys = _read_templates(shapes, sessions, catalog, found)
    known = shapes.with_columns(key=pl.Series(keys, dtype=pl.Int64))
    statements = statements.join(known, on=_SHAPE, how="left", nulls_equal=True)
    alone = statements.filter(pl.col("key").is_null()).drop("key")
    texts = _distinct(alone, ["state", *_CONTEXT], shapes.height)
    found.total = found.done + texts.height
    for row in texts.iter_rows(named=True):
        extraction, _ = extract_in(
            catalog, _start(sessions[int(row["state"])], row), _string(row["text"]), _parameters(row)
        )
        found.add(row["key"], extraction)
    alone = alone.join(texts, on=["state", *_CONTEXT], how="left", nulls_equal=True)
    statements = pl.concat([statements.filter(pl.col("key").is_not_null()), alone])
    return statements.drop(_SHAPE), *found.frames()


def _with_shape(statements: pl.DataFrame, sessions: list[Session]) -> pl.DataFrame:
    """Add what the reading of a template may depend on: the namespace, and the state where it names a part of that."""
    current = pl.DataFrame(
        [(n, session.catalog, session.schema) for n, session in enumerate(sessions)],
        {"state": pl.Int64, "in_catalog": pl.String, "in_schema": pl.String},
        orient="row",
    )
    statements = statements.join(current, on="state", how="left")
    names = {name for session in sessions for name in session.names()}
    shapes = statements.select("template").unique().filter(_names_one_of(names))
    naming = [text for (text,) in shapes.iter_rows() if not text.isascii() or names & set(_WORD.findall(text))]
    return statements.with_columns(
        in_catalog=pl.coalesce("catalog", "in_catalog"),
        in_schema=pl.coalesce("schema", "in_schema"),
        in_state=pl.when(pl.col("template").is_in(naming)).then("state"),
    )


def _names_one_of(names: set[str]) -> pl.Expr:
    """Tell quickly which templates could name one of these: those where its letters stand, or letters beyond ASCII."""
    text = pl.col("template")
    found = text.str.contains_any(sorted(names)) if names else pl.lit(value=False)
    return found | (text.str.len_bytes() != text.str.len_chars())


def _read_templates(shapes: pl.DataFrame, sessions: list[Session], catalog: Catalog, found: _Found) -> list[int | None]:
    """Read each template once, and again only in a namespace or state that could change what it uses.

    Returns:
        The key under which what each shape uses was added; None where its texts have to be read one by one.
    """
    first: dict[tuple[str, int | None], tuple[int, frozenset[str]]] = {}
    keys: list[int | None] = []
    for key, (template, catalog_name, schema, state, _) in enumerate(shapes.iter_rows()):
        known = first.get((template, state))
        if known is not None and schema not in known[1]:
            keys.append(known[0])
            continue
        session = replace(sessions[state or 0], catalog=catalog_name, schema=schema)
        shared = extract_template(catalog, session, template)
        keys.append(None if shared is None else key)
        if shared is not None:
            found.add(key, shared.found)
            if shared.schemas is not None:
                first[template, state] = key, shared.schemas
    return keys


def _distinct(statements: pl.DataFrame, by: list[str], first: int) -> pl.DataFrame:
    """Give the distinct rows, each with its key, from `first` on."""
    distinct = statements.select(by).unique(maintain_order=True)
    return distinct.with_columns(key=pl.int_range(first, first + pl.len(), dtype=pl.Int64))


def _string(value: object) -> str | None:
    return None if value is None else str(value)


def _parameters(row: dict[str, object]) -> dict[str, str]:
    text = _string(row["parameters"])
    return {str(k): str(v) for k, v in json.loads(text).items()} if text else {}


# -- joined back ---------------------------------------------------------------------------------------------------


def _evidence(frame: pl.DataFrame, by: list[str], count: str) -> pl.DataFrame:
    """Count the statements of each group, with first, last, and the ids of the latest few."""
    return (
        frame.sort("at", "id", descending=[True, False])
        .group_by(by, maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias(count),
            pl.col("at").min().alias("first_at"),
            pl.col("at").max().alias("last_at"),
            pl.col("id").drop_nulls().unique(maintain_order=True).head(_WITNESSES).alias("witnesses"),
        )
    )


def _usage(statements: pl.DataFrame, uses: pl.DataFrame) -> pl.DataFrame:
    by = ["principal", "action", "securable_type", "securable", "outcome"]
    rows = statements.select("key", "principal", "outcome", id="statement_id", at="started_at").join(uses, on="key")
    counted = _evidence(rows, by, "uses")
    named = rows.select(*by, "columns").filter(pl.col("columns").is_not_null()).unique()
    columns = named.group_by(by).agg(pl.col("columns").explode(empty_as_null=False).unique().sort())
    return (
        counted.join(columns, on=by, how="left")
        .with_columns(source=pl.lit("query_history"))
        .select(*tables.USAGE.columns)
    )


def _lineage_usage(lineage: pl.DataFrame, understood: pl.DataFrame) -> pl.DataFrame:
    """Give what lineage saw and no text told: every direct row but those of statements that were understood."""
    # UC: rows for what lies behind a view say direct_access = false; they are no need of the caller.
    rows = lineage.filter(pl.col("principal").is_not_null(), pl.col("direct").fill_null(value=True)).join(
        understood.select("statement_id"), on="statement_id", how="anti"
    )
    sides = [
        rows.filter(pl.col(side).is_not_null()).select(
            "principal",
            action=pl.lit(action),
            securable_type=pl.coalesce(f"{side}_type", pl.lit("TABLE")),
            securable=side,
            id=pl.coalesce("statement_id", pl.format("{}@{}", "entity_type", pl.col("at").dt.strftime("%FT%TZ"))),
            at="at",
        )
        for side, action in (("source", "SELECT"), ("target", "MODIFY"))
    ]
    counted = _evidence(pl.concat(sides), ["principal", "action", "securable_type", "securable"], "uses")
    return counted.with_columns(
        columns=pl.lit(None, tables.NAMES), outcome=pl.lit("ran"), source=pl.lit("table_lineage")
    ).select(*tables.USAGE.columns)


def _event_usage(events: pl.DataFrame) -> pl.DataFrame:
    counted = _evidence(events, ["principal", "action", "securable_type", "securable", "outcome"], "uses")
    named = counted.with_columns(columns=pl.lit(None, tables.NAMES), source=pl.lit("audit"))
    return named.select(*tables.USAGE.columns)


def _event_opaque(unnamed: pl.DataFrame) -> pl.DataFrame:
    counted = _evidence(unnamed, ["principal", "may"], "statements")
    return counted.with_columns(reason=pl.lit(NO_NAME)).select(*tables.OPAQUE.columns).sort("principal", "first_at")


def _opaque(dark: pl.DataFrame, opaque: pl.DataFrame) -> pl.DataFrame:
    facts = opaque.select("reason", "may").unique(maintain_order=True).with_row_index("fact")
    keys = opaque.join(facts, on=["reason", "may"], nulls_equal=True).select("key", "fact").unique()
    rows = dark.filter(pl.col("outcome") != "denied").select("key", "principal", id="statement_id", at="started_at")
    counted = _evidence(rows.join(keys, on="key"), ["principal", "fact"], "statements")
    return (
        counted.join(facts, on="fact")
        .select(*tables.OPAQUE.columns)
        .sort("principal", "reason", "first_at", "witnesses")
    )


def _outcomes(statements: pl.DataFrame, dark: pl.DataFrame, opaque: pl.DataFrame) -> pl.DataFrame:
    """Count per principal what came of its statements, and why some were not understood."""
    counts = statements.group_by("principal").agg(
        statements=pl.len().cast(pl.Int64),
        denied=(pl.col("outcome") == "denied").sum().cast(pl.Int64),
        failed=(pl.col("outcome") == "failed").sum().cast(pl.Int64),
        computes=pl.col("compute").drop_nulls().unique().sort(),
        first_at=pl.col("started_at").min(),
        last_at=pl.col("started_at").max(),
    )
    unclear = dark.group_by("principal").agg(opaque=pl.len().cast(pl.Int64))
    causes = (
        dark.select("key", "principal")
        .join(opaque.select("key", "reason").unique(), on="key")
        .group_by("principal", "reason")
        .agg(n=pl.len())
        .sort("principal", "n", "reason", descending=[False, True, False])
        .group_by("principal", maintain_order=True)
        .agg(reasons=pl.format("{}: {}", "reason", "n"))
    )
    return (
        counts.join(unclear, on="principal", how="left")
        .join(causes, on="principal", how="left")
        .with_columns(pl.col("opaque").fill_null(0), pl.col("reasons").fill_null([]))
        .with_columns(understood=pl.col("statements") - pl.col("opaque"))
        .sort("principal")
    )
