"""Names and messages from the server are hostile: they reach no SQL, no terminal and no file but as themselves."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from fake_estate import COPILOT, NOW, TOKEN, WATCHER, estate

pytest.importorskip("databricks.sdk")

from fake_faults import Schedule
from fake_live import Clock, Live
from fake_server import Fault
from sqlglot.dialects import Databricks

from uc_guard.errors import AccessDenied, Unavailable
from uc_guard.model.name import join_name
from uc_guard.workspace.connect import connect
from uc_guard.workspace.scrub import scrub

GROUP = "evil`; DROP TABLE x; --\x1b[31m\n=HYPERLINK(1)<img src=x onerror=alert(1)>\u202e"
TABLE = join_name(("shop", "sales", "o`r'd\"ers;<b>"))
WHEN = ("--until", "2026-09-30T12:00", "--days", "20")


def hostile():
    """The estate, with a group and a table that want to break out."""
    world = estate(days=20)
    world.add_group(GROUP, (COPILOT,))
    world.add_table(TABLE, "data-owners", {"id": "bigint"})
    world.grant(GROUP, ("SELECT", "MODIFY"), ("TABLE", TABLE))
    world.grant(GROUP, ("USE_SCHEMA", "SELECT"), ("SCHEMA", "lab.try"))
    world.grant(GROUP, "ALL_PRIVILEGES", ("VOLUME", "shop.ops.files"))
    return world


@pytest.mark.parametrize("via", ["rest", "sql"])
def test_hostile_names_go_all_the_way_and_back_as_themselves(tmp_path, via):
    with Live(hostile()) as live:
        before = set(live.world.grants)
        said = [live.run("snapshot", "--warehouse", "w1", "-o", tmp_path / "snap", *WHEN, state=tmp_path, code=0)]
        files = ("--sql", tmp_path / "plan.sql", "--undo", tmp_path / "undo.sql")
        plan = tmp_path / "plan.json"
        said.append(live.run("plan", tmp_path / "snap", "-o", plan, *files, "-s", COPILOT, state=tmp_path, code=1))
        more = ("--via", via, "--warehouse", "w1")
        said.append(live.run("apply", plan, "--execute", "--yes", *more, state=tmp_path, code=0))
        assert (GROUP, "MODIFY", "TABLE", TABLE) not in live.world.grants
        assert not any(row[0] == GROUP and row[2] in ("SCHEMA", "VOLUME") for row in live.world.grants)
        said.append(live.run("rollback", f"{plan}.journal", "--execute", *more, state=tmp_path, code=0))
        assert live.world.grants == before
    for done in said:
        for text in (done.stdout, done.stderr):
            assert "\x1b" not in text
            assert "\u202e" not in text
            assert "\n=HYPERLINK" not in text
    # A name may hold a line feed: what counts is where an SQL reader sees a statement begin.
    for file in ("plan.sql", "undo.sql"):
        tokens = Databricks().tokenize((tmp_path / file).read_text())
        starts = [
            t.text for t, before in zip(tokens, [None, *tokens], strict=False) if before is None or before.text == ";"
        ]
        assert set(starts) == {"GRANT", "REVOKE"}


def test_a_message_of_the_server_cannot_carry_the_token_or_steer_a_terminal():
    text = f"token={TOKEN} Bearer {TOKEN} dapi0123456789abcdef eyJhbGci.eyJzdWIi.c2ln \x1b[2J\nnext"
    told = scrub(text, TOKEN)
    assert TOKEN not in told
    assert "dapi" not in told
    assert "eyJ" not in told
    assert "\x1b" not in told
    assert "\n" not in told
    assert len(scrub("x" * 10_000)) <= 400


def test_a_wrong_token_is_told_without_being_shown():
    wrong = "dose0123456789abcdef0123"
    with Live(estate(days=1)) as live, pytest.raises(AccessDenied) as told:
        live.connect(token=wrong)
    assert wrong not in str(told.value)


def test_a_token_that_the_warehouse_does_not_take_is_told_as_such():
    with Live(estate(days=1)) as live:
        workspace = live.connect()
        live.world.tokens.clear()
        with pytest.raises(AccessDenied, match="check the token"):
            list(workspace.queries.batches("SELECT 1 AS x", {}))


def test_a_host_that_does_not_answer_is_given_up_after_the_budget():
    clock = Clock()
    with pytest.raises(Unavailable, match="run the command again"):
        connect(settings={"host": "http://127.0.0.1:9", "token": "x", "auth_type": "pat"}, budget_s=5, clock=clock)
    assert clock.at <= 60


def test_a_server_that_asks_for_patience_gets_it():
    asked = []

    def busy(request):
        if request.path.endswith("/Me") and len(asked) < 3:
            asked.append(request.number)
            return Fault("status", 429, after=7)
        return None

    with Live(estate(days=1), faults=busy) as live:
        assert live.connect().me == WATCHER
    assert len(asked) == 3
    assert live.clock.at >= 21


def test_sql_that_meets_faults_is_tried_again_within_the_budget(tmp_path):
    trouble = [Fault("status", 503, after=1), Fault("cut-before")]

    def shaky(request):
        return trouble.pop() if trouble and request.path.startswith("/sql/") else None

    with Live(estate(days=5), faults=shaky) as live:
        start = time.monotonic()
        from uc_guard.capture import capture  # noqa: PLC0415 - only here

        found = capture(live.connect(), tmp_path / "snap", (NOW - dt.timedelta(days=3), NOW), NOW)
        assert time.monotonic() - start < 120
    assert not trouble
    assert found.has("statements")
    assert Schedule(1)(type("Request", (), {"path": "/sql/1.0"})()) is None


def test_plain_http_is_refused_but_on_this_machine():
    from uc_guard.errors import BadConfig  # noqa: PLC0415 - only here

    with pytest.raises(BadConfig, match="an address with https"):
        connect(settings={"host": "http://example.com", "token": "x", "auth_type": "pat"}, budget_s=1, clock=Clock())
