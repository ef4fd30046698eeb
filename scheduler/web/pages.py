"""The pages: what each address answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from itertools import pairwise
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crawler.release import Precision, written_date
from crawler.report import Verdict
from crawler.store import Revision
from scheduler.safe_text import safe_line
from scheduler.search.client import SearchError
from scheduler.web import wanted as addresses
from scheduler.web.chart import chart, first_moment
from scheduler.web.desk import LANGUAGES, SHOWN, Alert, Desk, Wanted
from scheduler.web.marked import PAIR, highlighted, paragraphs, pieces_of
from scheduler.web.raised import raised
from scheduler.web.render import Renderer
from scheduler.web.wanted import BadRequestError
from scheduler.word_diff import word_diff

PAGE = 20
ALERTS = 30
STEPS = 20  # changes of one release that are shown, the newest
OPENING = 220  # characters of a text, shown where no words were found in it


class NotFoundError(Exception):
    """There is nothing at this address; the message is a sentence for the reader."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, and the address without it."""

    text: str
    without: str


class Pages:
    """Answers for the addresses, from a desk."""

    def __init__(self, desk: Desk, renderer: Renderer) -> None:
        self.desk = desk
        self.renderer = renderer

    def search(self, request: Request) -> Response:
        """The search: the newest releases when no words are given."""
        wanted = addresses.wanted(request.query_params)
        found, trouble = [], None
        try:
            found = list(self.desk.find(wanted, size=PAGE + 1, marks=PAIR))
        except SearchError as error:
            trouble = str(error)
        openings = self.desk.openings([one.id for one in found[:PAGE] if not one.highlights])
        results = [
            {
                "found": one,
                "title": highlighted(one.marked_title),
                "sentences": [highlighted(h) for h in one.highlights],
                "opening": safe_line(openings.get(one.id, ""), OPENING),
            }
            for one in found[:PAGE]
        ]
        more = len(found) > PAGE and wanted.page < addresses.MOST_PAGES
        return self.renderer.page(
            "search.html",
            status=HTTPStatus.SERVICE_UNAVAILABLE if trouble else HTTPStatus.OK,
            wanted=wanted,
            results=results,
            trouble=trouble,
            chips=_chips(wanted, self.desk),
            first=(wanted.page - 1) * PAGE + 1,
            newer=addresses.address(wanted, page=wanted.page - 1) if wanted.page > 1 else None,
            older=addresses.address(wanted, page=wanted.page + 1) if more else None,
        )

    def release(self, request: Request) -> Response:
        """One release to read."""
        release_id = request.path_params["id"]
        reading = self.desk.reading(release_id)
        if reading is None:
            raise NotFoundError("There is no release at this address.")
        release = reading.stored.release
        return self.renderer.page(
            "release.html",
            reading=reading,
            stored=reading.stored,
            release=release,
            title=pieces_of(release.title[:SHOWN], reading.title_marks),
            paragraphs=paragraphs(release.text[:SHOWN], reading.text_marks),
            left_out=max(0, len(release.text) - SHOWN),
            raised=raised(Alert(told=told, stored=reading.stored) for told in reading.alerts),
        )

    def revisions(self, request: Request) -> Response:
        """What a release said before, and what has changed."""
        release_id = request.path_params["id"]
        found = list(self.desk.revisions(release_id))
        reading = self.desk.reading(release_id)
        if not found or reading is None:
            raise NotFoundError("There is no release at this address.")
        return self.renderer.page(
            "revisions.html",
            release=reading.stored.release,
            stored=reading.stored,
            first=found[0],
            steps=[_step(old, new) for old, new in reversed(list(pairwise(found[-STEPS - 1 :])))],
            left_out=max(0, len(found) - STEPS - 1),
        )

    def alerts(self, request: Request) -> Response:
        """The alerts and what has become of their mails."""
        rule, page = addresses.rule(request.query_params), addresses.page(request.query_params)
        least = addresses.least(request.query_params)
        found = list(self.desk.alerts(rule=rule, least=least, offset=(page - 1) * ALERTS, limit=ALERTS + 1))

        def at(number: int) -> str:
            parts = [f"rule={rule}"] if rule else []
            parts += [f"level={least}"] if least != "likely" else []
            parts += [f"page={number}"] if number > 1 else []
            return "/alerts" + (f"?{'&'.join(parts)}" if parts else "")

        return self.renderer.page(
            "alerts.html",
            raised=raised(found[:ALERTS]),
            rule=rule,
            least=least,
            page=page,
            newer=at(page - 1) if page > 1 else None,
            older=at(page + 1) if len(found) > ALERTS else None,
        )

    def sources(self, request: Request) -> Response:
        """The sources, their health, and what they brought."""
        now = self.desk.now()
        states = [
            {
                "state": state,
                "level": state.finding.level if state.finding else "off",
                "chart": chart(state.activity, now, self.desk.zone),
                "last_good": max((at for at, verdict in state.activity.runs if Verdict.of(verdict).good), default=None),
            }
            for state in self.desk.sources(first_moment(now))
        ]
        return self.renderer.page("sources.html", states=states)

    def status(self, request: Request) -> Response:
        """The verdict."""
        verdict = self.desk.verdict()
        order = {"bad": 0, "warning": 1, "waiting": 2, "well": 3}
        findings = sorted(verdict.findings, key=lambda finding: order.get(finding.level, 0))
        return self.renderer.page("status.html", verdict=verdict, findings=findings, mails=self.desk.mails())

    def failure(self, status: HTTPStatus) -> Callable[[Request, Exception], Response]:
        """A page for an error whose message is a sentence."""

        def answer(_request: Request, error: Exception) -> Response:
            return self.renderer.page("failure.html", status=status, heading=status.phrase, sentence=_sentence(error))

        return answer


def _sentence(error: Exception) -> str:
    if isinstance(error, (BadRequestError, NotFoundError)):
        return str(error)
    if isinstance(error, HTTPException):
        return "There is no page at this address."
    return "Something went wrong here; the log says what."


def _chips(wanted: Wanted, desk: Desk) -> list[Chip]:
    names = desk.names
    texts = {
        "lang": LANGUAGES.get(wanted.lang or ""),
        "source": wanted.source and names.sources.get(wanted.source, wanted.source),
        "since": wanted.since and f"from {wanted.since}",
        "until": wanted.until and f"until {wanted.until}",
        "topic": wanted.topic and names.topics.get(wanted.topic, wanted.topic),
        "concept": wanted.concept and names.concepts.get(wanted.concept, wanted.concept),
    }
    return [Chip(text, addresses.address(wanted, page=None, **{name: None})) for name, text in texts.items() if text]


def _step(old: Revision, new: Revision) -> dict[str, Any]:
    """One revision beside the one before it."""
    return {
        "old": old,
        "new": new,
        "title": word_diff(old.title[:SHOWN], new.title[:SHOWN]),
        "text": word_diff(old.text[:SHOWN], new.text[:SHOWN]),
        "dates": None if old.published == new.published else (_date(old), _date(new)),
    }


def _date(revision: Revision) -> str | date:
    return written_date(revision.published, Precision.DAY) or "none"
