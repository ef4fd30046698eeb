"""The list of alerts: the page that Pantau starts with, the starred releases, and the same as files and as a feed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scheduler.ledger.alerted_releases import AlertedRelease, AlertQuery
from scheduler.ledger.model import STAGES
from scheduler.ledger.reader_notes import ReaderNote
from scheduler.web import query_string
from scheduler.web.active_filters import active_filters
from scheduler.web.alert_groups import AlertGroup, group_alerts, without_alerts
from scheduler.web.backend import Backend
from scheduler.web.chart import WEEKS, by_week
from scheduler.web.error_pages import ForbiddenError
from scheduler.web.exports import Row, alert_row, as_csv, as_json
from scheduler.web.feed import FEED_DAYS, FeedOf, alert_entry, feed
from scheduler.web.feed import MEDIA_TYPE as ATOM
from scheduler.web.login import login_of
from scheduler.web.render import Renderer, as_asked, base_of

PAGE = 20
MOST_IN_A_FILE = 5000  # releases
MOST_IN_A_FEED = 2000  # entries; a reader program would not show more


class AlertPages:
    """Answers for the addresses of alerts, from a backend."""

    def __init__(self, backend: Backend, renderer: Renderer, public_url: str | None = None) -> None:
        self.backend = backend
        self.renderer = renderer
        self.public_url = public_url

    def alerts(self, request: Request) -> Response:
        """The releases that raised alerts. Words lead to the search, which stood at this address once."""
        if "q" in request.query_params:
            return RedirectResponse(f"/search?{request.url.query}", 307)
        return self._list(request, query_string.alert_query(request.query_params))

    def moved(self, request: Request) -> Response:
        """The alerts' former address."""
        return RedirectResponse("/" + (f"?{request.url.query}" if request.url.query else ""), 308)

    def starred(self, request: Request) -> Response:
        """The releases that a reader has starred, whether or not they raised alerts."""
        found, page = self._starred(request), query_string.page_number(request.query_params)
        shown = found[(page - 1) * PAGE : page * PAGE]
        address = "/starred?page={}".format
        return self.renderer.page(
            request,
            "alerts.html",
            here="/starred",
            heading="starred",
            asked=AlertQuery(),
            page=page,
            first=(page - 1) * PAGE + 1,
            total=len(found),
            weeks=None,
            stages={},
            raised=shown,
            mine=self._mine(request, shown),
            chips=[],
            newer=address(page - 1) if page > 1 else None,
            older=address(page + 1) if len(found) > page * PAGE else None,
            csv="/starred.csv",
            json="/starred.json",
            atom=None,
        )

    def starred_csv(self, request: Request) -> Response:
        """The starred releases as CSV."""
        return self._csv(request, self._starred(request), "pantau-starred.csv")

    def starred_json(self, request: Request) -> Response:
        """The starred releases as JSON."""
        found = self._starred(request)
        return as_json(self._rows(request, found), len(found), "pantau-starred.json")

    def csv(self, request: Request) -> Response:
        """The list as CSV, in the reader's language."""
        asked = query_string.alert_query(request.query_params)
        found = self._of(asked, self.backend.alerted_releases(asked)[:MOST_IN_A_FILE])
        return self._csv(request, found, "pantau-alerts.csv")

    def json(self, request: Request) -> Response:
        """The list as JSON, by ids."""
        asked = query_string.alert_query(request.query_params)
        listed = self.backend.alerted_releases(asked)
        found = self._of(asked, listed[:MOST_IN_A_FILE])
        return as_json(self._rows(request, found), len(listed), "pantau-alerts.json")

    def feed(self, request: Request) -> Response:
        """All alerts of the last 30 days, or those of a rule, a stage, or whatever else the list can be asked for."""
        asked = query_string.alert_query(request.query_params)
        since = self.backend.now() - timedelta(days=FEED_DAYS)
        recent = replace(asked, order="found", found_since=since)
        found = self._of(recent, self.backend.alerted_releases(recent)[:MOST_IN_A_FEED])
        tongue, base = self.renderer.tongue(request), base_of(request, self.public_url)
        asked_for = ", ".join(chip.text for chip in active_filters(asked, tongue))
        about = FeedOf(
            base=base,
            address=query_string.alerts_address(asked, "/feed.atom"),
            page=query_string.alerts_address(asked),
            title=tongue.say("feed_title") + (f" ({asked_for})" if asked_for else ""),
        )
        entries = [alert_entry(one, tongue, base) for one in found]
        return as_asked(request, tongue.language, Response(feed(entries, about, self.backend.now()), media_type=ATOM))

    def _list(self, request: Request, asked: AlertQuery) -> Response:
        page = query_string.page_number(request.query_params)
        listed = self.backend.alerted_releases(asked)
        found = self._of(asked, listed[(page - 1) * PAGE : page * PAGE])
        tongue = self.renderer.tongue(request)
        stages = Counter(one.stage for one in listed)
        today = self.backend.now().astimezone(self.backend.zone).date()
        first_day = (today - timedelta(weeks=WEEKS)).isoformat()
        recent = Counter(one.day for one in listed if one.day >= first_day)

        def at(number: int) -> str:
            given = number if number > 1 else None
            return query_string.alerts_address(asked, page=given)

        return self.renderer.page(
            request,
            "alerts.html",
            here="/",
            heading="alerts",
            asked=asked,
            page=page,
            first=(page - 1) * PAGE + 1,
            total=len(listed),
            weeks=by_week(recent.items(), today, tongue.words) if recent else None,
            stages={stage: stages[stage] for stage in STAGES if stage in stages},
            raised=found,
            mine=self._mine(request, found),
            chips=active_filters(asked, tongue),
            newer=at(page - 1) if page > 1 else None,
            older=at(page + 1) if len(listed) > page * PAGE and page < query_string.MOST_PAGES else None,
            csv=query_string.alerts_address(asked, "/alerts.csv"),
            json=query_string.alerts_address(asked, "/alerts.json"),
            atom=query_string.alerts_address(asked, "/feed.atom", order=None),
        )

    def _of(self, asked: AlertQuery, listed: Sequence[AlertedRelease]) -> list[AlertGroup]:
        return group_alerts(self.backend.alerts(asked, [one.release_id for one in listed]))

    def _starred(self, request: Request) -> list[AlertGroup]:
        """The starred releases, the last one first. Raises ForbiddenError."""
        login = login_of(request)
        if login is None:
            raise ForbiddenError("log_in_first")
        ids = self.backend.starred(login.reader)[:MOST_IN_A_FILE]
        asked = AlertQuery(least="possible")
        alerting = {one.release_id: one for one in group_alerts(self.backend.alerts(asked, ids))}
        stored = self.backend.releases([id_ for id_ in ids if id_ not in alerting])
        return [alerting.get(id_) or without_alerts(stored[id_]) for id_ in ids if id_ in alerting or id_ in stored]

    def _mine(self, request: Request, found: Sequence[AlertGroup]) -> Mapping[str, ReaderNote]:
        login = login_of(request)
        return self.backend.kept(login.reader, [one.release_id for one in found]) if login else {}

    def _csv(self, request: Request, found: Sequence[AlertGroup], name: str) -> Response:
        tongue = self.renderer.tongue(request)
        return as_asked(request, tongue.language, as_csv(self._rows(request, found), tongue, name))

    def _rows(self, request: Request, found: Sequence[AlertGroup]) -> list[Row]:
        base = base_of(request, self.public_url)
        return [alert_row(one, base) for one in found]
