"""A loopback server that answers as a workspace does: REST, and SQL of a warehouse under the same address."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import live_rest
from live_faults import Request
from live_rest import Page, Site

WAREHOUSES = "/sql/1.0/warehouses/"
_CODES = {
    429: "REQUEST_LIMIT_EXCEEDED", 500: "INTERNAL_ERROR", 503: "TEMPORARILY_UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
}  # fmt: skip


class Quiet(ThreadingHTTPServer):
    """A server whose threads are waited for, and that says nothing of clients that hang up."""

    daemon_threads = False
    block_on_close = True

    def handle_error(self, request, client_address):
        """A connection that broke is the client's business, or ours."""


class Loopback:
    """A context manager that answers on 127.0.0.1 what `respond(request)` gives: status, content type, bytes."""

    def __init__(self, faults=None):
        self.faults = faults
        self.log = []
        self._open, self._guard = set(), threading.Lock()

    def __enter__(self):
        self._server = Quiet(("127.0.0.1", 0), Handler)
        self._server.loopback = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        with self._guard:
            for connection in self._open:  # a client that keeps its connection would keep its thread
                _hang_up(connection)
        self._server.server_close()
        self._thread.join()

    def respond(self, request):
        raise NotImplementedError

    def understand(self, handler):
        """The request that a connection brings; bytes that are no JSON stay bytes."""
        size = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(size) if size else b""
        where = urlsplit(handler.path)
        query = dict(parse_qsl(where.query, keep_blank_values=True))
        headers = {name.title(): value for name, value in handler.headers.items()}
        return Request(handler.command, where.path, query, _told(body), headers, raw=body)

    def seen(self, method=None, path=""):
        """The requests so far, of one method and path."""
        return [one for one in self.log if method in {None, one.method} and path in one.path]

    def met(self, request):
        """Write a request down, and give what goes wrong with it."""
        with self._guard:
            self.log.append(request)
            request.number = len(self.log)
        request.fault = self.faults(request, request.number) if self.faults else None
        return request.fault

    def watch(self, connection, *, gone=False):
        with self._guard:
            (self._open.discard if gone else self._open.add)(connection)


def _hang_up(connection):
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


class Handler(BaseHTTPRequestHandler):
    """One connection to a `Loopback`, which is what its server carries as `loopback`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self):
        super().setup()
        self.server.loopback.watch(self.connection)

    def finish(self):
        self.server.loopback.watch(self.connection, gone=True)
        super().finish()

    def log_message(self, *_):
        """Nothing is printed."""

    def answer(self):
        loopback = self.server.loopback
        request = loopback.understand(self)
        fault = loopback.met(request)
        kind = fault.kind if fault else ""
        if kind == "cut-before":
            self.hang_up()
        elif kind == "status":
            self.send(request, fault.status, *_error(fault.status), wait=fault.retry_after)
        else:
            time.sleep(fault.seconds if kind == "slow" else 0)
            self.send(request, *loopback.respond(request), cut=kind == "cut-after")

    def send(self, request, status, content_type, body, *, wait=None, cut=False):
        request.status = 0 if cut else status
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if wait is not None:
            self.send_header("Retry-After", str(wait))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.wfile.flush()
        if cut:
            self.hang_up()

    def hang_up(self):
        self.close_connection = True
        _hang_up(self.connection)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer  # noqa: N815 - http.server's names


def _told(body):
    """What is written down of a body: its JSON, or the call of a connector."""
    if body[:1] in {b"{", b"["}:
        return json.loads(body)
    if body[:2] != b"\x80\x01":
        return body
    from live_thrift import described  # noqa: PLC0415 - the connector is needed by few tests only

    return described(body)


def _error(status):
    told = {"error_code": _CODES.get(status, "BAD_GATEWAY"), "message": f"the fault was asked for: {status}"}
    return "application/json", json.dumps(told).encode()


class Server(Loopback):
    """A workspace on the loopback address: `url`, and `log` of what was asked.

    `page` is how listings are cut: a `Page`, or the size of one. `executor(sql, params, principal)` gives an Arrow
    table; it runs the statements of REST, and those of a connector whose `_connection_uri` is
    `<url>/sql/1.0/warehouses/<any>`.
    """

    def __init__(self, world, faults=None, page=Page(), stale_reads=0, executor=None):  # noqa: B008 - frozen
        super().__init__(faults)
        world.stale_reads = stale_reads
        self.world = world
        self.site = Site(world, page if isinstance(page, Page) else Page(page), executor or executor_of(world))
        self._thrift = None

    def warehouse(self, name="w1"):
        """The `_connection_uri` of a warehouse."""
        return f"{self.url}{WAREHOUSES}{name}"

    def respond(self, request):
        if request.path.startswith(WAREHOUSES) and request.method == "POST":
            return self.thrift.respond(request)
        status, answer = live_rest.answer(self.site, request)
        return status, "application/json", json.dumps(answer).encode()

    @property
    def thrift(self):
        if self._thrift is None:
            from live_thrift import Thrift  # noqa: PLC0415 - the connector is needed by few tests only

            self._thrift = Thrift(self.world, self.site.executor)
        return self._thrift


def executor_of(world):
    """The quick executor, without Spark."""
    from live_sql import WorldExecutor  # noqa: PLC0415 - DuckDB is needed by few tests only

    return WorldExecutor(world)
