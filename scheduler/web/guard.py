"""Who may read, and what a browser may do with the pages."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Nothing inline, nothing from elsewhere: text of a page that slips through an escape can still do nothing.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
}


class Guard:
    """Outermost layer: checks host and password, and puts the headers on every answer.

    `hosts` are the names under which the page may be asked for (empty: any). On loopback they keep a foreign web site
    from reading the page through a name that it makes point here.
    """

    def __init__(self, app: ASGIApp, *, password: str | None = None, hosts: Collection[str] = ()) -> None:
        self.app = app
        self.password = password
        self.hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "private, no-cache")
            await send(message)

        headers = Headers(scope=scope)
        app = self.app
        if self.hosts and _host(headers.get("host", "")) not in self.hosts:
            app = PlainTextResponse("This page is not known under that name; see web.public_url.\n", 421)
        elif not self.may_read(headers.get("authorization", "")):
            challenge = {"WWW-Authenticate": 'Basic realm="Pantau", charset="UTF-8"'}
            app = PlainTextResponse("A password is needed; any user name will do.\n", 401, challenge)
        await app(scope, receive, guarded)

    def may_read(self, authorization: str) -> bool:
        """Whether an Authorization header holds the password, or none is asked for."""
        if self.password is None:
            return True
        scheme, _, token = authorization.partition(" ")
        try:
            given = base64.b64decode(token.strip(), validate=True).partition(b":")[2]
        except (binascii.Error, ValueError):
            given = b""
        # Compared in constant time, so that the time of the answer does not tell how much of a guess was right.
        return hmac.compare_digest(given, self.password.encode()) and scheme.lower() == "basic"


def _host(header: str) -> str:
    """The name in a Host header, without its port."""
    name, _, port = header.lower().rpartition(":")
    return name if name and port.isdecimal() else header.lower()
