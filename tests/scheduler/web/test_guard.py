"""Who may read, and the headers on every answer."""

from __future__ import annotations

import base64

import pytest
from pydantic import SecretStr, ValidationError

from scheduler.settings import Web
from scheduler.web.server import serving
from tests.scheduler.web.room import Room, ask

EVERY = ("/", "/release/ai-id", "/nowhere", "/?page=x", "/static/pantau.css", "/healthz", "/metrics", "/feed.atom")


@pytest.mark.parametrize("path", EVERY)
def test_every_answer_forbids_inline_code_framing_and_guessing(room: Room, path: str) -> None:
    headers = room.get(path)[1]
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "uvicorn" not in str(headers).lower()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_one_can_only_read(room: Room, method: str) -> None:
    assert ask(room.url + "/", method=method)[0] == 405


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8080", ""])
def test_on_loopback_a_foreign_name_gets_nothing(room: Room, host: str) -> None:
    status, _, body = room.get("/release/ai-id", Host=host or "evil")
    assert status == 421
    assert "Nanning" not in body


def test_the_public_name_is_known(room: Room) -> None:
    with serving(room.desk, Web(port=0, public_url="https://pantau.example.org/")) as address:
        assert address == "https://pantau.example.org/"
    settings = Web(public_url="https://pantau.example.org/", listen="127.0.0.1")
    assert "pantau.example.org" in settings.known_hosts
    assert Web(listen="0.0.0.0").known_hosts == frozenset()


@pytest.mark.parametrize("url", ["ftp://x.example", "https://x.example/below", "https://u:p@x.example", "x.example"])
def test_a_public_address_that_could_not_work_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="public_url"):
        Web(public_url=url)


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (None, 401),
        (basic("anybody:rahasia 南宁"), 200),
        (basic(":rahasia 南宁"), 200),
        (basic("anybody:rahasia"), 401),
        (basic("anybody:"), 401),
        (basic("rahasia 南宁"), 401),
        (basic("anybody:rahasia 南宁").replace("Basic", "Bearer"), 401),
        ("Basic", 401),
        ("Basic %%%", 401),
    ],
)
def test_with_a_password_nothing_is_shown_without_it(room: Room, authorization: str | None, status: int) -> None:
    with serving(room.desk, Web(port=0, password=SecretStr("rahasia 南宁"))) as url:
        headers = {"Authorization": authorization} if authorization else {}
        for path in EVERY:
            code, answer, body = ask(url + path, headers)
            if status == 401:
                assert code == 401, path
                assert answer["WWW-Authenticate"].startswith("Basic ")
                assert "Nanning" not in body
            else:
                assert code != 401


def test_a_password_appears_nowhere(room: Room) -> None:
    settings = Web(port=0, password=SecretStr("rahasia"))
    assert "rahasia" not in repr(settings)


@pytest.mark.parametrize("password", [None, SecretStr("rahasia")])
def test_a_monitor_gets_its_two_addresses_by_a_token_and_no_page(room: Room, password: SecretStr | None) -> None:
    with serving(room.desk, Web(port=0, password=password, token=SecretStr("t0ken"))) as url:
        for path in ("/healthz", "/metrics"):
            assert ask(url + path)[0] == 401
            for wrong in ("Bearer t0ke", "Bearer", "Bearer t0ken t0ken", basic("x:t0ke"), "Basic t0ken"):
                assert ask(url + path, {"Authorization": wrong})[0] == 401, wrong
            for right in ("Bearer t0ken", "bearer t0ken", basic("monitor:t0ken")):
                assert ask(url + path, {"Authorization": right})[0] in (200, 503), right
            assert ask(url + path, {"Authorization": "Bearer t0ken", "Host": "evil.example"})[0] == 421
        for path in ("/", "/alerts", "/release/ai-id", "/healthz/", "/feed.atom"):
            expected = 401 if password else 200
            if path != "/healthz/":
                assert ask(url + path, {"Authorization": "Bearer t0ken"})[0] == expected, path
        if password:
            assert ask(url + "/metrics", {"Authorization": basic("reader:rahasia")})[0] == 200
