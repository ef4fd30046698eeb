"""The feed holds to RFC 4287 where reader programs depend on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from lxml import etree

from scheduler.settings import Web
from scheduler.web.server import serving
from tests.conftest import free_port
from tests.scheduler.web.content import NOW
from tests.scheduler.web.room import Room, ask

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def parsed(body: str) -> etree._Element:
    return etree.fromstring(body.encode())


def check(root: etree._Element) -> None:
    """What the RFC demands of a feed and its entries."""
    for element in (root, *root.findall("a:entry", ATOM)):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"a:{name}", ATOM)) == 1, name
            assert element.findtext(f"a:{name}", namespaces=ATOM)
        for name in ("updated", "published"):
            for moment in element.findall(f"a:{name}", ATOM):
                assert datetime.fromisoformat(moment.text).tzinfo is not None
        assert all(link.get("href") for link in element.findall("a:link", ATOM))
        assert len(element.findall("a:link[@rel='alternate']", ATOM)) == 1
    assert root.find("a:author/a:name", ATOM) is not None
    ids = [one.text for one in root.iterfind(".//a:id", ATOM)]
    assert len(set(ids)) == len(ids)
    assert all(one.startswith(("tag:", "http")) for one in ids)


def test_the_feed_is_valid_and_names_release_rules_and_sentences(room: Room) -> None:
    status, headers, body = room.get("/feed.atom")
    assert (status, headers["Content-Type"]) == (200, "application/atom+xml")
    root = parsed(body)
    check(root)
    entries = {one.findtext("a:title", namespaces=ATOM): one for one in root.findall("a:entry", ATOM)}
    assert len(entries) == 5
    story = entries["Indonesia dan Nanning Perkuat Kerja Sama Kecerdasan Buatan"]
    assert {one.get("term") for one in story.findall("a:category", ATOM)} == {"cooperation", "indonesia-guangxi"}
    assert story.find("a:link[@rel='alternate']", ATOM).get("href") == f"{room.url}/release/ai-id"
    assert story.find("a:link[@rel='via']", ATOM).get("href") == "https://example.org/ai-id"
    assert "kerja sama" in story.findtext("a:summary", namespaces=ATOM)
    hostile = entries['<script>alert(1)</script> Siaran gnihsihp & "kutipan"']
    assert hostile.find("a:link[@rel='via']", ATOM) is None


def test_its_addresses_are_the_public_ones(room: Room) -> None:
    settings = Web(port=free_port(), public_url="https://pantau.example.org/")
    with serving(room.backend, settings):
        root = parsed(ask(f"http://127.0.0.1:{settings.port}/feed.atom")[2])
    check(root)
    assert root.find("a:link[@rel='self']", ATOM).get("href") == "https://pantau.example.org/feed.atom"
    links = [one.get("href") for one in root.iterfind("a:entry/a:link[@rel='alternate']", ATOM)]
    assert links
    assert all(link.startswith("https://pantau.example.org/release/") for link in links)


def test_without_a_hit_it_is_still_a_feed(room: Room) -> None:
    root = parsed(room.get("/feed.atom?rule=unheard-of")[2])
    check(root)
    assert not root.findall("a:entry", ATOM)


def test_there_is_a_feed_of_one_rule_in_the_readers_language(room: Room) -> None:
    root = parsed(room.get("/feed.atom?rule=indonesia-guangxi&in=zh")[2])
    check(root)
    (entry,) = root.findall("a:entry", ATOM)
    assert entry.findtext("a:summary", namespaces=ATOM).startswith("[达成一致 · Indonesia、广西 · 人工智能] ")
    assert root.findtext("a:title", namespaces=ATOM) == "Pantau：提醒 (Indonesia and Guangxi)"
    assert root.find("a:link[@rel='self']", ATOM).get("href") == f"{room.url}/feed.atom?rule=indonesia-guangxi"
    assert room.get("/feed.atom?rule=%3Cb%3E")[0] == 400


def test_the_feed_holds_all_of_the_last_thirty_days_and_nothing_older(room: Room) -> None:
    with serving(replace(room.backend, now=lambda: NOW + timedelta(days=30, hours=-1)), Web(port=0)) as url:
        recent = parsed(ask(f"{url}/feed.atom")[2]).findall("a:entry", ATOM)
    with serving(replace(room.backend, now=lambda: NOW + timedelta(days=31)), Web(port=0)) as url:
        none = parsed(ask(f"{url}/feed.atom")[2]).findall("a:entry", ATOM)
    assert len(recent) == 3, "found in the last minutes before"
    assert none == []


def test_there_is_a_feed_of_a_search_the_newest_first(room: Room) -> None:
    root = parsed(room.get("/search.atom?q=nanning&lang=id")[2])
    check(root)
    days = [one.text for one in root.iterfind("a:entry/a:updated", ATOM)]
    assert days
    assert days == sorted(days, reverse=True)
    assert root.find("a:link[@rel='alternate']", ATOM).get("href") == f"{room.url}/search?q=nanning&lang=id"
    assert root.findtext("a:title", namespaces=ATOM) == "Pantau: search nanning"
