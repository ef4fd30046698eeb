"""What a site asks of its visitors is kept: Crawl-delay and Retry-After."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from scrapy.http import HtmlResponse

from crawler.middlewares.politeness import retry_after
from tests.crawler.crawling import Crawling
from tests.crawler.small_site import Answer, SmallSite, article, listing

ENTRIES = [(f"/berita/{number}", f"Kabar nomor {number} dari dermaga", "12 Maret 2026") for number in (1, 2, 3)]


class Clock(SmallSite):
    """A small site that notes when it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.moments: list[float] = []
        page = listing(ENTRIES).encode()

        def noted(answer: Answer) -> Answer:
            self.moments.append(time.monotonic())
            return answer

        self.pages["/berita"] = lambda _: noted(Answer(200, page))
        for path, title, date in ENTRIES:
            body = article(title, date).encode()
            self.pages[path] = lambda _, body=body: noted(Answer(200, body))


@pytest.fixture
def site() -> Iterator[Clock]:
    with Clock() as site:
        yield site


def gaps(site: Clock) -> list[float]:
    """Seconds between requests as the site saw them, which may have noticed the earlier one late."""
    return [later - earlier for earlier, later in zip(site.moments, site.moments[1:], strict=False)]


@pytest.mark.slow
@pytest.mark.parametrize(("agent", "kept"), [("*", True), ("Pantau", True), ("Other", False)])
def test_a_crawl_delay_is_kept(crawling: Crawling, site: Clock, agent: str, kept: bool) -> None:
    robots = f"User-agent: {agent}\nCrawl-delay: 1\nDisallow: /privat\n".encode()
    site.pages["/robots.txt"] = Answer(200, robots, {"Content-Type": "text/plain"})
    assert crawling.run("desa")["new"] == len(ENTRIES)
    assert (min(gaps(site)) >= 0.7) is kept


@pytest.mark.slow
def test_a_site_that_is_busy_is_asked_again_after_the_time_it_named(crawling: Crawling, site: Clock) -> None:
    good, asked = site.pages["/berita"], []

    def busy(headers: dict[str, str]) -> Answer:
        asked.append(time.monotonic())
        return Answer(429, b"", {"Retry-After": "2"}) if len(asked) == 1 else good(headers)  # type: ignore[operator]

    site.pages["/berita"] = busy
    assert crawling.run("desa")["new"] == len(ENTRIES)
    assert asked[1] - asked[0] >= 1.5


def test_a_site_that_asks_for_an_hour_is_left_alone(crawling: Crawling, site: Clock) -> None:
    asked = []

    def busy(_: dict[str, str]) -> Answer:
        asked.append(1)
        return Answer(429, b"", {"Retry-After": "3600"})

    site.pages["/berita"] = busy
    assert crawling.run("desa")["verdict"] == "blocked"
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("soon", None),
        ("-5", None),
        ("9" * 30, 999999999),
        (None, None),
        ("Mon, 01 Jan 2027 00:00:00 +99999999999999", None),
        ("Mon, 01 Jan 0001 00:00:00 +2300", 0),
    ],
)
def test_retry_after_in_seconds(said: str | None, seconds: float | None) -> None:
    headers = {"Retry-After": said} if said is not None else {}
    assert retry_after(HtmlResponse("http://example.org", headers=headers)) == seconds


@pytest.mark.parametrize(("ahead", "least", "most"), [(60, 50, 61), (-60, 0, 0)])
def test_retry_after_as_a_date(ahead: int, least: int, most: int) -> None:
    said = format_datetime(datetime.now(UTC) + timedelta(seconds=ahead), usegmt=True)
    seconds = retry_after(HtmlResponse("http://example.org", headers={"Retry-After": said}))
    assert seconds is not None
    assert least <= seconds <= most
