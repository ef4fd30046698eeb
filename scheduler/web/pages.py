"""The pages of releases and of Pantau itself: what each address answers. The alerts have pages of their own."""

from __future__ import annotations

import logging
from datetime import date
from http import HTTPStatus
from itertools import pairwise
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from crawler.release import Precision, written_date
from crawler.store import Revision, Run
from crawler.verdict import Verdict
from scheduler.ledger.reader_notes import ReaderNote
from scheduler.safe_text import safe_line
from scheduler.search.client import SearchError
from scheduler.web import query_string
from scheduler.web.active_filters import active_filters
from scheduler.web.alert_groups import group_alerts
from scheduler.web.backend import Backend
from scheduler.web.chart import chart, first_moment
from scheduler.web.citation import citation
from scheduler.web.error_pages import NotFoundError
from scheduler.web.highlights import PAIR, highlighted, paragraphs, pieces_of
from scheduler.web.login import login_of
from scheduler.web.render import Renderer, base_of
from scheduler.web.subscribing import facts_of
from scheduler.web.views import SHOWN, Alert
from scheduler.word_diff import word_diff

log = logging.getLogger(__name__)

PAGE = 20
STEPS = 20  # changes of one release that are shown, the newest
OPENING = 220  # characters of a text, shown where no words were found in it


class Pages:
    """Answers for the addresses, from a backend; a citation is by `public_url` where there is one."""

    def __init__(self, backend: Backend, renderer: Renderer, public_url: str | None = None) -> None:
        self.backend = backend
        self.renderer = renderer
        self.public_url = public_url

    def search(self, request: Request) -> Response:
        """The search: the newest releases when no words are given."""
        wanted = query_string.search_query(request.query_params)
        found, total, trouble = [], 0, False
        try:
            results = self.backend.find(wanted, size=PAGE, marks=PAIR)
            found, total = list(results), results.total
        except SearchError as error:
            log.warning("a search was not answered: %s", error)
            trouble = True
        openings = self.backend.openings([one.id for one in found if not one.highlights])
        facts = facts_of(wanted)
        more = total > wanted.page * PAGE and wanted.page < query_string.MOST_PAGES
        return self.renderer.page(
            request,
            "search.html",
            status=HTTPStatus.SERVICE_UNAVAILABLE if trouble else HTTPStatus.OK,
            wanted=wanted,
            results=[
                {
                    "found": one,
                    "title": highlighted(one.marked_title),
                    "sentences": [highlighted(h) for h in one.highlights],
                    "opening": _opening(openings.get(one.id, "")),
                }
                for one in found
            ],
            total=total,
            trouble=trouble,
            chips=active_filters(wanted, self.renderer.tongue(request)),
            first=(wanted.page - 1) * PAGE + 1,
            newer=query_string.search_address(wanted, page=wanted.page - 1) if wanted.page > 1 else None,
            older=query_string.search_address(wanted, page=wanted.page + 1) if more else None,
            csv=query_string.search_address(wanted, "/search.csv", page=None),
            json=query_string.search_address(wanted, "/search.json", page=None),
            atom=query_string.search_address(wanted, "/search.atom", page=None, order=None),
            subscribe=query_string.search_address(wanted, "/subscribe", page=None, order=None) if facts else None,
        )

    def release(self, request: Request) -> Response:
        """One release to read."""
        release_id = request.path_params["id"]
        reading = self.backend.reading(release_id)
        if reading is None:
            raise NotFoundError("no_release")
        release = reading.stored.release
        login = login_of(request)
        together = group_alerts(Alert(told=told, stored=reading.stored) for told in reading.alerts)
        return self.renderer.page(
            request,
            "release.html",
            reading=reading,
            stored=reading.stored,
            release=release,
            title=pieces_of(release.title[:SHOWN], reading.title_marks),
            paragraphs=paragraphs(release.text[:SHOWN], reading.text_marks),
            left_out=max(0, len(release.text) - SHOWN),
            raised=together[0] if together else None,
            course=reading.course,
            alike=reading.alike,
            citation=citation(release, self.renderer.tongue(request), base_of(request, self.public_url)),
            verdicts=self.backend.verdicts(release_id) if login else {},
            mine=self.backend.kept(login.reader, [release_id]).get(release_id, ReaderNote()) if login else ReaderNote(),
        )

    def why(self, request: Request) -> Response:
        """What was decided of a release, and the evidence with its weights."""
        why = self.backend.why(request.path_params["id"])
        if why is None:
            raise NotFoundError("no_release")
        decisions = [one for one in why.decisions if one.level or one.evidence]
        return self.renderer.page(request, "why.html", why=why, release=why.stored.release, decisions=decisions)

    def revisions(self, request: Request) -> Response:
        """What a release said before, and what has changed."""
        release_id = request.path_params["id"]
        found = list(self.backend.revisions(release_id))
        stored = self.backend.releases([release_id]).get(release_id)
        if not found or stored is None:
            raise NotFoundError("no_release")
        none = self.renderer.tongue(request).say("none")
        return self.renderer.page(
            request,
            "revisions.html",
            release=stored.release,
            stored=stored,
            first=found[0],
            steps=[_step(old, new, none) for old, new in reversed(list(pairwise(found[-STEPS - 1 :])))],
            left_out=max(0, len(found) - STEPS - 1),
        )

    def sources(self, request: Request) -> Response:
        """The sources, their health, and what they brought; what is bad comes first."""
        now, words = self.backend.now(), self.renderer.tongue(request).words
        states = [
            {
                "state": state,
                "level": state.finding.level if state.finding else "off",
                "read": _read(state.last_run),
                "chart": chart(state.activity, now, self.backend.zone, words),
                "last_good": max((at for at, verdict in state.activity.runs if Verdict.of(verdict).good), default=None),
            }
            for state in self.backend.sources(first_moment(now))
        ]
        return self.renderer.page(request, "sources.html", states=sorted(states, key=lambda one: _place(one["level"])))

    def status(self, request: Request) -> Response:
        """The verdict."""
        verdict = self.backend.verdict()
        findings = sorted(verdict.findings, key=lambda finding: _place(finding.level))
        return self.renderer.page(
            request, "status.html", verdict=verdict, findings=findings, mails=self.backend.mails()
        )


def _read(run: Run | None) -> str:
    """What the last crawl of a source came to, or that it still runs."""
    return "running" if run is None or run.verdict is None else str(Verdict.of(run.verdict))


def _place(level: object) -> int:
    order = ("bad", "warning", "waiting", "well", "off")
    return order.index(str(level)) if level in order else 0


def _opening(text: str) -> str:
    """How a text begins, cut between two words."""
    line = safe_line(text, OPENING * 3)
    if len(line) <= OPENING:
        return line
    return line[:OPENING].rsplit(" ", 1)[0].rstrip(" ,;:，；：、") + " …"


def _step(old: Revision, new: Revision, none: str) -> dict[str, Any]:
    """One revision beside the one before it."""
    return {
        "old": old,
        "new": new,
        "title": word_diff(old.title[:SHOWN], new.title[:SHOWN]),
        "text": word_diff(old.text[:SHOWN], new.text[:SHOWN]),
        "dates": None if old.published == new.published else (_date(old) or none, _date(new) or none),
    }


def _date(revision: Revision) -> str | date | None:
    return written_date(revision.published, Precision.DAY)
