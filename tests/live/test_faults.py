"""A thousand schedules of faults over a whole night's work: no grant is lost, nothing needed is ever missing."""

from __future__ import annotations

import datetime as dt
import logging
import random
from collections import Counter

import pytest
from fake_estate import COPILOT, FORECASTER, NOW, SUPPORT, estate

pytest.importorskip("databricks.sdk")

from fake_faults import Schedule
from fake_live import Live

import uc_guard
from uc_guard.apply.journal import Journal
from uc_guard.apply.run import Options, begin, go_on, preview
from uc_guard.apply.settle import Patience
from uc_guard.apply.standing import RestHand, Standing
from uc_guard.apply.steps import Waves
from uc_guard.apply.undo import Only, rollback
from uc_guard.apply.watch import watch
from uc_guard.capture import capture
from uc_guard.errors import NotApplied, UcGuardError
from uc_guard.model.settings import Settings

AGENTS = (COPILOT, FORECASTER, SUPPORT)
CAREFUL = Settings(subjects=AGENTS, min_window_days=5)
WINDOW = (NOW - dt.timedelta(days=5), NOW)
TRIES = 30
REFUSED = ((COPILOT, "SELECT", ("TABLE", "shop.hr.pay")), (SUPPORT, "SELECT", ("TABLE", "shop.hr.pay")),
           (FORECASTER, "MODIFY", ("TABLE", "shop.ops.stock")))  # fmt: skip


def again(counts, what, do):
    """Do something as a job does: again when it fails, as the message says."""
    for _ in range(TRIES):
        try:
            return do()
        except UcGuardError as error:
            counts[f"{what} stopped by {type(error).__name__}"] += 1
    raise AssertionError(f"{what} did not get through in {TRIES} tries")


def one_night(seed, home, counts):
    """Read, plan, take, watch and undo under one schedule; checks every state that the workspace was in."""
    schedule, rng = Schedule(seed), random.Random(seed)  # noqa: S311 - no secret
    world = estate(seed % 7, days=5)
    world.strips = bool(seed % 2)
    with Live(world, faults=schedule, page=rng.choice((None, None, 5))) as live:
        schedule.awake = False
        before, needs, workspace = set(world.grants), live.needs(), live.connect(budget_s=20)
        schedule.awake = True
        snapshot = again(counts, "capture", lambda: capture(workspace, home / "snap", WINDOW, NOW))
        audit = uc_guard.audit(snapshot, CAREFUL)
        assert audit.verdict.ok, audit.verdict.broken
        is_whole = all(source.complete for source in snapshot.manifest.sources)
        counts["incomplete snapshots"] += not is_whole
        standing = Standing(workspace)
        options = Options(Waves(rng.randrange(3)), patience=Patience(60, live.clock.time, live.clock.sleep))
        book = Journal(home / "journal", lambda: NOW)
        begun = again(counts, "preview", lambda: _begin(book, audit.plan, standing, options, is_whole, counts))
        if begun:
            again(counts, "apply", lambda: _finish(home, workspace, options, counts))
        book.close()
        counts["rows revoked"] += len(before - world.grants)
        for who, privilege, site in rng.sample(REFUSED, 2) if begun else ():
            held = world.usable(who, privilege, site)
            world.attempt(who, privilege, site, NOW + dt.timedelta(minutes=1))
            had = _usable(world, before, who, privilege, site)
            again(counts, "watch", lambda: _watch(home, workspace, options, counts))
            # Exactly one privilege a look: the way to it may take a second refusal, and a second look.
            for _ in range(2):
                world.attempt(who, privilege, site, NOW + dt.timedelta(minutes=2))
                again(counts, "watch", lambda: _watch(home, workspace, options, counts))
            if had and not held:
                assert world.usable(who, privilege, site), "what was taken and refused did not come back"
        if begun:
            again(counts, "rollback", lambda: _undo(home, workspace, options))
        assert world.grants == before, "grants were lost, or left behind"
        counts["states"] += len(world.states)
        for state in world.states:
            world.grants = set(state)
            missing = needs - live.needs()
            counts["needed privileges missing"] += len(missing)
            assert not missing, f"seed {seed}: {missing}"
        counts.update({f"fault {kind}": number for kind, number in live.server.counts.items()})
        counts["requests"] += len(live.server.log)


def _usable(world, grants, *need):
    now, world.grants = world.grants, grants
    try:
        return world.usable(*need)
    finally:
        world.grants = now


def _begin(book, plan, standing, options, is_whole, counts):
    try:
        found = preview(plan, standing, CAREFUL, options)
        if not found.record.steps:
            return False
        begin(book, found)
    except NotApplied:
        if is_whole:
            raise
        # What the snapshot could not read, the run sees before it begins: it is right to begin nothing then.
        counts["runs not begun for what a snapshot lacked"] += 1
        return False
    return True


def _finish(home, workspace, options, counts):
    book = Journal(home / "journal", lambda: NOW)
    try:
        if not book.is_open:
            return
        done = go_on(book, Standing(workspace), RestHand(workspace.rest), options)
        counts["steps refused"] += len(done.refused)
    finally:
        book.close()


def _watch(home, workspace, options, counts):
    book = Journal(home / "journal", lambda: NOW)
    try:
        seen = watch(book, Standing(workspace), RestHand(workspace.rest), options.patience)
        counts["privileges given back"] += len(seen.restored)
    finally:
        book.close()


def _undo(home, workspace, options):
    book = Journal(home / "journal", lambda: NOW)
    try:
        undone = rollback(book, Standing(workspace), RestHand(workspace.rest), options.patience, Only())
        assert not undone.refused, undone.refused
    finally:
        book.close()


def nights(seeds, tmp_path, record_property):
    logging.disable(logging.WARNING)
    counts = Counter()
    try:
        for seed in seeds:
            home = tmp_path / str(seed)
            home.mkdir()
            one_night(seed, home, counts)
            counts["schedules"] += 1
    finally:
        logging.disable(logging.NOTSET)
    counts["needed privileges missing"] += 0
    counts["grants lost"] += 0
    record_property("counts", ", ".join(f"{number:,} {what}" for what, number in sorted(counts.items())))
    assert counts["rows revoked"]


def test_a_few_schedules_of_faults_lose_nothing(tmp_path, record_property):
    nights(range(6), tmp_path, record_property)


@pytest.mark.live
@pytest.mark.parametrize("part", range(10))
def test_a_thousand_schedules_of_faults_lose_nothing(tmp_path, record_property, part):
    nights(range(part * 100, part * 100 + 100), tmp_path, record_property)
