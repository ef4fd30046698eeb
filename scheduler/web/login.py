"""Logging in: whether the password is right, the name given with it, the token that this reader's forms carry."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Collection
from dataclasses import dataclass

from starlette.requests import Request

from scheduler.safe_text import safe_line

LONGEST = 64  # characters of a reader's name
NAMELESS = "reader"
STATE = "login"


@dataclass(frozen=True, slots=True)
class Login:
    """A reader who knows the password; all who log in under one name are one reader."""

    reader: str
    token: str


def login(name: str, secret: bytes) -> Login:
    """The login of a name; the secret is this process's own."""
    reader = safe_line(name, LONGEST).strip() or NAMELESS
    return Login(reader, hmac.new(secret, f"form {reader}".encode(), "sha256").hexdigest())


def login_of(request: Request) -> Login | None:
    """Who asks; None where no password is set, so that nobody logs in."""
    found = getattr(request.state, STATE, None)
    return found if isinstance(found, Login) else None


def opens(authorization: str, secrets_: Collection[str], *, bearer: str | None = None) -> bool:
    """Whether an Authorization header holds one of the secrets as its password, or this one as its bearer's token."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return bearer is not None and hmac.compare_digest(token.strip().encode(), bearer.encode())
    try:
        given = base64.b64decode(token.strip(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        given = b""
    # Compared in constant time, so that the time of the answer does not tell how much of a guess was right.
    found = [hmac.compare_digest(given, secret.encode()) for secret in secrets_]
    return any(found) and scheme.lower() == "basic"


def name_in(authorization: str) -> str:
    """The name that a login gives; of a bearer, and of what cannot be read, none."""
    scheme, _, token = authorization.partition(" ")
    try:
        given = base64.b64decode(token.strip(), validate=True) if scheme.lower() == "basic" else b""
    except (binascii.Error, ValueError):
        given = b""
    return given.partition(b":")[0].decode("utf-8", "replace")
