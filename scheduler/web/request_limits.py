"""How much is answered at once, so that readers do not take the timetable's memory and processor."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from scheduler.web.words import language_of, words

AT_ONCE = 64  # requests; more are told to come back
COSTLY_AT_ONCE = 2  # of those that read a whole release, or look at all sources: the others wait for their turn
COME_BACK = {"Retry-After": "5"}


class RequestLimit:
    """Answers so many requests at once and no more; a connection on which nothing is asked takes nobody's place."""

    def __init__(self, app: ASGIApp, most: int = AT_ONCE) -> None:
        self.app = app
        self.most = most
        self.now = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and self.now >= self.most:
            say = words(language_of(Headers(scope=scope))).say
            busy = PlainTextResponse(f"{say('too_many_readers')}\n", 503, COME_BACK)
            await busy(scope, receive, send)
            return
        self.now += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.now -= 1


class Turns:
    """Lets costly answers be made some at a time, in the order in which they were asked for."""

    def __init__(self, at_once: int = COSTLY_AT_ONCE) -> None:
        self.gate = asyncio.Semaphore(at_once)

    def __call__(self, endpoint: Callable[[Request], Response]) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint, one of these turns at a time."""

        async def answer(request: Request) -> Response:
            async with self.gate:
                if await request.is_disconnected():  # it did not wait for its turn
                    return Response(status_code=503)
                return await run_in_threadpool(endpoint, request)

        return answer
