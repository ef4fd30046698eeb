"""What each address answers, over real HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from lxml import html as lxml_html

from crawler.store import StoredRelease
from scheduler.health import Finding
from scheduler.jobs.glossary_highlights import spans
from scheduler.language.glossary import load_glossary
from scheduler.language.lexicon import Lexicon
from scheduler.search.client import connect
from scheduler.search.document import Marks
from scheduler.search.kept_marks import kept_marks
from scheduler.settings import ROOT, Elasticsearch, Web
from scheduler.web.pages import STEPS
from scheduler.web.server import serving
from scheduler.web.views import SHOWN
from tests.database import open_store
from tests.scheduler.web.content import NOW, a_release, marks_of
from tests.scheduler.web.room import Room, ask, collect
from tests.services import free_port


def tree(room: Room, path: str, status: int = 200) -> lxml_html.HtmlElement:
    """The page at an address."""
    code, headers, body = room.get(path)
    assert code == status, body
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    return lxml_html.fromstring(body)


def titles(page: lxml_html.HtmlElement) -> list[str]:
    return [one.text_content() for one in page.cssselect(".results > li > :first-child a")]


def text(page: lxml_html.HtmlElement, css: str = "main") -> str:
    return " ".join(" ".join(word for part in one.itertext() for word in part.split()) for one in page.cssselect(css))


def test_without_words_the_newest_releases_are_shown_page_by_page(room: Room) -> None:
    page = tree(room, "/search")
    assert "Siaran" in titles(page)[0]
    assert len(titles(page)) == 20
    assert page.cssselect("a[rel=next]")[0].get("href") == "/search?page=2"
    last = tree(room, "/search?page=3")
    assert not last.cssselect("a[rel=next]")
    assert not set(titles(page)) & set(titles(last))


def test_each_release_is_on_one_page_of_a_search(room: Room) -> None:
    pages = [tree(room, f"/search?page={number}") for number in (1, 2, 3)]
    shown = [one.get("href") for page in pages for one in page.cssselect(".results > li > :first-child a")]
    assert len(shown) == len(set(shown)) == json.loads(room.get("/search.json")[2])["total"]


@pytest.mark.parametrize("words", ["kerja sama kecerdasan buatan", "人工智能合作", "AI cooperation"])
def test_a_search_in_one_language_finds_the_story_in_all_three_with_highlights(room: Room, words: str) -> None:
    page = tree(room, f"/search?q={quote(words)}")
    first = page.cssselect(".results > li")[:3]
    assert {one.cssselect("h3")[0].get("lang") for one in first} == {"id", "zh-Hans", "en"}
    assert all(one.cssselect("mark") for one in first)
    assert page.cssselect("#q")[0].get("value") == words


@pytest.mark.parametrize(
    ("address", "count", "chip"),
    [
        ("/search?lang=zh&q=%E4%BA%BA%E5%B7%A5%E6%99%BA%E8%83%BD", 2, "Chinese"),
        ("/search?topic=ai", 3, "AI"),
        ("/search?concept=artificial-intelligence", 4, "artificial intelligence"),
        ("/search?since=2026-04-20", 1, "from 2026-04-20"),
        ("/search?until=2026-03-23&source=komdigi", 1, "Komdigi"),
    ],
)
def test_each_filter_narrows_the_search_and_can_be_taken_away(room: Room, address: str, count: int, chip: str) -> None:
    page = tree(room, address)
    assert len(titles(page)) == count
    chips = {
        one.text_content().split(": ")[1].removesuffix(" ×"): one.get("href") for one in page.cssselect(".chips a")
    }
    assert chip in chips
    assert len(titles(tree(room, chips[chip]))) > count


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/search?lang=french", "A language is a code of two letters, such as id, zh or en."),
        ("/?since=25-03-2025", "The day in “since” must be written like 2025-03-25."),
        ("/?since=2026-02-01&until=2026-01-01", "The first day lies after the last day; swap them."),
        ("/?page=0", "The page must be a number from 1 to 200."),
        ("/?page=99999", "The page must be a number from 1 to 200."),
        ("/search?source=..%2F..%2Fetc", "The source must be a name of letters, digits, dots and dashes."),
        ("/search?q=" + "x" * 501, "q is 501 characters long; at most 500 are possible."),
        ("/?rule=%3Cb%3E", "The rule must be a name of letters, digits, dots and dashes."),
        ("/?level=certain", "The level must be one of sure, likely, possible."),
        ("/?page=-1", "The page must be a number from 1 to 200."),
    ],
)
def test_a_wrong_parameter_is_answered_with_a_sentence(room: Room, address: str, sentence: str) -> None:
    assert sentence in text(tree(room, address, 400))


@pytest.mark.parametrize(
    "address",
    ["/release/nothing", "/release/nothing/revisions", "/release/nothing/why", "/nowhere", "/static/none.css"],
)
def test_what_is_not_there_is_a_page_that_says_so(room: Room, address: str) -> None:
    assert "There is no" in text(tree(room, address, 404))


def test_a_search_that_finds_nothing_says_what_to_try(room: Room) -> None:
    page = tree(room, "/search?q=zzqqxxyy&lang=en")
    assert "Nothing found" in text(page)
    assert "fewer filters" in text(page)


def test_a_release_shows_its_text_its_marks_and_where_it_comes_from(room: Room) -> None:
    page = tree(room, "/release/ai-id")
    assert page.cssselect("h1")[0].get("lang") == "id"
    assert [one.text_content() for one in page.cssselect(".text p")][1].startswith("Kedua pihak membahas kerja sama")
    marks = {one.text_content().lower(): one.get("title") for one in page.cssselect(".text mark")}
    assert marks == {"kerja sama": "cooperation", "kecerdasan buatan": "artificial intelligence"}
    words = text(page)
    assert "Stage: agreed" in words
    assert "Topic: AI" in words
    assert "Party: Guangxi" in words
    assert "2026-04-19 10:00 UTC+00:00 · to the minute" in words
    assert "Date taken from" not in words, "where in the page it stood is for the operator"
    assert "ab" * 32 in words
    (link,) = page.cssselect("a.open")
    assert link.get("href") == "https://example.org/ai-id"
    assert "noreferrer" in link.get("rel")


def test_a_release_names_the_other_side_and_copies_and_what_is_told_differently(room: Room) -> None:
    page = tree(room, "/release/ai-id")
    links = [(one.get("href"), one.get("lang")) for one in page.cssselect(".related a")]
    assert links == [("/release/ai-zh", "zh-Hans"), ("/release/ai-en", "en")]
    words = text(page)
    assert "In common: Nong Shengwen, AI, 1 day apart" in words
    assert "Told differently: date 2026-03-24 here, 2026-03-25 there" in words


def test_a_release_shows_the_course_of_its_story_by_day_with_both_sides(room: Room) -> None:
    chinese = room.backend.configured["gxzf"]
    ours = room.backend.configured["komdigi"].model_copy(update={"country": "id"})
    desk = replace(room.backend, course=lambda _id: ["city-id"], configured={"komdigi": ours, "gxzf": chinese})
    with serving(desk, Web(port=0)) as url:
        page = lxml_html.fromstring(ask(f"{url}/release/ai-id")[2])
    steps = page.cssselect(".course li")
    days = [one.cssselect(".facts b")[0].text_content() for one in steps]
    assert days == sorted(days)
    assert [one.get("href") for one in page.cssselect(".course a")] == [
        "/release/city-id", "/release/ai-en", "/release/ai-zh"
    ]  # fmt: skip
    assert "Komdigi (Indonesia)" in text(page, ".course")
    assert "this release" in text(page, ".course li:last-child")
    assert not tree(room, "/release/undated").cssselect(".course"), "one release is no course"


def test_a_release_without_a_date_says_so_and_shows_the_conflict(room: Room) -> None:
    words = text(tree(room, "/release/undated"))
    assert "no date on the page" in words
    assert "Date in doubt: the page gave 2027-01-01, which was still to come when it was collected" in words
    words = text(tree(room, "/release/undated?in=zh"))
    assert "日期存疑： 页面注明的日期是2027-01-01，而采集时该日期尚未到来" in words
    assert "still to come" not in words


def test_what_a_page_wrote_stays_text_and_its_links_are_dead(room: Room) -> None:
    for address in (
        "/release/hostile",
        "/release/hostile/revisions",
        "/release/hostile/why",
        "/",
        "/search",
        "/search?q=siaran+jebakan",
    ):
        page = tree(room, address)
        scripts = [one.get("src") for one in page.iter("script")]
        assert len(scripts) == 1
        assert scripts[0].startswith("/static/pantau.js?")
        assert not page.cssselect("img[src=x], b[onclick], .text b, .text img")
        links = [one.get("href") for one in page.iter("a")]
        assert all(link.startswith(("/", "#", "https://")) for link in links), links
        assert not set(page.text_content()) & set("\u202e\u202c\u2066\u2069\x07")
    page = tree(room, "/release/hostile")
    assert page.cssselect("h1")[0].text_content() == '<script>alert(1)</script> Siaran gnihsihp & "kutipan"'
    assert "{{ 7*7 }}" in text(page)
    assert "The address cannot be opened: javascript:alert(document.domain)" in text(page)
    assert [one.get("href") for one in page.cssselect("dd a[rel]")] == ["https://example.org/lampiran.pdf"]


def test_a_release_says_by_which_evidence_it_was_decided(room: Room) -> None:
    page = tree(room, "/release/ai-id")
    (link,) = page.cssselect('a[href="/release/ai-id/why"]')
    assert link.text_content() == "Evidence"

    why = tree(room, "/release/ai-id/why")

    assert why.cssselect("#deal + ol > li")
    first = why.cssselect("#decision-1")[0].text_content()
    assert re.fullmatch(r"Cooperation: (sure|likely), \d+ of 100", first), first
    rows = [
        (float(row.cssselect("td")[0].text_content()), row.cssselect("td")[1].text_content())
        for row in why.cssselect("section[aria-labelledby=decision-1] tbody tr")
    ]
    assert [abs(adds) for adds, _ in rows] == sorted((abs(adds) for adds, _ in rows), reverse=True)
    assert any(adds > 0 for adds, _ in rows)


def test_what_cannot_be_read_has_no_evidence_and_still_a_page(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.language.reader.read", lambda *_args, **_options: 1 / 0)
    assert "Nothing was found to judge by" in text(tree(room, "/release/changed/why"))


def test_revisions_show_what_went_and_what_came_word_by_word(room: Room) -> None:
    assert tree(room, "/release/changed").cssselect('.note a[href="/release/changed/revisions"]')
    page = tree(room, "/release/changed/revisions")
    (diff,) = page.cssselect(".diff")
    assert [one.text_content() for one in diff.cssselect("del")] == ["lima kota"]
    assert [one.text_content() for one in diff.cssselect("ins")] == ["tujuh kota besar"]
    assert "has not changed" in text(tree(room, "/release/ai-id/revisions"))


def test_sources_show_their_health_and_their_last_28_days(room: Room) -> None:
    page = tree(room, "/sources")
    assert "Sources: 3. well 2 off 1" in text(page)
    cards = {one.cssselect("h2")[0].text_content(): one for one in page.cssselect(".card")}
    portal = cards["Guangxi portal"]
    (chart,) = portal.cssselect("svg")
    assert chart.get("role") == "img"
    assert "days with a crawl that went wrong: 3" in chart.get("aria-label")
    assert len(chart.cssselect("g")) == 28
    assert len(chart.cssselect(".wrong")) == 3
    assert "title 100 %, date 96 %, text 100 %" in text(portal, "dd")
    assert "switched off" in text(cards["Nanning"], "p")
    card = next(one for one in tree(room, "/sources?in=id").cssselect(".card") if one.get("id") == "komdigi")
    assert "baik komdigi dibaca (2026-04-20 09:50)" in text(card, "p")
    assert ": dibaca, 2 baru, 14 permintaan, 21 s" in text(card, "dl")


def test_the_demo_says_on_every_page_that_it_is_one(room: Room, tmp_path: Path) -> None:
    demo = replace(room.backend, settings=room.backend.settings.model_copy(update={"demo": True}))
    with serving(demo, Web(port=0)) as url:
        for address in ("/", "/search", "/sources", "/status", "/release/ai-id"):
            page = lxml_html.fromstring(ask(f"{url}{address}")[2])
            assert "This is the demo: made-up releases" in text(page, "body"), address
            assert "This is the demo" not in room.get(address)[2]


def test_what_is_wrong_is_told_without_the_addresses_of_readers_and_the_folders_of_the_server(room: Room) -> None:
    said = "1 mail to sari@example.org came back: 550 <sari@example.org>; kept at /srv/pantau/var/b.tar.gz, see http://a/b/c"
    room.findings.append(Finding(subject="mail to sari@example.org", level="bad", sentence=said))
    try:
        for address in ("/status", "/healthz"):
            body = room.get(address)[2]
            assert "mail to …@example.org" in body
            assert "kept at …/b.tar.gz, see http://a/b/c" in body
            assert not re.search("sari|srv|var/", body)
    finally:
        room.findings.clear()


def test_status_and_healthz_tell_the_same_verdict(room: Room) -> None:
    assert "All is well" in text(tree(room, "/status"), "h1")
    status, headers, body = room.get("/healthz")
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert '"verdict":"healthy"' in body
    room.findings.append(Finding(subject="mail", level="bad", sentence="3 mails given up <i>"))
    try:
        page = tree(room, "/status")
        assert "Not well" in text(page, "h1")
        assert "bad mail 3 mails given up <i>" in text(page, "tbody tr:first-child")
        status, _, body = room.get("/healthz")
        assert status == 503
        assert "mail: 3 mails given up <i>" in body
    finally:
        room.findings.clear()


def test_without_elasticsearch_the_search_says_so_and_the_rest_still_answers(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    desk = replace(room.backend, client=connect(Elasticsearch(timeout=1), "http://127.0.0.1:1"))
    with serving(desk, Web(port=0)) as url:
        status, _, body = ask(f"{url}/search?q=nanning")
        assert status == 503
        said = text(lxml_html.fromstring(body))
        assert "The search cannot answer now" in said
        assert "127.0.0.1" not in said, "why is the operator's to know"
        assert "not answered: Elasticsearch" in caplog.text
        assert ask(f"{url}/release/ai-id")[0] == 200
        assert ask(f"{url}/")[0] == 200
        assert "cannot answer now" in ask(f"{url}/search.csv?q=nanning")[2]
    desk.client.close()


def test_a_fault_of_ours_is_a_page_without_its_details(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_stored: object) -> None:
        raise RuntimeError("secret-in-a-traceback")

    with serving(replace(room.backend, marks=broken), Web(port=0)) as url:  # type: ignore[arg-type]
        status, headers, body = ask(f"{url}/release/ai-id")
    assert status == 500
    assert "secret" not in body
    assert "the log" in body
    assert "Content-Security-Policy" in headers
    assert "secret-in-a-traceback" in caplog.text


def test_browsers_may_keep_static_files_whose_address_changes_with_them(room: Room) -> None:
    page = tree(room, "/")
    (sheet,) = page.cssselect("link[rel=stylesheet]")
    status, headers, body = room.get(sheet.get("href"))
    assert (status, headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in headers["Cache-Control"]
    assert room.get("/")[1]["Cache-Control"] == "private, no-cache"
    assert Path(__file__).parents[3].joinpath("scheduler/web/static/pantau.css").read_text("utf-8") == body


def test_a_slash_too_many_leads_to_the_page(room: Room) -> None:
    status, headers, _ = room.get("/release/ai-id/")
    assert status == 307
    assert headers["Location"].endswith("/release/ai-id")


def test_of_a_very_long_release_the_beginning_is_shown_and_its_page_is_light(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    monkeypatch.setattr(Lexicon, "find", counted(seen, Lexicon.find))
    glossary = load_glossary(ROOT / "config" / "glossary.toml")
    text = "广西与印尼签署人工智能合作备忘录。\n" * 11_000
    store = open_store(tmp_path)
    collect(store, a_release("long", title="合作" * 300, text=text, lang="zh", published=NOW))
    collect(store, a_release("long", title="合作" * 300, text=text + "改", lang="zh", published=NOW), days=1)
    desk = replace(room.backend, store=store, spans=lambda stored: spans(stored, glossary))
    try:
        with serving(desk, Web(port=0)) as url:
            status, _, body = ask(f"{url}/release/long")
            _, _, revisions = ask(f"{url}/release/long/revisions")
    finally:
        store.engine.dispose()
    assert status == 200
    assert max(seen) <= SHOWN
    assert len(body) < 3_000_000
    assert len(revisions) < 1_000_000
    assert f"goes on for {len(text) + 1 - SHOWN:,} more characters" in body


def test_marks_come_from_the_index_and_a_release_is_read_anew_only_where_it_has_none(room: Room) -> None:
    read: list[str] = []

    def reads(stored: StoredRelease) -> Marks:
        read.append(stored.release.id)
        return marks_of(stored)

    def of_index(stored: StoredRelease) -> Marks | None:
        return kept_marks(room.backend.client, room.backend.settings.elasticsearch.index, stored)

    desk = replace(room.backend, marks=reads, marks_kept=of_index)
    kept = desk.reading("ai-id")
    assert kept is not None
    assert read == []
    assert (kept.marks.concepts, kept.marks.stage) == (marks_of(kept.stored).concepts, "agreed")
    assert of_index(replace(kept.stored, revision=7)) is None, "another revision"
    away = connect(Elasticsearch(), f"http://127.0.0.1:{free_port()}")
    unread = replace(desk, marks_kept=lambda stored: kept_marks(away, "nothing", stored))
    assert unread.reading("ai-id") is not None
    assert read == ["ai-id"]


def test_of_a_release_that_changes_all_the_time_the_newest_changes_are_shown(room: Room, tmp_path: Path) -> None:
    store = open_store(tmp_path)
    for number in range(STEPS + 6):
        text = f"Baris nomor {number} dari siaran yang selalu berubah."
        collect(store, a_release("often", title="Berubah", text=text, published=NOW - timedelta(60)), days=number)
    try:
        with serving(replace(room.backend, store=store), Web(port=0)) as url:
            body = ask(f"{url}/release/often/revisions")[2]
    finally:
        store.engine.dispose()
    assert body.count("<h2 id=") == STEPS + 1
    assert "5 older changes are not shown" in body


def counted(seen: list[int], find: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(self: object, text: str, *rest: object) -> object:
        seen.append(len(text))
        return find(self, text, *rest)

    return wrapped
