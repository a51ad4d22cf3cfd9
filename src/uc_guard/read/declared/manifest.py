"""Reads the manifest of an agent, `agent.toml`: who it is, what it may use, and the statements it is tested with."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from uc_guard.model.declared import Agent, Stated, Statement
from uc_guard.model.name import join_name, split_name
from uc_guard.read.declared.opened import open_source
from uc_guard.read.declared.source import whole
from uc_guard.read.declared.toml_at import passage_of, read_toml
from uc_guard.read.declared.tree import LIST, MAP, TEXT, BrokenDocument
from uc_guard.sql.grammar.placed import mask, statement_spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from uc_guard.read.declared.found import Found
    from uc_guard.read.declared.source import Passage, Source
    from uc_guard.read.declared.tree import Node

AGENT = {
    "principal": "whom the agent runs as, as grants write it: for a service principal its application id",
    "purpose": "what it is for, one sentence",
    "owner": "who answers for it",
}
"""Keys of `[agent]` that are required, and what they hold."""

NAMESPACE = {
    "catalog": "catalog that the names in statements start from",
    "schema": "schema that the names in statements start from",
}
"""Keys of `[agent]` and `[[statements]]` that are not."""

STATEMENT = {
    "sql": "one statement or more",
    "file": "path or pattern of files with statements, from the folder of the manifest; others than in the folder that "
    "is linted are not read",
}
"""Keys of `[[statements]]`, one of which is required."""

USES = {
    "tables": ("TABLE", "SELECT", 3),
    "columns": ("TABLE", "SELECT", 4),
    "writes": ("TABLE", "MODIFY", 3),
    "functions": ("FUNCTION", "EXECUTE", 3),
    "models": ("FUNCTION", "EXECUTE", 3),
    "volumes": ("VOLUME", "READ_VOLUME", 3),
    "volume_writes": ("VOLUME", "WRITE_VOLUME", 3),
    "connections": ("CONNECTION", "USE_CONNECTION", 1),
}
"""Keys of `[uses]`: the securable's type, the privilege, and how many parts a name has."""

_CELL_END = re.compile(r"(?m)^-- COMMAND -{5,}[ \t]*$")
_MARKS = re.compile(r"(?m)^-- (?:MAGIC ?|(?:Databricks notebook source|DBTITLE)\b[^\n]*$)")
_SCRIPT = re.compile(
    r"(?is)(?:\s|--[^\n]*+\n|/\*.*?\*/)*+(?:(?:\w+\s*:\s*)?begin\b(?!\s+(?:transaction|work)\b)(?=\s+\S)"
    r"|create\b[^;]*\bprocedure\b[^;]*\bbegin\b)"
)
"""What begins as a script does, or a procedure: the semicolons in it end no statement of its own."""

_TABLES = ("agent", "uses", "statements")


def read_manifest(source: Source, found: Found) -> None:
    """Read a manifest; every wrong key is told, all at once, and what is right is taken."""
    try:
        document = read_toml(source.text)
    except BrokenDocument as error:
        found.refuse(source.place(error.at, error.at + 1), "", str(error), "valid TOML", "correct the syntax")
        return
    reader = _Manifest(source, found)
    reader.known_keys(document, _TABLES, "")
    agent = reader.table(document, "agent")
    if agent is None:
        if document.child("agent") is None:
            found.refuse(source.line(1), "key `agent`", "nothing", "a table `[agent]`", "add it")
        return
    reader.agent(agent)
    uses = reader.table(document, "uses")
    if uses is not None:
        reader.uses(uses)
    statements = document.child("statements")
    if statements is not None:
        reader.statements(statements)


class _Manifest:
    """A manifest that is being read."""

    def __init__(self, source: Source, found: Found) -> None:
        self.source = source
        self.found = found
        self.principal = ""
        self.namespace: dict[str, str] = {}

    def wrong(self, node: Node, key: str, found: str, expected: str, mend: str = "correct the value") -> None:
        """Tell what does not fit, at a node; `key` is the path of its key."""
        self.found.refuse(self.source.place(node.start, node.end), f"key `{key}`", found, expected, mend)

    def spelled(self, node: Node) -> str:
        """Give a value as it is written, shortened."""
        return f"`{' '.join(self.source.text[node.start : node.end].split())[:80]}`"

    def known_keys(self, table: Node, known: Iterable[str], path: str) -> None:
        """Tell the keys of a table that mean nothing."""
        for key, _ in table.pairs:
            if key.text in known:
                continue
            near = difflib.get_close_matches(key.text, list(known), n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(known)}"
            self.wrong(key, f"{path}.{key.text}" if path else key.text, "an unknown key", "a key of the manifest", hint)

    def table(self, document: Node, name: str) -> Node | None:
        """Give a table of the document; None, and a note where it is something else, where there is none."""
        node = document.child(name)
        if node is not None and node.kind != MAP:
            self.wrong(node, name, self.spelled(node), "a table", f"write `[{name}]`")
            return None
        return node

    def text(self, table: Node, key: str, path: str) -> str | None:
        """Give a string of a table; None, and a note where it is something else or empty, where there is none."""
        node = table.child(key)
        if node is None:
            return None
        if node.kind != TEXT or not node.text.strip():
            self.wrong(node, f"{path}.{key}", self.spelled(node), "a text in quotes that is not empty")
            return None
        return node.text

    def agent(self, table: Node) -> None:
        """Read `[agent]`."""
        self.known_keys(table, (*AGENT, *NAMESPACE), "agent")
        given = {key: self.text(table, key, "agent") for key in AGENT}
        for key, told in AGENT.items():
            if table.child(key) is None:
                self.wrong(table, f"agent.{key}", "nothing", told, "add it")
        self.namespace = {key: text for key in NAMESPACE if (text := self.text(table, key, "agent"))}
        self.principal = given["principal"] or ""
        node = table.child("principal")
        if node is not None and self.principal:
            place = self.source.place(node.start, node.end)
            self.found.agents.append(Agent(self.principal, given["purpose"] or "", given["owner"] or "", place))

    def uses(self, table: Node) -> None:
        """Read `[uses]`."""
        self.known_keys(table, USES, "uses")
        for key, value in table.pairs:
            if key.text not in USES:
                continue
            if value.kind != LIST:
                self.wrong(value, f"uses.{key.text}", self.spelled(value), "a list of names")
                continue
            for item in value.items:
                self.use(key.text, item)

    def use(self, key: str, item: Node) -> None:
        """Read one name."""
        kind, privilege, size = USES[key]
        try:
            parts = [*split_name(item.text)] if item.kind == TEXT else []
        except ValueError:
            parts = []
        if len(parts) != size:
            form = {1: "a name", 3: "`catalog.schema.name`", 4: "`catalog.schema.table.column`"}[size]
            self.wrong(item, f"uses.{key}", self.spelled(item), form, "write the full name, in quotes")
            return
        column = parts[3].lower() if size == 4 else None
        self.found.stated.append(
            Stated(
                "use", self.principal or None, privilege, kind, join_name(parts[:3]),
                self.source.place(item.start, item.end), "manifest", on_column=column,
            )
        )  # fmt: skip

    def statements(self, node: Node) -> None:
        """Read `[[statements]]`."""
        for table in node.items if node.kind == LIST else (node,):
            if table.kind != MAP:
                self.wrong(table, "statements", self.spelled(table), "an array of tables", "write `[[statements]]`")
                continue
            self.known_keys(table, (*STATEMENT, *NAMESPACE), "statements")
            given = [key for key in ("sql", "file") if table.child(key) is not None]
            if len(given) != 1:
                said = "both `sql` and `file`" if given else "neither `sql` nor `file`"
                self.wrong(table, "statements", said, "one of them", "leave one" if given else "add one")
                continue
            text = self.text(table, given[0], "statements")
            value = table.child(given[0])
            own = {key: name for key in NAMESPACE if (name := self.text(table, key, "statements"))}
            if text is None or value is None:
                continue
            if given[0] == "sql":
                self.take(self.source, passage_of(self.source.text, value), own)
            else:
                self.files(text, value, own)

    def files(self, pattern: str, node: Node, own: dict[str, str]) -> None:
        """Read the statements of the files that a pattern names, in the folder that is read."""
        root = self.source.root.resolve()
        folder = self.source.file.parent
        try:
            paths = sorted(path for path in folder.glob(pattern) if path.is_file())
        except (ValueError, NotImplementedError, OSError):
            paths = []
        inside = [path for path in paths if path.resolve().is_relative_to(root)]
        if not inside:
            expected = "files in the folder that is read, from the folder of the manifest"
            self.wrong(node, "statements.file", f"no file `{pattern}`", expected, "correct the path")
        for path in inside:
            source = open_source(path, path.as_posix(), self.source.root, self.found)
            if source is not None:
                self.take(source, whole(source.text), own)

    def take(self, source: Source, passage: Passage, own: dict[str, str]) -> None:
        """Take the statements of a passage, one by one."""
        namespace = {**self.namespace, **own} if "catalog" not in own else own
        session = self.found.statements[-1].session + 1 if self.found.statements else 0
        for first, last in _statements(passage.text):
            text = passage.text[first:last]
            if _MARKS.search(text):
                text = _MARKS.sub("", text).strip()  # what is no SQL then is told where the lock is made
                if not text or text.startswith("%md"):
                    continue
            self.found.statements.append(
                Statement(
                    self.principal, text.removeprefix("%sql"), source.place(*passage.span(first, last)),
                    session, namespace.get("catalog"), namespace.get("schema"),
                )
            )  # fmt: skip


def _statements(text: str) -> Iterator[tuple[int, int]]:
    """Give where the statements of a text stand: between semicolons, and cells of a notebook; a script is one."""
    cut = _CELL_END.sub(lambda match: ";".ljust(len(match[0])), text)
    for start, end, _ in statement_spans(mask(cut).text):
        one = cut[start:end]
        is_script = _SCRIPT.match(one) is not None
        last = len(cut.rstrip()) if is_script else start + len(one.rstrip())
        first = start + len(one) - len(one.lstrip())
        if last > first:
            yield first, last
        if is_script:
            return
