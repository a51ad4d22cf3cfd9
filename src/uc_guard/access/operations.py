"""What each operation asks for: the fact sheet of the platform as one function from action to requirements."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from uc_guard.model.privilege import PRIVILEGES

ANYTHING = "*"
"""The action of something that was not understood: it could need every privilege that means something there."""

_VIEWS = frozenset({"VIEW", "MATERIALIZED_VIEW", "METRIC_VIEW"})
_REFRESHED = frozenset({"MATERIALIZED_VIEW", "STREAMING_TABLE"})
_OWNED = frozenset({"SHARE", "RECIPIENT", "PROVIDER"})
"""UC: on these there is no MANAGE: their owner changes them, and the admins of the metastore."""

_PLACES = {"SCHEMA": "schema", "CATALOG": "catalog", "METASTORE": "metastore"}


@dataclass(frozen=True, slots=True)
class Ask:
    """One privilege at one place.

    Attributes:
        privilege: Underscore form.
        place: `self`, or the container it is asked on: `schema`, `catalog`, `metastore`.
    """

    privilege: str
    place: str = "self"


@dataclass(frozen=True, slots=True)
class Requirement:
    """What must be had in one way or another.

    Attributes:
        choices: Ways to have it, any one of which will do. Of a way, the first privilege held counts: one on the
            securable before one on its container.
        always: Needed whether held or not; where not, one who holds none of it did without.
        doubt: What is held of it may have been needed, no more.
    """

    choices: tuple[tuple[Ask, ...], ...]
    always: bool = True
    doubt: bool = False


# UC: whoever owns a container or holds MANAGE on it may manage what lies inside; an owner has MANAGE on the securable.
_MANAGE = (Ask("MANAGE"), Ask("MANAGE", "schema"), Ask("MANAGE", "catalog"))
_REPLACE = Requirement((_MANAGE,), always=False, doubt=True)
_REWRITE = Requirement(((Ask("MODIFY"),),), always=False, doubt=True)
_SEEN = {"TABLE": ("SELECT", "MODIFY"), "FUNCTION": ("EXECUTE",), "VOLUME": ("READ_VOLUME",), "SCHEMA": ("USE_SCHEMA",),
         "CATALOG": ("USE_CATALOG",)}  # fmt: skip
_MADE = {"TABLE": "CREATE_TABLE", "FUNCTION": "CREATE_FUNCTION", "CREDENTIAL": "CREATE_SERVICE_CREDENTIAL"}


@lru_cache(maxsize=65536)
def requirements(  # noqa: PLR0911 - one return for each row of the platform's table
    action: str, used_type: str, on_type: str, kind: str = ""
) -> tuple[Requirement, ...]:
    """Give what an action on a securable asks for, co-requisites and USE left out.

    Args:
        action: As in `Use.action`; one that is not known asks for anything.
        used_type: As in `Use.securable_type`.
        on_type: The securable's type as grants know it; for a path that of what governs it.
        kind: Finer kind of the securable; empty = not known.
    """
    kinds = {used_type, kind}
    match action:
        case "CREATE":
            return _create(used_type, on_type)
        case "DROP" | "MANAGE" | "ALTER" if on_type in _OWNED:
            return ()
        case "DROP" | "MANAGE" if on_type != "METASTORE":
            return (Requirement((_MANAGE,)),)
        case "ALTER" if on_type == "TABLE" and not kinds & _VIEWS:
            return (Requirement(((Ask("MODIFY"),), _MANAGE)),)
        case "ALTER":
            return (Requirement((_MANAGE,)),)
        case "METADATA" if on_type in _SEEN:
            return (_metadata(on_type),)
        case "REFRESH" | "SHARE" | "MAINTAIN" | "ANALYZE" if on_type == "TABLE":
            return _of_table(action, kind or used_type, is_known=bool(kind))
        case _ if action in PRIVILEGES and PRIVILEGES[action].applies(on_type, kind):
            return (Requirement(((Ask(action),),)),)
        case _:
            return _anything(on_type, kind)


def _of_table(action: str, kind: str, *, is_known: bool) -> tuple[Requirement, ...]:
    """Give what looking after a table asks for, and sharing it."""
    if action == "SHARE":
        return (Requirement(((Ask("SELECT"),),), always=False),)
    if action != "REFRESH":
        return (Requirement(((Ask("MODIFY"),), _MANAGE), always=False),)
    if kind in _REFRESHED:
        return (Requirement(((Ask("REFRESH"),), _MANAGE)),)
    # REFRESH TABLE drops what is cached of a plain table
    return (Requirement(((Ask("SELECT" if is_known else action),),)),)


def _create(used_type: str, on_type: str) -> tuple[Requirement, ...]:
    if used_type == "MATERIALIZED_VIEW":
        made = ((Ask("CREATE_MATERIALIZED_VIEW", "schema"),), (Ask("CREATE_TABLE", "schema"),))
        return (Requirement(made), _REPLACE)
    if on_type == "EXTERNAL_LOCATION" and used_type == "PATH":
        kinds = ("CREATE_EXTERNAL_TABLE", "CREATE_EXTERNAL_VOLUME", "CREATE_MANAGED_STORAGE")
        return (Requirement(tuple((Ask(name),) for name in kinds)),)
    name = f"CREATE_{used_type}" if used_type == "MODEL" else _MADE.get(on_type, f"CREATE_{used_type}")
    on = PRIVILEGES[name].on if name in PRIVILEGES else frozenset[str]()
    places = [place for container, place in _PLACES.items() if container in on]
    if not places:
        return _anything(on_type, "")
    made_there = Requirement(((Ask(name, places[0]),),))
    return (made_there, _REPLACE, _REWRITE) if on_type == "TABLE" else (made_there, _REPLACE)


def _metadata(on_type: str) -> Requirement:
    # UC: whoever may read it may describe it; BROWSE on the catalog and READ_METADATA do too. A list never fails.
    reads = tuple(Ask(privilege) for privilege in _SEEN[on_type])
    browses = (Ask("BROWSE", "self" if on_type == "CATALOG" else "catalog"), Ask("READ_METADATA"))
    return Requirement(((*reads, *_MANAGE), browses), always=False)


def _anything(on_type: str, kind: str) -> tuple[Requirement, ...]:
    known = sorted(row.name for row in PRIVILEGES.values() if row.applies(on_type, kind))
    return tuple(Requirement(((Ask(name),),), always=False, doubt=True) for name in known)
