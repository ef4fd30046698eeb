"""The application: which address leads where."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from scheduler.settings import Web
from scheduler.web.desk import Desk
from scheduler.web.feed import MEDIA_TYPE as ATOM
from scheduler.web.feed import feed
from scheduler.web.guard import Guard
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
            Route("/release/{id}", pages.release),
            Route("/release/{id}/revisions", pages.revisions),
            Route("/alerts", pages.alerts),
            Route("/sources", pages.sources),
            Route("/status", pages.status),
            Route("/healthz", healthz),
            Route("/metrics", figures),
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
    password = settings.password.get_secret_value() if settings.password else None
    pages_ = Guard(starlette, password=password, hosts=settings.known_hosts)
    if settings.token is None:
        return pages_
    token = settings.token.get_secret_value()
    return ForMonitors(pages_, starlette, token=token, alone=password is None, hosts=settings.known_hosts)


class ForMonitors:
    """Lets a monitor in to /healthz and /metrics by a token of its own, and to nothing else.

    The token goes as `Authorization: Bearer TOKEN`, or as the password of a Basic login, as uptime checkers do. Who
    knows the readers' password gets in as well.
    """

    PATHS = ("/healthz", "/metrics")

    def __init__(self, pages: ASGIApp, app: ASGIApp, *, token: str, alone: bool, hosts: Collection[str]) -> None:
        self.pages = pages
        self.token = token
        self.open = Guard(app, hosts=hosts)
        self.by_token = Guard(app, password=token, hosts=hosts)
        self.alone = alone  # without a password for the pages, it is the token that is asked for

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["path"] not in self.PATHS:
            await self.pages(scope, receive, send)
            return
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), self.token.encode()):
            await self.open(scope, receive, send)
        elif self.alone or self.by_token.may_read(Headers(scope=scope).get("authorization", "")):
            await self.by_token(scope, receive, send)
        else:
            await self.pages(scope, receive, send)
