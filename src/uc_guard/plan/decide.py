"""The decision: which rows go, which stay, and which are needed in their stead."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from uc_guard.model.privilege import IN_SCHEMA, PRIVILEGES
from uc_guard.plan.covers import POSITION, covered, fits, has_future, held_positions, located, owns, probes
from uc_guard.plan.estate import CODE
from uc_guard.plan.excess import spell_out
from uc_guard.plan.needed import lifted
from uc_guard.plan.solve import Cover, Terms, solve

if TYPE_CHECKING:
    from uc_guard.model.settings import Settings
    from uc_guard.plan.estate import Estate
    from uc_guard.plan.solve import Pick

_HAS_ITS_OWN = sorted(IN_SCHEMA & {on for row in PRIVILEGES.values() if row.in_all and not row.flows for on in row.on})
"""Types in a schema to which ALL PRIVILEGES of a container does not give all that their own gives."""

ROW = {"r": CODE, "g": CODE, "v": CODE, "s": CODE}


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """Everything that a decision is taken from.

    Attributes:
        estate: The estate, with the memberships that stay.
        rows: `r`, `g`, `v`, `s`, `granted_at`, `share` and `doubt` (why a row is fixed; null = it is not), `detail`,
            `bystanders`.
        shares: `g`, `share`, `bystanders`, of every grantee.
        needed: What must stay usable, for judged subjects: POSITION and EVIDENCE.
        may: What counts as needed in the objective: POSITION.
        today: What rows give today, whatever memberships change: POSITION and `r`.
        grantable: `g`: groups whose every member is judged, and that nothing protects.
        barred: Securables (`s`) and privileges (`v`) that are protected: nothing new is granted there.
        gone: Securables (`s`) that were used and are in no listing any more: nothing can be granted there.
    """

    estate: Estate
    rows: pl.DataFrame
    shares: pl.DataFrame
    needed: pl.DataFrame
    may: pl.DataFrame
    today: pl.DataFrame
    grantable: pl.Series
    barred: tuple[pl.Series, pl.Series]
    gone: pl.Series


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """What a plan does to the rows.

    Attributes:
        rows: The case's rows, with what was fixed on the way.
        going: Rows removed: `r`, `g`, `v`, `s`.
        staying: Rows kept: `r`, `g`, `v`, `s`.
        coming: Rows added: `r` (numbered on), `g`, `v`, `s`.
        slack: By how many rows, and by how many statements, the added rows may miss the fewest.
        is_proved: Whether the added rows are proved to be the best.
    """

    rows: pl.DataFrame
    going: pl.DataFrame
    staying: pl.DataFrame
    coming: pl.DataFrame
    slack: tuple[int, int]
    is_proved: bool


def decide(case: Case, settings: Settings) -> Decision:
    """Find the smallest set of rows to remove and to add."""
    rows = _hold_what_may_not_be_replaced(case)
    fixed, bare = unfixed(case, rows)
    if settings.mode == "stable":
        lifts = lifted(case.estate, case.needed, bare, case.today, settings.stable_share)
        bare = pl.concat([bare, lifts.filter(~barred(case, lifts))])
    bare = bare.select(POSITION).unique().sort(POSITION)
    bare = bare.filter(~covered(case.estate, bare, bare, above=True))
    smallest = pl.concat([fixed, bare])
    free = rows.filter(_is_free())
    given = held_positions(case.estate, free)
    bad = given.filter(~harmless(case, given, smallest))["r"].unique().implode()
    going = rows.filter(pl.col("r").is_in(bad)).select(list(ROW))
    staying = rows.filter(~pl.col("r").is_in(bad)).select(list(ROW))
    left = bare.filter(~covered(case.estate, bare, held_positions(case.estate, staying)))
    plain, covers = _cover(case, left, smallest, (going, staying), settings.solve_limit)
    slack = (
        sum(len(cover.picks) - cover.rows for _, cover, _ in covers),
        sum(terms.count(cover.picks) - cover.statements for _, cover, terms in covers),
    )
    is_proved = all(cover.proved for _, cover, _ in covers)
    return Decision(rows, going, staying, _numbered(plain, covers, rows.height), slack, is_proved)


def unfixed(case: Case, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give the positions that stay whatever the plan (POSITION), and the needs that they leave uncovered."""
    fixed = held_positions(case.estate, rows.filter(~_is_free())).select(POSITION).unique()
    covers = covered(case.estate, case.needed, fixed) | owns(case.estate, case.needed)
    return fixed, case.needed.filter(~covers)


def harmless(case: Case, given: pl.DataFrame, smallest: pl.DataFrame) -> pl.Series:
    """Tell of each position whether it gives nothing beyond the smallest reachable set and what may be needed."""
    single = ~has_future(case.estate, given)
    alone = _may_be_had(case, given) | ~fits(case.estate, given)
    return (covered(case.estate, given, smallest) & ~_gives_more(case, given, smallest)) | (single & alone)


def _may_be_had(case: Case, targets: pl.DataFrame) -> pl.Series:
    may = located(case.estate, case.may)["at"].implode()
    return owns(case.estate, targets) | located(case.estate, targets)["at"].is_in(may)


def _gives_more(case: Case, given: pl.DataFrame, smallest: pl.DataFrame) -> pl.Series:
    """Tell of each position whether it is ALL PRIVILEGES below another one, and gives what does not flow down to it."""
    number = pl.int_range(given.height, dtype=CODE, eager=True).alias("t")
    below = given.select(*POSITION, number).filter(pl.col("v") == case.estate.all_word)
    below = below.filter(case.estate.place("securable_type", below["s"]).is_in(_HAS_ITS_OWN))
    spelt = spell_out(case.estate, below)
    spelt = spelt.filter(~case.estate.word("flows", spelt["v"]), fits(case.estate, spelt))
    more = spelt.filter(~covered(case.estate, spelt, smallest) & ~_may_be_had(case, spelt))
    return number.is_in(more["t"].unique().implode())


def stripped(estate: Estate, going: pl.DataFrame, staying: pl.DataFrame) -> pl.DataFrame:
    """Give the rows that stay and that a REVOKE ALL PRIVILEGES beside them may strip: what it implies."""
    sites = going.filter(pl.col("v") == estate.all_word).select("g", "s")
    implied = staying.filter(estate.word("in_all", staying["v"]))
    return implied.join(sites, on=["g", "s"], how="semi")


def _is_free() -> pl.Expr:
    return pl.col("share").is_null() & pl.col("doubt").is_null()


def barred(case: Case, targets: pl.DataFrame) -> pl.Series:
    """Tell of each target whether nothing new may be granted there."""
    places, words = case.barred
    shut = targets["s"].is_in(places.implode()) | targets["v"].is_in(words.implode())
    return shut | targets["s"].is_in(case.gone.implode())


def _hold_what_may_not_be_replaced(case: Case) -> pl.DataFrame:
    """Fix the rows that cover a need which may not be granted anew: on something protected, or gone for now."""
    bare = unfixed(case, case.rows)[1]
    bound = bare.filter(barred(case, bare))
    given = held_positions(case.estate, case.rows.filter(_is_free()))
    stuck = bound.with_row_index("t").select("t", gone=pl.col("s").is_in(case.gone.implode()))
    covers = probes(case.estate, bound).join(located(case.estate, given), on="at").join(stuck, on="t")
    stuck = covers.group_by("r").agg(pl.col("gone").all())
    # UC: a grant on a table falls with the table; one on its schema is there when the table is made again.
    gone = "it covers a use of something that no listing has any more, and to which nothing can be granted now"
    shielded = "it covers a need on something protected, where nothing may be granted in its stead"
    told = case.rows.join(stuck, on="r", how="left", maintain_order="left")
    code = pl.when("gone").then(pl.lit("maybe-needed")).when(~pl.col("gone")).then(pl.lit("protected"))
    why = pl.when("gone").then(pl.lit(gone)).when(~pl.col("gone")).then(pl.lit(shielded))
    return told.with_columns(doubt=pl.coalesce(code, "doubt"), detail=pl.coalesce(why, "detail")).drop("gone")


def _cover(
    case: Case, left: pl.DataFrame, smallest: pl.DataFrame, split: tuple[pl.DataFrame, pl.DataFrame], limit: int
) -> tuple[pl.DataFrame, list[tuple[int, Cover, Terms]]]:
    """Cover what is left: the rows that there is no choice about, and the covers of the others."""
    estate = case.estate
    numbers = pl.DataFrame({"g": estate.grantees}).with_row_index("n")
    own = pl.DataFrame({"g": estate.subjects}, schema={"g": pl.String}).join(numbers, on="g", maintain_order="left")[
        "n"
    ]
    restored = stripped(estate, *split).select("g", "s").unique()
    options = _group_options(case, left, smallest, restored)
    each = pl.concat([left.select(*POSITION, g=own.gather(left["q"])), options.select(*POSITION, "g")])
    # What ALL PRIVILEGES does not imply cannot wait for the GRANT after its REVOKE: nothing would give it until then.
    alls = split[0].filter(pl.col("v") == estate.all_word).select("g", "s")
    apart = each.filter(~estate.word("in_all", each["v"])).join(alls, on=["g", "s"], how="semi")
    apart = apart.select("g", "s", "v").unique()
    # Where a subject's needs on a securable have no other grantee than itself, there is nothing to choose.
    chosen = each.join(options.select("q", "s").unique(), on=["q", "s"], how="semi")
    plain = each.join(chosen.select("q", "s").unique(), on=["q", "s"], how="anti").select("g", "v", "s").unique()
    return plain, _solved(chosen, (restored, apart), limit)


def _solved(
    each: pl.DataFrame, terms_of: tuple[pl.DataFrame, pl.DataFrame], limit: int
) -> list[tuple[int, Cover, Terms]]:
    """Solve the covering problem of each securable on which there is a choice."""
    needs: dict[int, dict[Pick, tuple[int, ...]]] = defaultdict(dict)
    for q, v, s, grantees in each.group_by(POSITION).agg(pl.col("g").unique().sort()).sort("s", "q", "v").iter_rows():
        needs[s][q, v] = tuple(grantees)
    places = each.select("s").unique()
    free, outside = (_grouped(frame.join(places, on="s", how="semi")) for frame in terms_of)
    terms = {s: Terms(frozenset(g for (g,) in free[s]), frozenset(outside[s]), limit) for s in needs}
    return [(s, solve(needs[s], terms[s]), terms[s]) for s in sorted(needs)]


def _grouped(frame: pl.DataFrame) -> dict[int, set[Any]]:
    found: dict[int, set[Any]] = defaultdict(set)
    for row in frame.select("s", pl.exclude("s")).iter_rows():
        found[row[0]].add(row[1:])
    return found


def _group_options(case: Case, left: pl.DataFrame, smallest: pl.DataFrame, restored: pl.DataFrame) -> pl.DataFrame:
    """Give the groups that a new row may name, for each need: no member gets what it does not keep anyway."""
    groups = case.estate.acts.filter(pl.col("g").is_in(case.grantable.implode()))
    through = left.join(groups, on="q")
    sites = through.group_by("g", "s").agg(pl.col("q").n_unique().alias("subjects"))
    spoken_for = restored.with_columns(again=pl.lit(value=True))
    # A group that would serve one subject only saves neither a row nor, unless it has one anyway, a statement.
    sites = sites.join(spoken_for, on=["g", "s"], how="left").filter((pl.col("subjects") > 1) | pl.col("again"))
    through = through.join(sites, on=["g", "s"], how="semi")
    asked = through.select("g", "v", "s").unique()
    given = asked.join(groups, on="g").select("q", "v", "s", "g")
    bad = given.filter(~harmless(case, given, smallest)).select("g", "v", "s").unique()
    return through.join(bad, on=["g", "v", "s"], how="anti")


def _numbered(plain: pl.DataFrame, covers: list[tuple[int, Cover, Terms]], start: int) -> pl.DataFrame:
    picks = [(g, v, s) for s, cover, _ in covers for g, v in cover.picks]
    chosen = pl.DataFrame(picks, schema=dict.fromkeys(("g", "v", "s"), CODE), orient="row")
    rows = pl.concat([plain.cast(CODE), chosen]).sort("g", "v", "s")
    return rows.select(r=pl.int_range(start, start + pl.len(), dtype=CODE), g="g", v="v", s="s")
