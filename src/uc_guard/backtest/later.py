"""What later acts surely need, and which act needs what: their own rights, and those behind views and routines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from uc_guard import tables
from uc_guard.access.effective import PAIR, World, groups_of, usable
from uc_guard.access.required import required, unknown_bodies
from uc_guard.usage.acts import USE

if TYPE_CHECKING:
    from collections.abc import Callable

    from uc_guard.snapshot import Snapshot
    from uc_guard.usage.acts import Acts

NEED = ("holder", *PAIR[1:])
"""A need: the principal whose right it is, who used it or owns what was used, and the pair."""

_UNIT = "\0"  # no principal can be called so
_CALLER = "\0caller"
_BY = ("principal", *USE)


@dataclass(frozen=True, slots=True)
class Later:
    """The acts of the hold-out, and the world that they are judged in.

    Attributes:
        snapshot: The workspace; its logs are of the hold-out.
        today: Its world.
        subjects: The principals under audit.
        acts: The acts.
        bodies: What the bodies of views and routines do.
    """

    snapshot: Snapshot
    today: World
    subjects: tuple[str, ...]
    acts: Acts
    bodies: pl.DataFrame


def later_needs(later: Later) -> pl.DataFrame:
    """Give what the later acts surely need: the subjects' own needs, and those of the owners behind what anybody used.

    Returns:
        NEED, `gone` (the securable is in no listing any more) and `usable` (by today's grants).
    """
    uses = _uses(later)
    own = _required(later, uses.filter(pl.col("principal").is_in(list(later.subjects))), later.today)
    through = _behind(later, uses.select(USE).unique())
    every = pl.concat([own, through]).unique(NEED).sort(NEED)
    asked = every.rename({"holder": "principal"})
    return usable(later.today, asked).drop("can").rename({"principal": "holder"}).select(*NEED, "gone", "usable")


def blame(later: Later, wanted: pl.DataFrame) -> pl.DataFrame:
    """Give which act needs which of these needs: `act`, `need` (the row in `wanted`); acts that were denied need none.

    Args:
        later: The acts.
        wanted: Needs, with the columns of NEED.
    """
    wanted = wanted.select(NEED).with_row_index("need")
    uses = _uses(later)
    theirs = uses.join(wanted, left_on="principal", right_on="holder", how="semi")
    units = _units(theirs.filter(pl.col("principal").is_in(list(later.subjects))))
    found = _required(later, units, _world_of_units(later.today, units)).rename({"holder": "unit"})
    owned = found.join(units.select("unit", holder="principal"), on="unit").join(wanted, on=NEED)
    direct = units.join(owned.select("unit", "need"), on="unit").select(*_BY, "need")
    # A right behind a view is the owner's, whoever used it: so each way of using is asked about once, for all callers.
    roots = uses.select(USE).unique().sort(USE)
    behind = _split(roots, lambda part: _behind(later, part).join(wanted, on=NEED).select("need"))
    through = uses.join(behind, on=USE).select(*_BY, "need")
    return _acts_of(later.acts, pl.concat([direct, through]).unique())


def unread(later: Later) -> pl.DataFrame:
    """Give the acts that ran a body which nobody could read, and which may need a right of a subject: `act`."""
    uses = _uses(later).filter(pl.col("principal").is_in(list(later.subjects)))
    groups = groups_of(later.today, pl.Series("principal", list(later.subjects), pl.String))["group"].unique()
    reached = pl.concat([pl.Series(list(later.subjects), dtype=pl.String), groups]).implode()

    def blind(asked: pl.DataFrame, home: World) -> pl.DataFrame:
        usage = _usage(asked)
        return unknown_bodies(usage, tables.OPAQUE.empty(), later.bodies, later.snapshot, home).select("principal")

    if blind(uses, later.today).filter(pl.col("principal").is_in(reached)).is_empty():
        return later.acts.acts.select("act").clear()
    units = _units(uses)
    callers = blind(units.with_columns(principal="unit"), _world_of_units(later.today, units))
    own = units.join(callers, left_on="unit", right_on="principal", how="semi").select(_BY)
    roots = uses.select(USE).unique().sort(USE)
    owners = _split(roots, lambda part: _number(blind(_called(part), later.today), reached))
    through = uses.join(owners, on=USE).select(_BY)
    every = pl.concat([own, through]).unique().with_columns(need=pl.lit(0, pl.UInt32))
    return _acts_of(later.acts, every).select("act").unique()


def _number(blind: pl.DataFrame, reached: pl.Series) -> pl.DataFrame:
    return blind.filter(pl.col("principal").is_in(reached)).select(need=pl.lit(0, pl.UInt32)).unique()


# -- uses to needs -------------------------------------------------------------------------------------------------


def _uses(later: Later) -> pl.DataFrame:
    """Give the distinct ways in which principals used securables, without what was denied: `principal` and USE."""
    acts, does, sets = later.acts
    went = acts.filter(pl.col("outcome") != "denied").select("act", "principal")
    return (
        went.join(does, on="act")
        .select("principal", "set")
        .unique()
        .join(sets, on="set")
        .select(_BY)
        .unique()
        .sort(_BY)
    )


def _usage(uses: pl.DataFrame) -> pl.DataFrame:
    """Give uses by contract USAGE; what a need does not depend on is empty."""
    empty = {"columns": pl.lit(None, tables.NAMES), "outcome": pl.lit("ran"), "uses": pl.lit(1, pl.Int64)}
    never = {name: pl.lit(None, tables.INSTANT) for name in ("first_at", "last_at")}
    return uses.with_columns(**empty, **never, witnesses=pl.lit([], tables.NAMES)).select(*tables.USAGE.columns)


def _required(later: Later, uses: pl.DataFrame, home: World) -> pl.DataFrame:
    """Give what these uses surely need: NEED and `gone`."""
    asked = uses.with_columns(principal="unit") if "unit" in uses.columns else uses
    needs = required(_usage(asked), tables.OPAQUE.empty(), later.bodies, later.snapshot, home=home)
    sure = needs.filter(pl.col("certainty") == "must").rename({"principal": "holder"})
    return sure.select(*NEED, gone=pl.col("reason") == "gone")


def _behind(later: Later, roots: pl.DataFrame) -> pl.DataFrame:
    """Give what the owners behind these ways of using surely need, whoever uses them."""
    needs = _required(later, _called(roots), later.today)
    return needs.filter(pl.col("holder") != _CALLER)


def _units(uses: pl.DataFrame) -> pl.DataFrame:
    """Give each way of using a principal of its own, so that it can be told which needs what."""
    return uses.with_columns(unit=pl.format(_UNIT + "{}", pl.int_range(pl.len())))


def _world_of_units(today: World, units: pl.DataFrame) -> World:
    """Give the world in which each unit can do what its principal can."""
    reached = groups_of(today, units["principal"]).join(units.select("unit", "principal"), on="principal")
    return replace(today, groups=reached.select("group", "path", principal="unit").select(today.groups.columns))


def _called(roots: pl.DataFrame) -> pl.DataFrame:
    return roots.with_columns(principal=pl.lit(_CALLER))


def _split(roots: pl.DataFrame, probe: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """Give what a probe finds (`need`) for each root alone: USE, `need`; halves without a find cost one probe."""
    found = probe(roots) if roots.height else pl.DataFrame(schema={"need": pl.UInt32})
    if found.is_empty() or roots.height == 1:
        return roots.join(found, how="cross")
    half = roots.height // 2
    return pl.concat([_split(roots[:half], probe), _split(roots[half:], probe)])


def _acts_of(acts: Acts, causes: pl.DataFrame) -> pl.DataFrame:
    """Give the acts that did what causes a need: `act`, `need`."""
    went = acts.acts.filter(pl.col("outcome") != "denied").select("act", "principal")
    concerned = went.join(causes.select("principal").unique(), on="principal", how="semi").join(acts.does, on="act")
    sets = concerned.select("principal", "set").unique().join(acts.sets, on="set").join(causes, on=_BY)
    sets = sets.select("principal", "set", "need").unique()
    return concerned.join(sets, on=["principal", "set"]).select("act", "need").unique()
