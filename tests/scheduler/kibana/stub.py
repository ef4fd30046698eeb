"""A stub of Kibana's HTTP interface: it answers as an 8.12.2 was seen to, and can be told to answer otherwise."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "a2V5OnNlY3JldA=="
AVAILABLE = {"version": {"number": "8.12.2"}, "status": {"overall": {"level": "available"}}}


def problem(status: int, error: str, message: str) -> tuple[int, Any]:
    """An error as Kibana words it."""
    return status, {"statusCode": status, "error": error, "message": message}


@dataclass
class Stub:
    """What the stub knows and has been asked. `answers` holds prepared answers for a path, taken one by one."""

    url: str = ""
    spaces: set[str] = field(default_factory=lambda: {"default"})
    holds: dict[str, dict[tuple[str, str], str]] = field(default_factory=dict)
    kept: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    needs_key: bool = False

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, Any]:
        """Answer one request."""
        self.asked.append(f"{method} {path}")
        name = next((name for name in self.answers if name in path and self.answers[name]), None)
        if name:
            return self.answers[name].pop(0)
        if path == "/api/status":
            return 200, AVAILABLE
        if self.needs_key and headers.get("Authorization") != f"ApiKey {KEY}":
            return problem(401, "Unauthorized", "[security_exception]: unable to authenticate")
        if path.startswith("/api/spaces/space"):
            return self._spaces(method, path, body)
        if path.partition("?")[0].endswith("/api/saved_objects/_import"):
            return self._import(path, headers, body)
        if path.endswith("/api/saved_objects/_export"):
            space = path.split("/")[2] if path.startswith("/s/") else "default"
            found = [self.kept[space, one["type"], one["id"]] for one in json.loads(body)["objects"]]
            return 200, "\n".join(map(json.dumps, found)).encode()
        return problem(404, "Not Found", "Not Found")

    def _spaces(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        if method == "POST":
            self.spaces.add(json.loads(body)["id"])
            return 200, json.loads(body)
        name = path.rpartition("/")[2]
        return (200, {"id": name}) if name in self.spaces else problem(404, "Not Found", "Not Found")

    def _import(self, path: str, headers: Any, body: bytes) -> tuple[int, Any]:
        if "kbn-xsrf" not in headers:
            return problem(400, "Bad Request", "Request must contain a kbn-xsrf header.")
        if not headers.get("Content-Type", "").startswith("multipart/form-data"):
            return problem(415, "Unsupported Media Type", "Unsupported Media Type")
        file = _file(headers["Content-Type"], body)
        if not str(file.get_filename()).endswith(".ndjson"):
            return problem(400, "Bad Request", "Invalid file extension")
        space = path.split("/")[2] if path.startswith("/s/") else "default"
        payload = file.get_payload(decode=True)
        assert isinstance(payload, bytes)
        objects = [json.loads(line) for line in payload.splitlines() if line.strip()]
        if "overwrite=true" not in path and (conflicts := self._conflicts(objects, space)):
            return 200, {"success": False, "successCount": len(objects) - len(conflicts), "errors": conflicts}
        return 200, self._take(objects, space)

    def _conflicts(self, objects: list[Any], space: str) -> list[Any]:
        """What is there already; nothing is written then."""
        held = self.holds.get(space, {})
        there = [one for one in objects if (one["type"], one["id"]) in held]
        return [
            {"type": one["type"], "id": one["id"], "error": {"type": "conflict"} | (
                {"destinationId": held[one["type"], one["id"]]} if held[one["type"], one["id"]] != one["id"] else {})}
            for one in there
        ]  # fmt: skip

    def _take(self, objects: list[Any], space: str) -> dict[str, Any]:
        """Keep the objects of a space; an id that another space has gets a new one here, and keeps it."""
        elsewhere = {key for name, held in self.holds.items() if name != space for key in held}
        held = self.holds.setdefault(space, {})
        results = []
        for one in objects:
            key = (one["type"], one["id"])
            held.setdefault(key, f"new-{one['id']}" if key in elsewhere else one["id"])
            self.kept[space, one["type"], held[key]] = {**one, "id": held[key]}
            result = {"type": one["type"], "id": one["id"], "meta": {"title": one["attributes"]["title"]}}
            results.append(result | ({"destinationId": held[key]} if held[key] != one["id"] else {}))
        return {"success": True, "successCount": len(results), "successResults": results, "warnings": []}


def _file(content_type: str, body: bytes) -> EmailMessage:
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    return next(part for part in message.iter_parts() if part.get_param("name", header="content-disposition") == "file")


@contextmanager
def serve(stub: Stub) -> Iterator[Stub]:
    """Serve a stub on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, answer = stub.answer(self.command, self.path, self.headers, body)
            data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "/login")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = _do  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
