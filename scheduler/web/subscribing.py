"""Mail me this: a reader subscribes an address to a rule or a search, confirms it by a link, changes it and ends it.

Whoever asks has logged in. What the link opens asks for no password: the key in it is known to the address alone, and
who forges a form does not know it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scheduler.ledger.digest_times import WEEK
from scheduler.ledger.own_subscriptions import MOST_ASKED, Pace, ReaderSubscription
from scheduler.mail_address import complaint
from scheduler.search.client import SearchError
from scheduler.sections.values import HOUR
from scheduler.web import query_string
from scheduler.web.backend import Backend
from scheduler.web.error_pages import NotFoundError
from scheduler.web.forms import Fields
from scheduler.web.highlights import PAIR
from scheduler.web.login import Login
from scheduler.web.query_string import BadRequestError
from scheduler.web.render import Renderer, Tongue
from scheduler.web.subscription_title import search_title, title_of
from scheduler.web.views import LANGUAGES, SearchQuery

RATES = {"at once": "rate_at_once", "hourly": "rate_hourly", "daily": "rate_daily", "weekly": "rate_weekly"}
ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura", "Asia/Shanghai", "UTC")
USUAL_HOUR = "07:00"
NARROWS = ("lang", "source", "topic", "stage", "party", "concept")
DONE = {"confirmed": "confirmed", "changed": "change_kept"}


def facts_of(wanted: SearchQuery) -> dict[str, str]:
    """What of a search is subscribed to: its words and filters, but neither days nor order, for it looks ahead."""
    facts = {"words": " ".join(wanted.words.split()), **{name: getattr(wanted, name) for name in NARROWS}}
    return {name: value for name, value in facts.items() if value}


class Subscribing:
    """Answers for the addresses of readers' own subscriptions."""

    def __init__(self, backend: Backend, renderer: Renderer) -> None:
        self.backend = backend
        self.renderer = renderer

    def form(self, request: Request) -> Response:
        """The form: for the search in the address, else for a rule."""
        self._is_offered()
        wanted = query_string.search_query({**request.query_params, "page": "1"})
        search, tongue = facts_of(wanted), self.renderer.tongue(request)
        pace = Pace(
            language=tongue.language, when="daily", at=USUAL_HOUR, weekday=WEEK[0], timezone=str(self.backend.zone)
        )
        return self.renderer.page(
            request,
            "subscribe.html",
            title=search_title(search, tongue.names, tongue.say) if search else "",
            search=urlencode({"q" if name == "words" else name: value for name, value in search.items()}),
            rule=request.query_params.get("rule", ""),
            days=bool(search and (wanted.since or wanted.until)),
            domains=self.backend.subscribe_domains,
            **self._choices(pace, tongue),
        )

    def ask(self, request: Request, _login: Login, fields: Fields) -> str:
        """Note what is asked for; the answer is the same whatever comes of it."""
        self._is_offered()
        address = fields.get("address", "").strip()
        if complaint(address):
            raise BadRequestError("wrong_address")
        pace = self._pace(fields)
        if "rule" in fields:
            if fields["rule"] not in self.renderer.tongue(request).names.rules:
                raise BadRequestError("no_rule")
            self.backend.own.ask(address, pace, self.backend.now(), rule=fields["rule"])
        else:
            self.backend.own.ask(address, pace, self.backend.now(), search=self._search(fields))
        return "/subscribe/asked"

    def asked(self, request: Request) -> Response:
        """What every asker is told."""
        self._is_offered()
        domains = self.backend.subscribe_domains
        return self.renderer.page(request, "subscribe_asked.html", most=MOST_ASKED, domains=domains)

    def own(self, request: Request) -> Response:
        """One's own subscription: to confirm, to change, to end."""
        own, tongue = self._of_key(request), self.renderer.tongue(request)
        done = DONE.get(request.query_params.get("done", ""))
        return self.renderer.page(
            request,
            "subscription.html",
            own=own,
            path=f"/subscription/{own.key}",
            title=title_of(own, tongue.names, tongue.say),
            done=tongue.say(done) if done else "",
            **self._choices(own.pace, tongue),
        )

    def confirm(self, request: Request, _fields: Fields) -> Response:
        """Begin a subscription."""
        own = self._of_key(request)
        self.backend.own.confirm(own.key, self.backend.now())
        return RedirectResponse(f"/subscription/{own.key}?done=confirmed", 303)

    def change(self, request: Request, fields: Fields) -> Response:
        """Change how often, when and in which language mails come."""
        own = self._of_key(request)
        self.backend.own.change(own.key, self._pace(fields), self.backend.now())
        return RedirectResponse(f"/subscription/{own.key}?done=changed", 303)

    def end(self, request: Request) -> Response:
        """End a subscription: by the button, or by a mail program, whatever it sends along (RFC 8058).

        One that has ended already ends as well.
        """
        self.backend.own.end(key=str(request.path_params["key"]))
        return self.renderer.page(request, "subscription_ended.html")

    def _is_offered(self) -> None:
        """Raises NotFoundError."""
        if not self.backend.may_subscribe:
            raise NotFoundError("not_offered")

    def _of_key(self, request: Request) -> ReaderSubscription:
        """Raises NotFoundError."""
        own = self.backend.own.of_key(str(request.path_params["key"]), self.backend.now())
        if own is None:
            raise NotFoundError("no_such_link")
        return own

    def _search(self, fields: Fields) -> Mapping[str, str]:
        """The search of a form, which the engine must be able to answer. Raises BadRequestError."""
        try:
            values = dict(parse_qsl(fields.get("search", ""), max_num_fields=20))
        except ValueError as error:
            raise BadRequestError("wrong_form") from error
        wanted = query_string.search_query(values)
        search = facts_of(wanted)
        if not search:
            raise BadRequestError("empty_search")
        try:
            self.backend.find(wanted, size=1, marks=PAIR)
        except SearchError as error:
            raise BadRequestError("search_refused") from error
        return search

    def _pace(self, fields: Fields) -> Pace:
        """Raises BadRequestError."""
        known = {"language": LANGUAGES, "when": tuple(RATES), "weekday": WEEK, "timezone": self._zones()}
        said = {name: fields.get(name, "") for name in known}
        at = fields.get("at", "")
        if any(said[name] not in values for name, values in known.items()) or not re.fullmatch(HOUR, at):
            raise BadRequestError("wrong_form")
        return Pace(at=at, **said)

    def _zones(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((str(self.backend.zone), *ZONES)))

    def _choices(self, pace: Pace, tongue: Tongue) -> dict[str, Any]:
        """What can be chosen of a pace, and what is."""
        return {
            "pace": pace,
            "rates": {rate: tongue.say(key) for rate, key in RATES.items()},
            "weekdays": dict(zip(WEEK, tongue.weekdays(), strict=True)),
            "zones": {zone: zone for zone in self._zones()},
        }
