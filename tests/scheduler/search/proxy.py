"""A way to Elasticsearch that can be closed, slowed or made to answer for it: faults of a server that is real."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.patience import patient

Garble = Callable[[bytes], bytes]
PASSED = {"content-type", "x-elastic-product", "warning"}


class Proxy(ThreadingHTTPServer):
    """Passes requests on to a server, unless `fault` says otherwise; a fault holds for paths that end in `where`."""

    daemon_threads = True

    def __init__(self, url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = urlsplit(url)
        self.fault: str | Garble | None = None
        self.where = ""
        self.having = b""
        self.mended = threading.Event()
        self.left = 0
        self.refused = 0

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_port}"

    def break_(self, fault: str | Garble, where: str = "", *, times: int = 10**9, having: bytes = b"") -> None:
        """Let the next requests meet a fault: `cut`, `lost answer`, `hang`, a status such as `429`, or another answer.

        That is made of the server's own, which has done what it was asked. Only requests meet it whose paths end in
        `where` and whose bodies have `having` in them.
        """
        self.mended.clear()
        self.fault, self.where, self.left, self.having = fault, where, times, having

    def mend(self) -> None:
        """Pass everything on again; requests that hang end without an answer."""
        self.fault = None
        self.mended.set()

    def meets(self, path: str, body: bytes) -> str | Garble | None:
        """The fault that a request meets."""
        if self.fault is None or self.left <= 0 or not urlsplit(path).path.endswith(self.where):
            return None
        if self.having not in body:
            return None
        self.left -= 1
        self.refused += 1
        return self.fault

    def handle_error(self, *_: object) -> None:
        """A client that goes away is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: Proxy
    protocol_version = "HTTP/1.1"

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.server.meets(self.path, body)
        if fault == "cut":
            self.close_connection = True
            return
        if fault == "hang":
            self.server.mended.wait(patient(120))
            self.close_connection = True
            return
        if isinstance(fault, str) and fault.isdigit():
            self._say(int(fault), {"Content-Type": "application/json", "X-Elastic-Product": "Elasticsearch"}, b"{}")
            return
        target = self.server.target
        there = http.client.HTTPConnection(target.hostname or "", target.port, timeout=patient(60))
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        there.request(self.command, self.path, body or None, headers)
        with there.getresponse() as answer:
            status, words = answer.status, answer.read()
            kept = {name: value for name, value in answer.getheaders() if name.lower() in PASSED}
        there.close()
        if fault == "lost answer":
            self.close_connection = True
            return
        self._say(status, kept, fault(words) if callable(fault) else words)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _pass  # noqa: N815

    def _say(self, status: int, headers: dict[str, str], words: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(words)

    def log_message(self, *_: object) -> None:
        """Silence."""


@contextmanager
def proxy(url: str) -> Iterator[Proxy]:
    """A proxy for as long as the context lasts."""
    server = Proxy(url)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.mend()
        server.shutdown()
        server.server_close()
        thread.join()
