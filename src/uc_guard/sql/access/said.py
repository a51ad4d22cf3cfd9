"""The words for what a text says of access, and a place among its tokens with the steps that readers take."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from uc_guard.model.name import join_name, split_name
from uc_guard.model.privilege import IN_SCHEMA
from uc_guard.sql.grammar.cursor import is_name
from uc_guard.sql.grammar.tokens import is_string, string_value

if TYPE_CHECKING:
    from uc_guard.sql.grammar.placed import Masked, Token

Span = tuple[int, int]


class Said(NamedTuple):
    """One thing that a text says of access.

    Attributes:
        verb: `grant`, `revoke`, `owner`, `mask`, `unmask`, `filter`, `unfilter`, `policy`, `exempt`, `unpolicy`.
        principal: Whom it concerns; None for masks and filters.
        privilege: Underscore form; OWNER for an owner; None where none is named.
        securable_type: As grants know it; in upper case as written where it is not known.
        securable: Full name; as written where its catalog or schema is not known.
        function: Function of a mask or filter; None where none is named.
        on_column: The masked column; None where none is named.
        is_resolved: False where a template fills in a part, or the name's catalog or schema is not known.
        start: First character, in the text.
        end: Character after the last.
    """

    verb: str
    principal: str | None
    privilege: str | None
    securable_type: str
    securable: str
    function: str | None
    on_column: str | None
    is_resolved: bool
    start: int
    end: int


class Unsaid(NamedTuple):
    """A part of a text that seems to say something of access and was not understood.

    Attributes:
        reason: `syntax`, `unclosed`, `dynamic-statement`, `deny`, `unknown-type` or `unknown-privilege`.
        start: First character, in the text.
        end: Character after the last.
    """

    reason: str
    start: int
    end: int


class Namespace(NamedTuple):
    """What names start from: catalog and schema, None where not known."""

    catalog: str | None = None
    schema: str | None = None


class Heard(NamedTuple):
    """What a text says of access, what of it was not understood, and the namespace that it ends in."""

    said: list[Said]
    unsaid: list[Unsaid]
    namespace: Namespace


class NotRead(Exception):
    """The tokens do not follow the grammar of statements about access."""

    def __init__(self, reason: str = "syntax") -> None:
        super().__init__(reason)
        self.reason = reason


class At:
    """A place among the tokens of one statement, and the small steps that its readers take."""

    __slots__ = ("i", "masked", "namespace", "tokens", "up")

    def __init__(self, masked: Masked, tokens: list[Token], namespace: Namespace) -> None:
        self.masked = masked
        self.tokens = tokens
        self.up = [token.raw.upper() for token in tokens] + [""] * 4
        self.namespace = namespace
        self.i = 0

    def at_end(self) -> bool:
        """Tell whether no token is left."""
        return self.i >= len(self.tokens)

    def at_word(self) -> bool:
        """Tell whether a plain word stands here: no quotes, nothing that a template fills in."""
        if self.at_end():
            return False
        token = self.tokens[self.i]
        return is_name(token.raw) and token.raw[0] != "`" and not self.masked.is_hole(token.start, token.end)

    def take(self, *words: str) -> bool:
        """Step over the words when all of them stand here."""
        if self.up[self.i : self.i + len(words)] != list(words):
            return False
        self.i += len(words)
        return True

    def need(self, *words: str) -> None:
        """Step over the words, which must stand here."""
        if not self.take(*words):
            raise NotRead

    def part(self) -> tuple[str, bool]:
        """Read one identifier, case kept; and whether no template fills in any of it."""
        if self.at_end():
            raise NotRead
        token = self.tokens[self.i]
        self.i += 1
        spelled = self.masked.original[token.start : token.end]
        known = not self.masked.is_hole(token.start, token.end)
        if is_string(token.raw):
            return (string_value(token.raw) if known else spelled[1:-1]), known
        if not is_name(token.raw):
            raise NotRead
        return (spelled[1:-1].replace("``", "`") if token.raw[0] == "`" else spelled), known

    def chain(self) -> tuple[tuple[str, ...], bool]:
        """Read a name of parts joined by dots, or `IDENTIFIER(...)`; and whether all of it is known."""
        parts: list[str] = []
        known = True
        while True:
            more, sure = self._identifier() if self.up[self.i : self.i + 2] == ["IDENTIFIER", "("] else self._one()
            parts += more
            known = known and sure
            if not self.take("."):
                return tuple(parts), known

    def skip_parens(self) -> None:
        """Step to behind the parenthesis that closes the one before this place."""
        depth = 1
        while depth:
            if self.at_end():
                raise NotRead
            depth += {"(": 1, ")": -1}.get(self.up[self.i], 0)
            self.i += 1

    def span(self, first: int, last: int) -> Span:
        """Give the characters from one token to before another."""
        return self.tokens[first].start, self.tokens[max(first, last - 1)].end

    def full(self, parts: tuple[str, ...], kind: str, *, known: bool) -> tuple[str, bool]:
        """Give the full name of a securable of some type, and whether all of it is known.

        A part that a template fills in may spell several: nothing is put before such a name.
        """
        if not known:
            return join_name(parts), False
        size = 3 if kind in IN_SCHEMA else 2 if kind == "SCHEMA" else 1
        before = self.namespace[: max(size - len(parts), 0)]
        outer = tuple(part for part in before if part is not None)
        is_whole = len(outer) == len(before) and len(parts) <= size and all(parts)
        return join_name((*outer, *parts) if is_whole else parts), is_whole

    def _one(self) -> tuple[tuple[str, ...], bool]:
        text, known = self.part()
        return (text,), known

    def _identifier(self) -> tuple[tuple[str, ...], bool]:
        first = self.tokens[self.i]
        self.i += 2
        if self.up[self.i + 1] == ")" and is_string(self.tokens[self.i].raw):
            text, known = self.part()
            self.i += 1
            try:
                return (split_name(text) if known else (text,)), known
            except ValueError:
                raise NotRead from None
        self.skip_parens()
        return (self.masked.original[first.start : self.tokens[self.i - 1].end],), False
