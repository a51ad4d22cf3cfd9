"""A run gives before it takes, survives every crash, and can be undone to the row."""

from __future__ import annotations

import tempfile
from pathlib import Path

import plan_worlds as worlds
import pytest
from apply_world import NOON, Clock, Crash, Memory, memory_of, usable
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from uc_guard.apply.journal import Journal, read_journal
from uc_guard.apply.record import read_record
from uc_guard.apply.run import Options, begin, go_on, preview
from uc_guard.apply.steps import Waves
from uc_guard.apply.undo import Only, rollback
from uc_guard.errors import AccessDenied, NotApplied, NotThere, WorkspaceError
from uc_guard.model.settings import Settings

quiet = settings(
    deadline=None, max_examples=50, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
modes = st.fixed_dictionaries({
    "strips": st.booleans(), "add_first": st.booleans(), "stale": st.integers(0, 3),
    "lose": st.frozensets(st.integers(1, 6), max_size=2),
})  # fmt: skip
waves = st.builds(Waves, st.integers(0, 2), st.lists(st.sampled_from(worlds.SUBJECTS), max_size=2).map(tuple))


SAFE = Settings()


def opened(folder):
    return Journal(Path(folder) / "run.journal", lambda: NOON)


def applied(plan, memory, folder, spread=None, chosen=SAFE):
    """Run a plan to its end."""
    options = Options(spread or Waves(), patience=Clock().patience())
    book = opened(folder)
    begin(book, preview(plan, memory, chosen, options))
    return book, go_on(book, memory, memory, options)


def cells(rows):
    return {(row.grantee, row.privilege, row.securable_type, row.securable) for row in rows}


def spared_rows(plan, memory):
    """What a run leaves out: rows of owners on what they own or what lies in it."""
    found = preview(plan, memory, Settings(), Options()).spared
    return {cell for each in found for cell in cells(each.statement.rows)}


@quiet
@given(scene=worlds.scenes(grants=9), mode=modes, spread=waves)
def test_a_run_ends_where_the_plan_says_and_nothing_used_is_lost_on_the_way(reference, scene, mode, spread):
    plan = worlds.plan_of(scene)
    assume(plan.statements)
    memory = memory_of(scene, **mode)
    before = usable(reference, scene, scene.grants)
    left_out = spared_rows(plan, memory)
    with tempfile.TemporaryDirectory() as folder:
        book, done = applied(plan, memory, folder, spread)
        assert not done.left
        assert not done.refused
        end = worlds.run(scene.grants, plan.statements, strips=False)[-1]
        assert memory.stored ^ set(end) <= left_out
        for state in memory.seen if not mode["add_first"] or not mode["strips"] else []:
            assert before <= usable(reference, scene, state)
        assert before <= usable(reference, scene, memory.stored)
        undone = rollback(book, memory, memory, Clock().patience(), Only())
        assert not undone.refused
        assert memory.stored == set(scene.grants)
        book.close()


@quiet
@given(scene=worlds.scenes(grants=7), late=st.booleans(), mode=modes, cut=st.integers(0, 40), data=st.data())
def test_a_crash_at_any_moment_loses_nothing_and_is_mended_by_resume_or_rollback(
    reference, scene, late, mode, cut, data
):
    plan = worlds.plan_of(scene)
    assume(plan.statements)
    before = usable(reference, scene, scene.grants)
    with tempfile.TemporaryDirectory() as folder:
        whole = memory_of(scene, **mode)
        book, _ = applied(plan, whole, folder)
        book.close()
    memory = memory_of(scene, **mode, late=late)
    memory.crash_at = data.draw(st.integers(1, whole.moments), label="crash at")
    with tempfile.TemporaryDirectory() as folder:
        with pytest.raises(Crash):
            applied(plan, memory, folder)[0].close()
        if not (mode["strips"] and mode["add_first"]):  # then one request is two, and the next one mends it
            assert before <= usable(reference, scene, memory.stored)
        path = Path(folder) / "run.journal"
        with path.open("ab") as file:  # the line that was being written when the power went
            file.write(b'{"number":99,"at":"2026'[: cut % 24])
        memory.crash_at, memory.old = -1, []
        again = opened(folder)
        if data.draw(st.booleans(), label="resume") and any(line.kind == "begin" for line in again.lines):
            assert not go_on(again, memory, memory, Options(patience=Clock().patience())).left
            assert memory.stored == whole.stored
        elif any(line.kind == "begin" for line in again.lines):
            rollback(again, memory, memory, Clock().patience(), Only())
            assert memory.stored == set(scene.grants)
        else:
            assert memory.stored == set(scene.grants)
        assert before <= usable(reference, scene, memory.stored)
        again.close()


BROAD = ("ann", "SELECT", *worlds.SCHEMA)
WAY = {("ann", "USE_CATALOG", *worlds.CATALOG), ("ann", "USE_SCHEMA", *worlds.SCHEMA)}
NEEDS = worlds.with_way({("ann", "SELECT", *worlds.TABLE): "must"})
SCENE = worlds.Scene(frozenset({BROAD, *WAY}), needs=NEEDS)


def test_access_is_given_in_a_step_of_its_own_before_any_is_taken(tmp_path):
    memory = memory_of(SCENE)
    book, done = applied(worlds.plan_of(SCENE), memory, tmp_path)
    assert done.done == 2
    assert [len(state) for state in memory.seen] == [4, 3]
    assert ("ann", "SELECT", *worlds.TABLE) in memory.stored
    assert BROAD not in memory.stored
    book.close()


def test_what_is_about_to_be_done_is_on_the_disk_before_it_is_done(tmp_path):
    memory = memory_of(SCENE)
    memory.crash_at = 8
    with pytest.raises(Crash):
        applied(worlds.plan_of(SCENE), memory, tmp_path)
    record = read_record(tmp_path / "run.journal", read_journal(tmp_path / "run.journal"))
    assert record.intents
    assert len(record.done) < 2


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda m: m.stored.discard(BROAD), "gone: SELECT on SCHEMA `c.s` for `ann`"),
        (lambda m: m.stored.add(("zoe", "SELECT", *worlds.SCHEMA)), "new: SELECT on SCHEMA `c.s` for `zoe`"),
        (lambda m: m.stored.discard(("ann", "USE_CATALOG", "CATALOG", "c")), "gone: USE CATALOG on CATALOG `c`"),
        (lambda m: setattr(m, "members", frozenset({("crew", "ann")})), "`ann` has become a member of `crew`"),
    ],
)
def test_a_workspace_that_changed_since_the_plan_is_told_and_left_alone(tmp_path, change, told):
    plan, memory = worlds.plan_of(SCENE), memory_of(SCENE)
    change(memory)
    stood = set(memory.stored)
    found = preview(plan, memory, Settings(), Options())
    assert any(each.startswith(told) for each in found.differences), found.differences
    with pytest.raises(NotApplied, match="not as the plan leans on it"):
        begin(opened(tmp_path), found)
    assert memory.stored == stood


def test_a_change_between_two_waves_stops_the_run_there(tmp_path):
    rows = {(who, *row[1:]) for who in ("ann", "bea") for row in (BROAD, *WAY)}
    scene = worlds.Scene(frozenset(rows), needs={})
    plan, memory = worlds.plan_of(scene), memory_of(scene)

    def meddle(_):
        memory.stored.add(("zoe", "SELECT", *worlds.SCHEMA))
        return True

    options = Options(Waves(1), patience=Clock().patience(), between=meddle)
    book = opened(tmp_path)
    begin(book, preview(plan, memory, Settings(), options))
    with pytest.raises(NotApplied, match=r"new: SELECT on SCHEMA `c\.s` for `zoe`"):
        go_on(book, memory, memory, options)
    assert BROAD not in memory.stored
    assert ("bea", *BROAD[1:]) in memory.stored


def test_canaries_go_first_and_each_wave_takes_from_so_many_principals():
    rows = {(who, *row[1:]) for who in worlds.SUBJECTS for row in (BROAD, *WAY)}
    scene = worlds.Scene(frozenset(rows), needs={})
    found = preview(worlds.plan_of(scene), memory_of(scene), Settings(), Options(Waves(1, ("cleo",))))
    order = list(dict.fromkeys((s.wave, row.grantee) for s in found.record.steps for row in s.remove))
    assert order == [(1, "cleo"), (2, "ann"), (3, "bea")]


def test_a_run_takes_nothing_from_itself_from_owners_or_from_admins(tmp_path):
    rows = {(who, *row[1:]) for who in (*worlds.SUBJECTS, "crew") for row in (BROAD, *WAY)}
    scene = worlds.Scene(frozenset(rows), frozenset({("crew", "bea")}), {worlds.CATALOG: "cleo"})
    memory = memory_of(scene)
    memory.me, memory.owners[("METASTORE", "")] = ("ann",), "bea"
    found = preview(worlds.plan_of(scene), memory, Settings(), Options())
    reasons = {(each.statement.grantee, each.reason) for each in found.spared}
    assert {name for name, _ in reasons} == {"ann", "bea", "cleo"}
    book, _ = applied(worlds.plan_of(scene), memory, tmp_path)
    assert {row[0] for row in memory.stored} == {"ann", "bea", "cleo"}
    book.close()


def test_a_group_that_we_are_in_counts_as_us():
    rows = {("crew", *row[1:]) for row in (BROAD, *WAY)}
    scene = worlds.Scene(frozenset(rows), frozenset({("crew", "ann")}))
    memory = memory_of(scene)
    memory.me = ("ann",)
    found = preview(worlds.plan_of(scene), memory, Settings(), Options())
    assert found.spared
    assert not found.record.steps


def test_what_the_settings_protect_now_is_left_alone_whatever_the_plan_says():
    plan, memory = worlds.plan_of(worlds.Scene(frozenset({BROAD, *WAY}))), memory_of(SCENE)
    found = preview(plan, memory, Settings(protect_securables=("c.s",)), Options())
    assert {each.reason for each in found.spared} == {"the settings protect the securable `c.s`"}
    assert all(step.securable != "c.s" for step in found.record.steps)


def test_a_run_revokes_no_more_rows_than_it_may():
    with pytest.raises(NotApplied, match="revokes 1 rows, and a run may revoke 0"):
        preview(worlds.plan_of(SCENE), memory_of(SCENE), Settings(), Options(max_revokes=0))


def test_a_change_that_never_shows_is_not_called_done(tmp_path):
    memory = memory_of(SCENE)
    memory.change = lambda *_: None  # it says yes, and does nothing
    with pytest.raises(NotApplied, match=r"does not show the change after 60 s.*uc-guard resume"):
        applied(worlds.plan_of(SCENE), memory, tmp_path)
    assert not read_record(tmp_path / "run.journal", read_journal(tmp_path / "run.journal")).done


@pytest.mark.parametrize("refusal", [NotThere, AccessDenied, WorkspaceError])
def test_where_something_cannot_be_given_nothing_is_taken(tmp_path, refusal):
    memory = memory_of(SCENE)
    stood, real = set(memory.stored), memory.change

    def change(site, add, remove):
        if add:
            raise refusal("PATCH", "no such principal", "look")
        real(site, add, remove)

    memory.change = change
    with pytest.raises(refusal):
        applied(worlds.plan_of(SCENE), memory, tmp_path)
    assert memory.stored == stood


def test_where_something_cannot_be_taken_the_run_goes_on_and_says_so(tmp_path):
    rows = {(who, *row[1:]) for who in ("ann", "bea") for row in (BROAD, *WAY)}
    memory = memory_of(worlds.Scene(frozenset(rows), needs={}))
    real = memory.change

    def change(site, add, remove):
        if site == worlds.CATALOG:
            raise AccessDenied("PATCH", "we do not have MANAGE", "ask")
        real(site, add, remove)

    memory.change = change
    book, done = applied(worlds.plan_of(worlds.Scene(frozenset(rows), needs={})), memory, tmp_path)
    assert {step.securable for step, _ in done.refused} == {"c"}
    assert memory.stored == {row for row in rows if row[2:] == worlds.CATALOG}
    book.close()


def test_rollback_of_one_principal_leaves_the_others_as_they_are(tmp_path):
    rows = {(who, *row[1:]) for who in ("ann", "bea") for row in (BROAD, *WAY)}
    scene = worlds.Scene(frozenset(rows), needs={})
    memory = memory_of(scene)
    book, _ = applied(worlds.plan_of(scene), memory, tmp_path)
    assert not memory.stored
    rollback(book, memory, memory, Clock().patience(), Only(principals=("ANN",)))
    assert memory.stored == {row for row in rows if row[0] == "ann"}
    rollback(book, memory, memory, Clock().patience(), Only(securables=("C.S",)))
    assert memory.stored == {row for row in rows if row[0] == "ann" or row[2:] == worlds.SCHEMA}
    book.close()


def test_what_others_granted_meanwhile_survives_a_rollback(tmp_path):
    memory = memory_of(SCENE)
    book, _ = applied(worlds.plan_of(SCENE), memory, tmp_path)
    memory.stored.add(("zoe", "SELECT", *worlds.FAR))
    rollback(book, memory, memory, Clock().patience(), Only())
    assert memory.stored == {*SCENE.grants, ("zoe", "SELECT", *worlds.FAR)}
    rollback(book, memory, memory, Clock().patience(), Only())
    assert memory.stored == {*SCENE.grants, ("zoe", "SELECT", *worlds.FAR)}
    book.close()


def test_a_journal_of_another_workspace_is_not_gone_on_with(tmp_path):
    book, _ = applied(worlds.plan_of(SCENE), memory_of(SCENE), tmp_path)
    other = Memory(set(), host="https://there")
    with pytest.raises(NotApplied, match="the journal is of https://here, and this is https://there"):
        rollback(book, other, other, Clock().patience(), Only())
    book.close()
