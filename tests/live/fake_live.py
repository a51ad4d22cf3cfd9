"""A workspace on loopback, and whoever works with it: commands as processes, or the library in this one."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys

from fake_estate import AUDITOR, DID, NOW, TOKEN, estate
from fake_server import Server
from fake_sql import Sql, duck
from fake_thrift import Thrift

from uc_guard.workspace.connect import connect

WINDOW = (NOW - dt.timedelta(days=20), NOW)


class Clock:
    """Time that passes at once when somebody waits."""

    def __init__(self):
        self.at = 0.0

    def time(self):
        return self.at

    def sleep(self, seconds):
        self.at += seconds


class Live:
    """A World that is served."""

    def __init__(self, world=None, *, faults=None, page=None, engine=duck):
        self.world = world or estate()
        self.sql = Sql(self.world, engine)
        self.server = Server(self.world, faults, page, Thrift(self.sql))
        self.clock = Clock()

    def __enter__(self):
        self.server.__enter__()
        return self

    def __exit__(self, *error):
        self.server.__exit__(*error)

    def connect(self, *, warehouse="w1", token=TOKEN, budget_s=60.0):
        """Connect as the auditor, with time that passes at once."""
        settings = {"host": self.server.url, "token": token, "auth_type": "pat"}
        return connect(warehouse=warehouse, settings=settings, budget_s=budget_s, clock=self.clock)

    def environment(self, state, token=TOKEN):
        """The environment of a command."""
        keep = {name: value for name, value in os.environ.items() if not name.startswith(("DATABRICKS_", "UC_GUARD_"))}
        return keep | {
            "DATABRICKS_HOST": self.server.url, "DATABRICKS_TOKEN": token, "DATABRICKS_AUTH_TYPE": "pat",
            "UC_GUARD_STATE": str(state), "COLUMNS": "160", "UC_GUARD_TRACEBACK": "1",
        }  # fmt: skip

    def run(self, *arguments, state, code=None, token=TOKEN):
        """Run a command as a process; `code` is what it must end with."""
        command = [sys.executable, "-m", "uc_guard", *map(str, arguments)]
        done = subprocess.run(
            command, env=self.environment(state, token), capture_output=True, text=True, timeout=300, check=False
        )
        if code is not None:
            assert done.returncode == code, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def needs(self):
        """What the agents' own statements need, with USE on the way: it must stay usable whatever is done."""
        reads = {
            (who, privilege, site) for who, texts in DID.items() for text in texts for privilege, site in _needed(text)
        }
        return {need for need in reads if self.world.usable(*need)}


def _needed(text):
    table = next(word for word in text.split() if word.count(".") == 2)
    site = ("TABLE", table)
    return [("SELECT", site), *([("MODIFY", site)] if text.startswith("UPDATE") else [])]


__all__ = ["AUDITOR", "NOW", "TOKEN", "WINDOW", "Clock", "Live"]
