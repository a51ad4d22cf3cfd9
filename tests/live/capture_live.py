"""A loopback workspace for tests of what reads it: the SDK and the connector as they are, on a World."""

from __future__ import annotations

import contextlib
import logging

import fake_estate
from fake_server import Server
from fake_sql import SCHEMAS, Sql, duck
from fake_thrift import Thrift

from uc_guard.workspace.connect import connect

__all__ = ["SCHEMAS", "Live", "Sql", "duck", "fake_estate", "live"]


class Live:
    """A server, what was asked of it, and a connection as the auditor."""

    def __init__(self, world, server, sql, workspace):
        self.world, self.server, self.sql, self.workspace = world, server, sql, workspace

    def paths(self):
        return [request.path for request in self.server.log]


@contextlib.contextmanager
def live(world=None, *, token=fake_estate.TOKEN, warehouse="w1", page=3, faults=None):
    """Serve a world, and connect to it."""
    world = world or fake_estate.estate()
    sql = Sql(world, duck)
    logging.getLogger("databricks").setLevel(logging.WARNING)  # the connector would print every byte of every row
    with Server(world, faults, page=page, thrift=Thrift(sql)) as server:
        workspace = connect(warehouse=warehouse, settings={"host": server.url, "token": token}, budget_s=10)
        try:
            yield Live(world, server, sql, workspace)
        finally:
            workspace.rest._client._api_client._session.close()  # the SDK leaves its connections open
