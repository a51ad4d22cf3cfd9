"""A lock is written and read back as it was, and a wrong one is told."""

from __future__ import annotations

import tempfile
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uc_guard.errors import BadInput
from uc_guard.lock import encode_lock
from uc_guard.model.lock import BECAUSE, FILE, Lock, Locked, LockedAgent, Unclear
from uc_guard.read.declared import read_declared

TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
LOCKS = st.builds(
    Lock,
    st.lists(
        st.builds(
            LockedAgent,
            TEXT,
            st.lists(st.builds(Locked, TEXT, TEXT, TEXT, st.sampled_from(BECAUSE), TEXT, TEXT), max_size=2).map(tuple),
            st.lists(st.builds(Unclear, TEXT, TEXT, TEXT, TEXT), max_size=2).map(tuple),
        ),
        min_size=1,
        max_size=2,
    ).map(tuple),
)


def read(data):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, FILE).write_bytes(data)
        return read_declared([Path(folder)])


@given(LOCKS)
def test_a_lock_is_read_as_it_was_written(lock):
    declared = read(encode_lock(lock))

    assert declared.problems == ()
    assert declared.lock == lock


@given(LOCKS)
def test_a_lock_is_toml(lock):
    assert tomllib.loads(encode_lock(lock).decode())["version"] == 1


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("version = 2\n", "line 1, key `version`"),
        ("version = 1\n[[agents]]\nfinal = true\n", "line 2, key `agents`"),
        ('version = 1\n[[agents]]\nprincipal = "x"\nprivileges = [\n  { privilege = "SELECT" },\n]\n', "line 5"),
    ],
)
def test_a_lock_that_does_not_fit_is_refused(text, place):
    with pytest.raises(BadInput) as error:
        read(text.encode())

    assert [problem.place for problem in error.value.problems] == [place]
    assert "uc-guard lock" in str(error.value)
