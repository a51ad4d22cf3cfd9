"""Snapshot: the frames of one instant of a workspace, with a manifest of what each source covered."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec
import polars as pl

from uc_guard import tables
from uc_guard.disk import sync
from uc_guard.errors import BadInput, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FORMAT = 1
MANIFEST = "manifest.json"
_CONTRACTS = {contract.name: contract for contract in tables.SNAPSHOT}
_CHUNK = 65_536
_MAKE_AGAIN = "make the snapshot again"


@dataclass(frozen=True, slots=True)
class Source:
    """What one source gave.

    Attributes:
        name: The frame that it fills.
        rows: Number of rows.
        complete: Nothing that the source holds is missing.
        watermark: The newest instant that it covers; None where it is not dated.
        digest: Digest of the rows' content, independent of their order.
        note: Why it is incomplete, or what was done with its rows; empty where there is nothing to tell.
    """

    name: str
    rows: int
    complete: bool = True
    watermark: datetime | None = None
    digest: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot is of.

    Attributes:
        since: Start of the window of the logs.
        until: End of the window, exclusive.
        taken_at: When grants and objects were read.
        metastore: Its id; None where not known.
        sources: One for each source that was read. A source that is not here is unknown, never empty.
        notes: Sentences about the input as a whole: files that were not used, groups in a circle, names without a
            securable ...
        format: Version of the folder's shape.
    """

    since: datetime
    until: datetime
    taken_at: datetime
    metastore: str | None = None
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
    format: int = FORMAT

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the frames that no source filled, in the order of the contracts: unknown, not empty."""
        known = {source.name for source in self.sources}
        return tuple(name for name in _CONTRACTS if name not in known)


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The frames of one instant."""

    manifest: Manifest
    frames: Mapping[str, pl.DataFrame] = field(default_factory=dict[str, pl.DataFrame])

    @classmethod
    def from_frames(
        cls,
        frames: Mapping[str, pl.DataFrame],
        *,
        since: datetime,
        until: datetime,
        taken_at: datetime | None = None,
        metastore: str | None = None,
        notes: tuple[str, ...] = (),
    ) -> Snapshot:
        """Build a snapshot from frames that hold their contracts.

        Args:
            frames: Frame by the name of its contract; one that is not given is unknown.
            since: Start of the window of the logs, aware.
            until: End of the window, exclusive, aware.
            taken_at: When grants and objects were read; the window's end where not given.
            metastore: Its id.
            notes: Sentences about the input as a whole.

        Raises:
            BadInput: with every row or column that breaks a contract.
        """
        problems = [
            problem for name, frame in frames.items() for problem in check_frame(name, frame, f"frame `{name}`")
        ]
        if problems:
            raise BadInput(tuple(problems))
        ordered = {name: frames[name].select(*c.columns) for name, c in _CONTRACTS.items() if name in frames}
        return cls(
            Manifest(
                since=_utc(since),
                until=_utc(until),
                taken_at=_utc(taken_at or until),
                metastore=metastore,
                sources=tuple(describe(name, frame) for name, frame in ordered.items()),
                notes=notes,
            ),
            ordered,
        )

    @classmethod
    def read(cls, folder: Path | str) -> Snapshot:
        """Read a snapshot that `write` made.

        Raises:
            BadInput: with every file that is missing, damaged, changed since, or breaks its contract.
        """
        home = _standing(Path(folder))
        manifest = _read_manifest(home)
        frames: dict[str, pl.DataFrame] = {}
        problems: list[Problem] = []
        for source in manifest.sources:
            frame, found = _read_source(home, source)
            problems += found
            if frame is not None:
                frames[source.name] = frame
        if problems:
            raise BadInput(tuple(problems))
        return cls(manifest, frames)

    def write(self, folder: Path | str) -> None:
        """Write the snapshot as a folder: one Parquet file for each frame, and `manifest.json`.

        Nothing half-written is ever seen under the name: the files are written and synced beside it, then renamed. A
        snapshot that stands there is replaced; anything else that stands there is left alone.

        Raises:
            BadInput: when the folder holds something that is not a snapshot.
        """
        target = Path(os.path.abspath(folder))  # noqa: PTH100 - resolve() would follow a link that is to be replaced
        _refuse_foreign(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)  # left by a writer that was killed
        partial.mkdir()
        try:
            for name, frame in self.frames.items():
                frame.write_parquet(partial / f"{name}.parquet")
                sync(partial / f"{name}.parquet")
            (partial / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(self.manifest)) + b"\n")
            sync(partial / MANIFEST)
            sync(partial)
            _swap(partial, target)
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    def frame(self, name: str) -> pl.DataFrame:
        """Give the frame of this name; an empty one with the right columns where the source was not read."""
        return self.frames[name] if name in self.frames else _CONTRACTS[name].empty()

    def has(self, name: str) -> bool:
        """Tell whether the source was read at all: an empty frame then means none, not unknown."""
        return name in self.frames

    def __eq__(self, other: object) -> bool:
        """Tell whether both hold the same manifest and the same rows in the same order."""
        if not isinstance(other, Snapshot):
            return NotImplemented
        same_frames = self.frames.keys() == other.frames.keys()
        return (
            same_frames
            and self.manifest == other.manifest
            and all(frame.equals(other.frames[name]) for name, frame in self.frames.items())
        )

    __hash__ = None  # type: ignore[assignment]  # frames cannot be hashed


def is_snapshot(folder: Path | str) -> bool:
    """Tell whether a folder is one that `Snapshot.write` made."""
    return (_standing(Path(folder)) / MANIFEST).is_file()


def describe(name: str, frame: pl.DataFrame, note: str = "", *, complete: bool = True) -> Source:
    """Give the manifest's line for a frame that holds its contract."""
    contract = _CONTRACTS[name]
    dated = [c for c in ("started_at", "at") if c in contract.columns]
    newest: Any = frame[dated[0]].max() if dated else None
    watermark = newest.astimezone(UTC) if newest is not None else None
    return Source(name, frame.height, complete, watermark, digest_rows(contract, frame), note)


def digest_rows(contract: tables.Contract, frame: pl.DataFrame) -> str:
    """Give the digest of a frame's rows, whatever their order; the same on every machine and version of polars."""
    # INVARIANT: the key is unique, and a contract without one holds no lists: so the order below is total.
    ordered = frame.select(*contract.columns).sort(*(contract.key or contract.columns))
    state = blake2b(digest_size=16)
    for name in contract.columns:
        state.update(f"{name}:{frame.height};".encode())
        for text in _texts(ordered.get_column(name)):
            lengths = text.str.len_bytes().cast(pl.String).fill_null("-").str.join(",").item()
            state.update(f"{lengths};{text.fill_null('').str.join('').item()}".encode())
    return state.hexdigest()


def check_frame(name: str, frame: pl.DataFrame, source: str) -> list[Problem]:
    """Hold a frame against its contract; gives every failure, at most one for each column and check."""
    from pandera.errors import SchemaErrors  # noqa: PLC0415 - half a second, paid only where a frame is checked

    contract = _CONTRACTS.get(name)
    if contract is None:
        return [Problem(source, "", f"the frame `{name}`", f"one of {', '.join(_CONTRACTS)}", "rename or remove it")]
    absent = [column for column in contract.columns if column not in frame.columns]
    if absent:
        return [
            Problem(source, f"column `{c}`", "no such column", f"`{contract.columns[c].dtype}`", "add it")
            for c in absent
        ]
    try:
        contract.validate(frame)
    except SchemaErrors as errors:
        cases = pl.DataFrame(cast("Any", errors).failure_cases)
        return [_failure(source, contract, *row) for row in _grouped(cases).iter_rows()]
    return []


def _grouped(cases: pl.DataFrame) -> pl.DataFrame:
    columns = ["column", "check", "schema_context"]
    return (
        cases.with_columns(pl.col("index").cast(pl.Int64, strict=False))
        .group_by(*columns, maintain_order=True)
        .agg(pl.len(), pl.col("index").min(), pl.col("failure_case").first())
    )


def _failure(source: str, contract: tables.Contract, *row: Any) -> Problem:  # noqa: ANN401 - cells of a polars row
    column, check, _, count, index, case = row
    place = f"row {index + 1}, column `{column}`" if index is not None else f"column `{column}`"
    known = contract.columns.get(str(column))
    if "unique" in str(check):
        keys = ", ".join(contract.key)
        return Problem(
            source,
            "",
            f"{count} cells in rows with the same key",
            f"one row for each {keys}",
            "remove the repeated rows",
        )
    if "null" in str(check):
        return Problem(source, place, f"null in {count} rows", "a value", "fill it in, or remove the rows")
    if known is None:
        return Problem(
            source, f"column `{case}`", "a column the contract does not have", ", ".join(contract.columns), "remove it"
        )
    if known.among and "isin" in str(check):
        return Problem(source, place, f"`{case}` ({count} rows)", f"one of {', '.join(known.among)}", "replace it")
    return Problem(source, place, f"type `{case}`", f"type `{known.dtype}`", "cast the column")


def _texts(column: pl.Series) -> Iterator[pl.Series]:
    for start in range(0, column.len(), _CHUNK):
        part = column.slice(start, _CHUNK)
        if isinstance(part.dtype, pl.List):
            yield (
                part.to_frame("x")
                .select(pl.when(pl.col("x").is_not_null()).then(pl.struct("x").struct.json_encode()))
                .to_series()
            )
        else:
            yield part.to_physical().cast(pl.String)


def _utc(instant: datetime) -> datetime:
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _read_manifest(home: Path) -> Manifest:
    path = home / MANIFEST
    try:
        raw = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
        version = raw.get("format")
        if version != FORMAT:
            mend = "upgrade uc-guard" if isinstance(version, int) and version > FORMAT else _MAKE_AGAIN
            raise _bad(path, "key `format`", f"`{version}`", f"`{FORMAT}`", mend)
        return msgspec.convert(raw, Manifest)
    except FileNotFoundError:
        mend = "give a folder that `Snapshot.write` made"
        raise _bad(path, "", "no such file", "the manifest of a snapshot", mend) from None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _bad(path, "", f"{type(error).__name__}: {error}", "the JSON of a manifest", _MAKE_AGAIN) from error


def _read_source(home: Path, source: Source) -> tuple[pl.DataFrame | None, list[Problem]]:
    path = home / f"{Path(source.name).name}.parquet"
    try:
        frame = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = str(error).splitlines()[0][:120]
        return None, [Problem(str(path), "", f"{type(error).__name__}: {reason}", "a Parquet file", _MAKE_AGAIN)]
    problems = check_frame(source.name, frame, str(path))
    if not problems and digest_rows(_CONTRACTS[source.name], frame) != source.digest:
        found = f"{frame.height} rows that are not those of the manifest ({source.rows} rows)"
        problems = [Problem(str(path), "", found, f"the digest `{source.digest}`", _MAKE_AGAIN)]
    return frame, problems


def _bad(path: Path, place: str, found: str, expected: str, mend: str) -> BadInput:
    return BadInput((Problem(str(path), place, found, expected, mend),))


def _refuse_foreign(target: Path) -> None:
    # SAFETY: a typing error in a path must not remove somebody's files.
    if target.is_dir() and any(target.iterdir()) and not (target / MANIFEST).is_file():
        raise _bad(
            target, "", "a folder with other files", "an empty folder, a snapshot or nothing", "give another name"
        )
    if target.exists() and not target.is_dir():
        raise _bad(target, "", "a file", "a folder or nothing", "give another name")


def _previous(target: Path) -> Path:
    return target.with_name(f".{target.name}.previous")


def _standing(home: Path) -> Path:
    # A writer killed between its two renames leaves the old snapshot, whole, beside its name.
    return _previous(home) if home.name and not home.exists() and _previous(home).exists() else home


def _swap(partial: Path, target: Path) -> None:
    old = _previous(target)
    if target.exists():
        shutil.rmtree(old, ignore_errors=True)
        target.rename(old)
    partial.rename(target)
    sync(target.parent)
    shutil.rmtree(old, ignore_errors=True)
