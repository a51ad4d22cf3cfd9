"""Writes the statements in which a literal, or how it is quoted, carries meaning: where masking literals goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from queries import DATE, INT, LIMIT, SMALL, STR, STRS, Table, slot

if TYPE_CHECKING:
    from shapes import Shapes

# ruff: noqa: S608 - no statement is ever run


class Case(NamedTuple):
    """What a hazard is made of.

    Attributes:
        writer: Writes its ordinary parts.
        table: A table to use.
        years: The tables whose names begin with a digit.
    """

    writer: Shapes
    table: Table
    years: list[Table]


def _one_of(*texts: str) -> str:
    """Give a slot that takes one of the texts as it is."""
    return slot("".join(f"\1{text}" for text in texts))


def _names(writer: Shapes, count: int = 40) -> list[str]:
    return [table.full for table in writer.rng.sample(writer.pool.tables, count)]


def _quoted(writer: Shapes) -> str:
    return _one_of(*(f"'{name}'" for name in _names(writer)))


def _where(case: Case) -> str:
    return case.writer.where(case.writer.scope(1, case.table, bare=True), 2, 1)


# -- names in literals -------------------------------------------------------------------------------------------------


def _identifier(case: Case) -> str:
    cut = [name.rpartition(".") for name in _names(case.writer, 20)]
    joined = _one_of(*(f"'{schema}.' || '{last}'" for schema, _, last in cut))
    name = case.writer.rng.choice((_quoted(case.writer), joined))
    head = case.writer.rng.choice(("SELECT *", "SELECT COUNT(*) AS row_count"))
    return f"{head}\nFROM IDENTIFIER({name}){case.writer.rng.choice(('', ' AS t'))}\nLIMIT {LIMIT}"


def _identifier_with_columns(case: Case) -> str:
    kind = case.writer.rng.choice(("nums", "strs", "ids"))
    column = case.writer.column([("", case.table)], kind) or case.table.ids[0]
    names = [t.full for t in case.writer.pool.tables if column in t.nums or column in t.strs or column in t.ids]
    given = _one_of(*(f"'{name}'" for name in case.writer.rng.sample(names, min(20, len(names)))))
    test = case.writer.rng.choice((f"{column} IS NOT NULL", f"{column} <> {STR}", f"{column} IN ({STRS})"))
    return f"SELECT COUNT(DISTINCT {column}) AS n\nFROM IDENTIFIER({given})\nWHERE {test}"


def _identifier_column(case: Case) -> str:
    columns = [f"'{column}'" for column in (*case.table.ids, *case.table.nums, *case.table.strs)]
    return f"SELECT IDENTIFIER({_one_of(*columns)}) AS picked\nFROM {case.table.name}{_where(case)}\nLIMIT {LIMIT}"


def _describe(case: Case) -> str:
    return f"DESCRIBE TABLE IDENTIFIER({_quoted(case.writer)})"


def _immediate(case: Case) -> str:
    texts = [f"'select * from {name} limit {case.writer.rng.randint(1, 99)}'" for name in _names(case.writer)]
    texts += [f"'SELECT count(*) FROM {name} WHERE 1 = 1 AND ''a'' <> ''b'''" for name in _names(case.writer, 20)]
    return f"EXECUTE IMMEDIATE {_one_of(*texts)}"


def _immediate_using(case: Case) -> str:
    columns = (*case.table.ids, *case.table.nums)
    texts = [f"'SELECT * FROM {case.table.name} WHERE {column} > ?'" for column in columns]
    return f"EXECUTE IMMEDIATE {_one_of(*texts)} USING {case.writer.rng.choice((INT, SMALL))}"


# -- files and versions ------------------------------------------------------------------------------------------------


def _files(case: Case) -> str:
    volumes = (
        "lake/staging/landing",
        "lake/bronze_sales/exports",
        "marketing/web/clickstream",
        "sandbox/agents/uploads",
    )
    paths = [f"'/Volumes/{v}/{word}_{i}.csv'" for v in volumes for word in ("orders", "feed") for i in range(1, 9)]
    options = case.writer.rng.choice(("", ", format => 'csv'", ", format => 'csv', header => true"))
    return f"SELECT *\nFROM read_files({_one_of(*paths)}{options})\nLIMIT {LIMIT}"


def _changes(case: Case) -> str:
    span = case.writer.rng.choice((SMALL, f"{SMALL}, {INT}", DATE, f"{DATE}, {DATE}"))
    head = case.writer.rng.choice(("*", "_change_type, COUNT(*) AS changes"))
    tail = "\nGROUP BY _change_type" if "COUNT" in head else f"\nLIMIT {LIMIT}"
    return f"SELECT {head}\nFROM table_changes({_quoted(case.writer)}, {span}){tail}"


def _path(case: Case) -> str:
    paths = [f"`s3://{bucket}/path-{i}`" for bucket in ("lake-bucket", "exports") for i in range(1, 25)]
    head = case.writer.rng.choice(("*", "COUNT(*) AS row_count"))
    return (
        f"SELECT {head}\nFROM {case.writer.rng.choice(('delta', 'parquet', 'json'))}.{_one_of(*paths)}\nLIMIT {LIMIT}"
    )


def _travel(case: Case) -> str:
    way = case.writer.rng.choice((f" VERSION AS OF {SMALL}", f" TIMESTAMP AS OF {DATE}", f" FOR VERSION AS OF {SMALL}"))
    column = case.writer.column([("", case.table)], case.writer.rng.choice(("nums", "strs"))) or "*"
    return f"SELECT {column}\nFROM {case.table.name}{way}\nLIMIT {LIMIT}"


def _years(case: Case) -> str:
    rng = case.writer.rng
    one = rng.choice(case.years)
    schema = one.full.rpartition(".")[0]
    other = rng.choice([table for table in case.years if table.full.startswith(schema)])
    keys = [key for key in one.ids if key in other.ids]
    if other is one or not keys or rng.random() < 0.6:
        scope = case.writer.scope(1, one)
    else:
        scope = case.writer.joined(one, other, rng.choice(keys))
    way = rng.random()
    query = case.writer.aggregate(scope, 1, 2) if way < 0.6 else case.writer.listing(scope, rng.randint(2, 5))
    return case.writer.with_tail(query)


# -- quoting -----------------------------------------------------------------------------------------------------------


def _text_test(case: Case, *texts: str) -> str:
    column = case.writer.column([("", case.table)], "strs") or "'x'"
    number = case.writer.column([("", case.table)], "nums") or "1"
    head = case.writer.rng.choice((f"SELECT {column}, {number}", "SELECT *", f"SELECT SUM({number}) AS total"))
    compare = case.writer.rng.choice(("=", "<>", "LIKE"))
    return f"{head}\nFROM {case.table.name}\nWHERE {column} {compare} {_one_of(*texts)}"


def _comment_marks(case: Case) -> str:
    return _text_test(case, "'a -- b'", "'/* no */'", "'--'", "'x /* y'", "'*/ z'", "'# -- '';'")


def _escapes(case: Case) -> str:
    return _text_test(case, "'it''s'", r"'it\'s'", r"'a\\'", r"'tab\there'", "''''", r"'\'; -- '", "'a;b'")


def _raw(case: Case) -> str:
    return _text_test(case, r"r'C:\dir'", r"r'\d+'", r"R'C:\new\table'", r'r"\w -- \s"', r"r'\\'")


def _double_quotes(case: Case) -> str:
    return _text_test(case, '"open"', '"it\'s"', r'"say \"hi\""', '"a -- b"', '"/* c */"', '"core.sales.orders"')


def _adjoined(case: Case) -> str:
    return _text_test(case, "'a' 'b'", "'a' \"b\"", "'a' || 'b -- c'", "x'1F'", "CAST('1e3' AS STRING)")


def _backticks(case: Case) -> str:
    columns = case.writer.rng.sample((*case.table.ids, *case.table.nums, *case.table.strs), 2)
    name = case.writer.rng.choice(("a -- b", "it's", "total (%)", "/* x */", "two``ticks", "order"))
    parts = ".".join(f"`{part}`" for part in case.table.name.split("."))
    return f"SELECT `{columns[0]}`, `{columns[1]}` AS `{name}`\nFROM {parts}\nLIMIT {LIMIT}"


def _nested(case: Case) -> str:
    comments = ("/* outer /* inner */ still */", "/* 'open */", "/* -- */", '/* "x /* y */ */', "/* it's; */")
    column = case.writer.column([("", case.table)], case.writer.rng.choice(("nums", "strs"))) or "*"
    return f"SELECT {column} {_one_of(*comments)}\nFROM {case.table.name} {_one_of(*comments)}{_where(case)}"


def _hint(case: Case) -> str:
    column = case.writer.column([("t", case.table)], case.writer.rng.choice(("nums", "strs"))) or "*"
    hint = case.writer.rng.choice(("BROADCAST(t)", "REPARTITION(8)", "MERGE(t), COALESCE(4)"))
    return f"SELECT /*+ {hint} */ {column}\nFROM {case.table.name} t\nLIMIT {LIMIT}"


def _numbers(case: Case) -> str:
    column = case.writer.column([("", case.table)], "nums") or "1"
    values = ("1e3", "1.5BD", "10L", ".5", "5.", "-3", "- 3", "1E-4D", "+7", "12S")
    since = "CURRENT_DATE() - INTERVAL " + _one_of("'3'", "12") + " DAY"
    return f"SELECT {column} + {_one_of(*values)} AS shifted, {since} AS since\nFROM {case.table.name}"


HAZARDS = (
    _identifier,
    _identifier_with_columns,
    _identifier_with_columns,
    _identifier_column,
    _describe,
    _immediate,
    _immediate_using,
    _files,
    _changes,
    _changes,
    _path,
    _travel,
    _travel,
    _years,
    _years,
    _years,
    _comment_marks,
    _escapes,
    _raw,
    _double_quotes,
    _adjoined,
    _backticks,
    _nested,
    _hint,
    _numbers,
)
"""Writers of hazards, the more usual ones more than once."""
