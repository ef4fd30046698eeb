"""What a search finds, as a feed and as files."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from scheduler.search.client import SearchError
from scheduler.search.results import Results
from scheduler.web import query_string
from scheduler.web.backend import Backend
from scheduler.web.exports import Row, as_csv, as_json, found_row
from scheduler.web.feed import FEED_DAYS, FeedOf, feed, found_entry
from scheduler.web.feed import MEDIA_TYPE as ATOM
from scheduler.web.highlights import PAIR
from scheduler.web.render import Renderer, as_asked, base_of
from scheduler.web.views import SearchQuery

log = logging.getLogger(__name__)

MOST = 1000  # releases in a file
MOST_IN_A_FEED = 200


class SearchFiles:
    """Answers for the addresses of a search that are no pages."""

    def __init__(self, backend: Backend, renderer: Renderer, public_url: str | None = None) -> None:
        self.backend = backend
        self.renderer = renderer
        self.public_url = public_url

    def feed(self, request: Request) -> Response:
        """What a search finds among the releases of the last 30 days, the newest first."""
        wanted = query_string.search_query(request.query_params)
        now, tongue, base = self.backend.now(), self.renderer.tongue(request), base_of(request, self.public_url)
        begin = (now - timedelta(days=FEED_DAYS)).date()
        recent = replace(wanted, order="day", page=1, since=max(begin, wanted.since or begin))
        found = self._find(request, recent, MOST_IN_A_FEED)
        if isinstance(found, Response):
            return found
        about = FeedOf(
            base=base,
            address=query_string.search_address(wanted, "/search.atom", page=None, order=None),
            page=query_string.search_address(wanted, page=None),
            title=tongue.say("search_feed_title", words=wanted.words),
        )
        openings = self.backend.openings([one.id for one in found])
        entries = [found_entry(one, openings.get(one.id, ""), tongue, base, now) for one in found]
        return as_asked(request, tongue.language, Response(feed(entries, about, now), media_type=ATOM))

    def csv(self, request: Request) -> Response:
        """What a search finds as CSV, in the reader's language."""
        found = self._find(request, query_string.search_query(request.query_params), MOST)
        if isinstance(found, Response):
            return found
        tongue = self.renderer.tongue(request)
        return as_asked(request, tongue.language, as_csv(self._rows(request, found), tongue, "pantau-search.csv"))

    def json(self, request: Request) -> Response:
        """What a search finds as JSON, by ids."""
        found = self._find(request, query_string.search_query(request.query_params), MOST)
        if isinstance(found, Response):
            return found
        return as_json(self._rows(request, found), found.total, "pantau-search.json")

    def _rows(self, request: Request, found: Results) -> list[Row]:
        base = base_of(request, self.public_url)
        return [found_row(one, base) for one in found]

    def _find(self, request: Request, wanted: SearchQuery, most: int) -> Results | Response:
        try:
            return self.backend.find(replace(wanted, page=1), size=most, marks=PAIR)
        except SearchError as error:
            log.warning("a search was not answered: %s", error)
            told = self.renderer.tongue(request).say("search_trouble")
            return PlainTextResponse(f"{told}\n", HTTPStatus.SERVICE_UNAVAILABLE)
