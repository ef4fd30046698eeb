"""One release under several addresses is one release, whichever of them comes first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.crawling import Crawling
from tests.crawler.small_site import PARAGRAPH, SmallSite, article, listing

TITLE = "Indonesia dan Laos Sepakati Uji Sinyal di Perbatasan"
NUMBERED = f"Siaran Pers No. 88/HM/KOMINFO/03/2026 tentang {TITLE}"
DATE = "12 Maret 2026"


@pytest.fixture
def sites() -> Iterator[tuple[SmallSite, SmallSite]]:
    with SmallSite() as first, SmallSite() as second:
        yield first, second


@pytest.fixture
def crawling(tmp_path: Path) -> Crawling:
    return Crawling(tmp_path)


def titles(crawling: Crawling) -> list[str]:
    return [one.release.title for one in crawling.store.owing("indexed")]


@pytest.mark.parametrize(
    "address",
    [
        "/berita/satu/",
        "/berita/satu?utm_source=x",
        "/berita/satu;jsessionid=1A2B.web1",
        "/berita/satu?print=1",
        "/berita/satu/amp",
        "/berita/satu#isi",
        "/berita/satu?PHPSESSID=77",
    ],
)
def test_views_and_sessions_of_one_page_are_one_release(
    crawling: Crawling, sites: tuple[SmallSite, SmallSite], address: str
) -> None:
    site = sites[0]
    for path in ("/berita/satu", address.partition("#")[0]):
        site.show(path, article(TITLE, DATE))
    crawling.source("desa", site.base, site.host)
    site.show("/berita", listing([(address, TITLE, DATE)]))
    assert crawling.run("desa")["new"] == 1
    site.show("/berita", listing([("/berita/satu", TITLE, DATE)]))
    assert crawling.run("desa")["new"] == 0
    assert titles(crawling) == [TITLE]


def test_a_page_that_names_a_known_address_as_its_own_is_that_release(
    crawling: Crawling, sites: tuple[SmallSite, SmallSite]
) -> None:
    site = sites[0]
    canonical = f'<link rel="canonical" href="{site.base}/berita/satu">'
    mobile = article(TITLE, DATE, text=PARAGRAPH + " Versi ponsel.").replace("<head>", f"<head>{canonical}")
    site.show("/berita/satu", article(TITLE, DATE))
    site.show("/m/1", mobile)
    crawling.source("desa", site.base, site.host)
    site.show("/berita", listing([("/berita/satu", TITLE, DATE)]))
    assert crawling.run("desa")["new"] == 1
    site.show("/berita", listing([("/m/1", TITLE, DATE), ("/berita/satu", TITLE, DATE)]))
    report = crawling.run("desa")
    assert (report["new"], report["revised"], report["kinds"]) == (0, 0, {"redirect": 1})
    site.requests.clear()
    crawling.run("desa")
    assert site.asked() == ["/berita"]


def test_a_template_that_names_one_address_for_all_pages_loses_none(
    crawling: Crawling, sites: tuple[SmallSite, SmallSite]
) -> None:
    site = sites[0]
    entries = [(f"/berita/{number}", f"Kabar nomor {number} dari pelabuhan", DATE) for number in (1, 2, 3)]
    for path, title, date in entries:
        slip = f'<link rel="canonical" href="{site.base}/berita/1">'
        site.show(path, article(title, date).replace("<head>", f"<head>{slip}"))
    site.show("/berita", listing(entries))
    crawling.source("desa", site.base, site.host)
    assert crawling.run("desa")["new"] == 3


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["old site first", "new site first"])
def test_a_numbered_release_on_the_old_and_the_new_site_is_one(
    crawling: Crawling, sites: tuple[SmallSite, SmallSite], order: tuple[int, int]
) -> None:
    number = "<p>Siaran Pers No. 88/HM/KOMINFO/03/2026</p>"
    pages = [
        ("lama", NUMBERED, article(NUMBERED, DATE)),
        ("baru", TITLE, article(TITLE, DATE).replace("</h1>", f"</h1>{number}")),
    ]
    for site, (name, title, page) in zip(sites, pages, strict=True):
        site.show("/berita", listing([(f"/{name}/1", title, DATE)]))
        site.show(f"/{name}/1", page)
        crawling.source(name, site.base, site.host)
    first, second = (pages[place][0] for place in order)
    assert crawling.run(first)["new"] == 1
    report = crawling.run(second)
    assert (report["new"], report["kinds"]) == (0, {"redirect": 1})
    assert len(titles(crawling)) == 1


def test_a_follow_up_that_quotes_the_number_is_a_release_of_its_own(
    crawling: Crawling, sites: tuple[SmallSite, SmallSite]
) -> None:
    site, follow_up = sites[0], "Hasil Uji Sinyal di Perbatasan Diumumkan"
    quoted = PARAGRAPH + " Ini melanjutkan Siaran Pers No. 88/HM/KOMINFO/03/2026."
    site.show("/berita", listing([("/1", NUMBERED, DATE), ("/2", follow_up, "13 Maret 2026")]))
    site.show("/1", article(NUMBERED, DATE))
    site.show("/2", article(follow_up, "13 Maret 2026", text=quoted))
    crawling.source("desa", site.base, site.host)
    assert crawling.run("desa")["new"] == 2
