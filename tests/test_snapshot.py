"""A snapshot folder: what is written is what is read, whole or not at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta, timezone

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from uc_guard import tables
from uc_guard.errors import BadInput
from uc_guard.snapshot import Snapshot, check_frame, digest_rows

SINCE, UNTIL = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
INSTANTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive
VALUES = {pl.String: TEXT, pl.Boolean: st.booleans(), pl.Int64: st.integers(-(2**63), 2**63 - 1)}


def grants(*rows):
    columns = ("grantee", "privilege", "securable_type", "securable")
    return tables.GRANTS.frame([dict(zip(columns, row, strict=True)) for row in rows])


def snapshot(**frames):
    return Snapshot.from_frames(frames, since=SINCE, until=UNTIL)


@st.composite
def frames(draw, contract):
    """Give any frame that holds its contract."""

    def value(column):
        if column.among:
            found = st.sampled_from(column.among)
        elif column.dtype == tables.INSTANT:
            found = INSTANTS
        elif column.dtype == tables.NAMES:
            found = st.lists(TEXT, max_size=3)
        else:
            found = VALUES[column.dtype]
        return found if column.null is None else st.none() | found

    row = st.fixed_dictionaries({name: value(column) for name, column in contract.columns.items()})
    unique = (lambda r: tuple(r[k] for k in contract.key)) if contract.key else None
    return contract.frame(draw(st.lists(row, max_size=6, unique_by=unique)))


@st.composite
def snapshots(draw):
    chosen = draw(st.lists(st.sampled_from(tables.SNAPSHOT), max_size=4, unique_by=lambda c: c.name))
    given_frames = {contract.name: draw(frames(contract)) for contract in chosen}
    at = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive
    metastore, notes = draw(st.none() | TEXT), tuple(draw(st.lists(TEXT, max_size=2)))
    return Snapshot.from_frames(given_frames, since=draw(at), until=draw(at), metastore=metastore, notes=notes)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(snapshots())
def test_what_is_written_is_what_is_read(tmp_path, given_snapshot):
    given_snapshot.write(tmp_path / "s")
    assert Snapshot.read(tmp_path / "s") == given_snapshot


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(tables.SNAPSHOT).flatmap(lambda c: st.tuples(st.just(c), frames(c))), st.randoms())
def test_a_digest_tells_rows_and_not_their_order(pair, random):
    contract, frame = pair
    order = list(range(frame.height))
    random.shuffle(order)
    assert digest_rows(contract, frame[order] if order else frame) == digest_rows(contract, frame)
    if frame.height:
        assert digest_rows(contract, frame[1:]) != digest_rows(contract, frame)


def test_a_digest_tells_where_one_cell_ends_and_the_next_begins():
    one, other = grants(("ab", "c", "T", "x")), grants(("a", "bc", "T", "x"))
    two, three = (
        grants(("a", "p", "T", "x"), ("bc", "p", "T", "x")),
        grants(("ab", "p", "T", "x"), ("c", "p", "T", "x")),
    )
    assert len({digest_rows(tables.GRANTS, f) for f in (one, other, two, three)}) == 4


def test_a_digest_is_the_same_on_every_machine():
    frame = tables.ROW_FILTERS.frame([{"table": "main.s.t", "function": "main.s.f", "columns": ["a", "b"]}])
    assert digest_rows(tables.ROW_FILTERS, frame) == "afa8744daab2cb83216f7c16d58527ac"


def test_an_unknown_source_is_not_an_empty_one():
    made = snapshot(grants=grants())
    assert made.has("grants")
    assert not made.has("members")
    assert made.frame("members").columns == ["group", "member"]
    assert "grants" not in made.manifest.missing
    assert "members" in made.manifest.missing


def test_the_manifest_tells_what_each_source_covered():
    at = datetime(2026, 5, 7, 3, tzinfo=UTC)
    event = {"event_id": "e", "action": "getTable", "denied": False, "at": at}
    (source,) = snapshot(access_events=tables.ACCESS_EVENTS.frame([event])).manifest.sources
    assert (source.name, source.rows, source.watermark, source.complete) == ("access_events", 1, at, True)


def test_instants_are_stored_in_utc():
    east = timezone(timedelta(hours=5))
    made = Snapshot.from_frames({}, since=SINCE.astimezone(east), until=UNTIL.replace(tzinfo=None))
    assert (made.manifest.since, made.manifest.until, made.manifest.taken_at) == (SINCE, UNTIL, UNTIL)
    assert made.manifest.since.tzinfo is UTC


def test_snapshots_differ_when_a_row_differs():
    one, other = snapshot(grants=grants(("a", "p", "T", "x"))), snapshot(grants=grants(("b", "p", "T", "x")))
    assert one != other
    assert one == snapshot(grants=grants(("a", "p", "T", "x")))
    assert one != "a snapshot"


@pytest.mark.parametrize(
    ("name", "frame", "found"),
    [
        ("grants", pl.DataFrame({"grantee": ["a"]}), "no such column"),
        ("grants", grants(("a", "p", "T", "x"), ("a", "p", "T", "x")), "the same key"),
        ("grants", grants((None, "p", "T", "x")), "null in 1 rows"),
        ("grants", grants(("a", "p", "T", "x")).with_columns(pl.lit(1).alias("grantee")), "type"),
        (
            "grants",
            grants(("a", "p", "T", "x")).with_columns(pl.lit(1).alias("extra")),
            "a column the contract does not have",
        ),
        ("principals", tables.PRINCIPALS.frame([{"principal": "a", "kind": "ROBOT", "active": True}]), "`ROBOT`"),
        ("grunts", pl.DataFrame(), "the frame `grunts`"),
    ],
)
def test_a_frame_that_breaks_its_contract_is_refused_with_the_mend(name, frame, found):
    problems = check_frame(name, frame, "frame `x`")
    assert any(found in problem.found for problem in problems), problems
    assert all(problem.mend and problem.expected for problem in problems)
    with pytest.raises(BadInput):
        snapshot(**{name: frame})


def damage(folder, name, change):
    (folder / name).write_bytes(change((folder / name).read_bytes()))


@pytest.fixture
def written(tmp_path):
    snapshot(grants=grants(("a", "p", "T", "x")), members=tables.MEMBERS.frame([])).write(tmp_path / "s")
    return tmp_path / "s"


def problems_of(folder):
    with pytest.raises(BadInput) as caught:
        Snapshot.read(folder)
    return caught.value.problems


def test_rows_changed_since_are_told(written):
    grants(("intruder", "p", "T", "x")).write_parquet(written / "grants.parquet")
    (problem,) = problems_of(written)
    assert "not those of the manifest" in problem.found
    assert problem.source.endswith("grants.parquet")


def test_every_damaged_file_is_told_at_once(written):
    damage(written, "grants.parquet", lambda data: data[:-10])
    (written / "members.parquet").unlink()
    assert [p.source.rsplit("/", 1)[-1] for p in problems_of(written)] == ["grants.parquet", "members.parquet"]


def test_frames_that_break_their_contract_are_told_on_reading(written):
    pl.DataFrame({"grantee": ["a"]}).write_parquet(written / "grants.parquet")
    assert {p.place for p in problems_of(written)} >= {"column `privilege`", "column `securable`"}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda d: d | {"format": 99}, "`99`"),
        (lambda d: d | {"format": None}, "`None`"),
        (lambda d: d | {"since": "soon"}, "ValidationError"),
        (lambda d: {k: v for k, v in d.items() if k != "until"}, "until"),
        (lambda d: d | {"sources": [{"name": "../../etc/passwd", "rows": 0}]}, "No such file"),
        (lambda d: d | {"sources": [{"name": 7}]}, "ValidationError"),
    ],
)
def test_a_manifest_that_does_not_fit_is_told(written, change, found):
    damage(written, "manifest.json", lambda data: json.dumps(change(json.loads(data))).encode())
    (problem,) = problems_of(written)
    assert found in problem.found
    assert problem.mend


def test_a_newer_format_says_to_upgrade(written):
    damage(written, "manifest.json", lambda data: data.replace(b'"format": 1', b'"format": 2'))
    assert problems_of(written)[0].mend == "upgrade uc-guard"


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe"])
def test_a_manifest_that_is_no_json_is_told(written, data):
    (written / "manifest.json").write_bytes(data)
    assert problems_of(written)[0].source.endswith("manifest.json")


def test_a_folder_without_a_manifest_is_no_snapshot(tmp_path):
    assert problems_of(tmp_path)[0].found == "no such file"


def test_a_snapshot_is_replaced_as_a_whole(written):
    snapshot(tags=tables.TAGS.empty()).write(written)
    assert sorted(p.name for p in written.iterdir()) == ["manifest.json", "tags.parquet"]
    assert [p.name for p in written.parent.iterdir()] == [written.name]


def test_files_that_are_no_snapshot_are_never_replaced(tmp_path):
    (tmp_path / "diary.txt").write_text("dear diary")
    with pytest.raises(BadInput, match="a folder with other files"):
        snapshot().write(tmp_path)
    with pytest.raises(BadInput, match="found a file"):
        snapshot().write(tmp_path / "diary.txt")
    assert (tmp_path / "diary.txt").read_text() == "dear diary"


def test_folders_on_the_way_are_made(tmp_path):
    snapshot().write(tmp_path / "a" / "b" / "s")
    assert Snapshot.read(tmp_path / "a" / "b" / "s") == snapshot()


def test_a_failed_write_leaves_the_old_snapshot(written, monkeypatch):
    def fail(*_args, **_more):
        raise OSError("disk full")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", fail)
    with pytest.raises(OSError, match="disk full"):
        snapshot(grants=grants()).write(written)
    monkeypatch.undo()
    assert Snapshot.read(written).frame("grants").height == 1
    assert [p.name for p in written.parent.iterdir()] == [written.name]


@pytest.mark.parametrize("moment", range(1, 8))
def test_a_kill_at_any_moment_leaves_a_whole_snapshot_or_none(tmp_path, moment):
    """The writer dies at its nth fsync or rename, as by a power cut."""
    script = f"""
        import os, pathlib, sys
        from datetime import datetime, UTC
        from uc_guard import tables
        from uc_guard.snapshot import Snapshot
        at = datetime(2026, 5, 1, tzinfo=UTC)
        one = Snapshot.from_frames({{"members": tables.MEMBERS.empty()}}, since=at, until=at, notes=("old",))
        two = Snapshot.from_frames({{"members": tables.MEMBERS.empty()}}, since=at, until=at, notes=("new",))
        one.write(sys.argv[1])
        left = {moment}
        def counted(real):
            def call(*args):
                global left
                left -= 1
                if left == 0:
                    os._exit(9)
                return real(*args)
            return call
        os.fsync = counted(os.fsync)
        pathlib.Path.rename = counted(pathlib.Path.rename)
        two.write(sys.argv[1])
    """
    target = tmp_path / "s"
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script), str(target)], check=False, env=environment)  # noqa: S603 - our own text
    assert done.returncode in (0, 9)
    assert Snapshot.read(target).manifest.notes in (("old",), ("new",))
    snapshot().write(target)
    assert [p.name for p in tmp_path.iterdir()] == ["s"]
