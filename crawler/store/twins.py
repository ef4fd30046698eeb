"""One release under two addresses: told by two sites, or told again with a correction."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, bindparam, select

from crawler.extraction.language import weight
from crawler.release import Release
from crawler.store.releases import StoredRelease, by_ids
from crawler.store.tables import releases

SAME_DAY = timedelta(days=1)
CORRECTED_WITHIN = timedelta(days=30)
# A title that says of itself that it corrects an earlier one. *Revisi* and *perbaikan* are matters of policy as well
# (*Revisi UU ITE*), so they count only in brackets or before a colon.
CORRECTION = re.compile(
    r"\b(?:ralat|koreksi|pembetulan|corrections?|corrected|corrigendum|erratum|errata)\b|更正|勘误|订正"
    r"|[\[(【（]\s*(?:revisi|perbaikan|diperbarui|revised|updated?|修正|修订)\s*[\])】）]"
    r"|^\W*(?:revisi|perbaikan|revised)\s*:",
    re.I,
)
SENTENCE = re.compile(r"(?<![^.!?。！？\n])[^.!?。！？\n]+[.!?。！？]+")
TELLING = 25  # letters of a sentence that says something, Chinese ones counted twice
GRAM = 4
DECENT = 16  # letters of a title that tells one release from another, Chinese ones counted twice
KNOWN_SHARE = 0.7  # of a sentence's letter groups, from which on it is in the other text too

COLUMNS = (releases.c.id, releases.c.url, releases.c.source, releases.c.title, releases.c.number, releases.c.published)
# What runs for each page is made once: to build a statement takes longer than to run it.
NEAR = releases.c.published.between(bindparam("since"), bindparam("until")) & (releases.c.id != bindparam("id"))
SAME_TITLE = (releases.c.source == bindparam("source")) & (releases.c.title == bindparam("title"))
KNOWN = select(releases.c.id).where(releases.c.id == bindparam("id"))
BY_TITLE = select(*COLUMNS).where(NEAR, SAME_TITLE).order_by(releases.c.collected_at)
SAME_NUMBER = (releases.c.number == bindparam("number")) & releases.c.source.in_(bindparam("sources", expanding=True))
BY_NUMBER = select(*COLUMNS).where(NEAR, SAME_NUMBER).order_by(releases.c.collected_at)


def twin(connection: Connection, release: Release, among: Collection[str]) -> StoredRelease | None:
    """The stored release that this one is too: on another host, or before it was corrected.

    `among` names the sources that may tell one release: those of one publisher. What a stranger says of its releases, a
    number or a title, decides nothing about theirs; nor does a title that is hardly one.

    A ministry numbers its releases; number, day and title stay when the site moves (old and new Komdigi addresses; the
    old one has the number in the title). The number alone is not enough: a follow-up quotes it. Komdigi's interface
    and its portal name no number, but have the same title within a day. What one site tells at two addresses is two
    releases, unless the later one says that it corrects the number of the earlier one. What is stored as a release of
    its own stays one.
    """
    if release.published is None or weight(_letters(release.title)) < DECENT:
        return None
    if connection.scalar(KNOWN, {"id": release.id}):
        return None
    facts: dict[str, Any] = {"id": release.id, "until": release.published + SAME_DAY}
    if release.number:
        near = facts | {"number": release.number, "sources": list(among), "since": release.published - CORRECTED_WITHIN}
        for row in connection.execute(BY_NUMBER, near):
            if _one_title(row.title, release.title) and (
                corrects(row.title, release.title) or _elsewhere(row, release)
            ):
                return _whole(connection, row)
    near = facts | {"source": release.source, "title": release.title, "since": release.published - SAME_DAY}
    for row in connection.execute(BY_TITLE, near):
        if _elsewhere(row, release):
            return _whole(connection, row)
    return None


def corrects(title: str, later: str) -> bool:
    """Whether a later title says that it corrects what bears the earlier one."""
    return bool(CORRECTION.search(later)) and not CORRECTION.search(title)


def adds(known: Release, other: Release) -> bool:
    """Whether another telling of a release says anything that the known one does not.

    Sites put the one text into different frames, and datelines before it; so only whole sentences count, and only with
    figures or words that the known text does not have.
    """
    text = f"{known.title}\n{known.text}"
    letters = _letters(text)
    grams = {letters[at : at + GRAM] for at in range(len(letters))}
    figures = set(re.findall(r"\d+", text))
    said = other.text.replace(other.title, "").replace(known.title, "")
    for sentence in SENTENCE.findall(said):
        own = _letters(sentence)
        if weight(own) < TELLING or own in letters:
            continue
        groups = [own[at : at + GRAM] for at in range(len(own) - GRAM + 1)]
        if set(re.findall(r"\d+", sentence)) - figures or sum(one in grams for one in groups) < KNOWN_SHARE * len(
            groups
        ):
            return True
    return False


def _elsewhere(row: Any, release: Release) -> bool:
    """Whether a release within a day is on another host, and neither is a correction of the other."""
    marks = [bool(CORRECTION.search(title)) for title in (row.title, release.title)]
    near = release.published is not None and abs(row.published - release.published) <= SAME_DAY
    return near and marks[0] == marks[1] and _host(row.url) != _host(release.url)


def _one_title(one: str, other: str) -> bool:
    """Whether the one title is, or ends with, the other; blanks, case, punctuation and corrections' marks set aside."""
    first, second = sorted((_letters(CORRECTION.sub(" ", title)) for title in (one, other)), key=len)
    return weight(first) >= DECENT and second.endswith(first)


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def _whole(connection: Connection, row: Any) -> StoredRelease:
    return by_ids(connection, [row.id])[0]


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower().removeprefix("www.")
