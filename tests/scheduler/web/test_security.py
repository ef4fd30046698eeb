"""Who may read, and the headers on every answer."""

from __future__ import annotations

import base64
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest
from pydantic import SecretStr, ValidationError

from scheduler.settings import Web
from scheduler.web import login_attempts as guesses_
from scheduler.web.login_attempts import FORGOTTEN_AFTER, FREE, PAUSE, LoginAttempts
from scheduler.web.server import serving
from tests.scheduler.web.room import Room, ask

EVERY = (
    "/",
    "/search",
    "/release/ai-id",
    "/starred",
    "/alerts.csv",
    "/search.json",
    "/nowhere",
    "/?page=x",
    "/static/pantau.css",
    "/healthz",
    "/metrics",
    "/feed.atom",
)


@pytest.mark.sample(3)
@pytest.mark.parametrize("path", EVERY)
def test_every_answer_forbids_inline_code_framing_and_guessing(room: Room, path: str) -> None:
    headers = room.get(path)[1]
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
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
    with serving(room.backend, Web(port=0, public_url="https://pantau.example.org/")) as address:
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


@pytest.mark.sample(3)
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
    with serving(room.backend, Web(port=0, password=SecretStr("rahasia 南宁"))) as url:
        headers = {"Authorization": authorization} if authorization else {}
        asked = [path for path in EVERY if not path.startswith("/static/")]
        for path in asked[:FREE]:  # more wrong ones have to wait
            code, answer, body = ask(url + path, headers)
            if status == 401:
                assert code == 401, path
                assert answer["WWW-Authenticate"].startswith("Basic ")
                assert "Nanning" not in body
            else:
                assert code != 401


def test_the_looks_of_the_pages_and_what_a_mail_leads_to_ask_for_no_password(room: Room) -> None:
    """A mail program ends a subscription without one; a browser would ask for it on account of the style alone."""
    with serving(room.backend, Web(port=0, password=SecretStr("rahasia"))) as url:
        assert ask(f"{url}/static/pantau.css")[0] == 200
        code, headers, body = ask(f"{url}/subscription/{'x' * 43}")
        assert (code, "leads to no subscription" in body) == (404, True)
        assert headers["Cache-Control"] == "no-store"
        for path in ("/static", "/subscription", "/subscriptions/x", "//subscription/x", "/subscribe", "/staticx"):
            assert ask(url + path)[0] == 401, path


def test_a_password_appears_nowhere(room: Room) -> None:
    settings = Web(port=0, password=SecretStr("rahasia"))
    assert "rahasia" not in repr(settings)


@pytest.mark.sample(1)
@pytest.mark.parametrize("password", [None, SecretStr("rahasia")])
def test_a_monitor_gets_its_two_addresses_by_a_token_and_no_page(room: Room, password: SecretStr | None) -> None:
    for path in ("/healthz", "/metrics"):
        with serving(room.backend, Web(port=0, password=password, token=SecretStr("t0ken"))) as url:
            assert ask(url + path)[0] == 401
            for wrong in ("Bearer t0ke", "Bearer", "Bearer t0ken t0ken", basic("x:t0ke"), "Basic t0ken"):
                assert ask(url + path, {"Authorization": wrong})[0] == 401, wrong
            for right in ("Bearer t0ken", "bearer t0ken", basic("monitor:t0ken")):
                assert ask(url + path, {"Authorization": right})[0] in (200, 503), right
            assert ask(url + path, {"Authorization": "Bearer t0ken", "Host": "evil.example"})[0] == 421
    with serving(room.backend, Web(port=0, password=password, token=SecretStr("t0ken"))) as url:
        for path in ("/", "/search", "/release/ai-id", "/healthz/", "/feed.atom"):
            expected = 401 if password else 200
            if path != "/healthz/":
                assert ask(url + path, {"Authorization": "Bearer t0ken"})[0] == expected, path
        if password:
            assert ask(url + "/metrics", {"Authorization": basic("reader:rahasia")})[0] == 200


RIGHT = "rahasia-yang-panjang"


def test_wrong_guesses_are_logged_and_those_that_follow_wait_their_turn(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(room.backend, Web(port=0, password=SecretStr(RIGHT))) as url:
        for number in range(FREE):
            assert ask(url + "/", {"Authorization": basic(f"a:{number}")})[0] == 401
        assert caplog.text.count("wrong password for the reading page from 127.0.0.1") == FREE
        assert "a:3" not in caplog.text
        began = time.monotonic()
        assert [ask(url + "/", {"Authorization": basic(f"{number}:x")})[0] for number in range(3)] == [401] * 3
        assert time.monotonic() - began > 2 * PAUSE
        assert ask(url + "/")[0] == 401, "who has not guessed is asked for the password"


@pytest.mark.slow
def test_a_guesser_locks_nobody_out_who_knows_the_password(room: Room) -> None:
    settings = Web(port=0, password=SecretStr(RIGHT), token=SecretStr("t0ken"))
    known, monitor = basic(f"a:{RIGHT}"), "Bearer t0ken"
    with serving(room.backend, settings) as url, ThreadPoolExecutor(30) as pool:
        cookie = ask(url + "/", {"Authorization": known})[1]["Set-Cookie"].partition(";")[0]
        assert ask(url + "/healthz", {"Authorization": monitor})[0] in (200, 503)
        guesses = [
            pool.submit(ask, url + "/", {"Authorization": basic(f"guess{number}:x")}) for number in range(FREE + 18)
        ]
        for _ in zip(range(FREE), as_completed(guesses), strict=False):
            pass  # the rest waits by now
        began = time.monotonic()
        for path, headers in (
            ("/static/pantau.css", {"Authorization": known, "Cookie": cookie}),
            ("/static/pantau.css", {"Authorization": known}),
            ("/healthz", {"Authorization": monitor}),
        ):
            assert ask(url + path, headers)[0] in (200, 503), path
        assert not all(guess.done() for guess in guesses), "they were let in before the guesses ahead of them"
        assert ask(url + "/", {"Authorization": basic(f"new:{RIGHT}")})[0] == 200, "a newcomer waits, and is let in"
        assert time.monotonic() - began > PAUSE, "the right guess of a newcomer is answered no sooner than a wrong one"
        assert ask(url + "/", {"Cookie": cookie})[0] == 401, "the mark opens nothing"
        assert {guess.result()[0] for guess in guesses} == {401}


def test_guesses_have_their_turn_one_after_the_other_and_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    guesses = LoginAttempts(lambda: now[0])
    guesses.right("2001:db8::1", "feed")
    for _ in range(FREE - 1):
        assert guesses.turn("2001:db8::ffff", "x") == 0
        guesses.wrong("2001:db8::1", "x")
    assert guesses.turn("2001:db8::1", "x") == 0
    guesses.wrong("2001:db8::1", "y")
    for _ in range(FREE - 1):
        guesses.wrong("2001:db8::1", "x")
    waits = [guesses.turn("2001:db8::ffff", "x") for _ in range(22)]
    assert waits == [float(number) for number in range(1, 21)] + [None] * 2
    assert guesses.turn("2001:db8:0:1::1", "x") == 0, "another network"
    assert guesses.turn("2001:db8::2", "feed") == 0, "a name that was let in from there"
    now[0] += 5.5
    assert guesses.turn("2001:db8::1", "x") == 15.5
    for _ in range(FREE):
        guesses.wrong("2001:db8::1", "feed")
    assert guesses.turn("2001:db8::1", "feed") == PAUSE, "who guesses under a known name waits like others"
    now[0] += FORGOTTEN_AFTER + 1
    assert guesses.turn("2001:db8::1", "x") == 0
    monkeypatch.setattr(guesses_, "MOST_PEERS", 20)
    for number in range(50):
        guesses.wrong(f"10.0.0.{number}", "")
        guesses.right(f"10.0.0.{number}", "")
    assert (len(guesses._wrong), len(guesses._known)) == (20, 20)


def test_a_newcomer_has_a_turn_while_another_name_never_stops_guessing_behind_the_same_address() -> None:
    guesses, proxy = LoginAttempts(lambda: 0.0), "127.0.0.1"
    for _ in range(FREE):
        guesses.wrong(proxy, "admin")
    while guesses.turn(proxy, "admin") is not None:
        pass
    assert guesses.turn(proxy, "siti") == 0, "all waits of the guesser are full"
    guesses.wrong(proxy, "siti")
    assert guesses.turn(proxy, "siti") == PAUSE, "one may mistype"
    assert guesses.turn(proxy, "admin") is None
    turns = [guesses.turn(proxy, str(number)) for number in range(50)]
    assert turns.count(None) > 20, "many names have no more turns than one"


@pytest.mark.parametrize(("password", "kept"), [(None, "private, no-cache"), (SecretStr("rahasia"), "no-store")])
def test_what_a_password_opens_is_kept_on_no_disk(room: Room, password: SecretStr | None, kept: str) -> None:
    with serving(room.backend, Web(port=0, password=password)) as url:
        for path in ("/", "/search", "/release/ai-id", "/status", "/feed.atom", "/alerts.csv", "/nowhere"):
            assert ask(url + path, {"Authorization": basic(":rahasia")})[1]["Cache-Control"] == kept, path
        if password:
            assert ask(url + "/search")[1]["Cache-Control"] == kept


def test_a_wrong_password_is_answered_in_the_readers_language(room: Room) -> None:
    with serving(room.backend, Web(port=0, password=SecretStr("rahasia"))) as url:
        assert "Sandi diperlukan" in ask(url + "/", {"Accept-Language": "id"})[2]
        assert "需要密码" in ask(url + "/", {"Cookie": "pantau-language=zh", "Accept-Language": "id"})[2]
