"""Derives what agents need from the statements that they declare."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from uc_guard.lock.needs import Need, declared_needs, needs_of
from uc_guard.model.lock import BECAUSE, Lock, Locked, LockedAgent, Unclear
from uc_guard.model.name import split_name
from uc_guard.model.privilege import PRIVILEGES
from uc_guard.sql.extract import Catalog, extract_in, new_session

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from uc_guard.model.declared import Statement
    from uc_guard.model.use import Extraction, Opaque, Use
    from uc_guard.read.declared import Declared

_MAY_BE_THERE = re.compile(r"(?i)\bif\s+not\s+exists\b|\bundrop\b")
_LONGEST = 160
_PASSES = 4
_UNKNOWN = {"unknown-table": "tables", "unknown-function": "functions", "unknown-procedure": "procedures"}


def derive_lock(declared: Declared, catalog: Catalog | None = None, root: str = "") -> Lock:
    """Give the lock of the agents that files declare.

    Args:
        declared: What the files declare.
        catalog: What is known of the metastore, from a snapshot; None: full names mean what they spell.
        root: Folder that the paths in the lock start from, so that it is the same wherever it is made.
    """
    uses = declared.grants.filter(declared.grants["verb"] == "use")
    principals = {agent.principal for agent in declared.agents} | set(uses["principal"].drop_nulls())
    agents = [
        _Agent(catalog or Catalog({}, {}), root).lock(
            principal,
            [one for one in declared.statements if one.principal == principal],
            uses.filter(uses["principal"] == principal),
        )
        for principal in sorted(principals)
        if principal
    ]
    return Lock(tuple(agents))


class _Agent:
    """One agent whose needs are put together."""

    def __init__(self, catalog: Catalog, root: str) -> None:
        self.catalog = catalog
        self.root = root
        self.locked: dict[tuple[str, str, str], Locked] = {}
        self.unclear: set[Unclear] = set()
        self.made: set[str] = set()

    def lock(self, principal: str, statements: list[Statement], declared: pl.DataFrame) -> LockedAgent:
        """Give what the agent needs by its statements, and by what it is declared to use without any."""
        bound = _bound(declared)
        sessions = [self._run([*session]) for _, session in groupby(statements, key=lambda one: one.session)]
        read = [pair for session in sessions for pair in session]
        for session in sessions:
            self.made |= _made(session)
        uses = [(statement, use) for statement, found in read for use in found.uses]
        for statement, use in sorted(uses, key=lambda one: one[1].action == "METADATA"):  # what else shows it first
            self._use(statement, use, bound)
        for statement, found in read:
            for opaque in found.opaque:
                self._opaque(statement, opaque, found)
        for row in declared.iter_rows(named=True):
            self._declared(row)
        privileges = tuple(self.locked[key] for key in sorted(self.locked, key=lambda key: (*key[1:], key[0])))
        order = sorted(self.unclear, key=lambda one: (one.path, one.statement, one.reason, one.text))
        return LockedAgent(principal, privileges, tuple(order))

    def _run(self, session: list[Statement]) -> list[tuple[Statement, Extraction]]:
        """Read the statements of one session; a full name that nothing tells of is taken for what it stands for."""
        read: list[tuple[Statement, Extraction]] = []
        for _ in range(_PASSES):
            state = new_session(session[0].catalog, session[0].schema)
            read = []
            for statement in session:
                found, state = extract_in(self.catalog, state, statement.text)
                read.append((statement, found))
            new = self._new_names(opaque for _, found in read for opaque in found.opaque)
            if not new:
                break
            known = self.catalog
            self.catalog = Catalog(
                {**known.tables, **dict.fromkeys(new["tables"], ())}, known.views,
                {**dict.fromkeys(known.functions | new["functions"]), **known.bodies}, known.volumes,
                known.procedures | new["procedures"],
            )  # fmt: skip
        return read

    def _new_names(self, opaque: Iterable[Opaque]) -> dict[str, set[str]]:
        new: dict[str, set[str]] = {kind: set() for kind in _UNKNOWN.values()}
        for one in opaque:
            if (
                one.reason in _UNKNOWN
                and one.may is not None
                and len(one.may) == 1
                and len(split_name(one.may[0])) == 3
            ):
                new[_UNKNOWN[one.reason]].add(one.may[0])
        return new if any(new.values()) else {}

    def _use(self, statement: Statement, use: Use, bound: dict[str, set[str]]) -> None:
        if use.name in self.made and use.action != "CREATE":
            return  # UC: whoever makes something owns it
        needs, reason = needs_of(use)
        if reason and not (use.action == "METADATA" and self._has(use.name)):
            self._miss(reason, f"{use.action} {use.name}", statement)
        for need in needs:
            self._need(need, need.because, statement.place.path, one_line(statement.text))
            if need.because == "used" and need.privilege in bound and need.securable not in bound[need.privilege]:
                self._miss("beyond-uses", f"{need.privilege} {need.securable}", statement)

    def _has(self, name: str) -> bool:
        return any(securable == name for _, _, securable in self.locked)

    def _opaque(self, statement: Statement, opaque: Opaque, found: Extraction) -> None:
        read = {use.name for use in found.uses}
        if opaque.reason == "unknown-column" and opaque.may is not None and read.issuperset(opaque.may):
            return  # whichever table has the column: it is used anyway
        self._miss(opaque.reason, opaque.text, statement)

    def _declared(self, row: dict[str, str]) -> None:
        """Take what no statement would show: tools that are called otherwise."""
        is_shown = row["origin"] == "manifest" and row["securable_type"] == "TABLE"
        if is_shown or row["privilege"] not in PRIVILEGES or not row["is_resolved"]:
            return
        for need in declared_needs(row["privilege"], row["securable_type"], row["securable"]):
            because = "declared" if need.because == "used" else need.because
            self._need(need, because, row["path"], one_line(row["source"]))

    def _need(self, need: Need, because: str, path: str, statement: str) -> None:
        key = need[:3]
        new = Locked(*key, because, self._from_root(path), statement)
        old = self.locked.get(key)
        rank = BECAUSE.index
        if old is None or (rank(because), new.path, statement) < (rank(old.because), old.path, old.statement):
            self.locked[key] = new

    def _from_root(self, path: str) -> str:
        return path.removeprefix(f"{self.root}/") if self.root else path

    def _miss(self, reason: str, text: str, statement: Statement) -> None:
        self.unclear.add(
            Unclear(reason, one_line(text), self._from_root(statement.place.path), one_line(statement.text))
        )


def _made(session: list[tuple[Statement, Extraction]]) -> set[str]:
    """Give what a session surely makes: what it did not use before, and what cannot have been there."""
    made: set[str] = set()
    used: set[str] = set()
    for statement, found in session:
        used |= {use.name for use in found.uses if use.action not in {"CREATE", "DROP", "METADATA"}}
        creates = {use.name for use in found.uses if use.action == "CREATE"}
        used |= creates if _MAY_BE_THERE.search(statement.text) else set()
        made |= creates - used
        used -= made
    return made


def _bound(uses: pl.DataFrame) -> dict[str, set[str]]:
    """Give the tables that a manifest says its agent may use, by privilege; empty where it names none."""
    tables = uses.filter((uses["origin"] == "manifest") & (uses["securable_type"] == "TABLE"))
    by_privilege = {name: set(tables.filter(tables["privilege"] == name)["securable"]) for name in ("SELECT", "MODIFY")}
    return by_privilege if tables.height else {}


def one_line(text: str) -> str:
    """Give a text on one line, shortened."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 3] + "..."
