"""Errors of the engine leave the search room as one sentence."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme
from pydantic import SecretStr

from crawler.store import StoredRelease
from scheduler.search.bulk import index_documents
from scheduler.search.client import Client, NoAnswerError, SearchError, UnreachableError, connect
from scheduler.search.index import number_of, setup
from scheduler.search.kept_marks import kept_marks
from scheduler.search.queries import histogram, run_rules, search
from scheduler.settings import Elasticsearch
from tests.conftest import CONFIG, free_port
from tests.scheduler.mail.case import release

ABOUT = b'{"version": {"number": "8.19.13"}}'


@contextmanager
def server(
    status: int = 200,
    body: bytes = ABOUT,
    *,
    product: bool = True,
    context: ssl.SSLContext | None = None,
    kind: str = "application/vnd.elasticsearch+json;compatible-with=8",
) -> Iterator[tuple[str, list[BaseHTTPRequestHandler]]]:
    """An HTTP server that gives every request one answer."""
    seen: list[BaseHTTPRequestHandler] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self)
            self.send_response(status)
            if product:
                self.send_header("X-Elastic-Product", "Elasticsearch")
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        do_PUT = do_POST  # noqa: N815

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


HIT = '{"_id": "a", "_source": {"url": "u", "title": "t", "date": null, "source": "s", "lang": null}}'


def found(hit: str) -> str:
    """The answer to a search that finds this one."""
    return json.dumps({"hits": {"hits": [json.loads(hit)] if hit else [], "total": {"value": 1}}})


ODD: dict[str, tuple[Callable[[Client], object], tuple[str, ...]]] = {
    "a search": (
        lambda client: search(client, "x", "guangxi"),
        (
            '{"hits": 5}',
            '{"hits": {"hits": []}}',
            '{"hits": {"hits": 5, "total": {"value": 1}}}',
            '{"hits": {"hits": [{"_id": "a"}], "total": {"value": 1}}}',
            found(HIT.replace('"a"', "5")),
            found(HIT.replace("{", '{"highlight": {"text": "x"}, ', 1)),
            '{"hits": {"hits": [], "total": {"value": "many"}}}',
            '{"hits": {"hits": [], "total": {"value": 1}}',
        ),
    ),
    "days": (
        lambda client: histogram(client, "x", {"match_all": {}}, 7),
        (
            found(""),
            '{"hits": {"hits": []}, "aggregations": {"days": {"buckets": []}}}',
            '{"hits": {"hits": []}, "aggregations": {"days": {"buckets": [{"doc_count": "1"}]}}}',
            '{"hits": {"hits": []}, "aggregations": {"days": {"buckets": []}, "undated": {"doc_count": "0"}}}',
        ),
    ),
    "a count": (lambda client: client.count(index="x"), ('{"count": "1"}', '{"count": -1}', '{"count": true}')),
    "rules": (
        lambda client: run_rules(client, "x", {"r": {"match_all": {}}}, ["a"]),
        (
            '{"responses": []}',
            '{"responses": 5}',
            '{"responses": [{"hits": []}]}',
            '{"responses": [{"hits": {"hits": [{"_id": "b"}]}}]}',
            '{"responses": [{"hits": {"hits": []}, "timed_out": "no"}]}',
            '{"responses": [{"error": "no"}]}',
            '{"responses": [{"hits": {"hits": []}}, {"hits": {"hits": []}}]}',
        ),
    ),
    "a document": (
        lambda client: index_documents(client, "x", [("a", 1, {"title": "t"})]),
        (
            '{"items": []}',
            '{"items": [{}]}',
            '{"items": [{"index": {"_id": "a"}}]}',
            '{"items": [{"index": {"_id": "b", "status": 200}}]}',
            '{"items": [{"index": {"_id": "a", "status": 200}, "x": 5}]}',
        ),
    ),
    "a setup": (
        lambda client: setup(client, "x", [], CONFIG / "elasticsearch"),
        ('{"x-000001": 5}', '{"x-000001": {"aliases": []}}', '{"error": {"reason": "no"}, "status": 404}'),
    ),
    "an index's number": (
        lambda client: number_of(client, "x"),
        ('{"y": {"settings": {"index": {"uuid": "u"}}}}', '{"x": {"settings": {}}}', '{"x": {"settings": 5}}'),
    ),
    "what it is": (lambda client: client.info(), ('{"version": 8}', '{"version": {"number": 8}}')),
}
NEITHER = ("{}", "[]", "5", '"x"', "null", "", "<h1>login</h1>", '{"a": ', "[" * 100_000, '{"a": %s}' % ("9" * 5_000))


@pytest.mark.parametrize(
    ("asks", "said"),
    [
        pytest.param(asks, said, id=f"{name}: {said[:60]}")
        for name, (asks, odd) in ODD.items()
        for said in (*odd, *(NEITHER[1:] if name == "a setup" else NEITHER))  # there are no indexes yet
    ],
)
def test_what_is_no_answer_to_that_is_one_sentence(asks: Callable[[Client], object], said: str) -> None:
    with server(body=said.encode()) as (url, _), connect(Elasticsearch(), url) as client:
        with pytest.raises(NoAnswerError, match="is no answer of Elasticsearch") as caught:
            asks(client)
        assert url in str(caught.value)
        assert len(str(caught.value)) < 300
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("odd", [HIT.replace('"u"', "5"), HIT.replace('"title"', '"name"'), HIT.replace("null", "5")])
def test_what_is_found_and_is_no_release_is_one_sentence(odd: str) -> None:
    with server(body=found(odd).encode()) as (url, _), pytest.raises(NoAnswerError, match="is no release") as caught:
        search(connect(Elasticsearch(), url), "x", "guangxi")
    assert url in str(caught.value)


@pytest.mark.parametrize(
    "body", [*NEITHER, '{"_source": 5}', '{"_source": {}}', '{"_source": {"revision": 1, "concepts": 5}}']
)
def test_marks_that_cannot_be_read_are_none(body: str) -> None:
    stored = StoredRelease(release=release(), revision=1, withdrawn_at=None)
    with server(body=body.encode()) as (url, _), connect(Elasticsearch(), url) as client:
        assert kept_marks(client, "x", stored) is None


def test_a_page_of_a_proxy_is_no_answer_whatever_its_status() -> None:
    for status in (200, 401, 404, 413, 502):
        with server(status, b"<h1>no</h1>", kind="text/plain") as (url, _):
            assert "\n" not in complaint(url)
        with server(status, b"<h1>no</h1>", kind="application/octet-stream") as (url, _):
            assert "is no answer of Elasticsearch" in complaint(url)


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
