"""Writes SELECT statements as text-to-SQL models do, over given tables; a literal is a slot to be filled later."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import random


def slot(kind: str) -> str:
    r"""Give a slot for a literal; a new line and tabs stand for a break and its indentation."""
    return f"\0{kind}\0"


INT, SMALL, DEC, ID, STR, LIKE = (slot(kind) for kind in ("int", "small", "dec", "id", "str", "like"))
DATE, TIME, UNIT, DAY_FORMAT, LIMIT = (slot(kind) for kind in ("date", "time", "unit", "format", "limit"))
INTS, STRS, IDS = (slot(kind) for kind in ("ints", "strs", "ids"))


class Table(NamedTuple):
    """A table, view, CTE or derived table as a source: its name as written, and its columns by what they are."""

    name: str
    full: str
    ids: list[str]
    nums: list[str]
    strs: list[str]
    dates: list[str]
    flags: list[str]
    lists: list[str]


class Pool:
    """The tables that a statement may use, found by the keys that join them.

    Attributes:
        tables: All of them.
        functions: Full names of functions of one argument.
    """

    def __init__(self, tables: list[Table], functions: list[str]) -> None:
        self.tables = tables
        self.functions = functions
        self._by_key: dict[str, list[Table]] = {}
        for table in tables:
            schema = table.full.rpartition(".")[0]
            for key in table.ids:
                self._by_key.setdefault(key, []).append(table)
                self._by_key.setdefault(f"{schema} {key}", []).append(table)

    def partner(self, rng: random.Random, table: Table, key: str) -> Table:
        """Give a table that shares a key with another, mostly one of its own schema."""
        near = self._by_key.get(f"{table.full.rpartition('.')[0]} {key}", ())
        return rng.choice(near if len(near) > 1 and rng.random() < 0.75 else self._by_key.get(key) or [table])


class Scope(NamedTuple):
    """What a FROM clause brings: its text, and its sources by alias (an empty alias: names stand bare)."""

    text: str
    sources: list[tuple[str, Table]]


class Query(NamedTuple):
    """A query and what it gives, so that another can read from it."""

    text: str
    columns: list[tuple[str, str]]

    def as_table(self, name: str) -> Table:
        """Give it as a source of another query."""
        by_kind: dict[str, list[str]] = {}
        for column, kind in self.columns:
            by_kind.setdefault(kind, []).append(column)
        return Table(name, "", *(by_kind.get(kind, []) for kind in Table._fields[2:]))


def indent(text: str) -> str:
    """Move a text in by one level."""
    return text.replace("\n", "\n\t")


_RESERVED = frozenset("as is on or in if of to by no at do".split())  # noqa: SIM905
_JOINS = ("JOIN", "JOIN", "INNER JOIN", "LEFT JOIN", "LEFT JOIN", "LEFT OUTER JOIN", "FULL OUTER JOIN")
_COMPARE = ("=", "=", ">", ">=", "<", "<=", "<>", "!=")
_TYPES = ("DOUBLE", "BIGINT", "STRING", "INT", "DECIMAL(18, 2)")


class Writer:
    """Writes queries over a pool of tables.

    Attributes:
        rng: Where every choice comes from.
        pool: The tables to use; may be exchanged between two queries.
    """

    def __init__(self, rng: random.Random, pool: Pool) -> None:
        self.rng = rng
        self.pool = pool

    def chance(self, share: float) -> bool:
        """Tell true for a share of the calls."""
        return self.rng.random() < share

    # -- sources ---------------------------------------------------------------------------------------------------

    def scope(self, count: int, first: Table | None = None, *, bare: bool = False) -> Scope:
        """Write a FROM clause of some joined tables."""
        first = first or self.rng.choice(self.pool.tables)
        if count == 1 and (bare or self.chance(0.55)):
            return Scope(f"FROM {first.name}", [("", first)])
        sources: list[tuple[str, Table]] = []
        text = f"FROM {self._aliased(first, sources)}"
        for _ in range(count - 1):
            alias, left = self.rng.choice(sources)
            if not left.ids:
                continue
            key = self.rng.choice(left.ids)
            right = self.pool.partner(self.rng, left, key)
            join = f"\n{self.rng.choice(_JOINS)} {self._aliased(right, sources)}"
            text += f"{join} ON {alias}.{key} = {sources[-1][0]}.{key}"
            if self.chance(0.08):
                text += f" AND {self._test([sources[-1]])}"
        return Scope(text, sources)

    def joined(self, left: Table, right: Table, key: str) -> Scope:
        """Write a FROM clause of two sources that share a key."""
        sources: list[tuple[str, Table]] = []
        text = f"FROM {self._aliased(left, sources)}"
        text += f"\n{self.rng.choice(_JOINS)} {self._aliased(right, sources)}"
        return Scope(f"{text} ON {sources[0][0]}.{key} = {sources[1][0]}.{key}", sources)

    def _aliased(self, table: Table, sources: list[tuple[str, Table]]) -> str:
        last = table.name.rpartition(".")[2]
        taken = {alias for alias, _ in sources}
        alias = last if self.chance(0.15) else "".join(word[0] for word in last.split("_"))
        if alias in taken or alias in _RESERVED or not alias[0].isalpha():
            alias = f"t{len(sources) + 1}"
        sources.append((alias, table))
        return f"{table.name} AS {alias}" if self.chance(0.4) else f"{table.name} {alias}"

    def column(self, sources: list[tuple[str, Table]], kind: str) -> str | None:
        """Give a column of a kind (`ids`, `nums`, `strs`, `dates`, `flags`, `lists`), if there is one."""
        for alias, table in self.rng.sample(sources, len(sources)):
            if columns := getattr(table, kind):
                column: str = self.rng.choice(columns)
                return f"{alias}.{column}" if alias else column
        return None

    def _other(self, sources: list[tuple[str, Table]], column: str) -> str:
        """Give a number column, most often another than the given one."""
        for _ in range(3):
            other = self.column(sources, "nums")
            if other and other != column:
                return other
        return column

    # -- conditions ------------------------------------------------------------------------------------------------

    def where(self, scope: Scope, most: int = 4, least: int = 0) -> str:
        """Write a WHERE clause with its line break; empty for no condition."""
        tests = [self._test(scope.sources) for _ in range(self.rng.randint(least, most))]
        if self.chance(0.07):
            tests.append(self._subquery(scope.sources))
        if len(tests) > 2 and self.chance(0.15):
            tests[-2:] = [f"({tests[-2]} OR {tests[-1]})"]
        return "\nWHERE " + "\n\tAND ".join(tests) if tests else ""

    def _test(self, sources: list[tuple[str, Table]]) -> str:
        rng = self.rng
        kind = rng.choices(("nums", "strs", "dates", "flags", "ids"), (30, 32, 28, 5, 10))[0]
        column = self.column(sources, kind)
        if column is None:
            return f"{self.column(sources, 'ids') or self.column(sources, 'nums') or 'true'} IS NOT NULL"
        if self.chance(0.05):
            return f"{column} IS {rng.choice(('NULL', 'NOT NULL'))}"
        return rng.choice(_TESTS[kind]).format(
            c=column, o=rng.choice(_COMPARE), v=rng.choice((INT, INT, DEC, SMALL)), e=self._other(sources, column)
        )

    def _subquery(self, sources: list[tuple[str, Table]]) -> str:
        """Write an IN, EXISTS or scalar sub-query as a condition."""
        rng = self.rng
        alias, table = rng.choice(sources)
        way = rng.random()
        if not table.ids or (way < 0.25 and table.nums):
            inner = self.scope(1, bare=True)
            measure = self.column(inner.sources, "nums") or "1"
            left = self.column(sources, "nums") or "1"
            where = indent(indent(self.where(inner, 1)))
            head = f"{left} {rng.choice('><')} (\n\t\tSELECT {rng.choice(('AVG', 'MAX', 'MIN'))}({measure})"
            return f"{head}\n\t\t{inner.text}{where})"
        key = rng.choice(table.ids)
        other = self.pool.partner(rng, table, key)
        outer = f"{alias}.{key}" if alias else key
        if way < 0.7 or not alias:
            inner = self.scope(1, other, bare=True)
            where = indent(indent(self.where(inner, 2)))
            word = rng.choice(("IN", "IN", "NOT IN"))
            return f"{outer} {word} (\n\t\tSELECT {rng.choice(('', 'DISTINCT '))}{key}\n\t\t{inner.text}{where})"
        test = self._test([("x", other)])
        word = rng.choice(("EXISTS", "EXISTS", "NOT EXISTS"))
        return f"{word} (\n\t\tSELECT 1 FROM {other.name} x WHERE x.{key} = {outer} AND {test})"

    # -- what is selected ------------------------------------------------------------------------------------------

    def measure(self, sources: list[tuple[str, Table]]) -> tuple[str, str]:
        """Write an aggregate; give it and a name for it."""
        rng = self.rng
        number, key = self.column(sources, "nums"), self.column(sources, "ids")
        if number is None or self.chance(0.22):
            return ("COUNT(*)", "row_count") if key is None or self.chance(0.5) else self._distinct(key)
        form, name = rng.choice(_MEASURES)
        if "{t}" in form:
            form = form.replace("{t}", self._test(sources))
        other = self._other(sources, number)
        return form.format(c=number, e=other, k=key or "*", y=rng.choice(_TYPES)), name + _bare(number)

    def _distinct(self, key: str) -> tuple[str, str]:
        return f"COUNT(DISTINCT {key})", f"{_bare(key).removesuffix('_id')}_count"

    def dimension(self, sources: list[tuple[str, Table]]) -> tuple[str, str, str]:
        """Write an expression to group by; give it, a name for it, and its kind."""
        rng = self.rng
        kind = rng.choices(("strs", "dates", "ids", "flags"), (50, 25, 20, 5))[0]
        column = self.column(sources, kind)
        if column is None:
            kind = "ids"
            column = self.column(sources, "ids") or self.column(sources, "nums") or self.column(sources, "strs")
        if column is None:
            return "1", "one", "nums"
        if kind == "dates":
            form, name = rng.choice(_DATE_GROUPS)
            return form.format(c=column), name or _bare(column), "dates"
        if kind == "strs" and self.chance(0.15):
            form = rng.choice(_TEXT_FORMS).format(c=column)
            return form, f"{_bare(column)}_group", kind
        return column, _bare(column), kind

    def detail(self, sources: list[tuple[str, Table]]) -> tuple[str, str, str]:
        """Write an item of a list of columns; give it, its name, and its kind."""
        rng = self.rng
        kind = rng.choices(("ids", "nums", "strs", "dates", "flags"), (20, 30, 30, 17, 3))[0]
        column = self.column(sources, kind)
        if column is None:
            return self.dimension(sources)
        if self.chance(0.8):
            return column, _bare(column), kind
        if kind == "nums":
            form, name, gives = rng.choice(_NUMBER_ITEMS)
            form = form.replace("{t}", self._test(sources)) if "{t}" in form else form
            made = form.format(c=column, e=self._other(sources, column), y=rng.choice(_TYPES))
            return made, name.format(_bare(column)), gives
        if kind == "dates":
            form, name = rng.choice(_DATE_ITEMS)
            return form.format(c=column), name.format(_bare(column)), "nums"
        if kind == "strs":
            return rng.choice(_TEXT_FORMS).format(c=column), f"{_bare(column)}_text", kind
        return column, _bare(column), kind

    def window(self, sources: list[tuple[str, Table]]) -> tuple[str, str]:
        """Write a window function; give it and a name for it."""
        rng = self.rng
        part = self.column(sources, rng.choice(("ids", "strs"))) or self.column(sources, "nums")
        order = self.column(sources, rng.choice(("dates", "nums"))) or part
        form, name = rng.choice(_WINDOWS)
        over = f"PARTITION BY {part} ORDER BY {order}{rng.choice((' DESC', ''))}"
        return form.format(c=self.column(sources, "nums") or part, w=over), name


def _bare(column: str) -> str:
    return column.rpartition(".")[2]


_NUMBER_TESTS = (
    "{c} {o} {v}", "{c} {o} {v}", "{c} {o} {v}", f"{{c}} BETWEEN {INT} AND {INT}", f"{{c}} IN ({INTS})",
    "COALESCE({c}, 0) {o} {v}", "{c} {o} {e}", "ABS({c} - {e}) > {v}", "CAST({c} AS DOUBLE) {o} {v}",
)  # fmt: skip
_TEXT_TESTS = (
    f"{{c}} = {STR}", f"{{c}} = {STR}", f"{{c}} = {STR}", f"{{c}} IN ({STRS})", f"{{c}} IN ({STRS})",
    f"{{c}} NOT IN ({STRS})", f"{{c}} LIKE {LIKE}", f"{{c}} ILIKE {LIKE}", f"LOWER({{c}}) = {STR}",
    f"UPPER(TRIM({{c}})) LIKE {LIKE}", f"{{c}} <> {STR}", f"COALESCE({{c}}, '') != {STR}",
)  # fmt: skip
_DATE_TESTS = (
    f"{{c}} {{o}} {DATE}", f"{{c}} {{o}} {DATE}", f"{{c}} >= DATE{DATE}", f"{{c}} BETWEEN {DATE} AND {DATE}",
    f"{{c}} BETWEEN DATE{DATE} AND DATE{DATE}", f"{{c}} {{o}} TIMESTAMP{TIME}", f"{{c}} {{o}} CAST({DATE} AS DATE)",
    f"{{c}} >= CURRENT_DATE() - INTERVAL {SMALL} DAYS", f"{{c}} >= DATE_SUB(CURRENT_DATE(), {SMALL})",
    f"YEAR({{c}}) = {slot('year')}", f"{{c}} >= ADD_MONTHS(CURRENT_DATE(), -{SMALL})", f"TO_DATE({{c}}) = {DATE}",
    f"DATE_TRUNC({UNIT}, {{c}}) = {DATE}", f"DATEDIFF(CURRENT_DATE(), {{c}}) <= {SMALL}",
)  # fmt: skip
_FLAG_TESTS = ("{c}", "{c} = true", "NOT {c}", "{c} = false", "{c} IS TRUE")
_ID_TESTS = (f"{{c}} = {ID}", f"{{c}} IN ({IDS})", "{c} IS NOT NULL")
_TESTS = {
    "nums": _NUMBER_TESTS, "strs": _TEXT_TESTS, "dates": _DATE_TESTS, "flags": _FLAG_TESTS, "ids": _ID_TESTS,
}  # fmt: skip
_MEASURES = (
    ("SUM({c})", "total_"), ("SUM({c})", "total_"), ("AVG({c})", "avg_"), ("MIN({c})", "min_"), ("MAX({c})", "max_"),
    (f"ROUND(AVG({{c}}), {slot('digit')})", "avg_"), ("COALESCE(SUM({c}), 0)", "total_"),
    ("CAST(SUM({c}) AS {y})", "total_"), ("SUM(CASE WHEN {t} THEN {c} ELSE 0 END)", "selected_"),
    ("SUM({c}) / NULLIF(COUNT(*), 0)", "mean_"), ("COUNT_IF({t})", "hits_"), ("SUM({c} * {e})", "weighted_"),
    ("SUM({c}) FILTER (WHERE {t})", "filtered_"), (f"PERCENTILE_APPROX({{c}}, {slot('share')})", "p_"),
    ("STDDEV({c})", "stddev_"), ("SUM({c}) - SUM({e})", "net_"),
)  # fmt: skip
_DATE_GROUPS = (
    (f"DATE_TRUNC({UNIT}, {{c}})", "period"), (f"DATE_TRUNC({UNIT}, {{c}})", "period"), ("YEAR({c})", "year_number"),
    ("MONTH({c})", "month_number"), ("{c}", ""), ("TO_DATE({c})", "day_only"), ("CAST({c} AS DATE)", "day_only"),
    (f"DATE_FORMAT({{c}}, {DAY_FORMAT})", "period_label"), ("LAST_DAY({c})", "month_end"),
)  # fmt: skip
_TEXT_FORMS = (
    "LOWER({c})", "UPPER({c})", "TRIM({c})", f"COALESCE({{c}}, {STR})", f"SUBSTRING({{c}}, 1, {SMALL})",
    f"CASE WHEN {{c}} IN ({STRS}) THEN {STR} ELSE {{c}} END", f"CONCAT({{c}}, {STR})", "INITCAP({c})",
    f"CASE {{c}} WHEN {STR} THEN {STR} WHEN {STR} THEN {STR} END", f"SPLIT({{c}}, {STR})[0]",
)  # fmt: skip
_NUMBER_ITEMS = (
    (f"ROUND({{c}}, {slot('digit')})", "{}_rounded", "nums"), ("CAST({c} AS {y})", "{}_cast", "nums"),
    ("{c} * {e}", "{}_product", "nums"), (f"{{c}} * {DEC}", "{}_scaled", "nums"), ("{c}::DOUBLE", "{}_double", "nums"),
    ("{c} / NULLIF({e}, 0)", "{}_ratio", "nums"), ("TRY_CAST({c} AS {y})", "{}_cast", "nums"),
    (f"CASE WHEN {{t}} THEN {STR} ELSE {STR} END", "{}_class", "strs"),
    (f"CASE WHEN {{c}} < {INT} THEN {STR} WHEN {{c}} < {INT} THEN {STR} ELSE {STR} END", "{}_band", "strs"),
    (f"IF({{t}}, {STR}, {STR})", "{}_class", "strs"),
)  # fmt: skip
_DATE_ITEMS = (
    ("DATEDIFF(CURRENT_DATE(), {c})", "{}_age"), ("YEAR({c})", "{}_year"), ("UNIX_TIMESTAMP({c})", "{}_unix"),
    ("DAYOFWEEK({c})", "{}_weekday"), ("EXTRACT(MONTH FROM {c})", "{}_month"),
    (f"TIMESTAMPDIFF(DAY, {{c}}, TIMESTAMP{TIME})", "{}_days"),
)  # fmt: skip
_WINDOWS = (
    ("ROW_NUMBER() OVER ({w})", "rn"), ("ROW_NUMBER() OVER ({w})", "rn"), ("RANK() OVER ({w})", "rnk"),
    ("DENSE_RANK() OVER ({w})", "rnk"), ("LAG({c}) OVER ({w})", "previous_value"),
    ("SUM({c}) OVER ({w} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)", "running_total"),
    ("AVG({c}) OVER ({w} ROWS BETWEEN 6 PRECEDING AND CURRENT ROW)", "moving_average"),
    ("FIRST_VALUE({c}) OVER ({w})", "first_value_seen"),
)  # fmt: skip
