"""A tiny web site on loopback whose every answer a test decides; for what the replica sites do not play."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass
class Answer:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})


class SmallSite:
    """`pages` maps paths to answers (or to what makes them of the request's headers); all else is 404.

    What is posted stands behind the path, parted by a blank.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.pages: dict[str, Answer | Callable[[dict[str, str]], Answer]] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.posted: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                site.requests.append((self.path, headers))
                answer = site.pages.get(self.path, Answer(404, b"<h1>no such page</h1>"))
                if callable(answer):
                    answer = answer(headers)
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
                site.posted.append(sent)
                self.path = f"{self.path} {sent}"
                self.do_GET()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.scheme = "https" if tls else "http"
        self.port = self._server.server_address[1]
        self.host = f"127.0.0.1:{self.port}"

    @property
    def base(self) -> str:
        return f"{self.scheme}://{self.host}"

    def asked(self, but: tuple[str, ...] = ("/robots.txt",)) -> list[str]:
        return [path for path, _ in self.requests if path not in but]

    def show(self, path: str, html: str, **headers: str) -> None:
        kept = {"Content-Type": "text/html; charset=utf-8"} | {n.replace("_", "-"): v for n, v in headers.items()}
        self.pages[path] = Answer(200, html.encode(), kept)

    def show_news(self, entries: list[tuple[str, str, str]]) -> None:
        """Show a listing of (path, title, date) at /berita, and the page of each entry."""
        self.show("/berita", listing(entries))
        for path, title, date in entries:
            self.show(path, article(title, date))

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()


PARAGRAPH = (
    "Pemerintah kabupaten membuka layanan jaringan baru bagi sekolah di pulau terluar. Warga menyambut baik"
    " pembangunan menara, dan petugas akan memeriksa mutunya setiap bulan sepanjang tahun."
)


def listing(entries: list[tuple[str, str, str]], more: str = "") -> str:
    """A listing page of (path, title, date) entries."""
    rows = "".join(f'<li><a href="{path}">{title}</a> <span>{date}</span></li>' for path, title, date in entries)
    return f"<html><body><div class='main'><ul class='news'>{rows}</ul>{more}</div></body></html>"


def article(title: str, date: str, text: str = PARAGRAPH) -> str:
    """A release's page."""
    return (
        f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1><p class='tanggal'>{date}</p>"
        f"<p>{text}</p><p>{text} ({title})</p></article></body></html>"
    )
