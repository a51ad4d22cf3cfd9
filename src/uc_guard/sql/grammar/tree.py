"""The parts of a parsed query that matter for names: which names stand where, and which scope they see."""

from __future__ import annotations

from typing import Any, NamedTuple

# An atom is what an expression refers to: a plain tuple of lower-case parts is a column, the others are below.
# Operators, literals and precedence do not matter for names, so an expression is simply its atoms in order.
Chain = tuple[str, ...]
Atom = Any
Atoms = list[Atom]


def is_chain(atom: Atom) -> bool:
    """Tell whether an atom is a column reference."""
    return type(atom) is tuple


class Star(NamedTuple):
    """`*` or `t.*`, with the columns it leaves out and the expressions that replace some."""

    of: Chain
    without: tuple[Chain, ...]
    instead: Atoms


class Call(NamedTuple):
    """A call of a function that is not built in (its arguments are atoms beside it)."""

    name: Chain


class Connection(NamedTuple):
    """A call that uses a connection; None where its name is no literal."""

    name: str | None


class Lambda(NamedTuple):
    """`x -> body`: the parameters hide columns."""

    parameters: frozenset[str]
    body: Atoms


class WindowName(NamedTuple):
    """`OVER w`: the definition of `w` is read."""

    name: str


class Unknown(NamedTuple):
    """A part that cannot be understood from the text alone."""

    reason: str
    text: str
    names: tuple[Chain, ...]


class TimeWindow(NamedTuple):
    """`window(ts, '1 hour')` in a grouping gives a column of this name."""

    name: str


class Aggregate(NamedTuple):
    """The arguments of an aggregate in HAVING: there a name is a column before it is an alias."""

    atoms: Atoms


class Item(NamedTuple):
    """One item of a select list.

    `names` are the columns it gives: None where only Spark's pretty-printer knows, empty where they depend on a type.
    """

    atoms: Atoms
    names: tuple[str, ...] | None


class Table(NamedTuple):
    """A named relation."""

    name: Chain
    alias: str | None
    columns: tuple[str, ...]
    extra: tuple[str, ...] = ()


class TableFunction(NamedTuple):
    """A function in a FROM clause; `constants` are the values of its arguments where they are literals."""

    name: Chain
    atoms: Atoms
    constants: tuple[tuple[str | None, str | None], ...]
    alias: str | None
    columns: tuple[str, ...]
    outputs: tuple[str, ...] | None = None


class Described(NamedTuple):
    """`DESCRIBE HISTORY t` as a relation; the name may be a path."""

    name: Chain
    alias: str | None
    columns: tuple[str, ...]
    is_path: bool


class Derived(NamedTuple):
    """A query as a relation."""

    query: Query
    alias: str | None
    columns: tuple[str, ...]
    lateral: bool


class Group(NamedTuple):
    """A relation in parentheses, perhaps with an alias that covers all of it."""

    relation: Chained
    alias: str | None
    columns: tuple[str, ...]


class Join(NamedTuple):
    """What is joined to the relations on its left; `using` is None for no USING, empty for NATURAL."""

    right: Any
    hides_right: bool
    natural: bool
    using: tuple[str, ...]
    on: Atoms


class Pivot(NamedTuple):
    """`PIVOT`: groups by every column that it does not name; `is_open`: not all names of its own columns are known."""

    atoms: Atoms
    alias: str | None
    columns: tuple[str, ...]
    names: tuple[str, ...]
    is_open: bool


class Unpivot(NamedTuple):
    """`UNPIVOT`: the listed columns become rows."""

    inputs: tuple[Chain, ...]
    outputs: tuple[str, ...]
    alias: str | None
    columns: tuple[str, ...]


class Added(NamedTuple):
    """`BIN BY`, `WATERMARK`: more columns, worked out from those that are there."""

    atoms: Atoms
    names: tuple[str, ...]
    alias: str | None


class LateralView(NamedTuple):
    """`LATERAL VIEW`: a generator over the row."""

    name: Chain
    atoms: Atoms
    alias: str | None
    columns: tuple[str, ...]


class Chained(NamedTuple):
    """A relation and what follows it: joins, pivots."""

    first: Any
    rest: tuple[Any, ...]


class From(NamedTuple):
    """A whole FROM clause."""

    relations: tuple[Chained, ...]
    views: tuple[Any, ...]


class Select(NamedTuple):
    """One SELECT."""

    items: tuple[Item, ...]
    source: From | None
    where: Atoms
    group: Atoms
    having: Atoms
    qualify: Atoms
    windows: dict[str, Atoms]
    distinct: bool = False


class SetOperation(NamedTuple):
    """UNION, EXCEPT, INTERSECT."""

    left: Any
    right: Any


class Values(NamedTuple):
    """Inline rows."""

    atoms: Atoms
    width: int


class Piped(NamedTuple):
    """One `|>` step: its verb and what it needs."""

    verb: str
    payload: Any


class Cte(NamedTuple):
    """One common table expression."""

    name: str
    columns: tuple[str, ...]
    query: Query


class Query(NamedTuple):
    """A query with its CTEs, its ordering, and its pipe steps."""

    ctes: tuple[Cte, ...]
    recursive: bool
    body: Any
    order: Atoms
    other: Atoms
    windows: dict[str, Atoms]
    pipes: tuple[Piped, ...]


def plain_query(body: Any) -> Query:  # noqa: ANN401 - any query body
    """Make a query of a body alone."""
    return Query((), recursive=False, body=body, order=[], other=[], windows={}, pipes=())
