"""Everything a decision is taken from: what stands, what is needed, what is fixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.privilege import PRIVILEGES
from uc_guard.plan.covers import POSITION, covered, held_positions, located, owns, probes
from uc_guard.plan.decide import Case
from uc_guard.plan.estate import build_estate
from uc_guard.plan.needed import approve, kept_usable, leant_on, may_need, not_explained, strongest
from uc_guard.plan.refuse import (
    doubts,
    matches,
    protected_places,
    protected_privileges,
    refuse_subjects,
    refuse_unexplained,
)
from uc_guard.plan.sharing import group_names, shared

if TYPE_CHECKING:
    from uc_guard.model.plan import Held
    from uc_guard.model.settings import Settings
    from uc_guard.plan.estate import Estate
    from uc_guard.snapshot import Snapshot


@dataclass(frozen=True, slots=True, eq=False)
class Brief:
    """A case, and what is said beside it.

    Attributes:
        case: What the decision is taken from.
        judged: `q`: the subjects that are judged.
        refused: The subjects that are not, and why.
        may: Needs as the frame NEEDS has them, of what the subjects can do today: POSITION and EVIDENCE.
        proofs: What a witness may call upon: `may`, and shortfalls to be granted.
        warnings: Sentences for people.
    """

    case: Case
    judged: pl.DataFrame
    refused: tuple[Held, ...]
    may: pl.DataFrame
    proofs: pl.DataFrame
    warnings: tuple[str, ...]


def prepare(  # noqa: PLR0913, PLR0917 - as `minimize`
    snapshot: Snapshot,
    needs: pl.DataFrame,
    opaque: pl.DataFrame,
    coverage: pl.DataFrame,
    missing: pl.DataFrame,
    subjects: tuple[str, ...],
    settings: Settings,
) -> Brief:
    """Collect everything that a decision is taken from; `missing` are the shortfalls to be granted."""
    groups = frozenset(group_names(snapshot)).intersection(subjects)
    names = tuple(sorted(frozenset(subjects) - groups))
    estate = build_estate(snapshot, needs, missing, names, settings)
    today = held_positions(estate, estate.rows)
    refused = _refused(snapshot, opaque, coverage, settings, estate, not_explained(estate, needs, today))
    held = {each.subject for each in refused}
    judged = _judged(names, held)
    may = may_need(estate, needs, today)
    approved, dropped = _approved(estate, missing, judged, settings)
    kept = strongest(pl.concat([kept_usable(estate, may, today), approved]))
    acting = pl.concat([needs["principal"], opaque["principal"]]).unique()
    shares = shared(estate, snapshot, held, acting)
    rows = estate.rows.join(shares, on="g", maintain_order="left").join(
        doubts(estate, snapshot, settings), on="r", how="left", maintain_order="left"
    )
    rows = _lean(estate, rows.rename({"reason": "doubt"}), today, judged)
    case = Case(
        estate=estate,
        rows=rows,
        shares=shares,
        needed=kept.join(judged, on="q", how="semi", maintain_order="left"),
        may=pl.concat([may.select(POSITION), kept.select(POSITION)]).unique(),
        today=today,
        grantable=_grantable(estate, shares, settings),
        barred=_barred(estate, settings),
        gone=may.filter(pl.col("reason") == "gone")["s"].unique(),
    )
    told = tuple(
        f"`{name}` is a group and is not judged: name its members, or `group:{name}`" for name in sorted(groups)
    )
    return Brief(case, judged, refused, may, pl.concat([may, approved]), told + dropped)


def _refused(
    snapshot: Snapshot,
    opaque: pl.DataFrame,
    coverage: pl.DataFrame,
    settings: Settings,
    estate: Estate,
    unexplained: pl.DataFrame,
) -> tuple[Held, ...]:
    """Give the subjects that are not judged, with every reason; sorted."""
    found = refuse_subjects(snapshot, opaque, coverage, estate.subjects, settings)
    found += refuse_unexplained(estate, unexplained, snapshot)
    return tuple(sorted(found, key=lambda held: (held.subject, held.reason, held.detail)))


def _judged(names: tuple[str, ...], held: set[str]) -> pl.DataFrame:
    numbers = [q for q, name in enumerate(names) if name not in held]
    return pl.DataFrame({"q": numbers}, schema={"q": pl.UInt32})


def _approved(
    estate: Estate, missing: pl.DataFrame, judged: pl.DataFrame, settings: Settings
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Give the shortfalls that are granted, and a sentence on those that are not."""
    partners = [(name, other) for name, row in PRIVILEGES.items() for other in row.with_it]
    table = pl.DataFrame(partners, schema={"privilege": pl.String, "other": pl.String}, orient="row")
    with_it = missing.join(table, on="privilege").with_columns(privilege="other").select(missing.columns)
    wanted = approve(estate, pl.concat([missing, with_it])).join(judged, on="q", how="semi", maintain_order="left")
    places, words = _barred(estate, settings)
    bad = wanted["s"].is_in(places.implode()) | wanted["v"].is_in(words.implode()) | ~estate.word("known", wanted["v"])
    refused = estate.named(wanted.filter(bad))
    told = tuple(
        f"`{estate.subjects[q]}` lacks `{privilege}` on `{name}`, and is not given it: it is protected or not known"
        for q, privilege, name in refused.select("q", "privilege", "securable").iter_rows()
    )
    return wanted.filter(~bad), told


def _lean(estate: Estate, rows: pl.DataFrame, today: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """Fix the rows that give USE on the way to rows in doubt: without it these would be held in name only."""
    doubtful = rows.filter(pl.col("doubt").is_not_null())
    leant = leant_on(estate, doubtful, today).join(judged, on="q", how="semi")
    fixed = held_positions(estate, rows.filter(pl.col("doubt").is_not_null() | pl.col("share").is_not_null()))
    leant = leant.filter(~covered(estate, leant, fixed) & ~owns(estate, leant))
    stuck = located(estate, today).join(probes(estate, leant), on="at", how="semi")["r"].unique()
    hit = pl.col("r").is_in(stuck.implode()) & pl.col("doubt").is_null()
    why = "it gives USE on the way to a row that is left alone"
    return rows.with_columns(
        doubt=pl.when(hit).then(pl.lit("leant-on")).otherwise("doubt"),
        detail=pl.when(hit).then(pl.lit(why)).otherwise("detail"),
    )


def _grantable(estate: Estate, shares: pl.DataFrame, settings: Settings) -> pl.Series:
    """Give the groups that something may be granted to."""
    own = pl.Series(estate.subjects, dtype=pl.String)
    protected = [name for name in estate.grantees if matches(name, settings.protect_principals)]
    names = estate.grantees.gather(shares["g"])
    free = shares["share"].is_null() & ~names.is_in(own.implode()) & ~names.is_in(protected)
    return shares.filter(free)["g"]


def _barred(estate: Estate, settings: Settings) -> tuple[pl.Series, pl.Series]:
    places = estate.places.with_row_index("s").filter(protected_places(estate.places, settings))["s"]
    words = protected_privileges(settings)
    return places, pl.Series("v", [v for v, word in enumerate(estate.words) if word in words], dtype=pl.UInt32)
