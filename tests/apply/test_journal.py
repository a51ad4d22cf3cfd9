"""A journal keeps every line that it gave back, tells when one was changed, and takes a torn one off."""

from __future__ import annotations

import errno
import os

import pytest
from apply_world import NOON
from hypothesis import given, settings
from hypothesis import strategies as st

from uc_guard.apply.journal import Journal, read_journal
from uc_guard.apply.lock import locked
from uc_guard.errors import BadInput, NotApplied

ways = pytest.mark.parametrize("anew", [False, True], ids=["appended", "written anew"])


def written(path, count=3, *, anew=False):
    book = Journal(path, lambda: NOON, anew=anew)
    for number in range(count):
        book.write("intent", number=number, name="`a`\n\x1b[31m")
    book.close()
    return book.lines


@ways
def test_what_was_written_is_read_again(tmp_path, anew):
    lines = written(tmp_path / "j", anew=anew)
    assert read_journal(tmp_path / "j") == lines
    again = Journal(tmp_path / "j", lambda: NOON, anew=anew)
    again.write("end")
    again.close()
    assert [line.number for line in read_journal(tmp_path / "j")] == [1, 2, 3, 4]
    assert (tmp_path / "j").stat().st_mode & 0o077 == 0


def test_both_ways_write_the_same_bytes(tmp_path):
    written(tmp_path / "a")
    written(tmp_path / "b", anew=True)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@ways
@settings(deadline=None)
@given(cut=st.integers(1, 400))
def test_a_line_cut_anywhere_is_taken_off_and_the_others_stay(tmp_path_factory, anew, cut):
    path = tmp_path_factory.mktemp("cut") / "j"
    lines = written(path)
    whole = path.read_bytes()
    start = whole.rindex(b"\n", 0, -1) + 1
    path.write_bytes(whole[: max(start, len(whole) - cut)])
    book = Journal(path, lambda: NOON, anew=anew)
    assert book.lines == lines[:2]
    book.write("end")
    book.close()
    assert [line.kind for line in read_journal(path)] == ["intent", "intent", "end"]


@settings(deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), byte=st.integers(1, 255))
def test_a_byte_changed_anywhere_but_in_the_last_line_feed_is_noticed(tmp_path_factory, place, byte):
    path = tmp_path_factory.mktemp("changed") / "j"
    written(path)
    whole = bytearray(path.read_bytes())
    at = int(place * (len(whole) - 1))
    whole[at] ^= byte
    path.write_bytes(whole)
    with pytest.raises(BadInput, match=r"line \d"):
        read_journal(path)


def test_a_line_left_out_in_the_middle_is_noticed(tmp_path):
    written(tmp_path / "j")
    lines = (tmp_path / "j").read_bytes().splitlines(keepends=True)
    (tmp_path / "j").write_bytes(lines[0] + lines[2])
    with pytest.raises(BadInput, match="line 2"):
        read_journal(tmp_path / "j")


def test_a_full_disk_is_told_and_leaves_no_half_line(tmp_path, monkeypatch):
    book = Journal(tmp_path / "j", lambda: NOON)
    book.write("begin")

    def full(file, data, real=os.write):
        real(file, data[:5])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space left"):
        book.write("intent")
    monkeypatch.undo()
    book.write("end")
    book.close()
    assert [line.kind for line in read_journal(tmp_path / "j")] == ["begin", "end"]


def test_two_runs_on_one_workspace_exclude_each_other_and_two_workspaces_do_not(tmp_path):
    with locked("https://a", tmp_path):
        with pytest.raises(NotApplied, match=f"process {os.getpid()}"), locked("https://a", tmp_path):
            pass
        with locked("https://b", tmp_path):
            pass
    with locked("https://a", tmp_path):
        pass
