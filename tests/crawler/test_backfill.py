"""A walk into the past: as deep as asked for, stopped at any page, taken up again without fetching twice."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from scheduler.cli.crawl import how_far
from tests.crawler.crawling import Crawling
from tests.crawler.small_site import Answer, SmallSite, article, listing
from tests.patience import patient

PAGES, EACH = 12, 4
NEWEST = date(2026, 3, 31)


def day(page: int, place: int) -> str:
    return (NEWEST - timedelta(days=page * EACH + place)).isoformat()


@pytest.fixture
def site() -> Iterator[SmallSite]:
    """A listing of twelve pages with four releases each, one a day."""
    with SmallSite() as site:
        for page in range(PAGES):
            entries = []
            for place in range(EACH):
                path, title = f"/berita/{page}-{place}", f"Kabar ke-{page * EACH + place} dari dermaga timur"
                entries.append((path, title, day(page, place)))
                site.show(path, article(title, day(page, place)))
            more = f'<a href="/berita?page={page + 2}">Selanjutnya</a>' if page + 1 < PAGES else ""
            site.show(f"/berita?page={page + 1}" if page else "/berita", listing(entries, more=more))
        yield site


@pytest.fixture
def crawling(tmp_path: Path, site: SmallSite) -> Crawling:
    crawling = Crawling(tmp_path)
    crawling.source("desa", site.base, site.host, max_listing_pages=2)
    return crawling


def releases(site: SmallSite) -> Counter[str]:
    return Counter(path for path in site.asked() if path.startswith("/berita/"))


def test_it_goes_back_to_the_day_asked_for_and_no_further(crawling: Crawling, site: SmallSite) -> None:
    assert crawling.run("desa", "--since", day(5, 1))["new"] == 5 * EACH + 2
    assert "/berita?page=8" not in site.asked()
    assert crawling.store.noted("walk desa") is None


@pytest.mark.slow
def test_a_walk_that_was_cut_goes_on_where_it_was(crawling: Crawling, site: SmallSite) -> None:
    since = ("--since", "2015-01-01")
    assert crawling.run("desa", *since, "--limit", "26")["new"] == 26
    site.requests.clear()
    assert crawling.run("desa", *since)["new"] == PAGES * EACH - 26
    assert "/berita" not in site.asked()
    assert max(releases(site).values()) == 1
    assert crawling.store.noted("walk desa") is None
    assert sum(crawling.store.count().values()) == PAGES * EACH


@pytest.mark.slow
def test_a_walk_that_was_killed_loses_nothing_and_fetches_hardly_anything_twice(
    crawling: Crawling, site: SmallSite
) -> None:
    since, reached = ("--since", "2015-01-01"), threading.Event()
    page = site.pages["/berita/6-2"]
    assert isinstance(page, Answer)

    def kill_here(_: dict[str, str]) -> Answer:
        reached.set()
        return page

    site.pages["/berita/6-2"] = kill_here
    process = crawling.begin("desa", *since)
    assert reached.wait(patient(60))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    walked = len([path for path in site.asked() if path.startswith("/berita?page")])
    crawling.run("desa", *since)
    assert sum(crawling.store.count().values()) == PAGES * EACH
    assert sum(count - 1 for count in releases(site).values()) <= 5  # what was under way
    again = len([path for path in site.asked() if path.startswith("/berita?page")]) - (PAGES - 1)
    assert again <= 3 < walked


@pytest.mark.slow
def test_another_aim_is_another_walk(crawling: Crawling, site: SmallSite) -> None:
    crawling.run("desa", "--since", "2015-01-01", "--limit", "20")
    site.requests.clear()
    crawling.run("desa", "--since", day(0, 2))
    assert "/berita" in site.asked()


@pytest.mark.slow
def test_pages_come_before_the_next_page_of_the_listing(crawling: Crawling, site: SmallSite) -> None:
    crawling.run("desa", "--since", "2015-01-01")
    asked = site.asked()
    assert asked.index("/berita?page=4") > asked.index("/berita/1-3")


def test_the_progress_says_how_far_it_is_and_how_long_it_takes() -> None:
    event = {"depth": 9, "oldest": "2026-01-01"}
    assert how_far(event, date(2025, 1, 1), date(2026, 1, 11), 60) == "page 9, back to 2026-01-01, about 36 min left"
    assert how_far(event | {"oldest": None}, date(2025, 1, 1), date(2026, 1, 11), 60) == "page 9"
    assert how_far(event, date(2025, 12, 31), date(2026, 1, 11), 60).endswith("less than a minute left")
    assert how_far(event, date(2026, 1, 1), date(2026, 1, 11), 60) == "page 9, back to 2026-01-01"


def pages_asked(site: SmallSite) -> list[str]:
    return [path for path in site.asked() if not path.startswith("/berita/")]


@pytest.mark.slow
def test_a_pager_that_leads_back_to_the_first_page_ends_the_walk(crawling: Crawling, site: SmallSite) -> None:
    last = [
        (f"/berita/{PAGES - 1}-{place}", f"Kabar ke-{place} dari dermaga", day(PAGES - 1, place))
        for place in range(EACH)
    ]
    site.show(f"/berita?page={PAGES}", listing(last, more='<a href="/berita?page=1">Selanjutnya</a>'))
    site.pages["/berita?page=1"] = site.pages["/berita"]
    assert crawling.run("desa", "--since", "2015-01-01")["new"] == PAGES * EACH
    assert max(Counter(pages_asked(site)).values()) == 1
    assert len(pages_asked(site)) <= PAGES + 1
    assert crawling.store.noted("walk desa") is None, "it has come to its end"


class Endless(dict[str, object]):
    """Beyond its third page the site shows that one again, whatever the number, and always names a next one."""

    def get(self, path: str, default: object = None) -> object:
        if not path.startswith("/berita?page=") and path != "/berita":
            return super().get(path, default)
        number = int(path.partition("=")[2] or 1)
        page = min(number, 3) - 1
        entries = [
            (f"/berita/{page}-{place}", f"Kabar {page}-{place} dari dermaga", day(page, place)) for place in range(EACH)
        ]
        return Answer(200, listing(entries, more=f'<a href="/berita?page={number + 1}">Selanjutnya</a>').encode())


class Calendar(dict[str, object]):
    """A calendar without an end; each month has an address of its own, and its days are no releases."""

    def __init__(self, days: bool) -> None:
        super().__init__()
        self.days = days

    def get(self, path: str, default: object = None) -> object:
        if not path.startswith("/berita"):
            return super().get(path, default)
        month = int(path.partition("=")[2] or 0)
        links = f"<a href='/berita?bulan={month - 1}'>Sebelumnya</a> <a href='/berita?bulan={month + 1}'>Berikutnya</a>"
        entries = (
            [(f"/agenda/{month}-{n}", f"Agenda hari ke-{n} bulan ke-{month}", "") for n in range(6)]
            if self.days
            else []
        )
        return Answer(200, listing(entries, more=links).encode())


@pytest.mark.slow
def test_a_site_that_shows_its_last_page_for_any_number_ends_the_walk(crawling: Crawling, site: SmallSite) -> None:
    site.pages = Endless(site.pages)  # type: ignore[assignment]
    assert crawling.run("desa", "--since", "2015-01-01")["new"] == 3 * EACH
    assert len(pages_asked(site)) == 4


@pytest.mark.slow
def test_an_empty_calendar_is_no_listing(crawling: Crawling, site: SmallSite) -> None:
    site.pages = Calendar(days=False)  # type: ignore[assignment]
    report = crawling.run("desa", "--since", "2015-01-01")
    assert (report["verdict"], report["new"], pages_asked(site)) == ("layout_changed", 0, ["/berita"])


@pytest.mark.slow
def test_a_walk_that_comes_to_no_release_is_broken_off_and_says_so(crawling: Crawling, site: SmallSite) -> None:
    site.pages = Calendar(days=True)  # type: ignore[assignment]
    report = crawling.run("desa", "--since", "2015-01-01")
    assert report["new"] == 0
    assert any("led to no release" in reason for reason in report["reasons"])
    assert len([path for path in site.asked() if path.startswith("/berita")]) <= 12


def test_a_month_is_too_old_only_when_all_its_days_are(crawling: Crawling, site: SmallSite) -> None:
    months = ["Maret 2026", "Maret 2026", "Februari 2026"]
    entries = [(f"/kabar/{n}", f"Kabar bulanan nomor {n} dari dermaga", month) for n, month in enumerate(months)]
    site.show("/berita", listing(entries))
    for n, (path, title, _) in enumerate(entries):
        site.show(path, article(title, f"{20 + n} Maret 2026"))
    assert crawling.run("desa", "--since", "2026-03-10")["new"] == 2
    assert "/kabar/2" not in site.asked()


def test_a_walk_that_ends_at_a_pager_that_is_not_understood_says_so_and_is_not_complete(tmp_path: Path) -> None:
    crawling = Crawling(tmp_path)
    with SmallSite() as site:
        entries = [(f"/berita/{n}", f"Kabar ke-{n} dari dermaga timur", day(0, n)) for n in range(EACH)]
        for path, title, shown in entries:
            site.show(path, article(title, shown))
        site.show("/berita", listing(entries, more='<button class="pagination">2</button>'))
        crawling.source("desa", site.base, site.host)
        report = crawling.run("desa", "--since", "2015-01-01")
        assert (report["new"], report["complete"]) == (EACH, False)
        assert "not understood" in " ".join(report["reasons"])
        assert crawling.run("desa")["verdict"] == "quiet"
