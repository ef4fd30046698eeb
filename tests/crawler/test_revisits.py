"""Second looks at known releases: when they happen, and what an edit, a deletion and a move come to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.evidence import Evidence
from crawler.extraction.url_key import release_id, url_key
from crawler.store import StoredRelease
from crawler.store.withdrawals import SCHEDULE
from tests.crawler.crawling import Crawling, later
from tests.crawler.small_site import PARAGRAPH, Answer, SmallSite, article, listing
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
        site.show("/berita", listing(ENTRIES))
        for path, title, date in ENTRIES:
            site.show(path, article(title, date))
        yield site


@pytest.fixture
def crawling(tmp_path: Path, site: SmallSite) -> Crawling:
    crawling = Crawling(tmp_path)
    crawling.source("desa", site.base, site.host)
    assert crawling.run("desa")["new"] == len(ENTRIES)
    site.requests.clear()
    return crawling


def stored(crawling: Crawling, url: str) -> StoredRelease:
    id_ = release_id(url_key(url))
    return crawling.store.releases([id_])[id_]


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
