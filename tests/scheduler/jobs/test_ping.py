"""The watcher outside is called, and its address is kept out of the log."""

from __future__ import annotations

import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from pydantic import SecretStr

from scheduler.jobs.ping import ping


class Watcher(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if "good" in self.path else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_a_good_answer_a_bad_one_and_none(caplog: pytest.LogCaptureFixture) -> None:
    server = HTTPServer(("127.0.0.1", 0), Watcher)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    with caplog.at_level(logging.DEBUG):
        assert ping(SecretStr(f"{base}/good-token"))
        assert not ping(SecretStr(f"{base}/bad-token"))
        server.shutdown()
        server.server_close()
        assert not ping(SecretStr(f"{base}/gone-token"))
    assert not ping(None)
    assert "token" not in caplog.text
    assert len(caplog.records) == 2
