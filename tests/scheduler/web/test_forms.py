"""What a reader keeps: who may, what is refused, and where it ends up."""

from __future__ import annotations

import base64
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr
from sqlalchemy import delete

from scheduler.ledger.labels import Label, all_labels, label
from scheduler.ledger.reader_notes import notes_of
from scheduler.ledger.tables import labels, reader_marks
from scheduler.settings import Web
from scheduler.web.server import serving
from tests.patience import patient
from tests.scheduler.web.content import NOW
from tests.scheduler.web.room import Room, _NoRedirect, ask

PASSWORD = SecretStr("rahasia")
STAR, NOTE, VERDICT = (f"/release/ai-id/{what}" for what in ("star", "note", "verdict"))


def basic(name: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:rahasia".encode()).decode()


@pytest.fixture
def door(room: Room) -> Iterator[str]:
    """The pages behind a password; what was kept is taken away afterwards."""
    with serving(room.backend, Web(port=0, password=PASSWORD, public_url=None)) as url:
        yield url
    with room.store.transaction() as connection:
        connection.execute(delete(reader_marks))
        connection.execute(delete(labels))


def token(url: str, reader: str = "Ratih", release: str = "ai-id") -> str:
    body = ask(f"{url}/release/{release}", {"Authorization": basic(reader)})[2]
    return re.findall(r'name="token" value="([0-9a-f]{64})"', body)[0]


def send(
    address: str, fields: dict[str, str] | bytes, reader: str | None = "Ratih", **headers: str
) -> tuple[int, str, str]:
    """Send a form; returns status, Location and body. Header names are written with `_` for `-`."""
    body = fields if isinstance(fields, bytes) else urlencode(fields).encode()
    request = urllib.request.Request(address, data=body, method="POST")
    origin = "/".join(address.split("/")[:3])
    given = {"Origin": origin, "Content-Type": "application/x-www-form-urlencoded"}
    given |= {"Authorization": basic(reader)} if reader else {}
    for name, value in (given | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        if value:
            request.add_header(name, value)
    opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=patient(60)) as response:
            return response.status, response.headers.get("Location", ""), response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get("Location", ""), error.read().decode()


def test_a_reader_stars_a_release_and_finds_it_again(room: Room, door: str) -> None:
    assert send(door + STAR, {"token": token(door), "starred": "yes"})[:2] == (303, "/release/ai-id")
    undated = {"token": token(door, release="undated"), "starred": "yes"}
    assert send(f"{door}/release/undated/star", undated)[0] == 303, "a release that raised no alert"
    mine = ask(f"{door}/starred", {"Authorization": basic("Ratih")})[2]
    assert {"/release/undated", "/release/ai-id"} <= set(re.findall(r'href="([^"]+)"', mine))
    assert "★" in ask(f"{door}/", {"Authorization": basic("Ratih")})[2]
    assert "ai-id" in ask(f"{door}/starred.csv", {"Authorization": basic("Ratih")})[2]
    theirs = ask(f"{door}/starred", {"Authorization": basic("Budi")})[2]
    assert "starred no release yet" in theirs
    assert send(door + STAR, {"token": token(door), "starred": "no"})[0] == 303
    assert notes_of(room.store.engine, "Ratih", ["ai-id"]) == {}


@pytest.mark.slow
def test_a_note_is_kept_as_text_for_the_reader_alone(room: Room, door: str) -> None:
    note = "Tanya <b>biro</b> hukum.\r\nLalu 合作 \u202e"
    assert send(door + NOTE, {"token": token(door), "note": note})[:2] == (303, "/release/ai-id#note")
    assert notes_of(room.store.engine, "Ratih", ["ai-id"])["ai-id"].note == "Tanya <b>biro</b> hukum.\nLalu 合作"
    body = ask(f"{door}/release/ai-id", {"Authorization": basic("Ratih")})[2]
    assert "Tanya &lt;b&gt;biro&lt;/b&gt; hukum." in body
    assert "hukum" not in ask(f"{door}/release/ai-id", {"Authorization": basic("Budi")})[2]
    assert send(door + NOTE, {"token": token(door), "note": ""})[0] == 303
    assert notes_of(room.store.engine, "Ratih", ["ai-id"]) == {}


def test_a_verdict_is_one_that_the_training_learns_from(room: Room, door: str) -> None:
    said = {"token": token(door), "rule": "indonesia-guangxi", "verdict": "no"}
    assert send(door + VERDICT, said)[:2] == (303, "/release/ai-id#alerts")
    assert list(all_labels(room.store.engine)) == [Label("ai-id", "indonesia-guangxi", False, NOW)]
    pressed = 'value="no" aria-pressed="true"'
    assert pressed in ask(f"{door}/release/ai-id", {"Authorization": basic("Ratih")})[2]
    label(room.store.engine, Label("ai-id", "indonesia-guangxi", True, NOW))  # as `pantau rules label` does
    assert pressed not in ask(f"{door}/release/ai-id", {"Authorization": basic("Ratih")})[2]


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "", "Sec_Fetch_Site": "cross-site"},
        {"Origin": "", "Sec_Fetch_Site": "same-site"},
        {"Origin": "http://127.0.0.1.evil.example"},
    ],
    ids=str,
)
def test_a_form_that_another_site_sends_is_refused(room: Room, door: str, headers: dict[str, str]) -> None:
    status, _, body = send(door + STAR, {"token": token(door), "starred": "yes"}, **headers)
    assert status == 403
    assert "did not come from a page of Pantau" in body
    assert notes_of(room.store.engine, "Ratih", ["ai-id"]) == {}


def test_a_browser_that_names_no_origin_says_that_the_form_is_from_here(door: str) -> None:
    fields = {"token": token(door), "starred": "yes"}
    assert send(door + STAR, fields, Origin="", Sec_Fetch_Site="same-origin")[0] == 303


def test_the_public_address_is_an_origin_too(room: Room) -> None:
    settings = Web(port=0, password=PASSWORD, public_url="https://pantau.example.org")
    with (
        serving(room.backend, settings),
        serving(room.backend, settings.model_copy(update={"public_url": None})) as url,
    ):
        assert send(url + STAR, {"token": token(url), "starred": "yes"}, Origin="https://pantau.example.org")[0] == 403


@pytest.mark.parametrize("fields", [{}, {"token": ""}, {"token": "0" * 64}, {"token": "Ω"}, {"token": "of Budi"}])
def test_a_form_without_the_readers_own_token_is_refused(room: Room, door: str, fields: dict[str, str]) -> None:
    if fields.get("token") == "of Budi":
        fields = {"token": token(door, "Budi")}
    assert send(door + STAR, fields | {"starred": "yes"})[0] == 403
    assert notes_of(room.store.engine, "Ratih", ["ai-id"]) == {}


def test_nobody_keeps_anything_who_has_not_logged_in(room: Room, door: str) -> None:
    fields = {"token": token(door), "starred": "yes"}
    assert send(door + STAR, fields, reader=None)[0] == 401
    status, _, body = send(room.url + STAR, fields, reader=None)
    assert (status, "Log in first" in body) == (403, True), "without a password nobody can log in"
    assert room.get("/starred")[0] == 403
    assert "/star" not in room.get("/release/ai-id")[2]


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        (STAR, {"starred": "perhaps"}, 400),
        (STAR, {}, 400),
        ("/release/none/star", {"starred": "yes"}, 404),
        (VERDICT, {"rule": "trade", "verdict": "yes"}, 400),
        (VERDICT, {"rule": "cooperation", "verdict": "so"}, 400),
        (NOTE, {"note": "x" * 2001}, 400),
        (NOTE, {"note": "x" * 20_000}, 400),
        (NOTE, {f"n{number}": "x" for number in range(20)}, 400),
    ],
)
def test_what_lacks_something_or_is_too_much_is_refused(
    room: Room, door: str, path: str, fields: dict[str, str], status: int
) -> None:
    assert send(door + path, {"token": token(door)} | fields)[0] == status
    assert notes_of(room.store.engine, "Ratih", ["ai-id"]) == {}
    assert list(all_labels(room.store.engine)) == []


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_only_forms_are_read(door: str, kind: str) -> None:
    fields = urlencode({"token": token(door), "starred": "yes"}).encode()
    assert send(door + STAR, fields, Content_Type=kind or "x")[0] == 400


def test_names_are_short_and_one_line(room: Room, door: str) -> None:
    long = "Ratih\r\nX y " + "x" * 200
    assert send(door + STAR, {"token": token(door, long), "starred": "yes"}, reader=long)[0] == 303
    with room.store.engine.connect() as connection:
        (name,) = connection.scalars(reader_marks.select())
    assert len(name) <= 64
    assert "\n" not in name


def test_what_is_only_to_be_read_takes_no_form(door: str) -> None:
    for path in ("/", "/release/ai-id", "/starred", "/search"):
        assert send(door + path, {"token": token(door)})[0] == 405, path
