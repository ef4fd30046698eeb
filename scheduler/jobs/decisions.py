"""What was decided of a release and why, for the reading page."""

from __future__ import annotations

import logging

from crawler.store import StoredRelease
from scheduler.language.reader import Reader, UnreadableError
from scheduler.language.weighed_evidence import explained
from scheduler.web.views import Why

log = logging.getLogger(__name__)


def why(stored: StoredRelease, reader: Reader) -> Why:
    """Read a release anew and explain what is decided of it; only the release itself if it cannot be read."""
    try:
        reading = reader.read(stored.release)
    except UnreadableError as error:
        log.warning("shown without its evidence: %s", error)
        return Why(stored=stored)
    deal = tuple(reading.lines[number].sentence.text for number in reading.deal)
    return Why(stored=stored, deal=deal, decisions=explained(reader.glossary, reader.judge, reading))
