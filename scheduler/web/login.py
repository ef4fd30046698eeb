"""Who has logged in: the name given with the password, and the token that the forms of this reader carry."""

from __future__ import annotations

import hmac
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
