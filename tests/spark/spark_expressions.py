"""Random expressions over the names in scope: arithmetic, lambdas, struct fields and subqueries."""
# ruff: noqa: S608 - statements are what this file makes

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import spark_schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

NAMES = ["a", "b", "t", "u", "s", "x", "k", "q", "w", "id", "r", "c"]
BASE = ["t", "u", "a", "s", "w", "x", "emp", "s.t", "s2.t", "main.s.u", "other.s.t", "orders", "vw", "vj", "quarters"]

Columns = dict[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """A named row source in scope: its alias and the types of its columns."""

    alias: str
    columns: Columns


@dataclass(frozen=True, slots=True)
class Scope:
    """What names stand for where an expression is written: innermost sources, and the scopes around them."""

    sources: tuple[Source, ...] = ()
    outer: tuple[Source, ...] = ()
    ctes: tuple[Source, ...] = ()
    merged: frozenset[str] = field(default_factory=frozenset)

    def inside(self) -> Scope:
        """The scope of a subquery written here."""
        return Scope((), self.outer + self.sources, self.ctes)

    def bare(self) -> Scope:
        """The scope of a derived table: it sees CTEs and nothing else."""
        return Scope((), (), self.ctes)


def base_columns(name: str) -> Columns:
    """Columns of a table or view of the estate, whatever part of its name is written."""
    parts = name.split(".")
    full = {1: f"main.s.{name}", 2: f"main.{name}"}.get(len(parts), name)
    known = {n: v["columns"] for n, v in spark_schema.VIEWS.items()}
    return dict(spark_schema.TABLES.get(full) or known[full])  # type: ignore[call-overload]


@dataclass(slots=True)
class Expressions:
    """Writes expressions from one source of randomness; the generator of queries builds on it."""

    random: Random
    depth: int = 3
    fresh: int = 0
    views: dict[str, str] = field(default_factory=dict)
    start: Scope = field(default_factory=Scope)

    def query(
        self, scope: Scope, depth: int, *, types: list[str] | None = None, named: bool = False
    ) -> tuple[str, Columns]:
        """A query, for those expressions that hold one."""
        raise NotImplementedError

    def sources(self, scope: Scope, depth: int) -> tuple[str, Scope]:
        """What stands after FROM, for those expressions that hold a query."""
        raise NotImplementedError

    # --- expressions

    def value(self, scope: Scope, depth: int, kind: str) -> str:
        return self.integer(scope, depth) if kind == "int" else self.string(scope, depth)

    def integer(self, scope: Scope, depth: int) -> str:
        columns = self.columns_of(scope, "int") or ["1"]
        if depth <= 0 or self.chance(0.55):
            return self.random.choice(columns)
        arrays = self.columns_of(scope, "array<int>")
        choices: list[Callable[[], str]] = [
            lambda: f"{self.integer(scope, depth - 1)} + {self.integer(scope, depth - 1)}",
            lambda: f"CASE WHEN {self.comparison(scope, 0)} THEN {self.integer(scope, depth - 1)} END",
            lambda: f"coalesce({self.integer(scope, 0)}, 0)",
            lambda: "(SELECT max({}) FROM {})".format(*self.scalar(scope)),
            lambda: f"f({self.integer(scope, 0)})",
            lambda: f"length({self.string(scope, 0)})",
        ]
        if arrays:
            choices += [lambda: self.lambda_of(self.random.choice(arrays), scope)] * 3
        if structs := self.structs(scope):
            choices += [lambda: self.random.choice(structs)] * 2
        return self.random.choice(choices)()

    def scalar(self, scope: Scope) -> tuple[str, str]:
        text, inner = self.sources(scope.inside(), 0)
        where = f" WHERE {self.comparison(inner, 0, outer=True)}" if self.chance(0.6) else ""
        own = replace(inner, outer=())
        return self.integer(own, 0), text + where

    def lambda_of(self, array: str, scope: Scope) -> str:
        variable = self.random.choice(["a", "b", "x", "e", "k"])
        other = self.integer(scope, 0)
        if other.split(".")[0] == variable:  # the variable hides that name
            other = variable
        return self.random.choice(
            [
                f"size(filter({array}, {variable} -> {variable} > {other}))",
                f"transform({array}, {variable} -> {variable} + {other})[0]",
                f"aggregate({array}, 0, (acc, {variable}) -> acc + {variable} + {other})",
            ]
        )

    def string(self, scope: Scope, depth: int) -> str:
        columns = self.columns_of(scope, "string") or ["'x'"]
        if depth <= 0 or self.chance(0.6):
            return self.random.choice(columns)
        return self.random.choice(
            [
                lambda: f"concat({self.string(scope, 0)}, '-- a FROM t')",
                lambda: f"CAST({self.integer(scope, depth - 1)} AS STRING)",
                lambda: f'nullif({self.string(scope, 0)}, "b")',
            ]
        )()

    def boolean(self, scope: Scope, depth: int) -> str:
        if depth <= 0 or self.chance(0.4):
            return self.comparison(scope, 0)
        return self.random.choice(
            [
                lambda: f"{self.comparison(scope, depth - 1)} AND {self.boolean(scope, depth - 1)}",
                lambda: f"NOT ({self.boolean(scope, depth - 1)})",
                lambda: self.exists(scope, depth),
                lambda: f"{self.integer(scope, 0)} IN ({self.query(scope.inside(), depth - 1, types=['int'])[0]})",
                lambda: f"{self.string(scope, 0)} NOT IN ('a', 'FROM u', \"t.b\")",
                lambda: f"{self.integer(scope, 0)} BETWEEN 1 AND {self.integer(scope, depth - 1)}",
            ]
        )()

    def exists(self, scope: Scope, depth: int) -> str:
        text, inner = self.sources(scope.inside(), depth - 1)
        listed = self.random.choice(["1", "*", self.integer(replace(inner, outer=()), 0)])
        where = f" WHERE {self.comparison(inner, depth - 1, outer=True)}"
        if self.chance(0.3):
            where += f" AND {self.boolean(inner, depth - 1)}"
        return f"EXISTS (SELECT {listed} FROM {text}{where})"

    def comparison(self, scope: Scope, depth: int, *, outer: bool = False) -> str:
        right = self.integer(scope, depth)
        if outer and (around := self.outer_columns(scope, "int")):
            right = self.random.choice(around)
        return f"{self.integer(scope, depth)} {self.random.choice(['=', '>', '<>', '<=>'])} {right}"

    def any_column(self, scope: Scope) -> tuple[str, str]:
        found = [(self.spelled(scope, s, c), kind) for s in scope.sources for c, kind in s.columns.items()]
        return self.random.choice([f for f in found if f[0]] or [("1", "int")])

    def columns_of(self, scope: Scope, kind: str) -> list[str]:
        found = [self.spelled(scope, s, c) for s in scope.sources for c, k in s.columns.items() if k == kind]
        return [f for f in found if f]

    def outer_columns(self, scope: Scope, kind: str) -> list[str]:
        hidden = {c for s in scope.sources for c in s.columns} | {s.alias for s in scope.sources}
        free = [
            f"{s.alias}.{c}"
            for s in scope.outer
            if s.alias and s.alias not in hidden
            for c, k in s.columns.items()
            if k == kind
        ]
        names = [c for s in scope.outer for c, k in s.columns.items() if k == kind]
        return free + [c for c in names if c not in hidden and sum(c in s.columns for s in scope.outer) == 1]

    def structs(self, scope: Scope) -> list[str]:
        fields = {
            "struct<a:int,b:struct<c:string,x:int>>": ["a", "b.x"],
            "struct<a:int,b:int,x:int>": ["a", "b", "x"],
            "struct<a:int,t:int>": ["a", "t"],
        }
        return [
            f"{self.spelled(scope, s, c)}.{f}"
            for s in scope.sources
            for c, k in s.columns.items()
            for f in fields.get(k, ())
            if self.spelled(scope, s, c)
        ]

    def spelled(self, scope: Scope, source: Source, column: str) -> str:
        """The column as it may be written here: bare where only one source has it."""
        owners = sum(column in s.columns for s in scope.sources)
        if column in scope.merged or (owners == 1 and self.chance(0.5)) or not source.alias:
            return column if owners == 1 or column in scope.merged else ""
        if any(source.alias in s.columns for s in scope.sources) and self.chance(0.9):
            return column if owners == 1 else ""
        return f"{source.alias}.{column}"

    # --- chance

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def weighted(self, choices: list[tuple[int, Any]]) -> Any:
        return self.random.choices([c for _, c in choices], [w for w, _ in choices])[0]

    def new_name(self) -> str:
        self.fresh += 1
        return f"n{self.fresh}"

    def some_names(self, count: int) -> list[str]:
        names = self.random.sample(NAMES, min(count, len(NAMES)))
        return names + [self.new_name() for _ in range(count - len(names))]
