"""What a night tells people and machines: figures, how to undo it, and nothing that calls or steers anybody."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path

import pytest

from uc_guard import tables
from uc_guard.errors import BadConfig
from uc_guard.nightly.events import json_log, text_log
from uc_guard.nightly.message import check_webhook, compose, post
from uc_guard.nightly.night import AgentNight, Night
from uc_guard.nightly.trend import read_trend, write_trend

AT = dt.datetime(2026, 9, 30, 2, 17, tzinfo=dt.UTC)
QUIET = Night(AT, "https://w", AT - dt.timedelta(days=30), AT, agents=(AgentNight("copilot", 12.0, 12.0),))


def busy(**more):
    given = {
        "executed": True, "planned": 12, "revoked": 12, "granted": 3, "journal": Path("/v/runs/x/journal"),
        "agents": (AgentNight("copilot", 64.4, 21.2), AgentNight("quiet", 5.0, 5.0)),
    }  # fmt: skip
    return Night(AT, "https://w", AT - dt.timedelta(days=30), AT, **(given | more))


def test_a_night_with_nothing_to_do_says_so_in_one_line():
    assert compose(QUIET) == "uc-guard on https://w: nothing to remove"
    assert not QUIET.needs_a_look


def test_a_night_that_took_says_what_and_how_to_undo_it():
    told = compose(busy()).splitlines()
    assert told[0] == "uc-guard on https://w: 12 rows revoked, 3 rows granted"
    assert told[1] == "copilot: privilege creep index 64 to 21"
    assert told[-1] == "undo: uc-guard rollback /v/runs/x/journal --execute"
    assert not any("quiet" in line for line in told)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"restored": ("SELECT on TABLE `t` for `a`",)}, "given back: SELECT on TABLE `t` for `a`"),
        ({"refused": 1}, "1 step refused"),
        ({"left": 2}, "2 steps left"),
        ({"stopped": "the workspace changed\nand more"}, "stopped: the workspace changed"),
        ({"incomplete": ("`audit` was not read",)}, "could not be read: `audit` was not read"),
        ({"executed": False, "journal": None}, "12 rows could go; nothing was changed"),
    ],
)
def test_what_needs_a_look_is_told(more, told):
    night = busy(**more)
    assert night.needs_a_look
    assert told in compose(night)


def test_what_was_left_out_to_be_safe_is_told_and_needs_nobody():
    assert "1 statement left out to be safe" in compose(busy(spared=1))
    assert not busy(spared=1).needs_a_look


@pytest.mark.parametrize("url", ["http://hooks.example.com/x", "ftp://x", "file:///etc/passwd", "hooks"])
def test_a_webhook_that_would_carry_names_in_the_clear_is_refused_without_being_shown(url):
    with pytest.raises(BadConfig) as told:
        check_webhook(url)
    assert url not in str(told.value)


def test_a_webhook_that_cannot_be_reached_is_told_without_being_shown():
    told = post("http://127.0.0.1:9/secret-path", "hello")
    assert told.startswith("the webhook cannot be reached")
    assert "secret" not in told


def test_a_log_line_has_the_shape_of_the_log_data_model():
    out = io.StringIO()
    json_log(out, lambda: AT, "0.1.0", "https://w")("capture.finished", "read 5 rows\x1b[31m", "WARN", rows=5)
    line = json.loads(out.getvalue())
    assert line == {
        "Timestamp": AT.isoformat(), "SeverityText": "WARN", "SeverityNumber": 13, "Body": "read 5 rows\x1b[31m",
        "Attributes": {"event.name": "capture.finished", "uc_guard.rows": 5},
        "Resource": {"service.name": "uc-guard", "service.version": "0.1.0", "databricks.host": "https://w"},
    }  # fmt: skip
    assert "\x1b" not in out.getvalue()


def test_a_line_for_people_cannot_steer_their_terminal():
    out = io.StringIO()
    text_log(out)("x", "a\x1b[31m\nb", "WARN")
    assert out.getvalue() == "warning: a\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}b\n"


def test_the_record_of_nights_holds_its_contract_and_grows_by_a_file_a_night(tmp_path):
    for day in range(3):
        night = busy()
        later = Night(**{name: getattr(night, name) for name in night.__slots__} | {"at": AT + dt.timedelta(days=day)})
        write_trend(tmp_path, later, tables.NIGHT_AGENTS.empty())
    frame = read_trend(tmp_path, "nights")
    tables.NIGHTS.validate(frame)
    assert frame["revoked"].to_list() == [12, 12, 12]
    assert read_trend(tmp_path, "night_agents").is_empty()
    assert read_trend(tmp_path / "none", "nights").is_empty()
