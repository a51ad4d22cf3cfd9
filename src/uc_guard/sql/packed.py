"""Facts as bytes: what a worker answers and what a cache keeps; equal facts have equal bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from uc_guard.sql.grammar.tokens import Hole
from uc_guard.sql.reading import read
from uc_guard.sql.resolve.session import Change, TempView

if TYPE_CHECKING:
    from uc_guard.sql.reading import Fact, State, Task
    from uc_guard.sql.resolve.schema import Known

PackedUse = tuple[str, str, str, tuple[str, ...] | None]
PackedOpaque = tuple[str, tuple[str, ...] | None]


class PackedView(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """A temporary view.

    Attributes:
        tokens: The query behind it.
        holes: Indexes of the tokens that stand for a literal of a template.
        columns: Names of its columns; None where they are those of the query.
        catalog: The current catalog when it was made.
        schema: The current schema when it was made.
    """

    tokens: tuple[str, ...]
    holes: tuple[int, ...]
    columns: tuple[str, ...] | None
    catalog: str | None
    schema: str | None


class PackedChange(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """A change of a session; of its value, the field of its kind is filled.

    Attributes:
        kind: As `Change` has it.
        name: As `Change` has it.
        is_there: As `Change` has it.
        text: The value of a variable.
        names: The columns of a relation, or catalog and schema.
        view: A temporary view.
    """

    kind: str
    name: str
    is_there: bool
    text: str | None = None
    names: tuple[str | None, ...] | None = None
    view: PackedView | None = None


class PackedFact(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    """What is so of a text in a state.

    Attributes:
        uses: Action, type, full name, columns.
        opaque: Reason, and the names that it could spell. Not the text: that may hold secrets.
        changes: What it leaves in its session.
    """

    uses: tuple[PackedUse, ...]
    opaque: tuple[PackedOpaque, ...]
    changes: tuple[PackedChange, ...]


class PackedAnswer(NamedTuple):
    """An answer.

    Attributes:
        facts: For each state of the task a packed fact; None where the literals matter.
        shared: The index of a state, and what is so wherever the same changes are behind it: a packed fact, and the
            namespaces (catalog, schema; None = any) in which it has to be asked again.
    """

    facts: list[bytes | None]
    shared: list[tuple[int, bytes, list[tuple[str | None, str | None]]]]


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(PackedFact)


def answer(catalog: Known, task: Task, limit_s: float) -> PackedAnswer:
    """Read a task, as `reading.read` does, and give what is so in its packed form."""
    told = read(catalog, task, limit_s)
    packed: dict[int, bytes] = {}

    def once(fact: Fact) -> bytes:
        return packed.get(id(fact)) or packed.setdefault(id(fact), pack(fact))

    return PackedAnswer(
        [None if fact is None else once(fact) for fact in told.facts],
        [(_index(task.states, one.state), once(one.fact), list(one.asking.namespaces)) for one in told.shared],
    )


def _index(states: tuple[State, ...], state: State) -> int:
    return next(n for n, one in enumerate(states) if one is state)


def pack(fact: Fact) -> bytes:
    """Give a fact as bytes."""
    uses = tuple((use.action, use.securable_type, use.name, use.columns) for use in fact.found.uses)
    opaque = tuple(dict.fromkeys((part.reason, part.may) for part in fact.found.opaque))
    return _ENCODER.encode(PackedFact(uses, opaque, tuple(map(pack_change, fact.changes))))


def unpack(data: bytes) -> PackedFact:
    """Give the fact that these bytes are.

    Raises:
        msgspec.DecodeError: where they are none.
    """
    return _DECODER.decode(data)


def pack_change(change: Change) -> PackedChange:
    """Give a change in its packed form."""
    kind, name, is_there, value = change
    if isinstance(value, TempView):
        holes = tuple(n for n, token in enumerate(value.tokens) if type(token) is Hole)
        view = PackedView(tuple(map(str, value.tokens)), holes, value.columns, value.catalog, value.schema)
        return PackedChange(kind, name, is_there, view=view)
    if isinstance(value, str):
        return PackedChange(kind, name, is_there, text=value)
    return PackedChange(kind, name, is_there, names=value)


def unpack_change(change: PackedChange) -> Change:
    """Give the change that this is the packed form of."""
    value: Any = change.names if change.text is None else change.text
    if view := change.view:
        holes = set(view.holes)
        tokens = tuple(Hole(token) if n in holes else token for n, token in enumerate(view.tokens))
        value = TempView(tokens, view.columns, view.catalog, view.schema)
    return Change(change.kind, change.name, is_there=change.is_there, value=value)
