"""What readers send: each form is looked at before it is believed, since a browser sends the password by itself."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scheduler.web.error_pages import ForbiddenError
from scheduler.web.login import Login, login_of
from scheduler.web.query_string import BadRequestError

MOST = 16_000  # bytes of a form
MOST_FIELDS = 10
FORM = "application/x-www-form-urlencoded"

Fields = Mapping[str, str]
Does = Callable[[Request, Login, Fields], str]


def form(does: Does, public_url: str | None = None) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint for a form: `does` is called with who sends it and what, and returns where to go on.

    Refused is what a stranger's page could have sent: without a login, from elsewhere, or without the token of the
    form. Raises ForbiddenError, BadRequestError.
    """

    async def answer(request: Request) -> Response:
        login = login_of(request)
        if login is None:
            raise ForbiddenError("log_in_first")
        if not _is_from_here(request, public_url):
            raise ForbiddenError("foreign_form")
        fields = await _fields(request)
        if not hmac.compare_digest(fields.get("token", "").encode(), login.token.encode()):
            raise ForbiddenError("foreign_form")
        address = await run_in_threadpool(does, request, login, fields)
        return RedirectResponse(address, HTTPStatus.SEE_OTHER)

    return answer


def form_by_key(does: Callable[[Request, Fields], Response]) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint for a form that asks for no login: its address holds a key, which nobody who forges a form knows.

    Raises BadRequestError.
    """

    async def answer(request: Request) -> Response:
        return await run_in_threadpool(does, request, await _fields(request))

    return answer


def _is_from_here(request: Request, public_url: str | None) -> bool:
    """Whether the page with the form was one of ours; a browser says so with every form."""
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site") == "same-origin"
    ours = {request.headers.get("host", "").lower()}
    if public_url:
        ours.add(urlsplit(public_url).netloc.lower())
    return urlsplit(origin).netloc.lower() in ours - {""}


async def _fields(request: Request) -> Fields:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise BadRequestError("wrong_form")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST:
            raise BadRequestError("wrong_form")
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:  # no ASCII, too many fields
        raise BadRequestError("wrong_form") from error
