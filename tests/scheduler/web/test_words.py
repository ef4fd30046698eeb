"""The page's words: none is idle, a reader chooses the language, and a date in doubt is explained in it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html

from crawler.extraction.dates.doubt import SENTENCES, DateDoubt
from scheduler.web import words as words_
from scheduler.web.render import Renderer
from scheduler.web.words import OWN_NAMES, language_for, preferred, words
from tests.scheduler.web.room import Room

WEB = Path(words_.__file__).parent
TEMPLATES = sorted((WEB / "templates").glob("*.html"))
# Keys that are put together: `level_` and a level.
MADE_UP = re.compile(r"^(doubt|said|lang|level|least|mails|field|subject|precision|differs|column)_")


def test_every_phrase_that_is_asked_for_exists_and_none_is_idle() -> None:
    sources = [path.read_text("utf-8") for path in (*TEMPLATES, *WEB.glob("*.py"))]
    known = set(words("en").page)
    asked = {key for text in sources for key in re.findall(r'say\(\s*"([a-z_0-9]+)"', text)}
    asked |= {key for text in sources for key in re.findall(r'Error\(\s*"([a-z_]+)"', text)}
    asked = {key for key in asked if not key.endswith("_")}
    assert asked <= known, asked - known
    quoted = {key for text in sources for key in re.findall(r'["\']([a-z_0-9]+)["\']', text)}
    idle = {key for key in known - asked - quoted if not MADE_UP.match(key)}
    assert not idle


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("id-ID,id;q=0.9,en;q=0.8", "id"), ("zh-CN", "zh"), ("zh-Hant-TW;q=0.5,en;q=0.4", "zh"), ("en", "en"),
        ("fr, de;q=0.9", "en"), ("", "en"), ("en;q=0, id;q=0.1", "id"), ("ms-MY", "id"), ("*", "en"), (";;;,,", "en"),
        ("in", "id"), ("id;q=9", "en"), ("de," * 5000 + "zh", "en"),
    ],
)  # fmt: skip
def test_the_browser_says_which_language_a_reader_prefers(accepted: str, language: str) -> None:
    assert preferred(accepted) == language


def test_a_choice_goes_before_what_the_browser_says() -> None:
    assert language_for("zh", "id", "en") == "zh"
    assert language_for(None, "id", "en") == "id"
    assert language_for("fr", "xx", "zh") == "zh"


def test_a_reader_chooses_a_language_and_it_is_kept(room: Room) -> None:
    _, headers, body = room.get("/search?q=nanning", Accept_Language="id")
    page = lxml_html.fromstring(body)
    assert page.get("lang") == "id"
    assert headers["Content-Language"] == "id"
    assert "Accept-Language" in headers["Vary"]
    assert "Set-Cookie" not in headers
    chosen = {one.get("lang"): one.get("href") for one in page.cssselect(".languages a")}
    assert chosen == {
        one: f"/search?q=nanning&in={id_}" for one, id_ in (("id", "id"), ("zh-Hans", "zh"), ("en", "en"))
    }
    _, headers, body = room.get(chosen["zh-Hans"])
    assert '<html lang="zh-Hans">' in body
    kept = headers["Set-Cookie"]
    assert kept.startswith("pantau-language=zh;")
    assert {"HttpOnly", "SameSite=lax"} <= set(kept.split("; "))
    assert '<html lang="zh-Hans">' in room.get("/", Cookie=kept.split(";")[0], Accept_Language="id")[2]
    assert "Set-Cookie" not in room.get("/?in=fr")[1]


def test_the_choice_never_leads_to_another_host(room: Room) -> None:
    body = room.get("//evil.example/x")[2]
    hrefs = [one.get("href") for one in lxml_html.fromstring(body).cssselect(".languages a")]
    assert hrefs
    assert all(one.startswith("/evil.example/x?") for one in hrefs)


def test_a_wrong_password_is_answered_in_the_language_of_the_browser() -> None:
    assert set(OWN_NAMES) == {"id", "zh", "en"}
    assert all(words(one).say("password_needed") for one in OWN_NAMES)


WEEKDAY = {"kind": "weekday", "said": "Selasa (25/3)", "day": date(2024, 3, 25), "other": "2025-03-25"}
DATELINE = {"kind": "dateline", "day": date(2025, 3, 26), "other": "2024-03-25"}


@pytest.mark.parametrize(
    ("language", "facts", "told"),
    [
        ("en", WEEKDAY, "the text says Selasa (25/3), which fits 2025-03-25, not 2024-03-25 (Monday)"),
        ("id", WEEKDAY, "teks menyebut Selasa (25/3), yang cocok dengan 2025-03-25, bukan 2024-03-25 (Senin)"),
        ("zh", WEEKDAY, "文中写的是“Selasa (25/3)”，与2025-03-25相符，而2024-03-25是星期一"),
        ("id", WEEKDAY | {"kind": "weekday_alone", "other": None},
         "teks menyebut Selasa (25/3), yang tidak cocok dengan 2024-03-25 (Senin)"),
        ("id", DATELINE, "teks diawali tanggal 2024-03-25, sedangkan halaman menyebut 2025-03-26"),
        ("zh", DATELINE, "正文开头的日期是2024-03-25，页面注明的日期是2025-03-26"),
    ],
)  # fmt: skip
def test_a_date_in_doubt_is_explained_in_the_readers_language(
    room: Room, language: str, facts: dict[str, Any], told: str
) -> None:
    tongue = Renderer(room.backend).tongues[language]
    assert tongue.doubt(DateDoubt(**facts).sentence) == told


def test_every_kind_of_doubt_has_its_words(room: Room) -> None:
    for tongue in Renderer(room.backend).tongues.values():
        said = [tongue.doubt(DateDoubt(**WEEKDAY | {"kind": kind}).sentence) for kind in SENTENCES]
        assert len(set(said)) == len(SENTENCES)
        assert tongue.doubt("something else") not in said
