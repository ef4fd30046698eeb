"""One release under several addresses is one release, whichever of them comes first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.store.tables import pages
from tests.crawler.crawling import Crawling, later
from tests.crawler.small_site import PARAGRAPH, Answer, SmallSite, article, listing

TITLE = "Indonesia dan Laos Sepakati Uji Sinyal di Perbatasan"
NUMBERED = f"Siaran Pers No. 88/HM/KOMINFO/03/2026 tentang {TITLE}"
DATE = "12 Maret 2026"
TODAY = datetime.now(UTC).date().isoformat()  # what is old is not looked at again


@pytest.fixture
def sites() -> Iterator[tuple[SmallSite, SmallSite]]:
    with SmallSite() as first, SmallSite() as second:
        yield first, second


@pytest.fixture
def crawling(tmp_path: Path) -> Crawling:
    return Crawling(tmp_path)


def titles(crawling: Crawling) -> list[str]:
    return [one.release.title for one in crawling.store.owing("indexed")]


@pytest.mark.sample(2)
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


@pytest.mark.slow
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
        crawling.source(name, site.base, site.host, publisher="kementerian")
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


CORRECTED = PARAGRAPH.replace("sekolah", "rumah sakit") + " Angka yang benar adalah 12 menara, bukan 21."


def stored_texts(crawling: Crawling) -> str:
    return "\n".join(one.release.text for one in crawling.store.owing("indexed"))


def test_a_correction_is_kept_whichever_of_the_two_comes_first(
    crawling: Crawling, sites: tuple[SmallSite, SmallSite]
) -> None:
    site, correction = sites[0], f"[RALAT] {NUMBERED}"
    site.show("/1", article(NUMBERED, DATE))
    site.show("/2", article(correction, "13 Maret 2026", text=CORRECTED))
    site.show("/berita", listing([("/2", correction, "13 Maret 2026"), ("/1", NUMBERED, DATE)]))
    crawling.source("desa", site.base, site.host)
    report = crawling.run("desa")
    assert report["new"] + report["revised"] == 2
    assert "rumah sakit" in stored_texts(crawling)


def test_a_correction_of_a_known_release_is_its_newest_state_from_then_on(
    crawling: Crawling, sites: tuple[SmallSite, SmallSite]
) -> None:
    site, correction = sites[0], f"[RALAT] {NUMBERED}"
    site.show("/1", article(NUMBERED, TODAY))
    site.show("/berita", listing([("/1", NUMBERED, TODAY)]))
    crawling.source("desa", site.base, site.host)
    assert crawling.run("desa")["new"] == 1
    site.show("/2", article(correction, TODAY, text=CORRECTED))
    site.show("/berita", listing([("/2", correction, TODAY), ("/1", NUMBERED, TODAY)]))
    report = crawling.run("desa")
    assert (report["new"], report["revised"]) == (0, 1)
    (now,) = crawling.store.owing("indexed")
    assert (now.release.title, now.release.url, now.revision) == (correction, f"{site.base}/2", 2)
    for _ in range(2):  # the first address still shows the first state, and nobody goes back to it
        later(crawling.store, 12)
        report = crawling.run("desa")
        assert (report["revised"], report["unchanged"]) == (0, 1)
    site.show("/2", article(correction, TODAY, text=CORRECTED.replace("12 menara", "13 menara")))
    later(crawling.store, 60)
    assert crawling.run("desa")["revised"] == 1
    assert "13 menara" in stored_texts(crawling)


def test_a_second_site_that_says_more_revises_the_release_and_one_that_does_not_leads_to_it(
    crawling: Crawling, sites: tuple[SmallSite, SmallSite]
) -> None:
    first, second = sites
    number = "</h1><p>Siaran Pers No. 88/HM/KOMINFO/03/2026</p>"
    more = PARAGRAPH + " Perdana menteri kedua negara akan bertemu pada 14 April untuk menandatangani kesepakatan."
    first.show("/berita", listing([("/1", NUMBERED, DATE)]))
    first.show("/1", article(NUMBERED, DATE))
    second.show("/berita", listing([("/go/1", TITLE, DATE)]))
    second.pages["/go/1"] = Answer(301, b"", {"Location": "/b/1"})
    second.show("/b/1", article(TITLE, DATE, text=more).replace("</h1>", number))
    crawling.source("lama", first.base, first.host, publisher="kementerian")
    crawling.source("baru", second.base, second.host, publisher="kementerian")
    assert crawling.run("lama")["new"] == 1
    report = crawling.run("baru")
    assert (report["new"], report["revised"]) == (0, 1)
    (now,) = crawling.store.owing("indexed")
    assert "14 April" in now.release.text
    with crawling.store.engine.connect() as connection:
        led = set(connection.scalars(select(pages.c.release_id)))
    assert led - {None} == {now.release.id}  # no page leads to a release that is not there


def test_addresses_on_the_way_to_a_twin_lead_to_the_release_that_is_there(
    crawling: Crawling, sites: tuple[SmallSite, SmallSite]
) -> None:
    first, second = sites
    first.show("/berita", listing([("/1", NUMBERED, DATE)]))
    first.show("/1", article(NUMBERED, DATE))
    second.show("/berita", listing([("/go/1", TITLE, DATE)]))
    second.pages["/go/1"] = Answer(301, b"", {"Location": "/b/1"})
    number = "</h1><p>Siaran Pers No. 88/HM/KOMINFO/03/2026</p>"
    second.show("/b/1", article(TITLE, DATE).replace("</h1>", number))
    crawling.source("lama", first.base, first.host, publisher="kementerian")
    crawling.source("baru", second.base, second.host, publisher="kementerian")
    crawling.run("lama")
    assert crawling.run("baru")["new"] == 0
    (known,) = crawling.store.owing("indexed")
    with crawling.store.engine.connect() as connection:
        led = set(connection.scalars(select(pages.c.release_id)))
    assert led - {None} == {known.release.id}


def test_a_stranger_with_the_number_and_the_end_of_a_title_keeps_no_release_out(
    crawling: Crawling, sites: tuple[SmallSite, SmallSite]
) -> None:
    stranger, ministry = sites
    number = "</h1><p>Siaran Pers No. 88/HM/KOMINFO/03/2026</p>"
    stranger.show("/berita", listing([("/b/1", "Perbatasan", DATE)]))
    stranger.show("/b/1", article("Perbatasan", DATE).replace("</h1>", number))
    ministry.show("/berita", listing([("/a/1", NUMBERED, DATE)]))
    ministry.show("/a/1", article(NUMBERED, DATE))
    crawling.source("asing", stranger.base, stranger.host)
    crawling.source("kementerian", ministry.base, ministry.host)
    crawling.run("asing")
    assert crawling.run("kementerian")["new"] == 1
    assert sorted(titles(crawling)) == sorted(["Perbatasan", NUMBERED])
