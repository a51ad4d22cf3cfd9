"""A SQL warehouse alone on the loopback address, for the connector as it is."""

from __future__ import annotations

from live_server import WAREHOUSES, Loopback, executor_of
from live_thrift import Thrift


class Bridge(Loopback):
    """A warehouse: `databricks.sql.connect(..., _connection_uri=bridge.uri, enable_telemetry=False)`.

    `executor(sql, params, principal)` gives an Arrow table; `page_rows` is the most that one answer holds.
    """

    def __init__(self, world, executor=None, faults=None, page_rows=None):
        super().__init__(faults)
        self.thrift = Thrift(world, executor or executor_of(world), page_rows)

    @property
    def uri(self):
        return f"{self.url}{WAREHOUSES}w1"

    @property
    def statements(self):
        """The statements that came so far, with their parameters."""
        calls = [request.body for request in self.log if isinstance(request.body, dict)]
        return [(one["statement"], one["parameters"]) for one in calls if "statement" in one]

    def respond(self, request):
        if request.method == "POST" and request.path.startswith(WAREHOUSES):
            return self.thrift.respond(request)
        return 404, "text/plain", b""


def connection(uri, token):
    """The connector, as unmodified as it comes, on a warehouse of the loopback address."""
    from databricks import sql  # noqa: PLC0415 - half a second

    return sql.connect(
        server_hostname="127.0.0.1", http_path="/sql/1.0/warehouses/w1", access_token=token, _connection_uri=uri,
        enable_telemetry=False, use_cloud_fetch=False, _retry_delay_max=5,
    )  # fmt: skip
