"""What all configuration files share: strict models, and complaints in one line each."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError


class ConfigError(Exception):
    """Configuration that cannot be used; the message lists every complaint with its file and key."""


def known_zone(name: str) -> str:
    """Let the name of a time zone through. Raises ValueError for one that is not known."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"no such time zone: {name}") from error
    return name


class Strict(BaseModel):
    """A frozen model that refuses keys it does not know, so that a slip in a file is seen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def complaints(path: Path, error: ValidationError) -> list[str]:
    """One line a complaint: file, key, what is wrong; values are not repeated, since one may be a secret."""
    return [f"{path}: {'.'.join(str(part) for part in e['loc']) or '(file)'}: {e['msg']}" for e in error.errors()]
