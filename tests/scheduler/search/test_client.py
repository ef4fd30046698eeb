"""Errors of the engine leave the search room as one sentence."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme
from pydantic import SecretStr

from scheduler.search.client import Client, SearchError, UnreachableError, connect
from scheduler.search.queries import search
from scheduler.settings import Elasticsearch
from tests.conftest import free_port


@contextmanager
def server(
    status: int = 200, body: bytes = b"{}", *, product: bool = True, context: ssl.SSLContext | None = None
) -> Iterator[tuple[str, list[BaseHTTPRequestHandler]]]:
    """An HTTP server that gives every request one answer."""
    seen: list[BaseHTTPRequestHandler] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self)
            self.send_response(status)
            if product:
                self.send_header("X-Elastic-Product", "Elasticsearch")
            self.send_header("Content-Type", "application/vnd.elasticsearch+json;compatible-with=8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *args: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context:
        httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    try:
        yield f"{'https' if context else 'http'}://localhost:{httpd.server_address[1]}", seen
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


def complaint(url: str, **section: object) -> str:
    with connect(Elasticsearch(**section), url) as client, pytest.raises(SearchError) as caught:
        client.info()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_an_unreachable_server_is_one_sentence_with_what_to_do() -> None:
    with (
        connect(Elasticsearch(), f"http://127.0.0.1:{free_port()}") as client,
        pytest.raises(UnreachableError) as caught,
    ):
        client.info()

    assert "pantau node start" in str(caught.value)
    assert "PANTAU_ELASTICSEARCH_URL" in str(caught.value)


def test_a_login_in_the_address_is_not_told() -> None:
    assert "geheim" not in complaint(f"http://pantau:geheim@127.0.0.1:{free_port()}")


def test_another_program_behind_the_address_is_named() -> None:
    with server(product=False) as (url, _):
        assert "is not Elasticsearch" in complaint(url)


def test_a_refused_login_says_how_to_log_in() -> None:
    with server(401, b'{"error":{"type":"security_exception","reason":"no"},"status":401}') as (url, seen):
        assert "PANTAU_ELASTICSEARCH_API_KEY" in complaint(url, api_key=SecretStr("a-key"))

    assert seen[0].headers["Authorization"] == "ApiKey a-key"
    assert seen[0].headers["X-Opaque-Id"] == "pantau"


def test_a_busy_server_is_asked_again_and_then_named_busy() -> None:
    with server(503, b'{"error":{"type":"no_master","reason":"none"},"status":503}') as (url, seen):
        assert "too busy or not ready" in complaint(url)

    assert len(seen) == 4


def test_an_untrusted_certificate_is_refused_and_a_named_ca_accepted(tmp_path: Path) -> None:
    ca = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("localhost").configure_cert(context)
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))

    with server(context=context) as (url, seen):
        assert "ca_file" in complaint(url)
        with connect(Elasticsearch(ca_file=tmp_path / "ca.pem"), url) as client:
            client.info()

    assert len(seen) == 1


def test_a_missing_ca_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SearchError, match="there is no file"):
        connect(Elasticsearch(ca_file=tmp_path / "none.pem"), "https://localhost:9200")


@pytest.mark.parametrize(
    "url", ["localhost:9200", "http://", "ftp://localhost:1", "://", "http://localhost:9200,", "http://a:1,b:2"]
)
def test_an_address_of_no_use_is_one_sentence(url: str) -> None:
    with pytest.raises(SearchError, match="cannot be used"):
        connect(Elasticsearch(), url)


def test_a_search_before_any_setup_says_what_to_do(es: Client, alias: str) -> None:
    with pytest.raises(SearchError, match="pantau index setup"):
        search(es, alias, "kata")


def test_a_query_that_the_engine_cannot_read_is_one_sentence(es: Client) -> None:
    with pytest.raises(SearchError, match="refuses the request"):
        es.count(query={"no-such-query": {}})


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b'{"hits": 5}',
        b'{"hits": {"hits": []}}',
        b'{"hits": {"hits": 5, "total": {"value": 1}}}',
        b'{"hits": {"hits": [{"_id": "a"}], "total": {"value": 1}}}',
        b'{"hits": {"hits": [], "total": {"value": "many"}}}',
    ],
)
def test_an_answer_that_is_no_result_of_a_search_is_one_sentence(body: bytes) -> None:
    with server(body=body) as (url, _), pytest.raises(SearchError, match="is no result of a search") as caught:
        search(connect(Elasticsearch(), url), "x", "guangxi")
    assert url in str(caught.value)


@pytest.mark.parametrize(
    "fault",
    [
        '{"failed_shards": [5]}',
        '{"failed_shards": 5}',
        '{"failed_shards": [{"reason": "no"}], "type": "x"}',
        '{"reason": "\\u001b[2J' + "a" * 100_000 + '"}',
        "5",
    ],
)
def test_a_refusal_in_any_form_is_one_bounded_line(fault: str) -> None:
    body = f'{{"error": {fault}, "status": 400}}'.encode()
    with server(400, body) as (url, _), pytest.raises(SearchError, match="refuses the request") as caught:
        search(connect(Elasticsearch(), url), "x", "guangxi")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 700
