"""A place in a list of tokens, and the small steps that every reader takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from uc_guard.sql.grammar.tokens import LiteralMatters, identifier, is_string, string_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from uc_guard.sql.grammar.tree import Atoms, Query

_AHEAD = [""] * 6
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_RAW = frozenset("rR")  # r'...' is a string
_QUOTES = frozenset({"'", '"'})


DYNAMIC_NAME = "dynamic-name"
"""Why a name is not known that only a value spells which is not at hand: no word of the text need be part of it."""


class Misread(Exception):
    """The tokens do not follow the grammar that we know."""

    def __init__(self, reason: str, near: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.near = near


class Grammar(NamedTuple):
    """The two readers that all others come back to."""

    expression: Callable[[Cursor, Atoms], None]
    query: Callable[..., Query]


class Cursor:
    """Tokens, their upper-case twins, and a place among them.

    INVARIANT: both lists end with empty tokens, so that looking a few places ahead never fails, and a quoted name never
    equals a keyword, because its backticks are part of the mark.
    """

    __slots__ = (
        "before_query",
        "constants",
        "end",
        "grammar",
        "has_lambda",
        "hides_parameters",
        "i",
        "in_copy",
        "in_having",
        "known",
        "markers",
        "raw",
        "up",
    )

    def __init__(self, tokens: list[str], grammar: Grammar, constants: dict[str, str | None] | None = None) -> None:
        self.raw = tokens + _AHEAD
        self.up = [*map(str.upper, tokens), *_AHEAD]
        self.i = 0
        self.end = len(tokens)
        self.has_lambda = "->" in tokens
        self.grammar = grammar
        self.constants: dict[str, str | None] = {} if constants is None else constants
        self.hides_parameters = False  # a template: what its parameters are is not known
        self.known: dict[int, tuple[Query, int]] | None = None  # queries read before, by their place, with their ends
        self.markers = 0
        self.in_having = False
        self.in_copy = False  # COPY INTO t FROM (SELECT ... FROM 'path')
        self.before_query = False  # REPLACE ON condition (query): the parenthesis opens no call

    def inner(self, tokens: list[str], constants: dict[str, str | None]) -> Cursor:
        """Make a cursor over a text inside this one."""
        cursor = Cursor(tokens, self.grammar, constants)
        cursor.hides_parameters = self.hides_parameters
        return cursor

    def expression(self, out: Atoms) -> None:
        """Read one expression; what it names goes to `out`."""
        self.grammar.expression(self, out)

    def query(self, left: Any = None) -> Query:  # noqa: ANN401 - any query body
        """Read a query; `left` is its first part when that was read already."""
        return self.grammar.query(self, left)

    def fail(self, reason: str = "syntax") -> NoReturn:
        """Refuse what stands here."""
        raise Misread(reason, " ".join(self.raw[max(0, self.i - 3) : self.i + 5]))

    def take(self, word: str, *more: str) -> bool:
        """Step over the words when all of them stand here."""
        i = self.i
        if self.up[i] != word:
            return False
        for following in more:
            i += 1
            if self.up[i] != following:
                return False
        self.i = i + 1
        return True

    def take_any(self, words: frozenset[str] | set[str]) -> str:
        """Step over one of the words when it stands here; give it, or an empty text."""
        word = self.up[self.i]
        if word in words:
            self.i += 1
            return word
        return ""

    def need(self, *words: str) -> None:
        """Step over the words, which must stand here."""
        for word in words:
            if self.up[self.i] != word:
                self.fail()
            self.i += 1

    def at_name(self) -> bool:
        """Tell whether a word or a quoted name stands here."""
        return is_name(self.raw[self.i])

    def name_part(self) -> str:
        """Read one identifier, lower case."""
        mark = self.raw[self.i]
        if not is_name(mark):
            self.fail()
        if self.up[self.i] == "IDENTIFIER" and self.up[self.i + 1] == "(":
            return self.spelled_part()
        self.i += 1
        return identifier(mark)

    def spelled_part(self) -> str:
        """Read `IDENTIFIER('a')` in the place of one identifier."""
        self.need("IDENTIFIER", "(")
        if self.up[self.i] == ":":
            name = self.constant(":" + identifier(self.raw[self.i + 1]))
            self.i += 2
        else:
            name = self.string()
        self.need(")")
        if name is None:
            self.fail(DYNAMIC_NAME)
        return name.strip().strip("`").lower()

    def names_in_parens(self) -> tuple[str, ...]:
        """Read `(a, b.c, d)`: the last part of each name; what follows a name inside (types, comments) is skipped."""
        self.need("(")
        names: list[str] = []
        while True:
            part = self.name_part()
            while self.take("."):
                part = self.name_part()
            names.append(part)
            self.skip_until(frozenset({",", ")"}))
            if self.take(")"):
                return tuple(names)
            self.need(",")

    def skip_until(self, stops: frozenset[str]) -> None:
        """Step forward to the next of these tokens outside any parentheses, or to the end of the statement."""
        up, i, depth = self.up, self.i, 0
        while i < self.end:
            mark = up[i]
            if mark == ";" or (depth == 0 and mark in stops):
                break
            if mark in {"(", "["}:
                depth += 1
            elif mark in {")", "]"}:
                depth -= 1
                if depth < 0:
                    break
            i += 1
        self.i = i

    def skip_parens(self) -> None:
        """Step over a group in parentheses."""
        self.need("(")
        self.skip_until(frozenset({")"}))
        self.need(")")

    def at_end(self) -> bool:
        """Tell whether the statement ends here."""
        return self.up[self.i] in {"", ";"}

    def string(self) -> str:
        """Read a string literal (adjacent ones are one)."""
        if not is_string(self.raw[self.i]):
            self.fail()
        parts: list[str] = []
        while is_string(self.raw[self.i]):
            parts.append(string_value(self.raw[self.i]))
            self.i += 1
        return "".join(parts)

    def constant(self, name: str) -> str | None:
        """Give the text that a variable, or a parameter such as `:a` or `?1`, is known to hold.

        Raises:
            LiteralMatters: for a parameter of a template.
        """
        if self.hides_parameters and name[0] in ":?" and name not in self.constants:
            raise LiteralMatters
        return self.constants.get(name)

    def text(self, start: int, end: int | None = None) -> str:
        """Give the tokens from one place to another as text."""
        return " ".join(self.raw[start : self.i if end is None else end])


def is_name(mark: str) -> bool:
    """Tell whether a mark can be an identifier."""
    first = mark[:1]
    if first in _LETTERS:
        return first not in _RAW or mark[1:2] not in _QUOTES
    if first == "`":
        return True
    return not _is_number(mark) if first.isdigit() else first.isalpha()


def _is_number(mark: str) -> bool:
    head = mark.rstrip("lLsSyYfFdDbB").replace(".", "", 1)
    if head.isdigit():
        return True
    mantissa, e, power = head.lower().partition("e")
    return bool(e) and mantissa.isdigit() and power.lstrip("+-").isdigit()
