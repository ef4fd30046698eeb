"""How a release is cited: title, source, day, address, the archived copy and its SHA-256."""

from __future__ import annotations

from urllib.parse import quote

from crawler.release import Release
from scheduler.safe_text import safe_line
from scheduler.web.render import Tongue, named

LONGEST = 2000  # characters of one part


def citation(release: Release, tongue: Tongue, base: str) -> str:
    """The line; `base` is the address of the reading page, without a slash at its end."""
    say = tongue.say
    parts = [
        say(
            "cite",
            title=safe_line(release.title, LONGEST).rstrip(".。") or say("untitled"),
            source=named(release.source, tongue.names.sources),
            day=release.date or say("no_date"),
            address=safe_line(release.url, LONGEST),
        ),
    ]
    if release.evidence_sha256:
        address = f"{base}/release/{quote(release.id)}/archive"
        parts.append(say("cite_archive", address=address))
        parts.append(f"SHA-256: {release.evidence_sha256}")
    parts.append(say("cite_collected", moment=release.collected_at.isoformat(timespec="minutes")))
    return " · ".join(parts)
