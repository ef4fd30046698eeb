"""The wire: one loopback server a site, which plays its faults too."""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from tests.replica import disturbed
from tests.replica.answer import Answer, Asked, Site
from tests.replica.faults import Fault, Faults

GONE = "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>"
Note = Callable[["Logged"], None]


class Logged(NamedTuple):
    """One request that was answered; `path` with its query. A status of 0: no answer was given."""

    moment: datetime
    host: str
    path: str
    status: int


class SiteServer(ThreadingHTTPServer):
    """Serves one site on a port of its own. `localise` turns real addresses in texts into local ones."""

    request_queue_size = 64

    def __init__(self, site: Site, port: int, faults: Faults, localise: Callable[[str], str], note: Note) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.site = site
        self.faults = faults
        self.localise = localise
        self.note = note

    @property
    def base(self) -> str:
        """The address that stands for the site."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """Answers one request a connection, so that nothing is left open when the replica ends."""

    server: SiteServer
    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        """Answer, or fail as a fault wants it."""
        self.close_connection = True
        fault = self.server.faults.active(self.server.site.host, urlsplit(self.path).path)
        with contextlib.suppress(ConnectionError, TimeoutError):  # whoever asked may leave while a fault is played
            self.send_answer(self.usual(), fault)

    do_HEAD = do_GET  # noqa: N815 - the name is the library's

    def usual(self) -> Answer:
        """The answer when all is well."""
        parts = urlsplit(self.path)
        path = "/" + parts.path.lstrip("/")
        headers = {name.lower(): value for name, value in self.headers.items()}
        if path == "/robots.txt":
            return Answer(self.server.site.robots().encode(), type="text/plain")
        asked = Asked(path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers)
        answer = self.server.site.answer(asked) or Answer(GONE.encode(), 404)
        return self.localised(answer)

    def localised(self, answer: Answer) -> Answer:
        """Turn real addresses into local ones; addresses are ASCII, so any encoding of the text will do."""
        if not answer.type.startswith(("text/", "application/json", "application/rss")):
            return answer
        body = self.server.localise(answer.body.decode("latin-1")).encode("latin-1")
        return Answer(body, answer.status, answer.type, answer.headers, answer.modified)

    def send_answer(self, answer: Answer, fault: Fault | None) -> None:
        """Put an answer on the wire."""
        if fault is not None:
            disturbed.play(self, answer, fault)
        elif answer.unchanged_for({name.lower(): value for name, value in self.headers.items()}):
            self.head(304, answer.validators)
        else:
            self.whole(answer)

    def whole(self, answer: Answer) -> None:
        """Send head and body."""
        length = str(len(answer.body))
        fields = (("Content-Type", answer.type), ("Content-Length", length), *answer.headers, *answer.validators)
        self.head(answer.status, fields)
        self.body(answer.body)

    def head(self, status: int, fields: tuple[tuple[str, str], ...]) -> None:
        """Note the request and send the status and the head's fields."""
        self.noted(status)
        self.send_response(status)
        for name, value in (*fields, ("Connection", "close")):
            self.send_header(name, value)
        self.end_headers()

    def body(self, part: bytes) -> None:
        """Send a part of the body, unless only the head was asked for."""
        if self.command != "HEAD":
            self.wfile.write(part)

    def noted(self, status: int) -> None:
        """Write the request down before it is answered, so that whoever has the answer finds it in the log."""
        self.server.note(Logged(datetime.now(UTC), self.server.site.host, self.path, status))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Say nothing; requests are in the log of the replica."""


def tiny_png(width: int = 2, height: int = 2) -> bytes:
    """A valid picture of a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data).to_bytes(4, "big")
        return len(data).to_bytes(4, "big") + kind + data + check

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])
    rows = b"".join(b"\0" + b"\xb4" * width for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
