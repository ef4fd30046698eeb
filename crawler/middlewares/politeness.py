"""What a site asks of those who crawl it: Crawl-delay in robots.txt, Retry-After in an answer."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

log = logging.getLogger(__name__)

BUSY = (429, 503)
LONGEST = 60.0  # seconds; who asks for more is left alone until the next run
FIXED = "autothrottle_dont_adjust_delay"  # Scrapy's own word for it


class Politeness:
    """Waits as long between two requests to a host as the host asks, for the rest of the run."""

    def __init__(self, crawler: Crawler, agent: str) -> None:
        self.crawler = crawler
        self.agent = agent
        self.asked: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Listen for robots.txt; the name that it knows the crawler by is in the settings."""
        patience = cls(crawler, crawler.settings["ROBOTSTXT_USER_AGENT"])
        crawler.signals.connect(patience.robots_parsed, signal=signals.robots_parsed)
        return patience

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Keep the Crawl-delay of the host that a request is about to go to."""
        if delay := robotparser.crawl_delay(self.agent):
            self._wait(request, float(delay), "Crawl-delay")

    def process_request(self, request: Request) -> None:
        """Keep Scrapy from hurrying where a site has asked for patience."""
        if urlsplit(request.url).netloc in self.asked:
            request.meta[FIXED] = True

    def process_response(self, request: Request, response: Response) -> Response:
        """Listen to what the site asks for."""
        if response.status in BUSY and (seconds := retry_after(response)) is not None:
            if seconds > LONGEST:
                request.meta["dont_retry"] = True
                log.warning("%s asks to come back in %.0f s: left to the next run", response.url, seconds)
            else:
                self._wait(request, seconds, "Retry-After")
        return response

    def _wait(self, request: Request, seconds: float, why: str) -> None:
        """Wait so long between two requests to this host from now on, unless more is waited already."""
        host = urlsplit(request.url).netloc
        slot = self._slot(request)
        if slot is None or seconds <= max(slot.delay, self.asked.get(host, 0)):
            return
        self.asked[host] = min(seconds, LONGEST)
        slot.delay, slot.jitter = self.asked[host], 0
        kept = "is kept" if seconds <= LONGEST else f"is asked for: {LONGEST:.0f} s are kept, the longest of all waits"
        log.info("%s: %s of %.0f s %s", host, why, seconds, kept)

    def _slot(self, request: Request) -> Any:
        """Scrapy's queue for the host of a request; what asked for robots.txt has none of its own yet."""
        engine = self.crawler.engine
        name = request.meta.get("download_slot") or urlsplit(request.url).hostname or ""
        return engine.downloader.slots.get(name) if engine else None


def retry_after(response: Response) -> float | None:
    """For how many seconds a response asks to be left alone (RFC 9110, 10.2.3); None if it does not say."""
    said = response.headers.get("Retry-After")
    if said is None:
        return None
    text = said.decode("latin-1").strip()
    if text.isdecimal():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max((aware - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None
