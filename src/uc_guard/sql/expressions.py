"""Reads expressions: which columns, functions and queries they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.sql.cursor import Cursor, is_name
from uc_guard.sql.functions import AGGREGATES, BUILT_IN, KEYWORD_ARGUMENT, UNIT_FIRST, UNITS
from uc_guard.sql.names import folded_name
from uc_guard.sql.tokens import identifier, is_string
from uc_guard.sql.tree import Aggregate, Atoms, Call, Chain, Lambda, Star, Table, TableName, TimeWindow, Unknown, WindowName

if TYPE_CHECKING:
    from collections.abc import Callable

STARTS_QUERY = frozenset({"SELECT", "WITH", "FROM", "VALUES", "TABLE", "MAP", "REDUCE"})
SET_OPERATORS = frozenset({"UNION", "EXCEPT", "INTERSECT", "MINUS", "|>"})
AFTER_QUERY = SET_OPERATORS | {"ORDER", "LIMIT", "OFFSET", "SORT", "CLUSTER", "DISTRIBUTE", "WINDOW"}

# Words that no operand can be unless a dot or a parenthesis follows: an operand is missing before them.
_NEVER_OPERAND = frozenset(
    "FROM WHERE SELECT UNION JOIN AND OR THEN WHEN ELSE AS IS IN BETWEEN LIKE HAVING ESCAPE LATERAL INTERSECT".split()
)
_BINARY = frozenset(
    "+ - * / % || = == <> != < <= > >= <=> & | ^ << >> >>> !< !> AND OR DIV IN BETWEEN OVERLAPS ESCAPE".split()
)
_PATTERNS = frozenset({"LIKE", "ILIKE", "RLIKE", "REGEXP"})
_ARGUMENT_LINKS = frozenset({"FROM", "FOR", "PLACING", "TO", "USING"})


def is_query_start(p: Cursor, at: int) -> bool:
    """Tell whether a query starts at a place (just after a parenthesis)."""
    word = p.up[at]
    if word not in STARTS_QUERY:
        return False
    after = p.up[at + 1]
    if word in {"SELECT", "WITH"}:
        return after not in {")", ",", "."}
    if word == "VALUES":
        return after == "(" or after not in {")", ",", "."}
    if word == "TABLE":
        return is_name(p.raw[at + 1]) and after not in {"."}
    return word == "FROM" and (after == "(" or is_name(p.raw[at + 1]))


def read_expression(p: Cursor, out: Atoms) -> None:
    """Read one expression; what it names goes to `out`. Stops before the first token that cannot continue it."""
    up = p.up
    while True:
        _read_operand(p, out)
        while True:
            token = up[p.i]
            if token in _BINARY:
                p.i += 1
                break
            reader = _POSTFIX.get(token)
            if reader is None:
                return
            more = reader(p, out)
            if more is None:
                return
            if more:
                break


def read_expressions(p: Cursor, out: Atoms) -> int:
    """Read expressions between commas; give how many."""
    count = 1
    read_expression(p, out)
    while p.up[p.i] == ",":
        p.i += 1
        count += 1
        read_expression(p, out)
    return count


def read_sort_items(p: Cursor, out: Atoms) -> None:
    """Read `a DESC NULLS LAST, b`."""
    while True:
        read_expression(p, out)
        p.take_any({"ASC", "DESC"})
        if p.take("NULLS") and not p.take_any({"FIRST", "LAST"}):
            p.fail()
        if not p.take(","):
            return


def read_chain(p: Cursor) -> Chain:
    """Read a dotted name."""
    up, raw = p.up, p.raw
    i = p.i
    if not is_name(raw[i]):
        p.fail()
    if up[i] == "IDENTIFIER" and up[i + 1] == "(":
        parts = [p.name_part()]
        i = p.i
    else:
        parts = [identifier(raw[i])]
        i += 1
    while up[i] == "." and is_name(raw[i + 1]):
        if up[i + 1] == "IDENTIFIER" and up[i + 2] == "(":
            p.i = i + 1
            parts.append(p.name_part())
            i = p.i
            continue
        parts.append(identifier(raw[i + 1]))
        i += 2
    p.i = i
    return tuple(parts)


def read_type(p: Cursor) -> None:
    """Read a data type; it names nothing."""
    word = p.up[p.i]
    if not p.at_name():
        p.fail()
    p.i += 1
    if word == "INTERVAL":
        if p.take_any(UNITS):
            p.take("TO") and p.take_any(UNITS)
        return
    p.take("PRECISION") or p.take("VARYING")
    if p.up[p.i] == "(":
        p.skip_parens()
    if p.up[p.i] in {"<", "<>"}:
        _skip_angles(p)
    if p.take("COLLATE"):
        read_chain(p)
    if word == "TIMESTAMP" and p.take_any({"WITH", "WITHOUT"}):
        p.take("LOCAL")
        p.need("TIME", "ZONE")


def read_parenthesized_query(p: Cursor) -> object:
    """Read `( query )`."""
    p.need("(")
    query = p.query(p)
    p.need(")")
    return query


def read_window(p: Cursor, out: Atoms) -> None:
    """Read what follows OVER, or a window definition: a name or `(...)`."""
    if not p.take("("):
        out.append(WindowName(p.name_part()))
        return
    if p.at_name() and p.up[p.i] not in _WINDOW_WORDS:
        out.append(WindowName(p.name_part()))
    while not p.take(")"):
        word = p.take_any(_WINDOW_WORDS)
        if word in {"PARTITION", "DISTRIBUTE"}:
            p.need("BY")
            read_expressions(p, out)
        elif word in {"ORDER", "SORT", "CLUSTER"}:
            p.need("BY")
            read_sort_items(p, out)
        elif word in {"ROWS", "RANGE"}:
            _read_frame(p, out)
        else:
            p.fail()


_WINDOW_WORDS = frozenset({"PARTITION", "ORDER", "DISTRIBUTE", "SORT", "CLUSTER", "ROWS", "RANGE"})


def _read_frame(p: Cursor, out: Atoms) -> None:
    between = p.take("BETWEEN")
    for _ in range(2 if between else 1):
        if p.take("CURRENT", "ROW"):
            pass
        elif p.take("UNBOUNDED"):
            p.take_any({"PRECEDING", "FOLLOWING"}) or p.fail()
        else:
            read_expression(p, out)
            p.take_any({"PRECEDING", "FOLLOWING"}) or p.fail()
        if between and p.up[p.i] == "AND":
            p.i += 1
    if p.take("EXCLUDE"):
        p.skip_until(frozenset({")"}))


def _skip_angles(p: Cursor) -> None:
    """Step over `<...>` of a type; `>>` closes two."""
    depth = 0
    while p.i < p.end:
        token = p.up[p.i]
        p.i += 1
        if token == "<":
            depth += 1
        elif token in {">", ">>", ">>>"}:
            depth -= len(token)
        if depth <= 0:
            return
    p.fail()


# ---- operands


def _read_operand(p: Cursor, out: Atoms) -> None:
    token = p.up[p.i]
    reader = _OPERANDS.get(token)
    if reader is not None and reader(p, out):
        return
    raw = p.raw[p.i]
    if is_name(raw):
        _read_name(p, out)
    elif is_string(raw):
        p.i += 1
        while is_string(p.raw[p.i]):
            p.i += 1
    elif raw[:1].isdigit() or (raw[:1] == "." and len(raw) > 1):
        p.i += 1
    else:
        p.fail()


def _read_name(p: Cursor, out: Atoms) -> None:
    """Read a column, a call, or a typed literal such as DATE '2024-01-01'."""
    up, raw = p.up, p.raw
    start = p.i
    token = up[start]
    after = up[start + 1]
    if token in _NEVER_OPERAND and after not in {".", "("}:
        p.fail()
    if is_string(raw[start + 1]) and token[0] != "`":
        p.i = start + 2
        return
    chain = (identifier(raw[start]),) if after != "." else read_chain(p)
    if after != ".":
        p.i = start + 1
    following = up[p.i]
    if following == "(":
        read_call(p, chain, out)
    elif following == "." and up[p.i + 1] == "*":
        p.i += 2
        out.append(_read_star_tail(p, chain))
    elif following == "->" and len(chain) == 1:
        _read_lambda_body(p, frozenset(chain), out)
    else:
        out.append(chain)


def read_call(p: Cursor, name: Chain, out: Atoms) -> None:
    """Read the arguments of a call, from its parenthesis on."""
    if name[-1] in BUILT_IN and (len(name) == 1 or name[:-1] in {("builtin",), ("system", "builtin")}):
        special = _SPECIAL_ARGUMENTS.get(name[-1])
        if special is not None:
            p.i += 1
            special(p, out, name[-1])
            return
    else:
        out.append(Call(name))
    p.i += 1
    star = name[-1] != "count" or p.up[p.i] == "DISTINCT"
    if p.in_having and name[-1] in AGGREGATES:
        inner: Atoms = []
        read_arguments(p, inner, star=star)
        out.append(Aggregate(inner))
    else:
        read_arguments(p, out, star=star)


def read_arguments(p: Cursor, out: Atoms, *, star: bool = True) -> None:
    """Read arguments up to and with the closing parenthesis."""
    up = p.up
    if p.take(")"):
        return
    if up[p.i] in {"DISTINCT", "ALL"} and up[p.i + 1] not in {",", ")", ".", "("}:
        p.i += 1
    elif up[p.i] == "DISTINCT" and up[p.i + 1] == "(":
        p.i += 1
    while True:
        _read_argument(p, out, star=star)
        token = up[p.i]
        if token == ",":
            p.i += 1
        elif token == ")":
            p.i += 1
            return
        elif token in _ARGUMENT_LINKS:
            p.i += 1
        elif token in {"IGNORE", "RESPECT"} and up[p.i + 1] == "NULLS":
            p.i += 2
        elif token == "ORDER" and up[p.i + 1] == "BY":
            p.i += 2
            read_sort_items(p, out)
        else:
            p.fail()


def _read_argument(p: Cursor, out: Atoms, *, star: bool) -> None:
    up = p.up
    if up[p.i] in {",", ")"} and up[p.i - 1] not in {",", "("}:
        return  # after IGNORE NULLS or ORDER BY
    if up[p.i + 1] == "=>":
        p.i += 2
    token = up[p.i]
    if token == "*":
        p.i += 1
        if star or up[p.i] == "EXCEPT":
            out.append(_read_star_tail(p, ()))
        return
    if token == "TABLE" and up[p.i + 1] != "." and (up[p.i + 1] == "(" or is_name(p.raw[p.i + 1])):
        _read_table_argument(p, out)
        return
    if token in STARTS_QUERY and token in {"SELECT", "WITH"} and is_query_start(p, p.i):
        out.append(p.query(p))  # EXISTS(SELECT ...), array(SELECT ...)
        return
    if token == "(" and p.has_lambda and _read_lambda(p, out):
        return
    read_expression(p, out)
    if p.take("AS"):
        p.name_part()
    elif p.at_name() and up[p.i] not in _ARGUMENT_LINKS and up[p.i + 1] in {",", ")"}:
        p.i += 1  # struct(a x)


def _read_table_argument(p: Cursor, out: Atoms) -> None:
    """Read `TABLE(t)`, `TABLE(query)` or `TABLE t` as an argument, with its partitioning."""
    p.i += 1
    if p.take("("):
        if is_query_start(p, p.i) or p.up[p.i] == "(":
            out.append(p.query(p))
        else:
            out.append(TableName(_named_table(p)))
        p.need(")")
    else:
        out.append(TableName(_named_table(p)))
    p.take("WITH", "SINGLE", "PARTITION")
    parted: Atoms = []
    while p.take_any({"PARTITION", "DISTRIBUTE", "ORDER", "SORT"}):
        p.need("BY")
        if p.take("("):
            read_sort_items(p, parted)
            p.need(")")
        else:
            # the columns are those of the table argument; reading it whole already covers them
            read_expression(p, parted)
            p.take_any({"ASC", "DESC"})
    p.take("WITH", "SINGLE", "PARTITION")


def _named_table(p: Cursor) -> object:
    name, unknown = read_object_name(p)
    return unknown or Table(name, None, ())


def read_object_name(p: Cursor) -> tuple[Chain, Unknown | None]:
    """Read a name of a securable, which IDENTIFIER(...) may spell: the name, or why it cannot be known."""
    if p.up[p.i] == "IDENTIFIER" and p.up[p.i + 1] == "(":
        return folded_name(p)
    return read_chain(p), None


def _read_lambda(p: Cursor, out: Atoms) -> bool:
    """Read `(a, b) -> body` when it stands here."""
    i, names = p.i + 1, []
    while is_name(p.raw[i]):
        names.append(identifier(p.raw[i]))
        i += 1
        if p.up[i] != ",":
            break
        i += 1
    if p.up[i] != ")" or p.up[i + 1] != "->":
        return False
    p.i = i + 1
    _read_lambda_body(p, frozenset(names), out)
    return True


def _read_lambda_body(p: Cursor, names: frozenset[str], out: Atoms) -> None:
    p.need("->")
    body: Atoms = []
    read_expression(p, body)
    out.append(Lambda(names, body))


def _read_star_tail(p: Cursor, of: Chain) -> Star:
    """Read `EXCEPT (a, b)` and `REPLACE (e AS a)` after a star."""
    without: tuple[str, ...] = ()
    instead: Atoms = []
    if p.up[p.i] == "EXCEPT" and p.up[p.i + 1] == "(" and not is_query_start(p, p.i + 2) and p.up[p.i + 2] != "(":
        p.i += 1
        without = tuple(_except_names(p))
    if p.up[p.i] == "REPLACE" and p.up[p.i + 1] == "(":
        p.i += 2
        while True:
            read_expression(p, instead)
            p.take("AS")
            without += (p.name_part(),)
            if not p.take(","):
                break
        p.need(")")
    return Star(of, without, instead)


def _except_names(p: Cursor) -> list[str]:
    """Read the left-out columns; a nested field left out still leaves its column read."""
    p.need("(")
    names: list[str] = []
    while True:
        chain = read_chain(p)
        names.append(".".join(chain) if len(chain) > 1 else chain[0])
        if not p.take(","):
            break
    p.need(")")
    return names


# ---- operands that are words or signs: give False where the word is a plain name after all

_Reader = "Callable[[Cursor, Atoms], bool]"


def _group(p: Cursor, out: Atoms) -> bool:
    """`(`: a query, a row, or an expression in parentheses."""
    if is_query_start(p, p.i + 1):
        out.append(read_parenthesized_query(p))
        return True
    if p.has_lambda and _read_lambda(p, out):
        return True
    p.i += 1
    if p.take(")"):
        return True
    before = len(out)
    while True:
        if p.up[p.i] == "*" and p.up[p.i + 1] in {",", ")"}:
            p.i += 1
            out.append(Star((), (), []))
        else:
            read_expression(p, out)
        if p.take("AS"):
            p.name_part()
        elif p.at_name() and p.up[p.i + 1] in {",", ")"} and p.up[p.i] not in AFTER_QUERY:
            p.i += 1  # (a x, b y)
        if not p.take(","):
            break
    if p.up[p.i] in AFTER_QUERY and len(out) == before + 1:
        # ((SELECT ...) UNION ...): what looked like an expression is the left side of a query
        out.append(p.query(p, out.pop()))
    p.need(")")
    return True


def _prefix(p: Cursor, out: Atoms) -> bool:
    """A sign or word before an operand."""
    while p.up[p.i] in {"-", "+", "~", "!", "NOT"}:
        p.i += 1
    _read_operand(p, out)
    return True


def _not(p: Cursor, out: Atoms) -> bool:
    if p.up[p.i + 1] in {".", ",", ")", ""}:
        return False
    return _prefix(p, out)


def _case(p: Cursor, out: Atoms) -> bool:
    if p.up[p.i + 1] in {".", ",", ")", "(", "="} and p.up[p.i + 1] != "(":
        return False
    p.i += 1
    if p.up[p.i] != "WHEN":
        read_expression(p, out)
    while p.take("WHEN"):
        read_expression(p, out)
        p.need("THEN")
        read_expression(p, out)
    if p.take("ELSE"):
        read_expression(p, out)
    p.need("END")
    return True


def _cast(p: Cursor, out: Atoms) -> bool:
    if p.up[p.i + 1] != "(":
        return False
    p.i += 2
    read_expression(p, out)
    p.need("AS")
    read_type(p)
    if p.take("FORMAT"):
        read_expression(p, out)
    p.need(")")
    return True


def _exists(p: Cursor, out: Atoms) -> bool:
    if p.up[p.i + 1] != "(":
        return False
    i = p.i + 1
    while p.up[i] == "(":
        i += 1
    if not is_query_start(p, i):
        return False  # the higher-order function
    p.i += 2
    out.append(p.query(p))
    p.need(")")
    return True


def _interval(p: Cursor, out: Atoms) -> bool:
    """`INTERVAL '1' DAY 2 HOURS`; a column may be called interval."""
    i = p.i + 1
    if p.up[i] in {"-", "+"}:
        i += 1
    if not (is_string(p.raw[i]) or p.raw[i][:1].isdigit() or p.raw[i][:1] == "." and len(p.raw[i]) > 1):
        if not (p.up[i] in {"(", ":", "?"} or (is_name(p.raw[i]) and p.up[i + 1] in UNITS)):
            return False
    p.i += 1
    while True:
        p.take("-") or p.take("+")
        _read_operand(p, out)
        if not p.take_any(UNITS):
            return True
        if p.take("TO"):
            p.take_any(UNITS) or p.fail()
        token = p.raw[p.i]
        if not (token[:1].isdigit() and not is_name(token) or is_string(token) or (token == "-" and p.up[p.i + 2] in UNITS)):
            return True


def _named_parameter(p: Cursor, out: Atoms) -> bool:
    if not is_name(p.raw[p.i + 1]):
        p.fail()
    p.i += 2
    return True


def _marker(p: Cursor, out: Atoms) -> bool:
    p.i += 1
    return True


def _star(p: Cursor, out: Atoms) -> bool:
    """A star stands for columns only where an expression may begin."""
    if p.up[p.i - 1] not in {"", "(", ",", "SELECT", "DISTINCT", "ALL", "EXTEND", "BY"}:
        p.fail()
    p.i += 1
    out.append(_read_star_tail(p, ()))
    return True


def _identifier_clause(p: Cursor, out: Atoms) -> bool:
    """`IDENTIFIER('a.b')` as a column or a function."""
    if p.up[p.i + 1] != "(":
        return False
    name, unknown = folded_name(p)
    while p.take("."):
        name += (p.name_part(),)
    if p.up[p.i] == "(":
        if unknown:
            out.append(unknown)
            p.i += 1
            read_arguments(p, out)
        else:
            read_call(p, name, out)
    else:
        out.append(unknown or name)
    return True


_OPERANDS: dict[str, Callable[[Cursor, Atoms], bool]] = {
    "(": _group,
    "-": _prefix,
    "+": _prefix,
    "~": _prefix,
    "!": _prefix,
    "NOT": _not,
    "CASE": _case,
    "CAST": _cast,
    "TRY_CAST": _cast,
    "EXISTS": _exists,
    "INTERVAL": _interval,
    ":": _named_parameter,
    "?": _marker,
    "*": _star,
    "IDENTIFIER": _identifier_clause,
    "NULL": lambda p, _: _literal_word(p),
    "TRUE": lambda p, _: _literal_word(p),
    "FALSE": lambda p, _: _literal_word(p),
}


def _literal_word(p: Cursor) -> bool:
    if p.up[p.i + 1] in {".", "("}:
        return False
    p.i += 1
    return True


# ---- what may follow an operand: True = another operand must follow, False = done, None = it was no operator


def _dot(p: Cursor, out: Atoms) -> bool | None:
    p.i += 1
    if p.take("*"):
        out.append(_read_star_tail(p, ("",)))
    else:
        p.name_part()
        if p.up[p.i] == "(":  # a method-like call: s.f(x) was read as a name before; anything else is no grammar
            p.fail()
    return False


def _subscript(p: Cursor, out: Atoms) -> bool | None:
    p.i += 1
    read_expression(p, out)
    p.need("]")
    return False


def _typed(p: Cursor, out: Atoms) -> bool | None:
    p.i += 1
    read_type(p)
    return False


def _json_path(p: Cursor, out: Atoms) -> bool | None:
    """`col:a.b[0]`: the fields after the colon are no columns."""
    if not (is_name(p.raw[p.i + 1]) or p.up[p.i + 1] == "["):
        return None
    p.i += 1
    if p.up[p.i] != "[":
        p.i += 1
    while p.up[p.i] == "." and (is_name(p.raw[p.i + 1]) or p.up[p.i + 1] == "*"):
        p.i += 2
    if p.up[p.i] == "[" and p.up[p.i + 1] == "*":
        p.i += 2
        p.need("]")
    return False


def _is(p: Cursor, out: Atoms) -> bool | None:
    p.i += 1
    p.take("NOT")
    if p.take("DISTINCT", "FROM"):
        return True
    if p.take_any({"NULL", "TRUE", "FALSE", "UNKNOWN"}):
        return False
    p.take_any({"JSON"}) or p.fail()
    p.take_any({"VALUE", "OBJECT", "ARRAY", "SCALAR"})
    return False


def _negated(p: Cursor, out: Atoms) -> bool | None:
    word = p.up[p.i + 1]
    if word in {"IN", "BETWEEN"}:
        p.i += 2
        return True
    if word in _PATTERNS:
        p.i += 1
        return _pattern(p, out)
    return None


def _pattern(p: Cursor, out: Atoms) -> bool | None:
    p.i += 1
    if p.up[p.i] in {"ANY", "SOME", "ALL"} and p.up[p.i + 1] == "(":
        p.i += 1
    return True


def _collate(p: Cursor, out: Atoms) -> bool | None:
    p.i += 1
    read_chain(p)
    return False


def _at(p: Cursor, out: Atoms) -> bool | None:
    return True if p.take("AT", "TIME", "ZONE") else None


def _over(p: Cursor, out: Atoms) -> bool | None:
    if p.up[p.i - 1] not in {")", "NULLS"}:
        return None
    p.i += 1
    read_window(p, out)
    return False


def _filter(p: Cursor, out: Atoms) -> bool | None:
    if p.up[p.i + 1 : p.i + 3] != ["(", "WHERE"]:
        return None
    p.i += 3
    read_expression(p, out)
    p.need(")")
    return False


def _within(p: Cursor, out: Atoms) -> bool | None:
    if not p.take("WITHIN", "GROUP"):
        return None
    p.need("(")
    p.need("ORDER", "BY")
    read_sort_items(p, out)
    p.need(")")
    return False


def _nulls(p: Cursor, out: Atoms) -> bool | None:
    if p.up[p.i + 1] != "NULLS":
        return None
    p.i += 2
    return False


_POSTFIX: dict[str, Callable[[Cursor, Atoms], bool | None]] = {
    ".": _dot,
    "[": _subscript,
    "::": _typed,
    "?::": _typed,
    ":": _json_path,
    "IS": _is,
    "NOT": _negated,
    "LIKE": _pattern,
    "ILIKE": _pattern,
    "RLIKE": _pattern,
    "REGEXP": _pattern,
    "COLLATE": _collate,
    "AT": _at,
    "OVER": _over,
    "FILTER": _filter,
    "WITHIN": _within,
    "IGNORE": _nulls,
    "RESPECT": _nulls,
}


# ---- built-in functions whose arguments have words that are no columns


def _unit_first(p: Cursor, out: Atoms, name: str) -> None:
    """`dateadd(DAY, 1, d)`, but also `dateadd(d, 1)`."""
    if p.up[p.i] in UNITS and p.up[p.i + 1] == "," and _count_arguments(p) == 3:
        p.i += 2
    read_arguments(p, out)


def _keyword_argument(p: Cursor, out: Atoms, name: str) -> None:
    """`extract(YEAR FROM x)`, `trim(BOTH ' ' FROM x)`."""
    words = KEYWORD_ARGUMENT[name]
    if words is None:
        if is_name(p.raw[p.i]) and p.up[p.i + 1] == "FROM":
            p.i += 2
    elif p.up[p.i] in words and p.up[p.i + 1] not in {",", ")", "."}:
        p.i += 1
        p.take("FROM")
    read_arguments(p, out)


def _count_arguments(p: Cursor) -> int:
    start, count = p.i, 1
    while True:
        p.skip_until(frozenset({",", ")"}))
        if p.up[p.i] != ",":
            p.i = start
            return count
        count += 1
        p.i += 1


def _time_window(p: Cursor, out: Atoms, name: str) -> None:
    """`window(ts, '1 hour')` in a grouping is also a column."""
    read_arguments(p, out)
    out.append(TimeWindow(name))


_SPECIAL_ARGUMENTS: dict[str, Callable[[Cursor, Atoms, str], None]] = {
    **dict.fromkeys(UNIT_FIRST, _unit_first),
    **dict.fromkeys(KEYWORD_ARGUMENT, _keyword_argument),
    "window": _time_window,
    "session_window": _time_window,
}
