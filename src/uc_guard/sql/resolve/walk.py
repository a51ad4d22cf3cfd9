"""Gathers what a statement uses, and turns its names into those of securables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from uc_guard.model.name import join_name, split_name
from uc_guard.model.privilege import UNGOVERNED
from uc_guard.model.use import Opaque, Use
from uc_guard.sql.grammar.functions import BUILT_IN, INFORMATION_SCHEMA
from uc_guard.sql.grammar.tokens import LiteralMatters
from uc_guard.sql.resolve.scope import Relation

if TYPE_CHECKING:
    from collections.abc import Callable

    from uc_guard.sql.grammar.tree import Chain
    from uc_guard.sql.resolve.schema import Known
    from uc_guard.sql.resolve.scope import Scope
    from uc_guard.sql.resolve.session import Session

_VOLUME_PATH = re.compile(r"^(?:dbfs:|file:)?/+Volumes/([^/]+)/([^/]+)/([^/*?{\[]+)", re.IGNORECASE)
_TEXT_LIMIT = 200


class Readers(NamedTuple):
    """The three functions of higher floors that lower ones come back to."""

    query: Callable[..., Any]
    statement: Callable[..., None]
    statements: Callable[..., None]
    view_columns: Callable[..., dict[str, str] | None]


class Walk:
    """The use found so far in one statement, and the names that are in force where the walk stands."""

    __slots__ = (
        "actions",
        "catalog",
        "ctes",
        "is_relative",
        "kinds",
        "local",
        "opaque",
        "query",
        "readers",
        "reads",
        "session",
        "shapeless",
        "statement",
        "statements",
        "views",
        "written",
    )

    def __init__(self, catalog: Known, session: Session, readers: Readers) -> None:
        self.catalog = catalog
        self.session = session
        self.readers = readers
        self.query = readers.query
        self.statement = readers.statement
        self.statements = readers.statements
        self.ctes: dict[str, Relation] = {}
        self.reads: dict[str, set[str]] = {}
        self.kinds: dict[str, str] = {}
        self.actions: set[tuple[str, str, str]] = set()
        self.opaque: dict[Opaque, None] = {}  # in the order of the text
        self.views: dict[str, Relation | None] = {}
        self.local: dict[str, str | None] = {}
        self.written: str | None = None
        self.shapeless: set[str] = set()
        self.is_relative = False  # some name was read from the current catalog or schema on

    # ---- results

    def uses(self) -> tuple[Use, ...]:
        """Give the distinct uses, sorted."""
        reads = [
            Use("SELECT", self.kinds[name], name, None if name in self.shapeless else tuple(sorted(columns)))
            for name, columns in self.reads.items()
        ]
        return tuple(sorted([*reads, *(Use(*action) for action in self.actions)], key=_use_key))

    def note(self, reason: str, text: str, may: tuple[str, ...] | None = ()) -> None:
        """Say that a part was not understood; `may` are the names it could spell."""
        opaque = Opaque(reason, text[:_TEXT_LIMIT], may if may is None else tuple(sorted(set(may))))
        self.opaque.setdefault(opaque)

    def use(self, action: str, kind: str, name: str) -> None:
        """Add a use that has no columns."""
        self.actions.add((action, kind, name))

    def use_named(self, action: str, kind: str, name: str | None, text: str) -> None:
        """Add a use of something on the metastore's level that a text names; None = nobody knows which one it is.

        Args:
            action: As in `Use`.
            kind: As in `Use`.
            name: The text.
            text: What is told where it is not known.
        """
        if name is None:
            self.note("dynamic-name", text, None)
        else:
            self.use(action, kind, name.lower())

    # ---- names

    def full(self, chain: Chain) -> str | None:
        """Give the full name that a name means here; None where the namespace is not known."""
        size = len(chain)
        session = self.session
        if size == 3:
            # UC: spark_catalog is the old name of hive_metastore
            return join_name(("hive_metastore", *chain[1:]) if chain[0] == "spark_catalog" else chain)
        self.is_relative = True
        if size == 2 and session.catalog is not None:
            return join_name((session.catalog, *chain))
        if size == 1 and session.catalog is not None and session.schema is not None:
            return join_name((session.catalog, session.schema, *chain))
        return None

    def full_schema(self, chain: Chain) -> str:
        """Give the full name that the name of a schema means here."""
        if len(chain) > 1:
            return join_name(chain)
        self.is_relative = True
        return join_name(chain if self.session.catalog is None else (self.session.catalog, *chain))

    def read(self, name: str, kind: str) -> set[str]:
        """Note that a relation is read; give the set that gathers its columns."""
        found = self.reads.get(name)
        if found is None:
            found = self.reads[name] = set()
            self.kinds[name] = kind
        return found

    def base(self, chain: Chain, own: set[str] | None = None) -> Relation:
        """Give the relation that a name means in the catalog; unknown ones are noted and may have any column.

        Args:
            chain: The name.
            own: Gathers the columns read instead of a noted use: for the target of a write.
        """
        name = self.full(chain)
        if name is None:
            may = self.catalog.ending_with(chain)
            self.note("no-namespace" if len(chain) < 3 else "unknown-table", ".".join(chain), may or None)
            return Relation(chain, {}, is_open=True)
        made = self.session.relations.get(name, ())
        kind = self.catalog.kind(name)
        if made != ():
            columns = None if made is None else {column: column for column in made}
            read = self.read(name, kind or "TABLE") if own is None else own
            if made is None:
                self.shapeless.add(name)
            return Relation(_qualifier(self, chain), columns or {}, read, is_open=made is None)
        if kind is None and len(chain) > 1 and chain[-2] == "information_schema" and chain[-1] in INFORMATION_SCHEMA:
            self.shapeless.add(name)
            return Relation(_qualifier(self, chain), {}, self.read(name, "VIEW") if own is None else own, is_open=True)
        if kind is None and split_name(name)[0] in UNGOVERNED:
            self.shapeless.add(name)
            return Relation(_qualifier(self, chain), {}, self.read(name, "TABLE") if own is None else own, is_open=True)
        if kind is None:
            # `t@v3` spelled where the grammar sees one name: in quotes, in a string
            *before, last = split_name(name)
            table = join_name((*before, last.partition("@")[0]))
            self.note("unknown-table", ".".join(chain), tuple(dict.fromkeys((table, name))))
            return Relation(chain, {}, is_open=True)
        columns = self.catalog.columns(name)
        if columns is None:
            columns = self.readers.view_columns(self, name)
        if columns is None:
            self.shapeless.add(name)
        read = self.read(name, kind) if own is None else own
        return Relation(_qualifier(self, chain), columns or {}, read, is_open=columns is None)

    def execute(self, chain: Chain) -> None:
        """Note the call of a function that is not built in."""
        if len(chain) == 1 and chain[0] in self.session.temp_functions:
            return
        name = self.full(chain)
        if name is not None and (name in self.catalog.functions or name in self.session.functions):
            self.use("EXECUTE", "FUNCTION", name)
        elif (
            len(chain) == 2
            and chain[0] in {"session", "builtin"}
            and chain[1] in BUILT_IN | self.session.temp_functions
        ):
            return
        elif name is None:
            self.note(
                "no-namespace" if len(chain) < 3 else "unknown-function",
                ".".join(chain),
                self.catalog.ending_with(chain),
            )
        else:
            self.note("unknown-function", ".".join(chain), (name,))

    def path(self, path: str, *, write: bool = False) -> None:
        """Note that files are read or written: of a volume, or under an external location."""
        verb = "WRITE" if write else "READ"
        if volume := _VOLUME_PATH.match(path):
            self.use(f"{verb}_VOLUME", "VOLUME", join_name([part.lower() for part in volume.groups()]))
        elif path.lower().startswith("/workspace/") or not path:
            return  # UC: workspace files are not governed by Unity Catalog
        else:
            self.use(f"{verb}_FILES", "PATH", path.rstrip("/") or path)

    def unresolved(self, chain: Chain, scope: Scope) -> None:
        """Note a name that means no column here, unless it is a variable or may be a column that we cannot know."""
        if self.is_variable(chain) or scope.is_open():
            return
        if scope.has_unspelled():
            raise LiteralMatters
        known = sorted(self.reads)
        self.note("unknown-column", ".".join(chain), tuple(known))

    def is_variable(self, chain: Chain) -> bool:
        """Tell whether a name is that of a session or script variable."""
        if chain[0] == "session" or chain[:2] == ("system", "session"):
            return True
        return chain[0] in self.local or chain[0] in self.session.variables


def _qualifier(walk: Walk, chain: Chain) -> Chain:
    session = walk.session
    if len(chain) == 1:
        return (session.catalog or "", session.schema or "", *chain)
    return (session.catalog or "", *chain) if len(chain) == 2 else chain


def _use_key(use: Use) -> tuple[str, str, str]:
    return (use.action, use.securable_type, use.name)
