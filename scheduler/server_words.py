"""What a server said, made fit for a log, a mail or a terminal: the one place where words from outside come in."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import quote

from pydantic import SecretStr

from scheduler.safe_text import safe_line

LONGEST = 300
READ = 10_000  # characters that are looked at at all
PACKED = re.compile(r"[A-Za-z0-9+/_-]{6,}={0,2}")  # what may be base64
DIGEST = re.compile(rb" [0-9a-f]{32}$")  # the end of an answer to CRAM-MD5, from which a password can be guessed


def server_words(said: str | bytes, *secrets: SecretStr | None, limit: int = LONGEST) -> str:
    """One line without control and direction characters, cut at `limit`.

    Secrets of ours that the server repeats are blotted out, as they are, percent-encoded, or in base64, as a login is
    sent.
    """
    text = (said.decode("utf-8", "replace") if isinstance(said, bytes) else said)[:READ]
    hidden = [secret.get_secret_value() for secret in secrets if secret is not None and secret.get_secret_value()]
    text = PACKED.sub(lambda run: "***" if _holds(run[0], hidden) else run[0], safe_line(text))
    for secret in hidden:
        for form in (secret, safe_line(secret), quote(secret, safe="")):
            text = text.replace(form, "***") if form else text
    return safe_line(text, limit)


def error_words(error: Exception, *secrets: SecretStr | None, limit: int = LONGEST) -> str:
    """What an error says, as `server_words`; one that says nothing is named."""
    said = error.args[0] if error.args and isinstance(error.args[0], bytes) else str(error)
    return server_words(said, *secrets, limit=limit) or type(error).__name__


def _holds(run: str, secrets: list[str]) -> bool:
    """Whether a run of characters is base64 of something that holds a secret; others may stand before it."""
    if not secrets:
        return False
    standard = run.rstrip("=").replace("-", "+").replace("_", "/")
    for start in range(4):
        part = standard[start:]
        part = part[: len(part) - 1] if len(part) % 4 == 1 else part
        try:
            content = base64.b64decode(part + "=" * (-len(part) % 4))
        except (binascii.Error, ValueError):
            continue
        if DIGEST.search(content) or any(secret.encode() in content for secret in secrets):
            return True
    return False
