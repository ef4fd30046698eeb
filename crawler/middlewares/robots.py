"""robots.txt: obeyed; where the site is in trouble and it cannot be read, nothing is asked (RFC 9309, 2.3.1.4)."""

from __future__ import annotations

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached

MOST_BYTES = 500 * 1024  # as much as the RFC wants read (2.5); the rules of a longer one take minutes to parse
TOO_MANY = 429  # the RFC lets it pass like any 4xx; who says so is in trouble all the same


class RobotsUnreadError(IgnoreRequest):
    """A request to a host whose robots.txt could not be read: by the answer's `status`, or because there was none."""

    def __init__(self, status: int | None, cause: Exception | None) -> None:
        super().__init__(f"robots.txt answered {status}" if status else f"robots.txt did not come: {cause}")
        self.status = status
        self.cause = cause


class Robots(RobotsTxtMiddleware):
    """Scrapy's middleware, which takes an error for a robots.txt without rules; here it is one that forbids all."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.unread: dict[str, tuple[int | None, Exception | None]] = {}

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Raise IgnoreRequest for what robots.txt forbids, or where it could not be read."""
        if (why := self.unread.get(urlparse_cached(request).netloc)) is not None:
            raise RobotsUnreadError(*why)
        super().process_request_2(rp, request)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == TOO_MANY:
            self.unread[netloc] = (response.status, None)
        if len(response.body) > MOST_BYTES:
            whole, _, _ = response.body[:MOST_BYTES].rpartition(b"\n")
            response = response.replace(body=whole)
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        if not isinstance(exc, IgnoreRequest):  # else it leads to where we do not go: there is none
            self.unread[netloc] = (None, exc)
        super()._robots_error(exc, netloc)
