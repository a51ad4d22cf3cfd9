"""What a journal says was changed, put back: all of it, or what concerns one principal or securable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from uc_guard.apply.drift import told
from uc_guard.apply.record import ROLLBACK, read_record
from uc_guard.apply.settle import announce, settle
from uc_guard.errors import NotApplied, NotThere, Unavailable, Uncertain, WorkspaceError
from uc_guard.model.name import canonical_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from uc_guard.apply.journal import Journal
    from uc_guard.apply.record import Record
    from uc_guard.apply.settle import Patience
    from uc_guard.apply.standing import Hand, Site, Standing
    from uc_guard.model.plan import Row


@dataclass(frozen=True, slots=True)
class Only:
    """What is put back.

    Attributes:
        principals: Only rows of these, compared without case; empty = of all.
        securables: Only rows on these, by full name; empty = on all.
    """

    principals: tuple[str, ...] = ()
    securables: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return not self.principals and not self.securables

    def holds(self, row: Row) -> bool:
        """Tell whether a row is among what is put back."""
        names = {name.casefold() for name in self.principals}
        places = {_canonical(name) for name in self.securables}
        return (not names or row.grantee.casefold() in names) and (not places or row.securable in places)


@dataclass(frozen=True, slots=True)
class Undone:
    """What a rollback did.

    Attributes:
        given: Rows that stand again.
        taken: Rows that are gone again.
        refused: What the workspace refused, a sentence each.
    """

    given: tuple[Row, ...]
    taken: tuple[Row, ...]
    refused: tuple[str, ...]


def to_put_back(record: Record, only: Only) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Give the rows that stood before the run and those that did not, of all that the run has changed; both sorted.

    A change that was announced counts whether or not it was seen to have taken: to put it back does no harm.
    """
    stood: dict[Row, bool] = {}
    for each in record.intents:
        for row in (*each.add, *each.remove):
            stood.setdefault(row, row in each.before)  # the first mention tells what stood before us
    mine = {row: was for row, was in stood.items() if only.holds(row)}
    return tuple(sorted(row for row, was in mine.items() if was)), tuple(
        sorted(r for r, was in mine.items() if not was)
    )


def rollback(journal: Journal, standing: Standing, hand: Hand, patience: Patience, only: Only) -> Undone:
    """Put back what the run in a journal changed: first what it took, then what it gave. Once more does no harm.

    Raises:
        NotApplied: where the journal is of another workspace, nothing in it fits, or the workspace does not show a
            change in time.
        WorkspaceError: where the workspace stays out of reach; run it again.
    """
    record = read_record(journal.path, journal.lines)
    if record.host != standing.host:
        raise NotApplied(f"the journal is of {record.host}, and this is {standing.host}; name its profile")
    give, take = to_put_back(record, only)
    if not give and not take and not only.everything:
        raise NotApplied(f"the run in {journal.path} changed nothing that this names; check the spelling")
    refused: list[str] = []
    done: list[Row] = []
    for rows, is_given in ((give, True), (take, False)):
        for site, group in _by_site(rows):
            done += _put_back(journal, standing, hand, patience, site, group, refused, is_given=is_given)
    if only.everything and not refused:
        journal.write("rolled-back")
    changed = frozenset(done)
    return Undone(tuple(r for r in give if r in changed), tuple(r for r in take if r in changed), tuple(refused))


def _put_back(  # noqa: PLR0913, PLR0917 - what, where and by whom
    journal: Journal,
    standing: Standing,
    hand: Hand,
    patience: Patience,
    site: Site,
    rows: tuple[Row, ...],
    refused: list[str],
    *,
    is_given: bool,
) -> tuple[Row, ...]:
    try:
        now = standing.rows(site)
        todo = tuple(row for row in rows if (row not in now) == is_given)
        if not todo:
            return ()
        add, remove = (todo, ()) if is_given else ((), todo)
        intent = announce(journal, standing, site, add, remove, ROLLBACK)
        settle(journal, intent, standing, hand, patience)
    except (Uncertain, Unavailable):
        raise
    except WorkspaceError as error:
        why = "is not there any more" if isinstance(error, NotThere) else error.said
        refused += [f"{told(row)}: {why}" for row in rows]
        return ()
    return todo


def _by_site(rows: Iterable[Row]) -> list[tuple[Site, tuple[Row, ...]]]:
    found: dict[Site, list[Row]] = {}
    for row in rows:
        found.setdefault((row.securable_type, row.securable), []).append(row)
    return [(site, tuple(group)) for site, group in found.items()]


def _canonical(name: str) -> str:
    try:
        return canonical_name(name)
    except ValueError:
        return name.lower()
