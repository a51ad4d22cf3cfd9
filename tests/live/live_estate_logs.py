"""The logs of the small company: statements of each agent by day, with their lineage and the credentials they took."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from live_tables import edge, event, statement


class Habit(NamedTuple):
    """A statement that an agent runs: its text, what it reads and writes, and how many times in a hundred days."""

    text: str
    reads: tuple = ()
    writes: str = ""
    calls: str = ""
    often: int = 100


_FIRST = (
    (
        Habit("SELECT o.id, o.amount FROM shop.sales.orders AS o WHERE o.day = '2026-10-01'", ("shop.sales.orders",)),
        Habit("INSERT INTO shop.sales.items SELECT id, id, 1 FROM shop.sales.orders", ("shop.sales.orders",),
              "shop.sales.items", often=60),
        Habit("SELECT day, amount FROM shop.sales.daily", ("shop.sales.daily",), often=30),
    ),
    (
        Habit("SELECT city, phone FROM shop.crm.people WHERE id = 7", ("shop.crm.people",)),
        Habit("SELECT id, body FROM shop.crm.tickets WHERE state = 'new'", ("shop.crm.tickets",)),
        Habit("UPDATE shop.crm.tickets SET state = 'done' WHERE id = 3", (), "shop.crm.tickets", often=70),
    ),
    (
        Habit("SELECT id, lab.play.score(value) AS score FROM lab.play.features", ("lab.play.features",),
              calls="lab.play.score"),
        Habit("INSERT INTO lab.play.scores SELECT id, value FROM lab.play.features", ("lab.play.features",),
              "lab.play.scores", often=50),
        Habit("SELECT sum(amount) FROM shop.sales.orders", ("shop.sales.orders",), often=90),
    ),
)  # fmt: skip
_READS = tuple(f"shop.sales.{name}" for name in ("orders", "items", "returns", "prices"))
BASES = {"shop.sales.daily": ("shop.sales.orders",)}
PEOPLE = (
    ("ann@shop.example", Habit("SELECT id, reason FROM shop.sales.returns", ("shop.sales.returns",), often=80)),
    ("bob@shop.example", Habit("SELECT 1", often=40)),
)


def write_logs(world, chance, agents, days):
    """Write query.history, table_lineage and audit of `days` days that end at the world's clock."""
    logs = _Logs(world)
    for place, agent in enumerate(agents):
        habits = _FIRST[place] if place < len(_FIRST) else _read_some(chance)
        for one in habits:
            logs.needed(agent, one)
            logs.run(agent, one, world.clock - timedelta(days=days - 1, hours=chance.random()))
            for day in range(1, days):
                if chance.random() * 100 < one.often:
                    logs.run(agent, one, world.clock - timedelta(days=day, hours=chance.uniform(0, 20)))
    for person, one in PEOPLE:
        for day in range(1, days):
            if chance.random() * 100 < one.often:
                logs.run(person, one, world.clock - timedelta(days=day, hours=chance.uniform(0, 20)))
    logs.store()


def _read_some(chance):
    return [
        Habit(" ".join(("SELECT id FROM", name)), (name,), often=chance.randint(5, 100))
        for name in sorted(chance.sample(_READS, chance.randint(1, 2)))
    ]


class _Logs:
    def __init__(self, world):
        self.world, self.history, self.lineage, self.audit = world, [], [], []

    def needed(self, agent, habit):
        """Note what a habit needs, with USE on the way."""
        needs = {("SELECT", "TABLE", name) for name in habit.reads}
        if habit.writes:
            needs |= {(privilege, "TABLE", habit.writes) for privilege in ("MODIFY", "SELECT")}
        if habit.calls:
            needs.add(("EXECUTE", "FUNCTION", habit.calls))
        for _, _, name in tuple(needs):
            catalog, schema, _ = name.split(".")
            needs |= {("USE_CATALOG", "CATALOG", catalog), ("USE_SCHEMA", "SCHEMA", f"{catalog}.{schema}")}
        self.world.needs |= {(agent, *need) for need in needs}

    def run(self, principal, habit, at):
        """Write down one run of a habit."""
        row = statement(len(self.history), principal, habit.text, at)
        self.history.append(row)
        told = {"statement_id": row["statement_id"], "entity_type": "DBSQL_QUERY"}
        for name in habit.reads or [None]:
            if name or habit.writes:
                kind = "VIEW" if name in BASES else "TABLE"
                ends = {"source": name, "target": habit.writes or None, "types": (kind, "TABLE")}
                self.lineage.append(edge(len(self.lineage), principal, at, **ends, **told))
            for base in BASES.get(name, ()):
                self.lineage.append(edge(len(self.lineage), principal, at, source=base, direct_access=False, **told))
        for name in (*habit.reads, *filter(None, [habit.writes])):
            operation = "READ_WRITE" if name == habit.writes else "READ"
            params = {"table_full_name": BASES.get(name, (name,))[0], "operation": operation}
            action = "generateTemporaryTableCredential"
            self.audit.append(event(len(self.audit), principal, action, params, at))

    def store(self):
        """Put the rows into the system tables, in no order of time, as the platform does."""
        self.world.append("query.history", self.history)
        self.world.append("access.table_lineage", self.lineage)
        self.world.append("access.audit", self.audit)
