"""Makes the statement templates of a log from a seed: queries, writes, temporary views, slips and hazards."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING, Any, NamedTuple

from catalogs import kind_of
from hazards import HAZARDS, Case
from queries import DATE, DEC, ID, INT, SMALL, STR, Pool, Table, indent, slot
from shapes import Shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# ruff: noqa: S608 - no statement is ever run

_VIEWS = ("recent_rows", "tmp_base", "agent_scratch", "top_candidates", "working_set", "joined_sample")
_VIEW_COLUMNS = {"ids": "key_id", "strs": "label", "nums": "amount", "dates": "happened_on"}
_LITERALS = {"ids": ID, "nums": DEC, "strs": STR, "dates": DATE, "flags": "true"}
_HOT_LENGTHS = (220, 360, 130, 620, 180, 420, 150, 800, 220, 200)


class Template(NamedTuple):
    """One statement shape.

    Attributes:
        text: The statement. Zero characters enclose the kind of literal that a slot takes; a new line and tabs stand
            for a break and its indentation. Key words are in upper case.
        statement_type: As the platform classes it.
        role: `plain`, `wrong` (names something that does not exist), `view` (creates a temporary view), `reader` (reads
            one), `relative` (needs a current namespace) or `hazard` (a literal or a quote of it carries meaning).
        needs: The temporary view of a view or reader; the catalog, or catalog and schema, of a relative one.
        table: The full name of a table that it uses.
    """

    text: str
    statement_type: str
    role: str
    needs: str
    table: str


def make_templates(catalog: dict[str, Any], count: int, seed: int) -> list[Template]:
    """Make distinct statement shapes over a catalog.

    Args:
        catalog: From `make_catalog`.
        count: How many; at least 200.
        seed: Same arguments, same templates.

    Returns:
        The templates. Those of the roles that stand alone come first, the most used of them before all.
    """
    made = _Maker(catalog, random.Random(f"templates {seed} {count}"))
    seen: set[bytes] = set()
    hazards = _distinct(made.hazard, min(120, count // 60), seen)
    readers = _distinct(made.reader, min(48, max(12, count // 150)), seen)
    relative = _distinct(made.relative, count // 50, seen)
    rest = _distinct(made.any, count - len(hazards) - len(readers) - len(relative), seen)
    top = _hottest(rest)
    first = set(top)
    return [*top, *(t for t in rest if t not in first), *relative, *readers, *hazards]


def shape_of(text: str) -> bytes:
    """Give a digest of a template without its literals, white space and case: equal for equal shapes."""
    bare = "?".join(text.split("\0")[::2])
    return hashlib.blake2b("".join(bare.split()).lower().encode(), digest_size=12).digest()


def _hottest(templates: list[Template]) -> list[Template]:
    """Choose the most used shapes: parametrized ones of set lengths, so that logs of every size are alike."""
    found = [t for t in templates[:800] if t.role == "plain" and 2 <= t.text.count("\0") // 2 <= 9]
    top = [found.pop(_nearest(found, length)) for length in _HOT_LENGTHS * 4 if found]
    middle = len(top) // 2
    return [*top[:middle], *[t for t in templates if t.role == "view"][:1], *top[middle:]]


def _nearest(templates: list[Template], length: int) -> int:
    """Give the index of the template whose text is nearest to a length."""
    return min(range(len(templates)), key=lambda i: abs(len(templates[i].text) - length))


def _distinct(make: Callable[[], Template], count: int, seen: set[bytes]) -> list[Template]:
    """Make templates until there are enough distinct ones; a small family may have fewer."""
    made: list[Template] = []
    for _ in range(count * 20):
        if len(made) == count:
            break
        template = make()
        shape = shape_of(template.text)
        if shape not in seen:
            seen.add(shape)
            made.append(template)
    return made


class _Maker:
    """Makes templates of every role, one at a time."""

    def __init__(self, catalog: dict[str, Any], rng: random.Random) -> None:
        self.rng = rng
        relations = catalog["tables"] | {name: view["columns"] for name, view in catalog["views"].items()}
        plain = {name: columns for name, columns in relations.items() if not name.endswith("_sales")}
        self.functions: list[str] = catalog["functions"]
        self.tables = [_table(full, full, columns) for full, columns in plain.items()]
        self.writable = [table for table in self.tables if table.full in catalog["tables"]]
        self.years = [_table(full, full, columns) for full, columns in relations.items() if full not in plain]
        self.pool = Pool(self.tables, self.functions)
        self.writer = Shapes(rng, self.pool)
        self.namespaces = list(_namespaces(plain))
        self.local = {
            namespace: Pool(
                [
                    _table(n.removeprefix(f"{namespace}."), n, c)
                    for n, c in plain.items()
                    if n.startswith(f"{namespace}.")
                ],
                self.functions,
            )
            for namespace in self.namespaces
        }

    def any(self) -> Template:
        """Make a template that stands alone."""
        ways = (self._plain, self._write, self._view, self._metadata, self._wrong)
        return self.rng.choices(ways, (92.5, 4.5, 1, 1, 1))[0]()

    def relative(self) -> Template:
        """Make a query whose names need a current catalog, or a current schema."""
        namespace = self.rng.choice(self.namespaces)
        self.writer.pool = self.local[namespace]
        text = self.rng.choice(_LOCAL_WAYS)(self.writer)
        self.writer.pool = self.pool
        return Template(text, "SELECT", "relative", namespace, self.rng.choice(self.local[namespace].tables).full)

    def reader(self) -> Template:
        """Make a small query of a temporary view."""
        view = self.rng.choice(_VIEWS)
        columns = [[_VIEW_COLUMNS[kind]] if kind in _VIEW_COLUMNS else [] for kind in Table._fields[2:]]
        self.writer.pool = Pool([Table(view, view, *columns)], self.functions)
        text = self.rng.choice((Shapes.look, Shapes.list_one, Shapes.group))(self.writer)
        self.writer.pool = self.pool
        return Template(text, "SELECT", "reader", view, view)

    def hazard(self) -> Template:
        """Make a template in which a literal, or how it is quoted, carries meaning."""
        table = self.rng.choice(self.tables)
        text = self.rng.choice(HAZARDS)(Case(self.writer, table, self.years))
        first = text.split(None, 1)[0]
        return Template(text, "OTHER" if first == "EXECUTE" else first, "hazard", "", table.full)

    def _plain(self) -> Template:
        text = self.writer.any_query()
        return Template(text, "SELECT", "plain", "", _first_table(text))

    def _wrong(self) -> Template:
        """Name a table or a column that does not exist."""
        table = self._rich()
        if self.rng.random() < 0.5:
            table = table._replace(name=f"{table.name}_{self.rng.choice(('v2', 'final', 'latest', 'current', 'all'))}")
        else:
            table = table._replace(
                nums=[f"{self.rng.choice(('est', 'usd', 'avg', 'adjusted'))}_{n}" for n in table.nums]
            )
        scope = self.writer.scope(self.rng.choice((1, 1, 2)), table)
        text = self.writer.with_tail(self.writer.aggregate(scope, 1, 3))
        return Template(text, "SELECT", "wrong", "", table.full)

    def _view(self) -> Template:
        """Create a temporary view of the columns that all views of its name have."""
        table = self._rich()
        scope = self.writer.scope(1, table, bare=True)
        items = [f"{self.rng.choice(getattr(table, kind))} AS {name}" for kind, name in _VIEW_COLUMNS.items()]
        view = self.rng.choice(_VIEWS)
        select = f"SELECT {', '.join(items)}\n{scope.text}{self.writer.where(scope, 3)}"
        return Template(f"CREATE OR REPLACE TEMP VIEW {view} AS\n{select}", "CREATE", "view", view, table.full)

    def _metadata(self) -> Template:
        table = self.rng.choice(self.tables).full
        schema = table.rpartition(".")[0]
        forms = (f"SHOW TABLES IN {schema}", f"DESCRIBE TABLE {table}", f"DESCRIBE TABLE EXTENDED {table}",
                 f"DESCRIBE {table}", f"SHOW COLUMNS IN {table}", f"SHOW CREATE TABLE {table}",
                 f"SHOW TABLES IN {schema} LIKE {STR}")  # fmt: skip
        text = self.rng.choice(forms)
        return Template(text, text.split(" ", 1)[0], "plain", "", table)

    # -- writes ----------------------------------------------------------------------------------------------------

    def _write(self) -> Template:
        ways = (self._create, self._insert, self._values, self._merge, self._update, self._delete)
        return self.rng.choices(ways, (22, 26, 14, 16, 14, 8))[0]()

    def _rich(self) -> Table:
        """Give a table, no view, that has a column of every usual kind."""
        while True:
            table = self.rng.choice(self.writable)
            if table.ids and table.nums and table.strs and table.dates:
                return table

    def _create(self) -> Template:
        schema = self.rng.choice(("agents", "scratch", "experiments"))
        name = f"sandbox.{schema}.agent_{self._rich().name.rpartition('.')[2]}"
        return Template(f"CREATE OR REPLACE TABLE {name} AS\n{self.writer.any_query()}", "REPLACE", "plain", "", name)

    def _insert(self) -> Template:
        target, source = self._rich(), self._rich()
        kinds = self.rng.sample(("ids", "nums", "strs", "dates"), self.rng.randint(2, 4))
        scope = self.writer.scope(1, source, bare=True)
        into = ", ".join(self.rng.choice(getattr(target, kind)) for kind in kinds)
        items = ", ".join(self.rng.choice(getattr(source, kind)) for kind in kinds)
        text = f"INSERT INTO {target.name} ({into})\nSELECT {items}\n{scope.text}{self.writer.where(scope, 3)}"
        return Template(text, "INSERT", "plain", "", target.full)

    def _values(self) -> Template:
        target = self._rich()
        kinds = self.rng.sample(("ids", "nums", "strs", "dates"), self.rng.randint(2, 4))
        into = ", ".join(self.rng.choice(getattr(target, kind)) for kind in kinds)
        text = f"INSERT INTO {target.name} ({into})\nVALUES {slot('rows ' + ' '.join(kinds))}"
        return Template(text, "INSERT", "plain", "", target.full)

    def _merge(self) -> Template:
        rng, target = self.rng, self._rich()
        key = rng.choice(target.ids)
        scope = self.writer.scope(1, self.pool.partner(rng, target, key), bare=True)
        query = self.writer.aggregate(scope, 0, 2, self.writer.keyed(scope, key))
        numbers = rng.sample(target.nums, min(len(target.nums), 2))
        given = [name for name, _ in query.columns if name != key] or [key]
        pairs = [(number, rng.choice(given)) for number in numbers]
        text = f"MERGE INTO {target.name} AS t\nUSING (\n\t{indent(query.text)}\n) AS s\nON t.{key} = s.{key}\n"
        text += f"WHEN MATCHED THEN UPDATE SET {', '.join(f't.{a} = s.{b}' for a, b in pairs)}"
        if rng.random() < 0.7:
            text += f"\nWHEN NOT MATCHED THEN INSERT ({', '.join([key, *numbers])})"
            text += f" VALUES ({', '.join(f's.{name}' for name in [key, *(b for _, b in pairs)])})"
        return Template(text, "MERGE", "plain", "", target.full)

    def _update(self) -> Template:
        rng, target = self.rng, self._rich()
        scope = self.writer.scope(1, target, bare=True)
        kinds = rng.sample(("nums", "strs", "dates"), rng.randint(1, 2))
        changes = [f"{rng.choice(getattr(target, kind))} = {_LITERALS[kind]}" for kind in kinds]
        if rng.random() < 0.3:
            number = rng.choice(target.nums)
            changes.append(f"{number} = {number} {rng.choice('+-*')} {rng.choice((INT, SMALL))}")
        text = f"UPDATE {target.name}\nSET {', '.join(dict.fromkeys(changes))}{self.writer.where(scope, 3, 1)}"
        return Template(text, "UPDATE", "plain", "", target.full)

    def _delete(self) -> Template:
        target = self._rich()
        scope = self.writer.scope(1, target, bare=True)
        return Template(
            f"DELETE FROM {target.name}{self.writer.where(scope, 4, 1)}", "DELETE", "plain", "", target.full
        )


_LOCAL_WAYS: tuple[Callable[[Shapes], str], ...] = (
    Shapes.look, Shapes.look, Shapes.look, Shapes.list_one, Shapes.list_one, Shapes.group, Shapes.group,
    Shapes.list_joined, Shapes.group_joined, Shapes.cte,
)  # fmt: skip


def _table(name: str, full: str, columns: dict[str, str]) -> Table:
    by_kind: dict[str, list[str]] = {kind: [] for kind in Table._fields[2:]}
    for column, type_name in columns.items():
        by_kind[kind_of(column, type_name)].append(column)
    return Table(name, full, *by_kind.values())


def _namespaces(names: dict[str, Any]) -> Iterator[str]:
    """Give every schema, and every catalog."""
    schemas = dict.fromkeys(name.rpartition(".")[0] for name in names)
    yield from schemas
    yield from dict.fromkeys(schema.partition(".")[0] for schema in schemas)


def _first_table(text: str) -> str:
    """Give the first three-part name after a FROM."""
    for part in text.split("FROM ")[1:]:
        name = part.split(None, 1)[0].rstrip(")")
        if name.count(".") == 2:
            return name
    return ""
