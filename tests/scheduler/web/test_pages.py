"""What each address answers, over real HTTP."""

from __future__ import annotations

import pytest
from lxml import html as lxml_html

from tests.scheduler.web.room import Room


def tree(room: Room, path: str, status: int = 200) -> lxml_html.HtmlElement:
    """The page at an address."""
    code, headers, body = room.get(path)
    assert code == status, body
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    return lxml_html.fromstring(body)


def titles(page: lxml_html.HtmlElement) -> list[str]:
    return [one.text_content() for one in page.cssselect(".results > li > :first-child a")]


def test_without_words_the_newest_releases_are_shown(room: Room) -> None:
    page = tree(room, "/")
    assert "Siaran" in titles(page)[0]
    assert len(titles(page)) == 20
    assert page.cssselect("a[rel=next]")[0].get("href") == "/?page=2"
    assert not set(titles(page)) & set(titles(tree(room, "/?page=2")))


@pytest.mark.parametrize("words", ["kerja sama kecerdasan buatan", "人工智能合作", "AI cooperation"])
def test_a_search_in_one_language_finds_the_story_in_all_three_with_highlights(room: Room, words: str) -> None:
    page = tree(room, f"/?q={quoted(words)}")
    first = page.cssselect(".results > li")[:3]
    assert {one.cssselect("h3")[0].get("lang") for one in first} == {"id", "zh-Hans", "en"}
    assert all(one.cssselect("mark") for one in first)
    assert page.cssselect("#q")[0].get("value") == words


def quoted(words: str) -> str:
    from urllib.parse import quote

    return quote(words)
