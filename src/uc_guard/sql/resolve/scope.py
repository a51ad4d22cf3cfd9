"""Which relations a name can see, and which column of which securable it then means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uc_guard.sql.grammar.tokens import Unspelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from uc_guard.sql.grammar.tree import Chain

# What a column stands for: None = no column of a securable (derived); (columns read so far, name) = one of those.
Target = tuple[set[str], str] | None
_MISSING = object()
_PERHAPS = object()
# UC: virtual columns of files and change feeds need no privilege of their own and stand in no schema.
VIRTUAL = frozenset({"_metadata", "_change_type", "_commit_version", "_commit_timestamp", "_rescued_data"})


class Relation:
    """One relation in a FROM clause.

    Attributes:
        qualifier: The parts that may stand before its columns, outermost first.
        columns: Column name to what it stands for. For a base relation (`read` is set) any value: the name is its own.
        read: The set that gathers the columns read of the securable; None for derived relations.
        is_open: It may have columns that are not known, so an unknown name may be one of them.
    """

    __slots__ = ("columns", "is_open", "qualifier", "read")

    def __init__(
        self, qualifier: Chain, columns: Mapping[str, object], read: set[str] | None = None, *, is_open: bool = False
    ) -> None:
        self.qualifier = qualifier
        self.columns = columns
        self.read = read
        self.is_open = is_open

    def touch(self, name: str) -> bool:
        """Mark a column as read; False where there is none of that name."""
        target = self.columns.get(name, _MISSING)
        if target is _MISSING:
            return self.read is not None and name in VIRTUAL
        if self.read is not None:
            self.read.add(name)
        elif target is not None:
            target[0].add(target[1])  # type: ignore[index]
        return True

    def touch_all(self, without: tuple[str, ...] = ()) -> None:
        """Mark every column as read."""
        if self.read is not None and not without:
            self.read.update(self.columns)
            return
        for name, target in self.columns.items():
            if name in without:
                continue
            if self.read is not None:
                self.read.add(name)
            elif target is not None:
                target[0].add(target[1])  # type: ignore[index]

    def target(self, name: str) -> Target:
        """Give what a column stands for, for a relation that passes it on."""
        if self.read is not None:
            return (self.read, name)
        return self.columns.get(name)  # type: ignore[return-value]


class Sources(list[Relation]):
    """The relations of one FROM clause; long ones are looked up by name, so that many joins stay cheap."""

    __slots__ = ("_by_alias", "_by_column", "_seen", "merged")

    def __init__(self, relations: Iterable[Relation] = ()) -> None:
        super().__init__(relations)
        self._seen = 0
        # columns that USING or NATURAL made one: of one side they hide behind what else a name can mean
        self.merged: set[str] = set()
        self._by_alias: dict[str, list[Relation]] = {}
        self._by_column: dict[str, list[Relation]] = {}

    def called(self, alias: str) -> list[Relation]:
        """Give the relations whose qualifier ends with a name."""
        self._look()
        return self._by_alias.get(alias, [])

    def holding(self, column: str) -> list[Relation]:
        """Give the relations that have a column."""
        self._look()
        return self._by_column.get(column, [])

    def _look(self) -> None:
        if len(self) < self._seen:  # a semi-join took its right side away
            self._seen, self._by_alias, self._by_column = 0, {}, {}
        while self._seen < len(self):
            relation = self[self._seen]
            self._seen += 1
            if relation.qualifier:
                self._by_alias.setdefault(relation.qualifier[-1], []).append(relation)
            for name in relation.columns:
                self._by_column.setdefault(name, []).append(relation)


_MANY = 24


class Scope:
    """The relations that an expression sees, the aliases of its select list, and the scope around it."""

    __slots__ = ("aliases", "distinct", "outer", "relations", "windows")

    def __init__(self, relations: list[Relation], outer: Scope | None) -> None:
        self.relations = relations
        self.outer = outer
        self.aliases: set[str] = set()
        self.distinct: Mapping[str, Target] | None = None
        self.windows: Mapping[str, list[object]] = {}

    def touch(self, chain: Chain) -> bool:
        """Mark the column that a name means as read, here or further out; False where it means none."""
        scope: Scope | None = self
        while scope is not None:
            if touch(scope.relations, chain):
                return True
            if chain[0] in scope.aliases:
                return True
            scope = scope.outer
        return False

    def has_unspelled(self) -> bool:
        """Tell whether a column here or further out is called like a literal of a template."""
        scope: Scope | None = self
        while scope is not None:
            if is_unspelled(scope.aliases) or any(is_unspelled(relation.columns) for relation in scope.relations):
                return True
            scope = scope.outer
        return False

    def is_open(self) -> bool:
        """Tell whether a relation here or further out may have columns that are not known."""
        scope: Scope | None = self
        while scope is not None:
            if any(relation.is_open for relation in scope.relations):
                return True
            scope = scope.outer
        return False


def is_unspelled(names: Iterable[str]) -> bool:
    """Tell whether one of these columns is called like a literal of a template."""
    return any(type(name) is Unspelled for name in names)


def touch(relations: list[Relation], chain: Chain) -> bool:
    """Mark the column that a name means here as read; the longest qualifier wins, then a struct's field."""
    first = chain[0]
    size = len(chain)
    if len(relations) > _MANY and type(relations) is Sources:
        return _touch_among_many(relations, chain)
    if size > 1:
        for length in range(min(size - 1, 3), 0, -1):
            if found := _touch_qualified(relations, chain[:length], chain[length]):
                if found is _PERHAPS or (type(relations) is Sources and chain[length] in relations.merged):
                    _touch_plain(relations, first)
                return True
    return _touch_plain(relations, first)


def _touch_plain(relations: list[Relation], name: str) -> bool:
    found = False
    for relation in relations:
        if relation.touch(name):
            found = True
    return found


def _touch_among_many(relations: Sources, chain: Chain) -> bool:
    for length in range(min(len(chain) - 1, 3), 0, -1):
        if _touch_qualified(relations.called(chain[length - 1]), chain[:length], chain[length]):
            return True
    found = False
    for relation in relations if chain[0] in VIRTUAL else relations.holding(chain[0]):
        found = relation.touch(chain[0]) or found
    return found


def matching(relations: list[Relation], qualifier: Chain) -> list[Relation]:
    """Give the relations that a qualifier names."""
    size = len(qualifier)
    return [relation for relation in relations if relation.qualifier[-size:] == qualifier]


def _touch_qualified(relations: list[Relation], qualifier: Chain, name: str) -> object:
    """Mark a column of the relations that a qualifier names; give whether there is one, or perhaps one."""
    found: object = False
    size = len(qualifier)
    for relation in relations:
        if relation.qualifier[-size:] == qualifier:
            if relation.touch(name):
                found = True
            elif relation.is_open and not found:
                found = _PERHAPS
    return found


def is_in_order(relations: list[Relation]) -> bool:
    """Tell whether relations give their columns in the order in which they stand: what USING made one comes first."""
    return not (type(relations) is Sources and relations.merged)


def outputs_of(relations: list[Relation]) -> tuple[dict[str, Target], bool]:
    """Give the names that relations pass on, what each stands for, and whether there may be more.

    A second column of one name has its place, and a name that no statement can spell.
    """
    names: dict[str, Target] = {}
    merged = relations.merged if type(relations) is Sources else ()
    for relation in relations:
        for name in relation.columns:
            if name not in names:
                names[name] = relation.target(name)
            elif name not in merged:
                names[f"{name}\0{len(names)}"] = relation.target(name)
    return names, any(relation.is_open for relation in relations)
