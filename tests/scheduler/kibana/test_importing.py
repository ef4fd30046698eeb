"""The import tells success from what only looks like it; each answer was seen on a real Kibana."""

from __future__ import annotations

import json
import os
import ssl
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import trustme

from scheduler.kibana.importing import import_objects
from scheduler.kibana.objects.shipped import path
from scheduler.kibana.server import ImportRefusedError, KibanaError, Server
from scheduler.settings import Kibana
from tests.conftest import CONFIG, free_port
from tests.patience import patient
from tests.scheduler.kibana.stub import AVAILABLE, KEY, Stub, problem, serve

FILE = path(CONFIG).read_bytes()
COUNT = len(FILE.splitlines())
IMPORT = "/api/saved_objects/_import"


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A Kibana that works."""
    with serve(Stub()) as stub:
        yield stub


class Waiting:
    """A clock that runs only while somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def clock(self) -> float:
        return self.seconds


def server(url: str, **more: Any) -> Server:
    waiting = Waiting()
    return Server(Kibana(url=url, **more), sleep=waiting.sleep, clock=waiting.clock)


def body_with(*errors: Any, count: int = COUNT) -> dict[str, Any]:
    return {"success": False, "successCount": count, "errors": list(errors), "warnings": []}


def test_every_object_arrives_and_pages_have_addresses(stub: Stub) -> None:
    imported = import_objects(server(stub.url), FILE, "default")

    assert [one.id for one in imported] == [json.loads(line)["id"] for line in FILE.splitlines()]
    addresses = {one.url for one in imported if one.url}
    assert f"{stub.url}/app/dashboards#/view/pantau-analysts" in addresses
    assert f"{stub.url}/app/discover#/view/pantau-new-today" in addresses
    assert stub.asked == [f"POST {IMPORT}?overwrite=false"], "where nothing is, nothing is written over"


def test_in_a_second_space_the_addresses_have_the_ids_that_kibana_gave(stub: Stub) -> None:
    kibana = server(stub.url)
    import_objects(kibana, FILE, "default")
    kibana.ensure_space("press")
    addresses = [one.url for one in import_objects(kibana, FILE, "press") if one.kind == "dashboard"]

    assert addresses[0] == f"{stub.url}/s/press/app/dashboards#/view/new-pantau-analysts"
    assert [one.url for one in import_objects(kibana, FILE, "press") if one.kind == "dashboard"] == addresses


@pytest.mark.parametrize("space", ["default", "press"])
def test_an_import_says_what_it_replaces(stub: Stub, space: str) -> None:
    kibana = server(stub.url)
    if space != "default":
        import_objects(kibana, FILE, "default")
    imported = import_objects(kibana, FILE, space)
    said: list[str] = []
    assert import_objects(kibana, FILE, space, said.append) == imported
    assert said == [], "what is there and the same is not worth a word"

    ids = {one.title: one.id for one in imported}
    desk = stub.kept[space, "dashboard", ids["Pantau: analysts' desk"]]["attributes"]
    desk |= {"title": "Our own desk", "timeFrom": "now-90d"}
    stub.kept[space, "index-pattern", ids["Pantau runs"]]["attributes"]["runtimeFieldMap"] = '{"day":{}}'
    import_objects(kibana, FILE, space, said.append)

    assert said == [
        "replaces the index-pattern Pantau runs, which differs in runtimeFieldMap",
        "replaces the dashboard Our own desk, which differs in timeFrom, title",
    ]


def test_an_import_goes_on_where_it_cannot_be_said_what_is_there(stub: Stub) -> None:
    kibana = server(stub.url)
    import_objects(kibana, FILE, "default")
    stub.answers["_export"] = [problem(403, "Forbidden", "Forbidden")]

    said: list[str] = []
    assert len(import_objects(kibana, FILE, "default", said.append)) == COUNT
    assert len(said) == 1
    assert said[0].startswith(f"{COUNT} objects are there and are replaced; how they differ cannot be said")


def test_a_fresh_kibana_that_refuses_what_it_soon_allows_is_asked_again(stub: Stub) -> None:
    kibana = server(stub.url)
    stub.answers["/api/status"] = [(503, {"status": {"overall": {"level": "unavailable"}}})]
    stub.answers[IMPORT] = [problem(403, "Forbidden", "Unable to bulk_create dashboard")] * 3
    kibana.wait(60)

    assert len(import_objects(kibana, FILE, "default")) == COUNT


def test_a_space_is_made_once(stub: Stub) -> None:
    kibana = server(stub.url)

    assert kibana.ensure_space("press") is True
    assert kibana.ensure_space("press") is False
    assert kibana.ensure_space("default") is False
    assert stub.spaces == {"default", "press"}


def test_a_space_that_may_not_be_made_is_told(stub: Stub) -> None:
    stub.answers["/api/spaces/space"] = [problem(404, "Not Found", "Not Found"), problem(403, "Forbidden", "Forbidden")]

    with pytest.raises(KibanaError, match="no space press, and this login may not create it"):
        server(stub.url).ensure_space("press")


def test_a_space_that_somebody_else_has_just_made_is_well(stub: Stub) -> None:
    stub.answers["/api/spaces/space"] = [problem(404, "Not Found", "Not Found"), problem(409, "Conflict", "Conflict")]

    assert server(stub.url).ensure_space("press") is False


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            body_with({"type": "search", "id": "s", "error": {
                "type": "missing_references", "references": [{"type": "index-pattern", "id": "gone"}]}}),
            r"1 of \d+ objects, nothing was written \(search s: refers to what Kibana does not have \(index-pattern",
        ),
        (
            body_with({"type": "search", "id": "s", "error": {"type": "ambiguous_conflict"}}),
            "nothing was written .* in conflict",
        ),
        (body_with({"type": "x", "id": "s", "error": {"type": "unsupported_type"}}), "a type that this Kibana"),
        (
            body_with({"type": "dashboard", "id": "d", "error": {"type": "unknown", "output": {
                "payload": {"message": "[attributes.x]: definition\n for this key is missing"}}}}, count=12),
            r"the others were written \(dashboard d: \[attributes.x\]: definition for this key is missing\)",
        ),
        (
            body_with({"type": "lens", "id": "l", "error": {"type": "unknown", "message": "strict_dynamic_mapping"}}),
            "lens l: strict_dynamic_mapping",
        ),
        (body_with(*[{"type": "lens", "id": str(n), "error": {"type": "unknown"}} for n in range(5)]), "and 2 more"),
        (body_with(count=0), "without saying why"),
        ({"success": True, "successCount": 0, "warnings": []}, r"success, but for 0 of \d+ objects"),
        ({"success": True, "successCount": COUNT, "successResults": []}, "without naming pantau-releases"),
        ({}, "without saying why"),
    ],
    ids=["missing", "conflict", "type", "schema", "mapping", "many", "silent", "empty", "nameless", "no body"],
)  # fmt: skip
def test_200_is_not_success(stub: Stub, body: dict[str, Any], words: str) -> None:
    stub.answers[IMPORT] = [(200, body)]

    with pytest.raises(ImportRefusedError, match=words) as caught:
        import_objects(server(stub.url), FILE, "default")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "words", "kind"),
    [
        (
            problem(400, "Bad Request", "Non-unique import objects detected: [a:b]"),
            "Non-unique import",
            ImportRefusedError,
        ),
        (problem(401, "Unauthorized", "unable to authenticate"), "refuses the login; set PANTAU_KIBANA", KibanaError),
        (
            problem(403, "Forbidden", "Unable to bulk_create dashboard"),
            "in the space default; its key needs feature_savedObjectsManagement.all there",
            KibanaError,
        ),
        (problem(404, "Not Found", "Not Found"), "check kibana.url and its base path", ImportRefusedError),
        ((413, b"<html>too large</html>"), "a proxy before Kibana", ImportRefusedError),
        (problem(415, "Unsupported Media Type", "Unsupported Media Type"), "Unsupported Media", ImportRefusedError),
        (
            problem(422, "Unprocessable", "belongs to a more recent version of Kibana"),
            "8.12 or newer",
            ImportRefusedError,
        ),
        (
            problem(500, "Internal Server Error", "An internal server error occurred"),
            "look into its log",
            ImportRefusedError,
        ),
        ((302, b""), "leads on to /login", KibanaError),
    ],
    ids=["400", "401", "403", "404", "413", "415", "422", "500", "302"],
)
def test_a_refusal_is_one_sentence_that_says_what_to_do(
    stub: Stub, answer: tuple[int, Any], words: str, kind: type[Exception]
) -> None:
    stub.answers[IMPORT] = [answer]

    with pytest.raises(kind, match=words) as caught:
        import_objects(server(stub.url), FILE, "default")
    assert type(caught.value) is kind


def test_a_kibana_that_starts_is_waited_for(stub: Stub) -> None:
    starting = {"status": {"overall": {"level": "unavailable"}}}
    stub.answers["/api/status"] = [(503, starting), (503, b"Kibana server is not ready yet"), (200, starting)]

    said: list[str] = []
    assert server(stub.url).wait(60, said.append) == "8.12.2"
    assert len(stub.asked) == 4
    assert said[0] == f"Kibana at {stub.url} is not ready (it says unavailable); waiting"


def test_without_a_login_the_version_is_not_told_but_the_state_is(stub: Stub) -> None:
    stub.answers["/api/status"] = [(200, {"status": {"overall": {"level": "degraded"}}})]

    assert server(stub.url).wait(0) is None


def test_a_kibana_that_does_not_become_ready_is_told(stub: Stub) -> None:
    stub.answers["/api/status"] = [(503, {"status": {"overall": {"level": "critical"}}})] * 9

    with pytest.raises(KibanaError, match=r"is not ready \(it says critical"):
        server(stub.url).wait(10)


def test_nobody_at_the_address_is_told() -> None:
    with pytest.raises(KibanaError, match=r"does not answer at http://127.*Connection refused\); start it"):
        server(f"http://127.0.0.1:{free_port()}").wait(5)


def test_something_else_at_the_address_is_told(stub: Stub) -> None:
    stub.answers["/api/status"] = [(404, b"<html>Welcome to nginx</html>"), (200, b"<html>the page of an app</html>")]

    for _ in range(2):  # the second is an address copied from the browser: it answers, and is no interface
        with pytest.raises(KibanaError, match="is not Kibana, or not its address alone"):
            server(stub.url).wait(5)


def test_the_key_goes_along_and_is_never_told(stub: Stub) -> None:
    stub.needs_key = True
    assert len(import_objects(server(stub.url, api_key=KEY), FILE, "default")) == COUNT

    with pytest.raises(KibanaError, match="refuses the login") as caught:
        import_objects(server(stub.url, api_key="another"), FILE, "default")
    assert "another" not in str(caught.value)


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "ключ"])
def test_a_key_that_cannot_be_one_is_told_but_not_shown(key: str) -> None:
    with pytest.raises(KibanaError, match="characters that no key has") as caught:
        server("http://127.0.0.1", api_key=key)
    assert key not in str(caught.value)


@pytest.mark.parametrize("url", ["http://[::1", "http://127.0.0.1:99999", "http://a..b", "http://bücher.invalid"])
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(KibanaError, match=r"is no address of a Kibana|does not answer"):
        server(url).wait(0)


def test_a_certificate_is_verified_and_an_own_ca_is_possible(tmp_path: Path) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("localhost").configure_cert(context)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = json.dumps(AVAILABLE).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    class Quiet(HTTPServer):
        def handle_error(self, *_: Any) -> None:
            pass

    web = Quiet(("127.0.0.1", 0), Handler)
    web.socket = context.wrap_socket(web.socket, server_side=True, do_handshake_on_connect=False)
    thread = Thread(target=web.serve_forever)
    thread.start()
    url = f"https://localhost:{web.server_port}"
    try:
        with pytest.raises(KibanaError, match=r"is not trusted; name its CA in kibana\.ca_file"):
            server(url).wait(0)
        assert server(url, ca_file=tmp_path / "ca.pem").wait(0) == "8.12.2"
    finally:
        web.shutdown()
        web.server_close()
        thread.join()


@pytest.mark.sample(1)
@pytest.mark.parametrize("kind", ["drips its head", "drips its body", "gives a body without end"])
def test_an_answer_without_end_is_given_up(kind: str) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                self.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"" if kind == "drips its head" else b"\r\n"))
                while True:
                    self.wfile.write(b" " * (65536 if kind == "gives a body without end" else 1))
                    if kind != "gives a body without end":
                        time.sleep(0.1)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.daemon_threads = True
    thread = Thread(target=web.serve_forever)
    thread.start()
    begin = time.monotonic()
    try:
        with pytest.raises(KibanaError, match=r"does not end \((no end within 1 s|more than 16777216 bytes)\)"):
            Server(Kibana(url=f"http://127.0.0.1:{web.server_port}"), timeout=1).ensure_space("press")
    finally:
        web.shutdown()
        web.server_close()
        thread.join()
    assert time.monotonic() - begin < patient(8)


def test_what_a_kibana_says_steers_no_terminal_and_tells_no_key(stub: Stub) -> None:
    said = f"no \x1b[2J\x1b]0;x\x07 \u202e entry for {KEY} " + "x" * 3_000_000
    stub.answers["/api/status"] = [(503, {"status": {"overall": {"level": said}}})]
    stub.answers[IMPORT] = [(400, {"message": said}), (200, body_with({"type": said, "id": said, "error": said}, "x"))]
    for _ in range(3):
        kibana = server(stub.url, api_key=KEY)
        with pytest.raises(KibanaError) as caught:
            kibana.wait(0) if stub.answers["/api/status"] else import_objects(kibana, FILE, "default")
        told = str(caught.value)
        assert told.isprintable()
        assert KEY not in told
        assert len(told) < 1500


def test_a_ca_file_that_is_not_there_is_told() -> None:
    with pytest.raises(KibanaError, match=r"kibana\.ca_file: there is no file"):
        server("https://localhost", ca_file=Path("/nowhere.pem"))


@pytest.mark.skipif("KIBANA_URL" not in os.environ, reason="needs a real Kibana: set KIBANA_URL (and KIBANA_API_KEY)")
def test_a_real_kibana_takes_the_file_twice() -> None:
    kibana = Server(Kibana(url=os.environ["KIBANA_URL"], api_key=os.environ.get("KIBANA_API_KEY")))
    kibana.wait(patient(120))
    kibana.ensure_space("pantau-test")

    first = import_objects(kibana, FILE, "pantau-test")
    assert [one.id for one in import_objects(kibana, FILE, "pantau-test")] == [one.id for one in first]
