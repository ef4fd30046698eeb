"""The page of alerts over real HTTP: each release once, what is asked of it, and the same as files."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete

from scheduler.ledger.tables import hits
from tests.scheduler.web.content import NOW, a_hit
from tests.scheduler.web.room import Room
from tests.scheduler.web.test_pages import text, titles, tree


@pytest.fixture
def two_more(room: Room) -> Iterator[Room]:
    """A room in which two more releases raised alerts, one of them only possible."""
    room.ledger.record([replace(a_hit("cooperation", "fruit-id"), level="possible")], NOW)
    room.ledger.record([replace(a_hit("ai", "ai-en"), level="likely")], NOW)
    yield room
    with room.store.transaction() as connection:
        connection.execute(delete(hits).where(hits.c.level != "sure"))


@pytest.fixture
def signed(room: Room) -> Iterator[Room]:
    """A room in which one release raised alerts by two revisions, the second of which says that it is signed."""
    first = a_hit("cooperation", "fruit-id")
    details = {"stage": "signed", "topics": ["trade"], "parties": ["china"], "highlights": []}
    room.ledger.record([first], NOW - timedelta(days=1))
    room.ledger.record(
        [replace(first, revision=2, details=details), replace(first, rule="ai", revision=2, details=details)], NOW
    )
    yield room
    with room.store.transaction() as connection:
        connection.execute(delete(hits).where(hits.c.release_id == "fruit-id"))


def links(room: Room, path: str) -> list[str]:
    return [one.get("href") for one in tree(room, path).cssselect(".results h3 a")]


def test_the_first_page_is_that_of_alerts_and_old_addresses_lead_on(room: Room) -> None:
    assert "Alerts" in text(tree(room, "/"), "h1")
    status, headers, _ = room.get("/alerts?rule=cooperation")
    assert (status, headers["Location"]) == (308, "/?rule=cooperation")
    status, headers, _ = room.get("/?q=nanning&lang=id")
    assert (status, headers["Location"]) == (307, "/search?q=nanning&lang=id")


def test_a_release_stands_once_with_its_rules_and_no_reader_is_named(room: Room) -> None:
    page = tree(room, "/")
    assert len(titles(page)) == len(set(links(room, "/"))) == 5
    story = next(one for one in page.cssselect(".results > li") if one.cssselect('a[href="/release/ai-id"]'))
    rules = [one.text_content() for one in story.cssselect(".rules a")]
    assert sorted(rules) == ["Cooperation", "Indonesia and Guangxi"]
    assert story.cssselect(".sentences mark")[0].text_content() == "kerja sama"
    told = " ".join(story.text_content().split())
    assert "Mails sent: 1, the last at 2026-04-20 09:00 · mails that did not arrive: 1" in told
    for secret in ("desk@example.org", "gone@example.org", "partner", "queued as", "mailbox"):
        assert secret not in room.get("/")[2], secret
        assert secret not in room.get("/release/ai-id")[2], secret


def test_a_release_that_alerts_by_two_revisions_stands_once_and_tells_what_the_last_says(signed: Room) -> None:
    addresses = links(signed, "/")
    assert addresses.count("/release/fruit-id") == 1
    page = tree(signed, "/")
    card = next(one for one in page.cssselect(".results > li") if one.cssselect('a[href="/release/fruit-id"]'))
    assert "Stage: signed" in text(card, ".tags")
    assert "Party: China" in text(card, ".tags")
    assert sorted(one.text_content() for one in card.cssselect(".rules a")) == ["Cooperation", "ai"]
    assert links(signed, "/?stage=signed") == ["/release/fruit-id"]
    assert "/release/fruit-id" not in links(signed, "/?stage=agreed")


def test_alerts_come_by_day_of_publication_or_by_when_they_were_found(room: Room) -> None:
    days = [one.text_content().split()[1] for one in tree(room, "/").cssselect(".results .facts")]
    assert days == sorted(days, reverse=True)
    assert links(room, "/?order=found")[0] == "/release/city-id"
    assert links(room, "/")[0] == "/release/hostile"


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ("rule=indonesia-guangxi", 1), ("stage=agreed", 5), ("stage=signed", 0), ("party=guangxi", 5),
        ("party=guang", 0), ("party=%25", 0), ("topic=ai", 5), ("topic=a_", 0), ("source=komdigi", 3),
        ("source=nowhere", 0), ("since=2026-04-20", 1), ("until=2026-04-19", 4), ("rule=unheard-of", 0),
    ],
)  # fmt: skip
def test_each_filter_narrows_the_alerts(room: Room, asked: str, count: int) -> None:
    if "%" in asked:
        assert room.get(f"/?{asked}")[0] == 400
        return
    page = tree(room, f"/?{asked}")
    assert len(titles(page)) == count
    assert page.cssselect(".chips a")[0].get("href") == "/"
    assert (f"Releases: {count}" in text(page)) is bool(count)


def test_the_day_of_an_alert_is_that_of_its_source(room: Room) -> None:
    """It is still 19 April in UTC when it is 20 April in Nanning."""
    page = tree(room, "/?since=2026-04-20&until=2026-04-20")
    shown = {one.text_content().split()[1] for one in page.cssselect(".results .facts")}
    assert shown == {"2026-04-20"}


def test_alerts_show_how_sure_they_are_and_what_is_only_possible_when_it_is_asked_for(two_more: Room) -> None:
    usual, sure, every = (links(two_more, f"/{asked}") for asked in ("", "?level=sure", "?level=possible"))
    assert set(every) - set(usual) == {"/release/fruit-id"}
    assert set(sure) == set(usual), "the release has a sure alert too"
    shown = tree(two_more, "/?level=possible")
    card = next(one for one in shown.cssselect(".results > li") if one.cssselect('a[href="/release/ai-en"]'))
    assert text(card, ".rules") == "Cooperation (sure) ai (likely)"
    assert shown.cssselect("#level option[selected]")[0].get("value") == "possible"
    assert "Cooperation (possible)" in text(tree(two_more, "/release/fruit-id"))
    assert "fruit-id" not in two_more.get("/feed.atom")[2]


def test_the_chart_counts_weeks_and_the_stages_lead_to_their_releases(room: Room) -> None:
    page = tree(room, "/")
    (chart,) = page.cssselect("figure svg")
    assert chart.get("aria-label").startswith("5 releases in 26 weeks")
    assert len(chart.cssselect("g")) == 26
    (stage,) = page.cssselect("a.tag.stage")
    assert (stage.get("href"), stage.text_content()) == ("/?stage=agreed", "agreed 5")


def test_many_alerts_are_cut_into_pages_by_release(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.web.alerts.PAGE", 2)
    pages = [links(room, f"/?page={number}") for number in (1, 2, 3)]
    assert [len(one) for one in pages] == [2, 2, 1]
    assert len({address for one in pages for address in one}) == 5
    assert tree(room, "/").cssselect("a[rel=next]")[0].get("href") == "/?page=2"
    assert not tree(room, "/?page=3").cssselect("a[rel=next]")


def test_the_list_is_given_as_csv_that_a_spreadsheet_opens_and_does_not_calculate(room: Room) -> None:
    status, headers, body = room.get("/alerts.csv?rule=cooperation", Accept_Language="id")
    assert (status, headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert headers["Content-Disposition"] == 'attachment; filename="pantau-alerts.csv"'
    assert body.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(body.removeprefix("\ufeff"))))
    assert rows[0][:3] == ["judul", "sumber", "tanggal"]
    assert len(rows) == 5
    row = dict(zip(rows[0], next(one for one in rows if one[0].startswith("Indonesia dan Nanning")), strict=True))
    assert (row["tahap"], row["topik"], row["SHA-256"]) == ("disepakati", "kecerdasan artifisial", "ab" * 32)
    assert row["baca di Pantau"] == f"{room.url}/release/ai-id"


def test_the_list_is_given_as_json_with_ids(room: Room) -> None:
    _, headers, body = room.get("/alerts.json?rule=indonesia-guangxi")
    assert headers["Content-Type"] == "application/json"
    found = json.loads(body)
    assert (found["total"], found["left_out"]) == (1, 0)
    assert found["releases"][0]["id"] == "ai-id"
    assert found["releases"][0]["parties"] == ["indonesia", "guangxi"]
    assert found["releases"][0]["address"] == "https://example.org/ai-id"
