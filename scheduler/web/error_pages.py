"""Answers that are sentences: something is not there, not allowed, or went wrong."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from scheduler.web.query_string import SentenceError
from scheduler.web.render import Renderer

HEADINGS = {
    HTTPStatus.BAD_REQUEST: "bad_request",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.INTERNAL_SERVER_ERROR: "failed",
}


class NotFoundError(SentenceError):
    """There is nothing at this address."""


class ForbiddenError(SentenceError):
    """This reader may not do that, or it was not she who asked."""


def failure(renderer: Renderer, status: HTTPStatus) -> Callable[[Request, Exception], Response]:
    """A page for an error whose message is a sentence."""

    def answer(request: Request, error: Exception) -> Response:
        say = renderer.tongue(request).say
        if isinstance(error, SentenceError):
            sentence = say(error.key, **error.values)
        else:
            sentence = say("no_page" if isinstance(error, HTTPException) else "our_fault")
        heading = say(HEADINGS[status])
        return renderer.page(request, "failure.html", status=status, heading=heading, sentence=sentence)

    return answer
