"""A port of its own through which another process changes a running replica."""

from __future__ import annotations

import json
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self

from tests.replica.release import SiteRelease
from tests.replica.replica import Replica

Order = dict[str, Any]


class Control:
    """`POST /_control` with a JSON object of orders.

    `{"publish": 2}` (held-back releases, or an object with a release's fields), `{"edit": {"url": ..., "title": ...}}`,
    `{"withdraw": URL}`, `{"fault": {"host": ..., "kind": ...}}`, `{"clear": true}`, `{"reset_log": true}`,
    `{"show": ["truth", "requests"]}`.
    """

    def __init__(self, replica: Replica, port: int = 0) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(replica))
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="control", daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/_control"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def carry_out(replica: Replica, order: Order) -> Order:
    """Do what an order says; returns what came of it. Raises ValueError, TypeError or KeyError for a bad one."""
    unknown = order.keys() - {"publish", "edit", "withdraw", "fault", "clear", "reset_log", "show"}
    if unknown:
        raise ValueError(f"no such order: {', '.join(sorted(unknown))}")
    done: Order = {}
    if order.get("clear"):
        replica.faults.clear()
    if order.get("reset_log"):
        replica.reset_log()
    if "fault" in order:
        replica.faults.set(**order["fault"])
    match order.get("publish"):
        case int(count):
            done["published"] = [one.url for one in replica.publish_held(count)]
        case dict(facts):
            done["published"] = [replica.publish(facts["host"], SiteRelease(**facts)).url]
    if "edit" in order:
        done["edited"] = replica.edit(**order["edit"]).url
    if "withdraw" in order:
        replica.withdraw(order["withdraw"])
    if "truth" in order.get("show", ()):
        done["truth"] = [asdict(one) for one in replica.truth]
    if "requests" in order.get("show", ()):
        done["requests"] = [one._asdict() for one in replica.requests]
    return done


def _handler(replica: Replica) -> type[BaseHTTPRequestHandler]:
    class ControlHandler(BaseHTTPRequestHandler):
        timeout = 30

        def do_POST(self) -> None:
            try:
                length = int(self.headers.get("Content-Length", "0"))
                status, answer = 200, carry_out(replica, json.loads(self.rfile.read(length)))
            except (ValueError, TypeError, KeyError) as error:
                status, answer = 400, {"error": str(error)}
            body = json.dumps(answer, ensure_ascii=False, default=str).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
            """Say nothing."""

    return ControlHandler
