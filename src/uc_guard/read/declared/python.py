"""Reads Python: literal texts that something called `sql`, `execute` or `run` runs, and resources of agents."""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING

from uc_guard.read.declared.mlflow_code import NAMES_RESOURCES, USES, named_by, use_of
from uc_guard.read.declared.source import Passage, joined, line_starts
from uc_guard.read.declared.statements import MENTIONS, Namespace, read_sql

if TYPE_CHECKING:
    from uc_guard.read.declared.found import Found
    from uc_guard.read.declared.source import Source

_RUNS = re.compile(r"(?i)sql|exec|query|^run")
_GIVEN = frozenset({"sql", "sqlQuery", "statement", "query", "operation"})
_GRANTS = re.compile(r"\s*(?:grant|revoke)\s.*?\son\s.*?\s(?:to|from)\s", re.IGNORECASE | re.DOTALL)
_CALL = re.compile(r"(?i)(?:\w*(?:sql|exec|query)\w*|\brun\w*)\s*\(")
_SPEAKS = re.compile(r"\s*(?:grant|revoke|alter|create|drop\s+policy)\b", re.IGNORECASE)
_LITERAL = re.compile(
    r"(?P<prefix>[A-Za-z]{0,2})(?P<quote>\"\"\"|'''|\"|')(?P<body>(?:\\.|(?!(?P=quote)).)*+)(?P=quote)", re.DOTALL
)
_LONE_RETURN = re.compile(r"\r(?!\n)")
_MAGIC_LINE = re.compile(r"^[ \t]*[%!][^\n]*", re.MULTILINE)


def read_python(source: Source, code: Passage, found: Found, namespace: Namespace | None = None) -> Namespace | None:
    """Read the SQL that a passage of Python runs; what is put together there is told, never guessed."""
    if not speaks(code.text):
        return namespace
    text = _MAGIC_LINE.sub(lambda match: " " * len(match[0]), _LONE_RETURN.sub(" ", code.text))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        found.miss("not-python", source.place(*code.span(0, 1)), "the code cannot be parsed as Python")
        return namespace
    reader = _Reader(source, code, found)
    reader.namespace = namespace
    nodes = sorted((node for node in ast.walk(tree) if isinstance(node, _Read)), key=_order)
    for node in nodes:
        reader.read(node)
    reader.tell_left(tree)
    return reader.namespace


def speaks(text: str) -> bool:
    """Tell whether code could run a statement about access, or names resources of an agent."""
    runs = MENTIONS.search(text) and _CALL.search(text)
    return bool(runs or NAMES_RESOURCES.search(text))


_Read = ast.Call | ast.Assign | ast.AnnAssign


def _order(node: _Read) -> tuple[int, int]:
    return node.lineno, node.col_offset


class _Reader:
    """Reads the calls of a passage in order; a name stands for the text that was last given to it."""

    def __init__(self, source: Source, code: Passage, found: Found) -> None:
        self.source = source
        self.code = code
        self.found = found
        self.namespace: Namespace | None = None
        self.texts: dict[str, ast.expr] = {}
        self.starts = line_starts(code.text)
        self.seen: set[tuple[int, int]] = set()
        self.runs_unknown = False

    def read(self, node: _Read) -> None:
        """Read one call or assignment."""
        if not isinstance(node, ast.Call):
            for target in node.targets if isinstance(node, ast.Assign) else (node.target,):
                if isinstance(target, ast.Name) and (given := node.value) is not None:
                    self.texts[target.id] = given
            return
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        arguments = [*node.args, *(word.value for word in node.keywords if word.arg in _GIVEN)]
        if arguments and _RUNS.search(called):
            for argument in arguments:
                self._run(argument)
        elif called in USES and (value := named_by(node, USES[called][0])) is not None:
            self._use(value, called)

    def _run(self, value: ast.expr) -> None:
        value = self.texts.get(value.id, value) if isinstance(value, ast.Name) else value
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "format":
            value = value.func.value
        self.seen |= {(part.lineno, part.col_offset) for part in ast.walk(value) if isinstance(part, ast.Constant)}
        start, end = self._span(value)
        if isinstance(value, ast.JoinedStr) or (isinstance(value, ast.Constant) and isinstance(value.value, str)):
            passage = _literal(self.code, start, end, value)
            self.namespace = read_sql(self.source, passage, self.found, self.namespace)
        elif any(isinstance(part, ast.Constant) and _SPEAKS.match(str(part.value)) for part in ast.walk(value)):
            self.found.miss("dynamic-statement", self.source.place(*self.code.span(start, end)))
        elif not isinstance(value, ast.Constant):
            self.runs_unknown = True

    def tell_left(self, tree: ast.AST) -> None:
        """Tell the literal grants that nothing was seen to run, where something is run that nobody can tell."""
        if not self.runs_unknown:
            return
        prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for part in ast.walk(tree):
            if not isinstance(part, ast.Constant) or not isinstance(part.value, str) or id(part) in prose:
                continue
            if _GRANTS.match(part.value) and (part.lineno, part.col_offset) not in self.seen:
                self.found.miss("dynamic-statement", self.source.place(*self.code.span(*self._span(part))))

    def _use(self, value: ast.expr, called: str) -> None:
        place = self.source.place(*self.code.span(*self._span(value)))
        known = self.texts.get(value.id, value) if isinstance(value, ast.Name) else value
        stated = use_of(known, called, place)
        if stated is None:
            self.found.miss("not-literal", place, "the name of a resource is computed, or is none")
        else:
            self.found.stated.append(stated)

    def _span(self, value: ast.expr) -> tuple[int, int]:
        """Give the characters of an expression in the passage."""
        first = self._at(value.lineno, value.col_offset)
        return first, self._at(value.end_lineno or value.lineno, value.end_col_offset or value.col_offset)

    def _at(self, line: int, column: int) -> int:
        start = self.starts[min(line, len(self.starts)) - 1]
        # The parser counts bytes, and no character is longer than four.
        rest = self.code.text[start : start + column]
        return start + len(rest.encode(errors="replace")[:column].decode(errors="ignore"))


def _literal(code: Passage, start: int, end: int, value: ast.JoinedStr | ast.Constant) -> Passage:
    """Give the passage of a string literal, or of several that stand side by side."""
    pieces: list[tuple[str, int]] = []
    for match in _LITERAL.finditer(code.text, start, end):
        body = match["body"]
        if "\\" in body and "r" not in match["prefix"].lower():
            break
        part = code.part(match.start("body"), match.end("body"))
        ends = [*part.starts[1:], len(body)]
        pieces += [(body[at:to], place) for at, to, place in zip(part.starts, ends, part.places, strict=True)]
    else:
        return joined(pieces)
    text = str(value.value) if isinstance(value, ast.Constant) else code.text[start:end]
    # Escapes move the characters: all of them point to the literal's beginning.
    return Passage(text, range(max(len(text), 1)), [code.place_of(start)] * max(len(text), 1))
