"""plan.json: what is written is read, equal plans are equal bytes, and every problem is told."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from uc_guard.errors import BadInput
from uc_guard.model.plan import FORMAT
from uc_guard.plan.document import decode_plan, encode_plan, read_plan, write_plan

_SPEC = importlib.util.spec_from_file_location("plan_worlds", Path(__file__).with_name("plan_worlds.py"))
worlds = sys.modules.setdefault("plan_worlds", importlib.util.module_from_spec(_SPEC))
_SPEC.loader.exec_module(worlds)
PLAN = worlds.plan_of(
    worlds.Scene(
        grants=frozenset({("ann", "ALL_PRIVILEGES", *worlds.CATALOG), ("account users", "SELECT", *worlds.TABLE)}),
        needs=worlds.with_way({("ann", "SELECT", *worlds.VIEW): "may"}),
    )
)
DOCUMENT = json.loads(encode_plan(PLAN))


def problems(document):
    """The places and findings that reading a document tells of."""
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    with pytest.raises(BadInput) as caught:
        decode_plan(raw, "plan.json")
    return {problem.place: problem for problem in caught.value.problems}


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds.scenes(grants=9))
def test_what_is_written_is_read(scene):
    plan = worlds.plan_of(scene)
    assert decode_plan(encode_plan(plan)) == plan


def test_the_document_opens_with_its_format_and_keeps_the_order_of_the_classes():
    assert list(DOCUMENT)[:3] == ["format", "mode", "subjects"]
    assert list(DOCUMENT["statements"][0])[:3] == ["verb", "privileges", "securable_type"]
    assert encode_plan(PLAN).endswith(b"}\n")


def test_the_plan_of_this_test_has_something_in_each_part():
    assert all(DOCUMENT[key] for key in ("statements", "inverse", "certificates", "witnesses", "held"))


def test_a_newer_format_is_refused_with_the_mend():
    found = problems({**DOCUMENT, "format": FORMAT + 1})
    assert "upgrade" in found["format"].mend
    assert list(found) == ["format"]


@pytest.mark.parametrize("version", [None, "1", True, 1.5])
def test_a_format_that_is_no_number_is_refused(version):
    assert list(problems({**DOCUMENT, "format": version})) == ["format"]


def test_a_document_without_format_is_refused():
    assert list(problems({key: value for key, value in DOCUMENT.items() if key != "format"})) == ["format"]


def test_every_problem_is_told_at_once():
    broken = json.loads(json.dumps(DOCUMENT))
    broken["statements"][0]["verb"] = 7
    broken["statements"][1]["privileges"] = ["SELECT", None]
    broken["held"][0]["row"] = {"grantee": "x"}
    broken["certificates"][0]["reach"] = "many"
    broken["surprise"] = 1
    del broken["until"]
    assert set(problems(broken)) == {
        "statements[0].verb",
        "statements[1].privileges[1]",
        "held[0].row.privilege",
        "held[0].row.securable_type",
        "held[0].row.securable",
        "certificates[0].reach",
        "surprise",
        "until",
    }


def test_a_subject_held_whole_has_no_row():
    plan = worlds.plan_of(worlds.Scene(subjects=("ann",)), replace(worlds.TRUSTING, min_window_days=99))
    assert decode_plan(encode_plan(plan)).held[0].row is None


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"format": 1', b"[" * 100_000])
def test_what_is_no_document_is_told_of(damage):
    assert list(problems(damage)) == [""]


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_no_cut_or_flipped_byte_gets_past_the_reader_unseen(data):
    whole = encode_plan(PLAN)
    at = data.draw(st.integers(0, len(whole) - 3))
    assert problems(whole[:at])
    flipped = bytearray(whole)
    flipped[at] ^= data.draw(st.integers(1, 255))
    try:
        read = decode_plan(bytes(flipped))
    except BadInput:
        return
    assert read != PLAN or json.loads(flipped) == DOCUMENT


def test_a_file_is_written_whole_and_read_again(tmp_path):
    path = tmp_path / "plan.json"
    write_plan(PLAN, path)
    write_plan(PLAN, path)
    assert read_plan(path) == PLAN
    assert [entry.name for entry in tmp_path.iterdir()] == ["plan.json"]


def test_a_file_that_is_not_there_is_told_of(tmp_path):
    with pytest.raises(BadInput, match="a file to read"):
        read_plan(tmp_path / "plan.json")


def test_a_write_that_fails_leaves_the_old_plan(tmp_path, monkeypatch):
    path = tmp_path / "plan.json"
    write_plan(PLAN, path)

    def fail(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("uc_guard.disk.os.fsync", fail)
    with pytest.raises(OSError, match="No space"):
        write_plan(replace(PLAN, mode="stable"), path)
    assert read_plan(path) == PLAN
    assert [entry.name for entry in tmp_path.iterdir()] == ["plan.json"]
