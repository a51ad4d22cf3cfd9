"""Makes seeded estates of any size for benchmarks: a snapshot, the usage of its principals, and what its views read."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from uc_guard import tables
from uc_guard.snapshot import Manifest, Snapshot, Source

UNTIL = datetime(2026, 3, 31, tzinfo=UTC)
SINCE = UNTIL - timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Size:
    """How large an estate is; `subjects` of its principals are under audit."""

    principals: int
    groups: int
    tables: int
    grants: int
    uses: int
    subjects: int


FULL = Size(10_000, 5_000, 100_000, 1_000_000, 500_000, 1_000)
SMALL = Size(200, 100, 2_000, 5_000, 4_000, 40)


def estate(size: Size, seed: int = 7) -> tuple[Snapshot, pl.DataFrame, pl.DataFrame, list[str]]:
    """Give a snapshot, its usage, its bodies and its subjects.

    Groups are nested six deep, catalogs have schemas of fifty tables.
    """
    draw = random.Random(seed)
    people = [f"person-{n:06}@example.com" for n in range(size.principals)]
    groups = [f"group-{n:05}" for n in range(size.groups)]
    schemas = [f"catalog_{n % 50:02}.schema_{n:05}" for n in range(max(size.tables // 50, 1))]
    names = [f"{schemas[n % len(schemas)]}.table_{n:06}" for n in range(size.tables)]
    frames = {name: pl.DataFrame(schema=c.schema) for name, c in ((c.name, c) for c in tables.SNAPSHOT)}
    frames["members"] = _members(draw, people, groups)
    frames["objects"] = _objects(draw, people, schemas, names)
    frames["grants"] = _grants(draw, size, people, groups, schemas, names)
    kinds = ["SERVICE_PRINCIPAL"] * len(people) + ["GROUP"] * len(groups)
    frames["principals"] = _filled(pl.DataFrame({"principal": people + groups, "kind": kinds}), tables.PRINCIPALS)
    tagged = pl.DataFrame({"securable": names[:: max(size.tables // 500, 1)]})
    tagged = tagged.with_columns(securable_type=pl.lit("TABLE"), column=pl.lit("email"), tag=pl.lit("pii"))
    frames["tags"] = _filled(tagged, tables.TAGS)
    sources = tuple(Source(name, frame.height) for name, frame in frames.items())
    snapshot = Snapshot(Manifest(SINCE, UNTIL, UNTIL, None, sources), frames)
    return snapshot, _usage(draw, size, people, names), _bodies(frames["objects"], names), people[: size.subjects]


def _filled(frame: pl.DataFrame, contract: tables.Contract) -> pl.DataFrame:
    """Add the columns that are missing, with nothing in them."""
    absent = {name: dtype for name, dtype in contract.schema.items() if name not in frame.columns}
    frame = frame.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in absent.items())
    return frame.with_columns(active=pl.lit(value=True)) if "active" in absent else frame.select(*contract.columns)


def _members(draw: random.Random, people: list[str], groups: list[str]) -> pl.DataFrame:
    rows = [(draw.choice(groups), person) for person in people for _ in range(3)]
    layer = max(len(groups) // 6, 1)
    rows += [(groups[n + layer], groups[n]) for n in range(len(groups) - layer)]
    rows += [
        (groups[draw.randrange(n // layer * layer + layer, len(groups))], groups[n]) for n in range(0, layer * 5, 4)
    ]
    return pl.DataFrame(rows, schema={"group": pl.String, "member": pl.String}, orient="row").unique()


def _objects(draw: random.Random, people: list[str], schemas: list[str], names: list[str]) -> pl.DataFrame:
    catalogs = sorted({schema.split(".")[0] for schema in schemas})
    rows = [("CATALOG", name, "CATALOG") for name in catalogs] + [("SCHEMA", name, "SCHEMA") for name in schemas]
    rows += [("TABLE", name, "VIEW" if n % 10 == 0 else "MANAGED") for n, name in enumerate(names)]
    frame = pl.DataFrame(
        rows, schema={"securable_type": pl.String, "securable": pl.String, "kind": pl.String}, orient="row"
    )
    owners = pl.Series("owner", [draw.choice(people) for _ in range(frame.height)])
    return frame.with_columns(
        owners, created_at=pl.lit(None, tables.INSTANT), location=pl.lit(None, pl.String), isolated=pl.lit(value=False)
    )


def _grants(
    draw: random.Random, size: Size, people: list[str], groups: list[str], schemas: list[str], names: list[str]
) -> pl.DataFrame:
    rows = []
    for n in range(size.grants):
        who = draw.choice(people) if n % 2 else draw.choice(groups)
        share = n % 100
        if share < 80:
            rows.append((who, "SELECT" if share % 4 else "MODIFY", "TABLE", draw.choice(names)))
        elif share < 97:
            rows.append((who, draw.choice(("USE_SCHEMA", "SELECT", "ALL_PRIVILEGES")), "SCHEMA", draw.choice(schemas)))
        else:
            rows.append(
                (
                    who,
                    draw.choice(("USE_CATALOG", "USE_CATALOG", "SELECT")),
                    "CATALOG",
                    draw.choice(schemas).split(".")[0],
                )
            )
    schema = dict.fromkeys(("grantee", "privilege", "securable_type", "securable"), pl.String)
    return (
        pl.DataFrame(rows, schema=schema, orient="row").unique().with_columns(granted_at=pl.lit(None, tables.INSTANT))
    )


def _usage(draw: random.Random, size: Size, people: list[str], names: list[str]) -> pl.DataFrame:
    rows = [(draw.choice(people), "MODIFY" if n % 10 == 0 else "SELECT", draw.choice(names)) for n in range(size.uses)]
    frame = pl.DataFrame(
        rows, schema=dict.fromkeys(("principal", "action", "securable"), pl.String), orient="row"
    ).unique()
    return frame.select(
        "principal",
        "action",
        "securable",
        securable_type=pl.lit("TABLE"),
        columns=pl.lit(["email", "id"], tables.NAMES),
        outcome=pl.lit("ran"),
        source=pl.lit("query_history"),
        uses=pl.lit(3, pl.Int64),
        first_at=pl.lit(SINCE, tables.INSTANT),
        last_at=pl.lit(SINCE, tables.INSTANT),
        witnesses=pl.concat_list(pl.format("statement-{}", pl.int_range(pl.len()))),
    ).select(*tables.USAGE.columns)


def _bodies(objects: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    views = objects.filter(pl.col("kind") == "VIEW").select("securable_type", "securable")
    reads = [names[(10 * n + 1) % len(names)] for n in range(views.height)]
    return views.with_columns(
        action=pl.lit("SELECT"), on_type=pl.lit("TABLE"), on_securable=pl.Series(reads), understood=pl.lit(value=True)
    ).select(*tables.BODIES.columns)
