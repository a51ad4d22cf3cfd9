"""Reads SELECT: its list, its clauses, and Hive scripts."""

from __future__ import annotations

from uc_guard.sql.grammar.calls import read_arguments
from uc_guard.sql.grammar.cursor import Cursor, is_name
from uc_guard.sql.grammar.joins import read_lateral_view
from uc_guard.sql.grammar.operators import read_window
from uc_guard.sql.grammar.pieces import read_expressions, read_type
from uc_guard.sql.grammar.relations import read_from
from uc_guard.sql.grammar.tokens import HINT, Hole, Unspelled, literal_text
from uc_guard.sql.grammar.tree import Atoms, From, Item, Select, is_chain

# Words after an item of a select list that are no alias of it.
_ENDS_ITEM = frozenset(
    [
        "FROM",
        "WHERE",
        "HAVING",
        "UNION",
        "EXCEPT",
        "INTERSECT",
        "MINUS",
        "LATERAL",
        "LIMIT",
        "OFFSET",
        "WINDOW",
        "QUALIFY",
        "INTO",
        "BULK",
        "ON",
        "INSERT",
        "AS",
        "WHEN",
        "THEN",
        "PIVOT",
        "UNPIVOT",
        "JOIN",
    ]
)
BY_WORDS = frozenset({"GROUP", "ORDER", "SORT", "CLUSTER", "DISTRIBUTE"})
# Words that are a clause only before something that can follow them; otherwise they are an alias.
_ALIAS_BEFORE = frozenset({"", ",", "FROM", ")", ";"})


def read_select(p: Cursor, source: From | None = None) -> Select:
    """Read a SELECT; `source` is its FROM when that stood before it."""
    p.need("SELECT")
    up = p.up
    distinct = False
    hints = _read_hints(p) if up[p.i] == HINT else []
    if up[p.i] in {"DISTINCT", "ALL"} and up[p.i + 1] not in {",", "FROM", ".", "", ")"}:
        distinct = up[p.i] == "DISTINCT"
        p.i += 1
    if up[p.i] == "TRANSFORM" and up[p.i + 1] == "(" and _is_script(p):
        p.i += 1
        return read_select_rest(p, [read_script(p, in_parens=True)], source)
    select = read_select_rest(p, read_items(p), source)
    if hints:
        select = select._replace(where=[*select.where, *hints])
    return select._replace(distinct=True) if distinct else select


def _read_hints(p: Cursor) -> Atoms:
    """Read `/*+ REPARTITION(3, a), MERGE(t) */`: the columns of those that have some."""
    atoms: Atoms = []
    while p.take(HINT):
        p.need("(")
        while not p.take(")"):
            word = p.up[p.i]
            p.i += 1
            if p.up[p.i] == "(" and word in {"REPARTITION", "REPARTITION_BY_RANGE", "REBALANCE"}:
                p.i += 1
                read_arguments(p, atoms)
            elif p.up[p.i] == "(":
                p.skip_parens()
            if p.at_end():
                p.fail()
    return atoms


def read_items(p: Cursor) -> list[Item]:
    """Read a select list."""
    items = [read_item(p)]
    while p.up[p.i] == ",":
        p.i += 1
        items.append(read_item(p))
    return items


def read_select_rest(p: Cursor, items: list[Item], source: From | None = None) -> Select:
    """Read what follows a select list."""
    where: Atoms = []
    group: Atoms = []
    having: Atoms = []
    qualify: Atoms = []
    windows: dict[str, Atoms] = {}
    if source is None and p.take("FROM"):
        source = read_from(p)
    if source is not None and p.up[p.i] == "LATERAL" and p.up[p.i + 1] == "VIEW":
        views = list(source.views)
        while p.up[p.i] == "LATERAL" and p.up[p.i + 1] == "VIEW":
            views.append(read_lateral_view(p))
        source = From(source.relations, tuple(views))
    if p.take("WHERE"):
        p.expression(where)
    if p.take("GROUP", "BY"):
        read_group(p, group)
    if p.take("HAVING"):
        kept, p.in_having = p.in_having, True
        p.expression(having)
        p.in_having = kept
    while True:
        if p.up[p.i] == "WINDOW" and is_name(p.raw[p.i + 1]) and p.up[p.i + 2] in {"AS", "("}:
            windows.update(read_windows(p))
        elif p.take("QUALIFY"):
            p.expression(qualify)
        else:
            break
    return Select(tuple(items), source, where, group, having, qualify, windows)


def read_group(p: Cursor, out: Atoms) -> None:
    """Read GROUP BY, with ROLLUP, CUBE, GROUPING SETS and the trailing WITH ROLLUP."""
    while True:
        if p.up[p.i] == "GROUPING" and p.up[p.i + 1] == "SETS":
            p.i += 2
            _read_grouping_sets(p, out)
        elif p.up[p.i] in {"ROLLUP", "CUBE"} and p.up[p.i + 1] == "(":
            p.i += 1
            _read_grouping_sets(p, out)
        else:
            p.expression(out)
            if p.take("AS"):
                p.name_part()
        if p.up[p.i] == "GROUPING" and p.up[p.i + 1] == "SETS":
            continue
        if p.up[p.i] == "WITH" and p.up[p.i + 1] in {"ROLLUP", "CUBE"}:
            p.i += 2
        if not p.take(","):
            return


def _read_grouping_sets(p: Cursor, out: Atoms) -> None:
    p.need("(")
    while not p.take(")"):
        word = p.up[p.i]
        if word == "GROUPING" and p.up[p.i + 1] == "SETS":
            p.i += 2
            _read_grouping_sets(p, out)
        elif word in {"ROLLUP", "CUBE"} and p.up[p.i + 1] == "(":
            p.i += 1
            _read_grouping_sets(p, out)
        elif word == "(" and p.up[p.i + 1] == ")":
            p.i += 2
        else:
            p.expression(out)
        if p.up[p.i] != ")":
            p.need(",")


def read_windows(p: Cursor) -> dict[str, Atoms]:
    """Read `WINDOW a AS (...), b AS (...)`."""
    p.need("WINDOW")
    windows: dict[str, Atoms] = {}
    while True:
        name = p.name_part()
        p.need("AS")
        atoms: Atoms = []
        read_window(p, atoms)
        windows[name] = atoms
        if not p.take(","):
            return windows


def read_item(p: Cursor) -> Item:
    """Read one item of a select list."""
    up, raw = p.up, p.raw
    start = p.i
    atoms: Atoms = []
    p.expression(atoms)
    word = up[p.i]
    if word == "AS":
        p.i += 1
        if up[p.i] == "(":
            return Item(atoms, p.names_in_parens())
        return Item(atoms, (p.name_part(),))
    if is_name(raw[p.i]) and not _ends_item(p, word):
        return Item(atoms, (p.name_part(),))
    if word == "(" and up[p.i - 1] == ")" and is_name(raw[p.i + 1]):
        return Item(atoms, p.names_in_parens())
    return Item(atoms, _implied_names(p, start, atoms))


def _ends_item(p: Cursor, word: str) -> bool:
    if word in BY_WORDS:
        return p.up[p.i + 1] == "BY"
    return word in _ENDS_ITEM and (word == "FROM" or p.up[p.i + 1] not in _ALIAS_BEFORE)


def _implied_names(p: Cursor, start: int, atoms: Atoms) -> tuple[str, ...] | None:
    """Give the name that Spark gives an item without an alias, where that is plain."""
    end = p.i
    if end == start + 1:
        raw = p.raw[start]
        if atoms and is_chain(atoms[0]):
            return (atoms[0][-1],)
        if atoms:
            return None
        return (Unspelled(f"\x00{start}") if type(raw) is Hole else literal_text(raw).lower(),)
    if len(atoms) == 1 and is_chain(atoms[0]):
        if p.up[end - 2] in {".", ":"} and is_name(p.raw[end - 1]):
            return (p.raw[end - 1].strip("`").lower(),)
        if p.up[start] in {"CAST", "TRY_CAST", "("} or "::" in p.up[start:end]:
            return (atoms[0][-1],)
    return _GENERATED.get(p.up[start]) if p.up[start + 1] == "(" and p.up[end - 1] == ")" else None


_GENERATED = {
    "EXPLODE": ("col", "key", "value"),
    "EXPLODE_OUTER": ("col", "key", "value"),
    "POSEXPLODE": ("pos", "col", "key", "value"),
    "POSEXPLODE_OUTER": ("pos", "col", "key", "value"),
    "JSON_TUPLE": tuple(f"c{k}" for k in range(40)),
    "STACK": tuple(f"col{k}" for k in range(40)),
    "INLINE": (),
    "INLINE_OUTER": (),
    "WINDOW": ("window",),
    "SESSION_WINDOW": ("session_window",),
}


def _is_script(p: Cursor) -> bool:
    """Tell TRANSFORM(...) USING 'script' from the higher-order function."""
    start = p.i
    p.i += 1
    p.skip_parens()
    found = p.up[p.i] in {"USING", "ROW", "RECORDWRITER"}
    p.i = start
    return found


def read_script(p: Cursor, *, in_parens: bool) -> Item:
    """Read `(a, b) USING 'script' AS (x INT, y)`."""
    atoms: Atoms = []
    if in_parens:
        p.i += 1
        read_arguments(p, atoms)
    else:
        read_expressions(p, atoms)
    _skip_row_format(p)
    p.need("USING")
    p.string()
    names: tuple[str, ...] = ("key", "value")
    if p.take("AS"):
        names = p.names_in_parens() if p.up[p.i] == "(" else _typed_names(p)
    _skip_row_format(p)
    return Item(atoms, names)


def _typed_names(p: Cursor) -> tuple[str, ...]:
    names: list[str] = []
    while True:
        names.append(p.name_part())
        if p.at_name() and p.up[p.i] not in {"FROM", "ROW", "RECORDREADER", "WHERE"}:
            read_type(p)
        if not p.take(","):
            return tuple(names)


def _skip_row_format(p: Cursor) -> None:
    while p.up[p.i] in {"ROW", "RECORDREADER", "RECORDWRITER"}:
        p.i += 1
        p.skip_until(frozenset({"USING", "AS", "FROM", "RECORDREADER", "RECORDWRITER", "WHERE", ")"}))
