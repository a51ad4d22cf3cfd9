"""Paths to the securables that govern them: volumes, external locations, and what is stored inside."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import polars as pl

from uc_guard.model.name import join_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_CLOUD = re.compile(r"^(?P<scheme>s3a?n?|abfss?|wasbs?|gs|r2|adl|oss)://(?P<rest>.+)$", re.IGNORECASE)
_VOLUMES = re.compile(r"^(?:(?:dbfs|file):)?/+Volumes(?:/(?P<rest>.*))?$", re.IGNORECASE)
_LOCATION = "EXTERNAL_LOCATION"
_GLOB = re.compile(r"[*?\[{]")
_ALIKE = {"s3a": "s3", "s3n": "s3", "abfs": "abfss", "wasb": "wasbs"}


@dataclass(frozen=True, slots=True)
class Place:
    """One securable that a path leads to.

    Attributes:
        securable_type: EXTERNAL_LOCATION, VOLUME, TABLE, SCHEMA or CATALOG.
        securable: Full name.
        sure: Whether it surely governs the path; where not, it may.
    """

    securable_type: str
    securable: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Storage:
    """Where things are stored.

    Attributes:
        locations: External location by its URL's segments.
        inside: Tables and volumes by their URL's segments.
        volumes: Names of the volumes known.
        elsewhere: External locations whose URL nobody told.
    """

    locations: dict[tuple[str, ...], str] = field(default_factory=dict[tuple[str, ...], str])
    inside: dict[tuple[str, ...], list[tuple[str, str]]] = field(
        default_factory=dict[tuple[str, ...], list[tuple[str, str]]]
    )
    volumes: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


def storage_of(objects: pl.DataFrame, securables: pl.DataFrame) -> Storage:
    """Read where things are stored.

    Args:
        objects: The `objects` frame, with what is known of locations.
        securables: Every securable there is, also those that only a grant names: `securable_type`, `securable`.
    """
    named = {kind: securables.filter(pl.col("securable_type") == kind)["securable"] for kind in ("VOLUME", _LOCATION)}
    placed = objects.filter((pl.col("securable_type") == _LOCATION) & pl.col("location").is_not_null())["securable"]
    elsewhere = sorted(set(named[_LOCATION]) - set(placed))
    storage = Storage(volumes=tuple(named["VOLUME"].sort()), elsewhere=tuple(elsewhere))
    rows = objects.filter(pl.col("location").is_not_null()).sort("securable_type", "securable")
    for kind, name, url in rows.select("securable_type", "securable", "location").iter_rows():
        segments = _segments(str(url))
        if segments and kind == _LOCATION:
            storage.locations[segments] = name
        elif segments and kind in ("TABLE", "VOLUME"):
            storage.inside.setdefault(segments, []).append((kind, name))
    return storage


def resolve(paths: Iterable[str], storage: Storage) -> pl.DataFrame:
    """Give the securables that govern each path.

    Returns:
        `path`, `securable_type`, `securable`, `sure`. A location whose URL nobody told may govern any cloud path. UC:
        the workspace's own files, the DBFS root and mounts are not governed: no row.
    """
    rows = [(path, p.securable_type, p.securable, p.sure) for path in paths for p in places(path, storage)]
    schema = {"path": pl.String, "securable_type": pl.String, "securable": pl.String, "sure": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def places(path: str, storage: Storage) -> Iterator[Place]:
    """Give the securables that govern a path."""
    volume = _VOLUMES.match(path.strip())
    if volume:
        yield from _in_volumes(tuple(part for part in (volume["rest"] or "").split("/") if part), storage)
        return
    segments = _segments(path)
    if not segments:
        return
    # UC: a location's grants hold for its URL and every path below it, by whole segments; a path inside a table or
    # volume is governed by that one, so both may be meant. Overlapping locations: the longest wins.
    home = next((s for s in _prefixes(segments) if s in storage.inside), ())
    inner = storage.inside.get(home, [])
    outer = next((storage.locations[s] for s in _prefixes(segments) if s in storage.locations), None)
    for kind, name in inner:
        yield Place(kind, name, sure=False)
    if outer is not None:
        yield Place(_LOCATION, outer, sure=not inner and not storage.elsewhere)
    yield from (Place(_LOCATION, name, sure=False) for name in storage.elsewhere)


def _in_volumes(parts: tuple[str, ...], storage: Storage) -> Iterator[Place]:
    if any(_GLOB.search(part) for part in parts[:3]):
        pattern = ".".join((*(part.lower() for part in parts[:3]), *("*",) * (3 - len(parts))))
        yield from (Place("VOLUME", name, sure=False) for name in storage.volumes if fnmatchcase(name, pattern))
    elif parts:
        kind = ("CATALOG", "SCHEMA", "VOLUME")[min(len(parts), 3) - 1]
        yield Place(kind, join_name(parts[:3]))


def _segments(url: str) -> tuple[str, ...]:
    found = _CLOUD.match(url.strip())
    if not found:
        return ()
    scheme = found["scheme"].lower()
    return (_ALIKE.get(scheme, scheme), *(part for part in found["rest"].split("/") if part))


def _prefixes(segments: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    return (segments[:end] for end in range(len(segments), 1, -1))
