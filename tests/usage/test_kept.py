"""What earlier runs left: the same result to the byte, and nothing believed that cannot be recognised."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uc_guard import tables
from uc_guard.snapshot import Manifest, Snapshot
from uc_guard.sql.extract import Catalog
from uc_guard.usage import kept, kept_facts
from uc_guard.usage.log import Reading, read_log

if TYPE_CHECKING:
    from pathlib import Path

START = datetime(2026, 9, 1, tzinfo=UTC)
KNOWN: dict[str, Any] = {
    "tables": {"c.s.t": ["a", "b"], "c.s.u": ["a", "k"], "c.z.t": ["a", "q"]},
    "views": {"c.s.v": {"definition": "select a as x from c.s.t", "current_namespace": "c.s"}},
}
TEXTS = [
    "use c.s",
    "select a from t where b = {n}",
    "select x from v",
    "create or replace temp view w as select k from u where a = {n}",
    "select k from w limit {n}",
    "select * from identifier('c.s.' || 't')",
    "select a from read_files('/Volumes/c/s/files/{n}.csv')",
    "select a from c.z.t where q = 'it''s {n}'",
    "nonsense ( {n}",
    "set var n = {n}",
    r"select a from t where b = 'a\'{n}'",
]


def log(days: range, *, per_day: int = 40) -> pl.DataFrame:
    rows = [
        {
            "statement_id": f"s{day:02}-{n:04}",
            "principal": f"agent{n % 3}",
            "session_id": f"{day}-{n % 4}",
            "text": TEXTS[(n * 7 + day) % len(TEXTS)].format(n=n),
            "status": "FAILED" if n % 17 == 0 else "FINISHED",
            "parameters_truncated": False,
            "started_at": START + timedelta(days=day, minutes=n),
        }
        for day in days
        for n in range(per_day)
    ]
    return tables.STATEMENTS.frame(rows)


def read(statements: pl.DataFrame, cache: Path | None, known: dict[str, Any] = KNOWN) -> Reading:
    manifest = Manifest(START, START + timedelta(days=90), START + timedelta(days=90))
    return read_log(Snapshot(manifest, {"statements": statements}), Catalog.from_dict(known), cache=cache)


def assert_equal(one: Reading, other: Reading) -> None:
    for name in ("usage", "opaque", "outcomes"):
        assert getattr(one, name).equals(getattr(other, name)), name


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[kept_facts.KeptFacts]:
    made: list[kept_facts.KeptFacts] = []
    real = kept_facts.KeptFacts.__init__
    monkeypatch.setattr(kept_facts.KeptFacts, "__init__", lambda self, *args: (made.append(self), real(self, *args))[1])
    return made


def test_a_second_night_reads_nothing_twice(tmp_path: Path, counted: list[kept_facts.KeptFacts]) -> None:
    nights = [log(range(10)), log(range(1, 11)), log(range(2, 12))]
    for statements in nights:
        assert_equal(read(statements, tmp_path), read(statements, None))
    assert counted[0].misses > 0
    assert counted[1].misses <= counted[0].misses // 4
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "parts").iterdir()}
    assert_equal(read(nights[2], tmp_path), read(nights[2], None))
    assert counted[3].misses == 0
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "parts").iterdir()} == before
    shutil.rmtree(tmp_path / "parts")  # what each night has read is in the readings of texts, too
    assert_equal(read(nights[2], tmp_path), read(nights[2], None))
    assert counted[4].hits > 0
    assert counted[4].misses == 0


def test_late_rows_of_an_old_day_are_noticed(tmp_path: Path) -> None:
    read(log(range(5)), tmp_path)
    late = log(range(2, 3), per_day=60).tail(20).with_columns(pl.lit("select k from c.s.u").alias("text"))
    statements = pl.concat([log(range(5)), late])
    assert_equal(read(statements, tmp_path), read(statements, None))


@pytest.mark.parametrize(
    "change",
    [
        {"tables": KNOWN["tables"] | {"c.s.t": ["a", "b", "new"]}},
        {"tables": {name: columns for name, columns in KNOWN["tables"].items() if name != "c.s.u"}},
        {"tables": KNOWN["tables"] | {"c.s.w": ["k"]}},
        {"views": {"c.s.v": {"definition": "select b as x from c.s.t", "current_namespace": "c.s"}}},
        {"views": {}, "tables": KNOWN["tables"] | {"c.s.v": ["x"]}},
    ],
)
def test_a_changed_object_is_read_anew(tmp_path: Path, change: dict[str, Any]) -> None:
    statements, known = log(range(4)), KNOWN | change
    read(statements, tmp_path)
    assert_equal(read(statements, tmp_path, known), read(statements, None, known))
    assert_equal(read(statements, tmp_path), read(statements, None))


def test_what_is_damaged_or_foreign_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    statements = log(range(4))
    expected = read(statements, None)
    read(statements, tmp_path / "good")
    files = [path.relative_to(tmp_path / "good") for path in (tmp_path / "good").rglob("*") if path.is_file()]
    assert len(files) > 4
    for n, name in enumerate(files):
        whole = (tmp_path / "good" / name).read_bytes()
        for m, damaged in enumerate((b"", whole[: len(whole) // 2], whole[:-1] + bytes([whole[-1] ^ 1]), b"x" * 100)):
            cache = tmp_path / f"{n}-{m}"
            shutil.copytree(tmp_path / "good", cache)
            (cache / name).write_bytes(damaged)
            assert kept.load(cache / name) is None
            assert_equal(read(statements, cache), expected)
    monkeypatch.setattr(kept, "_versions", lambda: b"another version" + bytes(17))
    assert kept.load(tmp_path / "good" / "facts") is None
    assert_equal(read(statements, tmp_path / "good"), expected)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "facts"
    kept.store(path, b"old")
    monkeypatch.setattr(kept.os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="space"):
        kept.store(path, b"new")
    assert kept.load(path) == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["facts"]


def test_only_the_owner_may_read_what_is_kept(tmp_path: Path) -> None:
    read(log(range(1)), tmp_path / "cache")
    assert (tmp_path / "cache").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "cache").rglob("*"))


_SESSION_TEXTS = (
    "use c.s",
    "use c.z",
    "select a from t",
    "select q from t where q = {n}",
    "create or replace temp view w as select k from c.s.u where a = {n}",
    "create or replace temp view w as select * from t",
    "drop view w",
    "select k from w limit {n}",
    "select * from w",
    "declare or replace variable v = 'c.s.t'",
    "select a from identifier(v)",
    "select a from identifier('c.s.' || 't{n}')",
)
_OTHERS: tuple[dict[str, Any], ...] = (
    KNOWN,
    KNOWN | {"tables": KNOWN["tables"] | {"c.z.t": ["a", "q", "r"], "c.s.w": ["k"]}},
)


@st.composite
def statements_of_days(draw: st.DrawFn) -> pl.DataFrame:
    """Give statements of four days whose sessions reach over midnight."""
    count = draw(st.integers(1, 30))
    rows = [
        {
            "statement_id": f"s{n}",
            "principal": draw(st.sampled_from(["one", "two"])),
            "session_id": draw(st.sampled_from(["x", "x", "y", f"own{n % 3}", None])),
            "text": draw(st.sampled_from(_SESSION_TEXTS)).format(n=draw(st.integers(0, 2))),
            "status": draw(st.sampled_from(["FINISHED", "FINISHED", "FINISHED", "FAILED"])),
            "parameters_truncated": False,
            "started_at": START + timedelta(hours=draw(st.integers(0, 4 * 24 - 1))),
        }
        for n in range(count)
    ]
    return tables.STATEMENTS.frame(rows)


ORDERS: dict[str, Any] = {
    "tables": {"c.s.orders": ["id", "amt"], "c.z.orders": ["id", "q"], "c.s.u": ["a"]},
    "views": {"c.s.every": {"definition": "select * from c.s.orders", "current_namespace": "c.s"}},
}
WIDER = ORDERS | {"tables": ORDERS["tables"] | {"c.s.orders": ["id", "amt", "note"]}}


def days_of(*texts: tuple[int, str]) -> pl.DataFrame:
    """Give one statement for each text, on its day, each day in a session of its own."""
    return tables.STATEMENTS.frame(
        [
            {"statement_id": f"s{n}", "principal": "one", "session_id": f"x{day}", "text": text, "status": "FINISHED",
             "parameters_truncated": False, "started_at": START + timedelta(days=day, minutes=n)}
            for n, (day, text) in enumerate(texts)
        ]
    )  # fmt: skip


@pytest.mark.parametrize(
    "nights",
    [
        # What the night after a change does not ask for is not believed later.
        [(ORDERS, [(0, "select * from c.s.orders"), (1, "select a from c.s.u")]), (WIDER, [(1, "select a from c.s.u")]),
         (WIDER, [(0, "select * from c.s.orders")])],
        # Nor is what it asks for in another state alone.
        [(ORDERS, [(0, "use c.s"), (0, "select * from orders")]),
         (WIDER, [(1, "use c.z"), (1, "select * from orders")]),
         (WIDER, [(2, "use c.s"), (2, "select * from orders")])],
        # A text may spell a name that stands nowhere in it, or name a view whose columns follow from the table.
        [(one, [(0, "select * from identifier('c.s.ord' || 'ers')")]) for one in (ORDERS, WIDER, ORDERS)],
        [(one, [(0, "select * from c.s.every")]) for one in (ORDERS, WIDER, ORDERS)],
    ],
)  # fmt: skip
def test_what_was_read_before_an_object_changed_is_never_believed(tmp_path: Path, nights: list[Any]) -> None:
    told: set[str] = set()
    for known, texts in nights:
        expected = read(days_of(*texts), None, known)
        assert_equal(read(days_of(*texts), tmp_path, known), expected)
        told.add(str(expected.usage.select("securable", "columns").rows()))
    assert len(told) > 1, "the change decides what is used"


def test_a_text_that_is_known_in_one_state_still_is_not_believed_in_another(tmp_path: Path) -> None:
    def session(name: str, *texts: str) -> pl.DataFrame:
        return days_of(*((1, text) for text in texts)).with_columns(
            pl.lit(name).alias("session_id"), pl.format(name + "{}", "statement_id").alias("statement_id")
        )

    with_view = session("one", "create temp view w (id) as select id from c.s.orders", "select id from w")
    without = session("two", "select id from w")
    gone = ORDERS | {"tables": {"c.z.orders": ["id", "q"], "c.s.u": ["a"]}}
    read(pl.concat([with_view, without]), tmp_path, ORDERS)
    read(without, tmp_path, gone)  # the state with the view is not asked for, and is stale
    assert_equal(read(with_view, tmp_path, gone), read(with_view, None, gone))


def test_a_session_whose_beginning_slides_out_of_the_window_is_read_anew(tmp_path: Path) -> None:
    texts = ["use c.z", "create or replace temp view w as select a from c.s.u", "select a from t", "select * from w"]
    statements = tables.STATEMENTS.frame(
        [
            {"statement_id": f"s{n}", "principal": "one", "session_id": "x", "text": text, "status": "FINISHED",
             "parameters_truncated": False, "started_at": START + timedelta(days=n // 2, hours=n)}
            for n, text in enumerate(texts)
        ]
    )  # fmt: skip
    last = statements.filter(pl.col("started_at") >= START + timedelta(days=1))
    for first, second in ((statements, last), (last, statements)):
        cache = tmp_path / str(first.height)
        assert_equal(read(first, cache, _OTHERS[1]), read(first, None, _OTHERS[1]))
        expected = read(second, None, _OTHERS[1])
        assert_equal(read(second, cache, _OTHERS[1]), expected)
        assert not expected.usage.equals(read(first, None, _OTHERS[1]).usage), "what was before decides what is used"


@settings(deadline=None, max_examples=40)
@given(
    statements_of_days(),
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3), st.integers(0, 9), st.booleans()), min_size=2, max_size=4),
)
def test_any_nights_give_what_one_night_alone_gives(
    tmp_path_factory: pytest.TempPathFactory, statements: pl.DataFrame, nights: list[tuple[int, int, int, bool]]
) -> None:
    """Windows that slide to and fro, rows that come late, catalogs that change: what is kept decides nothing."""
    cache = tmp_path_factory.mktemp("cache")
    for first, length, late, is_changed in nights:
        since = START + timedelta(days=first)
        window = pl.col("started_at").is_between(since, since + timedelta(days=length), closed="left")
        known = _OTHERS[is_changed]
        tonight = statements.filter(window & (pl.int_range(pl.len()) % 10 >= late))
        assert_equal(read(tonight, cache, known), read(tonight, None, known))
        days = tonight["started_at"].dt.date().n_unique()
        assert len([*(cache / "parts").glob("*")]) == days, "of days that are not in the window, nothing is kept"
