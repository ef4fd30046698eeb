"""Who may read, and what a browser may do with the pages."""

from __future__ import annotations

import asyncio
import hmac
import math
import secrets
from collections.abc import Collection, Iterator

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scheduler.web.login import STATE, Login, login, name_in, opens
from scheduler.web.login_attempts import LONGEST_WAIT, LoginAttempts
from scheduler.web.words import language_of, words

# Nothing inline, nothing from elsewhere: text of a page that slips through an escape can still do nothing.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # No other site hears where a reader comes from; our own forms need it, else a browser would not say their origin.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
}
FOR_MONITORS = ("/healthz", "/metrics")
# What needs no password: the pages that a mail leads to, whose addresses hold a key that cannot be guessed, so that a
# mail program can end a subscription too; and the looks of the pages, which are everybody's.
OPEN = ("/subscription/", "/static/")
COOKIE = "pantau-known"


class Guard:
    """Outermost layer: checks host and password, and puts the headers on every answer.

    `hosts` are the names under which the page may be asked for (empty: any). On loopback they keep a foreign web site
    from reading the page through a name that it makes point here.

    `token` lets a monitor in to /healthz and /metrics, and to nothing else: as `Authorization: Bearer TOKEN`, or as the
    password of a Basic login, as uptime checkers do. Without a password for the pages, it is the token that is asked
    for there.

    Wrong guesses make those that follow from the same address wait for their turn. A browser that was let in before is
    not slowed by the guesses of others that come from its address (a proxy's, perhaps): it carries a mark, which opens
    nothing. Neither is a feed or monitor that was let in from there under the name that it gives.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        password: str | None = None,
        token: str | None = None,
        hosts: Collection[str] = (),
        guesses: LoginAttempts | None = None,
    ) -> None:
        self.app = app
        self.password = password
        self.token = token
        self.hosts = frozenset(host.lower() for host in hosts)
        self.guesses = guesses or LoginAttempts()
        self._secret = secrets.token_bytes(32)
        self._mark = hmac.new(self._secret, (password or "").encode(), "sha256").hexdigest()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        known = self._knows(headers)
        app, let_in = await self._door(scope, headers, known=known)
        if let_in:
            scope = {**scope, "state": {**scope.get("state", {}), STATE: self._login(headers)}}

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    answer.setdefault(name, value)  # a kept page brings a policy of its own, which is stricter
                # What only those may read who know the password does not stay on a disk.
                answer.setdefault("Cache-Control", "private, no-cache" if self.password is None else "no-store")
                if let_in and not known:
                    answer.append("Set-Cookie", f"{COOKIE}={self._mark}; Path=/; HttpOnly; SameSite=Strict")
            await send(message)

        await app(scope, receive, guarded)

    async def _door(self, scope: Scope, headers: Headers, *, known: bool) -> tuple[ASGIApp, bool]:
        """What answers, and whether it is the page, opened by its password."""
        say = words(language_of(headers)).say
        if self.hosts and _host(headers.get("host", "")) not in self.hosts:
            return PlainTextResponse(f"{say('unknown_host')}\n", 421), False
        opened_by = [] if scope["path"].startswith(OPEN) else list(self._secrets(scope["path"]))
        if not opened_by:
            return self.app, False
        given = headers.get("authorization", "")
        address = scope["client"][0] if scope.get("client") else ""
        name = name_in(given)
        if given and not known:
            # Before it is looked at, and a right one too: else the time of the answer would tell which it is.
            turn = self.guesses.turn(address, name)
            if turn is None:
                later = {"Retry-After": str(math.ceil(LONGEST_WAIT))}
                return PlainTextResponse(f"{say('too_many_guesses')}\n", 429, later), False
            if turn:  # else it is counted before another one comes in between
                await asyncio.sleep(turn)
        if opens(given, opened_by, bearer=self.token if self.token in opened_by else None):
            self.guesses.right(address, name)
            return self.app, self.password is not None and opens(given, [self.password])
        if given:
            self.guesses.wrong(address, name)
        challenge = {"WWW-Authenticate": 'Basic realm="Pantau", charset="UTF-8"'}
        return PlainTextResponse(f"{say('password_needed')}\n", 401, challenge), False

    def _login(self, headers: Headers) -> Login:
        return login(name_in(headers.get("authorization", "")), self._secret)

    def _secrets(self, path: str) -> Iterator[str]:
        if self.password is not None:
            yield self.password
        if self.token is not None and path in FOR_MONITORS:
            yield self.token

    def _knows(self, headers: Headers) -> bool:
        # Not by http.cookies, which took the square of a header's length up to Python 3.11.9 (CVE-2024-7592).
        mark = f"{COOKIE}={self._mark}".encode()
        return any(hmac.compare_digest(one.strip().encode(), mark) for one in headers.get("cookie", "").split(";"))


def _host(header: str) -> str:
    """The name in a Host header, without its port."""
    name, _, port = header.lower().rpartition(":")
    return name if name and port.isdecimal() else header.lower()
