"""The application: which address leads where."""

from __future__ import annotations

from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from scheduler.settings import Web
from scheduler.web.alerts import AlertPages
from scheduler.web.archive import Archive
from scheduler.web.backend import Backend
from scheduler.web.error_pages import ForbiddenError, NotFoundError, failure
from scheduler.web.forms import Does, form, form_by_key
from scheduler.web.metrics import MEDIA_TYPE as PROMETHEUS
from scheduler.web.metrics import metrics
from scheduler.web.pages import Pages
from scheduler.web.query_string import BadRequestError
from scheduler.web.redacted import redacted
from scheduler.web.release_forms import ReleaseForms
from scheduler.web.render import STATIC, Renderer
from scheduler.web.request_limits import RequestLimit, Turns
from scheduler.web.search_files import SearchFiles
from scheduler.web.security import Guard
from scheduler.web.subscribing import Subscribing


class CachedStatic(StaticFiles):
    """Static files that browsers keep; their addresses change with their content."""

    def file_response(self, *args: object, **options: object) -> Response:
        """Say how long a file may be kept."""
        response = super().file_response(*args, **options)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
        return response


def application(backend: Backend, settings: Web) -> ASGIApp:
    """Build the application."""
    renderer = Renderer(backend)
    pages = Pages(backend, renderer, settings.public_url)
    alerts = AlertPages(backend, renderer, settings.public_url)
    files = SearchFiles(backend, renderer, settings.public_url)
    archive, release_forms = Archive(backend, renderer), ReleaseForms(backend)
    subscribing = Subscribing(backend, renderer)
    # What reads whole releases, whole lists and kept pages, or looks at all sources, is answered some at a time.
    reading, judging, listing = Turns(), Turns(), Turns()

    def healthz(_request: Request) -> Response:
        verdict = backend.verdict()
        reasons = [redacted(f"{one.subject}: {one.sentence}") for one in verdict.findings if one.level != "well"]
        body = {"verdict": "healthy" if verdict.well else "unhealthy", "reasons": reasons, "at": verdict.at.isoformat()}
        return JSONResponse(body, HTTPStatus.OK if verdict.well else HTTPStatus.SERVICE_UNAVAILABLE)

    def figures(_request: Request) -> Response:
        return Response(metrics(backend), media_type=PROMETHEUS)

    def posted(path: str, does: Does) -> Route:
        return Route(path, form(does, settings.public_url), methods=["POST"])

    starlette = Starlette(
        routes=[
            Route("/", listing(alerts.alerts)),
            Route("/alerts", alerts.moved),
            Route("/alerts.csv", listing(alerts.csv)),
            Route("/alerts.json", listing(alerts.json)),
            Route("/feed.atom", listing(alerts.feed)),
            Route("/starred", listing(alerts.starred)),
            Route("/starred.csv", listing(alerts.starred_csv)),
            Route("/starred.json", listing(alerts.starred_json)),
            Route("/search", pages.search),
            Route("/search.csv", listing(files.csv)),
            Route("/search.json", listing(files.json)),
            Route("/search.atom", listing(files.feed)),
            Route("/release/{id}", reading(pages.release)),
            Route("/release/{id}/why", reading(pages.why)),
            Route("/release/{id}/revisions", reading(pages.revisions)),
            Route("/release/{id}/archive", reading(archive.page)),
            Route("/release/{id}/archive/source", reading(archive.source)),
            Route("/release/{id}/archive/bytes", reading(archive.download)),
            posted("/release/{id}/star", release_forms.star),
            posted("/release/{id}/note", release_forms.note),
            posted("/release/{id}/verdict", release_forms.verdict),
            Route("/subscribe", subscribing.form),
            posted("/subscribe", subscribing.ask),
            Route("/subscribe/asked", subscribing.asked),
            Route("/subscription/{key}", subscribing.own),
            Route("/subscription/{key}/end", subscribing.own),
            Route("/subscription/{key}", form_by_key(subscribing.change), methods=["POST"]),
            Route("/subscription/{key}/confirm", form_by_key(subscribing.confirm), methods=["POST"]),
            Route("/subscription/{key}/end", subscribing.end, methods=["POST"]),
            Route("/sources", judging(pages.sources)),
            Route("/status", judging(pages.status)),
            Route("/healthz", judging(healthz)),
            Route("/metrics", judging(figures)),
            Mount("/static", CachedStatic(directory=STATIC)),
        ],
        exception_handlers={
            BadRequestError: failure(renderer, HTTPStatus.BAD_REQUEST),
            ForbiddenError: failure(renderer, HTTPStatus.FORBIDDEN),
            NotFoundError: failure(renderer, HTTPStatus.NOT_FOUND),
            HTTPStatus.NOT_FOUND: failure(renderer, HTTPStatus.NOT_FOUND),
            HTTPStatus.INTERNAL_SERVER_ERROR: failure(renderer, HTTPStatus.INTERNAL_SERVER_ERROR),
        },
    )
    return Guard(
        RequestLimit(starlette),
        password=settings.password.get_secret_value() if settings.password is not None else None,
        token=settings.token.get_secret_value() if settings.token is not None else None,
        hosts=settings.known_hosts,
    )
