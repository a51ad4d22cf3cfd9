"""What the subjects can reach, in whole numbers: joins on numbers are what lets a large workspace fit in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.access.effective import SECURABLE, closure, placed
from uc_guard.access.sensitivity import tagged
from uc_guard.model.privilege import ALL_PRIVILEGES, CONTAINERS, PRIVILEGES, has_future, implied, is_known, owned

if TYPE_CHECKING:
    from collections.abc import Callable

    from uc_guard.model.settings import Settings
    from uc_guard.snapshot import Snapshot

UNIT = 1_000_000
"""Weights are counted in whole millionths, so that a sum of them does not depend on the order of its terms."""

CODE = pl.UInt32
"""The type of every number that stands for a name."""


@dataclass(frozen=True, slots=True, eq=False)
class Estate:
    """What the subjects can reach today, and by which rows.

    Attributes:
        subjects: Sorted; the position of a subject is its number `q`.
        grantees: Every principal that a subject acts as, sorted; the position is the number `g`.
        words: Every privilege known or met, sorted; the position is the number `v`.
        places: Securables; the position is the number `s`. `securable_type`, `securable`, `kind`, `up1` and `up2`
            (the containers around it), `owner` (a `g`), `weight` (millionths), `all_on` (ALL PRIVILEGES may be there),
            `listed` (the workspace lists it; others are only named), `z` (the number of its type and kind).
        acts: `q`, `g`: the principals that a subject acts as, itself among them.
        rows: `r`, `g`, `v`, `s`, `granted_at`: the stored rows that reach a subject.
        privileges: One row for each word: `v`, `flows`, `in_all`, `usage`.
        fits: `v`, `securable_type`, `kind`: where a word means something on the securable itself. ALL PRIVILEGES is a
            word too: it stands for the privileges yet to be invented.
        owns: `v`, `securable_type`, `kind`: what owning a securable gives on it.
        kinds: `z`, `securable_type`, `kind`: every type and kind of securable there is.
        futures: `v`, `securable_type`: containers in which a row gives something on what is made there later.
    """

    subjects: tuple[str, ...]
    grantees: pl.Series
    words: tuple[str, ...]
    places: pl.DataFrame
    acts: pl.DataFrame
    rows: pl.DataFrame
    privileges: pl.DataFrame
    fits: pl.DataFrame
    owns: pl.DataFrame
    kinds: pl.DataFrame
    futures: pl.DataFrame

    @property
    def all_word(self) -> int:
        """The number of ALL PRIVILEGES."""
        return self.words.index(ALL_PRIVILEGES)

    @property
    def spelt(self) -> pl.Series:
        """The words, as a column to gather from."""
        return pl.Series("privilege", self.words, dtype=pl.String)

    def place(self, column: str, of: pl.Series) -> pl.Series:
        """Give one column of the securables with these numbers."""
        return self.places.get_column(column).gather(of)

    def word(self, column: str, of: pl.Series) -> pl.Series:
        """Give one column of the privileges with these numbers."""
        return self.privileges.get_column(column).gather(of)

    def coded(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Give a frame with `v` and `s` in place of privilege, securable_type and securable."""
        words = pl.DataFrame({"privilege": self.words}).with_row_index("v")
        names = self.places.select(SECURABLE).with_row_index("s")
        return frame.join(words, on="privilege").join(names, on=SECURABLE).drop("privilege", *SECURABLE)

    def named(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Give a frame with privilege, securable_type and securable beside `v` and `s`."""
        return frame.with_columns(
            self.spelt.gather(frame["v"]),
            self.place("securable_type", frame["s"]),
            self.place("securable", frame["s"]),
        )

    def spell(self, rows: pl.DataFrame) -> tuple[list[str], list[str], list[str], list[str]]:
        """Give grantee, privilege, type and name of rows (`g`, `v`, `s`), as `texts` does."""
        return (
            texts(rows["g"], self.grantees.gather),
            texts(rows["v"], self.spelt.gather),
            texts(rows["s"], lambda numbers: self.place("securable_type", numbers)),
            texts(rows["s"], lambda numbers: self.place("securable", numbers)),
        )

    def within(self, acts: pl.DataFrame) -> Estate:
        """Give the estate of subjects that act as these principals only."""
        return replace(self, acts=acts)


def texts(of: pl.Series, spell: Callable[[pl.Series], pl.Series] | None = None) -> list[str]:
    """Give what each value of a column spells: one text for all objects that will hold it, since these are many.

    Args:
        of: Numbers, or the texts themselves.
        spell: Gives the texts of numbers.
    """
    distinct = of.unique()
    spelled = dict(zip(distinct.to_list(), (spell(distinct) if spell else distinct).to_list(), strict=True))
    return list(map(spelled.__getitem__, of.to_list()))


def build_estate(
    snapshot: Snapshot, needs: pl.DataFrame, extra: pl.DataFrame, subjects: tuple[str, ...], settings: Settings
) -> Estate:
    """Collect what concerns the subjects.

    Args:
        snapshot: The workspace.
        needs: Frame NEEDS.
        extra: Frame of privilege, securable_type, securable that must have numbers too.
        subjects: Sorted, none a group.
        settings: For the weights.
    """
    acting = closure(snapshot.frame("members"), pl.DataFrame({"principal": subjects}, schema={"principal": pl.String}))
    grantees = acting["group"].unique().sort()
    codes = pl.DataFrame({"grantee": grantees}).with_row_index("g")
    rows = snapshot.frame("grants").join(codes, on="grantee").drop("grantee")
    met = (frame["privilege"].unique() for frame in (rows, needs, extra))
    words = tuple(sorted({*PRIVILEGES, ALL_PRIVILEGES}.union(*met)))
    pairs = pl.concat([frame.select(SECURABLE) for frame in (rows, needs, extra)])
    places = _places(snapshot, pairs, codes, settings)
    kinds = places.select("securable_type", "kind").unique().sort("securable_type", "kind").with_row_index("z")
    places = places.join(kinds, on=["securable_type", "kind"], how="left", maintain_order="left")
    numbers = pl.DataFrame({"principal": subjects}, schema={"principal": pl.String}).with_row_index("q")
    acts = acting.join(numbers, on="principal").join(codes, left_on="group", right_on="grantee").select("q", "g")
    estate = Estate(
        subjects, grantees, words, places, acts.sort("q", "g"), rows, _privileges(words), _fits(words, kinds),
        _owns(words, kinds), kinds, _futures(words),
    )  # fmt: skip
    stored = estate.coded(rows).select("g", "v", "s", "granted_at").unique(["g", "v", "s"], keep="first")
    return replace(estate, rows=stored.sort("g", "v", "s").with_row_index("r"))


def _places(snapshot: Snapshot, pairs: pl.DataFrame, codes: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    objects = snapshot.frame("objects").select(*SECURABLE, "kind", "owner")
    known = placed(pl.concat([objects.select(SECURABLE), pairs]).unique())
    above = [known.select(securable_type=pl.lit(column.upper()), securable=column) for column in ("schema", "catalog")]
    extra = pl.concat(above).drop_nulls().unique().join(known, on=SECURABLE, how="anti")
    numbered = pl.concat([known, placed(extra)]).sort(SECURABLE).with_row_index("s")
    way = numbered.with_columns(schema=pl.when(pl.col("securable_type") != "SCHEMA").then("schema"))
    way = way.with_columns(catalog=pl.when(pl.col("securable_type") != "CATALOG").then("catalog"))
    for column in ("schema", "catalog"):
        index = numbered.filter(pl.col("securable_type") == column.upper())
        index = index.select(pl.col("securable").alias(column), pl.col("s").alias(f"{column}_s"))
        way = way.join(index, on=column, how="left", maintain_order="left")
    first = pl.coalesce("schema_s", "catalog_s")
    alls = [t for t in numbered["securable_type"].unique() if implied(ALL_PRIVILEGES, t, t)]
    return (
        way.select(*SECURABLE, up1=first, up2=pl.when(pl.col("schema_s").is_not_null()).then("catalog_s"))
        .join(objects.unique(SECURABLE, keep="first"), on=SECURABLE, how="left", maintain_order="left")
        .join(codes.select(owner="grantee", g="g"), on="owner", how="left", maintain_order="left")
        .drop("owner")
        .rename({"g": "owner"})
        .join(
            objects.select(SECURABLE).unique().with_columns(listed=True),
            on=SECURABLE,
            how="left",
            maintain_order="left",
        )
        .join(_sensitive(snapshot, settings), on=SECURABLE, how="left", maintain_order="left")
        .with_columns(
            pl.col("kind").fill_null(""),
            pl.col("listed").fill_null(value=False),
            pl.col("weight").fill_null(UNIT),
            all_on=pl.col("securable_type").is_in(alls),
        )
    )


def _sensitive(snapshot: Snapshot, settings: Settings) -> pl.DataFrame:
    weight = pl.lit(round(settings.sensitive_weight * UNIT), pl.Int64)
    return tagged(snapshot, settings.sensitive_tags).with_columns(weight=weight)


def _privileges(words: tuple[str, ...]) -> pl.DataFrame:
    known = [PRIVILEGES.get(word) for word in words]
    return pl.DataFrame(
        {
            "flows": [word == ALL_PRIVILEGES or bool(p and p.flows) for word, p in zip(words, known, strict=True)],
            "in_all": [bool(p and p.in_all) for p in known],
            "usage": [p is None or p.usage for p in known],
            "known": [is_known(word) for word in words],
        }
    ).with_row_index("v")


def _fits(words: tuple[str, ...], kinds: pl.DataFrame) -> pl.DataFrame:
    def fits(word: str, on_type: str, kind: str) -> bool:
        gives = implied(word, on_type, on_type, kind)
        return bool(gives) if word == ALL_PRIVILEGES else word in gives

    return _table(words, kinds, fits)


def _owns(words: tuple[str, ...], kinds: pl.DataFrame) -> pl.DataFrame:
    def owns(word: str, on_type: str, kind: str) -> bool:
        return word in owned(on_type, kind) or (word == ALL_PRIVILEGES and bool(implied(word, on_type, on_type)))

    return _table(words, kinds, owns)


def _table(words: tuple[str, ...], kinds: pl.DataFrame, holds: Callable[[str, str, str], bool]) -> pl.DataFrame:
    named = kinds.select("securable_type", "kind").rows()
    found = [(v, *kind) for v, word in enumerate(words) for kind in named if holds(word, *kind)]
    return pl.DataFrame(found, schema={"v": CODE, "securable_type": pl.String, "kind": pl.String}, orient="row")


def _futures(words: tuple[str, ...]) -> pl.DataFrame:
    found = [(v, at) for v, word in enumerate(words) for at in CONTAINERS if has_future(word, at)]
    return pl.DataFrame(found, schema={"v": CODE, "securable_type": pl.String}, orient="row")
