"""Asking the replica as a plain client does."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from email.message import Message
from typing import Any, NamedTuple

from lxml import html

from tests.patience import patient
from tests.replica import Replica, Truth

LIST = "/api/v1/contents/category/siaran-pers?perPage=12&keyword=&page="


class Got(NamedTuple):
    """An answer as it came."""

    status: int
    headers: Message
    body: bytes

    @property
    def page(self) -> html.HtmlElement:
        return html.fromstring(self.body, parser=html.HTMLParser(encoding="utf-8"))

    @property
    def text(self) -> str:
        return self.body.decode()


class Stay(urllib.request.HTTPRedirectHandler):
    """Does not follow redirects."""

    def redirect_request(self, *_: Any) -> None:
        return None


def get(url: str, **headers: str) -> Got:
    request = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.build_opener(Stay).open(request, timeout=patient(20)) as answer:
            return Got(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Got(error.code, error.headers, error.read())


def published(replica: Replica, host: str, form: str = "article") -> list[Truth]:
    return [one for one in replica.truth if one.host == host and one.form == form]


def records(replica: Replica, page: int) -> dict[str, Any]:
    answer = get(replica.base["web.komdigi.go.id"] + LIST + str(page), Origin="https://www.komdigi.go.id")
    response: dict[str, Any] = json.loads(answer.body)["response"]
    return response
