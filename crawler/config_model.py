"""What all configuration files share: strict models, the one error, names of time zones."""

from __future__ import annotations

import difflib
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict

from crawler.errors import PantauError


class ConfigError(PantauError):
    """Configuration that cannot be used; the message lists every complaint with its file and key."""


def known_zone(name: str) -> str:
    """Let the name of a time zone through. Raises ValueError for one that is not known."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        close = difflib.get_close_matches(name, available_timezones(), n=1)
        hint = f"did you mean {close[0]}?" if close else "write it as Asia/Jakarta"
        raise ValueError(f"there is no time zone {name!r}; {hint}") from error
    return name


class Strict(BaseModel):
    """A frozen model that refuses keys it does not know, so that a slip in a file is seen."""

    model_config = ConfigDict(extra="forbid", frozen=True)
