"""Estates for the planner, of any size, and what is needed in them."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

import polars as pl

from uc_guard import tables
from uc_guard.access.effective import closure
from uc_guard.model.settings import Settings
from uc_guard.snapshot import Manifest, Snapshot, Source

SINCE = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
UNTIL = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
TRUSTING = Settings(trust_query_history=True, grace_days=0)


@dataclass(frozen=True)
class Size:
    """How large an estate is."""

    principals: int = 10_000
    groups: int = 5_000
    catalogs: int = 50
    schemas: int = 2_000
    tables: int = 100_000
    grants: int = 1_000_000
    uses: int = 50


SMALL = Size(principals=400, groups=150, catalogs=4, schemas=40, tables=2_000, grants=20_000, uses=10)


def estate(size, seed=7):
    """A snapshot of that size, and the needs of its principals."""
    rng = random.Random(seed)  # noqa: S311 - a test estate
    catalogs = [f"c{i}" for i in range(size.catalogs)]
    schemas = [f"{catalogs[i % size.catalogs]}.s{i}" for i in range(size.schemas)]
    leaves = [f"{schemas[i % size.schemas]}.t{i}" for i in range(size.tables)]
    people = [f"p{i}" for i in range(size.principals)]
    groups = [f"g{i}" for i in range(size.groups)]
    members = {(rng.choice(groups), p) for p in people for _ in range(3)}
    members |= {(groups[rng.randrange(i)], groups[i]) for i in range(1, size.groups) if rng.random() < 0.3}
    snapshot = _snapshot(
        {
            "objects": _objects(catalogs, schemas, leaves),
            "grants": _grants(rng, size, (catalogs, schemas, leaves), people + groups),
            "members": pl.DataFrame(sorted(members), schema=["group", "member"], orient="row"),
            "principals": tables.PRINCIPALS.frame(
                [{"principal": p, "kind": "SERVICE_PRINCIPAL", "active": True} for p in people]
                + [{"principal": g, "kind": "GROUP", "active": True} for g in groups]
            ),
            "statements": tables.STATEMENTS.empty(),
            "access_events": tables.ACCESS_EVENTS.empty(),
        }
    )
    return snapshot, _needs(snapshot, people, size.uses, seed)


def _snapshot(frames):
    return Snapshot(
        Manifest(SINCE, UNTIL, UNTIL, sources=tuple(Source(n, f.height) for n, f in frames.items())), frames
    )


def _objects(catalogs, schemas, leaves):
    kinds = (("CATALOG", "CATALOG", catalogs), ("SCHEMA", "SCHEMA", schemas), ("TABLE", "MANAGED", leaves))
    blank = tables.OBJECTS.empty()
    parts = [
        pl.DataFrame({"securable_type": kind, "securable": names, "kind": finer, "owner": "platform"})
        for kind, finer, names in kinds
    ]
    return pl.concat([blank, pl.concat(parts)], how="diagonal").select(*tables.OBJECTS.columns)


def _grants(rng, size, places, grantees):
    catalogs, schemas, leaves = places
    words = {"CATALOG": ("USE_CATALOG", "USE_SCHEMA", "SELECT"), "SCHEMA": ("USE_SCHEMA", "SELECT", "ALL_PRIVILEGES"),
             "TABLE": ("SELECT", "SELECT", "SELECT", "MODIFY", "ALL_PRIVILEGES")}  # fmt: skip
    names = {"CATALOG": catalogs, "SCHEMA": schemas, "TABLE": leaves}
    rows = {(g, "USE_CATALOG", "CATALOG", rng.choice(catalogs)) for g in grantees for _ in range(3)}
    while len(rows) < size.grants:
        kind = rng.choices(("CATALOG", "SCHEMA", "TABLE"), (2, 18, 80))[0]
        rows.add((rng.choice(grantees), rng.choice(words[kind]), kind, rng.choice(names[kind])))
    frame = pl.DataFrame(sorted(rows), schema=list(tables.GRANTS.key), orient="row")
    return frame.with_columns(granted_at=pl.lit(None, tables.INSTANT))


def _needs(snapshot, people, uses, seed):
    """Every principal reads some of the tables that it can read, and needs USE on the way."""
    acts = closure(snapshot.frame("members"), pl.DataFrame({"principal": people})).select("principal", grantee="group")
    rows = snapshot.frame("grants").filter(pl.col("securable_type") == "TABLE", pl.col("privilege") == "SELECT")
    held = acts.join(rows, on="grantee").select("principal", "securable").unique().sort("principal", "securable")
    picked = held.sample(fraction=1.0, shuffle=True, seed=seed).group_by("principal", maintain_order=True).head(uses)
    schema, catalog = (pl.col("securable").str.split(".").list.head(n).list.join(".") for n in (2, 1))
    parts = (
        ("SELECT", "TABLE", pl.col("securable")),
        ("USE_SCHEMA", "SCHEMA", schema),
        ("USE_CATALOG", "CATALOG", catalog),
    )
    found = pl.concat(
        [
            picked.select("principal", privilege=pl.lit(v), securable_type=pl.lit(t), securable=name)
            for v, t, name in parts
        ]
    ).unique()
    return found.with_columns(
        certainty=pl.lit("must"), reason=pl.lit("used"), uses=pl.lit(3, pl.Int64),
        first_at=pl.lit(SINCE, tables.INSTANT), last_at=pl.lit(SINCE, tables.INSTANT),
        witnesses=pl.lit(["id-1"], tables.NAMES),
    ).select(*tables.NEEDS.columns)  # fmt: skip
