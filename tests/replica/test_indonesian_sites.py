"""Komdigi, its portal and the Kominfo archive are played with their markup and quirks."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import urljoin

from tests.replica import Replica
from tests.replica.asking import get, published, records


def test_the_interface_gives_twelve_a_page_and_one_entry_twice(replica: Replica) -> None:
    first = records(replica, 1)
    slugs = [[one["slug"] for one in records(replica, page)["data"]] for page in range(1, first["last_page"] + 1)]
    assert len(slugs[0]) == len(slugs[1]) == 12
    assert slugs[0][-1] == slugs[1][0]
    everything = [slug for page in slugs for slug in page]
    assert len(everything) == len(set(everything)) + 1
    known = {one.url.rpartition("/")[2] for one in replica.truth if one.host == "web.komdigi.go.id" and one.reachable}
    assert set(everything) == known
    assert records(replica, first["last_page"] + 1)["data"] == []


def test_the_interface_has_the_quirks_of_its_records(replica: Replica) -> None:
    data = [one for page in (1, 2, 3) for one in records(replica, page)["data"]]
    assert any(one["excerpt"] is None for one in data)
    assert any(one["excerpt"] for one in data)
    assert any("\u00a0" in one["title"] for one in data)
    assert any("<i>" in one["title"] for one in data)
    assert any("text-align:justify" in one["body"] for one in data)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", one["published_at"]) for one in data)
    url = next(one["images"][0]["medium"] for one in data if one["images"])
    assert base64.b64decode(url.rpartition("/")[2]).startswith(b"uploads/")
    assert get(url).body.startswith(b"\x89PNG")


def test_the_interface_filters_by_keyword_and_refuses_who_does_not_come_from_the_site(replica: Replica) -> None:
    base = replica.base["web.komdigi.go.id"]
    url = f"{base}/api/v1/contents/category/siaran-pers?perPage=12&page=1&keyword=guangxi"
    found = json.loads(get(url, Referer="https://www.komdigi.go.id/").body)["response"]["data"]
    assert found
    assert all("guangxi" in one["title"].lower() for one in found)
    assert get(url).status == 403
    assert get(f"{base}/api/v1/contents/category/none", Origin="x").status == 404


def test_the_front_refuses_plain_clients_and_shows_browsers_a_shell_without_text(replica: Replica) -> None:
    one = next(one for one in replica.truth if one.host == "web.komdigi.go.id")
    assert get(one.url).status == 403
    shell = get(one.url, User_Agent="Mozilla/5.0 (X11; Linux x86_64)")
    assert shell.status == 200
    assert "self.__next_f.push" in shell.text
    assert one.text[:60] not in shell.text


def test_the_portal_counts_its_pages_and_ends(replica: Replica) -> None:
    numbers = sorted(int(one.url.rpartition("/")[2]) for one in published(replica, "portal.komdigi.go.id"))
    assert numbers == list(range(10463, 10463 + len(numbers)))
    base = f"{replica.base['portal.komdigi.go.id']}/kanal-publik/berita-kini"
    assert get(f"{base}/{numbers[-1] + 1}").status == get(base).status == get(f"{base}/{numbers[0] - 1}").status == 404
    one = next(one for one in replica.truth if one.url == f"{base}/{numbers[-1]}")
    page = get(one.url).page
    assert page.cssselect("main.container h1")[0].text_content() == one.title
    assert [p.text_content() for p in page.cssselect("div.content p")] == one.text.split("\n")


def test_the_archive_pairs_dates_and_entries_and_has_a_feed(replica: Replica) -> None:
    base = replica.base["www.kominfo.go.id"]
    found: dict[str, str] = {}
    for url in (f"{base}/content/all/siaran_pers", f"{base}/content/all/siaran_pers?page=2"):
        page = get(url).page
        days = [" ".join(part.text_content().split()) for part in page.cssselect(".blog-entry .data-column .date")]
        titles = page.cssselect(".blog-entry .content a.title")
        assert len(days) == len(titles)
        found |= {urljoin(url, a.get("href")): day for a, day in zip(titles, days, strict=True)}
    archived = published(replica, "www.kominfo.go.id")
    assert found == {one.url: one.date.strftime("%d %m-%Y") for one in archived}
    assert [url for url in found if re.search(r"\d//content/", url)]
    assert get(f"{base}/content/all/siaran_pers?page=3").status == 404
    feed = get(f"{base}/content/rss/siaran_pers").text
    assert feed.count("<item>") == 10
    assert "+0700</pubDate>" in feed
