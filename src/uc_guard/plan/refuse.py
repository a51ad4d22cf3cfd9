"""When not to plan: subjects of which nothing can be said, and rows of which too little can."""

from __future__ import annotations

from datetime import timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.plan import Held
from uc_guard.model.privilege import ALL_PRIVILEGES, PRIVILEGES, SERVICES, is_known, normalize_privilege, spoken
from uc_guard.plan.covers import POSITION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from uc_guard.model.settings import Settings
    from uc_guard.plan.estate import Estate
    from uc_guard.snapshot import Snapshot

_DAY = timedelta(days=1)
_SEEN_IN = {"query_history": "statements", "audit": "access_events"}


def refuse_subjects(
    snapshot: Snapshot, opaque: pl.DataFrame, coverage: pl.DataFrame, subjects: tuple[str, ...], settings: Settings
) -> tuple[Held, ...]:
    """Give the subjects whose rows are all left alone, with every reason; sorted."""
    judged = frozenset(subjects)
    found = [Held(p, None, reason, detail) for reason, detail in _for_everybody(snapshot, settings) for p in subjects]
    found += _too_young(snapshot, settings)
    found += _too_opaque(coverage, settings)
    found += _anything(opaque)
    found += [
        Held(p, None, "protected", f"`{p}` is protected by `protect_principals`")
        for p in subjects
        if matches(p, settings.protect_principals)
    ]
    kept = (held for held in found if held.subject in judged)
    return tuple(sorted(kept, key=lambda held: (held.subject, held.reason, held.detail)))


def refuse_unexplained(estate: Estate, unexplained: pl.DataFrame, snapshot: Snapshot) -> tuple[Held, ...]:
    """Give the subjects of which a use is known and the grant behind it is not, where grants are missing; sorted.

    Args:
        estate: The estate.
        unexplained: The needs that no known row allows, as `not_explained` gives them.
        snapshot: Tells whether grants are missing.
    """
    grants = next((source for source in snapshot.manifest.sources if source.name == "grants"), None)
    if snapshot.has("grants") and (grants is None or grants.complete):
        return ()
    note = (grants.note if grants else "") or "rows are missing"
    first = unexplained.sort("must", *POSITION, descending=[True, False, False, False]).unique(
        "q", keep="first", maintain_order=True
    )
    uses = pl.when("must").then(pl.lit("uses")).otherwise(pl.lit("may use"))
    told = estate.named(first).with_columns(uses=uses).sort("q")
    rows: list[tuple[int, str, str, str]] = told.select("q", "uses", "privilege", "securable").rows()
    return tuple(
        Held(
            estate.subjects[q], None, "source-missing",
            f"`grants` is incomplete ({note}), and it {verb} {spoken(privilege)} on `{name}`, which no known grant "
            "allows in full: one that was not read does, and the rows beside it are not safe; complete it",
        )
        for q, verb, privilege, name in rows
    )  # fmt: skip


def doubts(estate: Estate, snapshot: Snapshot, settings: Settings) -> pl.DataFrame:
    """Give the rows that are left alone whoever they reach: `r`, `reason`, `detail`; one reason a row, the firmest."""
    rows = estate.named(estate.rows).with_columns(
        estate.place("kind", estate.rows["s"]), grantee=estate.grantees.gather(estate.rows["g"])
    )
    shields = (
        _unknown(rows),
        _shielded(rows, settings),
        _young(rows, snapshot, settings),
        _unobservable(rows, snapshot),
        _sharing(rows, estate),
    )
    found = pl.concat(shields).unique("r", keep="first", maintain_order=True)
    return pl.concat([found, _strippable(rows, found)]).unique("r", keep="first", maintain_order=True).sort("r")


def is_unseen(privilege: str, snapshot: Snapshot) -> bool:
    """Tell whether no source of the snapshot would show a use of this privilege."""
    return not any(snapshot.has(_SEEN_IN[source]) for source in PRIVILEGES[privilege].seen_in)


def matches(name: str, globs: Iterable[str]) -> bool:
    """Tell whether a name fits one of the globs; case does not count."""
    return any(fnmatchcase(name.casefold(), glob.casefold()) for glob in globs)


def protected_places(places: pl.DataFrame, settings: Settings) -> pl.Series:
    """Tell of each securable whether it is protected."""
    names = places["securable"].unique() if settings.protect_securables else places["securable"].head(0)
    hit = [name for name in names if matches(name, settings.protect_securables)]
    return places["securable"].is_in(pl.Series(hit, dtype=pl.String).implode())


def protected_privileges(settings: Settings) -> frozenset[str]:
    """Give the protected privileges in their underscore form."""
    return frozenset(normalize_privilege(text) for text in settings.protect_privileges)


def _for_everybody(snapshot: Snapshot, settings: Settings) -> Iterator[tuple[str, str]]:
    manifest = snapshot.manifest
    days = (manifest.until - manifest.since) / _DAY
    if days < settings.min_window_days:
        asked = f"the window has {days:g} days and at least {settings.min_window_days} are asked for"
        yield "window-too-short", f"{asked}; give a longer log, or lower `min_window_days`"
    sources = {source.name: source for source in manifest.sources}
    for name, without in (("statements", "no use can be seen"), ("members", "nobody knows which groups it is in")):
        if not snapshot.has(name):
            yield "source-missing", f"without `{name}` {without}; add it to the snapshot"
        elif name in sources and not sources[name].complete:
            yield "source-missing", f"`{name}` is incomplete ({sources[name].note or 'rows are missing'}); complete it"
    blind = not snapshot.has("table_lineage") and not snapshot.has("access_events")
    if blind and not settings.trust_query_history:
        lacking = "no query history lists work on clusters, and neither `table_lineage` nor `access_events` is there"
        yield "source-missing", f"{lacking}; add one, or set `trust_query_history`"


def _too_young(snapshot: Snapshot, settings: Settings) -> list[Held]:
    since = snapshot.manifest.until - settings.grace_days * _DAY
    principals = snapshot.frame("principals").select("principal", "created_at").drop_nulls()
    young = principals.filter(pl.col("created_at") > since) if settings.grace_days else principals.head(0)
    return [
        Held(name, None, "subject-too-young", f"made on {made:%Y-%m-%d}: within the last {settings.grace_days} days")
        for name, made in young.iter_rows()
    ]


def _too_opaque(coverage: pl.DataFrame, settings: Settings) -> list[Held]:
    over = coverage.filter(pl.col("opaque") > pl.col("statements") * settings.max_opaque_share)
    return [
        Held(
            name,
            None,
            "too-opaque",
            f"{opaque} of {statements} statements were not understood in full: over {settings.max_opaque_share:.0%}",
        )
        for name, statements, opaque in over.select("principal", "statements", "opaque").iter_rows()
    ]


def _anything(opaque: pl.DataFrame) -> list[Held]:
    open_ended = opaque.filter(pl.col("may").is_null())
    return [
        Held(name, None, "opaque-activity", f"{n} statements could have used anything ({why})", tuple(sorted(ids)[:3]))
        for name, why, n, ids in open_ended.select("principal", "reason", "statements", "witnesses").iter_rows()
    ]


def _unknown(rows: pl.DataFrame) -> pl.DataFrame:
    unknown = [word for word in rows["privilege"].unique() if not is_known(word)]
    return _because(
        rows.filter(pl.col("privilege").is_in(unknown)),
        "unknown-privilege",
        pl.format("what `{}` gives is not known", "privilege"),
    )


def _shielded(rows: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    grantees = [name for name in rows["grantee"].unique() if matches(name, settings.protect_principals)]
    hit = (
        pl.col("grantee").is_in(grantees)
        | protected_places(rows, settings)
        | pl.col("privilege").is_in(sorted(protected_privileges(settings)))
    )
    return _because(rows.filter(hit), "protected", pl.lit("the settings protect its grantee, securable or privilege"))


def _young(rows: pl.DataFrame, snapshot: Snapshot, settings: Settings) -> pl.DataFrame:
    since = snapshot.manifest.until - settings.grace_days * _DAY
    young = rows.filter(pl.col("granted_at") > since) if settings.grace_days else rows.head(0)
    told = pl.format(
        "granted on {}, less than {} days before the end of the window",
        pl.col("granted_at").dt.strftime("%Y-%m-%d"),
        pl.lit(settings.grace_days),
    )
    return _because(young, "grant-too-young", told)


def _unobservable(rows: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    words = [word for word in rows["privilege"].unique() if word in PRIVILEGES and is_unseen(word, snapshot)]
    # UC: a model is loaded without a statement, so a row that may reach models is seen in the audit only.
    models = (pl.col("privilege") == "EXECUTE") & ~pl.col("kind").is_in(["FUNCTION", "PROCEDURE"])
    blind = not snapshot.has(_SEEN_IN["audit"])
    # UC: services are called by REST, and no event of theirs is read.
    services = (pl.col("privilege") == "EXECUTE") & pl.col("securable_type").is_in(SERVICES)
    hidden = rows.filter(pl.col("privilege").is_in(words) | (models & blind) | services)
    return _because(hidden, "unobservable", pl.format("no source at hand would show a use of {}", "privilege"))


def _sharing(rows: pl.DataFrame, estate: Estate) -> pl.DataFrame:
    """Give the rows by which owners of shares can read: recipients read as long as they can."""
    owners = estate.places.filter(pl.col("securable_type") == "SHARE")["owner"].drop_nulls().unique()
    people = estate.acts.filter(pl.col("g").is_in(owners.implode()))["q"].unique()
    grantees = pl.concat([owners, estate.acts.filter(pl.col("q").is_in(people.implode()))["g"]]).unique()
    reads = pl.col("privilege").is_in(["SELECT", ALL_PRIVILEGES])
    told = "who has it owns a share; recipients read what is in it as long as the owner can, and no listing says what"
    return _because(rows.filter(pl.col("g").is_in(grantees.implode()) & reads), "unobservable", pl.lit(told))


def _strippable(rows: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    # UC: REVOKE ALL PRIVILEGES may strip other rows of the grantee there, also those that must not be touched.
    untouchable = rows.join(found.filter(pl.col("reason").is_in(["unknown-privilege", "protected"])), on="r")
    alls = rows.filter(pl.col("privilege") == ALL_PRIVILEGES)
    beside = alls.join(untouchable.select("g", "s", "reason").unique(["g", "s"], keep="first"), on=["g", "s"])
    told = pl.lit(f"to revoke {spoken(ALL_PRIVILEGES)} might strip a row beside it that must not be touched")
    return beside.select("r", "reason", detail=told)


def _because(rows: pl.DataFrame, reason: str, detail: pl.Expr) -> pl.DataFrame:
    return rows.select("r", reason=pl.lit(reason, pl.String), detail=detail.cast(pl.String))
