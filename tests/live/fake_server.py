"""The workspace's REST API on loopback, over a World, with faults on demand."""

from __future__ import annotations

import contextlib
import json
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import fake_rest
from fake_world import Refusal


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong with one request.

    kind: `status` (with `status`, and `after` seconds of Retry-After), `slow` (`seconds`), `cut-before` (closed before
    the effect), `cut-after` (the effect is there, the answer is cut), `stale` (reads show the state before `seconds`
    changes).
    """

    kind: str
    status: int = 503
    after: int | None = None
    seconds: float = 0.0


@dataclass
class Request:
    """What was asked, by whom, and what came back."""

    method: str
    path: str
    query: dict
    body: object
    principal: str | None
    headers: dict
    number: int
    status: int = 0
    extra: dict = field(default_factory=dict)


class Server:
    """Serves a World: `with Server(world) as server: server.url`."""

    def __init__(self, world, faults=None, page=None, thrift=None):
        self.world, self.faults, self.page, self.thrift = world, faults, page, thrift
        self.log, self.counts, self._lock = [], {}, threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self):
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._http.shutdown()
        self._http.server_close()

    def take(self, method, target, body, headers):
        """Log a request, and tell what goes wrong with it."""
        parts = urllib.parse.urlsplit(target)
        query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
        bearer = headers.get("Authorization", "").removeprefix("Bearer ")
        with self._lock:
            request = Request(
                method, parts.path, query, body, self.world.tokens.get(bearer), dict(headers), len(self.log) + 1
            )
            self.log.append(request)
        fault = self.faults(request) if self.faults else None
        if fault:
            with self._lock:
                self.counts[fault.kind] = self.counts.get(fault.kind, 0) + 1
        return request, fault

    def answer(self, request, fault):
        """Do what a request asks: status, headers, JSON."""
        if request.path == "/.well-known/databricks-config":
            return 200, {}, {"workspace_id": str(self.world.workspace_id), "cloud": "AWS"}
        if request.principal is None:
            return 401, {}, {"error_code": "UNAUTHENTICATED", "message": "Invalid access token."}
        with self.world.lock:
            try:
                return 200, {}, fake_rest.route(self.world, request, self.page, fault)
            except Refusal as refusal:
                return refusal.status, {}, {"error_code": refusal.code, "message": refusal.message}


def _handler(server):  # noqa: C901 - one class of http.server
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = 1 << 16

        def log_message(self, *_):
            pass

        def _go(self):
            size = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(size) if size else b""
            thrift = server.thrift and self.path.startswith("/sql/1.0/warehouses/")
            body = raw if thrift else json.loads(raw) if raw else None
            request, fault = server.take(self.command, self.path, None if thrift else body, self.headers)
            if fault and fault.kind == "slow":
                time.sleep(fault.seconds)
            if fault and fault.kind == "cut-before":
                request.status = -1
                return self._cut()
            if fault and fault.kind == "status":
                more = {} if fault.after is None else {"Retry-After": str(fault.after)}
                return self._send(request, fault.status, more, json.dumps(
                    {"error_code": "TEMPORARILY_UNAVAILABLE", "message": "try again"}).encode())  # fmt: skip
            if thrift:
                status, more, out = server.thrift.take(raw, request)
                return self._send(request, status, more, out, "application/x-thrift")
            status, more, out = server.answer(request, fault)
            data = json.dumps(out).encode()
            if fault and fault.kind == "cut-after":
                request.status = status
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data) + 10))
                self.end_headers()
                self.wfile.write(data[: len(data) // 2])
                self.wfile.flush()
                return self._cut()
            return self._send(request, status, more, data)

        def _cut(self):
            self.close_connection = True
            self.connection.close()

        def _send(self, request, status, more, data, kind="application/json"):
            request.status = status
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _go  # noqa: N815 - the names that http.server calls

        def handle(self):
            with contextlib.suppress(ConnectionError, ValueError, OSError):  # the other side died, as tests make it
                super().handle()

    return Handler
