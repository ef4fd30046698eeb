"""The sign of life to a watcher outside: called after each good watch, so that its absence is the alarm."""

from __future__ import annotations

import logging
import urllib.request

from pydantic import SecretStr

log = logging.getLogger(__name__)
SECONDS = 10


def ping(url: SecretStr | None) -> bool:
    """Call the watcher's address; False when it did not answer. The address is a secret and is not logged."""
    if url is None:
        return False
    request = urllib.request.Request(url.get_secret_value(), headers={"User-Agent": "Pantau"})  # noqa: S310 - checked
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310 - http(s) only, see settings
            return 200 <= int(response.status) < 300
    except (OSError, ValueError) as error:
        log.warning("the watcher outside (PANTAU_PING_URL) does not answer: %s", type(error).__name__)
        return False
