"""Second looks at known releases: when they happen, and what an edit, a deletion and a move come to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.evidence import Evidence
from crawler.extraction.url_key import release_id, url_key
from crawler.store import Page, StoredRelease
from crawler.store.second_looks import SCHEDULE
from tests.crawler.crawling import Crawling, later
from tests.crawler.small_site import PARAGRAPH, Answer, SmallSite, article, listing
from tests.crawler.test_komdigi import describe
from tests.replica import Replica

TODAY = datetime.now(UTC).date().isoformat()
ENTRIES = [
    ("/berita/lima", "Kapal perpustakaan singgah di lima pulau", TODAY),
    ("/berita/empat", "Pasar ikan memakai timbangan digital", TODAY),
    ("/berita/tiga", "Menara ketiga berdiri di pulau terluar", TODAY),
    ("/berita/dua", "Jaringan kedua menjangkau sekolah desa", TODAY),
    ("/berita/satu", "Layanan pertama dibuka bagi nelayan", TODAY),
]
FIRST = ENTRIES[0]


@pytest.fixture
def site() -> Iterator[SmallSite]:
    with SmallSite() as site:
        site.show_news(ENTRIES)
        yield site


@pytest.fixture
def crawling(crawling: Crawling, site: SmallSite) -> Crawling:
    assert crawling.run("desa")["new"] == len(ENTRIES)
    site.requests.clear()
    return crawling


def stored(crawling: Crawling, url: str) -> StoredRelease:
    id_ = release_id(url_key(url))
    return crawling.store.releases([id_])[id_]


@pytest.mark.slow
def test_a_release_is_looked_at_again_on_a_falling_schedule(crawling: Crawling, site: SmallSite) -> None:
    assert crawling.run("desa")["revisited"] == 0
    looks, age = [], 0.0
    for step in range(1, 80):  # every half day for forty days
        later(crawling.store, 12)
        age = step * 12
        if crawling.store.due("desa", datetime.now(UTC), 20):
            assert crawling.run("desa")["revisited"] == len(ENTRIES)
            looks.append(age)
    assert looks == [12, 24, 72, 168, 336, 720]
    assert len(SCHEDULE) == 7  # the looks after 2 and 6 hours fell together here


@pytest.mark.slow
def test_news_goes_first_and_a_run_looks_at_no_more_than_it_may(crawling: Crawling, site: SmallSite) -> None:
    crawling.source("desa", site.base, site.host, revisits=2)
    later(crawling.store, 3)
    site.show("/berita", listing([("/berita/enam", "Kabar keenam dari dermaga", TODAY), *ENTRIES]))
    site.show("/berita/enam", article("Kabar keenam dari dermaga", TODAY))
    report = crawling.run("desa")
    assert (report["new"], report["revisited"]) == (1, 2)
    assert crawling.run("desa")["revisited"] == 2
    assert crawling.run("desa")["revisited"] == 1
    assert crawling.run("desa")["revisited"] == 0


def test_a_page_with_a_validator_is_asked_for_only_if_it_has_changed(crawling: Crawling, site: SmallSite) -> None:
    body = article(*FIRST[1:]).encode()

    def conditional(headers: dict[str, str]) -> Answer:
        tag = {"ETag": '"v1"', "Content-Type": "text/html"}
        return Answer(304, b"", tag) if headers.get("if-none-match") == '"v1"' else Answer(200, body, tag)

    site.pages[FIRST[0]] = conditional
    later(crawling.store, 3)
    assert crawling.run("desa")["http"]["200"] == 1 + len(ENTRIES)  # the tag is learnt
    later(crawling.store, 4)
    report = crawling.run("desa")
    assert (report["verdict"], report["http"]["304"], report["revisited"]) == ("quiet", 1, len(ENTRIES))


def test_an_edit_becomes_a_revision_with_evidence_and_a_new_frame_does_not(crawling: Crawling, site: SmallSite) -> None:
    second = ENTRIES[1]
    site.show(FIRST[0], article(*FIRST[1:], text=PARAGRAPH.replace("sepanjang tahun", "selama dua tahun")))
    site.show(second[0], article(*second[1:]).replace("<article>", "<nav><a href='/'>Beranda baru</a></nav><article>"))
    later(crawling.store, 3)
    report = crawling.run("desa")
    assert (report["verdict"], report["revised"], report["unchanged"]) == ("ok", 1, len(ENTRIES) - 1)
    edited = stored(crawling, site.base + FIRST[0])
    assert edited.revision == 2
    first, now = crawling.store.revisions(edited.release.id)
    assert ("sepanjang tahun" in first.text, "selama dua tahun" in now.text) == (True, True)
    evidence = Evidence(crawling.var / "evidence")
    for one in (first, now):
        assert one.evidence_file
        assert one.evidence_sha256
        assert evidence.read(one.evidence_file, one.evidence_sha256)


@pytest.mark.sample(1)
@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_twice_hours_apart_is_withdrawn(crawling: Crawling, site: SmallSite, status: int) -> None:
    site.pages[FIRST[0]] = Answer(status, b"<h1>tidak ditemukan</h1>")
    later(crawling.store, 3)
    assert crawling.run("desa")["withdrawn"] == 0
    later(crawling.store, 1)
    assert crawling.run("desa")["revisited"] == 0
    later(crawling.store, 6)
    report = crawling.run("desa")
    assert (report["verdict"], report["withdrawn"]) == ("ok", 1)
    gone = stored(crawling, site.base + FIRST[0])
    assert gone.withdrawn_at is not None
    assert gone.release.text
    assert gone.release.id in [one.release.id for one in crawling.store.owing("indexed")]
    later(crawling.store, 24)
    assert crawling.run("desa")["withdrawn"] == 0


@pytest.mark.slow
def test_a_withdrawn_release_that_comes_back_is_a_revision(crawling: Crawling, site: SmallSite) -> None:
    there = site.pages[FIRST[0]]
    site.pages[FIRST[0]] = Answer(404, b"")
    for hours in (3, 7):
        later(crawling.store, hours)
        crawling.run("desa")
    assert stored(crawling, site.base + FIRST[0]).withdrawn_at is not None
    site.pages[FIRST[0]] = there
    later(crawling.store, 24)
    assert crawling.run("desa")["revised"] == 1
    back = stored(crawling, site.base + FIRST[0])
    assert (back.withdrawn_at, back.revision) == (None, 2)


@pytest.mark.slow
def test_a_page_that_is_missing_once_is_not_withdrawn(crawling: Crawling, site: SmallSite) -> None:
    there = site.pages[FIRST[0]]
    site.pages[FIRST[0]] = Answer(404, b"")
    later(crawling.store, 3)
    crawling.run("desa")
    site.pages[FIRST[0]] = there
    later(crawling.store, 7)
    crawling.run("desa")
    site.pages[FIRST[0]] = Answer(404, b"")
    later(crawling.store, 24)
    assert crawling.run("desa")["withdrawn"] == 0


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    "answer",
    [
        Answer(500, b"broken"),
        Answer(403, b"no"),
        Answer(412, b"<script>challenge()</script>"),
        Answer(302, b"", {"Location": "/berita"}),
        Answer(200, b"", {"Content-Type": "text/html"}),
    ],
    ids=["error", "refused", "challenge", "front page", "empty"],
)
def test_trouble_is_no_withdrawal(crawling: Crawling, site: SmallSite, answer: Answer) -> None:
    for path, _, _ in ENTRIES:
        site.pages[path] = answer
    for hours in (3, 7):
        later(crawling.store, hours)
        assert crawling.run("desa")["withdrawn"] == 0
    assert all(stored(crawling, site.base + path).withdrawn_at is None for path, _, _ in ENTRIES)
    assert stored(crawling, site.base + FIRST[0]).revision == 1


class Conditional:
    """A page with an entity tag: 304 to who knows it, else the page; or gone, for everybody."""

    def __init__(self, title: str, date: str) -> None:
        self.body = article(title, date).encode()
        self.is_gone = False

    def __call__(self, headers: dict[str, str]) -> Answer:
        tag = {"ETag": '"v1"', "Content-Type": "text/html"}
        if self.is_gone:
            return Answer(404, b"")
        return Answer(304, b"", tag) if headers.get("if-none-match") == '"v1"' else Answer(200, self.body, tag)


@pytest.mark.slow
def test_a_page_that_is_there_in_between_is_not_gone_twice_though_it_has_not_changed(
    crawling: Crawling, site: SmallSite
) -> None:
    page = site.pages[FIRST[0]] = Conditional(*FIRST[1:])
    for is_gone, hours in ((False, 3), (True, 4), (False, 7), (True, 24)):
        page.is_gone = is_gone
        later(crawling.store, hours)
        assert crawling.run("desa")["withdrawn"] == 0
    assert stored(crawling, site.base + FIRST[0]).withdrawn_at is None


@pytest.mark.slow
def test_a_withdrawn_page_that_comes_back_as_it_was_loses_the_mark(crawling: Crawling, site: SmallSite) -> None:
    page = site.pages[FIRST[0]] = Conditional(*FIRST[1:])
    for is_gone, hours in ((False, 3), (True, 4), (True, 20)):
        page.is_gone = is_gone
        later(crawling.store, hours)
        crawling.run("desa")
    gone = stored(crawling, site.base + FIRST[0])
    assert gone.withdrawn_at is not None
    crawling.store.settle("indexed", {gone.release.id: gone.revision})
    page.is_gone = False
    later(crawling.store, 48)
    crawling.run("desa")
    back = stored(crawling, site.base + FIRST[0])
    assert (back.withdrawn_at, back.release.text) == (None, gone.release.text)
    assert back.release.id in [one.release.id for one in crawling.store.owing("indexed")]


@pytest.mark.slow
def test_an_answer_of_304_to_a_page_that_was_withdrawn_means_that_it_is_there(
    crawling: Crawling, site: SmallSite
) -> None:
    site.pages[FIRST[0]] = Answer(404, b"")
    for hours in (3, 7):
        later(crawling.store, hours)
        crawling.run("desa")
    assert stored(crawling, site.base + FIRST[0]).withdrawn_at is not None
    site.pages[FIRST[0]] = Answer(304, b"")  # to a request that made no condition: the server is at fault
    later(crawling.store, 48)
    assert crawling.run("desa")["revised"] == 1
    assert stored(crawling, site.base + FIRST[0]).withdrawn_at is None


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("count", "listed"),
    [(2, False), (1, True), (5, True)],
    ids=["all of the site", "all but the listing, one release", "all but the listing, five"],
)
def test_an_outage_that_answers_404_to_all_withdraws_nothing(tmp_path: Path, count: int, listed: bool) -> None:
    with SmallSite() as site:
        site.show("/berita", listing(ENTRIES[:count]))
        for path, title, date in ENTRIES[:count]:
            site.show(path, article(title, date))
        crawling = Crawling(tmp_path)
        crawling.source("desa", site.base, site.host)
        crawling.run("desa")
        site.pages = {"/berita": site.pages["/berita"]} if listed else {}
        for hours in (3, 7, 30):
            later(crawling.store, hours)
            assert crawling.run("desa")["withdrawn"] == 0
        assert all(stored(crawling, site.base + path).withdrawn_at is None for path, _, _ in ENTRIES[:count])


@pytest.mark.slow
def test_a_release_is_withdrawn_though_no_other_one_is_due(crawling: Crawling, site: SmallSite) -> None:
    site.pages[FIRST[0]] = Answer(404, b"")
    later(crawling.store, 3)
    crawling.run("desa")
    site.requests.clear()
    later(crawling.store, 6)  # the looks after six hours are made in a run of their own first
    for page in crawling.store.due("desa", datetime.now(UTC), 20):
        if page.url != site.base + FIRST[0]:
            crawling.store.see(page_now(page))
    assert crawling.run("desa")["withdrawn"] == 1
    assert len(site.asked(but=("/robots.txt", "/berita"))) == 2  # the missing one, and one that proves that it is alone


def page_now(page: Page) -> Page:
    return replace(page, fetched_at=datetime.now(UTC))


@pytest.mark.slow
def test_dead_pages_neither_keep_the_others_waiting_nor_are_asked_at_every_run(
    crawling: Crawling, site: SmallSite
) -> None:
    crawling.source("desa", site.base, site.host, revisits=2)
    later(crawling.store, 3)
    dead = [page.url.removeprefix(site.base) for page in crawling.store.due("desa", datetime.now(UTC), 2)]
    for path in dead:
        site.pages[path] = Answer(500, b"broken")
    asked = []
    for _ in range(4):
        site.requests.clear()
        crawling.run("desa")
        asked.append(sorted(set(site.asked(but=("/robots.txt", "/berita")))))
    assert asked[0] == sorted(dead)
    assert sorted(asked[1] + asked[2]) == sorted(path for path, _, _ in ENTRIES if path not in dead)
    assert asked[3] == []


def test_a_day_that_only_the_listing_told_is_no_edit_when_the_page_is_read_again(
    crawling: Crawling, site: SmallSite
) -> None:
    undated = ("/berita/enam", "Kabar keenam dari dermaga", TODAY)
    site.show("/berita", listing([undated, *ENTRIES]))
    site.show(undated[0], article(*undated[1:]).replace(f"<p class='tanggal'>{TODAY}</p>", ""))
    assert crawling.run("desa")["new"] == 1
    known = stored(crawling, site.base + undated[0])
    assert (known.release.date, known.release.date_source) == (TODAY, "listing")
    later(crawling.store, 3)
    report = crawling.run("desa")
    assert (report["revised"], report["unchanged"]) == (0, len(ENTRIES) + 1)
    assert stored(crawling, site.base + undated[0]) == known


def test_a_second_look_that_finds_no_text_leaves_the_text(crawling: Crawling, site: SmallSite) -> None:
    empty = f"<article><h1>{FIRST[1]}</h1><p class='tanggal'>{TODAY}</p><p><a href='/a.zip'>Unduh</a></p></article>"
    site.show(FIRST[0], f"<html><head><title>{FIRST[1]}</title></head><body>{empty}</body></html>")
    later(crawling.store, 3)
    report = crawling.run("desa")
    assert (report["revised"], report["verdict"]) == (0, "partial"), report
    assert stored(crawling, site.base + FIRST[0]).release.text
    assert stored(crawling, site.base + FIRST[0]).revision == 1


def test_most_pages_gone_at_once_is_a_site_that_has_moved(crawling: Crawling, site: SmallSite) -> None:
    for path, _, _ in ENTRIES:
        site.pages[path] = Answer(404, b"")
    for hours in (3, 7):
        later(crawling.store, hours)
        report = crawling.run("desa")
        assert report["withdrawn"] == 0
        assert any("has the site moved?" in reason for reason in report["reasons"])


def test_a_page_that_moves_stays_the_same_release(crawling: Crawling, site: SmallSite) -> None:
    site.pages[FIRST[0]] = Answer(301, b"", {"Location": "/rilis/5"})
    site.show("/rilis/5", article(*FIRST[1:], text=PARAGRAPH + " Perahu kedua menyusul."))
    later(crawling.store, 3)
    report = crawling.run("desa")
    assert (report["new"], report["revised"]) == (0, 1)
    assert stored(crawling, site.base + FIRST[0]).revision == 2
    site.show("/berita", listing([("/rilis/5", *FIRST[1:]), *ENTRIES[1:]]))
    assert crawling.run("desa")["new"] == 0


def test_an_archive_and_a_run_into_the_past_look_at_nothing_again(crawling: Crawling, site: SmallSite) -> None:
    later(crawling.store, 3)
    assert crawling.run("desa", "--since", TODAY)["revisited"] == 0
    crawling.source("desa", site.base, site.host, archive=True)
    assert crawling.run("desa")["revisited"] == 0


def test_a_counter_of_readers_makes_no_revision(crawling: Crawling, site: SmallSite) -> None:
    for count in (11, 57, 1284):
        counter = f"<p>Terbaca {count} x</p></article>"
        site.show(FIRST[0], article(*FIRST[1:]).replace("</article>", counter))
        later(crawling.store, 30)
        revised = crawling.run("desa")["revised"]
    assert revised == 0
    assert stored(crawling, site.base + FIRST[0]).revision <= 2  # the line is new once


class Interface:
    """Komdigi's interface on a small site: a list of records, its pages, and its search by title."""

    def __init__(self, site: SmallSite, records: list[dict[str, str]], *, searches: bool = True) -> None:
        self.site = site
        self.records = records
        self.searches = searches
        self.show()

    def show(self) -> None:
        path = "/api/v1/contents/category/siaran-pers?perPage=12&page={}&keyword={}"
        self.site.pages = {}
        last = -(-len(self.records) // 12)
        for number in range(1, last + 1):
            page = self.records[(number - 1) * 12 : number * 12]
            self.site.pages[path.format(number, "")] = self._answer(page, last)
        for record in GONE_OR_THERE if self.searches else ():
            found = [one for one in self.records if one["title"] == record["title"]]
            self.site.pages[path.format(1, record["title"].replace(" ", "+"))] = self._answer(found, 1)

    @staticmethod
    def _answer(records: list[dict[str, str]], last: int) -> Answer:
        body = json.dumps({"response": {"data": records, "last_page": last}}).encode()
        return Answer(200, body, {"Content-Type": "application/json"})


def record(number: int, hours_ago: float) -> dict[str, str]:
    wib = datetime.now(UTC) + timedelta(hours=7 - hours_ago)
    return {
        "slug": f"rilis-{number}",
        "title": f"Kementerian membuka layanan digital nomor {number}",
        "body": f"<p>{PARAGRAPH} Nomor {number}.</p><p>{PARAGRAPH}</p>",
        "published_at": f"{wib:%Y-%m-%d %H:%M}:00",
    }


GONE_OR_THERE = [record(number, 8 * number) for number in range(40)]


@pytest.fixture
def ministry(tmp_path: Path) -> Iterator[tuple[Crawling, Interface]]:
    with SmallSite() as site:
        interface = Interface(site, list(GONE_OR_THERE))
        crawling = Crawling(tmp_path)
        first = f"{site.base}/api/v1/contents/category/siaran-pers?perPage=12&page={{page}}&keyword="
        crawling.source(
            "komdigi", site.base, site.host, spider="komdigi", listings=[first], home=site.base, min_items=5
        )
        describe(crawling, "komdigi", site)
        assert crawling.run("komdigi")["new"] == 40
        yield crawling, interface


def withdrawn(crawling: Crawling) -> list[str]:
    found = crawling.store.releases(one.release.id for one in crawling.store.owing("indexed", 500))
    return sorted(one.release.url.rpartition("/")[2] for one in found.values() if one.withdrawn_at)


def days_of(crawling: Crawling) -> Iterator[dict[str, Any]]:
    for _ in range(2):
        later(crawling.store, 7)
        yield crawling.run("komdigi")


@pytest.mark.slow
@pytest.mark.parametrize("place", [0, 10], ids=["top", "last but one"])
def test_an_entry_of_the_interface_out_of_order_withdraws_nothing(
    ministry: tuple[Crawling, Interface], place: int
) -> None:
    crawling, interface = ministry
    interface.records.insert(place, record(99, 8 * 19 + 1))  # posted late, or pinned: dated six days back
    interface.show()
    assert [report["withdrawn"] for report in days_of(crawling)] == [0, 0]
    assert withdrawn(crawling) == []


@pytest.mark.slow
def test_a_release_dated_anew_is_found_by_the_interfaces_search(ministry: tuple[Crawling, Interface]) -> None:
    crawling, interface = ministry
    interface.records.append(interface.records.pop(4) | {"published_at": "2025-01-01 08:00:00"})
    interface.show()
    assert [report["withdrawn"] for report in days_of(crawling)] == [0, 0]


@pytest.mark.slow
def test_a_release_that_the_interface_neither_lists_nor_finds_is_withdrawn(
    ministry: tuple[Crawling, Interface],
) -> None:
    crawling, interface = ministry
    gone = interface.records.pop(4)
    interface.show()
    assert [report["withdrawn"] for report in days_of(crawling)] == [0, 1]
    assert withdrawn(crawling) == [gone["slug"]]
    interface.records.insert(4, gone)
    interface.show()
    crawling.run("komdigi")
    assert withdrawn(crawling) == []


@pytest.mark.slow
def test_nothing_is_withdrawn_by_a_search_that_finds_nothing_at_all(ministry: tuple[Crawling, Interface]) -> None:
    crawling, interface = ministry
    interface.records.pop(4)
    interface.searches = False
    interface.show()
    assert [report["withdrawn"] for report in days_of(crawling)] == [0, 0]


@pytest.mark.slow
def test_komdigis_interface_shows_edits_and_withdrawals_without_a_request_more(
    replica: Replica, on_replica: Crawling
) -> None:
    assert on_replica.run("komdigi")["verdict"] == "ok"
    shown = [one for one in replica.truth if one.host == "web.komdigi.go.id" and "/siaran-pers/" in one.url]
    newest = sorted(shown, key=lambda one: one.date)
    replica.edit(newest[-2].url, text=newest[-2].text + "\nKeterangan ini ditambah kemudian hari.")
    replica.withdraw(newest[-3].url)
    replica.reset_log()
    report = on_replica.run("komdigi")
    asked = [path for _, _, path, _ in replica.requests if path != "/robots.txt"]
    assert len(asked) == 1
    assert (report["new"], report["revised"], report["withdrawn"]) == (0, 1, 0)
    later(on_replica.store, 7)
    assert on_replica.run("komdigi")["withdrawn"] == 1
    assert stored(on_replica, newest[-3].url).withdrawn_at is not None
