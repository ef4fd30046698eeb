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
from scheduler.web.desk import Desk
from scheduler.web.feed import MEDIA_TYPE as ATOM
from scheduler.web.feed import feed
from scheduler.web.guard import Guard
from scheduler.web.load import AtOnce, Turns
from scheduler.web.metrics import MEDIA_TYPE as PROMETHEUS
from scheduler.web.metrics import metrics
from scheduler.web.pages import NotFoundError, Pages
from scheduler.web.raised import raised
from scheduler.web.render import STATIC, Renderer
from scheduler.web.wanted import BadRequestError

IN_THE_FEED = 50


class Kept(StaticFiles):
    """Static files that browsers keep; their addresses change with their content."""

    def file_response(self, *args: object, **options: object) -> Response:
        """Say how long a file may be kept."""
        response = super().file_response(*args, **options)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
        return response


def application(desk: Desk, settings: Web) -> ASGIApp:
    """Build the application."""
    pages = Pages(desk, Renderer(desk))
    reading, judging = Turns(), Turns()

    def healthz(_request: Request) -> Response:
        verdict = desk.verdict()
        reasons = [f"{one.subject}: {one.sentence}" for one in verdict.findings if one.level != "well"]
        body = {"verdict": "healthy" if verdict.well else "unhealthy", "reasons": reasons, "at": verdict.at.isoformat()}
        return JSONResponse(body, HTTPStatus.OK if verdict.well else HTTPStatus.SERVICE_UNAVAILABLE)

    def figures(_request: Request) -> Response:
        return Response(metrics(desk), media_type=PROMETHEUS)

    def atom(request: Request) -> Response:
        base = settings.public_url or str(request.base_url)
        alerts = desk.alerts(rule=None, offset=0, limit=IN_THE_FEED)
        return Response(feed(raised(alerts), desk.names, base=base.rstrip("/"), now=desk.now()), media_type=ATOM)

    starlette = Starlette(
        routes=[
            Route("/", pages.search),
            Route("/release/{id}", reading(pages.release)),
            Route("/release/{id}/revisions", reading(pages.revisions)),
            Route("/alerts", pages.alerts),
            Route("/sources", judging(pages.sources)),
            Route("/status", judging(pages.status)),
            Route("/healthz", judging(healthz)),
            Route("/metrics", judging(figures)),
            Route("/feed.atom", atom),
            Mount("/static", Kept(directory=STATIC)),
        ],
        exception_handlers={
            BadRequestError: pages.failure(HTTPStatus.BAD_REQUEST),
            NotFoundError: pages.failure(HTTPStatus.NOT_FOUND),
            HTTPStatus.NOT_FOUND: pages.failure(HTTPStatus.NOT_FOUND),
            HTTPStatus.INTERNAL_SERVER_ERROR: pages.failure(HTTPStatus.INTERNAL_SERVER_ERROR),
        },
    )
    return Guard(
        AtOnce(starlette),
        password=settings.password.get_secret_value() if settings.password is not None else None,
        token=settings.token.get_secret_value() if settings.token is not None else None,
        hosts=settings.known_hosts,
    )
