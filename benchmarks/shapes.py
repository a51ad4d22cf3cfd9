"""Puts clauses together to whole queries, from a look at one table to long analyses of many joins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from queries import INT, LIMIT, SMALL, STR, Query, Scope, Table, Writer, indent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Item = tuple[str, str, str]  # an expression, its name, its kind
_CTE_NAMES = (
    "base", "filtered", "recent", "totals", "monthly", "ranked", "eligible", "scored", "latest", "prior", "current_set",
    "candidates", "per_key", "enriched", "joined_data", "metrics",
)  # fmt: skip
_DIRECTIONS = (" DESC", " DESC", " ASC", "", " DESC NULLS LAST")
_NO_LIMIT = 0.35


class Shapes(Writer):
    """Writes whole queries of many shapes."""

    def any_query(self) -> str:
        """Write a query of any shape, in the proportions of a log."""
        made: str = self.rng.choices(_WAYS, _WEIGHTS)[0](self)
        return made

    # -- selects ---------------------------------------------------------------------------------------------------

    def listing(self, scope: Scope, count: int, lead: Sequence[Item] = (), tests: int = 3) -> Query:
        """Write a select of single rows; what leads comes before the columns chosen."""
        items = [self.detail(scope.sources) for _ in range(count)]
        return self._select([*lead, *items], f"\n{scope.text}{self.where(scope, tests)}")

    def aggregate(
        self, scope: Scope, dimensions: int, measures: int, lead: Sequence[Item] = (), tests: int = 3
    ) -> Query:
        """Write a select of groups; what leads comes before the dimensions chosen."""
        rng = self.rng
        groups = [*lead, *(self.dimension(scope.sources) for _ in range(dimensions))]
        groups = list({item[0]: item for item in groups}.values())
        found = [(*self.measure(scope.sources), "nums") for _ in range(measures)]
        text = f"\n{scope.text}{self.where(scope, tests)}"
        if groups:
            by = [", ".join(made for made, _, _ in groups), ", ".join(str(i + 1) for i in range(len(groups))), "ALL"]
            text += f"\nGROUP BY {rng.choices(by, (7, 2, 1))[0]}"
            if self.chance(0.18):
                text += f"\nHAVING {found[0][0]} > {rng.choice((INT, SMALL))}"
        return self._select(groups + found, text)

    def ranked(self, scope: Scope, count: int) -> Query:
        """Write a select with a window function, most with a QUALIFY."""
        made, name = self.window(scope.sources)
        items = [*(self.detail(scope.sources) for _ in range(count)), (made, name, "nums")]
        text = f"\n{scope.text}{self.where(scope)}"
        if self.chance(0.6):
            text += f"\nQUALIFY {self.rng.choice((name, made)) if name in {'rn', 'rnk'} else name} <= {SMALL}"
        return self._select(items, text)

    def with_tail(self, query: Query) -> str:
        """Add an ORDER BY and a LIMIT, or one of them, or none."""
        rng, text = self.rng, query.text
        if self.chance(0.6):
            names = rng.sample([name for name, _ in query.columns], min(len(query.columns), rng.choice((1, 1, 1, 2))))
            text += "\nORDER BY " + ", ".join(name + rng.choice(_DIRECTIONS) for name in names)
        return text if self.chance(_NO_LIMIT) else f"{text}\nLIMIT {LIMIT}"

    def keyed(self, scope: Scope, key: str) -> list[Item]:
        """Give a key of the sources as an item."""
        alias = next(alias for alias, table in scope.sources if key in table.ids)
        return [(f"{alias}.{key}" if alias else key, key, "ids")]

    def _select(self, items: list[Item], rest: str) -> Query:
        named: dict[str, Item] = {}
        for made, name, kind in {item[0]: item for item in items}.values():
            unique = name if name not in named else f"{name}_{len(named)}"
            named[unique] = (made if made.rpartition(".")[2] == unique else f"{made} AS {unique}", unique, kind)
        listed = [text for text, _, _ in named.values()]
        inline = sum(map(len, listed)) < 60 or self.chance(0.2)
        columns = " " + ", ".join(listed) if inline else "\n\t" + ",\n\t".join(listed)
        word = "SELECT DISTINCT" if self.chance(0.03) else "SELECT"
        return Query(f"{word}{columns}{rest}", [(name, kind) for name, (_, _, kind) in named.items()])

    # -- shapes ----------------------------------------------------------------------------------------------------

    def look(self) -> str:
        """Look at a few rows or the count of one table."""
        rng = self.rng
        scope = self.scope(1, bare=self.chance(0.85))
        way = rng.random()
        if way < 0.2:
            limit = f"\nLIMIT {LIMIT}" if self.chance(0.6) else ""
            return f"SELECT *\n{scope.text}{self.where(scope, 2, 1)}{limit}"
        if way < 0.35:
            return f"SELECT COUNT(*) AS row_count\n{scope.text}{self.where(scope, 2, 1)}"
        return self.with_tail(self.listing(scope, rng.randint(2, 4), tests=1))

    def list_one(self) -> str:
        """List rows of one table."""
        return self.with_tail(self.listing(self.scope(1), self.rng.randint(2, 6), tests=2))

    def group(self) -> str:
        """Group one table."""
        return self.with_tail(self.aggregate(self.scope(1), self.rng.randint(0, 2), self.rng.randint(1, 3), tests=2))

    def list_joined(self) -> str:
        """List rows of joined tables."""
        return self.with_tail(self.listing(self.scope(self.rng.choice((2, 2, 2, 3, 4))), self.rng.randint(2, 6)))

    def group_joined(self) -> str:
        """Group joined tables."""
        scope = self.scope(self.rng.choice((2, 2, 2, 3, 3, 4, 5)))
        return self.with_tail(self.aggregate(scope, self.rng.randint(1, 3), self.rng.randint(1, 4)))

    def rank_rows(self) -> str:
        """Rank or accumulate rows."""
        return self.with_tail(self.ranked(self.scope(self.rng.choice((1, 1, 2))), self.rng.randint(2, 4)))

    def union(self) -> str:
        """Put the rows of two or three tables together."""
        parts = [f"SELECT {STR} AS source, {', '.join(self._two(scope))}\n{scope.text}{self.where(scope, 2)}"
                 for scope in (self.scope(1, bare=True) for _ in range(self.rng.choice((2, 2, 3))))]  # fmt: skip
        return "\nUNION ALL\n".join(parts)

    def _two(self, scope: Scope) -> list[str]:
        return [f"{self.detail(scope.sources)[0]} AS {name}" for name in ("label", "value")]

    def explode(self) -> str:
        """Group by the items of an array."""
        table = self.rng.choice(self.pool.tables)
        if not table.lists:
            return self.list_one()
        scope = Scope(f"FROM {table.name} src", [("src", table)])
        view = f"\nLATERAL VIEW {self.rng.choice(('', 'OUTER '))}EXPLODE(src.{self.rng.choice(table.lists)}) x AS item"
        query = self.aggregate(Scope(scope.text + view, scope.sources), 1, 1, [("item", "item", "strs")])
        return self.with_tail(query)

    def pipe(self) -> str:
        """Group one table in pipe syntax."""
        scope = self.scope(1, bare=True)
        dimension, name, _ = self.dimension(scope.sources)
        measure, total = self.measure(scope.sources)
        where = self.where(scope, 2, 1).replace("\n", "\n|> ", 1)
        return (
            f"{scope.text}{where}\n|> AGGREGATE {measure} AS {total} GROUP BY {dimension} AS {name}"
            f"\n|> ORDER BY {total} DESC\n|> LIMIT {LIMIT}"
        )

    def derived(self) -> str:
        """List rows of a sub-query."""
        inner = self.aggregate(self.scope(1), 1, 2)
        text = indent("\n" + inner.text)
        outer = Scope(f"FROM ({text}\n) sub", [("sub", inner.as_table("sub"))])
        return self.with_tail(self.listing(outer, self.rng.randint(2, 3), tests=1))

    def function(self) -> str:
        """Call a function of the catalog on rows."""
        scope = self.scope(1, bare=True)
        column = self.column(scope.sources, "nums") or "1"
        call = f"{self.rng.choice(self.pool.functions)}({column})"
        return self.with_tail(self.listing(scope, self.rng.randint(1, 4), [(call, "computed", "nums")]))

    # -- common table expressions ----------------------------------------------------------------------------------

    def cte(self) -> str:
        """Read from one to four common table expressions."""
        return self.with_ctes(self.rng.choice((1, 1, 1, 2, 2, 3, 4)), (1, 1, 1, 2), 2)

    def long(self) -> str:
        """Write one of the few very long queries."""
        text = ""
        for _ in range(12):
            text = self.with_ctes(self.rng.choice((3, 4, 5)), (1, 2, 2, 3), 4)
            if 1200 <= len(text) <= 2500:
                break
        return text

    def with_ctes(self, count: int, joins: tuple[int, ...], most: int) -> str:
        """Write a query over common table expressions that share a key, where their tables do."""
        rng = self.rng
        first = rng.choice([t for t in rng.sample(self.pool.tables, min(8, len(self.pool.tables))) if t.ids])
        key = rng.choice(first.ids)
        ctes: list[Table] = []
        parts: list[str] = []
        names = rng.sample(_CTE_NAMES, count)
        for name in names:
            base = self.pool.partner(rng, first, key) if not ctes or self.chance(0.7) else rng.choice(ctes)
            scope = self.scope(rng.choice(joins) if base not in ctes else 1, base)
            if self.chance(0.6):
                query = self.aggregate(scope, rng.randint(0, most - 1), rng.randint(1, most), self.keyed(scope, key))
            else:
                query = self.listing(scope, rng.randint(2, most + 2), self.keyed(scope, key))
            ctes.append(query.as_table(name))
            parts.append(f"{name} AS ({indent(chr(10) + query.text)}\n)")
        last = self._over(ctes, key)
        query = self.aggregate(last, 1, rng.randint(1, most)) if self.chance(0.4) else self.listing(last, most + 1)
        return f"WITH {', '.join(parts)}\n{self.with_tail(query)}"

    def _over(self, ctes: list[Table], key: str) -> Scope:
        """Read the last CTE, joined with those before it."""
        if len(ctes) == 1:
            return self.scope(1, ctes[0])
        scope = self.joined(ctes[-1], ctes[-2], key)
        text, sources = scope
        for number, table in enumerate(ctes[-3::-1]):
            text += f"\nLEFT JOIN {table.name} c{number} ON c{number}.{key} = {sources[0][0]}.{key}"
            sources.append((f"c{number}", table))
        return Scope(text, sources)


_SHAPES: dict[Callable[[Shapes], str], float] = {
    Shapes.look: 40, Shapes.list_one: 18, Shapes.group: 13, Shapes.list_joined: 8, Shapes.group_joined: 8,
    Shapes.cte: 10, Shapes.rank_rows: 3, Shapes.derived: 2, Shapes.union: 2, Shapes.explode: 2, Shapes.function: 1,
    Shapes.pipe: 0.7, Shapes.long: 1.8,
}  # fmt: skip
_WAYS, _WEIGHTS = list(_SHAPES), list(_SHAPES.values())
