"""Random statements over the estate, full of names that clash; most of them are ones that Spark accepts."""
# ruff: noqa: S608 - statements are what this file makes

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from spark_expressions import BASE, NAMES, Columns, Expressions, Scope, Source, base_columns

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(slots=True)
class Generator(Expressions):
    """Writes statements from one source of randomness."""

    def statement(self) -> str:
        """One statement, now and then with comments between its words and its names in other letters."""
        if self.chance(0.2):
            self.temporary_view()
        text = self.plain()
        return self.disguised(text) if self.chance(0.15) else text

    def temporary_view(self) -> None:
        """A temporary view that the statement may read, under a name that may hide a table."""
        body, columns = self.query(Scope(), self.depth - 1, named=True)
        name = self.random.choice(NAMES)
        self.views[name] = body
        self.start = Scope(ctes=(Source(name, columns),))

    def plain(self) -> str:
        """One statement as it is."""
        makers: list[tuple[int, Callable[[], str]]] = [
            (70, lambda: self.query(self.start, self.depth)[0]),
            (8, self.insert),
            (5, self.update),
            (4, self.delete),
            (6, self.merge),
            (3, lambda: f"CREATE OR REPLACE TABLE fresh AS {self.query(self.start, self.depth, named=True)[0]}"),
            (2, lambda: f"EXPLAIN {self.query(self.start, self.depth)[0]}"),
        ]
        return self.weighted(makers)()

    def disguised(self, text: str) -> str:
        between = [" ", "  ", "\n", " /* FROM u */ ", " -- WHERE b\n ", "\t"]
        parts = re.split(r"""('[^']*'|"[^"]*")""", text)
        for place in range(0, len(parts), 2):  # the odd ones are literals
            part = "".join(self.random.choice(between) if c == " " and self.chance(0.2) else c for c in parts[place])
            parts[place] = re.sub(r"\b[a-z]\b", lambda m: m[0].upper() if self.chance(0.2) else m[0], part)
        return "".join(parts)

    # --- queries

    def query(
        self, scope: Scope, depth: int, *, types: list[str] | None = None, named: bool = False
    ) -> tuple[str, Columns]:
        """A query and its columns; `types`: give exactly these, `named`: give each a name of its own."""
        if depth > 0 and self.chance(0.2):
            return self.with_query(scope, depth, types, named=named)
        if depth > 0 and self.chance(0.12):
            return self.set_operation(scope, depth, types)
        if depth > 0 and not types and not scope.outer and self.chance(0.08):
            return self.pipe(scope, depth)
        return self.select(scope, depth, types, named=named)

    def with_query(self, scope: Scope, depth: int, types: list[str] | None, *, named: bool) -> tuple[str, Columns]:
        parts = []
        for _ in range(self.random.randint(1, 2)):
            name = self.random.choice(NAMES)
            if any(p.split("(")[0].split(" ")[0] == name for p in parts):
                continue
            body, columns = self.query(scope.bare(), depth - 1, named=True)
            listed = ""
            if self.chance(0.25):
                columns = dict(zip(self.some_names(len(columns)), columns.values(), strict=True))
                listed = f"({', '.join(columns)})"
            parts.append(f"{name}{listed} AS ({body})")
            kept = tuple(c for c in scope.ctes if c.alias != name)
            scope = replace(scope, ctes=(*kept, Source(name, columns)))
        text, columns = self.query(scope, depth - 1, types=types, named=named)
        return f"WITH {', '.join(parts)} " + (f"({text})" if text.startswith("WITH") else text), columns

    def set_operation(self, scope: Scope, depth: int, types: list[str] | None) -> tuple[str, Columns]:
        types = types or [self.random.choice(["int", "int", "string"]) for _ in range(self.random.randint(1, 3))]
        left, columns = self.select(scope, depth - 1, types, named=True)
        right, _ = self.query(scope, depth - 1, types=types, named=True)
        kind = self.random.choice(["UNION ALL", "UNION ALL", "UNION", "INTERSECT", "EXCEPT"])
        return f"({left}) {kind} ({right})", columns

    def pipe(self, scope: Scope, depth: int) -> tuple[str, Columns]:
        source, found = self.source(scope, depth - 1)
        text, columns = f"FROM {source}", dict(found.columns)
        for _ in range(self.random.randint(1, 3)):
            here = replace(scope, sources=(Source("", columns),))
            step = self.random.choice(["WHERE", "SELECT", "EXTEND", "DROP", "AGGREGATE", "SET", "JOIN"])
            ints = [c for c, kind in columns.items() if kind == "int"]
            if step == "WHERE":
                text += f" |> WHERE {self.boolean(here, 1)}"
            elif step == "SELECT":
                listed, columns = self.select_list(here, 1, None, named=True)
                text += f" |> SELECT {listed}"
            elif step == "EXTEND":
                name = self.new_name()
                text += f" |> EXTEND {self.integer(here, 1)} AS {name}"
                columns = {**columns, name: "int"}
            elif step == "DROP" and len(columns) > 1:
                gone = self.random.choice(list(columns))
                text += f" |> DROP {gone}"
                columns = {c: k for c, k in columns.items() if c != gone}
            elif step == "AGGREGATE" and ints:
                by, name = self.random.choice(list(ints)), self.new_name()
                text += f" |> AGGREGATE sum({self.integer(here, 0)}) AS {name} GROUP BY {by}"
                columns = {by: "int", name: "int"}
            elif step == "SET" and ints:
                text += f" |> SET {self.random.choice(ints)} = {self.integer(here, 1)}"
            elif step == "JOIN" and "k" in columns:
                text += " |> JOIN (SELECT k, val AS joined FROM w) AS jj USING (k)"
                columns = {**columns, "joined": "int"}
        return text, columns

    def select(self, scope: Scope, depth: int, types: list[str] | None, *, named: bool) -> tuple[str, Columns]:
        text, scope = self.sources(scope, depth)
        if depth > 0 and not types and self.chance(0.15):
            return self.aggregate(text, scope, depth)
        listed, columns = self.select_list(scope, depth, types, named=named)
        distinct = "DISTINCT " if self.chance(0.05) and "map" not in str(columns.values()) else ""
        parts = [f"SELECT {distinct}{listed} FROM {text}"]
        if self.chance(0.5):
            parts.append(f"WHERE {self.boolean(scope, depth)}")
        if not distinct and not scope.outer and self.chance(0.15):
            fields = [f"{c}.a" for c, k in columns.items() if k.startswith("struct<a:int")]
            parts.append(f"ORDER BY {self.random.choice([self.integer(scope, 0), *columns, *fields])}")
            parts.append("LIMIT 3" if self.chance(0.4) else "")
        return " ".join(p for p in parts if p), columns

    def aggregate(self, text: str, scope: Scope, depth: int) -> tuple[str, Columns]:
        keys = [self.integer(scope, 0) for _ in range(self.random.randint(1, 2))]
        names = self.some_names(len(keys) + 1)
        total = self.random.choice(
            ["sum({})", "max({})", "count({})", "count(*)", "sum({}) FILTER (WHERE {} > 1)", "count(DISTINCT {})"]
        )
        total = total.replace("{}", self.integer(scope, 0), 1).replace("{}", self.integer(scope, 0), 1)
        group = self.random.choice(
            [
                ", ".join(keys),
                ", ".join(keys),
                f"CUBE ({', '.join(keys)})",
                f"ROLLUP ({', '.join(keys)})",
                f"GROUPING SETS (({keys[0]}), ({', '.join(keys)}))",
                "ALL",
            ]
        )
        where = f" WHERE {self.boolean(scope, depth - 1)}" if self.chance(0.4) else ""
        having = (
            f" HAVING {self.random.choice(['max({})', 'count(DISTINCT {})', 'min({}) + 1'])} > 1"
            if self.chance(0.4)
            else ""
        )
        having = having.replace("{}", self.random.choice([self.integer(scope, 0), *self.unclear(scope, names)]))
        having += f"{' AND' if having else ' HAVING'} {names[-1]} > 1" if self.chance(0.15) else ""
        listed = ", ".join(f"{k} AS {n}" for k, n in zip([*keys, total], names, strict=True))
        return f"SELECT {listed} FROM {text}{where} GROUP BY {group}{having}", dict.fromkeys(names, "int")

    def unclear(self, scope: Scope, names: list[str]) -> list[str]:
        """Output names that are also the name of exactly one input column of the same type."""
        return [n for n in names if [k for s in scope.sources for c, k in s.columns.items() if c == n] == ["int"]]

    def select_list(self, scope: Scope, depth: int, types: list[str] | None, *, named: bool) -> tuple[str, Columns]:
        if types:
            names = self.some_names(len(types))
            listed = [f"{self.value(scope, depth, kind)} AS {n}" for kind, n in zip(types, names, strict=True)]
            return ", ".join(listed), dict(zip(names, types, strict=True))
        columns: Columns = {}
        parts: list[str] = []
        for _ in range(self.random.randint(1, 4)):
            if self.chance(0.12) and len(scope.sources) == 1 and not columns:
                parts.append(self.star(scope.sources[0], columns))
                continue
            kind = self.random.choice(["int", "int", "int", "string", "any", "made"])
            if kind == "any":
                made, kind = self.any_column(scope)
            elif kind == "made":
                made, kind = self.made(scope, columns)
            else:
                made = self.value(scope, depth, kind)
            name = self.random.choice([n for n in [*NAMES, self.new_name()] if n not in columns])
            simple = made.split(".")[-1]
            if not named and self.chance(0.4) and simple.isidentifier() and simple not in columns:
                parts.append(made)
                columns[simple] = kind
            else:
                parts.append(f"{made} AS {name}")
                columns[name] = kind
        return ", ".join(parts), columns

    def made(self, scope: Scope, before: Columns) -> tuple[str, str]:
        """A value that only a select list may hold: a window, a struct, a whole row, an alias of the same list."""
        taken = {c for s in (*scope.sources, *scope.outer) for c in s.columns} | {
            s.alias for s in (*scope.sources, *scope.outer)
        }
        earlier = [c for c, k in before.items() if k == "int" and c not in taken]
        one, two = self.integer(scope, 0), self.integer(scope, 0)
        choices = [
            (f"named_struct('a', {one}, 't', {two})", "struct<a:int,t:int>"),
            (f"struct({one} AS a, {two} AS t)", "struct<a:int,t:int>"),
            (f"array({one}, {two})", "array<int>"),
        ]
        if not scope.outer:
            choices += [(f"max({one}) OVER (PARTITION BY {two} ORDER BY {self.integer(scope, 0)})", "int")]
        if earlier:
            choices += [(f"{self.random.choice(earlier)} + {one}", "int")] * 3
        if len(scope.sources) == 1 and "map" not in str(scope.sources[0].columns.values()):
            choices += [("hash(*)", "int")]
        return self.random.choice(choices)

    def star(self, source: Source, columns: Columns) -> str:
        columns.update(source.columns)
        prefix = f"{source.alias}." if source.alias and self.chance(0.4) else ""
        if len(source.columns) > 2 and self.chance(0.4):
            gone = self.random.choice(list(source.columns))
            del columns[gone]
            return f"{prefix}* EXCEPT ({gone})"
        return f"{prefix}*"

    # --- sources

    def sources(self, scope: Scope, depth: int) -> tuple[str, Scope]:
        text, first = self.source(scope, depth)
        found = [first]
        merged: set[str] = set()
        for _ in range(self.random.choice([0, 0, 0, 1, 1, 2])):
            more, source = self.source(scope, depth - 1)
            if source.alias in {f.alias for f in found}:
                continue
            shared = [
                c
                for c, k in source.columns.items()
                if sum(c in f.columns for f in found) == 1
                and k in ("int", "string")
                and all(f.columns.get(c, k) == k for f in found)
            ]
            kind = self.random.choice(["JOIN", "JOIN", "LEFT JOIN", "FULL JOIN", "CROSS JOIN", "SEMI JOIN", ","])
            here = replace(scope, sources=(*found, source), merged=frozenset(merged))
            if shared and kind not in ("CROSS JOIN", ",") and self.chance(0.5):
                using = self.random.sample(shared, 1)
                text += f" {kind} {more} USING ({using[0]})"
                merged |= set(using) if kind != "SEMI JOIN" else set()
            elif self.natural(found, source, kind):
                text += f" NATURAL {kind} {more}"
                merged |= {c for c in source.columns if any(c in f.columns for f in found)}
            elif kind in ("CROSS JOIN", ","):
                text += f"{' ' if kind != ',' else ''}{kind} {more}"
            else:
                text += f" {kind} {more} ON {self.comparison(here, 0)}"
            if kind != "SEMI JOIN":
                found.append(source)
        text, found = self.lateral(text, found, scope, depth)
        return text, replace(scope, sources=tuple(found), merged=frozenset(merged))

    def natural(self, found: list[Source], source: Source, kind: str) -> bool:
        """Whether a natural join may stand here: every shared name stands once on the left, with the same type."""
        kinds = [[f.columns[c] for f in found if c in f.columns] for c in source.columns]
        shared = [(k, t) for k, t in zip(kinds, source.columns.values(), strict=True) if k]
        return (
            kind in ("JOIN", "LEFT JOIN", "FULL JOIN")
            and self.chance(0.25)
            and all(k == [t] and t in ("int", "string") for k, t in shared)
        )

    def lateral(self, text: str, found: list[Source], scope: Scope, depth: int) -> tuple[str, list[Source]]:
        here = Scope(tuple(found), (), scope.ctes)
        arrays = self.columns_of(here, "array<int>")
        if arrays and self.chance(0.25):
            alias, name = self.new_name(), self.random.choice(NAMES)
            column = self.random.choice(arrays)
            if self.chance(0.5):
                return f"{text} LATERAL VIEW explode({column}) {alias} AS {name}", [
                    *found,
                    Source(alias, {name: "int"}),
                ]
            return f"{text}, LATERAL explode({column}) AS {alias}({name})", [*found, Source(alias, {name: "int"})]
        if depth > 1 and self.chance(0.1):
            alias = self.new_name()
            body, columns = self.select(Scope((), tuple(found), scope.ctes), depth - 2, None, named=True)
            return f"{text}, LATERAL ({body}) AS {alias}", [*found, Source(alias, columns)]
        return text, found

    def source(self, scope: Scope, depth: int) -> tuple[str, Source]:
        if scope.ctes and self.chance(0.45):
            cte = self.random.choice(scope.ctes)
            return self.named(cte.alias, cte.alias, cte.columns)
        if depth > 0 and self.chance(0.4):
            made = self.weighted([(6, self.derived), (1, self.pivot), (1, self.unpivot), (1, self.values)])
            return made(scope, depth)
        name = self.random.choice([b for b in BASE if not any(c.alias == b for c in scope.ctes)])
        return self.named(name, name.rsplit(".", 1)[-1], base_columns(name))

    def named(self, name: str, last: str, columns: Columns) -> tuple[str, Source]:
        if self.chance(0.35):
            return name, Source(last, columns)
        alias = self.random.choice(NAMES)
        if self.chance(0.12):
            new = self.some_names(len(columns))
            return f"{name} AS {alias}({', '.join(new)})", Source(alias, dict(zip(new, columns.values(), strict=True)))
        return f"{name} AS {alias}", Source(alias, columns)

    def derived(self, scope: Scope, depth: int) -> tuple[str, Source]:
        body, columns = self.query(scope.bare(), depth - 1, named=True)
        alias = self.random.choice(NAMES)
        return f"({body}) AS {alias}", Source(alias, columns)

    def pivot(self, scope: Scope, _depth: int) -> tuple[str, Source]:
        body, columns = self.select(scope.bare(), 0, ["int", "int", "int"], named=True)
        by, of, rest = columns
        alias = self.random.choice(NAMES)
        text = f"(SELECT * FROM ({body}) PIVOT (sum({of}) FOR {by} IN (1 AS p1, 2 AS p2))) AS {alias}"
        return text, Source(alias, {rest: "int", "p1": "int", "p2": "int"})

    def unpivot(self, scope: Scope, _depth: int) -> tuple[str, Source]:
        body, columns = self.select(scope.bare(), 0, ["int", "int", "string"], named=True)
        one, two, rest = columns
        alias = self.random.choice(NAMES)
        text = f"(SELECT * FROM ({body}) UNPIVOT (uv FOR un IN ({one}, {two}))) AS {alias}"
        return text, Source(alias, {rest: "string", "uv": "int", "un": "string"})

    def values(self, _scope: Scope, _depth: int) -> tuple[str, Source]:
        alias, names = self.random.choice(NAMES), self.some_names(2)
        return f"(VALUES (1, 'x'), (2, 'y')) AS {alias}({', '.join(names)})", Source(
            alias, {names[0]: "int", names[1]: "string"}
        )

    # --- writes

    def insert(self) -> str:
        ctes, scope = "", self.start
        if self.chance(0.2):
            body, columns = self.query(scope, 1, named=True)
            kept = tuple(c for c in scope.ctes if c.alias != "q")
            ctes, scope = f"WITH q AS ({body}) ", Scope(ctes=(*kept, Source("q", columns)))
        kinds = self.random.choice(
            [("(a, c)", ["int", "string"]), ("(k)", ["int"]), ("", ["int", "int", "string", "int"])]
        )
        text, _ = self.query(scope, self.depth - 1, types=kinds[1])
        verb = self.random.choice(["INSERT INTO", "INSERT INTO TABLE", "INSERT OVERWRITE"])
        return f"{ctes}{verb} dst {kinds[0]} {text}"

    def update(self) -> str:
        alias = self.random.choice(["dst", *NAMES])
        scope = replace(self.start, sources=(Source(alias, base_columns("dst")),))
        named = f"dst AS {alias}" if alias != "dst" else "dst"
        where = f" WHERE {self.boolean(scope, self.depth - 1)}" if self.chance(0.7) else ""
        return f"UPDATE {named} SET a = {self.integer(scope, 1)}, c = {self.string(scope, 1)}{where}"

    def delete(self) -> str:
        scope = replace(self.start, sources=(Source("dst", base_columns("dst")),))
        return f"DELETE FROM dst WHERE {self.boolean(scope, self.depth - 1)}"

    def merge(self) -> str:
        text, source = self.source(self.start, self.depth - 1)
        alias = self.random.choice([n for n in ["dst", "d0"] if n != source.alias])
        both = replace(self.start, sources=(Source(alias, base_columns("dst")), source))
        only = replace(self.start, sources=(source,))
        first, second = self.integer(both, 1), self.string(both, 0)
        clauses = [
            f"WHEN MATCHED AND {self.comparison(both, 0)} THEN UPDATE SET b = {first}, c = {second}",
            "WHEN MATCHED THEN DELETE",
            f"WHEN NOT MATCHED THEN INSERT (a, k) VALUES ({self.integer(only, 1)}, {self.integer(only, 0)})",
            f"WHEN NOT MATCHED BY SOURCE AND {alias}.a > 1 THEN UPDATE SET b = {alias}.k",
        ]
        chosen = sorted(self.random.sample(range(4), self.random.randint(1, 3)))
        named = f"dst AS {alias}" if alias != "dst" else "dst"
        return f"MERGE INTO {named} USING {text} ON {self.comparison(both, 0)} {' '.join(clauses[i] for i in chosen)}"
