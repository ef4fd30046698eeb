"""What fails settles: a dead page costs its own tries and nothing else, and is read when it is there at last."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crawler.extraction.url_key import url_key
from tests.crawler.crawling import Crawling, later
from tests.crawler.small_site import Answer, SmallSite, article, listing

ENTRIES = [(f"/berita/{n}", f"Kabar nomor {n} dari dermaga timur", f"{10 + n} Maret 2026") for n in range(6)]
DEAD = ENTRIES[1]
ELSEWHERE = {"Location": "https://mp.weixin.qq.com/s/abc"}
REFRESH = b'<html><head><meta http-equiv="refresh" content="0; url=https://mp.weixin.qq.com/s/abc"></head></html>'


@pytest.fixture
def site() -> Iterator[SmallSite]:
    """A listing with a validator, of two pages; the second one is needed only by a run that catches up."""
    with SmallSite() as site:
        more = '<a href="/berita?page=2">Selanjutnya</a>'
        for path, entries, link in (("/berita", ENTRIES[:4], more), ("/berita?page=2", ENTRIES[4:], "")):
            site.pages[path] = conditional(listing(entries, more=link).encode())
        for path, title, date in ENTRIES:
            site.show(path, article(title, date))
        yield site


def conditional(body: bytes) -> object:
    tag = {"ETag": '"v1"', "Content-Type": "text/html"}
    return lambda asked: Answer(304, b"", tag) if asked.get("if-none-match") else Answer(200, body, tag)


def asked(crawling: Crawling, site: SmallSite) -> tuple[str, list[str]]:
    site.requests.clear()
    return crawling.run("desa")["verdict"], site.asked()


HTML = {"Content-Type": "text/html"}
LOGIN = b"<html><h1>Masuk</h1><form><input name=u><input type=password></form><p>Silakan masuk.</p></html>"
DEAD_PAGES = {
    "404": Answer(404, b"<h1>404</h1>"),
    "403": Answer(403, b"no"),
    "500": Answer(500, b"broken"),
    "challenge": Answer(412, b"<script>challenge()</script>"),
    "empty": Answer(200, b"", HTML),
    "soft-404": Answer(200, b"<h1>Halaman tidak ditemukan</h1>", HTML),
    "front-page": Answer(302, b"", {"Location": "/"}),
    "login": Answer(302, b"", {"Location": "/masuk?next=x"}),
    "circle": Answer(302, b"", {"Location": "/mati/circle"}),
    "sent-round": Answer(200, b'<meta http-equiv="refresh" content="0; url=/mati/sent-back">', HTML),
    "elsewhere": Answer(302, b"", ELSEWHERE),
    "sent-elsewhere": Answer(200, REFRESH, HTML),
    "huge": Answer(200, b"x" * 9_000_000, HTML),
    "oddly-packed": Answer(200, b"<p>x", HTML | {"Content-Encoding": "compress"}),
}
BESIDE = {"/", "/masuk?next=x", "/mati/sent-back"}  # what dead pages lead to


@pytest.mark.slow
def test_dead_pages_cost_their_own_tries_only(crawling: Crawling, site: SmallSite) -> None:
    dead = [(f"/mati/{name}", f"Kabar mati {name} di pulau terluar", "9 Maret 2026") for name in DEAD_PAGES]
    living = [(f"/hidup/{n}", f"Kabar hidup nomor {n} dari pasar", "8 Maret 2026") for n in range(20)]
    site.pages |= {f"/mati/{name}": answer for name, answer in DEAD_PAGES.items()}
    site.show("/mati/sent-back", '<meta http-equiv="refresh" content="0; url=/mati/sent-round">')
    site.show("/masuk?next=x", LOGIN.decode())
    site.show("/", article("Portal Resmi Kabupaten", "1 Maret 2026"))
    for path, title, date in living:
        site.show(path, article(title, date))
    site.pages["/berita"] = conditional(listing([*dead, *living]).encode())  # type: ignore[assignment]
    report = crawling.run("desa")
    assert (report["verdict"], report["complete"]) == ("partial", True)
    assert (report["new"], report["kinds"]["elsewhere"]) == (len(living) + 2, 2)
    assert {error["error"] for error in report["errors"]} >= {"a login instead of the page", "answered 500"}
    assert asked(crawling, site) == ("quiet", ["/berita"])
    later(crawling.store, 0.6)
    _, paths = asked(crawling, site)
    assert set(paths) - BESIDE == {"/berita", *(path for path, _, _ in dead)}
    assert asked(crawling, site) == ("quiet", ["/berita"])
    later(crawling.store, 2.1)
    for path, title, date in dead:
        site.show(path, article(title, date))
    crawling.run("desa")
    stored = {one.release.title: one.release for one in crawling.store.owing("indexed")}
    assert stored.keys() == {title for _, title, _ in [*dead, *living]}
    assert {(one.kind, bool(one.text)) for one in stored.values()} == {("article", True)}
    later(crawling.store, 400)
    assert asked(crawling, site)[1].count("/mati/404") <= 1, "a second look, no more"


def test_what_robots_txt_forbids_is_settled_and_costs_nothing(crawling: Crawling, site: SmallSite) -> None:
    robots = f"User-agent: *\nDisallow: {DEAD[0]}\n".encode()
    site.pages["/robots.txt"] = Answer(200, robots, {"Content-Type": "text/plain"})
    report = crawling.run("desa")
    assert (report["verdict"], report["complete"], report["kinds"]) == ("ok", True, {"article": 5, "forbidden": 1})
    assert any("robots.txt forbids it" in reason for reason in report["reasons"])
    later(crawling.store, 30)
    assert asked(crawling, site)[0] == "quiet"
    assert DEAD[0] not in site.asked()
    del site.pages["/robots.txt"]
    later(crawling.store, 300)
    assert crawling.run("desa")["new"] == 1


def test_an_entry_on_another_host_is_kept_by_what_the_listing_says_and_is_no_refusal(
    crawling: Crawling, site: SmallSite
) -> None:
    for path, _, _ in ENTRIES[:3]:
        site.pages[path] = Answer(302, b"", ELSEWHERE)
    report = crawling.run("desa")
    assert (report["verdict"], report["new"], report["kinds"]) == ("ok", 6, {"article": 3, "elsewhere": 3})
    assert any("mp.weixin.qq.com (3)" in reason for reason in report["reasons"])
    assert report["coverage"]["text"] == 1.0
    kept = [one.release for one in crawling.store.owing("indexed") if one.release.kind == "elsewhere"]
    assert {(one.title, one.date, one.text, one.canonical) for one in kept} == {
        (title, f"2026-03-{date[:2]}", "", ELSEWHERE["Location"]) for _, title, date in ENTRIES[:3]
    }
    assert {one.url for one in kept} == {f"{site.base}{path}" for path, _, _ in ENTRIES[:3]}
    later(crawling.store, 400)
    assert crawling.run("desa")["new"] == 0


def test_a_listing_whose_every_entry_is_sent_elsewhere_is_a_fault_that_lasts(
    crawling: Crawling, site: SmallSite
) -> None:
    for path, _, _ in ENTRIES:
        site.pages[path] = Answer(301, b"", {"Location": f"https://baru.contoh.go.id{path}"})
    for _ in range(2):
        report = crawling.run("desa")
        assert report["verdict"] == "layout_changed"
        assert not report["complete"]


@pytest.mark.slow
def test_while_a_whole_site_is_in_trouble_no_page_waits_long(crawling: Crawling, site: SmallSite) -> None:
    good = {path: site.pages[path] for path, _, _ in ENTRIES}
    site.pages |= dict.fromkeys(good, Answer(503, b"later"))
    for _ in range(4):
        assert crawling.run("desa")["verdict"] == "down"
        later(crawling.store, 3)
    site.pages |= good
    assert crawling.run("desa")["new"] == len(ENTRIES)


def test_an_address_that_is_too_long_is_named_and_makes_the_run_partial(crawling: Crawling, site: SmallSite) -> None:
    entry = ("/b/" + "%E4%B8%AD" * 1000, "Alamat panjang sekali dari dermaga", "12 Maret 2026")
    site.show("/berita", listing([entry, *ENTRIES[:2]]))
    report = crawling.run("desa")
    assert (report["verdict"], report["new"]) == ("partial", 2)
    assert report["errors"][0]["error"] == "its address is longer than 2000 characters"
    assert crawling.store.page(url_key(site.base + entry[0])) is None
